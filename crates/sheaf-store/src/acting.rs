//! Who acts. The ledger writes it down with each deed, in the deed's own transaction: its triggers ask the SQL
//! function `acting()`, which a connection has only if it was opened here.

use std::cell::RefCell;

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

thread_local! {
    static ACTING: RefCell<String> = const { RefCell::new(String::new()) };
}

/// While this is held, what this thread does in a ledger is done in that name.
#[derive(Debug)]
pub struct Acting {
    before: String,
}

impl Acting {
    /// In the name of a member's account, as in `north-rail/duty`. Whoever works on the pool's files
    /// themselves acts in no name.
    pub fn of(member: &str, account: &str) -> Acting {
        let name = format!("{member}/{account}");
        Acting { before: ACTING.with(|acting| acting.replace(name)) }
    }
}

impl Drop for Acting {
    fn drop(&mut self) {
        let before = std::mem::take(&mut self.before);
        ACTING.with(|acting| acting.replace(before));
    }
}

/// Gives a connection the function that the triggers ask.
pub(crate) fn tell(ledger: &Connection) -> rusqlite::Result<()> {
    // Not deterministic, so that it is asked for each row.
    ledger.create_scalar_function("acting", 0, FunctionFlags::SQLITE_UTF8, |_| {
        Ok(ACTING.with(|acting| acting.borrow().clone()))
    })
}
