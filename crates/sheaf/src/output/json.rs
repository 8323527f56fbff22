//! Incidents as JSON, with every claim for and against every value: the one format that carries
//! all of it. One object, `{"incidents": […], "left_out": […]}`, each incident on its own line.
//!
//! A value is `{"value": …, "rule": …, "from": […], "against": […]}`, or `null` where nobody says
//! anything. A claim is `{"report", "claim", "file", "row", "column", "said"}`, the last four where
//! the words of claims are at hand. Names are a contract: they may be added to, never changed.

use std::borrow::Borrow;
use std::io::{self, Write};

use sheaf_model::{ClaimRef, ReportId, Settled, SourceName, Toll};
use sheaf_settle::{Part, Why};

use super::entry::Entry;
use super::json_text::JsonText;
use super::losses::{Losses, counted};
use super::{Audience, Claims};

/// How much is written of each incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fullness {
    /// One profile's values.
    Values,
    /// One profile's values, and the claims it did not use, with the reasons.
    InFull,
    /// Several profiles beside each other, each in full.
    SideBySide,
}

/// Writes every incident with its claims. An incident comes as its entries, one for each profile
/// that was asked for. `end` adds what was left out before, once all are taken.
///
/// # Errors
/// If `to` cannot be written to.
pub fn write_json<I>(
    incidents: I,
    claims: &impl Claims,
    fullness: Fullness,
    audience: Audience,
    end: impl FnOnce(&mut Losses),
    to: impl Write,
) -> io::Result<Losses>
where
    I: IntoIterator<Item: Borrow<[Entry]>>,
{
    let mut writing = Writing { json: JsonText::new(to), claims, n_untold: 0 };
    let mut losses = Losses::of("json");
    let mut kept_back = 0;
    writing.json.open('{')?;
    writing.json.name("incidents")?;
    writing.json.open('[')?;
    for incident in incidents {
        let entries = incident.borrow();
        let Some(first) = entries.first() else { continue };
        if !audience.may_read(first) {
            kept_back += 1;
            continue;
        }
        writing.json.new_line()?;
        if fullness == Fullness::SideBySide {
            writing.side_by_side(first, entries)?;
        } else {
            writing.incident(first, fullness == Fullness::InFull)?;
        }
        losses.n_written += 1;
    }
    losses.leave_out(kept_back);
    let n_untold = writing.n_untold;
    losses.add("claims-named-only", n_untold, || {
        let claims = counted(n_untold, "claim is", "claims are");
        format!("{claims} named by report and position, without the words they said")
    });
    end(&mut losses);
    let json = &mut writing.json;
    json.last_line()?;
    json.close(']')?;
    json.name("left_out")?;
    json.plain(losses.to_json())?;
    json.name("answer")?;
    json.text(losses.answer.name())?;
    json.close('}')?;
    json.last_line()?;
    json.flush()?;
    Ok(losses)
}

struct Writing<'a, W, C> {
    json: JsonText<W>,
    claims: &'a C,
    n_untold: u64,
}

