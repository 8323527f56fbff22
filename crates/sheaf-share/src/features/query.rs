//! The part of an address behind the question mark, understood or refused. All that is wrong with it
//! is told at once.

use std::fmt;

use serde_json::{Value, json};
use sheaf_model::SettledIncident;

use super::{Bbox, CRS84, Format, Interval};
use crate::seen::in_line;

/// The longest query that is looked at, in bytes.
const LONGEST: usize = 8192;

/// How many incidents a page holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Where the request does not say. At least 1.
    pub usual: u32,
    /// At most; who asks for more gets this many, as the standard allows.
    pub most: u32,
}

/// What a request for incidents asks for.
#[derive(Clone, PartialEq, Debug)]
pub struct ItemsQuery {
    /// How many at most; between 1 and [`Limits::most`].
    pub limit: u32,
    /// Only where.
    pub bbox: Option<Bbox>,
    /// Only when.
    pub interval: Option<Interval>,
    /// From which page on.
    pub position: Option<Position>,
    /// In which format, by its name; GeoJSON if `None`.
    pub format: Option<String>,
}

/// Where a page begins or ends, in the order of incident ids.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Position {
    /// With the next after this id.
    After(String),
    /// With the last before this id.
    Before(String),
}

/// A query that is refused, with everything that is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadQuery {
    /// At least one.
    pub faults: Vec<Fault>,
}

/// One thing that is wrong with a query.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The parameter as it came, shortened.
    pub parameter: String,
    /// Its value as it came, shortened.
    pub value: String,
    /// What is wrong with it, and what to do.
    pub why: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: \"{}\" {}", self.parameter, self.value, self.why)
    }
}

