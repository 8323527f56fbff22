//! The columns of an incident as one row.

use serde_json::Value;
use sheaf_model::{Attackers, Harm, Qualifier, Settled};

use super::Seen;

/// What a cell of a row holds.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    /// Nobody says, which is not the same as zero.
    Empty,
    /// Words.
    Text(String),
    /// A whole number.
    Integer(u64),
    /// Any other number; always finite.
    Number(f64),
    /// Several words.
    List(Vec<String>),
}

impl Cell {
    /// The cell in JSON; an empty one is `null`.
    pub fn to_json(&self) -> Value {
        match self {
            Cell::Empty => Value::Null,
            Cell::Text(words) => words.as_str().into(),
            Cell::Integer(number) => (*number).into(),
            Cell::Number(number) => (*number).into(),
            Cell::List(parts) => parts.clone().into(),
        }
    }
}

/// The type of a column's cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum CellType {
    Text,
    Integer,
    Number,
    /// Text of the form `2014-05-22`.
    Day,
    /// Text in RFC 3339, in UTC.
    Moment,
    List,
}

/// One column.
#[derive(Debug)]
pub struct Column {
    /// Its name, for ever.
    pub name: &'static str,
    /// What it holds.
    pub cells: CellType,
    /// What it means.
    pub about: &'static str,
    /// Its cell for an incident.
    pub of: fn(&Seen<'_>) -> Cell,
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
        |it| Cell::Text(it.id().to_owned());
    "first_day" Day "The first day on which it may have happened."
        |it| of(&it.settled.when, |when| Cell::Text(when.first().to_string()));
    "last_day" Day "The last day on which it may have happened; the first, if the day is known."
        |it| of(&it.settled.when, |when| Cell::Text(when.last().to_string()));
    "place_name" Text "The name of the place." |it| words(&it.settled.place_name);
    "admin_1" Text "The first-level administrative unit." |it| words(&it.settled.admin_one);
    "country" Text "The country, as the sources write it." |it| words(&it.settled.country);
    "lat" Number "Degrees north (WGS 84) of the point."
        |it| of(&it.settled.place, |place| Cell::Number(place.lat()));
    "lon" Number "Degrees east (WGS 84) of the point."
        |it| of(&it.settled.place, |place| Cell::Number(place.lon()));
    "radius_m" Number "How far from the point the true place may lie, in metres."
        |it| of(&it.settled.place, |place| Cell::Number(f64::from(place.radius().get())));
    "kind" Text "What kind of happening."
        |it| of(&it.settled.kind, |kind| Cell::Text(kind.name().to_owned()));
    "target" Text "What was attacked: a kind of thing or role." |it| words(&it.settled.target);
    "weapon" Text "With what." |it| words(&it.settled.weapon);
    "killed_low" Integer "The lowest comparable number of killed." |it| low(it, Harm::Killed);
    "killed_best" Integer "The sources' own best value, where they agree on it."
        |it| best(it, Harm::Killed);
    "killed_high" Integer "The highest comparable number; empty if there is no upper bound."
        |it| high(it, Harm::Killed);
    "killed_qualifier" Text "How the number was put: exactly, about, at-least, feared and so on."
        |it| qualifier(it, Harm::Killed);
    "killed_attackers" Text "Whether the attackers are counted: included, excluded, unsaid."
        |it| attackers(it, Harm::Killed);
    "injured_low" Integer "The lowest comparable number of injured." |it| low(it, Harm::Injured);
    "injured_best" Integer "The sources' own best value, where they agree on it."
        |it| best(it, Harm::Injured);
    "injured_high" Integer "The highest comparable number; empty if there is no upper bound."
        |it| high(it, Harm::Injured);
    "injured_qualifier" Text "How the number was put: exactly, about, at-least, feared and so on."
        |it| qualifier(it, Harm::Injured);
    "injured_attackers" Text "Whether the attackers are counted: included, excluded, unsaid."
        |it| attackers(it, Harm::Injured);
    "other_tolls" List "Every other toll: missing, abducted, by party, in the other scope."
        |it| Cell::List(it.other_tolls().map(|toll| toll.value.to_string()).collect());
    "claimed_by" List "Organisations that claimed it, according to a source."
        |it| names(&it.settled.claimed_by);
    "blamed_on" List "Organisations that a source blames; sheaf infers none."
        |it| names(&it.settled.blamed_on);
    "sources" List "The short names of the sources that report it."
        |it| Cell::List(it.settled.sources.iter().map(ToString::to_string).collect());
    "reports" List "The ids of its reports."
        |it| Cell::List(it.settled.incident.reports.iter().map(|id| id.as_str().into()).collect());
    "n_reports" Integer "How many reports."
        |it| Cell::Integer(it.settled.incident.reports.len() as u64);
    "n_against" Integer "How many claims say otherwise than the values here."
        |it| Cell::Integer(it.n_against());
    "licence" Text "The strictest licence class among its sources."
        |it| Cell::Text(it.settled.licence.max(it.marking.licence).name().to_owned());
    "profile" Text "The rules by which the values were settled."
        |it| Cell::Text(it.settled.profile.to_owned());
    "tlp" Text "How far it may be passed on: TLP 2.0 (FIRST)."
        |it| Cell::Text(it.marking.tlp.name().to_owned());
    "pap" Text "What may be done with it: the Permissible Actions Protocol."
        |it| Cell::Text(it.marking.pap.name().to_owned());
    "purposes" List "What it may be used for."
        |it| Cell::List(it.marking.purposes.iter().map(|it| it.name().to_owned()).collect());
    "expires" Moment "From when on nobody may keep it."
        |it| it.marking.expires.map_or(Cell::Empty, |end| Cell::Text(end.to_string()));
}

fn of<T: Copy>(settled: &Option<Settled<T>>, cell: impl Fn(T) -> Cell) -> Cell {
    settled.as_ref().map_or(Cell::Empty, |settled| cell(settled.value))
}

fn words(settled: &Option<Settled<String>>) -> Cell {
    settled.as_ref().map_or(Cell::Empty, |words| Cell::Text(words.value.clone()))
}

fn names(settled: &[Settled<String>]) -> Cell {
    Cell::List(settled.iter().map(|name| name.value.clone()).collect())
}

fn low(it: &Seen<'_>, harm: Harm) -> Cell {
    it.toll(harm).map_or(Cell::Empty, |toll| Cell::Integer(toll.value.count.low().into()))
}

fn best(it: &Seen<'_>, harm: Harm) -> Cell {
    let best = it.toll(harm).and_then(|toll| toll.value.count.best());
    best.map_or(Cell::Empty, |best| Cell::Integer(best.into()))
}

fn high(it: &Seen<'_>, harm: Harm) -> Cell {
    let high = it.toll(harm).and_then(|toll| toll.value.count.high());
    high.map_or(Cell::Empty, |high| Cell::Integer(high.into()))
}

fn qualifier(it: &Seen<'_>, harm: Harm) -> Cell {
    let name = it.toll(harm).map(|toll| Qualifier::name(toll.value.qualifier));
    name.map_or(Cell::Empty, |name| Cell::Text(name.to_owned()))
}

fn attackers(it: &Seen<'_>, harm: Harm) -> Cell {
    let name = it.toll(harm).map(|toll| Attackers::name(toll.value.attackers));
    name.map_or(Cell::Empty, |name| Cell::Text(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use sheaf_model::Tlp;

    use super::super::made_up::{market, marking, silent};
    use super::*;

    #[test]
    fn a_cell_is_of_its_columns_type_or_empty() {
        let marking = marking(Tlp::Green);
        for settled in [market(), silent()] {
            let seen = Seen { settled: &settled, marking: &marking };
            for column in COLUMNS {
                let fits = match (column.of)(&seen) {
                    Cell::Empty => true,
                    Cell::Text(_) => {
                        matches!(column.cells, CellType::Text | CellType::Day | CellType::Moment)
                    }
                    Cell::Integer(_) => column.cells == CellType::Integer,
                    Cell::Number(number) => column.cells == CellType::Number && number.is_finite(),
                    Cell::List(_) => column.cells == CellType::List,
                };
                assert!(fits, "{}", column.name);
                assert!(column.about.ends_with(['.', ')']), "{}", column.name);
            }
        }
    }

    #[test]
    fn invariant_05_what_nobody_says_is_empty_and_not_zero() {
        let (settled, marking) = (silent(), marking(Tlp::Green));
        let seen = Seen { settled: &settled, marking: &marking };
        for name in ["first_day", "lat", "radius_m", "killed_low", "injured_high", "kind"] {
            let column = COLUMNS.iter().find(|column| column.name == name).unwrap();
            assert_eq!((column.of)(&seen).to_json(), Value::Null, "{name}");
        }
    }

    #[test]
    fn column_names_are_unique() {
        let mut names: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
