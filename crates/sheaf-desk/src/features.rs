//! The pool as a layer for maps, under `/features` (OGC API – Features, Part 1: Core). Incidents are views:
//! each reader gets what follows from the reports that this reader may use, and whoever does not sign in gets
//! what follows from public ones. What a reader may not see is answered as what does not exist.

use serde_json::{Value, json};
use sheaf_model::{Marking, Moment, SettledIncident};
use sheaf_share::features::{
    BadQuery, Collection, Extent, GEOJSON, ItemsQuery, JSON, Limits, OPENAPI, Site, api,
    collection, collections, conformance, item, items, landing, only_format, select,
};
use sheaf_share::rules::{Directory, Reader, as_shown};
use sheaf_share::seen::Seen;

use crate::answer::Answer;
use crate::desk::{Desk, Request};
use crate::incidents::{Incidents, Layer};
use crate::taxii::segments;

/// An answer, and the reports that stand in it.
type Answered = std::result::Result<(Answer, Vec<String>), Answer>;

/// The one list of incidents.
const INCIDENTS: &str = "incidents";
const TITLE: &str = "Incidents";
const ABOUT: &str = "Incidents that several reports make up, settled by the profile interval: where reports \
                     differ, the range of what they say. Each reader sees what follows from the reports \
                     that this reader may use.";

/// Whether a path leads here.
pub(crate) fn is_here(path: &str) -> bool {
    let path = path.trim_start_matches('/');
    path == "features" || path.starts_with("features/")
}

/// Answers a request by somebody who signed in, or by anyone.
pub(crate) fn route(
    desk: &Desk,
    incidents: &dyn Incidents,
    request: &Request<'_>,
    reader: &Reader,
    directory: &Directory,
    now: Moment,
) -> Answered {
    let segments = segments(request.path)?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    if !is_there(&segments) {
        return Err(not_found());
    }
    if !matches!(request.method, "GET" | "HEAD") {
        let told = error("MethodNotAllowed", "this address answers to GET and HEAD");
        return Err(of(405, JSON, &told).with("Allow", "GET, HEAD".to_owned()));
    }
    let scheme = if request.is_tls { "https" } else { "http" };
    let base = match request.host {
        Some(host) => format!("{scheme}://{host}/features"),
        None => "/features".to_owned(),
    };
    let about = desk.log.about().map_err(|err| Answer::failed(&err))?.unwrap_or_default();
    let title = if about.title.is_empty() { "sheaf" } else { &about.title };
    let site = Site { base: &base, title, about: &about.description, formats: &[] };
    let most = u32::try_from(desk.settings.page_size).unwrap_or(u32::MAX).max(1);
    let limits = Limits { usual: most.min(100), most };
    // What exactly failed is for the office, not for a reader.
    let failed = |_| Answer::error(500, "InternalServerError", "try again later");
    let layer = || incidents.seen_by(reader, now).map_err(failed);
    let whole = |extent| Collection { id: INCIDENTS, title: TITLE, about: ABOUT, extent };
    let plain = || only_format(request.query, &[]).map_err(bad_query);
    match segments[1..] {
        [] => {
            plain()?;
            Ok((of(200, JSON, &landing(&site)), Vec::new()))
        }
        ["conformance"] => {
            plain()?;
            Ok((of(200, JSON, &conformance()), Vec::new()))
        }
        ["api"] => {
            plain()?;
            let version = env!("CARGO_PKG_VERSION");
            Ok((of(200, OPENAPI, &api(&site, &[whole(None)], limits, version)), Vec::new()))
        }
        ["collections"] => {
            plain()?;
            let extent = Extent::of(&layer()?.incidents);
            Ok((of(200, JSON, &collections(&site, &[whole(extent)])), Vec::new()))
        }
        ["collections", INCIDENTS] => {
            plain()?;
            let extent = Extent::of(&layer()?.incidents);
            Ok((of(200, JSON, &collection(&site, &whole(extent))), Vec::new()))
        }
        ["collections", INCIDENTS, "items"] => {
            let query = ItemsQuery::parse(request.query, limits, &[]).map_err(bad_query)?;
            let layer = layer()?;
            let markings = shown(&layer, reader, directory);
            let all: Vec<Seen<'_>> = layer
                .incidents
                .iter()
                .zip(&layer.marked)
                .map(|(settled, &marked)| Seen { settled, marking: &markings[marked] })
                .collect();
            let page = select(&query, &all);
            let shown = page.incidents.iter().flat_map(|it| reports(it.settled)).collect();
            Ok((of(200, GEOJSON, &items(&site, &whole(None), &query, &page, now).0), shown))
        }
        ["collections", INCIDENTS, "items", id] => {
            plain()?;
            let layer = layer()?;
            let at = position(&layer.incidents, id).ok_or_else(not_found)?;
            let markings = shown(&layer, reader, directory);
            let seen = Seen { settled: &layer.incidents[at], marking: &markings[layer.marked[at]] };
            let shown = reports(seen.settled).collect();
            Ok((of(200, GEOJSON, &item(&site, &whole(None), &seen).0), shown))
        }
        _ => Err(not_found()),
    }
}

/// The ids of the reports of an incident.
fn reports(incident: &SettledIncident) -> impl Iterator<Item = String> {
    incident.incident.reports.iter().map(|id| id.as_str().to_owned())
}

/// Whether there is such an address; of items, whether there could be.
fn is_there(segments: &[&str]) -> bool {
    matches!(
        segments,
        ["features"]
            | ["features", "conformance" | "api" | "collections"]
            | ["features", "collections", INCIDENTS]
            | ["features", "collections", INCIDENTS, "items"]
            | ["features", "collections", INCIDENTS, "items", _]
    )
}

/// The incident of this id or, for a handle from before it grew, the one that holds the report of this id.
fn position(incidents: &[SettledIncident], id: &str) -> Option<usize> {
    let by_id = incidents.binary_search_by(|it| it.incident.id.as_str().cmp(id)).ok();
    by_id.or_else(|| {
        let holds =
            |it: &SettledIncident| it.incident.reports.iter().any(|report| report.as_str() == id);
        incidents.iter().position(holds)
    })
}

fn shown(layer: &Layer, reader: &Reader, directory: &Directory) -> Vec<Marking> {
    layer.markings.iter().map(|marking| as_shown(marking, reader, directory)).collect()
}

fn bad_query(bad: BadQuery) -> Answer {
    of(400, JSON, &bad.to_json())
}

fn not_found() -> Answer {
    of(404, JSON, &error("NotFound", "there is nothing here, or nothing that you may see"))
}

fn error(code: &str, description: &str) -> Value {
    json!({ "code": code, "description": description })
}

fn of(status: u16, media_type: &str, document: &Value) -> Answer {
    Answer::of(status, document.to_string()).with("Content-Type", media_type.to_owned())
}
