//! Runs the cases of `cases/settle/*.md`. Each case is a heading, some words on why, a table of
//! reports and a table of what is settled from them, written so that somebody who knows incidents
//! and no Rust can say whether it is right. Where the answer differs, the test prints the table as
//! it would have to read; with `SHEAF_BLESS=1` it writes it into the file, to be read in the diff.

mod reading;
mod writing;

use std::fs;
use std::path::Path;

use sheaf_settle::{INTERVAL, settle};

#[test]
fn every_case_settles_as_it_is_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/settle");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.retain(|file| file.extension().is_some_and(|it| it == "md"));
    let bless = std::env::var_os("SHEAF_BLESS").is_some();
    let (mut n_cases, mut wrong) = (0, String::new());
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        let mut blessed = text.clone();
        for case in reading::cases(&text) {
            n_cases += 1;
            let name = format!("{}: {}", file.file_name().unwrap().to_string_lossy(), case.title);
            let settled = check_orders(&name, &case);
            if settled != case.settled && bless {
                let old =
                    blessed.split_off(blessed.find(&format!("\n## {}\n", case.title)).unwrap());
                blessed += &writing::with_table(&old, &writing::table(&settled));
            } else if settled != case.settled {
                wrong += &format!("\n{name}\nsettles to\n{}", writing::table(&settled));
            }
        }
        if blessed != text {
            fs::write(file, blessed).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(n_cases >= 20, "only {n_cases} cases were found");
}

/// The rows a case settles to, after checking that no order of reports or members changes them.
fn check_orders(name: &str, case: &reading::Case) -> Vec<Vec<String>> {
    let n_reports = case.reports.len();
    let mut rows = None;
    for shift in 0..n_reports {
        for backwards in [false, true] {
            let mut order: Vec<usize> = (0..n_reports).collect();
            order.rotate_left(shift);
            if backwards {
                order.reverse();
            }
            let ballots = case.ballots(&order);
            let mut members: Vec<u32> = (0..n_reports as u32).collect();
            members.rotate_right(shift / 2);
            let these = writing::rows(&settle(&ballots, &members, INTERVAL));
            assert_eq!(rows.get_or_insert_with(|| these.clone()), &these, "{name}: order matters");
        }
    }
    rows.unwrap_or_default()
}
