//! Real files, read to the row and to the published sums. They are not part of the repository: the
//! folder is named by SHEAF_DATA, and without it these tests say that they were skipped.

mod common;

use std::collections::BTreeMap;

use common::{data, read};
use sheaf_model::{Batch, Harm, Meaning, SetAsideReason, Unit, Whom};

/// How many reports, how many rows set aside, and the best deaths by year of the first day.
fn check(file: &str, reader: &str, reports: u64, set_aside: u64, sums: &[(i32, u64)]) {
    let Some(folder) = data() else { return };
    let (reading, batches) = read(&folder.join(file), None);
    assert_eq!(reading.head.reader, reader, "{file}");
    assert_eq!(reading.tally.reports, reports, "{file}");
    assert_eq!(reading.tally.n_set_aside(), set_aside, "{file}");
    assert_eq!(reading.tally.read(), reports + set_aside, "{file}");
    assert!(reading.unknown.is_empty(), "{file}: {:?}", reading.unknown);
    let by_year = best_deaths(&batches);
    for &(year, sum) in sums {
        let found = match year {
            0 => by_year.values().sum(),
            year => by_year.get(&year).copied().unwrap_or(0),
        };
        assert_eq!(found, sum, "{file}: best deaths of {year}");
    }
}

/// The best deaths of all, by the year of the first day (0 for undated ones).
fn best_deaths(batches: &[Batch]) -> BTreeMap<i32, u64> {
    let mut sums = BTreeMap::new();
    for report in batches.iter().flat_map(Batch::reports) {
        let year = report.claims().iter().find_map(|claim| match claim.meant {
            Meaning::When(when) => Some(when.first().ymd().0),
            _ => None,
        });
        for toll in report.claims().iter().filter_map(|claim| claim.meant.toll()) {
            if toll.harm == Harm::Killed && toll.whom == Whom::All {
                let best = toll.count.best().unwrap_or(toll.count.low());
                *sums.entry(year.unwrap_or(0)).or_default() += u64::from(best);
            }
        }
    }
    sums
}

#[test]
fn ged_central_african_republic() {
    let sums =
        [(0, 14_948), (2013, 3_396), (2014, 3_493), (2017, 1_848), (2021, 1_080), (2022, 773)];
    check("events/ged-car-23.1.csv", "ucdp-ged", 1_848, 0, &sums);
}

#[test]
fn ged_syria() {
    let sums = [(2016, 48_710), (2017, 33_316), (2018, 20_251), (2019, 10_060)];
    check("events/ged-syria-19.1.csv.gz", "ucdp-ged", 16_566, 0, &sums);
}

#[test]
fn ged_ukraine_in_the_hdx_layout() {
    let sums = [(2014, 4_423), (2015, 1_314), (2016, 252), (2017, 409), (2018, 243), (2019, 234)];
    check("events/ged-ukraine-hdx-layout.csv", "ucdp-ged", 1_167, 1, &sums);
    let Some(folder) = data() else { return };
    let (reading, _) = read(&folder.join("events/ged-ukraine-hdx-layout.csv"), None);
    assert_eq!(reading.tally.set_aside.get(&SetAsideReason::TagRow), Some(&1));
}

#[test]
fn ged_sample_and_thin_extracts() {
    check("events/ged-sample-49col.csv", "ucdp-ged", 1_000, 0, &[]);
    check("events/ged-pakistan-14col.csv", "ucdp-ged-thin", 4_836, 0, &[]);
    check("events/ged-global-subset-14col.csv.gz", "ucdp-ged-thin", 176_579, 0, &[]);
}

#[test]
fn ged_country_years_in_older_layouts() {
    check("link/nigeria-2011-ged.csv", "ucdp-ged", 248, 0, &[(0, 1_810)]);
    check("link/libya-2014-ged.csv", "ucdp-ged", 103, 0, &[(0, 1_457)]);
    check("link/ssudan-2015-ged.csv", "ucdp-ged", 98, 0, &[(0, 1_136)]);
}

#[test]
fn maverick_is_read_whole() {
    check("link/maverick-dev.csv", "maverick", 2_031, 0, &[]);
}

#[test]
fn crash_files_are_read_without_a_loss() {
    for (n, reports) in [(1, 71), (2, 64), (3, 60)] {
        let file = format!("link/meltt-crash/crash_data{n}.csv");
        check(&file, "crash", reports, 0, &[]);
        let Some(folder) = data() else { return };
        let (reading, batches) = read(&folder.join(&file), None);
        assert_eq!(reading.head.source.name.as_str(), format!("crash-data{n}"));
        assert_eq!(reading.tally.n_doubts(), 0, "{file}");
        // Every cell of the file but `dataset` and the key is a claim.
        assert!(batches.iter().flat_map(Batch::reports).all(|it| it.claims().len() == 7));
    }
}

#[test]
fn gdelt_is_read_as_leads() {
    check("events/gdelt-20191024143000.export.csv.gz", "gdelt", 2_111, 0, &[]);
    let Some(folder) = data() else { return };
    let file = folder.join("events/gdelt-20191024143000.export.csv.gz");
    let (_, batches) = read(&file, None);
    assert!(batches.iter().flat_map(Batch::reports).all(|report| report.unit() == Unit::Lead));
}

/// Half a file gives half its reports, and the same ones: what a row says does not depend on the
/// rows around it, save for keys met before.
#[test]
fn batches_of_any_size_say_the_same() {
    let Some(folder) = data() else { return };
    let file = folder.join("events/ged-car-23.1.csv");
    let told = |batch_size| {
        let mut options = sheaf_read::ReadOptions::found_out();
        options.batch_size = batch_size;
        let (reading, batches, _) = sheaf_read::read_all(&file, &options).unwrap();
        sheaf_read::told(&reading, &batches)
    };
    let lines = |told: &str| {
        let mut lines: Vec<String> = told.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(lines(&told(16_384)), lines(&told(7)));
}
