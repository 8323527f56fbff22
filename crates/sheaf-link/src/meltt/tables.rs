//! MELTT's tables, cell for cell as R's `write.csv` prints them, so that a run can be laid beside
//! an old one and compared byte by byte.

use super::{Dataset, MatchedRecords, MelttResult, Options, Point, Record, RowId, Taxonomy};

/// A table with a line of column names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The lines, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell, already as text. R puts quotation marks around words and not around numbers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Cell {
    /// A number, a day, or `NA`.
    Bare(String),
    /// Words.
    Words(String),
}

impl Table {
    /// The table as R's `write.csv(…, row.names = FALSE)` prints it.
    pub fn to_csv(&self) -> String {
        let mut text = String::new();
        let names = self.columns.iter().map(|name| quoted(name));
        push_line(&mut text, names);
        for row in &self.rows {
            let cells = row.iter().map(|cell| match cell {
                Cell::Bare(text) => text.clone(),
                Cell::Words(text) => quoted(text),
            });
            push_line(&mut text, cells);
        }
        text
    }
}

/// `complete_index`: every record as MELTT sees it.
pub fn complete_index(result: &MelttResult, taxonomies: &[Taxonomy]) -> Table {
    let rows = result.complete.iter().map(|record| {
        let mut row = indexed(record.id, record.first.into(), record.last.into(), record.point);
        row.extend(record.codes.iter().map(Cell::number));
        row
    });
    Table { columns: index_columns(taxonomies), rows: rows.collect() }
}

/// `deduplicated_index`: the records that stay, events with the episodes they may be part of.
pub fn deduplicated_index(result: &MelttResult, taxonomies: &[Taxonomy]) -> Table {
    let mut columns = index_columns(taxonomies);
    columns.push("episodal_match".to_owned());
    let codes: std::collections::HashMap<RowId, &[u32]> =
        result.complete.iter().map(|record| (record.id, record.codes.as_slice())).collect();
    let rows = result.unique.iter().map(|record| {
        let mut row = indexed(record.id, record.first, record.last, record.point);
        let codes = codes.get(&record.id).copied().unwrap_or_default();
        row.extend(codes.iter().map(Cell::number));
        let episodes: Vec<String> = record.episodes.iter().map(RowId::to_string).collect();
        row.push(Cell::Words(episodes.join(", ")));
        row
    });
    Table { columns, rows: rows.collect() }
}

/// `event_matched` and `episode_matched`: a line for records held to be the same, a data set and
/// an event number for each data set, both 0 where it has none.
pub fn matched(matches: &[MatchedRecords], datasets: &[Dataset]) -> Table {
    let columns =
        (1..=datasets.len()).flat_map(|nth| [format!("data{nth}"), format!("event{nth}")]);
    let rows = matches.iter().map(|row| matched_cells(row).collect());
    Table { columns: columns.collect(), rows: rows.collect() }
}

/// `event_contenders` and `episode_contenders`: every match with those not chosen.
pub fn contenders(contenders: &[super::Contenders]) -> Table {
    let columns = [
        "dataset",
        "event",
        "bestmatch_data",
        "bestmatch_event",
        "bestmatch_score",
        "runnerUp1_data",
        "runnerUp1_event",
        "runnerUp1_score",
        "runnerUp2_data",
        "runnerUp2_event",
        "runnerUp2_score",
        "events_matched",
    ];
    let rows = contenders.iter().map(|each| {
        let mut row = Vec::from(id_cells(Some(each.kept)));
        let candidates = [Some(each.chosen), each.runners_up[0], each.runners_up[1]];
        for candidate in candidates {
            row.extend(id_cells(candidate.map(|candidate| candidate.id)));
            row.push(Cell::decimal(candidate.map_or(0.0, |candidate| candidate.score)));
        }
        row.push(Cell::number(each.n_candidates));
        row
    });
    Table { columns: columns.map(str::to_owned).to_vec(), rows: rows.collect() }
}

/// What `meltt_data()` gives: the records that stay, in the words of their data sets.
pub fn unique_records(
    result: &MelttResult,
    datasets: &[Dataset],
    taxonomies: &[Taxonomy],
) -> Table {
    let mut columns =
        ["dataset", "event", "date", "latitude", "longitude"].map(str::to_owned).to_vec();
    columns.extend(taxonomies.iter().map(|taxonomy| taxonomy.name().to_owned()));
    let mut ids: Vec<RowId> = result.unique.iter().map(|record| record.id).collect();
    let record = |id: &RowId| &datasets[id.dataset].records[id.row];
    ids.sort_by_key(|id| (record(id).first, *id));
    let rows = ids.iter().map(|id| {
        let record = record(id);
        let name = Cell::Words(datasets[id.dataset].name.clone());
        let mut row = vec![name, Cell::number(id.row + 1), Cell::number(record.first)];
        row.extend(point_cells(record.point));
        row.extend(record.categories.iter().cloned().map(Cell::Words));
        row
    });
    Table { columns, rows: rows.collect() }
}

