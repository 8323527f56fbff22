//! A day looked at: the incidents of the time before it, by whom they are told, and what stands out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sheaf_desk::Layer;
use sheaf_model::{Day, Metres, Place};
use sheaf_share::rules::Reader;
use sheaf_stats::Period;
use sheaf_stats::change_point::{ChangeOptions, Direction};
use sheaf_stats::scan::{Look, Reach, Replications, ScanOptions, in_words};
use sheaf_stats::watch::{Alarm, Sign, Told, WatchOptions, Without, watch};

use super::super::statistics::{Points, rounded};
use sheaf_store::{Access, Pool, Site};

use crate::args::{Alarming, Everywhere, HowToWatch, Which};
use crate::commands::with_received;
use crate::failure::Failure;
use crate::layer::Layers;

/// What was looked for.
pub struct How {
    pub history_days: u32,
    pub longest_days: u32,
    radius_km: f64,
    once_in: u32,
    replications: u32,
    seed: u64,
}

impl How {
    fn of(how: &HowToWatch) -> How {
        How {
            history_days: how.history_days,
            longest_days: how.longest_days,
            radius_km: how.radius_km,
            once_in: how.once_in,
            // A threshold below what the replications can tell would never be reached.
            replications: how.chance.or_usual().max(how.once_in),
            seed: how.chance.seed,
        }
    }

    /// As a run kept it.
    pub fn of_run(how: &Value) -> Option<How> {
        let number = |name: &str| how[name].as_u64().and_then(|it| u32::try_from(it).ok());
        Some(How {
            history_days: number("history_days")?,
            longest_days: number("longest_days")?,
            radius_km: how["radius_km"].as_f64()?,
            once_in: number("once_in_days")?,
            replications: number("replications")?,
            seed: how["seed"].as_u64()?,
        })
    }

    /// The threshold: an alarm is at most as likely in one run.
    pub fn p(&self) -> f64 {
        1.0 / f64::from(self.once_in)
    }
}

/// A day looked at.
pub struct Looked {
    pub on: Day,
    pub how: How,
    pub n_told: usize,
    pub left_out: Value,
    pub left_out_words: Option<String>,
    pub seen: Vec<Seen>,
    /// Which question has no answer, and why.
    pub unanswered: Vec<(&'static str, String)>,
    /// Of a member's view: what the markings are taken from.
    pub layer: Option<std::sync::Arc<Layer>>,
    newest: Option<(String, Day)>,
    basis: String,
}

/// Something that stands out.
pub struct Seen {
    pub sign: &'static str,
    pub p: f64,
    /// Where, of a cluster: latitude, longitude, kilometres.
    pub circle: Option<(f64, f64, f64)>,
    pub from: Day,
    pub to: Day,
    pub observed: u32,
    pub expected: f64,
    /// Each with who told it.
    pub incidents: Vec<(String, Vec<String>)>,
    /// Stations, airports, stops and ports in the circle or close by: id, name, lines, kilometres from its middle.
    pub sites: Vec<(Site, f64)>,
    /// The regions of its incidents, each with how many, those with the most first.
    pub regions: Vec<(String, u32)>,
    panel: Value,
    without_newest: Value,
    newcomer: Option<String>,
}

/// How far around a circle a site counts as affected.
const CLOSE_BY_KM: f64 = 2.0;

impl Looked {
    /// Of the pool, with what others shared unless that is left out.
    pub fn at_pool(args: &Alarming, on: Day, everywhere: &Everywhere) -> Result<Looked, Failure> {
        let knowing = with_received(args.how.times.knowing(), &args.pool, args.how.only_own)?;
        let points = Points::known(&args.pool, knowing, args.how.radius_km, everywhere.quiet)?;
        let sites = Pool::open(&args.pool, Access::Read)?.sites()?;
        Looked::of(How::of(&args.how), on, points, None, &sites)
    }

    /// Of what a member may see.
    pub fn as_seen_by(args: &Alarming, on: Day, reader: &Reader) -> Result<Looked, Failure> {
        let layer = Layers::of(&args.pool)?.seen(reader, super::moment()?)?;
        // Reference tables are open to all: no report is told of by them.
        let sites = Pool::open(&args.pool, Access::Read)?.sites()?;
        Looked::among(How::of(&args.how), on, layer, &sites)
    }

