//! What people decide on pages: judgements, taken back or not, and files taken in. What a page shows before
//! anything is kept is made by the same rules.

use serde_json::{Value, json};
use sheaf_desk::{Decision, Eyes, Judging};
use sheaf_model::{Judgement, JudgementId, Moment, Pair, Verdict};
use sheaf_settle::INTERVAL;
use sheaf_store::{Access, Pool};

use super::asked::sees_both;
use super::{PoolPages, handed};
use crate::commands::judge;
use crate::commands::now;
use crate::failure::Failure;
use crate::linking::Method;
use crate::output::{Entry, numbers_of};
use crate::sight::Seen;
use crate::view::{self, Groups, View, conflicts_in_words};

impl PoolPages {
    /// What a judgement would do to the incidents that hold its two reports.
    pub(super) fn previewed(
        &self,
        eyes: &Eyes,
        judging: &Judging<'_>,
        now: Moment,
    ) -> Result<Value, Failure> {
        let seen = self.see(eyes, None, now)?;
        let view = self.view(&seen)?;
        let (pair, verdict) = meant(&view, judging)?;
        let last = view.judgements.iter().map(|it| it.id.0).max().unwrap_or(0);
        let mut judgements = view.judgements.clone();
        judgements.push(Judgement {
            id: JudgementId(last + 1),
            pair: pair.clone(),
            verdict,
            by: "nobody yet".to_owned(),
            because: judging.because.to_owned(),
            at: self::now(),
            withdrawn: None,
        });
        let method = Method::known(&seen.pool, &seen.sight.knowing())?;
        let known = &view.groups.known;
        let (linkage, _) = method.link(&seen.pool, known, &judgements)?;
        let before = told(&view.groups, &view.linkage, &pair);
        let after = told(&view.groups, &linkage, &pair);
        let conflicts = conflicts_in_words(&linkage.conflicts, |at| known.outlines.id(at));
        Ok(json!({
            "before": before,
            "after": after,
            "changes": before != after,
            "conflicts": conflicts,
        }))
    }

    pub(super) fn decided(
        &self,
        eyes: &Eyes,
        by: &str,
        decision: &Decision<'_>,
        now: Moment,
    ) -> Result<Value, Failure> {
        let seen = self.see(eyes, None, now)?;
        match *decision {
            Decision::Judge(judging) => {
                let (pair, verdict) = self.meant(&seen, &judging)?;
                let pool = Pool::open(&self.path, Access::Write)?;
                let why = (by, "because", judging.because);
                let judgement = judge::kept(&pool, &pair, verdict, why)?;
                self.kept(eyes, pool, &judgement, now)
            }
            Decision::Withdraw(text) => {
                let none = || {
                    Failure::new(
                        "no-such-judgement",
                        format!("{text} is no judgement of this pool"),
                    )
                };
                let judged = seen.pool.judgements()?;
                let called = |it: &&Judgement| {
                    sees_both(&seen.sight, it) && self.name_of(&seen, it.id) == text
                };
                let id = judged.iter().find(called).ok_or_else(none)?.id;
                let pool = Pool::open(&self.path, Access::Write)?;
                let judgement = pool.withdraw(id, by, &self::now())?;
                self.kept(eyes, pool, &judgement, now)
            }
            Decision::Site(on) => self.on_site(eyes, by, &on, now),
            Decision::Alarm(on) => self.on_alarm(by, &on),
            Decision::Release(on) => self.on_release(&on, now),
            Decision::Import(file) => handed::import(&self.path, file),
        }
    }

    /// The two reports, which these eyes must see. Whoever sees all need not wait for a view.
    fn meant(&self, seen: &Seen, judging: &Judging<'_>) -> Result<(Pair, Verdict), Failure> {
        let [a, b] = judging.reports;
        if seen.sight.is_the_holders()
            && let Some(pair) = judge::known_pair(&seen.pool, a, b)?
        {
            return Ok((pair, verdict(judging.verdict)?));
        }
        meant(&*self.view(seen)?, judging)
    }

    /// What became of the incidents once a judgement was kept or taken back.
    fn kept(
        &self,
        eyes: &Eyes,
        pool: Pool,
        judgement: &Judgement,
        now: Moment,
    ) -> Result<Value, Failure> {
        let refreshed = view::brought_up(&pool, &self::now(), true)?;
        drop(pool);
        let seen = self.see(eyes, None, now)?;
        let ends = [judgement.pair.left(), judgement.pair.right()];
        let (incidents, conflicts) = match seen.sight.is_the_holders() {
            true => {
                let held = |id: &sheaf_model::ReportId| {
                    let held = judge::holding(&seen.pool, id)?;
                    Ok(held.map(|it| it.id.to_string()))
                };
                let held: Result<Vec<_>, Failure> = ends.into_iter().map(held).collect();
                (held?, refreshed.conflicts)
            }
            // What others see of the pool tells them nothing.
            false => {
                let view = self.view(&seen)?;
                let held = |id: &sheaf_model::ReportId| {
                    let members = view.members_with(view.known.position(id)?)?;
                    Some(view.handle(members)?.to_string())
                };
                (ends.into_iter().map(held).collect(), view::conflicts(&view))
            }
        };
        let now_in = ends
            .iter()
            .zip(incidents)
            .map(|(report, incident)| json!({ "report": report.as_str(), "incident": incident }));
        Ok(json!({
            "judgement": self.judged(&seen, judgement),
            "now": now_in.collect::<Vec<_>>(),
            "conflicts": conflicts,
        }))
    }
}

fn verdict(word: &str) -> Result<Verdict, Failure> {
    Verdict::from_name(word).ok_or_else(|| {
        Failure::new("bad-verdict", format!("\"{word}\" is no verdict"))
            .hint("a verdict is same, different or unsure")
    })
}

fn meant(view: &View, judging: &Judging<'_>) -> Result<(Pair, Verdict), Failure> {
    let [a, b] = judging.reports;
    Ok((view::pair(view, a, b)?, verdict(judging.verdict)?))
}

/// The incidents that hold the reports of a pair, each with its reports and how it would be settled.
fn told(groups: &Groups, linkage: &sheaf_link::Linkage, pair: &Pair) -> Vec<Value> {
    let mut incidents: Vec<u32> = [pair.left(), pair.right()]
        .into_iter()
        .filter_map(|id| groups.known.position(id))
        .map(|at| linkage.incident_of[at as usize])
        .filter(|it| *it != sheaf_link::Linkage::NONE)
        .collect();
    incidents.dedup();
    let told = incidents.into_iter().map(|incident| {
        let members = linkage.members(incident);
        let ruling = sheaf_settle::rule_by(&groups.known.ballots, members, &[INTERVAL]);
        let entry = ruling.into_iter().next().map(|it| Entry::of(it, INTERVAL));
        let when = entry.as_ref().and_then(|it| it.when.as_ref()).map(|it| it.value);
        let [killed_low, _, killed_high, injured_low, _, injured_high] =
            entry.as_ref().map_or([None; 6], |it| numbers_of(it));
        json!({
            "id": groups.handle(members).map(|it| it.to_string()),
            "reports": members.iter().map(|&at| groups.known.outlines.id(at)).collect::<Vec<_>>(),
            "when": when.map(|it| [it.first().to_string(), it.last().to_string()]),
            "killed": killed_low.map(|low| (low, killed_high)),
            "injured": injured_low.map(|low| (low, injured_high)),
        })
    });
    told.collect()
}
