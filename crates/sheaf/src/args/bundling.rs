//! What bundles are asked for.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use sheaf_model::MemberId;

#[derive(Args, Debug)]
pub struct Bundling {
    /// The pool
    pub pool: PathBuf,
    /// For whom it is
    #[arg(long = "for", value_name = "MEMBER", value_parser = MemberId::new)]
    pub reader: MemberId,
    /// Which member this pool is
    #[arg(long, value_name = "MEMBER", value_parser = MemberId::new)]
    pub by: MemberId,
    /// The file to write
    #[arg(long, short, value_name = "FILE")]
    pub out: PathBuf,
    /// From which collection, where there are several
    #[arg(long, value_name = "ID")]
    pub collection: Option<String>,
}

#[derive(Args, Debug)]
pub struct Unbundling {
    /// The pool
    pub pool: PathBuf,
    /// The bundle
    pub file: PathBuf,
    /// Which member this pool is
    #[arg(long, value_name = "MEMBER", value_parser = MemberId::new)]
    pub by: MemberId,
    /// Into which collection, where there are several
    #[arg(long, value_name = "ID")]
    pub collection: Option<String>,
}

#[derive(Subcommand, Debug)]
pub enum BundleKeys {
    /// Print the key by which others know the bundles of this pool; give it to them by another way
    Show {
        /// The pool
        pool: PathBuf,
        /// Which member this pool is
        #[arg(long, value_name = "MEMBER", value_parser = MemberId::new)]
        by: MemberId,
    },
    /// Trust a member's key
    Trust {
        /// The pool
        pool: PathBuf,
        /// The key, as they printed it
        key: String,
        /// It also passes on what others made, as a pool of several members does
        #[arg(long)]
        relays: bool,
    },
}
