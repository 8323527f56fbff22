//! Refreshing a large pool after a small change: what linking needs to remember is kept in the pool
//! (an index), so a thousand new reports cost what they touch and not what the pool holds. The
//! incidents, their history and their settled values are those that [`crate::view::refresh`] would
//! have made of the whole; where the index does not fit, that is what is done.

use std::collections::HashSet;

use serde_json::{Value, json};
use sheaf_link::{Blocking, Index, Relinked, SourceFacts};
use sheaf_model::{Field, Incident, IncidentId, ReportId, Source};
use sheaf_settle::{Ballots, INTERVAL};
use sheaf_store::{Linkage, LinkageHead, Pool, SettledHead, SettledView, Wanted};

use crate::commands::grouped;
use crate::failure::Failure;
use crate::linking::Method;
use crate::pipeline;
use crate::progress::Progress;
use crate::view::{self, Refreshed};

/// What the index is kept as. The number changes with what stands in front of the index's own bytes.
const KIND: &str = "linking-1";

/// A smaller pool is linked anew in no time, and keeps no index.
const LEAST_REPORTS: usize = 5_000;

/// Whether a pool of so many reports keeps an index.
pub fn keeps_index(n_reports: usize) -> bool {
    n_reports >= LEAST_REPORTS
}

/// Keeps the index of a linkage. `sources` are in the order in which the index numbers them.
pub fn keep(
    pool: &Pool,
    index: &Index,
    basis: &[u8; 32],
    sources: &[Source],
) -> Result<(), Failure> {
    let listed: Vec<Value> =
        sources.iter().map(|it| json!([it.name.as_str(), fingerprint(it)])).collect();
    let head = json!({ "linkage": in_words(basis), "sources": listed }).to_string();
    let mut bytes = head.into_bytes();
    bytes.push(b'\n');
    bytes.extend(index.to_bytes());
    let imports: Vec<_> = pool.imports()?.iter().map(|import| import.id).collect();
    Ok(pool.put_index(KIND, &imports, &bytes)?)
}

/// Everything about a source that linking or settling looks at: if it changes, all its incidents do.
fn fingerprint(source: &Source) -> String {
    let Source { title, organisation, licence, credit, kind, eras, .. } = source;
    let text = format!("{title:?} {organisation:?} {licence:?} {credit:?} {kind:?} {eras:?}");
    blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
}

/// A basis as the index names it.
fn in_words(basis: &[u8; 32]) -> String {
    blake3::Hash::from_bytes(*basis).to_string()
}

/// What a refresh can begin from.
struct Former {
    linkage: Linkage,
    settled: SettledView,
    index: Index,
    /// The sources by the number that the index has for them, known ones first.
    numbered: Vec<Source>,
    imports: Vec<sheaf_store::ImportId>,
}

/// Brings the pool's linkage and settled view up to date by what changed since they were made.
/// `None` if they have to be made anew.
pub fn refresh(pool: &Pool, now: &str, quiet: bool) -> Result<Option<Refreshed>, Failure> {
    let method = Method::of(pool)?;
    let sources = pipeline::sources(&pool.imports()?);
    let Some(model) = method.model_for(&sources) else { return Ok(None) };
    let settings = view::settings(pool, INTERVAL)?;
    let Some(mut former) = former(pool, &settings, &sources)? else { return Ok(None) };
    let progress = Progress::counting("following what changed", quiet);
    take_changes(pool, &mut former, |n| progress.at(n))?;
    let judgements = pool.judgements()?;
    let relinked = former.index.relink(model, &Blocking::SHIPPED, &judgements);
    let basis = pool.basis(&settings)?;
    let changed = incidents(&former.index, &relinked);
    let ended: Vec<IncidentId> = relinked.ended.iter().filter_map(|id| handle(id)).collect();
    let head = LinkageHead { basis, settings, model: method.name(), at: now.to_owned() };
    let linkage = pool.update_linkage(head, &former.linkage, changed.clone(), &ended)?;
    let settled = settle(pool, &former.settled, &sources, &changed, &ended, basis, now)?;
    keep(pool, &former.index, &basis, &former.numbered)?;
    let mut n_shared = 0;
    pool.for_each_row(&settled, |row| n_shared += u64::from(row.sources().count() > 1))?;
    let outlines = former.index.outlines();
    let n_reports = former.index.current().len() as u64;
    Ok(Some(Refreshed {
        n_reports,
        n_sources: sources.len() as u64,
        n_incidents: linkage.n_incidents,
        n_shared,
        n_disputed: None,
        n_outside: n_reports.saturating_sub(linkage.n_reports),
        conflicts: view::conflicts_in_words(&relinked.conflicts, |at| outlines.id(at)),
        capped: Vec::new(),
        meltt: None,
        followed: Some(format!(
            "{} incidents changed, {} reports looked at again",
            grouped(changed.len() as u64),
            grouped(relinked.n_touched as u64)
        )),
    }))
}

