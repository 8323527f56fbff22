//! `sheaf custody`: that what is in the pool came from the bytes that were handed in.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use sheaf_model::{Day, SourceName};
use sheaf_read::ReadOptions;
use sheaf_share::Hash;
use sheaf_share::audit::Token;
use sheaf_share::custody::{Converter, Custody};
use sheaf_store::{Access, Handed, Import, ImportId, KeptOriginal, Pool};

use super::{Went, counted, now, open, print, print_json, remark};
use crate::args::{Custodial, CustodyOf, Everywhere, Keeping};
use crate::failure::Failure;
use crate::found::{Found, split_member};
use crate::pipeline::{self, TakenIn, TakingIn};
use crate::sealed::{self, OriginalKey};

pub fn custody(args: &Custodial, everywhere: &Everywhere) -> Result<Went, Failure> {
    match &args.what {
        CustodyOf::List => list(&open(&args.pool, Access::Read)?, everywhere),
        CustodyOf::Verify { file, import, reader, key } => {
            let pool = open(&args.pool, Access::Read)?;
            match (file, key, import) {
                (None, Some(key), Some(import)) => {
                    let (folder, path) = opened(&pool, *import, key)?;
                    let went = verify(&pool, &path, Some(*import), reader, everywhere);
                    drop(folder);
                    went
                }
                (Some(file), _, import) => verify(&pool, file, *import, reader, everywhere),
                (None, ..) => {
                    Err(Failure::new("needs-a-file", "name the file, or --import and --key"))
                }
            }
        }
        CustodyOf::Open { import, key, out } => {
            let pool = open(&args.pool, Access::Read)?;
            let (_folder, path) = opened(&pool, *import, key)?;
            let unwritable = |err: std::io::Error| {
                Failure::new("cannot-write", format!("{}: {err}", out.display()))
            };
            let mut to = File::create_new(out).map_err(unwritable)?;
            std::io::copy(&mut File::open(&path).map_err(unwritable)?, &mut to)
                .and_then(|_| to.sync_all())
                .map_err(unwritable)?;
            remark(everywhere, &format!("{}: the bytes of {import} as they came", out.display()));
            Ok(Went::Fine)
        }
        CustodyOf::Drop { import } => {
            let pool = open(&args.pool, Access::Write)?;
            let handed = handed(&pool, *import)?;
            match pool.drop_original(&handed.original)? {
                true => remark(everywhere, &format!("{import}: its original is gone")),
                false => remark(everywhere, &format!("{import}: no original was kept")),
            }
            Ok(Went::Fine)
        }
    }
}

/// Keeps the originals of files that were taken in; how many.
pub fn keep(pool: &Pool, keeping: &Keeping, files: &[(&Path, ImportId)]) -> Result<usize, Failure> {
    let Some(keyfile) = &keeping.keep_original else { return Ok(0) };
    if !keyfile.exists() {
        OriginalKey::make(keyfile)?;
    }
    let key = OriginalKey::read(keyfile)?;
    let until = super::moment()
        .checked_add((i64::from(keeping.keep_days) * 24).hours())
        .map_err(|err| Failure::new("bad-clock", err.to_string()))?;
    let until = until.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    for (path, import) in files {
        let original = handed(pool, *import)?.original;
        let unreadable =
            |err: std::io::Error| Failure::new("cannot-read", format!("{}: {err}", path.display()));
        let file = File::open(split_member(path).0).map_err(unreadable)?;
        // Sealed before it comes near the pool: nothing lies there open, whatever is killed when.
        let mut passing = tempfile::NamedTempFile::new().map_err(unreadable)?;
        let mut to = BufWriter::new(passing.as_file_mut());
        sealed::seal(BufReader::new(file), &mut to, &key, &original)?;
        drop(to);
        pool.keep_original(original, passing.path(), &until)?;
    }
    Ok(files.len())
}

/// Whether a key can be had before anything is taken in that it should seal.
pub fn can_keep(pool: &Path, keeping: &Keeping) -> Result<(), Failure> {
    let Some(keyfile) = &keeping.keep_original else { return Ok(()) };
    let folder = keyfile.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    if let (Ok(folder), Ok(pool)) = (fs::canonicalize(folder), fs::canonicalize(pool))
        && folder.starts_with(pool)
    {
        return Err(Failure::new(
            "key-in-the-pool",
            format!("{}: the key would lie beside what it seals", keyfile.display()),
        )
        .hint("name a file outside the pool"));
    }
    match keyfile.exists() {
        true => OriginalKey::read(keyfile).map(|_| ()),
        false => OriginalKey::make(keyfile),
    }
}

