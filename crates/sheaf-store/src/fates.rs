//! What a linking does to the handles of the one before.

use std::collections::BTreeMap;

use sheaf_model::{Incident, ReportId};

use crate::error::{Result, StoreError};
use crate::vintage::hash;

/// What became of a handle: this many of its reports are in that incident now.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Fate {
    pub handle: String,
    pub became: Option<String>,
    pub n_reports: u64,
}

/// Incidents in order of handle, their reports in order of id, and where each report is.
pub(crate) struct Sets {
    pub incidents: Vec<Incident>,
    // Sorted by the hash of the report's id.
    places: Vec<([u8; 16], u32)>,
}

impl Sets {
    pub fn new(incidents: impl IntoIterator<Item = Incident>) -> Result<Sets> {
        let mut incidents: Vec<Incident> = incidents.into_iter().collect();
        incidents.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        let mut places = Vec::with_capacity(incidents.iter().map(|it| it.reports.len()).sum());
        for (place, incident) in incidents.iter_mut().enumerate() {
            incident.reports.sort_unstable();
            let place = place as u32;
            places.extend(incident.reports.iter().map(|id| (hash(id.as_str()), place)));
        }
        places.sort_unstable();
        if let Some(twice) = places.windows(2).find(|two| two[0].0 == two[1].0) {
            let both = [twice[0].1, twice[1].1].map(|place| &incidents[place as usize]);
            let report = both[0].reports.iter().find(|id| hash(id.as_str()) == twice[0].0);
            let report = report.map(ReportId::as_str).unwrap_or_default();
            return Err(in_two(report, [both[0].id.as_str(), both[1].id.as_str()]));
        }
        Ok(Sets { incidents, places })
    }

    /// The incident that holds a report.
    pub fn place_of(&self, report: &str) -> Option<u32> {
        let report = hash(report);
        let at = self.places.binary_search_by_key(&report, |(here, _)| *here);
        at.ok().map(|at| self.places[at].1)
    }

    /// Every pair of handle and report, sorted by both.
    pub fn members(&self) -> impl Iterator<Item = (&str, &str)> {
        self.incidents.iter().flat_map(|incident| {
            incident.reports.iter().map(|report| (incident.id.as_str(), report.as_str()))
        })
    }

    /// Where the reports of an earlier handle are now, if it lost any.
    pub fn fate_of<'a>(
        &self,
        handle: &str,
        reports: impl Iterator<Item = &'a str>,
        fates: &mut Vec<Fate>,
    ) {
        let mut places = BTreeMap::<Option<u32>, u64>::new();
        reports.for_each(|report| *places.entry(self.place_of(report)).or_default() += 1);
        let name = |place: u32| self.incidents[place as usize].id.as_str();
        let stayed = |place: &Option<u32>| place.is_some_and(|place| name(place) == handle);
        if places.keys().all(stayed) {
            return;
        }
        fates.extend(places.into_iter().map(|(place, n_reports)| Fate {
            handle: handle.to_owned(),
            became: place.map(|place| name(place).to_owned()),
            n_reports,
        }));
    }
}

/// A report is in one incident only.
pub(crate) fn in_two(report: &str, incidents: [&str; 2]) -> StoreError {
    StoreError::new(
        "report-in-two-incidents",
        format!("the report {report} is in the incidents {} and {}", incidents[0], incidents[1]),
        "this is a defect of the linking; please report it",
    )
}
