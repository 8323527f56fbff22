//! The incidents as those who look see them, made before they ask: when the server starts, and whenever the pool has
//! changed. Who asks before they are made waits for them, as without this; nobody ever gets what was made of an older
//! state.

use std::sync::{Arc, Mutex, PoisonError};

use sheaf_store::exchange::{Exchange, Micros};

use crate::error::Result;
use crate::members::{directory, reader_of};
use crate::pages::Eyes;

/// Whoever looked within this time is looking still.
const LATELY: Micros = 3_600 * 1_000_000;
/// So many who look are remembered.
const MOST: usize = 64;
/// For so many of whom each sees something else: what is made for one is as large as all incidents.
const MOST_SIGHTS: usize = 4;
/// While the pool is being brought up to date by another program, that comes first; no longer than this is waited.
const PATIENCE: Micros = 60 * 1_000_000;

/// Who looked lately, and for which state of the pool all was made for them.
#[derive(Debug, Default)]
pub(crate) struct Readying {
    looking: Mutex<Vec<(Eyes, Micros)>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The ledger and the extent of its log, as they were when all was made.
    made_for: Option<Ground>,
    /// Since when it has been another.
    since: Option<Micros>,
}

type Ground = (i64, (i64, i64));

impl Readying {
    /// Takes note of who looks. The one who looked last stands last.
    pub(crate) fn saw(&self, eyes: &Eyes, now: Micros) {
        let mut looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        match looking.iter().position(|(it, _)| it == eyes) {
            Some(at) => {
                looking.remove(at);
            }
            // For somebody new all has to be made first.
            None => self.state.lock().unwrap_or_else(PoisonError::into_inner).made_for = None,
        }
        looking.retain(|(_, at)| now - at < LATELY);
        if looking.len() >= MOST {
            looking.remove(0);
        }
        looking.push((eyes.clone(), now));
    }

    /// Expects those who are signed in to look again, who was there last first; and whoever holds the pool.
    pub(crate) fn expect(&self, log: &Exchange, is_here: bool, now: Micros) -> Result<()> {
        let directory = directory(log)?;
        for account in log.signed_in(now)?.iter().rev() {
            self.saw(&Eyes::Of(reader_of(account, &directory)), now);
        }
        if is_here {
            self.saw(&Eyes::Here, now);
        }
        Ok(())
    }

    /// Makes what those who look will ask for, by `columns`, where it is not made yet. Costs a look into the ledger
    /// where nothing changed. `is_up_to_date` says whether what is kept of the pool follows from what it holds.
    pub(crate) fn ready<T>(
        &self,
        log: &Exchange,
        now: Micros,
        is_up_to_date: impl FnOnce() -> Result<bool>,
        columns: impl FnMut(&Eyes) -> Result<Arc<T>>,
    ) -> Result<()> {
        let Some(state) = log.state()? else { return Ok(()) };
        let ground = (state, log.extent()?);
        {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.made_for == Some(ground) {
                return Ok(());
            }
            let since = *state.since.get_or_insert(now);
            if now - since < PATIENCE && !is_up_to_date()? {
                return Ok(());
            }
            *state = State { made_for: Some(ground), since: None };
        }
        let looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let lately = looking.iter().rev().filter(|(_, at)| now - at < LATELY);
        make(lately.map(|(eyes, _)| eyes), columns);
        Ok(())
    }
}

/// Makes what these see, one after the other, until there are so many that see something else. Whoever sees the same is
/// given the same. What cannot be made is told to whoever asks for it.
fn make<'a, T>(
    looking: impl Iterator<Item = &'a Eyes>,
    mut columns: impl FnMut(&Eyes) -> Result<Arc<T>>,
) {
    let mut made: Vec<Arc<T>> = Vec::new();
    for eyes in looking {
        if made.len() == MOST_SIGHTS {
            return;
        }
        let Ok(columns) = columns(eyes) else { continue };
        if !made.iter().any(|it| Arc::ptr_eq(it, &columns)) {
            made.push(columns);
        }
    }
}

#[cfg(test)]
mod tests {
    use sheaf_model::{Member, MemberId, Region, Role, Sector};
    use sheaf_share::rules::{Directory, Reader};
    use sheaf_store::Pool;
    use sheaf_store::exchange::NewAccount;

    use super::*;

    const HOUR: Micros = LATELY;

    fn of(name: &str) -> Eyes {
        let id = MemberId::new(name).unwrap();
        let member = Member {
            id: id.clone(),
            name: name.to_owned(),
            sector: Sector::Media,
            region: Region::new("north").unwrap(),
            purposes: [].into(),
        };
        let directory = Directory::new([member], []);
        Eyes::Of(Reader::of(&directory, &id, [Role::Contributor], []))
    }

