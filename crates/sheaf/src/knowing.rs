//! How much of a pool a question may know. There are two axes of time, and they are not the same:
//! when the pool took something in (*as known on*), and when it was said (*claims until*). "What did
//! we know on 24 May" asks the first; "what had been said by 24 May, as far as we know today" asks
//! the second; both together ask what we then knew of what had been said. A question may also be
//! put to some of the sources only, as a series on a constant panel is.

use std::collections::HashSet;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use sheaf_model::{
    Batch, Day, Field, Judgement, Meaning, ReportId, ReportView, Source, SourceName,
};
use sheaf_store::exchange::Exchange;
use sheaf_store::{Import, Pool, Wanted};

use crate::failure::Failure;
use crate::narrowed::Sees;
use crate::pipeline;
use crate::received::{Received, Shared};

/// A point of the pool's own time: the end of a day, or of a second of it (UTC).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    day: Day,
    // Seconds into the day; none for its end.
    second: Option<u32>,
}

impl Moment {
    /// Reads `2014-05-24`, or a time as imports keep it, `2014-05-24T13:00:00Z`.
    pub fn parse(text: &str) -> Option<Moment> {
        let day = Day::parse_iso(text.get(..10)?)?;
        let rest = &text[10..];
        if rest.is_empty() {
            return Some(Moment { day, second: None });
        }
        let time = rest.strip_prefix('T')?.strip_suffix('Z')?;
        let parts: Vec<&str> = time.split(':').collect();
        let is_number = |part: &&str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        if parts.len() != 3 || !parts.iter().all(is_number) {
            return None;
        }
        let number = |idx: usize| parts[idx].parse::<u32>().ok();
        let (hour, minute, second) = (number(0)?, number(1)?, number(2)?);
        let fits = hour < 24 && minute < 60 && second < 60;
        fits.then_some(Moment { day, second: Some(hour * 3600 + minute * 60 + second) })
    }

    /// The end of a day.
    pub fn end_of(day: Day) -> Moment {
        Moment { day, second: None }
    }

    /// For comparing: the end of a day comes after all of its seconds.
    fn sorted(self) -> (Day, u32) {
        (self.day, self.second.unwrap_or(u32::MAX))
    }

    /// Whether something of this time (RFC 3339, UTC) had happened by then.
    pub fn has(self, at: &str) -> bool {
        // Times start with the day, so texts compare as times do.
        let until = self.to_string();
        at.get(..until.len()).is_some_and(|at| at <= until.as_str())
    }
}

impl From<Day> for Moment {
    fn from(day: Day) -> Moment {
        Moment::end_of(day)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.day.fmt(f)?;
        self.second.map_or(Ok(()), |second| {
            let (hour, minute) = (second / 3600, second / 60 % 60);
            write!(f, "T{hour:02}:{minute:02}:{:02}Z", second % 60)
        })
    }
}

/// How many imports and judgements there were. Two things can happen within one second; this tells
/// which of them a citation knew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counts {
    pub imports: u64,
    pub judgements: u64,
}

/// How much of a pool a question may know; by default all of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Knowing {
    /// What the pool had taken in, and what had been judged, by then.
    pub known_on: Option<Moment>,
    /// The first so many imports and judgements.
    pub first: Option<Counts>,
    /// Only what was said by this day.
    pub claims_until: Option<Day>,
    /// With it, what was said on no day that we know.
    pub undated_too: bool,
    /// Only what these sources say.
    pub sources: Option<Vec<SourceName>>,
    /// What others shared, as far as it may be used.
    pub received: Option<Shared>,
    /// Without the reports of which their owner says that they are not for whoever asks.
    pub narrowed: Option<Sees>,
}

/// What was not heard because of a day up to which claims were asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Unheard {
    /// Reports published, or true as of a day, after it.
    pub n_later: u64,
    /// Reports that say neither.
    pub n_undated: u64,
    /// Tolls as of a later day, in reports that were heard.
    pub n_later_tolls: u64,
}

/// What a question hears of a report.
enum Heard {
    Whole,
    /// The same report without the meaning of some tolls; every claim keeps its position.
    Partly(Batch, u64),
    Later,
    Undated,
}

impl Knowing {
    /// All that the pool knew at the end of a day, or knows.
    pub fn on(day: Option<Day>) -> Knowing {
        Knowing { known_on: day.map(Moment::end_of), ..Knowing::default() }
    }

