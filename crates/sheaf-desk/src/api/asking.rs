//! Who asks, with whose eyes, and what that lets them do.

use std::sync::Arc;

use serde_json::Value;
use sheaf_model::{Moment, Role};

use super::columns::Columns;
use super::told::Told;
use super::{Answered, fine};
use crate::pages::{Decision, Eyes, Pages, Question, Wish};
use crate::sign_in::Who;

/// What an address can be asked.
pub(super) struct Asking<'a> {
    pub pages: &'a dyn Pages,
    pub eyes: Eyes,
    pub who: &'a Who,
    pub now: Moment,
}

impl Asking<'_> {
    pub fn columns(&self, wish: &Wish) -> Result<Arc<Columns>, Told> {
        self.pages.columns(&self.eyes, wish, self.now).map_err(|err| Told::from(&err))
    }

    pub fn question(&self, question: &Question<'_>) -> Answered {
        let answer = self.pages.answer(&self.eyes, question, self.now);
        let answer = answer.map_err(|err| Told::from(&err))?;
        Ok((fine(200, &answer), reports_in(&answer)))
    }

    pub fn decide(&self, status: u16, by: &str, decision: &Decision<'_>) -> Answered {
        let answer = self.pages.decide(&self.eyes, by, decision, self.now);
        answer.map(|it| (fine(status, &it), Vec::new())).map_err(|err| Told::from(&err))
    }

    /// What takes seconds to answer is for members, not for anyone.
    pub fn may_ask_much(&self, is_much: bool) -> Result<(), Told> {
        match self.who {
            Who::Nobody if is_much => Err(not_theirs(self.who, "this is for members' accounts")),
            _ => Ok(()),
        }
    }

    /// Under which name whoever asks judges, if that is allowed.
    pub fn reviewer(&self) -> Result<String, Told> {
        match self.who {
            Who::Here => Ok("here".to_owned()),
            Who::Account(reader)
                if reader.scope.can_write && reader.account.has(Role::Reviewer) =>
            {
                Ok(format!("{}@{}", reader.account.name, reader.account.member))
            }
            who => Err(not_theirs(who, "only reviewers judge")),
        }
    }

    /// Whether whoever asks may ask for something to become public.
    pub fn may_ask_for_release(&self) -> bool {
        match self.who {
            Who::Account(it) => it.scope.can_write && it.account.asks_as().is_some(),
            _ => false,
        }
    }

    /// Under which name whoever asks brings files into this pool, which is for the office that holds it.
    pub fn may_bring(&self) -> Result<String, Told> {
        match self.who {
            Who::Here => Ok("here".to_owned()),
            who => Err(not_theirs(who, "files are taken in by whoever sits at the machine")),
        }
    }
}

/// That something is for others; or for whoever signs in first.
pub(super) fn not_theirs(who: &Who, what: &str) -> Told {
    match who {
        Who::Nobody => Told::new(401, "not-signed-in", format!("{what}; sign in first")),
        _ => Told::new(403, "not-allowed", what),
    }
}

/// The reports that an answer names.
pub(super) fn reports_in(answer: &Value) -> Vec<String> {
    let ids = |list: &Value| -> Vec<String> {
        let reports = list.as_array().into_iter().flatten();
        let id = |it: &Value| it["id"].as_str().or(it.as_str()).map(str::to_owned);
        reports.filter_map(id).collect()
    };
    let mut reports = ids(&answer["reports"]);
    reports.extend(ids(&answer["members"]));
    let questions = answer["questions"].as_array().into_iter().flatten();
    reports.extend(questions.flat_map(|it| ids(&it["reports"])));
    let changes = answer["changes"].as_array().into_iter().flatten();
    reports.extend(changes.filter_map(|it| {
        let id = ["added", "revised", "deleted"].into_iter().find_map(|word| it[word].as_str());
        id.map(str::to_owned)
    }));
    reports
}
