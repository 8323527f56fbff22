//! Which incidents are asked for: the words of `sheaf incidents`, as a query.

use sheaf_model::{Day, Kind, Metres, Place, Sector};

use super::columns::{Columns, NO_NAME, OPEN};
use super::near::{Near, NearSites};
use super::told::Told;
use crate::ask::decoded;
use crate::pages::{Pages, Wish};

/// The states that an incident can be in.
pub(crate) const STATES: [&str; 4] = ["settled", "pending", "contested", "rejected"];

/// What is asked for; all of it must hold.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Filter {
    pub since: Option<i32>,
    pub until: Option<i32>,
    pub bbox: Option<Box4>,
    pub within: Option<(Place, f64)>,
    pub place: Option<String>,
    pub country: Option<String>,
    pub kind: Option<Kind>,
    pub told_by: Option<String>,
    /// Told by a source of a member of this sector.
    pub sector: Option<Sector>,
    pub min_sources: usize,
    pub min_killed: u32,
    pub min_injured: u32,
    pub state: Option<String>,
    pub text: Vec<String>,
    pub near: Option<Near>,
}

/// West, south, east, north in degrees; west of it is east where it crosses 180°.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Box4 {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

/// The words of a query, decoded, each at most once but those that may repeat.
pub(crate) struct Words(Vec<(String, String)>);

impl Words {
    /// Reads a query.
    pub fn read(query: &str) -> Result<Words, Told> {
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            // Forms write a space as a plus.
            let decode = |text: &str| {
                decoded(&text.replace('+', " ")).map_err(|_| {
                    Told::bad("bad-address", "the address holds a % that stands for no character")
                })
            };
            Ok((decode(name)?, decode(value)?))
        });
        Ok(Words(pairs.collect::<Result<_, Told>>()?))
    }

    /// Takes a word's value; where it stands twice that is a mistake to hear of.
    pub fn take(&mut self, name: &str) -> Result<Option<String>, Told> {
        let mut values = self.take_all(name);
        match values.len() {
            0 => Ok(None),
            1 => Ok(values.pop().filter(|value| !value.is_empty())),
            n => Err(Told::bad("filter-twice", format!("{name} stands {n} times in the address"))),
        }
    }

    /// Takes every value of a word that may stand many times.
    pub fn take_all(&mut self, name: &str) -> Vec<String> {
        let taken = self.0.iter().filter(|(it, _)| it == name).map(|(_, value)| value.clone());
        let taken = taken.collect();
        self.0.retain(|(it, _)| it != name);
        taken
    }

    /// Takes a number within bounds.
    pub fn number(&mut self, name: &str, usual: usize, most: usize) -> Result<usize, Told> {
        let Some(text) = self.take(name)? else { return Ok(usual) };
        let number = text.parse().ok().filter(|number| *number <= most);
        number.ok_or_else(|| {
            Told::bad("bad-filter", format!("{name}={text}: a whole number up to {most} is meant"))
        })
    }

    /// That nothing is left that nobody knows.
    pub fn end(self) -> Result<(), Told> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => Err(Told::bad("unknown-filter", format!("{name}: no such filter"))
                .hint("docs/api.md lists what can be asked")),
        }
    }
}

impl Wish {
    /// Takes `profile` and `as-known-on`.
    pub(crate) fn take(words: &mut Words) -> Result<Wish, Told> {
        let profile = words.take("profile")?.unwrap_or_default();
        let as_known_on = day(words, "as-known-on")?;
        Ok(Wish { profile, as_known_on })
    }
}

impl Filter {
    /// Takes the words of a filter.
    pub fn take(words: &mut Words) -> Result<Filter, Told> {
        let days = |day: Option<Day>| day.map(|day| day.days_since_1970());
        let kind = match words.take("kind")? {
            None => None,
            Some(name) => Some(Kind::from_name(&name).ok_or_else(|| {
                Told::bad("no-such-kind", format!("kind={name}: no such kind of incident"))
                    .hint("/api/v1/pool lists the kinds there are")
            })?),
        };
        let state = words.take("state")?;
        if let Some(state) = state.as_ref().filter(|it| !STATES.contains(&it.as_str())) {
            return Err(Told::bad("bad-filter", format!("state={state}: no such state"))
                .hint(format!("the states are {}", STATES.join(", "))));
        }
        let text = words.take("text")?.unwrap_or_default();
        let big = u32::MAX as usize - 1;
        Ok(Filter {
            since: days(day(words, "since")?),
            until: days(day(words, "until")?),
            bbox: words.take("bbox")?.map(|text| bbox(&text)).transpose()?,
            within: words.take("within")?.map(|text| circle(&text)).transpose()?,
            place: words.take("place")?,
            country: words.take("country")?,
            kind,
            told_by: words.take("told-by")?,
            sector: words.take("sector")?.map(sector).transpose()?,
            min_sources: words.number("min-sources", 0, 1 << 16)?,
            min_killed: words.number("min-killed", 0, big)? as u32,
            min_injured: words.number("min-injured", 0, big)? as u32,
            state,
            text: text.split_whitespace().map(str::to_owned).collect(),
            near: Near::take(words)?,
        })
    }

