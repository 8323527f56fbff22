//! One file from end to end: choose the mapping, open the rows, read them into batches, add up.

mod parts;

use std::path::{Path, PathBuf};

use sheaf_model::{Batch, ColumnFate, Day, Doubt, Source, SourceName, Tally};

use self::parts::{Framing, for_each_part};
use crate::detect::{self, Chosen};
use crate::mapping::{Interpreter, Keys};
use crate::rows::{self, Notes, Opened};
use crate::{Mapping, ReadError};

/// How to read a file. What is `None` is found out.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// A built-in reader by name ("ucdp-ged"), or the path of a mapping ("acme.toml").
    pub reader: Option<String>,
    /// The source's name, in place of the mapping's.
    pub source: Option<SourceName>,
    /// The day on which the file was published: later days are implausible for an incident.
    pub published: Option<Day>,
    /// How many rows go into a batch. Rows set aside leave it with fewer reports.
    pub batch_size: usize,
    /// How many threads read what cells mean. It changes nothing about what comes out.
    pub workers: usize,
}

impl ReadOptions {
    /// Everything found out; batches of 2,048 rows, which several threads share evenly even where
    /// a file is small; as many threads as there are processors, up to four, since rows are framed
    /// by one at a time.
    pub fn found_out() -> ReadOptions {
        let workers = std::thread::available_parallelism().map_or(1, |n| n.get().min(4));
        ReadOptions { reader: None, source: None, published: None, batch_size: 2_048, workers }
    }
}

/// What is known of a file once it is open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// Who says it.
    pub source: Source,
    /// The reader: a built-in one's name, or the file name of a mapping.
    pub reader: String,
    /// The file's name, without its folder.
    pub file: String,
    /// Which data set of the source this is: the file's stem without a version at its end.
    pub dataset: String,
    /// The version at the end of the file's stem, if there is one.
    pub version: Option<String>,
    /// The columns, in order. For JSON the list may grow while the file is read.
    pub columns: Vec<String>,
    /// How many bytes the file has, for progress; 0 if not known.
    pub bytes: u64,
    /// How many of them were read so far, for progress.
    pub bytes_taken: u64,
}

/// Cells that were not kept, by column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftOut {
    /// The column.
    pub column: String,
    /// Why.
    pub why: String,
    /// How many of its cells were not blank.
    pub cells: u64,
}

/// How reading a file went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// What is known of the file, with the final list of columns.
    pub head: Head,
    /// What became of each column.
    pub fates: Vec<ColumnFate>,
    /// How it adds up.
    pub tally: Tally,
    /// Bytes of the file taken.
    pub bytes: u64,
    /// Columns about people.
    pub refused: Vec<LeftOut>,
    /// Columns not kept for a reason the mapping gives.
    pub ignored: Vec<LeftOut>,
    /// Columns the mapping does not know.
    pub unknown: Vec<LeftOut>,
    /// Mapped columns of which some cells were not kept: they may be about groups of people, or
    /// hold an account, an address or running text.
    pub withheld: Vec<LeftOut>,
}

/// Reads a file and hands over its reports in batches, in the order of the file.
///
/// The last batch may hold no report: doubts and rows set aside at the end of a file come with it.
///
/// # Errors
/// When no mapping fits, the mapping is wrong, the file cannot be read at all, or `on_batch` says
/// so. Messy data is not an error.
pub fn read_file<E: From<ReadError>>(
    path: &Path,
    options: &ReadOptions,
    on_batch: impl FnMut(&Head, Batch) -> Result<(), E>,
) -> Result<Reading, E> {
    let chosen = detect::choose(path, options.reader.as_deref())?;
    let opened = rows::open(path, &chosen.mapping.form)?;
    read_rows(path, opened, chosen, options, on_batch)
}

fn read_rows<E: From<ReadError>>(
    path: &Path,
    opened: Opened,
    chosen: Chosen,
    options: &ReadOptions,
    mut on_batch: impl FnMut(&Head, Batch) -> Result<(), E>,
) -> Result<Reading, E> {
    let (dataset, version) = dataset_and_version(path);
    let columns = opened.rows.columns().to_vec();
    let mut source = chosen.mapping.source.clone();
    source.name = options.source.clone().unwrap_or(source.name);
    let mut head = Head {
        source,
        reader: chosen.reader,
        file: opened.file.clone(),
        dataset,
        version,
        columns,
        bytes: opened.bytes,
        bytes_taken: 0,
    };
    let interpreter = |columns: &[String]| {
        let hand = chosen.built_in.and_then(|built_in| built_in.hand(columns));
        Interpreter::new(&chosen.mapping, columns, options.published, hand)
    };
    let interpreters = (0..options.workers.max(1)).map(|_| interpreter(&head.columns)).collect();
    let framing = Framing::new(opened.rows, options.batch_size);
    let (mut keys, mut tally) = (Keys::default(), Tally::default());
    let workers = for_each_part(framing, interpreters, |mut part| {
        if head.columns.len() != part.columns.len() {
            head.columns = part.columns.to_vec();
        }
        if let (None, Some(said)) = (&options.source, part.source) {
            head.source.name = said;
        }
        keys.name(&mut part.batch, &part.marks, &mut part.notes.set_aside);
        if part.is_last {
            for doubt in interpreter(&head.columns).doubts_about_columns() {
                part.batch.doubt(doubt);
            }
        }
        head.bytes_taken = part.bytes_taken;
        hand_over(part.batch, part.notes, &mut tally, &head, &mut on_batch)
    })?;
    let mut whole = interpreter(&head.columns);
    workers.iter().for_each(|worker| whole.add_counts_of(worker));
    Ok(summary(head, &whole, tally))
}

