//! `sheaf group` and `sheaf share`: in which groups members share, what the owner of a source allows with
//! its reports, and who would see them by that.

use std::path::Path;

use serde_json::json;
use sheaf_desk::directory;
use sheaf_model::{GroupName, Marking, MemberId, Moment, Role, SourceName};
use sheaf_share::rules::{
    Audience, Change, Decision, Directory, Reader, Who, audience, becomes_public, may_change,
    may_write,
};
use sheaf_store::exchange::{Exchange, Narrowing, Scope, Sharing};
use sheaf_store::{Access, Pool, Wanted};

use super::{Went, counted, now, open, print, print_json, remark};
use crate::args::{Everywhere, Grouping, SharingOf};
use crate::failure::Failure;
use crate::narrowed::{Marks, under};
use crate::{pipeline, suggest};

pub fn group(what: &Grouping, everywhere: &Everywhere) -> Result<Went, Failure> {
    match what {
        Grouping::Add { pool, name, confidential } => {
            Exchange::open(pool)?.add_group(name, *confidential)?;
            remark(everywhere, &format!("{name} is a group; it has no members yet"));
        }
        Grouping::Join { pool, group, members } => put(pool, group, members, true, everywhere)?,
        Grouping::Leave { pool, group, members } => put(pool, group, members, false, everywhere)?,
        Grouping::List { pool } => {
            for group in Exchange::open(pool)?.groups()? {
                let members: Vec<&str> = group.members.iter().map(MemberId::as_str).collect();
                let kind = if group.confidential { "confidential" } else { "open" };
                print(&format!("{}  {kind}  {}\n", group.name, members.join(" ")))?;
            }
        }
    }
    Ok(Went::Fine)
}

fn put(
    pool: &Path,
    group: &GroupName,
    members: &[MemberId],
    is_in: bool,
    everywhere: &Everywhere,
) -> Result<(), Failure> {
    let log = Exchange::open(pool)?;
    let groups = log.groups()?;
    if !groups.iter().any(|it| it.name == *group) {
        let failure =
            Failure::new("no-such-group", format!("{}: there is no group {group}", pool.display()));
        let near = suggest::nearest(group.as_str(), groups.iter().map(|it| it.name.as_str()));
        return Err(match near {
            Some(near) => failure.hint(format!("did you mean {near}?")),
            None => failure.hint(format!("sheaf group add {} {group}", pool.display())),
        });
    }
    for member in members {
        super::exchange::known_member(&log, pool, member.as_str())?;
    }
    for member in members {
        log.set_in_group(group, member, is_in)?;
        remark(everywhere, &format!("{member} is {} {group}", if is_in { "in" } else { "out of" }));
    }
    Ok(())
}

