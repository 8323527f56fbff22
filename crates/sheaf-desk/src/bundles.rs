//! Bundles: what one member has for another in a signed file, for offices with no line. What may go is asked of
//! the rules as if the other came and read; what comes is taken in as by a sync.

use std::collections::BTreeSet;

use serde_json::Value;
use sheaf_model::{MemberId, Role};
use sheaf_share::Hash;
use sheaf_share::bundle::{
    BundleKey, Channel, KnownKey, NoBundle, Outgoing, Peer, Taken, bundle, unbundle,
};
use sheaf_share::rules::{Directory, Reader};
use sheaf_share::stix::{StixId, is_withdrawn};
use sheaf_store::exchange::{
    Account, Arrival, Classes, Contributor, Direction, Exchange, Fate, Incoming, Micros, New,
    Passing, Post, Reached, Reading, Refused, Span, Wish,
};

use crate::auditing;
use crate::by_marking::{ByMarking, marking_of_class, moment};
use crate::error::{DeskError, Result};
use crate::members::directory;
use crate::random::random_bytes;
use crate::rules::{Marked, Rules as _};

/// Objects read at once.
const AT_ONCE: usize = 1000;

/// A bundle that was made, and is not on its way yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BundleMade {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many objects and notices it carries.
    pub n_carried: u64,
    /// The numbers of its first and last line.
    pub lines: (u64, u64),
    /// What stayed here, and why.
    pub left_out: Vec<String>,
    /// What it carries, by its ids.
    carried: Vec<String>,
    to: String,
    reached: Reached,
}

/// What became of a bundle. Read = new + held + known + withdrawn + refused.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BundleTaken {
    /// Who sent it.
    pub from: String,
    /// How many lines were read.
    pub n_read: u64,
    /// How many objects are new here.
    pub n_new: u64,
    /// How many are new and held, since a text in them may name a person.
    pub n_held: u64,
    /// How many were here already, or say what is no object.
    pub n_known: u64,
    /// How many withdrew something, or came too late for what is withdrawn.
    pub n_withdrawn: u64,
    /// What was not taken, and why.
    pub refused: Vec<String>,
}

/// The key by which this pool signs its bundles, in the name of a member.
pub fn bundle_key(log: &Exchange, ours: &MemberId) -> Result<BundleKey> {
    Ok(BundleKey::new(ours.clone(), &log.secret("bundle-key", random_bytes()?)?))
}

/// Lets a member's bundles be signed by a key, as it is handed round; whose it is.
///
/// # Errors
/// `not-a-key`; `no-such-member` where nobody here is called so.
pub fn trust_bundle_key(log: &Exchange, text: &str, relays: bool) -> Result<MemberId> {
    let key: KnownKey = text.trim().parse().map_err(|err| {
        DeskError::new(
            "not-a-key",
            format!("\"{}\": {err}", text.trim()),
            "`sheaf bundle-key show POOL` prints one",
        )
    })?;
    let member = key.member().clone();
    known(&directory(log)?, member.as_str())?;
    log.trust_bundle_key(member.as_str(), &key.to_string(), relays)?;
    Ok(member)
}

