//! Everyone who has something to say on one incident, and with which standing.
//!
//! - A *speaker* is who says it. For a curated source that is the source; for news and leads it is
//!   the outlet where one is named, in whichever data set it stands, and otherwise the source.
//! - A *voice* is one or more speakers who repeat one another: reports whose running text has
//!   nearly the same fingerprint are copies of one wire story. Where claims are counted against
//!   each other, a voice counts once. (Independence is between primary witnesses, not outlets.)
//! - A *later claim supersedes an earlier one of the same speaker*, never another's. "Later" is
//!   the day the claim was true as of, where it says one, otherwise the day its report was
//!   published. Where neither is known nothing is superseded: both stand. Within one report only
//!   a stated "as of" makes one toll later than another of the same scope; a report that tells 43
//!   with the attackers as of Saturday, and 39 without, gives up neither.
//! - *Rank.* Reports of one incident speak first. A report of a longer episode is heard where they
//!   are silent, a machine-coded lead where both are silent. A claim that comes too low to be
//!   counted is still filed with the claims that agree with the value, or with those that do not.
//! - An *aggregate* is about an area and period that contains incidents, so that its claims are
//!   not comparable with theirs at all: it is heard only where an incident consists of nothing
//!   but aggregates, and its tolls never become an incident's toll.

use sheaf_model::{
    ClaimRef, Day, Field, Incident, IncidentId, Licence, ReportId, SettledIncident, SourceKind,
    SourceName, Toll, Unit,
};

use crate::ballots::Ballots;
use crate::packing::Said;
use crate::ruling::{Docket, Why};
use crate::texts::Texts;
use crate::voices;

/// The reports of one incident in order of id, their claims, and who speaks with whose voice.
#[derive(Clone, Debug)]
pub struct Hearing<'a> {
    ballots: &'a Ballots,
    members: Vec<u32>,
    heard: Vec<Heard>,
    claims: Vec<(Field, ClaimRef, Said)>,
    n_speakers: usize,
}

/// What is known of one report before its claims are looked at.
#[derive(Clone, Copy, Debug)]
struct Heard {
    unit: Unit,
    /// What the name of its outlet folds to, or of its source where no outlet speaks.
    name: u32,
    speaker: u32,
    voice: u32,
    published: Option<Day>,
}

/// One claim, by whom, and what it counts for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Voiced<T> {
    pub(crate) at: ClaimRef,
    pub(crate) voice: u32,
    /// The day it was true as of, or else its report was published.
    pub(crate) day: Option<Day>,
    pub(crate) value: T,
    pub(crate) standing: Standing,
}

/// What a claim counts for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    /// It takes part in the choice of the value.
    Counted,
    /// Others of a higher rank spoke; it is filed as agreeing or not.
    Outranked,
    /// Its own speaker said something else later.
    Superseded,
}

/// Who said it and when, while the standing of claims about one thing is being worked out.
#[derive(Clone, Copy)]
pub(crate) struct Turn {
    /// Lower is heard first.
    pub(crate) rank: u8,
    /// Within a report, only claims of one scope supersede one another.
    pub(crate) scope: u8,
    report: u32,
    as_of: Option<Day>,
}

