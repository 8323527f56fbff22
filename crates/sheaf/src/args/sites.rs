//! Arguments of `sheaf sites`: stations, airports, stops and ports, and what incidents have to do with them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use sheaf_model::Day;

use super::{Summary, Times, Which, first_day, last_day};
use crate::sites::Tag;

pub const EXAMPLES: &str = "\
Examples:
  sheaf sites attacks.sheaf load --airports airports.csv
  sheaf sites attacks.sheaf load --stops gtfs/stops.txt --feed harbour-trams
  sheaf sites attacks.sheaf suggest --within 5km
  sheaf sites attacks.sheaf accept northline-wire:NW-140522-1 station:urumqi-south --by desk \\
      --because \"the square in front of it\"
  sheaf sites attacks.sheaf tagged --site station:urumqi-south";

#[derive(Args, Debug)]
pub struct Siting {
    /// The pool
    pub pool: PathBuf,
    #[command(subcommand)]
    pub what: Site,
}

#[derive(Subcommand, Debug)]
pub enum Site {
    /// Load a reference table; sites that are there already are brought up to date
    Load(Loading),
    /// List the sites
    List {
        /// Only of this kind: airport, station, stop or port
        #[arg(long, value_name = "KIND", value_parser = crate::sites::KINDS)]
        kind: Option<String>,
        /// Only sites at which this line calls
        #[arg(long, value_name = "LINE")]
        line: Option<String>,
        #[arg(long, value_enum, default_value_t = Summary::Table)]
        format: Summary,
    },
    /// Suggest which incidents have to do with which site, as far as nobody has decided
    Suggest(Suggesting),
    /// Say that an incident has to do with a site
    Accept(Deciding),
    /// Say that an incident has nothing to do with a site
    Refuse(Deciding),
    /// List what was accepted
    Tagged {
        /// Only of this site
        #[arg(long, value_name = "SITE")]
        site: Option<String>,
        /// Only of sites at which this line calls
        #[arg(long, value_name = "LINE")]
        line: Option<String>,
        #[arg(long, value_enum, default_value_t = Summary::Table)]
        format: Summary,
    },
}

#[derive(Args, Debug)]
pub struct Loading {
    #[command(flatten)]
    pub table: TableFile,
    /// Whose table it is: stands before each key, so that two operators' keys are told apart
    #[arg(long, value_name = "NAME")]
    pub feed: Option<String>,
}

/// One file of one sort.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct TableFile {
    /// OurAirports' airports.csv
    #[arg(long, value_name = "FILE")]
    pub airports: Option<PathBuf>,
    /// The stops.txt of a GTFS feed
    #[arg(long, value_name = "FILE")]
    pub stops: Option<PathBuf>,
    /// A table of stations: name, lat, lon and, if known, id, line
    #[arg(long, value_name = "FILE")]
    pub stations: Option<PathBuf>,
    /// A table of ports, the same way
    #[arg(long, value_name = "FILE")]
    pub ports: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct Suggesting {
    /// How far off a site may be: 5km, 800m
    #[arg(long, value_name = "DISTANCE", default_value = "5km", value_parser = metres)]
    pub within: sheaf_model::Metres,
    /// Incidents from this day on (YYYY-MM-DD, or a month or year)
    #[arg(long, value_name = "DATE", value_parser = first_day)]
    pub since: Option<Day>,
    /// Incidents up to and with this day (YYYY-MM-DD, or a month or year)
    #[arg(long, value_name = "DATE", value_parser = last_day)]
    pub until: Option<Day>,
    /// Incidents in this country, as the sources write it
    #[arg(long, value_name = "NAME")]
    pub country: Option<String>,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
}

#[derive(Args, Debug)]
pub struct Deciding {
    /// An incident's id, or the id of any of its reports
    pub incident: String,
    /// A site's id, as in airport:LFPG
    pub site: String,
    /// What the incident has to do with it (default: what is suggested, or near)
    #[arg(long, value_enum)]
    pub tag: Option<Tag>,
    /// Who decides
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Why
    #[arg(long, value_name = "REASON")]
    pub because: String,
}

impl Suggesting {
    /// The incidents that are asked about, settled as they are kept.
    pub fn which(&self) -> Which {
        Which {
            since: self.since,
            until: self.until,
            within: None,
            place: None,
            country: self.country.clone(),
            kind: None,
            told_by: None,
            min_sources: 1,
            profile: crate::profiles::KEPT.about().name.to_owned(),
            times: Times::default(),
        }
    }
}

fn metres(text: &str) -> Result<sheaf_model::Metres, String> {
    let form = || "a distance is written 5km or 800m".to_owned();
    let text = text.trim();
    let (number, unit) = match (text.strip_suffix("km"), text.strip_suffix('m')) {
        (Some(number), _) => (number, 1000.0),
        (_, Some(number)) => (number, 1.0),
        _ => return Err(form()),
    };
    let number: f32 = number.trim().parse().map_err(|_| form())?;
    let far = (number * unit > 0.0 && number * unit <= 200_000.0).then_some(number * unit);
    far.and_then(sheaf_model::Metres::new)
        .ok_or_else(|| format!("{text} is not above 0 and up to 200km"))
}
