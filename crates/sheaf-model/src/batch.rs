//! A batch of reports with their claims and the text they were said in.
//!
//! A pool holds tens of millions of claims, so claims do not own strings: a batch keeps one text,
//! and a report's key and a claim's words are [`Span`]s of it. Readers build batches, the store
//! writes and reads them, linking and settling take from them what they need and let them go.

use xxhash_rust::xxh3::xxh3_128_with_seed;

use crate::{Claim, Doubt, Field, Meaning, Report, ReportId, SetAside, SourceName, Unit};

/// A stretch of a batch's text, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Span {
    start: u32,
    len: u32,
}

impl Span {
    /// Whether it covers no text.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// Reports in the order of their file, with claims, doubts and rows set aside.
///
/// ```
/// use sheaf_model::{Batch, Field, Meaning, Unit};
/// let mut batch = Batch::default();
/// batch.begin_report("42", 7, Unit::Incident);
/// batch.say(Field::PlaceName, 3, "Ürümqi", Meaning::Words);
/// batch.end_report();
/// let report = batch.reports().next().unwrap();
/// assert_eq!((report.key(), report.said(&report.claims()[0])), ("42", "Ürümqi"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Batch {
    text: String,
    reports: Vec<Report>,
    claims: Vec<Claim>,
    doubts: Vec<Doubt>,
    set_aside: Vec<SetAside>,
}

impl Batch {
    /// Text beyond this many bytes would not fit a span; readers start a new batch well before.
    pub const MAX_TEXT: usize = u32::MAX as usize;

    /// An empty batch with room for as much as another holds, so that filling it moves nothing.
    pub fn with_room_like(other: &Batch) -> Batch {
        Batch {
            text: String::with_capacity(other.text.len()),
            reports: Vec::with_capacity(other.reports.len()),
            claims: Vec::with_capacity(other.claims.len()),
            ..Batch::default()
        }
    }

    /// Starts a report. Every [`Batch::say`] until [`Batch::end_report`] belongs to it.
    pub fn begin_report(&mut self, key: &str, row: u64, unit: Unit) {
        let key = self.keep(key);
        let first_claim = self.claims.len() as u32;
        self.reports.push(Report { key, row, unit, first_claim, n_claims: 0, digest: 0 });
    }

    /// Adds a claim to the report begun last.
    pub fn say(&mut self, field: Field, column: u16, said: &str, meant: Meaning) {
        let said = self.keep(said);
        self.say_kept(field, column, said, meant);
    }

    /// Adds a claim whose words are in the batch already (from [`Batch::keep`]).
    pub fn say_kept(&mut self, field: Field, column: u16, said: Span, meant: Meaning) {
        self.claims.push(Claim { field, column, said, meant });
    }

    /// Puts text into the batch without a claim, for [`Meaning::Spelt`].
    ///
    /// # Panics
    /// If the batch's text would pass [`Batch::MAX_TEXT`].
    pub fn keep(&mut self, text: &str) -> Span {
        let start = self.text.len();
        assert!(start + text.len() <= Batch::MAX_TEXT, "a batch holds at most 4 GiB of text");
        self.text.push_str(text);
        Span { start: start as u32, len: text.len() as u32 }
    }

    /// Changes what the report begun last stands for.
    pub fn set_unit(&mut self, unit: Unit) {
        if let Some(report) = self.reports.last_mut() {
            report.unit = unit;
        }
    }

    /// Gives the report begun last another key: one found only once it was read (a row without a
    /// key is named by its content).
    pub fn set_key(&mut self, key: &str) {
        let key = self.keep(key);
        if let Some(report) = self.reports.last_mut() {
            report.key = key;
        }
    }

    /// Ends the report begun last: counts its claims and takes the digest of what they say.
    ///
    /// The digest is a sum over claims, so that a file whose columns change places is not taken
    /// for a revision of every entry.
    pub fn end_report(&mut self) {
        let Some(report) = self.reports.last_mut() else { return };
        let claims = &self.claims[report.first_claim as usize..];
        report.n_claims = claims.len() as u32;
        report.digest = claims.iter().fold(u128::from(report.unit as u8), |sum, claim| {
            // The rest goes in as the seed: hashing in pieces costs several times as much, and
            // this is done for every claim.
            let seed = role(&claim.meant) ^ u64::from(claim.field as u8);
            let said = text_at(&self.text, claim.said);
            sum.wrapping_add(xxh3_128_with_seed(said.as_bytes(), seed))
        });
    }

    /// Takes back the report begun last, with its claims (its row is being set aside after all).
    pub fn abandon_report(&mut self) {
        if let Some(report) = self.reports.pop() {
            self.claims.truncate(report.first_claim as usize);
        }
    }

    /// Gives a report another key.
    ///
    /// # Panics
    /// If `idx` is not below [`Batch::len`].
    pub fn rename_report(&mut self, idx: usize, key: &str) {
        self.reports[idx].key = self.keep(key);
    }

