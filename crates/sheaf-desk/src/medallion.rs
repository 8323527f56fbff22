//! Taking over the content of another TAXII server, in the layout of medallion's data file.
//!
//! The file is one JSON object. `/discovery` says what the server says of itself; every other member with
//! `information` is an API root with `status` and `collections`, each of those with `objects` and a
//! `manifest` that says when each version was added; `users` are names and passwords, as in medallion's
//! settings, which may stand in the same file or in one of their own. Objects are kept to the byte and keep
//! the times at which they had been added. An object that the log does not take is named with a reason.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use serde_json::value::RawValue;
use sheaf_store::exchange::{
    Acknowledged, Classes, Contributor, Exchange, Incoming, Micros, New, NewAccount, NewCollection,
    Post, Refused, Root, ServerAbout, Status, read_stamp,
};

use crate::by_marking::hold;
use crate::error::{DeskError, Result};
use crate::password::hash_password;
use crate::rules::marks_borne;

/// The member to which accounts of another server are put, and whose the objects are that came with it.
pub(crate) const MEMBER: &str = "imported";

/// What was taken over.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Imported {
    /// How many API roots.
    pub n_roots: usize,
    /// How many collections.
    pub n_collections: usize,
    /// How many versions of objects.
    pub n_objects: usize,
    /// How many of them are held, since a text in them may name a person.
    pub n_held: usize,
    /// How many accounts.
    pub n_accounts: usize,
    /// Accounts whose password is kept there in a form that is none here: they need a new one.
    pub without_password: Vec<String>,
    /// The page size of that server, where it says one.
    pub page_size: Option<usize>,
    /// Objects that were not taken, and why.
    pub refused: Vec<Refused>,
}

type Members<'a> = BTreeMap<String, &'a RawValue>;

