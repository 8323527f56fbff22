//! Incidents as GeoJSON features (RFC 7946), a page of them and one by itself.

use serde_json::{Map, Value, json};
use sheaf_model::Moment;

use super::documents::{address, link};
use super::query::escaped;
use super::{Collection, GEOJSON, ItemsQuery, JSON, Position, Site};
use crate::Losses;
use crate::seen::{COLUMNS, Seen};

/// The incidents that answer a query, as one reader sees them.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// In order of id.
    pub incidents: Vec<Seen<'a>>,
    /// How many this reader would see by the same query on all pages together, where that is known.
    pub n_matched: Option<u64>,
    /// Whether there are some before these.
    pub has_before: bool,
    /// Whether there are some after these.
    pub has_after: bool,
}

/// Cuts the page that a query asks for from all the incidents a reader sees, given in order of id.
/// A store that can look up by place and day does better; this says what it has to find.
pub fn select<'a>(query: &ItemsQuery, all: &[Seen<'a>]) -> Page<'a> {
    let wanted: Vec<Seen<'a>> =
        all.iter().copied().filter(|seen| query.wants(seen.settled)).collect();
    let limit = query.limit as usize;
    let (first, last) = match &query.position {
        None => (0, limit.min(wanted.len())),
        Some(Position::After(id)) => {
            let first = wanted.partition_point(|seen| seen.id() <= id.as_str());
            (first, (first + limit).min(wanted.len()))
        }
        Some(Position::Before(id)) => {
            let last = wanted.partition_point(|seen| seen.id() < id.as_str());
            (last.saturating_sub(limit), last)
        }
    };
    Page {
        incidents: wanted[first..last].to_vec(),
        n_matched: Some(wanted.len() as u64),
        has_before: first > 0,
        has_after: last < wanted.len(),
    }
}

/// `/collections/{id}/items`: a page, with links to the pages beside it; and what GeoJSON could not
/// carry, which stands in it too (`left_out`). `now` is the time of the answer.
pub fn items(
    site: &Site<'_>,
    one: &Collection<'_>,
    query: &ItemsQuery,
    page: &Page<'_>,
    now: Moment,
) -> (Value, Losses) {
    let address = address(site, one.id);
    let to = |position: Option<&Position>, format: Option<&str>| {
        format!("{address}/items?{}", query.with(position, format))
    };
    let here = query.position.as_ref();
    let mut links = vec![link("self", &to(here, None), GEOJSON, "This document")];
    for format in site.formats {
        let to = to(here, Some(format.name));
        links.push(link("alternate", &to, format.media_type, format.title));
    }
    if let Some(last) = page.incidents.last().filter(|_| page.has_after) {
        let after = Position::After(last.id().to_owned());
        links.push(link("next", &to(Some(&after), None), GEOJSON, "The next page"));
    }
    if let Some(first) = page.incidents.first().filter(|_| page.has_before) {
        let before = Position::Before(first.id().to_owned());
        links.push(link("prev", &to(Some(&before), None), GEOJSON, "The page before"));
    }
    links.push(link("collection", &address, JSON, one.title));

    let mut losses = Losses::of("features");
    let features: Vec<Value> =
        page.incidents.iter().map(|seen| Value::Object(feature(seen, &mut losses))).collect();
    let mut told = Map::new();
    told.insert("type".to_owned(), "FeatureCollection".into());
    told.insert("timeStamp".to_owned(), now.to_string().into());
    if let Some(n_matched) = page.n_matched {
        told.insert("numberMatched".to_owned(), n_matched.into());
    }
    told.insert("numberReturned".to_owned(), features.len().into());
    told.insert("links".to_owned(), links.into());
    told.insert("left_out".to_owned(), losses.to_json());
    told.insert("features".to_owned(), features.into());
    (Value::Object(told), losses)
}

/// `/collections/{id}/items/{incident}`: one incident. Where the reader may not see it, the answer is
/// the same as where there is none: status 404, by whoever serves it.
pub fn item(site: &Site<'_>, one: &Collection<'_>, seen: &Seen<'_>) -> (Value, Losses) {
    let address = address(site, one.id);
    let own = format!("{address}/items/{}", escaped(seen.id()));
    let mut links = vec![link("self", &own, GEOJSON, "This document")];
    links.extend(site.formats.iter().map(|format| {
        let own = format!("{own}?f={}", escaped(format.name));
        link("alternate", &own, format.media_type, format.title)
    }));
    links.push(link("collection", &address, JSON, one.title));
    let mut losses = Losses::of("features");
    let mut told = feature(seen, &mut losses);
    told.insert("links".to_owned(), links.into());
    told.insert("left_out".to_owned(), losses.to_json());
    (Value::Object(told), losses)
}

fn feature(seen: &Seen<'_>, losses: &mut Losses) -> Map<String, Value> {
    let place = seen.settled.place.as_ref().map(|place| place.value);
    // Longitude comes first here, unlike everywhere else.
    let geometry = place.map(|it| json!({ "type": "Point", "coordinates": [it.lon(), it.lat()] }));
    let properties: Map<String, Value> = COLUMNS
        .iter()
        .filter(|column| !matches!(column.name, "lat" | "lon"))
        .map(|column| (column.name.to_owned(), (column.of)(seen).to_json()))
        .collect();
    losses.n_carried += 1;
    let is_wide = place.is_some_and(|place| place.radius().get() > 0.0);
    losses.add(
        "radius-not-drawn",
        u64::from(is_wide),
        "incidents are drawn as a point; how far off it may be stands in radius_m",
    );
    losses.add("no-point", u64::from(place.is_none()), "incidents have no point, and no geometry");
    seen.add_losses(losses);
    let mut told = Map::new();
    told.insert("type".to_owned(), "Feature".into());
    told.insert("id".to_owned(), seen.id().into());
    told.insert("geometry".to_owned(), geometry.unwrap_or(Value::Null));
    told.insert("properties".to_owned(), Value::Object(properties));
    told
}
