//! `sheaf release`: what becomes public takes two people of the owner's, one who asks and another, with the role
//! releaser, who decides (rule 15). An incident goes out as a CAP alert, a source becomes TLP:CLEAR.

mod alert;
mod marking;

use std::io::BufRead as _;
use std::path::Path;

use serde_json::{Value, json};
use sheaf_desk::{token_digest, verify_password};
use sheaf_model::{MemberId, Moment, Role};
use sheaf_share::rules::as_line;
use sheaf_store::Acting;
use sheaf_store::exchange::{
    Account, Exchange, Micros, NewRelease, Release, ReleaseOf, Said, Standing,
};

pub(crate) use self::alert::call_off;
use super::{Went, now_micros, print, print_json, remark};
use crate::args::{Asking, Deciding, Everywhere, Releasing};
use crate::failure::Failure;
use crate::layer::Layers;
use crate::suggest;

pub fn release(what: &Releasing, everywhere: &Everywhere) -> Result<Went, Failure> {
    match what {
        Releasing::Ask(args) => ask(args, everywhere),
        Releasing::Grant(args) => grant(args, everywhere),
        Releasing::Refuse(args) => {
            let (log, asked, account) = decided(args)?;
            let said = said(&account, args);
            let _acting = Acting::of(&account.member, &account.name);
            still(log.refuse_release(asked.number, &said)?, &asked)?;
            remark(everywhere, &format!("{} does not become public", asked.subject));
            Ok(Went::Fine)
        }
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
    let log = Exchange::open(&args.pool)?;
    let account = proven(&log, &args.pool, &args.by)?;
    let role = asking_role(&account).ok_or_else(|| {
        needs(&account, "contributor or reviewer", "asks for something to become public")
    })?;
    let member = MemberId::new(&account.member)
        .map_err(|err| Failure::new("no-such-member", err.to_string()))?;
    let at = now_micros();
    let (of, subject, asked, rests_on, expires) = match (&args.incident, &args.source) {
        (Some(id), _) => {
            let found = alert::asked(&args.pool, &log, &member, id, at / 1_000_000)?;
            let text = alert::unreleased(&found.alert)?;
            (ReleaseOf::Alert, found.handle, text, found.ground.as_text(), found.expires)
        }
        (None, Some(source)) => {
            let (asked, holds) = marking::asked(args, &log, &member, source)?;
            let line = as_line(&asked);
            (ReleaseOf::Marking, source.to_string(), line, holds, asked.expires)
        }
        (None, None) => return Err(Failure::new("says-nothing", "name an incident or a source")),
    };
    let _acting = Acting::of(&account.member, &account.name);
    let number = log.ask_release(&NewRelease {
        of,
        subject: &subject,
        member: member.as_str(),
        asked: &asked,
        rests_on: &rests_on,
        because: &args.because,
        by: (&account.name, role, at),
        expires,
    })?;
    if everywhere.json {
        print_json(&json!({ "release": number, "of": of.name(), "subject": subject }))?;
    } else {
        print(&format!("{number}\n"))?;
    }
    remark(
        everywhere,
        &format!(
            "{subject} is asked for; another account of {member}, a releaser, decides: `sheaf release grant {} {number}`",
            args.pool.display()
        ),
    );
    Ok(Went::Fine)
}

fn grant(args: &Deciding, everywhere: &Everywhere) -> Result<Went, Failure> {
    let (log, asked, account) = decided(args)?;
    if asked.expires.is_some_and(|end| end.millis() <= now_micros() / 1000) {
        return Err(Failure::new("over", format!("{}: its time is over", asked.subject)));
    }
    let said = said(&account, args);
    match asked.of {
        ReleaseOf::Alert => {
            let sent = alert::granted(&args.pool, &log, &asked, &said)?;
            let _acting = Acting::of(&account.member, &account.name);
            still(log.grant_alert(asked.number, &said, &sent)?, &asked)?;
            remark(
                everywhere,
                &format!("{} is public: an alert under /alerts/, and in exports", asked.subject),
            );
        }
        ReleaseOf::Marking => {
            let sharing = marking::granted(&args.pool, &log, &asked)?;
            let _acting = Acting::of(&account.member, &account.name);
            still(log.grant_marking(asked.number, &said, &sharing)?, &asked)?;
            remark(
                everywhere,
                &format!(
                    "{} is TLP:CLEAR; `sheaf exchange publish {} --by {}` tells those who fetch",
                    asked.subject,
                    args.pool.display(),
                    asked.member
                ),
            );
        }
    }
    Ok(Went::Fine)
}

/// Takes back what was asked for, by whoever may ask or decide; what had gone out is called off.
fn withdraw(args: &Deciding, everywhere: &Everywhere) -> Result<Went, Failure> {
    let log = up_to_date(&args.pool)?;
    let asked = numbered(&log, &args.pool, args.number)?;
    let account = proven(&log, &args.pool, &args.by)?;
    if account.member != asked.member {
        return Err(not_theirs(&asked, &account));
    }
    if asking_role(&account).is_none() && !has(&account, Role::Releaser) {
        return Err(needs(&account, "contributor, reviewer or releaser", "takes a release back"));
    }
    let said = said(&account, args);
    let (mut recall, mut narrowed) = (None, None);
    match (&asked.standing, asked.of) {
        (Standing::Granted(decided, Some(_)), ReleaseOf::Alert) => {
            recall = Some(alert::recall(&asked, decided)?);
        }
        (Standing::Granted(..), ReleaseOf::Marking) => {
            narrowed = Some(marking::taken_back(&asked)?);
        }
        _ => {}
    }
    let _acting = Acting::of(&account.member, &account.name);
    let was_open =
        log.withdraw_release(asked.number, &said, recall.as_deref(), narrowed.as_ref())?;
    still(was_open, &asked)?;
    let told = match (recall, narrowed) {
        (Some(_), _) => "is called off, under /alerts/ and in exports",
        (_, Some(_)) => "is TLP:AMBER+STRICT; `sheaf share` says what else it is to be",
        _ => "is no longer asked for",
    };
    remark(everywhere, &format!("{} {told}", asked.subject));
    Ok(Went::Fine)
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

fn release_json(it: &Release) -> Value {
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
    })
}

