//! Alarms as CAP alerts for a member, Restricted: to those who may see every incident in it; and an Atom index of them,
//! which a reader of feeds can be pointed at.

use std::fs;
use std::path::Path;

use sheaf_desk::alarm_alert;
use sheaf_model::{Marking, MemberId, Moment};
use sheaf_share::cap::{
    Audience, Index, Time, message_entry, restriction, write_alert, write_index,
};
use sheaf_share::rules::combine;

use super::looked::{Looked, Seen};
use crate::failure::Failure;

/// Writes each alarm into a folder; how many.
pub fn write(
    folder: &Path,
    looked: &Looked,
    member: &MemberId,
    now: Moment,
) -> Result<u64, Failure> {
    let told = |path: &Path, why: String| {
        Failure::new("cannot-write", format!("{}: {why}", path.display()))
    };
    fs::create_dir_all(folder).map_err(|err| told(folder, err.to_string()))?;
    let sent = Time::from_unix_s(now.millis() / 1000)
        .ok_or_else(|| Failure::new("bad-clock", "the clock says no time that CAP can write"))?;
    let mut entries = Vec::new();
    for seen in &looked.seen {
        let Some(marking) = marking(looked, seen) else { continue };
        let on = looked.on.to_string();
        let alert = alarm_alert(&seen.json(), &on, member.as_str(), sent.clone());
        let audience = Audience::Restricted { restriction: restriction(&marking) };
        let file = format!("{}.cap", alert.identifier);
        let path = folder.join(&file);
        let xml = write_alert(&alert, &audience).map_err(|why| told(&path, why.to_string()))?;
        fs::write(&path, xml).map_err(|err| told(&path, err.to_string()))?;
        entries.push(message_entry(&alert, file));
    }
    let n = entries.len() as u64;
    let index = Index {
        id: format!("urn:sheaf:{member}:alarms"),
        title: format!("Alarms for {member}, {}", looked.on),
        updated: Some(sent),
        author: Some(member.to_string()),
        links: Vec::new(),
        entries,
        gone: Vec::new(),
    };
    let path = folder.join("index.atom");
    let xml = write_index(&index).map_err(|why| told(&path, why.to_string()))?;
    fs::write(&path, xml).map_err(|err| told(&path, err.to_string()))?;
    Ok(n)
}

/// What whoever reads of all these incidents may do with it.
fn marking(looked: &Looked, seen: &Seen) -> Option<Marking> {
    let layer = looked.layer.as_ref()?;
    let of = |id: &str| {
        let at = layer.incidents.iter().position(|it| it.incident.id.as_str() == id)?;
        Some(layer.markings[layer.marked[at]].clone())
    };
    seen.incidents.iter().filter_map(|it| of(&it.0)).reduce(|a, b| combine(&a, &b))
}
