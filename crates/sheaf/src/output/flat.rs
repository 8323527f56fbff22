//! An incident as one row: the columns of CSV, the properties of GeoJSON, and the schema in
//! `datapackage.json` come from this one list. The names are a contract: other people's scripts
//! hold them, so a column may be added but never renamed or given another meaning.

use std::borrow::Cow;

use sheaf_model::{Attackers, Day, Harm, Qualifier, Settled, SettledIncident, Toll};

use super::entry::Entry;
use super::wording::{headline, in_full};

/// What a cell of a row holds.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell<'a> {
    /// Nobody says, which is not the same as zero.
    Empty,
    /// Words.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(u64),
    /// Any other number.
    Number(f64),
    /// A day.
    Day(Day),
    /// Several words.
    List(Vec<Cow<'a, str>>),
}

/// The type of a column's cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum CellType {
    Text,
    Integer,
    Number,
    Day,
    List,
}

/// One column.
#[derive(Debug)]
pub struct Column {
    /// Its name, for ever.
    pub name: &'static str,
    /// What it holds.
    pub cells: CellType,
    /// What it means, for the schema.
    pub about: &'static str,
    /// Its cell for an incident as one profile has it.
    pub of: for<'a> fn(&'a Entry) -> Cell<'a>,
}

macro_rules! columns {
    ($($name:literal $cells:ident $about:literal $of:expr;)*) => {
        /// Every column, in order.
        pub static COLUMNS: &[Column] = &[$(
            Column { name: $name, cells: CellType::$cells, about: $about, of: $of },
        )*];
    };
}

columns! {
    "incident" Text "The incident's handle: the smallest id among its reports."
        |it| Cell::Text(it.incident.id.as_str().into());
    "first_day" Day "The first day on which it may have happened."
        |it| it.when.as_ref().map_or(Cell::Empty, |when| Cell::Day(when.value.first()));
    "last_day" Day "The last day on which it may have happened; the first, if the day is known."
        |it| it.when.as_ref().map_or(Cell::Empty, |when| Cell::Day(when.value.last()));
    "place_name" Text "The name of the place." |it| words(&it.place_name);
    "admin_1" Text "The first-level administrative unit." |it| words(&it.admin_one);
    "country" Text "The country, as the sources write it." |it| words(&it.country);
    "lat" Number "Degrees north (WGS 84) of the point."
        |it| it.place.as_ref().map_or(Cell::Empty, |place| Cell::Number(place.value.lat()));
    "lon" Number "Degrees east (WGS 84) of the point."
        |it| it.place.as_ref().map_or(Cell::Empty, |place| Cell::Number(place.value.lon()));
    "radius_m" Number "How far from the point the true place may lie, in metres."
        |it| it.place.as_ref().map_or(Cell::Empty, |place| {
            Cell::Number(f64::from(place.value.radius().get()))
        });
    "kind" Text "What kind of happening."
        |it| it.kind.as_ref().map_or(Cell::Empty, |kind| Cell::Text(kind.value.name().into()));
    "target" Text "What was attacked: a kind of thing or role." |it| words(&it.target);
    "weapon" Text "With what." |it| words(&it.weapon);
    "killed_low" Integer "The lowest comparable number of killed." |it| low(it, Harm::Killed);
    "killed_best" Integer "The sources' own best value, where they agree on it."
        |it| best(it, Harm::Killed);
    "killed_high" Integer "The highest comparable number; empty if there is no upper bound."
        |it| high(it, Harm::Killed);
    "killed_qualifier" Text "How the number was put: exactly, about, at-least, feared and so on."
        |it| qualifier(it, Harm::Killed);
    "killed_attackers" Text "Whether the attackers are counted: included, excluded, unsaid."
        |it| attackers(it, Harm::Killed);
    "killed_whom" Text "Whose number it is: all, or civilians by a profile that counts those."
        |it| whom(it, Harm::Killed);
    "injured_low" Integer "The lowest comparable number of injured." |it| low(it, Harm::Injured);
    "injured_best" Integer "The sources' own best value, where they agree on it."
        |it| best(it, Harm::Injured);
    "injured_high" Integer "The highest comparable number; empty if there is no upper bound."
        |it| high(it, Harm::Injured);
    "injured_qualifier" Text "How the number was put: exactly, about, at-least, feared and so on."
        |it| qualifier(it, Harm::Injured);
    "injured_attackers" Text "Whether the attackers are counted: included, excluded, unsaid."
        |it| attackers(it, Harm::Injured);
    "injured_whom" Text "Whose number it is: all, or civilians by a profile that counts those."
        |it| whom(it, Harm::Injured);
    "other_tolls" List "Every other toll: missing, abducted, by party, in the other scope."
        |it| list(other_tolls(it).map(|toll| in_full(&toll.value).into()));
    "claimed_by" List "Organisations that claimed it, according to a source."
        |it| list(it.claimed_by.iter().map(|by| by.value.as_str().into()));
    "blamed_on" List "Organisations that a source blames; sheaf infers none."
        |it| list(it.blamed_on.iter().map(|on| on.value.as_str().into()));
    "sources" List "The short names of the sources that report it."
        |it| list(it.sources.iter().map(|source| source.as_str().into()));
    "reports" List "The ids of its reports."
        |it| list(it.incident.reports.iter().map(|report| report.as_str().into()));
    "n_reports" Integer "How many reports." |it| Cell::Integer(it.incident.reports.len() as u64);
    "n_against" Integer "How many claims say otherwise than the values here."
        |it| Cell::Integer(n_against(it));
    "licence" Text "The strictest licence class among its sources."
        |it| Cell::Text(it.licence.name().into());
    "profile" Text "The rules by which the values were settled." |it| Cell::Text(it.profile.into());
    "layer" Text "Whether the tolls were recorded by somebody or estimated; never add the two up."
        |it| Cell::Text(it.layer().into());
    "outcome" Text "How the incident stands by the profile: settled, pending, contested, rejected."
        |it| Cell::Text(it.outcome().state.name().into());
    "outcome_word" Text "The profile's own word for it." |it| Cell::Text(it.outcome().word.into());
    "outcome_because" Text "Why." |it| Cell::Text(it.outcome().because.into());
    "notes" List "What the profile's method would note beside it."
        |it| list(it.ruling.notes.iter().map(|&note| note.into()));
    "left_out" List "How many claims of which licence class were left out before settling."
        |it| list(it.withheld_in_words().map(Cow::Owned));
}

