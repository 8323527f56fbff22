//! Labelled reports to link: read by the program's own readers, so that a linker knows of them
//! exactly what a pool would know, with the labels beside them and never among them.
//!
//! [`Reports`] is a whole data set. A [`Pool`] is what one linking gets of it: all of it, the
//! reports of some elections, or all of it with the dates of its sources moved apart.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use sheaf_link::{Outlines, SourceFacts};
use sheaf_model::{Batch, Day, Field, Harm, Kind, Meaning, ReportView, Whom};
use sheaf_read::rows::{self, Form, Notes, Row};
use sheaf_read::{ReadOptions, read_all};

use crate::failure::{About, Failure, Outcome};

/// What a report says, in the plain form that other methods work on. Ours never looks here.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Facts {
    /// First and last day since 1970.
    pub days: Option<(i32, i32)>,
    /// Degrees north and east.
    pub point: Option<(f64, f64)>,
    /// Killed: the best value, otherwise the lower bound.
    pub killed: Option<u32>,
    /// Injured, likewise.
    pub injured: Option<u32>,
    /// The kinds given, sorted.
    pub kinds: Vec<Kind>,
    /// The first word of each field that is compared by name, in lower case. A category stands
    /// under its column, so that different columns are never compared.
    pub words: BTreeMap<String, String>,
}

/// What people say of a report. A linker may look at it while it is fitted, and at no other time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The event it is about, by number over the whole data set.
    pub event: u32,
    /// Its election, or what else sets apart the folds, by position in [`Reports::elections`].
    pub election: u16,
    /// The group of sources by which pairs are called cross-source.
    pub group: u16,
    /// Cells of the file that only a method with hand-made taxonomies looks at.
    pub cells: Vec<String>,
}

/// A label as it stands in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RawLabel {
    /// The event; blank for an event of its own.
    pub event: String,
    /// The election.
    pub election: String,
    /// The group of sources.
    pub group: u16,
    /// See [`Label::cells`].
    pub cells: Vec<String>,
}

/// A report with its label.
#[derive(Clone, Debug)]
struct Entry {
    id: String,
    source: SourceFacts,
    batch: usize,
    idx: usize,
    facts: Facts,
    label: Label,
}

/// A data set of labelled reports.
#[derive(Clone, Debug)]
pub struct Reports {
    /// What to call it.
    pub name: String,
    /// The elections, in order of their first report.
    pub elections: Vec<String>,
    batches: Vec<Batch>,
    entries: Vec<Entry>,
    events: HashMap<String, u32>,
    n_events: u32,
}

/// Reports to be linked with each other, by position.
#[derive(Clone, Debug)]
pub struct Pool {
    /// What to call it.
    pub name: String,
    /// What a linker knows.
    pub outlines: Outlines,
    /// The same in plain form, for other methods.
    pub facts: Vec<Facts>,
    /// What people say.
    pub labels: Vec<Label>,
}

impl Pool {
    /// How many reports.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

impl Reports {
    /// A data set without reports.
    pub fn new(name: &str) -> Reports {
        Reports {
            name: name.to_owned(),
            elections: Vec::new(),
            batches: Vec::new(),
            entries: Vec::new(),
            events: HashMap::new(),
            n_events: 0,
        }
    }

    /// Reads a file as source number `source`. The label of a row is what `label` makes of the cells
    /// of the named columns, which are read beside the reader.
    pub fn read(
        &mut self,
        path: &Path,
        options: &ReadOptions,
        source: u16,
        columns: &[&str],
        label: impl Fn(&[String]) -> RawLabel,
    ) -> Outcome<()> {
        let (reading, batches, _) =
            read_all(path, options).about(format!("read {}", path.display()))?;
        let cells = cells(path, columns)?;
        let source = SourceFacts { index: source, kind: reading.head.source.kind };
        for batch in batches {
            for (idx, report) in batch.reports().enumerate() {
                let cells = cells.get(&report.row()).ok_or_else(|| {
                    Failure::new(format!("{}:{}: no such row", path.display(), report.row()))
                })?;
                let label = self.number(label(cells))?;
                self.entries.push(Entry {
                    id: report.id(&reading.head.source.name).as_str().to_owned(),
                    source,
                    batch: self.batches.len(),
                    idx,
                    facts: Facts::of(report, &reading.head.columns),
                    label,
                });
            }
            self.batches.push(batch);
        }
        Ok(())
    }

