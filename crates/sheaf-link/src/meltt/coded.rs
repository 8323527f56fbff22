//! Records as numbers: days since the earliest day, and every level of every taxonomy as its
//! place among the levels that occur. Two levels are the same if their numbers are.

use std::collections::{BTreeSet, HashMap};

use super::{Dataset, Point, RowId, Taxonomy, UniqueRecord};

/// A record of the complete index.
#[derive(Clone, PartialEq, Debug)]
pub struct CodedRecord {
    /// Which record.
    pub id: RowId,
    /// Days from the earliest first day in the data to its first day.
    pub first: i32,
    /// The same for its last day.
    pub last: i32,
    /// Where it happened.
    pub point: Point,
    /// Its levels, taxonomy by taxonomy and finest first, numbered from 1 in the byte order of
    /// those that occur.
    pub codes: Vec<u32>,
}

/// A record on its way through the folds.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: RowId,
    pub(super) first: f64,
    pub(super) last: f64,
    pub(super) point: Point,
    pub(super) codes: Vec<u32>,
    pub(super) episodes: Vec<RowId>,
}

impl Row {
    /// An event ends on the day it begins.
    pub(super) fn is_event(&self) -> bool {
        self.first == self.last
    }

    pub(super) fn into_unique(self) -> UniqueRecord {
        UniqueRecord {
            id: self.id,
            first: self.first,
            last: self.last,
            point: self.point,
            episodes: self.episodes,
        }
    }
}

impl From<&CodedRecord> for Row {
    fn from(record: &CodedRecord) -> Row {
        Row {
            id: record.id,
            first: f64::from(record.first),
            last: f64::from(record.last),
            point: record.point,
            codes: record.codes.clone(),
            episodes: Vec::new(),
        }
    }
}

/// The complete index: data set by data set, each in order of first day and then of row. The
/// input has been checked.
pub(super) fn code(datasets: &[Dataset], taxonomies: &[Taxonomy]) -> Vec<CodedRecord> {
    let records = || datasets.iter().flat_map(|dataset| &dataset.records);
    let origin = records().map(|record| record.first.days_since_1970()).min().unwrap_or(0);
    let chains = chains(datasets, taxonomies);
    let numbers = numbers(&chains, taxonomies);
    let mut coded = Vec::with_capacity(records().count());
    for (dataset, (set, chains)) in datasets.iter().zip(&chains).enumerate() {
        let from = coded.len();
        for (row, record) in set.records.iter().enumerate() {
            let levels = chains.iter().zip(&record.categories).flat_map(|(chain, category)| {
                chain.get(category.as_str()).copied().into_iter().flatten()
            });
            let codes = levels.zip(&numbers).map(|(level, of_level)| of_level[level.as_str()]);
            coded.push(CodedRecord {
                id: RowId { dataset, row },
                first: record.first.days_since_1970() - origin,
                last: record.last.days_since_1970() - origin,
                // Checked: every record has a point.
                point: record.point.unwrap_or(Point { lat: f64::NAN, lon: f64::NAN }),
                codes: codes.collect(),
            });
        }
        coded[from..].sort_by_key(|record| record.first);
    }
    coded
}

/// The levels of every category that occurs, for each data set and taxonomy.
type Chains<'a> = Vec<Vec<HashMap<&'a str, &'a [String]>>>;

fn chains<'a>(datasets: &'a [Dataset], taxonomies: &'a [Taxonomy]) -> Chains<'a> {
    let of_taxonomy = |set: &'a Dataset, nth: usize, taxonomy: &'a Taxonomy| {
        let mut chain = HashMap::new();
        for record in &set.records {
            let category = record.categories[nth].as_str();
            if let Some(levels) = taxonomy.levels(&set.name, category) {
                chain.insert(category, levels);
            }
        }
        chain
    };
    let of_dataset = |set| {
        taxonomies
            .iter()
            .enumerate()
            .map(|(nth, taxonomy)| of_taxonomy(set, nth, taxonomy))
            .collect()
    };
    datasets.iter().map(of_dataset).collect()
}

/// For every level of every taxonomy, the numbers of what occurs there in any data set.
fn numbers<'a>(chains: &Chains<'a>, taxonomies: &[Taxonomy]) -> Vec<HashMap<&'a str, u32>> {
    let mut numbers = Vec::new();
    for (nth, taxonomy) in taxonomies.iter().enumerate() {
        for level in 0..taxonomy.depth() {
            let names: BTreeSet<&str> = chains
                .iter()
                .flat_map(|of_dataset| of_dataset[nth].values())
                .map(|levels| levels[level].as_str())
                .collect();
            numbers.push(names.into_iter().zip(1..).collect());
        }
    }
    numbers
}
