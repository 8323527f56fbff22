//! Which alarm would have come earlier, had everything been shared when written.
//!
//! # Question
//! If each party had run the daily alarm on what it alone knew by then, and the pool on what all of them knew,
//! which alarms would the pool have had, and how many days later (or never) each party?
//!
//! # Answer
//! [`Alarm`]: each alarm of the pool with the day on which it fired first and its incidents, and for each party
//! the first day on which an alarm of its own held one of them.
//!
//! # Assumes
//! That links, places and days of incidents are those known today; only the day on which somebody learnt of
//! an incident is of its time, so the earliest days are what was possible at best. The scan sees cases only:
//! a rise that is everywhere at once raises no alarm.
//!
//! # Formula
//! On each day on which something was learnt: a prospective space-time permutation scan of the incidents
//! learnt by then ([`crate::scan`]), which fires where p ≤ 1 / `once_in_days`. Alarms of the pool that share
//! an incident are one. Lead = the party's first day − the pool's.
//!
//! # References
//! - Kulldorff and others (2005), A space-time permutation scan statistic for disease outbreak detection.

use std::collections::{BTreeMap, BTreeSet};

use super::Knew;
use crate::scan::{Background, Count, Look, Reach, Replications, ScanOptions, scan};
use crate::{NoAnswer, Sites};

/// Where an incident happened, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Happened {
    /// The place: its position among the [`Sites`].
    pub site: u32,
    /// The day, counted as the days in [`Knew`] are.
    pub day: i32,
}

/// What raises an alarm.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AlarmOptions {
    /// The largest circle: kilometres, or the plane's unit.
    pub radius: f64,
    /// The longest window, in days.
    pub longest: u32,
    /// By chance alone at most one false alarm in so many days of daily runs; at least 2.
    pub once_in_days: u32,
    /// How often the data are made again by chance; at least `once_in_days` less one, or nothing can fire.
    pub replications: u32,
}

/// An alarm of the pool.
#[derive(Clone, PartialEq, Debug)]
pub struct Alarm {
    /// The day on which it fired first.
    pub fired: i32,
    /// How often chance alone is as odd, on that day.
    pub p: f64,
    /// Its incidents on that day and on later ones, in order.
    pub incidents: Vec<usize>,
    /// For each party the first day on which an alarm of its own held one of the incidents.
    pub alone: Vec<Option<i32>>,
}

/// An alarm of one day.
struct Fired {
    day: i32,
    p: f64,
    incidents: Vec<usize>,
}

/// The alarms of the pool, in order of the day on which they fired, and when each party would have had them.
/// `happened` says where and when each incident of `knew` was; one without a place is `None` and left out.
///
/// # Errors
/// [`NoAnswer`]: options without meaning, as many replications as cannot tell, or circles too large for memory. Too few
/// incidents on a day are no error: there is no alarm on that day.
pub fn alarms(
    sites: &Sites,
    happened: &[Option<Happened>],
    knew: &Knew,
    options: &AlarmOptions,
    seed: u64,
) -> Result<Vec<Alarm>, NoAnswer> {
    check(happened, knew, options)?;
    let pooled: Vec<Option<i32>> = (0..knew.len()).map(|it| knew.first_day(it)).collect();
    let mut found: Vec<Alarm> = Vec::new();
    for fired in run(sites, happened, &pooled, options, seed)? {
        let is_same = |it: &Alarm| it.incidents.iter().any(|it| fired.incidents.contains(it));
        match found.iter_mut().find(|it| is_same(it)) {
            Some(alarm) => {
                alarm.incidents.extend(fired.incidents);
                alarm.incidents.sort_unstable();
                alarm.incidents.dedup();
            }
            None => found.push(Alarm {
                fired: fired.day,
                p: fired.p,
                incidents: fired.incidents,
                alone: Vec::new(),
            }),
        }
    }
    if found.is_empty() {
        return Ok(found);
    }
    for party in 0..knew.n_parties() {
        let own = |it| knew.of(it).iter().find(|it| it.party == party).map(|it| it.day);
        let own: Vec<Option<i32>> = (0..knew.len()).map(own).collect();
        let fired = run(sites, happened, &own, options, seed)?;
        for alarm in &mut found {
            let of: BTreeSet<usize> = alarm.incidents.iter().copied().collect();
            let first = fired.iter().find(|it| it.incidents.iter().any(|it| of.contains(it)));
            alarm.alone.push(first.map(|it| it.day));
        }
    }
    Ok(found)
}

