//! From what a person types to an incident: a handle of today, one of the past, or a report.

use std::collections::BTreeSet;

use arrow_array::Array;
use rusqlite::params;
use sheaf_model::{IncidentId, ReportId};

use crate::current::Wanted;
use crate::error::Result;
use crate::linkage::{Linkage, handle};
use crate::pool::Pool;
use crate::reading::text;

/// What an id leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Resolution {
    /// It is the handle of an incident.
    Incident {
        /// The handle.
        id: IncidentId,
        /// Its reports, in order of id.
        reports: Vec<ReportId>,
    },
    /// It is a report; this is the incident that holds it.
    Report {
        /// The report asked for.
        report: ReportId,
        /// The incident.
        id: IncidentId,
        /// The incident's reports, in order of id.
        reports: Vec<ReportId>,
    },
    /// It was a handle once. Where its reports are now: one incident if it was merged into it,
    /// several if it was split, none if no report of it is current.
    Was {
        /// The incidents that hold its reports now, in order.
        now: Vec<IncidentId>,
        /// When it ceased to be a handle (UTC, RFC 3339).
        since: String,
    },
    /// It is a report of the pool, in no incident: a lead, an aggregate, or no longer current.
    Outside {
        /// The report asked for.
        report: ReportId,
        /// Whether it is current.
        is_current: bool,
    },
    /// Nothing that the pool ever held.
    Unknown {
        /// Ids of reports that look alike, nearest first.
        nearest: Vec<String>,
    },
}

/// What a linking did to a handle of the one before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HandleChange {
    /// When (UTC, RFC 3339).
    pub at: String,
    /// Where the reports went and how many; `None` stands for no longer current. The handle
    /// itself may be among them.
    pub became: Vec<(Option<IncidentId>, u64)>,
}

impl Pool {
    /// Finds the incident that an id leads to, however old the id is.
    pub fn resolve(&self, id: &str) -> Result<Resolution> {
        let Some(linkage) = self.linkage()? else {
            return self.outside(id, Vec::new());
        };
        let members = self.members_of(&linkage, id)?;
        if let (Some(id), false) = (handle(id), members.is_empty()) {
            return Ok(Resolution::Incident { id, reports: members });
        }
        let was = self.was(&linkage, id)?;
        // A handle whose reports all went may have come back as a report since.
        let is_gone = matches!(&was, Some(Resolution::Was { now, .. }) if now.is_empty());
        if let (Some(was), false) = (&was, is_gone) {
            return Ok(was.clone());
        }
        let mut near = Nearest::new(id);
        let mut held = None;
        self.for_each_member(&linkage, |incident, report| {
            if report == id {
                held = handle(incident);
            }
            near.offer(report);
        })?;
        match (held, ReportId::parse(id)) {
            (Some(incident), Some(report)) => {
                let reports = self.members_of(&linkage, incident.as_str())?;
                Ok(Resolution::Report { report, id: incident, reports })
            }
            _ => was.map_or_else(|| self.outside(id, near.best()), Ok),
        }
    }

    fn outside(&self, id: &str, nearest: Vec<String>) -> Result<Resolution> {
        if let Some(report) = ReportId::parse(id) {
            let ids = std::slice::from_ref(&report);
            if let Some(Some(found)) = self.reports(ids, Wanted::only(&[]))?.pop() {
                return Ok(Resolution::Outside { report, is_current: found.is_current });
            }
        }
        Ok(Resolution::Unknown { nearest })
    }

