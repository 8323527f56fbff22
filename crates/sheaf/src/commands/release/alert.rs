//! An incident that the public is told of: the alert as it would go out, what it rests on, and the message that calls
//! it off, which goes out by itself as soon as what it rests on is gone or meant for fewer.

use sheaf_desk::{directory, token};
use sheaf_model::{Marking, MemberId, Moment, ReportId, Role};
use sheaf_share::cap::{
    Alert, Audience, Hand, Limits, NotWritten, Release as Released, Role as HandsRole, Time,
    alert_of, read_alert, write_alert,
};
use sheaf_share::rules::{Directory, Reader, as_line, from_line, widens};
use sheaf_share::screen::screen;
use sheaf_share::seen::Seen;
use sheaf_store::Acting;
use sheaf_store::exchange::{Exchange, Release, ReleaseOf, Said, Standing};

use crate::commands::now_micros;
use crate::failure::Failure;
use crate::layer::Layers;

/// In whose name that is called off of which the ground is gone: nobody's, the program sees to it.
const OF_ITSELF: &str = "sheaf";

/// Of which pool: its ledger, and what of it is seen by whom.
pub(super) struct Of<'a> {
    pub(super) log: &'a Exchange,
    pub(super) layers: &'a Layers,
}

/// An alert that is asked for.
pub(super) struct Asked {
    pub(super) alert: Alert,
    /// The handle of the incident.
    pub(super) handle: String,
    /// What it rests on.
    pub(super) ground: Ground,
    /// Until when nobody but the owner is to see it.
    pub(super) embargo: Option<Moment>,
    pub(super) expires: Option<Moment>,
}

/// The reports that an alert rests on, each with the marking that it bore.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Ground(Vec<(String, String)>);

impl Ground {
    /// As the ledger keeps it.
    pub(super) fn as_text(&self) -> String {
        serde_json::to_string(&self.0).expect("texts are JSON")
    }

    fn from_text(text: &str) -> Result<Ground, Failure> {
        serde_json::from_str(text)
            .map(Ground)
            .map_err(|err| Failure::new("pool-damaged", format!("what an alert rests on: {err}")))
    }

    /// The first report of it that is gone, or bears a marking by which it is meant for fewer, if there is one.
    fn lost(
        &self,
        layers: &Layers,
        owner: &Reader,
        now: Moment,
    ) -> Result<Option<String>, Failure> {
        let ids: Vec<ReportId> = self.0.iter().filter_map(|(id, _)| ReportId::parse(id)).collect();
        let bears = layers.bearing(&ids, owner, now)?;
        let holds = |id: &str, line: &str| {
            let at = ids.iter().position(|it| it.as_str() == id);
            let bears = at.and_then(|at| bears[at].as_ref());
            from_line(line).zip(bears).is_some_and(|(bore, bears)| !widens(bears, &bore))
        };
        Ok(self.0.iter().find(|(id, line)| !holds(id, line)).map(|(id, _)| id.clone()))
    }
}

/// Who reads for no purpose sees what is their own and what is public.
fn owner(directory: &Directory, member: &MemberId) -> Reader {
    Reader::of(directory, member, [Role::Contributor, Role::Reviewer], [])
}

/// The alert of an incident as its owner may tell the public: from the owner's own reports and from what is
/// public already, and from nothing else.
pub(super) fn asked(
    of: &Of<'_>,
    member: &MemberId,
    id: &str,
    sent_s: i64,
) -> Result<Asked, Failure> {
    let now = now()?;
    let reader = owner(&directory(of.log)?, member);
    let layers = of.layers;
    let layer = layers.seen(&reader, now)?;
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
    let reports = &settled.incident.reports;
    let bears = layers.bearing(reports, &reader, now)?;
    let line = |marking: &Option<Marking>| marking.as_ref().map(as_line).unwrap_or_default();
    let ground = reports.iter().zip(&bears).map(|(id, it)| (id.to_string(), line(it))).collect();
    Ok(Asked {
        alert,
        handle: settled.incident.id.to_string(),
        ground: Ground(ground),
        embargo: marking.embargo,
        expires: marking.expires,
    })
}

