//! The daily watch.
//!
//! # Question
//! Does something stand out today that did not have to, and would it still without the sources that have just
//! joined?
//!
//! # Answer
//! [`Alarm`]s: clusters that reach to the last day (prospective space-time permutation scan), and a rise of the total
//! that is everywhere at once (change-point), each with what becomes of it on the constant panel and without the
//! newest source.
//!
//! # Assumes
//! What the scan and the change-point assume. The threshold is a p-value of one run; with a run a day the false alarms
//! expected in a year are 365 times it, for each of the two questions ([`false_alarms`]). Runs on days that follow on each
//! other look at nearly the same data, so that false alarms come in bunches: fewer, and longer, than that.
//!
//! # Formula
//! The scan's p of the likeliest cluster, and of each that overlaps none before; the change-point's p for a rise that
//! began within the longest window. An alarm *survives* on a subset of sources if the same question, asked of the
//! incidents that at least one of them told, finds at the same threshold a cluster that shares an incident with it
//! (or a rise).
//!
//! # References
//! - Kulldorff, Heffernan, Hartman, Assunção and Mostashari (2005), A space-time permutation scan statistic for
//!   disease outbreak detection, for the daily run and the recurrence interval.
//! - Constant panel: as in the briefs of conflict data; a source that joins looks like violence that rises.

use crate::change_point::{ChangeFinding, ChangeOptions, Direction, change_point};
use crate::scan::{Background, Cluster, Count, Look, ScanOptions, scan};
use crate::{NoAnswer, Sites};

/// An incident as the watch sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The place: its position among the [`Sites`].
    pub site: u32,
    /// The day, from 0.
    pub step: u32,
    /// Who told of it, by numbers that the caller gives.
    pub sources: Vec<u16>,
}

/// What is watched for.
#[derive(Clone, PartialEq, Debug)]
pub struct WatchOptions {
    /// How clusters are looked for; whatever it says, only those that reach to the last day are.
    pub scan: ScanOptions,
    /// How a rise is looked for; whatever it says, only rises are.
    pub change: ChangeOptions,
    /// An alarm is at most as likely by chance as this, from 0 to 1.
    pub p: f64,
    /// The sources that are present throughout.
    pub panel: Vec<u16>,
    /// The source that joined last, if one did within the time that is looked at.
    pub newest: Option<u16>,
}

/// What becomes of an alarm if some sources are left out.
#[derive(Clone, PartialEq, Debug)]
pub enum Without {
    /// It is there all the same, with this p.
    Survives(f64),
    /// It is not; with the p of what is likest to it, if anything is.
    Vanishes(Option<f64>),
    /// Nothing was left out.
    Same,
    /// Too little is left to say.
    NoAnswer(NoAnswer),
}

/// What stands out.
#[derive(Clone, PartialEq, Debug)]
pub enum Sign {
    /// A circle and days that reach to the last.
    Cluster(Cluster),
    /// More everywhere, since a day.
    Rise(ChangeFinding),
}

/// Something that stands out today.
#[derive(Clone, PartialEq, Debug)]
pub struct Alarm {
    /// What.
    pub sign: Sign,
    /// How often by chance.
    pub p: f64,
    /// The incidents inside, by position.
    pub inside: Vec<usize>,
    /// On the sources that are present throughout.
    pub panel: Without,
    /// On all but the source that joined last.
    pub without_newest: Without,
}

impl Alarm {
    /// Whether it lives only on sources that have just joined: what changed may be who reports, not what happens.
    pub fn is_of_a_newcomer(&self) -> bool {
        let gone = |it: &Without| matches!(it, Without::Vanishes(_) | Without::NoAnswer(_));
        gone(&self.panel) || gone(&self.without_newest)
    }
}

/// What a run found, and what it could not look for.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Watched {
    /// The alarms, clusters first.
    pub alarms: Vec<Alarm>,
    /// Questions without an answer: which, and why.
    pub unanswered: Vec<(&'static str, NoAnswer)>,
}

/// How many false alarms a year to expect of one question at this threshold, with a run a day.
///
/// ```
/// assert_eq!(sheaf_stats::watch::false_alarms(0.001), 0.365);
/// ```
pub fn false_alarms(p: f64) -> f64 {
    p * 365.0
}

