//! `sheaf held`: what stays with its contributor because a text in it may name a person, and what a person says
//! of it. Where and what sort of thing is said; the thing itself is never printed.

use std::path::Path;

use serde_json::json;
use sheaf_share::screen::in_object;
use sheaf_store::exchange::{
    Classes, Contributor, Exchange, HeldObject, Which, Withdrawn, stamp_text,
};

use super::{Went, counted, now_micros, print, print_json, remark};
use crate::args::{Everywhere, Holding, HoldingOf, WhichHeld};
use crate::failure::Failure;
use crate::suggest;

pub fn held(args: &HoldingOf, everywhere: &Everywhere) -> Result<Went, Failure> {
    let log = Exchange::open(&args.pool)?;
    match &args.what {
        Holding::List => list(&log, everywhere),
        Holding::Release { which, because } => {
            let it = meant(&log, &args.pool, which)?;
            let object = serde_json::from_slice(&it.body).unwrap_or_default();
            let marks: Vec<[u8; 32]> = in_object(&object).iter().map(|it| it.mark).collect();
            log.release(it.collection, &it.id, &it.owner, &marks, because, now_micros())?;
            remark(
                everywhere,
                &format!(
                    "{} is released; later versions with nothing else in them pass too",
                    it.id
                ),
            );
            Ok(Went::Fine)
        }
        Holding::Drop { which } => drop_held(&log, &meant(&log, &args.pool, which)?, everywhere),
    }
}

fn list(log: &Exchange, everywhere: &Everywhere) -> Result<Went, Failure> {
    let held = log.held()?;
    if everywhere.json {
        let listed: Vec<_> = held
            .iter()
            .map(|it| {
                json!({
                    "id": it.id, "version": it.version, "member": it.owner,
                    "since": stamp_text(it.since), "why": it.why,
                })
            })
            .collect();
        print_json(&json!(listed))?;
        return Ok(Went::Fine);
    }
    for it in &held {
        print(&format!("{}  {}  {}\n", it.id, it.owner, it.why))?;
    }
    remark(everywhere, &format!("{} held", counted(held.len() as u64, "object")));
    Ok(Went::Fine)
}

/// The object that is meant, which must be held.
fn meant(log: &Exchange, pool: &Path, which: &WhichHeld) -> Result<HeldObject, Failure> {
    let held = log.held()?;
    let fits = |it: &&HeldObject| {
        it.id == which.id && which.of.as_ref().is_none_or(|of| of.as_str() == it.owner)
    };
    let fitting: Vec<&HeldObject> = held.iter().filter(fits).collect();
    match fitting[..] {
        [one] => Ok(one.clone()),
        [] => {
            let what = format!("{}: {} is not held here", pool.display(), which.id);
            let failure = Failure::new("not-held", what);
            Err(match suggest::nearest(&which.id, held.iter().map(|it| it.id.as_str())) {
                Some(near) => failure.hint(format!("did you mean {near}?")),
                None => failure.hint(format!("`sheaf held {} list` lists them", pool.display())),
            })
        }
        [..] => {
            let owners: Vec<&str> = fitting.iter().map(|it| it.owner.as_str()).collect();
            let what = format!("{}: several members brought {}", pool.display(), which.id);
            Err(Failure::new("whose", what).hint(format!("say --of {}", owners.join(" or --of "))))
        }
    }
}

fn drop_held(log: &Exchange, it: &HeldObject, everywhere: &Everywhere) -> Result<Went, Failure> {
    // Of several under this id the owner's own is meant.
    let of_owner = log.classes()?.into_iter().filter(|(_, owner, _)| *owner == it.owner);
    let classes = Classes::Only(of_owner.map(|(class, ..)| class).collect());
    let by = Contributor { member: &it.owner, relays: false };
    let which = Which::default();
    match log.withdraw(it.collection, &it.id, &which, by, &classes, now_micros())? {
        Withdrawn::Some(_) | Withdrawn::Whole => {
            remark(everywhere, &format!("{} is withdrawn, and its text is taken out", it.id));
            Ok(Went::Fine)
        }
        Withdrawn::NotThere | Withdrawn::NotTheirs => {
            Err(Failure::new("not-held", format!("{} is not there any more", it.id)))
        }
    }
}
