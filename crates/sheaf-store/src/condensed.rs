//! What a station condensed of the current reports, kept so that a thousand new reports need not
//! mean reading a million old ones again.
//!
//! To the store it is bytes of a kind, with the imports whose current reports they condense. It is
//! a cache: it is not brought to disk before it is acknowledged, and whoever finds none, or one that
//! is damaged, condenses the reports anew. It may come in pieces, so that little is written when
//! little was added. [`Pool::verify`] passes it over: each reading checks it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::PathBuf;

use rusqlite::{Transaction, params};
use xxhash_rust::xxh3::Xxh3;

use crate::error::{Result, StoreError};
use crate::imports::ImportId;
use crate::opening::has_layers;
use crate::part_writer::passing_name;
use crate::pool::Pool;

/// What [`Pool::put_index`] and [`Pool::append_index`] kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Index {
    /// The imports whose current reports it condenses, as they were given with the last piece.
    pub basis: Vec<ImportId>,
    /// The bytes given, each call's apart, in order.
    pub pieces: Vec<Vec<u8>>,
}

/// What the ledger says of an index without reading it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndexHead {
    /// The imports whose current reports it condenses.
    pub basis: Vec<ImportId>,
    /// The length of each piece, in bytes.
    pub lengths: Vec<u64>,
}

/// A piece as the ledger tells of it.
struct Piece {
    hash: String,
    bytes: u64,
    basis: Vec<ImportId>,
}

/// Read, written and hashed at a time.
const AT_ONCE: usize = 1 << 20;

impl Pool {
    /// Keeps an index in place of the one of this kind. `basis` says which imports' current reports
    /// it condenses; how it is laid out is the caller's matter, whose version belongs into `kind`
    /// or into the bytes.
    ///
    /// # Errors
    /// `not-a-kind` unless `kind` is made of lower-case letters, digits and hyphens.
    pub fn put_index(&self, kind: &str, basis: &[ImportId], bytes: &[u8]) -> Result<()> {
        self.keep_piece(kind, basis, bytes, |deed| {
            deed.execute("DELETE FROM condensed WHERE kind = ?1", [kind])
        })
    }

    /// Adds a piece to the index of this kind; `basis` is that of the whole from now on. When to
    /// put the pieces together is for the caller to say, with [`Pool::put_index`].
    ///
    /// # Errors
    /// `no-index` if there is none to add to.
    pub fn append_index(&self, kind: &str, basis: &[ImportId], bytes: &[u8]) -> Result<()> {
        if self.pieces(kind)?.is_empty() {
            return Err(StoreError::new(
                "no-index",
                format!("{}: there is no index {kind} to add to", self.path().display()),
                "make it anew from the current reports",
            ));
        }
        self.keep_piece(kind, basis, bytes, |_| Ok(0))
    }

    /// The index of this kind, if there is one and every byte of it is as it was given.
    pub fn index(&self, kind: &str) -> Result<Option<Index>> {
        let told = self.pieces(kind)?;
        let mut pieces = Vec::with_capacity(told.len());
        for piece in &told {
            // Whatever is wrong with the file: it is a cache.
            match self.read_piece(kind, piece) {
                Ok(Some(bytes)) => pieces.push(bytes),
                _ => return Ok(None),
            }
        }
        Ok(told.into_iter().last().map(|last| Index { basis: last.basis, pieces }))
    }

    /// What [`Pool::index`] would give, without reading it; it may still turn out to be damaged.
    pub fn index_head(&self, kind: &str) -> Result<Option<IndexHead>> {
        let told = self.pieces(kind)?;
        let lengths = told.iter().map(|piece| piece.bytes).collect();
        Ok(told.into_iter().last().map(|last| IndexHead { basis: last.basis, lengths }))
    }

