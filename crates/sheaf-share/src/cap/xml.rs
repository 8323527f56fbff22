//! Foreign XML as a small tree, or a refusal. Size, depth and number of elements are bounded by the
//! caller; a document type declaration is refused before anything in it is looked at, so there are no
//! entities but the five that XML has built in, and no reason to fetch anything.
//!
//! Documents in UTF-8, US-ASCII and ISO 8859-1 are read. Comments and processing instructions are
//! passed over.

use std::fmt;

use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

/// How much a foreign document may ask of us.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// The most bytes it may have.
    pub bytes: usize,
    /// How deeply its elements may be nested.
    pub depth: usize,
    /// How many elements and attributes it may have.
    pub elements: usize,
}

impl Limits {
    /// Enough for the alerts of a weather service with their polygons, and for a day's index of them:
    /// 8 MiB, 32 levels, 200,000 elements.
    pub const ALERT: Limits = Limits { bytes: 8 << 20, depth: 32, elements: 200_000 };
}

/// Why a document is not read at all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// It has more bytes than it may.
    Large {
        /// How many it has.
        bytes: usize,
        /// How many it may have.
        most: usize,
    },
    /// Its elements are nested more deeply than they may be.
    Deep {
        /// How deeply they may be.
        most: usize,
    },
    /// It has more elements and attributes than it may.
    Many {
        /// How many it may have.
        most: usize,
    },
    /// It has a document type declaration.
    Dtd,
    /// It uses an entity that XML does not have built in.
    Entity,
    /// It is in an encoding that is not read.
    Encoding,
    /// It is not well-formed.
    Malformed {
        /// At about which byte, from 0.
        byte: u64,
        /// What is wrong there.
        why: String,
    },
    /// It is well-formed and something else than was asked for.
    Other {
        /// What it is.
        found: String,
        /// What was asked for.
        wanted: &'static str,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Large { bytes, most } => {
                write!(f, "the document has {bytes} bytes; {most} are read at most")
            }
            Refusal::Deep { most } => write!(f, "its elements are nested more than {most} deep"),
            Refusal::Many { most } => write!(f, "it has more than {most} elements and attributes"),
            Refusal::Dtd => f.write_str("it has a document type declaration, which is never read"),
            Refusal::Entity => f.write_str("it uses an entity that XML does not have built in"),
            Refusal::Encoding => {
                f.write_str("its encoding is not read; UTF-8, US-ASCII and ISO-8859-1 are")
            }
            Refusal::Malformed { byte, why } => write!(f, "not XML, at byte {byte}: {why}"),
            Refusal::Other { found, wanted } => write!(f, "this is {found}, not {wanted}"),
        }
    }
}

impl std::error::Error for Refusal {}

/// An element with all that is in it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Element {
    pub namespace: String,
    pub name: String,
    /// Attributes by namespace and name, without declarations of namespaces.
    pub attributes: Vec<(String, String, String)>,
    pub children: Vec<Element>,
    /// All its own text, put together.
    pub text: String,
}

impl Element {
    /// The value of an attribute without namespace.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(space, it, _)| space.is_empty() && it == name);
        found.map(|(_, _, value)| value.as_str())
    }

    /// The children of this name in this namespace.
    pub fn all<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |it| it.namespace == namespace && it.name == name)
    }

    /// Whether an element of this namespace and name is anywhere in it.
    pub fn has(&self, namespace: &str, name: &str) -> bool {
        self.children
            .iter()
            .any(|it| (it.namespace == namespace && it.name == name) || it.has(namespace, name))
    }
}

