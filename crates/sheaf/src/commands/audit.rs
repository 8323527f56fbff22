//! `sheaf audit`: the log of who did what, checked, signed, co-signed and read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use sheaf_desk::{FOR, cosigner_key, log_key, origin, settle, sign, token, verify_key};
use sheaf_model::{MemberId, ReportId};
use sheaf_share::Hash;
use sheaf_share::audit::{
    Act, Checkpoint, Deed, Entry, Outcome, Reader, Token, Trust, consistency_proof, cosign,
    first_line, verify,
};
use sheaf_share::stix::StixId;
use sheaf_store::exchange::Exchange;

use super::{Went, counted, grouped, now_micros, print, print_json, remark};
use crate::args::{Audit, Auditing, Everywhere};
use crate::failure::Failure;

pub fn audit(args: &Auditing, everywhere: &Everywhere) -> Result<Went, Failure> {
    let log = Exchange::open(&args.pool)?;
    // What was done before now belongs into the log that is asked.
    settle(&log, &[], now_micros())?;
    match &args.what {
        Audit::Verify { log: file, checkpoints, key, cosigners } => {
            let trust = trust(&log, key.as_deref(), cosigners)?;
            let bytes = match file {
                Some(file) => read(file)?,
                None => text(&log)?.into_bytes(),
            };
            let mut notes = Vec::new();
            if file.is_none() {
                notes.extend(log.checkpoints()?.into_iter().map(|(_, note)| note.into_bytes()));
            }
            for file in checkpoints {
                notes.push(read(file)?);
            }
            checked(&bytes, &notes, &trust, everywhere)
        }
        Audit::Export { out } => {
            write(out, text(&log)?.as_bytes())?;
            remark(everywhere, &format!("the key of this log: {}", log_key(&log)?.verify_key()));
            Ok(Went::Fine)
        }
        Audit::Checkpoint { out } => checkpoint(&log, out.as_deref(), everywhere),
        Audit::Cosign { file, key, out } => cosigned(&log, file, key, out, everywhere),
        Audit::Take { file } => take(&log, file, everywhere),
        Audit::Key => {
            let (ours, cosigner) = (log_key(&log)?.verify_key(), cosigner_key(&log)?.verify_key());
            if everywhere.json {
                print_json(&json!({ "log": ours.to_string(), "cosigner": cosigner.to_string() }))?;
            } else {
                print(&format!("log       {ours}\ncosigner  {cosigner}\n"))?;
            }
            Ok(Went::Fine)
        }
        Audit::List { last, member, deed } => list(&log, *last, member, deed, everywhere),
        Audit::WhoSaw { ids } => who_saw(&log, ids, everywhere),
    }
}

/// The log as text.
fn text(log: &Exchange) -> Result<String, Failure> {
    let mut text = first_line(&origin(log)?);
    log.for_each_audit_line(0, |_, line| text.push_str(line))?;
    Ok(text)
}

fn trust(log: &Exchange, key: Option<&str>, cosigners: &[String]) -> Result<Trust, Failure> {
    let log_key = match key {
        Some(key) => verify_key(key)?,
        None => log_key(log)?.verify_key(),
    };
    let cosigners: Vec<_> = cosigners.iter().map(|it| verify_key(it)).collect::<Result<_, _>>()?;
    Ok(Trust { origin: log_key.name().to_owned(), log: log_key, cosigners, n_cosigners: 0 })
}

