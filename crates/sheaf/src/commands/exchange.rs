//! `sheaf serve`, `sheaf exchange`, `sheaf member`, `sheaf account`, `sheaf token`: what other
//! organisations come to, and who may come.
//!
//! None of them takes the pool's lock: files can be added while the server runs.

use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use sheaf_desk::{
    ByMarking, Desk, DeskError, Serving as Listening, Settings, Tls, hash_password, import,
    is_free_region, new_password, new_token, serve as serve_desk, token_digest,
};
use sheaf_model::{Region, Sector};
use sheaf_store::Pool;
use sheaf_store::exchange::{Exchange, NewAccount as Account, Right, stamp_text};

use super::publish;
use super::{Went, counted, now_micros, print, print_json, remark};
use crate::args::{
    Accounting, Everywhere, Exchanging, Membership, NewAccount, RoleWord, Scope, Serving, Tokens,
};
use crate::desk::PoolPages;
use crate::failure::Failure;
use crate::suggest;

impl From<DeskError> for Failure {
    fn from(err: DeskError) -> Failure {
        let failure = Failure::new(err.code, err.what);
        if err.hint.is_empty() { failure } else { failure.hint(err.hint) }
    }
}

pub fn serve(args: &Serving, everywhere: &Everywhere) -> Result<Went, Failure> {
    let log = Exchange::open(&args.pool)?;
    let pool = args.pool.display().to_string();
    if log.accounts()?.is_empty() {
        remark(
            everywhere,
            &format!(
                "nobody can sign in yet; while this runs, make the first member and its admin:\n  \
                 sheaf member add {pool} MEMBER\n  \
                 sheaf account add {pool} NAME --member MEMBER --role admin --role contributor \
                 --read all --write all"
            ),
        );
    }
    let settings = Settings {
        page_size: args.page_size,
        requests_per_second: f64::from(args.requests_per_second),
    };
    let pages = Arc::new(PoolPages::of(&args.pool)?);
    let mut desk = Desk::new(log, Box::new(ByMarking::default()), settings)?
        .with_pages(pages)
        .by_clock(now_micros);
    // Whoever can open a port on this machine can read the pool's files as well; from elsewhere nobody is let
    // in without a name.
    let here = match args.listen.ip().is_loopback() {
        true => Some(desk.open_here()?),
        false => None,
    };
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(certificate), Some(key)) => {
            Some(Tls { certificate: certificate.clone(), key: key.clone() })
        }
        _ => None,
    };
    if tls.is_none() && !args.listen.ip().is_loopback() {
        remark(
            everywhere,
            "warning: passwords travel in the clear; give --tls-cert and --tls-key, or listen on \
             127.0.0.1 behind a proxy that does TLS",
        );
    }
    let scheme = if tls.is_some() { "https" } else { "http" };
    let mut printed = Ok(());
    serve_desk(desk, &Listening { listen: args.listen, tls }, |at| {
        let here = here.as_ref().map_or(String::new(), |path| {
            format!("{scheme}://{at}{path}  (opens the desk, on this machine only)\n")
        });
        printed = print(&format!("{scheme}://{at}/taxii2/\n{here}"));
        let _ = std::io::stdout().flush();
    })?;
    printed.map(|()| Went::Fine)
}

pub fn exchange(what: &Exchanging, everywhere: &Everywhere) -> Result<Went, Failure> {
    match what {
        Exchanging::Import { pool, file } => take_over(pool, file, everywhere),
        Exchanging::Publish { pool, by, collection } => {
            publish::publish(pool, by, collection.as_deref(), everywhere)
        }
        Exchanging::Collections { pool } => collections(pool, everywhere),
    }
}

fn take_over(pool: &Path, file: &Path, everywhere: &Everywhere) -> Result<Went, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|err| Failure::new("cannot-read", format!("{}: {err}", file.display())))?;
    drop(Pool::create_or_open(pool)?);
    let log = Exchange::open(pool)?;
    let imported = import(&log, file, &text, now_micros())?;
    for refused in &imported.refused {
        remark(
            everywhere,
            &format!("not taken: {} {}: {}", refused.id, refused.version, refused.why),
        );
    }
    if imported.n_held > 0 {
        remark(
            everywhere,
            &format!(
                "{} held, for whoever signs in from that server: `sheaf held {} list` says why",
                counted(imported.n_held as u64, "object"),
                pool.display()
            ),
        );
    }
    for name in &imported.without_password {
        remark(
            everywhere,
            &format!(
                "{name} cannot sign in: its password is kept there in a form that is none here"
            ),
        );
    }
    if let Some(size) = imported.page_size {
        remark(
            everywhere,
            &format!("that server had pages of {size}: sheaf serve --page-size {size}"),
        );
    }
    if everywhere.json {
        print_json(&json!({
            "roots": imported.n_roots,
            "collections": imported.n_collections,
            "objects": imported.n_objects,
            "held": imported.n_held,
            "accounts": imported.n_accounts,
            "refused": imported.refused.len(),
        }))?;
        return Ok(Went::Fine);
    }
    print(&format!(
        "{}: {}, {}, {} and {} taken over, {} refused\n",
        file.display(),
        counted(imported.n_roots as u64, "API root"),
        counted(imported.n_collections as u64, "collection"),
        counted(imported.n_objects as u64, "object"),
        counted(imported.n_accounts as u64, "account"),
        imported.refused.len(),
    ))?;
    Ok(Went::Fine)
}