fn hand_over<E>(
    mut batch: Batch,
    mut notes: Notes,
    tally: &mut Tally,
    head: &Head,
    on_batch: &mut impl FnMut(&Head, Batch) -> Result<(), E>,
) -> Result<(), E> {
    for doubt in notes.doubts {
        batch.doubt(doubt);
    }
    notes.set_aside.sort_by_key(|row| row.row);
    for row in notes.set_aside {
        batch.set_aside(row);
    }
    tally.add(&batch);
    on_batch(head, batch)
}

fn summary(head: Head, interpreter: &Interpreter<'_>, tally: Tally) -> Reading {
    let bytes = head.bytes_taken;
    let mut reading = Reading {
        fates: interpreter.fates().to_vec(),
        tally,
        bytes,
        refused: Vec::new(),
        ignored: Vec::new(),
        unknown: Vec::new(),
        withheld: Vec::new(),
        head,
    };
    for (idx, column) in interpreter.columns().iter().enumerate() {
        let left_out =
            |why: &str, cells: u64| LeftOut { column: column.clone(), why: why.to_owned(), cells };
        let cells = interpreter.left_out()[idx];
        match &interpreter.fates()[idx] {
            ColumnFate::Refused(why) => reading.refused.push(left_out(why, cells)),
            ColumnFate::Ignored(why) => reading.ignored.push(left_out(why, cells)),
            ColumnFate::Unknown => reading.unknown.push(left_out("not known to the reader", cells)),
            ColumnFate::Mapped(_) => {
                let cells = interpreter.withheld()[idx];
                if cells > 0 {
                    reading.withheld.push(left_out(&interpreter.why_withheld(idx as u16), cells));
                }
            }
            ColumnFate::Key => {}
        }
    }
    reading
}

/// Every doubt of a reading, for those who want no batches: reads the whole file into memory.
///
/// # Errors
/// As [`read_file`].
pub fn read_all(
    path: &Path,
    options: &ReadOptions,
) -> Result<(Reading, Vec<Batch>, Vec<Doubt>), ReadError> {
    let (mut batches, mut doubts) = (Vec::new(), Vec::new());
    let reading = read_file(path, options, |_, batch| {
        doubts.extend_from_slice(batch.doubts());
        batches.push(batch);
        Ok::<(), ReadError>(())
    })?;
    Ok((reading, batches, doubts))
}

/// A file's name as data set and version: "ged-syria-19.1.csv.gz" is version 19.1 of "ged-syria".
///
/// ```
/// use sheaf_read::dataset_and_version;
/// use std::path::Path;
/// let split = |name: &str| dataset_and_version(Path::new(name));
/// assert_eq!(split("data/ged-syria-19.1.csv.gz"), ("ged-syria".into(), Some("19.1".into())));
/// assert_eq!(split("GEDEvent_v23_1.csv"), ("GEDEvent".into(), Some("23.1".into())));
/// assert_eq!(split("export-2024-05-31.csv"), ("export".into(), Some("2024-05-31".into())));
/// assert_eq!(split("crash_data1.csv"), ("crash_data1".into(), None));
/// ```
pub fn dataset_and_version(path: &Path) -> (String, Option<String>) {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = stem(&name);
    let bytes = stem.as_bytes();
    // The version is the longest tail of digits, dots, hyphens and underscores that starts after a
    // separator, with or without a "v".
    let tail = bytes
        .iter()
        .rposition(|b| !(b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_')))
        .map_or(0, |at| at + 1);
    let tail = match bytes.get(..tail) {
        Some([.., b'-' | b'_' | b' ', b'v' | b'V']) => tail - 1,
        _ => tail,
    };
    let separated = bytes.get(tail).is_some_and(|b| matches!(b, b'-' | b'_'))
        || tail
            .checked_sub(1)
            .and_then(|at| bytes.get(at))
            .is_some_and(|b| matches!(b, b'-' | b'_' | b' '));
    let dataset = stem[..tail].trim_end_matches(['-', '_', ' ']);
    let version =
        stem[tail..].trim_start_matches(['-', '_', 'v', 'V']).trim_end_matches(['-', '_', '.']);
    if !separated || dataset.is_empty() || !version.starts_with(|c: char| c.is_ascii_digit()) {
        return (stem.to_owned(), None);
    }
    (dataset.to_owned(), Some(version.replace('_', ".")))
}

/// A file's name without the extensions of formats and compression.
pub(crate) fn stem(name: &str) -> &str {
    let mut stem = name;
    loop {
        let Some((before, extension)) = stem.rsplit_once('.') else { return stem };
        let known = matches!(
            extension.to_ascii_lowercase().as_str(),
            "csv"
                | "tsv"
                | "txt"
                | "tab"
                | "xlsx"
                | "xlsm"
                | "json"
                | "jsonl"
                | "ndjson"
                | "geojson"
                | "gz"
                | "zst"
                | "zip"
                | "toml"
        );
        if !known || before.is_empty() {
            return stem;
        }
        stem = before;
    }
}

/// The mapping that lies beside a file: acme.toml beside acme.csv or acme.csv.gz.
pub(crate) fn sidecar(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let beside = path.with_file_name(format!("{}.toml", stem(&name)));
    (beside != path && beside.is_file()).then_some(beside)
}

impl Chosen {
    /// The mapping, for those who want to look at it.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }
}
