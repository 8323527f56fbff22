//! Which reports may leave the pool, and a count of those that may not. The gate is asked about
//! each incident before it is settled for others; where it stops some of the reports, the caller
//! settles the incident from those that pass, so that no value rests on, or gives away, a claim
//! that may not be passed on.

use std::collections::BTreeMap;

use sheaf_model::{Licence, ReportId, SourceName};

/// What of an incident may leave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Passage {
    /// All of it, as it is settled.
    Whole,
    /// The reports at these positions; settle it again from them.
    From(Vec<usize>),
    /// Nothing: every report is by a source that may not be passed on.
    Nothing,
}

/// Decides by the licence of each report's source, and counts what it stops.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    licences: BTreeMap<SourceName, Licence>,
    stopped: BTreeMap<String, u64>,
    claims_stopped: BTreeMap<Licence, u64>,
    n_settled_again: u64,
    n_left_out: u64,
}

impl Gate {
    /// A gate for these sources. One listed twice has the stricter licence, and one not listed is
    /// stopped: nobody has read its terms.
    pub fn new(sources: impl IntoIterator<Item = (SourceName, Licence)>) -> Gate {
        let mut gate = Gate::default();
        for (name, licence) in sources {
            let known = gate.licences.entry(name).or_insert(licence);
            *known = licence.max(*known);
        }
        gate
    }

    /// Whether everything may leave.
    pub fn is_open(&self) -> bool {
        self.licences.values().all(|licence| licence.may_be_passed_on())
    }

    /// What of an incident with these reports may leave.
    pub fn passage(&self, reports: &[ReportId]) -> Passage {
        let passing: Vec<usize> =
            (0..reports.len()).filter(|&idx| self.passes(&reports[idx])).collect();
        match passing.len() {
            n if n == reports.len() => Passage::Whole,
            0 => Passage::Nothing,
            _ => Passage::From(passing),
        }
    }

    /// Counts what was stopped of an incident: those of its reports that may not leave, with how
    /// many claims each has. Gives back how many claims of each class they are.
    pub fn count(
        &mut self,
        reports: &[ReportId],
        n_claims: impl Fn(usize) -> u64,
        passage: &Passage,
    ) -> Vec<(Licence, u64)> {
        let mut by_class = BTreeMap::<Licence, u64>::new();
        for (idx, report) in reports.iter().enumerate() {
            let class = self.licence(report);
            if !class.may_be_passed_on() {
                *self.stopped.entry(report.source().to_owned()).or_default() += 1;
                *by_class.entry(class).or_default() += n_claims(idx);
            }
        }
        for (&class, n) in &by_class {
            *self.claims_stopped.entry(class).or_default() += n;
        }
        match passage {
            Passage::Whole => {}
            Passage::From(_) => self.n_settled_again += 1,
            Passage::Nothing => self.n_left_out += 1,
        }
        by_class.into_iter().collect()
    }

    /// The sources whose reports were stopped, with how many of each.
    pub fn stopped(&self) -> impl Iterator<Item = (&str, u64)> {
        self.stopped.iter().map(|(source, n)| (source.as_str(), *n))
    }

    /// How many claims were stopped, by licence class.
    pub fn claims_stopped(&self) -> impl Iterator<Item = (Licence, u64)> {
        self.claims_stopped.iter().map(|(&class, &n)| (class, n))
    }

    /// How many incidents had to be settled again.
    pub fn n_settled_again(&self) -> u64 {
        self.n_settled_again
    }

    /// How many incidents stayed behind altogether.
    pub fn n_left_out(&self) -> u64 {
        self.n_left_out
    }

    fn passes(&self, report: &ReportId) -> bool {
        self.licence(report).may_be_passed_on()
    }

    fn licence(&self, report: &ReportId) -> Licence {
        let name = SourceName::new(report.source()).ok();
        name.and_then(|name| self.licences.get(&name).copied()).unwrap_or(Licence::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_leave_is_stopped_and_counted() {
        let name = |text| SourceName::new(text).unwrap();
        let mut gate = Gate::new([
            (name("open"), Licence::OpenWithAttribution),
            (name("keyed"), Licence::OwnUseOnly),
            (name("odd"), Licence::OpenWithAttribution),
            (name("odd"), Licence::Unknown),
        ]);
        let ids = |texts: &[&str]| -> Vec<ReportId> {
            texts.iter().map(|text| ReportId::parse(text).unwrap()).collect()
        };
        assert_eq!(gate.passage(&ids(&["open:1"])), Passage::Whole);
        assert_eq!(gate.passage(&ids(&["keyed:1", "open:1"])), Passage::From(vec![1]));
        assert_eq!(gate.passage(&ids(&["keyed:2", "odd:1", "never-heard-of:1"])), Passage::Nothing);
        assert!(!gate.is_open());
        for (reports, by_class) in [
            (ids(&["keyed:1", "open:1"]), vec![(Licence::OwnUseOnly, 3)]),
            (
                ids(&["keyed:2", "odd:1", "never-heard-of:1"]),
                vec![(Licence::OwnUseOnly, 3), (Licence::Unknown, 6)],
            ),
        ] {
            let passage = gate.passage(&reports);
            assert_eq!(gate.count(&reports, |_| 3, &passage), by_class);
        }
        let stopped: Vec<_> = gate.stopped().collect();
        assert_eq!(stopped, [("keyed", 2), ("never-heard-of", 1), ("odd", 1)]);
        let claims: Vec<_> = gate.claims_stopped().collect();
        assert_eq!(claims, [(Licence::OwnUseOnly, 6), (Licence::Unknown, 6)]);
        assert_eq!((gate.n_settled_again(), gate.n_left_out()), (1, 1));
    }
}
