//! The pool on disk.
//!
//! A pool is a directory `NAME.sheaf/` that holds a ledger (`ledger.sqlite`) and immutable parts
//! (`parts/<blake3>.<kind>.parquet`). This is the only crate that knows how things lie on disk;
//! how the parts look to others is written in [`schema`].
//!
//! What goes in: batches of reports as readers make them ([`Pool::begin_import`]), what people
//! decide ([`Pool::judge`]), which reports make an incident ([`Pool::put_linkage`]) and the values
//! settled for it ([`Pool::begin_settled`]). What comes out: every current report
//! ([`Pool::for_each_current`]), some by id ([`Pool::reports`]), what changed between two imports
//! ([`Pool::diff`]), where an old handle leads ([`Pool::resolve`]), and the settled view.
//!
//! Where little changed, little is read and written: which current reports are others than they
//! were ([`Pool::changes_since`]), a linkage and a settled view of which some incidents changed
//! ([`Pool::update_linkage`], [`Pool::update_settled`]), and what a station condensed of the reports
//! ([`Pool::index`]).
//!
//! What holds:
//!
//! - *Nothing a source said is ever changed.* A part is written once and named by its hash. A later
//!   vintage is a new import beside the old one. The ledger refuses to change or delete an import,
//!   a judgement or what became of a handle.
//! - *Whole or not at all.* Parts are brought to disk first, then one transaction makes them part
//!   of the pool. A part that no row of the ledger names does not exist, and is swept away by the
//!   next writer. A kill or a power cut at any moment leaves every acknowledged import.
//! - *One writer, any number of readers*, who never wait for each other.
//! - *The same input gives the same bytes.* No part depends on the time, the place or the order in
//!   which threads ran.
//! - *Views can be thrown away.* Linkage and settled values are kept with a fingerprint of what
//!   they rest on ([`Pool::basis`]); whoever finds another fingerprint makes them anew. A view that
//!   was updated reads as if it had been written whole.
//!
//! What it does not do: it knows neither how reports are compared nor how values are settled, and
//! it has no clock; whoever calls says when.

mod acting;
mod changes;
mod claim_reading;
mod claim_rows;
mod columns;
mod condensed;
mod current;
mod custody;
mod diff;
mod diff_known;
mod encoder;
mod error;
pub mod exchange;
mod fates;
mod found;
mod import;
mod import_rows;
mod imports;
mod incident_row;
mod judgements;
mod layers;
mod linkage;
mod linkage_update;
mod linking;
mod marked_rows;
mod members;
mod names;
mod one_file;
mod opening;
mod part;
mod part_writer;
mod pool;
mod reading;
mod report_rows;
mod resolve;
pub mod schema;
mod settled;
mod settled_reading;
mod settled_rows;
mod settled_update;
mod sites;
mod vintage;

pub use acting::Acting;
pub use condensed::{Index, IndexHead};
pub use current::Wanted;
pub use custody::{Handed, KeptOriginal};
pub use diff::{ClaimChange, Diff, ReportChange};
pub use diff_known::KnownDiff;
pub use error::{Result, StoreError};
pub use found::FoundReport;
pub use import::{ImportWriter, NewImport};
pub use imports::{Import, ImportId, Overlap};
pub use incident_row::{IncidentRow, NameList, Named};
pub use linkage::{Linkage, LinkageHead};
pub use linking::Linking;
pub use marked_rows::ValueMark;
pub use one_file::{ExportRow, write_incidents};
pub use pool::{Access, Pool};
pub use resolve::{HandleChange, Resolution};
pub use settled::{SettledHead, SettledView, SettledWriter};

pub use sites::{Loaded, Site, SiteDecision};
pub use vintage::Change;