fn check(
    happened: &[Option<Happened>],
    knew: &Knew,
    options: &AlarmOptions,
) -> Result<(), NoAnswer> {
    let AlarmOptions { once_in_days, replications, .. } = *options;
    if once_in_days < 2 || replications.saturating_add(1) < once_in_days {
        return Err(NoAnswer::BadOption {
            option: "once in days",
            value: once_in_days.to_string(),
            must: "from 2 to one more than the replications",
        });
    }
    if happened.len() != knew.len() {
        let what = format!("incident number {}", happened.len().min(knew.len()));
        return Err(NoAnswer::Unknown { what });
    }
    Ok(())
}

/// The alarms of each day on which something was learnt.
fn run(
    sites: &Sites,
    happened: &[Option<Happened>],
    learnt: &[Option<i32>],
    options: &AlarmOptions,
    seed: u64,
) -> Result<Vec<Fired>, NoAnswer> {
    let mut news: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    for (idx, (happened, learnt)) in happened.iter().zip(learnt).enumerate() {
        if let (Some(happened), Some(learnt)) = (happened, learnt) {
            // A report may be dated before what it announces; nobody knows of a day that has not come.
            news.entry((*learnt).max(happened.day)).or_default().push(idx);
        }
    }
    let mut known: Vec<(usize, Happened)> = Vec::new();
    let mut fired = Vec::new();
    for (day, new) in news {
        known.extend(new.iter().filter_map(|&idx| happened[idx].map(|it| (idx, it))));
        fired.extend(one_day(sites, &known, day, options, seed)?);
    }
    Ok(fired)
}

fn one_day(
    sites: &Sites,
    known: &[(usize, Happened)],
    day: i32,
    options: &AlarmOptions,
    seed: u64,
) -> Result<Vec<Fired>, NoAnswer> {
    let first = known.iter().map(|it| it.1.day).min().unwrap_or(day);
    let n_steps = (day - first + 1) as usize;
    // Only places that are known of: a centre that others know of would be knowledge of theirs.
    let numbers: BTreeSet<u32> = known.iter().map(|it| it.1.site).collect();
    let numbers: Vec<u32> = numbers.into_iter().collect();
    let places = numbers.iter().map(|&it| (sites.name(it).to_owned(), sites.at(it))).collect();
    let own = Sites::new(places, sites.measured())?;
    let own_site = |site: u32| numbers.partition_point(|&it| it < site) as u32;
    let cases: Vec<Count> = known
        .iter()
        .map(|(_, it)| Count { site: own_site(it.site), step: (it.day - first) as u32, n: 1 })
        .collect();
    let scanning = ScanOptions {
        reach: Reach { radius: Some(options.radius), share: 0.5 },
        look: Look::Now,
        longest: options.longest.min(n_steps as u32),
        fewest: 2,
        // As many as odd as this, and it is no alarm whatever follows.
        replications: Replications {
            most: options.replications,
            enough: Some((options.replications + 1) / options.once_in_days + 1),
        },
        most_clusters: 10,
    };
    let finding = match scan(&own, &cases, n_steps, Background::CasesOnly, &scanning, seed) {
        Ok(finding) => finding,
        Err(NoAnswer::TooFewCases { .. } | NoAnswer::OneDay { .. } | NoAnswer::OnePlace { .. }) => {
            return Ok(Vec::new());
        }
        Err(why) => return Err(why),
    };
    let alarming = |p: f64| p * f64::from(options.once_in_days) <= 1.0 + 1e-9;
    let fired = finding.clusters.iter().filter(|it| alarming(it.p)).map(|cluster| {
        let inside: BTreeSet<u32> = cluster.sites.iter().copied().collect();
        let is_inside = |it: &Happened| {
            inside.contains(&own_site(it.site))
                && (cluster.first..=cluster.last).contains(&((it.day - first) as u32))
        };
        let mut incidents: Vec<usize> =
            known.iter().filter(|it| is_inside(&it.1)).map(|it| it.0).collect();
        incidents.sort_unstable();
        Fired { day, p: cluster.p, incidents }
    });
    Ok(fired.collect())
}

#[cfg(test)]
mod tests {
    use super::super::made_up::knew;
    use super::*;
    use crate::{Chance, Measured};

    const ASKED: AlarmOptions =
        AlarmOptions { radius: 5.0, longest: 7, once_in_days: 50, replications: 99 };

    /// Ten places far from each other, on a plane.
    fn places() -> Sites {
        let at = (0..10).map(|it| (it.to_string(), [100.0 * f64::from(it), 0.0]));
        Sites::new(at.collect(), Measured::Plane).unwrap()
    }

