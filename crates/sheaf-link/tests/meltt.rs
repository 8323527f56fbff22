//! Parity with the R package MELTT 0.4.3: its example of car crashes, at four pairs of windows,
//! every table compared byte by byte with what the package wrote.

use std::fs;
use std::path::{Path, PathBuf};

use sheaf_link::meltt::{
    CandidateOrder, Dataset, MelttResult, Options, Point, Record, Table, Taxonomy, complete_index,
    contenders, deduplicated_index, duplicates, matched, meltt, summary, unique_records,
};
use sheaf_model::Day;

const DATASETS: [&str; 3] = ["crash_data1", "crash_data2", "crash_data3"];
const TAXONOMIES: [&str; 3] = ["model_tax", "color_tax", "damage_tax"];
const WINDOWS: [(f64, f64); 4] = [(4.0, 2.0), (3.0, 1.0), (1.0, 1.0), (10.0, 5.0)];

#[test]
fn every_table_is_the_one_that_meltt_wrote() {
    let Some(crash) = Crash::read() else { return };
    let mut summaries: Vec<String> = Vec::new();
    for (km, days) in WINDOWS {
        let options = Options::as_in_meltt(km, days);
        let result = crash.run(&options);
        let (datasets, taxonomies) = (&crash.datasets, &crash.taxonomies);
        for (name, table) in [
            ("complete_index", complete_index(&result, taxonomies)),
            ("deduplicated_index", deduplicated_index(&result, taxonomies)),
            ("event_matched", matched(&result.event_matches, datasets)),
            ("episode_matched", matched(&result.episode_matches, datasets)),
            ("event_contenders", contenders(&result.event_contenders)),
            ("meltt_duplicates", duplicates(&result, datasets, taxonomies)),
            ("meltt_data", unique_records(&result, datasets, taxonomies)),
        ] {
            let file = format!("{name}_s{km}_t{days}.csv");
            let expected = fs::read_to_string(crash.folder.join("expected").join(&file)).unwrap();
            assert_same_lines(&file, &table, &expected);
        }
        let csv = summary(&result, &options).to_csv();
        summaries.push(csv.lines().last().unwrap().to_owned());
    }
    // The last column of the expected summary is how many seconds the package took.
    let expected = fs::read_to_string(crash.folder.join("expected/summary.csv")).unwrap();
    let expected: Vec<&str> =
        expected.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().0).collect();
    assert_eq!(summaries, expected);
}

#[test]
fn nothing_is_lost_and_nothing_is_counted_twice() {
    let Some(crash) = Crash::read() else { return };
    for (km, days) in WINDOWS {
        for candidate_order in [CandidateOrder::AsInMeltt, CandidateOrder::ByScore] {
            let options = Options { candidate_order, ..Options::as_in_meltt(km, days) };
            let result = crash.run(&options);
            assert_eq!(result.unique.len() + result.removed.len(), result.complete.len());
            let mut ids = result.incidents().concat();
            ids.sort_unstable();
            let all: Vec<_> = result.complete.iter().map(|record| record.id).collect();
            let mut all_by_row = all.clone();
            all_by_row.sort_unstable();
            assert_eq!(ids, all_by_row);
        }
    }
}

#[test]
fn by_score_never_passes_over_a_better_free_candidate_and_meltt_does() {
    let Some(crash) = Crash::read() else { return };
    let total = |candidate_order| {
        let options = Options { candidate_order, ..Options::as_in_meltt(4.0, 2.0) };
        let result = crash.run(&options);
        let n = result.event_contenders.len();
        (n, result.event_contenders.iter().map(|each| each.chosen.score).sum::<f64>())
    };
    let (n_as_in_meltt, as_in_meltt) = total(CandidateOrder::AsInMeltt);
    let (n_by_score, by_score) = total(CandidateOrder::ByScore);
    assert_eq!(n_as_in_meltt, 41);
    assert!(by_score / (n_by_score as f64) < as_in_meltt / (n_as_in_meltt as f64));
}

struct Crash {
    folder: PathBuf,
    datasets: Vec<Dataset>,
    taxonomies: Vec<Taxonomy>,
}

impl Crash {
    fn read() -> Option<Crash> {
        let Some(data) = std::env::var_os("SHEAF_DATA") else {
            eprintln!("skipped: SHEAF_DATA is not set");
            return None;
        };
        let folder = Path::new(&data).join("link/meltt-crash");
        let datasets = DATASETS.map(|name| read_dataset(&folder, name)).to_vec();
        let taxonomies = TAXONOMIES.map(|name| read_taxonomy(&folder, name)).to_vec();
        Some(Crash { folder, datasets, taxonomies })
    }

    fn run(&self, options: &Options) -> MelttResult {
        meltt(&self.datasets, &self.taxonomies, options).unwrap()
    }
}

fn read_dataset(folder: &Path, name: &str) -> Dataset {
    let records = read_csv(&folder.join(format!("{name}.csv"))).into_iter().map(|cells| Record {
        first: Day::parse_iso(&cells[2]).unwrap(),
        last: Day::parse_iso(&cells[3]).unwrap(),
        point: Some(Point { lat: cells[4].parse().unwrap(), lon: cells[5].parse().unwrap() }),
        categories: cells[6..].to_vec(),
    });
    Dataset { name: name.to_owned(), records: records.collect() }
}

fn read_taxonomy(folder: &Path, name: &str) -> Taxonomy {
    let lines = read_csv(&folder.join(format!("crash_taxonomy_{name}.csv")));
    let lines =
        lines.into_iter().map(|cells| (cells[0].clone(), cells[1].clone(), cells[2..].to_vec()));
    Taxonomy::new(name, lines).unwrap()
}

/// The lines below the head, cell by cell. These files have no comma or line break in a cell,
/// which is checked.
fn read_csv(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap();
    let width = text.lines().next().unwrap().split(',').count();
    let line = |line: &str| {
        let cells: Vec<String> =
            line.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect();
        assert_eq!(cells.len(), width, "{}: {line}", path.display());
        cells
    };
    text.lines().skip(1).map(line).collect()
}

fn assert_same_lines(file: &str, table: &Table, expected: &str) {
    let ours = table.to_csv();
    for (nth, (ours, theirs)) in ours.lines().zip(expected.lines()).enumerate() {
        assert_eq!(ours, theirs, "{file}, line {}", nth + 1);
    }
    assert_eq!(ours, expected, "{file}");
}