    fn looking(readying: &Readying) -> Vec<Eyes> {
        readying.looking.lock().unwrap().iter().map(|(eyes, _)| eyes.clone()).collect()
    }

    #[test]
    fn who_looked_last_stands_last_and_goes_after_an_hour() {
        let readying = Readying::default();
        for (at, name) in (0..).zip(["a", "b", "c"]) {
            readying.saw(&of(name), at);
        }
        readying.saw(&of("b"), 10);
        assert_eq!(looking(&readying), [of("a"), of("c"), of("b")]);
        readying.saw(&Eyes::Here, HOUR + 5);
        assert_eq!(looking(&readying), [of("b"), Eyes::Here]);
        for at in 0..100 {
            readying.saw(&of(&format!("m{at}")), HOUR + 6);
        }
        assert_eq!(looking(&readying).len(), MOST);
    }

    #[test]
    fn colleagues_who_see_the_same_take_no_place_from_others() {
        // What is seen hangs on the first letter; "x" cannot be made.
        let names = ["a1", "a2", "a3", "x1", "b1", "c1", "d1", "a4", "e1"].map(of);
        let sights = ["a", "b", "c", "d", "e"].map(|it| (it, Arc::new(it)));
        let mut asked = Vec::new();
        make(names.iter(), |eyes| {
            let Eyes::Of(reader) = eyes else { unreachable!("none is here") };
            let name = reader.member().unwrap().to_string();
            let made = sights.iter().find(|(letter, _)| name.starts_with(letter));
            asked.push(name);
            let failed = || crate::error::DeskError::new("no", "not now", "");
            made.map(|(_, made)| made.clone()).ok_or_else(failed)
        });
        assert_eq!(asked, ["a1", "a2", "a3", "x1", "b1", "c1", "d1"]);
    }

    #[test]
    fn for_somebody_new_all_is_looked_at_again() {
        let readying = Readying::default();
        readying.saw(&Eyes::Here, 0);
        readying.state.lock().unwrap().made_for = Some((1, (0, 0)));
        readying.saw(&Eyes::Here, 1);
        assert_eq!(readying.state.lock().unwrap().made_for, Some((1, (0, 0))));
        readying.saw(&of("a"), 2);
        assert_eq!(readying.state.lock().unwrap().made_for, None);
    }

    #[test]
    fn it_is_made_once_for_each_state_and_not_while_others_are_at_it() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a.sheaf");
        drop(Pool::create_or_open(&path).unwrap());
        let (log, other) = (Exchange::open(&path).unwrap(), Exchange::open(&path).unwrap());
        let readying = Readying::default();
        readying.saw(&Eyes::Here, 0);
        let n_made = |now, is_up_to_date| {
            let mut n = 0;
            let columns = |_: &Eyes| {
                n += 1;
                Ok(Arc::new(()))
            };
            readying.ready(&log, now, || Ok(is_up_to_date), columns).unwrap();
            n
        };
        assert_eq!([n_made(1, true), n_made(2, true)], [1, 0]);
        other.add_member("north", "north", "rail").unwrap();
        assert_eq!([n_made(3, true), n_made(4, true)], [1, 0]);
        other.add_member("south", "south", "rail").unwrap();
        assert_eq!([n_made(5, false), n_made(6, false), n_made(7, true)], [0, 0, 1]);
        // Who does not come to an end is not waited for for ever.
        other.add_member("east", "east", "rail").unwrap();
        assert_eq!([n_made(8, false), n_made(8 + PATIENCE, false)], [0, 1]);
        // Nobody is looking any more.
        other.add_member("west", "west", "rail").unwrap();
        assert_eq!(n_made(LATELY + 1, true), 0);
    }

    #[test]
    fn those_who_are_signed_in_are_expected_and_others_are_not() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a.sheaf");
        drop(Pool::create_or_open(&path).unwrap());
        let log = Exchange::open(&path).unwrap();
        let mut accounts = Vec::new();
        for name in ["early", "late", "never"] {
            let member = log.add_member(name, "north", "media").unwrap();
            let roles = &["contributor"];
            let new = NewAccount { member, name, password: "", roles, imported: false };
            accounts.push(log.add_account(&new).unwrap());
        }
        log.begin_session(accounts[1], &[1; 32], 20).unwrap();
        log.begin_session(accounts[0], &[2; 32], 10).unwrap();
        let readying = Readying::default();
        readying.expect(&log, true, 30).unwrap();
        let members: Vec<Option<String>> = looking(&readying)
            .iter()
            .map(|eyes| match eyes {
                Eyes::Of(reader) => reader.member().map(ToString::to_string),
                Eyes::Here => None,
            })
            .collect();
        assert_eq!(members, [Some("early".to_owned()), Some("late".to_owned()), None]);
    }
}
