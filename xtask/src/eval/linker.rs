//! What can be measured: anything that is fitted on labelled pools and links a pool that it has not
//! seen. Our linking stands behind the same trait as the methods of others.

use sheaf_link::learn::{Labelled, estimate, learn};
use sheaf_link::score::{self, Look, joined};
use sheaf_link::{Blocking, Linkage, Model, link, weights_of};

use super::reports::{Pool, Reports};
use crate::failure::Outcome;

/// What came of a linking.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Linked {
    /// For each report the number of its incident; [`Linkage::NONE`] for one in no incident, which
    /// counts as alone.
    pub incident_of: Vec<u32>,
    /// Pairs that were compared, each once, with the probability that they are about one event.
    /// Empty for a method that gives none.
    pub compared: Vec<(u32, u32, f64)>,
}

/// A way of linking.
pub trait Linker {
    /// What to call it.
    fn name(&self) -> String;

    /// Where it has what it knows, in a few words, if [`Linker::fit`] teaches it nothing; `None` if
    /// it does.
    fn knows_from(&self) -> Option<&'static str> {
        None
    }

    /// Learns from labelled pools, and forgets what it learnt before.
    fn fit(&mut self, train: &[&Pool]) -> Outcome<()>;

    /// Links a pool without looking at its labels.
    fn link(&self, test: &Pool) -> Outcome<Linked>;
}

/// Our model, learnt from the pools it is fitted on and nothing else.
#[derive(Clone, Debug)]
pub struct Learnt {
    model: Model,
}

impl Learnt {
    /// Not fitted yet: the weights set by hand.
    pub fn unfitted() -> Learnt {
        Learnt { model: Model::prior() }
    }
}

impl Linker for Learnt {
    fn name(&self) -> String {
        "sheaf, learnt".to_owned()
    }

    fn fit(&mut self, train: &[&Pool]) -> Outcome<()> {
        let events: Vec<Vec<Option<u32>>> = (train.iter())
            .map(|pool| pool.labels.iter().map(|label| Some(label.event)).collect())
            .collect();
        let labelled: Vec<Labelled<'_>> = (train.iter().zip(&events))
            .map(|(pool, event_of)| Labelled { outlines: &pool.outlines, event_of })
            .collect();
        self.model = match learn(&labelled, &Model::prior(), &Blocking::SHIPPED) {
            Ok(learned) => learned.model,
            // Said aloud, so that nobody takes the figures for those of a learnt model.
            Err(error) => {
                eprintln!("nothing learnt, the weights set by hand are used: {error}");
                Model::prior()
            }
        };
        Ok(())
    }

    fn link(&self, test: &Pool) -> Outcome<Linked> {
        Ok(linked(test, &self.model))
    }
}

/// Our model, estimated from the very pool that it links, without labels.
#[derive(Clone, Debug)]
pub struct FromThePool;

impl Linker for FromThePool {
    fn name(&self) -> String {
        "sheaf, estimated from the pool".to_owned()
    }

    fn knows_from(&self) -> Option<&'static str> {
        Some("no labels")
    }

    fn fit(&mut self, _train: &[&Pool]) -> Outcome<()> {
        Ok(())
    }

    fn link(&self, test: &Pool) -> Outcome<Linked> {
        // A pool too small to count anything in is linked by the weights set by hand.
        let model = estimate(&test.outlines, &Model::prior(), &Blocking::SHIPPED)
            .unwrap_or_else(|_| Model::prior());
        Ok(linked(test, &model))
    }
}

fn linked(test: &Pool, model: &Model) -> Linked {
    let blocking = Blocking::SHIPPED;
    let linkage = link(&test.outlines, model, &blocking, &[]);
    let compared = weights_of(&test.outlines, model, &blocking, &linkage);
    let compared = compared
        .into_iter()
        .map(|(a, b, bits)| (a, b, model.probability(bits, linkage.are_together(a, b))));
    Linked { compared: compared.collect(), incident_of: linkage.incident_of }
}

