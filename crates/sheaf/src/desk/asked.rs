//! Answers to what pages ask about one incident, pairs of reports, reviews and sources.

use std::collections::HashSet;

use serde_json::{Value, json};
use sheaf_desk::{Eyes, Question, Wish};
use sheaf_model::{Judgement, Moment, ReportId};
use sheaf_share::rules::{Held, as_line, view_for};

use super::{PoolPages, brought, handed, profiles};
use crate::commands::cite;
use crate::commands::review::{figures, question};
use crate::commands::show::{self, Found, find, find_in, find_now};
use crate::commands::why::{how_as_json, why_as_json};
use crate::failure::Failure;
use crate::filter::quoted;
use crate::profiles::Profiles;
use crate::said::Said;
use crate::sight::{Seen, Sight};

impl PoolPages {
    pub(super) fn asked(
        &self,
        eyes: &Eyes,
        question: &Question<'_>,
        now: Moment,
    ) -> Result<Value, Failure> {
        let as_known_on = match question {
            Question::Incident(_, wish) | Question::Cite(_, wish) => wish.as_known_on,
            _ => None,
        };
        let seen = self.see(eyes, as_known_on, now)?;
        match *question {
            Question::Incident(id, wish) => self.incident(&seen, eyes, id, wish, now),
            Question::How(id) => self.how(&seen, id),
            Question::Cite(id, wish) => self.cite(&seen, id, wish),
            Question::Why(reports) => self.why(&seen, reports),
            Question::Review(n, passed_over) => self.review(&seen, n, passed_over),
            Question::Figures => {
                let population = self.population(&seen)?;
                Ok(figures::as_json_of(&population, &seen.pool.judgements()?))
            }
            Question::Judgements => {
                let judged = seen.pool.judgements()?;
                let visible = judged.iter().filter(|it| sees_both(&seen.sight, it)).rev();
                Ok(
                    json!({ "judgements": visible.map(|it| self.judged(&seen, it)).collect::<Vec<_>>() }),
                )
            }
            Question::Sources => brought::sources(&seen),
            Question::Changes { source, back, offset, limit } => {
                self.changes(&seen, source, back, (offset, limit))
            }
            Question::SitesOf(id) => self.sites_of(&seen, id),
            Question::Alarms => self.watched(eyes, now),
            Question::Knew { each, alarms } => self.knew(&seen, each, alarms),
            Question::Releases(of) => self.releases(of, now),
            Question::Draft(file) => handed::draft(&self.path, file),
            Question::Read(file) => handed::read(&self.path, file),
        }
    }

    /// The incident that an id leads to. Only whoever holds the pool is told what an id of the past became.
    pub(super) fn found(
        &self,
        seen: &Seen,
        id: &str,
        profiles: &Profiles,
    ) -> Result<Found, Failure> {
        if seen.sight.is_the_holders() {
            return find(&seen.pool, id, profiles, &seen.sight.knowing(), true);
        }
        if seen.sight.is_whole
            && let Some(found) = find_now(&seen.pool, id, profiles)?
        {
            return Ok(found);
        }
        find_in(&*self.view(seen)?, id, profiles)
    }

    fn incident(
        &self,
        seen: &Seen,
        eyes: &Eyes,
        id: &str,
        wish: &Wish,
        now: Moment,
    ) -> Result<Value, Failure> {
        let profiles = profiles(wish)?;
        let knowing = seen.sight.knowing().simplified(&seen.pool)?;
        let entries = match self.found(seen, id, &profiles)? {
            Found::Incident(entries) => entries,
            Found::Outside(report) => {
                let said = Said::known(&seen.pool, std::slice::from_ref(&report), &knowing)?;
                return Ok(
                    json!({ "incident": null, "reports": [self::report(seen, &said, &report)] }),
                );
            }
        };
        let incident = &entries[0].incident;
        let said = Said::known(&seen.pool, &incident.reports, &knowing)?;
        let written = show::in_full(&entries, &said)?;
        let mut written: Value = serde_json::from_str(&written)
            .map_err(|err| Failure::new("cannot-write", format!("the incident as JSON: {err}")))?;
        let reports: Vec<Value> =
            incident.reports.iter().map(|it| report(seen, &said, it)).collect();
        let mut answer = json!({
            "incident": written["incidents"][0].take(),
            "reports": reports,
            "marking": marking(seen, eyes, &incident.reports, now),
        });
        if incident.id.as_str() != id {
            answer["asked"] = json!(id);
        }
        Ok(answer)
    }

    fn how(&self, seen: &Seen, id: &str) -> Result<Value, Failure> {
        let view = self.view(seen)?;
        let position = view.position(id)?;
        let Some(members) = view.members_with(position) else {
            return Ok(
                json!({ "incident": null, "supports": [], "judgements": [], "history": [] }),
            );
        };
        let mut how = how_as_json(&view, members);
        // What a handle was before is the pool's history: it tells of reports that a reader may not know.
        how["history"] = match seen.sight.is_the_holders() {
            true => show::history_json(&seen.pool, id)?,
            false => json!([]),
        };
        let judged = view.judgements.iter().filter(|it| {
            let ids = [it.pair.left(), it.pair.right()];
            members.iter().any(|&at| ids.contains(&&view.known.id(at)))
                && sees_both(&seen.sight, it)
        });
        how["judgements"] = judged.map(|it| self.judged(seen, it)).collect();
        how["members"] = members.iter().map(|&at| json!(view.known.outlines.id(at))).collect();
        Ok(how)
    }

