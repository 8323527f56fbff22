//! The scan against SaTScan 10.3.2, on the data sets that are published with it. Without them
//! (`SHEAF_DATA` names the folder above `stats`) the tests say so and do nothing.

use sheaf_model::Day;
use sheaf_stats::scan::*;
use sheaf_stats::{Measured, Period, Sites};

fn table(name: &str) -> Option<Vec<Vec<String>>> {
    let Some(folder) = std::env::var_os("SHEAF_DATA") else {
        println!("skipped: SHEAF_DATA is not set, so {name} is not at hand");
        return None;
    };
    let path = std::path::Path::new(&folder).join("stats/scan").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let row = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    Some(text.lines().map(row).filter(|row| !row.is_empty()).collect())
}

fn sites(name: &str, measured: Measured) -> Option<Sites> {
    let place =
        |row: &Vec<String>| (row[0].clone(), [row[1].parse().unwrap(), row[2].parse().unwrap()]);
    Some(Sites::new(table(name)?.iter().map(place).collect(), measured).unwrap())
}

fn number(sites: &Sites, name: &str) -> u32 {
    (0..sites.len() as u32).find(|&site| sites.name(site) == name).unwrap()
}

fn names<'a>(sites: &'a Sites, cluster: &Cluster) -> Vec<&'a str> {
    cluster.sites.iter().map(|&site| sites.name(site)).collect()
}

/// Cluster, places, observed, expected to two digits, ratio to six, p within its Monte Carlo error.
fn check(sites: &Sites, cluster: &Cluster, expected: (&str, u32, f64, f64, f64)) {
    let (places, observed, mu, ratio, p) = expected;
    let mut found = names(sites, cluster);
    let mut places: Vec<&str> = places.split(' ').collect();
    assert_eq!(found[0], places[0], "the centre");
    found.sort_unstable();
    places.sort_unstable();
    assert_eq!(found, places);
    assert_eq!(cluster.observed, observed);
    assert!((cluster.expected - mu).abs() <= 0.005 + 1e-9, "expected {}", cluster.expected);
    assert_eq!(format!("{:.6}", cluster.ratio), format!("{ratio:.6}"));
    // SaTScan's p-value counts replications that are odder, not those as odd. Both err; four standard deviations of their difference.
    let error = 4.0 * (2.0 * p * (1.0 - p) / 200.0).sqrt();
    assert!((cluster.p_above - p).abs() < error + 0.005, "p {}, theirs {p}", cluster.p_above);
}

const SEQUENTIAL: Replications = Replications { most: 999, enough: Some(50) };

#[test]
fn fever_in_new_york() {
    let Some(sites) = sites("NYCfever.geo", Measured::Globe) else { return };
    let day = |d| Day::from_ymd(2001, 11, d).unwrap();
    let period = Period::days(day(1), day(24), 1).unwrap();
    let cases: Vec<Count> = table("NYCfever.cas")
        .unwrap()
        .iter()
        .map(|row| {
            let last = row[2].rsplit('/').next().unwrap().parse().unwrap();
            let step = period.step(day(last)).unwrap();
            Count { site: number(&sites, &row[0]), step, n: row[1].parse().unwrap() }
        })
        .collect();
    let options = ScanOptions {
        reach: Reach { radius: Some(3.0), share: 0.5 },
        look: Look::Now,
        longest: 7,
        fewest: 2,
        replications: SEQUENTIAL,
        most_clusters: 10,
    };
    let finding =
        scan(&sites, &cases, period.n_steps(), Background::CasesOnly, &options, 1).unwrap();
    let [first, second, third, ..] = &finding.clusters[..] else { panic!("too few clusters") };
    let zips = "11418 11415 11419 11435 11416 11421 11451 11375 11417";
    check(&sites, first, (zips, 4, 0.67, 3.845418, 0.242));
    assert_eq!(period.days_of(first.first).0, day(22));
    assert_eq!(period.days_of(first.last).1, day(24));
    assert_eq!(format!("{:.2}", first.radius), "2.90");
    check(&sites, second, ("11372", 2, 0.16, 3.164201, 0.575));
    assert_eq!(period.days_of(second.first).0, day(24));
    check(&sites, third, ("10472", 2, 0.29, 2.137259, 0.966));
    assert!(finding.stopped);
    println!(
        "{} replications, p {:.3}, Gumbel {:.3?}",
        finding.maxima.len(),
        first.p,
        first.p_gumbel
    );
    println!("{}", in_words(first.recurrence(), "day"));
}

