//! A sanity check of the shipped weights on real labelled reports (MAVERICK, development part).
//! Needs the data directory in SHEAF_DATA, and says so when it is not set. This is no evaluation:
//! the weights were set with an eye on this very file. It keeps them from going astray.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use sheaf_link::baseline::Baseline;
use sheaf_link::{Blocking, Outlines, SourceFacts, Weights, levels, link};
use sheaf_model::{
    Attackers, Batch, Count, Day, Field, Harm, Kind, Meaning, Metres, Place, Qualifier, SourceKind,
    Toll, Unit, When, Whom,
};

struct Labelled {
    outlines: Outlines,
    event_of: Vec<String>,
}

fn read(directory: &str) -> Labelled {
    let path = Path::new(directory).join("link/maverick-dev.csv");
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let columns: HashMap<String, usize> =
        reader.headers().unwrap().iter().enumerate().map(|(at, name)| (name.into(), at)).collect();
    let mut batch = Batch::default();
    let mut event_of = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.unwrap();
        let cell = |name: &str| {
            let cell = &record[columns[name]];
            if cell == "NA" { "" } else { cell }
        };
        batch.begin_report(cell("id"), row as u64 + 2, Unit::Incident);
        let day = |name| Day::parse_iso(cell(name)).unwrap();
        if let Some(when) = When::new(day("date_start"), day("date_end")) {
            batch.say(Field::When, 0, "", Meaning::When(when));
        }
        let radius = match cell("geo_precision") {
            "6" => 1_000.0,
            "5" => 2_000.0,
            "4" => 4_000.0,
            "3" => 10_000.0,
            _ => 50_000.0,
        };
        if let (Ok(lat), Ok(lon)) = (cell("latitude").parse(), cell("longitude").parse()) {
            let place = Place::new(lat, lon, Metres::new(radius).unwrap()).unwrap();
            batch.say(Field::Where, 0, "", Meaning::Where(place));
        }
        for (harm, name) in [(Harm::Killed, "deaths"), (Harm::Injured, "injuries")] {
            let number = |suffix: &str| cell(&format!("{name}_{suffix}")).parse::<u32>().ok();
            let (low, best, high) = (number("low"), number("best"), number("high"));
            if let Some(count) = low.and_then(|low| Count::new(low, best, high)) {
                let toll = Toll {
                    harm,
                    whom: Whom::All,
                    attackers: Attackers::Unsaid,
                    qualifier: Qualifier::Exactly,
                    count,
                    as_of: None,
                };
                batch.say(Field::Toll, 0, "", Meaning::Toll(toll));
            }
        }
        for word in cell("actor1_violence").split("; ") {
            let kind = match word {
                "Shooting" => Kind::Shooting,
                "Arson" => Kind::Arson,
                "Stabbing" => Kind::Stabbing,
                "Riot" => Kind::Riot,
                "Sexual violence" => Kind::SexualViolence,
                "Crowd control measures" => Kind::CrowdControl,
                "Abduction" | "Kidnapping" => Kind::Abduction,
                _ => continue,
            };
            batch.say(Field::Kind, 0, word, Meaning::Kind(kind));
        }
        for (field, name) in [
            (Field::Country, "country"),
            (Field::PlaceName, "city"),
            (Field::PlaceName, "location"),
            (Field::Target, "target"),
            (Field::Category, "event_context"),
            (Field::Category, "election"),
            (Field::Category, "actor1_id"),
            (Field::Category, "actor2_id"),
            (Field::Party, "actor1"),
            (Field::Party, "actor2"),
            (Field::Outlet, "source_author"),
        ] {
            if !cell(name).is_empty() {
                batch.say(field, 0, cell(name), Meaning::Words);
            }
        }
        batch.end_report();
        event_of.push(cell("event_id").to_owned());
    }
    let mut outlines = Outlines::default();
    for report in batch.reports() {
        let source = SourceFacts { index: 0, kind: SourceKind::News };
        outlines.push(&format!("maverick:{}", report.key()), source, report);
    }
    Labelled { outlines, event_of }
}

