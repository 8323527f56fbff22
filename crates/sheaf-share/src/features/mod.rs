//! Settled incidents as a layer that geographic programs open: OGC API – Features, Part 1: Core
//! (OGC 17-069r4, <https://docs.ogc.org/is/17-069r4/17-069r4.html>), in the classes Core, GeoJSON
//! and OpenAPI 3.0.
//!
//! In go the query of a request, as text, and incidents as one reader sees them; out come the JSON
//! documents that answer it: [`landing`], [`conformance`], [`api`], [`collections`], [`collection`],
//! [`items`] and [`item`]. A parameter that is unknown or cannot be understood is refused with a
//! reason ([`BadQuery`]), which the server sends with status 400.
//!
//! An incident is drawn as a point, and how far off it may be stands beside it in metres
//! (`radius_m`): a circle of 50 km around it would look as if the whole of it had been hit. `bbox`
//! and `datetime` ask for the point and for the days; as the standard wants it, both also match what
//! has no point or no day, for unknown is not elsewhere.
//!
//! Pages are cut by incident ids and not by counting, so that an incident that comes or goes between
//! two requests moves no other from one page to the next. What is not here: HTTP, finding the
//! incidents, and who may see them.

mod bbox;
mod documents;
mod interval;
mod items;
mod openapi;
mod query;
#[cfg(test)]
mod tests;

pub use bbox::Bbox;
pub use documents::{
    Collection, Extent, Format, Site, collection, collections, conformance, landing,
};
pub use interval::Interval;
pub use items::{Page, item, items, select};
pub use openapi::api;
pub use query::{BadQuery, Fault, ItemsQuery, Limits, Position, only_format};

/// The media type of the documents that are no features.
pub const JSON: &str = "application/json";
/// The media type of [`items`] and [`item`].
pub const GEOJSON: &str = "application/geo+json";
/// The media type of [`api`].
pub const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";
/// The one coordinate reference system: WGS 84, longitude first.
pub const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
