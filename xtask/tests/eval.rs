//! `cargo xtask eval link` from end to end: on a small invented folder, and on the real one where it
//! is.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sheaf_link::score::score;
use sheaf_read::SOURCES;
use xtask::eval::linker::{Held, Learnt, Linked, Linker, at_once, out_of_fold};
use xtask::eval::null::{shifted_null, shifts};
use xtask::eval::peers::Meltt;
use xtask::eval::reports::{Pool, Reports};
use xtask::eval::{self, Options, data, folds};

/// Twelve events of two elections in two countries, each told by an agency and by a newspaper of the
/// same day and place. The columns are those of the reader's own sample.
fn maverick(folder: &Path) -> PathBuf {
    let about = SOURCES.iter().map(|it| it.about()).find(|it| it.name == "maverick").unwrap();
    let mut sample = csv::Reader::from_reader(about.sample);
    let columns = sample.headers().unwrap().clone();
    let pattern = sample.records().next().unwrap().unwrap();
    let path = folder.join("maverick-dev.csv");
    let mut out = csv::Writer::from_path(&path).unwrap();
    out.write_record(&columns).unwrap();
    for report in 0..24 {
        let (event, is_agency) = (report / 2, report % 2 == 0);
        let day = format!("2031-{:02}-{:02}", 1 + event % 6, 3 + event);
        let of_country = event % 2;
        let cells = columns.iter().zip(&pattern).map(|(column, cell)| match column {
            "id" => format!("r-{report:02}"),
            "event_id" => format!("EX-{event}"),
            "country" => ["Kenya", "Ivory Coast"][of_country].to_owned(),
            "election" => ["E-One", "E-Two"][of_country].to_owned(),
            "date_start" | "date_end" => day.clone(),
            "city" => format!("Town {event}"),
            "latitude" => format!("{}.5", 5 + event),
            "source_type" if is_agency => "International news agency".to_owned(),
            "source_type" => "National news media".to_owned(),
            // Two documents, so that the two may be of one event.
            "source" if is_agency => format!("Example {report} ({day}) Something on {event}"),
            "source" => format!("Example {report} ({day}) What else befell town {event} there"),
            _ => cell.to_owned(),
        });
        out.write_record(cells.collect::<Vec<_>>()).unwrap();
    }
    out.flush().unwrap();
    path
}

/// Three sources that all tell sixty incidents, on the same day and nearly at the same place.
fn synthetic(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for source in 1..=3 {
        let mut text = "truth,day,latitude,longitude,type_tax,actor_tax,fatalities\n".to_owned();
        for incident in 0..60 {
            let (day, lat) = (incident * 6, 5.0 + f64::from(incident % 7) / 2.0);
            let lat = lat + f64::from(source) / 500.0;
            writeln!(text, "{incident},{day},{lat:.4},7.25,riot,state,{}", incident % 5).unwrap();
        }
        // A reader looks at bytes, not at the ending of a name.
        std::fs::write(folder.join(format!("d{source}.csv.gz")), text).unwrap();
    }
    let types = "data.source,base.categories,l1,l2\nd1,riot,riot,demo\n";
    std::fs::write(folder.join("type_tax.csv"), types).unwrap();
    let actors = "data.source,base.categories,l1,l2\nd1,state,state,gov\n";
    std::fs::write(folder.join("actor_tax.csv"), actors).unwrap();
}

fn options(data: &Path) -> Options {
    Options { data: data.to_owned(), synthetic: vec![60, 61], samples: 50, seed: 7, json: None }
}

#[test]
fn a_small_invented_folder_is_measured_from_end_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    std::fs::create_dir(&link).unwrap();
    maverick(&link);
    synthetic(&link.join("synthetic/n60"));
    let run = || {
        let mut ours: Vec<Box<dyn Linker>> = vec![Box::new(Learnt::unfitted())];
        eval::run(&options(folder.path()), folder.path(), &mut ours).unwrap()
    };
    let report = run();
    for part in [
        "## MAVERICK, 24 reports, 2 elections",
        "5 folds by whole elections (12, 12, 0, 0, 0 reports)",
        "sheaf, learnt, Kenya → Côte d'Ivoire",
        "## Invented pool n60, 180 reports",
        "skipped: there is no synthetic/n61",
        "Chance in n60",
    ] {
        assert!(report.text.contains(part), "{part} is not in\n{}", report.text);
    }
    assert_eq!(report.last_line, "pairwise F1 1.000 (95 % 1.000–1.000)");
    let f1 = |suite: &str, method: &str| report.figures[suite][method]["f1"].as_f64();
    assert_eq!(f1("maverick", "MELTT, 1 km / 0 d, no taxonomy"), Some(1.0));
    assert_eq!(f1("synthetic_60", "MELTT, 5 km / 1 d, type and actor"), Some(1.0));
    assert!(f1("synthetic_60", "sheaf, learnt").unwrap() > 0.9);
    // Seconds differ from run to run; figures must not.
    assert_eq!(report.figures, run().figures);
}

