//! What the server says of itself, its API roots and their collections.

use rusqlite::Row;

use super::Exchange;
use crate::error::{Result, StoreError};

/// What the server says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ServerAbout {
    /// Its name, for people.
    pub title: String,
    /// What it is; may be empty.
    pub description: String,
    /// Which office runs it; may be empty.
    pub contact: String,
    /// The address of the root for those who do not choose; empty for the first.
    pub default_url: String,
}

/// An API root: a group of collections under one address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Root {
    /// Its number in the ledger.
    pub root: i64,
    /// Its part of the address, without slashes at its ends.
    pub path: String,
    /// Its name, for people.
    pub title: String,
    /// What it is; may be empty.
    pub description: String,
    /// The most that one request may have, in bytes.
    pub max_content_length: u64,
    /// The address it is announced under; empty for that at which the server was asked.
    pub url: String,
}

/// A collection, without its objects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Collection {
    /// Its number in the ledger.
    pub collection: i64,
    /// Its id, a UUID.
    pub id: String,
    /// Its name, for people.
    pub title: String,
    /// What it is; may be empty.
    pub description: String,
    /// Whether anyone may read it at all.
    pub can_read: bool,
    /// Whether anyone may write to it at all.
    pub can_write: bool,
}

/// A collection to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewCollection<'a> {
    /// The root it belongs to.
    pub root: i64,
    /// Its id, a UUID.
    pub id: &'a str,
    /// Its name, for people.
    pub title: &'a str,
    /// What it is; may be empty.
    pub description: &'a str,
    /// Whether anyone may read it at all.
    pub can_read: bool,
    /// Whether anyone may write to it at all.
    pub can_write: bool,
    /// Whether it came from another server, together with accounts.
    pub imported: bool,
}

const ROOT: &str =
    "SELECT root, path, title, description, max_content_length, url FROM exchange_root";
const COLLECTION: &str =
    "SELECT collection, id, title, description, can_read, can_write FROM exchange_collection";

impl Exchange {
    /// What the server says of itself.
    pub fn about(&self) -> Result<Option<ServerAbout>> {
        self.find(
            "SELECT title, description, contact, default_url FROM exchange_server",
            [],
            |row| {
                Ok(ServerAbout {
                    title: row.get(0)?,
                    description: row.get(1)?,
                    contact: row.get(2)?,
                    default_url: row.get(3)?,
                })
            },
        )
    }

    /// Sets what the server says of itself.
    pub fn set_about(&self, about: &ServerAbout) -> Result<()> {
        self.writer()
            .execute(
                "INSERT OR REPLACE INTO exchange_server VALUES (1, ?1, ?2, ?3, ?4)",
                (&about.title, &about.description, &about.contact, &about.default_url),
            )
            .map(|_| ())
            .map_err(self.says())
    }

    /// Every root, in the order in which they were made.
    pub fn roots(&self) -> Result<Vec<Root>> {
        self.list(&format!("{ROOT} ORDER BY root"), [], root_from)
    }

    /// The root with this path.
    pub fn root(&self, path: &str) -> Result<Option<Root>> {
        self.find(&format!("{ROOT} WHERE path = ?1"), [path], root_from)
    }

    /// Makes a root; its number in `root` is ignored.
    ///
    /// # Errors
    ///
    /// `root-exists` where there is one with this path.
    pub fn add_root(&self, root: &Root) -> Result<i64> {
        if self.root(&root.path)?.is_some() {
            return Err(StoreError::new(
                "root-exists",
                format!("{}: there is an API root /{}/ already", self.path().display(), root.path),
                "name another one, or work with the one that is there",
            ));
        }
        let ledger = self.writer();
        ledger
            .execute(
                "INSERT INTO exchange_root (path, title, description, max_content_length, url)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                (
                    &root.path,
                    &root.title,
                    &root.description,
                    i64::try_from(root.max_content_length).unwrap_or(i64::MAX),
                    &root.url,
                ),
            )
            .map_err(self.says())?;
        Ok(ledger.last_insert_rowid())
    }

    /// The collections of a root, in the order in which they were made.
    pub fn collections(&self, root: i64) -> Result<Vec<Collection>> {
        self.list(
            &format!("{COLLECTION} WHERE root = ?1 ORDER BY collection"),
            [root],
            collection_from,
        )
    }

    /// The collection of a root with this id.
    pub fn collection(&self, root: i64, id: &str) -> Result<Option<Collection>> {
        let sql = format!("{COLLECTION} WHERE root = ?1 AND id = ?2");
        self.find(&sql, (root, id), collection_from)
    }

    /// Makes a collection.
    ///
    /// # Errors
    ///
    /// `collection-exists` where its root has one with this id.
    pub fn add_collection(&self, new: &NewCollection<'_>) -> Result<i64> {
        if self.collection(new.root, new.id)?.is_some() {
            return Err(StoreError::new(
                "collection-exists",
                format!("{}: there is a collection {} already", self.path().display(), new.id),
                "name another one, or work with the one that is there",
            ));
        }
        let ledger = self.writer();
        ledger
            .execute(
                "INSERT INTO exchange_collection
                     (root, id, title, description, can_read, can_write, imported)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                (
                    new.root,
                    new.id,
                    new.title,
                    new.description,
                    new.can_read,
                    new.can_write,
                    new.imported,
                ),
            )
            .map_err(self.says())?;
        Ok(ledger.last_insert_rowid())
    }
}

fn root_from(row: &Row<'_>) -> rusqlite::Result<Root> {
    Ok(Root {
        root: row.get(0)?,
        path: row.get(1)?,
        title: row.get(2)?,
        description: row.get(3)?,
        max_content_length: row.get::<_, i64>(4)? as u64,
        url: row.get(5)?,
    })
}

fn collection_from(row: &Row<'_>) -> rusqlite::Result<Collection> {
    Ok(Collection {
        collection: row.get(0)?,
        id: row.get(1)?,
        title: row.get(2)?,
        description: row.get(3)?,
        can_read: row.get(4)?,
        can_write: row.get(5)?,
    })
}
