//! Rows to claims. One [`Interpreter`] reads one file: it binds the mapping to the columns, goes
//! through each row's columns in order, and says what each cell means. Nothing is looked up by name
//! and nothing is allocated for a claim.

use sheaf_model::{
    Batch, ColumnFate, Day, Doubt, DoubtCode, Field, Meaning, SetAside, SetAsideReason, Unit,
    Unknown,
};

use super::Mapping;
use super::bind::{self, DATE, FIRST_TOLL, Job, Plan};
use super::cells;
use super::date::{self, DayMemo};
use super::day_text::DayFormat;
use super::keys::{self, Mark};
use super::sight::{Plausible, Scratch, Sight};
use super::wording::fingerprint;
use super::{place, toll};
use crate::rows::Row;

/// What a source does beyond its mapping: reads the columns that the mapping leaves to it under
/// `[by-hand]`.
pub trait Hand: Send {
    /// Reads the row's cells of those columns and says what they claim.
    fn read(&mut self, row: &Row, out: &mut Out<'_>);
}

/// Where a [`Hand`] puts what it found.
pub struct Out<'a> {
    batch: &'a mut Batch,
    doubts: &'a mut Vec<Doubt>,
    withheld: &'a mut [u64],
    row: u64,
}

impl Out<'_> {
    /// Adds a claim to the row's report.
    pub fn say(&mut self, field: Field, column: u16, said: &str, meant: Meaning) {
        self.batch.say(field, column, said, meant);
    }

    /// Adds a claim whose words mean the same as another spelling.
    pub fn say_spelt(&mut self, field: Field, column: u16, said: &str, spelt: &str) {
        let spelt = self.batch.keep(spelt);
        self.batch.say(field, column, said, Meaning::Spelt(spelt));
    }

    /// Counts a cell that is not kept, because it is or may be about people.
    pub fn withhold(&mut self, column: u16) {
        if let Some(n) = self.withheld.get_mut(usize::from(column)) {
            *n += 1;
        }
    }

    /// Raises a doubt about a cell.
    pub fn doubt(&mut self, column: u16, code: DoubtCode, said: &str) {
        self.doubts.push(Doubt::about_cell(self.row, column, code, said));
    }
}

/// Reads the rows of one file.
pub(crate) struct Interpreter<'m> {
    mapping: &'m Mapping,
    plan: Plan,
    columns: Vec<String>,
    plausible: Plausible,
    hand: Option<Box<dyn Hand>>,
    scratch: Scratch,
    memo: DayMemo,
    /// Cells not kept, by column.
    left_out: Vec<u64>,
    /// Cells of mapped columns that were withheld, by column.
    withheld: Vec<u64>,
}

