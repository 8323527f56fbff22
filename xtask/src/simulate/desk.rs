//! The invented desks and the tables they keep. Two layouts: the curated desks give three numbers
//! for the dead and codes for precision, the news desks give what they heard.

use std::io::{self, Write};

use super::Calendar;
use super::account::{Account, Located};
use super::happening::Happening;
use super::world::World;
use crate::chance::Chance;

/// How a desk works.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// At most one entry for each incident, weeks later.
    Curated,
    /// Whatever comes in, as it comes in.
    News,
}

/// One invented desk.
pub struct Desk {
    /// Its short name: what stands before the colon in a report id, and the file's stem.
    pub name: &'static str,
    pub title: &'static str,
    pub layout: Layout,
    /// How much of all reports is its.
    pub weight: f64,
    /// It tells only of attacks on transport.
    pub transport_only: bool,
    /// It covers only every n-th country.
    pub every_nth_country: usize,
    /// Letters before the numbers of its keys.
    pub key_letters: &'static str,
}

/// The desks, curated ones first.
pub static DESKS: [Desk; 7] = [
    desk("sim-atlas", "Simulated Atlas of Attacks", Layout::Curated, 22.0, false, 1, "AT"),
    desk("sim-register", "Simulated National Register", Layout::Curated, 16.0, false, 2, "R-"),
    desk("sim-rail-office", "Simulated Rail Safety Office", Layout::Curated, 8.0, true, 1, "RSO"),
    desk("sim-northwire", "Simulated North Wire", Layout::News, 22.0, false, 1, "NW"),
    desk("sim-southwire", "Simulated South Wire", Layout::News, 18.0, false, 1, "sw-"),
    desk("sim-radio", "Simulated Radio Monitoring", Layout::News, 10.0, false, 1, "RM/"),
    desk("sim-fieldnotes", "Simulated Field Notes", Layout::News, 12.0, false, 3, "FN"),
];

/// The desk that later publishes a revised release of its whole table.
pub const REVISED_DESK: usize = 0;

const fn desk(
    name: &'static str,
    title: &'static str,
    layout: Layout,
    weight: f64,
    transport_only: bool,
    every_nth_country: usize,
    key_letters: &'static str,
) -> Desk {
    Desk { name, title, layout, weight, transport_only, every_nth_country, key_letters }
}

const CURATED_COLUMNS: &str = "code,date_start,date_end,unit,place,province,country,lat,lon,\
place_precision,kind,target,deaths_low,deaths_best,deaths_high,injured,blamed_on,reference\n";
const NEWS_COLUMNS: &str = "id,published,date,lat,lon,radius_m,place,admin1,country,kind,target,\
weapon,killed,injured,blamed_on,outlet,headline\n";

/// What an entry stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Incident,
    Episode,
    Aggregate,
}

impl Desk {
    /// Whether it would tell of this happening at all.
    pub fn covers(&self, truth: &Happening) -> bool {
        (!self.transport_only || truth.scene.transport)
            && truth.country.is_multiple_of(self.every_nth_country)
    }

    /// Its header line.
    pub fn columns(&self) -> &'static str {
        match self.layout {
            Layout::Curated => CURATED_COLUMNS,
            Layout::News => NEWS_COLUMNS,
        }
    }

    /// Writes the key of its n-th entry.
    pub fn key(&self, number: u64, out: &mut Vec<u8>) {
        let _ = write!(out, "{}{number:07}", self.key_letters);
    }
}

/// Everything an entry is written from.
pub struct Entry<'a> {
    pub desk: &'a Desk,
    pub number: u64,
    pub account: &'a Account,
    pub truth: &'a Happening,
    pub unit: Unit,
    /// For copy that goes out unchanged: the lines of wire copy are the same for the same wording.
    pub world: &'a World,
    pub calendar: &'a Calendar,
}

