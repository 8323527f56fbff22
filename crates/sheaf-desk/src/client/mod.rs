//! Keeping a collection in step with one elsewhere: a client of TAXII 2.1.
//!
//! What goes in: the exchange of a pool, the address of a collection or of a server, and how to sign in
//! there. Objects and withdrawals that are new there are pulled page by page, each page written together
//! with how far one has read; then what is new here is pushed. A break at any moment costs at most the
//! page that was on its way, and the next run goes on from there. What comes out is what became of each
//! object ([`Synced`]), and what is left where it stopped.
//!
//! Between pools, origin, hops and lives travel with the objects (`x_sheaf_travel`), so that loops end and
//! what was withdrawn stays so whatever the clocks say. With other servers it is plain TAXII 2.1: a
//! withdrawal here is a DELETE there, and one there cannot be heard of.
//!
//! What it does not do: it does not decide what the peer may see; that is asked of [`Rules`], as if the
//! peer came and read.

mod address;
mod line;
mod pull;
mod push;

pub(crate) use self::line::post;

use std::path::Path;

use serde::Deserialize;
use sheaf_store::exchange::{Account, Collection, Exchange, HowFar, Micros, Peer};

use crate::desk::begin;
use crate::error::{DeskError, Result};
use crate::random::random_bytes;
use crate::rules::Rules;
use crate::taxii::is_node;
use address::Target;
use line::Line;

pub use pull::Pulled;
pub use push::Pushed;

/// With what to be in step, and how.
#[derive(Clone, Copy, Debug)]
pub struct Syncing<'a> {
    /// The address of a collection, an API root or a server.
    pub url: &'a str,
    /// The token to sign in with; what begins with `Basic ` or `Bearer ` is sent as it stands.
    pub token: &'a str,
    /// Those who vouch for the server's certificate (PEM); `None` for those that the system trusts.
    pub trusted: Option<&'a Path>,
    /// Which member the peer is here; needed the first time.
    pub member: Option<&'a str>,
    /// Which of our collections; needed where there are several.
    pub collection: Option<&'a str>,
    /// Whether to pull.
    pub pull: bool,
    /// Whether to push.
    pub push: bool,
    /// Whether only to say what would be done.
    pub is_rehearsal: bool,
    /// Whether to begin from the start, as after a copy of a pool was put back.
    pub afresh: bool,
}

/// How far it has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// So many objects were pulled.
    Pulled(u64),
    /// So many objects were pushed.
    Pushed(u64),
}

/// What was done.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Synced {
    /// The address of the collection there.
    pub url: String,
    /// Whether the peer is a pool that passes objects on, rather than any server of TAXII.
    pub is_pool: bool,
    /// What came.
    pub pulled: Pulled,
    /// What went.
    pub pushed: Pushed,
    /// Where it stopped before the end.
    pub stopped: Option<Stopped>,
}

/// Why it stopped, and what is left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stopped {
    /// Why.
    pub why: DeskError,
    /// Whether there is, or may be, more to pull.
    pub more_to_pull: bool,
    /// How many objects are left to push.
    pub n_to_push: u64,
}

/// What a sync works with.
struct Session<'a> {
    log: &'a Exchange,
    rules: &'a dyn Rules,
    how: &'a Syncing<'a>,
    now: fn() -> Micros,
    line: Line,
    target: Target,
    node: String,
    root: i64,
    collection: i64,
    peer: Peer,
    /// The peer, as an account that asks.
    account: Account,
    /// Whether it tells where objects come from.
    is_pool: bool,
    told: &'a mut dyn FnMut(Step),
}

/// Keeps a collection in step with one elsewhere. `now` gives microseconds since 1970; `told` hears how
/// many objects have passed.
///
/// Where it stops on the way, what was done until then is kept, and said with what is left.
///
/// # Errors
///
/// Where it could not begin: `bad-address`, `no-line`, `refused` for a token that opens nothing,
/// `which-collection` where it has to be named, `which-member` the first time.
pub fn sync(
    log: &Exchange,
    rules: &dyn Rules,
    how: &Syncing<'_>,
    now: fn() -> Micros,
    told: &mut dyn FnMut(Step),
) -> Result<Synced> {
    begin(log)?;
    let (root, ours) = our_collection(log, how.collection)?;
    let mut line = Line::new(how.url, how.token, how.trusted)?;
    let target = address::find(&mut line, how)?;
    let mut peer = known_peer(log, &target.url, ours.collection, how)?;
    if how.afresh {
        peer.how_far = HowFar::default();
    }
    let account = Account {
        account: 0,
        name: peer.member.clone(),
        member: peer.member.clone(),
        password: String::new(),
        roles: vec!["relay".to_owned()],
    };
    let node = log.node(random_bytes()?)?;
    let (collection, url) = (ours.collection, target.url.clone());
    let is_pool = false;
    let mut session = Session {
        log,
        rules,
        how,
        now,
        line,
        target,
        node,
        root,
        collection,
        peer,
        account,
        is_pool,
        told,
    };
    session.greet()?;
    let mut synced = Synced { url, is_pool: session.is_pool, ..Synced::default() };
    let mut more_to_pull = false;
    let mut stopped = None;
    if how.pull
        && let Err(why) = session.pull(&mut synced.pulled)
    {
        more_to_pull = true;
        stopped = Some(why);
    }
    if how.push && stopped.is_none() {
        stopped = session.push(&mut synced.pushed).err();
    }
    if let Some(why) = stopped {
        let n_to_push = if how.push { session.n_to_push()? } else { 0 };
        synced.stopped = Some(Stopped { why, more_to_pull, n_to_push });
    }
    Ok(synced)
}

