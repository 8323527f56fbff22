//! What MELTT cannot work with. All problems of an input are told at once, each in a sentence.

use std::collections::HashSet;
use std::fmt;

use super::{Agreement, Dataset, Options, Taxonomy};

/// Why nothing was linked: at least one problem.
#[derive(Clone, PartialEq, Debug)]
pub struct MelttError {
    /// Every problem found, in the order windows, arguments, data sets, taxonomies.
    pub problems: Vec<Problem>,
}

/// One thing that MELTT cannot work with.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs, reason = "the fields are the words of the sentences below")]
pub enum Problem {
    /// A window that is zero, negative or not a number.
    Window { name: &'static str, unit: &'static str, value: f64 },
    /// MELTT never compares a data set with itself.
    TooFewDatasets { datasets: usize },
    /// Two data sets of one name cannot be told apart in a taxonomy.
    SameName { dataset: String },
    /// A data set with nothing in it.
    EmptyDataset { dataset: String },
    /// No taxonomy: then nothing would be compared but space and time.
    NoTaxonomy,
    /// A taxonomy without a line or without a level.
    EmptyTaxonomy { taxonomy: String },
    /// A line of a taxonomy with another number of levels than the first.
    UnevenTaxonomy {
        taxonomy: String,
        dataset: String,
        category: String,
        levels: usize,
        expected: usize,
    },
    /// Categories in the data that the taxonomy does not map.
    Unmapped { taxonomy: String, dataset: String, categories: Vec<String> },
    /// A record with more or fewer categories than there are taxonomies.
    Categories { dataset: String, row: usize, categories: usize, expected: usize },
    /// Records without coordinates; `row` is the first of them, from 1.
    NoCoordinates { dataset: String, row: usize, records: usize },
    /// Weights that are not one for each taxonomy, or do not add up to their number.
    Weights { weights: usize, sum: f64, expected: usize },
    /// More taxonomies may disagree than there are.
    Partial { partial: usize, taxonomies: usize },
    /// Levels that are not one for each taxonomy.
    Levels { levels: usize, expected: usize },
    /// A level that the taxonomy does not have.
    NoSuchLevel { taxonomy: String, level: usize, depth: usize },
}

impl fmt::Display for MelttError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, problem) in self.problems.iter().enumerate() {
            if nth > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for MelttError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Window { name, unit, value } => {
                write!(f, "the {name} is {value} {unit}, and must be above 0")?;
                if *unit == "days" {
                    f.write_str("; for the same day only, say 0.5")?;
                }
                Ok(())
            }
            Problem::TooFewDatasets { datasets } => write!(
                f,
                "MELTT links two data sets or more, and was given {datasets}; it never compares \
                 a data set with itself"
            ),
            Problem::SameName { dataset } => {
                write!(f, "two data sets are called {dataset}; give each a name of its own")
            }
            Problem::EmptyDataset { dataset } => write!(f, "data set {dataset} has no records"),
            Problem::NoTaxonomy => {
                f.write_str("MELTT compares by taxonomies, and was given none; give at least one")
            }
            Problem::EmptyTaxonomy { taxonomy } => write!(
                f,
                "taxonomy {taxonomy} has no levels; it needs lines of data.source, \
                 base.categories and at least one level"
            ),
            Problem::UnevenTaxonomy { taxonomy, dataset, category, levels, expected } => write!(
                f,
                "taxonomy {taxonomy} is {levels} deep at \"{category}\" of {dataset}, and \
                 {expected} deep in its first line; give every category as many levels"
            ),
            Problem::Unmapped { taxonomy, dataset, categories } => {
                let shown: Vec<String> =
                    categories.iter().take(10).map(|each| format!("\"{each}\"")).collect();
                write!(f, "taxonomy {taxonomy} does not map {} of {dataset}", shown.join(", "))?;
                if categories.len() > shown.len() {
                    write!(f, " and {} more", categories.len() - shown.len())?;
                }
                f.write_str("; add a line for each")
            }
            Problem::Categories { dataset, row, categories, expected } => write!(
                f,
                "record {row} of {dataset} has categories for another number of taxonomies \
                 ({categories}) than there are ({expected})"
            ),
            Problem::NoCoordinates { dataset, row, records } => {
                if *records == 1 {
                    write!(f, "record {row} of {dataset} has no coordinates")?;
                } else {
                    write!(
                        f,
                        "{records} records of {dataset} have no coordinates, record {row} first"
                    )?;
                }
                f.write_str("; MELTT cannot link what it cannot place, so leave them out")
            }
            Problem::Weights { weights, sum, expected } => write!(
                f,
                "the number of weights is {weights} and their sum {sum}, and both must be the \
                 number of taxonomies, {expected}; no weight may be below 0"
            ),
            Problem::Partial { partial, taxonomies } => {
                write!(
                    f,
                    "{partial} of {taxonomies} taxonomies may disagree; one at least must agree"
                )
            }
            Problem::Levels { levels, expected } => write!(
                f,
                "the number of levels asked for is {levels}, and the number of taxonomies \
                 {expected}; give one level for each"
            ),
            Problem::NoSuchLevel { taxonomy, level, depth } => {
                write!(f, "taxonomy {taxonomy} has levels 1 to {depth}, and no level {level}")
            }
        }
    }
}

