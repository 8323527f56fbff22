//! Incidents as CSV: one row each, the columns of [`COLUMNS`]. Lists are joined with "; ". A cell
//! for which nobody says anything is empty, which is not zero.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula and may run it,
//! and what a source said can begin with anything. Such text gets an apostrophe in front, which
//! spreadsheets take to mean "text"; numbers are left alone, so that a southern latitude stays one.

use std::borrow::Borrow;
use std::io::{self, Write};

use sheaf_model::SettledIncident;

use super::entry::Entry;
use super::flat::{COLUMNS, Cell};
use super::losses::{Losses, counted, spread};
use super::{Audience, flat};

/// Writes a header and a row for each incident.
///
/// # Errors
/// If `to` cannot be written to.
pub fn write_csv<I>(incidents: I, audience: Audience, to: impl Write) -> io::Result<Losses>
where
    I: IntoIterator<Item: Borrow<Entry>>,
{
    let mut rows = ::csv::Writer::from_writer(to);
    rows.write_record(COLUMNS.iter().map(|column| column.name))?;
    let mut losses = Losses::of("csv");
    let (mut kept_back, mut n_formulas) = (0, 0);
    let mut lost = FlatLosses::default();
    let mut text = String::new();
    for incident in incidents {
        let incident = incident.borrow();
        if !audience.may_read(incident) {
            kept_back += 1;
            continue;
        }
        for column in COLUMNS {
            text.clear();
            let is_text = put(&mut text, &(column.of)(incident));
            if is_text && looks_like_a_formula(&text) {
                text.insert(0, '\'');
                n_formulas += 1;
            }
            rows.write_field(&text)?;
        }
        rows.write_record(None::<&[u8]>)?;
        losses.n_written += 1;
        lost.count(incident);
    }
    rows.flush()?;
    losses.leave_out(kept_back);
    lost.add_to(&mut losses);
    for (code, what, (n, n_incidents)) in [
        ("claimed-by-joined", "claimed-by value", lost.claimed_by),
        ("blamed-on-joined", "blamed-on value", lost.blamed_on),
    ] {
        losses.add(code, n, || {
            let values = spread(n, what, &format!("{what}s"), n_incidents);
            format!("{values} were joined into one cell each with \"; \"")
        });
    }
    losses.add("formula-guarded", n_formulas, || {
        let cells = counted(n_formulas, "cell of text begins", "cells of text begin");
        format!("{cells} like a formula and had an apostrophe put in front")
    });
    Ok(losses)
}

/// Puts a cell's text; whether it is text rather than a number or a day.
fn put(text: &mut String, cell: &Cell<'_>) -> bool {
    use std::fmt::Write as _;
    match cell {
        Cell::Empty => return false,
        Cell::Text(words) => text.push_str(words),
        Cell::List(parts) => {
            for (idx, part) in parts.iter().enumerate() {
                text.push_str(if idx == 0 { "" } else { "; " });
                text.push_str(part);
            }
        }
        // Writing to a string does not fail.
        Cell::Integer(number) => return write!(text, "{number}").is_err(),
        Cell::Number(number) => return write!(text, "{number}").is_err(),
        Cell::Day(day) => return write!(text, "{day}").is_err(),
    }
    true
}

fn looks_like_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// What a row cannot carry, in CSV and GeoJSON alike.
#[derive(Default)]
pub(super) struct FlatLosses {
    n_incidents: u64,
    n_against: u64,
    /// Values and incidents.
    other_tolls: (u64, u64),
    claimed_by: (u64, u64),
    blamed_on: (u64, u64),
}

impl FlatLosses {
    pub(super) fn count(&mut self, incident: &SettledIncident) {
        self.n_incidents += 1;
        self.n_against += flat::n_against(incident);
        let add = |tally: &mut (u64, u64), n: usize, least: usize| {
            if n >= least {
                tally.0 += n as u64;
                tally.1 += 1;
            }
        };
        add(&mut self.other_tolls, flat::other_tolls(incident).count(), 1);
        add(&mut self.claimed_by, incident.claimed_by.len(), 2);
        add(&mut self.blamed_on, incident.blamed_on.len(), 2);
    }

    pub(super) fn add_to(&self, losses: &mut Losses) {
        losses.add("claims-not-carried", self.n_incidents, || {
            let against = counted(self.n_against, "claim says", "claims say");
            format!("who said each value is not carried; {against} otherwise (see json)")
        });
        let (n, n_incidents) = self.other_tolls;
        losses.add("tolls-in-words", n, || {
            let tolls = spread(n, "toll", "tolls", n_incidents);
            format!("{tolls} had no columns and were put in words in other_tolls")
        });
    }
}

#[cfg(test)]
mod tests {
    use sheaf_model::Licence;

    use super::super::made_up;
    use super::*;

    #[test]
    fn invariant_17_csv_says_what_it_could_not_carry() {
        let mut out = Vec::new();
        let closed = made_up::with_licence(made_up::silent(), Licence::OwnUseOnly);
        let incidents = [made_up::market(), made_up::silent(), closed];
        let losses = write_csv(&incidents, Audience::Others, &mut out).unwrap();
        assert_eq!(losses.n_written, 2);
        assert_eq!(
            losses.sentences(),
            [
                "csv: 1 incident was left out because a source may not be passed on",
                "csv: who said each value is not carried; 3 claims say otherwise (see json)",
                "csv: 1 toll of 1 incident had no columns and were put in words in other_tolls",
                "csv: 2 blamed-on values of 1 incident were joined into one cell each with \"; \"",
                "csv: 1 cell of text begins like a formula and had an apostrophe put in front",
            ]
        );
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(
            lines[1],
            "acme:2,2014-05-22,2014-05-24,\"Ürümqi, \"\"market\"\"\",,China,43.8,-87.6,1000,\
             vehicle-bomb,,'=cmd|' /C calc'!A0,43,43,43,exactly,included,all,94,,,at-least,\
             unsaid,all,31–39 killed without attackers,,Group X; @Group Y,acme; beacon,\
             \"acme:2; beacon:x,y\",2,3,open-with-attribution,interval@1,recorded,contested,range,\
             \"comparable tolls differ, or one is open; each is possible\",,"
        );
        assert!(lines[2].starts_with("acme:2,,,,,,,,,,,,,,,,,,"));
    }

    #[test]
    fn for_ourselves_nothing_is_left_out() {
        let closed = made_up::with_licence(made_up::silent(), Licence::OwnUseOnly);
        let losses = write_csv([closed], Audience::Ourselves, Vec::new()).unwrap();
        assert_eq!(losses.n_written, 1);
        assert!(losses.lost.iter().all(|loss| loss.code != "not-to-be-passed-on"));
    }
}
