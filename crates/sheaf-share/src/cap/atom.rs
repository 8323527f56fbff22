//! Atom indexes of alerts: the usual way in which warning centres list what they have issued. Read
//! leniently, since most in the field break some rule; written to the letter. Links are text and are
//! never followed; an alert that stands inside an entry is read with it.
//!
//! References: RFC 4287, *The Atom Syndication Format*; RFC 5005, *Feed Paging and Archiving*, for the pages of
//! a long list; RFC 6721, *The Atom "deleted-entry" Element*, for what stood in a list and no longer does.

use super::fields::collapsed;
use super::outgoing::{NotWritten, Xml, escaped};
use super::read::{Kind, Problem, Reading, kind_of, read_element};
use super::time::Time;
use super::xml::{Element, Limits, Refusal, parse};

const ATOM: &str = "http://www.w3.org/2005/Atom";
const TOMBSTONES: &str = "http://purl.org/atompub/tombstones/1.0";

/// A list of alerts.
#[derive(Clone, PartialEq, Debug)]
pub struct Index {
    /// Its id, an address that need not lead anywhere.
    pub id: String,
    /// What it lists.
    pub title: String,
    /// When it last changed.
    pub updated: Option<Time>,
    /// The organisation that keeps it. On the way in it may name a person.
    pub author: Option<String>,
    /// Where it lies itself (`self`), and its next page (`next`).
    pub links: Vec<Link>,
    /// Its entries, in the order of the list.
    pub entries: Vec<Entry>,
    /// What stood in it and was taken back.
    pub gone: Vec<Gone>,
}

/// What stood in a list and does not any more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gone {
    /// The id of the entry that it was.
    pub id: String,
    /// When it was taken back.
    pub when: Time,
}

/// One alert in a list.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// In one line.
    pub title: String,
    /// When it last changed.
    pub updated: Option<Time>,
    /// In a few lines.
    pub summary: Option<String>,
    /// Where more of it lies. Never followed.
    pub links: Vec<Link>,
    /// The alert, if it stands in the entry. Not written: an index points, so that each alert is asked
    /// for by someone whose right to it can be checked.
    pub alert: Option<Reading>,
}

/// An address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The address.
    pub href: String,
    /// What it has to do with the entry; unsaid means `alternate`.
    pub rel: Option<String>,
    /// What kind of document lies there.
    pub mime_type: Option<String>,
}

/// Reads an index, with all that is wrong with it.
///
/// # Errors
/// If it is not XML, asks too much, or is not an Atom feed.
///
/// ```
/// use sheaf_share::cap::{Limits, read_index};
/// let feed = b"<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:x</id><title>Alerts</title>
///   <entry><id>urn:x:1</id><title>Flood</title><updated>2026-03-01T10:00:00Z</updated>
///     <link href='https://north.example/1.cap' type='application/cap+xml'/></entry></feed>";
/// let (index, problems) = read_index(feed, &Limits::ALERT).unwrap();
/// assert_eq!(index.entries[0].links[0].href, "https://north.example/1.cap");
/// assert_eq!(problems[0].to_string(), "feed/updated: it is missing");
/// ```
pub fn read_index(bytes: &[u8], limits: &Limits) -> Result<(Index, Vec<Problem>), Refusal> {
    let root = parse(bytes, limits)?;
    let kind = kind_of(&root);
    if kind != Kind::Atom {
        return Err(Refusal::Other { found: kind.to_string(), wanted: "an Atom feed" });
    }
    let mut problems = Vec::new();
    let mut needed = Needed { problems: &mut problems };
    let mut index = Index {
        id: needed.text(&root, "id", "feed"),
        title: needed.text(&root, "title", "feed"),
        updated: needed.time(&root, "feed"),
        author: root.all(ATOM, "author").next().and_then(|it| text(it, "name")),
        links: root.all(ATOM, "link").filter_map(link).collect(),
        entries: Vec::new(),
        gone: root.all(TOMBSTONES, "deleted-entry").filter_map(gone).collect(),
    };
    for (idx, element) in root.all(ATOM, "entry").enumerate() {
        let place = format!("feed/entry[{}]", idx + 1);
        index.entries.push(Entry {
            id: needed.text(element, "id", &place),
            title: needed.text(element, "title", &place),
            updated: needed.time(element, &place),
            summary: text(element, "summary"),
            links: element.all(ATOM, "link").filter_map(link).collect(),
            alert: element
                .all(ATOM, "content")
                .flat_map(|it| &it.children)
                .find_map(|it| read_element(it).ok()),
        });
    }
    Ok((index, problems))
}

