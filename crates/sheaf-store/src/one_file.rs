//! Settled incidents as one Parquet file outside any pool, for whoever reads Parquet and has not got
//! sheaf. One row for an incident as one profile has it, in the layout of the pool's own incidents
//! part and with columns after those that say by which profile, whether its tolls were recorded or
//! estimated, and how the incident stands. Which claims a value rests on stays in the pool.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use sheaf_model::{Count, SettledIncident, Whom};

use crate::error::{Result, StoreError};
use crate::schema::PartKind;
use crate::settled_rows::IncidentRows;

/// One row: an incident as one profile has it.
#[derive(Clone, Copy, Debug)]
pub struct ExportRow<'a> {
    /// The values.
    pub incident: &'a SettledIncident,
    /// The tolls of killed and of injured for which there are columns, each with whose it is.
    pub tolls: [Option<(Count, Whom)>; 2],
    /// "recorded" or "estimated": the two are never to be added up.
    pub layer: &'a str,
    /// How the incident stands: "settled", "pending" and so on.
    pub outcome: &'a str,
    /// The profile's own word for it.
    pub outcome_word: &'a str,
    /// Why.
    pub outcome_because: &'a str,
}

/// The columns after those of the incidents part.
const MORE: [&str; 7] = [
    "killed_whom",
    "injured_whom",
    "profile",
    "layer",
    "outcome",
    "outcome_word",
    "outcome_because",
];

/// Writes rows to a file of their own; one that is there is replaced.
///
/// # Errors
/// If the file cannot be written; what is there then is not complete.
pub fn write_incidents(path: &Path, rows: &[ExportRow<'_>]) -> Result<()> {
    let kind = PartKind::Incidents;
    let file = File::create(path).map_err(|err| StoreError::io(path, "writing", &err))?;
    let failed = |err| StoreError::writing(path, &err);
    let mut fields: Vec<_> = kind.schema().fields().iter().cloned().collect();
    fields.extend(MORE.map(|name| Arc::new(Field::new(name, DataType::Utf8, true))));
    let schema = Arc::new(Schema::new(fields));
    let mut writer =
        ArrowWriter::try_new(file, schema.clone(), Some(kind.properties())).map_err(failed)?;
    for chunk in rows.chunks(1 << 13) {
        let mut incidents = IncidentRows::default();
        for row in chunk {
            incidents.push(row.incident, row.tolls.map(|toll| toll.map(|(count, _)| count)), 0, 0);
        }
        let mut arrays = incidents.take().columns().to_vec();
        let texts = |of: &dyn Fn(&ExportRow<'_>) -> Option<String>| -> ArrayRef {
            Arc::new(chunk.iter().map(of).collect::<StringArray>())
        };
        let whom = |row: &ExportRow<'_>, at: usize| {
            row.tolls[at].map(|(_, whom): (Count, Whom)| whom.name().to_owned())
        };
        arrays.extend([
            texts(&|row| whom(row, 0)),
            texts(&|row| whom(row, 1)),
            texts(&|row| Some(row.incident.profile.to_owned())),
            texts(&|row| Some(row.layer.to_owned())),
            texts(&|row| Some(row.outcome.to_owned())),
            texts(&|row| Some(row.outcome_word.to_owned())),
            texts(&|row| Some(row.outcome_because.to_owned())),
        ]);
        let batch = RecordBatch::try_new(schema.clone(), arrays)
            .expect("the arrays are made for this schema");
        writer.write(&batch).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use sheaf_model::{Incident, IncidentId, Licence, ReportId};

    use super::*;

    #[test]
    fn another_program_reads_the_rows_back() {
        let report = ReportId::parse("wire:1").unwrap();
        let incident = |profile| SettledIncident {
            incident: Incident {
                id: IncidentId::of([&report]).unwrap(),
                reports: vec![report.clone()],
            },
            profile,
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
        let (one, two) = (incident("interval@1"), incident("model@1"));
        let row = |incident, layer| ExportRow {
            incident,
            tolls: [Count::exactly(3).map(|count| (count, Whom::Civilians)), None],
            layer,
            outcome: "settled",
            outcome_word: "one number",
            outcome_because: "all say the same",
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("incidents.parquet");
        write_incidents(&path, &[row(&one, "recorded"), row(&two, "estimated")]).unwrap();
        let file = File::open(&path).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
        let batches: Vec<RecordBatch> = reader.map(|batch| batch.unwrap()).collect();
        let text = |name: &str| -> Vec<Option<String>> {
            let column = batches[0].column_by_name(name).unwrap().as_string::<i32>();
            column.iter().map(|it| it.map(str::to_owned)).collect()
        };
        let both = |a: &str, b: &str| vec![Some(a.to_owned()), Some(b.to_owned())];
        assert_eq!(text("profile"), both("interval@1", "model@1"));
        assert_eq!(text("layer"), both("recorded", "estimated"));
        assert_eq!(text("killed_whom"), both("civilians", "civilians"));
        assert_eq!(text("injured_whom"), [None, None]);
        assert_eq!(batches[0].num_rows(), 2);
    }
}