fn checked(
    bytes: &[u8],
    notes: &[Vec<u8>],
    trust: &Trust,
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    let notes: Vec<&[u8]> = notes.iter().map(Vec::as_slice).collect();
    let verdict = verify(bytes, &notes, trust, &[]);
    if everywhere.json {
        print_json(&json!({
            "log": trust.origin,
            "entries": verdict.n_read,
            "signed": verdict.n_signed,
            "cosigned": verdict.n_cosigned,
            "checkpoints": notes.len(),
            "first_bad_entry": verdict.first_bad_entry(),
            "problems": verdict.problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }))?;
    } else {
        print(&format!(
            "{}: {}; {} signed, {} co-signed by {} of {}\n",
            trust.origin,
            in_entries(verdict.n_read),
            verdict.n_signed,
            verdict.n_cosigned,
            counted(trust.cosigners.len() as u64, "trusted member"),
            counted(notes.len() as u64, "checkpoint"),
        ))?;
    }
    if verdict.is_sound() {
        if verdict.n_signed < verdict.n_read {
            let open = verdict.n_read - verdict.n_signed;
            remark(
                everywhere,
                &format!(
                    "the last {open} could still be changed unseen: `sheaf audit POOL checkpoint` signs them"
                ),
            );
        }
        return Ok(Went::Fine);
    }
    let problems: Vec<String> = verdict.problems.iter().map(ToString::to_string).collect();
    let failure = Failure::new("log-altered", problems.join("; "));
    Err(match verdict.first_bad_entry() {
        Some(entry) => failure.hint(format!("the first entry that is not as it was: {entry}")),
        None => failure.hint("no entry is to blame; look at the checkpoints and keys"),
    })
}

fn checkpoint(
    log: &Exchange,
    out: Option<&Path>,
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    let Some(note) = sign(log)? else {
        return Err(Failure::new("empty-log", "nothing was done yet, so there is nothing to sign"));
    };
    let Some(out) = out else {
        print(&note)?;
        return Ok(Went::Fine);
    };
    write(out, note.as_bytes())?;
    let leaves = leaves(log)?;
    // The signature of the log itself is one of them.
    let known = log.checkpoints()?.into_iter().rev().find(|(_, note)| n_signatures(note) > 1);
    let since = known.map_or(0, |(size, _)| size.cast_unsigned());
    let proof = match since {
        0 => Vec::new(),
        since => consistency_proof(&leaves, since).unwrap_or_default(),
    };
    let lines: String = proof.iter().map(|hash| format!("{}\n", hash.to_base64())).collect();
    let beside = proof_of(out);
    write(&beside, lines.as_bytes())?;
    remark(
        everywhere,
        &format!(
            "{} signed in {}; give it with {} to the member who co-signs, and the key {}",
            in_entries(leaves.len() as u64),
            out.display(),
            beside.display(),
            log_key(log)?.verify_key()
        ),
    );
    Ok(Went::Fine)
}

fn n_signatures(note: &str) -> usize {
    note.lines().filter(|line| line.starts_with("— ")).count()
}

fn leaves(log: &Exchange) -> Result<Vec<Hash>, Failure> {
    Ok(entries(log)?.into_iter().map(|entry| entry.leaf).collect())
}

/// Every entry; a failure that names the first line that is none.
fn entries(log: &Exchange) -> Result<Vec<Entry>, Failure> {
    let origin = origin(log)?;
    let first = first_line(&origin);
    let broken = |entry: i64, why: String| {
        Failure::new("log-altered", format!("entry {entry} of the audit log: {why}"))
            .hint("`sheaf audit POOL verify` says more")
    };
    let mut reader =
        Reader::new(&origin, first.as_bytes()).map_err(|why| broken(0, why.to_string()))?;
    let (mut entries, mut failed) = (Vec::new(), None);
    log.for_each_audit_line(0, |number, line| match reader.line(line.as_bytes()) {
        Ok(entry) if failed.is_none() => entries.push(entry),
        Ok(_) => {}
        Err(why) => {
            failed.get_or_insert((number, why.to_string()));
        }
    })?;
    match failed {
        Some((number, why)) => Err(broken(number, why)),
        None => Ok(entries),
    }
}

