//! Signing in and out on pages.

use serde::Deserialize;
use serde_json::json;
use sheaf_store::exchange::Micros;

use super::told::Told;
use super::{Answered, body, fine, refused};
use crate::desk::{Desk, Request};
use crate::error::DeskError;
use crate::sessions;
use crate::sign_in::Who;

/// A name and password as they are sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSignIn {
    name: String,
    password: String,
}

pub(super) fn session(desk: &Desk, request: &Request<'_>, who: &Who, now: Micros) -> Answered {
    match request.method {
        "POST" => {
            let wire: WireSignIn = body(request)?;
            let begun = sessions::begin(desk, request, (&wire.name, &wire.password), now);
            let (who, cookie, csrf) = match begun {
                Ok(begun) => begun,
                Err(refusal) => return Ok((refused(&refusal), Vec::new())),
            };
            let mut told = who.as_json();
            told["csrf"] = json!(csrf);
            Ok((fine(200, &told).with("Set-Cookie", cookie), Vec::new()))
        }
        "DELETE" => {
            let cookie =
                sessions::end(desk, request).map_err(|err| Told::from(&DeskError::from(err)))?;
            let told = Who::Nobody.as_json();
            Ok((fine(200, &told).with("Set-Cookie", cookie), Vec::new()))
        }
        _ => {
            let mut told = who.as_json();
            told["csrf"] = json!(sessions::csrf(request));
            Ok((fine(200, &told), Vec::new()))
        }
    }
}
