//! Incidents as columns: one number to a cell, names kept once, so that a million of them can be searched,
//! counted and drawn within milliseconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sheaf_model::{Kind, Place, When};

/// No day, no name, no toll, no upper end.
pub(crate) const NONE_DAY: i32 = i32::MIN;
pub(crate) const NO_NAME: u32 = u32::MAX;
pub(crate) const NO_TOLL: [u32; 2] = [u32::MAX, 0];
pub(crate) const OPEN: u32 = u32::MAX;
pub(crate) const NO_KIND: u8 = u8::MAX;

/// A source, as far as a list of incidents names it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SourceAbout {
    /// Its name in this pool.
    pub name: String,
    /// What it calls itself.
    pub title: String,
    /// Who keeps it.
    pub organisation: String,
    /// The class of its licence.
    pub licence: &'static str,
    /// Which kind of source it is.
    pub kind: &'static str,
    /// The sector of the member whose it is, if it is a member's.
    pub sector: Option<&'static str>,
}

/// A name that columns hold, once however many incidents bear it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Word(u32);

/// An incident, and what its profile makes of it.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// Its handle.
    pub id: &'a str,
    /// How many reports tell of it.
    pub n_reports: u32,
    /// Who tells of it.
    pub sources: Vec<&'a str>,
    /// When.
    pub when: Option<When>,
    /// Where.
    pub place: Option<Place>,
    /// What kind of happening.
    pub kind: Option<Kind>,
    /// Place name, first-level unit, country, target, weapon.
    pub named: [Option<Word>; 5],
    /// The outcome, as a word for programs.
    pub state: &'static str,
    /// The outcome, as the profile calls it.
    pub word: &'static str,
    /// Whether some claim says otherwise than a value shown.
    pub is_disputed: bool,
    /// How many were killed: at least, and at most where it is bounded.
    pub killed: Option<(u32, Option<u32>)>,
    /// How many were injured.
    pub injured: Option<(u32, Option<u32>)>,
}

/// Every incident that somebody may see, settled by one profile.
#[derive(Debug)]
pub struct Columns {
    pub(crate) ids: Vec<Box<str>>,
    /// First and last day, in days since 1970.
    pub(crate) days: Vec<[i32; 2]>,
    /// Latitude and longitude in degrees; not a number where nobody says.
    pub(crate) places: Vec<[f32; 2]>,
    /// The same places as web maps have them: east and south of a corner of a world that is 1 wide.
    pub(crate) squares: Vec<[f32; 2]>,
    /// How far off the place may be, in metres.
    pub(crate) radii: Vec<f32>,
    /// Positions in [`Kind::ALL`].
    pub(crate) kinds: Vec<u8>,
    /// At least and at most.
    pub(crate) killed: Vec<[u32; 2]>,
    pub(crate) injured: Vec<[u32; 2]>,
    pub(crate) n_reports: Vec<u32>,
    /// Positions in `source_sets`.
    pub(crate) told_by: Vec<u32>,
    pub(crate) source_sets: Vec<Vec<u16>>,
    /// Positions in `outcomes`.
    pub(crate) outcome: Vec<u8>,
    pub(crate) outcomes: Vec<(&'static str, &'static str)>,
    pub(crate) is_disputed: Vec<bool>,
    /// Place name, first-level unit, country, target, weapon: positions in `words`.
    pub(crate) named: Vec<[u32; 5]>,
    pub(crate) words: Vec<Box<str>>,
    /// The words as they are compared.
    pub(crate) folded: Vec<Box<str>>,
    pub(crate) sources: Vec<SourceAbout>,
    /// How many reports there are, those of no incident among them.
    pub(crate) n_all_reports: u64,
    fold: fn(&str) -> String,
    numbers: Numbers,
    /// Answers about them that were made already.
    pub(crate) made: Made,
}

/// Where what was kept once is found again.
#[derive(Debug, Default)]
struct Numbers {
    words: HashMap<Box<str>, u32>,
    sets: HashMap<Vec<u16>, u32>,
    sources: HashMap<String, u16>,
    /// The set of the row before, and the names in it.
    last: Option<(u32, Vec<String>)>,
}

/// Answers by what was asked: many ask the same, as whoever opens the page does. They go when the columns go.
#[derive(Debug, Default)]
pub(crate) struct Made(Mutex<Vec<(String, Arc<str>)>>);

/// So many answers are kept; the one that was used last stands last.
const MOST_MADE: usize = 64;

