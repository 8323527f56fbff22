//! What becomes public takes two people of the owner's: one asks on an incident's page, another decides. Both are
//! accounts that signed in; whoever sits at the machine is none, and only looks on.

use serde::Deserialize;
use sheaf_store::exchange::Account;

use super::told::Told;
use super::{Answered, Asking, body, failed, not_theirs};
use crate::desk::{Desk, Request};
use crate::pages::{Decision, OnRelease, Question};
use crate::sign_in::Who;

/// What is asked to be released, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireAsked {
    incident: String,
    because: String,
}

/// What is said of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSaid {
    #[serde(rename = "do")]
    done: String,
    #[serde(default)]
    because: String,
}

/// The releases of the asker's member, with what the asker may do about each; of all members to whoever holds the pool.
pub(super) fn list(asking: &Asking<'_>) -> Answered {
    let of = match asking.who {
        Who::Here => None,
        Who::Account(it) if it.scope.can_read => Some((&it.account, it.scope.can_write)),
        who => {
            let what = "releases are shown to the accounts of their member";
            return Err(not_theirs(who, what));
        }
    };
    let (answer, mut shown) = asking.question(&Question::Releases(of))?;
    shown.push("releases".to_owned());
    Ok((answer, shown))
}

pub(super) fn ask(asking: &Asking<'_>, request: &Request<'_>) -> Answered {
    let account = hands(asking.who)?;
    let wire: WireAsked = body(request)?;
    let (incident, because) = (wire.incident.as_str(), wire.because.as_str());
    decide(asking, account, 201, OnRelease::Ask { account, incident, because })
}

pub(super) fn say(
    desk: &Desk,
    asking: &Asking<'_>,
    request: &Request<'_>,
    number: &str,
) -> Answered {
    let account = hands(asking.who)?;
    let number: i64 = number.parse().map_err(|_| Told::not_found())?;
    let release = desk.log.release_number(number).map_err(failed)?;
    // Which numbers others have is nobody else's business.
    release.filter(|it| it.member == account.member).ok_or_else(Told::not_found)?;
    let wire: WireSaid = body(request)?;
    let because = wire.because.as_str();
    let on = match wire.done.as_str() {
        "grant" => OnRelease::Grant { account, number, because },
        "refuse" => OnRelease::Refuse { account, number, because },
        "withdraw" => OnRelease::Withdraw { account, number, because },
        other => {
            let what = format!("do: \"{other}\" is none of grant, refuse, withdraw");
            return Err(Told::bad("bad-body", what));
        }
    };
    decide(asking, account, 200, on)
}

fn decide(asking: &Asking<'_>, account: &Account, status: u16, on: OnRelease<'_>) -> Answered {
    asking.decide(status, &account.name, &Decision::Release(on))
}

/// The account that acts: one that signed in and may write.
fn hands(who: &Who) -> Result<&Account, Told> {
    match who {
        Who::Account(it) if it.scope.can_write => Ok(&it.account),
        who => Err(not_theirs(who, "what becomes public is decided by two accounts of its owner")),
    }
}
