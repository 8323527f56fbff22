//! `sheaf exchange publish`: a member's reports as STIX objects in the log from which others fetch.
//!
//! An object gets a new version only where it says something else than its last one, or where others may see
//! it. What is no longer there, or no longer shared, is withdrawn, and those who could see it are told.
//! What is still under an embargo lies in the log already, for its owner alone; when it ends, whoever serves the pool
//! or works on its log gives it a new place there, so that those who had read on find it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use serde_json::{Value, json};
use sheaf_desk::{
    ByMarking, begin, class_line, directory, hold, pass_moments, tells_of_a_confidential_group,
};
use sheaf_model::{
    Licence, Marking, Member, MemberId, Moment, Pap, Purpose, ReportView, Source, SourceName, Tlp,
};
use sheaf_share::rules::{Directory, as_line};
use sheaf_share::stix::{Contributor as By, Losses, Outgoing, definitions, next_version, write};
use sheaf_store::exchange::{
    Acknowledged, Classes, Contributor, Exchange, Head, Incoming, Micros, New, Post, Which,
    Withdrawn,
};
use sheaf_store::{Access, Import, Wanted};

use super::{Went, counted, now, open, print, print_json, remark};
use crate::args::Everywhere;
use crate::failure::Failure;
use crate::narrowed::Marks;
use crate::pipeline;

/// Objects put into the log in one transaction.
const BATCH: usize = 2000;

pub fn publish(
    path: &Path,
    by: &MemberId,
    collection: Option<&str>,
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    let pool = open(path, Access::Read)?;
    let log = Exchange::open(path)?;
    super::exchange::known_member(&log, path, by.as_str())?;
    let directory = directory(&log)?;
    let member = directory.member(by).ok_or_else(|| {
        Failure::new("no-such-member", format!("{}: there is no member {by}", path.display()))
    })?;
    let now = Moment::parse(&now())
        .ok_or_else(|| Failure::new("bad-clock", "the clock shows no time of this era"))?;
    let (root, collection) = place(&log, path, collection)?;
    let n_before = log.published_but(collection, by.as_str(), &HashSet::new())?.len();
    pass_moments(&log, &ByMarking::default(), micros(now))?;
    let n_after = log.published_but(collection, by.as_str(), &HashSet::new())?.len();
    let marks = Marks::of(&pool, &log)?;
    let narrowed = marks.narrowed(&pool)?;
    let mut marked = marks.sources;
    marked.retain(|_, marking| marking.originator.as_ref() == Some(by));
    let sources = pipeline::sources(&pool.imports()?);

    let mut publisher = Publisher {
        log: &log,
        root,
        collection,
        by,
        now,
        waiting: Vec::new(),
        still: HashSet::new(),
        done: Done { n_withdrawn: (n_before - n_after) as u64, ..Done::default() },
    };
    publisher.tell_of(member)?;
    let mut failed = None;
    let mut losses = Losses::of("stix");
    let shared: BTreeMap<&SourceName, (&Source, &Marking)> = marked
        .iter()
        .filter_map(|(name, marking)| {
            Some((name, (sources.iter().find(|it| it.name == *name)?, marking)))
        })
        .collect();
    // Of each marking what of it may be told, and the line that it is kept by.
    let mut told: HashMap<String, (Marking, String)> = HashMap::new();
    let is_shared = |import: &Import| shared.contains_key(&import.about.source.name);
    pool.for_each_known(Wanted::ALL, is_shared, |import, report| {
        let name = &import.about.source.name;
        let Some((source, of_source)) = shared.get(name) else { return };
        let marking = narrowed.marking(&report.id(name)).unwrap_or(of_source);
        if failed.is_some() || marking.expires.is_some_and(|end| end <= now) {
            return;
        }
        let (marking, line) = told
            .entry(as_line(marking))
            .or_insert_with(|| (as_told(marking, &directory), class_line(marking, by)));
        let sent = publisher.send(import, report, source, marking, line, member, &mut losses);
        failed = sent.err();
    })?;
    if let Some(failure) = failed {
        return Err(failure);
    }
    publisher.flush()?;
    publisher.withdraw_what_is_gone()?;
    tell(&publisher.done, &losses, by, everywhere)?;
    Ok(Went::Fine)
}