impl Entry<'_> {
    /// Writes the entry as one line.
    pub fn write(&self, out: &mut Vec<u8>, chance: &mut Chance) -> io::Result<()> {
        match self.desk.layout {
            Layout::Curated => self.write_curated(out, chance),
            Layout::News => self.write_news(out, chance),
        }
    }

    fn write_curated(&self, out: &mut Vec<u8>, chance: &mut Chance) -> io::Result<()> {
        let Entry { account, truth, world, calendar, .. } = *self;
        let scene = truth.scene;
        self.desk.key(self.number, out);
        let last_day = match self.unit {
            Unit::Incident => account.last_day,
            Unit::Episode => account.last_day + chance.between(5, 25),
            Unit::Aggregate => account.last_day + 30,
        };
        write!(out, ",{},{},", calendar.day(account.day), calendar.day(last_day))?;
        out.extend_from_slice(match self.unit {
            Unit::Incident => b"event",
            Unit::Episode => b"episode",
            Unit::Aggregate => b"count",
        });
        // One coarse entry in four forgets to say that it is coarse. Real tables do.
        let precision = match account.located {
            Located::Site => "1",
            Located::Town | Located::WrongTown => "2",
            Located::Capital if chance.happens(0.25) => "2",
            Located::Capital => "4",
        };
        let town = &world.towns[account.town];
        let province = &world.provinces[town.province];
        let place = self.place_name();
        write!(out, ",{place},{},{},", province.name, world.countries[truth.country].name)?;
        write_degrees(out, account.lat);
        out.push(b',');
        write_degrees(out, account.lon);
        let kind = if account.vague_kind { scene.vague_kind } else { scene.kind };
        let target = if account.names_target { scene.target } else { "" };
        let best = account.killed;
        let low = best - chance.below(u64::from(best / 4) + 1) as u32;
        let high = best + chance.below(u64::from(best / 3) + 1) as u32;
        write!(out, ",{precision},{kind},{target},{low},{best},{high},")?;
        write_count(out, account.injured, chance.happens(0.7));
        out.push(b',');
        if let (true, Some(group)) = (account.blames, truth.group) {
            out.extend_from_slice(world.countries[truth.country].groups[group].as_bytes());
        }
        writeln!(out, ",simulated:{}/{}", self.desk.name, self.number)
    }

    fn write_news(&self, out: &mut Vec<u8>, chance: &mut Chance) -> io::Result<()> {
        let Entry { account, truth, world, calendar, .. } = *self;
        let scene = truth.scene;
        self.desk.key(self.number, out);
        // Most within two days, some weeks late.
        let lag = match chance.weighted(&[0.55, 0.27, 0.10, 0.08]) {
            0 => 0,
            1 => 1,
            2 => chance.between(2, 4),
            _ => chance.between(5, 60),
        };
        let published = account.last_day.max(truth.day) + lag;
        write!(out, ",{},{},", calendar.day(published), calendar.day(account.day))?;
        if chance.happens(0.95) {
            write_degrees(out, account.lat);
            out.push(b',');
            write_degrees(out, account.lon);
            let radius = if account.located == Located::Capital && chance.happens(0.25) {
                Located::Town.radius_m()
            } else {
                account.located.radius_m()
            };
            write!(out, ",{radius},")?;
        } else {
            out.extend_from_slice(b",,,");
        }
        let town = &world.towns[account.town];
        let province = &world.provinces[town.province];
        let kind = if account.vague_kind { scene.vague_kind } else { scene.kind };
        let target = if account.names_target { scene.target } else { "" };
        let place = self.place_name();
        let country = &world.countries[truth.country];
        write!(out, "{place},{},{},{kind},{target},", province.name, country.name)?;
        if account.wording & 1 == 0 {
            out.extend_from_slice(scene.weapon.as_bytes());
        }
        out.push(b',');
        let qualifier = match account.wording % 10 {
            0 | 1 => "at least ",
            2 => "about ",
            _ => "",
        };
        write!(out, "{qualifier}{},", account.killed)?;
        write_count(out, account.injured, account.wording % 10 < 7);
        out.push(b',');
        if let (true, Some(group)) = (account.blames, truth.group) {
            out.extend_from_slice(country.groups[group].as_bytes());
        }
        write!(out, ",{},", world.outlets[account.outlet])?;
        self.write_headline(out)?;
        out.push(b'\n');
        Ok(())
    }

    /// The name of the place, as the account has it.
    fn place_name(&self) -> &str {
        match self.account.located {
            Located::Capital => &self.world.capital_of(self.account.town).name,
            _ => &self.world.towns[self.account.town].name,
        }
    }

    /// Wire copy in invented telegraph style. The same account gives the same words.
    fn write_headline(&self, out: &mut Vec<u8>) -> io::Result<()> {
        const OPENINGS: [&str; 6] = [
            "SIMULATED: officials say",
            "SIMULATED: reports of",
            "SIMULATED: police confirm",
            "SIMULATED: residents tell of",
            "SIMULATED: agency reports",
            "SIMULATED: update on",
        ];
        let Entry { account, truth, .. } = *self;
        let scene = truth.scene;
        let kind = if account.vague_kind { scene.vague_kind } else { scene.kind };
        let opening = OPENINGS[(account.wording / 16) as usize % OPENINGS.len()];
        let place = self.place_name();
        match (account.wording / 128) % 3 {
            0 => write!(
                out,
                "{opening} {kind} at {} in {place} {} dead",
                scene.target, account.killed
            ),
            1 => write!(
                out,
                "{opening} {} killed {} hurt in {place} {kind}",
                account.killed, account.injured
            ),
            _ => write!(
                out,
                "{opening} {kind} with {} near {place} on {}",
                scene.weapon, scene.target
            ),
        }
    }
}

