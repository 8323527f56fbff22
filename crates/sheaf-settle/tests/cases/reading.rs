//! A case file to reports. The cells are in plain words; see `cases/settle/README.md`.

use sheaf_model::{
    Attackers, Batch, Count, Day, Field, Harm, Kind, Licence, Meaning, Metres, Place, Qualifier,
    ReportId, SourceKind, SourceName, Toll, Unit, Unknown, When, Whom,
};
use sheaf_settle::Ballots;

pub struct Case {
    pub title: String,
    /// The header, then a row for each report.
    header: Vec<String>,
    pub reports: Vec<Vec<String>>,
    pub settled: Vec<Vec<String>>,
}

pub fn cases(text: &str) -> Vec<Case> {
    text.split("\n## ")
        .skip(1)
        .map(|section| {
            let title = section.lines().next().unwrap().to_owned();
            let tables = tables(section);
            let [reports, settled] = tables.as_slice() else {
                panic!("{title}: a case is a table of reports and a table of what is settled");
            };
            let (header, reports) = reports.split_first().unwrap();
            assert_eq!(settled[0], ["field", "value", "from", "against"], "{title}");
            Case {
                title,
                header: header.clone(),
                reports: reports.to_vec(),
                settled: settled[1..].to_vec(),
            }
        })
        .collect()
}

/// The tables of a section as rows of cells, without the line under the header.
fn tables(section: &str) -> Vec<Vec<Vec<String>>> {
    let mut tables: Vec<Vec<Vec<String>>> = Vec::new();
    let mut in_table = false;
    for line in section.lines() {
        let cells = line.strip_prefix('|').and_then(|line| line.trim_end().strip_suffix('|'));
        if let Some(cells) = cells {
            if !in_table {
                tables.push(Vec::new());
            }
            let cells: Vec<String> = cells.split('|').map(|cell| cell.trim().to_owned()).collect();
            if !cells.iter().all(|cell| cell.starts_with("--")) {
                tables.last_mut().unwrap().push(cells);
            }
        }
        in_table = cells.is_some();
    }
    tables
}

impl Case {
    /// The reports, pushed in this order.
    pub fn ballots(&self, order: &[usize]) -> Ballots {
        let (batch, ids) = (self.batch(), self.ids());
        let sources = self.reports.iter().zip(&ids).map(|(row, id)| {
            let kind = SourceKind::from_name(self.cell(row, "source is"));
            let licence = Licence::from_name(self.cell(row, "licence"));
            (
                SourceName::new(id.source()).unwrap(),
                licence.unwrap_or(Licence::OpenWithAttribution),
                kind.unwrap_or(SourceKind::Curated),
            )
        });
        let mut ballots = Ballots::new(sources.collect());
        for &idx in order {
            ballots.push(&ids[idx], idx as u16, batch.report(idx));
        }
        ballots
    }

    /// The table of reports as it stands in the case.
    pub fn reports_table(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | ")).replace("|  |", "| |");
        let rule = format!("{}|\n", "|--".repeat(self.header.len()));
        let rows: String = self.reports.iter().map(|row| line(row)).collect();
        line(&self.header) + &rule + &rows
    }

    /// What a claim of a report said: its field (or harm) and its words.
    pub fn said(&self, report: &ReportId, claim: u16) -> String {
        let batch = self.batch();
        let position = self.ids().iter().position(|id| id == report).unwrap();
        let claim = &batch.report(position).claims()[usize::from(claim)];
        format!("{} {}", self.header[usize::from(claim.column)], batch.text(claim.said))
    }

    fn batch(&self) -> Batch {
        let mut batch = Batch::default();
        for row in &self.reports {
            self.read(&mut batch, row);
        }
        batch
    }

    fn ids(&self) -> Vec<ReportId> {
        let id = |row: &Vec<String>| ReportId::parse(self.cell(row, "report")).unwrap();
        self.reports.iter().map(id).collect()
    }

