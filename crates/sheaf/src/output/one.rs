//! One incident with every value, the rule that chose it, and each claim for (`+`) and against
//! (`-`) it, with what was said and where. Signs, not colours, carry the meaning.

use std::fmt::Display;
use std::io::{self, Write};

use sheaf_model::{ClaimRef, Licence, Settled};

use sheaf_settle::{Part, Why};

use super::entry::Entry;
use super::losses::counted;
use super::wording::{in_full, printable, width};
use super::{Claims, Looks};

/// Writes one incident in full.
///
/// # Errors
/// If `to` cannot be written to.
pub fn write_one(it: &Entry, claims: &impl Claims, looks: Looks, to: impl Write) -> io::Result<()> {
    let reports = it.incident.reports.iter();
    let id_width = reports.map(|report| width(report.as_str())).max().unwrap_or(0);
    let mut writing = Writing { to, it, claims, looks, id_width };
    let sources: Vec<&str> = it.sources.iter().map(|source| source.as_str()).collect();
    let n_reports = counted(it.incident.reports.len() as u64, "report", "reports");
    writeln!(writing.to, "{}", printable(it.incident.id.as_str()))?;
    writeln!(writing.to, "  {n_reports} by {}; settled by {}", sources.join(", "), it.by())?;
    writeln!(writing.to, "  {}", it.outcome())?;
    for note in &it.ruling.notes {
        writeln!(writing.to, "  note: {note}")?;
    }
    writeln!(writing.to, "  {}", terms(it.licence))?;
    writing.value("when", it.when.as_ref(), |when| when.to_string())?;
    writing.value("where", it.place.as_ref(), |place| place.to_string())?;
    for (name, words) in [
        ("place name", &it.place_name),
        ("admin 1", &it.admin_one),
        ("country", &it.country),
        ("target", &it.target),
        ("weapon", &it.weapon),
    ] {
        writing.value(name, words.as_ref(), |words| printable(words).into_owned())?;
    }
    writing.value("kind", it.kind.as_ref(), |kind| kind.to_string())?;
    for toll in &it.tolls {
        writing.value("toll", Some(toll), |toll| looks.ours(in_full(toll)))?;
    }
    for (name, organisations) in [("claimed by", &it.claimed_by), ("blamed on", &it.blamed_on)] {
        for organisation in organisations {
            writing.value(name, Some(organisation), |words| printable(words).into_owned())?;
        }
    }
    writing.aligned()?;
    writing.not_used()?;
    writing.to.flush()
}

pub(super) fn terms(licence: Licence) -> &'static str {
    match licence {
        Licence::OpenWithAttribution => "may be passed on, with credit to its sources",
        Licence::ShareAlike => "may be passed on under the same terms, with credit to its sources",
        Licence::OwnUseOnly => "not to be passed on: a source is for own use only",
        Licence::Unknown => "not to be passed on: a source's terms are not known",
    }
}

struct Writing<'a, W, C> {
    to: W,
    it: &'a Entry,
    claims: &'a C,
    looks: Looks,
    id_width: usize,
}

impl<W: Write, C: Claims> Writing<'_, W, C> {
    fn value<T, D: Display>(
        &mut self,
        name: &str,
        settled: Option<&Settled<T>>,
        shown: impl Fn(&T) -> D,
    ) -> io::Result<()> {
        let Some(settled) = settled else { return Ok(()) };
        writeln!(self.to, "\n{name:<12}{}  ({})", shown(&settled.value), settled.by)?;
        for (sign, claims) in [('+', &settled.from), ('-', &settled.against)] {
            for &claim in claims {
                self.claim(sign, claim)?;
            }
        }
        Ok(())
    }

    /// The tolls that were brought to another scope before they were compared.
    fn aligned(&mut self) -> io::Result<()> {
        for alignment in &self.it.ruling.alignments {
            let gives = self.looks.ours(in_full(&alignment.gives));
            writeln!(self.to, "\naligned     {gives}, from two tolls of one report")?;
            self.claim('+', alignment.said)?;
            self.claim('+', alignment.with)?;
        }
        Ok(())
    }

    /// The claims that were not counted and stand against no value either, with the reason.
    fn not_used(&mut self) -> io::Result<()> {
        // Those that merely say otherwise stand against a value above.
        let is_news = |part: &Part| part.why().is_some_and(|why| why != Why::SaysOtherwise);
        let not_used: Vec<(ClaimRef, Part)> =
            self.it.ruling.parts().into_iter().filter(|(_, part)| is_news(part)).collect();
        if not_used.is_empty() {
            return Ok(());
        }
        writeln!(self.to, "\nnot used, and why")?;
        for (at, part) in not_used {
            self.claim(sign(part), at)?;
            let because = part.why().map_or("", Why::because);
            writeln!(self.to, "      {}: {because}", part.name())?;
        }
        Ok(())
    }

    fn claim(&mut self, sign: char, at: ClaimRef) -> io::Result<()> {
        let report = &self.it.incident.reports[at.report as usize];
        let id = printable(report.as_str());
        let padding = " ".repeat(self.id_width.saturating_sub(width(&id)));
        write!(self.to, "  {sign} {id}{padding}")?;
        if let Some(told) = self.claims.told(report, at.claim) {
            write!(self.to, "  {}", told.line(self.looks))?;
        }
        writeln!(self.to)
    }
}

/// One sign for each part: a reader need not see colours.
pub(super) fn sign(part: Part) -> char {
    match part {
        Part::Used => '+',
        Part::Agrees(_) => '=',
        Part::Contested(_) => '-',
        Part::Pending(_) => '?',
        Part::Rejected(_) => 'x',
        Part::Silent(_) => 'o',
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    #[test]
    fn invariant_02_a_reader_sees_who_said_what_where() {
        let mut out = Vec::new();
        let looks = Looks { width: None, ascii: false };
        write_one(&made_up::market(), &made_up::told, looks, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let head = "\
acme:2
  2 reports by acme, beacon; settled by interval@1
  range (contested): comparable tolls differ, or one is open; each is possible
  may be passed on, with credit to its sources

when        2014-05-22 to 2014-05-24  (min-max)
  + acme:2      “as \"said\" ”  acme.csv:7: column 3
  + beacon:x,y
";
        assert_eq!(&text[..head.len()], head);
        let toll = "
toll        31–39 killed without attackers  (min-max)
  + acme:2      “as \"said\" ”  acme.csv:7: column 3
  + beacon:x,y
  - acme:2      “as \"said\" ”  acme.csv:7: column 3
";
        assert!(text.contains(toll), "{text}");
        assert!(!text.contains('\u{1b}'), "a source's words move no cursor");
    }
}
