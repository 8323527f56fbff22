//! The view of a pool: its current reports linked and settled. It follows from the pool alone, so
//! it is made when a command needs it, and kept in the pool so that the next need not make it.

use std::ops::Deref;

use serde_json::{Value, json};
use sheaf_link::{Blocking, Conflict, Index, Linkage};
use sheaf_model::{
    Count, Day, Field, Incident, IncidentId, Judgement, Pair, ReportId, Settled, SettledIncident,
};
use sheaf_settle::{INTERVAL, Profile};
use sheaf_store::{LinkageHead, Pool, SettledHead, SettledView, ValueMark};

use crate::commands::{counted, grouped};
use crate::failure::Failure;
use crate::knowing::Knowing;
use crate::linking::{LinkedBy, Method};
use crate::pipeline::{self, Known};
use crate::quick;
use crate::suggest;

/// The reports that a question may know, in their incidents: all that settling needs.
pub struct Groups {
    pub known: Known,
    pub linkage: Linkage,
}

/// A pool's reports, linked, with all that explanations need.
pub struct View {
    pub groups: Groups,
    pub judgements: Vec<Judgement>,
    pub linked_by: LinkedBy,
    /// What following a later change needs; only of a large pool that was linked to be kept.
    index: Option<Index>,
}

impl Deref for View {
    type Target = Groups;

    fn deref(&self) -> &Groups {
        &self.groups
    }
}

impl Groups {
    /// By the linkage kept in the pool where it answers the question, and otherwise linked anew.
    pub fn knowing(pool: &Pool, knowing: Knowing, quiet: bool) -> Result<Groups, Failure> {
        let knowing = knowing.simplified(pool)?;
        if !knowing.is_everything() {
            return Ok(View::knowing(pool, knowing, quiet)?.groups);
        }
        let Some(kept) = kept_linkage(pool)? else {
            return Ok(View::knowing(pool, knowing, quiet)?.groups);
        };
        let known = pipeline::gather_known(pool, knowing, quiet)?;
        let mut group_of = vec![Linkage::NONE; known.outlines.len()];
        pool.for_each_incident(&kept, |incident| {
            let mut members = incident.reports.iter().filter_map(|it| known.position(it));
            let Some(first) = members.next() else { return };
            group_of[first as usize] = first;
            members.for_each(|member| group_of[member as usize] = first);
        })?;
        let linkage = Linkage::recalled(&known.outlines, &group_of);
        Ok(Groups { known, linkage })
    }

    /// The position of a report, or what might have been meant.
    pub fn position(&self, text: &str) -> Result<u32, Failure> {
        let id = ReportId::parse(text).ok_or_else(|| not_an_id(text))?;
        self.known.position(&id).ok_or_else(|| self.no_such_report(text))
    }

    /// The reports of the incident that holds a report; for a lead or an aggregate outside every
    /// incident, `None`.
    pub fn members_with(&self, position: u32) -> Option<&[u32]> {
        let incident = self.linkage.incident_of[position as usize];
        (incident != Linkage::NONE).then(|| self.linkage.members(incident))
    }

    /// The handle of the incident made up of these reports.
    pub fn handle(&self, members: &[u32]) -> Option<IncidentId> {
        let ids: Vec<ReportId> = members.iter().map(|&at| self.known.id(at)).collect();
        IncidentId::of(&ids)
    }

    /// Settles every incident, in order of handle, a chunk at a time.
    pub fn settle(
        &self,
        profile: &'static dyn Profile,
        take: impl FnMut(Vec<SettledIncident>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        pipeline::settle_in_chunks(&self.known, &self.linkage, profile, take)
    }

    fn no_such_report(&self, text: &str) -> Failure {
        let failure = Failure::new("no-such-report", format!("{text} is no report of this pool"));
        let ids = (0..self.known.outlines.len() as u32).map(|at| self.known.outlines.id(at));
        match suggest::nearest(text, ids) {
            Some(near) => failure.hint(format!("did you mean {near}?")),
            None => failure.hint("`sheaf incidents` and `sheaf show` name reports as source:key"),
        }
    }
}

impl View {
    /// Links the current reports of a pool, or those it knew at the end of a day.
    pub fn of(pool: &Pool, as_known_on: Option<Day>, quiet: bool) -> Result<View, Failure> {
        View::knowing(pool, Knowing::on(as_known_on), quiet)
    }

