//! The elements of an alert as the standard's schema lists them, in order, and the check of a foreign
//! element against them. CAP 1.2 follows its schema to the letter. For 1.1 and 1.0 the lists are the
//! same but for what they did not have yet or no longer have.

use super::alert::decimal;
use super::read::{Problem, Version};
use super::time::Time;
use super::words::{Category, Certainty, MessageType, Response, Scope, Severity, Status, Urgency};
use super::xml::Element;

/// The namespace of XML signatures, which alone may follow the last `info`.
pub(super) const SIGNATURES: &str = "http://www.w3.org/2000/09/xmldsig#";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What may stand in an element.
pub(super) enum Content {
    /// Any text.
    Text,
    /// A time.
    Time,
    /// An address.
    Address,
    /// A tag of a language.
    Language,
    /// A whole number.
    Integer,
    /// A number without exponent.
    Decimal,
    /// One word of a closed list.
    Word(fn(&str) -> bool, fn() -> String),
    /// A name and a value; in CAP 1.0 a text `name=value`.
    Pair,
    /// Elements of its own.
    Group(&'static [Field]),
}

/// In which versions an element is known.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Since {
    Always,
    Only10,
    From11,
}

/// An element in its place.
pub(super) struct Field {
    name: &'static str,
    content: Content,
    must: bool,
    many: bool,
    since: Since,
}

const fn field(name: &'static str, content: Content, must: bool, many: bool) -> Field {
    Field { name, content, must, many, since: Since::Always }
}

/// Exactly one.
const fn one(name: &'static str, content: Content) -> Field {
    field(name, content, true, false)
}

/// One or none.
const fn maybe(name: &'static str, content: Content) -> Field {
    field(name, content, false, false)
}

/// Any number.
const fn any(name: &'static str, content: Content) -> Field {
    field(name, content, false, true)
}

macro_rules! word {
    ($list:ident) => {
        Content::Word(
            |word| $list::from_word(word).is_some(),
            || $list::ALL.iter().map(|it| it.word()).collect::<Vec<_>>().join(", "),
        )
    };
}

use Content::{Address, Decimal, Group, Integer, Language, Pair, Text};

pub(super) static ALERT: &[Field] = &[
    one("identifier", Text),
    one("sender", Text),
    Field { since: Since::Only10, ..maybe("password", Text) },
    one("sent", Content::Time),
    one("status", word!(Status)),
    one("msgType", word!(MessageType)),
    maybe("source", Text),
    one("scope", word!(Scope)),
    maybe("restriction", Text),
    maybe("addresses", Text),
    any("code", Text),
    maybe("note", Text),
    maybe("references", Text),
    maybe("incidents", Text),
    any("info", Group(INFO)),
];

static INFO: &[Field] = &[
    maybe("language", Language),
    field("category", word!(Category), true, true),
    one("event", Text),
    Field { since: Since::From11, ..any("responseType", word!(Response)) },
    one("urgency", word!(Urgency)),
    one("severity", word!(Severity)),
    one("certainty", word!(Certainty)),
    maybe("audience", Text),
    any("eventCode", Pair),
    maybe("effective", Content::Time),
    maybe("onset", Content::Time),
    maybe("expires", Content::Time),
    maybe("senderName", Text),
    maybe("headline", Text),
    maybe("description", Text),
    maybe("instruction", Text),
    maybe("web", Address),
    maybe("contact", Text),
    any("parameter", Pair),
    any("resource", Group(RESOURCE)),
    any("area", Group(AREA)),
];

static RESOURCE: &[Field] = &[
    one("resourceDesc", Text),
    one("mimeType", Text),
    maybe("size", Integer),
    maybe("uri", Address),
    Field { since: Since::From11, ..maybe("derefUri", Text) },
    maybe("digest", Text),
];

static AREA: &[Field] = &[
    one("areaDesc", Text),
    any("polygon", Text),
    any("circle", Text),
    any("geocode", Pair),
    maybe("altitude", Decimal),
    maybe("ceiling", Decimal),
];

static PAIR: &[Field] = &[one("valueName", Text), one("value", Text)];

impl Field {
    fn is_in(&self, version: Version) -> bool {
        match self.since {
            Since::Always => true,
            Since::Only10 => version == Version::V1_0,
            Since::From11 => version != Version::V1_0,
        }
    }

    /// Whether a document of this version needs it. Before 1.2 a resource could do without its kind;
    /// in 1.0, a part without a category.
    fn is_needed(&self, version: Version) -> bool {
        let spared = match self.name {
            "mimeType" => version != Version::V1_2,
            "category" => version == Version::V1_0,
            _ => false,
        };
        self.must && !spared
    }
}

