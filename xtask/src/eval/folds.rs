//! Whole elections into folds, so that no linker is scored on an election that it has seen: reports
//! of one election share places, actors and words, and a fold by chance would flatter.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// For each report the number of its fold. Elections go by size, largest first, into the fold that
/// is smallest so far; equals go by name, and into the first of equal folds. This is scikit-learn's
/// `GroupKFold` but for ties, and it depends on nothing but the names.
pub fn by_election(elections: &[&str], n_folds: usize) -> Vec<usize> {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for election in elections {
        *sizes.entry(election).or_default() += 1;
    }
    let mut by_size: Vec<(&str, usize)> = sizes.into_iter().collect();
    by_size.sort_by_key(|&(name, size)| (Reverse(size), name));
    let mut filled = vec![0; n_folds.max(1)];
    let mut fold_of = BTreeMap::new();
    for (election, size) in by_size {
        let smallest = (0..filled.len()).min_by_key(|&fold| (filled[fold], fold)).unwrap_or(0);
        filled[smallest] += size;
        fold_of.insert(election, smallest);
    }
    elections.iter().map(|election| fold_of[election]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_elections_are_spread_first() {
        let mut elections = vec!["b"; 4];
        elections.extend(["a"; 4]);
        elections.extend(["c"; 3]);
        elections.extend(["d"; 2]);
        elections.push("e");
        let folds = by_election(&elections, 3);
        // a → 0, b → 1, c → 2 (3 reports), d → 2 (5), e → 0.
        let by_name = |name: &str| folds[elections.iter().position(|it| *it == name).unwrap()];
        assert_eq!(["a", "b", "c", "d", "e"].map(by_name), [0, 1, 2, 2, 0]);
        for (election, fold) in elections.iter().zip(&folds) {
            assert_eq!(by_name(election), *fold, "an election lies in one fold");
        }
    }

    #[test]
    fn the_order_of_reports_does_not_matter() {
        let elections = ["x", "y", "x", "z", "z", "w"];
        let mut backwards = elections;
        backwards.reverse();
        let mut folds = by_election(&backwards, 2);
        folds.reverse();
        assert_eq!(by_election(&elections, 2), folds);
        assert_eq!(by_election(&elections, 0), [0; 6]);
    }
}
