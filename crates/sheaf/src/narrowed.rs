//! What the owners of sources allow: with all reports of a source, and more narrowly with some of them. Of several
//! things that are said of a report the strictest counts, so that what is said of some never lets anybody in who
//! is not let in by what is said of all.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use sheaf_model::{GroupName, Marking, Moment, ReportId, SourceName, Tlp};
use sheaf_share::rules::{Reader, as_line, may_see};
use sheaf_store::exchange::{Exchange, Narrowing, Scope};
use sheaf_store::{Import, ImportId, Pool, Wanted};

use crate::failure::Failure;
use crate::pipeline;

/// What is said, of sources and of some of their reports.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Marks {
    /// Of each source, with the licence that its newest import states. A source of which nothing is said is not
    /// among them.
    pub sources: BTreeMap<SourceName, Marking>,
    /// How many sources the pool has.
    pub n_sources: usize,
    narrowings: Vec<Narrowing>,
}

impl Marks {
    /// As the ledger of the pool has them.
    pub fn of(pool: &Pool, log: &Exchange) -> Result<Marks, Failure> {
        let known = pipeline::sources(&pool.imports()?);
        let mut sources = BTreeMap::new();
        for sharing in log.sharings()? {
            if let Some(source) = known.iter().find(|it| it.name == sharing.source) {
                let marking = Marking { licence: source.licence, ..sharing.marking };
                sources.insert(sharing.source, marking);
            }
        }
        let mut narrowings = log.narrowings()?;
        narrowings.retain(|it| sources.contains_key(&it.source));
        Ok(Marks { sources, n_sources: known.len(), narrowings })
    }

    /// Whether nothing is said but of whole sources.
    pub fn narrows_nothing(&self) -> bool {
        self.narrowings.is_empty()
    }

    /// What is said of these reports alone, if anything.
    pub fn said_of(&self, source: &SourceName, scope: &Scope) -> Option<&Narrowing> {
        self.narrowings.iter().find(|it| it.source == *source && it.scope == *scope)
    }

    /// What is said of the reports of an import, not of single ones.
    fn said_of_import(&self, import: &Import) -> Vec<&Narrowing> {
        let is_meant = |it: &&Narrowing| {
            it.source == import.about.source.name
                && match &it.scope {
                    Scope::Import(number) => *number == import.id.0,
                    Scope::DataSet(label) => *label == import.about.dataset,
                    Scope::Report(_) => false,
                }
        };
        self.narrowings.iter().filter(is_meant).collect()
    }

    /// Every report of the pool of which something is said beside what is said of its source.
    pub fn narrowed(&self, pool: &Pool) -> Result<Narrowed, Failure> {
        let mut narrowed = Narrowed::default();
        if self.narrows_nothing() {
            return Ok(narrowed);
        }
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut of_imports: HashMap<ImportId, Vec<&Narrowing>> = HashMap::new();
        for import in pool.imports()? {
            let said = self.said_of_import(&import);
            if let (false, Some(of_source)) =
                (said.is_empty(), self.sources.get(&import.about.source.name))
            {
                let number = narrowed.number(&mut numbers, under(of_source, &said));
                narrowed.imports.insert(import.id, number);
                of_imports.insert(import.id, said);
            }
        }
        let mut alone: HashMap<&ReportId, &Narrowing> = HashMap::new();
        for said in &self.narrowings {
            if let Scope::Report(id) = &said.scope {
                alone.insert(id, said);
            }
        }
        let is_meant = |import: &Import| {
            self.narrowings.iter().any(|it| it.source == import.about.source.name)
        };
        pool.for_each_known(Wanted::only(&[]), is_meant, |import, report| {
            let source = &import.about.source.name;
            let id = report.id(source);
            let number = match (alone.get(&id), self.sources.get(source)) {
                (Some(said), Some(of_source)) => {
                    let mut all = of_imports.get(&import.id).cloned().unwrap_or_default();
                    all.push(said);
                    narrowed.number(&mut numbers, under(of_source, &all))
                }
                _ => match narrowed.imports.get(&import.id) {
                    Some(number) => *number,
                    None => return,
                },
            };
            narrowed.reports.insert(id, number);
        })?;
        Ok(narrowed)
    }
}

