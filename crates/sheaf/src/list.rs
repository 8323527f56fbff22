//! The incidents a command asked for, one after another, from the view kept in the pool or from one
//! made for the question; with nothing in them that the audience may not have.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::sync::mpsc::{SyncSender, sync_channel};

use sheaf_model::{ReportId, SettledIncident, Source};
use sheaf_settle::Profile;
use sheaf_store::{Pool, SettledView};

use crate::args::{Everywhere, Format};
use crate::commands::incidents::{Asked, looks, profile};
use crate::commands::show::settle_these;
use crate::failure::Failure;
use crate::output::{self, Audience, Gate, Losses, NotAtHand, Passage};
use crate::said::Said;
use crate::view::{View, kept};
use crate::{filter, pipeline, suggest};

/// A list of incidents, not yet read.
pub struct List<'a> {
    pool: &'a Pool,
    asked: &'a Asked<'a>,
    profile: &'static dyn Profile,
    made: Made,
    /// The sources of the pool.
    pub sources: Vec<Source>,
    /// Whether reading broke off; what was written then is not complete.
    pub failed: Cell<bool>,
}

/// Where the incidents come from.
enum Made {
    /// The view in the pool still follows from it.
    Before(SettledView),
    /// It was made just now.
    Now(Box<View>),
}

impl Made {
    /// Gives every incident, in order of handle, until there are no more or nobody takes them.
    fn read(
        &self,
        pool: &Pool,
        profile: &'static dyn Profile,
        give: &SyncSender<Vec<SettledIncident>>,
    ) -> Result<(), Failure> {
        const CHUNK: usize = 1 << 10;
        let view = match self {
            // A receiver that is gone has what it wanted; that is no failure.
            Made::Now(view) => {
                return view.settle(profile, |chunk| {
                    let _ = give.send(chunk);
                    Ok(())
                });
            }
            Made::Before(view) => view,
        };
        let mut chunk = Vec::with_capacity(CHUNK);
        pool.for_each_settled(
            view,
            |_| true,
            |incident| {
                chunk.push(incident);
                if chunk.len() == CHUNK {
                    let _ = give.send(std::mem::take(&mut chunk));
                }
            },
        )?;
        let _ = give.send(chunk);
        Ok(())
    }
}