    fn number(&mut self, raw: RawLabel) -> Outcome<Label> {
        let mut next = || {
            self.n_events += 1;
            self.n_events - 1
        };
        let event = match raw.event.as_str() {
            "" => next(),
            _ => *self.events.entry(raw.event).or_insert_with(next),
        };
        let election = self.elections.iter().position(|known| *known == raw.election);
        let election = election.unwrap_or_else(|| {
            self.elections.push(raw.election);
            self.elections.len() - 1
        });
        let election = u16::try_from(election).about("number the elections")?;
        Ok(Label { event, election, group: raw.group, cells: raw.cells })
    }

    /// How many reports.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The label of each report.
    pub fn labels(&self) -> impl ExactSizeIterator<Item = &Label> {
        self.entries.iter().map(|entry| &entry.label)
    }

    /// What each report says.
    pub fn facts(&self) -> impl ExactSizeIterator<Item = &Facts> {
        self.entries.iter().map(|entry| &entry.facts)
    }

    /// All reports as one pool.
    pub fn whole(&self) -> Pool {
        self.part(&self.name, |_| true)
    }

    /// The reports for which `is_in` holds, in order, as a pool of their own: what it knows of how
    /// common a name is, it knows from them alone.
    pub fn part(&self, name: &str, is_in: impl Fn(usize) -> bool) -> Pool {
        let which = (0..self.len()).filter(|&at| is_in(at));
        let mut pool = Pool {
            name: name.to_owned(),
            outlines: Outlines::default(),
            facts: Vec::new(),
            labels: Vec::new(),
        };
        for entry in which.map(|at| &self.entries[at]) {
            let report = self.batches[entry.batch].report(entry.idx);
            pool.outlines.push(&entry.id, entry.source, report);
            pool.facts.push(entry.facts.clone());
            pool.labels.push(entry.label.clone());
        }
        pool
    }

    /// All reports, with the days of each group of sources moved by as many days as `shift` says.
    /// A day that leaves the stretch of the whole data set comes in again at its other end, so that
    /// no part of it is left empty; a report keeps its width.
    pub fn shifted(&self, shift: impl Fn(u16) -> i32) -> Pool {
        let days = || self.entries.iter().filter_map(|entry| entry.facts.days);
        let first = days().map(|(first, _)| first).min().unwrap_or(0);
        let span = days().map(|(start, _)| start - first + 1).max().unwrap_or(1);
        let mut pool = self.part(&self.name, |_| false);
        for entry in &self.entries {
            let by = shift(entry.label.group);
            let moved = |start: i32| first + (start - first + by).rem_euclid(span) - start;
            let by = entry.facts.days.map_or(0, |(start, _)| moved(start));
            let batch = moved_by(self.batches[entry.batch].report(entry.idx), by);
            pool.outlines.push(&entry.id, entry.source, batch.report(0));
            let mut facts = entry.facts.clone();
            facts.days = facts.days.map(|(first, last)| (first + by, last + by));
            pool.facts.push(facts);
            pool.labels.push(entry.label.clone());
        }
        pool
    }