/// Reads a document into its root element.
pub(super) fn parse(bytes: &[u8], limits: &Limits) -> Result<Element, Refusal> {
    if bytes.len() > limits.bytes {
        return Err(Refusal::Large { bytes: bytes.len(), most: limits.bytes });
    }
    let text = decode(bytes)?;
    let mut reader = NsReader::from_str(&text);
    reader.config_mut().expand_empty_elements = true;
    let mut tree = Tree { limits: *limits, n_elements: 0, open: Vec::new(), root: None };
    loop {
        let byte = reader.buffer_position();
        let malformed = |why: String| Refusal::Malformed { byte, why };
        let event = reader.read_event().map_err(|why| malformed(why.to_string()))?;
        match event {
            Event::Start(start) => {
                let element = element(&reader, &start, &mut tree).map_err(|why| match why {
                    Bad::Refused(refusal) => refusal,
                    Bad::Malformed(why) => malformed(why),
                })?;
                tree.open(element).map_err(|why| match why {
                    Bad::Refused(refusal) => refusal,
                    Bad::Malformed(why) => malformed(why),
                })?;
            }
            Event::End(_) => tree.close(),
            Event::Text(text) => tree.text(&text.xml10_content()).map_err(malformed)?,
            Event::CData(text) => tree.text(&text.xml10_content()).map_err(malformed)?,
            Event::GeneralRef(entity) => {
                let found =
                    match entity.resolve_char_ref().map_err(|why| malformed(why.to_string()))? {
                        Some(it) => it,
                        None => match &*entity.xml10_content() {
                            "lt" => '<',
                            "gt" => '>',
                            "amp" => '&',
                            "apos" => '\'',
                            "quot" => '"',
                            _ => return Err(Refusal::Entity),
                        },
                    };
                tree.text(found.encode_utf8(&mut [0; 4])).map_err(malformed)?;
            }
            Event::DocType(_) => return Err(Refusal::Dtd),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Empty(_) => unreachable!("empty elements are expanded"),
            Event::Eof if tree.open.is_empty() => {
                return tree.root.ok_or_else(|| malformed("it has no element".to_owned()));
            }
            Event::Eof => return Err(malformed("it ends inside an element".to_owned())),
        }
    }
}

/// A tree that is being read.
struct Tree {
    limits: Limits,
    n_elements: usize,
    open: Vec<Element>,
    root: Option<Element>,
}

enum Bad {
    Refused(Refusal),
    Malformed(String),
}

impl Tree {
    fn count(&mut self) -> Result<(), Bad> {
        self.n_elements += 1;
        if self.n_elements > self.limits.elements {
            return Err(Bad::Refused(Refusal::Many { most: self.limits.elements }));
        }
        Ok(())
    }

    fn open(&mut self, element: Element) -> Result<(), Bad> {
        if self.open.len() == self.limits.depth {
            return Err(Bad::Refused(Refusal::Deep { most: self.limits.depth }));
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err(Bad::Malformed("it has two root elements".to_owned()));
        }
        self.open.push(element);
        Ok(())
    }

    fn close(&mut self) {
        let Some(element) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim_matches([' ', '\t', '\r', '\n', '\u{feff}']).is_empty() => {}
            None => return Err("text outside the root element".to_owned()),
        }
        Ok(())
    }
}

fn element(
    reader: &NsReader<&[u8]>,
    start: &BytesStart<'_>,
    tree: &mut Tree,
) -> Result<Element, Bad> {
    tree.count()?;
    let (namespace, name) = reader.resolver().resolve_element(start.name());
    let mut element = Element {
        namespace: namespace_of(namespace)?,
        name: name.as_ref().to_owned(),
        ..Element::default()
    };
    for attribute in start.attributes() {
        tree.count()?;
        let attribute = attribute.map_err(|why| Bad::Malformed(why.to_string()))?;
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        let (namespace, name) = reader.resolver().resolve_attribute(attribute.key);
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_err(|_| Bad::Refused(Refusal::Entity))?;
        let namespace = namespace_of(namespace)?;
        element.attributes.push((namespace, name.as_ref().to_owned(), value.into_owned()));
    }
    Ok(element)
}

fn namespace_of(found: ResolveResult<'_>) -> Result<String, Bad> {
    match found {
        ResolveResult::Bound(namespace) => Ok(namespace.0.to_owned()),
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(_) => Err(Bad::Malformed("a prefix is not declared".to_owned())),
    }
}