    fn keep_piece(
        &self,
        kind: &str,
        basis: &[ImportId],
        bytes: &[u8],
        make_room: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<usize>,
    ) -> Result<()> {
        self.must_write()?;
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if kind.is_empty() || !kind.bytes().all(fits) {
            return Err(StoreError::new(
                "not-a-kind",
                format!("\"{kind}\" cannot name an index"),
                "use lower-case letters, digits and hyphens",
            ));
        }
        let hash = self.write_piece(kind, bytes)?;
        let basis = serde_json::Value::from_iter(basis.iter().map(|id| id.0)).to_string();
        let keep = |deed: &Transaction<'_>| {
            make_room(deed)?;
            deed.execute(
                "INSERT INTO condensed (kind, piece, hash, bytes, basis)
                 SELECT ?1, count(*), ?2, ?3, ?4 FROM condensed WHERE kind = ?1",
                params![kind, hash, bytes.len() as i64, basis],
            )
        };
        let mut ledger = self.ledger();
        let deed = ledger.transaction().map_err(self.says())?;
        keep(&deed).map_err(self.says())?;
        deed.commit().map_err(self.says())
    }

    fn write_piece(&self, kind: &str, bytes: &[u8]) -> Result<String> {
        let passing = passing_name(self.path(), "index");
        let mut hasher = Xxh3::new();
        let written = File::create_new(&passing).and_then(|mut file| {
            bytes.chunks(AT_ONCE).try_for_each(|chunk| {
                hasher.update(chunk);
                file.write_all(chunk)
            })
        });
        let hash = format!("{:032x}", hasher.digest128());
        let kept = written.and_then(|()| fs::rename(&passing, self.piece_path(kind, &hash)));
        kept.map_err(|err| {
            // Best effort: the next writer sweeps what stays behind.
            let _ = fs::remove_file(&passing);
            StoreError::io(&passing, "writing", &err)
        })?;
        Ok(hash)
    }

    /// `None` if the bytes are others than those written.
    fn read_piece(&self, kind: &str, piece: &Piece) -> io::Result<Option<Vec<u8>>> {
        let mut file = File::open(self.piece_path(kind, &piece.hash))?;
        if file.metadata()?.len() != piece.bytes {
            return Ok(None);
        }
        let (mut bytes, mut hasher) = (Vec::with_capacity(piece.bytes as usize), Xxh3::new());
        // Hashed while it is still close by.
        loop {
            let start = bytes.len();
            (&mut file).take(AT_ONCE as u64).read_to_end(&mut bytes)?;
            if bytes.len() == start {
                break;
            }
            hasher.update(&bytes[start..]);
        }
        Ok((format!("{:032x}", hasher.digest128()) == piece.hash).then_some(bytes))
    }

    fn piece_path(&self, kind: &str, hash: &str) -> PathBuf {
        self.path().join("parts").join(piece_name(kind, hash))
    }

    fn pieces(&self, kind: &str) -> Result<Vec<Piece>> {
        let read = || {
            let ledger = self.ledger();
            if !has_layers(&ledger)? {
                return Ok(Vec::new());
            }
            let mut query = ledger.prepare(
                "SELECT hash, bytes, basis FROM condensed WHERE kind = ?1 ORDER BY piece",
            )?;
            let pieces = query.query_map([kind], |row| {
                let basis = serde_json::from_str(&row.get::<_, String>(2)?).unwrap_or_default();
                let bytes = row.get::<_, i64>(1)? as u64;
                Ok(Piece { hash: row.get(0)?, bytes, basis: ids(&basis) })
            })?;
            pieces.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(self.says())
    }

    /// The names of the files of every index.
    pub(crate) fn index_files(&self) -> Result<Vec<String>> {
        let read = || {
            let ledger = self.ledger();
            if !has_layers(&ledger)? {
                return Ok(Vec::new());
            }
            let mut query = ledger.prepare("SELECT kind, hash FROM condensed")?;
            let names = query.query_map([], |row| {
                Ok(piece_name(&row.get::<_, String>(0)?, &row.get::<_, String>(1)?))
            })?;
            names.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(self.says())
    }
}

fn ids(basis: &serde_json::Value) -> Vec<ImportId> {
    let ids = basis.as_array().into_iter().flatten();
    ids.filter_map(|id| id.as_u64()).map(ImportId).collect()
}

const ENDING: &str = ".index";

fn piece_name(kind: &str, hash: &str) -> String {
    format!("{hash}.{kind}{ENDING}")
}

/// Whether a file's name is that of a piece.
pub(crate) fn is_piece(name: &str) -> bool {
    let stem = name.strip_suffix(ENDING).and_then(|stem| stem.split_once('.'));
    stem.is_some_and(|(hash, _)| hash.len() == 32 && hash.bytes().all(|it| it.is_ascii_hexdigit()))
}