/// Makes the next bundle for a member: all that was added since the last one and that it may see. It counts as
/// given only once [`keep_made`] is told that it is on its way.
///
/// # Errors
/// `no-such-member`; `nothing-to-carry`, with what stays here.
pub fn make_bundle(
    log: &Exchange,
    ours: &MemberId,
    to: &str,
    collection: i64,
    now: Micros,
) -> Result<BundleMade> {
    let rules = ByMarking::default();
    let directory = directory(log)?;
    let reader = known(&directory, to)?;
    let reached = log.bundle_channel(to, Direction::Out)?;
    let classes = rules.classes(&account(to, false), log, now)?;
    let kinds: Vec<(i64, String, String)> = log.classes()?;
    let mut things = Vec::new();
    let mut last = reached.added;
    let mut after = (reached.added > 0).then_some(reached.added);
    loop {
        let span = Span { after, limit: AT_ONCE, bytes: usize::MAX, bodies: true };
        let mut found = Vec::new();
        let page = log.page(
            collection,
            Reading::Collection,
            &Wish::default(),
            &classes,
            &span,
            |entry| {
                if let Ok(object) = serde_json::from_slice::<Value>(entry.body) {
                    found.push((entry.added, object));
                }
            },
        )?;
        for (added, mut object) in found {
            last = last.max(added);
            let Some((class, first)) = log.class_at(collection, added)? else { continue };
            // To those who never got the object its notice would tell that there was one.
            if is_withdrawn(&object) && first > reached.added {
                continue;
            }
            let kind = kinds.iter().find(|(number, _, _)| *number == class);
            let Some((_, owner, line)) = kind else { continue };
            // What they brought, they have.
            if owner == to {
                continue;
            }
            // The notice in the log says nothing but that something is gone; in a bundle it says whose it was,
            // so that nobody else can take it back.
            if is_withdrawn(&object)
                && object["created_by_ref"].is_null()
                && let Ok(owner) = MemberId::new(owner)
            {
                object["created_by_ref"] = Value::from(StixId::of_member(&owner).as_str());
            }
            if let Some(marking) = marking_of_class(owner, line) {
                things.push(Outgoing::Object { object, marking });
            }
        }
        match (page.more, page.last) {
            (true, Some(last)) => after = Some(last),
            _ => break,
        }
    }
    let made = bundle(&things, &bundle_key(log, ours)?, &reader, channel(&reached), moment(now));
    let made = made.map_err(|why| {
        DeskError::new(
            "nothing-to-carry",
            format!("for {to}: {why}"),
            "what is new is given the next time",
        )
    })?;
    let reached = Reached {
        last: made.channel.last.cast_signed(),
        previous: made.channel.previous.map(|it| *it.as_bytes()),
        added: last,
    };
    let stays: BTreeSet<usize> = made.left_out.iter().map(|it| it.idx).collect();
    let carried = things.iter().enumerate().filter_map(|(idx, thing)| match thing {
        Outgoing::Object { object, .. } if !stays.contains(&idx) => object["id"].as_str(),
        _ => None,
    });
    Ok(BundleMade {
        carried: carried.map(str::to_owned).collect(),
        n_carried: made.n_carried,
        lines: (made.header.first, made.header.last),
        left_out: made.left_out.iter().map(|it| it.why.to_string()).collect(),
        bytes: made.bytes,
        to: to.to_owned(),
        reached,
    })
}

/// Remembers that a bundle is on its way, and to whom.
pub fn keep_made(log: &Exchange, made: &BundleMade, now: Micros) -> Result<()> {
    auditing::exported(log, ("bundle", Some(&made.to)), made.n_carried, &made.carried, now)?;
    Ok(log.keep_bundle_channel(&made.to, Direction::Out, &made.reached)?)
}

