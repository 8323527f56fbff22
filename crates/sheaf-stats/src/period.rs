//! A stretch of time cut into steps: days, weeks, years. Statistics count in steps; a `Period`
//! leads back to days.

use sheaf_model::Day;

/// Consecutive steps of time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Period {
    // Invariant: at least two, strictly increasing; step k holds the days edges[k] to
    // edges[k + 1] - 1, as days since 1970.
    edges: Vec<i32>,
    last: Day,
}

impl Period {
    /// Steps of so many days that end with the last day; the first may be shorter. `None` if the
    /// last day is before the first or a step has no days.
    ///
    /// ```
    /// use sheaf_model::Day;
    /// use sheaf_stats::Period;
    /// let day = |d| Day::from_ymd(2001, 11, d).unwrap();
    /// let period = Period::days(day(1), day(24), 7).unwrap();
    /// assert_eq!(period.n_steps(), 4);
    /// assert_eq!(period.days_of(0), (day(1), day(3)));
    /// assert_eq!(period.step(day(24)), Some(3));
    /// ```
    pub fn days(first: Day, last: Day, n_days: u32) -> Option<Period> {
        let (first, end) = (first.days_since_1970(), last.days_since_1970().checked_add(1)?);
        let length = i32::try_from(n_days).ok().filter(|&n| n > 0)?;
        let mut edges: Vec<i32> = (0..)
            .map_while(|k: i32| end.checked_sub(k * length).filter(|&it| it > first))
            .collect();
        edges.push(first);
        edges.reverse();
        (edges.len() > 1 && first < end).then_some(Period { edges, last })
    }

    /// Steps of so many calendar years that end with the last day; the first may be shorter.
    pub fn years(first: Day, last: Day, n_years: u32) -> Option<Period> {
        let end = last.plus(1)?;
        let (first_day, n_years) = (first.days_since_1970(), i32::try_from(n_years).ok()?);
        if n_years < 1 || first_day >= end.days_since_1970() {
            return None;
        }
        let (year, month, day) = end.ymd();
        let mut edges = vec![end.days_since_1970()];
        for back in 1.. {
            // The end of February exists in every year; the 29th does not.
            let edge = (1..=day).rev().find_map(|d| Day::from_ymd(year - back * n_years, month, d));
            match edge.map(Day::days_since_1970).filter(|&edge| edge > first_day) {
                Some(edge) => edges.push(edge),
                None => break,
            }
        }
        edges.push(first_day);
        edges.reverse();
        Some(Period { edges, last })
    }

    /// One step that holds all.
    pub fn one(first: Day, last: Day) -> Option<Period> {
        let edges = vec![first.days_since_1970(), last.days_since_1970().checked_add(1)?];
        (edges[0] < edges[1]).then_some(Period { edges, last })
    }

    /// How many steps there are.
    pub fn n_steps(&self) -> usize {
        self.edges.len() - 1
    }

    /// The step a day falls into.
    pub fn step(&self, day: Day) -> Option<u32> {
        let after = self.edges.partition_point(|&edge| edge <= day.days_since_1970());
        (after > 0 && after < self.edges.len()).then(|| after as u32 - 1)
    }

    /// First and last day of a step; of the last step, if there are not so many.
    pub fn days_of(&self, step: u32) -> (Day, Day) {
        let step = (step as usize).min(self.n_steps() - 1);
        let day = |days| Day::from_days_since_1970(days).unwrap_or(self.last);
        (day(self.edges[step]), day(self.edges[step + 1] - 1))
    }

    /// Where the steps begin, and after the last one where it ends: days since 1970.
    pub fn edges(&self) -> &[i32] {
        &self.edges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_follow_the_calendar() {
        let day = |y, m, d| Day::from_ymd(y, m, d).unwrap();
        let period = Period::years(day(1973, 1, 1), day(1991, 12, 31), 1).unwrap();
        assert_eq!(period.n_steps(), 19);
        assert_eq!(period.step(day(1976, 12, 31)), Some(3));
        assert_eq!(period.days_of(3), (day(1976, 1, 1), day(1976, 12, 31)));
        assert_eq!(period.step(day(1992, 1, 1)), None);
        assert_eq!(period.step(day(1972, 12, 31)), None);
        assert_eq!(Period::years(day(1991, 1, 2), day(1991, 1, 1), 1), None);
    }
}
