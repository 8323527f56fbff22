//! `sheaf bundle`, `sheaf unbundle`, `sheaf bundle-key`: exchange by whatever carries a file.

use std::fs;
use std::io::Write as _;

use serde_json::json;
use sheaf_desk::{
    ByMarking, begin, bundle_key, keep_made, make_bundle, pass_moments, take_bundle,
    trust_bundle_key,
};
use sheaf_store::exchange::Exchange;

use super::publish::place;
use super::{Went, counted, grouped, now_micros, print, print_json, remark};
use crate::args::{BundleKeys, Bundling, Everywhere, Unbundling};
use crate::failure::Failure;

pub fn bundle(args: &Bundling, everywhere: &Everywhere) -> Result<Went, Failure> {
    let log = Exchange::open(&args.pool)?;
    let (_, collection) = place(&log, &args.pool, args.collection.as_deref())?;
    pass_moments(&log, &ByMarking::default(), now_micros())?;
    let made = make_bundle(&log, &args.by, args.reader.as_str(), collection, now_micros())?;
    let unwritable = |err: std::io::Error| {
        Failure::new("cannot-write", format!("{}: {err}", args.out.display()))
            .hint("the bundle does not count as given; make it again")
    };
    // It counts as given once it is on the disk.
    let mut file = fs::File::create(&args.out).map_err(unwritable)?;
    file.write_all(&made.bytes).and_then(|()| file.sync_all()).map_err(unwritable)?;
    keep_made(&log, &made, now_micros())?;
    let (first, last) = made.lines;
    if everywhere.json {
        print_json(&json!({
            "for": args.reader.as_str(), "file": args.out.display().to_string(),
            "carried": made.n_carried, "first": first, "last": last, "left_out": made.left_out,
        }))?;
        return Ok(Went::Fine);
    }
    print(&format!(
        "{}: {} for {}, lines {first} to {last}\n",
        args.out.display(),
        counted(made.n_carried, "object"),
        args.reader
    ))?;
    for why in &made.left_out {
        remark(everywhere, &format!("left here: {why}"));
    }
    remark(everywhere, "it is signed, not sealed: whoever carries it can read it");
    Ok(Went::Fine)
}

pub fn unbundle(args: &Unbundling, everywhere: &Everywhere) -> Result<Went, Failure> {
    let bytes = fs::read(&args.file)
        .map_err(|err| Failure::new("cannot-read", format!("{}: {err}", args.file.display())))?;
    let log = Exchange::open(&args.pool)?;
    begin(&log)?;
    let into = place(&log, &args.pool, args.collection.as_deref())?;
    let taken = take_bundle(&log, &args.by, &bytes, into, now_micros()).map_err(|err| {
        let failure = Failure::from(err);
        Failure { what: format!("{}: {}", args.file.display(), failure.what), ..failure }
    })?;
    if everywhere.json {
        print_json(&json!({
            "from": taken.from, "read": taken.n_read, "new": taken.n_new, "known": taken.n_known,
            "held": taken.n_held, "withdrawn": taken.n_withdrawn, "refused": taken.refused,
        }))?;
    } else {
        print(&format!(
            "{} of {}: {} read = {} new + {} held + {} known + {} withdrawn + {} refused\n",
            args.file.display(),
            taken.from,
            grouped(taken.n_read),
            grouped(taken.n_new),
            grouped(taken.n_held),
            grouped(taken.n_known),
            grouped(taken.n_withdrawn),
            taken.refused.len()
        ))?;
        for why in &taken.refused {
            remark(everywhere, &format!("not taken: {why}"));
        }
    }
    Ok(if taken.refused.is_empty() { Went::Fine } else { Went::Doubts })
}

pub fn keys(what: &BundleKeys, everywhere: &Everywhere) -> Result<Went, Failure> {
    match what {
        BundleKeys::Show { pool, by } => {
            let log = Exchange::open(pool)?;
            print(&format!("{}\n", bundle_key(&log, by)?.known()))?;
        }
        BundleKeys::Trust { pool, key, relays } => {
            let member = trust_bundle_key(&Exchange::open(pool)?, key, *relays)?;
            remark(
                everywhere,
                &format!("bundles of {member} are taken when they are signed by it"),
            );
        }
    }
    Ok(Went::Fine)
}