/// A release that waits, and the account that proves to be one that may decide about it.
fn decided(args: &Deciding) -> Result<(Exchange, Release, Account), Failure> {
    let log = up_to_date(&args.pool)?;
    let asked = numbered(&log, &args.pool, args.number)?;
    let account = proven(&log, &args.pool, &args.by)?;
    if account.member != asked.member {
        return Err(not_theirs(&asked, &account));
    }
    if !has(&account, Role::Releaser) {
        return Err(needs(&account, "releaser", "decides what becomes public"));
    }
    if account.name == asked.said.by {
        let what = format!("{} asked for it, and cannot decide about it as well", account.name);
        return Err(Failure::new("takes-two", what)
            .hint(format!("another releaser of {} has to", account.member)));
    }
    Ok((log, asked, account))
}

fn numbered(log: &Exchange, pool: &Path, number: i64) -> Result<Release, Failure> {
    log.release_number(number)?.ok_or_else(|| {
        let what = format!("{}: nothing was asked for as number {number}", pool.display());
        Failure::new("no-such-release", what)
            .hint(format!("`sheaf release list {}` lists what was", pool.display()))
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

fn asking_role(account: &Account) -> Option<&'static str> {
    [Role::Contributor, Role::Reviewer].into_iter().find(|it| has(account, *it)).map(Role::name)
}

fn has(account: &Account, role: Role) -> bool {
    account.roles.iter().any(|it| it == role.name())
}

fn needs(account: &Account, role: &str, to: &str) -> Failure {
    Failure::new("needs-role", format!("{}: who {to} has the role {role}", account.name))
        .hint("`sheaf account add POOL NAME --role ROLE` makes an account")
}

fn not_theirs(asked: &Release, account: &Account) -> Failure {
    let what = format!("release {} is {}'s, not {}'s", asked.number, asked.member, account.member);
    Failure::new("not-theirs", what)
}

fn said(account: &Account, args: &Deciding) -> Said {
    Said { by: account.name.clone(), at: now_micros(), because: args.because.clone() }
}

fn still(done: bool, asked: &Release) -> Result<(), Failure> {
    match done {
        true => Ok(()),
        false => Err(Failure::new(
            "decided-already",
            format!("release {} is {} already", asked.number, asked.standing.name()),
        )),
    }
}
