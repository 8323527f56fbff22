//! The Knox test on Burkitt's lymphoma in the West Nile district, against R's surveillance 1.20.3
//! and the whole table made from the formula. Without the data the test says so and does nothing.

use sheaf_stats::knox::{Band, Event, KnoxOptions, knox};
use sheaf_stats::{Measured, Sites};

fn rows(name: &str) -> Option<Vec<Vec<f64>>> {
    let Some(folder) = std::env::var_os("SHEAF_DATA") else {
        println!("skipped: SHEAF_DATA is not set, so {name} is not at hand");
        return None;
    };
    let path = std::path::Path::new(&folder).join("stats/knox").join(name);
    let mut reader = csv::Reader::from_path(path).unwrap();
    let row = |row: csv::StringRecord| row.iter().filter_map(|it| it.parse().ok()).collect();
    Some(reader.records().map(|it| row(it.unwrap())).collect())
}

#[test]
fn burkitts_lymphoma() {
    let Some(cases) = rows("burkitt.csv") else { return };
    let places = cases.iter().enumerate().map(|(k, it)| (k.to_string(), [it[0], it[1]])).collect();
    let sites = Sites::new(places, Measured::Plane).unwrap();
    let events: Vec<Event> =
        (0..).zip(&cases).map(|(site, it)| Event { site, day: it[2] }).collect();
    let table = rows("expected.csv").unwrap();
    assert_eq!(table.len(), 30);
    let distinct = |column: usize| {
        let mut all: Vec<f64> = table.iter().map(|row| row[column]).collect();
        all.dedup();
        all.sort_by(f64::total_cmp);
        all.dedup();
        all
    };
    let bands = |column| distinct(column).iter().map(|&to| Band::within(to).unwrap()).collect();
    let options = KnoxOptions { space: bands(0), time: bands(1), permutations: 999 };
    let finding = knox(&sites, &events, &options, 1).unwrap();
    assert_eq!(finding.pairs, 17_578);
    for row in table {
        let is_it = |band: Band, to: f64| band == Band::within(to).unwrap();
        let cell =
            finding.cells.iter().find(|it| is_it(it.space, row[0]) && is_it(it.time, row[1]));
        let cell = cell.unwrap();
        assert_eq!(cell.observed as f64, row[2], "{row:?}");
        assert!((cell.expected - row[3]).abs() < 5e-7 * row[3].max(1.0), "{row:?} {cell:?}");
        assert!((cell.p_poisson - row[4]).abs() < 6e-6 * row[4].max(1e-3), "{row:?} {cell:?}");
        if (row[0], row[1]) == (5.0, 30.0) {
            // R's permutation p, 0.197, and ours, each of 999.
            assert!((cell.p - 0.197).abs() < 4.0 * (2.0 * 0.197 * 0.803 / 999.0f64).sqrt());
        }
    }
}
