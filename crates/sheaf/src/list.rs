//! The incidents a command asked for, one after another, from the view kept in the pool or from one
//! made for the question, each as every profile has it that was asked for; with nothing in them that
//! the audience may not have.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::sync::mpsc::{SyncSender, sync_channel};

use rayon::prelude::*;
use sheaf_model::Source;
use sheaf_settle::Ruling;
use sheaf_store::{Pool, SettledView};

use crate::args::{Everywhere, Format};
use crate::commands::incidents::{Asked, looks};
use crate::failure::Failure;
use crate::knowing::{Knowing, Unheard};
use crate::output::{self, Answer, Audience, Entry, Fullness, Gate, Losses, NotAtHand, Passage};
use crate::profiles::{self, Profiles};
use crate::said::Said;
use crate::view::{Groups, kept};
use crate::{filter, suggest};

/// A list of incidents, not yet read.
pub struct List<'a> {
    pool: &'a Pool,
    asked: &'a Asked<'a>,
    /// How much of the pool may be known; the whole, where that leaves nothing out.
    knowing: Knowing,
    profiles: Profiles,
    made: Made,
    /// The sources of the pool.
    pub sources: Vec<Source>,
    /// Whether the pool had taken in anything by the time that was asked for.
    knew_something: bool,
    /// Whether reading broke off; what was written then is not complete.
    pub failed: Cell<bool>,
}

/// Where the incidents come from.
enum Made {
    /// The view in the pool still follows from it.
    Before(SettledView),
    /// It was made just now.
    Now(Box<Groups>),
}

/// One incident by each profile, and many of them.
type Incident = Vec<Entry>;
type Chunk = Vec<Incident>;

impl Made {
    /// Gives every incident, in order of handle, until there are no more or nobody takes them.
    fn read(
        &self,
        pool: &Pool,
        profiles: &Profiles,
        give: &SyncSender<Chunk>,
    ) -> Result<(), Failure> {
        const CHUNK: usize = 1 << 12;
        let view = match self {
            Made::Now(view) => {
                let n = view.linkage.n_incidents;
                for start in (0..n).step_by(CHUNK) {
                    let end = n.min(start + CHUNK as u32);
                    let incidents = (start..end).into_par_iter();
                    let ruled = incidents
                        .map(|it| profiles.entries(&view.known.ballots, view.linkage.members(it)));
                    // A receiver that is gone has what it wanted; that is no failure.
                    if give.send(ruled.collect()).is_err() {
                        break;
                    }
                }
                return Ok(());
            }
            Made::Before(view) => view,
        };
        let profile = profiles.first();
        let mut chunk = Vec::with_capacity(CHUNK);
        pool.for_each_settled(
            view,
            |_| true,
            |settled| {
                let Some(outcome) = profile.outcome_of(&settled.counts()) else { return };
                chunk.push(vec![Entry::of(Ruling::recalled(settled, outcome), profile)]);
                if chunk.len() == CHUNK {
                    let _ = give.send(std::mem::take(&mut chunk));
                }
            },
        )?;
        let _ = give.send(chunk);
        Ok(())
    }
}

/// Whether a source of this name is known; a failure that names the nearest, if not.
pub fn check_source(name: &str, sources: &[Source]) -> Result<(), Failure> {
    let mut names = sources.iter().map(|source| source.name.as_str());
    if names.clone().any(|it| it == name) {
        return Ok(());
    }
    let failure = Failure::new("no-such-source", format!("{name} is no source of this pool"));
    Err(match suggest::nearest(name, &mut names) {
        Some(near) => failure.hint(format!("did you mean {near}?")),
        None => failure.hint("`sheaf sources POOL` lists them"),
    })
}

/// The view kept in the pool, if it is by the one profile that was asked for, whose outcome follows
/// from the values.
fn kept_by(pool: &Pool, profiles: &Profiles) -> Result<Option<SettledView>, Failure> {
    let is_kept = profiles.first().about().cited == profiles::KEPT.about().cited;
    if profiles.is_one() && is_kept { kept(pool, profiles.first()) } else { Ok(None) }
}

