//! What every report says about the things that are settled, and who says it; packed, because all
//! reports of a pool wait here at once while their incidents are settled. Texts are kept once for
//! the pool, claims are packed words, and a report's id is its source's number and its key. What
//! settling has no use for (references, categories, damage) is not kept; nor is what was said to
//! the letter, which stays in the pool, where a [`ClaimRef`](sheaf_model::ClaimRef) leads to it.

use std::cmp::Ordering;

use sheaf_model::{Licence, ReportId, ReportView, SourceKind, SourceName, Unit};

use crate::packing::{self, Said};
use crate::texts::Texts;

/// The claims that matter to settling, report by report.
#[derive(Clone, Debug, Default)]
pub struct Ballots {
    sources: Vec<ListedSource>,
    slips: Vec<Slip>,
    keys: String,
    packed: Vec<u32>,
    texts: Texts,
}

#[derive(Clone, Debug)]
struct ListedSource {
    name: SourceName,
    licence: Licence,
    kind: SourceKind,
    /// Its place in the order of names, which entries of the same name share.
    rank: u16,
    /// What its name folds to, as if it were an organisation's.
    folding: u32,
}

/// One report: where its key and its claims end. They start where those of the one before end.
#[derive(Clone, Copy, Debug)]
struct Slip {
    key_end: u64,
    packed_end: u64,
    source: u16,
    unit: Unit,
}

impl Ballots {
    /// No reports yet, by any of these sources. A report names its source by position.
    pub fn new(sources: Vec<(SourceName, Licence, SourceKind)>) -> Ballots {
        // Ids are ordered as texts, in which a colon ends the name, and a hyphen sorts before it.
        let mut names: Vec<String> = sources.iter().map(|(name, ..)| format!("{name}:")).collect();
        names.sort();
        names.dedup();
        let mut texts = Texts::default();
        let listed = sources.into_iter().map(|(name, licence, kind)| {
            let place = names.binary_search(&format!("{name}:"));
            let rank = place.expect("each name was put in the list") as u16;
            let said = texts.keep(name.as_str());
            let folding = texts.folding(said);
            ListedSource { name, licence, kind, rank, folding }
        });
        Ballots { sources: listed.collect(), texts, ..Ballots::default() }
    }

    /// Keeps what settling needs of a report, and gives back its number: 0, 1, 2 and so on.
    ///
    /// # Panics
    /// If `source` is not in the list, or is not the source that `id` begins with.
    pub fn push(&mut self, id: &ReportId, source: u16, report: ReportView<'_>) -> u32 {
        let listed = &self.sources[usize::from(source)];
        assert_eq!(id.source(), listed.name.as_str(), "a report is pushed with its own source");
        self.keys.push_str(id.key());
        // A position beyond a claim reference's range cannot be led back to, so is not used.
        for (position, claim) in (0..=u16::MAX).zip(report.claims()) {
            packing::pack(&mut self.packed, &mut self.texts, report, claim, position);
        }
        let number = u32::try_from(self.slips.len()).expect("a pool holds at most 2^32 reports");
        self.slips.push(Slip {
            key_end: self.keys.len() as u64,
            packed_end: self.packed.len() as u64,
            source,
            unit: report.unit(),
        });
        number
    }

    /// How many reports.
    pub fn len(&self) -> usize {
        self.slips.len()
    }

    /// Whether there is no report.
    pub fn is_empty(&self) -> bool {
        self.slips.is_empty()
    }

    /// The report's id.
    pub fn id(&self, report: u32) -> ReportId {
        ReportId::new(self.source(report), self.key(report))
    }

    /// Who says it.
    pub fn source(&self, report: u32) -> &SourceName {
        &self.listed(report).name
    }

    /// How far it may travel. A caller who must not pass a report on settles without it.
    pub fn licence(&self, report: u32) -> Licence {
        self.listed(report).licence
    }

    /// Bytes in use, without what the allocator holds in reserve.
    pub fn bytes(&self) -> usize {
        self.slips.len() * size_of::<Slip>()
            + self.keys.len()
            + self.packed.len() * size_of::<u32>()
            + self.texts.bytes()
    }

    pub(crate) fn source_kind(&self, report: u32) -> SourceKind {
        self.listed(report).kind
    }

    pub(crate) fn source_rank(&self, report: u32) -> u16 {
        self.listed(report).rank
    }

    pub(crate) fn source_folding(&self, report: u32) -> u32 {
        self.listed(report).folding
    }

    pub(crate) fn unit(&self, report: u32) -> Unit {
        self.slips[report as usize].unit
    }

    pub(crate) fn texts(&self) -> &Texts {
        &self.texts
    }

    pub(crate) fn claims(
        &self,
        report: u32,
    ) -> impl Iterator<Item = (sheaf_model::Field, u16, Said)> + '_ {
        let end = self.slips[report as usize].packed_end as usize;
        let start = self.slip_before(report).map_or(0, |slip| slip.packed_end as usize);
        packing::unpack(&self.packed[start..end])
    }

    /// The order of the two reports' ids, without putting the ids together.
    pub(crate) fn by_id(&self, left: u32, right: u32) -> Ordering {
        let ranks = self.source_rank(left).cmp(&self.source_rank(right));
        ranks.then_with(|| self.key(left).cmp(self.key(right)))
    }

    fn key(&self, report: u32) -> &str {
        let end = self.slips[report as usize].key_end as usize;
        let start = self.slip_before(report).map_or(0, |slip| slip.key_end as usize);
        &self.keys[start..end]
    }

    fn listed(&self, report: u32) -> &ListedSource {
        &self.sources[usize::from(self.slips[report as usize].source)]
    }

    fn slip_before(&self, report: u32) -> Option<&Slip> {
        self.slips.get((report as usize).checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use sheaf_model::Batch;

    use super::*;

    #[test]
    fn reports_are_ordered_as_their_ids_are() {
        let texts = ["a:2", "a:10", "a-b:1", "ab:1", "a1:1", "a:", "b:x:y"];
        let ids = texts.map(|text| {
            let (source, key) = text.split_once(':').unwrap();
            ReportId::new(&SourceName::new(source).unwrap(), key)
        });
        let open = |id: &ReportId| {
            let name = SourceName::new(id.source()).unwrap();
            (name, Licence::OpenWithAttribution, SourceKind::Curated)
        };
        let mut ballots = Ballots::new(ids.iter().map(open).collect());
        let mut batch = Batch::default();
        batch.begin_report("any", 2, Unit::Incident);
        batch.end_report();
        for (source, id) in ids.iter().enumerate() {
            let number = ballots.push(id, source as u16, batch.report(0));
            assert_eq!(&ballots.id(number), id);
        }
        for left in 0..ids.len() {
            for right in 0..ids.len() {
                let (a, b) = (&ids[left], &ids[right]);
                assert_eq!(ballots.by_id(left as u32, right as u32), a.cmp(b), "{a} {b}");
            }
        }
    }
}