    /// How many days lie between the first start and the last, both counted.
    pub fn span_days(&self) -> i32 {
        let starts = || self.facts().filter_map(|facts| facts.days).map(|(first, _)| first);
        starts().max().zip(starts().min()).map_or(0, |(last, first)| last - first + 1)
    }
}

/// A report as it was, with its days moved.
fn moved_by(report: ReportView<'_>, by: i32) -> Batch {
    let mut batch = Batch::default();
    batch.begin_report(report.key(), report.row(), report.unit());
    let day = |day: Day| day.plus(by).unwrap_or(day);
    for claim in report.claims() {
        let (said, meant) = match claim.meant {
            Meaning::When(when) => {
                let moved = sheaf_model::When::new(day(when.first()), day(when.last()));
                ("", Meaning::When(moved.unwrap_or(when)))
            }
            Meaning::Day(published) => ("", Meaning::Day(day(published))),
            Meaning::Spelt(_) => (report.words(claim).unwrap_or(""), Meaning::Words),
            meant => (report.said(claim), meant),
        };
        batch.say(claim.field, claim.column, said, meant);
    }
    batch.end_report();
    batch
}

impl Facts {
    /// What a report says in plain form. `columns` are those of its file.
    pub fn of(report: ReportView<'_>, columns: &[String]) -> Facts {
        let mut facts = Facts::default();
        for claim in report.claims() {
            match claim.meant {
                Meaning::When(when) if claim.field == Field::When => {
                    let (first, last) =
                        (when.first().days_since_1970(), when.last().days_since_1970());
                    let days = facts.days.unwrap_or((first, last));
                    facts.days = Some((days.0.min(first), days.1.max(last)));
                }
                Meaning::Where(place) if claim.field == Field::Where => {
                    facts.point = Some((place.lat(), place.lon()));
                }
                Meaning::Kind(kind) => facts.kinds.push(kind),
                Meaning::Toll(toll) if toll.whom == Whom::All => {
                    let number = toll.count.best().unwrap_or(toll.count.low());
                    match toll.harm {
                        Harm::Killed => facts.killed = Some(number),
                        Harm::Injured => facts.injured = Some(number),
                        _ => {}
                    }
                }
                Meaning::Words | Meaning::Spelt(_) => {
                    let name = match claim.field {
                        Field::Category => columns.get(usize::from(claim.column)).cloned(),
                        Field::PlaceName | Field::Country | Field::Target | Field::Party => {
                            Some(claim.field.name().to_owned())
                        }
                        _ => None,
                    };
                    if let (Some(name), Some(words)) = (name, report.words(claim)) {
                        facts.words.entry(name).or_insert_with(|| words.to_lowercase());
                    }
                }
                _ => {}
            }
        }
        facts.kinds.sort_unstable();
        facts.kinds.dedup();
        facts
    }

    /// Whether it says where it was, by point or by name.
    pub fn says_where(&self) -> bool {
        self.point.is_some() || self.words.contains_key(Field::PlaceName.name())
    }

    /// Days between two reports, 0 when they share one; `None` if one has none.
    pub fn gap_days(&self, other: &Facts) -> Option<i32> {
        let ((a, b), (c, d)) = self.days.zip(other.days)?;
        Some((a.max(c) - b.min(d)).max(0))
    }

    /// Kilometres of great circle between two reports; `None` if one has no point.
    pub fn km(&self, other: &Facts) -> Option<f64> {
        let ((lat, lon), (other_lat, other_lon)) = self.point.zip(other.point)?;
        let (a, b) = (lat.to_radians(), other_lat.to_radians());
        let half = |from: f64, to: f64| ((to - from) / 2.0).sin().powi(2);
        let squared =
            half(a, b) + a.cos() * b.cos() * half(lon.to_radians(), other_lon.to_radians());
        Some(2.0 * 6371.0 * squared.clamp(0.0, 1.0).sqrt().asin())
    }
}

/// The cells of some columns, by row.
fn cells(path: &Path, columns: &[&str]) -> Outcome<HashMap<u64, Vec<String>>> {
    let shown = path.display();
    let mut opened = rows::open(path, &Form::default()).about(format!("open {shown}"))?;
    let known = opened.rows.columns().to_vec();
    let at: Vec<usize> = columns
        .iter()
        .map(|name| {
            known.iter().position(|column| column == name).ok_or_else(|| {
                Failure::new(format!("{shown} has no column {name}"))
                    .hint(format!("its columns are {}", known.join(", ")))
            })
        })
        .collect::<Outcome<_>>()?;
    let (mut row, mut notes) = (Row::default(), Notes::default());
    let mut found = HashMap::new();
    while opened.rows.next(&mut row, &mut notes).about(format!("read {shown}"))? {
        let cells = at.iter().map(|&at| match row.cell(at).trim() {
            "NA" => String::new(),
            cell => cell.to_owned(),
        });
        found.insert(row.number(), cells.collect());
    }
    Ok(found)
}
