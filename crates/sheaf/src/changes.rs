//! When what an incident rests on last changed here, for whoever sees it: the newest of its reports came in then, or
//! somebody judged on one of them. Nothing that this reader may not see has a part in it: a time that moved
//! for an unseen reason would tell of it.

use std::collections::HashMap;
use std::sync::Arc;

use sheaf_desk::Layer;
use sheaf_model::{Moment, ReportId};
use sheaf_store::{Pool, Wanted};

use crate::failure::Failure;
use crate::received::Shared;

/// A layer, which is the same as another only if both were made at once.
#[derive(Clone, Debug)]
pub struct Same(pub Arc<Layer>);

impl PartialEq for Same {
    fn eq(&self, other: &Same) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A time for each incident of a layer, in order.
pub fn of(pool: &Pool, layer: &Layer, shared: Option<&Shared>) -> Result<Vec<Moment>, Failure> {
    let mut holds: HashMap<&ReportId, usize> = HashMap::new();
    let mut own: Vec<ReportId> = Vec::new();
    let began = Moment::from_millis(0).unwrap_or_else(|| unreachable!("1970 is a year"));
    let mut changed = vec![began; layer.incidents.len()];
    let mut bump = |at: usize, when: &str| {
        if let Some(when) = Moment::parse(when) {
            changed[at] = changed[at].max(when);
        }
    };
    for (at, settled) in layer.incidents.iter().enumerate() {
        for id in &settled.incident.reports {
            holds.insert(id, at);
            match shared.and_then(|it| it.report(id)) {
                Some((import, _)) => bump(at, &import.taken_at),
                None => own.push(id.clone()),
            }
        }
    }
    let found = pool.reports(&own, Wanted::only(&[]))?;
    for (id, found) in own.iter().zip(found) {
        if let Some(found) = found {
            bump(holds[id], &found.import.taken_at);
        }
    }
    for judgement in pool.judgements()? {
        let ends = [judgement.pair.left(), judgement.pair.right()].map(|end| holds.get(end));
        // Whoever sees one end only is not to learn that there is another.
        let [Some(&left), Some(&right)] = ends else { continue };
        let withdrawn = judgement.withdrawn.as_ref().map(|it| it.at.as_str());
        for when in std::iter::once(judgement.at.as_str()).chain(withdrawn) {
            bump(left, when);
            bump(right, when);
        }
    }
    Ok(changed)
}
