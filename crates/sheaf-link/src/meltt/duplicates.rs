//! What `meltt_duplicates()` gives: a line for every set of records held to be the same, with
//! what each data set says side by side. Events and episodes stand in one table.
//!
//! The order of the lines has no meaning, and we keep it all the same, for a comparison byte by
//! byte. R merges the matches with one data set after another, the last first. Such a merge puts
//! the lines that have a record of the data set before those that have none, and gathers the two
//! kinds with a sort that does not keep equals in place; then it sorts by event number.

use super::tables::{Cell, Table, matched_cells, record_cells};
use super::{Dataset, MatchedRecords, MelttResult, Taxonomy};

/// The table of duplicates, with the columns that MELTT looks at. (The R package appends
/// whatever other columns the data sets have.)
pub fn duplicates(result: &MelttResult, datasets: &[Dataset], taxonomies: &[Taxonomy]) -> Table {
    let mut columns = Vec::new();
    for dataset in datasets {
        columns.extend([format!("{}_dataset", dataset.name), format!("{}_event", dataset.name)]);
    }
    for dataset in datasets.iter().rev() {
        let fixed = ["date", "enddate", "latitude", "longitude"].into_iter();
        let names = fixed.chain(taxonomies.iter().map(Taxonomy::name)).chain(["data.source"]);
        columns.extend(names.map(|name| format!("{}_{name}", dataset.name)));
    }
    let mut matches: Vec<&MatchedRecords> =
        result.event_matches.iter().chain(&result.episode_matches).collect();
    for dataset in (0..datasets.len()).rev() {
        merge(&mut matches, dataset);
    }
    let rows = matches.into_iter().map(|matched| {
        let mut row: Vec<Cell> = matched_cells(matched).collect();
        for (nth, dataset) in datasets.iter().enumerate().rev() {
            match matched.0[nth] {
                Some(at) => row.extend(record_cells(dataset, &dataset.records[at])),
                None => row.extend(vec![Cell::number("NA"); taxonomies.len() + 5]),
            }
        }
        row
    });
    Table { columns, rows: rows.collect() }
}

/// The order in which R's `merge(…, all.x = TRUE)` with one data set leaves the lines.
fn merge(matches: &mut Vec<&MatchedRecords>, dataset: usize) {
    let mut n_present = 0;
    let mut keyed: Vec<(usize, &MatchedRecords)> = Vec::with_capacity(matches.len());
    for &matched in matches.iter() {
        // Lines with a record count up; those without share the key 0.
        n_present += usize::from(matched.0[dataset].is_some());
        keyed.push((if matched.0[dataset].is_some() { n_present } else { 0 }, matched));
    }
    shell_sort(&mut keyed);
    let n_absent = keyed.len() - n_present;
    keyed.rotate_left(n_absent);
    *matches = keyed.into_iter().map(|(_, matched)| matched).collect();
    // `None`, which R writes 0, comes first.
    matches.sort_by_key(|matched| matched.0[dataset]);
}

/// Shell's sort with the gaps 1, 4, 13, …, which does not keep equals in place.
fn shell_sort<T: Copy>(keyed: &mut [(usize, T)]) {
    let mut gap = 1;
    while gap <= keyed.len() / 9 {
        gap = 3 * gap + 1;
    }
    while gap > 0 {
        for at in gap..keyed.len() {
            let moving = keyed[at];
            let mut to = at;
            while to >= gap && keyed[to - gap].0 > moving.0 {
                keyed[to] = keyed[to - gap];
                to -= gap;
            }
            keyed[to] = moving;
        }
        gap /= 3;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_move_as_they_do_in_r() {
        // Nine items or more make the first gap 4: the 0 at position 4 jumps over the one at 1.
        let mut keyed: Vec<(usize, usize)> = [1, 0, 2, 3, 0, 4, 5, 6, 7]
            .into_iter()
            .enumerate()
            .map(|(at, key)| (key, at))
            .collect();
        shell_sort(&mut keyed);
        let order: Vec<usize> = keyed.iter().map(|&(_, at)| at).collect();
        assert_eq!(order, [4, 1, 0, 2, 3, 5, 6, 7, 8]);
    }
}
