//! The scan: by hand, on a known truth, under the null, against plain arithmetic over all windows.
//! Against SaTScan it is held in `tests/published.rs`.

use super::*;
use crate::testing::unevenness;
use crate::{Chance, Measured};

fn options(look: Look, longest: u32) -> ScanOptions {
    ScanOptions {
        reach: Reach { radius: Some(2.5), share: 0.5 },
        look,
        longest,
        fewest: 2,
        replications: Replications { most: 99, enough: None },
        most_clusters: 10,
    }
}

/// Places on a square grid with a side of so many.
fn grid(side: u32) -> Sites {
    let place = |k: u32| (format!("{k:04}"), [f64::from(k % side), f64::from(k / side)]);
    Sites::new((0..side * side).map(place).collect(), Measured::Plane).unwrap()
}

fn scattered(chance: &mut Chance, n: usize, n_sites: u32, n_steps: u32) -> Vec<Count> {
    let site = |chance: &mut Chance| chance.below(n_sites as usize) as u32;
    let step = |chance: &mut Chance| chance.below(n_steps as usize) as u32;
    (0..n).map(|_| Count { site: site(chance), step: step(chance), n: 1 }).collect()
}

/// Every circle and every window, counted by the definition.
fn plainly(
    sites: &Sites,
    cases: &[Count],
    n_steps: u32,
    people: &[Count],
    options: &ScanOptions,
) -> f64 {
    let n_sites = sites.len() as u32;
    let count = |of: &[Count], radius: f64, centre: u32, first: u32, last: u32| -> f64 {
        let inside = |it: &&Count| {
            sites.distance(centre, it.site) <= radius && (first..=last).contains(&it.step)
        };
        of.iter().filter(inside).map(|it| f64::from(it.n)).sum()
    };
    let total = count(cases, f64::INFINITY, 0, 0, n_steps);
    let all = count(people, f64::INFINITY, 0, 0, n_steps);
    let weigh = People { cases: total, all };
    let mut best = 0.0f64;
    for centre in 0..n_sites {
        for edge in 0..n_sites {
            let radius = sites.distance(centre, edge);
            let inside = count(people, radius, centre, 0, n_steps);
            if radius > 2.5 || inside > 0.5 * all {
                continue;
            }
            for first in 0..n_steps {
                for last in first..n_steps {
                    let now = options.look == Look::Now && last + 1 != n_steps;
                    let c = count(cases, radius, centre, first, last);
                    if last - first + 1 > options.longest || now || c < 2.0 {
                        continue;
                    }
                    let ratio = if cases.as_ptr() == people.as_ptr() {
                        let mu = inside * count(cases, f64::INFINITY, 0, first, last) / total;
                        let outside = if c < total { (total - c) / (total - mu) } else { 1.0 };
                        if c > mu { c * (c / mu).ln() + (total - c) * outside.ln() } else { 0.0 }
                    } else {
                        weigh.ratio(c as u32, count(people, radius, centre, first, last))
                    };
                    best = best.max(ratio);
                }
            }
        }
    }
    best
}

#[test]
fn the_sparse_walk_finds_what_a_walk_over_everything_finds() {
    let sites = grid(5);
    let mut chance = Chance::new(11, 0);
    for trial in 0..12 {
        let cases = scattered(&mut chance, 40, 25, 14);
        let controls = scattered(&mut chance, 60, 25, 14);
        let people: Vec<Count> = cases.iter().chain(&controls).copied().collect();
        for look in [Look::Back, Look::Now] {
            let options = options(look, 5);
            let scanned = |background| {
                let finding = scan(&sites, &cases, 14, background, &options, 1).unwrap();
                finding.clusters.first().map_or(0.0, |it| it.ratio)
            };
            let only = plainly(&sites, &cases, 14, &cases, &options);
            assert!((scanned(Background::CasesOnly) - only).abs() < 1e-9, "{trial} {look:?}");
            let with = plainly(&sites, &cases, 14, &people, &options);
            let found = scanned(Background::Controls(&controls));
            assert!((found - with).abs() < 1e-9, "{trial} {look:?}: {found} {with}");
        }
    }
}

