//! Incidents as an aligned table for a terminal, with the sources beside the values. It shows what
//! fits and says what it left out; whoever needs all of it asks for JSON.
//!
//! The first rows are held back to see how wide the columns must be. Later rows follow at these
//! widths, so that a list of a million starts at once.

use std::borrow::Borrow;
use std::io::{self, Write};

use sheaf_model::Harm;

use super::entry::Entry;
use super::losses::{Losses, counted};
use super::wording::{cut, in_a_cell, printable, width};

/// How a table should look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Looks {
    /// How many columns there are; `None` where lines may be as long as they like.
    pub width: Option<usize>,
    /// Whether to keep to ASCII in what is ours; what sources said is shown as they said it.
    pub ascii: bool,
}

impl Looks {
    pub(super) fn ours(self, text: String) -> String {
        if self.ascii { text.replace('–', "-") } else { text }
    }

    pub(super) fn ending(self) -> &'static str {
        if self.ascii { "..." } else { "…" }
    }
}

/// Name of a column and the narrowest it may become; an id is of no use cut short.
const COLUMNS: [(&str, Option<usize>); 8] = [
    ("incident", None),
    ("when", None),
    ("place", Some(12)),
    ("kind", Some(8)),
    ("killed", Some(8)),
    ("injured", Some(8)),
    ("outcome", Some(8)),
    ("sources", Some(10)),
];

const N_HELD_BACK: usize = 200;
const GAP: usize = 2;

/// Writes a header and a line for each incident.
///
/// # Errors
/// If `to` cannot be written to.
pub fn write_table<I>(incidents: I, looks: Looks, mut to: impl Write) -> io::Result<Losses>
where
    I: IntoIterator<Item: Borrow<Entry>>,
{
    let mut losses = Losses::of("table");
    let (mut n_cut, mut n_elsewhere) = (0, 0);
    let mut n_estimates = 0;
    let mut rows = incidents.into_iter().map(|incident| {
        let incident = incident.borrow();
        n_estimates += u64::from(incident.is_estimate);
        let shown = |toll: Harm| matches!(toll, Harm::Killed | Harm::Injured);
        n_elsewhere += incident.tolls.iter().filter(|toll| !shown(toll.value.harm)).count() as u64;
        row(incident, looks)
    });
    let first: Vec<_> = rows.by_ref().take(N_HELD_BACK).collect();
    let widths = widths(&first, looks.width);
    let header = COLUMNS.map(|(name, _)| name.to_owned());
    let rule = widths.map(|width| "-".repeat(width));
    for line in [&header, &rule] {
        write_line(&mut to, line, &widths, looks, &mut 0)?;
    }
    for row in first.into_iter().chain(rows) {
        write_line(&mut to, &row, &widths, looks, &mut n_cut)?;
        losses.n_written += 1;
    }
    if n_estimates > 0 {
        writeln!(to, "\nThe tolls are estimates: nobody said these numbers.")?;
    }
    to.flush()?;
    losses.add("cells-shortened", n_cut, || {
        let cells = counted(n_cut, "cell was", "cells were");
        format!("{cells} shortened to fit the line")
    });
    losses.add("tolls-not-shown", n_elsewhere, || {
        let tolls = counted(n_elsewhere, "toll", "tolls");
        format!("{tolls} of missing or abducted people not shown (see json)")
    });
    Ok(losses)
}

fn row(incident: &Entry, looks: Looks) -> [String; COLUMNS.len()] {
    let sources: Vec<&str> = incident.sources.iter().map(|source| source.as_str()).collect();
    [
        printable(incident.incident.id.as_str()).into_owned(),
        incident.when.as_ref().map_or(String::new(), |when| when.value.to_string()),
        printable(&place_in_short(incident)).into_owned(),
        incident.kind.as_ref().map_or(String::new(), |kind| kind.value.to_string()),
        looks.ours(in_a_cell(incident, Harm::Killed)),
        looks.ours(in_a_cell(incident, Harm::Injured)),
        incident.in_short(),
        sources.join(", "),
    ]
}

/// The place's name and its country, or what there is of them.
pub(super) fn place_in_short(incident: &Entry) -> String {
    let place = [&incident.place_name, &incident.admin_one, &incident.country];
    let mut names: Vec<&str> = place.into_iter().flatten().map(|it| it.value.as_str()).collect();
    if names.len() == 3 {
        names.remove(1);
    }
    names.join(", ")
}

/// As wide as the rows need, or if that is too wide, the widest columns narrowed until it fits;
/// tolls last, since half a toll says something else than the whole.
fn widths(rows: &[[String; COLUMNS.len()]], available: Option<usize>) -> [usize; COLUMNS.len()] {
    let mut widths = COLUMNS.map(|(name, _)| width(name));
    for row in rows {
        for (known, cell) in widths.iter_mut().zip(row) {
            *known = (*known).max(width(cell));
        }
    }
    let Some(available) = available else { return widths };
    while widths.iter().sum::<usize>() + GAP * (COLUMNS.len() - 1) > available {
        let is_toll = |idx: usize| matches!(COLUMNS[idx].0, "killed" | "injured");
        let room = |idx: usize| COLUMNS[idx].1.map_or(0, |least| widths[idx].saturating_sub(least));
        let widest = (0..COLUMNS.len())
            .filter(|&idx| room(idx) > 0)
            .max_by_key(|&idx| (!is_toll(idx), widths[idx]));
        match widest {
            Some(idx) => widths[idx] -= 1,
            None => break,
        }
    }
    widths
}

fn write_line(
    to: &mut impl Write,
    cells: &[String; COLUMNS.len()],
    widths: &[usize; COLUMNS.len()],
    looks: Looks,
    n_cut: &mut u64,
) -> io::Result<()> {
    let mut line = String::new();
    for ((cell, &columns), (_, least)) in cells.iter().zip(widths).zip(COLUMNS) {
        let may_cut = looks.width.is_some() && least.is_some();
        let shown = if may_cut { cut(cell, columns, looks.ending()) } else { cell.clone() };
        *n_cut += u64::from(shown != *cell);
        let padding = columns.saturating_sub(width(&shown)) + GAP;
        line.push_str(&shown);
        line.extend(std::iter::repeat_n(' ', padding));
    }
    writeln!(to, "{}", line.trim_end())
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    fn written(looks: Looks) -> (String, Losses) {
        let mut out = Vec::new();
        let losses = write_table([made_up::market(), made_up::silent()], looks, &mut out).unwrap();
        (String::from_utf8(out).unwrap(), losses)
    }

    #[test]
    fn columns_are_aligned() {
        let (text, losses) = written(Looks { width: None, ascii: false });
        assert_eq!(
            text,
            "\
incident  when                      place                    kind          killed                             injured     outcome            sources
--------  ------------------------  -----------------------  ------------  ---------------------------------  ----------  -----------------  ------------
acme:2    2014-05-22 to 2014-05-24  Ürümqi, \"market\", China  vehicle-bomb  43 with attackers / 31–39 without  94 or more  range (contested)  acme, beacon
acme:2                                                                                                                    no toll (pending)  acme, beacon
"
        );
        assert_eq!((losses.n_written, losses.lost.len()), (2, 0));
    }

    #[test]
    fn a_narrow_terminal_gets_shortened_cells_and_is_told() {
        let (text, losses) = written(Looks { width: Some(100), ascii: true });
        assert!(text.lines().all(|line| width(line) <= 100), "{text}");

        assert!(text.contains("...") && !text.contains('–'), "{text}");
        assert_eq!(losses.sentences(), ["table: 8 cells were shortened to fit the line"]);
    }
}