/// Lets go of originals whose time is over; asked before every command that writes, and now and then while a pool
/// is served.
pub fn expire(path: &Path) -> Result<usize, Failure> {
    let now = now();
    let is_over = |it: &KeptOriginal| it.until <= now;
    if !Pool::open(path, Access::Read)?.kept_originals()?.iter().any(is_over) {
        return Ok(0);
    }
    Ok(Pool::open(path, Access::Write)?.expire_originals(&now)?)
}

fn handed(pool: &Pool, import: ImportId) -> Result<Handed, Failure> {
    pool.handed(import)?.ok_or_else(|| {
        Failure::new(
            "no-custody",
            format!("{import} was taken in before records of custody were kept"),
        )
        .hint("pool the file again under another --dataset to have one")
    })
}

/// What was handed in and made of it, as it is passed on.
fn record(pool: &Pool, import: &Import, handed: &Handed) -> Result<Custody, Failure> {
    let token = |word: &str| -> Token { sheaf_desk::token(word) };
    let received: Timestamp = import.taken_at.parse().map_err(|_| {
        Failure::new("pool-damaged", format!("{}: \"{}\" is no time", import.id, import.taken_at))
    })?;
    Ok(Custody {
        original: Hash::from_bytes(handed.original),
        original_bytes: import.about.bytes,
        received_ms: received.as_millisecond(),
        channel: token(&handed.channel),
        converter: converter(&import.about.reader, handed),
        normalised: Hash::of(pool.normal_form(import.id)?.as_bytes()),
    })
}

fn converter(reader: &str, handed: &Handed) -> Converter {
    Converter {
        name: sheaf_desk::token(reader),
        version: sheaf_desk::token(&handed.version),
        by: handed.how.iter().map(|word| sheaf_desk::token(word)).collect(),
    }
}

fn list(pool: &Pool, everywhere: &Everywhere) -> Result<Went, Failure> {
    let kept = pool.kept_originals()?;
    let mut told = Vec::new();
    for import in pool.imports()? {
        let Some(handed) = pool.handed(import.id)? else {
            told.push(json!({ "import": import.id.to_string(), "custody": null }));
            if !everywhere.json {
                let why = "taken in before records of custody were kept";
                print(&format!("{}  {}  {why}\n", import.id, import.about.file))?;
            }
            continue;
        };
        let until = kept.iter().find(|it| it.original == handed.original).map(|it| &it.until);
        let custody = record(pool, &import, &handed)?;
        if everywhere.json {
            let custody: Value = serde_json::from_str(&custody.to_json()).unwrap_or_default();
            told.push(json!({
                "import": import.id.to_string(),
                "file": import.about.file,
                "custody": custody,
                "kept_until": until,
            }));
            continue;
        }
        print(&format!(
            "{}  {}  {}  {}, by {}\n    original    {}\n    normalised  {}\n",
            import.id,
            import.about.file,
            import.taken_at,
            custody.channel,
            custody.converter,
            custody.original,
            custody.normalised
        ))?;
        if let Some(until) = until {
            print(&format!("    kept, sealed, until {until}\n"))?;
        }
    }
    if everywhere.json {
        print_json(&Value::Array(told))?;
    }
    Ok(Went::Fine)
}

/// An original that was kept, in a folder that is gone when it is dropped.
fn opened(
    pool: &Pool,
    import: ImportId,
    key: &Path,
) -> Result<(tempfile::TempDir, PathBuf), Failure> {
    let about = pool.import(import)?.about;
    let original = handed(pool, import)?.original;
    let kept = pool.kept_originals()?.into_iter().find(|it| it.original == original);
    let kept = kept.filter(|it| it.until > now()).ok_or_else(|| {
        Failure::new("not-kept", format!("{import}: its original is not kept here (any more)"))
            .hint("`sheaf add --keep-original KEYFILE` keeps it; whoever has the file can name it")
    })?;
    let key = OriginalKey::read(key)?;
    let unwritable = |err: std::io::Error| Failure::new("cannot-write", err.to_string());
    let folder = tempfile::tempdir().map_err(unwritable)?;
    let path = folder.path().join(&about.file);
    let sealed = File::open(&kept.path)
        .map_err(|err| Failure::new("cannot-read", format!("{}: {err}", kept.path.display())))?;
    let mut to = BufWriter::new(File::create(&path).map_err(unwritable)?);
    sealed::open(BufReader::new(sealed), &mut to, &key, &original)?;
    to.flush().map_err(unwritable)?;
    Ok((folder, path))
}

