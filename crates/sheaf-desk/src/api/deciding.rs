//! What people decide, as it is sent: judgements, what an incident has to do with a site, what is done about an alarm.

use serde::Deserialize;

use super::told::Told;
use super::{Answered, Asking, body, fine, not_theirs};
use crate::desk::Request;
use crate::pages::{Decision, Judging, OnAlarm, OnSite};
use crate::sign_in::Who;

/// A judgement as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireJudgement {
    verdict: String,
    reports: [String; 2],
    #[serde(default)]
    because: String,
    #[serde(default)]
    preview: bool,
}

pub(super) fn judge(asking: &Asking<'_>, request: &Request<'_>) -> Answered {
    let by = asking.reviewer()?;
    let wire: WireJudgement = body(request)?;
    let [a, b] = &wire.reports;
    let judging = Judging { verdict: &wire.verdict, reports: [a, b], because: &wire.because };
    if wire.preview {
        let previewed = asking.pages.preview(&asking.eyes, &judging, asking.now);
        return previewed.map(|it| (fine(200, &it), Vec::new())).map_err(|err| Told::from(&err));
    }
    asking.decide(201, &by, &Decision::Judge(judging))
}

/// What an incident has to do with a site, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireOnSite {
    site: String,
    tag: String,
    accepted: bool,
    because: String,
}

pub(super) fn on_site(asking: &Asking<'_>, request: &Request<'_>, incident: &str) -> Answered {
    let by = asking.reviewer()?;
    let wire: WireOnSite = body(request)?;
    let on = OnSite {
        incident,
        site: &wire.site,
        tag: &wire.tag,
        accepted: wire.accepted,
        because: &wire.because,
    };
    asking.decide(201, &by, &Decision::Site(on))
}

/// What is done about an alarm, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireOnAlarm {
    #[serde(rename = "do")]
    done: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    verdict: String,
    #[serde(default)]
    known_on: String,
    #[serde(default)]
    because: String,
}

pub(super) fn on_alarm(asking: &Asking<'_>, request: &Request<'_>, alarm: &str) -> Answered {
    let by = match asking.who {
        Who::Here => "here",
        who => {
            let what = "the register of alarms is kept by whoever sits at the machine";
            return Err(not_theirs(who, what));
        }
    };
    let wire: WireOnAlarm = body(request)?;
    let alarm: i64 = alarm.parse().map_err(|_| Told::not_found())?;
    let on = OnAlarm {
        alarm,
        done: &wire.done,
        to: &wire.to,
        verdict: &wire.verdict,
        known_on: &wire.known_on,
        because: &wire.because,
    };
    asking.decide(201, by, &Decision::Alarm(on))
}