    /// Links the reports that a question may know.
    pub fn knowing(pool: &Pool, knowing: Knowing, quiet: bool) -> Result<View, Failure> {
        let judgements = knowing.judgements(pool.judgements()?);
        let method = Method::known(pool, &knowing)?;
        let known = pipeline::gather_known(pool, knowing, quiet)?;
        let (linkage, linked_by) = method.link(pool, &known, &judgements)?;
        Ok(View { groups: Groups { known, linkage }, judgements, linked_by, index: None })
    }

    /// The same of the pool as it is now, with an index to keep where that is worth while.
    fn to_keep(pool: &Pool, quiet: bool) -> Result<View, Failure> {
        let known = pipeline::gather(pool, None, quiet)?;
        let judgements = pool.judgements()?;
        let method = Method::of(pool)?;
        let model = method.model_for(&known.sources).cloned();
        let Some(model) = model.filter(|_| quick::keeps_index(known.outlines.len())) else {
            let (linkage, linked_by) = method.link(pool, &known, &judgements)?;
            let groups = Groups { known, linkage };
            return Ok(View { groups, judgements, linked_by, index: None });
        };
        let blocking = Blocking::SHIPPED;
        let outlines = known.outlines.clone();
        let (index, linkage) = Index::of(outlines, &model, &blocking, &judgements);
        let linked_by = LinkedBy::Model { model: Box::new(model), blocking };
        Ok(View { groups: Groups { known, linkage }, judgements, linked_by, index: Some(index) })
    }
}

/// What is wrong with a text that is no report id.
pub fn not_an_id(text: &str) -> Failure {
    Failure::new("not-a-report-id", format!("\"{text}\" is no report id"))
        .hint("a report id is the source and its key, as in ucdp-ged:36210")
}

/// What linking and settling a pool gave.
pub struct Refreshed {
    pub n_reports: u64,
    pub n_sources: u64,
    pub n_incidents: u64,
    /// Incidents told by more than one source.
    pub n_shared: u64,
    /// Incidents with some value on which claims disagree.
    /// `None` when only what changed was looked at.
    pub n_disputed: Option<u64>,
    /// Leads and aggregates that belong to no incident.
    pub n_outside: u64,
    pub conflicts: Vec<String>,
    pub capped: Vec<String>,
    /// What MELTT counts, in words and for a program, if it linked.
    pub meltt: Option<(String, Value)>,
    /// What was looked at, when only what changed was.
    pub followed: Option<String>,
}

impl Refreshed {
    /// What the summary of `sheaf pool` ends with.
    pub fn sentence(&self) -> String {
        let mut text = format!(
            "{} of {} → {}; {} told by more than one source",
            counted(self.n_reports, "report"),
            counted(self.n_sources, "source"),
            counted(self.n_incidents, "incident"),
            grouped(self.n_shared),
        );
        if let Some(n) = self.n_disputed {
            text.push_str(&format!(", {} with claims that disagree", grouped(n)));
        }
        if let Some(followed) = &self.followed {
            text.push_str(&format!("\n{followed}"));
        }
        if self.n_outside > 0 {
            let outside = counted(self.n_outside, "report");
            text.push_str(&format!("\n{outside} outside: leads and aggregates are no incidents"));
        }
        if let Some((counts, _)) = &self.meltt {
            text.push_str(&format!("\n{counts}"));
        }
        for conflict in &self.conflicts {
            text.push_str(&format!("\nconflict: {conflict}"));
        }
        for capped in &self.capped {
            text.push_str(&format!("\ncapped: {capped}"));
        }
        text
    }
}

/// What the view rests on beside the pool, as one line.
pub fn settings(pool: &Pool, profile: &dyn Profile) -> Result<String, Failure> {
    let mut settings = Method::of(pool)?.settings();
    // The program's version stands for what the settings do not say: how they are applied.
    settings["program"] = json!(env!("CARGO_PKG_VERSION"));
    settings["profile"] = json!(profile.about().cited);
    Ok(settings.to_string())
}

/// Brings what is kept of the pool up to date: by what changed where that can be followed, otherwise
/// anew. What is kept is the same either way.
pub fn brought_up(pool: &Pool, now: &str, quiet: bool) -> Result<Refreshed, Failure> {
    match quick::refresh(pool, now, quiet)? {
        Some(refreshed) => Ok(refreshed),
        None => refresh(pool, now, quiet),
    }
}

/// Links and settles the pool and keeps both in it.
pub fn refresh(pool: &Pool, now: &str, quiet: bool) -> Result<Refreshed, Failure> {
    let view = View::to_keep(pool, quiet)?;
    let settings = settings(pool, INTERVAL)?;
    let basis = pool.basis(&settings)?;
    let head = LinkageHead { basis, settings, model: Method::of(pool)?.name(), at: now.to_owned() };
    let incidents = (0..view.linkage.n_incidents).filter_map(|incident| {
        let members = view.linkage.members(incident);
        let reports: Vec<ReportId> = members.iter().map(|&at| view.known.id(at)).collect();
        Some(Incident { id: IncidentId::of(&reports)?, reports })
    });
    pool.put_linkage(head, incidents)?;
    let n_outside = view.linkage.incident_of.iter().filter(|&&it| it == Linkage::NONE).count();
    let capped = view.linkage.capped.iter();
    let mut refreshed = Refreshed {
        n_reports: view.known.outlines.len() as u64,
        n_sources: view.known.sources.len() as u64,
        n_incidents: u64::from(view.linkage.n_incidents),
        n_shared: 0,
        n_disputed: None,
        n_outside: n_outside as u64,
        conflicts: conflicts(&view),
        capped: capped.map(|it| format!("{} {}", grouped(it.n), it.what)).collect(),
        meltt: meltt_counts(&view),
        followed: None,
    };
    let profile = INTERVAL.about().cited.to_owned();
    let mut n_disputed = 0;
    let mut writer = pool.begin_settled(SettledHead { basis, profile, at: now.to_owned() })?;
    view.settle(INTERVAL, |chunk| {
        for incident in &chunk {
            refreshed.n_shared += u64::from(incident.sources.len() > 1);
            n_disputed += u64::from(is_disputed(incident));
        }
        Ok(writer.write(&chunk)?)
    })?;
    writer.finish()?;
    refreshed.n_disputed = Some(n_disputed);
    if let Some(index) = &view.index {
        quick::keep(pool, index, &basis, &view.known.sources)?;
    }
    Ok(refreshed)
}

fn meltt_counts(view: &View) -> Option<(String, Value)> {
    match &view.linked_by {
        LinkedBy::Model { .. } => None,
        LinkedBy::Meltt(run) => Some((run.sentence(), run.json())),
    }
}

/// What a view kept in the pool gave when it was made; conflicts and caps are told only then.
pub fn recalled(pool: &Pool, kept: &SettledView, quiet: bool) -> Result<Refreshed, Failure> {
    let meltt = match Method::of(pool)? {
        Method::Model { .. } => None,
        // Its counts are not kept, and it is run again in no time.
        Method::Meltt(_) => meltt_counts(&View::of(pool, None, quiet)?),
    };
    let n_linked = pool.linkage()?.map_or(0, |linkage| linkage.n_reports);
    let mut refreshed = Refreshed {
        n_reports: 0,
        n_sources: pipeline::sources(&pool.imports()?).len() as u64,
        n_incidents: kept.n_incidents,
        n_shared: 0,
        n_disputed: None,
        n_outside: 0,
        conflicts: Vec::new(),
        capped: Vec::new(),
        meltt,
        followed: None,
    };
    let mut n_disputed = 0;
    pool.for_each_settled(
        kept,
        |_| true,
        |incident| {
            refreshed.n_shared += u64::from(incident.sources.len() > 1);
            n_disputed += u64::from(is_disputed(&incident));
        },
    )?;
    refreshed.n_disputed = Some(n_disputed);
    refreshed.n_reports = pool.n_current()?;
    refreshed.n_outside = refreshed.n_reports.saturating_sub(n_linked);
    Ok(refreshed)
}

/// The settled view kept in the pool, if it still follows from what the pool holds.
pub fn kept(pool: &Pool, profile: &dyn Profile) -> Result<Option<SettledView>, Failure> {
    let basis = pool.basis(&settings(pool, profile)?)?;
    let kept = pool.settled(profile.about().cited)?;
    Ok(kept.filter(|view| view.head.basis == basis))
}

/// The linkage kept in the pool, if it is whole and still follows from what the pool holds.
pub fn kept_linkage(pool: &Pool) -> Result<Option<sheaf_store::Linkage>, Failure> {
    let basis = pool.basis(&settings(pool, INTERVAL)?)?;
    Ok(pool.linkage()?.filter(|linkage| linkage.head.basis == basis))
}

/// Whether some claim says otherwise than a value shown.
pub fn is_disputed(incident: &SettledIncident) -> bool {
    fn mark<T>(field: Field, value: &Settled<T>, count: Option<Count>) -> bool {
        tells_of_dispute(&ValueMark { field, is_contradicted: !value.against.is_empty(), count })
    }
    incident.when.as_ref().is_some_and(|it| mark(Field::When, it, None))
        || incident.place.as_ref().is_some_and(|it| mark(Field::Where, it, None))
        || incident.kind.as_ref().is_some_and(|it| mark(Field::Kind, it, None))
        || incident.tolls.iter().any(|it| mark(Field::Toll, it, Some(it.value.count)))
}

/// Whether a value with this mark makes its incident a disputed one.
pub fn tells_of_dispute(mark: &ValueMark) -> bool {
    let is_shown = matches!(mark.field, Field::When | Field::Where | Field::Kind | Field::Toll);
    let is_wide = mark.count.is_some_and(|it| it.high() != Some(it.low()));
    is_shown && mark.is_contradicted || is_wide
}

/// Contradictions among judgements, in words.
pub fn conflicts(view: &View) -> Vec<String> {
    conflicts_in_words(&view.linkage.conflicts, |at| view.known.outlines.id(at))
}

/// The same, given how to name the report at a position.
pub fn conflicts_in_words<'a>(conflicts: &[Conflict], id: impl Fn(u32) -> &'a str) -> Vec<String> {
    let conflicts = conflicts.iter().map(|conflict| {
        let reports: Vec<&str> = conflict.reports.iter().map(|&at| id(at)).collect();
        let against: Vec<String> = conflict.against.iter().map(ToString::to_string).collect();
        let against =
            if against.is_empty() { String::new() } else { format!(" ({})", against.join(", ")) };
        format!(
            "{} is kept but not followed: {}{against}; {}",
            conflict.not_applied,
            conflict.why,
            reports.join(" – ")
        )
    });
    conflicts.collect()
}

/// Whether a judgement's report is one that the pool has, also when no longer current.
pub fn report_is_known(view: &View, text: &str) -> Result<ReportId, Failure> {
    view.position(text).map(|at| view.known.id(at))
}

/// Two different reports of the pool.
pub fn pair(view: &View, a: &str, b: &str) -> Result<Pair, Failure> {
    let (a, b) = (report_is_known(view, a)?, report_is_known(view, b)?);
    let twice = format!("{a} is named twice");
    Pair::new(a, b)
        .ok_or_else(|| Failure::new("one-report-twice", twice).hint("name two different reports"))
}