/// Looks at incidents on `n_steps` days, of which the last is today.
pub fn watch(
    sites: &Sites,
    told: &[Told],
    n_steps: usize,
    options: &WatchOptions,
    seed: u64,
) -> Watched {
    let everyone = |_: &Told| true;
    let in_panel = |it: &Told| it.sources.iter().any(|source| options.panel.contains(source));
    let not_newest = |it: &Told| it.sources.iter().any(|source| Some(*source) != options.newest);
    let asked = Asked { sites, told, n_steps, options, seed };
    let mut watched = Watched::default();
    match asked.clusters(&everyone) {
        Err(why) => watched.unanswered.push(("cluster", why)),
        Ok(clusters) => {
            let fits = |it: &&(Cluster, Vec<usize>)| it.0.p <= options.p;
            let found: Vec<&(Cluster, Vec<usize>)> = clusters.iter().filter(fits).collect();
            let ask = |some: &dyn Fn(&Told) -> bool| match found.is_empty() {
                true => Ok(Vec::new()),
                false => asked.clusters(some),
            };
            let (panel, others) = (ask(&in_panel), ask(&not_newest));
            for (cluster, inside) in found {
                let like = |some: &Result<Vec<(Cluster, Vec<usize>)>, NoAnswer>,
                            keeps: &dyn Fn(&Told) -> bool| {
                    if told.iter().all(keeps) {
                        return Without::Same;
                    }
                    match some {
                        Err(why) => Without::NoAnswer(why.clone()),
                        Ok(clusters) => {
                            let shares = |it: &&(Cluster, Vec<usize>)| {
                                it.1.iter().any(|at| inside.contains(at))
                            };
                            let least =
                                clusters.iter().filter(shares).map(|it| it.0.p).reduce(f64::min);
                            at_threshold(least, options.p)
                        }
                    }
                };
                watched.alarms.push(Alarm {
                    p: cluster.p,
                    sign: Sign::Cluster(cluster.clone()),
                    panel: like(&panel, &in_panel),
                    without_newest: like(&others, &not_newest),
                    inside: inside.clone(),
                });
            }
        }
    }
    match asked.rise(&everyone) {
        Err(why) => watched.unanswered.push(("rise", why)),
        Ok(Some(rise)) if rise.p <= options.p => {
            let like = |some: &dyn Fn(&Told) -> bool| {
                if told.iter().all(some) {
                    return Without::Same;
                }
                match asked.rise(some) {
                    Err(why) => Without::NoAnswer(why),
                    Ok(found) => at_threshold(found.map(|it| it.p), options.p),
                }
            };
            let since = rise.day as u32;
            watched.alarms.push(Alarm {
                p: rise.p,
                panel: like(&in_panel),
                without_newest: like(&not_newest),
                inside: (0..told.len()).filter(|&at| told[at].step >= since).collect(),
                sign: Sign::Rise(rise),
            });
        }
        Ok(_) => {}
    }
    watched
}

fn at_threshold(p: Option<f64>, most: f64) -> Without {
    match p {
        Some(p) if p <= most => Without::Survives(p),
        p => Without::Vanishes(p),
    }
}

struct Asked<'a> {
    sites: &'a Sites,
    told: &'a [Told],
    n_steps: usize,
    options: &'a WatchOptions,
    seed: u64,
}