impl fmt::Display for BadQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (idx, fault) in self.faults.iter().enumerate() {
            write!(f, "{}{fault}", if idx == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for BadQuery {}

impl BadQuery {
    /// The document that goes with status 400: `exception.yaml` of the standard.
    pub fn to_json(&self) -> Value {
        json!({ "code": "InvalidParameterValue", "description": self.to_string() })
    }
}

impl ItemsQuery {
    /// Reads a query as it stands in the address, still with its percent signs. `formats` are those
    /// there are beside GeoJSON.
    ///
    /// # Errors
    /// Every unknown parameter, every one given twice, and every value that cannot be understood.
    ///
    /// ```
    /// use sheaf_share::features::{ItemsQuery, Limits};
    /// let limits = Limits { usual: 100, most: 1000 };
    /// let query = ItemsQuery::parse("limit=5000&datetime=2014-05-22%2F..", limits, &[]).unwrap();
    /// assert_eq!(query.limit, 1000);
    /// assert_eq!(
    ///     ItemsQuery::parse("bbox=1,2&colour=red", limits, &[]).unwrap_err().to_string(),
    ///     "bbox: \"1,2\" has neither four numbers nor six; hint: west,south,east,north\n\
    ///      colour: \"red\" stands for a parameter that is not known here; \
    ///      hint: limit, bbox, datetime, crs, bbox-crs, page, f"
    /// );
    /// ```
    pub fn parse(raw: &str, limits: Limits, formats: &[Format]) -> Result<ItemsQuery, BadQuery> {
        let mut query = ItemsQuery {
            limit: limits.usual.clamp(1, limits.most.max(1)),
            bbox: None,
            interval: None,
            position: None,
            format: None,
        };
        let known = "limit, bbox, datetime, crs, bbox-crs, page, f";
        each(raw, known, |name, value| {
            match name {
                "limit" => {
                    query.limit = limit(value)?.min(limits.most.max(1));
                }
                "bbox" => query.bbox = Some(Bbox::parse(value)?),
                "datetime" => query.interval = Some(Interval::parse(value)?),
                "crs" | "bbox-crs" if value == CRS84 || value == format!("<{CRS84}>") => {}
                "crs" | "bbox-crs" => {
                    return Err("is not the one system there is; hint: leave it out, or write \
                                http://www.opengis.net/def/crs/OGC/1.3/CRS84"
                        .into());
                }
                "page" => query.position = Some(position(value)?),
                "f" => query.format = format_named(value, formats)?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(query)
    }

    /// Whether an incident is asked for by where and when. What has no point, or no day, is not left
    /// out (sections 7.15.3 and 7.15.4: both parameters match what is not associated with a geometry
    /// or a time).
    pub fn wants(&self, it: &SettledIncident) -> bool {
        let place = it.place.as_ref().map(|place| place.value);
        let when = it.when.as_ref().map(|when| when.value);
        self.bbox.is_none_or(|bbox| place.is_none_or(|place| bbox.holds(place)))
            && self.interval.is_none_or(|interval| when.is_none_or(|when| interval.touches(when)))
    }

    /// The query again, for links, with another place to begin or none.
    pub(super) fn with(&self, position: Option<&Position>, format: Option<&str>) -> String {
        let mut text = format!("limit={}", self.limit);
        let mut add = |name: &str, value: &str| {
            text += &format!("&{name}={}", escaped(value));
        };
        if let Some(bbox) = self.bbox {
            add("bbox", &bbox.to_string());
        }
        if let Some(interval) = self.interval {
            add("datetime", &interval.to_string());
        }
        match position {
            Some(Position::After(id)) => add("page", &format!("after:{id}")),
            Some(Position::Before(id)) => add("page", &format!("before:{id}")),
            None => {}
        }
        if let Some(format) = format {
            add("f", format);
        }
        text
    }
}

/// Reads the query of every other document, which may name a format and nothing else.
///
/// # Errors
/// Whatever else it holds.
pub fn only_format(raw: &str, formats: &[Format]) -> Result<Option<String>, BadQuery> {
    let mut format = None;
    each(raw, "f", |name, value| {
        if name == "f" {
            format = format_named(value, formats)?;
        }
        Ok(name == "f")
    })?;
    Ok(format)
}

/// Text as part of an address (RFC 3986): all but unreserved characters stands behind a percent
/// sign, and the comma, colon and slash that a query may hold.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b',' | b':' => {
                safe.push(char::from(byte));
            }
            _ => safe += &format!("%{byte:02X}"),
        }
    }
    safe
}

/// Hands each parameter to `take`, which says whether it knows it, and collects what is wrong.
fn each(
    raw: &str,
    known: &str,
    mut take: impl FnMut(&str, &str) -> Result<bool, String>,
) -> Result<(), BadQuery> {
    let mut faults = Vec::new();
    let fault = |parameter: &str, value: &str, why: String| Fault {
        parameter: in_line(parameter),
        value: in_line(value),
        why,
    };
    if raw.len() > LONGEST {
        let why = format!("is longer than {LONGEST} bytes");
        return Err(BadQuery { faults: vec![fault("the query", raw, why)] });
    }
    let mut met: Vec<String> = Vec::new();
    for part in raw.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (Some(name), Some(value)) = (unescaped(name), unescaped(value)) else {
            let why = "is not UTF-8 behind its percent signs".to_owned();
            faults.push(fault(name, value, why));
            continue;
        };
        if met.contains(&name) {
            faults.push(fault(&name, &value, "is given twice".to_owned()));
            continue;
        }
        match take(&name, &value) {
            Ok(true) => {}
            Ok(false) => {
                let why = format!("stands for a parameter that is not known here; hint: {known}");
                faults.push(fault(&name, &value, why));
            }
            Err(why) => faults.push(fault(&name, &value, why)),
        }
        met.push(name);
    }
    if faults.is_empty() { Ok(()) } else { Err(BadQuery { faults }) }
}

fn limit(text: &str) -> Result<u32, String> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        _ if !is_number => Err("is no whole number; hint: 1 or more".into()),
        Ok(0) => Err("asks for nothing; hint: 1 or more".into()),
        Ok(number) => Ok(number),
        // More digits than fit are more than there can be.
        Err(_) => Ok(u32::MAX),
    }
}

fn position(text: &str) -> Result<Position, String> {
    match text.split_once(':') {
        Some(("after", id)) => Ok(Position::After(id.to_owned())),
        Some(("before", id)) => Ok(Position::Before(id.to_owned())),
        _ => Err("is no page; hint: follow the links of another page".into()),
    }
}

fn format_named(name: &str, formats: &[Format]) -> Result<Option<String>, String> {
    if name == "json" {
        return Ok(None);
    }
    if formats.iter().any(|format| format.name == name) {
        return Ok(Some(name.to_owned()));
    }
    let names: Vec<&str> = formats.iter().map(|format| format.name).collect();
    Err(format!("is no format here; hint: {}", [&["json"], &names[..]].concat().join(", ")))
}

