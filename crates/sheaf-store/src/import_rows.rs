//! An import as rows of the ledger, and back.

use std::collections::HashMap;

use rusqlite::{Connection, Row, Transaction, params};
use sheaf_model::{
    ColumnFate, Day, DoubtCode, Field, Licence, MethodEra, SetAsideReason, Source, SourceKind,
    SourceName, Tally,
};

use crate::import::NewImport;
use crate::imports::{Import, ImportId, Overlap};
use crate::part::Part;
use crate::vintage::Change;

/// Appends an import with everything that belongs to it.
pub(crate) fn append(
    deed: &Transaction<'_>,
    import: &Import,
    parts: &[Part],
) -> rusqlite::Result<ImportId> {
    for part in parts {
        append_part(deed, part)?;
    }
    let about = &import.about;
    let source = append_source(deed, &about.source)?;
    deed.execute(
        "INSERT INTO import (source, reader, file, dataset, version, content, bytes, taken_at,
             reports, claims, notes, n_repeated, previous, n_added, n_revised, n_deleted,
             n_unchanged, same_label)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        params![
            source,
            about.reader,
            about.file,
            about.dataset,
            about.version,
            about.content,
            about.bytes as i64,
            import.taken_at,
            parts[0].hash,
            parts[1].hash,
            parts[2].hash,
            import.n_repeated as i64,
            import.previous.map(|id| id.0 as i64),
            import.change.added as i64,
            import.change.revised as i64,
            import.change.deleted as i64,
            import.change.unchanged as i64,
            import.same_label.map(|id| id.0 as i64),
        ],
    )?;
    let id = deed.last_insert_rowid();
    for (number, (name, fate)) in import.columns.iter().zip(&import.fates).enumerate() {
        let (fate, what) = fate_words(fate);
        deed.execute(
            "INSERT INTO import_column VALUES (?1, ?2, ?3, ?4, ?5)",
            params![id, number as i64, name, fate, what],
        )?;
    }
    let tally = &import.tally;
    let set_aside = tally.set_aside.iter().map(|(reason, &n)| ("set-aside", reason.code(), n));
    let doubts = tally.doubts.iter().map(|(doubt, &n)| ("doubt", doubt.code(), n));
    for (of, code, n) in [("reports", "", tally.reports)].into_iter().chain(set_aside).chain(doubts)
    {
        deed.execute(
            "INSERT INTO import_tally VALUES (?1, ?2, ?3, ?4)",
            params![id, of, code, n as i64],
        )?;
    }
    for overlap in &import.overlaps {
        deed.execute(
            "INSERT INTO import_overlap VALUES (?1, ?2, ?3, ?4)",
            [id, overlap.other.0 as i64, overlap.shared as i64, overlap.revised as i64],
        )?;
    }
    Ok(ImportId(id as u64))
}

pub(crate) fn append_part(deed: &Transaction<'_>, part: &Part) -> rusqlite::Result<()> {
    deed.execute(
        "INSERT OR IGNORE INTO part VALUES (?1, ?2, ?3, ?4, ?5)",
        params![part.hash, part.kind.name(), part.bytes as i64, part.rows as i64, part.footer],
    )?;
    Ok(())
}

/// The same source told in the same words is kept once.
fn append_source(deed: &Transaction<'_>, source: &Source) -> rusqlite::Result<i64> {
    let eras: Vec<_> =
        source.eras.iter().map(|era| serde_json::json!([era.from.to_string(), era.what])).collect();
    let words = [
        source.name.as_str(),
        &source.title,
        &source.organisation,
        source.licence.name(),
        &source.credit,
        source.kind.name(),
        &serde_json::Value::from(eras).to_string(),
    ];
    deed.execute(
        "INSERT OR IGNORE INTO source (name, title, organisation, licence, credit, kind, eras)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        words,
    )?;
    deed.query_row(
        "SELECT source FROM source WHERE name = ?1 AND title = ?2 AND organisation = ?3
             AND licence = ?4 AND credit = ?5 AND kind = ?6 AND eras = ?7",
        words,
        |row| row.get(0),
    )
}

fn fate_words(fate: &ColumnFate) -> (&'static str, &str) {
    match fate {
        ColumnFate::Mapped(field) => ("mapped", field.name()),
        ColumnFate::Key => ("key", ""),
        ColumnFate::Ignored(reason) => ("ignored", reason),
        ColumnFate::Refused(reason) => ("refused", reason),
        ColumnFate::Unknown => ("unknown", ""),
    }
}

fn fate_from(fate: &str, what: String) -> Option<ColumnFate> {
    Some(match fate {
        "mapped" => ColumnFate::Mapped(Field::from_name(&what)?),
        "key" => ColumnFate::Key,
        "ignored" => ColumnFate::Ignored(what),
        "refused" => ColumnFate::Refused(what),
        "unknown" => ColumnFate::Unknown,
        _ => return None,
    })
}

