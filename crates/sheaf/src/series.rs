//! Counts and tolls over time, as all sources tell them and as those do that were there throughout.
//!
//! A source that joins looks like violence that rises. The *constant panel* is the sources whose
//! reports reach from the first period of a window to its last; a series on it is made as if the pool
//! held nothing else, linked and settled anew, so that no later joiner can change it.

use std::collections::BTreeMap;

use sheaf_model::{Day, Field, Meaning, Source, SourceName, When};
use sheaf_settle::Profile;
use sheaf_store::{Pool, Wanted};

use crate::args::Which;
use crate::failure::Failure;
use crate::filter;
use crate::knowing::Knowing;
use crate::output::{NUMBERS, numbers_of};
use crate::periods::{Bin, Period};
use crate::view::Groups;

/// What is counted of incidents, and when.
pub struct Question<'a> {
    pub which: &'a Which,
    pub knowing: Knowing,
    pub profile: &'static dyn Profile,
    pub bin: Bin,
    /// A series of its own for each value of this, instead of one for all.
    pub each: Option<Each>,
}

/// What series can be told apart by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Each {
    Country,
    Kind,
}

/// What came together in one period. In a spread series these are parts of incidents.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Sums {
    pub incidents: f64,
    pub killed: Harmed,
    pub injured: Harmed,
}

/// Tolls of one harm. Missing is not zero, so incidents without a toll are counted.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Harmed {
    pub low: f64,
    /// Where a toll has no upper bound its lower one is taken, and it is counted as open.
    pub high: f64,
    pub open: f64,
    pub unsaid: f64,
}

impl Harmed {
    fn add(&mut self, share: f64, low: Option<u32>, high: Option<u32>) {
        match (low, high) {
            (None, _) => self.unsaid += share,
            (Some(low), high) => {
                self.low += share * f64::from(low);
                self.high += share * f64::from(high.unwrap_or(low));
                self.open += if high.is_none() { share } else { 0.0 };
            }
        }
    }
}

/// Incidents of a group, each with the days on which it counts.
struct Counted {
    group: String,
    days: When,
    numbers: [Option<u32>; NUMBERS.len()],
}

/// All the incidents that the question is about, as some sources tell them.
pub struct Told {
    counted: Vec<Counted>,
    /// Incidents of which nobody says when; they are in no period.
    pub n_undated: u64,
}

impl Told {
    /// Links and settles what may be known.
    pub fn of(
        pool: &Pool,
        question: &Question<'_>,
        knowing: Knowing,
        quiet: bool,
    ) -> Result<Told, Failure> {
        let view = Groups::knowing(pool, knowing, quiet)?;
        // The window is applied to the days on which an incident counts, not to all of its days.
        let which = Which { since: None, until: None, ..question.which.clone() };
        let mut told = Told { counted: Vec::new(), n_undated: 0 };
        view.settle(question.profile, |chunk| {
            for incident in chunk.iter().filter(|it| filter::wants(&which, it)) {
                let Some(when) = &incident.when else {
                    told.n_undated += 1;
                    continue;
                };
                let group = match question.each {
                    None => String::new(),
                    Some(Each::Country) => {
                        incident.country.as_ref().map_or(String::new(), |it| it.value.clone())
                    }
                    Some(Each::Kind) => {
                        let kind = incident.kind.as_ref();
                        kind.map_or(String::new(), |it| it.value.name().to_owned())
                    }
                };
                let days = question.bin.days(when.value);
                told.counted.push(Counted { group, days, numbers: numbers_of(incident) });
            }
            Ok(())
        })?;
        Ok(told)
    }

    /// From the first to the last day on which something counts.
    pub fn window(&self) -> Option<When> {
        let first = self.counted.iter().map(|it| it.days.first()).min()?;
        let last = self.counted.iter().map(|it| it.days.last()).max()?;
        When::new(first, last)
    }

