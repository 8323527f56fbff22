//! `sheaf release`: what becomes public takes two people of the owner's, one who asks and another, with the role
//! releaser, who decides (rule 15). An incident goes out as a CAP alert, a source becomes TLP:CLEAR.

use std::io::BufRead as _;
use std::path::Path;

use serde_json::{Value, json};
use sheaf_desk::{Incidents as _, directory, token, token_digest, verify_password};
use sheaf_model::{Marking, MemberId, Moment, Role, SourceName, Tlp};
use sheaf_share::cap::{
    Alert, Audience, Hand, Limits, NotWritten, Release as Released, Role as HandsRole, Time,
    alert_of, read_alert, write_alert,
};
use sheaf_share::rules::{Reader, as_line, from_line};
use sheaf_share::screen::screen;
use sheaf_share::seen::Seen;
use sheaf_store::exchange::{
    Account, Exchange, Micros, NewRelease, Release, ReleaseOf, Said, Sharing, Standing,
};
use sheaf_store::{Access, Acting};

use super::{Went, now_micros, open, print, print_json, remark, sharing};
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
        Releasing::List { pool } => list(&Exchange::open(pool)?, everywhere),
        Releasing::Show { pool, number } => {
            let found = numbered(&Exchange::open(pool)?, pool, *number)?;
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
    let (of, subject, asked, expires) = match (&args.incident, &args.source) {
        (Some(id), _) => {
            let (alert, handle, expires) = alert(&args.pool, &log, &member, id, at / 1_000_000)?;
            (ReleaseOf::Alert, handle, unreleased(&alert)?, expires)
        }
        (None, Some(source)) => {
            let marking = marking(args, &log, &member, source)?;
            (ReleaseOf::Marking, source.to_string(), as_line(&marking), marking.expires)
        }
        (None, None) => return Err(Failure::new("says-nothing", "name an incident or a source")),
    };
    let _acting = Acting::of(&account.member, &account.name);
    let number = log.ask_release(&NewRelease {
        of,
        subject: &subject,
        member: member.as_str(),
        asked: &asked,
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
            let member = MemberId::new(&asked.member)
                .map_err(|err| Failure::new("no-such-member", err.to_string()))?;
            let asked_for = read_back(&asked.asked)?;
            let (now, ..) =
                alert(&args.pool, &log, &member, &asked.subject, asked.said.at / 1_000_000)?;
            if now != asked_for {
                let what = format!("{}: what is told of it has changed since", asked.subject);
                return Err(Failure::new("changed-since", what)
                    .hint("refuse it, look at the incident, and ask again"));
            }
            let (_, everybody) = released(&asked, &said, &asked_for)?;
            let sent = write_alert(&asked_for, &everybody).map_err(not_written)?;
            let _acting = Acting::of(&account.member, &account.name);
            still(log.grant_alert(asked.number, &said, &sent)?, &asked)?;
            remark(
                everywhere,
                &format!("{} is public: an alert under /alerts/, and in exports", asked.subject),
            );
        }
        ReleaseOf::Marking => {
            let sharing = sharing_of(&asked)?;
            sharing::check_public(&args.pool, &log, &sharing)?;
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
    let log = Exchange::open(&args.pool)?;
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
            let alert = read_back(&asked.asked)?;
            let (release, _) = released(&asked, decided, &alert)?;
            let sent = time(now_micros() / 1_000_000)?;
            let (cancel, everybody) = release.recall(&alert, sent).map_err(not_written)?;
            recall = Some(write_alert(&cancel, &everybody).map_err(not_written)?);
        }
        (Standing::Granted(..), ReleaseOf::Marking) => {
            // What held before may be out of date; what is sure is that nobody is meant but the owner.
            let mut sharing = sharing_of(&asked)?;
            sharing.marking.tlp = Tlp::AmberStrict;
            narrowed = Some(sharing);
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

/// The alert of an incident as its owner may tell the public: from the owner's own reports and from what is
/// public already, and from nothing else.
fn alert(
    pool: &Path,
    log: &Exchange,
    member: &MemberId,
    id: &str,
    sent_s: i64,
) -> Result<(Alert, String, Option<Moment>), Failure> {
    let now = Moment::from_millis(now_micros() / 1000)
        .ok_or_else(|| Failure::new("bad-clock", "the clock says no time that there is"))?;
    // Who reads for no purpose sees what is their own and what is public.
    let reader = Reader::of(&directory(log)?, member, [Role::Contributor, Role::Reviewer], []);
    let layer = Layers::of(pool)?.seen_by(&reader, now)?;
    let found = layer.incidents.iter().position(|it| {
        it.incident.id.as_str() == id || it.incident.reports.iter().any(|it| it.as_str() == id)
    });
    let at = found.ok_or_else(|| {
        Failure::new("no-such-incident", format!("{member} has no incident {id} of its own"))
            .hint("only what rests on a member's own reports, or is public already, is its to tell")
    })?;
    let (settled, marking) = (&layer.incidents[at], &layer.markings[layer.marked[at]]);
    let seen = Seen { settled, marking };
    if !marking.licence.may_be_passed_on() {
        let what = format!("{id}: the terms of a source in it do not let it be passed on");
        return Err(Failure::new("not-entitled", what));
    }
    let alert = alert_of(&seen, member.as_str(), time(sent_s)?);
    for (field, text) in alert.texts() {
        if !screen(text).is_empty() && !matches!(field, "identifier" | "sender") {
            let what = format!("{id}: {field} may name a person: \"{text}\"");
            return Err(Failure::new("names-a-person", what).hint("nothing of it goes out"));
        }
    }
    Ok((alert, settled.incident.id.to_string(), marking.expires))
}

/// The marking that is asked for a source.
fn marking(
    args: &Asking,
    log: &Exchange,
    member: &MemberId,
    source: &SourceName,
) -> Result<Marking, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let marking = Marking {
        tlp: Tlp::Clear,
        pap: args.pap.unwrap_or_default(),
        groups: args.group.iter().cloned().collect(),
        purposes: args.purpose.iter().copied().collect(),
        embargo: args.embargo,
        expires: args.until,
        licence: sharing::licence_of(&pool, source)?,
        originator: Some(member.clone()),
    };
    let sharing = Sharing { source: source.clone(), marking };
    sharing::check_public(&args.pool, log, &sharing)?;
    Ok(sharing.marking)
}

fn sharing_of(asked: &Release) -> Result<Sharing, Failure> {
    let damaged =
        || Failure::new("pool-damaged", format!("release {} is no marking", asked.number));
    let source = SourceName::new(&asked.subject).map_err(|_| damaged())?;
    let mut marking = from_line(&asked.asked).ok_or_else(damaged)?;
    if marking.originator.is_none() {
        marking.originator = MemberId::new(&asked.member).ok();
    }
    Ok(Sharing { source, marking })
}

/// As it is kept until it is decided: meant for nobody.
fn unreleased(alert: &Alert) -> Result<String, Failure> {
    let restriction = "not released".to_owned();
    write_alert(alert, &Audience::Restricted { restriction }).map_err(not_written)
}

fn read_back(text: &str) -> Result<Alert, Failure> {
    let damaged = |why: String| Failure::new("pool-damaged", format!("an alert: {why}"));
    let read =
        read_alert(text.as_bytes(), &Limits::ALERT).map_err(|why| damaged(why.to_string()))?;
    if let Some(problem) = read.problems.first() {
        return Err(damaged(problem.to_string()));
    }
    read.alert.map(|(alert, _)| alert).ok_or_else(|| damaged("it cannot be read".to_owned()))
}

/// That the two released exactly this alert.
fn released(
    asked: &Release,
    decided: &Said,
    alert: &Alert,
) -> Result<(Released, Audience), Failure> {
    let hand =
        |account: &str, role| Hand { member: token(&asked.member), account: token(account), role };
    let first = match asked.asked_as.as_str() {
        "reviewer" => HandsRole::Reviewer,
        _ => HandsRole::Contributor,
    };
    let (one, other) = (hand(&asked.said.by, first), hand(&decided.by, HandsRole::Releaser));
    let release = Released::new(alert, &one, &other, decided.at / 1000)
        .map_err(|why| Failure::new("takes-two", why.to_string()))?;
    Ok((release.clone(), Audience::Public(release)))
}

/// A release that waits, and the account that proves to be one that may decide about it.
fn decided(args: &Deciding) -> Result<(Exchange, Release, Account), Failure> {
    let log = Exchange::open(&args.pool)?;
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

fn time(second: i64) -> Result<Time, Failure> {
    Time::from_unix_s(second)
        .ok_or_else(|| Failure::new("bad-clock", "the clock says no time that CAP can write"))
}

fn not_written(why: NotWritten) -> Failure {
    Failure::new("cannot-write", why.to_string())
}