/// Every import in order. The inner error is a word that the ledger should not hold.
pub(crate) fn read(ledger: &Connection) -> rusqlite::Result<Result<Vec<Import>, String>> {
    let mut columns = HashMap::<u64, (Vec<String>, Vec<ColumnFate>)>::new();
    let mut query = ledger
        .prepare("SELECT import, name, fate, what FROM import_column ORDER BY import, number")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let (names, fates) = columns.entry(number(row, 0)?).or_default();
        let fate: String = row.get(2)?;
        let Some(known) = fate_from(&fate, row.get(3)?) else { return Ok(Err(fate)) };
        names.push(row.get(1)?);
        fates.push(known);
    }
    let mut tallies = HashMap::<u64, Tally>::new();
    let mut query = ledger.prepare("SELECT import, of, code, n FROM import_tally")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let tally = tallies.entry(number(row, 0)?).or_default();
        let (of, code): (String, String) = (row.get(1)?, row.get(2)?);
        let n = number(row, 3)?;
        let known = match of.as_str() {
            "reports" => {
                tally.reports = n;
                Some(())
            }
            "set-aside" => SetAsideReason::from_code(&code).map(|reason| {
                tally.set_aside.insert(reason, n);
            }),
            _ => DoubtCode::from_code(&code).map(|doubt| {
                tally.doubts.insert(doubt, n);
            }),
        };
        if known.is_none() {
            return Ok(Err(code));
        }
    }
    let mut overlaps = HashMap::<u64, Vec<Overlap>>::new();
    let mut query = ledger.prepare(
        "SELECT import, other, n_shared, n_revised FROM import_overlap ORDER BY import, other",
    )?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        overlaps.entry(number(row, 0)?).or_default().push(Overlap {
            other: ImportId(number(row, 1)?),
            shared: number(row, 2)?,
            revised: number(row, 3)?,
        });
    }
    let mut imports = Vec::new();
    let mut query = ledger.prepare(IMPORTS)?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let id = number(row, "import")?;
        let source = match source_from(row)? {
            Ok(source) => source,
            Err(word) => return Ok(Err(word)),
        };
        let (columns, fates) = columns.remove(&id).unwrap_or_default();
        imports.push(Import {
            id: ImportId(id),
            about: NewImport {
                source,
                reader: row.get("reader")?,
                file: row.get("file")?,
                dataset: row.get("dataset")?,
                version: row.get("version")?,
                content: row.get("content")?,
                bytes: number(row, "bytes")?,
            },
            taken_at: row.get("taken_at")?,
            columns,
            fates,
            tally: tallies.remove(&id).unwrap_or_default(),
            n_repeated: number(row, "n_repeated")?,
            previous: maybe_import(row, "previous")?,
            change: Change {
                added: number(row, "n_added")?,
                revised: number(row, "n_revised")?,
                deleted: number(row, "n_deleted")?,
                unchanged: number(row, "n_unchanged")?,
            },
            same_label: maybe_import(row, "same_label")?,
            overlaps: overlaps.remove(&id).unwrap_or_default(),
        });
    }
    Ok(Ok(imports))
}

const IMPORTS: &str = "
    SELECT import.*, name, title, organisation, licence, credit, kind, eras
    FROM import JOIN source USING (source) ORDER BY import";

fn source_from(row: &Row<'_>) -> rusqlite::Result<Result<Source, String>> {
    let (name, licence, kind): (String, String, String) =
        (row.get("name")?, row.get("licence")?, row.get("kind")?);
    let eras: String = row.get("eras")?;
    let Ok(known_name) = SourceName::new(&name) else { return Ok(Err(name)) };
    let Some(known_licence) = Licence::from_name(&licence) else { return Ok(Err(licence)) };
    let Some(known_kind) = SourceKind::from_name(&kind) else { return Ok(Err(kind)) };
    let Some(known_eras) = eras_from(&eras) else { return Ok(Err(eras)) };
    Ok(Ok(Source {
        name: known_name,
        title: row.get("title")?,
        organisation: row.get("organisation")?,
        licence: known_licence,
        credit: row.get("credit")?,
        kind: known_kind,
        eras: known_eras,
    }))
}

fn eras_from(text: &str) -> Option<Vec<MethodEra>> {
    let eras: serde_json::Value = serde_json::from_str(text).ok()?;
    let era = |era: &serde_json::Value| {
        Some(MethodEra {
            from: Day::parse_iso(era.get(0)?.as_str()?)?,
            what: era.get(1)?.as_str()?.to_owned(),
        })
    };
    eras.as_array()?.iter().map(era).collect()
}

fn number(row: &Row<'_>, column: impl rusqlite::RowIndex) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|number| number as u64)
}

fn maybe_import(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<ImportId>> {
    row.get::<_, Option<i64>>(column).map(|id| id.map(|id| ImportId(id as u64)))
}