impl<'a> List<'a> {
    /// Makes sure that there is a view, and that what was asked for exists.
    pub fn of(
        pool: &'a Pool,
        asked: &'a Asked<'a>,
        everywhere: &Everywhere,
    ) -> Result<List<'a>, Failure> {
        let profiles = Profiles::named(&asked.which.profile)?;
        let imports = pool.imports()?;
        let received = asked.knowing.received.clone();
        let sources = Knowing { received, ..Knowing::default() }.sources(pool)?;
        if let Some(name) = &asked.which.told_by {
            check_source(name, &sources)?;
        }
        let knew_something = imports.iter().any(|import| asked.knowing.has(import))
            || asked.knowing.received.is_some();
        let knowing = asked.knowing.clone().simplified(pool)?;
        let is_open = asked.audience == Audience::Ourselves || gate_of(&sources).is_open();
        let kept = match is_open && knowing.is_everything() {
            true => kept_by(pool, &profiles)?,
            false => None,
        };
        let made = match kept {
            Some(view) => Made::Before(view),
            None => Made::Now(Box::new(Groups::knowing(pool, knowing.clone(), everywhere.quiet)?)),
        };
        let failed = Cell::new(false);
        Ok(List { pool, asked, knowing, profiles, made, sources, knew_something, failed })
    }

    /// Writes the incidents in a format that is text.
    pub fn write(&self, asked: &Asked<'_>, to: &mut dyn Write) -> io::Result<Losses> {
        let gate = RefCell::new(gate_of(&self.sources));
        let audience = asked.audience;
        if asked.format == Format::Json {
            return self.write_json(&gate, to);
        }
        if asked.format == Format::Geojson {
            return self.stream(&gate, |rows| {
                let end = |losses: &mut Losses| self.end(&gate, losses);
                output::write_geojson(rows.flatten(), self.profiles.n(), audience, end, to)
            });
        }
        let mut losses = match asked.format {
            // People read a table from the top: the earliest first.
            Format::Table => {
                let mut incidents: Vec<Incident> = self.stream(&gate, |rows| rows.collect());
                incidents.sort_by_key(|it| it[0].when.as_ref().map(|when| when.value.first()));
                match self.profiles.is_one() {
                    true => output::write_table(incidents.iter().flatten(), looks(), to)?,
                    false => output::write_all_beside(incidents, looks(), to)?,
                }
            }
            _ => self.stream(&gate, |rows| output::write_csv(rows.flatten(), audience, to))?,
        };
        if asked.format == Format::Csv {
            losses.add_side_by_side(self.profiles.n());
        }
        self.end(&gate, &mut losses);
        Ok(losses)
    }

    /// The incidents, all of them, and what the audience may not have of them.
    pub fn collect(&self, format: &'static str) -> (Vec<Entry>, Losses) {
        let gate = RefCell::new(gate_of(&self.sources));
        let incidents: Vec<Entry> = self.stream(&gate, |rows| rows.flatten().collect());
        let mut losses = Losses { n_written: incidents.len() as u64, ..Losses::of(format) };
        losses.add_side_by_side(self.profiles.n());
        self.end(&gate, &mut losses);
        (incidents, losses)
    }

    /// Adds what was left out before anything was written, and says what the whole amounts to.
    fn end(&self, gate: &RefCell<Gate>, losses: &mut Losses) {
        let gate = gate.borrow();
        losses.add_stopped(&gate);
        if let Made::Now(view) = &self.made {
            add_unheard(losses, view.known.unheard, self.asked);
        }
        if self.profiles.any_estimate() {
            losses.add("estimates", losses.n_written, || {
                "the tolls by model are estimates: nobody said these numbers".to_owned()
            });
        }
        losses.answer = match (losses.n_written, gate.n_left_out()) {
            (0, 0) if !self.knew_something => Answer::NothingKnown,
            (0, 0) => Answer::NoIncidents,
            (0, _) => Answer::NotEntitled,
            _ => Answer::Incidents,
        };
    }

    /// Few incidents are written with what each claim said; of many, the claims are only named,
    /// and `sheaf show` gives the rest.
    fn write_json(&self, gate: &RefCell<Gate>, to: &mut dyn Write) -> io::Result<Losses> {
        const FEW: usize = 1000;
        let audience = self.asked.audience;
        let fullness = match self.profiles.is_one() {
            true => Fullness::Values,
            false => Fullness::SideBySide,
        };
        let end = |losses: &mut Losses| self.end(gate, losses);
        self.stream(gate, |rows| {
            let first: Vec<Incident> = (&mut *rows).take(FEW + 1).collect();
            if first.len() > FEW {
                let all = first.into_iter().chain(rows);
                return output::write_json(all, &NotAtHand, fullness, audience, end, to);
            }
            let ids: Vec<_> =
                first.iter().flat_map(|it| it[0].incident.reports.iter().cloned()).collect();
            match Said::known(self.pool, &ids, &self.knowing) {
                Ok(said) => output::write_json(first, &said, fullness, audience, end, to),
                Err(failure) => Err(io::Error::other(failure.what)),
            }
        })
    }

    /// Hands the incidents to `take` one by one, so that a million need not wait in memory.
    fn stream<T>(
        &self,
        gate: &RefCell<Gate>,
        take: impl FnOnce(&mut dyn Iterator<Item = Incident>) -> T,
    ) -> T {
        std::thread::scope(|scope| {
            let (give, given) = sync_channel::<Chunk>(2);
            let (pool, made, profiles) = (self.pool, &self.made, &self.profiles);
            let reading = scope.spawn(move || made.read(pool, profiles, &give));
            let mut passed = given.iter().flatten().filter_map(|it| self.pass(it, gate));
            let taken = take(&mut passed);
            drop(given);
            let whole = matches!(reading.join(), Ok(Ok(())));
            self.failed.set(self.failed.get() || !whole);
            taken
        })
    }

    /// An incident as the audience may have it, if it is wanted. Whether it is, the first profile's
    /// values decide.
    fn pass(&self, incident: Incident, gate: &RefCell<Gate>) -> Option<Incident> {
        let wants = |incident: &Incident| filter::wants(self.asked.which, &incident[0]);
        let (Made::Now(view), Audience::Others) = (&self.made, self.asked.audience) else {
            return wants(&incident).then_some(incident);
        };
        let reports = &incident[0].incident.reports;
        let passage = gate.borrow().passage(reports);
        let mut passed = match &passage {
            Passage::Whole => return wants(&incident).then_some(incident),
            Passage::Nothing => None,
            Passage::From(kept) => {
                // No value may rest on a report that stays behind: it is settled without them.
                let members: Vec<u32> =
                    kept.iter().filter_map(|&at| view.known.position(&reports[at])).collect();
                Some(self.profiles.entries(&view.known.ballots, &members))
            }
        };
        if !passed.as_ref().map_or_else(|| wants(&incident), &wants) {
            return None;
        }
        let parts = incident[0].ruling.parts();
        let n_claims = |report: usize| {
            parts.iter().filter(|(at, _)| at.report as usize == report).count() as u64
        };
        let withheld = gate.borrow_mut().count(reports, n_claims, &passage);
        for entry in passed.iter_mut().flatten() {
            entry.withheld.clone_from(&withheld);
        }
        passed
    }
}

fn gate_of(sources: &[Source]) -> Gate {
    Gate::new(sources.iter().map(|source| (source.name.clone(), source.licence)))
}

/// What was not heard because it was said later, or on no day that we know.
fn add_unheard(losses: &mut Losses, unheard: Unheard, asked: &Asked<'_>) {
    let Some(day) = asked.knowing.claims_until else { return };
    let of = |n: u64, what: &str| crate::commands::counted(n, what);
    losses.add("said-later", unheard.n_later, || {
        format!("{} not heard: said after {day}", of(unheard.n_later, "report"))
    });
    losses.add("tolls-later", unheard.n_later_tolls, || {
        format!("{} not heard: true as of a day after {day}", of(unheard.n_later_tolls, "toll"))
    });
    losses.add("said-undated", unheard.n_undated, || {
        let reports = of(unheard.n_undated, "report");
        format!("{reports} not heard: they say no day of their own (--undated-too hears them)")
    });
}
