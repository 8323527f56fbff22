//! What `sheaf knew` prints for people.

use sheaf_stats::knew::{Basis, Quantiles, Rests};

use super::super::{counted, grouped};
use super::{Found, day_text};
use crate::args::PartyWord;

/// Days as their quantiles, the middle one first.
fn days(of: &Quantiles) -> String {
    let [tenth, low, median, high, ninth] = of.at;
    format!(
        "median {median:.0} d, half between {low:.0} and {high:.0}, four fifths {tenth:.0} to {ninth:.0}"
    )
}

fn of_all(n: u64, all: u64) -> String {
    let share = if all == 0 { 0.0 } else { 100.0 * n as f64 / all as f64 };
    format!("{} ({share:.0} %)", grouped(n))
}

impl Found {
    pub(super) fn text(&self, incidents: bool) -> String {
        let one = if self.told.each == PartyWord::Source { "source" } else { "member" };
        let n_parties = counted(self.told.parties.len() as u64, one);
        let told = counted(self.overlap.told, "incident");
        let mut text = format!("{told} told by {n_parties}\n\n");
        text += &self.parties_text(one);
        text += &self.pairs_text();
        text += &self.cover_text();
        text += &self.lags_text();
        text += &self.gained_text();
        if self.alarms.is_some() {
            text += &self.alarms_text();
        }
        if incidents {
            text += &self.incidents_text();
        }
        text
    }

    /// How wide the names are.
    fn width(&self) -> usize {
        self.told.parties.iter().map(|it| it.chars().count()).max().unwrap_or(0).max(6)
    }

    fn parties_text(&self, one: &str) -> String {
        let width = self.width();
        let mut text = format!("{one:<width$} {:>14} {:>14} {:>14}\n", "tells", "alone", "first");
        for (party, name) in self.told.parties.iter().enumerate() {
            let known = self.overlap.known[party];
            let tells = of_all(known, self.overlap.told);
            let alone = of_all(self.overlap.unique[party], known);
            let first = of_all(self.gained[party].first, known);
            text += &format!("{name:<width$} {tells:>14} {alone:>14} {first:>14}\n");
        }
        text
    }

    fn pairs_text(&self) -> String {
        let mut text = "\ntold by both\n".to_owned();
        let width = self.width();
        for pair in self.overlap.pairs.iter().filter(|it| it.both > 0) {
            let (a, b) = (self.party(pair.a), self.party(pair.b));
            let (both, jaccard) = (grouped(pair.both), pair.jaccard());
            text += &format!(
                "  {a:<width$} {b:<width$} {both:>7}  of what either tells {jaccard:.2}\n"
            );
        }
        match self.overlap.pairs.iter().filter(|it| it.both == 0).count() {
            0 => {}
            n => text += &format!("  {} with nothing in common\n", counted(n as u64, "pair")),
        }
        text
    }

    fn cover_text(&self) -> String {
        let names = |parties: &[u32]| -> String {
            let names: Vec<&str> = parties.iter().map(|&it| self.party(it)).collect();
            names.join(", ")
        };
        let how = if self.cover.is_exact { "exact" } else { "greedy: fewer may do" };
        let mut text =
            format!("\nthe fewest that tell everything ({how}): {}\n", names(&self.cover.smallest));
        for step in &self.cover.steps {
            let (adds, covered) = (grouped(step.adds), of_all(step.covered, self.overlap.told));
            text += &format!("  + {}  adds {adds}, then {covered}\n", self.party(step.party));
        }
        text
    }

    fn lags_text(&self) -> String {
        if self.lags.is_empty() {
            return "\nnobody learnt of anything later than others\n".to_owned();
        }
        let mut text = "\nwho was first, and how much later the other learnt of it\n".to_owned();
        for lag in &self.lags {
            let (first, later) = (self.party(lag.first), self.party(lag.later));
            let n = counted(lag.days.n, "incident");
            let rests = match lag.rests {
                Rests::Written => "",
                Rests::Imported => "  [by days of import]",
            };
            let same = match lag.same_day {
                0 => String::new(),
                n => format!("; same day {}", grouped(n)),
            };
            text += &format!("  {first} before {later}: {n}, {}{same}{rests}\n", days(&lag.days));
        }
        text
    }

    fn gained_text(&self) -> String {
        let mut text = "\nhad all reports been shared when written\n".to_owned();
        for (gained, name) in self.gained.iter().zip(&self.told.parties) {
            let never = counted(gained.never, "incident");
            text += &format!("  {name}: {never} more than it tells");
            if let Some(of) = &gained.earlier {
                text += &format!("; {} earlier, {}", grouped(of.n), days(of));
            }
            if let Some(of) = &gained.earlier_by_import {
                text += &format!("; {} earlier by days of import, {}", grouped(of.n), days(of));
            }
            text += "\n";
        }
        text
    }

    fn alarms_text(&self) -> String {
        let Some((options, _, alarms)) = &self.alarms else { return String::new() };
        let mut text = format!(
            "\nalarms of the pool: circles up to {} km, windows up to {} days, by chance once in {} days\n",
            options.radius, options.longest, options.once_in_days
        );
        if alarms.is_empty() {
            text += "  none: on no day would the pool have raised one\n";
        }
        for alarm in alarms {
            let n = counted(alarm.incidents.len() as u64, "incident");
            text += &format!("  {}, p {:.3}, {n}", day_text(alarm.fired), alarm.p);
            let first = alarm.incidents.first().map(|&it| self.told.incidents[it].id.as_str());
            text += &first.map_or(String::new(), |id| format!(", as {id}"));
            text += "\n";
            for (alone, name) in alarm.alone.iter().zip(&self.told.parties) {
                let when = match alone {
                    None => "alone never".to_owned(),
                    Some(day) => match day - alarm.fired {
                        0 => "alone the same day".to_owned(),
                        gap @ 1.. => {
                            let gap = counted(gap.unsigned_abs().into(), "day");
                            format!("alone {gap} later, on {}", day_text(*day))
                        }
                        gap => {
                            let gap = counted(gap.unsigned_abs().into(), "day");
                            format!("alone {gap} earlier, on {}", day_text(*day))
                        }
                    },
                };
                text += &format!("    {name}: {when}\n");
            }
        }
        text
    }

    fn incidents_text(&self) -> String {
        let mut text = "\nincidents\n".to_owned();
        for (incident, learnt) in self.told.incidents.iter().zip(self.knew().incidents()) {
            let mut learnt = learnt.to_vec();
            learnt.sort_by_key(|it| (it.day, it.party));
            let Some(first) = learnt.first().copied() else { continue };
            let when = incident.when.map_or("no day".to_owned(), |it| it.to_string());
            text += &format!("  {}  {when}\n", incident.id);
            for it in learnt {
                let import = if it.basis == Basis::Imported { "  [day of import]" } else { "" };
                let gap = match it.day - first.day {
                    0 => "first".to_owned(),
                    gap => format!("{} later", counted(gap.unsigned_abs().into(), "day")),
                };
                let (name, day) = (self.party(it.party), day_text(it.day));
                text += &format!("    {day}  {name}, {gap}{import}\n");
            }
        }
        text
    }
}