/// Writes an index. What may stand in it for its reader is the caller's to decide.
///
/// # Errors
/// If an id, a title, a time or the author is missing.
pub fn write_index(index: &Index) -> Result<String, NotWritten> {
    let time = |time: &Option<Time>| time.as_ref().map(written).ok_or(NotWritten::Lacks("updated"));
    let mut xml = Xml::default();
    match index.gone.is_empty() {
        true => xml.open(&format!("feed xmlns=\"{ATOM}\"")),
        false => xml.open(&format!("feed xmlns=\"{ATOM}\" xmlns:at=\"{TOMBSTONES}\"")),
    }
    xml.needed("id", &index.id)?;
    xml.needed("title", &index.title)?;
    xml.text("updated", &time(&index.updated)?)?;
    xml.open("author");
    xml.needed("name", index.author.as_deref().unwrap_or_default())?;
    xml.close("author");
    for link in &index.links {
        write_link(&mut xml, link)?;
    }
    for entry in &index.entries {
        xml.open("entry");
        xml.needed("id", &entry.id)?;
        xml.needed("title", &entry.title)?;
        xml.text("updated", &time(&entry.updated)?)?;
        xml.maybe("summary", &entry.summary)?;
        for link in &entry.links {
            write_link(&mut xml, link)?;
        }
        xml.close("entry");
    }
    for gone in &index.gone {
        let (id, when) = (escaped("id", &gone.id)?, written(&gone.when));
        xml.raw(&format!("<at:deleted-entry ref=\"{id}\" when=\"{when}\"/>"));
    }
    xml.close("feed");
    Ok(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", xml.text))
}

fn write_link(xml: &mut Xml, link: &Link) -> Result<(), NotWritten> {
    let mut tag = format!("<link href=\"{}\"", escaped("link", &link.href)?);
    for (name, value) in [("rel", &link.rel), ("type", &link.mime_type)] {
        if let Some(value) = value {
            tag.push_str(&format!(" {name}=\"{}\"", escaped("link", value)?));
        }
    }
    xml.raw(&format!("{tag}/>"));
    Ok(())
}

/// RFC 3339 gives `-00:00` another meaning than CAP does, so UTC is written as `Z`.
fn written(time: &Time) -> String {
    let text = time.to_string();
    text.strip_suffix("-00:00").map_or(text.clone(), |start| format!("{start}Z"))
}

/// Reads what an index must have, and notes what it lacks.
struct Needed<'a> {
    problems: &'a mut Vec<Problem>,
}

impl Needed<'_> {
    fn text(&mut self, element: &Element, name: &str, place: &str) -> String {
        let found = text(element, name).filter(|it| !it.is_empty());
        if found.is_none() {
            let place = format!("{place}/{name}");
            self.problems.push(Problem { place, what: "it is missing".to_owned() });
        }
        found.unwrap_or_default()
    }

    fn time(&mut self, element: &Element, place: &str) -> Option<Time> {
        let found = text(element, "updated");
        let time = found.as_deref().and_then(Time::read_loosely);
        if time.is_none() {
            let what = if found.is_some() { "not a time" } else { "it is missing" };
            let place = format!("{place}/updated");
            self.problems.push(Problem { place, what: what.to_owned() });
        }
        time
    }
}

fn text(element: &Element, name: &str) -> Option<String> {
    element.all(ATOM, name).next().map(|it| collapsed(&it.text).to_owned())
}

fn gone(element: &Element) -> Option<Gone> {
    let when = Time::read_loosely(element.attribute("when")?)?;
    Some(Gone { id: element.attribute("ref")?.to_owned(), when })
}

fn link(element: &Element) -> Option<Link> {
    let attribute = |name| element.attribute(name).map(ToOwned::to_owned);
    Some(Link { href: attribute("href")?, rel: attribute("rel"), mime_type: attribute("type") })
}
