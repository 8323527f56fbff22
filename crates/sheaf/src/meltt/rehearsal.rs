//! Whether a pool could be linked as MELTT does once some files were in it, found out before
//! anything is written: a report that MELTT cannot work with would otherwise leave a pool that no
//! longer links.

use std::collections::BTreeSet;
use std::path::PathBuf;

use sheaf_read::ReadError;
use sheaf_store::Pool;

use super::records::{Records, Teller, WANTED};
use super::{Choice, VERSION};
use crate::failure::Failure;
use crate::pipeline::{self, TakingIn};

/// Why reading a file ended early.
enum Stop {
    Enough,
    Unreadable(ReadError),
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Stop {
        Stop::Unreadable(error)
    }
}

/// What would be current of a data set.
struct Vintage {
    source: String,
    dataset: String,
    records: Records,
}

impl Vintage {
    fn new(source: &str, dataset: &str, records: Records) -> Vintage {
        Vintage { source: source.to_owned(), dataset: dataset.to_owned(), records }
    }

    fn is_of(&self, source: &str, dataset: &str) -> bool {
        self.source == source && self.dataset == dataset
    }
}

/// Finds the columns of the taxonomies, if need be, and checks that everything in the pool and in
/// the files can be linked. A file that cannot be read is passed over, and taking it in says why,
/// unless there is nothing to link without it.
pub fn rehearse(
    choice: &mut Choice,
    pool: &Pool,
    files: &[PathBuf],
    how: &TakingIn<'_>,
) -> Result<(), Failure> {
    let mut unreadable: Option<Failure> = None;
    let mut new_files = Vec::new();
    for file in files {
        match pipeline::is_known(pool, file, how) {
            Ok(true) => {}
            Ok(false) => new_files.push(file),
            Err(failure) => unreadable = unreadable.or(Some(failure)),
        }
    }
    if choice.taxonomies.iter().any(|it| it.column.is_none()) {
        let mut columns = BTreeSet::new();
        for import in pool.imports()? {
            columns.extend(import.columns);
        }
        for file in &new_files {
            let _ = sheaf_read::read_file(file, how.options, |head, _| {
                columns.extend(head.columns.iter().cloned());
                Err(Stop::Enough)
            });
        }
        if let (true, Some(failure)) = (columns.is_empty(), unreadable.take()) {
            return Err(failure);
        }
        choice.taxonomies.iter_mut().try_for_each(|it| it.find_column(&columns))?;
    }
    let columns = choice.columns();
    // A later vintage takes the place of what the pool has of its data set.
    let mut vintages: Vec<Vintage> = Vec::new();
    pool.for_each_current(WANTED, None, |import, report| {
        let about = &import.about;
        let (source, dataset) = (about.source.name.as_str(), about.dataset.as_str());
        if vintages.last().is_none_or(|it| !it.is_of(source, dataset)) {
            vintages.push(Vintage::new(source, dataset, Records::new(&columns)));
        }
        if let Some(vintage) = vintages.last_mut() {
            vintage.records.hear(&Teller::of(import), report, 0);
        }
    })?;
    for file in new_files {
        let mut records = Records::new(&columns);
        let read = sheaf_read::read_file(file, how.options, |head, batch| {
            let source = &head.source;
            let by =
                Teller { source: source.name.as_str(), kind: source.kind, columns: &head.columns };
            batch.reports().for_each(|report| records.hear(&by, report, 0));
            Ok::<(), Stop>(())
        });
        match read {
            Ok(reading) => {
                let dataset = how.dataset.unwrap_or(&reading.head.dataset);
                let source = reading.head.source.name.as_str();
                vintages.retain(|it| !it.is_of(source, dataset));
                vintages.push(Vintage::new(source, dataset, records));
            }
            Err(Stop::Unreadable(error)) => unreadable = unreadable.or(Some(error.into())),
            Err(Stop::Enough) => {}
        }
    }
    let mut all = Records::new(&columns);
    vintages.into_iter().for_each(|it| all.add(it.records));
    all.check(choice, &choice.parsed()?)?;
    match (all.n_sources(), unreadable) {
        (0 | 1, Some(failure)) => Err(failure),
        (n @ (0 | 1), None) => Err(Failure::new(
            "one-source-for-meltt",
            format!(
                "{VERSION} links two sources or more, and this pool would have {}",
                if n == 0 { "none" } else { "one" }
            ),
        )
        .hint(
            "name the files of the other sources too; MELTT never compares a source with itself",
        )),
        _ => Ok(()),
    }
}