    /// Of the incidents of a layer.
    pub fn among(
        how: How,
        on: Day,
        layer: std::sync::Arc<Layer>,
        sites: &[Site],
    ) -> Result<Looked, Failure> {
        let points = Points::among(layer.incidents.iter(), how.radius_km)?;
        Looked::of(how, on, points, Some(layer), sites)
    }

    fn of(
        how: How,
        on: Day,
        mut points: Points,
        layer: Option<std::sync::Arc<Layer>>,
        near: &[Site],
    ) -> Result<Looked, Failure> {
        let since = on.plus(1 - how.history_days as i32);
        let period = since.and_then(|since| Period::days(since, on, 1));
        let period = period.ok_or_else(|| Failure::new("bad-day", format!("{on} is too early")))?;
        let (since, _) = period.days_of(0);
        // When each source began, before the time looked at is cut out.
        let mut began: BTreeMap<String, Day> = BTreeMap::new();
        for point in points.points.iter().filter(|it| it.day <= on) {
            for source in &point.sources {
                let first = began.entry(source.clone()).or_insert(point.day);
                *first = (*first).min(point.day);
            }
        }
        points.points.retain(|it| period.step(it.day).is_some());
        let settled = since.plus(how.longest_days as i32).unwrap_or(since);
        let numbers: BTreeMap<&str, u16> = began.keys().map(String::as_str).zip(0..).collect();
        let panel = began.iter().filter(|(_, first)| **first <= settled);
        let panel = panel.map(|(name, _)| numbers[name.as_str()]).collect();
        let newest = began.iter().filter(|(_, first)| **first > settled).max_by_key(|it| it.1);
        let newest = newest.map(|(name, first)| (name.clone(), *first));
        let options = options(&how, panel, newest.as_ref().map(|it| numbers[it.0.as_str()]));
        let (sites, at) = match points.points.is_empty() {
            false => points.sites()?,
            true => {
                let what = format!("no incident can be used from {since} to {on}");
                return Err(Failure::new("no-answer", what)
                    .hint("look at another day with --on, or back on more days"));
            }
        };
        let told: Vec<Told> = points
            .points
            .iter()
            .zip(&at)
            .filter_map(|(point, &site)| {
                let sources = point.sources.iter().map(|it| numbers[it.as_str()]).collect();
                Some(Told { site, step: period.step(point.day)?, sources })
            })
            .collect();
        let watched = watch(&sites, &told, period.n_steps(), &options, how.seed);
        let names: Vec<&str> = began.keys().map(String::as_str).collect();
        let seen = watched.alarms.iter().map(|alarm| {
            let incidents = alarm
                .inside
                .iter()
                .map(|&at| (points.points[at].handle.clone(), points.points[at].sources.clone()));
            let incidents: Vec<(String, Vec<String>)> = incidents.collect();
            let circle = match &alarm.sign {
                Sign::Cluster(it) => {
                    let [lat, lon] = sites.at(it.sites[0]);
                    Some((lat, lon, it.radius))
                }
                Sign::Rise(_) => None,
            };
            let newcomer = alarm.is_of_a_newcomer().then(|| newcomers(&incidents, &began, settled));
            let affected = circle.map_or_else(Vec::new, |circle| affected(near, circle));
            let mut regions: BTreeMap<&str, u32> = BTreeMap::new();
            for region in alarm.inside.iter().map(|&at| points.points[at].region.as_str()) {
                *regions.entry(region).or_default() += u32::from(!region.is_empty());
            }
            let mut regions: Vec<(String, u32)> = regions
                .into_iter()
                .filter(|it| it.1 > 0)
                .map(|(it, n)| (it.to_owned(), n))
                .collect();
            regions.sort_by_key(|it| std::cmp::Reverse(it.1));
            Seen { sites: affected, regions, ..seen(alarm, &period, circle, incidents, newcomer) }
        });
        let basis = json!([
            on.to_string(),
            how.json(&names, newest.as_ref()),
            points
                .points
                .iter()
                .map(|it| json!([it.handle, it.day.to_string(), it.sources]))
                .collect::<Vec<_>>(),
        ]);
        Ok(Looked {
            seen: seen.collect(),
            unanswered: watched.unanswered.iter().map(|(q, why)| (*q, why.to_string())).collect(),
            n_told: told.len(),
            left_out: points.left_out_json(),
            left_out_words: points.words(),
            basis: blake3::hash(basis.to_string().as_bytes()).to_hex().to_string(),
            on,
            how,
            layer,
            newest,
        })
    }

