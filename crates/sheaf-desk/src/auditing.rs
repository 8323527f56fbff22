//! The audit log of a pool: the notes that deeds leave in the ledger become lines of a log that nobody can
//! rewrite unseen ([`sheaf_share::audit`]), and so does every read over HTTP.
//!
//! An entry is on the disk before the answer goes out. Many readers at once share one transaction: whoever
//! comes first writes for all who wait.

use std::sync::{Condvar, Mutex, PoisonError};

use sheaf_share::audit::{
    Act, Checkpoint, Deed, KeyKind, Outcome, Salt, SignKey, Token, VerifyKey, Who, Writer,
};
use sheaf_store::exchange::{Due, Exchange, Lines, Micros};

use crate::error::{DeskError, Result};
use crate::random::random_bytes;

/// Who works on the pool's files themselves, on the machine that holds them.
const HERE: (&str, &str) = ("here", "terminal");

/// What the log of a pool is called: by the pool's node, which no other pool has.
pub fn origin(log: &Exchange) -> Result<String> {
    Ok(format!("{}/audit", log.node(random_bytes()?)?))
}

/// The key by which the log of this pool signs.
pub fn log_key(log: &Exchange) -> Result<SignKey> {
    let secret = log.secret("audit-log-key", random_bytes()?)?;
    key(&origin(log)?, KeyKind::Log, &secret)
}

/// The key by which this pool co-signs the logs of others.
pub fn cosigner_key(log: &Exchange) -> Result<SignKey> {
    let secret = log.secret("audit-cosigner-key", random_bytes()?)?;
    let name = format!("{}/cosigner", log.node(random_bytes()?)?);
    key(&name, KeyKind::Cosigner, &secret)
}

/// A key of somebody else, as it is handed round.
pub fn verify_key(text: &str) -> Result<VerifyKey> {
    text.trim().parse().map_err(|err| {
        DeskError::new(
            "not-a-key",
            format!("\"{}\": {err}", text.trim()),
            "`sheaf audit POOL key` prints one",
        )
    })
}

fn key(name: &str, kind: KeyKind, secret: &[u8; 32]) -> Result<SignKey> {
    SignKey::new(name, kind, secret)
        .map_err(|err| DeskError::new("not-a-key", format!("{name}: {err}"), ""))
}

/// Makes lines of all deeds that stand in none yet, and of `more`; how many.
pub fn settle(log: &Exchange, more: &[Due], now: Micros) -> Result<usize> {
    let origin = origin(log)?;
    // One salt for each line that there can be at most; drawn before the ledger is taken.
    let seed: [u8; 32] = random_bytes()?;
    let mut drawn = 0_u64;
    let mut salt = || {
        let mut hasher = blake3::Hasher::new_keyed(&seed);
        hasher.update(&drawn.to_le_bytes());
        drawn += 1;
        let mut salt = [0; 16];
        hasher.finalize_xof().fill(&mut salt);
        Salt(salt)
    };
    let made = log.audit(more, |state, dues| {
        let writer = state.and_then(|state| Writer::at(&origin, state));
        let mut writer = writer.unwrap_or_else(|| Writer::new(&origin).0);
        let lines = dues.iter().map(|due| writer.append(salt(), &act(due, now))).collect();
        Lines { lines, state: writer.state() }
    })?;
    Ok(made)
}

/// Signs the log as it stands, and keeps what was signed; nothing where the log is empty.
pub fn sign(log: &Exchange) -> Result<Option<String>> {
    let origin = origin(log)?;
    let mut reader = None;
    let mut broken = None;
    let first = sheaf_share::audit::first_line(&origin);
    log.for_each_audit_line(0, |entry, line| {
        let reader = reader
            .get_or_insert_with(|| sheaf_share::audit::Reader::new(&origin, first.as_bytes()));
        if let (Ok(reader), None) = (reader, broken)
            && reader.line(line.as_bytes()).is_err()
        {
            broken = Some(entry);
        }
    })?;
    if let Some(entry) = broken {
        return Err(DeskError::new(
            "log-altered",
            format!(
                "entry {entry} of the audit log is not what was written there; nothing is signed"
            ),
            "`sheaf audit POOL verify` says more",
        ));
    }
    let Some(Ok(reader)) = reader else { return Ok(None) };
    let checkpoint: Checkpoint = reader.checkpoint();
    let note = checkpoint
        .sign(&log_key(log)?)
        .map_err(|err| DeskError::new("not-a-checkpoint", err.to_string(), ""))?
        .to_string();
    log.keep_checkpoint(checkpoint.size.cast_signed(), &note)?;
    Ok(Some(note))
}