fn cosigned(
    log: &Exchange,
    file: &Path,
    key: &str,
    out: &Path,
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    let their_key = verify_key(key)?;
    let origin = their_key.name().to_owned();
    let trust =
        Trust { origin: origin.clone(), log: their_key, cosigners: Vec::new(), n_cosigners: 0 };
    let refuse = |why: String| {
        Failure::new("not-cosigned", format!("{}: {why}", file.display())).hint(
            "nothing was signed; ask that member, and do not take a new log under an old name",
        )
    };
    let known = match log.witnessed(&origin)? {
        None => None,
        Some(note) => {
            let opened = Checkpoint::open(note.as_bytes(), &trust);
            Some(opened.map_err(|why| refuse(why.to_string()))?.checkpoint)
        }
    };
    let proof = match known {
        None => Vec::new(),
        Some(_) => String::from_utf8_lossy(&read(&proof_of(file))?)
            .lines()
            .map(|line| {
                Hash::from_base64(line).ok_or_else(|| refuse("its proof is none".to_owned()))
            })
            .collect::<Result<_, _>>()?,
    };
    let ours = cosigner_key(log)?;
    let at = now_micros() / 1_000_000;
    let signed = cosign(&read(file)?, &trust, known.as_ref(), &proof, &ours, at.cast_unsigned());
    let (note, checkpoint) = signed.map_err(|why| refuse(why.to_string()))?;
    let note = note.to_string();
    log.set_witnessed(&origin, checkpoint.size.cast_signed(), &note)?;
    write(out, note.as_bytes())?;
    remark(
        everywhere,
        &format!(
            "{origin}: {} co-signed in {}; give it back with the key {}",
            in_entries(checkpoint.size),
            out.display(),
            ours.verify_key()
        ),
    );
    Ok(Went::Fine)
}

fn take(log: &Exchange, file: &Path, everywhere: &Everywhere) -> Result<Went, Failure> {
    let bytes = read(file)?;
    let opened = Checkpoint::open(&bytes, &trust(log, None, &[])?)
        .map_err(|why| Failure::new("not-a-checkpoint", format!("{}: {why}", file.display())))?;
    let note = String::from_utf8_lossy(&bytes).into_owned();
    log.keep_checkpoint(opened.checkpoint.size.cast_signed(), &note)?;
    let others = n_signatures(&note).saturating_sub(1) as u64;
    remark(everywhere, &format!("kept, with {} of others", counted(others, "signature")));
    Ok(Went::Fine)
}

