//! From the address that a person gave to the collection that is meant.
//!
//! Of an address that a server announces only the path counts: the token goes to the host that the person
//! named, and to no other.

use hyper::Uri;
use serde::Deserialize;

use super::line::Line;
use super::{Syncing, no_taxii};
use crate::error::{DeskError, Result};

/// A collection elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Target {
    /// Its whole address, with a slash at its end.
    pub url: String,
    /// The same without scheme and host.
    pub path: String,
    /// The path of its API root.
    pub root: String,
    /// The most that one request may have, in bytes.
    pub max_content_length: u64,
}

#[derive(Deserialize)]
struct Discovered {
    default: Option<String>,
    api_roots: Option<Vec<String>>,
    max_content_length: Option<u64>,
    versions: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    collections: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    id: String,
    #[serde(default)]
    title: String,
    can_read: bool,
    can_write: bool,
}

/// Finds the collection: that of the address or, where the address is that of a server or of an API root,
/// the only one there that can be pulled from and pushed to as wanted.
pub(super) fn find(line: &mut Line, how: &Syncing<'_>) -> Result<Target> {
    let given = line.path().to_owned();
    if let Some((root, rest)) = given.split_once("/collections/")
        && let Some(id) = rest.split('/').next().filter(|id| !id.is_empty())
    {
        let root = format!("{root}/");
        let about = about(line, &root)?;
        return Ok(target(line, &root, id, &about));
    }
    let first = about(line, &given)?;
    let (root, about) = match (&first.versions, &first.api_roots) {
        (Some(_), _) => (given, first),
        (None, Some(roots)) => {
            let url = first.default.as_ref().or(roots.first()).ok_or_else(|| no_taxii(how.url))?;
            let root = path_of(url).ok_or_else(|| no_taxii(how.url))?;
            let about = about(line, &root)?;
            (root, about)
        }
        _ => return Err(no_taxii(how.url)),
    };
    let got = line.get(&format!("{root}collections/"))?;
    if got.status != 200 {
        return Err(got.refused(how.url));
    }
    let listed: Listed = serde_json::from_slice(&got.body).map_err(|_| no_taxii(how.url))?;
    let fits = |it: &&Found| (it.can_read || !how.pull) && (it.can_write || !how.push);
    let fitting: Vec<&Found> = listed.collections.iter().filter(fits).collect();
    match fitting.as_slice() {
        [one] => Ok(target(line, &root, &one.id, &about)),
        [] => Err(DeskError::new(
            "no-such-collection",
            format!("{}: no collection there is open to this token for what is wanted", how.url),
            "ask the office that runs it for more, or try --pull or --push alone",
        )),
        several => {
            let lines: Vec<String> = several
                .iter()
                .map(|it| format!("{}  {}", target(line, &root, &it.id, &about).url, it.title))
                .collect();
            Err(DeskError::new(
                "which-collection",
                format!("{}: there are several collections", how.url),
                format!("name one of them:\n  {}", lines.join("\n  ")),
            ))
        }
    }
}

fn about(line: &mut Line, path: &str) -> Result<Discovered> {
    let got = line.get(path)?;
    let url = line.url(path);
    match got.status {
        200 => serde_json::from_slice(&got.body).map_err(|_| no_taxii(&url)),
        _ => Err(got.refused(&url)),
    }
}

fn target(line: &Line, root: &str, id: &str, about: &Discovered) -> Target {
    let path = format!("{root}collections/{id}/");
    Target {
        url: line.url(&path),
        path,
        root: root.to_owned(),
        max_content_length: about.max_content_length.unwrap_or(1 << 20),
    }
}

/// The path of an address, with a slash at its end.
pub(super) fn path_of(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let path = uri.path().trim_end_matches('/');
    Some(format!("{path}/"))
}
