//! Settled incidents as one Parquet file outside any pool, for whoever reads Parquet and has not got
//! sheaf. One row an incident, in the layout of the pool's own incidents part; which claims a value
//! rests on stays in the pool.

use std::fs::File;
use std::path::Path;

use parquet::arrow::ArrowWriter;
use sheaf_model::SettledIncident;

use crate::error::{Result, StoreError};
use crate::schema::PartKind;
use crate::settled_rows::IncidentRows;

/// Writes incidents to a file of their own; one that is there is replaced.
///
/// # Errors
/// If the file cannot be written; what is there then is not complete.
pub fn write_incidents(path: &Path, incidents: &[SettledIncident]) -> Result<()> {
    let kind = PartKind::Incidents;
    let file = File::create(path).map_err(|err| StoreError::io(path, "writing", &err))?;
    let failed = |err| StoreError::writing(path, &err);
    let mut writer =
        ArrowWriter::try_new(file, kind.schema(), Some(kind.properties())).map_err(failed)?;
    for chunk in incidents.chunks(1 << 13) {
        let mut rows = IncidentRows::default();
        for incident in chunk {
            rows.push(incident, 0, 0);
        }
        writer.write(&rows.take()).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use sheaf_model::{Incident, IncidentId, Licence, ReportId};

    use super::*;

    #[test]
    fn another_program_reads_the_rows_back() {
        let report = ReportId::parse("wire:1").unwrap();
        let incident = SettledIncident {
            incident: Incident { id: IncidentId::of([&report]).unwrap(), reports: vec![report] },
            profile: "interval@1",
            sources: Vec::new(),
            licence: Licence::ShareAlike,
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
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("incidents.parquet");
        write_incidents(&path, &[incident.clone(), incident]).unwrap();
        let file = File::open(&path).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
        let rows: usize = reader.map(|batch| batch.unwrap().num_rows()).sum();
        assert_eq!(rows, 2);
    }
}
