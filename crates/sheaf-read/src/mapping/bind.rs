//! A mapping bound to the columns of one file: names become positions once, so that reading a row
//! looks nothing up. Every column gets its fate here.

use std::collections::HashMap;

use sheaf_model::{ColumnFate, Field};

use super::Mapping;
use super::columns_read::columns_read;
use super::people::people_in;
use super::rules::{By, Names, Rules};

/// What to do with a column's cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Job {
    /// The cell is part of a meaning made of several cells.
    Group { field: Field, group: u16 },
    /// The cell says what the entry stands for.
    Unit,
    /// The cell is read by the field rule at this position.
    Field(u16),
    /// The cell is running text, of which only a fingerprint is kept.
    Wording,
}

/// Groups in the order in which they are read: the date, the place, the kind, then the tolls.
pub(crate) const DATE: u16 = 0;
pub(crate) const PLACE: u16 = 1;
pub(crate) const KIND: u16 = 2;
pub(crate) const FIRST_TOLL: u16 = 3;

#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    pub fates: Vec<ColumnFate>,
    pub jobs: Vec<(u16, Job)>,
    /// Columns whose cells are not kept; their cells are only counted.
    pub left_out: Vec<u16>,
    pub key: Vec<u16>,
    pub source: Option<u16>,
    pub unit: Option<u16>,
    pub date: DateColumns,
    pub place: PlaceColumns,
    pub kinds: Vec<Vec<u16>>,
    pub tolls: Vec<TollColumns>,
    /// For each field rule, the column of its condition.
    pub conditions: Vec<Option<u16>>,
    /// Columns the mapping cannot do without and the file lacks.
    pub missing: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DateColumns {
    pub start: Option<u16>,
    pub end: Option<u16>,
    pub year: Option<u16>,
    pub month: Option<u16>,
    pub day: Option<u16>,
    pub precision: Option<u16>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PlaceColumns {
    pub lat: Option<u16>,
    pub lon: Option<u16>,
    pub precision: Option<u16>,
    pub radius: Option<u16>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TollColumns {
    pub best: Option<u16>,
    pub low: Option<u16>,
    pub high: Option<u16>,
    pub as_of: Option<u16>,
    pub attackers: Option<u16>,
    pub qualifier: Option<u16>,
}

/// The columns of a file by name, for the few that look a column up by name.
pub(crate) struct Columns {
    by_name: HashMap<String, u16>,
}

impl Columns {
    pub fn new(columns: &[String]) -> Columns {
        let mut by_name = HashMap::new();
        for (idx, name) in columns.iter().enumerate() {
            by_name.entry(fold(name)).or_insert(idx as u16);
        }
        Columns { by_name }
    }

    pub fn get(&self, name: &str) -> Option<u16> {
        self.by_name.get(&fold(name)).copied()
    }

    pub fn first_of(&self, names: &Names) -> Option<u16> {
        names.iter().find_map(|name| self.get(name))
    }
}

/// Names are compared without regard to case and to white space around them.
pub(crate) fn fold(name: &str) -> String {
    name.trim().to_ascii_lowercase()
}

/// Whether a name fits a pattern in which `#` stands for digits and `*` for anything.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    fn go(pattern: &[u8], name: &[u8]) -> bool {
        match pattern.split_first() {
            None => name.is_empty(),
            Some((b'*', rest)) => (0..=name.len()).any(|at| go(rest, &name[at..])),
            Some((b'#', rest)) => {
                let digits = name.iter().take_while(|b| b.is_ascii_digit()).count();
                (1..=digits).any(|n| go(rest, &name[n..]))
            }
            Some((b, rest)) => name.first() == Some(b) && go(rest, &name[1..]),
        }
    }
    go(fold(pattern).as_bytes(), fold(name).as_bytes())
}

pub(super) fn knows(mapping: &Mapping, column: &str) -> bool {
    let rules = &mapping.rules;
    columns_read(rules).iter().any(|(name, _)| fold(name) == fold(column))
        || rules.by_hand.iter().any(|(name, _)| fits(name, column))
        || rules.ignore.iter().chain(&rules.refuse).any(|(name, _)| fits(name, column))
}

