//! Who asks: a name and password (RFC 7617) or a token (RFC 6750), checked against the ledger.
//!
//! A password costs argon2 some hundredths of a second and 19 MiB, by design; a client that sends it with
//! every request is remembered for a minute by a keyed hash of it, or until the ledger was changed by
//! somebody else. Whoever guesses is slowed down by address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sheaf_store::StoreError;
use sheaf_store::exchange::{Account, Due, Exchange, Micros, Right};

use crate::answer::Answer;
use crate::bucket::Buckets;
use crate::error::Result;
use crate::password::verify_password;
use crate::random::{random_bytes, token_digest};

/// How long a checked password is remembered.
const REMEMBERED_FOR: Micros = 60 * 1_000_000;
/// How many are.
const REMEMBERED: usize = 4096;
/// So many wrong ones from an address, then one in six seconds.
const GUESSES: f64 = 10.0;
const GUESSES_PER_SECOND: f64 = 1.0 / 6.0;

/// Somebody who signed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Reader {
    pub account: Account,
    /// What the way of signing in allows of what the account may do.
    pub scope: Right,
}

/// Who looks at pages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Who {
    /// Whoever sits at the machine that holds the pool.
    Here,
    /// Somebody who signed in.
    Account(Reader),
    /// Anyone.
    Nobody,
}

impl Who {
    /// For a page.
    pub fn as_json(&self) -> Value {
        match self {
            Who::Here => json!({ "as": "here", "account": null, "member": null, "roles": [] }),
            Who::Nobody => json!({ "as": "nobody", "account": null, "member": null, "roles": [] }),
            Who::Account(Reader { account, .. }) => json!({
                "as": "account",
                "account": account.name,
                "member": account.member,
                "roles": account.roles,
            }),
        }
    }
}

/// Checks who asks.
#[derive(Debug)]
pub(crate) struct Doorkeeper {
    key: [u8; 32],
    remembered: Mutex<HashMap<[u8; 32], Remembered>>,
    guesses: Buckets<IpAddr>,
    // One check at a time: each takes 19 MiB.
    checking: Mutex<()>,
}

#[derive(Debug)]
struct Remembered {
    account: Account,
    until: Micros,
    state: i64,
}

impl Doorkeeper {
    pub(crate) fn new() -> Result<Doorkeeper> {
        Ok(Doorkeeper {
            key: random_bytes()?,
            remembered: Mutex::new(HashMap::new()),
            guesses: Buckets::new(GUESSES, GUESSES_PER_SECOND),
            checking: Mutex::new(()),
        })
    }

    /// Who asks, by the header `Authorization`.
    pub(crate) fn sign_in(
        &self,
        log: &Exchange,
        header: Option<&str>,
        from: IpAddr,
        now: Micros,
    ) -> std::result::Result<Reader, Answer> {
        let Some((scheme, given)) = header.and_then(|header| header.split_once(' ')) else {
            return Err(Answer::unauthorized());
        };
        let failed = |err: StoreError| Answer::failed(&err);
        let mut named = None;
        let found = match scheme.to_ascii_lowercase().as_str() {
            "basic" => {
                let given = STANDARD.decode(given.trim()).ok();
                let given = given.and_then(|given| String::from_utf8(given).ok());
                let Some((name, password)) = given.as_deref().and_then(|it| it.split_once(':'))
                else {
                    return Err(Answer::unauthorized());
                };
                named = Some(name.to_owned());
                let scope = Right { can_read: true, can_write: true };
                self.by_password(log, name, password, from, now)?
                    .map(|account| Reader { account, scope })
            }
            // taxii2-client says Token.
            "bearer" | "token" => {
                self.guesses.look(&from, now).map_err(Answer::too_many)?;
                let token = log.token(&token_digest(given.trim()), now).map_err(failed)?;
                token.map(|token| Reader { account: token.account, scope: token.scope })
            }
            _ => return Err(Answer::unauthorized()),
        };
        found.ok_or_else(|| self.wrong(log, named.as_deref(), from, now))
    }

    /// The account of a name and password, if they are right. Whoever guesses is slowed down.
    pub(crate) fn by_name(
        &self,
        log: &Exchange,
        (name, password): (&str, &str),
        from: IpAddr,
        now: Micros,
    ) -> std::result::Result<Account, Answer> {
        let found = self.by_password(log, name, password, from, now)?;
        found.ok_or_else(|| self.wrong(log, Some(name), from, now))
    }

    /// The answer to what was wrong, which counts as a guess. Guesses stand in the audit log; those that are
    /// not let through do not, so that nobody can fill it.
    fn wrong(&self, log: &Exchange, named: Option<&str>, from: IpAddr, now: Micros) -> Answer {
        if let Err(seconds) = self.guesses.take(from, now) {
            return Answer::too_many(seconds);
        }
        // What is no account's name may be a password in the wrong box.
        let named = match named.map(|name| log.account(name)) {
            None => "token".to_owned(),
            Some(Ok(Some(account))) => account.name,
            Some(Ok(None)) => "no-account".to_owned(),
            Some(Err(err)) => return Answer::failed(&err),
        };
        let due = Due {
            actor: "anyone/nobody".to_owned(),
            deed: "admin:sign-in".to_owned(),
            what: vec![named],
            refused: "wrong-password-or-token".to_owned(),
        };
        match log.owe(&due) {
            Ok(()) => Answer::unauthorized(),
            Err(err) => Answer::failed(&err),
        }
    }

    fn by_password(
        &self,
        log: &Exchange,
        name: &str,
        password: &str,
        from: IpAddr,
        now: Micros,
    ) -> std::result::Result<Option<Account>, Answer> {
        let failed = |err: StoreError| Answer::failed(&err);
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(name.as_bytes()).update(b"\0").update(password.as_bytes());
        let hash = *hasher.finalize().as_bytes();
        let state = log.state().map_err(failed)?;
        {
            let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(it) = remembered.get(&hash)
                && it.until > now
                && state.is_none_or(|state| state == it.state)
            {
                return Ok(Some(it.account.clone()));
            }
        }
        self.guesses.look(&from, now).map_err(Answer::too_many)?;
        let account = log.account(name).map_err(failed)?;
        let theirs = account.as_ref().map_or("", |account| account.password.as_str());
        let is_right = {
            let _one = self.checking.lock().unwrap_or_else(PoisonError::into_inner);
            verify_password(password, theirs)
        };
        let Some(account) = account.filter(|_| is_right) else { return Ok(None) };
        if let Some(state) = state {
            let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
            if remembered.len() >= REMEMBERED {
                remembered.clear();
            }
            let until = now + REMEMBERED_FOR;
            remembered.insert(hash, Remembered { account: account.clone(), until, state });
        }
        Ok(Some(account))
    }
}
