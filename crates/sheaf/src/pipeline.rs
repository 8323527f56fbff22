//! The order of the stations, and the only place where they meet: a file is *read* into the pool,
//! the pool's current reports are *linked* into incidents, and their claims are *settled*.
//!
//! Everything after reading is a view that follows from the pool and can be made again. It is kept
//! in the pool with a fingerprint of what it was made from, so a command that finds it fitting does
//! not make it again, and one that finds it stale (a program was killed between taking a file in and
//! linking) makes it first.

use std::path::Path;
use std::sync::OnceLock;

use rayon::prelude::*;
use sheaf_link::{Linkage, Outlines, SourceFacts};
use sheaf_model::{
    Day, Field, Licence, ReportId, ReportView, SettledIncident, Source, SourceKind, SourceName,
};
use sheaf_read::{ReadOptions, Reading};
use sheaf_settle::{Ballots, Profile};
use sheaf_store::{Import, ImportId, NewImport, Pool, Wanted};

use crate::alerts_in::{self, AlertTable};
use crate::failure::Failure;
use crate::found::Found;
use crate::knowing::{Knowing, Unheard};
use crate::progress::Progress;
use crate::refusal;

/// How to take a file in, beyond how to read it.
pub struct TakingIn<'a> {
    pub options: &'a ReadOptions,
    /// By which way it came: `terminal`, `desk`.
    pub channel: &'a str,
    /// What the file is called, where not by its own name.
    pub file: Option<&'a str>,
    pub dataset: Option<&'a str>,
    pub version: Option<&'a str>,
    pub accept_empty: bool,
    /// Now, in UTC to the second (RFC 3339). The only clock the line knows.
    pub now: &'a str,
    pub quiet: bool,
}

/// What became of a file.
pub enum TakenIn {
    /// It is in the pool now.
    New(Box<Import>, Box<Reading>),
    /// Exactly these bytes were taken in before, by the same mapping.
    KnownAs(ImportId),
}

/// Reads a file into the pool. When this returns, the import is whole and on disk; if it fails, or
/// the program is killed in it, the pool is as it was.
pub fn take_in(pool: &Pool, path: &Path, how: &TakingIn<'_>) -> Result<TakenIn, Failure> {
    // A refusal is not an empty data set, nor one that could not be read.
    let Some(alert) = AlertTable::of(path, how.options.reader.as_deref())? else {
        let taken = take_in_data(pool, path, path, how);
        return taken.map_err(|failure| refusal::told(path).unwrap_or(failure));
    };
    let options = ReadOptions { reader: Some(alerts_in::READER.to_owned()), ..how.options.clone() };
    let imports = pool.imports()?;
    let dataset = how.dataset.map_or_else(|| alert.dataset(&imports), str::to_owned);
    let (version, file) = (alert.version(), path.file_name().unwrap_or_default().to_string_lossy());
    let how = TakingIn {
        options: &options,
        file: how.file.or(Some(&file)),
        dataset: Some(&dataset),
        version: how.version.or(Some(&version)),
        accept_empty: how.accept_empty || alert.ends,
        ..*how
    };
    if pool.import_known(&Found::at(path, &how)?.content)?.is_none() {
        alert.is_newest(path, &dataset, &imports)?;
    }
    take_in_data(pool, path, &alert.path, &how)
}

/// Reads a file by the table in which it lies, which is the file itself but of alerts.
fn take_in_data(
    pool: &Pool,
    path: &Path,
    table: &Path,
    how: &TakingIn<'_>,
) -> Result<TakenIn, Failure> {
    let found = Found::at(path, how)?;
    let (content, bytes) = (found.content, found.bytes);
    if let Some(known) = pool.import_known(&content)? {
        return Ok(TakenIn::KnownAs(known));
    }
    let progress = Progress::reading(&path.display().to_string(), bytes, how.quiet);
    let mut writer = None;
    let reading = sheaf_read::read_file(table, how.options, |head, batch| {
        let into = match &mut writer {
            Some(writer) => writer,
            none => none.insert(pool.begin_import(NewImport {
                source: head.source.clone(),
                reader: head.reader.clone(),
                file: how.file.map_or_else(|| head.file.clone(), str::to_owned),
                dataset: how.dataset.unwrap_or(&head.dataset).to_owned(),
                version: how.version.map(str::to_owned).or_else(|| head.version.clone()),
                content,
                bytes,
            })?),
        };
        into.write(&batch, &head.columns)?;
        progress.at(head.bytes_taken);
        Ok::<(), Failure>(())
    })?;
    let Some(writer) = writer else {
        return Err(Failure::new("empty-file", format!("{}: nothing was read", path.display())));
    };
    if reading.tally.reports == 0 {
        if let Some(refused) = refusal::told(path) {
            return Err(refused);
        }
        if !how.accept_empty {
            refuse_empty(pool, path, how, &reading)?;
        }
    }
    let handed = found.handed(how);
    let import = writer.handed_in(handed).finish(
        &reading.head.columns,
        &reading.fates,
        &reading.tally,
        how.now,
    )?;
    Ok(TakenIn::New(Box::new(import), Box::new(reading)))
}

