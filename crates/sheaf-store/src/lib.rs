//! The pool on disk: a ledger and immutable, content-addressed Parquet parts.

mod claim_reading;
mod claim_rows;
mod current;
mod error;
mod import;
mod import_rows;
mod imports;
mod judgements;
mod linkage;
mod names;
mod part;
mod pool;
mod report_rows;
pub mod schema;
mod vintage;

pub use current::Wanted;
pub use error::{Result, StoreError};
pub use import::{ImportWriter, NewImport};
pub use imports::{Import, ImportId, Overlap};
pub use linkage::{Linkage, LinkageHead};
pub use pool::{Access, Pool};
pub use vintage::Change;