    /// The filter made ready for these columns.
    ///
    /// # Errors
    /// Where it asks for what is near a site, and there is none such.
    pub fn on<'a>(&'a self, columns: &'a Columns, pages: &dyn Pages) -> Result<Ready<'a>, Told> {
        let near = match &self.near {
            None => None,
            Some(near) => Some(near.among(&pages.sites().map_err(|err| Told::from(&err))?)?),
        };
        Ok(self.with(columns, near))
    }

    fn with<'a>(&'a self, columns: &'a Columns, near: Option<NearSites>) -> Ready<'a> {
        let same = |name: &Option<String>| {
            name.as_ref().map(|name| {
                let folded = columns.folded(name);
                columns.folded.iter().map(|it| **it == *folded).collect::<Vec<bool>>()
            })
        };
        let told_by = self.told_by.as_ref().map(|name| {
            let source = columns.sources.iter().position(|it| it.name == *name);
            let holds = |set: &Vec<u16>| source.is_some_and(|it| set.contains(&(it as u16)));
            columns.source_sets.iter().map(holds).collect::<Vec<bool>>()
        });
        let of_sector = self.sector.map(|sector| {
            let is_its = |it: &u16| columns.sources[usize::from(*it)].sector == Some(sector.name());
            columns.source_sets.iter().map(|set| set.iter().any(is_its)).collect::<Vec<bool>>()
        });
        let texts = self.text.iter().map(|word| {
            let folded = columns.folded(word);
            let words = columns.folded.iter().map(|it| it.contains(&folded)).collect::<Vec<bool>>();
            let kinds = Kind::ALL.iter().map(|kind| {
                kind.chain().any(|kind| kind.name().replace('-', " ").contains(&folded))
            });
            (words, kinds.collect::<Vec<bool>>())
        });
        let kinds = self.kind.map(|wanted| {
            Kind::ALL.iter().map(|kind| kind.chain().any(|it| it == wanted)).collect::<Vec<bool>>()
        });
        let outcomes = self
            .state
            .as_ref()
            .map(|state| columns.outcomes.iter().map(|(it, _)| it == state).collect::<Vec<bool>>());
        Ready {
            filter: self,
            columns,
            place: same(&self.place),
            country: same(&self.country),
            told_by,
            of_sector,
            kinds,
            outcomes,
            texts: texts.collect(),
            near,
        }
    }
}

/// A filter whose words were looked up among those that the columns hold.
pub(crate) struct Ready<'a> {
    filter: &'a Filter,
    columns: &'a Columns,
    place: Option<Vec<bool>>,
    country: Option<Vec<bool>>,
    told_by: Option<Vec<bool>>,
    of_sector: Option<Vec<bool>>,
    kinds: Option<Vec<bool>>,
    outcomes: Option<Vec<bool>>,
    texts: Vec<(Vec<bool>, Vec<bool>)>,
    near: Option<NearSites>,
}

impl Ready<'_> {
    /// Whether an incident is wanted, its days apart.
    pub fn fits(&self, at: usize) -> bool {
        let (filter, columns) = (self.filter, self.columns);
        let is = |marks: &Option<Vec<bool>>, idx: usize| {
            marks.as_ref().is_none_or(|it| it.get(idx).copied().unwrap_or(false))
        };
        let named = &columns.named[at];
        is(&self.kinds, usize::from(columns.kinds[at]))
            && is(&self.outcomes, usize::from(columns.outcome[at]))
            && is(&self.told_by, columns.told_by[at] as usize)
            && is(&self.of_sector, columns.told_by[at] as usize)
            && is(&self.country, named[2] as usize)
            && (self.place.is_none() || (0..3).any(|idx| is(&self.place, named[idx] as usize)))
            && columns.source_sets[columns.told_by[at] as usize].len() >= filter.min_sources
            && reaches(columns.killed[at], filter.min_killed)
            && reaches(columns.injured[at], filter.min_injured)
            && filter.bbox.is_none_or(|it| it.touches(columns, at))
            && filter.within.is_none_or(|(centre, km)| is_within(columns, at, centre, km))
            && self.near.as_ref().is_none_or(|it| it.reach(columns, at))
            && self.texts.iter().all(|(words, kinds)| {
                kinds.get(usize::from(columns.kinds[at])).copied().unwrap_or(false)
                    || named.iter().any(|&it| it != NO_NAME && words[it as usize])
            })
    }

    /// Whether some day of it is wanted. An incident without a day is not "since 2014", because nobody says
    /// that it was.
    pub fn fits_in_time(&self, at: usize) -> bool {
        let [first, last] = self.columns.days[at];
        let has_day = self.columns.has_day(at);
        self.filter.since.is_none_or(|since| has_day && last >= since)
            && self.filter.until.is_none_or(|until| has_day && first <= until)
    }
}

