//! The documents that lead to the incidents: landing page, conformance, collections.

use serde_json::{Map, Value, json};
use sheaf_model::{Day, SettledIncident};

use super::query::escaped;
use super::{CRS84, GEOJSON, JSON, OPENAPI};

/// Where the documents are served, and what they say of themselves.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The address of the landing page, without a slash at its end.
    pub base: &'a str,
    /// What the pool is called.
    pub title: &'a str,
    /// What the pool is, in a sentence or two.
    pub about: &'a str,
    /// The formats in which incidents are served beside GeoJSON. Links lead to them.
    pub formats: &'a [Format],
}

/// A format that is served elsewhere, asked for with `f`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Format {
    /// Its name in `f`.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// What links to it are called.
    pub title: &'static str,
}

/// A list of incidents, settled by one profile.
#[derive(Clone, Copy, Debug)]
pub struct Collection<'a> {
    /// Its id in addresses: lower-case letters, digits, hyphens.
    pub id: &'a str,
    /// What it is called.
    pub title: &'a str,
    /// What it holds, and by which rules its values were settled.
    pub about: &'a str,
    /// Where and when, of what this reader sees. An extent taken over everything would tell of what
    /// the reader may not see.
    pub extent: Option<Extent>,
}

/// Where and when incidents happened.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Extent {
    /// West, south, east, north, in degrees. `None` if no incident has a point.
    pub bbox: Option<[f64; 4]>,
    /// First and last day. `None` if no incident has a day.
    pub days: Option<(Day, Day)>,
}

impl Extent {
    /// The extent of these incidents; `None` if there are none.
    pub fn of<'a>(incidents: impl IntoIterator<Item = &'a SettledIncident>) -> Option<Extent> {
        let mut extent = None;
        for it in incidents {
            let Extent { bbox, days } = extent.get_or_insert(Extent { bbox: None, days: None });
            if let Some(place) = it.place.as_ref().map(|place| place.value) {
                let (lat, lon) = (place.lat(), place.lon());
                let [west, south, east, north] = bbox.unwrap_or([lon, lat, lon, lat]);
                *bbox = Some([west.min(lon), south.min(lat), east.max(lon), north.max(lat)]);
            }
            if let Some(when) = it.when.as_ref().map(|when| when.value) {
                let (first, last) = days.unwrap_or((when.first(), when.last()));
                *days = Some((first.min(when.first()), last.max(when.last())));
            }
        }
        extent
    }

    fn to_json(self) -> Value {
        let mut members = Map::new();
        if let Some(bbox) = self.bbox {
            members.insert("spatial".to_owned(), json!({ "bbox": [bbox], "crs": CRS84 }));
        }
        if let Some((first, last)) = self.days {
            let ends = [format!("{first}T00:00:00Z"), format!("{last}T23:59:59Z")];
            let system = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian";
            members.insert("temporal".to_owned(), json!({ "interval": [ends], "trs": system }));
        }
        Value::Object(members)
    }
}

/// `/`: where to find what.
pub fn landing(site: &Site<'_>) -> Value {
    let base = site.base;
    json!({
        "title": site.title,
        "description": site.about,
        "links": [
            link("self", &format!("{base}/"), JSON, "This document"),
            link("service-desc", &format!("{base}/api"), OPENAPI, "The interface (OpenAPI 3.0)"),
            link("conformance", &format!("{base}/conformance"), JSON, "What the interface follows"),
            link("data", &format!("{base}/collections"), JSON, "The lists of incidents"),
        ],
    })
}

/// `/conformance`: the classes of requirements that are met.
pub fn conformance() -> Value {
    let class =
        |name: &str| format!("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}");
    json!({ "conformsTo": (["core", "oas30", "geojson"].map(class)) })
}

/// `/collections`: every list of incidents.
pub fn collections(site: &Site<'_>, all: &[Collection<'_>]) -> Value {
    let address = format!("{}/collections", site.base);
    json!({
        "links": [link("self", &address, JSON, "This document")],
        "collections": all.iter().map(|one| collection(site, one)).collect::<Vec<_>>(),
    })
}

/// `/collections/{id}`: one list of incidents.
pub fn collection(site: &Site<'_>, one: &Collection<'_>) -> Value {
    let address = address(site, one.id);
    let mut links = vec![
        link("self", &address, JSON, "This document"),
        link("items", &format!("{address}/items"), GEOJSON, one.title),
    ];
    links.extend(site.formats.iter().map(|format| {
        let address = format!("{address}/items?f={}", escaped(format.name));
        link("items", &address, format.media_type, &format!("{} ({})", one.title, format.title))
    }));
    let mut told = json!({
        "id": one.id,
        "title": one.title,
        "description": one.about,
        "itemType": "feature",
        "crs": [CRS84],
        "links": links,
    });
    if let Some(extent) = one.extent {
        told["extent"] = extent.to_json();
    }
    told
}

pub(super) fn address(site: &Site<'_>, collection: &str) -> String {
    format!("{}/collections/{}", site.base, escaped(collection))
}

pub(super) fn link(rel: &str, href: &str, media_type: &str, title: &str) -> Value {
    json!({ "href": href, "rel": rel, "type": media_type, "title": title })
}
