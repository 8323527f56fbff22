//! Reports that others shared. They lie in the log of objects, as their members sent them, and take part when
//! incidents are made: linked and settled beside the pool's own, and never copied into it. So what is
//! withdrawn, narrowed or expired is gone from every incident at once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::Value;
use sheaf_desk::marking_of_class;
use sheaf_model::{Marking, MemberId, Moment, ReportId, ReportView, Source, Tally};
use sheaf_share::rules::{Reader, as_line, may_see};
use sheaf_share::stix::{Ours, is_ours, is_withdrawn, read_ours};
use sheaf_store::exchange::{Classes, Exchange, Reading, Span, Wish, marking_of_held, stamp_text};
use sheaf_store::{Change, Import, ImportId, NewImport, Pool, Wanted};

use crate::failure::Failure;

/// Objects read at once.
const AT_ONCE: usize = 1000;

/// Every report in the log that another sheaf wrote, in order of report id.
#[derive(Debug, Default)]
pub struct Received {
    reports: Vec<One>,
    markings: Vec<Marking>,
    /// Where reports come from, told as imports are: one for each file of each contributor.
    imports: Vec<Import>,
}

#[derive(Debug)]
struct One {
    id: ReportId,
    told: Ours,
    marking: usize,
    import: usize,
}

/// What some eyes may use of it.
#[derive(Clone, Debug)]
pub struct Shared {
    all: Arc<Received>,
    /// For each marking whether its reports may be used.
    visible: Vec<bool>,
}

impl PartialEq for Shared {
    fn eq(&self, other: &Shared) -> bool {
        Arc::ptr_eq(&self.all, &other.all) && self.visible == other.visible
    }
}

impl Eq for Shared {}

impl Received {
    /// Reads the log. What is no report of a sheaf takes no part; what cannot be read was refused when it came.
    pub fn of(log: &Exchange) -> Result<Received, Failure> {
        let mut told: BTreeMap<ReportId, (Ours, String)> = BTreeMap::new();
        // The marking that counts is the one it is kept under: what may name a person, or bears a marking that
        // nobody knows, is kept under a stricter one than it states.
        let classes: Vec<(i64, Marking)> = log
            .classes()?
            .into_iter()
            // What is held takes part in nothing.
            .filter(|(_, _, line)| marking_of_held(line).is_none())
            .filter_map(|(class, owner, line)| Some((class, marking_of_class(&owner, &line)?)))
            .collect();
        for root in log.roots()? {
            for collection in log.collections(root.root)? {
                for (class, marking) in &classes {
                    gather(log, collection.collection, *class, marking, &mut told)?;
                }
            }
        }
        let mut received = Received::default();
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut imports: HashMap<(MemberId, String, String), usize> = HashMap::new();
        for (id, (mut report, at)) in told {
            let line = as_line(&report.marking);
            let next = received.markings.len();
            let marking = *numbers.entry(line).or_insert(next);
            if marking == next {
                received.markings.push(report.marking.clone());
            }
            let from = (
                report.by.clone(),
                report.source.name.as_str().to_owned(),
                format!("{}\n{}", report.file, report.columns.join("\n")),
            );
            let next = received.imports.len();
            let import = *imports.entry(from).or_insert(next);
            if import == next {
                let columns = std::mem::take(&mut report.columns);
                received.imports.push(import_of(&report, columns, at));
            }
            received.reports.push(One { id, told: report, marking, import });
        }
        Ok(received)
    }

    /// What a reader may use of it at a time; of nobody in particular, all that has not expired.
    pub fn seen_by(self: &Arc<Received>, reader: Option<&Reader>, now: Moment) -> Option<Shared> {
        let may = |marking: &Marking| match reader {
            Some(reader) => may_see(marking, reader, now).is_yes(),
            None => marking.expires.is_none_or(|end| now < end),
        };
        let visible: Vec<bool> = self.markings.iter().map(may).collect();
        let is_something = self.reports.iter().any(|it| visible[it.marking]);
        is_something.then(|| Shared { all: self.clone(), visible })
    }
}

