//! Claims as our extension carries them: what was said to the letter beside what was understood.
//! Every meaning has its own shape, told by the member `is`.

use serde::{Deserialize, Serialize};
use sheaf_model::{
    Attackers, Batch, Claim, Count, Day, Field, Harm, Kind, Meaning, Metres, Place, Qualifier,
    ReportView, Toll, Unit, Unknown, When, Whom,
};

/// A claim on the wire.
#[derive(Serialize, Deserialize)]
pub(super) struct WireClaim {
    pub field: String,
    /// Position in the report's list of columns.
    pub column: u16,
    pub said: String,
    pub meant: WireMeaning,
}

/// What was understood, on the wire.
#[derive(Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub(super) enum WireMeaning {
    Words,
    Spelt {
        words: String,
    },
    Days {
        first: String,
        last: String,
    },
    Place {
        lat: f64,
        lon: f64,
        radius_m: f64,
    },
    Toll(WireToll),
    Kind {
        kind: String,
    },
    Day {
        day: String,
    },
    Number {
        number: u32,
    },
    Unit {
        unit: String,
    },
    /// Sixteen hexadecimal digits: as a number it would not survive programs that keep doubles.
    Wording {
        fingerprint: String,
    },
    PartOf {
        column: u16,
    },
    Unknown {
        how: String,
    },
    NotUnderstood,
}

/// A toll on the wire.
#[derive(Serialize, Deserialize)]
pub(super) struct WireToll {
    harm: String,
    whom: String,
    attackers: String,
    qualifier: String,
    low: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    best: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
}

impl WireClaim {
    /// Puts a claim on the wire. `column_of` gives the position of a column in the list that is
    /// sent with the report.
    pub(super) fn of(
        report: ReportView<'_>,
        claim: &Claim,
        column_of: impl Fn(u16) -> u16,
    ) -> WireClaim {
        let text = |shown: &dyn std::fmt::Display| shown.to_string();
        let meant = match claim.meant {
            Meaning::Words => WireMeaning::Words,
            Meaning::Spelt(_) => {
                WireMeaning::Spelt { words: report.words(claim).unwrap_or("").to_owned() }
            }
            Meaning::When(when) => {
                WireMeaning::Days { first: text(&when.first()), last: text(&when.last()) }
            }
            Meaning::Where(place) => WireMeaning::Place {
                lat: place.lat(),
                lon: place.lon(),
                radius_m: f64::from(place.radius().get()),
            },
            Meaning::Toll(toll) => WireMeaning::Toll(WireToll {
                harm: toll.harm.name().to_owned(),
                whom: toll.whom.name().to_owned(),
                attackers: toll.attackers.name().to_owned(),
                qualifier: toll.qualifier.name().to_owned(),
                low: toll.count.low(),
                best: toll.count.best(),
                high: toll.count.high(),
                as_of: toll.as_of.map(|day| day.to_string()),
            }),
            Meaning::Kind(kind) => WireMeaning::Kind { kind: kind.name().to_owned() },
            Meaning::Day(day) => WireMeaning::Day { day: text(&day) },
            Meaning::Number(number) => WireMeaning::Number { number },
            Meaning::Unit(unit) => WireMeaning::Unit { unit: unit.name().to_owned() },
            Meaning::Wording(bits) => WireMeaning::Wording { fingerprint: format!("{bits:016x}") },
            Meaning::PartOf(column) => WireMeaning::PartOf { column: column_of(column) },
            Meaning::Unknown(how) => WireMeaning::Unknown { how: how.name().to_owned() },
            Meaning::NotUnderstood => WireMeaning::NotUnderstood,
        };
        WireClaim {
            field: claim.field.name().to_owned(),
            column: column_of(claim.column),
            said: report.said(claim).to_owned(),
            meant,
        }
    }

