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
    Unit,
};

use crate::ballots::Ballots;
use crate::packing::Said;
use crate::texts::Texts;

/// Fingerprints that differ in at most this many of their 64 bits are taken for one text: the
/// published threshold for near-duplicates with this kind of fingerprint (Manku, Jain and Das
/// Sarma 2007).
const COPY_BITS: u32 = 3;

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
    speaker: u32,
    voice: u32,
    published: Option<Day>,
    wording: Option<u64>,
}

/// One claim, by whom, and what it counts for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Voiced<T> {
    pub(crate) at: ClaimRef,
    pub(crate) voice: u32,
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
        for (position, &report) in members.iter().enumerate() {
            let (mut published, mut wording, mut outlet) = (None, None, None);
            for (field, claim, said) in ballots.claims(report) {
                match (field, said) {
                    (Field::Published, Said::Day(day)) => published = published.max(Some(day)),
                    (Field::Wording, Said::Wording(print)) => wording = wording.or(Some(print)),
                    (Field::Outlet, Said::Words(words)) => outlet = outlet.or(Some(words)),
                    _ => claims.push((field, ClaimRef { report: position as u32, claim }, said)),
                }
            }
            let curated = ballots.source_kind(report) == SourceKind::Curated;
            names.push(match outlet.filter(|_| !curated) {
                Some(words) => (true, ballots.texts().folding(words)),
                None => (false, u32::from(ballots.source_rank(report))),
            });
            let unit = ballots.unit(report);
            heard.push(Heard { unit, speaker: 0, voice: 0, published, wording });
        }
        let n_speakers = number_speakers(&mut heard, &names);
        number_voices(&mut heard);
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
                voiced.push(self.voice_of(at, value));
            }
        }
        self.give_standing(&mut voiced, &turns);
        voiced
    }

    /// The tolls of reports that may give an incident's toll, in order of report and claim.
    pub(crate) fn tolls(&self) -> impl Iterator<Item = (ClaimRef, sheaf_model::Toll)> + '_ {
        self.claims.iter().filter_map(|&(_, at, said)| match said {
            Said::Toll(toll) if self.unit(at) != Unit::Aggregate => Some((at, toll)),
            _ => None,
        })
    }

    pub(crate) fn texts(&self) -> &'a Texts {
        self.ballots.texts()
    }

    pub(crate) fn voice_of<T>(&self, at: ClaimRef, value: T) -> Voiced<T> {
        let voice = self.heard[at.report as usize].voice;
        Voiced { at, voice, value, standing: Standing::Counted }
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

    fn unit(&self, at: ClaimRef) -> Unit {
        self.heard[at.report as usize].unit
    }
}

/// How many different voices speak in these claims.
pub(crate) fn n_voices(voices: impl Iterator<Item = u32>) -> usize {
    // Nearly every incident has fewer than 64 voices, and a set of them is then one word.
    let (mut few, mut many) = (0u64, Vec::new());
    for voice in voices {
        match voice {
            0..64 => few |= 1 << voice,
            _ => many.push(voice),
        }
    }
    many.sort_unstable();
    many.dedup();
    few.count_ones() as usize + many.len()
}

/// Numbers the speakers by their names, from 0 in order of first report; how many there are.
fn number_speakers(heard: &mut [Heard], names: &[(bool, u32)]) -> usize {
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_unstable_by_key(|&idx| (names[idx], idx));
    let mut first_of: Vec<usize> = (0..names.len()).collect();
    for pair in order.windows(2) {
        if names[pair[0]] == names[pair[1]] {
            first_of[pair[1]] = first_of[pair[0]];
        }
    }
    let mut n_speakers = 0;
    for idx in 0..heard.len() {
        heard[idx].speaker = if first_of[idx] == idx {
            n_speakers += 1;
            n_speakers - 1
        } else {
            heard[first_of[idx]].speaker
        };
    }
    n_speakers as usize
}

/// Joins speakers who repeat one another into voices, numbered from 0 in order of first report.
fn number_voices(heard: &mut [Heard]) {
    let mut joined: Vec<usize> = (0..heard.len()).collect();
    let mut first_by = vec![usize::MAX; heard.len()];
    for idx in 0..heard.len() {
        let first = &mut first_by[heard[idx].speaker as usize];
        *first = (*first).min(idx);
        join(&mut joined, *first, idx);
    }
    for (left, right) in copies(heard) {
        join(&mut joined, left, right);
    }
    let mut n_voices = 0;
    for idx in 0..heard.len() {
        let first = first_joined(&joined, idx);
        heard[idx].voice = if first == idx {
            n_voices += 1;
            n_voices - 1
        } else {
            heard[first].voice
        };
    }
}