/// Every pair of reports whose days lie at most this far apart, the smaller position first, in
/// order. A report without days, which may be dated by other means, goes with every other.
pub fn pairs_within(pool: &Pool, gap_days: i32) -> impl Iterator<Item = (u32, u32)> + '_ {
    let day = |at: u32, last: bool| match pool.facts[at as usize].days {
        Some((first, end)) => i64::from(if last { end } else { first }),
        None => {
            if last {
                i64::MAX / 2
            } else {
                i64::MIN / 2
            }
        }
    };
    let mut by_day: Vec<u32> = (0..pool.len() as u32).collect();
    by_day.sort_by_key(|&at| day(at, false));
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for (nth, &a) in by_day.iter().enumerate() {
        let latest = day(a, true) + i64::from(gap_days);
        let near = by_day[nth + 1..].iter().take_while(|&&b| day(b, false) <= latest);
        pairs.extend(near.map(|&b| (a.min(b), a.max(b))));
    }
    pairs.sort_unstable();
    pairs.into_iter()
}

/// Several linkings of parts of one data set, held side by side for scoring.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Held {
    /// The labelled reports, with incidents that no two parts share.
    pub labelled: Vec<score::Labelled>,
    /// Whether each says where it was.
    pub placed: Vec<bool>,
    /// The pairs compared, by position in `labelled`.
    pub looks: Vec<Look>,
}

impl Held {
    /// Takes in what came of linking a pool.
    pub fn take(&mut self, pool: &Pool, linked: &Linked) {
        let first = self.labelled.len() as u32;
        // Numbers above those of incidents, for reports that are in none.
        let alone = linked.incident_of.iter().filter(|&&it| it != Linkage::NONE).max();
        let mut alone = alone.map_or(0, |most| most + 1);
        let labelled = pool.labels.iter().zip(&linked.incident_of).map(|(label, &incident)| {
            let incident = if incident == Linkage::NONE {
                alone += 1;
                alone - 1
            } else {
                incident
            };
            score::Labelled { incident, event: label.event, source: label.group }
        });
        let labelled: Vec<score::Labelled> = labelled.collect();
        self.labelled = joined(&[&self.labelled, &labelled]);
        self.placed.extend(pool.facts.iter().map(|facts| facts.says_where()));
        self.looks.extend(linked.compared.iter().map(|&(a, b, probability)| Look {
            a: first + a,
            b: first + b,
            probability: Some(probability),
        }));
    }
}

/// Fits on all folds but one and links that one, for each in turn. True pairs that lie across folds
/// count as missed.
pub fn out_of_fold(linker: &mut dyn Linker, reports: &Reports, folds: &[usize]) -> Outcome<Held> {
    let mut held = Held::default();
    for fold in 0..folds.iter().max().map_or(0, |most| most + 1) {
        let test = reports.part(&format!("fold {fold}"), |at| folds[at] == fold);
        if test.is_empty() {
            continue;
        }
        let train = reports.part(&format!("all but fold {fold}"), |at| folds[at] != fold);
        linker.fit(&[&train])?;
        held.take(&test, &linker.link(&test)?);
    }
    Ok(held)
}

/// Fits on the reports of one side and links the others.
pub fn transferred(
    linker: &mut dyn Linker,
    reports: &Reports,
    is_train: impl Fn(usize) -> bool,
) -> Outcome<Held> {
    let train = reports.part("one side", &is_train);
    let test = reports.part("the other side", |at| !is_train(at));
    linker.fit(&[&train])?;
    let mut held = Held::default();
    held.take(&test, &linker.link(&test)?);
    Ok(held)
}

/// Links a whole data set at once.
pub fn at_once(linker: &dyn Linker, reports: &Reports) -> Outcome<Held> {
    let pool = reports.whole();
    let mut held = Held::default();
    held.take(&pool, &linker.link(&pool)?);
    Ok(held)
}
