//! A file as it is found before it is read: what tells it from others, and what its custody begins with.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use sheaf_model::SourceName;
use sheaf_share::{Hash, Hashing};
use sheaf_store::Handed;

use crate::failure::Failure;
use crate::pipeline::TakingIn;

/// A file, hashed.
pub struct Found {
    /// By what a pool knows it: BLAKE3 over its bytes, the mapping and the source's name. The same bytes under a
    /// mended mapping, or as another source, say other things: a newcomer who corrects a mapping and pools again
    /// must not be told that nothing is new.
    pub content: [u8; 32],
    /// How many bytes it has.
    pub bytes: u64,
    /// SHA-256 of them, and of nothing else.
    pub original: Hash,
    mapping: Hash,
}

impl Found {
    /// Reads it once.
    pub fn at(path: &Path, how: &TakingIn<'_>) -> Result<Found, Failure> {
        let mut content = blake3::Hasher::new();
        let (original, bytes) = hashed(path, |bytes| {
            content.update(bytes);
        })?;
        if let (_, Some(member)) = split_member(path) {
            content.update(member.as_bytes());
        }
        let mapping = sheaf_read::choose(path, how.options.reader.as_deref())?.text;
        content.update(mapping.as_bytes());
        content.update(how.options.source.as_ref().map_or("", SourceName::as_str).as_bytes());
        let content = *content.finalize().as_bytes();
        Ok(Found { content, bytes, original, mapping: Hash::of(mapping.as_bytes()) })
    }

    /// SHA-256 of its bytes, and how many there are.
    pub fn original(path: &Path) -> Result<(Hash, u64), Failure> {
        hashed(path, |_| {})
    }

    /// What was handed in, for the chain of custody.
    pub fn handed(&self, how: &TakingIn<'_>) -> Handed {
        let mut by = vec![format!("mapping:{}", self.mapping)];
        by.extend(how.options.source.as_ref().map(|source| format!("source:{source}")));
        by.extend(how.options.published.map(|day| format!("published:{day}")));
        Handed {
            original: *self.original.as_bytes(),
            channel: how.channel.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            how: by,
        }
    }
}

fn hashed(path: &Path, mut also: impl FnMut(&[u8])) -> Result<(Hash, u64), Failure> {
    let (file, _) = split_member(path);
    let unreadable = |err: io::Error| {
        let why = match err.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            io::ErrorKind::PermissionDenied => "reading it is not permitted".to_owned(),
            _ => err.to_string(),
        };
        Failure::new("unreadable-file", format!("{}: {why}", path.display()))
    };
    if file.is_dir() {
        let what = format!("{}: is a directory", path.display());
        return Err(Failure::new("is-a-directory", what).hint("name the files in it"));
    }
    let mut input = File::open(file).map_err(unreadable)?;
    let (mut hashing, mut bytes) = (Hashing::default(), vec![0; 1 << 16]);
    loop {
        let n = input.read(&mut bytes).map_err(unreadable)?;
        if n == 0 {
            return Ok(hashing.done());
        }
        also(&bytes[..n]);
        hashing.write_all(&bytes[..n]).map_err(unreadable)?;
    }
}

/// The file on the disk, and which member of it is meant: one of an archive is written archive.zip/member.csv.
pub fn split_member(path: &Path) -> (&Path, Option<String>) {
    let archive = path.ancestors().skip(1).find(|part| {
        part.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip")) && part.is_file()
    });
    match archive {
        Some(archive) => {
            let member = path.strip_prefix(archive).map(|rest| rest.display().to_string());
            (archive, member.ok())
        }
        None => (path, None),
    }
}