/// The document as text, by its declared encoding.
fn decode(bytes: &[u8]) -> Result<String, Refusal> {
    if bytes.starts_with(&[0xfe, 0xff]) || bytes.starts_with(&[0xff, 0xfe]) || bytes.contains(&0) {
        return Err(Refusal::Encoding);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match declared(bytes).as_deref() {
        None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => {
            let text = std::str::from_utf8(bytes).map_err(|why| Refusal::Malformed {
                byte: why.valid_up_to() as u64,
                why: "not UTF-8".to_owned(),
            })?;
            Ok(text.to_owned())
        }
        Some("iso-8859-1" | "iso8859-1" | "latin1") => {
            Ok(bytes.iter().copied().map(char::from).collect())
        }
        Some(_) => Err(Refusal::Encoding),
    }
}

/// The encoding that the XML declaration names, in small letters.
fn declared(bytes: &[u8]) -> Option<String> {
    let rest = bytes.strip_prefix(b"<?xml")?;
    let end = rest.iter().take(200).position(|byte| *byte == b'>')?;
    let declaration = std::str::from_utf8(&rest[..end]).ok()?;
    let (_, rest) = declaration.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let (name, _) = rest[1..].split_once(quote)?;
    Some(name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SMALL: Limits = Limits { bytes: 2000, depth: 4, elements: 10 };

    fn refusal(text: &str) -> String {
        parse(text.as_bytes(), &SMALL).unwrap_err().to_string()
    }

    #[test]
    fn a_document_becomes_a_tree() {
        let root = parse(
            b"<?xml version='1.0'?><!-- c --><a xmlns='urn:x' k='1&amp;2'><b>x &lt; <![CDATA[<y>]]>&#x41;</b><b/></a>\n",
            &SMALL,
        )
        .unwrap();
        assert_eq!((root.namespace.as_str(), root.name.as_str()), ("urn:x", "a"));
        assert_eq!(root.attribute("k"), Some("1&2"));
        assert_eq!(
            root.all("urn:x", "b").map(|it| it.text.as_str()).collect::<Vec<_>>(),
            ["x < <y>A", ""]
        );
        let latin = parse(b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9t\xe9</a>", &SMALL);
        assert_eq!(latin.unwrap().text, "été");
    }

    #[test]
    fn what_asks_too_much_is_refused() {
        let entities = "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>";
        assert_eq!(refusal(entities), "it has a document type declaration, which is never read");
        assert_eq!(refusal("<a>&b;</a>"), "it uses an entity that XML does not have built in");
        assert_eq!(refusal("<a k='&b;'/>"), "it uses an entity that XML does not have built in");
        assert_eq!(
            refusal("<a><a><a><a><a/></a></a></a></a>"),
            "its elements are nested more than 4 deep"
        );
        assert_eq!(
            refusal(&format!("<a>{}</a>", "<b/>".repeat(10))),
            "it has more than 10 elements and attributes"
        );
        assert_eq!(
            refusal(&" ".repeat(2001)),
            "the document has 2001 bytes; 2000 are read at most"
        );
        assert_eq!(
            refusal("<?xml version='1.0' encoding='UTF-16'?><a/>"),
            "its encoding is not read; UTF-8, US-ASCII and ISO-8859-1 are"
        );
        for text in [
            "",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "x<a/>",
            "<a/>x",
            "<p:a/>",
            "<a k='1' k='2'/>",
            "</a>",
        ] {
            assert!(refusal(text).starts_with("not XML, at byte "), "{text}: {}", refusal(text));
        }
    }

    proptest! {
        #[test]
        fn foreign_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&bytes, &SMALL);
        }

        #[test]
        fn nearly_xml_is_read_or_refused(text in "(<[/?!]?[ab:]{0,3}( [a-c:]{1,6}='[&;#x0-9a]{0,6}')?/?>|[&;#x0-9a ]{0,6}|<!\\[CDATA\\[|\\]\\]>|<!DOCTYPE|--){0,14}") {
            let _ = parse(text.as_bytes(), &SMALL);
        }
    }
}
