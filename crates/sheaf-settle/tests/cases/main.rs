//! Runs the cases of `cases/settle/*.md`. Each case is a heading, some words on why, a table of
//! reports and a table of what is settled from them, written so that somebody who knows incidents
//! and no Rust can say whether it is right. Where the answer differs, the test prints the table as
//! it would have to read; with `SHEAF_BLESS=1` it writes it into the file, to be read in the diff.
//! A file named after a profile is settled by that profile, any other by the default. The pages in
//! `cases/settle/side-by-side` show one case settled by all.

mod checks;
mod reading;
mod writing;

use std::fs;
use std::path::Path;

use sheaf_settle::{INTERVAL, PROFILES, Profile, profile, rule, side_by_side};

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
            let stem = file.file_stem().unwrap().to_string_lossy();
            let settled = check_orders(&name, &case, profile(&stem));
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
fn check_orders(
    name: &str,
    case: &reading::Case,
    profile: Option<&'static dyn Profile>,
) -> Vec<Vec<String>> {
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
            let ruling = rule(&ballots, &members, profile.unwrap_or(INTERVAL));
            let these = match profile {
                Some(_) => writing::rows_of(&ruling, case),
                None => writing::rows(&ruling.settled),
            };
            assert_eq!(rows.get_or_insert_with(|| these.clone()), &these, "{name}: order matters");
        }
    }
    rows.unwrap_or_default()
}

/// The pages that show a case as all profiles settle it.
#[test]
fn every_page_shows_what_all_profiles_make_of_its_case() {
    check_page("urumqi.md", "urumqi.md", "Five sources, three scopes, two dates");
    let title = "\"At least 31\", \"43 including 6 attackers\", \"dozens\"";
    check_page("check-01.md", "attackers.md", title);
}

/// Compares a page with what the profiles make of a case now.
fn check_page(page: &str, file: &str, title: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/settle");
    let told = fs::read_to_string(folder.join(file)).unwrap();
    let heading = told.lines().next().unwrap_or_default();
    let cases = reading::cases(&told);
    let case = cases.iter().find(|case| case.title == title).expect(title);
    let order: Vec<usize> = (0..case.reports.len()).collect();
    let members: Vec<u32> = (0..case.reports.len() as u32).collect();
    let rulings = side_by_side(&case.ballots(&order), &members);
    let mut text = format!(
        "{heading}: {title}\n\nThe case of that name in [{file}](../{file}), settled by every \
         profile.\nA test writes this page and fails where it differs.\n\n{}",
        case.reports_table()
    );
    for (profile, ruling) in PROFILES.iter().zip(&rulings) {
        text += &writing::section(*profile, ruling, case);
    }
    let path = folder.join("side-by-side").join(page);
    if std::env::var_os("SHEAF_BLESS").is_some() {
        fs::create_dir_all(folder.join("side-by-side")).unwrap();
        fs::write(&path, &text).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{page} would have to read\n{text}");
}
