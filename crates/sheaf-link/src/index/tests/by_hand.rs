//! Small changes by hand, look-ups held to blocking, and damaged bytes.

use sheaf_model::Kind;

use super::super::crowding::Crowds;
use super::super::lookup::Lookup;
use super::super::nodes::turn;
use super::super::{FellBack, Index, Pending};
use super::{add, everything, linked_at_once, remembered};
use crate::block::crowd::Crowd;
use crate::block::{Nodes, Relation, for_each_pair};
use crate::judge::Ruling;
use crate::pack::hash;
use crate::testing::{Random, Told, motley, outlines, told};
use crate::{Blocking, Model, link};

#[test]
fn looking_up_some_finds_the_pairs_that_linking_looks_at() {
    let mut n_found = 0;
    for seed in 0..8 {
        let mut random = Random(seed);
        let crowd = random.pick(&[2, 6, u32::MAX]);
        let blocking = Blocking { crowd, window: 4, ..Blocking::SHIPPED };
        let pool = outlines(&motley(300, &mut random));
        let (index, _) = Index::of(pool, &Model::shipped(), &blocking, &[]);
        let (pending, ruling) = (Pending::default(), Ruling::default());
        let turn = turn(&index, &pending, &index.order, &blocking, &ruling);
        let (outlines, crowded) = (&index.outlines, &index.crowded);
        let crowds = Crowds::new(outlines, &blocking, &turn, crowded, crowded).unwrap();
        let asking: Vec<u32> =
            turn.nodes.iter().copied().filter(|_| random.below(4) == 0).collect();
        let met = Lookup::new(outlines, &blocking, &asking, &crowds.areas).meet(&turn.by_position);
        let (before, after) = crowds.looked_at(outlines, &blocking, &turn, &asking, &met);
        assert_eq!(before, after);
        let pair = |a: u32, b: u32, as_what: Relation| (a.min(b), a.max(b), as_what as u8);
        let mut found: Vec<_> =
            after.iter().map(|it| pair(it.asking, it.other, it.relation)).collect();
        found.sort_unstable();
        let nodes = Nodes { outlines, blocking, positions: turn.nodes.clone() };
        let crowd = Crowd::new(&nodes);
        let all = for_each_pair(&nodes, &crowd, Vec::new, |found, a, b, relation| {
            let (a, b) = (nodes.position(a), nodes.position(b));
            if relation != Relation::Part && (asking.contains(&a) || asking.contains(&b)) {
                found.push(pair(a, b, relation));
            }
        });
        let mut expected: Vec<_> = all.into_iter().flatten().collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "seed {seed}");
        n_found += found.len();
    }
    assert!(n_found > 10_000, "only {n_found} pairs: the test proves little");
}

/// Twice three hundred attacks, each in a place and week of its own.
fn sparse() -> Vec<Told> {
    (0..600).map(|number| attack(number % 300, &format!("{number:03}"))).collect()
}

fn attack(event: i32, key: &str) -> Told {
    let (lat, lon) = (f64::from(event % 17) * 4.0 - 32.0, f64::from(event % 31) * 9.0 - 135.0);
    told(u16::from(key > "300"), key)
        .day(event * 9)
        .at(lat, lon, 1_000.0)
        .kind(Kind::Bomb)
        .killed(event as u32 % 20 + 1)
}

#[test]
fn a_change_in_a_sparse_pool_touches_little() {
    let (model, blocking) = (Model::shipped(), Blocking::SHIPPED);
    let (mut index, linkage) = Index::of(outlines(&sparse()), &model, &blocking, &[]);
    assert_eq!(linkage.n_incidents, 300);
    let position = add(&mut index, &attack(7, "late"));
    let relinked = index.relink(&model, &blocking, &[]);
    assert_eq!(relinked.fell_back, None);
    assert!(relinked.n_touched <= 3 && relinked.n_clustered <= 3, "{relinked:?}");
    assert_eq!(relinked.incidents, [[7, 307, position]]);
    assert_eq!(relinked.ended, [""; 0]);
    // Its first report is taken out: the incident goes by another handle.
    assert!(index.remove("s0:007") && !index.remove("s0:007"));
    let relinked = index.relink(&model, &blocking, &[]);
    assert_eq!(
        (relinked.incidents, relinked.ended),
        (vec![vec![307, position]], vec!["s0:007".into()])
    );
    // Nothing changed, nothing is said.
    let relinked = index.relink(&model, &blocking, &[]);
    assert_eq!((relinked.n_touched, relinked.incidents.len()), (0, 0));
}

