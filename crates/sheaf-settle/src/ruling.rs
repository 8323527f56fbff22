//! What a profile makes of one incident, and what part each claim had in it. A settled value names
//! the claims for and against it; this adds why a claim that was not used was not, so that no claim
//! is ever nowhere: it is used, it agrees, or it is contested, pending or rejected with a reason.
//! The three outcomes of an incident as a whole follow Every Casualty's Standards for Casualty
//! Recording: confirmed, several equally possible, rejected; and "pending" where a rule cannot be
//! applied yet.

use std::fmt;

use sheaf_model::{ClaimRef, Settled, SettledIncident, Toll};

/// An incident as one profile settles it.
#[derive(Clone, PartialEq, Debug)]
pub struct Ruling {
    /// The values, each with the claims for and against it.
    pub settled: SettledIncident,
    /// What the profile makes of the incident as a whole.
    pub outcome: Outcome,
    /// What the profile's own method would write beside the entry, in whole words.
    pub notes: Vec<&'static str>,
    /// The tolls that were brought to another scope before they were compared.
    pub alignments: Vec<Alignment>,
    /// Claims that were not counted, in order, each once, with the weightiest reason.
    aside: Vec<(ClaimRef, Why)>,
}

/// A toll that follows from two of one report: 43 with the attackers, and 4 attackers, is 39
/// without.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Alignment {
    /// The claim that was said.
    pub said: ClaimRef,
    /// The attackers' toll of the same report.
    pub with: ClaimRef,
    /// The toll in the other scope.
    pub gives: Toll,
}

/// What a profile makes of an incident as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// In which of four ways it stands.
    pub state: State,
    /// The profile's own word for it: "Provisional", "Fair".
    pub word: &'static str,
    /// Why, in a few words.
    pub because: &'static str,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.word, self.state.name(), self.because)
    }
}

/// The ways in which an incident can stand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    /// The rule gives an answer, and nothing speaks against it.
    Settled,
    /// Something that the rule asks for is not known yet.
    Pending,
    /// Several answers are equally possible.
    Contested,
    /// By this profile's rules it is no entry.
    Rejected,
}

impl State {
    /// The word used in files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            State::Settled => "settled",
            State::Pending => "pending",
            State::Contested => "contested",
            State::Rejected => "rejected",
        }
    }
}

/// What part a claim had in a settlement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// A value rests on it.
    Used,
    /// It was not counted, and does not contradict the value.
    Agrees(Why),
    /// It says otherwise, and may be right.
    Contested(Why),
    /// It may count once something more is known.
    Pending(Why),
    /// It does not count by this profile's rules.
    Rejected(Why),
    /// It speaks of the matter and gives no value: its source says that it does not know, or its
    /// words could not be understood. That is not zero, and not the same as no claim.
    Silent(Why),
}

impl Part {
    /// The word used in files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Part::Used => "used",
            Part::Agrees(_) => "agrees",
            Part::Contested(_) => "contested",
            Part::Pending(_) => "pending",
            Part::Rejected(_) => "rejected",
            Part::Silent(_) => "silent",
        }
    }

    /// Why it was not used.
    pub fn why(self) -> Option<Why> {
        match self {
            Part::Used => None,
            Part::Agrees(why)
            | Part::Contested(why)
            | Part::Pending(why)
            | Part::Rejected(why)
            | Part::Silent(why) => Some(why),
        }
    }
}

/// Why a claim was not used. The first that applies to a claim, in this order, is the one shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)] // Each is told by its own words below.
pub enum Why {
    NotKnown,
    NotApplicable,
    TooCoarse,
    NotUnderstood,
    HarmNotSettled,
    PartyNotSettled,
    Aggregate,
    Perpetrator,
    Superseded,
    Episode,
    Lead,
    Party,
    Feared,
    Unconfirmed,
    Word,
    TooVague,
    Bound,
    OnlyBounds,
    OtherScope,
    ScopeUnsaid,
    LessConservative,
    LessRecent,
    FewerVoices,
    Higher,
    SaysOtherwise,
}

impl Why {
    /// Every reason.
    pub const ALL: [Why; 25] = [
        Why::NotKnown,
        Why::NotApplicable,
        Why::TooCoarse,
        Why::NotUnderstood,
        Why::HarmNotSettled,
        Why::PartyNotSettled,
        Why::Aggregate,
        Why::Perpetrator,
        Why::Superseded,
        Why::Episode,
        Why::Lead,
        Why::Party,
        Why::Feared,
        Why::Unconfirmed,
        Why::Word,
        Why::TooVague,
        Why::Bound,
        Why::OnlyBounds,
        Why::OtherScope,
        Why::ScopeUnsaid,
        Why::LessConservative,
        Why::LessRecent,
        Why::FewerVoices,
        Why::Higher,
        Why::SaysOtherwise,
    ];

