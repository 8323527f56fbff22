//! What two people do about a release, on the terminal or on a page, once they have proved who they are.

use std::path::Path;

use sheaf_model::{MemberId, Role};
use sheaf_store::Acting;
use sheaf_store::exchange::{Account, Exchange, NewRelease, Release, ReleaseOf, Said, Standing};

use super::alert::{self, call_off};
use super::marking::{self, Wanted};
use crate::commands::now_micros;
use crate::failure::Failure;
use crate::layer::Layers;
use crate::reasons;

/// An account that proved to be itself, and the pool in which it does something.
pub(crate) struct Hands<'a> {
    pub pool: &'a Path,
    pub log: &'a Exchange,
    pub layers: &'a Layers,
    pub account: &'a Account,
    /// Why it does.
    pub because: &'a str,
}

/// What became of a release that was taken back.
pub(crate) enum TakenBack {
    /// Its alert is called off.
    CalledOff,
    /// Its source is for its owner alone.
    Narrowed,
    /// It is no longer asked for.
    NotAsked,
}

impl Hands<'_> {
    /// Asks for an incident to be told to the public; the number of the release, and the incident's handle.
    pub(crate) fn ask_for_incident(&self, id: &str) -> Result<(i64, String), Failure> {
        let (role, member, at) = self.asks()?;
        let found = alert::asked(
            &alert::Of { log: self.log, layers: self.layers },
            &member,
            id,
            at / 1_000_000,
        )?;
        let number = self.keep(&NewRelease {
            of: ReleaseOf::Alert,
            subject: &found.handle,
            member: member.as_str(),
            asked: &alert::unreleased(&found.alert)?,
            rests_on: &found.ground.as_text(),
            because: self.because,
            by: (&self.account.name, role, at),
            expires: found.expires,
        })?;
        Ok((number, found.handle))
    }

    /// Asks for a source to become TLP:CLEAR; the number of the release.
    pub(crate) fn ask_for_source(&self, wanted: &Wanted<'_>) -> Result<i64, Failure> {
        let (role, member, at) = self.asks()?;
        let (asked, holds) = marking::asked(self.pool, self.log, &member, wanted)?;
        self.keep(&NewRelease {
            of: ReleaseOf::Marking,
            subject: wanted.source.as_str(),
            member: member.as_str(),
            asked: &sheaf_share::rules::as_line(&asked),
            rests_on: &holds,
            because: self.because,
            by: (&self.account.name, role, at),
            expires: asked.expires,
        })
    }

    fn asks(&self) -> Result<(&'static str, MemberId, i64), Failure> {
        reasons::check("because", self.because)?;
        let role = self.account.asks_as().ok_or_else(|| {
            needs(self.account, "contributor or reviewer", "asks for something to become public")
        })?;
        let member = MemberId::new(&self.account.member)
            .map_err(|err| Failure::new("no-such-member", err.to_string()))?;
        Ok((role.name(), member, now_micros()))
    }

    fn keep(&self, new: &NewRelease<'_>) -> Result<i64, Failure> {
        let _acting = self.acting();
        Ok(self.log.ask_release(new)?)
    }

    /// Lets it be so.
    pub(crate) fn grant(&self, number: i64) -> Result<Release, Failure> {
        let asked = self.decides(number)?;
        if asked.expires.is_some_and(|end| end.millis() <= now_micros() / 1000) {
            return Err(Failure::new("over", format!("{}: its time is over", asked.subject)));
        }
        let said = self.said();
        match asked.of {
            ReleaseOf::Alert => {
                let of = alert::Of { log: self.log, layers: self.layers };
                let sent = alert::granted(&of, &asked, &said)?;
                let _acting = self.acting();
                still(self.log.grant_alert(asked.number, &said, &sent)?, &asked)?;
            }
            ReleaseOf::Marking => {
                let sharing = marking::granted(self.pool, self.log, &asked)?;
                let _acting = self.acting();
                still(self.log.grant_marking(asked.number, &said, &sharing)?, &asked)?;
            }
        }
        Ok(asked)
    }

    /// Refuses it.
    pub(crate) fn refuse(&self, number: i64) -> Result<Release, Failure> {
        let asked = self.decides(number)?;
        let _acting = self.acting();
        still(self.log.refuse_release(asked.number, &self.said())?, &asked)?;
        Ok(asked)
    }

    /// Takes back what was asked for, by whoever may ask or decide; what had gone out is called off.
    pub(crate) fn withdraw(&self, number: i64) -> Result<(Release, TakenBack), Failure> {
        let asked = self.theirs(number)?;
        if self.account.asks_as().is_none() && !self.account.has(Role::Releaser) {
            let roles = "contributor, reviewer or releaser";
            return Err(needs(self.account, roles, "takes a release back"));
        }
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
        let _acting = self.acting();
        let said = self.said();
        let was_open =
            self.log.withdraw_release(number, &said, recall.as_deref(), narrowed.as_ref())?;
        still(was_open, &asked)?;
        let became = match (recall, narrowed) {
            (Some(_), _) => TakenBack::CalledOff,
            (_, Some(_)) => TakenBack::Narrowed,
            _ => TakenBack::NotAsked,
        };
        Ok((asked, became))
    }

    /// A release of this account's own member. What may not be public any more is called off before it is looked at.
    fn theirs(&self, number: i64) -> Result<Release, Failure> {
        reasons::names_nobody("because", self.because)?;
        call_off(self.log, self.layers, alert::now()?)?;
        let asked = numbered(self.log, self.pool, number)?;
        if asked.member != self.account.member {
            let (whose, theirs) = (&asked.member, &self.account.member);
            let what = format!("release {number} is {whose}'s, not {theirs}'s");
            return Err(Failure::new("not-theirs", what));
        }
        Ok(asked)
    }

    /// The same, if this account may decide about it.
    fn decides(&self, number: i64) -> Result<Release, Failure> {
        let asked = self.theirs(number)?;
        if !self.account.has(Role::Releaser) {
            return Err(needs(self.account, "releaser", "decides what becomes public"));
        }
        if self.account.name == asked.said.by {
            let name = &self.account.name;
            let what = format!("{name} asked for it, and cannot decide about it as well");
            return Err(Failure::new("takes-two", what)
                .hint(format!("another releaser of {} has to", self.account.member)));
        }
        Ok(asked)
    }

    fn said(&self) -> Said {
        let (by, because) = (self.account.name.clone(), self.because.to_owned());
        Said { by, at: now_micros(), because }
    }

    fn acting(&self) -> Acting {
        Acting::of(&self.account.member, &self.account.name)
    }
}

/// Whether an account may decide about this release, and whether it may take it back.
pub(crate) fn may_decide(account: &Account, release: &Release) -> [bool; 2] {
    let is_theirs = release.member == account.member;
    let (is_asked, is_granted) = (
        matches!(release.standing, Standing::Asked),
        matches!(release.standing, Standing::Granted(..)),
    );
    let is_releaser = account.has(Role::Releaser);
    let decides = is_theirs && is_asked && is_releaser && release.said.by != account.name;
    [decides, is_theirs && (is_asked || is_granted) && (is_releaser || account.asks_as().is_some())]
}

pub(super) fn numbered(log: &Exchange, pool: &Path, number: i64) -> Result<Release, Failure> {
    log.release_number(number)?.ok_or_else(|| {
        let what = format!("{}: nothing was asked for as number {number}", pool.display());
        Failure::new("no-such-release", what)
            .hint(format!("`sheaf release list {}` lists what was", pool.display()))
    })
}

fn needs(account: &Account, role: &str, to: &str) -> Failure {
    Failure::new("needs-role", format!("{}: who {to} has the role {role}", account.name))
        .hint("`sheaf account add POOL NAME --role ROLE` makes an account")
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