    fn cell<'a>(&self, row: &'a [String], column: &str) -> &'a str {
        self.header.iter().position(|it| it == column).map_or("", |idx| &row[idx])
    }

    fn read(&self, batch: &mut Batch, row: &[String]) {
        batch.begin_report("as its id says", 2, Unit::Incident);
        for (idx, (column, cell)) in self.header.iter().zip(row).enumerate() {
            for said in cell.split(';').map(str::trim).filter(|said| !said.is_empty()) {
                let (field, meant) = match column.as_str() {
                    "report" | "source is" | "licence" => continue,
                    "unit" => {
                        batch.set_unit(Unit::from_name(said).expect(said));
                        continue;
                    }
                    _ if said == "unknown" => {
                        (field_of(column), Meaning::Unknown(Unknown::NotKnown))
                    }
                    "when" => (Field::When, Meaning::When(when(said))),
                    "where" => (Field::Where, place(said)),
                    "kind" => (Field::Kind, Meaning::Kind(Kind::from_name(said).expect(said))),
                    "published" => (Field::Published, Meaning::Day(Day::parse_iso(said).unwrap())),
                    "wording" => {
                        let print = u64::from_str_radix(said, 16).expect(said);
                        (Field::Wording, Meaning::Wording(print))
                    }
                    "killed" => (Field::Toll, toll(Harm::Killed, said)),
                    "injured" => (Field::Toll, toll(Harm::Injured, said)),
                    "missing" => (Field::Toll, toll(Harm::Missing, said)),
                    "abducted" => (Field::Toll, toll(Harm::Abducted, said)),
                    words => (Field::from_name(words).expect(words), Meaning::Words),
                };
                // What a reader keeps of a word is the word alone.
                let said = match meant {
                    Meaning::Toll(Toll { qualifier: Qualifier::Words, .. }) => {
                        said.split(" (").next().unwrap()
                    }
                    _ => said,
                };
                batch.say(field, idx as u16, said, meant);
            }
        }
        batch.end_report();
    }
}

/// What a column's claims are about.
fn field_of(column: &str) -> Field {
    match column {
        "killed" | "injured" | "missing" | "abducted" => Field::Toll,
        words => Field::from_name(words).expect(words),
    }
}

/// `2014-05-22`, or `2014-05-20 to 2014-05-26`.
fn when(said: &str) -> When {
    let (first, last) = said.split_once(" to ").unwrap_or((said, said));
    When::new(Day::parse_iso(first).expect(said), Day::parse_iso(last).expect(said)).expect(said)
}

/// `43.80, 87.60 within 1 km`, or `too coarse`.
fn place(said: &str) -> Meaning {
    if said == "too coarse" {
        return Meaning::Unknown(Unknown::TooCoarse);
    }
    let (point, radius) = said.split_once(" within ").expect(said);
    let (lat, lon) = point.split_once(", ").expect(said);
    let km: f32 = radius.strip_suffix(" km").expect(said).parse().expect(said);
    let radius = Metres::new(km * 1000.0).expect(said);
    Meaning::Where(Place::new(lat.parse().unwrap(), lon.parse().unwrap(), radius).expect(said))
}

/// `at least 31 civilians as of 2014-05-22`, `31 to 43 best 39`, `43 with attackers`,
/// `dozens (24 to 99)`, `unknown`.
fn toll(harm: Harm, said: &str) -> Meaning {
    let mut rest = said;
    let as_of = rest.split_once(" as of ").map(|(before, day)| {
        rest = before;
        Day::parse_iso(day).expect(said)
    });
    let mut ending = |words: &str| match rest.strip_suffix(words) {
        Some(before) => {
            rest = before;
            true
        }
        None => false,
    };
    let attackers = if ending(" with attackers") {
        Attackers::Included
    } else if ending(" without attackers") {
        Attackers::Excluded
    } else {
        Attackers::Unsaid
    };
    let parties = [
        (" civilians", Whom::Civilians),
        (" attackers", Whom::Attackers),
        (" side-a", Whom::SideA),
        (" side-b", Whom::SideB),
    ];
    let whom = parties.into_iter().find(|(words, _)| ending(words)).map_or(Whom::All, |it| it.1);
    let qualifiers = [
        ("about ", Qualifier::About),
        ("at least ", Qualifier::AtLeast),
        ("more than ", Qualifier::MoreThan),
        ("up to ", Qualifier::UpTo),
        ("feared ", Qualifier::Feared),
        ("unconfirmed ", Qualifier::Unconfirmed),
        ("tens (", Qualifier::Words),
        ("dozens (", Qualifier::Words),
        ("hundreds (", Qualifier::Words),
    ];
    let mut qualifier = Qualifier::Exactly;
    for (words, it) in qualifiers {
        if let Some(after) = rest.strip_prefix(words) {
            (rest, qualifier) = (after.trim_end_matches(')'), it);
        }
    }
    if rest == "unknown" {
        return Meaning::Unknown(Unknown::NotKnown);
    }
    let best = rest.split_once(" best ").map(|(before, best)| {
        rest = before;
        best.parse().expect(said)
    });
    let number = |text: &str| text.parse::<u32>().unwrap_or_else(|_| panic!("{said}: {text}"));
    let count = match (rest.split_once(" to "), qualifier) {
        (Some((low, high)), _) => Count::new(number(low), best, Some(number(high))),
        (None, Qualifier::AtLeast) => Count::at_least(number(rest)),
        (None, Qualifier::MoreThan) => Count::at_least(number(rest) + 1),
        (None, Qualifier::UpTo) => Count::new(0, None, Some(number(rest))),
        (None, _) => Count::exactly(number(rest)),
    };
    Meaning::Toll(Toll { harm, whom, attackers, qualifier, count: count.expect(said), as_of })
}
