//! `sheaf release`: what becomes public takes two people of the owner's, one who asks and another, with the role
//! releaser, who decides (rule 15). An incident goes out as a CAP alert, a source becomes TLP:CLEAR.

mod acts;
mod alert;
mod marking;

use std::io::BufRead as _;
use std::path::Path;

use serde_json::{Value, json};
use sheaf_desk::{alert_json, token_digest, verify_password};
use sheaf_model::Moment;
use sheaf_store::exchange::{Account, Exchange, Micros, Release, ReleaseOf, Said, Standing};

pub(crate) use self::acts::{Hands, may_decide};
use self::acts::{TakenBack, numbered};
pub(crate) use self::alert::call_off;
use self::marking::Wanted;
use super::{Went, now_micros, print, print_json, remark};
use crate::args::{Asking, Deciding, Everywhere, Releasing};
use crate::failure::Failure;
use crate::layer::Layers;
use crate::suggest;

pub fn release(what: &Releasing, everywhere: &Everywhere) -> Result<Went, Failure> {
    match what {
        Releasing::Ask(args) => ask(args, everywhere),
        Releasing::Grant(args) => with_hands(&args.pool, (&args.by, &args.because), |hands| {
            let asked = hands.grant(args.number)?;
            let (subject, member) = (&asked.subject, &asked.member);
            let told = match asked.of {
                ReleaseOf::Alert => {
                    format!("{subject} is public: an alert under /alerts/, and in exports")
                }
                ReleaseOf::Marking => format!(
                    "{subject} is TLP:CLEAR; `sheaf exchange publish {} --by {member}` tells those who fetch",
                    args.pool.display()
                ),
            };
            remark(everywhere, &told);
            Ok(Went::Fine)
        }),
        Releasing::Refuse(args) => with_hands(&args.pool, (&args.by, &args.because), |hands| {
            let asked = hands.refuse(args.number)?;
            remark(everywhere, &format!("{} does not become public", asked.subject));
            Ok(Went::Fine)
        }),
        Releasing::Withdraw(args) => withdraw(args, everywhere),
        Releasing::List { pool } => list(&up_to_date(pool)?, everywhere),
        Releasing::Show { pool, number } => {
            let found = numbered(&up_to_date(pool)?, pool, *number)?;
            let text = match &found.standing {
                Standing::Granted(_, Some(sent)) => sent.clone(),
                Standing::Withdrawn { recall: Some(recall), .. } => recall.clone(),
                _ => found.asked.clone() + "\n",
            };
            print(&text)?;
            Ok(Went::Fine)
        }
    }
}

fn ask(args: &Asking, everywhere: &Everywhere) -> Result<Went, Failure> {
    with_hands(&args.pool, (&args.by, &args.because), |hands| {
        let (of, (number, subject)) = match (&args.incident, &args.source) {
            (Some(id), _) => (ReleaseOf::Alert, hands.ask_for_incident(id)?),
            (None, Some(source)) => {
                let number = hands.ask_for_source(&Wanted { source, terms: args })?;
                (ReleaseOf::Marking, (number, source.to_string()))
            }
            (None, None) => {
                return Err(Failure::new("says-nothing", "name an incident or a source"));
            }
        };
        if everywhere.json {
            print_json(&json!({ "release": number, "of": of.name(), "subject": subject }))?;
        } else {
            print(&format!("{number}\n"))?;
        }
        remark(
            everywhere,
            &format!(
                "{subject} is asked for; another account of {}, a releaser, decides: `sheaf release grant {} {number}`",
                hands.account.member,
                args.pool.display()
            ),
        );
        Ok(Went::Fine)
    })
}

fn withdraw(args: &Deciding, everywhere: &Everywhere) -> Result<Went, Failure> {
    with_hands(&args.pool, (&args.by, &args.because), |hands| {
        let (asked, became) = hands.withdraw(args.number)?;
        let told = match became {
            TakenBack::CalledOff => "is called off, under /alerts/ and in exports",
            TakenBack::Narrowed => "is TLP:AMBER+STRICT; `sheaf share` says what else it is to be",
            TakenBack::NotAsked => "is no longer asked for",
        };
        remark(everywhere, &format!("{} {told}", asked.subject));
        Ok(Went::Fine)
    })
}

