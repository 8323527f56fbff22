//! Reading on: the log from some point, limited to what was asked for and to what the reader may see.

use rusqlite::types::Value;

use super::Exchange;
use super::stamp::Micros;
use crate::error::Result;

/// The classes of objects that a reader may see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Classes {
    /// Every one.
    All,
    /// These.
    Only(Vec<i64>),
}

impl Classes {
    /// Whether this class is among them.
    pub fn has(&self, class: i64) -> bool {
        match self {
            Classes::All => true,
            Classes::Only(classes) => classes.contains(&class),
        }
    }

    /// The numbers, as they stand between the brackets of an `IN`; `None` for every one.
    pub(super) fn listed(&self) -> Option<String> {
        match self {
            Classes::All => None,
            Classes::Only(classes) => {
                Some(classes.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
            }
        }
    }
}

/// Which versions of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Versions {
    /// The earliest.
    First,
    /// The latest.
    Last,
    /// Every one.
    All,
    /// That of this moment.
    At(Micros),
}

/// What is asked for. Everything empty asks for the latest version of every object.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wish {
    /// Of these ids; empty for any.
    pub ids: Vec<String>,
    /// Of these types; empty for any.
    pub types: Vec<String>,
    /// These versions; empty for the latest.
    pub versions: Vec<Versions>,
    /// Of these versions of STIX, 20 or 21; empty for the latest that an object has.
    pub specs: Vec<u8>,
}

/// Of what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reading<'a> {
    /// Of the whole collection, with notices of what was withdrawn.
    Collection,
    /// Of one object, as long as it is there.
    Object(&'a str),
}

/// How far to read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// What was added later than this only.
    pub after: Option<Micros>,
    /// At most so many.
    pub limit: usize,
    /// Stop after the entry with which the bodies reach so many bytes.
    pub bytes: usize,
    /// Whether the bodies are wanted; else ids are.
    pub bodies: bool,
}

/// A row of the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry<'a> {
    /// Its id; empty where bodies were asked for.
    pub id: &'a str,
    /// When it was added.
    pub added: Micros,
    /// Its version, as sent.
    pub version: &'a str,
    /// 20 or 21, for STIX 2.0 and 2.1.
    pub spec: u8,
    /// What was sent, to the byte; empty where ids were asked for.
    pub body: &'a [u8],
}

/// What a page held.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Page {
    /// How many entries.
    pub n: usize,
    /// When the first was added.
    pub first: Option<Micros>,
    /// When the last was added: the cursor by which to read on.
    pub last: Option<Micros>,
    /// Whether there are more.
    pub more: bool,
}

/// A version that was withdrawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gone {
    /// Its id.
    pub id: String,
    /// Its version, as sent.
    pub version: String,
    /// When it was withdrawn: the cursor by which to read on.
    pub at: Micros,
}

