//! Reports as MELTT's records: a data set for each source, in the order in which the sources first
//! came into the pool, since MELTT's result depends on it; the records of a source in the order of
//! its files. A record's category is what its cell says in the column that a taxonomy is named
//! after, to the letter but for white space around it.
//!
//! Leads and aggregates are no records: neither is ever an incident. What MELTT cannot do without
//! (days, a point, a category that the taxonomy maps) is checked here, where reports have names.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_link::meltt::{Dataset, Point, Record, Reports, Taxonomy};
use sheaf_model::{Day, Field, Meaning, ReportView, SourceKind, Unit};
use sheaf_store::{Import, Pool, Wanted};

use super::Choice;
use crate::commands::counted;
use crate::failure::Failure;
use crate::pipeline::Known;
use crate::suggest;

/// The records of some reports, by source.
#[derive(Clone, Debug, Default)]
pub struct Records {
    columns: Vec<String>,
    sources: Vec<OfSource>,
}

/// The records of a source.
#[derive(Clone, Debug)]
struct OfSource {
    name: String,
    /// Names of the columns of its files, for messages.
    columns: BTreeSet<String>,
    told: Vec<Told>,
}

/// One report, with as much of it as MELTT looks at.
#[derive(Clone, Debug)]
struct Told {
    key: String,
    position: u32,
    days: Option<(Day, Day)>,
    point: Option<Point>,
    /// For each taxonomy what its column says; `None` where it says nothing.
    categories: Vec<Option<String>>,
}

/// Who a report is by, and what stands over its cells.
pub struct Teller<'a> {
    pub source: &'a str,
    pub kind: SourceKind,
    pub columns: &'a [String],
}

impl<'a> Teller<'a> {
    pub fn of(import: &'a Import) -> Teller<'a> {
        let source = &import.about.source;
        Teller { source: source.name.as_str(), kind: source.kind, columns: &import.columns }
    }
}

impl Records {
    /// No records yet, of these columns.
    pub fn new(columns: &[String]) -> Records {
        Records { columns: columns.to_vec(), sources: Vec::new() }
    }

    /// The current reports of a pool, in the positions at which they are known.
    pub fn of_pool(pool: &Pool, columns: &[String], known: &Known) -> Result<Records, Failure> {
        let mut records = Records::new(columns);
        for import in pool.imports()?.iter().filter(|import| known.knowing.has(import)) {
            records.of_source(import.about.source.name.as_str());
        }
        let mut position = 0;
        let mut is_known = true;
        // The reports were gathered by the same visit, so they come in the same order.
        known.knowing.for_each_report(pool, WANTED, |import, report| {
            let id = report.id(&import.about.source.name);
            is_known &= position < known.outlines.len() as u32
                && known.outlines.id(position) == id.as_str();
            records.hear(&Teller::of(import), report, position);
            position += 1;
        })?;
        if !is_known {
            return Err(Failure::new("pool-changed", "the pool changed while it was read")
                .hint("another program is writing to it; wait until it is done"));
        }
        Ok(records)
    }

    fn of_source(&mut self, name: &str) -> &mut OfSource {
        let at = self.sources.iter().position(|it| it.name == name).unwrap_or_else(|| {
            let (name, columns) = (name.to_owned(), BTreeSet::new());
            self.sources.push(OfSource { name, columns, told: Vec::new() });
            self.sources.len() - 1
        });
        &mut self.sources[at]
    }

    /// Takes in a report.
    pub fn hear(&mut self, by: &Teller<'_>, report: ReportView<'_>, position: u32) {
        let is_lead = report.unit() == Unit::Lead || by.kind == SourceKind::Leads;
        if is_lead || report.unit() == Unit::Aggregate {
            return;
        }
        let claims = report.claims();
        let days = claims.iter().find_map(|claim| match claim.meant {
            Meaning::When(when) if claim.field == Field::When => Some((when.first(), when.last())),
            _ => None,
        });
        let point = claims.iter().find_map(|claim| match claim.meant {
            Meaning::Where(place) => Some(Point { lat: place.lat(), lon: place.lon() }),
            _ => None,
        });
        let said = |column: &String| {
            let at = by.columns.iter().position(|it| it.eq_ignore_ascii_case(column))?;
            let claim = claims.iter().find(|claim| usize::from(claim.column) == at)?;
            let said = report.said(claim).trim();
            (!said.is_empty()).then(|| said.to_owned())
        };
        let categories = self.columns.iter().map(said).collect();
        let told = Told { key: report.key().to_owned(), position, days, point, categories };
        let of_source = self.of_source(by.source);
        if of_source.told.is_empty() {
            of_source.columns.extend(by.columns.iter().cloned());
        }
        of_source.told.push(told);
    }

    /// Takes in records that came later: of two of one key, the later counts.
    pub fn add(&mut self, others: Records) {
        for other in others.sources {
            let mine = self.of_source(&other.name);
            let keys: BTreeSet<&str> = other.told.iter().map(|it| it.key.as_str()).collect();
            mine.told.retain(|it| !keys.contains(it.key.as_str()));
            mine.columns.extend(other.columns);
            mine.told.extend(other.told);
        }
    }

    /// How many sources have records.
    pub fn n_sources(&self) -> usize {
        self.sources.iter().filter(|it| !it.told.is_empty()).count()
    }

