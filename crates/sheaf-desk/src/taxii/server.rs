//! Discovery, API roots and statuses (TAXII 2.1, sections 4.1 to 4.3).

use serde_json::{Map, Value, json};
use sheaf_store::exchange::Root;

use super::{Answered, failed};
use crate::answer::Answer;
use crate::desk::{Desk, Request};
use crate::media;
use crate::sign_in::Reader;

pub(super) fn discovery(desk: &Desk, request: &Request<'_>) -> Answered {
    let about = desk.log.about().map_err(failed)?.unwrap_or_default();
    let roots = desk.log.roots().map_err(failed)?;
    let urls: Vec<String> = roots.iter().map(|root| url(root, request)).collect();
    let mut resource = Map::new();
    let title = if about.title.is_empty() { "sheaf" } else { &about.title };
    resource.insert("title".to_owned(), Value::from(title));
    put(&mut resource, "description", &about.description);
    put(&mut resource, "contact", &about.contact);
    match (about.default_url.as_str(), urls.first()) {
        ("", Some(first)) => put(&mut resource, "default", first),
        (url, _) => put(&mut resource, "default", url),
    }
    resource.insert("api_roots".to_owned(), Value::from(urls));
    Ok(Answer::json(&Value::Object(resource)))
}

/// Under which address a root is to be found: the one it is announced under or, where there is none, the
/// one at which the server was asked.
fn url(root: &Root, request: &Request<'_>) -> String {
    if !root.url.is_empty() {
        return root.url.clone();
    }
    let scheme = if request.is_tls { "https" } else { "http" };
    match request.host {
        Some(host) => format!("{scheme}://{host}/{}/", root.path),
        None => format!("/{}/", root.path),
    }
}

pub(super) fn root(root: &Root) -> Answered {
    let mut resource = Map::new();
    resource.insert("title".to_owned(), Value::from(root.title.as_str()));
    put(&mut resource, "description", &root.description);
    resource.insert("versions".to_owned(), json!([media::TAXII]));
    resource.insert("max_content_length".to_owned(), Value::from(root.max_content_length));
    Ok(Answer::json(&Value::Object(resource)))
}

pub(super) fn status(desk: &Desk, root: &Root, id: &str, reader: &Reader) -> Answered {
    let status = desk.log.status(root.root, id).map_err(failed)?;
    // What became of another's batch is nobody's business.
    let status = status.filter(|it| [0, reader.account.account].contains(&it.account));
    status.map(|status| Answer::of(200, status.body)).ok_or_else(Answer::not_found)
}

/// Puts a text into a resource, unless it is empty.
pub(super) fn put(resource: &mut Map<String, Value>, name: &str, text: &str) {
    if !text.is_empty() {
        resource.insert(name.to_owned(), Value::from(text));
    }
}