/// Finds everything that is wrong, so that it can be put right in one go.
pub(super) fn check(
    datasets: &[Dataset],
    taxonomies: &[Taxonomy],
    options: &Options,
) -> Result<(), MelttError> {
    let mut problems = Vec::new();
    check_options(taxonomies, options, &mut problems);
    if datasets.len() < 2 {
        problems.push(Problem::TooFewDatasets { datasets: datasets.len() });
    }
    let mut names = HashSet::new();
    for dataset in datasets {
        if !names.insert(dataset.name.as_str()) {
            problems.push(Problem::SameName { dataset: dataset.name.clone() });
        }
        check_dataset(dataset, taxonomies, &mut problems);
    }
    if problems.is_empty() { Ok(()) } else { Err(MelttError { problems }) }
}

/// Finds what is wrong with the arguments alone, before there are any data sets.
///
/// # Errors
/// Names every problem of windows, weights, levels and the number of taxonomies that may disagree.
pub fn check_arguments(taxonomies: &[Taxonomy], options: &Options) -> Result<(), MelttError> {
    let mut problems = Vec::new();
    check_options(taxonomies, options, &mut problems);
    if problems.is_empty() { Ok(()) } else { Err(MelttError { problems }) }
}

fn check_options(taxonomies: &[Taxonomy], options: &Options, problems: &mut Vec<Problem>) {
    let windows = [("window in time", "days", options.days), ("window in space", "km", options.km)];
    for (name, unit, value) in windows {
        if !(value.is_finite() && value > 0.0) {
            problems.push(Problem::Window { name, unit, value });
        }
    }
    let expected = taxonomies.len();
    if expected == 0 {
        problems.push(Problem::NoTaxonomy);
        return;
    }
    if let Some(weights) = &options.weights {
        let sum: f64 = weights.iter().sum();
        let usable = weights.iter().all(|&weight| weight >= 0.0);
        if weights.len() != expected || !usable || (sum - expected as f64).abs() > 1e-9 {
            problems.push(Problem::Weights { weights: weights.len(), sum, expected });
        }
    }
    if options.partial >= expected {
        problems.push(Problem::Partial { partial: options.partial, taxonomies: expected });
    }
    if let Agreement::AtLevels(levels) = &options.agreement {
        if levels.len() != expected {
            problems.push(Problem::Levels { levels: levels.len(), expected });
        }
        for (taxonomy, &level) in taxonomies.iter().zip(levels) {
            let depth = taxonomy.depth();
            if !(1..=depth).contains(&level) {
                let taxonomy = taxonomy.name().to_owned();
                problems.push(Problem::NoSuchLevel { taxonomy, level, depth });
            }
        }
    }
}

fn check_dataset(dataset: &Dataset, taxonomies: &[Taxonomy], problems: &mut Vec<Problem>) {
    let name = || dataset.name.clone();
    if dataset.records.is_empty() {
        problems.push(Problem::EmptyDataset { dataset: name() });
    }
    let expected = taxonomies.len();
    if expected == 0 {
        // Told once already; not again for every data set.
        return;
    }
    for (row, record) in dataset.records.iter().enumerate() {
        let categories = record.categories.len();
        if categories != expected {
            problems.push(Problem::Categories {
                dataset: name(),
                row: row + 1,
                categories,
                expected,
            });
            return;
        }
    }
    let placed = |record: &super::Record| {
        record.point.is_some_and(|point| point.lat.is_finite() && point.lon.is_finite())
    };
    let records = dataset.records.iter().filter(|record| !placed(record)).count();
    if let Some(row) = dataset.records.iter().position(|record| !placed(record)) {
        problems.push(Problem::NoCoordinates { dataset: name(), row: row + 1, records });
    }
    for (nth, taxonomy) in taxonomies.iter().enumerate() {
        let mut seen = HashSet::new();
        let mut categories = Vec::new();
        for record in &dataset.records {
            let category = record.categories[nth].as_str();
            if seen.insert(category) && taxonomy.levels(&dataset.name, category).is_none() {
                categories.push(category.to_owned());
            }
        }
        if !categories.is_empty() {
            let taxonomy = taxonomy.name().to_owned();
            problems.push(Problem::Unmapped { taxonomy, dataset: name(), categories });
        }
    }
}