/// Checks the children of `element` against a list, in order. Every problem is told, each with its
/// place.
pub(super) fn check(
    element: &Element,
    fields: &[Field],
    version: Version,
    path: &str,
    problems: &mut Vec<Problem>,
) {
    let is_root = std::ptr::eq(fields.as_ptr(), ALERT.as_ptr());
    check_own(element, path, problems);
    if !blank(&element.text) {
        tell(problems, path, "text stands between its elements");
    }
    let known: Vec<&Field> = fields.iter().filter(|it| it.is_in(version)).collect();
    let mut counts = vec![0usize; known.len()];
    let mut at = 0;
    for child in &element.children {
        if is_root && child.namespace == SIGNATURES {
            at = known.len();
            continue;
        }
        let place = known.iter().position(|it| it.name == child.name);
        let Some(place) = place.filter(|_| child.namespace == version.namespace()) else {
            // The name of an unknown element is foreign text, but it is bounded and not a value.
            let name: String = child.name.chars().take(40).collect();
            tell(problems, path, format!("{name} is no element that may stand here"));
            continue;
        };
        let field = known[place];
        counts[place] += 1;
        let here = format!("{path}/{}[{}]", field.name, counts[place]);
        if place < at {
            tell(problems, here.clone(), "it stands after elements that must follow it");
        } else if counts[place] > 1 && !field.many {
            tell(problems, here.clone(), "it may stand only once");
        }
        at = at.max(place);
        check_content(child, field, version, &here, problems);
    }
    for (field, count) in known.iter().zip(counts) {
        if count == 0 && field.is_needed(version) {
            tell(problems, format!("{path}/{}", field.name), "it is missing");
        }
    }
}

fn check_content(
    element: &Element,
    field: &Field,
    version: Version,
    path: &str,
    problems: &mut Vec<Problem>,
) {
    match &field.content {
        Content::Group(fields) => return check(element, fields, version, path, problems),
        Content::Pair if version != Version::V1_0 => {
            return check(element, PAIR, version, path, problems);
        }
        _ => {}
    }
    check_own(element, path, problems);
    if let Some(child) = element.children.first() {
        let name: String = child.name.chars().take(40).collect();
        tell(problems, path, format!("{name} is no element that may stand here"));
    }
    let text = collapsed(&element.text);
    let wrong = match &field.content {
        Content::Text | Content::Pair | Content::Group(_) => None,
        Content::Time if version == Version::V1_2 => {
            Time::read(text).is_none().then(|| "not a time as 2002-05-24T16:49:00-07:00".to_owned())
        }
        Content::Time => Time::read_loosely(text).is_none().then(|| "not a time".to_owned()),
        Content::Address => (!is_address(text)).then(|| "not an address".to_owned()),
        Content::Language => (!is_language(text)).then(|| "not the tag of a language".to_owned()),
        Content::Integer => (!is_integer(text)).then(|| "not a whole number".to_owned()),
        Content::Decimal => decimal(text).is_none().then(|| "not a number".to_owned()),
        Content::Word(is_word, words) => {
            let is_old = field.name == "certainty" && version == Version::V1_0;
            let is_fine = is_word(&element.text) || (is_old && element.text == "Very Likely");
            (!is_fine).then(|| format!("not one of the words {}", words()))
        }
    };
    if let Some(what) = wrong {
        tell(problems, path, what);
    }
}

/// No element of an alert has attributes, but for those that point to a schema.
fn check_own(element: &Element, path: &str, problems: &mut Vec<Problem>) {
    for (namespace, name, _) in &element.attributes {
        let is_of_schema = ["schemaLocation", "noNamespaceSchemaLocation"].contains(&name.as_str());
        if namespace != INSTANCE || !is_of_schema {
            let name: String = name.chars().take(40).collect();
            tell(problems, path, format!("{name} is no attribute that may stand here"));
        }
    }
}

fn tell(problems: &mut Vec<Problem>, place: impl Into<String>, what: impl Into<String>) {
    problems.push(Problem { place: place.into(), what: what.into() });
}

/// Text without the blanks around it, as the schema reads numbers and times.
pub(super) fn collapsed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

fn blank(text: &str) -> bool {
    collapsed(text).is_empty()
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit())
}

/// `xs:anyURI`, which is nearly anything: what stands before the first colon must be a scheme, unless a
/// slash, a question mark or a hash stands before it.
fn is_address(text: &str) -> bool {
    let Some(end) = text.find([':', '/', '?', '#']).filter(|end| text[*end..].starts_with(':'))
    else {
        return true;
    };
    let scheme = &text[..end];
    scheme.starts_with(|it: char| it.is_ascii_alphabetic())
        && scheme.bytes().all(|it| it.is_ascii_alphanumeric() || b"+-.".contains(&it))
}

/// `xs:language`: one to eight letters, then parts of one to eight letters or digits.
fn is_language(text: &str) -> bool {
    text.split('-').enumerate().all(|(idx, part)| {
        let is_fine =
            |it: u8| if idx == 0 { it.is_ascii_alphabetic() } else { it.is_ascii_alphanumeric() };
        (1..=8).contains(&part.len()) && part.bytes().all(is_fine)
    })
}