    /// Two scattered incidents a week told by both, and a wave of eight at place 3 from day 100 on, told
    /// the same day by one of two parties in turn and two days later by the other.
    fn wave() -> (Vec<Option<Happened>>, Knew) {
        let mut chance = Chance::new(11, 0);
        let mut happened = Vec::new();
        let mut rows: Vec<Vec<(u32, i32)>> = Vec::new();
        for idx in 0..30 {
            let day = idx * 100 / 30;
            happened.push(Some(Happened { site: chance.below(10) as u32, day }));
            rows.push(vec![(0, day), (1, day)]);
        }
        for idx in 0..8 {
            let (day, teller) = (100 + idx / 2, (idx % 2) as u32);
            happened.push(Some(Happened { site: 3, day }));
            rows.push(vec![(teller, day), (1 - teller, day + 2)]);
        }
        let rows: Vec<&[(u32, i32)]> = rows.iter().map(Vec::as_slice).collect();
        let knew = knew(3, &rows);
        (happened, knew)
    }

    #[test]
    fn known_truth_a_wave_is_seen_earlier_together_and_never_by_who_knew_nothing() {
        let (happened, knew) = wave();
        let found = alarms(&places(), &happened, &knew, &ASKED, 1).unwrap();
        let alarm = found.iter().find(|it| it.incidents.contains(&30)).unwrap();
        assert!(alarm.fired <= 103 && alarm.p <= 0.02, "{alarm:?}");
        let alone: Vec<i32> = alarm.alone[..2].iter().map(|it| it.unwrap()).collect();
        assert!(alone.iter().all(|&it| it > alarm.fired), "{alarm:?}");
        assert_eq!(alarm.alone[2], None);
        assert_eq!(alarms(&places(), &happened, &knew, &ASKED, 1).unwrap(), found, "same seed");
    }

    #[test]
    fn by_hand_too_little_is_no_alarm_and_bad_options_are_said() {
        let happened = [Some(Happened { site: 0, day: 1 }), None];
        let knew = knew(1, &[&[(0, 1)], &[(0, 2)]]);
        assert_eq!(alarms(&places(), &happened, &knew, &ASKED, 1), Ok(Vec::new()));
        let deaf = AlarmOptions { replications: 9, ..ASKED };
        let said = alarms(&places(), &happened, &knew, &deaf, 1).unwrap_err().to_string();
        assert!(said.starts_with("once in days is 50"), "{said}");
        let short = alarms(&places(), &happened[..1], &knew, &ASKED, 1).unwrap_err();
        assert!(short.to_string().contains("incident number 1"), "{short}");
    }

    /// Without any wave a day's alarm is false, and comes at most about as often as was allowed.
    #[test]
    fn under_the_null_false_alarms_are_as_rare_as_was_asked() {
        let mut days_run = 0;
        let mut days_fired = 0;
        for number in 0..12 {
            let mut chance = Chance::new(12, number);
            let happened: Vec<Option<Happened>> = (0..60)
                .map(|idx| Some(Happened { site: chance.below(10) as u32, day: idx }))
                .collect();
            let told: Vec<Option<i32>> = happened.iter().map(|it| it.map(|it| it.day)).collect();
            let asked = AlarmOptions { once_in_days: 20, ..ASKED };
            let fired = run(&places(), &happened, &told, &asked, number).unwrap();
            let mut days: Vec<i32> = fired.iter().map(|it| it.day).collect();
            days.dedup();
            (days_run, days_fired) = (days_run + 60, days_fired + days.len());
        }
        // 720 days at 1 in 20 are 36; windows overlap from day to day, so that days go together.
        assert!(days_fired <= 72, "{days_fired} of {days_run}");
    }

    /// One party is the pool; and each day's alarm is the scan's own.
    #[test]
    fn reference_one_party_alone_is_the_pool_and_its_p_is_the_scans() {
        let (happened, both) = wave();
        let told: Vec<Vec<(u32, i32)>> =
            (0..both.len()).map(|it| vec![(0, both.first_day(it).unwrap())]).collect();
        let rows: Vec<&[(u32, i32)]> = told.iter().map(Vec::as_slice).collect();
        let found = alarms(&places(), &happened, &knew(1, &rows), &ASKED, 1).unwrap();
        assert!(found.iter().all(|it| it.alone == [Some(it.fired)]), "{found:?}");
        let alarm = found.iter().find(|it| it.incidents.contains(&30)).unwrap();
        let cases: Vec<Count> = happened
            .iter()
            .flatten()
            .filter(|it| it.day <= alarm.fired)
            .map(|it| Count { site: it.site, step: it.day as u32, n: 1 })
            .collect();
        let scanning = ScanOptions {
            reach: Reach { radius: Some(5.0), share: 0.5 },
            look: Look::Now,
            longest: 7,
            fewest: 2,
            replications: Replications { most: 99, enough: None },
            most_clusters: 1,
        };
        let n_steps = alarm.fired as usize + 1;
        let all = scan(&places(), &cases, n_steps, Background::CasesOnly, &scanning, 1).unwrap();
        assert!((all.clusters[0].p - alarm.p).abs() < 0.011, "{} {}", all.clusters[0].p, alarm.p);
    }
}