impl<'m> Interpreter<'m> {
    pub fn new(
        mapping: &'m Mapping,
        columns: &[String],
        published: Option<Day>,
        hand: Option<Box<dyn Hand>>,
    ) -> Interpreter<'m> {
        let mut interpreter = Interpreter {
            mapping,
            plan: Plan::default(),
            columns: Vec::new(),
            plausible: Plausible::until(published),
            hand,
            scratch: Scratch::default(),
            memo: DayMemo::default(),
            left_out: Vec::new(),
            withheld: Vec::new(),
        };
        interpreter.bind(columns);
        interpreter
    }

    /// Binds to the columns, or again when a file of JSON objects has grown one.
    fn bind(&mut self, columns: &[String]) {
        self.plan = bind::bind(self.mapping, columns);
        self.columns = columns.to_vec();
        self.left_out.resize(columns.len(), 0);
        self.withheld.resize(columns.len(), 0);
    }

    /// Lets the interpreter know the columns as they are now.
    pub fn columns_are(&mut self, columns: &[String]) {
        if columns.len() != self.columns.len() {
            self.bind(columns);
        }
    }

    pub fn fates(&self) -> &[ColumnFate] {
        &self.plan.fates
    }

    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    pub fn left_out(&self) -> &[u64] {
        &self.left_out
    }

    pub fn withheld(&self) -> &[u64] {
        &self.withheld
    }

    /// Why cells of a mapped column were not kept.
    pub fn why_withheld(&self, column: u16) -> String {
        let rule = self.plan.jobs.iter().find_map(|(other, job)| match job {
            Job::Field(at) if *other == column => self.mapping.rules.fields.get(usize::from(*at)),
            _ => None,
        });
        match rule.and_then(|rule| rule.only_when.as_ref()) {
            Some(when) => when.because.clone(),
            None => "it is or may be about people".to_owned(),
        }
    }

    /// Doubts about the columns as a whole: those unknown, and those expected and missing.
    pub fn doubts_about_columns(&self) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        for name in &self.plan.missing {
            doubts.push(Doubt::about_file(DoubtCode::MissingColumn, name));
        }
        for (idx, fate) in self.plan.fates.iter().enumerate() {
            if *fate == ColumnFate::Unknown {
                let mut doubt = Doubt::about_file(DoubtCode::UnknownColumn, "");
                doubt.column = Some(idx as u16);
                doubts.push(doubt);
            }
        }
        doubts
    }

    /// The cell that names the source, for layouts several sources share.
    pub fn source_said<'r>(&self, row: &'r Row) -> Option<&'r str> {
        self.plan.source.map(|column| row.cell(usize::from(column)).trim())
    }

    /// Adds what another interpreter of the same file counted.
    pub fn add_counts_of(&mut self, other: &Interpreter<'_>) {
        let counts = [(&mut self.left_out, &other.left_out), (&mut self.withheld, &other.withheld)];
        for (mine, theirs) in counts {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        }
    }

    /// Reads a row: into one report of the batch, marked for naming, or into one row set aside.
    pub fn read(
        &mut self,
        row: &Row,
        batch: &mut Batch,
        marks: &mut Vec<Mark>,
        set_aside: &mut Vec<SetAside>,
    ) {
        let plan = &self.plan;
        let rules = &self.mapping.rules;
        let scratch = &mut self.scratch;
        let see = Sight { row, cells: &rules.cells, plausible: self.plausible };
        scratch.doubts.clear();
        scratch.instead.clear();

        let mut key = std::mem::take(&mut scratch.key);
        keys::join(&mut key, plan.key.iter().map(|&column| row.cell(usize::from(column))));
        let keyed = plan.key.iter().any(|&column| see.filled(Some(column)).is_some());
        batch.begin_report(if keyed { &key } else { "" }, row.number(), rules.unit.is);

        read_groups(self.mapping, plan, &see, &mut self.memo, scratch);
        let unit = unit_of(self.mapping, plan, &see, scratch);
        batch.set_unit(unit);
        for &(column, job) in &plan.jobs {
            let said = row.cell(usize::from(column));
            let trimmed = cells::trim(said);
            if cells::is_blank(&rules.cells, trimmed) {
                continue;
            }
            match job {
                Job::Group { field, group } => {
                    let meant = meant_in_group(&see, scratch, column, group);
                    batch.say(field, column, said, meant);
                }
                Job::Unit => batch.say(Field::Unit, column, said, Meaning::Unit(unit)),
                Job::Field(at) => {
                    let rule = &rules.fields[usize::from(at)];
                    let condition = plan.conditions[usize::from(at)];
                    let kept =
                        cells::say_field(rule, condition, column, &see, batch, &mut scratch.doubts);
                    self.withheld[usize::from(column)] += u64::from(!kept);
                }
                Job::Wording => {
                    if let Some(fingerprint) = fingerprint(trimmed) {
                        batch.say(Field::Wording, column, "", Meaning::Wording(fingerprint));
                    }
                }
            }
        }
        if let Some(hand) = &mut self.hand {
            let mut out = Out {
                batch,
                doubts: &mut scratch.doubts,
                withheld: &mut self.withheld,
                row: row.number(),
            };
            hand.read(row, &mut out);
        }
        for &column in &plan.left_out {
            let cell = cells::trim(row.cell(usize::from(column)));
            self.left_out[usize::from(column)] += u64::from(!cells::is_blank(&rules.cells, cell));
        }
        batch.end_report();
        match batch.len().checked_sub(1).map(|last| batch.report(last)) {
            Some(view) if !view.claims().is_empty() => {
                let digest = view.digest();
                marks.push(self.mark(row, batch, keyed.then_some(&key), digest));
            }
            _ => {
                batch.abandon_report();
                let reason = SetAsideReason::NothingInScope;
                set_aside.push(SetAside { row: row.number(), reason });
            }
        }
        self.scratch.key = key;
    }

    /// Ends the report just read: names it by its content if it has no key, and hands on its doubts.
    fn mark(&mut self, row: &Row, batch: &mut Batch, key: Option<&String>, digest: u128) -> Mark {
        let scratch = &mut self.scratch;
        let about_key = |code, key: &str| Doubt::about_row(row.number(), code, key);
        let hash = match key {
            Some(key) => {
                if keys::is_damaged(key) {
                    scratch.doubts.push(about_key(DoubtCode::DamagedKey, key));
                }
                keys::hash(key)
            }
            None => {
                let named = &mut scratch.joined;
                keys::by_content(named, digest);
                batch.set_key(named);
                // Where a file has no key at all, that is said once, about its columns.
                if !self.plan.key.is_empty() {
                    scratch.doubts.push(about_key(DoubtCode::NoKey, named));
                }
                keys::hash(named)
            }
        };
        let n_doubts = scratch.doubts.len();
        for doubt in scratch.doubts.drain(..) {
            batch.doubt(doubt);
        }
        Mark { hash, n_doubts }
    }
}