    /// The groups there are.
    pub fn groups(&self) -> Vec<String> {
        let mut groups: Vec<String> = self.counted.iter().map(|it| it.group.clone()).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// What falls into each period of a window, for one group.
    pub fn series(&self, group: &str, window: When, periods: &[Period]) -> Vec<Sums> {
        let mut series = vec![Sums::default(); periods.len()];
        for incident in self.counted.iter().filter(|it| it.group == group) {
            let first = incident.days.first().max(window.first());
            let last = incident.days.last().min(window.last());
            let width = f64::from(incident.days.width_days());
            // The periods that have a day of it.
            let start = periods.partition_point(|period| period.last < first);
            for (period, sums) in periods[start..].iter().zip(&mut series[start..]) {
                let (from, to) = (period.first.max(first), period.last.min(last));
                if from > to {
                    break;
                }
                let n_days = to.days_since_1970() - from.days_since_1970() + 1;
                let share = f64::from(n_days) / width;
                sums.incidents += share;
                let [killed_low, _, killed_high, injured_low, _, injured_high] = incident.numbers;
                sums.killed.add(share, killed_low, killed_high);
                sums.injured.add(share, injured_low, injured_high);
            }
        }
        series
    }
}

/// From when to when a source reports incidents, and whether that is throughout a window.
pub struct Presence {
    pub source: Source,
    /// The days of its first and last incident; none if it dates none.
    pub days: Option<When>,
    pub is_throughout: bool,
}

/// How long each source is present. It is, throughout, if it reports an incident in or before the
/// first period and one in or after the last; or where `chosen` names a panel, if it is named.
///
/// # Errors
/// `no-such-source` if the panel names a source that is not known.
pub fn presences(
    pool: &Pool,
    knowing: &Knowing,
    periods: &[Period],
    chosen: &[String],
) -> Result<Vec<Presence>, Failure> {
    let mut days = BTreeMap::<SourceName, (Day, Day)>::new();
    knowing.for_each_report(pool, Wanted::only(&[]), |import, report| {
        for claim in report.claims().iter().filter(|claim| claim.field == Field::When) {
            let Meaning::When(when) = claim.meant else { continue };
            let known =
                days.entry(import.about.source.name.clone()).or_insert((when.first(), when.last()));
            *known = (known.0.min(when.first()), known.1.max(when.last()));
        }
    })?;
    let sources = knowing.sources(pool)?;
    for name in chosen {
        crate::list::check_source(name, &sources)?;
    }
    let presence = |source: Source| {
        let days = days.get(&source.name).and_then(|&(first, last)| When::new(first, last));
        let reaches = match (days, periods) {
            (Some(days), [first, .., last]) => {
                days.first() <= first.last && days.last() >= last.first
            }
            (Some(days), [only]) => days.first() <= only.last && days.last() >= only.first,
            _ => false,
        };
        let is_named = chosen.iter().any(|name| name == source.name.as_str());
        let is_throughout = if chosen.is_empty() { reaches } else { is_named };
        Presence { source, days, is_throughout }
    };
    Ok(sources.into_iter().map(presence).collect())
}

/// What makes a raw series incomparable with itself in this period: sources that begin or end in it
/// while the window goes on, and changes of method.
pub fn marks(presences: &[Presence], at: usize, periods: &[Period]) -> Vec<String> {
    let period = &periods[at];
    let is_in = |day: Day| (period.first..=period.last).contains(&day);
    let mut marks = Vec::new();
    for presence in presences {
        let name = &presence.source.name;
        if let Some(days) = presence.days {
            if at > 0 && is_in(days.first()) {
                marks.push(format!("{name} begins"));
            }
            if at + 1 < periods.len() && is_in(days.last()) {
                marks.push(format!("{name} ends"));
            }
        }
        for era in presence.source.eras.iter().filter(|era| is_in(era.from)) {
            marks.push(format!("{name} changes its method: {}", era.what));
        }
    }
    marks
}