fn verify(
    pool: &Pool,
    file: &Path,
    import: Option<ImportId>,
    reader: &Option<String>,
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    let begun = Found::original(file)?;
    let import = match import {
        Some(import) => pool.import(import)?,
        None => by_original(pool, file, begun.0)?,
    };
    let handed = handed(pool, import.id)?;
    let custody = record(pool, &import, &handed)?;
    let broken = |why: String| {
        Failure::new("chain-broken", format!("{} ({}): {why}", import.id, import.about.file))
    };
    custody.is_of(begun).map_err(|why| broken(why.to_string()))?;
    let options = options(&import, &handed, reader);
    let how = TakingIn {
        options: &options,
        channel: &handed.channel,
        file: Some(&import.about.file),
        dataset: Some(&import.about.dataset),
        version: import.about.version.as_deref(),
        accept_empty: true,
        now: &import.taken_at,
        quiet: true,
    };
    let here = converter(&import.about.reader, &Found::at(file, &how)?.handed(&how));
    let again = read_again(file, &how);
    let mut failed = None;
    let proven = custody.proves(begun, &here, || match again() {
        Ok(form) => Hash::of(form.as_bytes()),
        Err(failure) => {
            failed = Some(failure);
            Hash::of(b"")
        }
    });
    if let Some(failure) = failed {
        return Err(failure);
    }
    proven.map_err(|why| broken(why.to_string()))?;
    if everywhere.json {
        let record: Value = serde_json::from_str(&custody.to_json()).unwrap_or_default();
        print_json(&json!({ "import": import.id.to_string(), "proven": true, "custody": record }))?;
    } else {
        print(&format!(
            "{}: its {} came from these {} ({}), read by {}\n",
            import.id,
            counted(import.tally.reports, "report"),
            counted(custody.original_bytes, "byte"),
            custody.original,
            custody.converter
        ))?;
    }
    Ok(Went::Fine)
}

/// The import that has these bytes.
fn by_original(pool: &Pool, file: &Path, original: Hash) -> Result<Import, Failure> {
    let mut imports = pool.imports()?;
    imports.reverse();
    for import in imports {
        if pool.handed(import.id)?.is_some_and(|it| it.original == *original.as_bytes()) {
            return Ok(import);
        }
    }
    Err(Failure::new(
        "chain-broken",
        format!("{}: no import has these bytes (SHA-256 {original})", file.display()),
    )
    .hint("`sheaf custody POOL list` says what was handed in"))
}

/// The options by which it was read, as far as they were given then. Of the mapping only its hash is known: it is
/// found again as it was then, or named.
fn options(import: &Import, handed: &Handed, reader: &Option<String>) -> ReadOptions {
    let given = |what: &str| handed.how.iter().find_map(|word| word.strip_prefix(what));
    let is_built_in = sheaf_read::SOURCES.iter().any(|it| it.about().name == import.about.reader);
    ReadOptions {
        reader: reader.clone().or_else(|| is_built_in.then(|| import.about.reader.clone())),
        source: given("source:").and_then(|name| SourceName::new(name).ok()),
        published: given("published:").and_then(Day::parse_iso),
        ..ReadOptions::found_out()
    }
}

/// Reads a file once more, into a pool of its own that is gone at once; the normalised form.
fn read_again<'a>(
    file: &'a Path,
    how: &'a TakingIn<'_>,
) -> impl FnOnce() -> Result<String, Failure> + 'a {
    move || {
        let folder = tempfile::tempdir()
            .map_err(|err| Failure::new("cannot-write", format!("a folder to read into: {err}")))?;
        let pool = Pool::create_or_open(&folder.path().join("again.sheaf"))?;
        match pipeline::take_in(&pool, file, how)? {
            TakenIn::New(import, _) => Ok(pool.normal_form(import.id)?),
            TakenIn::KnownAs(id) => Ok(pool.normal_form(id)?),
        }
    }
}
