//! A checked element as an [`Alert`]. Nothing here can fail: what could be wrong was found before, and
//! what is read here is what the check has seen.

use super::alert::{Alert, Area, Heard, Info, Named, Resource, decimal};
use super::fields::collapsed;
use super::time::Time;
use super::words::{Category, Certainty, MessageType, Response, Scope, Severity, Status, Urgency};
use super::xml::Element;

/// The alert in an element that has passed the check; nothing if it has not.
pub(super) fn build(root: &Element) -> Option<(Alert, Heard)> {
    let alert = Alert {
        identifier: text(root, "identifier")?,
        sender: text(root, "sender")?,
        sent: time(root, "sent")?,
        status: word(root, "status", Status::from_word)?,
        message_type: word(root, "msgType", MessageType::from_word)?,
        source: text(root, "source"),
        codes: texts(root, "code"),
        note: text(root, "note"),
        references: text(root, "references"),
        incidents: text(root, "incidents"),
        infos: all(root, "info").map(info).collect::<Option<_>>()?,
    };
    let heard = Heard {
        scope: word(root, "scope", Scope::from_word)?,
        restriction: text(root, "restriction"),
        addresses: text(root, "addresses"),
    };
    Some((alert, heard))
}

fn info(element: &Element) -> Option<Info> {
    Some(Info {
        language: text(element, "language").map(|it| collapsed(&it).to_owned()),
        categories: words(element, "category", Category::from_word)?,
        event: text(element, "event")?,
        responses: words(element, "responseType", Response::from_word)?,
        urgency: word(element, "urgency", Urgency::from_word)?,
        severity: word(element, "severity", Severity::from_word)?,
        certainty: word(element, "certainty", certainty)?,
        audience: text(element, "audience"),
        event_codes: pairs(element, "eventCode")?,
        effective: time(element, "effective"),
        onset: time(element, "onset"),
        expires: time(element, "expires"),
        sender_name: text(element, "senderName"),
        headline: text(element, "headline"),
        description: text(element, "description"),
        instruction: text(element, "instruction"),
        web: text(element, "web"),
        contact: text(element, "contact"),
        parameters: pairs(element, "parameter")?,
        resources: all(element, "resource").map(resource).collect::<Option<_>>()?,
        areas: all(element, "area").map(area).collect::<Option<_>>()?,
    })
}

fn resource(element: &Element) -> Option<Resource> {
    Some(Resource {
        description: text(element, "resourceDesc")?,
        mime_type: text(element, "mimeType"),
        size: text(element, "size").and_then(|it| collapsed(&it).parse().ok()),
        uri: text(element, "uri"),
        deref_uri: text(element, "derefUri"),
        digest: text(element, "digest"),
    })
}

fn area(element: &Element) -> Option<Area> {
    let number = |name| text(element, name).and_then(|it| decimal(collapsed(&it)));
    Some(Area {
        description: text(element, "areaDesc")?,
        polygons: texts(element, "polygon"),
        circles: texts(element, "circle"),
        geocodes: pairs(element, "geocode")?,
        altitude_ft: number("altitude"),
        ceiling_ft: number("ceiling"),
    })
}

fn certainty(word: &str) -> Option<Certainty> {
    if word == "Very Likely" { Some(Certainty::Likely) } else { Certainty::from_word(word) }
}

fn all<'a>(element: &'a Element, name: &'a str) -> impl Iterator<Item = &'a Element> {
    element.all(&element.namespace, name)
}

fn text(element: &Element, name: &str) -> Option<String> {
    all(element, name).next().map(|it| it.text.clone())
}

fn texts(element: &Element, name: &str) -> Vec<String> {
    all(element, name).map(|it| it.text.clone()).collect()
}

fn time(element: &Element, name: &str) -> Option<Time> {
    Time::read_loosely(collapsed(&text(element, name)?))
}

fn word<T>(element: &Element, name: &str, from_word: fn(&str) -> Option<T>) -> Option<T> {
    from_word(&text(element, name)?)
}

fn words<T>(element: &Element, name: &str, from_word: fn(&str) -> Option<T>) -> Option<Vec<T>> {
    all(element, name).map(|it| from_word(&it.text)).collect()
}

/// Pairs of name and value; in CAP 1.0 one text with an equals sign between, or only a value.
fn pairs(element: &Element, name: &str) -> Option<Vec<Named>> {
    all(element, name)
        .map(|it| {
            if it.children.is_empty() {
                let (name, value) = it.text.split_once('=').unwrap_or(("", &it.text));
                return Some(Named { name: name.to_owned(), value: value.to_owned() });
            }
            Some(Named { name: text(it, "valueName")?, value: text(it, "value")? })
        })
        .collect()
}