/// Pairwise precision, recall and F1.
fn score(set_of: &[u32], event_of: &[String]) -> (f64, f64, f64) {
    let pairs = |sizes: &[usize]| sizes.iter().map(|n| n * (n - 1) / 2).sum::<usize>() as f64;
    let count = |keys: Vec<String>| {
        let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
        keys.into_iter().for_each(|key| *sizes.entry(key).or_default() += 1);
        sizes.into_values().collect::<Vec<_>>()
    };
    let put = |at: usize| set_of[at];
    let n = event_of.len();
    let true_pairs = pairs(&count(event_of.to_vec()));
    let made = pairs(&count((0..n).map(|at| put(at).to_string()).collect()));
    let both = pairs(&count((0..n).map(|at| format!("{} {}", put(at), event_of[at])).collect()));
    let (precision, recall) = (both / made, both / true_pairs);
    (precision, recall, 2.0 * precision * recall / (precision + recall))
}

#[test]
fn the_shipped_weights_are_sane_on_real_reports() {
    let Ok(directory) = std::env::var("SHEAF_DATA") else {
        eprintln!("skipped: SHEAF_DATA is not set");
        return;
    };
    let labelled = read(&directory);
    let weights = Weights::shipped();
    if std::env::var("SHEAF_LEVELS").is_ok() {
        print_levels(&labelled);
    }
    let linkage = link(&labelled.outlines, &weights, &Blocking::SHIPPED, &[]);
    let (precision, recall, f1) = score(&linkage.incident_of, &labelled.event_of);
    eprintln!(
        "maverick-dev: {} reports, {} candidate pairs, {} incidents; \
         pairwise P {precision:.3} R {recall:.3} F1 {f1:.3}",
        labelled.outlines.len(),
        linkage.n_candidate_pairs,
        linkage.n_incidents
    );
    for (name, baseline) in [
        ("worldmonitor's rule", Baseline::Worldmonitor),
        ("1 km and 0 days", Baseline::Window { days: 0, metres: 1_000.0 }),
        ("5 km and 1 day", Baseline::Window { days: 1, metres: 5_000.0 }),
    ] {
        let (precision, recall, theirs) =
            score(&baseline.link(&labelled.outlines), &labelled.event_of);
        eprintln!("{name}: P {precision:.3} R {recall:.3} F1 {theirs:.3}");
        assert!(theirs < f1, "{name}");
    }
    assert!(f1 >= 0.6, "F1 {f1:.3}");
}

/// How often each level is met in true pairs and in other pairs within three days, in bits.
fn print_levels(labelled: &Labelled) {
    let n = labelled.event_of.len() as u32;
    let everything = Blocking { gap_days: 3, slack_m: 40_000.0, ..Blocking::SHIPPED };
    let mut counts: BTreeMap<(&str, &str), (f64, f64)> = BTreeMap::new();
    let mut totals: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    let (mut n_true, mut n_missed) = (0, 0);
    for b in 1..n {
        for a in 0..b {
            let same = labelled.event_of[a as usize] == labelled.event_of[b as usize];
            let apart = sheaf_link::kept_apart(&labelled.outlines, &everything, a, b);
            n_true += usize::from(same);
            n_missed += usize::from(same && apart.is_some());
            if apart.is_some() {
                continue;
            }
            for (comparison, level) in levels(&labelled.outlines, a, b) {
                let Some(level) = level else { continue };
                let one = if same { (1.0, 0.0) } else { (0.0, 1.0) };
                let count = counts.entry((comparison, level)).or_default();
                *count = (count.0 + one.0, count.1 + one.1);
                let total = totals.entry(comparison).or_default();
                *total = (total.0 + one.0, total.1 + one.1);
            }
        }
    }
    eprintln!("{n_missed} of {n_true} true pairs never meet");
    for ((comparison, level), (m, u)) in counts {
        let total = totals[comparison];
        let bits = (((m + 0.5) / total.0) / ((u + 0.5) / total.1)).log2();
        eprintln!("{comparison:14} {level:32} {m:6} {u:8} {bits:+.1}");
    }
}
