//! The queue and the report on lists short enough to follow by hand.

use std::collections::HashMap;

use sheaf_model::Verdict::{self, Different, Same, Unsure};

use super::*;
use crate::testing::Random;

/// A pair whose share of chance is `chance`.
fn pair(at: u32, probability: f64, linked: bool, change: f64, chance: f64) -> Candidate {
    let key = (chance * 2f64.powi(64)) as u64;
    Candidate { a: at, b: at + 100, key, probability, linked, change }
}

/// Pairs all alike, linked ones first, the chance of each growing along the list.
fn alike(n_linked: u32, n_unlinked: u32, linked_p: f64, unlinked_p: f64) -> Vec<Candidate> {
    let n = n_linked + n_unlinked;
    let chance = |at: u32| f64::from(at + 1) / f64::from(n + 1);
    (0..n)
        .map(|at| {
            let linked = at < n_linked;
            pair(at, if linked { linked_p } else { unlinked_p }, linked, 1.0, chance(at))
        })
        .collect()
}

fn motley(n: u32, random: &mut Random) -> Vec<Candidate> {
    let mut share = || random.below(1 << 30) as f64 / (1u64 << 30) as f64;
    (0..n).map(|at| pair(at, share(), share() < 0.3, (9.0 * share()).floor(), share())).collect()
}

fn queue<'a>(
    candidates: &'a [Candidate],
    share: Share,
    said: &'a HashMap<u32, Verdict>,
) -> Queue<'a> {
    Queue::new(candidates, share, |a, b| {
        assert_eq!(b, a + 100);
        said.get(&a).copied()
    })
}

const ONLY_SAMPLE: Share = Share { top: 0, sample: 1 };

#[test]
fn the_greatest_expected_change_comes_first() {
    let candidates = [
        pair(0, 0.875, true, 8.0, 0.5), // 1.0
        pair(1, 0.5, true, 4.0, 0.5),   // 2.0
        pair(2, 0.25, false, 2.0, 0.5), // 0.5
        pair(3, 0.5, false, 4.0, 0.4),  // 2.0, and the smaller key
        pair(4, 0.5, true, f64::NAN, 0.1),
    ];
    let said = HashMap::new();
    let asked = queue(&candidates, Share { top: 1, sample: 0 }, &said).next(9);
    assert_eq!(asked.iter().map(|it| it.index).collect::<Vec<_>>(), [3, 1, 0, 2, 4]);
    assert_eq!(asked.iter().map(|it| it.value).collect::<Vec<_>>(), [2.0, 2.0, 1.0, 0.5, 0.0]);
    assert!(asked.iter().all(|it| it.arm == Arm::Top));
}

#[test]
fn the_arms_take_turns_and_so_do_the_sides_of_the_sample() {
    // What is worth asking has bad luck, so the arms do not meet.
    let mut candidates = alike(30, 30, 0.6, 0.4);
    for candidate in &mut candidates[20..40] {
        candidate.change = 50.0;
        candidate.key = u64::MAX - candidate.key / 100;
    }
    let said = HashMap::new();
    let turns = |share| {
        let asked = queue(&candidates, share, &said).next(8);
        let letter = |it: &Question| match (it.arm, candidates[it.index].linked) {
            (Arm::Top, _) => 't',
            (Arm::Sample, true) => 'l',
            (Arm::Sample, false) => 'u',
        };
        asked.iter().map(letter).collect::<String>()
    };
    assert_eq!(turns(Share::EVEN), "tltutltu");
    assert_eq!(turns(Share { top: 3, sample: 1 }), "tttltttu");
    assert_eq!(turns(ONLY_SAMPLE), "lulululu");
}

#[test]
fn where_the_arms_meet_the_sample_asks_one_more() {
    // Pair 0 has luck and is worth most after pair 9.
    let mut candidates = alike(10, 10, 0.6, 0.4);
    (candidates[9].change, candidates[0].change) = (9.0, 8.0);
    let said = HashMap::new();
    let asked = queue(&candidates, Share::EVEN, &said).next(4);
    let asked: Vec<_> = asked.iter().map(|it| (it.index, it.arm)).collect();
    // Third would be pair 0 for the top: it is taken over, and linked pair 1 asked in its stead.
    let sample = Arm::Sample;
    assert_eq!(asked, [(9, Arm::Top), (0, sample), (1, sample), (10, sample)]);
}