impl Made {
    /// The answer to a question; made if it is not there.
    pub(crate) fn get<E>(
        &self,
        asked: &str,
        make: impl FnOnce() -> Result<String, E>,
    ) -> Result<Arc<str>, E> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let mut made = lock();
            if let Some(at) = made.iter().position(|it| it.0 == asked) {
                let found = made.remove(at);
                let answer = found.1.clone();
                made.push(found);
                return Ok(answer);
            }
        }
        let answer: Arc<str> = make()?.into();
        let mut made = lock();
        if made.len() >= MOST_MADE {
            made.remove(0);
        }
        made.push((asked.to_owned(), answer.clone()));
        Ok(answer)
    }
}

/// How far north and south a web map reaches.
const MOST_LAT: f64 = 85.05;

/// A place by Web Mercator, the world being 1 wide and 1 high.
fn square([lat, lon]: [f32; 2]) -> [f32; 2] {
    let lat = f64::from(lat).clamp(-MOST_LAT, MOST_LAT).to_radians();
    let south = 0.5 - lat.tan().asinh() / std::f64::consts::TAU;
    #[expect(clippy::cast_possible_truncation, reason = "a ten-millionth of the world is enough")]
    [((f64::from(lon) + 180.0) / 360.0) as f32, south as f32]
}

impl Columns {
    /// No incidents yet, of these sources. `fold` makes alike what names are compared by.
    pub fn of(sources: Vec<SourceAbout>, fold: fn(&str) -> String) -> Columns {
        let named = sources.iter().zip(0..).map(|(it, at)| (it.name.clone(), at)).collect();
        Columns {
            ids: Vec::new(),
            days: Vec::new(),
            places: Vec::new(),
            squares: Vec::new(),
            radii: Vec::new(),
            kinds: Vec::new(),
            killed: Vec::new(),
            injured: Vec::new(),
            n_reports: Vec::new(),
            told_by: Vec::new(),
            source_sets: Vec::new(),
            outcome: Vec::new(),
            outcomes: Vec::new(),
            is_disputed: Vec::new(),
            named: Vec::new(),
            words: Vec::new(),
            folded: Vec::new(),
            sources,
            n_all_reports: 0,
            fold,
            numbers: Numbers { sources: named, ..Numbers::default() },
            made: Made::default(),
        }
    }

    /// No incidents, of the same sources.
    pub fn emptied(&self) -> Columns {
        Columns::of(self.sources.clone(), self.fold)
    }

    /// How many incidents there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Says how many reports there are, those of no incident among them.
    pub fn set_reports(&mut self, n: u64) {
        self.n_all_reports = n;
    }

    /// Adds an incident.
    pub fn push(&mut self, row: &Row<'_>) {
        self.ids.push(row.id.into());
        self.days.push(row.when.map_or([NONE_DAY; 2], |when| {
            [when.first().days_since_1970(), when.last().days_since_1970()]
        }));
        let place = row.place;
        #[expect(clippy::cast_possible_truncation, reason = "degrees to about a metre")]
        let at = place.map_or([f32::NAN; 2], |it| [it.lat() as f32, it.lon() as f32]);
        self.places.push(at);
        self.squares.push(square(at));
        self.radii.push(place.map_or(f32::NAN, |it| it.radius().get()));
        let kind = row.kind.and_then(|kind| {
            let at = Kind::ALL.iter().position(|it| *it == kind)?;
            u8::try_from(at).ok()
        });
        self.kinds.push(kind.unwrap_or(NO_KIND));
        let toll = |toll: Option<(u32, Option<u32>)>| {
            toll.map_or(NO_TOLL, |(low, high)| [low, high.unwrap_or(OPEN)])
        };
        self.killed.push(toll(row.killed));
        self.injured.push(toll(row.injured));
        self.n_reports.push(row.n_reports);
        // Many that follow one another are told by the same.
        let number = match &self.numbers.last {
            Some((number, names)) if names.iter().eq(row.sources.iter()) => *number,
            _ => {
                let known = |name: &&str| self.numbers.sources.get(*name);
                let mut set: Vec<u16> = row.sources.iter().filter_map(known).copied().collect();
                set.sort_unstable();
                let number = self.set(set);
                let names = row.sources.iter().map(|it| (*it).to_owned()).collect();
                self.numbers.last = Some((number, names));
                number
            }
        };
        self.told_by.push(number);
        let outcome = self.outcome_of((row.state, row.word));
        self.outcome.push(outcome);
        self.is_disputed.push(row.is_disputed);
        self.named.push(row.named.map(|named| named.map_or(NO_NAME, |word| word.0)));
    }

