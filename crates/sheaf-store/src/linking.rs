//! How a pool is to be linked: by which method, with which settings. To the store it is text that it
//! keeps and gives back; what it means is the business of whoever links. Choices are appended, never
//! changed, and the newest stands.

use rusqlite::params;

use crate::error::{Result, StoreError};
use crate::import::check_time;
use crate::pool::Pool;

/// One choice of how to link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Linking {
    /// The method, in one word.
    pub method: String,
    /// What people call the model or the settings.
    pub name: String,
    /// Everything that the method needs beside the pool, as the method writes it down.
    pub text: String,
    /// When it was chosen (UTC, RFC 3339).
    pub at: String,
}

impl Pool {
    /// The newest choice; `None` if nobody has chosen yet.
    pub fn linking(&self) -> Result<Option<Linking>> {
        self.linking_chosen(|_| true)
    }

    /// The newest choice that fulfils a condition, such as having been made by a day.
    pub fn linking_chosen(&self, is_known: impl Fn(&Linking) -> bool) -> Result<Option<Linking>> {
        let ledger = self.ledger();
        // A pool opened for reading may be older than the table.
        let there: bool = ledger
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'linking'",
                [],
                |row| row.get(0),
            )
            .map_err(self.says())?;
        if !there {
            return Ok(None);
        }
        let choices = ledger
            .prepare("SELECT method, name, text, at FROM linking ORDER BY linking DESC")
            .and_then(|mut rows| {
                let choice = |row: &rusqlite::Row<'_>| {
                    let (method, name) = (row.get(0)?, row.get(1)?);
                    Ok(Linking { method, name, text: row.get(2)?, at: row.get(3)? })
                };
                rows.query_map([], choice)?.collect::<rusqlite::Result<Vec<_>>>()
            })
            .map_err(self.says())?;
        Ok(choices.into_iter().find(is_known))
    }

    /// Keeps a choice, which stands until the next one.
    ///
    /// # Errors
    /// When the pool was opened for reading, the time is none, or no method is named.
    pub fn choose_linking(&self, chosen: Linking) -> Result<()> {
        self.must_write()?;
        check_time(&chosen.at)?;
        if chosen.method.trim().is_empty() {
            return Err(StoreError::new(
                "no-method",
                "a choice of how to link names a method",
                "give the method in one word",
            ));
        }
        let Linking { method, name, text, at } = chosen;
        self.ledger()
            .execute(
                "INSERT INTO linking (method, name, text, at) VALUES (?1, ?2, ?3, ?4)",
                params![method, name, text, at],
            )
            .map(|_| ())
            .map_err(self.says())
    }
}
