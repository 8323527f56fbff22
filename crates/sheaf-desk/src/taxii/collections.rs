//! Collections (TAXII 2.1, sections 5.1 and 5.2).

use serde_json::{Map, Value, json};
use sheaf_store::exchange::Root;

use super::server::put;
use super::{Answered, Open, failed, open};
use crate::answer::Answer;
use crate::desk::Desk;
use crate::sign_in::Reader;

pub(super) fn collections(desk: &Desk, root: &Root, reader: &Reader) -> Answered {
    let mut listed = Vec::new();
    for collection in desk.log.collections(root.root).map_err(failed)? {
        match open(desk, root, &collection.id, reader) {
            Ok(open) => listed.push(resource(&open)),
            Err(answer) if answer.status == 404 => {}
            Err(answer) => return Err(answer),
        }
    }
    let body = match listed.is_empty() {
        true => json!({}),
        false => json!({ "collections": listed }),
    };
    Ok(Answer::json(&body))
}

pub(super) fn one(open: &Open) -> Answered {
    Ok(Answer::json(&resource(open)))
}

fn resource(open: &Open) -> Value {
    let mut resource = Map::new();
    resource.insert("id".to_owned(), Value::from(open.collection.id.as_str()));
    resource.insert("title".to_owned(), Value::from(open.collection.title.as_str()));
    put(&mut resource, "description", &open.collection.description);
    resource.insert("can_read".to_owned(), Value::from(open.right.can_read));
    resource.insert("can_write".to_owned(), Value::from(open.right.can_write));
    resource.insert("media_types".to_owned(), json!(["application/stix+json;version=2.1"]));
    Value::Object(resource)
}