fn sector(name: String) -> Result<Sector, Told> {
    Sector::from_name(&name).ok_or_else(|| {
        let names: Vec<&str> = Sector::ALL.iter().map(|it| it.name()).collect();
        Told::bad("no-such-sector", format!("sector={name}: no such sector"))
            .hint(format!("the sectors are {}", names.join(", ")))
    })
}

fn reaches([low, high]: [u32; 2], least: u32) -> bool {
    // Nobody says anything where the lower end is above the upper one.
    least == 0 || (low <= high && (high == OPEN || high >= least))
}

impl Box4 {
    /// Whether a place, with its radius, touches the box.
    pub fn touches(self, columns: &Columns, at: usize) -> bool {
        let [lat, lon] = columns.places[at].map(f64::from);
        if lat.is_nan() {
            return false;
        }
        let reach = f64::from(columns.radii[at]) / 111_195.0;
        if lat + reach < self.south || lat - reach > self.north {
            return false;
        }
        let wide = reach / lat.to_radians().cos().max(0.01);
        match self.west <= self.east {
            true => lon + wide >= self.west && lon - wide <= self.east,
            false => lon + wide >= self.west || lon - wide <= self.east,
        }
    }
}

fn is_within(columns: &Columns, at: usize, centre: Place, km: f64) -> bool {
    let [lat, lon] = columns.places[at].map(f64::from);
    let radius = Metres::new(columns.radii[at]);
    let place = radius.and_then(|radius| Place::new(lat, lon, radius));
    place.is_some_and(|place| {
        let reach = km * 1000.0 + f64::from(place.radius().get());
        f64::from(place.distance_to(centre).get()) <= reach
    })
}

fn day(words: &mut Words, name: &str) -> Result<Option<Day>, Told> {
    let Some(text) = words.take(name)? else { return Ok(None) };
    let day = Day::parse_iso(&text);
    day.map(Some).ok_or_else(|| {
        Told::bad("bad-filter", format!("{name}={text}: a day is written 2014-05-22"))
    })
}

fn numbers<const N: usize>(name: &str, text: &str, like: &str) -> Result<[f64; N], Told> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|it| it.trim().parse().ok()).collect();
    let numbers = numbers.filter(|it| it.iter().all(|it: &f64| it.is_finite()));
    numbers.and_then(|it| it.try_into().ok()).ok_or_else(|| {
        Told::bad("bad-filter", format!("{name}={text}: {like} is meant, numbers with commas"))
    })
}

fn bbox(text: &str) -> Result<Box4, Told> {
    let [west, south, east, north] = numbers("bbox", text, "west,south,east,north")?;
    let is_fine = south <= north && (-90.0..=90.0).contains(&south) && north <= 90.0;
    match is_fine {
        true => Ok(Box4 { west: lon(west, east), south, east: lon(east, west), north }),
        false => Err(Told::bad("bad-filter", format!("bbox={text}: south lies north of north"))),
    }
}

/// Brings a longitude between -180 and 180; a box around the whole world keeps its ends.
fn lon(it: f64, other: f64) -> f64 {
    if (it - other).abs() >= 360.0 {
        return if it < other { -180.0 } else { 180.0 };
    }
    if (-180.0..=180.0).contains(&it) { it } else { (it + 180.0).rem_euclid(360.0) - 180.0 }
}

fn circle(text: &str) -> Result<(Place, f64), Told> {
    let [lat, lon, km] = numbers("within", text, "latitude,longitude,kilometres")?;
    let point = Metres::new(0.0).and_then(|none| Place::new(lat, lon, none));
    match point.filter(|_| km >= 0.0) {
        Some(point) => Ok((point, km)),
        None => Err(Told::bad("bad-filter", format!("within={text}: there is no such circle"))),
    }
}