fn read_groups(
    mapping: &Mapping,
    plan: &Plan,
    see: &Sight<'_>,
    memo: &mut DayMemo,
    scratch: &mut Scratch,
) {
    let rules = &mapping.rules;
    scratch.groups.clear();
    let when = rules.date.as_ref().and_then(|rule| date::read(rule, plan.date, memo, see, scratch));
    scratch.groups.push(when);
    let place = rules.place.as_ref().and_then(|rule| place::read(rule, plan.place, see, scratch));
    scratch.groups.push(place);
    let kind = cells::kind(mapping, plan, see, scratch);
    scratch.groups.push(kind);
    let formats: &[DayFormat] = rules.date.as_ref().map_or(&[], |rule| &rule.formats);
    for (rule, &columns) in rules.tolls.iter().zip(&plan.tolls) {
        let toll = toll::read(rule, columns, formats, see, scratch);
        scratch.groups.push(toll);
    }
}

fn meant_in_group(see: &Sight<'_>, scratch: &Scratch, column: u16, group: u16) -> Meaning {
    if let Some((_, meaning)) = scratch.instead.iter().find(|(other, _)| *other == column) {
        return *meaning;
    }
    match scratch.groups[usize::from(group)] {
        Some((main, meaning)) if main == column => meaning,
        Some((main, _)) => Meaning::PartOf(main),
        // A companion without its main cell: a precision of nothing, a day as of which nothing is
        // counted. Another toll may share it.
        None => {
            let shared = (group >= FIRST_TOLL)
                .then(|| scratch.groups[usize::from(FIRST_TOLL)..].iter().flatten().next())
                .flatten();
            match shared {
                Some((main, _)) => Meaning::PartOf(*main),
                None if see.is_unknown(see.cell(column).trim(), &[]) => {
                    Meaning::Unknown(Unknown::NotKnown)
                }
                None => Meaning::Words,
            }
        }
    }
}

fn unit_of(mapping: &Mapping, plan: &Plan, see: &Sight<'_>, scratch: &mut Scratch) -> Unit {
    let rule = &mapping.rules.unit;
    let days = match scratch.groups[usize::from(DATE)] {
        Some((_, Meaning::When(when))) => when.width_days(),
        _ => 0,
    };
    if let Some((than, unit)) = rule.longer
        && days > than
    {
        return unit;
    }
    let Some((column, code)) = see.filled(plan.unit) else { return rule.is };
    match see.code(&rule.codes, code) {
        Some(&unit) if rule.if_longer_than.is_none_or(|than| days > than) => unit,
        Some(_) => rule.is,
        None => {
            if !see.is_unknown(code, &[]) {
                scratch.doubt(see, column, DoubtCode::UnknownCode, code);
            }
            rule.is
        }
    }
}
