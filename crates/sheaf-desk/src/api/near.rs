//! Near which stations, airports, stops or ports an incident has to lie. As elsewhere, an incident that is placed less
//! exactly than the distance asked for says nothing about single sites, and is near none.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};
use sheaf_model::{Metres, Place};
use sheaf_store::Site;

use super::columns::Columns;
use super::filter::Words;
use super::told::Told;

/// The kinds of sites that there are.
const KINDS: [&str; 4] = ["airport", "station", "stop", "port"];
const USUAL_KM: usize = 2;
const MOST_KM: usize = 200;
/// More lines than that nobody chooses from.
const MOST_LINES: usize = 500;
/// The sides of the cells in which sites are looked up, in degrees.
const CELL: f64 = 0.5;

/// Which sites, and how near.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Near {
    site: Option<String>,
    line: Option<String>,
    kind: Option<String>,
    km: usize,
}

impl Near {
    /// Takes `near-site`, `near-line`, `near-kind` and `near-km`.
    pub fn take(words: &mut Words) -> Result<Option<Near>, Told> {
        let near = Near {
            site: words.take("near-site")?,
            line: words.take("near-line")?,
            kind: words.take("near-kind")?,
            km: words.number("near-km", USUAL_KM, MOST_KM)?,
        };
        if let Some(kind) = near.kind.as_ref().filter(|it| !KINDS.contains(&it.as_str())) {
            let what = format!("near-kind={kind}: no such kind of site");
            return Err(
                Told::bad("bad-filter", what).hint(format!("the kinds are {}", KINDS.join(", ")))
            );
        }
        let asks = near.site.is_some() || near.line.is_some() || near.kind.is_some();
        Ok(asks.then_some(near))
    }

    /// Whether a site is one of those that are meant.
    fn means(&self, id: &str, lines: &[String]) -> bool {
        let kind = id.split(':').next().unwrap_or_default();
        self.site.as_ref().is_none_or(|it| it == id)
            && self.line.as_ref().is_none_or(|it| lines.contains(it))
            && self.kind.as_ref().is_none_or(|it| it == kind)
    }

    /// Whether one of the sites that an alarm names is meant.
    pub fn is_among(&self, sites: &Value) -> bool {
        sites.as_array().into_iter().flatten().any(|site| {
            let lines = site["lines"].as_array().into_iter().flatten();
            let lines: Vec<String> =
                lines.filter_map(|it| it.as_str().map(str::to_owned)).collect();
            self.means(site["id"].as_str().unwrap_or_default(), &lines)
        })
    }

    /// The same with the places of the sites.
    ///
    /// # Errors
    /// Where no site is meant: a list that is always empty would be taken for good news.
    pub fn among(&self, sites: &[Site]) -> Result<NearSites, Told> {
        let meant: Vec<&Site> = sites.iter().filter(|it| self.means(&it.id, &it.lines)).collect();
        if meant.is_empty() {
            let named = [&self.site, &self.line, &self.kind];
            let named: Vec<&str> = named.into_iter().flatten().map(String::as_str).collect();
            let what =
                format!("near {}: no such site, line or kind is known here", named.join(", "));
            return Err(Told::bad("no-such-site", what)
                .hint("`sheaf sites load POOL FILE` loads airports, stations, stops and ports"));
        }
        let mut cells: HashMap<(i32, i32), Vec<Place>> = HashMap::new();
        let point = Metres::new(0.0).expect("0 m is a distance");
        for site in meant {
            if let Some(place) = Place::new(site.lat, site.lon, point) {
                cells.entry(cell(site.lat, site.lon)).or_default().push(place);
            }
        }
        Ok(NearSites { cells, reach_m: self.km as f64 * 1000.0 })
    }
}

/// What sites there are to be near to: how many of each kind, and the lines, so many at most.
pub(crate) fn known(sites: &[Site]) -> Value {
    let count = |kind: &str| sites.iter().filter(|it| it.kind == kind).count();
    let kinds = KINDS.iter().map(|kind| (*kind, count(kind))).filter(|it| it.1 > 0);
    let lines: BTreeSet<&str> =
        sites.iter().flat_map(|it| it.lines.iter().map(String::as_str)).collect();
    json!({
        "kinds": kinds.collect::<Vec<_>>(),
        "lines": lines.into_iter().take(MOST_LINES).collect::<Vec<_>>(),
    })
}

/// Sites by where they lie, and how near is near.
pub(crate) struct NearSites {
    cells: HashMap<(i32, i32), Vec<Place>>,
    reach_m: f64,
}

impl NearSites {
    /// Whether an incident may lie near one of them.
    pub fn reach(&self, columns: &Columns, at: usize) -> bool {
        let [lat, lon] = columns.places[at].map(f64::from);
        let radius = f64::from(columns.radii[at]);
        if lat.is_nan() || radius > self.reach_m {
            return false;
        }
        let point = Metres::new(0.0).and_then(|none| Place::new(lat, lon, none));
        let Some(point) = point else { return false };
        let reach = self.reach_m + radius;
        // A degree of latitude is at least 110 km, of longitude less towards the poles.
        let degrees = reach / 110_000.0;
        let wide = (degrees / lat.to_radians().cos().max(0.01)).min(180.0);
        let (low, high) = (cell(lat - degrees, lon - wide), cell(lat + degrees, lon + wide));
        let is_near = |site: &Place| f64::from(point.distance_to(*site).get()) <= reach;
        (low.0..=high.0).any(|row| {
            (low.1..=high.1).any(|column| {
                let column = column.rem_euclid((360.0 / CELL) as i32);
                self.cells.get(&(row, column)).is_some_and(|it| it.iter().any(is_near))
            })
        })
    }
}

fn cell(lat: f64, lon: f64) -> (i32, i32) {
    let column = ((lon + 180.0) / CELL).floor() as i32;
    let is_of_the_world = (-180.0..180.0).contains(&lon);
    let column = if is_of_the_world { column.rem_euclid((360.0 / CELL) as i32) } else { column };
    ((lat / CELL).floor() as i32, column)
}
