//! How one claim lies in memory: a head of one word and as many words as its value needs. A plain
//! enum would take 40 bytes for each claim, whatever it says; packed, a country takes 8 and a
//! usual toll 12, which is what lets a million reports wait for settling in a few hundred
//! megabytes beside everything else that a pool needs at that moment.

use sheaf_model::{
    Attackers, Basis, Claim, Count, Day, Field, Harm, Kind, Meaning, Metres, Place, Qualifier,
    ReportView, Toll, Unknown, When, Whom,
};

use crate::ruling::Why;
use crate::texts::Texts;

/// What a claim that matters to settling says.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Said {
    /// Words, by number.
    Words(u32),
    When(When),
    Where(Place),
    /// A toll, and the word it was said in, by number, if it was said in a word.
    Toll(Toll, Option<u32>),
    Kind(Kind),
    Day(Day),
    Wording(u64),
    /// No value, for one of the reasons why a claim is silent.
    Nothing(Why),
}

/// A source's remarks on whether an entry belongs in its list, in the words that readers map them
/// to. Others are not kept: a profile looks at no others.
pub(crate) const REMARKS: [&str; 4] = [
    "doubt that it was terrorism",
    "criterion 1 not met",
    "criterion 2 not met",
    "criterion 3 not met",
];

const ABSENT: u32 = u32::MAX;

// Bits of a head's second byte for a toll.
const INTERVAL: u8 = 1;
const AS_OF: u8 = 2;
const IN_A_WORD: u8 = 4;
// And for a stretch of days.
const LONGER: u8 = 1;
// And for a claim of any field that gives no value, with its reason in the bits below.
const NOTHING: u8 = 1 << 7;

const SILENCES: [Why; 4] = [Why::NotKnown, Why::NotApplicable, Why::TooCoarse, Why::NotUnderstood];

/// Adds the claim, unless settling has no use for it.
pub(crate) fn pack(
    words: &mut Vec<u32>,
    texts: &mut Texts,
    report: ReportView<'_>,
    claim: &Claim,
    position: u16,
) {
    let head = |extra: u8| {
        u32::from(claim.field as u8) << 24 | u32::from(extra) << 16 | u32::from(position)
    };
    let nothing = match claim.meant {
        Meaning::Unknown(Unknown::NotKnown) => Some(0),
        Meaning::Unknown(Unknown::NotApplicable) => Some(1),
        Meaning::Unknown(Unknown::TooCoarse) => Some(2),
        Meaning::NotUnderstood => Some(3),
        _ => None,
    };
    if let Some(reason) = nothing.filter(|_| crate::is_settled(claim.field)) {
        words.push(head(NOTHING | reason));
        return;
    }
    match (claim.field, claim.meant) {
        (Field::When, Meaning::When(when)) if when.width_days() == 1 => {
            words.extend([head(0), day_word(when.first())]);
        }
        (Field::When, Meaning::When(when)) => {
            words.extend([head(LONGER), day_word(when.first()), day_word(when.last())]);
        }
        (Field::Where, Meaning::Where(place)) => {
            let (lat, lon) = (place.lat().to_bits(), place.lon().to_bits());
            words.extend([head(0), lat as u32, (lat >> 32) as u32, lon as u32]);
            words.extend([(lon >> 32) as u32, place.radius().get().to_bits()]);
        }
        (Field::Toll, Meaning::Toll(toll)) => {
            let in_a_word = toll.qualifier == Qualifier::Words;
            let word = in_a_word.then(|| texts.keep(report.said(claim)));
            pack_toll(words, head, toll, word);
        }
        (Field::Kind, Meaning::Kind(kind)) => words.push(head(kind as u8)),
        (Field::Published, Meaning::Day(day)) => words.extend([head(0), day_word(day)]),
        (Field::Wording, Meaning::Wording(print)) => {
            words.extend([head(0), print as u32, (print >> 32) as u32]);
        }
        (
            Field::PlaceName
            | Field::AdminOne
            | Field::Country
            | Field::Target
            | Field::Weapon
            | Field::ClaimedBy
            | Field::BlamedOn
            | Field::Outlet,
            Meaning::Words | Meaning::Spelt(_),
        ) => {
            let said = report.words(claim).map(str::trim).filter(|said| !said.is_empty());
            if let Some(said) = said {
                words.extend([head(0), texts.keep(said)]);
            }
        }
        // Of what tolls rest on, only that it is the word of a party changes what is done with them.
        (Field::Basis, Meaning::Words | Meaning::Spelt(_)) => {
            let said = report.words(claim).map(str::trim);
            if let Some(said) = said.filter(|said| *said == Basis::Party.name()) {
                words.extend([head(0), texts.keep(said)]);
            }
        }
        // Of a source's own remarks, those on whether the entry belongs in its list.
        (Field::Status, Meaning::Words | Meaning::Spelt(_)) => {
            let said = report.words(claim).map(str::trim);
            if let Some(said) = said.filter(|said| REMARKS.contains(said)) {
                words.extend([head(0), texts.keep(said)]);
            }
        }
        _ => {}
    }
}