    /// What MELTT cannot work with: the first thing, and how much of it there is.
    pub fn check(&self, choice: &Choice, taxonomies: &[Taxonomy]) -> Result<(), Failure> {
        self.check_columns(choice)?;
        let n_undated = self.all().filter(|(_, it)| it.days.is_none()).count();
        if let Some((source, first)) = self.all().find(|(_, it)| it.days.is_none()) {
            return Err(Failure::new(
                "no-day-for-meltt",
                format!("{} without a day that could be read", among(n_undated, source, first)),
            )
            .hint("MELTT cannot compare what has no date; mend it, or leave it out"));
        }
        let n_unplaced = self.all().filter(|(_, it)| it.point.is_none()).count();
        if let Some((source, first)) = self.all().find(|(_, it)| it.point.is_none()) {
            return Err(Failure::new(
                "no-point-for-meltt",
                format!("{} without coordinates", among(n_unplaced, source, first)),
            )
            .hint("MELTT cannot compare what it cannot place; mend it, or leave it out"));
        }
        self.check_categories(choice, taxonomies)
    }

    fn all(&self) -> impl Iterator<Item = (&OfSource, &Told)> {
        self.sources.iter().flat_map(|source| source.told.iter().map(move |told| (source, told)))
    }

    /// Every source must have the column of every taxonomy, and say something in it.
    fn check_columns(&self, choice: &Choice) -> Result<(), Failure> {
        for (nth, column) in self.columns.iter().enumerate() {
            let file = &choice.taxonomies[nth].file;
            for source in self.sources.iter().filter(|it| !it.told.is_empty()) {
                if source.told.iter().any(|it| it.categories[nth].is_some()) {
                    continue;
                }
                let name = &source.name;
                let has_it = source.columns.iter().any(|it| it.eq_ignore_ascii_case(column));
                let (what, hint) = if has_it {
                    (
                        format!("{name} keeps nothing of the column {column}, which {file} codes"),
                        format!("let its mapping read it, as in [fields] {column} = \"category\""),
                    )
                } else {
                    let near = suggest::nearest(column, source.columns.iter().map(String::as_str));
                    let near = near.map_or(String::new(), |it| format!("did you mean {it}? "));
                    (
                        format!("{name} has no column {column}, which {file} codes"),
                        format!("{near}say which it codes with --taxonomy COLUMN={file}"),
                    )
                };
                return Err(Failure::new("taxonomy-without-column", what).hint(hint));
            }
        }
        Ok(())
    }

    fn check_categories(&self, choice: &Choice, taxonomies: &[Taxonomy]) -> Result<(), Failure> {
        // Taxonomy, source, category and the first report that says it.
        let mut unmapped: BTreeMap<(usize, &str, &str), &Told> = BTreeMap::new();
        let mut first = None;
        for (source, told) in self.all() {
            for (nth, taxonomy) in taxonomies.iter().enumerate() {
                let category = told.categories[nth].as_deref().unwrap_or("");
                if taxonomy.levels(&source.name, category).is_none() {
                    let at = (nth, source.name.as_str(), category);
                    first.get_or_insert((at, told));
                    unmapped.entry(at).or_insert(told);
                }
            }
        }
        let Some(((nth, source, category), told)) = first else { return Ok(()) };
        let file = &choice.taxonomies[nth].file;
        let mut what = match category {
            "" => format!(
                "{source}:{} says nothing in the column {}, which {file} codes",
                told.key, self.columns[nth]
            ),
            category => format!(
                "taxonomy {file} does not map \"{category}\" of {source}, as in {source}:{}",
                told.key
            ),
        };
        if unmapped.len() > 1 {
            let n = unmapped.len();
            what.push_str(&format!("; {n} categories of sources are not mapped in all"));
        }
        let named = choice.taxonomies[nth].sources();
        let hint = if named.contains(source) {
            "add a line for each to the taxonomy, with data.source and base.categories".to_owned()
        } else {
            let named: Vec<&str> = named.iter().map(String::as_str).collect();
            format!("its data.source names {}, and must name {source} too", named.join(", "))
        };
        Err(Failure::new("category-not-mapped", what).hint(hint))
    }

    /// The records as MELTT takes them.
    pub fn into_reports(self, choice: &Choice) -> Result<Reports, Failure> {
        let taxonomies = choice.parsed()?;
        self.check(choice, &taxonomies)?;
        let (mut datasets, mut positions) = (Vec::new(), Vec::new());
        for source in self.sources.into_iter().filter(|it| !it.told.is_empty()) {
            positions.push(source.told.iter().map(|it| it.position).collect());
            let records = source.told.into_iter().filter_map(|told| {
                let (first, last) = told.days?;
                let categories = told.categories.into_iter().map(Option::unwrap_or_default);
                Some(Record { first, last, point: told.point, categories: categories.collect() })
            });
            datasets.push(Dataset { name: source.name, records: records.collect() });
        }
        Ok(Reports { datasets, positions, taxonomies, options: choice.options.clone() })
    }
}

/// What MELTT looks at may stand in any column whose words are kept.
pub const WANTED: Wanted = Wanted::ALL;

/// `roads:r3 is`, or `4 reports are`, with the first of them.
fn among(n: usize, source: &OfSource, first: &Told) -> String {
    let id = format!("{}:{}", source.name, first.key);
    match n {
        1 => format!("{id} is"),
        n => format!("{} are, {id} first,", counted(n as u64, "report")),
    }
}
