//! The incidents as those who look see them, made before they ask: when the server starts, and whenever the pool has
//! changed. Who asks before they are made waits for them, as without this; nobody ever gets what was made of an older
//! state.

use std::sync::{Mutex, PoisonError};

use sheaf_store::exchange::{Exchange, Micros};

use crate::by_marking::moment;
use crate::error::Result;
use crate::members::{directory, reader_of};
use crate::pages::{Eyes, Pages, Wish};

/// Whoever looked within this time is looking still.
const LATELY: Micros = 3_600 * 1_000_000;
/// For so many, each with other eyes: what is made for each is as large as all incidents.
const MOST: usize = 4;
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

    /// Makes what is not made yet; whether anything was looked at. Costs a look into the ledger where nothing changed.
    pub(crate) fn ready(&self, log: &Exchange, pages: &dyn Pages, now: Micros) -> Result<bool> {
        let Some(state) = log.state()? else { return Ok(false) };
        let ground = (state, log.extent()?);
        {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.made_for == Some(ground) {
                return Ok(false);
            }
            let since = *state.since.get_or_insert(now);
            if now - since < PATIENCE && !pages.is_up_to_date()? {
                return Ok(false);
            }
            *state = State { made_for: Some(ground), since: None };
        }
        let looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (eyes, at) in looking.iter().rev() {
            if now - at < LATELY {
                pages.columns(eyes, &Wish::default(), moment(now))?;
            }
        }
        Ok(true)
    }
}