fn collections(pool: &Path, everywhere: &Everywhere) -> Result<Went, Failure> {
    let log = Exchange::open(pool)?;
    let mut listed = Vec::new();
    for root in log.roots()? {
        for collection in log.collections(root.root)? {
            listed.push((root.path.clone(), collection));
        }
    }
    if everywhere.json {
        let listed: Vec<_> = listed
            .iter()
            .map(|(root, it)| json!({ "root": root, "id": it.id, "title": it.title }))
            .collect();
        print_json(&json!(listed))?;
        return Ok(Went::Fine);
    }
    for (root, collection) in listed {
        print(&format!("/{root}/  {}  {}\n", collection.id, collection.title))?;
    }
    Ok(Went::Fine)
}

pub fn member(what: &Membership, everywhere: &Everywhere) -> Result<Went, Failure> {
    match what {
        Membership::Add { pool, name, region, sector, purposes } => {
            check_region(region)?;
            let log = Exchange::open(pool)?;
            let sector = sector.map_or("", Sector::name);
            let member = log.add_member(name.as_str(), region, sector)?;
            log.set_purposes(member, &purposes.iter().copied().collect())?;
            remark(everywhere, &format!("{name} takes part"));
            if purposes.is_empty() {
                remark(
                    everywhere,
                    "it reads for no purpose yet, so it sees its own reports and what is public; \
                     say --purposes, or `sheaf member purposes`",
                );
            }
        }
        Membership::Purposes { pool, name, purposes } => {
            let log = Exchange::open(pool)?;
            let member = known_member(&log, pool, name)?;
            log.set_purposes(member, &purposes.iter().copied().collect())?;
            let words: Vec<&str> = purposes.iter().map(|it| it.name()).collect();
            let words = if words.is_empty() { "nothing".to_owned() } else { words.join(", ") };
            remark(everywhere, &format!("{name} reads for {words}"));
        }
        Membership::List { pool } => {
            for member in Exchange::open(pool)?.members()? {
                print(&format!("{}  {}  {}\n", member.name, member.region, member.sector))?;
            }
        }
    }
    Ok(Went::Fine)
}

pub fn account(what: &Accounting, everywhere: &Everywhere) -> Result<Went, Failure> {
    match what {
        Accounting::Add(args) => add_account(args, everywhere),
        Accounting::Password { pool, name, password_stdin } => {
            let log = Exchange::open(pool)?;
            let account = known_account(&log, pool, name)?;
            let (password, is_new) = match password_stdin {
                true => (password_from_stdin()?, false),
                false => (new_password()?, true),
            };
            log.set_password(account, &hash_password(&password)?)?;
            tell_password(&password, is_new, everywhere)?;
            remark(everywhere, &format!("whoever was signed in as {name} no longer is"));
            Ok(Went::Fine)
        }
        Accounting::Close { pool, name } => {
            let log = Exchange::open(pool)?;
            log.close_account(known_account(&log, pool, name)?)?;
            remark(everywhere, &format!("{name} is closed"));
            Ok(Went::Fine)
        }
    }
}

fn add_account(args: &NewAccount, everywhere: &Everywhere) -> Result<Went, Failure> {
    word("an account", &args.name)?;
    let log = Exchange::open(&args.pool)?;
    let member = known_member(&log, &args.pool, &args.member)?;
    let mut rights = Vec::new();
    for (ids, right) in [
        (&args.read, Right { can_read: true, can_write: false }),
        (&args.write, Right { can_read: false, can_write: true }),
    ] {
        for id in ids {
            rights.push((known_collection(&log, &args.pool, id)?, right));
        }
    }
    let (password, is_new) = match args.password_stdin {
        true => (password_from_stdin()?, false),
        false => (new_password()?, true),
    };
    let hash = hash_password(&password)?;
    let roles: Vec<&str> = args.role.iter().map(|role| role_name(*role)).collect();
    let new = Account { name: &args.name, member, password: &hash, roles: &roles, imported: false };
    let account = log.add_account(&new)?;
    let merged = |collection: Option<i64>| {
        let of_it = || rights.iter().filter(|(its, _)| *its == collection);
        Right {
            can_read: of_it().any(|(_, right)| right.can_read),
            can_write: of_it().any(|(_, right)| right.can_write),
        }
    };
    for (collection, _) in &rights {
        log.allow(account, *collection, merged(*collection))?;
    }
    if rights.is_empty() {
        remark(everywhere, "it may do nothing yet: no collection was named with --read or --write");
    }
    tell_password(&password, is_new, everywhere)?;
    Ok(Went::Fine)
}