/// A deed as the log has it. Words that are no token stand there by their hash: the log has no room for text.
fn act(due: &Due, now: Micros) -> Act {
    let (member, account) = due.actor.split_once('/').unwrap_or(HERE);
    let (kind, rest) = due.deed.split_once(':').unwrap_or(("admin", &due.deed));
    let rest = token(rest);
    let deed = match kind {
        "read" => Deed::Read { purpose: rest },
        "share" => Deed::Share { with: Vec::new(), marking: rest },
        "export" => Deed::Export { format: rest, marking: token("as-licensed") },
        "decision" => Deed::Decision { decided: rest },
        _ => Deed::Admin { action: rest },
    };
    Act {
        at_ms: now / 1000,
        who: Who { member: token(member), account: token(account) },
        what: due.what.iter().map(|it| token(it)).collect(),
        deed,
        outcome: match due.refused.as_str() {
            "" => Outcome::Done,
            rule => Outcome::Refused { rule: token(rule) },
        },
    }
}

/// That something left the pool as a file: in which format, for which member, how many things, and which,
/// where it is known. Where to is not written down: the path of a file may name a person.
/// Many things become several entries.
///
/// # Errors
/// Those of the ledger; it stands in the log when this returns.
pub fn exported(
    log: &Exchange,
    (format, to): (&str, Option<&str>),
    n: u64,
    which: &[String],
    now: Micros,
) -> Result<()> {
    let entry = |which: &[String]| {
        let mut what = vec![format!("n:{n}")];
        what.extend(to.map(|to| format!("{FOR}{to}")));
        what.extend_from_slice(which);
        Due { deed: format!("export:{format}"), what, ..Due::default() }
    };
    let mut dues: Vec<Due> = which.chunks(AT_ONCE).map(entry).collect();
    if dues.is_empty() {
        dues.push(entry(&[]));
    }
    settle(log, &dues, now).map(|_| ())
}

/// So many things in an entry at most.
const AT_ONCE: usize = 1000;

/// Before the name of the member for whom something was exported.
pub const FOR: &str = "for:";

/// A word as a token; where it is none, the beginning of its hash.
pub fn token(word: &str) -> Token {
    word.parse().unwrap_or_else(|_| {
        let hash = blake3::hash(word.as_bytes()).to_hex();
        format!("hash:{}", &hash[..24]).parse().expect("hexadecimal digits are a token")
    })
}

/// Reads that wait to be written down.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    state: Mutex<State>,
    written: Condvar,
}

#[derive(Debug, Default)]
struct State {
    dues: Vec<Due>,
    /// How many rounds have begun and ended.
    begun: u64,
    ended: u64,
    /// What went wrong in the last round, which those who waited for it are told.
    failed: Option<(u64, DeskError)>,
}

impl Waiting {
    /// Writes a deed down, together with those of all who wait at the same time; returns once it is on the disk.
    pub fn write(&self, log: &Exchange, due: Due, now: Micros) -> Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.dues.push(due);
        // The round under way, if there is one, has taken its deeds; the next takes this one.
        let mine = state.begun + 1;
        loop {
            if state.ended >= mine {
                return match &state.failed {
                    Some((round, err)) if *round >= mine => Err(err.clone()),
                    _ => Ok(()),
                };
            }
            if state.begun == state.ended {
                state.begun += 1;
                let dues = std::mem::take(&mut state.dues);
                drop(state);
                let settled = settle(log, &dues, now);
                state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                state.ended = state.begun;
                if let Err(err) = settled {
                    state.failed = Some((state.ended, err));
                }
                self.written.notify_all();
            } else {
                state = self.written.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}
