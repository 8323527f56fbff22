//! `sheaf sources [POOL]`: the readers that are built in, or what was taken into a pool.

use serde_json::{Value, json};
use sheaf_model::{ColumnFate, MethodEra};
use sheaf_read::{Mapping, SOURCES};
use sheaf_store::{Access, Import};

use super::{Went, counted, grouped, open, print, print_json, remark};
use crate::args::{Everywhere, SourcesOf, Summary};
use crate::failure::Failure;

pub fn sources(args: &SourcesOf, everywhere: &Everywhere) -> Result<Went, Failure> {
    let as_json = args.format == Summary::Json || everywhere.json;
    match &args.pool {
        None => readers(as_json),
        Some(path) => {
            let imports = open(path, Access::Read)?.imports()?;
            if imports.is_empty() {
                remark(everywhere, &format!("{}: nothing was taken in yet", path.display()));
            }
            if as_json {
                print_json(&Value::Array(imports.iter().map(import_json).collect()))?;
            } else {
                imports.iter().try_for_each(|import| print(&import_text(import)))?;
            }
            Ok(Went::Fine)
        }
    }
}

fn readers(as_json: bool) -> Result<Went, Failure> {
    let mut readers = Vec::new();
    for reader in SOURCES {
        let name = reader.about().name;
        readers.push((name, Mapping::from_toml(reader.about().mapping, name)?.source));
    }
    if as_json {
        let readers = readers.iter().map(|(name, source)| {
            json!({
                "reader": name,
                "title": source.title,
                "organisation": source.organisation,
                "licence": source.licence.name(),
                "kind": source.kind.name(),
            })
        });
        print_json(&Value::Array(readers.collect()))?;
        return Ok(Went::Fine);
    }
    let width = readers.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, source) in &readers {
        let licence = source.licence.name();
        print(&format!("{name:width$}  {} ({}; {licence})\n", source.title, source.organisation))?;
    }
    print("\nAny other table: sheaf new-source FILE > FILE.toml\n")?;
    Ok(Went::Fine)
}

/// What `sheaf sources POOL` says of an import.
pub fn import_text(import: &Import) -> String {
    let about = &import.about;
    let version = about.version.as_deref().map_or(String::new(), |label| format!(" {label}"));
    let mut text = format!(
        "{}  {}  {}{version}, from {}, read by {}, {}\n",
        import.id, about.source.name, about.dataset, about.file, about.reader, import.taken_at
    );
    text.push_str(&format!("    {}; licence: {}\n", import.tally, about.source.licence.name()));
    for era in &about.source.eras {
        text.push_str(&format!("    by its method from {} on: {}\n", era.from, era.what));
    }
    for (reason, n) in &import.tally.set_aside {
        text.push_str(&format!(
            "    set aside: {}: each {}\n",
            counted(*n, "row"),
            reason.sentence()
        ));
    }
    for (code, n) in &import.tally.doubts {
        text.push_str(&format!("    {}: {}\n", counted(*n, "doubt"), code.code()));
    }
    if import.previous.is_some() {
        text.push_str(&format!("    {}\n", change_text(import)));
    }
    text
}

/// How an import differs from the vintage before it.
pub fn change_text(import: &Import) -> String {
    let change = &import.change;
    let before = import.previous.map_or(String::new(), |id| format!(" since {id}"));
    let mut text = format!(
        "{} added, {} revised, {} deleted, {} unchanged{before}",
        grouped(change.added),
        grouped(change.revised),
        grouped(change.deleted),
        grouped(change.unchanged)
    );
    if let Some(same) = import.same_label {
        text.push_str(&format!(
            "; the version label is that of {same}, what was read is not: both are kept"
        ));
    }
    text
}

/// An import as JSON.
pub fn import_json(import: &Import) -> Value {
    let about = &import.about;
    let counts = |counts: Vec<(&'static str, u64)>| {
        Value::Object(counts.into_iter().map(|(code, n)| (code.to_owned(), json!(n))).collect())
    };
    let columns: Vec<Value> =
        import.columns.iter().zip(&import.fates).map(|(it, fate)| fate_json(it, fate)).collect();
    let era = |era: &MethodEra| json!({ "from": era.from.to_string(), "what": era.what });
    json!({
        "import": import.id.to_string(),
        "source": about.source.name.as_str(),
        "title": about.source.title,
        "organisation": about.source.organisation,
        "licence": about.source.licence.name(),
        "credit": about.source.credit,
        "kind": about.source.kind.name(),
        "method_eras": about.source.eras.iter().map(era).collect::<Vec<_>>(),
        "reader": about.reader,
        "file": about.file,
        "dataset": about.dataset,
        "version": about.version,
        "content": hex(&about.content),
        "bytes": about.bytes,
        "taken_at": import.taken_at,
        "read": import.tally.read(),
        "reports": import.tally.reports,
        "set_aside": counts(import.tally.set_aside.iter().map(|(it, n)| (it.code(), *n)).collect()),
        "doubts": counts(import.tally.doubts.iter().map(|(it, n)| (it.code(), *n)).collect()),
        "previous": import.previous.map(|id| id.to_string()),
        "added": import.change.added,
        "revised": import.change.revised,
        "deleted": import.change.deleted,
        "unchanged": import.change.unchanged,
        "same_label_as": import.same_label.map(|id| id.to_string()),
        "columns": columns,
    })
}

/// What became of a column.
pub fn fate_json(column: &str, fate: &ColumnFate) -> Value {
    let (fate, what) = match fate {
        ColumnFate::Mapped(field) => ("mapped", field.name()),
        ColumnFate::Key => ("key", ""),
        ColumnFate::Ignored(why) => ("ignored", why.as_str()),
        ColumnFate::Refused(why) => ("refused", why.as_str()),
        ColumnFate::Unknown => ("unknown", ""),
    };
    json!({ "column": column, "fate": fate, "what": what })
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