fn check_source(name: &str, sources: &[Source]) -> Result<(), Failure> {
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

impl<'a> List<'a> {
    /// Makes sure that there is a view, and that what was asked for exists.
    pub fn of(
        pool: &'a Pool,
        asked: &'a Asked<'a>,
        everywhere: &Everywhere,
    ) -> Result<List<'a>, Failure> {
        let profile = profile(&asked.which.profile)?;
        let sources = pipeline::sources(&pool.imports()?);
        if let Some(name) = &asked.which.told_by {
            check_source(name, &sources)?;
        }
        let day = asked.which.as_known_on;
        let kept = if day.is_none() { kept(pool, profile)? } else { None };
        let made = match kept {
            Some(view) => Made::Before(view),
            None => Made::Now(Box::new(View::of(pool, day, everywhere.quiet)?)),
        };
        Ok(List { pool, asked, profile, made, sources, failed: Cell::new(false) })
    }

    /// Writes the incidents in a format that is text.
    pub fn write(&self, asked: &Asked<'_>, to: &mut dyn Write) -> io::Result<Losses> {
        let gate = RefCell::new(Gate::new(
            self.sources.iter().map(|source| (source.name.clone(), source.licence)),
        ));
        let audience = asked.audience;
        let mut losses = match asked.format {
            // People read a table from the top: the earliest first.
            Format::Table => {
                let mut incidents = self.gathered(&gate);
                incidents.sort_by_key(|it| it.when.as_ref().map(|when| when.value.first()));
                output::write_table(&incidents, looks(), to)?
            }
            Format::Json => self.write_json(&gate, to)?,
            Format::Csv => self.stream(&gate, |rows| output::write_csv(rows, audience, to))?,
            Format::Geojson | Format::Parquet => {
                self.stream(&gate, |rows| output::write_geojson(rows, audience, to))?
            }
        };
        losses.add_stopped(&gate.borrow());
        Ok(losses)
    }

    /// The incidents, all of them, and what the audience may not have of them.
    pub fn collect(&self, format: &'static str) -> (Vec<SettledIncident>, Losses) {
        let listed = self.sources.iter().map(|source| (source.name.clone(), source.licence));
        let gate = RefCell::new(Gate::new(listed));
        let incidents = self.gathered(&gate);
        let mut losses = Losses { n_written: incidents.len() as u64, ..Losses::of(format) };
        losses.add_stopped(&gate.borrow());
        (incidents, losses)
    }

    fn gathered(&self, gate: &RefCell<Gate>) -> Vec<SettledIncident> {
        self.stream(gate, |rows| rows.collect())
    }

    /// Few incidents are written with what each claim said; of many, the claims are only named,
    /// and `sheaf show` gives the rest.
    fn write_json(&self, gate: &RefCell<Gate>, to: &mut dyn Write) -> io::Result<Losses> {
        const FEW: usize = 1000;
        let audience = self.asked.audience;
        self.stream(gate, |rows| {
            let first: Vec<SettledIncident> = (&mut *rows).take(FEW + 1).collect();
            if first.len() > FEW {
                return output::write_json(first.into_iter().chain(rows), &NotAtHand, audience, to);
            }
            let ids: Vec<_> =
                first.iter().flat_map(|it| it.incident.reports.iter().cloned()).collect();
            let said = match self.asked.which.as_known_on {
                None => Said::of(self.pool, &ids),
                Some(day) => Said::on(self.pool, &ids, day),
            };
            match said {
                Ok(said) => output::write_json(&first, &said, audience, to),
                Err(failure) => Err(io::Error::other(failure.what)),
            }
        })
    }

    /// Hands the incidents to `take` one by one, so that a million need not wait in memory.
    fn stream<T>(
        &self,
        gate: &RefCell<Gate>,
        take: impl FnOnce(&mut dyn Iterator<Item = SettledIncident>) -> T,
    ) -> T {
        std::thread::scope(|scope| {
            let (give, given) = sync_channel::<Vec<SettledIncident>>(2);
            let (pool, made, profile) = (self.pool, &self.made, self.profile);
            let reading = scope.spawn(move || made.read(pool, profile, &give));
            let mut passed = given.iter().flatten().filter_map(|it| self.pass(it, gate));
            let taken = take(&mut passed);
            drop(given);
            let whole = matches!(reading.join(), Ok(Ok(())));
            self.failed.set(self.failed.get() || !whole);
            taken
        })
    }

    /// An incident as the audience may have it, if it is wanted.
    fn pass(&self, incident: SettledIncident, gate: &RefCell<Gate>) -> Option<SettledIncident> {
        let passage = match self.asked.audience {
            Audience::Ourselves => Passage::Whole,
            Audience::Others => gate.borrow_mut().passage(&incident.incident.reports),
        };
        let incident = match passage {
            Passage::Whole => incident,
            Passage::Nothing => return None,
            Passage::From(kept) => {
                // No value may rest on a report that stays behind: it is settled without them.
                let kept: Vec<_> =
                    kept.iter().map(|&at| incident.incident.reports[at].clone()).collect();
                match self.settle_again(&kept) {
                    Ok(incident) => incident,
                    Err(_) => {
                        self.failed.set(true);
                        return None;
                    }
                }
            }
        };
        filter::wants(self.asked.which, &incident).then_some(incident)
    }

    /// Settles some reports of an incident by what the list knows of them, which on a day of the
    /// past is not what the pool knows today.
    fn settle_again(&self, kept: &[ReportId]) -> Result<SettledIncident, Failure> {
        match &self.made {
            Made::Before(_) => settle_these(self.pool, kept, self.profile),
            Made::Now(view) => {
                let members: Vec<u32> =
                    kept.iter().filter_map(|id| view.known.position(id)).collect();
                Ok(sheaf_settle::settle(&view.known.ballots, &members, self.profile))
            }
        }
    }
}
