//! The chain of custody of an import: what was handed in and what made reports of it; and the original bytes, where
//! their contributor keeps them here. They come sealed and are given back sealed: this crate has no key.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension as _, Transaction};

use crate::error::{Result, StoreError};
use crate::import::check_time;
use crate::imports::ImportId;
use crate::pool::Pool;
use crate::schema::PartKind;

/// What was handed in, and by what it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Handed {
    /// SHA-256 of the bytes as they came.
    pub original: [u8; 32],
    /// By which way: `terminal`, `desk`.
    pub channel: String,
    /// The version of the program that read them.
    pub version: String,
    /// By what they were read besides: the hash of the mapping, options that were given; each a word.
    pub how: Vec<String>,
}

/// Original bytes that are kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptOriginal {
    /// SHA-256 of them.
    pub original: [u8; 32],
    /// Until when (UTC, RFC 3339, to the second).
    pub until: String,
    /// Where they lie, sealed.
    pub path: PathBuf,
}

/// Appends the record of an import within its own transaction.
pub(crate) fn append(
    deed: &Transaction<'_>,
    import: ImportId,
    handed: &Handed,
) -> rusqlite::Result<()> {
    let how = serde_json::Value::from(handed.how.clone()).to_string();
    deed.execute(
        "INSERT INTO custody (import, original, channel, version, how) VALUES (?1, ?2, ?3, ?4, ?5)",
        (import.0 as i64, handed.original, &handed.channel, &handed.version, how),
    )
    .map(|_| ())
}

impl Pool {
    /// What was handed in as an import; nothing for one that is older than the record.
    ///
    /// # Errors
    /// `no-such-import`, and those of the disk.
    pub fn handed(&self, import: ImportId) -> Result<Option<Handed>> {
        self.import(import)?;
        if !self.has_custody()? {
            return Ok(None);
        }
        let query = "SELECT original, channel, version, how FROM custody WHERE import = ?1";
        self.ledger()
            .query_row(query, [import.0 as i64], |row| {
                let how: String = row.get(3)?;
                Ok(Handed {
                    original: row.get(0)?,
                    channel: row.get(1)?,
                    version: row.get(2)?,
                    how: serde_json::from_str(&how).unwrap_or_default(),
                })
            })
            .optional()
            .map_err(self.says())
    }

    /// The normalised form of an import, in three lines: the names of its parts, which are BLAKE3 hashes of all
    /// that was read. Parts hold nothing of when and where, so the same bytes read the same way have the same.
    ///
    /// # Errors
    /// `no-such-import`; a part that is not what its name says.
    pub fn normal_form(&self, import: ImportId) -> Result<String> {
        let mut form = String::new();
        for kind in [PartKind::Reports, PartKind::Claims, PartKind::Notes] {
            let part = self.import_part(import, kind)?;
            part.check_bytes(self.path())?;
            form.push_str(&format!("{} {}\n", kind.name(), part.hash));
        }
        Ok(form)
    }

    /// Keeps original bytes, sealed by whoever calls, until a time (UTC, RFC 3339, to the second). What was kept of
    /// the same bytes before is replaced. When this returns, they are on the disk.
    pub fn keep_original(&self, original: [u8; 32], sealed: &Path, until: &str) -> Result<()> {
        self.must_write()?;
        check_time(until)?;
        let folder = self.path().join(FOLDER);
        let path = folder.join(file_of(&original));
        let keeping = || -> io::Result<()> {
            fs::create_dir_all(&folder)?;
            let passing = path.with_extension("passing");
            let mut file = fs::File::create(&passing)?;
            io::copy(&mut fs::File::open(sealed)?, &mut file)?;
            file.flush()?;
            file.sync_all()?;
            fs::rename(&passing, &path)?;
            fs::File::open(&folder)?.sync_all()
        };
        keeping().map_err(|err| StoreError::io(&path, "keeping an original in", &err))?;
        self.ledger()
            .execute(
                "INSERT INTO kept_original (original, until) VALUES (?1, ?2)
                 ON CONFLICT (original) DO UPDATE SET until = excluded.until",
                (original, until),
            )
            .map(|_| ())
            .map_err(self.says())
    }

    /// The originals that are kept, the first to expire first.
    pub fn kept_originals(&self) -> Result<Vec<KeptOriginal>> {
        if !self.has_custody()? {
            return Ok(Vec::new());
        }
        let ledger = self.ledger();
        let listing = || -> rusqlite::Result<Vec<KeptOriginal>> {
            let mut query = ledger
                .prepare("SELECT original, until FROM kept_original ORDER BY until, original")?;
            let kept = query.query_map([], |row| {
                let original: [u8; 32] = row.get(0)?;
                let path = self.path().join(FOLDER).join(file_of(&original));
                Ok(KeptOriginal { original, until: row.get(1)?, path })
            })?;
            kept.collect()
        };
        listing().map_err(self.says())
    }

    /// Whether the ledger has room for it: one of an older format that is only read has not.
    fn has_custody(&self) -> Result<bool> {
        self.ledger().table_exists(None, "custody").map_err(self.says())
    }

    /// Lets go of an original; whether it was kept.
    pub fn drop_original(&self, original: &[u8; 32]) -> Result<bool> {
        self.must_write()?;
        // The file first: where this breaks off, the ledger still says that it has to go.
        remove(&self.path().join(FOLDER).join(file_of(original)))?;
        let n = self
            .ledger()
            .execute("DELETE FROM kept_original WHERE original = ?1", [original])
            .map_err(self.says())?;
        Ok(n > 0)
    }

    /// Lets go of all originals whose time was over by `now` (as they are kept), and of files that an interrupted
    /// keeping left; how many originals.
    pub fn expire_originals(&self, now: &str) -> Result<usize> {
        check_time(now)?;
        let kept = self.kept_originals()?;
        let over = kept.iter().filter(|it| it.until.as_str() <= now);
        let mut n_gone = 0;
        for it in over {
            n_gone += usize::from(self.drop_original(&it.original)?);
        }
        let stays: Vec<_> = kept.iter().filter(|it| it.until.as_str() > now).collect();
        let Ok(listing) = fs::read_dir(self.path().join(FOLDER)) else { return Ok(n_gone) };
        for entry in listing.flatten() {
            if !stays.iter().any(|it| it.path == entry.path()) {
                remove(&entry.path())?;
            }
        }
        Ok(n_gone)
    }
}

/// Where originals lie, in the pool.
const FOLDER: &str = "originals";

fn file_of(original: &[u8; 32]) -> String {
    let digits: String = original.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digits}.sealed")
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::io(path, "removing", &err))
        }
        _ => Ok(()),
    }
}
