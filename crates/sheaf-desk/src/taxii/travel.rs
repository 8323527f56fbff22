//! What pools tell each other beside TAXII: where each object comes from, over how many nodes it came, in
//! which of its lives it is, and which single versions were withdrawn. It stands in members of the
//! envelope whose names begin with `x_sheaf_`, only where it was asked for (`?x_sheaf_travel=yes`) and
//! only for accounts that pass on what others brought (the role `relay`).
//!
//! ```text
//! {"objects":[…],"more":false,"x_sheaf_node":"5f…","x_sheaf_travel":[{"origin":"5f…","hops":0,"life":1}]}
//! {"objects":[…],"x_sheaf_node":"5f…","x_sheaf_travel":[…],"x_sheaf_gone":[{"id":…,"version":…,"life":1}]}
//! ```

use serde::{Deserialize, Serialize};
use serde_json::json;
use sheaf_store::StoreError;
use sheaf_store::exchange::{
    Arrival, Classes, GoneElsewhere, Micros, New, Outcome, Passing, Post, Refused, Sending, Travel,
    stamp_text,
};

use super::adding::Members;
use super::{Answered, failed};
use crate::answer::Answer;
use crate::desk::Desk;

/// Where an object comes from, on the line.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct WireTravel {
    pub origin: String,
    pub hops: u32,
    pub life: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub narrowed: bool,
}

/// A version that was withdrawn, on the line.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct WireGone {
    pub id: String,
    pub version: String,
    pub life: i64,
}

impl WireTravel {
    /// `node` is ours: what began here has no origin in the log.
    pub(crate) fn of(travel: Travel, node: &str) -> WireTravel {
        let Travel { origin, hops, life, narrowed } = travel;
        let origin = if origin.is_empty() { node.to_owned() } else { origin };
        WireTravel { origin, hops, life, narrowed }
    }

    /// What a stranger says may be anything: lives are kept within what can be counted up from.
    pub(crate) fn read(self) -> Option<Travel> {
        let WireTravel { origin, hops, life, narrowed } = self;
        let fits = is_node(&origin) && (1..=1 << 40).contains(&life);
        fits.then_some(Travel { origin, hops, life, narrowed })
    }
}

impl WireGone {
    pub(crate) fn of(gone: GoneElsewhere) -> WireGone {
        WireGone { id: gone.id, version: gone.version, life: gone.life }
    }

    pub(crate) fn read(self) -> Option<GoneElsewhere> {
        let WireGone { id, version, life } = self;
        let fits = (1..=1 << 40).contains(&life) && id.len() <= 300 && id.contains("--");
        fits.then_some(GoneElsewhere { id, version, life })
    }
}

/// Whether a text can be the name of a node.
pub(crate) fn is_node(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
}

/// An empty page, for a pool.
pub(super) fn nothing(desk: &Desk) -> String {
    json!({ "x_sheaf_node": desk.node }).to_string()
}

/// Adds to a page where its objects come from; `stamps` says which they are.
pub(super) fn tell(
    desk: &Desk,
    collection: i64,
    stamps: &[Micros],
    body: &mut Vec<u8>,
) -> Result<(), StoreError> {
    let travels = desk.log.travels(collection, stamps)?;
    let listed: Vec<_> =
        travels.into_iter().map(|travel| WireTravel::of(travel, &desk.node)).collect();
    // The page ends with its closing brace.
    body.pop();
    body.extend_from_slice(
        format!(r#","x_sheaf_node":"{}","x_sheaf_travel":{}}}"#, desk.node, json!(listed))
            .as_bytes(),
    );
    Ok(())
}

/// Versions that were withdrawn later than `since`, with the life of each.
pub(super) fn gone(
    desk: &Desk,
    collection: i64,
    classes: &Classes,
    since: Option<Micros>,
    limit: usize,
) -> Answered {
    let sending = Sending { collection, classes, to: "", after: since.unwrap_or(Micros::MIN) };
    let (gone, last) = desk.log.outgoing_gone(&sending, limit).map_err(failed)?;
    let more = gone.len() == limit;
    let listed: Vec<_> = gone.into_iter().map(WireGone::of).collect();
    let last = last.map(stamp_text);
    Ok(Answer::json(&json!({ "more": more, "x_sheaf_gone": listed, "x_sheaf_last": last })))
}

/// Whether an envelope tells where its objects come from.
pub(super) fn is_told(members: &Members<'_>) -> bool {
    members.contains_key("x_sheaf_node")
}

/// Takes in what another pool passes on.
pub(super) fn receive(
    desk: &Desk,
    post: &Post<'_>,
    members: &Members<'_>,
    objects: Vec<Result<New<'_>, Refused>>,
    render: impl FnOnce(&[Outcome]) -> String,
) -> Answered {
    let wrong =
        |what: &str| Answer::unprocessable(&format!("\"{what}\" is not as a pool writes it"));
    let member = |name: &str| members.get(name).map(|raw| raw.get());
    let node: String = member("x_sheaf_node")
        .and_then(|text| serde_json::from_str(text).ok())
        .filter(|node: &String| is_node(node))
        .ok_or_else(|| wrong("x_sheaf_node"))?;
    let travels: Vec<WireTravel> = match member("x_sheaf_travel") {
        None => Vec::new(),
        Some(text) => serde_json::from_str(text).map_err(|_| wrong("x_sheaf_travel"))?,
    };
    let gone: Vec<WireGone> = match member("x_sheaf_gone") {
        None => Vec::new(),
        Some(text) => serde_json::from_str(text).map_err(|_| wrong("x_sheaf_gone"))?,
    };
    if travels.len() != objects.len() {
        return Err(wrong("x_sheaf_travel"));
    }
    let arrivals: Vec<_> = objects
        .into_iter()
        .zip(travels)
        .map(|(object, travel)| object.map(|new| Arrival { new, travel: travel.read() }))
        .collect();
    let gone: Vec<_> = gone.into_iter().filter_map(WireGone::read).collect();
    let passing = Passing { node: &desk.node, from: &node, how_far: None, is_rehearsal: false };
    let received = desk.log.receive(post, &passing, &arrivals, &gone, render).map_err(failed)?;
    match received {
        Some(received) => Ok(Answer::of(202, received.status)),
        None => Err(Answer::unprocessable(
            "this Idempotency-Key was used for another batch; nothing was taken",
        )),
    }
}