impl<'a> Hearing<'a> {
    pub(crate) fn of(ballots: &'a Ballots, members: &[u32]) -> Hearing<'a> {
        assert!(!members.is_empty(), "an incident has at least one report");
        let mut members = members.to_vec();
        members.sort_unstable_by(|&a, &b| ballots.by_id(a, b).then(a.cmp(&b)));
        members.dedup();
        let mut claims = Vec::with_capacity(members.len() * 12);
        let mut heard = Vec::with_capacity(members.len());
        let mut names = Vec::with_capacity(members.len());
        let mut wordings = Vec::with_capacity(members.len());
        let texts = ballots.texts();
        for (position, &report) in members.iter().enumerate() {
            let (mut published, mut wording, mut outlet) = (None, None, None);
            for (field, claim, said) in ballots.claims(report) {
                match (field, said) {
                    (Field::Published, Said::Day(day)) => published = published.max(Some(day)),
                    // Of several, the smallest, which no order of columns can change.
                    (Field::Wording, Said::Wording(print)) => {
                        wording = Some(wording.map_or(print, |other: u64| other.min(print)));
                    }
                    (Field::Outlet, Said::Words(words)) => {
                        let folded = |words| texts.folded_text(texts.folding(words));
                        let is_first = outlet.is_none_or(|other| folded(words) < folded(other));
                        outlet = if is_first { Some(words) } else { outlet };
                    }
                    _ => claims.push((field, ClaimRef { report: position as u32, claim }, said)),
                }
            }
            let curated = ballots.source_kind(report) == SourceKind::Curated;
            let outlet = outlet.filter(|_| !curated).map(|words| texts.folding(words));
            names.push(match outlet {
                Some(folding) => (true, folding),
                None => (false, u32::from(ballots.source_rank(report))),
            });
            let name = outlet.unwrap_or_else(|| ballots.source_folding(report));
            let unit = ballots.unit(report);
            heard.push(Heard { unit, name, speaker: 0, voice: 0, published });
            wordings.push(wording);
        }
        let (speakers, n_speakers) = voices::speakers(&names);
        let voices = voices::voices(&speakers, &wordings);
        for (heard, (speaker, voice)) in heard.iter_mut().zip(speakers.into_iter().zip(voices)) {
            (heard.speaker, heard.voice) = (speaker, voice);
        }
        Hearing { ballots, members, heard, claims, n_speakers }
    }

    /// The incident with nothing settled yet: its reports, sources and strictest licence.
    pub(crate) fn unsettled(&self, profile: &'static str) -> SettledIncident {
        let reports: Vec<ReportId> = self.members.iter().map(|&it| self.ballots.id(it)).collect();
        let id = IncidentId::of(&reports[..1]).expect("an incident has at least one report");
        let by_source = |a: &u32, b: &u32| self.ballots.source(*a).cmp(self.ballots.source(*b));
        let mut speaking = self.members.clone();
        speaking.sort_by(by_source);
        speaking.dedup_by(|a, b| self.ballots.source(*a) == self.ballots.source(*b));
        let licences = self.members.iter().map(|&it| self.ballots.licence(it));
        SettledIncident {
            incident: Incident { id, reports },
            profile,
            sources: speaking.iter().map(|&it| self.ballots.source(it).clone()).collect(),
            licence: licences.max().unwrap_or(Licence::Unknown),
            when: None,
            place: None,
            place_name: None,
            admin_one: None,
            country: None,
            kind: None,
            target: None,
            weapon: None,
            tolls: Vec::new(),
            claimed_by: Vec::new(),
            blamed_on: Vec::new(),
        }
    }

    /// The comparable claims about a field with what they count for, in order of report and claim.
    pub(crate) fn voiced<T: Copy>(
        &self,
        field: Field,
        pick: impl Fn(Said) -> Option<T>,
    ) -> Vec<Voiced<T>> {
        let mut voiced = Vec::new();
        let mut turns = Vec::new();
        for &(claimed, at, said) in &self.claims {
            if claimed == field
                && self.comparable(at)
                && let Some(value) = pick(said)
            {
                turns.push(self.turn(at, None));
                voiced.push(self.voice_of(at, None, value));
            }
        }
        self.give_standing(&mut voiced, &turns);
        voiced
    }

    /// The tolls of reports that may give an incident's toll, in order of report and claim.
    pub(crate) fn tolls(&self) -> impl Iterator<Item = (ClaimRef, Toll)> + '_ {
        self.claims.iter().filter_map(|&(_, at, said)| match said {
            Said::Toll(toll, _) if self.unit(at) != Unit::Aggregate => Some((at, toll)),
            _ => None,
        })
    }

