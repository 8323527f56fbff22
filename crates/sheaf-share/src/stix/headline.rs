//! What an object is called. STIX wants a name, and some programs tell objects apart by name and
//! time alone; so the name says what, where and when, and ends with the report's own id. It is put
//! together from coded claims: no headline of a source is ever passed on.

use sheaf_model::{Field, Meaning, Place, ReportId, ReportView, When};

/// How many characters of a place's name are taken.
const MAX_PLACE: usize = 80;

/// "Vehicle bomb, Ürümqi, 2014-05-22 (acme:42)"
pub(super) fn headline(
    report: ReportView<'_>,
    id: &ReportId,
    is_sent: impl Fn(u16) -> bool,
) -> String {
    let sent = Sent { report, is_sent: &is_sent };
    let kind = sent.first(|_, meant| match meant {
        Meaning::Kind(kind) => Some(in_words(kind.name())),
        _ => None,
    });
    let place = [Field::PlaceName, Field::AdminTwo, Field::AdminOne, Field::Country]
        .into_iter()
        .find_map(|field| sent.words(field));
    let when = sent.when();
    format!(
        "{}, {}, {} ({id})",
        kind.unwrap_or_else(|| "Incident".to_owned()),
        place.unwrap_or_else(|| "place unknown".to_owned()),
        when.map_or_else(|| "undated".to_owned(), |when| when.to_string()),
    )
}

/// The tolls in words, or nothing: "31 killed; 94 or more injured".
pub(super) fn tolls(report: ReportView<'_>, is_sent: impl Fn(u16) -> bool) -> Option<String> {
    let sent = Sent { report, is_sent: &is_sent };
    let tolls: Vec<String> =
        sent.claims().filter_map(|(_, meant)| meant.toll().map(|toll| toll.to_string())).collect();
    (!tolls.is_empty()).then(|| tolls.join("; "))
}

/// The claims of a report that are sent.
pub(super) struct Sent<'a, F> {
    pub report: ReportView<'a>,
    pub is_sent: &'a F,
}

impl<'a, F: Fn(u16) -> bool> Sent<'a, F> {
    pub(super) fn claims(&self) -> impl Iterator<Item = (Field, Meaning)> + '_ {
        self.report
            .claims()
            .iter()
            .enumerate()
            .filter(|(idx, _)| (self.is_sent)(*idx as u16))
            .map(|(_, claim)| (claim.field, claim.meant))
    }

    fn first<T>(&self, pick: impl Fn(Field, Meaning) -> Option<T>) -> Option<T> {
        self.claims().find_map(|(field, meant)| pick(field, meant))
    }

    /// The first words said about a field, shortened, on one line.
    pub(super) fn words(&self, field: Field) -> Option<String> {
        self.report.claims().iter().enumerate().find_map(|(idx, claim)| {
            let is_it = claim.field == field && (self.is_sent)(idx as u16);
            let words = self.report.words(claim).filter(|words| is_it && !words.is_empty())?;
            let plain = |c: char| if c.is_control() { ' ' } else { c };
            Some(words.chars().take(MAX_PLACE).map(plain).collect())
        })
    }

    fn when(&self) -> Option<When> {
        self.first(|_, meant| match meant {
            Meaning::When(when) => Some(when),
            _ => None,
        })
    }

    /// The places stated, first to last.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> + '_ {
        self.claims().filter_map(|(_, meant)| match meant {
            Meaning::Where(place) => Some(place),
            _ => None,
        })
    }
}

/// "vehicle-bomb" as "Vehicle bomb".
fn in_words(name: &str) -> String {
    let mut characters = name.chars().map(|c| if c == '-' { ' ' } else { c });
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