#[test]
fn a_planted_cluster_is_found_where_and_when_it_is() {
    let sites = grid(10);
    let mut found = 0;
    for trial in 0..20 {
        let mut cases = scattered(&mut Chance::new(5, trial), 150, 100, 60);
        for (site, step) in [(44, 50), (45, 51), (54, 51), (44, 53), (55, 54), (45, 55)] {
            cases.push(Count { site, step, n: 2 });
        }
        let finding =
            scan(&sites, &cases, 60, Background::CasesOnly, &options(Look::Back, 7), trial);
        let best = &finding.unwrap().clusters[0];
        found += u32::from(
            best.sites.iter().any(|site| [44, 45, 54, 55].contains(site))
                && best.first <= 55
                && best.last >= 50,
        );
    }
    assert!(found >= 16, "{found} of 20");
}

#[test]
fn p_values_are_even_when_nothing_is_the_matter() {
    let sites = grid(6);
    let background = Expected { cases: vec![1.0; 36 * 20], n_steps: 20 };
    for (name, look) in
        [("cases only", Look::Now), ("cases only", Look::Back), ("people", Look::Back)]
    {
        let p = (0..500).map(|trial| {
            let cases = scattered(&mut Chance::new(77, trial), 60, 36, 20);
            let of = match name {
                "people" => Background::Population(&background),
                _ => Background::CasesOnly,
            };
            let finding = scan(&sites, &cases, 20, of, &options(look, 4), trial).unwrap();
            let p = finding.clusters.first().map_or(1.0, |it| it.p);
            // Ties are many in counts this small; between two p-values any is as good.
            let observed = finding.clusters.first().map_or(0.0, |it| it.ratio);
            let ties = finding.maxima.iter().filter(|&&max| (max - observed).abs() < 1e-9).count();
            p - Chance::new(3, trial).unit() * (ties as f64 + 1.0) / 100.0
        });
        let uneven = unevenness(p.collect());
        assert!(uneven < 1.95, "{name}, {look:?}: {uneven}");
    }
}

#[test]
fn threads_and_the_order_of_input_change_nothing() {
    let sites = grid(6);
    let mut cases = scattered(&mut Chance::new(2, 2), 80, 36, 30);
    let finding = |cases: &[Count]| {
        scan(&sites, cases, 30, Background::CasesOnly, &options(Look::Back, 7), 9).unwrap()
    };
    let first = finding(&cases);
    cases.reverse();
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(alone.install(|| finding(&cases)), first);
}

#[test]
fn stopping_early_keeps_the_first_replications() {
    let sites = grid(6);
    let cases = scattered(&mut Chance::new(8, 1), 60, 36, 20);
    let with = |enough| {
        let replications = Replications { most: 499, enough };
        let options = ScanOptions { replications, ..options(Look::Back, 7) };
        scan(&sites, &cases, 20, Background::CasesOnly, &options, 4).unwrap()
    };
    let (all, some) = (with(None), with(Some(5)));
    assert!(some.stopped && some.maxima.len() < 499);
    assert_eq!(all.maxima[..some.maxima.len()], some.maxima);
    assert_eq!(some.clusters[0].p, 5.0 / some.maxima.len() as f64);
}

#[test]
fn why_there_is_no_answer_is_said() {
    let sites = grid(3);
    let case = |site, step| Count { site, step, n: 1 };
    let check = |cases: &[Count], options: ScanOptions, expected: &str| {
        let error = scan(&sites, cases, 10, Background::CasesOnly, &options, 1).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(!error.hint().is_empty());
    };
    let back = options(Look::Back, 3);
    check(&[case(1, 1)], back, "there are 1 cases, and 2 are the fewest that can be asked about");
    check(
        &[case(1, 1), case(1, 2), case(1, 3)],
        back,
        "all 3 cases are at one place (0001), so that no place stands out",
    );
    check(
        &[case(1, 4), case(2, 4)],
        back,
        "all 2 cases fall on one day (or step of time), so that no time stands out",
    );
    let two = [case(1, 4), case(2, 5)];
    check(
        &two,
        options(Look::Back, 11),
        "a window of 11 steps is longer than the data, which span 10 steps",
    );
    check(&[case(1, 4), case(9, 5)], back, "a case refers to place number 9, which is not there");
    check(&[case(1, 4), case(2, 10)], back, "a case refers to step 10 of 10, which is not there");
    check(
        &two,
        options(Look::Space, 1),
        "space alone is asked of cases only; it must be held against a background",
    );
    let lost = Sites::new(vec![("dock".into(), [f64::NAN, 1.0])], Measured::Globe).unwrap_err();
    assert_eq!(lost.to_string(), "dock has no usable coordinates (they are missing or no numbers)");
}