/// Whether exactly these bytes were taken in before, by the same mapping.
pub fn is_known(pool: &Pool, path: &Path, how: &TakingIn<'_>) -> Result<bool, Failure> {
    Ok(pool.import_known(&Found::at(path, how)?.content)?.is_some())
}

/// A data set that had reports and now has none is more likely a lost entitlement or a broken
/// download than peace.
fn refuse_empty(
    pool: &Pool,
    path: &Path,
    how: &TakingIn<'_>,
    reading: &Reading,
) -> Result<(), Failure> {
    let dataset = how.dataset.unwrap_or(&reading.head.dataset);
    let before = pool.imports()?.into_iter().rev().find(|import| {
        import.about.source.name == reading.head.source.name
            && import.about.dataset == dataset
            && import.tally.reports > 0
    });
    match before {
        None => Ok(()),
        Some(before) => Err(Failure::new(
            "empty-after-full",
            format!(
                "{}: not one report, where {} ({}) had {}; the pool is unchanged",
                path.display(),
                before.id,
                before.about.file,
                before.tally.reports
            ),
        )
        .hint("if the data set really is empty now, say --accept-empty")),
    }
}

/// The current reports of a pool, condensed for linking and for settling. A report has the same
/// position in both.
pub struct Known {
    pub sources: Vec<Source>,
    pub outlines: Outlines,
    pub ballots: Ballots,
    /// How much of the pool they are.
    pub knowing: Knowing,
    /// What of the pool was not heard.
    pub unheard: Unheard,
    /// The reports in order of id, put so when one is first looked up.
    in_order: OnceLock<Vec<u32>>,
}

impl Known {
    /// The position of a report.
    pub fn position(&self, id: &ReportId) -> Option<u32> {
        let order = self.in_order.get_or_init(|| {
            let mut order: Vec<u32> = (0..self.outlines.len() as u32).collect();
            order.par_sort_unstable_by_key(|&at| self.outlines.id(at));
            order
        });
        let found = order.binary_search_by_key(&id.as_str(), |&at| self.outlines.id(at));
        found.ok().map(|nth| order[nth])
    }

    /// The id of the report at a position.
    pub fn id(&self, position: u32) -> ReportId {
        self.ballots.id(position)
    }
}

/// Condenses the current reports, as of a day if given.
pub fn gather(pool: &Pool, as_known_on: Option<Day>, quiet: bool) -> Result<Known, Failure> {
    gather_known(pool, Knowing::on(as_known_on), quiet)
}

/// Condenses the reports that a question may know.
pub fn gather_known(pool: &Pool, knowing: Knowing, quiet: bool) -> Result<Known, Failure> {
    let sources = knowing.sources(pool)?;
    let listed: Vec<(SourceName, Licence, SourceKind)> =
        sources.iter().map(|it| (it.name.clone(), it.licence, it.kind)).collect();
    let mut known = Known {
        sources,
        outlines: Outlines::default(),
        ballots: Ballots::new(listed),
        knowing: Knowing::default(),
        unheard: Unheard::default(),
        in_order: OnceLock::new(),
    };
    let progress = Progress::counting("gathering reports", quiet);
    // References are looked up when they are shown; nothing is linked or settled by them.
    let wanted = Wanted::all_but(&[Field::Reference]);
    let unheard = knowing.for_each_report(pool, wanted, |import, report: ReportView<'_>| {
        let name = &import.about.source.name;
        let Some(index) = known.sources.iter().position(|source| source.name == *name) else {
            return;
        };
        let id = report.id(name);
        let facts = SourceFacts { index: index as u16, kind: known.sources[index].kind };
        known.outlines.push(id.as_str(), facts, report);
        let position = known.ballots.push(&id, index as u16, report);
        if position.is_multiple_of(4096) {
            progress.at(u64::from(position));
        }
    })?;
    (known.knowing, known.unheard) = (knowing, unheard);
    Ok(known)
}

/// The sources of a pool, each once and as its newest import describes it, in order of name.
pub fn sources(imports: &[Import]) -> Vec<Source> {
    let mut newest = std::collections::BTreeMap::new();
    for import in imports {
        newest.insert(import.about.source.name.clone(), import.about.source.clone());
    }
    newest.into_values().collect()
}

/// Settles incidents one chunk after another, in order of handle, so that a million of them need
/// not wait in memory.
pub fn settle_in_chunks(
    known: &Known,
    linkage: &Linkage,
    profile: &'static dyn Profile,
    mut take: impl FnMut(Vec<SettledIncident>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    const CHUNK: usize = 1 << 14;
    for start in (0..linkage.n_incidents).step_by(CHUNK) {
        let end = linkage.n_incidents.min(start + CHUNK as u32);
        let settled = (start..end)
            .into_par_iter()
            .map(|incident| {
                sheaf_settle::settle(&known.ballots, linkage.members(incident), profile)
            })
            .collect();
        take(settled)?;
    }
    Ok(())
}