impl Asked<'_> {
    /// Clusters that reach to the last day, each with the incidents inside, of those that some told.
    fn clusters(
        &self,
        some: &dyn Fn(&Told) -> bool,
    ) -> Result<Vec<(Cluster, Vec<usize>)>, NoAnswer> {
        let (told, background) = (self.told, Background::CasesOnly);
        let kept: Vec<usize> = (0..told.len()).filter(|&at| some(&told[at])).collect();
        let count = |&at: &usize| Count { site: told[at].site, step: told[at].step, n: 1 };
        let cases: Vec<Count> = kept.iter().map(count).collect();
        let options = ScanOptions { look: Look::Now, ..self.options.scan };
        let found = scan(self.sites, &cases, self.n_steps, background, &options, self.seed)?;
        let inside = |cluster: &Cluster| {
            let is_in = |&&at: &&usize| {
                (cluster.first..=cluster.last).contains(&told[at].step)
                    && cluster.sites.contains(&told[at].site)
            };
            kept.iter().filter(is_in).copied().collect::<Vec<usize>>()
        };
        Ok(found.clusters.into_iter().map(|it| (it.clone(), inside(&it))).collect())
    }

    /// A rise that began within the longest window, of those that some told.
    fn rise(&self, some: &dyn Fn(&Told) -> bool) -> Result<Option<ChangeFinding>, NoAnswer> {
        let mut counts = vec![0; self.n_steps];
        self.told.iter().filter(|it| some(it)).for_each(|it| counts[it.step as usize] += 1);
        let options = ChangeOptions { direction: Direction::Rise, ..self.options.change };
        let found = change_point(&counts, &options, self.seed)?;
        let is_recent = found.day + self.options.scan.longest as usize >= self.n_steps;
        Ok(Some(found).filter(|_| is_recent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::{Reach, Replications};
    use crate::testing::unevenness;
    use crate::{Chance, Measured};

    const DAYS: usize = 120;

    fn options() -> WatchOptions {
        WatchOptions {
            scan: ScanOptions {
                reach: Reach { radius: Some(1.5), share: 0.5 },
                look: Look::Now,
                longest: 14,
                fewest: 2,
                replications: Replications { most: 199, enough: None },
                most_clusters: 5,
            },
            change: ChangeOptions {
                direction: Direction::Rise,
                fewest_days: 7,
                block_days: 7,
                permutations: 199,
            },
            p: 0.01,
            panel: vec![0],
            newest: Some(1),
        }
    }

    fn line(n: u32) -> Sites {
        let places = (0..n).map(|it| (format!("{it:02}"), [f64::from(it), 0.0])).collect();
        Sites::new(places, Measured::Plane).unwrap()
    }

    /// Two incidents a day at ten places, told by source 0.
    fn background(chance: &mut Chance) -> Vec<Told> {
        let one = |chance: &mut Chance| Told {
            site: chance.below(10) as u32,
            step: chance.below(DAYS) as u32,
            sources: vec![0],
        };
        (0..240).map(|_| one(chance)).collect()
    }

    fn more(told: &mut Vec<Told>, site: u32, sources: &[u16]) {
        for step in DAYS as u32 - 6..DAYS as u32 {
            told.extend((0..2).map(|_| Told { site, step, sources: sources.to_vec() }));
        }
    }

    #[test]
    fn known_truth_a_cluster_is_found_and_survives_where_all_tell_of_it() {
        let mut told = background(&mut Chance::new(7, 0));
        more(&mut told, 4, &[0, 1]);
        let found = watch(&line(10), &told, DAYS, &options(), 1);
        let alarm = &found.alarms[0];
        let Sign::Cluster(cluster) = &alarm.sign else { panic!("{alarm:?}") };
        assert!(cluster.sites.contains(&4) && cluster.observed >= 12, "{cluster:?}");
        assert!((240..252).all(|at| alarm.inside.contains(&at)), "{:?}", alarm.inside);
        assert!(matches!(alarm.panel, Without::Same), "{:?}", alarm.panel);
        assert!(!alarm.is_of_a_newcomer());
    }

    #[test]
    fn known_truth_a_cluster_that_only_a_newcomer_tells_of_is_shown_as_that() {
        let mut told = background(&mut Chance::new(7, 0));
        more(&mut told, 4, &[1]);
        let found = watch(&line(10), &told, DAYS, &options(), 1);
        let alarm = &found.alarms[0];
        assert!(matches!(alarm.panel, Without::Vanishes(_)), "{:?}", alarm.panel);
        assert!(matches!(alarm.without_newest, Without::Vanishes(_)));
        assert!(alarm.is_of_a_newcomer());
    }

    #[test]
    fn by_hand_a_rise_that_is_everywhere_is_no_cluster_and_is_found_all_the_same() {
        // One a day for 100 days, at each place in turn; five a day, likewise, for the last 14 of 114.
        let mut told = Vec::new();
        for step in 0..114_u32 {
            let n = if step < 100 { 1 } else { 5 };
            told.extend((0..n).map(|nth| Told {
                site: (step + 2 * nth) % 10,
                step,
                sources: vec![0],
            }));
        }
        let found = watch(&line(10), &told, 114, &options(), 3);
        let rises: Vec<&ChangeFinding> = found
            .alarms
            .iter()
            .filter_map(|it| if let Sign::Rise(rise) = &it.sign { Some(rise) } else { None })
            .collect();
        assert_eq!(rises.len(), 1, "{:?}", found.alarms);
        assert_eq!((rises[0].day, rises[0].before, rises[0].after), (100, 1.0, 5.0));
        assert!(found.alarms.iter().all(|it| matches!(it.sign, Sign::Rise(_))));
    }

    #[test]
    fn under_the_null_alarms_come_as_often_as_the_threshold_says() {
        let p = |stream| {
            let told = background(&mut Chance::new(11, stream));
            let mut options = options();
            options.p = 1.0;
            options.scan.replications.most = 99;
            options.scan.most_clusters = 1;
            let found = watch(&line(10), &told, DAYS, &options, stream);
            found
                .alarms
                .iter()
                .find(|it| matches!(it.sign, Sign::Cluster(_)))
                .map_or(1.0, |it| it.p)
        };
        let all: Vec<f64> = (0..300).map(p).collect();
        // Ties push p-values up, never down: what is too even is no fault, what comes too often is.
        let too_many = |at: f64| {
            let n = all.iter().filter(|&&it| it <= at).count() as f64;
            n > 300.0 * at + 4.0 * (300.0 * at * (1.0 - at)).sqrt()
        };
        assert!(![0.01, 0.02, 0.05, 0.1, 0.2, 0.5].into_iter().any(too_many));
        assert!(unevenness(all) < 3.0);
    }

    #[test]
    fn what_cannot_be_asked_is_named() {
        let told = vec![Told { site: 0, step: 3, sources: vec![0] }];
        let found = watch(&line(2), &told, DAYS, &options(), 1);
        assert!(found.alarms.is_empty());
        let asked: Vec<&str> = found.unanswered.iter().map(|it| it.0).collect();
        assert_eq!(asked, ["cluster", "rise"]);
    }
}