    /// Takes back the reports at these positions, given in ascending order, with their claims.
    pub fn remove_reports(&mut self, positions: &[usize]) {
        let mut gone = positions.iter().peekable();
        let (mut n_reports, mut n_claims) = (0, 0);
        for idx in 0..self.reports.len() {
            if gone.next_if(|position| **position == idx).is_some() {
                continue;
            }
            let mut report = self.reports[idx];
            let first = report.first_claim as usize;
            self.claims.copy_within(first..first + report.n_claims as usize, n_claims);
            report.first_claim = n_claims as u32;
            self.reports[n_reports] = report;
            n_reports += 1;
            n_claims += report.n_claims as usize;
        }
        self.reports.truncate(n_reports);
        self.claims.truncate(n_claims);
    }

    /// Takes the doubts out, for who has to sort them anew.
    pub fn take_doubts(&mut self) -> Vec<Doubt> {
        std::mem::take(&mut self.doubts)
    }

    /// Adds a doubt.
    pub fn doubt(&mut self, doubt: Doubt) {
        self.doubts.push(doubt);
    }

    /// Adds a row that did not become a report.
    pub fn set_aside(&mut self, row: SetAside) {
        self.set_aside.push(row);
    }

    /// Appends a report as it was stored, digest included. For the store only; readers use
    /// [`Batch::begin_report`].
    pub fn restore_report(&mut self, key: &str, row: u64, unit: Unit, digest: u128) {
        self.begin_report(key, row, unit);
        if let Some(report) = self.reports.last_mut() {
            report.digest = digest;
        }
    }

    /// Counts the claims of the report appended last by [`Batch::restore_report`].
    pub fn restored(&mut self) {
        if let Some(report) = self.reports.last_mut() {
            report.n_claims = self.claims.len() as u32 - report.first_claim;
        }
    }

    /// The words a span covers.
    pub fn text(&self, span: Span) -> &str {
        text_at(&self.text, span)
    }

    /// How many reports.
    pub fn len(&self) -> usize {
        self.reports.len()
    }

    /// Whether there is no report. There may still be doubts and rows set aside.
    pub fn is_empty(&self) -> bool {
        self.reports.is_empty()
    }

    /// How many claims.
    pub fn n_claims(&self) -> usize {
        self.claims.len()
    }

    /// How many bytes of text.
    pub fn text_len(&self) -> usize {
        self.text.len()
    }

    /// The reports in order.
    pub fn reports(&self) -> impl ExactSizeIterator<Item = ReportView<'_>> {
        (0..self.reports.len()).map(|idx| self.report(idx))
    }

    /// The report at a position.
    ///
    /// # Panics
    /// If `idx` is not below [`Batch::len`].
    pub fn report(&self, idx: usize) -> ReportView<'_> {
        ReportView { batch: self, report: &self.reports[idx] }
    }

    /// The doubts, in the order in which they arose.
    pub fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }

    /// The rows set aside, in the order of the file.
    pub fn rows_set_aside(&self) -> &[SetAside] {
        &self.set_aside
    }
}

/// What a claim's words are there for, beside its field: were it left out, an entry whose deaths and
/// injuries change places would say the same words about the same fields as before. Columns have no
/// part in it, so that a file whose columns are put in another order is not revised by that.
fn role(meant: &Meaning) -> u64 {
    match *meant {
        Meaning::Wording(fingerprint) => fingerprint.rotate_left(8),
        Meaning::PartOf(_) => 1 << 63,
        Meaning::Toll(toll) => {
            let scope = (toll.harm as u64) << 16 | (toll.whom as u64) << 8 | toll.attackers as u64;
            let count = toll.count;
            let numbers = [Some(count.low()), count.best(), count.high()];
            // Odd multipliers, so that no two of the numbers can change places unseen.
            numbers.iter().fold(scope, |mixed, number| {
                let number = number.map_or(u64::MAX, u64::from);
                (mixed ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
            })
        }
        _ => 0,
    }
}

fn text_at(text: &str, span: Span) -> &str {
    &text[span.start as usize..(span.start + span.len) as usize]
}

/// One report of a batch, with its claims and words at hand.
#[derive(Clone, Copy, Debug)]
pub struct ReportView<'a> {
    batch: &'a Batch,
    report: &'a Report,
}