/// The linkage, the settled view and the index, if they are of one another and of these settings.
fn former(pool: &Pool, settings: &str, sources: &[Source]) -> Result<Option<Former>, Failure> {
    let (Some(linkage), Some(settled)) = (pool.linkage()?, pool.settled(INTERVAL.about().cited)?)
    else {
        return Ok(None);
    };
    if linkage.head.settings != settings || settled.head.basis != linkage.head.basis {
        return Ok(None);
    }
    let Some(kept) = pool.index(KIND)? else { return Ok(None) };
    let [bytes] = kept.pieces.as_slice() else { return Ok(None) };
    let Some(end) = bytes.iter().position(|&byte| byte == b'\n') else { return Ok(None) };
    let Ok(head) = serde_json::from_slice::<Value>(&bytes[..end]) else { return Ok(None) };
    if head["linkage"] != json!(in_words(&linkage.head.basis)) {
        return Ok(None);
    }
    // Known sources keep their numbers; new ones come after them.
    let mut numbered: Vec<Source> = Vec::with_capacity(sources.len());
    for listed in head["sources"].as_array().into_iter().flatten() {
        let known = sources.iter().find(|it| json!(it.name.as_str()) == listed[0]);
        match known {
            Some(source) if json!(fingerprint(source)) == listed[1] => {
                numbered.push(source.clone());
            }
            _ => return Ok(None),
        }
    }
    let new = sources.iter().filter(|it| !numbered.iter().any(|known| known.name == it.name));
    let new: Vec<Source> = new.cloned().collect();
    numbered.extend(new);
    let Some(index) = Index::from_bytes(&bytes[end + 1..]) else { return Ok(None) };
    Ok(Some(Former { linkage, settled, index, numbered, imports: kept.basis }))
}

/// Tells the index which reports came, went and were revised.
fn take_changes(pool: &Pool, former: &mut Former, mut at: impl FnMut(u64)) -> Result<(), Failure> {
    let Former { index, numbered, imports, .. } = former;
    let mut came = HashSet::new();
    // What linking looks at, and nothing that is only shown.
    let wanted = Wanted::all_but(&[Field::Reference]);
    let gone = pool.changes_since(imports, wanted, |import, report| {
        let name = &import.about.source.name;
        let Some(number) = numbered.iter().position(|it| it.name == *name) else { return };
        let facts = SourceFacts { index: number as u16, kind: numbered[number].kind };
        let id = report.id(name);
        index.add(id.as_str(), facts, report);
        came.insert(id);
        at(came.len() as u64);
    })?;
    for id in gone.iter().filter(|id| !came.contains(*id)) {
        index.remove(id.as_str());
    }
    Ok(())
}

/// The incidents that changed, in order of handle.
fn incidents(index: &Index, relinked: &Relinked) -> Vec<Incident> {
    let outlines = index.outlines();
    let mut incidents: Vec<Incident> = (relinked.incidents.iter())
        .filter_map(|members| {
            let reports: Vec<ReportId> =
                members.iter().filter_map(|&at| ReportId::parse(outlines.id(at))).collect();
            Some(Incident { id: IncidentId::of(&reports)?, reports })
        })
        .collect();
    incidents.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
    incidents
}

/// The handle of this text, which is that of a report.
fn handle(text: &str) -> Option<IncidentId> {
    IncidentId::of(&[ReportId::parse(text)?])
}

/// Settles the incidents that changed and carries the others over.
fn settle(
    pool: &Pool,
    before: &SettledView,
    sources: &[Source],
    changed: &[Incident],
    ended: &[IncidentId],
    basis: [u8; 32],
    now: &str,
) -> Result<SettledView, Failure> {
    let listed = sources.iter().map(|it| (it.name.clone(), it.licence, it.kind)).collect();
    let mut ballots = Ballots::new(listed);
    let ids: Vec<ReportId> = changed.iter().flat_map(|it| it.reports.iter().cloned()).collect();
    let found = pool.reports(&ids, Wanted::all_but(&[Field::Reference]))?;
    let mut positions = Vec::with_capacity(ids.len());
    for (id, found) in ids.iter().zip(&found) {
        let number = sources.iter().position(|it| it.name.as_str() == id.source());
        let (Some(found), Some(number)) = (found, number) else {
            return Err(Failure::new("pool-damaged", format!("{id}: linked, and not there"))
                .hint("`sheaf verify POOL` says what is wrong"));
        };
        positions.push(ballots.push(id, number as u16, found.report()));
    }
    let profile = INTERVAL.about().cited.to_owned();
    let head = SettledHead { basis, profile, at: now.to_owned() };
    let mut writer = pool.update_settled(head, before, ended)?;
    let mut from = 0;
    for incident in changed {
        let members = &positions[from..from + incident.reports.len()];
        from += incident.reports.len();
        writer.write(&[sheaf_settle::settle(&ballots, members, INTERVAL)])?;
    }
    Ok(writer.finish()?)
}