/// The alert that goes out when this is granted, as it was asked for.
///
/// # Errors
/// Where what it tells, or who may see what it rests on, is not as it was when it was asked for.
pub(super) fn granted(of: &Of<'_>, release: &Release, said: &Said) -> Result<String, Failure> {
    let asked_for = read_back(&release.asked)?;
    let found = asked(of, &owner_of(release)?, &release.subject, release.said.at / 1_000_000)?;
    if found.alert != asked_for || found.ground.as_text() != release.rests_on {
        let what = format!("{}: what is told of it has changed since", release.subject);
        return Err(Failure::new("changed-since", what).hint(
            "refuse it, look at the incident and at who may see its reports, and ask again",
        ));
    }
    if let Some(until) = found.embargo.filter(|it| it.millis() > said.at / 1000) {
        let what = format!("{}: nobody else is to see it before {until}", release.subject);
        return Err(Failure::new("under-embargo", what).hint("grant it then"));
    }
    let (_, everybody) = released(release, said, &asked_for)?;
    write_alert(&asked_for, &everybody).map_err(not_written)
}

/// The message that calls off an alert that went out.
pub(super) fn recall(release: &Release, decided: &Said) -> Result<String, Failure> {
    let alert = read_back(&release.asked)?;
    let (granted, _) = released(release, decided, &alert)?;
    let sent = time(now_micros() / 1_000_000)?;
    let (cancel, everybody) = granted.recall(&alert, sent).map_err(not_written)?;
    write_alert(&cancel, &everybody).map_err(not_written)
}

/// Calls off every alert of which a report is gone, or meant for fewer than when it was asked for; how many.
pub(crate) fn call_off(log: &Exchange, layers: &Layers, now: Moment) -> Result<usize, Failure> {
    let directory = directory(log)?;
    let mut n_called_off = 0;
    for release in log.releases()?.iter().filter(|it| it.of == ReleaseOf::Alert) {
        let Standing::Granted(decided, Some(_)) = &release.standing else { continue };
        // What is over is told by nobody any more.
        if release.expires.is_some_and(|end| end <= now) {
            continue;
        }
        let owner = owner(&directory, &owner_of(release)?);
        let lost = Ground::from_text(&release.rests_on)?.lost(layers, &owner, now)?;
        let Some(lost) = lost else { continue };
        let said = Said {
            by: OF_ITSELF.to_owned(),
            at: now_micros(),
            because: format!("{lost} is gone, or meant for fewer than it was"),
        };
        let recall = recall(release, decided)?;
        let _acting = Acting::of(&release.member, OF_ITSELF);
        n_called_off +=
            usize::from(log.withdraw_release(release.number, &said, Some(&recall), None)?);
    }
    Ok(n_called_off)
}

fn owner_of(release: &Release) -> Result<MemberId, Failure> {
    MemberId::new(&release.member).map_err(|err| Failure::new("no-such-member", err.to_string()))
}

pub(super) fn now() -> Result<Moment, Failure> {
    Moment::from_millis(now_micros() / 1000)
        .ok_or_else(|| Failure::new("bad-clock", "the clock says no time that there is"))
}

/// As it is kept until it is decided: meant for nobody.
pub(super) fn unreleased(alert: &Alert) -> Result<String, Failure> {
    let restriction = "not released".to_owned();
    write_alert(alert, &Audience::Restricted { restriction }).map_err(not_written)
}

pub(super) fn read_back(text: &str) -> Result<Alert, Failure> {
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

fn time(second: i64) -> Result<Time, Failure> {
    Time::from_unix_s(second)
        .ok_or_else(|| Failure::new("bad-clock", "the clock says no time that CAP can write"))
}

fn not_written(why: NotWritten) -> Failure {
    Failure::new("cannot-write", why.to_string())
}
