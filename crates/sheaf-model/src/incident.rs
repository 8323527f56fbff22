//! Reports held to be about one happening, and the values settled for it.

use std::fmt;

use crate::{Attackers, Count, Harm, Kind, Licence, Place, ReportId, SourceName, Toll, When, Whom};

/// The handle of an incident: the smallest id among its reports. A report id always leads to the
/// incident that holds it, so a handle given out once keeps resolving after merges and splits
/// (invariant 4).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct IncidentId(ReportId);

impl IncidentId {
    /// The handle for a set of reports; `None` for an empty set.
    pub fn of<'a>(reports: impl IntoIterator<Item = &'a ReportId>) -> Option<IncidentId> {
        reports.into_iter().min().cloned().map(IncidentId)
    }

    /// The report after which it is named.
    pub fn report(&self) -> &ReportId {
        &self.0
    }

    /// The handle as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A set of reports held to be about one happening.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Incident {
    /// Its handle.
    pub id: IncidentId,
    /// Its reports, in order of id.
    pub reports: Vec<ReportId>,
}

/// A claim within an incident's reports: which report (by position in whatever list of reports the
/// settling was given) and which of its claims (by position).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClaimRef {
    /// Position of the report.
    pub report: u32,
    /// Position of the claim within the report's claims.
    pub claim: u16,
}

/// A value, who said so, who did not, and by which rule it was chosen. The losing claims are named
/// beside the winning ones, never dropped.
#[derive(Clone, PartialEq, Debug)]
pub struct Settled<T> {
    /// The value shown.
    pub value: T,
    /// The claims it rests on; never empty (invariant 2).
    pub from: Vec<ClaimRef>,
    /// The comparable claims that say otherwise.
    pub against: Vec<ClaimRef>,
    /// The rule's name.
    pub by: &'static str,
}

/// An incident with its values settled by one profile: a view over immutable claims, which can be
/// thrown away and made again. The [`ClaimRef`]s in it count reports by their position in
/// [`Incident::reports`].
#[derive(Clone, PartialEq, Debug)]
pub struct SettledIncident {
    /// The handle and the reports.
    pub incident: Incident,
    /// Name and version of the rule set: "interval@1".
    pub profile: &'static str,
    /// The sources that report it, in order of name, each once.
    pub sources: Vec<SourceName>,
    /// The strictest licence among them.
    pub licence: Licence,
    /// The day or days.
    pub when: Option<Settled<When>>,
    /// The point and radius.
    pub place: Option<Settled<Place>>,
    /// The place's name.
    pub place_name: Option<Settled<String>>,
    /// First-level administrative unit.
    pub admin_one: Option<Settled<String>>,
    /// The country.
    pub country: Option<Settled<String>>,
    /// What kind of happening.
    pub kind: Option<Settled<Kind>>,
    /// What was attacked.
    pub target: Option<Settled<String>>,
    /// With what.
    pub weapon: Option<Settled<String>>,
    /// One for each harm and scope that any report gives, in the order of [`Harm::ALL`] and
    /// [`Whom::ALL`](crate::Whom::ALL).
    ///
    /// [`Harm::ALL`]: crate::Harm::ALL
    pub tolls: Vec<Settled<Toll>>,
    /// Organisations that claimed it, each according to the claims it rests on.
    pub claimed_by: Vec<Settled<String>>,
    /// Organisations blamed for it, each according to the claims it rests on.
    pub blamed_on: Vec<Settled<String>>,
}

impl SettledIncident {
    /// The counts of all its tolls, in their order.
    pub fn counts(&self) -> Vec<Count> {
        self.tolls.iter().map(|toll| toll.value.count).collect()
    }

    /// The toll that stands for a harm and party where there is room for one only: the one with the
    /// attackers, or that does not say, or without them, in this order, because most data sets
    /// count everybody. Every table, file, sum and series takes it from here, so that they cannot
    /// come to differ.
    pub fn toll_of(&self, harm: Harm, whom: Whom) -> Option<&Settled<Toll>> {
        [Attackers::Included, Attackers::Unsaid, Attackers::Excluded].into_iter().find_map(
            |scope| {
                self.tolls.iter().find(|toll| {
                    let Toll { harm: of, whom: who, attackers, .. } = toll.value;
                    of == harm && who == whom && attackers == scope
                })
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_04_a_new_incident_takes_the_smallest_report_id() {
        let ids = ["b:1", "a:9", "a:10"].map(|text| ReportId::parse(text).unwrap());
        assert_eq!(IncidentId::of(&ids).unwrap().as_str(), "a:10");
        assert_eq!(IncidentId::of(&[]), None);
    }
}
