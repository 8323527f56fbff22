//! What was made from the pool's own reports: how the log has it now, and which of it there is. Whoever
//! publishes compares with this, so that nothing that is the same gets a new version.

use std::collections::HashSet;

use rusqlite::OptionalExtension as _;

use super::Exchange;
use super::held::marking_of_held;
use super::stamp::Micros;
use crate::error::Result;

/// The newest version of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// Its version.
    pub version: Micros,
    /// Its version, as sent.
    pub version_text: String,
    /// blake3 of its canonical JSON; empty for the notice of a withdrawal.
    pub hash: Vec<u8>,
    /// The marking it is kept under, or would be if it were not held.
    pub marking: String,
    /// The member who brought the object first.
    pub owner: String,
    /// Whether it was withdrawn.
    pub is_withdrawn: bool,
    /// What was sent, to the byte, or the notice.
    pub body: Vec<u8>,
}

impl Exchange {
    /// The newest version of an object, or the notice of its withdrawal; `None` where there never was one.
    pub fn head(&self, collection: i64, id: &str) -> Result<Option<Head>> {
        self.read(|ledger| {
            let asking = || -> rusqlite::Result<Option<Head>> {
                ledger
                    .prepare_cached(
                        "SELECT o.version, o.version_text, o.hash, c.marking, n.owner,
                             n.withdrawn IS NOT NULL, o.body
                         FROM exchange_name n JOIN exchange_object o USING (name)
                         JOIN exchange_class c ON c.class = o.class
                         WHERE n.name = (SELECT min(name) FROM exchange_name
                             WHERE collection = ?1 AND id = ?2) AND o.state IN (0, 1)
                         ORDER BY o.version DESC, o.seq DESC LIMIT 1",
                    )?
                    .query_row((collection, id), |row| {
                        let class: String = row.get(3)?;
                        let marking = marking_of_held(&class).unwrap_or(&class).to_owned();
                        Ok(Head {
                            version: row.get(0)?,
                            version_text: row.get(1)?,
                            hash: row.get(2)?,
                            marking,
                            owner: row.get(4)?,
                            is_withdrawn: row.get(5)?,
                            body: row.get(6)?,
                        })
                    })
                    .optional()
            };
            asking().map_err(self.says())
        })
    }

    /// Notes that these are made from the pool's own reports. Noted before they are put in: what is noted
    /// and not there does no harm.
    pub fn note_published<'a>(
        &self,
        collection: i64,
        ids: impl IntoIterator<Item = &'a str>,
    ) -> Result<()> {
        self.write(|deed| {
            let mut note = deed.prepare_cached(
                "INSERT INTO exchange_published VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            )?;
            for id in ids {
                note.execute((collection, id))?;
            }
            Ok(())
        })
    }

    /// Ids, in order, of what a member published from the pool's reports, is not withdrawn, and is not among
    /// these.
    pub fn published_but(
        &self,
        collection: i64,
        member: &str,
        still: &HashSet<String>,
    ) -> Result<Vec<String>> {
        let sql = "SELECT p.id FROM exchange_published p
            JOIN exchange_name n ON n.collection = p.collection AND n.id = p.id
            WHERE p.collection = ?1 AND n.owner = ?2 AND n.withdrawn IS NULL ORDER BY p.id";
        let mut ids: Vec<String> = self.list(sql, (collection, member), |row| row.get(0))?;
        ids.retain(|id| !still.contains(id));
        Ok(ids)
    }
}
