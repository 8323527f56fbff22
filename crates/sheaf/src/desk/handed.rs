//! Files that somebody hands in on a page. What comes over the wire is laid down beside the pool, where it
//! is read as any other file, and is removed at once.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sheaf_desk::Handed;
use sheaf_model::{ColumnFate, Field, Licence};
use sheaf_read::{LeftOut, ReadOptions, Reading, SOURCES};
use sheaf_store::{Access, Pool};
use tempfile::TempDir;

use crate::commands::now;
use crate::commands::pool::left_out_json;
use crate::commands::read::{doubt_json, report_json};
use crate::commands::sources::{fate_json, import_json};
use crate::failure::Failure;
use crate::pipeline::{self, TakenIn, TakingIn};
use crate::view;

/// So many reports and doubts are shown of a file that is only looked at.
const SHOWN: usize = 20;
const NOTED: usize = 200;

/// A file laid down where nobody else reads it; it is gone when this is.
struct Laid {
    _folder: TempDir,
    path: PathBuf,
}

impl Laid {
    fn down(pool: &Path, file: Handed<'_>) -> Result<Laid, Failure> {
        let name = Path::new(file.name).file_name().and_then(|name| name.to_str());
        let is_fine = |name: &&str| {
            *name == file.name
                && name.len() <= 200
                && !name.starts_with('.')
                && !name.contains(char::is_control)
        };
        let name = name.filter(is_fine);
        let Some(name) = name else {
            return Err(Failure::new("bad-file-name", format!("\"{}\" names no file", file.name))
                .hint("the name of the file alone, as in acme.csv"));
        };
        let unwritable =
            |err: std::io::Error| Failure::new("cannot-write", format!("{name}: {err}"));
        let folder =
            tempfile::Builder::new().prefix(".handed-in-").tempdir_in(pool).map_err(unwritable)?;
        let path = folder.path().join(name);
        std::fs::write(&path, file.bytes).map_err(unwritable)?;
        if let Some(mapping) = file.mapping {
            std::fs::write(path.with_extension("toml"), mapping).map_err(unwritable)?;
        }
        Ok(Laid { _folder: folder, path })
    }
}

fn options(file: Handed<'_>) -> Result<ReadOptions, Failure> {
    // A page names readers that the program knows, and no files of the machine.
    if let Some(name) =
        file.reader.filter(|name| !SOURCES.iter().any(|it| it.about().name == *name))
    {
        return Err(Failure::new("no-such-reader", format!("there is no reader {name}"))
            .hint("leave it out to find one that fits, or hand in a mapping with the file"));
    }
    Ok(ReadOptions { reader: file.reader.map(str::to_owned), ..ReadOptions::found_out() })
}

/// Failures name the file as it is called where it comes from, not where it was laid down.
fn as_handed(failure: Failure, laid: &Laid, file: Handed<'_>) -> Failure {
    let told = |text: String| text.replace(&*laid.path.to_string_lossy(), file.name);
    Failure { what: told(failure.what), hint: failure.hint.map(told), code: failure.code }
}

/// What would be read.
pub fn read(pool: &Path, file: Handed<'_>) -> Result<Value, Failure> {
    let laid = Laid::down(pool, file)?;
    let (mut shown, mut noted) = (Vec::new(), Vec::new());
    let reading = sheaf_read::read_file(&laid.path, &options(file)?, |head, batch| {
        let doubts = batch.doubts().iter().map(|doubt| doubt_json(doubt, &head.columns));
        let aside = batch.rows_set_aside().iter().map(|row| {
            json!({ "row": row.row, "set_aside": row.reason.code(), "because": row.reason.sentence() })
        });
        noted.extend(doubts.chain(aside).take(NOTED - noted.len()));
        let source = head.source.name.as_str();
        let reports = batch.reports().map(|report| report_json(report, source, &head.columns));
        shown.extend(reports.take(SHOWN - shown.len()));
        Ok::<(), Failure>(())
    })
    .map_err(|failure| as_handed(failure, &laid, file))?;
    Ok(json!({
        "file": file.name,
        "reader": reading.head.reader,
        "source": reading.head.source.name.as_str(),
        "title": reading.head.source.title,
        "licence": reading.head.source.licence.name(),
        "tally": tally(&reading),
        "columns": columns(&reading.head.columns, &reading.fates),
        "refused": left_out(&reading.refused),
        "withheld": left_out(&reading.withheld),
        "unknown": left_out(&reading.unknown),
        "reports": shown,
        "noted": noted,
    }))
}

/// A mapping to start from, drafted from the names of the columns and the first rows, with the words it may use.
pub fn draft(pool: &Path, file: Handed<'_>) -> Result<Value, Failure> {
    let laid = Laid::down(pool, file)?;
    let mapping = sheaf_read::draft_mapping(&laid.path)
        .map_err(|err| as_handed(Failure::from(err), &laid, file))?;
    let fields: Vec<&str> = Field::ALL.iter().map(|it| it.name()).collect();
    let licences: Vec<&str> = Licence::ALL.iter().map(|it| it.name()).collect();
    Ok(json!({
        "mapping": mapping,
        "fields": fields,
        "licences": licences,
        "kinds": ["curated", "news", "leads"],
    }))
}

/// Takes the file in, links and settles.
pub fn import(path: &Path, file: Handed<'_>) -> Result<Value, Failure> {
    let laid = Laid::down(path, file)?;
    let pool = Pool::open(path, Access::Write)?;
    let (options, now) = (options(file)?, now());
    let how = TakingIn {
        options: &options,
        channel: "desk",
        file: None,
        dataset: None,
        version: None,
        accept_empty: false,
        now: &now,
        quiet: true,
    };
    let taken = pipeline::take_in(&pool, &laid.path, &how)
        .map_err(|failure| as_handed(failure, &laid, file))?;
    let (import, reading) = match taken {
        TakenIn::KnownAs(id) => {
            let known = import_json(&pool.import(id)?);
            return Ok(json!({ "import": known, "known": true }));
        }
        TakenIn::New(import, reading) => (import, reading),
    };
    let refreshed = view::brought_up(&pool, &now, true)?;
    Ok(json!({
        "import": import_json(&import),
        "known": false,
        "tally": tally(&reading),
        "refused": left_out(&reading.refused),
        "withheld": left_out(&reading.withheld),
        "unknown": left_out(&reading.unknown),
        "incidents": refreshed.n_incidents,
        "conflicts": refreshed.conflicts,
    }))
}

fn tally(reading: &Reading) -> Value {
    let tally = &reading.tally;
    let aside = tally.set_aside.iter().map(|(it, n)| (it.code().to_owned(), json!(n)));
    let doubts = tally.doubts.iter().map(|(it, n)| (it.code().to_owned(), json!(n)));
    json!({
        "read": tally.read(),
        "reports": tally.reports,
        "set_aside": Value::Object(aside.collect()),
        "doubts": Value::Object(doubts.collect()),
    })
}

fn columns(columns: &[String], fates: &[ColumnFate]) -> Value {
    columns.iter().zip(fates).map(|(column, fate)| fate_json(column, fate)).collect()
}

fn left_out(columns: &[LeftOut]) -> Value {
    json!(left_out_json(columns))
}