#[test]
fn many_at_once_are_the_same_as_one_at_a_time() {
    let mut random = Random(5);
    for share in [Share::EVEN, ONLY_SAMPLE, Share { top: 2, sample: 3 }] {
        let candidates = motley(80, &mut random);
        // A few answers out of turn do not change that.
        let mut said: HashMap<u32, Verdict> = (0..9).map(|at| (at * 7, Different)).collect();
        let at_once = queue(&candidates, share, &said).next(100);
        assert_eq!(at_once.len(), 71);
        for expected in &at_once {
            let next = queue(&candidates, share, &said).next(1);
            assert_eq!(next, [*expected]);
            said.insert(next[0].index as u32, [Same, Different, Unsure][next[0].index % 3]);
        }
        assert!(queue(&candidates, share, &said).next(1).is_empty());
    }
}

#[test]
fn the_order_of_the_candidates_does_not_matter() {
    let mut random = Random(6);
    let candidates = motley(300, &mut random);
    let said = (0..40).map(|at| (at * 7, if at % 3 == 0 { Same } else { Different })).collect();
    let ids = |candidates: &[Candidate]| {
        let asked = queue(candidates, Share::EVEN, &said).next(60);
        asked.iter().map(|it| candidates[it.index].a).collect::<Vec<_>>()
    };
    let (expected, report) =
        (ids(&candidates), queue(&candidates, Share::EVEN, &said).report(None));
    for _ in 0..5 {
        let mut shuffled = candidates.clone();
        random.shuffle(&mut shuffled);
        assert_eq!(ids(&shuffled), expected);
        // To the last bit.
        assert_eq!(queue(&shuffled, Share::EVEN, &said).report(None), report);
    }
}

#[test]
fn by_hand() {
    // 40 linked and 80 unlinked pairs, all alike, so the sample is drawn evenly. The first 10 of
    // each side are answered: 2 links are wrong, 1 pair was missed.
    let candidates = alike(40, 80, 0.9, 0.05);
    let said = (0..10)
        .map(|at| (at, if at < 2 { Different } else { Same }))
        .chain((40..50).map(|at| (at, if at == 45 { Same } else { Different })))
        .collect();
    let report = queue(&candidates, ONLY_SAMPLE, &said).report(None);
    assert_eq!((report.n_population, report.n_linked, report.n_answered_sample), (120, 40, 20));
    assert_eq!((report.n_answered_top, report.n_aside, report.n_unsure), (0, 0, 0));
    assert!(!report.enough());
    // A weight is τ ÷ w = the eleventh's w ÷ u ÷ w = 1 ÷ u: 121 ÷ 11 for linked pairs, as the
    // chance is of all numbers up to 1, and 121 ÷ 51 for unlinked ones, which have worse luck.
    let close = |x: f64, y: f64| assert!((x - y).abs() < 1e-9, "{x} {y}");
    close(report.precision_plain.point, 1.0 - 2.0 * 11.0 / 40.0);
    // 36 expected, and 8 answers 0.1 above, 2 answers 0.9 below.
    let found = 36.0 + 11.0 * (8.0 * 0.1 - 2.0 * 0.9);
    close(report.precision.point, found / 40.0);
    let missed = 4.0 + 121.0 / 51.0 * (0.95 - 9.0 * 0.05);
    assert!((report.recall.point - found / (found + missed)).abs() < 1e-9);
    assert!(report.precision.low < 0.6 && report.precision.high > 0.7);
    // Two bands have answers: .05 with 1 of 10 the same, .9 with 8 of 10.
    let bands: Vec<_> = report.bands.iter().map(|it| (it.from, it.n_told)).collect();
    assert_eq!(bands, [(0.01, 10), (0.9, 10)]);
    close(report.bands[1].same, 0.8);
    close(report.bands[1].mean_probability, 0.9);
    // Wilson's interval for 8 of 10.
    close(report.bands[1].low, 0.490_162_471_536_641_8);
}

#[test]
fn without_a_surprise_the_interval_is_wilsons() {
    // 30 of 1,000 linked pairs are right; the chance is such that each speaks for 1,000 ÷ 30.
    let mut candidates = alike(1_000, 0, 0.9, 0.0);
    candidates[30].key = (0.03 * 2f64.powi(64)) as u64;
    for candidate in &mut candidates[..30] {
        candidate.key /= 2;
    }
    let said = (0..30).map(|at| (at, Same)).collect();
    let report = queue(&candidates, ONLY_SAMPLE, &said).report(None);
    let precision = report.precision_plain;
    assert_eq!((precision.point, precision.high, precision.enough), (1.0, 1.0, true));
    // n ÷ (n + z²) by hand, a little less for the 30 of 1,000 that are known.
    assert!((precision.low - 30.0 / 33.8415).abs() < 0.005, "{precision:?}");
}