/// Prints a password that was made here, the only time that it can be.
fn tell_password(password: &str, is_new: bool, everywhere: &Everywhere) -> Result<(), Failure> {
    if is_new {
        print(&format!("{password}\n"))?;
        remark(everywhere, "this is the password; it is not kept and cannot be shown again");
    }
    Ok(())
}

pub fn token(what: &Tokens, everywhere: &Everywhere) -> Result<Went, Failure> {
    match what {
        Tokens::Add { pool, account, label, scope, days } => {
            let log = Exchange::open(pool)?;
            let account = known_account(&log, pool, account)?;
            let expires = now_micros() + i64::from(*days) * 86_400_000_000;
            let scope =
                Right { can_read: *scope != Scope::Write, can_write: *scope != Scope::Read };
            let token = new_token()?;
            let number = log.add_token(account, label, &token_digest(&token), scope, expires)?;
            print(&format!("{token}\n"))?;
            remark(
                everywhere,
                &format!(
                    "this is token {number}, until {}; it is not kept and cannot be shown again",
                    stamp_text(expires)
                ),
            );
        }
        Tokens::Close { pool, token } => {
            if !Exchange::open(pool)?.close_token(*token)? {
                return Err(Failure::new(
                    "no-such-token",
                    format!("{}: there is no token {token}", pool.display()),
                )
                .hint("its number was printed when it was made"));
            }
            remark(everywhere, &format!("token {token} is closed"));
        }
    }
    Ok(Went::Fine)
}

fn password_from_stdin() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|err| Failure::new("cannot-read", format!("standard input: {err}")))?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.chars().count() < 8 {
        return Err(Failure::new("short-password", "standard input: the password is too short")
            .hint("give 8 characters at least, or leave --password-stdin out"));
    }
    Ok(password.to_owned())
}

fn role_name(role: RoleWord) -> &'static str {
    match role {
        RoleWord::Contributor => "contributor",
        RoleWord::Reviewer => "reviewer",
        RoleWord::Releaser => "releaser",
        RoleWord::Auditor => "auditor",
        RoleWord::Admin => "admin",
        RoleWord::Relay => "relay",
    }
}

/// A region is a word, so that two members mean the same by it.
fn check_region(region: &str) -> Result<(), Failure> {
    let checked = Region::new(region).map_err(|err| err.to_string());
    match checked {
        _ if region.is_empty() => Ok(()),
        Ok(region) if is_free_region(&region) => Ok(()),
        Ok(region) => Err(Failure::new("bad-name", format!("--region: \"{region}\" is taken"))
            .hint("choose another word")),
        Err(why) => Err(Failure::new("bad-name", format!("--region: {why}"))),
    }
}

/// Names stand in files, addresses and headers: one word each.
fn word(what: &str, name: &str) -> Result<(), Failure> {
    let fine = !name.is_empty()
        && name.len() <= 64
        && name.chars().all(|it| it.is_alphanumeric() || "-_.@".contains(it));
    match fine {
        true => Ok(()),
        false => Err(Failure::new("bad-name", format!("\"{name}\" is no name for {what}"))
            .hint("a name has letters, digits and - _ . @, at most 64")),
    }
}

pub(super) fn known_member(log: &Exchange, pool: &Path, name: &str) -> Result<i64, Failure> {
    if let Some(member) = log.member(name)? {
        return Ok(member);
    }
    let members = log.members()?;
    let failure =
        Failure::new("no-such-member", format!("{}: there is no member {name}", pool.display()));
    Err(match suggest::nearest(name, members.iter().map(|it| it.name.as_str())) {
        Some(near) => failure.hint(format!("did you mean {near}?")),
        None => failure.hint(format!("sheaf member add {} {name}", pool.display())),
    })
}

fn known_account(log: &Exchange, pool: &Path, name: &str) -> Result<i64, Failure> {
    if let Some(account) = log.account(name)? {
        return Ok(account.account);
    }
    let accounts = log.accounts()?;
    let failure =
        Failure::new("no-such-account", format!("{}: there is no account {name}", pool.display()));
    Err(match suggest::nearest(name, accounts.iter().map(|it| it.name.as_str())) {
        Some(near) => failure.hint(format!("did you mean {near}?")),
        None => {
            failure.hint(format!("sheaf account add {} {name} --member MEMBER", pool.display()))
        }
    })
}

pub(super) fn known_collection(
    log: &Exchange,
    pool: &Path,
    id: &str,
) -> Result<Option<i64>, Failure> {
    if id == "all" {
        return Ok(None);
    }
    for root in log.roots()? {
        if let Some(collection) = log.collection(root.root, id)? {
            return Ok(Some(collection.collection));
        }
    }
    Err(Failure::new(
        "no-such-collection",
        format!("{}: there is no collection {id}", pool.display()),
    )
    .hint(format!(
        "`sheaf exchange collections {}` lists them; all stands for every one",
        pool.display()
    )))
}