/// One line of counts, as the parity data keeps for each pair of windows.
pub fn summary(result: &MelttResult, options: &Options) -> Table {
    let columns = [
        "spatwindow",
        "twindow",
        "input",
        "unique",
        "event_matches",
        "episode_matches",
        "episodal_flags",
    ];
    let counts = [
        result.complete.len(),
        result.unique.len(),
        result.event_matches.len(),
        result.episode_matches.len(),
        result.n_flagged(),
    ];
    let mut row = vec![Cell::decimal(options.km), Cell::decimal(options.days)];
    row.extend(counts.map(Cell::number));
    Table { columns: columns.map(str::to_owned).to_vec(), rows: vec![row] }
}

impl Cell {
    /// Something that R prints without quotation marks and as it is.
    pub(super) fn number(value: impl ToString) -> Cell {
        Cell::Bare(value.to_string())
    }

    /// A number with decimals, to fifteen significant digits.
    pub(super) fn decimal(value: f64) -> Cell {
        Cell::Bare(fifteen_digits(value))
    }
}

/// Data set and event number of each data set, side by side.
pub(super) fn matched_cells(matched: &MatchedRecords) -> impl Iterator<Item = Cell> + '_ {
    let ids = matched.0.iter().enumerate();
    ids.flat_map(|(dataset, row)| id_cells(row.map(|row| RowId { dataset, row })))
}

/// The columns of a record that MELTT looks at, in the words of the data set, and its name.
pub(super) fn record_cells(dataset: &Dataset, record: &Record) -> Vec<Cell> {
    let mut cells = vec![Cell::number(record.first), Cell::number(record.last)];
    cells.extend(point_cells(record.point));
    cells.extend(record.categories.iter().cloned().map(Cell::Words));
    cells.push(Cell::Words(dataset.name.clone()));
    cells
}

fn id_cells(id: Option<RowId>) -> [Cell; 2] {
    let (dataset, event) = id.map_or((0, 0), |id| (id.dataset + 1, id.row + 1));
    [Cell::number(dataset), Cell::number(event)]
}

fn point_cells(point: Option<Point>) -> [Cell; 2] {
    match point {
        Some(point) => [Cell::decimal(point.lat), Cell::decimal(point.lon)],
        None => [Cell::number("NA"), Cell::number("NA")],
    }
}

fn indexed(id: RowId, first: f64, last: f64, point: Point) -> Vec<Cell> {
    let mut row = Vec::from(id_cells(Some(id)));
    row.extend([Cell::decimal(first), Cell::decimal(last)]);
    row.extend(point_cells(Some(point)));
    row
}

fn index_columns(taxonomies: &[Taxonomy]) -> Vec<String> {
    let fixed = ["dataset", "event", "date", "enddate", "latitude", "longitude"];
    let mut columns = fixed.map(str::to_owned).to_vec();
    for taxonomy in taxonomies {
        let levels = 1..=taxonomy.depth();
        columns.extend(levels.map(|level| format!("{}_level_{level}", taxonomy.name())));
    }
    columns
}

fn push_line(text: &mut String, cells: impl Iterator<Item = String>) {
    for (nth, cell) in cells.enumerate() {
        if nth > 0 {
            text.push(',');
        }
        text.push_str(&cell);
    }
    text.push('\n');
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// As R prints a number: at most fifteen significant digits, no zeros at the end, with an
/// exponent only where that is shorter.
fn fifteen_digits(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return if value == 0.0 { "0".to_owned() } else { "NA".to_owned() };
    }
    let scientific = format!("{value:.14e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    let n_decimals = usize::try_from(14 - exponent).unwrap_or(0);
    let mut plain = format!("{value:.n_decimals$}");
    if plain.contains('.') {
        plain.truncate(plain.trim_end_matches('0').trim_end_matches('.').len());
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    let short = format!("{mantissa}e{sign}{:02}", exponent.abs());
    if plain.len() <= short.len() { plain } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_in_r() {
        for (value, expected) in [
            (0.0, "0"),
            (12.0, "12"),
            (-76.8859758341507, "-76.8859758341507"),
            (1.0 / 3.0, "0.333333333333333"),
            (2.0 / 3.0, "0.666666666666667"),
            (0.1 + 0.2, "0.3"),
            (0.0001, "1e-04"),
            (0.00012, "0.00012"),
            (100_000.0, "1e+05"),
            (123_456.0, "123456"),
            (-0.5, "-0.5"),
            (f64::NAN, "NA"),
        ] {
            assert_eq!(fifteen_digits(value), expected);
        }
    }

    #[test]
    fn words_are_quoted_and_marks_within_doubled() {
        let table = Table {
            columns: vec!["event".to_owned(), "kind".to_owned()],
            rows: vec![vec![Cell::number(1), Cell::Words("a \"raid\"".to_owned())]],
        };
        assert_eq!(table.to_csv(), "\"event\",\"kind\"\n1,\"a \"\"raid\"\"\"\n");
    }
}