    /// In words that go on after "not used, because".
    pub fn because(self) -> &'static str {
        match self {
            Why::NotKnown => "its source says that it does not know",
            Why::NotApplicable => "its source says that the question does not apply",
            Why::TooCoarse => "its source knows the place too coarsely for a point",
            Why::NotUnderstood => "what was said could not be understood, and a doubt says so",
            Why::HarmNotSettled => "this profile gives no toll of that harm",
            Why::PartyNotSettled => "this profile gives no toll of that party",
            Why::Aggregate => "it counts over an area and period that may contain incidents",
            Why::Perpetrator => "a party to the incident says so of itself or its enemy",
            Why::Superseded => "its own speaker has spoken again since",
            Why::Episode => "it is about a longer episode",
            Why::Lead => "it is a machine-coded lead",
            Why::Party => "a party to the incident says so, and others speak too",
            Why::Feared => "it is only feared",
            Why::Unconfirmed => "it is unconfirmed",
            Why::Word => "it is a word where others give a number",
            Why::TooVague => "it is too vague to be written as a number",
            Why::Bound => "it gives a bound where others give a number",
            Why::OnlyBounds => "no number can be estimated from bounds alone",
            Why::OtherScope => "it counts others than the value does",
            Why::ScopeUnsaid => "it does not say whether the attackers are counted",
            Why::LessConservative => "a more conservative number was said",
            Why::LessRecent => "a more recent source is heard",
            Why::FewerVoices => "more independent voices say otherwise",
            Why::Higher => "a lower number has equally many voices",
            Why::SaysOtherwise => "it says otherwise",
        }
    }

    /// The part of a claim that this keeps from being used.
    fn part(self) -> Part {
        match self {
            Why::NotKnown | Why::NotApplicable | Why::TooCoarse | Why::NotUnderstood => {
                Part::Silent(self)
            }
            Why::HarmNotSettled
            | Why::PartyNotSettled
            | Why::Aggregate
            | Why::Perpetrator
            | Why::Superseded
            | Why::Episode
            | Why::OtherScope => Part::Rejected(self),
            Why::Lead
            | Why::Party
            | Why::Feared
            | Why::Unconfirmed
            | Why::Word
            | Why::TooVague
            | Why::Bound
            | Why::OnlyBounds
            | Why::ScopeUnsaid => Part::Pending(self),
            Why::LessConservative
            | Why::LessRecent
            | Why::FewerVoices
            | Why::Higher
            | Why::SaysOtherwise => Part::Contested(self),
        }
    }

    /// Whether a claim kept back for this reason and filed with a value only agrees with it. What
    /// is kept back for its scope can still be what a value was worked out from.
    fn only_agrees(self) -> bool {
        !matches!(
            self,
            Why::HarmNotSettled | Why::PartyNotSettled | Why::OtherScope | Why::ScopeUnsaid
        )
    }
}

impl Ruling {
    /// What part each claim had that can be settled, in order of report and claim. A claim that
    /// serves two values is used if one of them rests on it.
    pub fn parts(&self) -> Vec<(ClaimRef, Part)> {
        let mut known: Vec<(ClaimRef, bool)> = Vec::new();
        each_filed(&self.settled, |from, against| {
            known.extend(from.iter().map(|&at| (at, true)));
            known.extend(against.iter().map(|&at| (at, false)));
        });
        known.extend(self.aside.iter().map(|&(at, _)| (at, false)));
        // With the claims for a value before those against one.
        known.sort_unstable_by_key(|&(at, is_for)| (at, !is_for));
        known.dedup_by_key(|(at, _)| *at);
        let why = |at| {
            let found = self.aside.binary_search_by_key(&at, |&(at, _)| at).ok()?;
            Some(self.aside[found].1)
        };
        let part = |at, is_for| match (is_for, why(at)) {
            (true, Some(why)) if why.only_agrees() => Part::Agrees(why),
            (true, _) => Part::Used,
            (false, why) => why.unwrap_or(Why::SaysOtherwise).part(),
        };
        known.into_iter().map(|(at, is_for)| (at, part(at, is_for))).collect()
    }

    /// An incident settled before, of which only the values and the outcome were kept. Claims that
    /// stand neither for nor against a value have no part in it.
    pub fn recalled(settled: SettledIncident, outcome: Outcome) -> Ruling {
        Ruling::new(settled, outcome, Docket::default())
    }

    pub(crate) fn new(settled: SettledIncident, outcome: Outcome, docket: Docket) -> Ruling {
        let Docket { mut aside, alignments } = docket;
        aside.sort_unstable();
        aside.dedup_by_key(|(at, _)| *at);
        Ruling { settled, outcome, notes: Vec::new(), alignments, aside }
    }

    pub(crate) fn with_notes(self, notes: Vec<&'static str>) -> Ruling {
        Ruling { notes, ..self }
    }
}

/// What becomes known of claims while an incident is settled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Docket {
    aside: Vec<(ClaimRef, Why)>,
    pub(crate) alignments: Vec<Alignment>,
}

impl Docket {
    /// Notes why a claim is not counted. A claim may be noted several times.
    pub(crate) fn put_aside(&mut self, at: ClaimRef, why: Why) {
        self.aside.push((at, why));
    }
}

/// Shows every settled value's claims for and against it.
pub(crate) fn each_filed(it: &SettledIncident, mut see: impl FnMut(&[ClaimRef], &[ClaimRef])) {
    fn one<T>(it: &Option<Settled<T>>, see: &mut impl FnMut(&[ClaimRef], &[ClaimRef])) {
        it.iter().for_each(|it| see(&it.from, &it.against));
    }
    one(&it.when, &mut see);
    one(&it.place, &mut see);
    one(&it.kind, &mut see);
    for words in [&it.place_name, &it.admin_one, &it.country, &it.target, &it.weapon] {
        one(words, &mut see);
    }
    it.tolls.iter().for_each(|it| see(&it.from, &it.against));
    it.claimed_by.iter().chain(&it.blamed_on).for_each(|it| see(&it.from, &it.against));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_in_the_list_in_its_order_and_says_something() {
        assert!(Why::ALL.is_sorted());
        assert_eq!(Why::ALL.len(), Why::SaysOtherwise as usize + 1);
        for why in Why::ALL {
            assert!(why.because().len() > 10 && !why.because().ends_with('.'));
            assert_eq!(why.part().why(), Some(why));
        }
    }
}