    /// The word in which a toll was said, as it folds, if it was said in a word.
    pub(crate) fn word_of(&self, toll: ClaimRef) -> Option<&'a str> {
        let number = self.claims.iter().find_map(|&(_, at, said)| match said {
            Said::Toll(_, word) if at == toll => word,
            _ => None,
        })?;
        Some(self.texts().folded_text(self.texts().folding(number)))
    }

    /// Notes the claims of aggregates, which cannot be compared with anything here.
    pub(crate) fn put_aggregates_aside(&self, docket: &mut Docket) {
        if self.heard.iter().all(|heard| heard.unit != Unit::Aggregate) {
            return;
        }
        for &(field, at, _) in &self.claims {
            let is_compared = self.comparable(at) && field != Field::Toll;
            if self.unit(at) == Unit::Aggregate && crate::is_settled(field) && !is_compared {
                docket.put_aside(at, Why::Aggregate);
            }
        }
    }

    /// Notes the claims that give no value, each with the reason.
    pub(crate) fn put_silent_aside(&self, docket: &mut Docket) {
        for &(_, at, said) in &self.claims {
            if let Said::Nothing(why) = said {
                docket.put_aside(at, why);
            }
        }
    }

    /// Notes which of these claims are not counted, and why.
    pub(crate) fn put_aside<T>(&self, voiced: &[Voiced<T>], docket: &mut Docket) {
        for claim in voiced {
            match claim.standing {
                Standing::Counted => {}
                Standing::Superseded => docket.put_aside(claim.at, Why::Superseded),
                Standing::Outranked => docket.put_aside(claim.at, self.why_outranked(claim.at)),
            }
        }
    }

    /// Why others speak before this claim's report.
    pub(crate) fn why_outranked(&self, at: ClaimRef) -> Why {
        if self.unit(at) == Unit::Lead { Why::Lead } else { Why::Episode }
    }

    /// For each report, whether its tolls are the word of a party to the incident: because it says so
    /// of them, or because it is an organisation that any report names as claiming the incident or as
    /// blamed for it.
    pub(crate) fn by_parties(&self) -> Vec<bool> {
        let mut parties: Vec<u32> = Vec::new();
        for &(field, at, said) in &self.claims {
            if let (Field::ClaimedBy | Field::BlamedOn, Said::Words(words)) = (field, said)
                && self.comparable(at)
            {
                parties.push(self.texts().folding(words));
            }
        }
        let mut is_party: Vec<bool> =
            self.heard.iter().map(|heard| parties.contains(&heard.name)).collect();
        for &(_, at, _) in self.claims.iter().filter(|(field, ..)| *field == Field::Basis) {
            is_party[at.report as usize] = true;
        }
        is_party
    }

    /// The words of every claim about a field that is looked at without being settled.
    pub(crate) fn words_of(&self, field: Field) -> impl Iterator<Item = &'a str> + '_ {
        self.claims.iter().filter_map(move |&(claimed, _, said)| match said {
            Said::Words(words) if claimed == field => Some(self.texts().text(words)),
            _ => None,
        })
    }

    /// The voice of a claim's report.
    pub(crate) fn voice(&self, at: ClaimRef) -> u32 {
        self.heard[at.report as usize].voice
    }

    /// What a claim's report stands for.
    pub(crate) fn unit(&self, at: ClaimRef) -> Unit {
        self.heard[at.report as usize].unit
    }

    /// The source of a claim's report.
    pub(crate) fn source(&self, at: ClaimRef) -> &'a SourceName {
        self.ballots.source(self.members[at.report as usize])
    }

    pub(crate) fn texts(&self) -> &'a Texts {
        self.ballots.texts()
    }

    pub(crate) fn voice_of<T>(&self, at: ClaimRef, as_of: Option<Day>, value: T) -> Voiced<T> {
        let heard = &self.heard[at.report as usize];
        let day = as_of.or(heard.published);
        Voiced { at, voice: heard.voice, day, value, standing: Standing::Counted }
    }

    /// Who speaks with this claim, of which rank, and as of when.
    pub(crate) fn turn(&self, at: ClaimRef, as_of: Option<Day>) -> Turn {
        let heard = &self.heard[at.report as usize];
        let rank = match heard.unit {
            Unit::Incident => 0,
            Unit::Episode => 1,
            Unit::Lead => 2,
            Unit::Aggregate => 3,
        };
        Turn { rank, scope: 0, report: at.report, as_of }
    }

    /// Works out which claims are outranked, and which of the others their speaker superseded.
    /// Claims and turns stand in the same order, that of reports.
    pub(crate) fn give_standing<T>(&self, voiced: &mut [Voiced<T>], turns: &[Turn]) {
        let Some(best) = turns.iter().map(|turn| turn.rank).min() else { return };
        if let [_] = voiced {
            return;
        }
        // A report is as late as the latest of its claims, a speaker as the latest report.
        let heard = |turn: &Turn| &self.heard[turn.report as usize];
        let day = |turn: &Turn| turn.as_of.or(heard(turn).published);
        let of_report =
            |report: &[Turn]| report.iter().filter(|turn| turn.rank == best).filter_map(day).max();
        let reports = || turns.chunk_by(|a, b| a.report == b.report);
        let mut latest: Vec<Option<Day>> = vec![None; self.n_speakers];
        for report in reports() {
            let known = &mut latest[heard(&report[0]).speaker as usize];
            *known = (*known).max(of_report(report));
        }
        let mut claims = voiced.iter_mut();
        for report in reports() {
            let report_day = of_report(report);
            let is_late =
                report_day.is_none() || report_day >= latest[heard(&report[0]).speaker as usize];
            for (turn, claim) in report.iter().zip(&mut claims) {
                let revised_within = || {
                    turn.as_of.is_some()
                        && report.iter().any(|other| {
                            other.rank == best
                                && other.scope == turn.scope
                                && other.as_of > turn.as_of
                        })
                };
                if turn.rank > best {
                    claim.standing = Standing::Outranked;
                } else if !is_late || revised_within() {
                    claim.standing = Standing::Superseded;
                }
            }
        }
    }

    /// Aggregates are comparable with each other only.
    fn comparable(&self, at: ClaimRef) -> bool {
        self.unit(at) != Unit::Aggregate
            || self.heard.iter().all(|heard| heard.unit == Unit::Aggregate)
    }
}
