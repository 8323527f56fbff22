//! Incidents as rows of a table, in an order, a page at a time.

use serde_json::{Value, json};
use sheaf_model::Kind;

use super::columns::{Columns, OPEN, SourceAbout};
use super::filter::{Filter, Words};
use super::overview::day_text;
use super::told::Told;
use crate::pages::Pages;

/// The most rows of a page.
const MOST: usize = 1000;
const USUAL: usize = 50;

/// How rows are ordered; those of which nobody says it come last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Order {
    Newest,
    Oldest,
    Killed,
    Sources,
    Id,
}

/// What of a table is asked for.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Asked {
    filter: Filter,
    order: Order,
    limit: usize,
    /// The last row of the page before.
    after: Option<String>,
}

impl Asked {
    /// Takes the words of a table.
    pub fn take(words: &mut Words) -> Result<Asked, Told> {
        let filter = Filter::take(words)?;
        let order = match words.take("order")?.as_deref() {
            None | Some("when") => Order::Newest,
            Some("when-asc") => Order::Oldest,
            Some("killed") => Order::Killed,
            Some("sources") => Order::Sources,
            Some("id") => Order::Id,
            Some(other) => {
                return Err(Told::bad("bad-filter", format!("order={other}: no such order"))
                    .hint("the orders are when, when-asc, killed, sources and id"));
            }
        };
        let limit = words.number("limit", USUAL, MOST)?.max(1);
        Ok(Asked { filter, order, limit, after: words.take("after")? })
    }
}

impl Order {
    /// What rows are sorted by, the smallest first.
    fn key(self, columns: &Columns, at: usize) -> i64 {
        let day = || columns.has_day(at).then(|| i64::from(columns.days[at][0]));
        match self {
            Order::Newest => day().map_or(i64::MAX, |day| -day),
            Order::Oldest => day().unwrap_or(i64::MAX),
            Order::Killed => toll(columns.killed[at])
                .map_or(i64::MAX, |(low, high)| -i64::from(high.unwrap_or(low))),
            Order::Sources => -(columns.source_sets[columns.told_by[at] as usize].len() as i64),
            Order::Id => 0,
        }
    }
}

/// A page of rows.
pub(crate) fn rows(columns: &Columns, asked: &Asked, pages: &dyn Pages) -> Result<Value, Told> {
    let ready = asked.filter.on(columns, pages)?;
    let key = |at: u32| (asked.order.key(columns, at as usize), at);
    let after = match &asked.after {
        None => None,
        Some(id) => {
            let at = columns.ids.binary_search_by(|it| (**it).cmp(id.as_str()));
            let gone = |_| {
                Told::new(409, "page-gone", format!("after={id}: the list has changed meanwhile"))
                    .hint("begin again without after")
            };
            Some(key(at.map_err(gone)? as u32))
        }
    };
    let mut total = 0_usize;
    let mut rest: Vec<(i64, u32)> = Vec::new();
    for at in 0..columns.len() as u32 {
        if ready.fits(at as usize) && ready.fits_in_time(at as usize) {
            total += 1;
            let key = key(at);
            if after.is_none_or(|after| key > after) {
                rest.push(key);
            }
        }
    }
    let is_more = rest.len() > asked.limit;
    if is_more {
        rest.select_nth_unstable(asked.limit - 1);
        rest.truncate(asked.limit);
    }
    rest.sort_unstable();
    let next = rest.last().filter(|_| is_more).map(|&(_, at)| &*columns.ids[at as usize]);
    let rows: Vec<Value> = rest.iter().map(|&(_, at)| row(columns, at as usize)).collect();
    Ok(json!({ "total": total, "rows": rows, "next": next }))
}

/// An incident as a row.
pub(crate) fn row(columns: &Columns, at: usize) -> Value {
    let [lat, lon] = columns.places[at].map(|it| (f64::from(it) * 1e5).round() / 1e5);
    let place = columns.has_place(at).then(|| json!([lat, lon, columns.radii[at].round()]));
    let when = columns.has_day(at).then(|| columns.days[at].map(day_text));
    let (state, word) = columns.outcomes[usize::from(columns.outcome[at])];
    let sources: Vec<&str> = columns.sources_of(at).map(name).collect();
    json!({
        "id": &*columns.ids[at],
        "when": when,
        "place": place,
        "place_name": columns.name(at, 0),
        "admin_1": columns.name(at, 1),
        "country": columns.name(at, 2),
        "kind": columns.kind(at).map(Kind::name),
        "target": columns.name(at, 3),
        "weapon": columns.name(at, 4),
        "killed": toll(columns.killed[at]),
        "injured": toll(columns.injured[at]),
        "reports": columns.n_reports[at],
        "sources": sources,
        "state": state,
        "word": word,
        "disputed": columns.is_disputed[at],
    })
}

fn name(source: &SourceAbout) -> &str {
    &source.name
}

/// At least, and at most where it is bounded; nothing where nobody says.
fn toll([low, high]: [u32; 2]) -> Option<(u32, Option<u32>)> {
    (low <= high).then(|| (low, (high != OPEN).then_some(high)))
}
