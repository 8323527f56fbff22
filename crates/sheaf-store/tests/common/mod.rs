//! Small invented imports for the tests of the store.

#![allow(dead_code)]

use std::path::Path;

use sheaf_model::*;
use sheaf_store::{Import, NewImport, Pool};

pub const AT: &str = "2026-03-01T12:00:00Z";

/// A source of this name.
pub fn source(name: &str) -> Source {
    Source {
        name: SourceName::new(name).unwrap(),
        title: format!("The {name} list"),
        organisation: "An invented office".to_owned(),
        licence: Licence::OpenWithAttribution,
        credit: "Invented".to_owned(),
        kind: SourceKind::Curated,
        eras: vec![MethodEra {
            from: Day::from_ymd(2010, 1, 1).unwrap(),
            what: "from then on by hand".to_owned(),
        }],
    }
}

pub fn columns() -> Vec<String> {
    ["id", "date", "place", "killed"].map(str::to_owned).to_vec()
}

pub fn fates() -> Vec<ColumnFate> {
    vec![
        ColumnFate::Key,
        ColumnFate::Mapped(Field::When),
        ColumnFate::Mapped(Field::PlaceName),
        ColumnFate::Mapped(Field::Toll),
    ]
}

/// A batch of reports, each a key, a place and a number of killed.
pub fn batch(reports: &[(&str, &str, u32)]) -> Batch {
    let mut batch = Batch::default();
    for (idx, (key, place, killed)) in reports.iter().enumerate() {
        batch.begin_report(key, idx as u64 + 2, Unit::Incident);
        let day = Day::from_ymd(2014, 5, 22).unwrap();
        batch.say(Field::When, 1, "22 May 2014", Meaning::When(When::on(day)));
        batch.say(Field::PlaceName, 2, place, Meaning::Words);
        let toll = Toll {
            harm: Harm::Killed,
            whom: Whom::All,
            attackers: Attackers::Unsaid,
            qualifier: Qualifier::Exactly,
            count: Count::exactly(*killed).unwrap(),
            as_of: None,
        };
        batch.say(Field::Toll, 3, &killed.to_string(), Meaning::Toll(toll));
        batch.end_report();
    }
    batch
}

/// What is about to be taken in; the content hash is that of the file's name and `seed`.
pub fn about(source_name: &str, file: &str, version: Option<&str>, seed: u64) -> NewImport {
    let mut content = [0; 32];
    content[..8].copy_from_slice(&seed.to_le_bytes());
    for (idx, byte) in file.bytes().enumerate() {
        content[8 + idx % 24] ^= byte;
    }
    NewImport {
        source: source(source_name),
        reader: "test@1".to_owned(),
        file: file.to_owned(),
        dataset: file.split('.').next().unwrap().to_owned(),
        version: version.map(str::to_owned),
        content,
        bytes: 100 + seed,
    }
}

/// Takes one batch in.
pub fn take_in(pool: &Pool, about: NewImport, batch: &Batch) -> Import {
    let mut writer = pool.begin_import(about).unwrap();
    writer.write(batch, &columns()).unwrap();
    let mut tally = Tally::default();
    tally.add(batch);
    writer.finish(&columns(), &fates(), &tally, AT).unwrap()
}

/// Everything a report view shows, as text that can be compared.
pub fn shown(report: ReportView<'_>) -> String {
    let mut text = format!(
        "{}@{} {} {:032x}",
        report.key(),
        report.row(),
        report.unit().name(),
        report.digest()
    );
    for claim in report.claims() {
        // Spans differ between batches that say the same; the words behind them do not.
        let meant = match claim.meant {
            Meaning::Spelt(_) => "Spelt".to_owned(),
            other => format!("{other:?}"),
        };
        text.push_str(&format!(
            " | {} #{} {:?} {meant} {:?}",
            claim.field,
            claim.column,
            report.said(claim),
            report.words(claim)
        ));
    }
    text
}

/// Every current report, as text.
pub fn current(pool: &Pool) -> Vec<String> {
    let mut all = Vec::new();
    pool.for_each_current(sheaf_store::Wanted::ALL, None, |import, report| {
        all.push(format!("{}:{}", import.about.source.name, shown(report)));
    })
    .unwrap();
    all
}

/// Takes from a pool's ledger what formats after the first added.
pub fn make_format_1(pool: &Path) {
    let ledger = rusqlite::Connection::open(pool.join("ledger.sqlite")).unwrap();
    ledger.pragma_update(None, "foreign_keys", false).unwrap();
    let first = rusqlite::Connection::open_in_memory().unwrap();
    first.execute_batch(include_str!("../../src/ledger.sql")).unwrap();
    let named = |ledger: &rusqlite::Connection, kind: &str| -> Vec<String> {
        let mut query = ledger
            .prepare("SELECT name FROM sqlite_schema WHERE type = ?1 AND name NOT LIKE 'sqlite_%'")
            .unwrap();
        query.query_map([kind], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for kind in ["trigger", "table"] {
        let kept = named(&first, kind);
        for name in named(&ledger, kind).iter().filter(|name| !kept.contains(name)) {
            ledger.execute(&format!("DROP {kind} {name}"), []).unwrap();
        }
    }
    ledger.pragma_update(None, "user_version", 1).unwrap();
}