/// What a pool says of itself on an empty page.
#[derive(Deserialize)]
struct Greeting {
    x_sheaf_node: Option<String>,
}

impl Session<'_> {
    /// Asks whether the peer is a pool, and which.
    fn greet(&mut self) -> Result<()> {
        let path = format!("{}objects/?limit=1&x_sheaf_travel=yes", self.target.path);
        let got = self.line.get(&path)?;
        let said = match got.status {
            200 => serde_json::from_slice(&got.body).map_err(|_| no_taxii(&self.target.url))?,
            // Who may only write is not told where objects come from, and need not be.
            403 if !self.how.pull => Greeting { x_sheaf_node: None },
            _ => return Err(got.refused(&self.target.url)),
        };
        let node = said.x_sheaf_node.filter(|node| is_node(node));
        if node.as_ref() == Some(&self.node) {
            return Err(DeskError::new(
                "same-pool",
                format!("{}: this is the pool itself", self.target.url),
                "name another pool's address",
            ));
        }
        self.is_pool = node.is_some();
        // A server that is no pool is told from others by its address.
        let node = node.unwrap_or_else(|| {
            format!("taxii-{}", &blake3::hash(self.target.url.as_bytes()).to_hex()[..32])
        });
        if self.peer.how_far.node != node {
            // Another pool stands at the address now, or the peer is new: nothing is known of it.
            self.peer.how_far = HowFar { node, ..HowFar::default() };
        }
        Ok(())
    }
}

fn our_collection(log: &Exchange, wanted: Option<&str>) -> Result<(i64, Collection)> {
    let mut found = Vec::new();
    for root in log.roots()? {
        for collection in log.collections(root.root)? {
            if wanted.is_none_or(|id| collection.id == id) {
                found.push((root.root, collection));
            }
        }
    }
    let pool = log.path().display();
    match (found.len(), wanted) {
        (1, _) => Ok(found.remove(0)),
        (0, Some(id)) => Err(DeskError::new(
            "no-such-collection",
            format!("{pool}: there is no collection {id}"),
            format!("`sheaf exchange collections {pool}` lists them"),
        )),
        (n, _) => Err(DeskError::new(
            "which-collection",
            format!("{pool}: the pool has {n} collections, and which of them is meant is not said"),
            format!("add --collection ID; `sheaf exchange collections {pool}` lists them"),
        )),
    }
}

fn known_peer(log: &Exchange, url: &str, collection: i64, how: &Syncing<'_>) -> Result<Peer> {
    if let Some(peer) = log.peer(url, collection)? {
        return match how.member {
            Some(member) if member != peer.member => Err(DeskError::new(
                "other-member",
                format!("{url}: this was {} so far, not {member}", peer.member),
                "what it brought belongs to that member here; leave --member out",
            )),
            _ => Ok(peer),
        };
    }
    let Some(member) = how.member else {
        return Err(DeskError::new(
            "which-member",
            format!("{url}: which member this is here is not said"),
            "the first time, add --member NAME; what it brings belongs to that member here",
        ));
    };
    if log.member(member)?.is_none() {
        let pool = log.path().display();
        return Err(DeskError::new(
            "no-such-member",
            format!("{pool}: there is no member {member}"),
            format!("sheaf member add {pool} {member}"),
        ));
    }
    if how.is_rehearsal {
        let (url, member, how_far) = (url.to_owned(), member.to_owned(), HowFar::default());
        return Ok(Peer { peer: 0, url, collection, member, how_far });
    }
    Ok(log.add_peer(url, collection, member)?)
}

fn no_taxii(at: &str) -> DeskError {
    DeskError::new(
        "no-taxii",
        format!("{at}: the answer is none of TAXII 2.1"),
        "check the address; a browser's page is no collection",
    )
}
