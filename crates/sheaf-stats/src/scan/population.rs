//! Cases expected from a population: each group of people (an age band of one sex, say) falls ill at
//! its own rate wherever and whenever it lives, and the rates are those of the data themselves.

use sheaf_model::Day;

use crate::{NoAnswer, Period};

/// How many people of one group lived at a place at a time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Census {
    /// The place.
    pub site: u32,
    /// The day. Between two censuses people change in a straight line; before the first and after
    /// the last they stay as they were then.
    pub day: Day,
    /// The group, from 0.
    pub group: u32,
    /// How many people.
    pub people: f64,
}

/// Cases expected at each place in each step.
#[derive(Clone, PartialEq, Debug)]
pub struct Expected {
    /// For each place its steps; `n_steps` numbers a place.
    pub(super) cases: Vec<f64>,
    pub(super) n_steps: usize,
}

impl Expected {
    /// By indirect standardisation: μ(place, step) = Σ over groups of people-days × rate, where
    /// rate = cases of the group / people-days of the group. They sum to the number of cases.
    ///
    /// # Errors
    /// [`NoAnswer::Impossible`] if a group has cases and no people; [`NoAnswer::Unknown`] if a
    /// census is of a place that is not there.
    pub fn standardised(
        censuses: &[Census],
        cases_of_group: &[u64],
        n_sites: usize,
        period: &Period,
    ) -> Result<Expected, NoAnswer> {
        let n_steps = period.n_steps();
        let n_groups = cases_of_group.len();
        let mut sorted: Vec<&Census> = censuses.iter().collect();
        sorted.sort_by_key(|it| (it.site, it.group, it.day));
        let mut people_days = vec![0.0; n_groups * n_sites * n_steps];
        for line in sorted.chunk_by(|a, b| (a.site, a.group) == (b.site, b.group)) {
            let (site, group) = (line[0].site as usize, line[0].group as usize);
            if site >= n_sites || group >= n_groups {
                return Err(NoAnswer::Unknown { what: format!("place {site} or group {group}") });
            }
            let at = (group * n_sites + site) * n_steps;
            add_people_days(line, period, &mut people_days[at..at + n_steps]);
        }
        let mut cases = vec![0.0; n_sites * n_steps];
        for (group, &n_cases) in cases_of_group.iter().enumerate() {
            let of_group = &people_days[group * n_sites * n_steps..][..n_sites * n_steps];
            let all: f64 = of_group.iter().sum();
            if n_cases > 0 && all <= 0.0 {
                let place = format!("group {}", group + 1);
                let have = n_cases as usize;
                return Err(NoAnswer::Impossible { have, place, background: "population" });
            }
            if n_cases > 0 {
                for (sum, days) in cases.iter_mut().zip(of_group) {
                    *sum += days * n_cases as f64 / all;
                }
            }
        }
        Ok(Expected { cases, n_steps })
    }
}

/// Adds the people-days of one place and group, whose censuses are in order of day, to each step.
fn add_people_days(line: &[&Census], period: &Period, steps: &mut [f64]) {
    let edges = period.edges();
    for (step, sum) in steps.iter_mut().enumerate() {
        let (from, to) = (f64::from(edges[step]), f64::from(edges[step + 1]));
        let mut marks = vec![from];
        let days = line.iter().map(|it| f64::from(it.day.days_since_1970()));
        marks.extend(days.filter(|&day| from < day && day < to));
        marks.push(to);
        // A straight line's area is its middle times its width.
        for pair in marks.windows(2) {
            *sum += people_at(line, (pair[0] + pair[1]) / 2.0) * (pair[1] - pair[0]);
        }
    }
}

fn people_at(line: &[&Census], day: f64) -> f64 {
    let of = |it: &Census| f64::from(it.day.days_since_1970());
    let after = line.partition_point(|it| of(it) <= day);
    if after == 0 {
        return line[0].people;
    }
    let Some(next) = line.get(after) else { return line[after - 1].people };
    let before = line[after - 1];
    let share = (day - of(before)) / (of(next) - of(before));
    before.people + share * (next.people - before.people)
}
