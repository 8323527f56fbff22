//! The command line. Every command's help ends with examples that run on the example data.

mod alarms;
mod alike;
mod asking;
mod audit;
mod bundling;
mod custody;
mod exchange;
mod exporting;
mod held;
mod judging;
mod knowing;
mod linking;
mod reading;
mod release;
mod review;
mod sharing;
mod sites;
mod statistics;
mod subscription;
mod sync;
mod typed;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sheaf_model::Day;

pub use alarms::{AlarmVerdict, Alarming, AlarmsDo, HowToWatch, Routed};
pub use alike::Resembling;
pub use asking::{Citing, Replaying, SeriesOf, Showing, Times};
pub use audit::{Audit, Auditing};
pub use bundling::{BundleKeys, Bundling, Unbundling};
pub use custody::{Custodial, CustodyOf, Keeping};
pub use exchange::{
    Accounting, Exchanging, Membership, NewAccount, RoleWord, Scope, Serving, Tokens,
};
pub use exporting::{ExportFormat, Exporting};
pub use held::{Holding, HoldingOf, WhichHeld};
pub use judging::{Judging, Learning, Scoring, Undoing, VerdictWord};
pub use knowing::{Knowers, PartyWord};
pub use linking::{HowToLink, MethodWord};
pub use reading::{HowToRead, Pooling, Reading};
pub use release::{Asking, Deciding, Releasing};
pub use review::Reviewing;
pub use sharing::{Grouping, SharingOf};
pub use sites::{Deciding as DecidingOnSite, Loading, Site, Siting, Suggesting};
pub use statistics::{Exciting, LookWord, Repeating, Scanning};
pub use subscription::Subscribing;
pub use sync::SyncOf;
pub use typed::Circle;
use typed::{circle, day, first_day, kind, last_day};