impl<W: Write, C: Claims> Writing<'_, W, C> {
    fn incident(&mut self, it: &Entry, in_full: bool) -> io::Result<()> {
        self.json.open('{')?;
        self.head(it)?;
        self.by_profile(it, in_full)?;
        self.withheld(it)?;
        self.json.close('}')
    }

    fn side_by_side(&mut self, first: &Entry, entries: &[Entry]) -> io::Result<()> {
        self.json.open('{')?;
        self.head(first)?;
        self.json.name("profiles")?;
        self.json.open('[')?;
        for entry in entries {
            self.json.open('{')?;
            self.by_profile(entry, true)?;
            self.json.close('}')?;
        }
        self.json.close(']')?;
        self.withheld(first)?;
        self.json.close('}')
    }

    /// What no profile changes.
    fn head(&mut self, it: &Entry) -> io::Result<()> {
        let reports = &it.incident.reports;
        self.json.name("id")?;
        self.json.text(it.incident.id.as_str())?;
        self.json.name("reports")?;
        self.json.texts(reports.iter().map(ReportId::as_str))?;
        self.json.name("sources")?;
        self.json.texts(it.sources.iter().map(SourceName::as_str))?;
        self.json.name("licence")?;
        self.json.text(it.licence.name())
    }

    /// How many claims of each licence class were left out.
    fn withheld(&mut self, it: &Entry) -> io::Result<()> {
        self.json.name("claims_left_out")?;
        self.json.open('{')?;
        for &(class, n) in &it.withheld {
            self.json.name(class.name())?;
            self.json.plain(n)?;
        }
        self.json.close('}')
    }

    fn by_profile(&mut self, it: &Entry, in_full: bool) -> io::Result<()> {
        let reports = &it.incident.reports;
        let outcome = it.outcome();
        self.json.name("profile")?;
        self.json.text(it.profile)?;
        self.json.name("is_estimate")?;
        self.json.plain(it.is_estimate)?;
        self.json.name("outcome")?;
        self.json.open('{')?;
        for (name, words) in
            [("state", outcome.state.name()), ("word", outcome.word), ("because", outcome.because)]
        {
            self.json.name(name)?;
            self.json.text(words)?;
        }
        self.json.close('}')?;
        self.json.name("notes")?;
        self.json.texts(&it.ruling.notes)?;
        self.member("when", reports, &it.when, |json, when| {
            json.open('{')?;
            json.name("first")?;
            json.text(&when.first().to_string())?;
            json.name("last")?;
            json.text(&when.last().to_string())?;
            json.close('}')
        })?;
        self.member("place", reports, &it.place, |json, place| {
            json.open('{')?;
            json.name("lat")?;
            json.plain(place.lat())?;
            json.name("lon")?;
            json.plain(place.lon())?;
            json.name("radius_m")?;
            json.plain(place.radius().get())?;
            json.close('}')
        })?;
        let in_words = |json: &mut JsonText<W>, words: &String| json.text(words);
        self.member("place_name", reports, &it.place_name, in_words)?;
        self.member("admin_1", reports, &it.admin_one, in_words)?;
        self.member("country", reports, &it.country, in_words)?;
        self.member("kind", reports, &it.kind, |json, kind| json.text(kind.name()))?;
        self.member("target", reports, &it.target, in_words)?;
        self.member("weapon", reports, &it.weapon, in_words)?;
        self.members("tolls", reports, &it.tolls, write_toll)?;
        self.members("claimed_by", reports, &it.claimed_by, in_words)?;
        self.members("blamed_on", reports, &it.blamed_on, in_words)?;
        if in_full {
            self.alignments(it)?;
            self.parts(it)?;
        }
        Ok(())
    }

    /// The tolls that were brought to another scope before they were compared.
    fn alignments(&mut self, it: &Entry) -> io::Result<()> {
        let reports = &it.incident.reports;
        self.json.name("alignments")?;
        self.json.open('[')?;
        for alignment in &it.ruling.alignments {
            self.json.open('{')?;
            self.json.name("gives")?;
            write_toll(&mut self.json, &alignment.gives)?;
            self.json.name("from")?;
            self.json.open('[')?;
            self.claim(reports, alignment.said)?;
            self.claim(reports, alignment.with)?;
            self.json.close(']')?;
            self.json.close('}')?;
        }
        self.json.close(']')
    }

    /// Every claim that can be settled, with the part it had, and why where it was not used.
    fn parts(&mut self, it: &Entry) -> io::Result<()> {
        let reports = &it.incident.reports;
        let parts = it.ruling.parts();
        for (name, is_used) in [("used", true), ("not_used", false)] {
            self.json.name(name)?;
            self.json.open('[')?;
            for &(at, part) in parts.iter().filter(|(_, part)| (*part == Part::Used) == is_used) {
                if is_used {
                    self.claim(reports, at)?;
                    continue;
                }
                self.json.open('{')?;
                self.json.name("part")?;
                self.json.text(part.name())?;
                self.json.name("because")?;
                self.json.text(part.why().map_or("", Why::because))?;
                self.json.name("claim")?;
                self.claim(reports, at)?;
                self.json.close('}')?;
            }
            self.json.close(']')?;
        }
        Ok(())
    }

    fn member<T>(
        &mut self,
        name: &str,
        reports: &[ReportId],
        settled: &Option<Settled<T>>,
        write: impl Fn(&mut JsonText<W>, &T) -> io::Result<()>,
    ) -> io::Result<()> {
        self.json.name(name)?;
        match settled {
            None => self.json.plain("null"),
            Some(settled) => self.settled(reports, settled, write),
        }
    }

    fn members<T>(
        &mut self,
        name: &str,
        reports: &[ReportId],
        settled: &[Settled<T>],
        write: impl Fn(&mut JsonText<W>, &T) -> io::Result<()>,
    ) -> io::Result<()> {
        self.json.name(name)?;
        self.json.open('[')?;
        for settled in settled {
            self.settled(reports, settled, &write)?;
        }
        self.json.close(']')
    }

    fn settled<T>(
        &mut self,
        reports: &[ReportId],
        settled: &Settled<T>,
        write: impl Fn(&mut JsonText<W>, &T) -> io::Result<()>,
    ) -> io::Result<()> {
        self.json.open('{')?;
        self.json.name("value")?;
        write(&mut self.json, &settled.value)?;
        self.json.name("rule")?;
        self.json.text(settled.by)?;
        for (name, claims) in [("from", &settled.from), ("against", &settled.against)] {
            self.json.name(name)?;
            self.json.open('[')?;
            for &claim in claims {
                self.claim(reports, claim)?;
            }
            self.json.close(']')?;
        }
        self.json.close('}')
    }

    fn claim(&mut self, reports: &[ReportId], at: ClaimRef) -> io::Result<()> {
        let report = &reports[at.report as usize];
        self.json.open('{')?;
        self.json.name("report")?;
        self.json.text(report.as_str())?;
        self.json.name("claim")?;
        self.json.plain(at.claim)?;
        match self.claims.told(report, at.claim) {
            None => self.n_untold += 1,
            Some(told) => {
                self.json.name("file")?;
                self.json.text(&told.spot.file)?;
                self.json.name("row")?;
                self.json.plain(told.spot.row)?;
                self.json.name("column")?;
                self.json.text(&told.spot.column)?;
                self.json.name("said")?;
                self.json.text(&told.said)?;
                if !told.with.is_empty() {
                    self.json.name("with")?;
                    self.json.open('[')?;
                    for (column, said) in &told.with {
                        self.json.open('{')?;
                        self.json.name("column")?;
                        self.json.text(column)?;
                        self.json.name("said")?;
                        self.json.text(said)?;
                        self.json.close('}')?;
                    }
                    self.json.close(']')?;
                }
            }
        }
        self.json.close('}')
    }
}