fn list(
    log: &Exchange,
    last: u64,
    member: &Option<String>,
    deed: &Option<String>,
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    let member = member.as_deref().map(token);
    let acts: Vec<(u64, Act)> = entries(log)?
        .into_iter()
        .filter_map(|entry| Some((entry.index, entry.act?.ok()?)))
        .filter(|(_, act)| member.as_ref().is_none_or(|it| act.who.member == *it))
        .filter(|(_, act)| deed.as_ref().is_none_or(|it| words(&act.deed).0 == it))
        .collect();
    let shown = &acts[acts.len().saturating_sub(usize::try_from(last).unwrap_or(usize::MAX))..];
    if everywhere.json {
        let acts = shown.iter().map(|(index, act)| {
            let mut told = serde_json::from_str(&act.to_json()).unwrap_or(json!({}));
            told["entry"] = json!(index);
            told
        });
        print_json(&acts.collect())?;
        return Ok(Went::Fine);
    }
    for (index, act) in shown {
        let (kind, how) = words(&act.deed);
        let refused = match &act.outcome {
            Outcome::Done => String::new(),
            Outcome::Refused { rule } => format!("  refused by {rule}"),
            Outcome::Failed { why } => format!("  failed: {why}"),
        };
        let what = match act.what.as_slice() {
            [] => String::new(),
            [one] => one.to_string(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        };
        print(&format!(
            "{index}  {}  {}/{}  {kind} {how}  {what}{refused}\n",
            time(act.at_ms),
            act.who.member,
            act.who.account
        ))?;
    }
    Ok(Went::Fine)
}

fn words(deed: &Deed) -> (&'static str, String) {
    match deed {
        Deed::Read { purpose } => ("read", purpose.to_string()),
        Deed::Share { marking, .. } => ("share", marking.to_string()),
        Deed::Export { format, .. } => ("export", format.to_string()),
        Deed::Decision { decided } => ("decision", decided.to_string()),
        Deed::Admin { action } => ("admin", action.to_string()),
    }
}

fn time(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms)
        .map_or_else(|_| at_ms.to_string(), |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// Organisations that were shown something, and never which of their accounts: readers are answerable, and
/// nobody is watched.
fn who_saw(log: &Exchange, ids: &[String], everywhere: &Everywhere) -> Result<Went, Failure> {
    let mut wanted: BTreeSet<String> = ids.iter().map(|id| token(id).to_string()).collect();
    // A report is read as the object that was made of it, too.
    for report in ids.iter().filter_map(|id| ReportId::parse(id)) {
        for member in log.members()? {
            if let Ok(member) = MemberId::new(&member.name) {
                wanted.insert(StixId::of_report(&member, &report).to_string());
            }
        }
    }
    let mut seen: BTreeMap<(String, String), (u64, i64, i64)> = BTreeMap::new();
    for entry in entries(log)? {
        let Some(Ok(act)) = entry.act else { continue };
        let Some(member) = reader(&act) else { continue };
        for what in shown(log, &act)? {
            if wanted.is_empty() || wanted.contains(&what) {
                let known = seen.entry((what, member.clone())).or_insert((0, act.at_ms, act.at_ms));
                *known = (known.0 + 1, known.1.min(act.at_ms), known.2.max(act.at_ms));
            }
        }
    }
    if everywhere.json {
        let seen = seen.iter().map(|((what, member), (n, first, last))| {
            json!({ "what": what, "member": member, "times": n, "first": time(*first), "last": time(*last) })
        });
        print_json(&seen.collect())?;
        return Ok(Went::Fine);
    }
    if seen.is_empty() {
        remark(everywhere, "nobody was shown it, over the network or in a file made for them");
    }
    for ((what, member), (n, first, last)) in &seen {
        let times = counted(*n, "time");
        print(&format!(
            "{what}  {member}  {times}, first {}, last {}\n",
            time(*first),
            time(*last)
        ))?;
    }
    Ok(Went::Fine)
}

/// The organisation that an entry says was shown something: over the network, or in a file made for it.
fn reader(act: &Act) -> Option<String> {
    match &act.deed {
        Deed::Read { .. } => Some(act.who.member.to_string()).filter(|it| it != "here"),
        Deed::Export { .. } => {
            act.what.iter().find_map(|it| it.as_str().strip_prefix(FOR)).map(str::to_owned)
        }
        _ => None,
    }
}

/// What was shown, by its ids: objects stand in the log by their place in a collection.
fn shown(log: &Exchange, act: &Act) -> Result<Vec<String>, Failure> {
    let mut collection = "";
    let mut ids = Vec::with_capacity(act.what.len());
    for what in act.what.iter().map(Token::as_str) {
        let added = what.strip_prefix("added:").and_then(|it| it.parse().ok());
        match (what.strip_prefix("collection:"), added) {
            (Some(id), _) => collection = id,
            (None, Some(added)) => ids.extend(log.added_at(collection, added)?),
            (None, None) if what.starts_with("n:") || what.starts_with(FOR) => {}
            (None, None) => ids.push(what.to_owned()),
        }
    }
    Ok(ids)
}

fn in_entries(n: u64) -> String {
    if n == 1 { "1 entry".to_owned() } else { format!("{} entries", grouped(n)) }
}

fn proof_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".proof");
    name.into()
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|err| Failure::new("cannot-read", format!("{}: {err}", path.display())))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes)
        .map_err(|err| Failure::new("cannot-write", format!("{}: {err}", path.display())))
}