/// The root and the collection to publish into.
pub(super) fn place(log: &Exchange, path: &Path, id: Option<&str>) -> Result<(i64, i64), Failure> {
    begin(log)?;
    let mut fitting = Vec::new();
    for root in log.roots()? {
        for collection in log.collections(root.root)? {
            let is_meant = match id {
                Some(id) => collection.id == id,
                None => collection.can_read && collection.can_write,
            };
            if is_meant {
                fitting.push((root.root, collection.collection));
            }
        }
    }
    match (&fitting[..], id) {
        ([one], _) => Ok(*one),
        ([], Some(id)) => {
            super::exchange::known_collection(log, path, id)?;
            Err(Failure::new("no-such-collection", format!("there is no collection {id}")))
        }
        _ => Err(Failure::new(
            "which-collection",
            format!("{}: there are several collections, or none to publish into", path.display()),
        )
        .hint(format!(
            "say --collection ID; `sheaf exchange collections {}` lists them",
            path.display()
        ))),
    }
}

/// A marking as it may stand in what is sent, to whoever may see it.
fn as_told(marking: &Marking, directory: &Directory) -> Marking {
    let mut told = marking.clone();
    if tells_of_a_confidential_group(marking, directory) {
        told.groups.retain(|name| !directory.has_confidential(name));
    }
    told
}

/// What may be seen by all: what describes the format, and by all members: who takes part.
fn open_to(tlp: Tlp, by: &MemberId) -> Marking {
    Marking {
        tlp,
        pap: Pap::Clear,
        purposes: Purpose::ALL.iter().copied().collect(),
        licence: Licence::OpenWithAttribution,
        ..Marking::unsaid(by.clone())
    }
}

#[derive(Default)]
struct Done {
    n_reports: u64,
    n_new: u64,
    n_changed: u64,
    n_unchanged: u64,
    n_withdrawn: u64,
    held: Vec<String>,
    refused: Vec<String>,
}

struct Publisher<'a> {
    log: &'a Exchange,
    root: i64,
    collection: i64,
    by: &'a MemberId,
    now: Moment,
    /// Objects as text, with the markings to keep them under.
    waiting: Vec<(String, String)>,
    /// The ids of all that is shared now.
    still: HashSet<String>,
    done: Done,
}