    /// What became of a handle, linking by linking, oldest first.
    pub fn handle_history(&self, id: &str) -> Result<Vec<HandleChange>> {
        let ledger = self.ledger();
        let mut query = ledger
            .prepare(
                "SELECT linkage, at, became, handle_history.n_reports
                 FROM handle_history JOIN linkage USING (linkage)
                 WHERE handle = ?1 ORDER BY linkage, became",
            )
            .map_err(self.says())?;
        let rows = query
            .query_map([id], |row| {
                let became: Option<String> = row.get(2)?;
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, String>(1)?,
                    became.as_deref().and_then(handle),
                    row.get::<_, i64>(3)? as u64,
                ))
            })
            .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
            .map_err(self.says())?;
        let mut history: Vec<(i64, HandleChange)> = Vec::new();
        for (linkage, at, became, n) in rows {
            match history.last_mut() {
                Some((last, change)) if *last == linkage => change.became.push((became, n)),
                _ => history.push((linkage, HandleChange { at, became: vec![(became, n)] })),
            }
        }
        Ok(history.into_iter().map(|(_, change)| change).collect())
    }

    /// The reports of an incident of this linkage; none if it is no handle there.
    pub fn members_of(&self, linkage: &Linkage, id: &str) -> Result<Vec<ReportId>> {
        // The newest layer that names it decides.
        for layer in linkage.layers.iter().rev() {
            let mut members = Vec::new();
            let groups = layer.rows[0].read_groups_with(self.path(), &[], "incident", &[id])?;
            for (_, mut rows) in groups {
                while let Some(rows_here) = rows.next_rows()? {
                    let incidents = text(&rows_here, "incident", rows.path())?;
                    let reports = text(&rows_here, "report", rows.path())?;
                    let of_it = (0..incidents.len()).filter(|&row| incidents.value(row) == id);
                    members.extend(of_it.filter_map(|row| ReportId::parse(reports.value(row))));
                }
            }
            if !members.is_empty() || self.read_gone(layer)?.iter().any(|gone| gone == id) {
                return Ok(members);
            }
        }
        Ok(Vec::new())
    }

    /// Follows a handle of the past to handles of today.
    fn was(&self, linkage: &Linkage, id: &str) -> Result<Option<Resolution>> {
        let Some((_, since, mut open)) = self.last_change(id)? else { return Ok(None) };
        let mut now = BTreeSet::new();
        let mut seen = BTreeSet::from([id.to_owned()]);
        while let Some(next) = open.pop() {
            if !seen.insert(next.clone()) {
                continue;
            }
            if !self.members_of(linkage, &next)?.is_empty() {
                now.extend(handle(&next));
            } else if let Some((_, _, became)) = self.last_change(&next)? {
                open.extend(became);
            }
        }
        Ok(Some(Resolution::Was { now: now.into_iter().collect(), since }))
    }

    fn last_change(&self, id: &str) -> Result<Option<(i64, String, Vec<String>)>> {
        let ledger = self.ledger();
        let mut query = ledger
            .prepare_cached(
                "SELECT linkage, at, became FROM handle_history JOIN linkage USING (linkage)
                 WHERE handle = ?1 AND linkage =
                     (SELECT max(linkage) FROM handle_history WHERE handle = ?1)",
            )
            .map_err(self.says())?;
        let mut rows = query.query(params![id]).map_err(self.says())?;
        let mut change: Option<(i64, String, Vec<String>)> = None;
        while let Some(row) = rows.next().map_err(self.says())? {
            let read = || -> rusqlite::Result<(i64, String, Option<String>)> {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            };
            let (linkage, at, became) = read().map_err(self.says())?;
            change.get_or_insert((linkage, at, Vec::new())).2.extend(became);
        }
        Ok(change)
    }
}

/// Gathers the texts that are fewest edits away. A key without its source counts as near.
struct Nearest<'a> {
    sought: &'a str,
    bytes: Vec<u8>,
    best: Vec<(usize, String)>,
    costs: Vec<usize>,
}

impl<'a> Nearest<'a> {
    const KEEP: usize = 3;

    fn new(sought: &'a str) -> Nearest<'a> {
        Nearest { sought, bytes: sought.as_bytes().to_vec(), best: Vec::new(), costs: Vec::new() }
    }

    fn offer(&mut self, text: &str) {
        // A third of the letters wrong is no longer alike; what is kept already may ask for more.
        let mut limit = (self.bytes.len() / 3).max(1);
        if self.best.len() == Self::KEEP {
            limit = limit.min(self.best[Self::KEEP - 1].0.saturating_sub(1));
        }
        let key = text.split_once(':').map_or(text, |(_, key)| key);
        let distance = if key == self.sought { Some(0) } else { self.distance(text, limit) };
        let Some(distance) = distance.filter(|&distance| distance <= limit) else { return };
        let at = self.best.partition_point(|(other, _)| *other <= distance);
        self.best.insert(at, (distance, text.to_owned()));
        self.best.truncate(Self::KEEP);
    }

    /// Edits from one text to the other, if not more than `limit`.
    fn distance(&mut self, text: &str, limit: usize) -> Option<usize> {
        let text = text.as_bytes();
        if text.len().abs_diff(self.bytes.len()) > limit {
            return None;
        }
        self.costs.clear();
        self.costs.extend(0..=self.bytes.len());
        for (row, &here) in text.iter().enumerate() {
            let mut diagonal = self.costs[0];
            self.costs[0] = row + 1;
            let mut smallest = row + 1;
            for (column, &there) in self.bytes.iter().enumerate() {
                let swap = diagonal + usize::from(here != there);
                diagonal = self.costs[column + 1];
                let cost = swap.min(diagonal + 1).min(self.costs[column] + 1);
                self.costs[column + 1] = cost;
                smallest = smallest.min(cost);
            }
            if smallest > limit {
                return None;
            }
        }
        self.costs.last().copied()
    }

    fn best(self) -> Vec<String> {
        self.best.into_iter().map(|(_, text)| text).collect()
    }
}