#[test]
fn brain_cancer_in_new_mexico() {
    let Some(sites) = sites("nm.geo", Measured::Globe) else { return };
    let day = |y, m, d| Day::from_ymd(y, m, d).unwrap();
    let period = Period::years(day(1973, 1, 1), day(1991, 12, 31), 1).unwrap();
    let group = |age: &str, sex: &str| {
        let (age, sex): (u32, u32) = (age.parse().unwrap(), sex.parse().unwrap());
        (age - 1) * 2 + sex - 1
    };
    let mut of_group = vec![0u64; 40];
    let cases: Vec<Count> = table("nm.cas")
        .unwrap()
        .iter()
        .map(|row| {
            let n: u32 = row[1].parse().unwrap();
            of_group[group(&row[3], &row[4]) as usize] += u64::from(n);
            let step = period.step(day(row[2].parse().unwrap(), 7, 1)).unwrap();
            Count { site: number(&sites, &row[0]), step, n }
        })
        .collect();
    let censuses: Vec<Census> = table("nm.pop")
        .unwrap()
        .iter()
        .map(|row| Census {
            site: number(&sites, &row[0]),
            day: day(1900 + row[1].parse::<i32>().unwrap(), 7, 1),
            group: group(&row[3], &row[4]),
            people: row[2].parse().unwrap(),
        })
        .collect();
    let expected = Expected::standardised(&censuses, &of_group, sites.len(), &period).unwrap();
    let options = ScanOptions {
        reach: Reach { radius: None, share: 0.5 },
        look: Look::Back,
        longest: 9,
        fewest: 2,
        replications: SEQUENTIAL,
        most_clusters: 10,
    };
    let background = Background::Population(&expected);
    let finding = scan(&sites, &cases, period.n_steps(), background, &options, 1).unwrap();
    let [first, second, third, ..] = &finding.clusters[..] else { panic!("too few clusters") };
    let counties =
        "Torrance Bernalillo Valencia SantaFe Guadelupe Socorro Sandoval SanMiguel LosAlamos";
    check(&sites, first, (counties, 236, 176.22, 10.979758, 0.014));
    assert_eq!(format!("{:.2}", first.radius), "125.60");
    assert_eq!(format!("{:.2}", first.relative_risk.unwrap()), "1.42");
    assert_eq!(period.days_of(first.first).0, day(1985, 1, 1));
    assert_eq!(period.days_of(first.last).1, day(1989, 12, 31));
    check(&sites, second, ("Chaves", 16, 6.03, 5.684828, 0.692));
    check(&sites, third, ("Curry Roosevelt", 13, 5.37, 3.884186, 0.996));
}

#[test]
fn leukaemia_in_north_humberside() {
    let Some(sites) = sites("NHumberside.geo", Measured::Plane) else { return };
    let counts = |name: &str| -> Vec<Count> {
        let count = |row: &Vec<String>| Count {
            site: number(&sites, &row[0]),
            step: 0,
            n: row[1].parse().unwrap(),
        };
        table(name).unwrap().iter().map(count).collect()
    };
    let (cases, controls) = (counts("NHumberside.cas"), counts("NHumberside.ctl"));
    let options = ScanOptions {
        reach: Reach { radius: None, share: 0.5 },
        look: Look::Space,
        longest: 1,
        fewest: 2,
        replications: SEQUENTIAL,
        most_clusters: 10,
    };
    let background = Background::Controls(&controls);
    let finding = scan(&sites, &cases, 1, background, &options, 1).unwrap();
    let [first, second, ..] = &finding.clusters[..] else { panic!("too few clusters") };
    check(&sites, first, ("170 173 172 169", 4, 1.22, 4.836516, 0.36));
    assert_eq!(format!("{:.2}", first.relative_risk.unwrap()), "3.43");
    // The tie goes to the name that comes first, so this one is told second.
    check(&sites, second, ("18 19 14 26", 4, 1.22, 4.836516, 0.36));
}