impl Publisher<'_> {
    /// Puts in what describes the format, all of it, and who publishes. It is the same whatever is
    /// published, so that it tells nothing of it.
    fn tell_of(&mut self, member: &Member) -> Result<(), Failure> {
        let line = class_line(&open_to(Tlp::Clear, self.by), self.by);
        for object in definitions() {
            let id = object["id"].as_str().unwrap_or_default();
            if self.log.head(self.collection, id)?.is_none() {
                self.waiting.push((object.to_string(), line.clone()));
            }
        }
        let line = class_line(&open_to(Tlp::Green, self.by), self.by);
        self.add(sheaf_share::stix::identity(&self.contributor(member)), &line)
    }

    fn contributor<'a>(&self, member: &'a Member) -> By<'a> {
        By { member, created: self.now, modified: self.now }
    }

    #[allow(clippy::too_many_arguments)]
    fn send(
        &mut self,
        import: &Import,
        report: ReportView<'_>,
        source: &Source,
        marking: &Marking,
        line: &str,
        member: &Member,
        losses: &mut Losses,
    ) -> Result<(), Failure> {
        let outgoing = Outgoing {
            report,
            source,
            file: &import.about.file,
            columns: &import.columns,
            marking,
            without: &BTreeSet::new(),
            by: self.contributor(member),
            created: self.now,
            modified: self.now,
        };
        let written = write([outgoing]);
        self.done.n_reports += written.losses.n_carried;
        losses.merge(written.losses);
        let is_told = |it: &Value| {
            matches!(it["type"].as_str(), Some("incident" | "location" | "relationship"))
        };
        let is_held_back = marking.embargo.is_some_and(|until| self.now < until);
        for object in written.objects.into_iter().filter(is_told) {
            // What others saw already is withdrawn for as long as it is held back.
            let id = object["id"].as_str().unwrap_or_default();
            let known = self.log.head(self.collection, id)?.filter(|_| is_held_back);
            if known.is_none_or(|head| head.marking == line && !head.is_withdrawn) {
                self.add(object, line)?;
            }
        }
        Ok(())
    }

    /// Adds an object, unless its last version says the same to the same readers.
    fn add(&mut self, mut object: Value, line: &str) -> Result<(), Failure> {
        let id = object["id"].as_str().unwrap_or_default().to_owned();
        if let Some(head) = self.log.head(self.collection, &id)? {
            let created = read(&head).get("created").cloned();
            object["created"] = created.unwrap_or_else(|| object["created"].clone());
            object["modified"] = head.version_text.as_str().into();
            let text = object.to_string();
            let hash = Incoming::read(text.as_bytes()).map(|it| it.hash.to_vec());
            let is_same = !head.is_withdrawn && hash.is_ok_and(|hash| hash == head.hash);
            if is_same && head.marking == line {
                self.done.n_unchanged += 1;
                self.still.insert(id);
                return Ok(());
            }
            object["modified"] = next_version(version(&head), self.now).to_string().into();
            self.done.n_changed += 1;
        } else {
            self.done.n_new += 1;
        }
        self.waiting.push((object.to_string(), line.to_owned()));
        self.still.insert(id);
        if self.waiting.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let waiting = std::mem::take(&mut self.waiting);
        let objects: Vec<_> = waiting
            .iter()
            .map(|(text, line)| {
                let object = Incoming::read(text.as_bytes())?;
                let held = serde_json::from_str(text).ok().as_ref().and_then(hold);
                Ok(New { object, marking: line.clone(), added: None, held })
            })
            .collect();
        let ids = objects.iter().filter_map(|it| Some(it.as_ref().ok()?.object.id.as_str()));
        let noted = ids.filter(|id| self.still.contains(*id));
        self.log.note_published(self.collection, noted)?;
        let post = Post {
            collection: self.collection,
            root: self.root,
            account: 0,
            from: Contributor { member: self.by.as_str(), relays: false },
            sees: &Classes::All,
            now: micros(self.now),
            status: "",
            sent_as: None,
        };
        if let Acknowledged::Now { outcomes, .. } =
            self.log.put(&post, &objects, |_| String::new())?
        {
            for outcome in outcomes {
                let said = |why: String| format!("{}: {why}", outcome.id);
                self.done.held.extend(outcome.held.map(said));
                self.done.refused.extend(outcome.refused.map(said));
            }
        }
        Ok(())
    }

    /// Withdraws what was published and is not shared any more.
    fn withdraw_what_is_gone(&mut self) -> Result<(), Failure> {
        let gone = self.log.published_but(self.collection, self.by.as_str(), &self.still)?;
        for id in gone {
            let by = Contributor { member: self.by.as_str(), relays: false };
            let (which, now) = (Which::default(), micros(self.now));
            let withdrawn =
                self.log.withdraw(self.collection, &id, &which, by, &Classes::All, now)?;
            self.done.n_withdrawn += u64::from(withdrawn == Withdrawn::Whole);
        }
        Ok(())
    }
}

fn read(head: &Head) -> Value {
    serde_json::from_slice(&head.body).unwrap_or(Value::Null)
}

fn version(head: &Head) -> Option<Moment> {
    Moment::from_millis(head.version.div_euclid(1000))
}

fn micros(moment: Moment) -> Micros {
    moment.millis() * 1000
}

fn tell(
    done: &Done,
    losses: &Losses,
    by: &MemberId,
    everywhere: &Everywhere,
) -> Result<(), Failure> {
    for why in &done.refused {
        remark(everywhere, &format!("not taken: {why}"));
    }
    for why in &done.held {
        remark(everywhere, why);
    }
    for sentence in losses.sentences() {
        remark(everywhere, &sentence);
    }
    if everywhere.json {
        return print_json(&json!({
            "member": by.as_str(),
            "reports": done.n_reports,
            "new": done.n_new,
            "changed": done.n_changed,
            "unchanged": done.n_unchanged,
            "withdrawn": done.n_withdrawn,
            "held": done.held.len(),
            "refused": done.refused.len(),
        }));
    }
    print(&format!(
        "{by}: {}; {} new, {} changed, {} as before, {} withdrawn, {} held, {} refused\n",
        counted(done.n_reports, "report"),
        counted(done.n_new, "object"),
        done.n_changed,
        done.n_unchanged,
        done.n_withdrawn,
        done.held.len(),
        done.refused.len(),
    ))
}