fn join(joined: &mut [usize], left: usize, right: usize) {
    let (left, right) = (first_joined(joined, left), first_joined(joined, right));
    joined[left.max(right)] = left.min(right);
}

fn first_joined(joined: &[usize], mut idx: usize) -> usize {
    while joined[idx] != idx {
        idx = joined[idx];
    }
    idx
}

/// Pairs of reports whose fingerprints are nearly equal. Two that differ in at most three bits
/// have at least one of their four quarters in common, so only reports that share a quarter are
/// compared: an incident of ten thousand news reports would otherwise take fifty million looks.
fn copies(heard: &[Heard]) -> Vec<(usize, usize)> {
    let prints: Vec<(u64, usize)> = heard
        .iter()
        .enumerate()
        .filter_map(|(idx, heard)| heard.wording.map(|print| (print, idx)))
        .collect();
    let mut found = Vec::new();
    if prints.len() < 2 {
        return found;
    }
    for quarter in 0..4 {
        let part = |print: u64| (print >> (16 * quarter)) as u16;
        let mut sorted = prints.clone();
        sorted.sort_unstable_by_key(|&(print, idx)| (part(print), print, idx));
        for run in sorted.chunk_by(|a, b| part(a.0) == part(b.0)) {
            for (nth, &(print, idx)) in run.iter().enumerate() {
                // The same text many times over stands side by side: one link to the next is
                // enough, and the next one carries on from there.
                for &(other, other_idx) in &run[nth + 1..] {
                    if (print ^ other).count_ones() <= COPY_BITS {
                        found.push((idx, other_idx));
                    }
                    if print == other {
                        break;
                    }
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voices(prints: &[Option<u64>]) -> Vec<u32> {
        let heard = |(speaker, &wording): (usize, &Option<u64>)| Heard {
            unit: Unit::Incident,
            speaker: speaker as u32,
            voice: 0,
            published: None,
            wording,
        };
        let mut heard: Vec<Heard> = prints.iter().enumerate().map(heard).collect();
        number_voices(&mut heard);
        heard.iter().map(|it| it.voice).collect()
    }

    #[test]
    fn nearly_the_same_text_is_one_voice() {
        let text = 0x0123_4567_89ab_cdef;
        let three_bits = text ^ (1 | 1 << 20 | 1 << 63);
        let four_bits = text ^ (1 | 1 << 20 | 1 << 40 | 1 << 63);
        assert_eq!(voices(&[Some(text), Some(!text), Some(three_bits)]), [0, 1, 0]);
        assert_eq!(voices(&[Some(text), Some(four_bits)]), [0, 1]);
        // A copy of a copy: the one in the middle joins all three.
        assert_eq!(voices(&[Some(text), Some(four_bits), Some(three_bits)]), [0, 0, 0]);
        assert_eq!(voices(&[None, None, Some(0)]), [0, 1, 2]);
    }

    #[test]
    fn the_short_cut_finds_what_comparing_all_pairs_finds() {
        // Texts around a few centres, from a small fixed sequence; many fall together.
        let mut state = 7u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state >> 33
        };
        let prints: Vec<Option<u64>> = (0..300)
            .map(|_| {
                let centre = (next() % 40).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let flips = (0..next() % 4).map(|_| 1u64 << (next() % 64));
                Some(flips.fold(centre, |print, flip| print ^ flip))
            })
            .collect();
        let found = voices(&prints);
        let mut joined: Vec<usize> = (0..prints.len()).collect();
        for left in 0..prints.len() {
            for right in left + 1..prints.len() {
                let apart = prints[left].unwrap() ^ prints[right].unwrap();
                if apart.count_ones() <= COPY_BITS {
                    join(&mut joined, left, right);
                }
            }
        }
        for left in 0..prints.len() {
            for right in 0..prints.len() {
                assert_eq!(
                    found[left] == found[right],
                    first_joined(&joined, left) == first_joined(&joined, right)
                );
            }
        }
    }
}