    /// The same, and nothing that came into the pool later than what `limit` knows.
    pub fn no_later_than(self, limit: &Knowing) -> Knowing {
        let earlier = |a: Moment, b: Moment| if b.sorted() < a.sorted() { b } else { a };
        let fewer = |a: Counts, b: Counts| Counts {
            imports: a.imports.min(b.imports),
            judgements: a.judgements.min(b.judgements),
        };
        fn both<T>(a: Option<T>, b: Option<T>, least: impl Fn(T, T) -> T) -> Option<T> {
            match (a, b) {
                (Some(a), Some(b)) => Some(least(a, b)),
                (a, b) => a.or(b),
            }
        }
        Knowing {
            known_on: both(self.known_on, limit.known_on, earlier),
            first: both(self.first, limit.first, fewer),
            ..self
        }
    }

    /// The same where it leaves something of the pool out; the whole pool where it leaves out
    /// nothing, as when a citation is replayed before anything has changed.
    pub fn simplified(self, pool: &Pool) -> Result<Knowing, Failure> {
        if self.claims_until.is_some() || self.sources.is_some() || self.is_everything() {
            return Ok(self);
        }
        let knows_all_imports = pool.imports()?.iter().all(|import| self.has(import));
        let judgements = pool.judgements()?;
        let chosen = |knowing: &Knowing| pool.linking_chosen(|it| knowing.has_happened(&it.at));
        let is_whole = knows_all_imports
            && self.judgements(judgements.clone()) == judgements
            && chosen(&self)? == chosen(&Knowing::default())?;
        let received = self.received.clone();
        Ok(if is_whole { Knowing { received, ..Knowing::default() } } else { self })
    }

    /// Whether it is the whole pool.
    pub fn is_everything(&self) -> bool {
        *self == Knowing::default()
    }

    /// Whether it leaves nothing out for its time: only of whom it is, if anything.
    pub fn is_of_now(&self) -> bool {
        self.known_on.is_none() && self.first.is_none() && self.claims_until.is_none()
    }

    /// Whether a report is there, and not for whoever asks.
    pub fn hides(&self, id: &ReportId) -> bool {
        self.narrowed.as_ref().is_some_and(|it| it.hides(id))
    }

    /// Whether an import is known and of a source that is asked.
    pub fn has(&self, import: &Import) -> bool {
        self.is_in_time(import)
            && self.sources.as_ref().is_none_or(|names| names.contains(&import.about.source.name))
    }

    /// Whether something of this time had happened by then.
    pub fn has_happened(&self, at: &str) -> bool {
        self.known_on.is_none_or(|moment| moment.has(at))
    }

    fn is_in_time(&self, import: &Import) -> bool {
        self.has_happened(&import.taken_at)
            && self.first.is_none_or(|first| import.id.0 <= first.imports)
    }

    /// The sources that are asked, each as its newest known import describes it, in order of name.
    pub fn sources(&self, pool: &Pool) -> Result<Vec<Source>, Failure> {
        let mut imports = pool.imports()?;
        // A source is not told by imports that are not for whoever asks. Their reports are left out one by one: what
        // a hidden import revised must not come back as it was before.
        let hides = |import: &Import| {
            self.narrowed.as_ref().is_some_and(|narrowed| narrowed.hides_import(import.id))
        };
        imports.retain(|import| self.has(import) && !hides(import));
        let mut sources = pipeline::sources(&imports);
        for shared in self.shared().map(Shared::sources).unwrap_or_default() {
            match sources.iter_mut().find(|it| it.name == shared.name) {
                // One name for the same source, under the stricter of its terms.
                Some(known) => known.licence = known.licence.max(shared.licence),
                None => sources.push(shared),
            }
        }
        sources.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(sources)
    }

    /// What others shared. A citation names the pool's own imports and judgements; what came later, or from
    /// others, is not in its answer.
    fn shared(&self) -> Option<&Shared> {
        self.received.as_ref().filter(|_| self.first.is_none())
    }

    /// The same with what others shared with this pool, all that has not expired. Nothing is written.
    pub fn with_received(self, path: &Path, now: sheaf_model::Moment) -> Result<Knowing, Failure> {
        let Some(log) = Exchange::look(path)? else { return Ok(self) };
        if log.extent()? == (0, 0) {
            return Ok(self);
        }
        let received = Arc::new(Received::of(&log)?).seen_by(None, now);
        Ok(Knowing { received, ..self })
    }

