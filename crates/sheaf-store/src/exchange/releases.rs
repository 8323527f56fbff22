//! What becomes public, or was asked to: who asked, who decided, who took it back, and when. Nothing of it is ever
//! deleted. Who may do so, and what it means, is decided elsewhere; that the one who asks does not decide holds
//! here as well.

use rusqlite::Row;
use sheaf_model::Moment;

use super::Exchange;
use super::sharing::{Sharing, put_sharing};
use super::stamp::Micros;
use crate::error::Result;

/// What a release is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReleaseOf {
    /// An incident that the public is told of.
    Alert,
    /// A source whose reports anyone may see.
    Marking,
}

impl ReleaseOf {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            ReleaseOf::Alert => "alert",
            ReleaseOf::Marking => "marking",
        }
    }
}

/// What somebody asks to be released.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewRelease<'a> {
    /// What it is of.
    pub of: ReleaseOf,
    /// The handle of the incident, or the source.
    pub subject: &'a str,
    /// Whose it is.
    pub member: &'a str,
    /// What is asked for, to the letter.
    pub asked: &'a str,
    /// What it rests on, as that was marked when it was asked for.
    pub rests_on: &'a str,
    /// Why.
    pub because: &'a str,
    /// The account that asks, in which role, and when.
    pub by: (&'a str, &'a str, Micros),
    /// When what is asked for is over in any case.
    pub expires: Option<Moment>,
}

/// Who did something, when and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// The account.
    pub by: String,
    /// When.
    pub at: Micros,
    /// Why; empty where nothing was said.
    pub because: String,
}

/// How a release stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Nobody has decided yet.
    Asked,
    /// It is public; of an alert, with the text that went out.
    Granted(Said, Option<String>),
    /// It does not become public.
    Refused(Said),
    /// It was taken back.
    Withdrawn {
        /// By whom.
        said: Said,
        /// Who had granted it, if anybody had.
        granted: Option<Said>,
        /// The alert that had gone out.
        sent: Option<String>,
        /// The alert that called it off.
        recall: Option<String>,
    },
}

impl Standing {
    /// The word for it.
    pub fn name(&self) -> &'static str {
        match self {
            Standing::Asked => "asked",
            Standing::Granted(..) => "granted",
            Standing::Refused(_) => "refused",
            Standing::Withdrawn { .. } => "withdrawn",
        }
    }
}

/// A release, and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Release {
    /// Its number, from 1.
    pub number: i64,
    /// What it is of.
    pub of: ReleaseOf,
    /// The handle of the incident, or the source.
    pub subject: String,
    /// Whose it is.
    pub member: String,
    /// What was asked for, to the letter.
    pub asked: String,
    /// What it rests on, as that was marked when it was asked for.
    pub rests_on: String,
    /// By whom it was asked for.
    pub said: Said,
    /// In which role.
    pub asked_as: String,
    /// When what was asked for is over in any case.
    pub expires: Option<Moment>,
    /// How it stands.
    pub standing: Standing,
}

const RELEASE: &str =
    "SELECT release, kind, subject, member, asked, rests_on, because, asked_by, asked_as,
    asked_at, expires, state, decided_by, decided_at, decided_because, sent, withdrawn_by, withdrawn_at,
    withdrawn_because, recall FROM release";

impl Exchange {
    /// Every release, in the order in which they were asked for.
    pub fn releases(&self) -> Result<Vec<Release>> {
        self.list(&format!("{RELEASE} ORDER BY release"), [], release_from)
    }

    /// The release of this number.
    pub fn release_number(&self, number: i64) -> Result<Option<Release>> {
        self.find(&format!("{RELEASE} WHERE release = ?1"), [number], release_from)
    }

    /// Keeps what somebody asks for; its number.
    pub fn ask_release(&self, new: &NewRelease<'_>) -> Result<i64> {
        let (by, role, at) = new.by;
        self.write(|deed| {
            deed.execute(
                "INSERT INTO release
                    (kind, subject, member, asked, rests_on, because, asked_by, asked_as, asked_at, expires)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                rusqlite::params![
                    new.of.name(),
                    new.subject,
                    new.member,
                    new.asked,
                    new.rests_on,
                    new.because,
                    by,
                    role,
                    at,
                    new.expires.map(Moment::millis),
                ],
            )?;
            Ok(deed.last_insert_rowid())
        })
    }

