//! GTD comes as CSV and as a workbook; both say the same. The workbook holds the rows of the CSV
//! sample (invented ones), its numbers as numbers, as the publisher's file has them.

use std::path::Path;

use sheaf_read::{ReadOptions, read_all};

/// Each report with its claims in words, in the order of the file.
fn told(file: &str) -> (String, Vec<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sources/gtd");
    let (reading, batches, _) = read_all(&folder.join(file), &ReadOptions::found_out()).unwrap();
    assert_eq!(reading.head.reader, "gtd", "{file}");
    let reports = batches.iter().flat_map(|batch| batch.reports()).map(|report| {
        let claims: Vec<String> = report
            .claims()
            .iter()
            .map(|claim| {
                let words = report.words(claim).unwrap_or_default();
                let meant =
                    if words.is_empty() { format!("{:?}", claim.meant) } else { words.into() };
                format!("{} {} {meant}", claim.field, claim.column)
            })
            .collect();
        format!("{}: {}", report.key(), claims.join("; "))
    });
    (reading.tally.to_string(), reports.collect())
}

#[test]
fn the_workbook_says_what_the_table_says() {
    let (tally, reports) = told("sample.csv");
    assert!(reports.len() >= 5, "{tally}");
    let (tally_of_workbook, reports_of_workbook) = told("sample.xlsx");
    assert_eq!(tally_of_workbook, tally);
    for (workbook, table) in reports_of_workbook.iter().zip(&reports) {
        assert_eq!(workbook, table);
    }
}