/// Lets the account of this name, which has to prove that it is, do something.
fn with_hands(
    pool: &Path,
    (by, because): (&str, &str),
    act: impl FnOnce(&Hands<'_>) -> Result<Went, Failure>,
) -> Result<Went, Failure> {
    let (log, layers) = (Exchange::open(pool)?, Layers::of(pool)?);
    let account = proven(&log, pool, by)?;
    act(&Hands { pool, log: &log, layers: &layers, account: &account, because })
}

/// The ledger, after what may not be public any more has been called off.
fn up_to_date(pool: &Path) -> Result<Exchange, Failure> {
    let log = Exchange::open(pool)?;
    call_off(&log, &Layers::of(pool)?, alert::now()?)?;
    Ok(log)
}

fn list(log: &Exchange, everywhere: &Everywhere) -> Result<Went, Failure> {
    let releases = log.releases()?;
    if everywhere.json {
        print_json(&Value::Array(releases.iter().map(release_json).collect()))?;
        return Ok(Went::Fine);
    }
    if releases.is_empty() {
        remark(everywhere, "nobody asked for anything to become public");
    }
    for it in &releases {
        let (what, number) = (it.of.name(), it.number);
        print(&format!(
            "{number}  {}  {what} {}  asked by {}/{}: {}\n",
            it.standing.name(),
            it.subject,
            it.member,
            it.said.by,
            it.said.because
        ))?;
    }
    Ok(Went::Fine)
}

/// A release as JSON: what was asked for, by whom, and what became of it.
pub(crate) fn release_json(it: &Release) -> Value {
    let time = |at: Micros| Moment::from_millis(at / 1000).map(|at| at.to_string());
    let said = |said: &Said| json!({ "by": said.by, "at": time(said.at), "because": said.because });
    let (decided, withdrawn) = match &it.standing {
        Standing::Asked => (None, None),
        Standing::Granted(decided, _) | Standing::Refused(decided) => (Some(said(decided)), None),
        Standing::Withdrawn { said: withdrawn, granted, .. } => {
            (granted.as_ref().map(said), Some(said(withdrawn)))
        }
    };
    json!({
        "release": it.number,
        "of": it.of.name(),
        "subject": it.subject,
        "member": it.member,
        "standing": it.standing.name(),
        "asked": said(&it.said),
        "decided": decided,
        "withdrawn": withdrawn,
        "expires": it.expires.map(|at| at.to_string()),
        "alert": match it.of {
            ReleaseOf::Alert => alert::read_back(&it.asked).ok().map(|it| alert_json(&it)),
            ReleaseOf::Marking => None,
        },
        "marking": matches!(it.of, ReleaseOf::Marking).then_some(&it.asked),
    })
}

/// The account of this name, whose password, or token that may write, is the first line on standard input.
fn proven(log: &Exchange, pool: &Path, name: &str) -> Result<Account, Failure> {
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|err| Failure::new("unreadable-file", format!("standard input: {err}")))?;
    let secret = line.trim_end_matches(['\r', '\n']);
    let by_token = log.token(&token_digest(secret), now_micros())?;
    if let Some(token) = by_token.filter(|it| it.account.name == name && it.scope.can_write) {
        return Ok(token.account);
    }
    let account = log.account(name)?;
    let theirs = account.as_ref().map_or("", |account| account.password.as_str());
    let is_right = verify_password(secret, theirs);
    account.filter(|_| is_right).ok_or_else(|| {
        let what = format!("{}: this is not what {name} signs in with", pool.display());
        let names = log.accounts().unwrap_or_default();
        let near = suggest::nearest(name, names.iter().map(|it| it.name.as_str()));
        Failure::new("not-signed-in", what).hint(match near.filter(|near| *near != name) {
            Some(near) => format!("did you mean {near}?"),
            None => "its password, or a token that may write, is the first line on standard input"
                .to_owned(),
        })
    })
}
