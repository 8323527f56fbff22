//! The rows of the log, as the writing functions need them. All of it runs inside a transaction.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _};

use super::canonical::Json;
use super::page::Classes;
use super::stamp::{Micros, millis_text};

/// What a row of the log is.
pub(crate) const LIVE: i64 = 0;
pub(crate) const NOTICE: i64 = 1;
pub(crate) const GONE: i64 = 2;
pub(crate) const NARROWED: i64 = 3;
/// It stands in the log again at a later place.
pub(crate) const MOVED: i64 = 4;

/// An object's id in a collection.
#[derive(Debug)]
pub(crate) struct Name {
    pub name: i64,
    pub owner: String,
    pub head_class: i64,
    pub life: i64,
    pub withdrawn: Option<Micros>,
    /// The class of the object under the same id that this one stands behind, where it does.
    pub behind: Option<i64>,
}

/// A version of an object.
#[derive(Debug)]
pub(crate) struct Version {
    pub seq: i64,
    pub version: Micros,
    pub spec: i64,
    pub class: i64,
    pub life: i64,
    pub state: i64,
    pub hash: Vec<u8>,
}

/// A row to be added.
#[derive(Debug)]
pub(crate) struct NewRow<'a> {
    pub collection: i64,
    pub name: i64,
    pub added: Micros,
    pub version: Micros,
    pub version_text: &'a str,
    pub spec: i64,
    pub class: i64,
    pub unless_class: Option<i64>,
    pub life: i64,
    pub state: i64,
    pub shown: bool,
    pub hash: &'a [u8],
    pub body: &'a [u8],
}

/// Gives out the stamps of a collection: never earlier than now, and each later than the one before.
#[derive(Debug)]
pub(crate) struct Stamps {
    collection: i64,
    now: Micros,
    last: Micros,
}

impl Stamps {
    pub(crate) fn begin(
        ledger: &Connection,
        collection: i64,
        now: Micros,
    ) -> rusqlite::Result<Stamps> {
        let last = ledger
            .prepare_cached("SELECT last_stamp FROM exchange_collection WHERE collection = ?1")?
            .query_row([collection], |row| row.get(0))?;
        Ok(Stamps { collection, now, last })
    }

    /// The next one; `wanted` is when it was added elsewhere, where it was.
    pub(crate) fn next(&mut self, wanted: Option<Micros>) -> Micros {
        self.last = wanted.unwrap_or(self.now).max(self.last + 1);
        self.last
    }

    pub(crate) fn keep(&self, ledger: &Connection) -> rusqlite::Result<()> {
        ledger
            .prepare_cached("UPDATE exchange_collection SET last_stamp = ?2 WHERE collection = ?1")?
            .execute([self.collection, self.last])?;
        Ok(())
    }
}

/// The numbers of classes, those met in this transaction remembered.
#[derive(Debug, Default)]
pub(crate) struct ClassNumbers {
    met: HashMap<(String, String), i64>,
}