fn write_count(out: &mut Vec<u8>, count: u32, said: bool) {
    if said {
        let _ = write!(out, "{count}");
    }
}

/// Degrees with four decimals, from whole ten-thousandths.
fn write_degrees(out: &mut Vec<u8>, degrees: f64) {
    let tenths = (degrees * 10_000.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, rest) = (tenths.abs() / 10_000, tenths.abs() % 10_000);
    let _ = write!(out, "{sign}{whole}.{rest:04}");
}

/// The mapping beside a desk's file.
pub fn mapping_of(desk: &Desk) -> String {
    let (first, kind, rest) = match desk.layout {
        Layout::Curated => ("", "curated", CURATED_MAPPING),
        Layout::News => ("wording = [\"headline\"]\n\n", "news", NEWS_MAPPING),
    };
    let Desk { name, title, .. } = desk;
    format!(
        "# SIMULATED: an invented desk, and nothing it tells of happened.\n\n\
         {first}[source]\nname = \"{name}\"\ntitle = \"{title}\"\norganisation = \"{title}\"\n\
         licence = \"open-with-attribution\"\ncredit = \"simulated, CC0\"\n\
         kind = \"{kind}\"\n{rest}"
    )
}

const CURATED_MAPPING: &str = r#"
[file]
format = "csv"

[key]
columns = ["code"]

[unit]
column = "unit"
codes = { event = "incident", episode = "episode", count = "aggregate" }

[date]
start = "date_start"
end = "date_end"

[place]
lat = "lat"
lon = "lon"
precision = "place_precision"
radius = 60000
radii = { 1 = 1000, 2 = 5000, 4 = 60000 }

[[kind]]
columns = ["kind"]

[[toll]]
harm = "killed"
best = "deaths_best"
low = "deaths_low"
high = "deaths_high"

[[toll]]
harm = "injured"
best = "injured"

[fields]
place = "place-name"
province = "admin-1"
country = "country"
target = "target"
blamed_on = "blamed-on"
reference = "reference"
"#;

const NEWS_MAPPING: &str = r#"
[file]
format = "csv"

[key]
columns = ["id"]

[date]
start = "date"

[place]
lat = "lat"
lon = "lon"
radius-column = "radius_m"
radius = 60000

[[kind]]
columns = ["kind"]

[[toll]]
harm = "killed"
best = "killed"

[[toll]]
harm = "injured"
best = "injured"

[fields]
published = "published"
place = "place-name"
admin1 = "admin-1"
country = "country"
target = "target"
weapon = "weapon"
blamed_on = "blamed-on"
outlet = "outlet"
"#;
