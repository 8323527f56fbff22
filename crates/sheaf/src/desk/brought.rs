//! What the pool was made from: sources with their imports, and what an import changed, report by report.

use serde_json::{Value, json};
use sheaf_model::ReportId;
use sheaf_store::{Import, ReportChange};

use super::PoolPages;
use crate::commands::diff::{columns_json, report_json};
use crate::commands::sources::import_json;
use crate::failure::Failure;
use crate::sight::Seen;

/// What would tell a reader how many imports there are.
const NUMBERS: [&str; 3] = ["import", "previous", "same_label_as"];
/// What counts reports that a reader may not see with those that it may.
const COUNTS: [&str; 9] =
    ["bytes", "read", "reports", "set_aside", "doubts", "added", "revised", "deleted", "unchanged"];

/// The imports that are seen, the newest first.
fn imports(seen: &Seen) -> Result<Vec<Import>, Failure> {
    let narrowed = seen.sight.narrowed.as_ref();
    let mut imports = seen.pool.imports()?;
    imports.retain(|it| {
        seen.sight.sees(it.about.source.name.as_str())
            && !narrowed.is_some_and(|narrowed| narrowed.hides_import(it.id))
    });
    imports.reverse();
    Ok(imports)
}

/// Whether a source has reports that are not for these eyes.
fn is_in_part(seen: &Seen, source: &str) -> bool {
    seen.sight.narrowed.as_ref().is_some_and(|it| it.hides_some_of(source))
}

pub(super) fn sources(seen: &Seen) -> Result<Value, Failure> {
    let mut listed: Vec<(String, Vec<Value>)> = Vec::new();
    let imports = imports(seen)?;
    for import in &imports {
        let name = import.about.source.name.as_str();
        let previous = import.previous.map(|id| imports.iter().any(|it| it.id == id));
        let mut told = import_json(import);
        told["has_previous"] = json!(previous == Some(true));
        if let (Some(_), Some(told)) = (&seen.sight.sources, told.as_object_mut()) {
            NUMBERS.iter().for_each(|name| drop(told.remove(*name)));
            // What changed since a version that is not seen counts what was in it.
            if is_in_part(seen, name) || previous == Some(false) {
                COUNTS.iter().for_each(|name| drop(told.remove(*name)));
            }
        }
        match listed.iter_mut().find(|(it, _)| it == name) {
            Some((_, imports)) => imports.push(told),
            None => listed.push((name.to_owned(), vec![told])),
        }
    }
    listed.sort_by(|a, b| a.0.cmp(&b.0));
    let sources = listed.into_iter().map(|(name, imports)| {
        let about = |key: &str| imports[0][key].clone();
        json!({
            "name": name,
            "title": about("title"),
            "organisation": about("organisation"),
            "licence": about("licence"),
            "credit": about("credit"),
            "kind": about("kind"),
            "imports": imports,
        })
    });
    Ok(json!({ "sources": sources.collect::<Vec<_>>() }))
}

impl PoolPages {
    /// What an import changed in the reports of its source that are seen: `back` imports before the newest of those
    /// that `sources` lists of it. Some of the reports, from the one that stands at `offset`.
    pub(super) fn changes(
        &self,
        seen: &Seen,
        source: &str,
        back: usize,
        (offset, limit): (usize, usize),
    ) -> Result<Value, Failure> {
        let imports = imports(seen)?;
        let of_source = imports.iter().filter(|it| it.about.source.name.as_str() == source);
        let of_source: Vec<&Import> = of_source.collect();
        if of_source.is_empty() {
            return Err(Failure::new("no-such-source", format!("{source} is no source here")));
        }
        let to = of_source.get(back).ok_or_else(|| {
            let what = format!("{source} has {} imports, and none {back} back", of_source.len());
            Failure::new("no-such-import", what)
        })?;
        let from = to.previous.and_then(|id| of_source.iter().find(|it| it.id == id));
        let from = from.ok_or_else(|| {
            let what = format!("{}: there is no version before it to compare with", to.about.file);
            Failure::new("no-earlier-vintage", what)
        })?;
        let diff = self.diffs.get((from.id, to.id), || Ok(seen.pool.diff(from.id, to.id)?))?;
        let name = &to.about.source.name;
        let is_seen =
            |change: &&ReportChange| seen.sight.sees_report(&ReportId::new(name, change.key()));
        let is_whole = !is_in_part(seen, source);
        let changed: Vec<&ReportChange> = diff.reports.iter().filter(is_seen).collect();
        let n = |of: fn(&ReportChange) -> bool| changed.iter().filter(|it| of(it)).count();
        let shown = changed.iter().skip(offset).take(limit);
        Ok(json!({
            "source": source,
            "from": end(from),
            "to": end(to),
            "added": n(|it| matches!(it, ReportChange::Added(_))),
            "revised": n(|it| matches!(it, ReportChange::Revised { .. })),
            "deleted": n(|it| matches!(it, ReportChange::Deleted(_))),
            "unchanged": is_whole.then_some(diff.change.unchanged),
            "columns": columns_json(changed.iter().copied()),
            "offset": offset,
            "changes": shown.map(|it| report_json(source, it)).collect::<Vec<_>>(),
        }))
    }
}

fn end(import: &Import) -> Value {
    json!({
        "file": import.about.file,
        "version": import.about.version,
        "taken_at": import.taken_at,
    })
}