#[test]
fn a_folder_without_reports_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let error = eval::run(&options(folder.path()), folder.path(), &mut eval::ours()).unwrap_err();
    assert!(error.to_string().contains("maverick-dev.csv"), "{error}");
}

/// Remembers what it was fitted on and links nothing.
#[derive(Default)]
struct Onlooker {
    seen: Vec<u16>,
    tested: std::cell::RefCell<Vec<(Vec<u16>, Vec<u16>)>>,
}

impl Linker for Onlooker {
    fn name(&self) -> String {
        "onlooker".to_owned()
    }

    fn fit(&mut self, train: &[&Pool]) -> xtask::failure::Outcome<()> {
        self.seen = train.iter().flat_map(|it| &it.labels).map(|label| label.election).collect();
        self.seen.dedup();
        Ok(())
    }

    fn link(&self, test: &Pool) -> xtask::failure::Outcome<Linked> {
        let mut elections: Vec<u16> = test.labels.iter().map(|label| label.election).collect();
        elections.dedup();
        self.tested.borrow_mut().push((self.seen.clone(), elections));
        Ok(Linked { incident_of: (0..test.len() as u32).collect(), compared: vec![(0, 1, 0.25)] })
    }
}

#[test]
fn nothing_is_linked_that_was_learnt_from() {
    let folder = tempfile::tempdir().unwrap();
    let reports = data::maverick(&maverick(folder.path())).unwrap();
    let elections: Vec<&str> =
        reports.labels().map(|it| reports.elections[usize::from(it.election)].as_str()).collect();
    let folds = folds::by_election(&elections, 2);
    let mut onlooker = Onlooker::default();
    let held: Held = out_of_fold(&mut onlooker, &reports, &folds).unwrap();
    for (learnt, linked) in onlooker.tested.borrow().iter() {
        assert!(!linked.is_empty() && linked.iter().all(|it| !learnt.contains(it)));
    }
    assert_eq!((held.labelled.len(), held.placed.len()), (24, 24));
    // Each fold's first pair, by position over all folds.
    assert_eq!(held.looks.iter().map(|it| (it.a, it.b)).collect::<Vec<_>>(), [(0, 1), (12, 13)]);
    assert_eq!(score(&held.labelled).pairs.found, 0);
}

#[test]
fn labels_are_no_part_of_what_a_linker_knows() {
    let folder = tempfile::tempdir().unwrap();
    let path = maverick(folder.path());
    let told = data::maverick(&path).unwrap();
    let blank = std::fs::read_to_string(&path).unwrap().replace("EX-", "ZZ-9");
    std::fs::write(&path, blank).unwrap();
    let untold = data::maverick(&path).unwrap();
    let linked = |reports: &Reports| Learnt::unfitted().link(&reports.whole()).unwrap();
    assert_eq!(linked(&told), linked(&untold));
}

#[test]
fn sources_moved_apart_leave_only_chance() {
    let folder = tempfile::tempdir().unwrap();
    synthetic(folder.path());
    let reports = data::synthetic(folder.path(), "n60", folder.path()).unwrap();
    assert_eq!((reports.span_days(), shifts(reports.span_days()).len()), (355, 2));
    // Incidents lie six days apart: moved by three days, no two are on one day.
    let meltt = Meltt::without_taxonomy(5.0, 1.0);
    let null = shifted_null(&meltt, &reports, &[0, 2]).unwrap();
    assert_eq!((null.links, null.by_chance), (180, vec![180, 0]));
    let shifted = reports.shifted(|source| if source == 0 { 30 } else { 0 });
    let days = |pool: &Pool| pool.facts.iter().filter_map(|it| it.days).collect::<Vec<_>>();
    let (before, after) = (days(&reports.whole()), days(&shifted));
    assert_eq!((before[0], after[0]), ((0, 0), (30, 30)));
    // The last day of the stretch is 354; what leaves it comes in at the start.
    assert_eq!((before[59], after[59]), ((354, 354), (29, 29)));
    assert_eq!(before[60..], after[60..]);
}

/// MELTT's figures on the real file, which were measured with the R package, come out to the digit;
/// and ours is what is asked first.
#[test]
fn real_reports_give_the_figures_that_were_measured_elsewhere() {
    let Some(folder) = std::env::var_os("SHEAF_DATA") else {
        eprintln!("skipped: SHEAF_DATA is not set");
        return;
    };
    let path = Path::new(&folder).join("link/maverick-dev.csv");
    let reports = data::maverick(&path).unwrap();
    assert_eq!((reports.len(), reports.elections.len()), (2_031, 22));
    let held = at_once(&Meltt::without_taxonomy(1.0, 0.0), &reports).unwrap();
    let score = score(&held.labelled);
    assert_eq!(
        (score.n_events, score.pairs.there, score.cross_source.there),
        (1_326, 2_044, 1_200)
    );
    assert_eq!((score.pairs.found, score.pairs.right), (322, 217), "P .674 R .106");
}
