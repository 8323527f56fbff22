//! The finders held to the definition: on motley pools they find exactly the pairs that [`meet`]
//! admits, each once; in crowded places a part of them.

use std::collections::BTreeSet;

use super::crowd::Crowd;
use super::{Blocking, Nodes, Relation, for_each_pair, meet};
use crate::outline::Outlines;
use crate::testing::{Random, Told, motley, outlines, told};

fn nodes<'a>(outlines: &'a Outlines, blocking: &Blocking) -> Nodes<'a> {
    let positions = (0..outlines.len() as u32).collect();
    Nodes { outlines, blocking: *blocking, positions }
}

/// What the finders find, and the crowd.
fn found(nodes: &Nodes<'_>) -> (Vec<(u32, u32, u8)>, Crowd) {
    let crowd = Crowd::new(nodes);
    let parts = for_each_pair(nodes, &crowd, Vec::new, |pairs, a, b, relation| {
        assert!(a < b);
        pairs.push((a, b, number(relation)));
    });
    let mut pairs: Vec<_> = parts.into_iter().flatten().collect();
    pairs.sort_unstable();
    (pairs, crowd)
}

/// What the definition says, by looking at everything.
fn defined(nodes: &Nodes<'_>) -> Vec<(u32, u32, u8)> {
    let n = nodes.len() as u32;
    let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
    pairs
        .filter_map(|(a, b)| {
            let met = meet(nodes.outlines, &nodes.blocking, nodes.outline(a), nodes.outline(b));
            met.ok().map(|(relation, _)| (a, b, number(relation)))
        })
        .collect()
}

fn number(relation: Relation) -> u8 {
    relation as u8
}

const NO_CROWD: Blocking = Blocking { crowd: u32::MAX, ..Blocking::SHIPPED };

#[test]
fn blocking_finds_exactly_the_pairs_of_its_definition() {
    let mut n_pairs = 0;
    for seed in 0..12 {
        let pool = outlines(&motley(350, &mut Random(seed)));
        for blocking in [
            NO_CROWD,
            Blocking { gap_days: 0, slack_m: 0.0, ..NO_CROWD },
            Blocking { gap_days: 10, slack_m: 300_000.0, ..NO_CROWD },
        ] {
            let nodes = nodes(&pool, &blocking);
            let (found, _) = found(&nodes);
            let defined = defined(&nodes);
            assert_eq!(found.len(), defined.len(), "seed {seed}, {blocking:?}");
            assert_eq!(found, defined, "seed {seed}, {blocking:?}");
            n_pairs += found.len();
        }
    }
    assert!(n_pairs > 100_000, "only {n_pairs} pairs: the test proves little");
}

#[test]
fn a_crowded_place_is_cut_short_and_says_so() {
    let pool = outlines(&motley(400, &mut Random(3)));
    let blocking = Blocking { crowd: 4, window: 5, ..Blocking::SHIPPED };
    let nodes = nodes(&pool, &blocking);
    let (found, crowd) = found(&nodes);
    let defined: BTreeSet<_> = defined(&nodes).into_iter().collect();
    let unique: BTreeSet<_> = found.iter().copied().collect();
    assert_eq!(unique.len(), found.len(), "a pair was found twice");
    assert!(unique.is_subset(&defined));
    assert!(found.len() < defined.len());
    let capped = crowd.capped();
    assert!(capped[1].n >= (defined.len() - found.len()) as u64, "{capped:?}");
    // What is not hot, or lies in different areas, is compared all round.
    for pair in defined.difference(&unique) {
        assert!(crowd.covers(pair.0, pair.1));
    }
}

#[test]
fn one_centroid_and_week_costs_no_square() {
    let reports: Vec<Told> = (0..3_000)
        .map(|number| told(1, &number.to_string()).day(number % 7).at(33.5, 36.3, 5_000.0))
        .map(|it| {
            let n = it.key.len() as u32;
            it.killed(n)
        })
        .collect();
    let pool = outlines(&reports);
    let nodes = nodes(&pool, &Blocking { crowd: 100, window: 10, ..Blocking::SHIPPED });
    let (found, crowd) = found(&nodes);
    assert!(found.len() <= 3_000 * 20, "{}", found.len());
    assert_eq!(crowd.capped()[0].n, 3_000);
}

#[test]
fn a_crowd_that_spreads_over_the_edge_of_a_cube_costs_no_square() {
    // Eleven towns in a row over 1,100 km: whatever the cubes, edges run between some of them.
    let reports: Vec<Told> = (0..3_300)
        .map(|number| {
            let town = f64::from(number % 11);
            told(1, &number.to_string()).day(number / 11 % 7).at(33.5 + town, 36.3, 90_000.0)
        })
        .collect();
    let pool = outlines(&reports);
    let nodes = nodes(&pool, &Blocking { crowd: 20, window: 10, ..Blocking::SHIPPED });
    let (found, crowd) = found(&nodes);
    assert_eq!(crowd.capped()[0].n, 3_300);
    assert!(found.len() <= 3_300 * 20, "{}", found.len());
}