    /// The same where the same was looked for in the same.
    pub fn basis(&self) -> String {
        self.basis.clone()
    }

    pub fn how_json(&self) -> Value {
        self.how.json(&[], self.newest.as_ref())
    }
}

impl How {
    fn json(&self, sources: &[&str], newest: Option<&(String, Day)>) -> Value {
        json!({
            "history_days": self.history_days,
            "longest_days": self.longest_days,
            "radius_km": self.radius_km,
            "once_in_days": self.once_in,
            "replications": self.replications,
            "seed": self.seed,
            "sources": (!sources.is_empty()).then_some(sources),
            "newest_source": newest.map(|(name, since)| json!({ "name": name, "since": since.to_string() })),
        })
    }
}

fn options(how: &How, panel: Vec<u16>, newest: Option<u16>) -> WatchOptions {
    WatchOptions {
        scan: ScanOptions {
            reach: Reach { radius: Some(how.radius_km), share: 0.5 },
            look: Look::Now,
            longest: how.longest_days,
            fewest: 2,
            replications: Replications { most: how.replications, enough: Some(50) },
            most_clusters: 10,
        },
        change: ChangeOptions {
            direction: Direction::Rise,
            fewest_days: 7,
            block_days: 7,
            permutations: how.replications,
        },
        p: how.p(),
        panel,
        newest,
    }
}

/// The sources of these incidents that had just joined, each with its first day.
fn newcomers(
    incidents: &[(String, Vec<String>)],
    began: &BTreeMap<String, Day>,
    settled: Day,
) -> String {
    let named: BTreeSet<&String> = incidents.iter().flat_map(|it| &it.1).collect();
    let new = named.into_iter().filter(|name| began.get(*name).is_some_and(|it| *it > settled));
    let words: Vec<String> = new.map(|name| format!("{name} (since {})", began[name])).collect();
    words.join(", ")
}

fn seen(
    alarm: &Alarm,
    period: &Period,
    circle: Option<(f64, f64, f64)>,
    incidents: Vec<(String, Vec<String>)>,
    newcomer: Option<String>,
) -> Seen {
    let (sign, from, to, observed, expected) = match &alarm.sign {
        Sign::Cluster(it) => {
            let days = (period.days_of(it.first).0, period.days_of(it.last).1);
            ("cluster", days.0, days.1, it.observed, it.expected)
        }
        Sign::Rise(it) => {
            let n_days = (period.n_steps() - it.day) as f64;
            let from = period.days_of(it.day as u32).0;
            let observed = (it.after * n_days).round() as u32;
            ("rise", from, period.days_of(u32::MAX).1, observed, it.before * n_days)
        }
    };
    Seen {
        sign,
        p: alarm.p,
        circle,
        from,
        to,
        observed,
        expected,
        incidents,
        sites: Vec::new(),
        regions: Vec::new(),
        panel: without(&alarm.panel),
        without_newest: without(&alarm.without_newest),
        newcomer,
    }
}

/// The sites in a circle or close by, the nearest to its middle first.
fn affected(near: &[Site], (lat, lon, km): (f64, f64, f64)) -> Vec<(Site, f64)> {
    let exact = || Metres::new(1.0);
    let Some(middle) = exact().and_then(|it| Place::new(lat, lon, it)) else { return Vec::new() };
    let mut found: Vec<(Site, f64)> = near
        .iter()
        .filter_map(|site| {
            let at = Place::new(site.lat, site.lon, exact()?)?;
            let away = f64::from(middle.distance_to(at).get()) / 1000.0;
            (away <= km + CLOSE_BY_KM).then(|| (site.clone(), away))
        })
        .collect();
    found.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.id.cmp(&b.0.id)));
    found
}

fn without(it: &Without) -> Value {
    match it {
        Without::Same => json!({ "state": "same" }),
        Without::Survives(p) => json!({ "state": "survives", "p": rounded(*p, 6) }),
        Without::Vanishes(p) => {
            json!({ "state": "vanishes", "p": p.map(|p| rounded(p, 6)) })
        }
        Without::NoAnswer(why) => json!({ "state": "no-answer", "why": why.to_string() }),
    }
}

impl Seen {
    /// Who told of it.
    pub fn sources(&self) -> BTreeSet<&str> {
        self.incidents.iter().flat_map(|it| it.1.iter().map(String::as_str)).collect()
    }