impl ClassNumbers {
    pub(crate) fn of(
        &mut self,
        ledger: &Connection,
        owner: &str,
        marking: &str,
    ) -> rusqlite::Result<i64> {
        let key = (owner.to_owned(), marking.to_owned());
        if let Some(class) = self.met.get(&key) {
            return Ok(*class);
        }
        ledger
            .prepare_cached(
                "INSERT INTO exchange_class (owner, marking) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            )?
            .execute([owner, marking])?;
        let class = ledger
            .prepare_cached("SELECT class FROM exchange_class WHERE owner = ?1 AND marking = ?2")?
            .query_row([owner, marking], |row| row.get(0))?;
        self.met.insert(key, class);
        Ok(class)
    }
}

/// The object that a member means by an id: of those under it that the member sees or brought, the one that was
/// here first. Objects of an imported collection are everybody's.
pub(crate) fn find_name(
    ledger: &Connection,
    collection: i64,
    id: &str,
    member: &str,
    sees: &Classes,
) -> rusqlite::Result<Option<Name>> {
    let mut query = ledger.prepare_cached(&format!(
        "{NAMED} WHERE n.collection = ?1 AND n.id = ?2 ORDER BY n.name"
    ))?;
    let mut rows = query.query((collection, id))?;
    while let Some(row) = rows.next()? {
        let name = name_in(row)?;
        if name.owner == member || name.owner.is_empty() || sees.has(name.head_class) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// The object with this number.
pub(crate) fn name_of(ledger: &Connection, number: i64) -> rusqlite::Result<Name> {
    ledger.prepare_cached(&format!("{NAMED} WHERE n.name = ?1"))?.query_row([number], name_in)
}

const NAMED: &str = "SELECT n.name, n.owner, n.head_class, n.life, n.withdrawn, b.head_class
    FROM exchange_name n LEFT JOIN exchange_name b ON b.name = n.behind";

fn name_in(row: &rusqlite::Row<'_>) -> rusqlite::Result<Name> {
    Ok(Name {
        name: row.get(0)?,
        owner: row.get(1)?,
        head_class: row.get(2)?,
        life: row.get(3)?,
        withdrawn: row.get(4)?,
        behind: row.get(5)?,
    })
}

pub(crate) fn add_name(
    ledger: &Connection,
    collection: i64,
    id: &str,
    owner: &str,
    class: i64,
) -> rusqlite::Result<Name> {
    let first: Option<(i64, i64)> = ledger
        .prepare_cached(
            "SELECT name, head_class FROM exchange_name WHERE collection = ?1 AND id = ?2
             ORDER BY name LIMIT 1",
        )?
        .query_row((collection, id), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    ledger
        .prepare_cached(
            "INSERT INTO exchange_name (collection, id, owner, head_class, life, behind)
             VALUES (?1, ?2, ?3, ?4, 1, ?5)",
        )?
        .execute((collection, id, owner, class, first.map(|(name, _)| name)))?;
    Ok(Name {
        name: ledger.last_insert_rowid(),
        owner: owner.to_owned(),
        head_class: class,
        life: 1,
        withdrawn: None,
        behind: first.map(|(_, class)| class),
    })
}

/// From now on the newest version of an object is of this class, and what stands behind it is not there for
/// whoever sees that.
pub(crate) fn set_head_class(ledger: &Connection, name: i64, class: i64) -> rusqlite::Result<()> {
    ledger
        .prepare_cached("UPDATE exchange_name SET head_class = ?2 WHERE name = ?1")?
        .execute([name, class])?;
    ledger
        .prepare_cached(
            "UPDATE exchange_object SET unless_class = ?2 WHERE state <> ?3
             AND name IN (SELECT name FROM exchange_name WHERE behind = ?1)",
        )?
        .execute([name, class, NARROWED])?;
    Ok(())
}

/// The versions of this life, oldest first; notices are not among them.
pub(crate) fn versions(ledger: &Connection, name: &Name) -> rusqlite::Result<Vec<Version>> {
    ledger
        .prepare_cached(
            "SELECT seq, version, spec, class, life, state, hash FROM exchange_object
             WHERE name = ?1 AND life = ?2 AND state IN (0, 2) ORDER BY version, seq",
        )?
        .query_map([name.name, name.life], |row| {
            Ok(Version {
                seq: row.get(0)?,
                version: row.get(1)?,
                spec: row.get(2)?,
                class: row.get(3)?,
                life: row.get(4)?,
                state: row.get(5)?,
                hash: row.get(6)?,
            })
        })?
        .collect()
}

pub(crate) fn add_row(ledger: &Connection, row: &NewRow<'_>) -> rusqlite::Result<i64> {
    ledger
        .prepare_cached(
            "INSERT INTO exchange_object (collection, name, added, version, version_text, spec, class,
                 unless_class, life, state, shown, hash, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(rusqlite::params![
            row.collection,
            row.name,
            row.added,
            row.version,
            row.version_text,
            row.spec,
            row.class,
            row.unless_class,
            row.life,
            row.state,
            row.shown,
            row.hash,
            row.body,
        ])?;
    Ok(ledger.last_insert_rowid())
}

pub(crate) fn set_shown(ledger: &Connection, seq: i64, shown: bool) -> rusqlite::Result<()> {
    ledger
        .prepare_cached("UPDATE exchange_object SET shown = ?2 WHERE seq = ?1")?
        .execute((seq, shown))?;
    Ok(())
}

/// From now on readers get none of these notices of an object.
pub(crate) fn hide_notices(ledger: &Connection, name: i64) -> rusqlite::Result<()> {
    ledger
        .prepare_cached(
            "UPDATE exchange_object SET shown = 0 WHERE name = ?1 AND shown = 1 AND state IN (1, 3)",
        )?
        .execute([name])?;
    Ok(())
}

pub(crate) fn body_of(ledger: &Connection, seq: i64) -> rusqlite::Result<Vec<u8>> {
    ledger
        .prepare_cached("SELECT body FROM exchange_object WHERE seq = ?1")?
        .query_row([seq], |row| row.get(0))
}

/// What is left of an object that may no longer be read: id, type, times and markings.
pub(crate) fn stub(body: &[u8], id: &str, spec: i64, modified: Micros) -> (String, Vec<u8>) {
    let json = Json::read(body).unwrap_or(Json::Null);
    let mut members = vec![
        ("id".to_owned(), Json::Text(id.to_owned())),
        ("revoked".to_owned(), Json::Bool(true)),
    ];
    if let Some((kind, _)) = id.split_once("--") {
        members.push(("type".to_owned(), Json::Text(kind.to_owned())));
    }
    if spec == 21 {
        members.push(("spec_version".to_owned(), Json::Text("2.1".to_owned())));
    }
    let text = millis_text(modified);
    if let Some(created) = json.get("created") {
        members.push(("created".to_owned(), created.clone()));
        members.push(("modified".to_owned(), Json::Text(text.clone())));
    }
    if let Some(markings) = json.get("object_marking_refs") {
        members.push(("object_marking_refs".to_owned(), markings.clone()));
    }
    members.sort_by(|a, b| a.0.cmp(&b.0));
    let mut stub = Vec::new();
    Json::Object(members).write(&mut stub);
    (text, stub)
}

/// The earliest whole millisecond that is later than `last` and no earlier than `now`.
pub(crate) fn later_version(now: Micros, last: Micros) -> Micros {
    let next = last.div_euclid(1000) + 1;
    now.div_euclid(1000).max(next) * 1000
}