/// What is left of the marking of a source under all that is said of some of its reports: in everything the
/// strictest. Where nothing is said, the source's holds.
pub fn under(of_source: &Marking, said: &[&Narrowing]) -> Marking {
    let mut marking = of_source.clone();
    let mut named: Option<BTreeSet<GroupName>> = None;
    for it in said {
        marking.tlp = marking.tlp.max(it.tlp.unwrap_or(of_source.tlp));
        marking.pap = marking.pap.max(it.pap.unwrap_or(of_source.pap));
        if let Some(purposes) = &it.purposes {
            marking.purposes.retain(|purpose| purposes.contains(purpose));
        }
        if let Some(groups) = &it.groups {
            named = Some(match named {
                None => groups.clone(),
                Some(named) => named.intersection(groups).cloned().collect(),
            });
        }
        marking.embargo = marking.embargo.max(it.embargo);
        marking.expires = match (marking.expires, it.expires) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
    if let Some(named) = named {
        // What every member may see, the members of a group may see; else both lists have to name them.
        match of_source.tlp <= Tlp::Green {
            true => marking.groups = named,
            false => marking.groups.retain(|group| named.contains(group)),
        }
    }
    marking
}

/// The reports of which something is said beside what is said of their source.
#[derive(Debug, Default)]
pub struct Narrowed {
    reports: HashMap<ReportId, usize>,
    imports: HashMap<ImportId, usize>,
    markings: Vec<Marking>,
}

impl Narrowed {
    fn number(&mut self, numbers: &mut HashMap<String, usize>, marking: Marking) -> usize {
        let next = self.markings.len();
        let number = *numbers.entry(as_line(&marking)).or_insert(next);
        if number == next {
            self.markings.push(marking);
        }
        number
    }

    /// What a reader may see of it at a time; `None` where nothing is narrowed.
    pub fn seen_by(self: &Arc<Narrowed>, reader: &Reader, now: Moment) -> Option<Sees> {
        let may = |marking: &Marking| may_see(marking, reader, now).is_yes();
        let visible: Vec<bool> = self.markings.iter().map(may).collect();
        (!visible.is_empty()).then(|| Sees { all: self.clone(), visible })
    }

    /// The marking of a report, where something is said of it beside what is said of its source.
    pub fn marking(&self, id: &ReportId) -> Option<&Marking> {
        self.reports.get(id).map(|&number| &self.markings[number])
    }
}

/// What some eyes see of the reports that are narrowed.
#[derive(Clone, Debug)]
pub struct Sees {
    all: Arc<Narrowed>,
    /// For each marking whether its reports are seen.
    visible: Vec<bool>,
}

impl PartialEq for Sees {
    fn eq(&self, other: &Sees) -> bool {
        Arc::ptr_eq(&self.all, &other.all) && self.visible == other.visible
    }
}

impl Eq for Sees {}

impl Sees {
    /// Whether a report is there, and not for these eyes.
    pub fn hides(&self, id: &ReportId) -> bool {
        self.all.reports.get(id).is_some_and(|&number| !self.visible[number])
    }

    /// Whether these eyes see every report that is narrowed.
    pub fn hides_nothing(&self) -> bool {
        self.visible.iter().all(|it| *it)
    }

    /// Whether some report of a source is there, and not for these eyes.
    pub fn hides_some_of(&self, source: &str) -> bool {
        let mut narrowed = self.all.reports.iter();
        narrowed.any(|(id, &number)| !self.visible[number] && id.source() == source)
    }

    /// Whether every report of an import is not for these eyes.
    pub fn hides_import(&self, import: ImportId) -> bool {
        self.all.imports.get(&import).is_some_and(|&number| !self.visible[number])
    }

    /// The marking of a report, where something is said of it beside what is said of its source.
    pub fn marking(&self, id: &ReportId) -> Option<&Marking> {
        self.all.marking(id)
    }
}

#[cfg(test)]
mod tests {
    use sheaf_model::{Group, Member, Region, Sector};
    use sheaf_model::{Licence, MemberId, Pap, Purpose, Role};
    use sheaf_share::rules::Directory;

    use super::*;

    fn group(name: &str) -> GroupName {
        GroupName::new(name).unwrap()
    }

    fn directory() -> Directory {
        let id = |name: &str| MemberId::new(name).unwrap();
        let members = ["owner", "beside", "named", "other"].map(|name| Member {
            id: id(name),
            name: name.to_owned(),
            sector: Sector::Media,
            region: Region::new(if name == "beside" { "owner" } else { name }).unwrap(),
            purposes: [Purpose::Reporting, Purpose::Research].into(),
        });
        let named = |name: &str, members: &[&str]| Group {
            name: group(name),
            members: members.iter().map(|it| id(it)).collect(),
            confidential: false,
        };
        Directory::new(members, [named("one", &["named"]), named("two", &["named", "other"])])
    }

    /// Every narrowing of a few parts, in every order of three, lets nobody in whom the source does not, and the
    /// order makes no difference.
    #[test]
    fn rule_07_whatever_is_said_of_some_lets_nobody_in() {
        let directory = directory();
        let at = |millis| Moment::from_millis(millis).unwrap();
        let mut parts = Vec::new();
        for tlp in [None, Some(Tlp::Clear), Some(Tlp::Amber), Some(Tlp::AmberStrict)] {
            for groups in [None, Some(vec!["one"]), Some(vec!["two"]), Some(vec!["one", "two"])] {
                for (purposes, embargo) in [(None, None), (Some(Purpose::Research), Some(at(2)))] {
                    parts.push(Narrowing {
                        source: SourceName::new("wire").unwrap(),
                        scope: Scope::Import(1),
                        tlp,
                        pap: None,
                        groups: groups.as_ref().map(|it| it.iter().map(|it| group(it)).collect()),
                        purposes: purposes.map(|it| [it].into()),
                        embargo,
                        expires: embargo.map(|_| at(4)),
                    });
                }
            }
        }
        let mut n_seen = 0;
        for tlp in [Tlp::Green, Tlp::Amber, Tlp::AmberStrict] {
            let of_source = Marking {
                tlp,
                pap: Pap::Clear,
                groups: [group("two")].into(),
                purposes: [Purpose::Reporting, Purpose::Research].into(),
                licence: Licence::OpenWithAttribution,
                ..Marking::unsaid(MemberId::new("owner").unwrap())
            };
            for (idx, one) in parts.iter().enumerate() {
                for other in &parts[idx..] {
                    let marking = under(&of_source, &[one, other]);
                    assert_eq!(marking, under(&of_source, &[other, one]));
                    for name in ["owner", "beside", "named", "other"] {
                        let reader = Reader::of(
                            &directory,
                            &MemberId::new(name).unwrap(),
                            [Role::Contributor],
                            [Purpose::Reporting],
                        );
                        for now in 0..5 {
                            let sees = |it: &Marking| may_see(it, &reader, at(now)).is_yes();
                            n_seen += usize::from(sees(&marking));
                            let alone = [one, other].map(|it| under(&of_source, &[it]));
                            assert!(
                                !sees(&marking) || (sees(&of_source) && alone.iter().all(sees)),
                                "{name} at {now}: {one:?} {other:?}"
                            );
                        }
                    }
                }
            }
        }
        assert!(n_seen > 1000, "{n_seen}");
    }
}