/// Keeps what the owner of a source allows, and says who would see its reports by that.
pub fn share(args: &SharingOf, everywhere: &Everywhere) -> Result<Went, Failure> {
    let log = Exchange::open(&args.pool)?;
    let pool = open(&args.pool, Access::Read)?;
    let now = Moment::parse(&now())
        .ok_or_else(|| Failure::new("bad-clock", "the clock shows no time of this era"))?;
    let directory = directory(&log)?;
    let (source, scope) = meant(args, &pool)?;
    let licence = licence_of(&pool, &source)?;
    let marks = Marks::of(&pool, &log)?;
    let former = marks.sources.get(&source).cloned();
    let by = owner(args, &source, former.as_ref(), &directory)?;
    let purposes = directory.member(&by).map(|it| it.purposes.clone()).unwrap_or_default();
    // Whoever may write to the pool's ledger speaks for its owners.
    let reader = Reader::of(&directory, &by, [Role::Contributor, Role::Releaser], purposes);
    if let Some(scope) = scope {
        let of_all = former.ok_or_else(|| {
            let what = format!("{}: nothing is said of {source} yet", args.pool.display());
            Failure::new("not-shared", what)
                .hint("say first what is allowed with all of its reports: --source")
        })?;
        return narrow(
            args,
            &log,
            &marks,
            (&source, &scope),
            &of_all,
            (&reader, &directory, now),
            everywhere,
        );
    }
    let marking = match &former {
        Some(former) if args.show && says_nothing(args) => former.clone(),
        _ => Marking {
            tlp: args.tlp.unwrap_or_default(),
            pap: args.pap.unwrap_or_default(),
            groups: args.group.iter().cloned().collect(),
            purposes: args.purpose.iter().copied().collect(),
            embargo: args.embargo,
            expires: args.until,
            licence,
            originator: Some(by.clone()),
        },
    };
    if !(args.show && says_nothing(args)) {
        check(former.as_ref(), &marking, &reader, &directory, now)?;
    }
    let audience = audience(&marking, &reader, &directory, now)
        .map_err(|refused| Failure::new("not-allowed", refused.to_string()))?;
    if !args.show && becomes_public(former.as_ref(), &marking) {
        let at = args.pool.display();
        let what = format!("{at}: {source} would become public, which takes two people of {by}");
        return Err(Failure::new("takes-two", what).hint(format!(
            "one asks with `sheaf release ask {at} --source {source} --by ACCOUNT`, a releaser grants it"
        )));
    }
    show(source.as_str(), &marking, &audience, everywhere)?;
    if args.show {
        remark(everywhere, "nothing was changed");
        return Ok(Went::Fine);
    }
    log.share(&Sharing { source, marking })?;
    kept(args, &by, everywhere);
    Ok(Went::Fine)
}

fn kept(args: &SharingOf, by: &MemberId, everywhere: &Everywhere) {
    remark(
        everywhere,
        &format!(
            "kept; `sheaf exchange publish {} --by {by}` tells those who fetch",
            args.pool.display()
        ),
    );
}

/// The source that is meant and, where not all of its reports are, which.
fn meant(args: &SharingOf, pool: &Pool) -> Result<(SourceName, Option<Scope>), Failure> {
    let imports = pool.imports()?;
    let at = pool.path().display();
    if let Some(number) = args.import {
        let import = imports.iter().find(|it| it.id.0 == number).ok_or_else(|| {
            Failure::new("no-such-import", format!("{at}: there is no import {number}"))
                .hint(format!("`sheaf sources {at}` lists them"))
        })?;
        return Ok((import.about.source.name.clone(), Some(Scope::Import(number))));
    }
    if let Some(id) = &args.report {
        if pool.reports(std::slice::from_ref(id), Wanted::only(&[]))?[0].is_none() {
            let what = format!("{id} is no report of this pool");
            return Err(Failure::new("no-such-report", what));
        }
        let source = SourceName::new(id.source())
            .map_err(|err| Failure::new("no-such-source", err.to_string()))?;
        return Ok((source, Some(Scope::Report(id.clone()))));
    }
    let source = args.source.clone().expect("one of them is required");
    let Some(label) = &args.dataset else { return Ok((source, None)) };
    let labels = || imports.iter().filter(|it| it.about.source.name == source);
    if labels().any(|it| it.about.dataset == *label) {
        return Ok((source, Some(Scope::DataSet(label.clone()))));
    }
    let what = format!("{at}: {source} has no data set {label}");
    let near = suggest::nearest(label, labels().map(|it| it.about.dataset.as_str()));
    let failure = Failure::new("no-such-dataset", what);
    Err(match near {
        Some(near) => failure.hint(format!("did you mean {near}?")),
        None => failure.hint(format!("`sheaf sources {at}` lists them")),
    })
}