    fn cite(&self, seen: &Seen, id: &str, wish: &Wish) -> Result<Value, Failure> {
        if seen.sight.sources.is_some() || seen.sight.shared.is_some() {
            return Err(Failure::new(
                "not-allowed",
                "a citation names all that the pool holds itself, and nothing that others shared",
            )
            .hint("the office that holds the pool cites its own: sheaf cite POOL"));
        }
        let found = find(&seen.pool, id, &profiles(wish)?, &seen.sight.knowing(), true)?;
        let Found::Incident(entries) = found else {
            return Err(Failure::new("no-such-incident", format!("{id} belongs to no incident")));
        };
        let day = wish.as_known_on.map(|day| format!("--as-known-on {day} ")).unwrap_or_default();
        let profile = if wish.profile.is_empty() { "interval" } else { &wish.profile };
        let question = cite::Question {
            path: &self.path,
            query: format!("show {day}--format json {}", quoted(entries[0].incident.id.as_str())),
            profile,
            knowing: seen.sight.knowing(),
            in_order: false,
        };
        question.as_json(&seen.pool)
    }

    fn why(&self, seen: &Seen, reports: [&str; 2]) -> Result<Value, Failure> {
        let view = self.view(seen)?;
        let mut why = why_as_json(&view, reports)?;
        let ids: Vec<ReportId> = reports.into_iter().filter_map(ReportId::parse).collect();
        let said = Said::known(&seen.pool, &ids, &seen.sight.knowing())?;
        why["reports"] = ids.iter().map(|id| report(seen, &said, id)).collect();
        let judged: HashSet<String> = why["judgements"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|it| it.as_str().map(str::to_owned))
            .collect();
        let judged = view.judgements.iter().filter(|it| judged.contains(&it.id.to_string()));
        why["judgements"] = judged.map(|it| self.judged(seen, it)).collect();
        Ok(why)
    }

    fn review(
        &self,
        seen: &Seen,
        n: usize,
        passed_over: &[(String, String)],
    ) -> Result<Value, Failure> {
        let population = self.population(seen)?;
        let answers = population.answers(&seen.pool.judgements()?);
        let position = |id: &str| population.known.position(&ReportId::parse(id)?);
        let passed_over: HashSet<(u32, u32)> = passed_over
            .iter()
            .filter_map(|(a, b)| {
                let (a, b) = (position(a)?, position(b)?);
                Some((a.min(b), a.max(b)))
            })
            .collect();
        let (asked, standing) = population.next(&answers, &passed_over, n);
        let questions = asked.iter().map(|it| {
            let mut question = question::question_json(&seen.pool, &population, it)?;
            question["why"] = json!(question::why_asked(it));
            question["effect"] = json!(question::change(&population, it));
            Ok(question)
        });
        Ok(json!({
            "pairs": population.candidates.len(),
            "linked_by": population.method,
            "open": standing.n_open,
            "answered": standing.n_answered + standing.n_beyond,
            "questions": questions.collect::<Result<Vec<Value>, Failure>>()?,
        }))
    }
}

/// A report with where it comes from. The number of an import would tell a reader how many there are.
fn report(seen: &Seen, said: &Said, id: &ReportId) -> Value {
    let mut report = said.report_json(id);
    if let (Some(_), Some(report)) = (&seen.sight.sources, report.as_object_mut()) {
        report.remove("import");
    }
    report
}

/// Whether both reports of a judgement are of sources that may be seen.
pub(super) fn sees_both(sight: &Sight, judgement: &Judgement) -> bool {
    let ends = [judgement.pair.left(), judgement.pair.right()];
    ends.into_iter().all(|id| sight.sees_report(id))
}

/// What an incident bears as a whole, as a line; nothing where its owner has not shared it.
fn marking(seen: &Seen, eyes: &Eyes, reports: &[ReportId], now: Moment) -> Option<String> {
    let Eyes::Of(reader) = eyes else { return None };
    let of_source = |id: &ReportId| {
        let mut marked = seen.marked.iter();
        marked.find(|(name, _)| name.as_str() == id.source()).map(|(_, marking)| marking)
    };
    let shared = seen.sight.shared.as_ref();
    let narrowed = seen.sight.narrowed.as_ref();
    let alone = |id| narrowed.and_then(|it| it.marking(id));
    let bears = |id| shared.and_then(|it| it.marking(id)).or(alone(id)).or_else(|| of_source(id));
    let held = reports.iter().filter_map(|id| Some(Held { marking: bears(id)?, claims: &[] }));
    let whole = view_for(held, reader, now).marking?;
    // Groups are for those who are in them to name.
    Some(as_line(&sheaf_model::Marking { groups: Default::default(), ..whole }))
}
