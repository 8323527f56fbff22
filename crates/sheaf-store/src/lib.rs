//! The pool on disk: a ledger and immutable, content-addressed Parquet parts.

mod claim_reading;
mod claim_rows;
mod columns;
mod current;
mod diff;
mod encoder;
mod error;
mod found;
mod import;
mod import_rows;
mod imports;
mod judgements;
mod linkage;
mod names;
mod part;
mod pool;
mod reading;
mod report_rows;
mod resolve;
pub mod schema;
mod settled;
mod settled_reading;
mod vintage;

pub use current::Wanted;
pub use diff::{ClaimChange, Diff, ReportChange};
pub use error::{Result, StoreError};
pub use found::FoundReport;
pub use import::{ImportWriter, NewImport};
pub use imports::{Import, ImportId, Overlap};
pub use linkage::{Linkage, LinkageHead};
pub use pool::{Access, Pool};
pub use resolve::{HandleChange, Resolution};
pub use settled::{SettledHead, SettledView, SettledWriter};
pub use settled_reading::IncidentRow;
pub use vintage::Change;