/// Says of some reports of a source that they are narrower than all of them, or shows who would see them.
fn narrow(
    args: &SharingOf,
    log: &Exchange,
    marks: &Marks,
    (source, scope): (&SourceName, &Scope),
    of_all: &Marking,
    (reader, directory, now): (&Reader, &Directory, Moment),
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    let name = match scope {
        Scope::Import(number) => format!("import {number}"),
        Scope::DataSet(label) => format!("data set {label}"),
        Scope::Report(id) => id.to_string(),
    };
    let by = reader.member().expect("the owner is a member");
    if args.as_source {
        let is_new = log.as_source(source, scope)?;
        remark(everywhere, &format!("{name} is as {source} is"));
        if is_new {
            kept(args, by, everywhere);
        }
        return Ok(Went::Fine);
    }
    let some = |it: bool| it.then_some(());
    let narrowing = Narrowing {
        source: source.clone(),
        scope: scope.clone(),
        tlp: args.tlp,
        pap: args.pap,
        groups: some(!args.group.is_empty()).map(|()| args.group.iter().cloned().collect()),
        purposes: some(!args.purpose.is_empty()).map(|()| args.purpose.iter().copied().collect()),
        embargo: args.embargo,
        expires: args.until,
    };
    let said: Vec<&Narrowing> = marks.said_of(source, scope).into_iter().collect();
    let former = under(of_all, &said);
    let marking = match args.show && says_nothing(args) {
        true => former,
        false => {
            if says_nothing(args) {
                return Err(Failure::new("says-nothing", format!("{name}: nothing is said of it"))
                    .hint("say --tlp, --group, --purpose, --until or --embargo, or --as-source"));
            }
            let marking = under(of_all, &[&narrowing]);
            check(Some(&former), &marking, reader, directory, now)?;
            marking
        }
    };
    let audience = audience(&marking, reader, directory, now)
        .map_err(|refused| Failure::new("not-allowed", refused.to_string()))?;
    show(&name, &marking, &audience, everywhere)?;
    if args.show {
        remark(everywhere, "nothing was changed");
        return Ok(Went::Fine);
    }
    log.narrow(&narrowing)?;
    kept(args, by, everywhere);
    Ok(Went::Fine)
}

fn says_nothing(args: &SharingOf) -> bool {
    args.tlp.is_none()
        && args.pap.is_none()
        && args.group.is_empty()
        && args.purpose.is_empty()
        && args.until.is_none()
        && args.embargo.is_none()
}

/// Whether the owner may mark a source so that anyone sees it, once two of its people agree.
pub(super) fn check_public(path: &Path, log: &Exchange, sharing: &Sharing) -> Result<(), Failure> {
    let pool = open(path, Access::Read)?;
    let now = Moment::parse(&now())
        .ok_or_else(|| Failure::new("bad-clock", "the clock shows no time of this era"))?;
    let directory = directory(log)?;
    let marks = Marks::of(&pool, log)?;
    let former = marks.sources.get(&sharing.source);
    let by = sharing.marking.originator.as_ref().expect("it is asked for by a member");
    if let Some(owner) = former.and_then(|it| it.originator.as_ref()).filter(|it| *it != by) {
        let what = format!("{}: {} is {owner}'s, not {by}'s", path.display(), sharing.source);
        return Err(Failure::new("not-theirs", what)
            .hint("only the member who contributed reports says what is allowed with them"));
    }
    let roles = [Role::Contributor, Role::Releaser];
    let purposes = directory.member(by).map(|it| it.purposes.clone()).unwrap_or_default();
    let reader = Reader::of(&directory, by, roles, purposes);
    check(former, &sharing.marking, &reader, &directory, now)
}

pub(super) fn licence_of(
    pool: &Pool,
    source: &SourceName,
) -> Result<sheaf_model::Licence, Failure> {
    let sources = pipeline::sources(&pool.imports()?);
    if let Some(found) = sources.iter().find(|it| it.name == *source) {
        return Ok(found.licence);
    }
    let failure = Failure::new(
        "no-such-source",
        format!("{}: the pool has nothing by {source}", pool.path().display()),
    );
    Err(match suggest::nearest(source.as_str(), sources.iter().map(|it| it.name.as_str())) {
        Some(near) => failure.hint(format!("did you mean {near}?")),
        None => failure.hint(format!("`sheaf sources {}` lists them", pool.path().display())),
    })
}

