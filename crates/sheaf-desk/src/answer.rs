//! Answers: a status, headers and a body. Errors are the error message resource of TAXII 2.1, section
//! 3.6.1.

use serde_json::json;
use sheaf_store::StoreError;
use sheaf_store::exchange::{Page, stamp_text};

/// An answer to a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers; without a `Content-Type` among them it is TAXII's.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A body that is there already.
    pub(crate) fn of(status: u16, body: impl Into<Vec<u8>>) -> Answer {
        Answer { status, headers: Vec::new(), body: body.into() }
    }

    /// A resource.
    pub(crate) fn json(resource: &serde_json::Value) -> Answer {
        Answer::of(200, resource.to_string())
    }

    /// An error, with a title for programs and a sentence for people.
    pub(crate) fn error(status: u16, title: &str, description: impl Into<String>) -> Answer {
        let resource = json!({
            "title": title,
            "description": description.into(),
            "http_status": status.to_string(),
        });
        Answer::of(status, resource.to_string())
    }

    pub(crate) fn not_found() -> Answer {
        Answer::error(404, "NotFound", "there is nothing here, or nothing that you may see")
    }

    pub(crate) fn forbidden(what: &str) -> Answer {
        Answer::error(403, "Forbidden", what)
    }

    /// Content that is not what it should be.
    pub(crate) fn unprocessable(why: &str) -> Answer {
        let what = format!("While processing supplied content, an error occurred: {why}");
        Answer::error(422, "ProcessingError", what)
    }

    pub(crate) fn bad_request(why: impl Into<String>) -> Answer {
        Answer::error(400, "ProcessingError", why)
    }

    pub(crate) fn unauthorized() -> Answer {
        Answer::error(401, "Unauthorized", "sign in with a name and password, or with a token")
            .with("WWW-Authenticate", "Basic realm=\"sheaf\", charset=\"UTF-8\"".to_owned())
    }

    pub(crate) fn too_many(seconds: u64) -> Answer {
        Answer::error(429, "TooManyRequests", format!("wait for {seconds} seconds"))
            .with("Retry-After", seconds.to_string())
    }

    /// The disk or the ledger failed; what exactly is for the log of the office, not for a reader.
    pub(crate) fn failed(err: &StoreError) -> Answer {
        match err.code {
            "disk-full" => Answer::error(
                507,
                "InsufficientStorage",
                "nothing was stored: there is no room left",
            ),
            "ledger-busy" => {
                Answer::error(503, "ServiceUnavailable", "nothing was stored; try again")
                    .with("Retry-After", "5".to_owned())
            }
            _ => Answer::error(500, "InternalServerError", "nothing was stored; try again later"),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: String) -> Answer {
        self.headers.push((name, value));
        self
    }

    /// With the headers that say when the first and last of what it holds were added.
    pub(crate) fn of_page(mut self, page: &Page) -> Answer {
        if let (Some(first), Some(last)) = (page.first, page.last) {
            self.headers.push(("X-TAXII-Date-Added-First", stamp_text(first)));
            self.headers.push(("X-TAXII-Date-Added-Last", stamp_text(last)));
        }
        self
    }
}