    /// Releases an alert, with the text that goes out; `false` where the release no longer waits for it.
    ///
    /// # Errors
    /// Also where the one who decides is the one who asked.
    pub fn grant_alert(&self, number: i64, said: &Said, sent: &str) -> Result<bool> {
        let sql = "UPDATE release SET state = 'granted', decided_by = ?2, decided_at = ?3,
            decided_because = ?4, sent = ?5 WHERE release = ?1 AND state = 'asked' AND kind = 'alert'";
        self.write(|deed| deed.execute(sql, (number, &said.by, said.at, &said.because, sent)))
            .map(|n| n > 0)
    }

    /// Lets a marking hold that was asked for; `false` where the release no longer waits for it. Both are done,
    /// or neither.
    ///
    /// # Errors
    /// Also where the one who decides is the one who asked.
    pub fn grant_marking(&self, number: i64, said: &Said, sharing: &Sharing) -> Result<bool> {
        let sql = "UPDATE release SET state = 'granted', decided_by = ?2, decided_at = ?3,
            decided_because = ?4 WHERE release = ?1 AND state = 'asked' AND kind = 'marking'";
        self.write(|deed| {
            let granted = deed.execute(sql, (number, &said.by, said.at, &said.because))? > 0;
            if granted {
                put_sharing(deed, sharing)?;
            }
            Ok(granted)
        })
    }

    /// Refuses what was asked for; `false` where the release no longer waits for it.
    ///
    /// # Errors
    /// Also where the one who decides is the one who asked.
    pub fn refuse_release(&self, number: i64, said: &Said) -> Result<bool> {
        let sql = "UPDATE release SET state = 'refused', decided_by = ?2, decided_at = ?3,
            decided_because = ?4 WHERE release = ?1 AND state = 'asked'";
        self.write(|deed| deed.execute(sql, (number, &said.by, said.at, &said.because)))
            .map(|n| n > 0)
    }

    /// Takes back what was asked for or granted, with the alert that calls it off; of a marking, with the one
    /// that holds from now on. `false` where there is nothing left to take back. All is done, or nothing.
    pub fn withdraw_release(
        &self,
        number: i64,
        said: &Said,
        recall: Option<&str>,
        sharing: Option<&Sharing>,
    ) -> Result<bool> {
        let sql = "UPDATE release SET state = 'withdrawn', withdrawn_by = ?2, withdrawn_at = ?3,
            withdrawn_because = ?4, recall = ?5 WHERE release = ?1 AND state IN ('asked', 'granted')";
        self.write(|deed| {
            let parameters = (number, &said.by, said.at, &said.because, recall);
            let withdrawn = deed.execute(sql, parameters)? > 0;
            if let Some(sharing) = sharing.filter(|_| withdrawn) {
                put_sharing(deed, sharing)?;
            }
            Ok(withdrawn)
        })
    }
}

fn release_from(row: &Row<'_>) -> rusqlite::Result<Release> {
    let kind: String = row.get("kind")?;
    let expires: Option<i64> = row.get("expires")?;
    let said = |by: &str, at: &str, because: &str| -> rusqlite::Result<Option<Said>> {
        let (by, at): (Option<String>, Option<Micros>) = (row.get(by)?, row.get(at)?);
        let because: Option<String> = row.get(because)?;
        Ok(by.zip(at).map(|(by, at)| Said { by, at, because: because.unwrap_or_default() }))
    };
    let asked =
        Said { by: row.get("asked_by")?, at: row.get("asked_at")?, because: row.get("because")? };
    let decided = said("decided_by", "decided_at", "decided_because")?;
    let withdrawn = said("withdrawn_by", "withdrawn_at", "withdrawn_because")?;
    let state: String = row.get("state")?;
    let sent: Option<String> = row.get("sent")?;
    let standing = match (state.as_str(), decided, withdrawn) {
        ("granted", Some(decided), _) => Standing::Granted(decided, sent),
        ("refused", Some(decided), _) => Standing::Refused(decided),
        ("withdrawn", granted, Some(said)) => {
            Standing::Withdrawn { said, granted, sent, recall: row.get("recall")? }
        }
        // Also what stands there in a way that nobody wrote: then nothing is public by it.
        _ => Standing::Asked,
    };
    Ok(Release {
        number: row.get("release")?,
        of: if kind == "alert" { ReleaseOf::Alert } else { ReleaseOf::Marking },
        subject: row.get("subject")?,
        member: row.get("member")?,
        asked: row.get("asked")?,
        rests_on: row.get("rests_on")?,
        said: asked,
        asked_as: row.get("asked_as")?,
        expires: expires.and_then(Moment::from_millis),
        standing,
    })
}