/// Takes a bundle in, all of it or nothing.
///
/// # Errors
/// `not-a-bundle` where it is none, damaged, forged, or for somebody else; `bundle-taken` where it was taken
/// before; `bundle-missing` where one before it is missing.
pub fn take_bundle(
    log: &Exchange,
    ours: &MemberId,
    bytes: &[u8],
    (root, collection): (i64, i64),
    now: Micros,
) -> Result<BundleTaken> {
    let rules = ByMarking::default();
    let directory = directory(log)?;
    let reader = known(&directory, ours.as_str())?;
    // Who it says it is from decides by which keys it must be signed.
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let from = serde_json::from_slice::<Value>(first).ok();
    let from = from.as_ref().and_then(|it| it["from"].as_str()).unwrap_or_default().to_owned();
    let not_one = |what: String| {
        DeskError::new("not-a-bundle", what, "nothing of it was taken; ask for it again")
    };
    let member = MemberId::new(&from).map_err(|_| not_one("this is no bundle".to_owned()))?;
    let keys = log.bundle_keys(&from)?;
    let relays = keys.iter().any(|(_, relays)| *relays);
    let parsed: Vec<KnownKey> = keys.iter().filter_map(|(key, _)| key.parse().ok()).collect();
    if parsed.is_empty() {
        return Err(DeskError::new(
            "no-key",
            format!("it says it is from {from}, and no key of {from} is trusted here"),
            "get the key from them by another way: sheaf bundle-key trust POOL KEY",
        ));
    }
    let peer = Peer { member, keys: parsed, speaks_for_others: relays };
    let reached = log.bundle_channel(&from, Direction::In)?;
    let opened =
        unbundle(bytes, &peer, &reader, channel(&reached), moment(now)).map_err(|why| {
            let what = why.to_string();
            match why {
                NoBundle::Replay { .. } => DeskError::new(
                    "bundle-taken",
                    what,
                    "nothing of it is new; what it held is here",
                ),
                NoBundle::Gap { known, .. } => DeskError::new(
                    "bundle-missing",
                    what,
                    format!("ask {from} for the bundle that begins with line {}", known + 1),
                ),
                _ => not_one(what),
            }
        })?;
    let mut taken = BundleTaken { n_read: opened.n_read, ..BundleTaken::default() };
    taken.refused = opened.refused.iter().map(ToString::to_string).collect();
    let mut texts = Vec::new();
    for thing in &opened.taken {
        match thing {
            Taken::Object(object) | Taken::Tombstone(object) => texts.push(object.to_string()),
            Taken::Custody { .. } | Taken::Checkpoint(_) => taken.n_known += 1,
        }
    }
    let account = account(&from, relays);
    let arrivals: Vec<std::result::Result<Arrival<'_>, Refused>> = texts
        .iter()
        .map(|text| {
            let object = Incoming::read(text.as_bytes())?;
            match rules.marking(&account, &object, log, now) {
                Ok(Marked { marking, held }) => {
                    Ok(Arrival { new: New { object, marking, added: None, held }, travel: None })
                }
                Err(why) => Err(Refused { id: object.id, version: object.version_text, why }),
            }
        })
        .collect();
    let post = Post {
        collection,
        root,
        account: 0,
        from: Contributor { member: &from, relays },
        sees: &Classes::All,
        now,
        status: "",
        sent_as: None,
    };
    let node = log.node(random_bytes()?)?;
    let passing = Passing { node: &node, from: "", how_far: None, is_rehearsal: false };
    let received = log.receive(&post, &passing, &arrivals, &[], |_| String::new())?;
    for (arrival, fate) in arrivals.iter().zip(received.map(|it| it.fates).unwrap_or_default()) {
        match fate {
            Fate::New => taken.n_new += 1,
            Fate::Held(_) => taken.n_held += 1,
            Fate::Known => taken.n_known += 1,
            Fate::NowWithdrawn | Fate::Withdrawn => taken.n_withdrawn += 1,
            Fate::Refused(why) => {
                let id = match arrival {
                    Ok(arrival) => &arrival.new.object.id,
                    Err(refused) => &refused.id,
                };
                taken.refused.push(format!("{id}: {why}"));
            }
        }
    }
    // A kill before this leaves a bundle that is taken once more, and changes nothing then.
    let reached = Reached {
        last: opened.channel.last.cast_signed(),
        previous: opened.channel.previous.map(|it| *it.as_bytes()),
        added: 0,
    };
    log.keep_bundle_channel(&from, Direction::In, &reached)?;
    taken.from = from;
    Ok(taken)
}

fn channel(reached: &Reached) -> Channel {
    Channel { last: reached.last.cast_unsigned(), previous: reached.previous.map(Hash::from_bytes) }
}

/// A member as one who reads and contributes here.
fn known(directory: &Directory, name: &str) -> Result<Reader> {
    let member = MemberId::new(name).ok().and_then(|id| directory.member(&id));
    let member = member.ok_or_else(|| {
        DeskError::new(
            "no-such-member",
            format!("there is no member {name}"),
            "`sheaf member list POOL` lists them",
        )
    })?;
    Ok(Reader::of(directory, &member.id, [Role::Contributor], member.purposes.clone()))
}

fn account(member: &str, relays: bool) -> Account {
    let role = if relays { "relay" } else { "contributor" };
    Account {
        account: 0,
        name: String::new(),
        member: member.to_owned(),
        password: String::new(),
        roles: vec![role.to_owned()],
    }
}