impl<'a> ReportView<'a> {
    /// The source's own key, raw.
    pub fn key(self) -> &'a str {
        self.batch.text(self.report.key)
    }

    /// The report's name, given its source.
    pub fn id(self, source: &SourceName) -> ReportId {
        ReportId::new(source, self.key())
    }

    /// Line, row or object number in the file.
    pub fn row(self) -> u64 {
        self.report.row
    }

    /// What the entry stands for.
    pub fn unit(self) -> Unit {
        self.report.unit
    }

    /// The digest of what was said.
    pub fn digest(self) -> u128 {
        self.report.digest
    }

    /// Its claims, in the order of the file's columns as far as the reader keeps it.
    pub fn claims(self) -> &'a [Claim] {
        let first = self.report.first_claim as usize;
        &self.batch.claims[first..first + self.report.n_claims as usize]
    }

    /// What a claim said, to the letter.
    pub fn said(self, claim: &Claim) -> &'a str {
        self.batch.text(claim.said)
    }

    /// The words a claim means: its other spelling where the reader gave one, otherwise what was
    /// said, trimmed. `None` for a claim that means no words.
    pub fn words(self, claim: &Claim) -> Option<&'a str> {
        match claim.meant {
            Meaning::Words => Some(self.said(claim).trim()),
            Meaning::Spelt(span) => Some(self.batch.text(span)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest_of(said: &[(Field, &str)]) -> u128 {
        let mut batch = Batch::default();
        batch.begin_report("1", 2, Unit::Incident);
        for (column, (field, said)) in said.iter().enumerate() {
            batch.say(*field, column as u16, said, Meaning::Words);
        }
        batch.end_report();
        batch.report(0).digest()
    }

    #[test]
    fn a_digest_sees_words_and_fields_but_not_column_order() {
        let plain = digest_of(&[(Field::Country, "China"), (Field::PlaceName, "Kunming")]);
        assert_eq!(plain, digest_of(&[(Field::PlaceName, "Kunming"), (Field::Country, "China")]));
        assert_ne!(plain, digest_of(&[(Field::Country, "China"), (Field::PlaceName, "kunming")]));
        assert_ne!(plain, digest_of(&[(Field::AdminOne, "China"), (Field::PlaceName, "Kunming")]));
        assert_ne!(plain, digest_of(&[(Field::Country, "China")]));
    }

    #[test]
    fn a_key_found_late_replaces_the_first_one() {
        let mut batch = Batch::default();
        batch.begin_report("", 2, Unit::Incident);
        batch.say(Field::Country, 0, "China", Meaning::Words);
        batch.end_report();
        batch.set_key("~0123");
        assert_eq!((batch.report(0).key(), batch.report(0).claims().len()), ("~0123", 1));
    }

    #[test]
    fn reports_removed_and_renamed_leave_the_others_as_they_were() {
        let mut batch = Batch::default();
        for key in ["1", "2", "3", "4"] {
            batch.begin_report(key, 2, Unit::Incident);
            for _ in 0..key.parse::<usize>().unwrap() {
                batch.say(Field::Country, 0, key, Meaning::Words);
            }
            batch.end_report();
        }
        batch.rename_report(3, "4#2");
        batch.remove_reports(&[0, 2]);
        let left: Vec<_> = batch
            .reports()
            .map(|it| (it.key(), it.claims().len(), it.claims().iter().all(|c| it.said(c) != "3")))
            .collect();
        assert_eq!(left, [("2", 2, true), ("4#2", 4, true)]);
        assert_eq!((batch.len(), batch.n_claims()), (2, 6));
        assert_eq!(batch.report(1).said(&batch.report(1).claims()[3]), "4");
    }

    /// Were deaths and injuries, or two ends of a range, to change places, every word would still be
    /// there.
    #[test]
    fn a_digest_sees_numbers_that_change_places() {
        use crate::{Attackers, Count, Harm, Qualifier, Toll, Whom};
        let toll = |harm, low, best, high| {
            Meaning::Toll(Toll {
                harm,
                whom: Whom::All,
                attackers: Attackers::Unsaid,
                qualifier: Qualifier::Exactly,
                count: Count::new(low, Some(best), Some(high)).unwrap(),
                as_of: None,
            })
        };
        let digest = |said: &[(&str, Meaning)]| {
            let mut batch = Batch::default();
            batch.begin_report("1", 2, Unit::Incident);
            for (column, (words, meant)) in said.iter().enumerate() {
                batch.say(Field::Toll, column as u16, words, *meant);
            }
            batch.end_report();
            batch.report(0).digest()
        };
        let (killed, injured) = (Harm::Killed, Harm::Injured);
        assert_ne!(
            digest(&[("5", toll(killed, 5, 5, 5)), ("7", toll(injured, 7, 7, 7))]),
            digest(&[("7", toll(killed, 7, 7, 7)), ("5", toll(injured, 5, 5, 5))])
        );
        let part = Meaning::PartOf(0);
        assert_ne!(
            digest(&[("5", toll(killed, 5, 5, 7)), ("5", part), ("7", part)]),
            digest(&[("7", toll(killed, 5, 7, 7)), ("5", part), ("5", part)])
        );
    }

    #[test]
    fn an_abandoned_report_leaves_no_claim() {
        let mut batch = Batch::default();
        batch.begin_report("1", 2, Unit::Incident);
        batch.say(Field::Country, 0, "China", Meaning::Words);
        batch.abandon_report();
        batch.begin_report("2", 3, Unit::Incident);
        batch.end_report();
        assert_eq!((batch.len(), batch.n_claims(), batch.report(0).key()), (1, 0, "2"));
    }
}