#[test]
fn too_few_answers_say_so() {
    let candidates = alike(40, 80, 0.9, 0.05);
    let said = HashMap::new();
    let report = queue(&candidates, Share::EVEN, &said).report(None);
    for it in [report.precision, report.recall, report.precision_plain, report.recall_plain] {
        assert_eq!((it.low, it.high, it.enough), (0.0, 1.0, false));
    }
    // Nothing at all, and nothing linked.
    let report = queue(&[], Share::EVEN, &said).report(None);
    assert_eq!((report.precision.point, report.recall.point), (1.0, 1.0));
    let unlinked = alike(0, 5, 0.0, 0.1);
    let report = queue(&unlinked, Share::EVEN, &said).report(None);
    assert_eq!((report.precision.point, report.recall.low, report.recall.high), (1.0, 0.0, 1.0));
}

#[test]
fn cannot_tell_is_neither_same_nor_different() {
    let candidates = alike(10, 10, 0.9, 0.1);
    // All answered: of 10 links 6 are right, 2 wrong, 2 nobody knows; of the others 2 are missed,
    // 7 rightly apart, 1 nobody knows.
    let verdicts = "ssssssdd??ssddddddd?".chars();
    let said = (0..)
        .zip(verdicts.map(|it| match it {
            's' => Same,
            'd' => Different,
            _ => Unsure,
        }))
        .collect();
    let report = queue(&candidates, Share::EVEN, &said).report(None);
    assert_eq!((report.n_unsure, report.enough()), (3, true));
    for it in [report.precision, report.precision_plain] {
        assert_eq!((it.point, it.if_against, it.if_for), (6.0 / 8.0, 0.6, 0.8));
    }
    for it in [report.recall, report.recall_plain] {
        assert_eq!((it.point, it.if_against, it.if_for), (6.0 / 8.0, 6.0 / 9.0, 8.0 / 10.0));
    }
    // They are in no band.
    assert_eq!(report.bands.iter().map(|it| it.n_told).sum::<usize>(), 17);
    // And they do not make a sample larger: 30 answers are enough, 20 and 10 of these are not.
    let candidates = alike(100, 0, 0.9, 0.0);
    let said = |n_unsure| (0..30).map(move |at| (at, if at < n_unsure { Unsure } else { Same }));
    let enough = |n_unsure| {
        let said = said(n_unsure).collect();
        queue(&candidates, ONLY_SAMPLE, &said).report(None).precision.enough
    };
    assert!(enough(0) && !enough(10));
}

#[test]
fn pairs_never_compared_count_in_a_recall_of_their_own() {
    let candidates = alike(10, 10, 0.9, 0.1);
    let said = (0..20).map(|at| (at, if at < 10 { Same } else { Different })).collect();
    let queue = queue(&candidates, Share::EVEN, &said);
    assert_eq!(queue.report(None).recall_beyond, None);
    // 100 pairs were never compared. Of the 20 whose turn has come 2 are the same; the one after
    // the gap was answered out of turn and says nothing.
    let mut drawn = vec![(21, Some(Same)), (20, None)];
    drawn.extend((0..20).map(|key| (key, Some(if key < 2 { Same } else { Different }))));
    let report = queue.report(Some(&Beyond { n_total: 100, drawn }));
    let beyond = report.recall_beyond.unwrap();
    assert_eq!((report.recall.point, beyond.point), (1.0, 0.5));
    assert!(beyond.low < 0.4 && beyond.high > 0.6 && !beyond.enough);
    // None drawn: there is nothing to go by.
    let beyond = Beyond { n_total: 100, drawn: Vec::new() };
    let it = queue.report(Some(&beyond)).recall_beyond.unwrap();
    assert_eq!((it.low, it.high, it.enough), (0.0, 1.0, false));
}

#[test]
fn a_new_pair_takes_its_place_and_is_asked_first() {
    let mut candidates = motley(200, &mut Random(8));
    let mut said = HashMap::new();
    let asked = queue(&candidates, Share::EVEN, &said).next(100);
    said.extend(asked.iter().map(|it| (it.index as u32, Same)));
    // The pool grows by a pair of great worth: the answers after it have to wait for it.
    candidates.push(pair(200, 0.5, true, 1_000.0, 0.999));
    let report = queue(&candidates, Share::EVEN, &said).report(None);
    assert_eq!((report.n_answered_top, report.n_aside), (0, 100));
    assert_eq!(queue(&candidates, Share::EVEN, &said).next(1)[0].index, 200);
    said.insert(200, Different);
    assert!(queue(&candidates, Share::EVEN, &said).report(None).n_aside <= 2);
}