/// Binds a mapping to the columns of a file.
pub(crate) fn bind(mapping: &Mapping, names: &[String]) -> Plan {
    let rules = &mapping.rules;
    let columns = Columns::new(names);
    let mut plan = Plan {
        source: mapping.source_column.as_deref().and_then(|name| columns.get(name)),
        unit: columns.first_of(&rules.unit.column),
        ..Plan::default()
    };
    let mut jobs: Vec<Option<Job>> = vec![None; names.len()];
    let mut assign = |column: Option<u16>, job: Job| {
        if let Some(slot) = column.and_then(|column| jobs.get_mut(usize::from(column))) {
            slot.get_or_insert(job);
        }
    };

    bind_key(rules, &columns, &mut plan);
    if let Some(rule) = &rules.date {
        let start = columns.first_of(&rule.start);
        // A whole date outranks its parts, which are then only another spelling of it.
        plan.date = DateColumns {
            start,
            end: columns.first_of(&rule.end),
            year: columns.first_of(&rule.year),
            month: columns.first_of(&rule.month),
            day: columns.first_of(&rule.day),
            precision: columns.first_of(&rule.precision),
        };
        let DateColumns { end, year, month, day, precision, .. } = plan.date;
        for column in [start, end, year, month, day, precision] {
            assign(column, Job::Group { field: Field::When, group: DATE });
        }
        if start.is_none() && year.is_none() {
            plan.missing.extend(rule.start.first().or(rule.year.first()).cloned());
        }
    }
    if let Some(rule) = &rules.place {
        plan.place = PlaceColumns {
            lat: columns.first_of(&rule.lat),
            lon: columns.first_of(&rule.lon),
            precision: columns.first_of(&rule.precision),
            radius: columns.first_of(&rule.radius_column),
        };
        let PlaceColumns { lat, lon, precision, radius } = plan.place;
        for column in [lat, lon, precision, radius] {
            assign(column, Job::Group { field: Field::Where, group: PLACE });
        }
        for (column, names) in [(lat, &rule.lat), (lon, &rule.lon)] {
            // One of the two alone is always a surprise.
            if column.is_none() && !(rule.may_be_missing && lat.or(lon).is_none()) {
                plan.missing.extend(names.first().cloned());
            }
        }
    }
    for rule in &rules.kinds {
        let bound: Vec<u16> =
            rule.columns.iter().filter_map(|names| columns.first_of(names)).collect();
        if bound.len() == rule.columns.len() {
            for &column in &bound {
                assign(Some(column), Job::Group { field: Field::Kind, group: KIND });
            }
            plan.kinds.push(bound);
        } else {
            plan.kinds.push(Vec::new());
        }
    }
    for (at, rule) in rules.tolls.iter().enumerate() {
        let bound = bind_toll(rule, &columns);
        let TollColumns { best, low, high, as_of, attackers, qualifier } = bound;
        if best.or(low).or(high).is_some() {
            for column in [best, low, high, as_of, attackers, qualifier] {
                let group = FIRST_TOLL + at as u16;
                assign(column, Job::Group { field: Field::Toll, group });
            }
        }
        plan.tolls.push(bound);
    }
    for (at, rule) in rules.fields.iter().enumerate() {
        assign(columns.get(&rule.column), Job::Field(at as u16));
        plan.conditions
            .push(rule.only_when.as_ref().and_then(|when| columns.first_of(&when.column)));
    }
    assign(plan.unit, Job::Unit);
    for name in &rules.wording {
        assign(columns.get(name), Job::Wording);
    }
    settle_fates(mapping, names, &jobs, &mut plan);
    plan
}

fn bind_key(rules: &Rules, columns: &Columns, plan: &mut Plan) {
    for names in &rules.key {
        match columns.first_of(names) {
            Some(column) => plan.key.push(column),
            None if rules.key_may_be_missing => {}
            None => plan.missing.extend(names.first().cloned()),
        }
    }
    if plan.key.len() < rules.key.len() {
        // Half a key would let entries fall together.
        plan.key.clear();
    }
}

fn bind_toll(rule: &super::rules::TollRule, columns: &Columns) -> TollColumns {
    fn by<T>(by: &By<T>, columns: &Columns) -> Option<u16> {
        match by {
            By::Fixed(_) => None,
            By::Column { names, .. } => columns.first_of(names),
        }
    }
    TollColumns {
        best: columns.first_of(&rule.best),
        low: columns.first_of(&rule.low),
        high: columns.first_of(&rule.high),
        as_of: columns.first_of(&rule.as_of),
        attackers: by(&rule.attackers, columns),
        qualifier: by(&rule.qualifier, columns),
    }
}

fn settle_fates(mapping: &Mapping, names: &[String], jobs: &[Option<Job>], plan: &mut Plan) {
    let rules = &mapping.rules;
    let columns = Columns::new(names);
    for (idx, name) in names.iter().enumerate() {
        let column = idx as u16;
        // The second of two columns of one name is not the one the mapping means.
        let first_of_its_name = columns.get(name) == Some(column);
        let fate = match jobs[idx] {
            Some(job) if first_of_its_name => {
                plan.jobs.push((column, job));
                ColumnFate::Mapped(field_of(job, rules))
            }
            _ if plan.key.contains(&column) => ColumnFate::Key,
            _ => fate_by_name(rules, plan, column, name, first_of_its_name),
        };
        if !matches!(fate, ColumnFate::Mapped(_) | ColumnFate::Key) {
            plan.left_out.push(column);
        }
        plan.fates.push(fate);
    }
}

fn fate_by_name(
    rules: &Rules,
    plan: &Plan,
    column: u16,
    name: &str,
    first_of_its_name: bool,
) -> ColumnFate {
    let named = |list: &[(String, String)]| {
        list.iter().find(|(pattern, _)| fits(pattern, name)).map(|(_, why)| why.clone())
    };
    if let Some(what) = named(&rules.refuse) {
        return ColumnFate::Refused(what);
    }
    if let Some((_, field)) = rules.by_hand.iter().find(|(pattern, _)| fits(pattern, name))
        && first_of_its_name
    {
        return ColumnFate::Mapped(*field);
    }
    if let Some(why) = named(&rules.ignore) {
        return ColumnFate::Ignored(why);
    }
    if plan.source == Some(column) {
        return ColumnFate::Ignored("it names the source, which every report carries".to_owned());
    }
    if first_of_its_name && columns_read(rules).iter().any(|(known, _)| fold(known) == fold(name)) {
        let why = "another column of this file says the same, and that one is read";
        return ColumnFate::Ignored(why.to_owned());
    }
    match people_in(name) {
        Some(what) => ColumnFate::Refused(what.to_owned()),
        None => ColumnFate::Unknown,
    }
}

fn field_of(job: Job, rules: &Rules) -> Field {
    match job {
        Job::Group { field, .. } => field,
        Job::Unit => Field::Unit,
        Job::Wording => Field::Wording,
        Job::Field(at) => rules.fields[usize::from(at)].field,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stand_for_digits_and_for_anything() {
        for (pattern, name, expected) in [
            ("actor#_party", "actor1_party", true),
            ("actor#_party", "Actor12_Party", true),
            ("actor#_party", "actor_party", false),
            ("issue*", "issuenote", true),
            ("issue*", "tissue", false),
            ("id", " ID ", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