    /// Adds the claim to the report a batch has begun.
    ///
    /// # Errors
    /// Which member says what is none of ours: its name and its value.
    pub(super) fn say(
        &self,
        batch: &mut Batch,
        n_columns: usize,
    ) -> Result<(), (&'static str, String)> {
        let field = Field::from_name(&self.field).ok_or_else(|| ("field", self.field.clone()))?;
        let column = |column: u16| {
            Some(column)
                .filter(|column| usize::from(*column) < n_columns)
                .ok_or_else(|| ("column", column.to_string()))
        };
        let meant = match &self.meant {
            WireMeaning::Words => Meaning::Words,
            WireMeaning::Spelt { words } => Meaning::Spelt(batch.keep(words)),
            WireMeaning::Days { first, last } => Meaning::When(
                When::new(day("meant.first", first)?, day("meant.last", last)?)
                    .ok_or_else(|| ("meant.last", last.clone()))?,
            ),
            WireMeaning::Place { lat, lon, radius_m } => Meaning::Where(
                Metres::new(*radius_m as f32)
                    .and_then(|radius| Place::new(*lat, *lon, radius))
                    .ok_or_else(|| ("meant.lat", format!("{lat}, {lon} ± {radius_m}")))?,
            ),
            WireMeaning::Toll(toll) => Meaning::Toll(toll.understood()?),
            WireMeaning::Kind { kind } => {
                Meaning::Kind(named("meant.kind", Kind::from_name(kind), kind)?)
            }
            WireMeaning::Day { day: text } => Meaning::Day(day("meant.day", text)?),
            WireMeaning::Number { number } => Meaning::Number(*number),
            WireMeaning::Unit { unit } => {
                Meaning::Unit(named("meant.unit", Unit::from_name(unit), unit)?)
            }
            WireMeaning::Wording { fingerprint } => {
                let is_hex = fingerprint.len() == 16
                    && fingerprint.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                let bits = u64::from_str_radix(fingerprint, 16).ok().filter(|_| is_hex);
                Meaning::Wording(named("meant.fingerprint", bits, fingerprint)?)
            }
            WireMeaning::PartOf { column: with } => Meaning::PartOf(column(*with)?),
            WireMeaning::Unknown { how } => {
                let known = Unknown::ALL.into_iter().find(|it| it.name() == how);
                Meaning::Unknown(named("meant.how", known, how)?)
            }
            WireMeaning::NotUnderstood => Meaning::NotUnderstood,
        };
        // Running text is not kept: only its fingerprint travels.
        if field == Field::Wording && !self.said.is_empty() {
            return Err(("said", "running text".to_owned()));
        }
        batch.say(field, column(self.column)?, &self.said, meant);
        Ok(())
    }
}

impl WireToll {
    fn understood(&self) -> Result<Toll, (&'static str, String)> {
        let harm = Harm::ALL.into_iter().find(|it| it.name() == self.harm);
        let whom = Whom::ALL.into_iter().find(|it| it.name() == self.whom);
        let attackers = [Attackers::Included, Attackers::Excluded, Attackers::Unsaid]
            .into_iter()
            .find(|it| it.name() == self.attackers);
        let qualifier = QUALIFIERS.into_iter().find(|it| it.name() == self.qualifier);
        let count = Count::new(self.low, self.best, self.high);
        Ok(Toll {
            harm: named("meant.harm", harm, &self.harm)?,
            whom: named("meant.whom", whom, &self.whom)?,
            attackers: named("meant.attackers", attackers, &self.attackers)?,
            qualifier: named("meant.qualifier", qualifier, &self.qualifier)?,
            count: named("meant.low", count, &self.low.to_string())?,
            as_of: match &self.as_of {
                Some(text) => Some(day("meant.as_of", text)?),
                None => None,
            },
        })
    }
}

/// Every way of putting a number; the compiler cannot hold this list, a test does.
pub(super) const QUALIFIERS: [Qualifier; 8] = [
    Qualifier::Exactly,
    Qualifier::About,
    Qualifier::AtLeast,
    Qualifier::MoreThan,
    Qualifier::UpTo,
    Qualifier::Feared,
    Qualifier::Unconfirmed,
    Qualifier::Words,
];

fn named<T>(
    member: &'static str,
    found: Option<T>,
    said: &str,
) -> Result<T, (&'static str, String)> {
    found.ok_or_else(|| (member, said.to_owned()))
}

/// Days are written `YYYY-MM-DD` and nothing longer is taken, so that a day has one spelling.
fn day(member: &'static str, text: &str) -> Result<Day, (&'static str, String)> {
    named(member, Day::parse_iso(text).filter(|_| text.len() == 10), text)
}