fn pack_toll(words: &mut Vec<u32>, head: impl Fn(u8) -> u32, toll: Toll, word: Option<u32>) {
    let count = toll.count;
    let exact = count.high() == Some(count.low()) && count.best() == Some(count.low());
    let interval = if exact { 0 } else { INTERVAL };
    let as_of = if toll.as_of.is_some() { AS_OF } else { 0 };
    let scope = [toll.harm as u8, toll.whom as u8, toll.attackers as u8, toll.qualifier as u8];
    let in_a_word = if word.is_some() { IN_A_WORD } else { 0 };
    words.extend([head(interval | as_of | in_a_word), u32::from_le_bytes(scope), count.low()]);
    if !exact {
        words.extend([count.best().unwrap_or(ABSENT), count.high().unwrap_or(ABSENT)]);
    }
    words.extend(toll.as_of.map(day_word));
    words.extend(word);
}

fn day_word(day: Day) -> u32 {
    day.days_since_1970() as u32
}

/// The claims in these words, each with its field and its position within its report.
pub(crate) fn unpack(words: &[u32]) -> impl Iterator<Item = (Field, u16, Said)> + '_ {
    let mut rest = words;
    std::iter::from_fn(move || {
        let (&head, tail) = rest.split_first()?;
        rest = tail;
        let field = Field::ALL[(head >> 24) as usize];
        let extra = (head >> 16) as u8;
        let mut next = || {
            let (&word, tail) = rest.split_first().expect("a claim is packed whole");
            rest = tail;
            word
        };
        let said = match field {
            _ if extra & NOTHING != 0 => Said::Nothing(SILENCES[usize::from(extra & !NOTHING)]),
            Field::When => {
                let first = day_of(next());
                let last = if extra == LONGER { day_of(next()) } else { first };
                Said::When(When::new(first, last).expect("packed from a stretch of days"))
            }
            Field::Where => {
                let lat = f64::from_bits(u64::from(next()) | u64::from(next()) << 32);
                let lon = f64::from_bits(u64::from(next()) | u64::from(next()) << 32);
                let radius = Metres::new(f32::from_bits(next()));
                let place = radius.and_then(|radius| Place::new(lat, lon, radius));
                Said::Where(place.expect("packed from a place"))
            }
            Field::Toll => {
                let [harm, whom, attackers, qualifier] = next().to_le_bytes();
                let low = next();
                let (best, high) =
                    if extra & INTERVAL == 0 { (low, low) } else { (next(), next()) };
                let present = |number: u32| (number != ABSENT).then_some(number);
                let toll = Toll {
                    harm: Harm::ALL[harm as usize],
                    whom: Whom::ALL[whom as usize],
                    attackers: ATTACKERS[attackers as usize],
                    qualifier: QUALIFIERS[qualifier as usize],
                    count: Count::new(low, present(best), present(high))
                        .expect("packed from a count"),
                    as_of: (extra & AS_OF != 0).then(|| day_of(next())),
                };
                Said::Toll(toll, (extra & IN_A_WORD != 0).then(next))
            }
            Field::Kind => Said::Kind(Kind::ALL[extra as usize]),
            Field::Published => Said::Day(day_of(next())),
            Field::Wording => Said::Wording(u64::from(next()) | u64::from(next()) << 32),
            _ => Said::Words(next()),
        };
        Some((field, head as u16, said))
    })
}

fn day_of(word: u32) -> Day {
    Day::from_days_since_1970(word as i32).expect("packed from a day")
}