/// The tolls that have no columns of their own.
pub(super) fn other_tolls(it: &SettledIncident) -> impl Iterator<Item = &Settled<Toll>> {
    let headlines = [Harm::Killed, Harm::Injured].map(|harm| headline(it, harm));
    it.tolls
        .iter()
        .filter(move |toll| !headlines.iter().flatten().any(|it| std::ptr::eq(*it, *toll)))
}

/// How many claims stand against a value.
pub(super) fn n_against(it: &SettledIncident) -> u64 {
    let words = [&it.place_name, &it.admin_one, &it.country, &it.target, &it.weapon];
    let in_words = words.into_iter().flatten().map(|settled| settled.against.len());
    let others = [
        it.when.as_ref().map_or(0, |settled| settled.against.len()),
        it.place.as_ref().map_or(0, |settled| settled.against.len()),
        it.kind.as_ref().map_or(0, |settled| settled.against.len()),
    ];
    let tolls = it.tolls.iter().map(|toll| toll.against.len());
    in_words.chain(others).chain(tolls).sum::<usize>() as u64
}

fn words(settled: &Option<Settled<String>>) -> Cell<'_> {
    settled.as_ref().map_or(Cell::Empty, |words| Cell::Text(words.value.as_str().into()))
}

fn list<'a>(texts: impl Iterator<Item = Cow<'a, str>>) -> Cell<'a> {
    Cell::List(texts.collect())
}

fn low(it: &SettledIncident, harm: Harm) -> Cell<'static> {
    headline(it, harm).map_or(Cell::Empty, |toll| Cell::Integer(toll.value.count.low().into()))
}

fn best(it: &SettledIncident, harm: Harm) -> Cell<'static> {
    let best = headline(it, harm).and_then(|toll| toll.value.count.best());
    best.map_or(Cell::Empty, |best| Cell::Integer(best.into()))
}

fn high(it: &SettledIncident, harm: Harm) -> Cell<'static> {
    let high = headline(it, harm).and_then(|toll| toll.value.count.high());
    high.map_or(Cell::Empty, |high| Cell::Integer(high.into()))
}

fn qualifier(it: &SettledIncident, harm: Harm) -> Cell<'static> {
    let name = headline(it, harm).map(|toll| Qualifier::name(toll.value.qualifier));
    name.map_or(Cell::Empty, |name| Cell::Text(name.into()))
}

fn attackers(it: &SettledIncident, harm: Harm) -> Cell<'static> {
    let name = headline(it, harm).map(|toll| Attackers::name(toll.value.attackers));
    name.map_or(Cell::Empty, |name| Cell::Text(name.into()))
}

fn whom(it: &SettledIncident, harm: Harm) -> Cell<'static> {
    let name = headline(it, harm).map(|toll| toll.value.whom.name());
    name.map_or(Cell::Empty, |name| Cell::Text(name.into()))
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    #[test]
    fn a_cell_is_of_its_columns_type_or_empty() {
        for incident in [made_up::market(), made_up::silent()] {
            for column in COLUMNS {
                let fits = match (column.of)(&incident) {
                    Cell::Empty => true,
                    Cell::Text(_) => column.cells == CellType::Text,
                    Cell::Integer(_) => column.cells == CellType::Integer,
                    Cell::Number(_) => column.cells == CellType::Number,
                    Cell::Day(_) => column.cells == CellType::Day,
                    Cell::List(_) => column.cells == CellType::List,
                };
                assert!(fits, "{}", column.name);
                assert!(column.about.ends_with('.'), "{}", column.name);
            }
        }
    }

    #[test]
    fn column_names_are_unique() {
        let mut names: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
