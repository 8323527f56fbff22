//! What the schema lets pass and the standard's text does not, or what cannot be meant. A remark does
//! not make an alert invalid; it is told so that the sender can be.

use super::alert::{Alert, Area, Heard, Info};
use super::read::Problem;
use super::time::Time;
use super::words::{MessageType, Scope};

/// Everything worth remarking about a valid alert.
pub(super) fn remarks(alert: &Alert, heard: &Heard) -> Vec<Problem> {
    let mut all = Vec::new();
    let mut remark = |place: &str, what: &str| {
        all.push(Problem { place: format!("alert/{place}"), what: what.to_owned() });
    };
    for (place, text) in [("identifier", &alert.identifier), ("sender", &alert.sender)] {
        if text.is_empty() || text.contains([' ', ',', '<', '&']) {
            remark(place, "it is empty, or has a blank, a comma, < or &");
        }
    }
    match (heard.scope, &heard.restriction, &heard.addresses) {
        (Scope::Restricted, None, _) => remark("restriction", "a restricted alert must have one"),
        (Scope::Private, _, None) => remark("addresses", "a private alert must have them"),
        (Scope::Public | Scope::Private, Some(_), _) => {
            remark("restriction", "only a restricted alert may have one");
        }
        _ => {}
    }
    let needs_references = alert.message_type != MessageType::Alert;
    match &alert.references {
        None if needs_references => {
            remark("references", "a message about earlier ones must name them");
        }
        Some(text) if !are_references(text) => {
            remark("references", "not sender,identifier,sent with blanks between");
        }
        _ => {}
    }
    for (idx, info) in alert.infos.iter().enumerate() {
        remark_info(info, &alert.sent, &mut |place, what| {
            remark(&format!("info[{}]/{place}", idx + 1), what);
        });
    }
    all
}

fn remark_info(info: &Info, sent: &Time, remark: &mut impl FnMut(&str, &str)) {
    if info.event.trim().is_empty() {
        remark("event", "it is empty");
    }
    if let Some(expires) = &info.expires {
        let from = info.effective.as_ref().unwrap_or(sent);
        if expires.unix_s() < from.unix_s() {
            remark("expires", "it lies before the time from which the information holds");
        }
    }
    for (idx, area) in info.areas.iter().enumerate() {
        let here = format!("area[{}]", idx + 1);
        remark_area(area, &here, remark);
    }
}

fn remark_area(area: &Area, here: &str, remark: &mut impl FnMut(&str, &str)) {
    for (idx, polygon) in area.polygons.iter().enumerate() {
        if Area::outline(polygon).is_none() {
            let place = format!("{here}/polygon[{}]", idx + 1);
            remark(&place, "not four points or more that end where they begin");
        }
    }
    for (idx, circle) in area.circles.iter().enumerate() {
        if Area::circle(circle).is_none() {
            remark(&format!("{here}/circle[{}]", idx + 1), "not a point and a radius");
        }
    }
    if area.ceiling_ft.is_some() && area.altitude_ft.is_none() {
        remark(&format!("{here}/ceiling"), "it means nothing without an altitude");
    }
}

fn are_references(text: &str) -> bool {
    let mut all = text.split_whitespace().peekable();
    all.peek().is_some()
        && all.all(|it| {
            let parts: Vec<&str> = it.split(',').collect();
            parts.len() == 3 && Time::read_loosely(parts[2]).is_some()
        })
}