fn write_toll<W: Write>(json: &mut JsonText<W>, toll: &Toll) -> io::Result<()> {
    let number = |json: &mut JsonText<W>, name: &str, number: Option<u32>| {
        json.name(name)?;
        match number {
            Some(number) => json.plain(number),
            None => json.plain("null"),
        }
    };
    json.open('{')?;
    json.name("harm")?;
    json.text(toll.harm.name())?;
    json.name("whom")?;
    json.text(toll.whom.name())?;
    json.name("attackers")?;
    json.text(toll.attackers.name())?;
    json.name("qualifier")?;
    json.text(toll.qualifier.name())?;
    number(json, "low", Some(toll.count.low()))?;
    number(json, "best", toll.count.best())?;
    number(json, "high", toll.count.high())?;
    json.name("as_of")?;
    match toll.as_of {
        Some(day) => json.text(&day.to_string())?,
        None => json.plain("null")?,
    }
    json.close('}')
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{NotAtHand, made_up};
    use super::*;

    fn written(claims: &impl Claims) -> (Value, Losses) {
        let mut out = Vec::new();
        let incidents = [[made_up::market()], [made_up::silent()]];
        let (values, ours) = (Fullness::Values, Audience::Ourselves);
        let losses = write_json(incidents, claims, values, ours, |_| {}, &mut out).unwrap();
        (serde_json::from_slice(&out).unwrap(), losses)
    }

    #[test]
    fn invariant_02_every_value_leads_to_what_was_said_and_where() {
        let (read, losses) = written(&made_up::told);
        let market = &read["incidents"][0];
        assert_eq!(market["when"]["value"], json!({ "first": "2014-05-22", "last": "2014-05-24" }));
        assert_eq!(
            market["kind"],
            json!({
                "value": "vehicle-bomb",
                "rule": "min-max",
                "from": [{ "report": "beacon:x,y", "claim": 3 }],
                "against": [{
                    "report": "acme:2", "claim": 3,
                    "file": "acme.csv", "row": 7, "column": "column 3", "said": "as \"said\"\u{1b}",
                }],
            })
        );
        assert_eq!(
            market["tolls"][2]["value"],
            json!({
                "harm": "injured", "whom": "all", "attackers": "unsaid", "qualifier": "at-least",
                "low": 94, "best": null, "high": null, "as_of": null,
            })
        );
        assert_eq!(read["incidents"][1]["kind"], Value::Null);
        assert_eq!(read["incidents"][1]["tolls"], json!([]));
        assert_eq!(losses.lost[0].n, 7);
    }

    #[test]
    fn invariant_17_json_says_which_words_are_not_at_hand() {
        let (read, losses) = written(&NotAtHand);
        assert_eq!(
            losses.sentences(),
            ["json: 17 claims are named by report and position, without the words they said"]
        );
        assert_eq!(read["left_out"][0]["code"], json!("claims-named-only"));
    }
}