#[test]
fn what_cannot_be_followed_is_linked_anew_and_said() {
    let (model, blocking) = (Model::shipped(), Blocking::SHIPPED);
    let (mut index, _) = Index::of(outlines(&sparse()), &model, &blocking, &[]);
    let wider = Blocking { gap_days: 4, ..blocking };
    assert_eq!(index.relink(&model, &wider, &[]).fell_back, Some(FellBack::OtherModel));
    assert_eq!(index.relink(&model, &wider, &[]).fell_back, None);
    for number in 0..200 {
        add(&mut index, &attack(number, &format!("more-{number}")).injured(3));
    }
    let relinked = index.relink(&model, &wider, &[]);
    assert_eq!(relinked.fell_back, Some(FellBack::TooMuch));
    assert_eq!(relinked.incidents.len(), 200);
    assert_eq!(FellBack::OtherModel.to_string(), "the pool was linked by another model");
}

#[test]
fn damaged_bytes_are_no_index_and_no_panic() {
    let (model, blocking) = (Model::shipped(), Blocking::SHIPPED);
    let mut random = Random(5);
    let (index, _) = Index::of(outlines(&motley(60, &mut random)), &model, &blocking, &[]);
    let bytes = index.to_bytes();
    assert_eq!(everything(&Index::from_bytes(&bytes).unwrap()), everything(&index));
    for len in (0..bytes.len()).step_by(61) {
        assert!(Index::from_bytes(&bytes[..len]).is_none());
    }
    for at in (0..bytes.len()).step_by(37) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << random.below(8);
        assert!(Index::from_bytes(&damaged).is_none());
        // Even if the hash were right, and an index came of it, nothing points outside of it.
        let end = damaged.len() - 8;
        let right = hash(&damaged[..end]);
        damaged[end..].copy_from_slice(&right.to_le_bytes());
        if let Some(index) = Index::from_bytes(&damaged) {
            let _ = index.handles();
        }
    }
    let mut longer = bytes[..bytes.len() - 8].to_vec();
    longer.push(0);
    longer.extend(hash(&longer).to_le_bytes());
    assert!(Index::from_bytes(&longer).is_none());
}

#[test]
fn copies_weigh_more_though_no_pair_does() {
    // No names: nothing becomes common, so copies change no weight of any pair.
    let (model, blocking) = (Model::shipped(), Blocking::SHIPPED);
    let mut n_regrouped = 0;
    for seed in 0..150 {
        let mut random = Random(seed);
        let mut reports: Vec<Told> = (0..10)
            .map(|number| {
                told(random.below(4) as u16, &format!("{number}"))
                    .day(random.below(3) as i32)
                    .at(10.0 + random.below(5) as f64 * 0.06, 20.0, 5_000.0)
                    .kind(random.pick(&[Kind::Bomb, Kind::Explosion, Kind::Shooting]))
                    .killed(random.below(7) as u32)
            })
            .collect();
        let (mut index, linkage) = Index::of(outlines(&reports), &model, &blocking, &[]);
        let before = linkage.n_incidents;
        let copied = reports[random.below(10) as usize].clone();
        for number in 0..9 {
            let mut copy = copied.clone();
            copy.key = format!("copy-{number}");
            add(&mut index, &copy);
            reports.push(copy);
        }
        let relinked = index.relink(&model, &blocking, &[]);
        assert_eq!((relinked.n_touched, relinked.fell_back), (0, None));
        let pool = outlines(&reports);
        let linkage = link(&pool, &model, &blocking, &[]);
        assert_eq!(remembered(&index), linked_at_once(&pool, &linkage), "seed {seed}");
        n_regrouped += usize::from(linkage.n_incidents != before);
    }
    assert!(n_regrouped > 3, "only {n_regrouped}: the test proves little");
}
