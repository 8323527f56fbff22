//! An incident as one reader sees it, and as one row: the columns that all doors for settled
//! incidents share, so that a layer, a table and an event never call the same thing by two names.
//!
//! In go settled values that were made for this reader, from the reports and claims that
//! [`view_for`](crate::rules::view_for) lets this reader use, with the marking of the whole. Nothing
//! here decides who may see what; a door that writes files which travel asks
//! [`onward`] besides.
//!
//! The names of columns are a contract with other people's scripts: one may be added, but none
//! renamed or given another meaning. Where the program's own exports have the same column, they have
//! it under the same name.

mod columns;
#[cfg(test)]
pub(crate) mod made_up;

use sheaf_model::{Harm, Marking, Settled, SettledIncident, Toll, Whom};

use crate::Losses;
use crate::rules::{Onward, onward};

pub use columns::{COLUMNS, Cell, CellType, Column};

/// A settled incident and what the whole of it bears.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The values, settled from what this reader may use and from nothing else.
    pub settled: &'a SettledIncident,
    /// The marking of the whole, as it may be shown to this reader
    /// ([`as_shown`](crate::rules::as_shown)).
    pub marking: &'a Marking,
}

impl<'a> Seen<'a> {
    /// The incident's handle.
    pub fn id(&self) -> &'a str {
        self.settled.incident.id.as_str()
    }

    /// Whether a file that travels may hold it: its marking lets it go on to somebody, and all its
    /// sources' terms do.
    pub fn may_travel(&self) -> bool {
        onward(self.marking) != Onward::Nobody && self.settled.licence.may_be_passed_on()
    }

    /// What, where and when in a line: "Vehicle bomb, Ürümqi, 2014-05-22". It is put together from
    /// settled values; no headline of a source is passed on.
    pub fn headline(&self) -> String {
        let it = self.settled;
        let kind = it.kind.as_ref().map_or("incident", |kind| kind.value.name()).replace('-', " ");
        let (first, rest) = kind.split_at(kind.chars().next().map_or(0, char::len_utf8));
        let place = [&it.place_name, &it.admin_one, &it.country].into_iter().flatten().next();
        let place = place.map_or_else(|| "place unknown".to_owned(), |place| in_line(&place.value));
        let when = it.when.as_ref().map_or("undated".to_owned(), |when| when.value.to_string());
        format!("{}{rest}, {place}, {when}", first.to_uppercase())
    }

    /// The toll of all that stands for a harm where there is room for one only.
    pub fn toll(&self, harm: Harm) -> Option<&'a Settled<Toll>> {
        self.settled.toll_of(harm, Whom::All)
    }

    /// The tolls beside those of killed and injured that [`Seen::toll`] gives.
    pub fn other_tolls(&self) -> impl Iterator<Item = &'a Settled<Toll>> + use<'a> {
        let shown = [Harm::Killed, Harm::Injured].map(|harm| self.toll(harm));
        let tolls = self.settled.tolls.iter();
        tolls.filter(move |toll| !shown.iter().flatten().any(|it| std::ptr::eq(*it, *toll)))
    }

    /// How many claims stand against a value.
    pub fn n_against(&self) -> u64 {
        let it = self.settled;
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

    /// Counts what no door for settled incidents carries.
    pub(crate) fn add_losses(&self, losses: &mut Losses) {
        losses.add(
            "against",
            self.n_against(),
            "claims say otherwise; who said what is not carried",
        );
        losses.add(
            "groups",
            u64::from(!self.marking.groups.is_empty()),
            "incidents were shared with named groups, whose names do not travel",
        );
    }
}

/// Words without line breaks and other control characters, at most 80 of them.
pub(crate) fn in_line(words: &str) -> String {
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(80).collect()
}

#[cfg(test)]
mod tests {
    use sheaf_model::{Licence, Tlp};

    use super::made_up::{market, marking, silent};
    use super::*;

    #[test]
    fn a_headline_says_what_where_and_when() {
        let marking = marking(Tlp::Green);
        let check = |settled: &SettledIncident, expected: &str| {
            assert_eq!(Seen { settled, marking: &marking }.headline(), expected);
        };
        check(&market(), "Vehicle bomb, Ürümqi, \"market\", 2014-05-22 to 2014-05-24");
        check(&silent(), "Incident, place unknown, undated");
    }

    #[test]
    fn red_and_unlicensed_incidents_do_not_travel() {
        let mut settled = market();
        for (tlp, travels) in [(Tlp::Red, false), (Tlp::AmberStrict, true), (Tlp::Clear, true)] {
            let marking = marking(tlp);
            assert_eq!(
                Seen { settled: &settled, marking: &marking }.may_travel(),
                travels,
                "{tlp}"
            );
        }
        settled.licence = Licence::OwnUseOnly;
        assert!(!Seen { settled: &settled, marking: &marking(Tlp::Clear) }.may_travel());
        settled.licence = Licence::ShareAlike;
        let mut unread = marking(Tlp::Clear);
        unread.licence = Licence::Unknown;
        assert!(!Seen { settled: &settled, marking: &unread }.may_travel());
    }

    #[test]
    fn every_toll_is_shown_once() {
        let (settled, marking) = (market(), marking(Tlp::Green));
        let seen = Seen { settled: &settled, marking: &marking };
        let shown = [Harm::Killed, Harm::Injured].iter().filter(|&&harm| seen.toll(harm).is_some());
        assert_eq!(shown.count() + seen.other_tolls().count(), settled.tolls.len());
    }
}