/// The plus sign stays one: it stands in times, and no client has to send a space here.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
        let (high, low) = (digit()?, digit()?);
        bytes.push((high << 4 | low) as u8);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits { usual: 10, most: 1000 };
    const CSV: Format = Format { name: "csv", media_type: "text/csv", title: "CSV" };

    #[test]
    fn what_is_wrong_is_told_at_once() {
        let check = |raw: &str, expected: &[&str]| {
            let faults = ItemsQuery::parse(raw, LIMITS, &[CSV]).unwrap_err().faults;
            let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
            assert_eq!(told, expected, "{raw}");
        };
        check("limit=0", &["limit: \"0\" asks for nothing; hint: 1 or more"]);
        check("limit=-1", &["limit: \"-1\" is no whole number; hint: 1 or more"]);
        check("limit=", &["limit: \"\" is no whole number; hint: 1 or more"]);
        check("limit=5&limit=6", &["limit: \"6\" is given twice"]);
        check(
            "crs=http://www.opengis.net/def/crs/EPSG/0/4326",
            &[
                "crs: \"http://www.opengis.net/def/crs/EPSG/0/4326\" is not the one system there is; \
               hint: leave it out, or write http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            ],
        );
        check("page=2", &["page: \"2\" is no page; hint: follow the links of another page"]);
        check("f=html", &["f: \"html\" is no format here; hint: json, csv"]);
        check("limit=%F", &["limit: \"%F\" is not UTF-8 behind its percent signs"]);
        check("page=%ff", &["page: \"%ff\" is not UTF-8 behind its percent signs"]);
        check(
            "bbox=1,2&datetime=x&Limit=3",
            &[
                "bbox: \"1,2\" has neither four numbers nor six; hint: west,south,east,north",
                "datetime: \"x\" holds no time of the form 2014-05-22T09:00:00Z; hint: RFC 3339, \
                 with Z or an offset, or a day",
                "Limit: \"3\" stands for a parameter that is not known here; hint: limit, bbox, \
                 datetime, crs, bbox-crs, page, f",
            ],
        );
    }

    #[test]
    fn what_is_right_is_understood() {
        let parse = |raw: &str| ItemsQuery::parse(raw, LIMITS, &[CSV]).unwrap();
        assert_eq!(parse("").limit, 10);
        assert_eq!(parse("&&limit=7&").limit, 7);
        assert_eq!(parse("limit=99999999999999999999").limit, 1000);
        assert_eq!(parse("f=json").format, None);
        assert_eq!(parse("f=csv").format.as_deref(), Some("csv"));
        assert_eq!(
            parse("page=after:acme:2014%2F05%2022").position,
            Some(Position::After("acme:2014/05 22".to_owned()))
        );
        let with_plus = parse("datetime=2014-05-22T01:00:00+02:00").interval.unwrap();
        assert_eq!(with_plus.to_string(), "2014-05-21/2014-05-21");
        parse("crs=http%3A%2F%2Fwww.opengis.net%2Fdef%2Fcrs%2FOGC%2F1.3%2FCRS84");
    }

    #[test]
    fn other_documents_take_a_format_only() {
        assert_eq!(only_format("f=csv", &[CSV]), Ok(Some("csv".to_owned())));
        assert_eq!(only_format("", &[]), Ok(None));
        assert_eq!(
            only_format("limit=1", &[]).unwrap_err().to_json()["description"],
            "limit: \"1\" stands for a parameter that is not known here; hint: f"
        );
    }

    proptest! {
        #[test]
        fn any_query_is_understood_or_refused(raw in "(bbox=|limit=|datetime=|page=after:|&|=|%|,|\\PC){0,30}") {
            if let Ok(query) = ItemsQuery::parse(&raw, LIMITS, &[CSV]) {
                let again = query.with(query.position.as_ref(), query.format.as_deref());
                prop_assert_eq!(ItemsQuery::parse(&again, LIMITS, &[CSV]), Ok(query));
            }
        }

        #[test]
        fn ids_survive_the_address(id in "\\PC{0,20}") {
            prop_assert_eq!(unescaped(&escaped(&id)), Some(id));
        }
    }
}