impl Exchange {
    /// Gives `each` the entries of a page, in the order in which they were added.
    pub fn page(
        &self,
        collection: i64,
        reading: Reading<'_>,
        wish: &Wish,
        classes: &Classes,
        span: &Span,
        mut each: impl FnMut(Entry<'_>),
    ) -> Result<Page> {
        if let (Classes::Only(list), Reading::Collection) = (classes, reading)
            && *wish == Wish::default()
            && span.bodies
        {
            return self.page_by_class(collection, list, span, each);
        }
        let (sql, params) = query(collection, reading, wish, classes, span);
        self.read(|ledger| {
            let asking = || -> rusqlite::Result<Page> {
                let mut query = ledger.prepare_cached(&sql)?;
                let mut rows = query.query(rusqlite::params_from_iter(params))?;
                let mut page = Page::default();
                let mut bytes = 0;
                while let Some(row) = rows.next()? {
                    if page.n == span.limit || bytes >= span.bytes {
                        page.more = true;
                        break;
                    }
                    let added = row.get(0)?;
                    let what = row.get_ref(3)?;
                    let (id, body) = match span.bodies {
                        true => ("", what.as_blob()?),
                        false => (what.as_str()?, &[][..]),
                    };
                    bytes += body.len();
                    page.n += 1;
                    page.first.get_or_insert(added);
                    page.last = Some(added);
                    let version = row.get_ref(1)?.as_str()?;
                    each(Entry { id, added, version, spec: row.get(2)?, body });
                }
                Ok(page)
            };
            asking().map_err(self.says())
        })
    }

    /// The same for the question asked most often, by a reader who sees some classes only. Each class is
    /// read in its own order and they are merged, so that what the reader does not see costs nothing.
    fn page_by_class(
        &self,
        collection: i64,
        classes: &[i64],
        span: &Span,
        mut each: impl FnMut(Entry<'_>),
    ) -> Result<Page> {
        let limit = span.limit.saturating_add(1).min(1 << 40);
        let after = span.after.unwrap_or(Micros::MIN);
        let list = format!("[{}]", Classes::Only(classes.to_vec()).listed().unwrap_or_default());
        self.read(|ledger| {
            let mut asking = || -> rusqlite::Result<Page> {
                let mut keys: Vec<(Micros, i64)> = Vec::new();
                // SQLite merges up to 500 questions into one.
                for some in classes.chunks(100) {
                    let mut query = ledger.prepare_cached(&keys_of(some, limit))?;
                    let rows = query.query_map((collection, after, &list), |row| {
                        Ok((row.get(0)?, row.get(1)?))
                    })?;
                    keys.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
                }
                keys.sort_unstable();
                let mut row_of = ledger.prepare_cached(
                    "SELECT version_text, spec, body FROM exchange_object WHERE seq = ?1",
                )?;
                let mut page = Page::default();
                let mut bytes = 0;
                for (added, seq) in keys {
                    if page.n == span.limit || bytes >= span.bytes {
                        page.more = true;
                        break;
                    }
                    let mut rows = row_of.query([seq])?;
                    let Some(row) = rows.next()? else { continue };
                    let (version, body) = (row.get_ref(0)?.as_str()?, row.get_ref(2)?.as_blob()?);
                    bytes += body.len();
                    page.n += 1;
                    page.first.get_or_insert(added);
                    page.last = Some(added);
                    each(Entry { id: "", added, version, spec: row.get(1)?, body });
                }
                Ok(page)
            };
            asking().map_err(self.says())
        })
    }

    /// Whether an object is there for such a reader.
    pub fn has(&self, collection: i64, id: &str, classes: &Classes) -> Result<bool> {
        let wish = Wish { versions: vec![Versions::All], specs: vec![20, 21], ..Wish::default() };
        let span = Span { after: None, limit: 1, bytes: usize::MAX, bodies: false };
        let reading = Reading::Object(id);
        Ok(self.page(collection, reading, &wish, classes, &span, |_| {})?.n > 0)
    }

    /// Versions that were withdrawn later than `since`, oldest first, and whether there are more.
    pub fn gone(
        &self,
        collection: i64,
        classes: &Classes,
        since: Option<Micros>,
        limit: usize,
    ) -> Result<(Vec<Gone>, bool)> {
        let seen = match classes.listed() {
            Some(list) => format!("AND o.class IN ({list}) AND n.head_class IN ({list})"),
            None => String::new(),
        };
        let sql = format!(
            "SELECT n.id, o.version_text, o.gone FROM exchange_object o JOIN exchange_name n USING (name)
             WHERE o.collection = ?1 AND o.gone > ?2 {seen} ORDER BY o.gone LIMIT ?3"
        );
        let n = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let mut gone = self.list(&sql, (collection, since.unwrap_or(Micros::MIN), n), |row| {
            Ok(Gone { id: row.get(0)?, version: row.get(1)?, at: row.get(2)? })
        })?;
        let more = gone.len() > limit;
        gone.truncate(limit);
        Ok((gone, more))
    }

    /// Every class that an object of the log fell into, with its number, owner and marking.
    pub fn classes(&self) -> Result<Vec<(i64, String, String)>> {
        self.list("SELECT class, owner, marking FROM exchange_class ORDER BY class", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
    }
}

/// The question in SQL. Numbers of classes and of versions of STIX stand in its text, whatever came from
/// outside among its parameters.
fn query(
    collection: i64,
    reading: Reading<'_>,
    wish: &Wish,
    classes: &Classes,
    span: &Span,
) -> (String, Vec<Value>) {
    let mut params = vec![Value::from(collection)];
    let mut param = |value: Value| {
        params.push(value);
        format!("?{}", params.len())
    };
    let is_plain = wish.versions.is_empty() && wish.specs.is_empty();
    let listed = classes.listed();
    let mut sql = String::from("SELECT o.added, o.version_text, o.spec, ");
    sql.push_str(if span.bodies { "o.body" } else { "n.id" });
    sql.push_str(" FROM exchange_object o");
    if !span.bodies || !wish.types.is_empty() || (!is_plain && listed.is_some()) {
        sql.push_str(" JOIN exchange_name n ON n.name = o.name");
    }
    // A plus keeps SQLite from walking through the collection where it can go by name.
    let by_name = matches!(reading, Reading::Object(_)) || !wish.ids.is_empty();
    let plus = if by_name { "+" } else { "" };
    sql.push_str(&format!(" WHERE {plus}o.collection = ?1"));
    if let Reading::Object(id) = reading {
        let id = param(Value::from(id.to_owned()));
        sql.push_str(&format!(
            " AND o.name IN (SELECT name FROM exchange_name WHERE collection = ?1 AND id = {id})"
        ));
    }
    if !wish.ids.is_empty() {
        let ids: Vec<String> = wish.ids.iter().map(|id| param(Value::from(id.clone()))).collect();
        let ids = ids.join(",");
        sql.push_str(&format!(
            " AND o.name IN (SELECT name FROM exchange_name WHERE collection = ?1 AND id IN ({ids}))"
        ));
    }
    if !wish.types.is_empty() {
        // Every id of a type lies between `type--` and `type-.`, the next byte after the hyphen.
        let one = |kind: &String| {
            let (low, high) = (format!("{kind}--"), format!("{kind}-."));
            format!("(n.id >= {} AND n.id < {})", param(Value::from(low)), param(Value::from(high)))
        };
        let kinds: Vec<String> = wish.types.iter().map(one).collect();
        sql.push_str(&format!(" AND ({})", kinds.join(" OR ")));
    }
    if let Some(after) = span.after {
        let after = param(Value::from(after));
        sql.push_str(&format!(" AND {plus}o.added > {after}"));
    }
    if is_plain {
        sql.push_str(" AND o.shown = 1");
        if matches!(reading, Reading::Object(_)) {
            sql.push_str(" AND o.state = 0");
        }
    } else {
        let mut live = format!("o.state = 0 AND {}", spec_asked(wish));
        let versions: Vec<String> = match wish.versions.as_slice() {
            [] => vec![edge(wish, ">")],
            some => some
                .iter()
                .map(|version| match version {
                    Versions::All => "1".to_owned(),
                    Versions::First => edge(wish, "<"),
                    Versions::Last => edge(wish, ">"),
                    Versions::At(at) => format!("o.version = {}", param(Value::from(*at))),
                })
                .collect(),
        };
        live.push_str(&format!(" AND ({})", versions.join(" OR ")));
        if let Some(list) = &listed {
            live.push_str(&format!(" AND n.head_class IN ({list})"));
        }
        let tells = |it: &Versions| matches!(it, Versions::All | Versions::Last);
        let notices = wish.versions.is_empty() || wish.versions.iter().any(tells);
        if notices && reading == Reading::Collection {
            sql.push_str(&format!(
                " AND (({live}) OR (o.shown = 1 AND o.state IN (1, 3) AND {}))",
                spec_listed(wish, "o").unwrap_or_else(|| "1".to_owned())
            ));
        } else {
            sql.push_str(&format!(" AND {live}"));
        }
    }
    sql.push_str(&seen(listed.as_deref()));
    sql.push_str(" ORDER BY o.added");
    if by_name {
        // So that a handful of rows is sorted, rather than all of them walked through in order.
        sql.push_str(" + 0");
    }
    sql.push_str(&format!(" LIMIT {}", span.limit.saturating_add(1).min(1 << 40)));
    (sql, params)
}

/// The times and numbers of what these classes show. The third parameter lists, as JSON, all classes that
/// the reader may see.
fn keys_of(classes: &[i64], limit: usize) -> String {
    let of_one = |class: &i64| {
        format!(
            "SELECT added, seq FROM exchange_object WHERE collection = ?1 AND shown = 1
             AND class = {class} AND added > ?2
             AND (unless_class IS NULL
                 OR unless_class NOT IN (SELECT value FROM json_each(?3)))"
        )
    };
    let questions: Vec<String> = classes.iter().map(of_one).collect();
    format!("{} ORDER BY added LIMIT {limit}", questions.join(" UNION ALL "))
}

/// The rows whose class is among these, as a condition.
pub(super) fn seen(list: Option<&str>) -> String {
    match list {
        // Who sees everything needs no notice that there is no more to see.
        None => " AND o.unless_class IS NULL".to_owned(),
        Some(list) => format!(
            " AND o.class IN ({list}) AND (o.unless_class IS NULL OR o.unless_class NOT IN ({list}))"
        ),
    }
}

fn spec_listed(wish: &Wish, table: &str) -> Option<String> {
    if wish.specs.is_empty() {
        return None;
    }
    let list: Vec<String> = wish.specs.iter().map(u8::to_string).collect();
    Some(format!("{table}.spec IN ({})", list.join(",")))
}

/// The version of STIX is what was asked for or, if nothing was, the latest that the object has.
fn spec_asked(wish: &Wish) -> String {
    spec_listed(wish, "o").unwrap_or_else(|| {
        "o.spec = (SELECT max(p.spec) FROM exchange_object p WHERE p.name = o.name AND p.state = 0)"
            .to_owned()
    })
}

/// No version that fits is earlier (`<`) or later (`>`).
fn edge(wish: &Wish, sign: &str) -> String {
    let spec = spec_listed(wish, "p").unwrap_or_else(|| "p.spec = o.spec".to_owned());
    format!(
        "NOT EXISTS (SELECT 1 FROM exchange_object p WHERE p.name = o.name AND p.state = 0
             AND {spec} AND p.version {sign} o.version)"
    )
}
