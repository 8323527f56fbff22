//! Weeks, months and years, and the named rules by which an incident of several days is put into them.
//! A month of deaths that all fall on its last day is a spike that never was; so whoever bins says how.

use sheaf_model::{Day, When};

/// How long a period is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum By {
    /// From Monday to Sunday, numbered as ISO 8601 does
    Week,
    Month,
    Year,
}

/// The rule by which an incident of several days is put into periods.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Bin {
    /// Whole, by its first day
    Start,
    /// In equal parts for each of its days
    Spread,
    /// Whole, by its last day
    End,
}

impl Bin {
    /// The word used in files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Bin::Start => "start",
            Bin::Spread => "spread",
            Bin::End => "end",
        }
    }

    /// The rule in words.
    pub fn rule(self) -> &'static str {
        match self {
            Bin::Start => "an incident counts whole, on its first day",
            Bin::Spread => "an incident counts in equal parts on each of its days",
            Bin::End => "an incident counts whole, on its last day",
        }
    }

    /// The days on which an incident counts, each as much as the others.
    pub fn days(self, when: When) -> When {
        match self {
            Bin::Start => When::on(when.first()),
            Bin::Spread => when,
            Bin::End => When::on(when.last()),
        }
    }
}

/// One week, month or year.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Period {
    /// "2014-05", "2014-W21", "2014".
    pub name: String,
    pub first: Day,
    pub last: Day,
}

impl By {
    /// The word used in files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            By::Week => "week",
            By::Month => "month",
            By::Year => "year",
        }
    }

    /// The period that a day is in; `None` at the very ends of the calendar.
    pub fn period(self, day: Day) -> Option<Period> {
        let (year, month, _) = day.ymd();
        match self {
            By::Year => Some(Period {
                name: format!("{year:04}"),
                first: Day::from_ymd(year, 1, 1)?,
                last: Day::from_ymd(year, 12, 31)?,
            }),
            By::Month => Some(Period {
                name: format!("{year:04}-{month:02}"),
                first: Day::from_ymd(year, month, 1)?,
                last: (28..=31).rev().find_map(|day| Day::from_ymd(year, month, day))?,
            }),
            By::Week => {
                // 1970-01-01 was a Thursday.
                let monday = day.plus(-(day.days_since_1970() + 3).rem_euclid(7))?;
                // A week belongs to the year that has its Thursday.
                let thursday = monday.plus(3)?;
                let (year, ..) = thursday.ymd();
                let into_year =
                    thursday.days_since_1970() - Day::from_ymd(year, 1, 1)?.days_since_1970();
                Some(Period {
                    name: format!("{year:04}-W{:02}", into_year / 7 + 1),
                    first: monday,
                    last: monday.plus(6)?,
                })
            }
        }
    }

    /// Every period that has a day of the window, in order.
    pub fn periods(self, window: When) -> Vec<Period> {
        let mut periods = Vec::new();
        let mut next = Some(window.first());
        while let Some(period) =
            next.filter(|day| *day <= window.last()).and_then(|day| self.period(day))
        {
            next = period.last.plus(1);
            periods.push(period);
        }
        periods
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    #[test]
    fn a_day_is_in_its_week_month_and_year() {
        // Weeks as `date +%G-W%V` gives them.
        for (text, week, month) in [
            ("2014-05-22", "2014-W21", "2014-05"),
            ("2016-01-03", "2015-W53", "2016-01"),
            ("2014-12-29", "2015-W01", "2014-12"),
            ("1969-12-31", "1970-W01", "1969-12"),
            ("2020-02-29", "2020-W09", "2020-02"),
        ] {
            let names = [By::Week, By::Month].map(|by| by.period(day(text)).unwrap().name);
            assert_eq!(names, [week, month], "{text}");
        }
    }

    #[test]
    fn periods_follow_each_other_without_a_gap() {
        let window = When::new(day("2013-11-15"), day("2016-03-01")).unwrap();
        for (by, n) in [(By::Week, 121), (By::Month, 29), (By::Year, 4)] {
            let periods = by.periods(window);
            assert_eq!(periods.len(), n, "{by:?}");
            for pair in periods.windows(2) {
                assert_eq!(pair[0].last.plus(1), Some(pair[1].first));
            }
            assert!(periods[0].first <= window.first() && periods[n - 1].last >= window.last());
        }
    }

    #[test]
    fn a_long_incident_is_binned_by_the_rule_that_is_named() {
        let month = When::new(day("2014-05-01"), day("2014-05-31")).unwrap();
        assert_eq!(Bin::Start.days(month), When::on(day("2014-05-01")));
        assert_eq!(Bin::End.days(month), When::on(day("2014-05-31")));
        assert_eq!(Bin::Spread.days(month), month);
    }
}