    /// Adds the incidents of others that are of the same sources.
    pub fn append(&mut self, others: &Columns) {
        self.ids.extend_from_slice(&others.ids);
        self.days.extend_from_slice(&others.days);
        self.places.extend_from_slice(&others.places);
        self.squares.extend_from_slice(&others.squares);
        self.radii.extend_from_slice(&others.radii);
        self.kinds.extend_from_slice(&others.kinds);
        self.killed.extend_from_slice(&others.killed);
        self.injured.extend_from_slice(&others.injured);
        self.n_reports.extend_from_slice(&others.n_reports);
        self.is_disputed.extend_from_slice(&others.is_disputed);
        // What is kept once has other numbers here.
        let sets: Vec<u32> = others.source_sets.iter().map(|set| self.set(set.clone())).collect();
        self.told_by.extend(others.told_by.iter().map(|&it| sets[it as usize]));
        let outcomes: Vec<u8> = others.outcomes.iter().map(|&it| self.outcome_of(it)).collect();
        self.outcome.extend(others.outcome.iter().map(|&it| outcomes[usize::from(it)]));
        let words: Vec<u32> = others.words.iter().map(|word| self.word(word).0).collect();
        let number = |it: u32| words.get(it as usize).copied().unwrap_or(NO_NAME);
        self.named.extend(others.named.iter().map(|named| named.map(number)));
    }

    /// The number of a set of sources.
    fn set(&mut self, set: Vec<u16>) -> u32 {
        if let Some(&number) = self.numbers.sets.get(&set) {
            return number;
        }
        let next = self.source_sets.len() as u32;
        self.source_sets.push(set.clone());
        self.numbers.sets.insert(set, next);
        next
    }

    /// The number of an outcome, of which there are few.
    fn outcome_of(&mut self, outcome: (&'static str, &'static str)) -> u8 {
        let known = self.outcomes.iter().position(|it| *it == outcome);
        let at = known.unwrap_or_else(|| {
            self.outcomes.push(outcome);
            self.outcomes.len() - 1
        });
        u8::try_from(at).unwrap_or(u8::MAX)
    }

    /// The same in order of id.
    pub fn sorted(mut self) -> Columns {
        if self.ids.is_sorted() {
            return self;
        }
        let mut order: Vec<u32> = (0..self.ids.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| self.ids[a as usize].cmp(&self.ids[b as usize]));
        fn moved<T: Clone>(column: &mut Vec<T>, order: &[u32]) {
            *column = order.iter().map(|&at| column[at as usize].clone()).collect();
        }
        moved(&mut self.ids, &order);
        moved(&mut self.days, &order);
        moved(&mut self.places, &order);
        moved(&mut self.squares, &order);
        moved(&mut self.radii, &order);
        moved(&mut self.kinds, &order);
        moved(&mut self.killed, &order);
        moved(&mut self.injured, &order);
        moved(&mut self.n_reports, &order);
        moved(&mut self.told_by, &order);
        moved(&mut self.outcome, &order);
        moved(&mut self.is_disputed, &order);
        moved(&mut self.named, &order);
        self
    }

    /// A name, as rows of these columns know it.
    pub fn word(&mut self, word: &str) -> Word {
        if let Some(&at) = self.numbers.words.get(word) {
            return Word(at);
        }
        let at = self.words.len() as u32;
        self.words.push(word.into());
        self.folded.push((self.fold)(word).into());
        self.numbers.words.insert(word.into(), at);
        Word(at)
    }

    /// A word as names are compared by.
    pub(crate) fn folded(&self, word: &str) -> String {
        (self.fold)(word)
    }

    pub(crate) fn id(&self, at: usize) -> &str {
        &self.ids[at]
    }

    /// Where the incident of this handle is.
    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.ids.binary_search_by(|it| (**it).cmp(id)).ok()
    }

    pub(crate) fn kind(&self, at: usize) -> Option<Kind> {
        Kind::ALL.get(usize::from(self.kinds[at])).copied()
    }

    pub(crate) fn name(&self, at: usize, which: usize) -> Option<&str> {
        self.words.get(self.named[at][which] as usize).map(|word| &**word)
    }

    pub(crate) fn sources_of(&self, at: usize) -> impl Iterator<Item = &SourceAbout> {
        let set = &self.source_sets[self.told_by[at] as usize];
        set.iter().map(|&source| &self.sources[usize::from(source)])
    }

    pub(crate) fn has_place(&self, at: usize) -> bool {
        !self.places[at][0].is_nan()
    }

    pub(crate) fn has_day(&self, at: usize) -> bool {
        self.days[at][0] != NONE_DAY
    }
}
