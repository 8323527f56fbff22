//! Settled incidents as text that people and other programs read: an aligned table, one incident
//! with all its claims, JSON, CSV with its `datapackage.json`, GeoJSON. (Parquet is the store's.)
//!
//! Each writer takes incidents one by one and writes each before it asks for the next, so that a
//! list of a million takes no more memory than one of ten; and each gives back its [`Losses`]:
//! what its format could not carry, counted, in sentences for the person who asked (invariant 17).
//! CSV and GeoJSON share one list of columns (in [`flat`]), which also makes the table schema, so
//! that they cannot come to differ.
//!
//! What is written for [`Audience::Others`] holds nothing that may not be passed on. The caller
//! settles an incident again without the reports that a [`Gate`] stops; the writers of files, as a
//! second lock, leave out any incident that still rests on one. (Tables are for one's own screen.)
//! Nothing here knows the pool, the command line or colours.

mod csv;
mod entry;
mod flat;
mod gate;
mod geojson;
mod json;
mod json_text;
mod losses;
mod one;
mod package;
mod parquet;
mod side_by_side;
mod table;
mod wording;

use sheaf_model::{ReportId, SettledIncident, Spot};

pub use csv::write_csv;
pub use entry::Entry;
pub use gate::{Gate, Passage};
pub use geojson::write_geojson;
pub use json::{Fullness, write_json};
pub use losses::{Answer, Losses};
pub use one::write_one;
pub use package::write_package;
pub use parquet::{add_parquet_losses, parquet_row};
pub use side_by_side::{write_all_beside, write_one_beside};
pub use table::{Looks, write_table};
pub use wording::{NUMBERS, numbers_of, printable, values_in_words, width};

/// For whom something is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Audience {
    /// The holders of the pool: everything.
    Ourselves,
    /// Anyone else: nothing that rests on a source that may not be passed on.
    Others,
}

impl Audience {
    fn may_read(self, incident: &SettledIncident) -> bool {
        self == Audience::Ourselves || incident.licence.may_be_passed_on()
    }
}

/// What a claim said to the letter, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// File, row and column.
    pub spot: Spot,
    /// The words of the cell.
    pub said: String,
    /// Columns and words of the cells that were read together with it, such as an end or a bound.
    pub with: Vec<(String, String)>,
}

impl Told {
    /// The words in quotes, those read together with them after them, and the spot:
    /// `“142” (low “177”, high “177”)  ged.csv:7: best`.
    fn line(&self, looks: Looks) -> String {
        let [open, close] = if looks.ascii { ["\"", "\""] } else { ["“", "”"] };
        let quoted = |said: &str| format!("{open}{}{close}", printable(said));
        let with: Vec<String> = self
            .with
            .iter()
            .map(|(column, said)| format!("{} {}", printable(column), quoted(said)))
            .collect();
        let with = if with.is_empty() { String::new() } else { format!(" ({})", with.join(", ")) };
        format!("{}{with}  {}", quoted(&self.said), printable(&self.spot.to_string()))
    }
}

/// Where the words of claims can be looked up: the pool, or whatever the caller holds of it.
pub trait Claims {
    /// What this claim of the report said, if it is at hand.
    fn told(&self, report: &ReportId, claim: u16) -> Option<Told>;
}

impl<F: Fn(&ReportId, u16) -> Option<Told>> Claims for F {
    fn told(&self, report: &ReportId, claim: u16) -> Option<Told> {
        self(report, claim)
    }
}

/// For lists of incidents whose claims are named but not repeated.
#[derive(Clone, Copy, Debug)]
pub struct NotAtHand;

impl Claims for NotAtHand {
    fn told(&self, _: &ReportId, _: u16) -> Option<Told> {
        None
    }
}

#[cfg(test)]
mod made_up;