/// Takes over a file. `path` is only named in errors; `now` is in microseconds since 1970.
///
/// # Errors
///
/// `not-a-taxii-file` where it is none; `root-exists` where a root of it is there already, and then
/// nothing is taken.
pub fn import(log: &Exchange, path: &Path, text: &str, now: Micros) -> Result<Imported> {
    let file: Members<'_> = read(path, "", text)?;
    let mut imported = Imported::default();
    let about = file.get("/discovery").map(|it| value(it)).unwrap_or_default();
    let mut roots = Vec::new();
    for (name, raw) in &file {
        let Ok(members) = serde_json::from_str::<Members<'_>>(raw.get()) else { continue };
        if members.contains_key("information") {
            if log.root(name.trim_matches('/'))?.is_some() {
                return Err(DeskError::new(
                    "root-exists",
                    format!(
                        "{}: there is an API root /{name}/ in the pool already",
                        path.display()
                    ),
                    "take the file into a pool of its own",
                ));
            }
            roots.push((name.trim_matches('/'), members));
        }
    }
    let users: BTreeMap<String, String> = match file.get("users") {
        Some(raw) => read(path, "users", raw.get())?,
        None => BTreeMap::new(),
    };
    if roots.is_empty() && users.is_empty() {
        return Err(DeskError::new(
            "not-a-taxii-file",
            format!("{}: this holds neither API roots nor users", path.display()),
            "a file as medallion reads it has API roots with \"information\" and \"collections\"",
        ));
    }
    imported.page_size = file
        .get("taxii")
        .and_then(|it| value(it)["max_page_size"].as_u64())
        .and_then(|size| usize::try_from(size).ok());
    if about.is_object() {
        log.set_about(&ServerAbout {
            title: text_of(&about, "title"),
            description: text_of(&about, "description"),
            contact: text_of(&about, "contact"),
            default_url: text_of(&about, "default"),
        })?;
    }
    // In the order in which the server announced them; the others after these.
    let announced: Vec<String> = about["api_roots"]
        .as_array()
        .map(|urls| urls.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    let url_of = |name: &str| {
        announced.iter().position(|url| url.trim_end_matches('/').ends_with(&format!("/{name}")))
    };
    roots.sort_by_key(|(name, _)| url_of(name).unwrap_or(usize::MAX));
    for (name, members) in &roots {
        let url = url_of(name).map_or(String::new(), |idx| announced[idx].clone());
        take_root(log, path, name, &url, members, now, &mut imported)?;
    }
    take_users(log, &users, &mut imported)?;
    log.allow_imported()?;
    Ok(imported)
}

fn take_root(
    log: &Exchange,
    path: &Path,
    name: &str,
    url: &str,
    members: &Members<'_>,
    now: Micros,
    imported: &mut Imported,
) -> Result<()> {
    let information = members.get("information").map(|it| value(it)).unwrap_or_default();
    let root = log.add_root(&Root {
        root: 0,
        path: name.to_owned(),
        title: text_of(&information, "title"),
        description: text_of(&information, "description"),
        max_content_length: information["max_content_length"].as_u64().unwrap_or(16 << 20),
        url: url.to_owned(),
    })?;
    imported.n_roots += 1;
    for status in list(path, name, members.get("status"))? {
        let resource = value(status);
        let id = text_of(&resource, "id");
        if !id.is_empty() {
            let at = read_stamp(&text_of(&resource, "request_timestamp")).unwrap_or(now);
            let body = resource.to_string();
            log.keep_status(&Status { id, root, account: 0, at, body })?;
        }
    }
    for collection in list(path, name, members.get("collections"))? {
        let members: Members<'_> = read(path, name, collection.get())?;
        take_collection(log, path, root, &members, now, imported)?;
    }
    Ok(())
}

fn take_collection(
    log: &Exchange,
    path: &Path,
    root: i64,
    members: &Members<'_>,
    now: Micros,
    imported: &mut Imported,
) -> Result<()> {
    let text = |name: &str| {
        members.get(name).and_then(|it| value(it).as_str().map(str::to_owned)).unwrap_or_default()
    };
    let may = |name: &str| members.get(name).is_some_and(|it| value(it) == Value::Bool(true));
    let id = text("id");
    let collection = log.add_collection(&NewCollection {
        root,
        id: &id,
        title: &text("title"),
        description: &text("description"),
        can_read: may("can_read"),
        can_write: may("can_write"),
        imported: true,
    })?;
    imported.n_collections += 1;
    let mut added: BTreeMap<(String, Option<Micros>), (Micros, usize)> = BTreeMap::new();
    for (idx, entry) in list(path, &id, members.get("manifest"))?.into_iter().enumerate() {
        let entry = value(entry);
        if let Some(stamp) = read_stamp(&text_of(&entry, "date_added")) {
            let version = read_stamp(&text_of(&entry, "version"));
            added.insert((text_of(&entry, "id"), version), (stamp, idx));
        }
    }
    // In the order of the manifest; what has no time in it comes last, since it is added now.
    let mut objects = Vec::new();
    for raw in list(path, &id, members.get("objects"))? {
        let read = Incoming::read(raw.get().as_bytes());
        let known =
            |object: &Incoming<'_>| added.get(&(object.id.clone(), object.version)).copied();
        let place = read.as_ref().ok().and_then(known).unwrap_or((Micros::MAX, usize::MAX));
        let object = read.map(|object| {
            let added = Some(place.0).filter(|&stamp| stamp < Micros::MAX);
            let held = serde_json::from_slice(object.body).ok().as_ref().and_then(hold);
            New { marking: marks_borne(&object), object, added, held }
        });
        objects.push((place, object));
    }
    objects.sort_by_key(|(place, _)| *place);
    let objects: Vec<_> = objects.into_iter().map(|(_, object)| object).collect();
    let post = Post {
        collection,
        root,
        account: 0,
        from: Contributor { member: "", relays: true },
        sees: &Classes::All,
        now,
        status: "",
        sent_as: None,
    };
    if let Acknowledged::Now { outcomes, .. } = log.put(&post, &objects, |_| String::new())? {
        for outcome in outcomes {
            imported.n_held += usize::from(outcome.held.is_some());
            match outcome.refused {
                None => imported.n_objects += 1,
                Some(why) => {
                    let (id, version) = (outcome.id, outcome.version);
                    imported.refused.push(Refused { id, version, why });
                }
            }
        }
    }
    Ok(())
}

fn take_users(
    log: &Exchange,
    users: &BTreeMap<String, String>,
    imported: &mut Imported,
) -> Result<()> {
    if users.is_empty() {
        return Ok(());
    }
    let member = match log.member(MEMBER)? {
        Some(member) => member,
        None => log.add_member(MEMBER, "", "")?,
    };
    for (name, password) in users {
        // Hashes as werkzeug writes them cannot be checked here, nor turned into ours.
        let is_hash = ["pbkdf2:", "scrypt:", "sha256$"].iter().any(|it| password.starts_with(it));
        let hash = match is_hash {
            true => {
                imported.without_password.push(name.clone());
                String::new()
            }
            false => hash_password(password)?,
        };
        let roles = ["contributor"];
        log.add_account(&NewAccount {
            name,
            member,
            password: &hash,
            roles: &roles,
            imported: true,
        })?;
        imported.n_accounts += 1;
    }
    Ok(())
}

fn read<'a, T: serde::Deserialize<'a>>(path: &Path, what: &str, text: &'a str) -> Result<T> {
    serde_json::from_str(text).map_err(|err| {
        let within = if what.is_empty() { String::new() } else { format!(" in \"{what}\"") };
        DeskError::new(
            "not-a-taxii-file",
            format!("{}: this cannot be read{within}: {err}", path.display()),
            "a file as medallion reads it is one JSON object",
        )
    })
}

fn list<'a>(path: &Path, what: &str, raw: Option<&&'a RawValue>) -> Result<Vec<&'a RawValue>> {
    raw.map_or(Ok(Vec::new()), |raw| read(path, what, raw.get()))
}

fn value(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

fn text_of(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}