    /// The judgements that had been made by then, as they stood.
    pub fn judgements(&self, judgements: Vec<Judgement>) -> Vec<Judgement> {
        judgements
            .into_iter()
            .filter(|it| self.has_happened(&it.at))
            .filter(|it| self.first.is_none_or(|first| it.id.0 <= first.judgements))
            .map(|mut judgement| {
                judgement.withdrawn = judgement.withdrawn.filter(|it| self.has_happened(&it.at));
                judgement
            })
            .collect()
    }

    /// Visits every report that is known, as far as it is heard, in the order of imports and of
    /// their files; after them what others shared and the pool does not hold itself.
    pub fn for_each_report(
        &self,
        pool: &Pool,
        wanted: Wanted,
        mut visit: impl FnMut(&Import, ReportView<'_>),
    ) -> Result<Unheard, Failure> {
        let mut unheard = Unheard::default();
        let mut own = HashSet::new();
        let shared = self.shared();
        let hides = |id: &ReportId| self.hides(id);
        let sources: HashSet<SourceName> = shared
            .map(|it| it.sources().into_iter().map(|it| it.name).collect())
            .unwrap_or_default();
        let ids: HashSet<&ReportId> = shared.map(|it| it.ids().collect()).unwrap_or_default();
        let mut hear = |import: &Import, report: ReportView<'_>| match self.hear(report) {
            Heard::Whole => visit(import, report),
            Heard::Partly(batch, n_silent) => {
                unheard.n_later_tolls += n_silent;
                visit(import, batch.report(0));
            }
            Heard::Later => unheard.n_later += 1,
            Heard::Undated => unheard.n_undated += 1,
        };
        pool.for_each_known(
            wanted,
            |import| self.has(import),
            |import, report| {
                let name = &import.about.source.name;
                if sources.contains(name) || self.narrowed.is_some() {
                    let id = report.id(name);
                    if hides(&id) {
                        return;
                    }
                    if ids.contains(&id) {
                        own.insert(id);
                    }
                }
                hear(import, report);
            },
        )?;
        if let Some(shared) = shared {
            shared.for_each(
                |id| own.contains(id) || hides(id),
                |import, report| {
                    if self.has_happened(&import.taken_at) {
                        hear(import, report);
                    }
                },
            );
        }
        Ok(unheard)
    }

    /// A report is said on the day it was published or, where it does not say, on the earliest day
    /// as of which one of its tolls was true. What it says as of a later day is not heard.
    fn hear(&self, report: ReportView<'_>) -> Heard {
        let Some(until) = self.claims_until else { return Heard::Whole };
        let claims = report.claims();
        let published = claims.iter().filter_map(|claim| match claim.meant {
            Meaning::Day(day) if claim.field == Field::Published => Some(day),
            _ => None,
        });
        let as_of = |meant: Meaning| match meant {
            Meaning::Toll(toll) => toll.as_of,
            _ => None,
        };
        let said_on =
            published.max().or_else(|| claims.iter().filter_map(|it| as_of(it.meant)).min());
        match said_on {
            None if !self.undated_too => return Heard::Undated,
            Some(day) if day > until => return Heard::Later,
            _ => {}
        }
        let is_later = |meant: Meaning| as_of(meant).is_some_and(|day| day > until);
        let n_silent = claims.iter().filter(|it| is_later(it.meant)).count() as u64;
        if n_silent == 0 {
            return Heard::Whole;
        }
        let mut batch = Batch::default();
        batch.begin_report(report.key(), report.row(), report.unit());
        for claim in claims {
            let meant = match claim.meant {
                Meaning::Spelt(_) => {
                    Meaning::Spelt(batch.keep(report.words(claim).unwrap_or_default()))
                }
                // Its words are counted as not heard; settling has no part for them.
                meant if is_later(meant) => Meaning::PartOf(claim.column),
                meant => meant,
            };
            batch.say(claim.field, claim.column, report.said(claim), meant);
        }
        batch.end_report();
        Heard::Partly(batch, n_silent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_day_or_a_second() {
        for text in ["2014-05-24", "2014-05-24T00:00:00Z", "2014-05-24T23:59:59Z"] {
            assert_eq!(Moment::parse(text).unwrap().to_string(), text);
        }
        for text in ["2014-5-24", "2014-05-24T", "2014-05-24T24:00:00Z", "2014-05-24 12:00:00", ""]
        {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
        let day = Moment::parse("2014-05-24").unwrap();
        assert!(day.has("2014-05-24T23:59:59Z") && !day.has("2014-05-25T00:00:00Z"));
        let second = Moment::parse("2014-05-24T12:00:00Z").unwrap();
        assert!(second.has("2014-05-24T12:00:00Z") && !second.has("2014-05-24T12:00:01Z"));
    }
}
