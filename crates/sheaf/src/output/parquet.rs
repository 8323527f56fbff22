//! Incidents as rows of a Parquet file, and what the file does not carry. The file itself is the
//! store's to write, in the layout of the pool's own part.

use sheaf_model::Harm;
use sheaf_store::ExportRow;

use super::entry::Entry;
use super::flat;
use super::losses::{Losses, counted};
use super::wording::headline;

/// The row of an incident as one profile has it.
pub fn parquet_row(entry: &Entry) -> ExportRow<'_> {
    let toll = |harm| headline(entry, harm).map(|toll| (toll.value.count, toll.value.whom));
    let outcome = entry.outcome();
    ExportRow {
        incident: entry,
        tolls: [toll(Harm::Killed), toll(Harm::Injured)],
        layer: entry.layer(),
        outcome: outcome.state.name(),
        outcome_word: outcome.word,
        outcome_because: outcome.because,
    }
}

/// Adds what one row an incident leaves out: who said each value, the tolls beyond one of the
/// killed and one of the injured, and who claimed it or was blamed.
pub fn add_parquet_losses(losses: &mut Losses, incidents: &[Entry]) {
    let n_against: u64 = incidents.iter().map(|it| flat::n_against(it)).sum();
    losses.add("claims", incidents.len() as u64, || {
        let against = counted(n_against, "claim says", "claims say");
        format!("who said each value is not carried; {against} otherwise (see json)")
    });
    let beyond = |it: &Entry| {
        let shown = [Harm::Killed, Harm::Injured]
            .iter()
            .filter(|&&harm| it.tolls.iter().any(|toll| toll.value.harm == harm))
            .count();
        it.tolls.len().saturating_sub(shown) as u64
    };
    let n_tolls: u64 = incidents.iter().map(beyond).sum();
    losses.add("tolls", n_tolls, || {
        format!("{} had no columns and were left out", counted(n_tolls, "toll", "tolls"))
    });
    let organisations = |it: &Entry| (it.claimed_by.len() + it.blamed_on.len()) as u64;
    let n_organisations: u64 = incidents.iter().map(organisations).sum();
    losses.add("organisations", n_organisations, || {
        let values = counted(
            n_organisations,
            "claimed-by or blamed-on value",
            "claimed-by or blamed-on values",
        );
        format!("{values} had no column and were left out")
    });
}
