//! How far bundles with other members have come, each way, and by which keys theirs may be signed.

use super::Exchange;
use super::stamp::Micros;
use crate::error::Result;

/// Which way a bundle goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// From here.
    Out,
    /// To here.
    In,
}

impl Direction {
    fn word(self) -> &'static str {
        match self {
            Direction::Out => "out",
            Direction::In => "in",
        }
    }
}

/// How far a channel has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reached {
    /// The number of the last line; 0 before the first.
    pub last: i64,
    /// The hash of the last bundle's file.
    pub previous: Option<[u8; 32]>,
    /// Of what goes out: everything added up to this stamp was given.
    pub added: Micros,
}

impl Exchange {
    /// How far a channel has come.
    pub fn bundle_channel(&self, member: &str, direction: Direction) -> Result<Reached> {
        let found = self.find(
            "SELECT last, previous, added FROM bundle_channel WHERE member = ?1 AND direction = ?2",
            [member, direction.word()],
            |row| {
                Ok(Reached { last: row.get(0)?, previous: Some(row.get(1)?), added: row.get(2)? })
            },
        )?;
        Ok(found.unwrap_or_default())
    }

    /// Keeps how far it has come.
    pub fn keep_bundle_channel(
        &self,
        member: &str,
        direction: Direction,
        reached: &Reached,
    ) -> Result<()> {
        let previous = reached.previous.unwrap_or_default();
        self.writer()
            .execute(
                "INSERT INTO bundle_channel (member, direction, last, previous, added)
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET last = excluded.last,
                     previous = excluded.previous, added = excluded.added",
                (member, direction.word(), reached.last, &previous[..], reached.added),
            )
            .map(|_| ())
            .map_err(self.says())
    }

    /// Lets bundles of a member be signed by a key. `relays`: whether it also passes on what others made.
    pub fn trust_bundle_key(&self, member: &str, key: &str, relays: bool) -> Result<()> {
        self.writer()
            .execute(
                "INSERT INTO bundle_key (member, key, relays) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET relays = excluded.relays",
                (member, key, relays),
            )
            .map(|_| ())
            .map_err(self.says())
    }

    /// The keys of a member, and whether it passes on what others made.
    pub fn bundle_keys(&self, member: &str) -> Result<Vec<(String, bool)>> {
        let sql = "SELECT key, relays FROM bundle_key WHERE member = ?1 ORDER BY key";
        self.list(sql, [member], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The class of what got this place in a collection, and when the object first came into it.
    pub fn class_at(&self, collection: i64, added: Micros) -> Result<Option<(i64, Micros)>> {
        let sql = "SELECT o.class, (SELECT min(added) FROM exchange_object WHERE name = o.name)
            FROM exchange_object o WHERE o.collection = ?1 AND o.added = ?2";
        self.find(sql, [collection, added], |row| Ok((row.get(0)?, row.get(1)?)))
    }
}