/// Whose the source is. Once said it stays so: only the originator widens, revises and withdraws.
fn owner(
    args: &SharingOf,
    source: &SourceName,
    former: Option<&Marking>,
    directory: &Directory,
) -> Result<MemberId, Failure> {
    let pool = args.pool.display();
    let kept = former.and_then(|former| former.originator.clone());
    match (&args.by, kept) {
        (Some(by), Some(kept)) if *by != kept => {
            Err(Failure::new("not-theirs", format!("{pool}: {source} is {kept}'s, not {by}'s"))
                .hint("only the member who contributed reports says what is allowed with them"))
        }
        (Some(by), _) if directory.member(by).is_none() => {
            let failure =
                Failure::new("no-such-member", format!("{pool}: there is no member {by}"));
            let near = suggest::nearest(by.as_str(), directory.members().map(|it| it.id.as_str()));
            Err(match near {
                Some(near) => failure.hint(format!("did you mean {near}?")),
                None => failure.hint(format!("sheaf member add {pool} {by}")),
            })
        }
        (Some(by), _) => Ok(by.clone()),
        (None, Some(kept)) => Ok(kept),
        (None, None) => {
            let mut members = directory.members();
            match (members.next(), members.next()) {
                (Some(only), None) => Ok(only.id.clone()),
                _ => {
                    Err(Failure::new("whose", format!("{pool}: nobody said yet whose {source} is"))
                        .hint("say --by MEMBER"))
                }
            }
        }
    }
}

fn check(
    former: Option<&Marking>,
    marking: &Marking,
    reader: &Reader,
    directory: &Directory,
    now: Moment,
) -> Result<(), Failure> {
    // What has expired is there for nobody, and is marked as if for the first time.
    let former = former.filter(|former| former.expires.is_none_or(|end| now < end));
    let why = match former {
        Some(former) => may_change(former, Change::Mark(marking), reader, directory, now)
            .map_err(|refused| refused.to_string()),
        None => may_write(marking, reader, directory, now).map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            faults.join("\n")
        }),
    };
    why.map_err(|why| Failure::new("not-allowed", why))
}

fn show(
    name_of_it: &str,
    marking: &Marking,
    audience: &Audience,
    everywhere: &Everywhere,
) -> Result<(), Failure> {
    let name = |who: &Who| match who {
        Who::Member(member) => member.to_string(),
        Who::Anyone => "anyone".to_owned(),
    };
    if everywhere.json {
        let lines: Vec<_> = audience
            .lines
            .iter()
            .map(|line| {
                json!({
                    "who": name(&line.who),
                    "sees": line.decision.is_yes(),
                    "because": because(&line.decision),
                })
            })
            .collect();
        return print_json(&json!({
            "source": name_of_it,
            "tlp": marking.tlp.name(),
            "pap": marking.pap.name(),
            "readers": lines,
        }));
    }
    let wide = audience.lines.iter().map(|line| name(&line.who).len()).max().unwrap_or(0);
    for line in &audience.lines {
        print(&format!("{:wide$}  {}\n", name(&line.who), line.decision))?;
    }
    remark(
        everywhere,
        &format!(
            "{name_of_it}: TLP:{}, PAP:{}; {} would see it",
            marking.tlp.name().to_uppercase(),
            marking.pap.name().to_uppercase(),
            counted(audience.n_members() as u64, "member")
        ),
    );
    for group in &audience.unknown_groups {
        remark(everywhere, &format!("the group {group} is not known to its owner"));
    }
    Ok(())
}

fn because(decision: &Decision) -> String {
    match decision {
        Decision::Yes(because) => because.to_string(),
        Decision::No(why_not) => why_not.to_string(),
    }
}
