//! Arguments of `sheaf sync`.

use std::path::PathBuf;

use clap::Args;

#[derive(Args, Debug)]
pub struct SyncOf {
    /// The pool
    pub pool: PathBuf,
    /// The address of a collection elsewhere, or of a server that has one for us
    pub url: String,
    /// The file that holds the token to sign in with there
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// The environment variable that holds it instead
    #[arg(long, value_name = "NAME", default_value = "SHEAF_TOKEN", conflicts_with = "token_file")]
    pub token_env: String,
    /// Which member the peer is here; needed the first time
    #[arg(long, value_name = "NAME")]
    pub member: Option<String>,
    /// Our collection, where there are several
    #[arg(long, value_name = "ID")]
    pub collection: Option<String>,
    /// Only pull
    #[arg(long, conflicts_with = "push")]
    pub pull: bool,
    /// Only push
    #[arg(long)]
    pub push: bool,
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// Read and send everything again, as after a copy of a pool was put back
    #[arg(long)]
    pub afresh: bool,
    /// Those who vouch for the server's certificate (PEM), instead of those that the system trusts
    #[arg(long, value_name = "FILE")]
    pub ca_cert: Option<PathBuf>,
}