/// Pools incident reports from many organisations: works out which are about the same incident,
/// keeps every value with who said it, and settles conflicts by named rules.
#[derive(Parser, Debug)]
#[command(name = "sheaf", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Examples:
  sheaf pool attacks.sheaf examples/attacks-2013-2014/*.csv
  sheaf incidents attacks.sheaf --since 2014-05-01
  sheaf show attacks.sheaf ID

Exit codes: 0 fine, 1 doubts under --strict (and where a sync was refused objects), 2 failed.
Data goes to standard output, everything else to standard error.")]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub everywhere: Everywhere,
}

/// Options that every command takes.
#[derive(Args, Debug, Clone)]
pub struct Everywhere {
    /// Print errors, and summaries that are not tables, as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// No progress and no remarks on standard error; errors are still shown
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Read files into a pool, link their reports, settle their claims (the pool is made if absent)
    #[command(after_help = "\
Examples:
  sheaf pool car.sheaf ged-car-23.1.csv
  sheaf pool car.sheaf roads.csv --as roads.toml --source acme-roads
  sheaf pool car.sheaf ged-car-24.1.csv        a later vintage; the former stays in the pool
  sheaf pool yard.sheaf roads.csv wire.csv --method meltt --twindow 2 --spatwindow 4 \\
      --taxonomy tax_kind.csv                  linked as MELTT 0.4.3 does (docs/meltt.md)
  sheaf pool yard.sheaf --method model         the same reports, linked by weighed reasons again")]
    Pool(Pooling),
    /// The same for later files into a pool that is already there
    Add(Pooling),
    /// Show what would be read from a file, each claim with its spot; writes nothing
    #[command(after_help = "\
Examples:
  sheaf read ged-car-23.1.csv --rows 3
  sheaf read unknown.csv --as unknown.toml --doubts")]
    Read(Reading),
    /// List the incidents
    #[command(after_help = "\
Examples:
  sheaf incidents attacks.sheaf --since 2014-05-01 --until 2014-05-31
  sheaf incidents attacks.sheaf --within 43.8,87.6,50 --format json
  sheaf incidents attacks.sheaf --profile all --country China
  sheaf incidents attacks.sheaf --as-known-on 2014-05-23       what the pool had by then
  sheaf incidents attacks.sheaf --claims-until 2014-05-23      what had been said by then
  sheaf incidents attacks.sheaf --draws 100 --format csv > draws.csv

The profiles, each a named rule that can be cited with its version: interval (the default),
ucdp-like, acled-like, ibc-like, airwars-like, gtd-like, and model, which is an estimate.")]
    Incidents(Listing),
    /// Show one incident with every claim, or any report's incident
    #[command(after_help = "\
Examples:
  sheaf show attacks.sheaf northline-wire:NW-140522-1
  sheaf show attacks.sheaf civil-protection:CP-016 --profile all
  sheaf show attacks.sheaf civil-protection:CP-016 --claims-until 2014-05-22")]
    Show(Showing),
    /// Why two reports are, or are not, held to be about the same incident
    Why(TwoReports),
    /// How an incident came to be: what holds its reports together, what stayed outside, its history
    How(OneIncident),
    /// Say that two reports are about the same incident, different ones, or that it is unsure
    #[command(after_help = "\
Examples:
  sheaf judge attacks.sheaf same northline-wire:7 roads:12 --by desk --because \"same station\"
  sheaf undo attacks.sheaf j1 --by desk")]
    Judge(Judging),
    /// Withdraw a judgement; nothing is erased
    Undo(Undoing),
    /// List the judgements, withdrawn ones too
    Judgements(PoolOnly),
    /// Ask what is most worth asking a person about the linking, and say how good the answers show it
    /// to be
    #[command(after_help = "\
Examples:
  sheaf review attacks.sheaf                   the next three questions, with the commands to answer
  sheaf review attacks.sheaf --ask --by desk   answer a line each: same, different, unsure, …
  sheaf review attacks.sheaf --report          precision and recall, with intervals")]
    Review(Reviewing),
    /// Precision, recall and F1 of the linking against labels
    #[command(after_help = "\
Example:
  sheaf score attacks.sheaf --truth examples/attacks-2013-2014/truth/truth.csv")]
    Score(Scoring),
    /// Learn a linking model from labels, or estimate one from the pool itself
    #[command(after_help = "\
Examples:
  sheaf learn attacks.sheaf --truth truth.csv --out attacks.model
  sheaf learn car.sheaf --out car.model        without labels, for curated data sets
  sheaf pool car.sheaf --model car.model       link by it from now on")]
    Learn(Learning),
    /// What changed between two imports of a data set, or in the whole pool between two days
    #[command(after_help = "\
Examples:
  sheaf diff syria.sheaf                       the last two vintages, if one data set has two
  sheaf diff syria.sheaf --from 1 --to 2       imports by number, as `sheaf sources` lists them
  sheaf diff syria.sheaf --from 19.1 --to 20.1 or by version label
  sheaf diff syria.sheaf --from 2024-01-31     what the pool came to know since that day")]
    Diff(Diffing),
    /// Counts and tolls for each week, month or year, raw and on a constant panel
    #[command(after_help = "\
Examples:
  sheaf series attacks.sheaf --by month --country China
  sheaf series attacks.sheaf --by week --since 2014-04 --until 2014-06 --bin spread --format csv
  sheaf series attacks.sheaf --by year --each kind --panel northline-wire --panel meridian-aid

A source that joins looks like violence that rises. The panel counts only the sources that
were there throughout, linked and settled as if there were no others.")]
    Series(SeriesOf),
    /// Where and when incidents cluster, and how often by chance; of a pool or of SaTScan's files
    #[command(after_help = "\
Examples:
  sheaf scan attacks.sheaf --radius-km 50 --longest-days 28
  sheaf scan --cases F.cas --places F.geo --prm F.prm --format json")]
    Scan(Scanning),
    /// Whether incidents near each other in space are near in time, more than by chance
    Knox(Repeating),
    /// How much follows from what happened shortly before, and whether the total rate rose
    Hawkes(Exciting),
    /// The daily watch: what stands out today, what goes on, and what people did about it
    #[command(after_help = alarms::EXAMPLES)]
    Alarms(Alarming),
    /// Who knew what, and when: overlap, who was first, and what sharing at once would have given
    #[command(after_help = knowing::EXAMPLES)]
    Knew(Knowers),
    /// Incidents that resemble one in method, target, place and rhythm, more than by chance
    #[command(after_help = alike::EXAMPLES)]
    Alike(Resembling),
    /// Stations, airports, stops and ports: load them, and say which incidents have to do with which
    #[command(after_help = sites::EXAMPLES)]
    Sites(Siting),
    /// One line that names exactly what an answer was computed from
    #[command(after_help = "\
Examples:
  sheaf cite attacks.sheaf --since 2014-05 --profile ucdp-like
  sheaf cite attacks.sheaf --since 2014-05 --format csv
  sheaf series attacks.sheaf --by year --cite  the same of a series, a diff, an export,
  sheaf show attacks.sheaf ID --cite           or one incident
  sheaf replay attacks.sheaf \"$(sheaf cite attacks.sheaf --since 2014-05)\"")]
    Cite(Citing),
    /// Answer again, to the byte, what a line of `sheaf cite` or `--cite` names
    Replay(Replaying),
    /// Write the incidents to a file in another format, with what it could not carry
    #[command(after_help = "\
Examples:
  sheaf export attacks.sheaf --to csv --out attacks/      incidents.csv and datapackage.json
  sheaf export attacks.sheaf --to geojson > attacks.geojson")]
    Export(Exporting),
    /// Draft a mapping for a table that no reader knows, by looking at its columns
    #[command(after_help = "\
Examples:
  sheaf new-source roads.csv > roads.toml      then read it through, and try:
  sheaf read roads.csv                         (a mapping beside the file is found by its name)")]
    NewSource(Drafting),
    /// List the imports of a pool, or without one the readers that are built in
    Sources(SourcesOf),
    /// The rules by which claims are settled: what each does, and where it comes from
    Profiles(Plain),
    /// Check every part of a pool against its hash
    Verify(PoolOnly),
    /// Serve a pool to other organisations, by TAXII 2.1
    #[command(after_help = exchange::SERVING_EXAMPLES)]
    Serve(Serving),
    /// Keep a collection in step with one elsewhere, by TAXII 2.1: pull what is new there, push what is
    /// new here
    #[command(after_help = "\
Examples:
  SHEAF_TOKEN=... sheaf sync attacks.sheaf https://pool.example/taxii2/ --member northline
  sheaf sync attacks.sheaf https://pool.example/pool/collections/ID/ --token-file token.txt
  sheaf sync attacks.sheaf https://pool.example/taxii2/ --pull --dry-run

The first time, --member says which member the peer is here. The next run goes on where one broke
off. Exit codes: 0 all has passed, 1 some objects were refused, 2 stopped, with what is left.")]
    Sync(SyncOf),
    /// Make a signed file with what a member may see and has not got yet, for an office with no line
    #[command(after_help = "\
Examples:
  sheaf bundle-key trust theirs.sheaf KEY        # once, there: the key that `bundle-key show` prints here
  sheaf bundle ours.sheaf --by harbour --for north-rail --out north-rail-1.bundle
  sheaf unbundle theirs.sheaf north-rail-1.bundle --by north-rail")]
    Bundle(Bundling),
    /// Take such a file in, as a sync would
    Unbundle(Unbundling),
    /// The keys by which bundles are signed
    #[command(subcommand)]
    BundleKey(BundleKeys),
    /// The log of who read, shared, exported, decided and administered what
    #[command(after_help = "\
Examples:
  sheaf audit attacks.sheaf list --last 20
  sheaf audit attacks.sheaf checkpoint --out today.txt
  sheaf audit attacks.sheaf verify
  sheaf audit attacks.sheaf who-saw northline-wire:NW-140522-1")]
    Audit(Auditing),
    /// That what is in the pool came from the bytes that were handed in; originals that are kept
    Custody(Custodial),
    /// Publish reports, take over another server's collections, or list those of a pool
    #[command(subcommand)]
    Exchange(Exchanging),
    /// The organisations that take part
    #[command(subcommand)]
    Member(Membership),
    /// Groups of members that share with each other under a name
    #[command(subcommand)]
    Group(Grouping),
    /// Say what the owner of a source allows with its reports, or show who would see them
    #[command(after_help = sharing::EXAMPLES)]
    Share(SharingOf),
    /// What stays with its contributor because a text in it may name a person: list, release, drop
    #[command(after_help = held::EXAMPLES)]
    Held(HoldingOf),
    /// Let two people make something public: one asks, another with the role releaser decides
    #[command(subcommand)]
    #[command(after_help = release::EXAMPLES)]
    Release(Releasing),
    /// Who is told of what is new, by which doors; tell them
    #[command(subcommand)]
    #[command(after_help = subscription::EXAMPLES)]
    Subscription(Subscribing),
    /// The accounts of their people
    #[command(subcommand)]
    #[command(after_help = "\
Example:
  sheaf account add attacks.sheaf duty --member northline --read all --write all")]
    Account(Accounting),
    /// Tokens for programs
    #[command(subcommand)]
    Token(Tokens),
    /// Print shell completions
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
}

/// Which incidents, settled how.
#[derive(Args, Debug, Clone)]
pub struct Which {
    /// From this day on (YYYY-MM-DD, or a month or year)
    #[arg(long, value_name = "DATE", value_parser = first_day)]
    pub since: Option<Day>,
    /// Up to and with this day (YYYY-MM-DD, or a month or year)
    #[arg(long, value_name = "DATE", value_parser = last_day)]
    pub until: Option<Day>,
    /// Whose place may lie within KM of the point
    #[arg(long, value_name = "LAT,LON,KM", value_parser = circle, allow_hyphen_values = true)]
    pub within: Option<Circle>,
    /// Whose place, first-level unit or country has this name
    #[arg(long, value_name = "NAME")]
    pub place: Option<String>,
    /// In this country, as the sources write it
    #[arg(long, value_name = "NAME")]
    pub country: Option<String>,
    /// Of this kind or a narrower one
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub kind: Option<sheaf_model::Kind>,
    /// Told by this source
    #[arg(long = "told-by", value_name = "SOURCE")]
    pub told_by: Option<String>,
    /// Told by at least this many sources
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub min_sources: usize,
    /// The rules by which claims are settled; several joined with +, or all
    #[arg(long, value_name = "PROFILE", default_value = "interval")]
    pub profile: String,
    #[command(flatten)]
    pub times: Times,
}

impl Which {
    /// All incidents, settled by the profile interval.
    pub fn everything() -> Which {
        Which {
            since: None,
            until: None,
            within: None,
            place: None,
            country: None,
            kind: None,
            told_by: None,
            min_sources: 1,
            profile: "interval".to_owned(),
            times: Times::default(),
        }
    }
}

#[derive(Args, Debug)]
pub struct Listing {
    /// The pool
    pub pool: PathBuf,
    #[command(flatten)]
    pub which: Which,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Draw N linkages by their probabilities instead, of the whole pool: draw, report, incident
    #[arg(long, value_name = "N", conflicts_with_all = ["since", "until", "within", "country", "kind", "told_by"])]
    pub draws: Option<u32>,
    /// What settles the chance of --draws: the same seed gives the same bytes
    #[arg(long, value_name = "N", default_value_t = 1, requires = "draws")]
    pub seed: u64,
    /// Where to write (default: standard output)
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Leave out what others shared with this pool
    #[arg(long)]
    pub only_own: bool,
}

#[derive(Args, Debug)]
pub struct OneIncident {
    /// The pool
    pub pool: PathBuf,
    /// An incident's id, or the id of any of its reports: source:key
    pub id: String,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
    /// Leave out what others shared with this pool
    #[arg(long)]
    pub only_own: bool,
}

#[derive(Args, Debug)]
pub struct TwoReports {
    /// The pool
    pub pool: PathBuf,
    /// A report: source:key
    pub a: String,
    /// Another report
    pub b: String,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
    /// Leave out what others shared with this pool
    #[arg(long)]
    pub only_own: bool,
}

#[derive(Args, Debug)]
pub struct PoolOnly {
    /// The pool
    pub pool: PathBuf,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
}

/// Nothing but how to print it.
#[derive(Args, Debug)]
pub struct Plain {
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
}

#[derive(Args, Debug)]
pub struct Diffing {
    /// The pool
    pub pool: PathBuf,
    /// The earlier import: its number, version label or file name; or a day or time, for what the
    /// pool knew then
    #[arg(long, value_name = "IMPORT|DATE")]
    pub from: Option<String>,
    /// The later import, day or time
    #[arg(long, value_name = "IMPORT|DATE")]
    pub to: Option<String>,
    /// Between days: the rules by which incidents are settled at both
    #[arg(long, value_name = "PROFILE", default_value = "interval")]
    pub profile: String,
    #[arg(long, value_enum, default_value_t = DiffFormat::Table)]
    pub format: DiffFormat,
    /// Print the line that names this diff instead, for `sheaf replay`
    #[arg(long)]
    pub cite: bool,
}

#[derive(Args, Debug)]
pub struct Drafting {
    /// The table
    pub file: PathBuf,
}

#[derive(Args, Debug)]
pub struct SourcesOf {
    /// The pool; without it, the built-in readers are listed
    pub pool: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Summary::Table)]
    pub format: Summary,
}

/// Formats of a list of incidents.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Table,
    Json,
    Csv,
    Geojson,
    Parquet,
}

/// Formats of a summary.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Summary {
    Table,
    Json,
}

/// Formats of a diff.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffFormat {
    Table,
    Json,
    Csv,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