/// The objects of a class in a collection, each as its newest version tells it. The same report in two collections is told
/// by the later version.
fn gather(
    log: &Exchange,
    collection: i64,
    class: i64,
    marking: &Marking,
    told: &mut BTreeMap<ReportId, (Ours, String)>,
) -> Result<(), Failure> {
    let wish = Wish { types: vec!["incident".to_owned()], ..Wish::default() };
    let classes = Classes::Only(vec![class]);
    let mut after = None;
    loop {
        let span = Span { after, limit: AT_ONCE, bytes: usize::MAX, bodies: true };
        let page = log.page(collection, Reading::Collection, &wish, &classes, &span, |entry| {
            let Ok(object) = serde_json::from_slice::<Value>(entry.body) else { return };
            if !is_ours(&object) || is_withdrawn(&object) {
                return;
            }
            let Ok(mut report) = read_ours(&object) else { return };
            report.marking = marking.clone();
            let id = report.batch.report(0).id(&report.source.name);
            let added = stamp_text(entry.added);
            let is_later = told.get(&id).is_none_or(|(known, _)| known.modified < report.modified);
            if is_later {
                told.insert(id, (report, added));
            }
        })?;
        match (page.more, page.last) {
            (true, Some(last)) => after = Some(last),
            _ => return Ok(()),
        }
    }
}

fn import_of(report: &Ours, columns: Vec<String>, taken_at: String) -> Import {
    Import {
        // No import of the pool has this number.
        id: ImportId(0),
        about: NewImport {
            source: report.source.clone(),
            reader: "shared".to_owned(),
            file: format!("{} (shared by {})", report.file, report.by),
            dataset: report.source.name.as_str().to_owned(),
            version: None,
            content: [0; 32],
            bytes: 0,
        },
        taken_at: format!("{}Z", taken_at.split('.').next().unwrap_or_default()),
        columns,
        fates: Vec::new(),
        tally: Tally::default(),
        n_repeated: 0,
        previous: None,
        change: Change::default(),
        same_label: None,
        overlaps: Vec::new(),
    }
}

impl Shared {
    /// The reports, in order of id.
    fn visible(&self) -> impl Iterator<Item = &One> {
        self.all.reports.iter().filter(|it| self.visible[it.marking])
    }

    /// Visits every report that the pool does not hold itself. `own` says whether it does.
    pub fn for_each(
        &self,
        own: impl Fn(&ReportId) -> bool,
        mut visit: impl FnMut(&Import, ReportView<'_>),
    ) {
        for one in self.visible().filter(|it| !own(&it.id)) {
            visit(&self.all.imports[one.import], one.told.batch.report(0));
        }
    }

    /// The ids of the reports, so that the pool can be asked which of them are its own.
    pub fn ids(&self) -> impl Iterator<Item = &ReportId> {
        self.visible().map(|it| &it.id)
    }

    /// The sources of the reports, each once.
    pub fn sources(&self) -> Vec<Source> {
        let mut sources: BTreeMap<&str, &Source> = BTreeMap::new();
        for one in self.visible() {
            let source = &self.all.imports[one.import].about.source;
            sources.entry(source.name.as_str()).or_insert(source);
        }
        sources.into_values().cloned().collect()
    }

    /// Whose the reports of each source are, as their markings say.
    pub fn originators(&self) -> BTreeMap<&str, &MemberId> {
        let of = |one: &'_ One| self.all.markings[one.marking].originator.as_ref();
        let named = self.visible().filter_map(|one| Some((one.id.source(), of(one)?)));
        named.collect()
    }

    /// The marking of a report.
    pub fn marking(&self, id: &ReportId) -> Option<&Marking> {
        let at = self.all.reports.binary_search_by(|it| it.id.cmp(id)).ok()?;
        let one = &self.all.reports[at];
        self.visible[one.marking].then(|| &self.all.markings[one.marking])
    }

    /// A report by its id.
    pub fn report(&self, id: &ReportId) -> Option<(&Import, ReportView<'_>)> {
        let at = self.all.reports.binary_search_by(|it| it.id.cmp(id)).ok()?;
        let one = &self.all.reports[at];
        self.visible[one.marking].then(|| (&self.all.imports[one.import], one.told.batch.report(0)))
    }

    /// Which of the reports the pool holds itself, as current ones.
    pub fn held_by(&self, pool: &Pool) -> Result<std::collections::HashSet<ReportId>, Failure> {
        let ids: Vec<ReportId> = self.ids().cloned().collect();
        let found = pool.reports(&ids, Wanted::only(&[]))?;
        Ok(ids
            .into_iter()
            .zip(found)
            .filter(|(_, found)| found.is_some())
            .map(|(id, _)| id)
            .collect())
    }
}
