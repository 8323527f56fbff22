//! What cannot be answered, told to a page or a program: a code that stays, a sentence, and what would help.

use serde_json::json;
use sheaf_store::StoreError;

use crate::answer::Answer;
use crate::error::DeskError;

/// The media type of every answer of the API.
pub(crate) const JSON: &str = "application/json; charset=utf-8";

/// A refusal or a mistake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Told {
    pub status: u16,
    pub code: String,
    pub what: String,
    pub hint: Option<String>,
    /// Of an address that does not answer to a method: to which it does.
    pub allow: Option<String>,
}

impl Told {
    pub fn new(status: u16, code: &str, what: impl Into<String>) -> Told {
        Told { status, code: code.to_owned(), what: what.into(), hint: None, allow: None }
    }

    /// Something in the request that cannot be read.
    pub fn bad(code: &str, what: impl Into<String>) -> Told {
        Told {
            status: if code.starts_with("no-such-") { 404 } else { 400 },
            ..Told::new(400, code, what)
        }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Told {
        self.hint = Some(hint.into());
        self
    }

    pub fn not_found() -> Told {
        Told::new(404, "not-found", "there is nothing here, or nothing that you may see")
    }

    /// As an answer.
    pub fn answer(&self) -> Answer {
        let error = json!({ "code": self.code, "what": self.what, "hint": self.hint });
        let answer = Answer::of(self.status, json!({ "error": error }).to_string())
            .with("Content-Type", JSON.to_owned());
        match &self.allow {
            Some(methods) => answer.with("Allow", methods.clone()),
            None => answer,
        }
    }
}

impl From<&DeskError> for Told {
    /// What the program said, where the question was at fault; of a failure of the office's own disk or
    /// program a reader learns that there was one.
    fn from(err: &DeskError) -> Told {
        let status = match status(err.code) {
            Some(status) => status,
            None => {
                let store = StoreError { what: String::new(), hint: String::new(), code: err.code };
                let status = Answer::failed(&store).status;
                return Told::new(status, err.code, "the office's pool could not answer")
                    .hint("try again; if it lasts, tell whoever runs the server");
            }
        };
        let hint = (!err.hint.is_empty()).then(|| err.hint.clone());
        Told { status, code: err.code.to_owned(), what: err.what.clone(), hint, allow: None }
    }
}

/// The status for a code of the program that is about the question; none for a failure.
fn status(code: &str) -> Option<u16> {
    Some(match code {
        "gone-incident" | "nothing-to-ask" | "no-answer" | "no-earlier-vintage" => 404,
        "not-entitled" | "not-allowed" | "needs-role" | "not-theirs" | "takes-two" => 403,
        "changed-since"
        | "decided-already"
        | "over"
        | "under-embargo"
        | "empty-after-full"
        | "not-with-this-method"
        | "withdrawn-already"
        | "second-writer" => 409,
        // What is sent is understood, and cannot be kept; or a file was handed in and cannot be read.
        "names-a-person"
        | "bad-delimiter"
        | "bad-mapping"
        | "damaged-archive"
        | "damaged-workbook"
        | "empty-file"
        | "encrypted"
        | "no-such-member"
        | "no-such-sheet"
        | "not-a-table"
        | "not-readable"
        | "not-recognised"
        | "several-members"
        | "too-large"
        | "too-many-columns"
        | "truncated-file"
        | "unknown-compression"
        | "wrong-format" => 422,
        _ if code.starts_with("no-such-") => 404,
        _ if ["not-a-", "bad-", "empty-", "one-", "unknown-", "ambiguous-", "short-"]
            .iter()
            .any(|start| code.starts_with(start)) =>
        {
            400
        }
        _ => return None,
    })
}