const ATTACKERS: [Attackers; 3] = [Attackers::Included, Attackers::Excluded, Attackers::Unsaid];

const QUALIFIERS: [Qualifier; 8] = [
    Qualifier::Exactly,
    Qualifier::About,
    Qualifier::AtLeast,
    Qualifier::MoreThan,
    Qualifier::UpTo,
    Qualifier::Feared,
    Qualifier::Unconfirmed,
    Qualifier::Words,
];

#[cfg(test)]
mod tests {
    use sheaf_model::{Batch, Unit};

    use super::*;

    /// Packs one claim and unpacks it again.
    fn there_and_back(field: Field, said: &str, meant: Meaning) -> Option<(Field, u16, Said)> {
        let mut batch = Batch::default();
        batch.begin_report("1", 2, Unit::Incident);
        batch.say(field, 0, said, meant);
        batch.end_report();
        let report = batch.report(0);
        let (mut words, mut texts) = (Vec::new(), Texts::default());
        pack(&mut words, &mut texts, report, &report.claims()[0], 513);
        let mut claims = unpack(&words);
        let claim = claims.next();
        assert_eq!(claims.next(), None);
        claim
    }

    #[test]
    fn every_toll_comes_back_as_it_was() {
        let day = Day::from_ymd(1969, 12, 31);
        let counts = [
            Count::exactly(0),
            Count::exactly(Count::MAX),
            Count::at_least(31),
            Count::new(31, Some(39), Some(43)),
            Count::new(31, None, Some(31)),
            Count::new(2, Some(3), None),
        ];
        for harm in Harm::ALL {
            for whom in Whom::ALL {
                for attackers in ATTACKERS {
                    for qualifier in QUALIFIERS {
                        for count in counts.into_iter().flatten() {
                            for as_of in [None, day] {
                                let toll = Toll { harm, whom, attackers, qualifier, count, as_of };
                                let word = (qualifier == Qualifier::Words).then_some(0);
                                assert_eq!(
                                    there_and_back(Field::Toll, "tens", Meaning::Toll(toll)),
                                    Some((Field::Toll, 513, Said::Toll(toll, word)))
                                );
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn every_other_value_comes_back_as_it_was() {
        let day = |d| Day::from_ymd(2014, 5, d).unwrap();
        let week = When::new(day(20), day(26)).unwrap();
        let place = Place::new(-43.801, 179.999_999_9, Metres::new(25_000.0).unwrap()).unwrap();
        for (field, meant, said) in [
            (Field::When, Meaning::When(When::on(day(22))), Said::When(When::on(day(22)))),
            (Field::When, Meaning::When(week), Said::When(week)),
            (Field::Where, Meaning::Where(place), Said::Where(place)),
            (Field::Kind, Meaning::Kind(Kind::Other), Said::Kind(Kind::Other)),
            (Field::Published, Meaning::Day(day(23)), Said::Day(day(23))),
            (Field::Wording, Meaning::Wording(u64::MAX - 7), Said::Wording(u64::MAX - 7)),
            (Field::Country, Meaning::Words, Said::Words(0)),
        ] {
            assert_eq!(there_and_back(field, "x", meant), Some((field, 513, said)));
        }
    }

    /// Unknown is unknown: no number, day or point stands for it, and the claim is not forgotten.
    #[test]
    fn what_gives_no_value_is_kept_as_that() {
        for (meant, why) in [
            (Meaning::Unknown(Unknown::NotKnown), Why::NotKnown),
            (Meaning::Unknown(Unknown::NotApplicable), Why::NotApplicable),
            (Meaning::Unknown(Unknown::TooCoarse), Why::TooCoarse),
            (Meaning::NotUnderstood, Why::NotUnderstood),
        ] {
            for field in [Field::When, Field::Where, Field::Toll, Field::Kind, Field::Country] {
                let said = Some((field, 513, Said::Nothing(why)));
                assert_eq!(there_and_back(field, "-99", meant), said);
            }
            assert_eq!(there_and_back(Field::Reference, "-99", meant), None, "never settled");
        }
        // A cell that was read with another has no part of its own.
        assert_eq!(there_and_back(Field::When, "2014", Meaning::PartOf(3)), None);
        assert_eq!(there_and_back(Field::Country, "  ", Meaning::Words), None);
        assert_eq!(there_and_back(Field::Status, "verified", Meaning::Words), None);
    }
}
