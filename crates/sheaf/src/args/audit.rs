//! What the audit log is asked.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Args, Debug)]
pub struct Auditing {
    /// The pool
    pub pool: PathBuf,
    #[command(subcommand)]
    pub what: Audit,
}

#[derive(Subcommand, Debug)]
pub enum Audit {
    /// Check every line against the chain, the checkpoints and the co-signatures; also of an exported log
    Verify {
        /// An exported log, instead of the pool's own
        #[arg(long, value_name = "FILE", requires_all = ["key"])]
        log: Option<PathBuf>,
        /// Checkpoints to check it against (several: --checkpoint A --checkpoint B)
        #[arg(long = "checkpoint", value_name = "FILE")]
        checkpoints: Vec<PathBuf>,
        /// The key of the log; the pool's own if none is given
        #[arg(long)]
        key: Option<String>,
        /// Keys of members whose co-signatures count (several: --cosigner A --cosigner B)
        #[arg(long = "cosigner", value_name = "KEY")]
        cosigners: Vec<String>,
    },
    /// Write the log as text, for whoever is to check it
    Export {
        /// The file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Sign the log as it stands
    Checkpoint {
        /// Write it to a file, and beside it (FILE.proof) that it continues the last one co-signed
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Co-sign the checkpoint of another member's log, if that log has only grown since the last time
    Cosign {
        /// The checkpoint; FILE.proof beside it is read too
        file: PathBuf,
        /// The key of that log
        #[arg(long)]
        key: String,
        /// Where to write it with our signature
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Take a checkpoint of this log back in that others have co-signed
    Take {
        /// The checkpoint
        file: PathBuf,
    },
    /// Print the keys of this log and of this pool as a co-signer
    Key,
    /// Print entries, the newest last
    List {
        /// Only the last so many
        #[arg(long, value_name = "N", default_value_t = 50)]
        last: u64,
        /// Only of this member
        #[arg(long)]
        member: Option<String>,
        /// Only of this kind: read, share, export, decision, admin
        #[arg(long)]
        deed: Option<String>,
    },
    /// Which organisations were shown our own reports, and when first and last
    WhoSaw {
        /// A report or an object, by its id; all of them if none is named
        ids: Vec<String>,
    },
}
