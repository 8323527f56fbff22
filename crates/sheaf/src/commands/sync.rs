//! `sheaf sync`: keeping a collection in step with one elsewhere.
//!
//! Exit code 0: all has passed. 1: all has been gone through, and some objects were refused here or there.
//! 2: it stopped before the end, and the message says what is left; the same command goes on from there.

use serde_json::json;
use sheaf_desk::{ByMarking, Step, Synced, Syncing, pass_moments, sync as run_sync};
use sheaf_store::exchange::Exchange;

use super::{Went, counted, now_micros, print, print_json, remark};
use crate::args::{Everywhere, SyncOf};
use crate::failure::Failure;
use crate::progress::Progress;

/// So many refused objects are named.
const NAMED: usize = 20;

pub fn sync(args: &SyncOf, everywhere: &Everywhere) -> Result<Went, Failure> {
    let token = token(args)?;
    let log = Exchange::open(&args.pool)?;
    let is_far = args.url.starts_with("http://")
        && !["http://127.0.0.1", "http://localhost", "http://[::1]"]
            .iter()
            .any(|near| args.url.starts_with(near));
    if is_far {
        remark(everywhere, "warning: the token travels in the clear; use https://");
    }
    let how = Syncing {
        url: &args.url,
        token: &token,
        trusted: args.ca_cert.as_deref(),
        member: args.member.as_deref(),
        collection: args.collection.as_deref(),
        pull: !args.push,
        push: !args.pull,
        is_rehearsal: args.dry_run,
        afresh: args.afresh,
    };
    let (pulling, pushing) =
        (Progress::counting("objects pulled", everywhere.quiet), std::cell::OnceCell::new());
    let mut told = |step| match step {
        Step::Pulled(n) => pulling.at(n),
        Step::Pushed(n) => {
            pushing.get_or_init(|| Progress::counting("objects pushed", everywhere.quiet)).at(n)
        }
    };
    // What came out of an embargo since is new to the peer, and what is over is told of.
    if !args.dry_run {
        pass_moments(&log, &ByMarking::default(), now_micros())?;
    }
    let synced = run_sync(&log, &ByMarking::default(), &how, now_micros, &mut told)?;
    drop((pulling, pushing));
    report(args, &synced, everywhere)
}

fn report(args: &SyncOf, synced: &Synced, everywhere: &Everywhere) -> Result<Went, Failure> {
    let (pulled, pushed) = (&synced.pulled, &synced.pushed);
    for (side, refused) in [("here", &pulled.refused), ("there", &pushed.refused)] {
        for (id, why) in refused.iter().take(NAMED) {
            remark(everywhere, &format!("not taken {side}: {id}: {why}"));
        }
        if refused.len() > NAMED {
            let more = counted((refused.len() - NAMED) as u64, "more object");
            remark(everywhere, &format!("not taken {side}: {more}"));
        }
    }
    if pulled.n_held > 0 {
        let pool = args.pool.display();
        remark(
            everywhere,
            &format!("held here: a text may name a person; `sheaf held {pool} list`"),
        );
    }
    for (id, why) in pushed.held.iter().take(NAMED) {
        remark(everywhere, &format!("{why} (there: {id})"));
    }
    if everywhere.json {
        let refused = |list: &[(String, String)]| -> Vec<_> {
            list.iter().map(|(id, why)| json!({ "id": id, "why": why })).collect()
        };
        print_json(&json!({
            "url": synced.url,
            "dry_run": args.dry_run,
            "pulled": {
                "read": pulled.n_read, "new": pulled.n_new, "held": pulled.n_held,
                "known": pulled.n_known,
                "withdrawn": pulled.n_withdrawn, "refused": refused(&pulled.refused),
            },
            "pushed": {
                "sent": pushed.n_sent, "held": refused(&pushed.held), "refused": refused(&pushed.refused),
            },
            "stopped": synced.stopped.is_some(),
        }))?;
    } else {
        print(&summary(args, synced))?;
    }
    if let Some(stopped) = &synced.stopped {
        let mut left = Vec::new();
        if stopped.more_to_pull {
            left.push("what is new there".to_owned());
        }
        if stopped.n_to_push > 0 {
            left.push(format!("{} to push", counted(stopped.n_to_push, "object")));
        }
        let left = match left.is_empty() {
            true => String::new(),
            false => format!("; left: {}", left.join(" and ")),
        };
        let failure = Failure::new(stopped.why.code, format!("{}{left}", stopped.why.what));
        return Err(match stopped.why.hint.is_empty() {
            true => failure,
            false => failure.hint(&stopped.why.hint),
        });
    }
    match pulled.refused.is_empty() && pushed.refused.is_empty() {
        true => Ok(Went::Fine),
        false => Ok(Went::Doubts),
    }
}

fn summary(args: &SyncOf, synced: &Synced) -> String {
    let (pulled, pushed) = (&synced.pulled, &synced.pushed);
    let mut text = format!("{}\n", synced.url);
    let would = if args.dry_run { "would be " } else { "" };
    if !args.push {
        text.push_str(&format!(
            "  {} {would}pulled: {} new, {} held, {} known, {} withdrawn, {} refused\n",
            counted(pulled.n_read, "object"),
            pulled.n_new,
            pulled.n_held,
            pulled.n_known,
            pulled.n_withdrawn,
            pulled.refused.len(),
        ));
    }
    if !args.pull {
        text.push_str(&format!(
            "  {} {would}pushed: {} held there, {} refused\n",
            counted(pushed.n_sent, "object"),
            pushed.held.len(),
            pushed.refused.len(),
        ));
    }
    text
}

/// The token comes from a file or from the environment: what stands on a command line, others can read.
fn token(args: &SyncOf) -> Result<String, Failure> {
    let text = match &args.token_file {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|err| Failure::new("cannot-read", format!("{}: {err}", path.display())))?,
        None => std::env::var(&args.token_env).unwrap_or_default(),
    };
    let token = text.trim();
    let is_fine = !token.is_empty() && token.chars().all(|it| it.is_ascii_graphic() || it == ' ');
    match is_fine {
        true => Ok(token.to_owned()),
        false => {
            let place = match &args.token_file {
                Some(path) => path.display().to_string(),
                None => format!("the environment variable {}", args.token_env),
            };
            Err(Failure::new("no-token", format!("{place}: there is no token here"))
                .hint("the office that runs the server makes one with `sheaf token add`"))
        }
    }
}
