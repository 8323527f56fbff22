//! What the clock alone changes: where an embargo ends, those who may see the objects from then on find them as new,
//! and where their time is over, those who had them are told, and the text is gone. Nobody sees a thing too early or
//! too late for this being late: who may see what is asked at each request. It is what tells those who read on.

use std::sync::{Mutex, PoisonError, TryLockError};

use sheaf_store::Acting;
use sheaf_store::exchange::{Exchange, Micros};

use crate::error::Result;
use crate::rules::Rules;

/// What the clock changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Passed {
    /// How many versions of objects came out of an embargo.
    pub n_begun: usize,
    /// How many are over.
    pub n_over: usize,
    /// When something changes next, as far as that is known now.
    pub next: Option<Micros>,
}

/// Does what is due by this time; run again, it does nothing.
pub fn pass_moments(log: &Exchange, rules: &dyn Rules, now: Micros) -> Result<Passed> {
    let mut passed = Passed::default();
    for (class, _, marking) in log.classes()? {
        let moments = rules.moments(&marking);
        let mut later = |at: Micros| passed.next = Some(passed.next.map_or(at, |it| it.min(at)));
        match moments.ends {
            Some((at, told)) if at <= now => {
                passed.n_over += log.let_lapse(class, &told, now)?;
                continue;
            }
            Some((at, _)) => later(at),
            None => {}
        }
        match moments.begins {
            Some(at) if at <= now => passed.n_begun += log.bring_forward(class, at, now)?,
            Some(at) => later(at),
            None => {}
        }
    }
    Ok(passed)
}

/// When something is due next, asked anew where there are classes that were not known.
#[derive(Debug, Default)]
pub(crate) struct Clockwork {
    // The newest class known, and what comes next among those up to it.
    known: Mutex<Option<(i64, Option<Micros>)>>,
}

impl Clockwork {
    /// Does what is due, if it is time; whether anything was done.
    pub(crate) fn pass(&self, log: &Exchange, rules: &dyn Rules, now: Micros) -> Result<bool> {
        let newest = log.newest_class()?;
        let mut known = match self.known.try_lock() {
            Ok(known) => known,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Another is at it; nobody has to wait for that to be answered.
            Err(TryLockError::WouldBlock) => return Ok(false),
        };
        if let Some((class, next)) = *known
            && class == newest
            && next.is_none_or(|at| now < at)
        {
            return Ok(false);
        }
        *known = None;
        let _acting = Acting::of("here", "clock");
        let passed = pass_moments(log, rules, now)?;
        *known = Some((newest, passed.next));
        Ok(passed.n_begun + passed.n_over > 0)
    }

    /// From now on everything is gone through again, whether or not it seems to be time.
    pub(crate) fn forget(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