    /// One line: what, where, since when.
    pub fn headline(&self) -> String {
        let (n, from) = (self.incidents.len(), self.from);
        match self.circle {
            Some((lat, lon, km)) => {
                format!("{n} incidents within {km:.1} km of {lat:.3}, {lon:.3} since {from}")
            }
            None => format!("more incidents everywhere since {from}: {n}"),
        }
    }

    pub fn json(&self) -> Value {
        let incidents = self.incidents.iter();
        let incidents: Vec<Value> =
            incidents.map(|(id, sources)| json!({ "id": id, "sources": sources })).collect();
        let circle = self
            .circle
            .map(|(lat, lon, km)| json!({ "lat": lat, "lon": lon, "radius_km": rounded(km, 4) }));
        json!({
            "sign": self.sign,
            "headline": self.headline(),
            "circle": circle,
            "from": self.from.to_string(),
            "to": self.to.to_string(),
            "observed": self.observed,
            "expected": rounded(self.expected, 6),
            "p": rounded(self.p, 6),
            "recurrence_interval_days": rounded(1.0 / self.p, 1),
            "in_words": in_words(1.0 / self.p, "day"),
            "incidents": incidents,
            "sources": self.sources(),
            "sites": self.sites.iter().map(|(site, km)| json!({
                "id": site.id, "name": site.name, "lines": site.lines, "km": rounded(*km, 1),
            })).collect::<Vec<Value>>(),
            "regions": self.regions.iter().map(|(name, n)| json!({ "name": name, "incidents": n }))
                .collect::<Vec<Value>>(),
            "panel": self.panel,
            "without_newest": self.without_newest,
            "only_newcomers": self.newcomer,
        })
    }

    pub fn text(&self) -> String {
        text_of(&self.json())
    }
}

/// A sight in words, as it was kept.
pub fn text_of(seen: &Value) -> String {
    let word = |name: &str| seen[name].as_str().unwrap_or_default().to_owned();
    let number = |name: &str| seen[name].as_f64().unwrap_or_default();
    let mut text = format!("   {}\n", word("headline"));
    text += &format!(
        "   {} to {}: observed {}, expected {:.2}; p {:.4}, {}\n",
        word("from"),
        word("to"),
        number("observed"),
        number("expected"),
        number("p"),
        word("in_words")
    );
    if !word("only_newcomers").is_empty() || !seen["only_newcomers"].is_null() {
        text += &format!(
            "   it lives only on sources that have just joined: {}; what changed may be who reports\n",
            word("only_newcomers")
        );
    }
    for (name, what) in [
        ("panel", "on the sources that were there before"),
        ("without_newest", "without the newest source"),
    ] {
        let found = &seen[name];
        text += &match found["state"].as_str() {
            Some("survives") => format!("   {what}: it is there all the same (p {})\n", found["p"]),
            Some("vanishes") => format!("   {what}: it is not there\n"),
            Some("no-answer") => {
                format!(
                    "   {what}: nothing can be said ({})\n",
                    found["why"].as_str().unwrap_or("")
                )
            }
            _ => continue,
        };
    }
    let regions = seen["regions"].as_array().into_iter().flatten();
    let regions: Vec<String> = regions
        .map(|it| format!("{} ({})", it["name"].as_str().unwrap_or_default(), it["incidents"]))
        .collect();
    if !regions.is_empty() {
        text += &format!("   in {}\n", regions.join("; "));
    }
    for site in seen["sites"].as_array().into_iter().flatten() {
        let lines = site["lines"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let lines: Vec<&str> = lines.collect();
        let lines =
            if lines.is_empty() { String::new() } else { format!("; {}", lines.join(", ")) };
        let name = site["name"].as_str().unwrap_or_default();
        text += &format!(
            "   near {name} ({}, {} km{lines})\n",
            site["id"].as_str().unwrap_or_default(),
            site["km"]
        );
    }
    for incident in seen["incidents"].as_array().into_iter().flatten() {
        let sources = incident["sources"].as_array().into_iter().flatten();
        let sources: Vec<&str> = sources.filter_map(Value::as_str).collect();
        text += &format!(
            "   {}  {}\n",
            incident["id"].as_str().unwrap_or_default(),
            sources.join(", ")
        );
    }
    text
}

/// A pool's incidents need no further filter here.
impl Points {
    fn known(
        pool: &std::path::Path,
        knowing: crate::knowing::Knowing,
        km: f64,
        quiet: bool,
    ) -> Result<Points, Failure> {
        Points::of_known(pool, &Which::everything(), knowing, Some(km), quiet)
    }
}
