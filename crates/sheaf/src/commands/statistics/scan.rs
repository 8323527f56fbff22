//! `sheaf scan`: clusters in space and time, of a pool's incidents or of SaTScan's files.

use serde_json::{Value, json};
use sheaf_stats::scan::{
    Background, Cluster, Count, Look, Reach, Replications, ScanFinding, ScanOptions, in_words,
};
use sheaf_stats::{Measured, Period, Sites};

use super::super::{Went, print, print_json, remark};
use super::{Points, files::scan_files, rounded};
use crate::args::{Everywhere, LookWord, Scanning, Summary};
use crate::failure::Failure;
use crate::satscan::Model;

/// What was scanned how, and what was found.
pub struct Scanned {
    pub model: Model,
    pub options: ScanOptions,
    pub seed: u64,
    pub sites: Sites,
    pub period: Period,
    pub finding: ScanFinding,
    /// The pool's incidents with the place of each; files have none.
    pub(super) points: Option<(Points, Vec<u32>)>,
}

pub fn scan(args: &Scanning, everywhere: &Everywhere) -> Result<Went, Failure> {
    let scanned = match (&args.cases, &args.places) {
        (Some(cases), Some(places)) => scan_files(args, cases, places)?,
        _ => scan_pool(args, everywhere)?,
    };
    if args.format == Summary::Json || everywhere.json {
        print_json(&scanned.json())?;
    } else {
        print(&scanned.text())?;
    }
    let left_out = scanned.points.as_ref().and_then(|(points, _)| points.words());
    left_out.iter().for_each(|words| remark(everywhere, words));
    Ok(Went::Fine)
}

fn scan_pool(args: &Scanning, everywhere: &Everywhere) -> Result<Scanned, Failure> {
    let pool = args.pool.as_deref().unwrap_or(std::path::Path::new(""));
    let points = Points::of(pool, &args.which, Some(args.radius_km), everywhere.quiet)?;
    let (sites, at) = points.sites()?;
    let period = points.period(&args.which)?;
    let options = ScanOptions {
        reach: Reach { radius: Some(args.radius_km), share: 0.5 },
        look: if args.look == LookWord::Now { Look::Now } else { Look::Back },
        longest: args.longest_days,
        fewest: 2,
        replications: Replications { most: args.chance.or_usual(), enough: Some(50) },
        most_clusters: 10,
    };
    let each = points.points.iter().zip(&at);
    let cases: Vec<Count> = each
        .filter_map(|(it, &site)| period.step(it.day).map(|step| Count { site, step, n: 1 }))
        .collect();
    let seed = args.chance.seed;
    let background = Background::CasesOnly;
    let finding =
        sheaf_stats::scan::scan(&sites, &cases, period.n_steps(), background, &options, seed)?;
    let (model, points) = (Model::Permutation, Some((points, at)));
    Ok(Scanned { model, options, seed, sites, period, finding, points })
}

impl Scanned {
    fn model(&self) -> &'static str {
        match self.model {
            Model::Permutation => "space-time permutation",
            Model::Bernoulli => "Bernoulli",
            Model::Poisson => "Poisson",
        }
    }

    fn look(&self) -> &'static str {
        match self.options.look {
            Look::Now => "prospective",
            Look::Back => "retrospective",
            Look::Space => "space alone",
        }
    }

    /// How often a false alarm as odd comes, if one looks at the end of every step.
    fn recurrence_days(&self, cluster: &Cluster) -> Option<f64> {
        let (first, last) = self.period.days_of(0);
        let step = last.days_since_1970() - first.days_since_1970() + 1;
        (self.options.look == Look::Now).then(|| cluster.recurrence() * f64::from(step))
    }

    /// The incidents inside a cluster.
    fn inside(&self, cluster: &Cluster) -> Vec<(&str, &[String])> {
        let Some((points, at)) = &self.points else { return Vec::new() };
        let is_inside = |step: Option<u32>, site: u32| {
            step.is_some_and(|step| (cluster.first..=cluster.last).contains(&step))
                && cluster.sites.contains(&site)
        };
        let each = points.points.iter().zip(at);
        each.filter(|(it, site)| is_inside(self.period.step(it.day), **site))
            .map(|(it, _)| (it.handle.as_str(), &it.sources[..]))
            .collect()
    }

    fn json(&self) -> Value {
        let clusters: Vec<Value> =
            self.finding.clusters.iter().map(|it| self.cluster(it)).collect();
        let (first, last) = (self.period.days_of(0).0, self.period.days_of(u32::MAX).1);
        let is_globe = self.sites.measured() == Measured::Globe;
        json!({
            "statistic": "scan",
            "model": self.model(),
            "look": self.look(),
            "cases": self.finding.cases,
            "places": self.sites.len(),
            "period": [first.to_string(), last.to_string()],
            "largest_radius": self.options.reach.radius,
            "largest_share": self.options.reach.share,
            "distances_in": if is_globe { "km" } else { "the unit of the coordinates" },
            "longest_window_steps": self.options.longest,
            "replications_done": self.finding.maxima.len(),
            "stopped_early": self.finding.stopped,
            "seed": self.seed,
            "left_out": self.points.as_ref().map_or(json!({}), |(it, _)| it.left_out_json()),
            "clusters": clusters,
        })
    }

    fn cluster(&self, cluster: &Cluster) -> Value {
        let places: Vec<&str> = cluster.sites.iter().map(|&it| self.sites.name(it)).collect();
        let days = (self.options.look != Look::Space).then(|| {
            let (first, last) =
                (self.period.days_of(cluster.first).0, self.period.days_of(cluster.last).1);
            [first.to_string(), last.to_string()]
        });
        let incidents: Vec<Value> = self
            .inside(cluster)
            .iter()
            .map(|(id, sources)| json!({ "id": id, "sources": sources }))
            .collect();
        let recurrence = self.recurrence_days(cluster);
        json!({
            "places": places,
            "centre": self.sites.at(cluster.sites[0]),
            "radius": rounded(cluster.radius, 4),
            "from": days.as_ref().map(|it| &it[0]),
            "to": days.as_ref().map(|it| &it[1]),
            "observed": cluster.observed,
            "expected": rounded(cluster.expected, 6),
            "observed_over_expected": rounded(f64::from(cluster.observed) / cluster.expected, 4),
            "relative_risk": cluster.relative_risk.map(|it| rounded(it, 4)),
            "statistic": rounded(cluster.ratio, 6),
            "p": rounded(cluster.p, 6),
            "p_ties_not_counted": rounded(cluster.p_above, 6),
            "p_gumbel": cluster.p_gumbel,
            "recurrence_interval_days": recurrence.map(|it| rounded(it, 1)),
            "in_words": recurrence.map(|it| in_words(it, "day")),
            "incidents": incidents,
        })
    }

    fn text(&self) -> String {
        let mut text = format!(
            "{} scan, {}: {} cases at {} places, {} to {}\n",
            self.model(),
            self.look(),
            self.finding.cases,
            self.sites.len(),
            self.period.days_of(0).0,
            self.period.days_of(u32::MAX).1
        );
        if self.finding.clusters.is_empty() {
            text += "no cluster: nowhere are there more than elsewhere and at other times\n";
        }
        for (number, it) in (1..).zip(&self.finding.clusters) {
            let centre = self.sites.name(it.sites[0]);
            let unit = if self.sites.measured() == Measured::Globe { " km" } else { "" };
            let (n, radius) = (it.sites.len(), it.radius);
            text +=
                &format!("\n{number}. around {centre}, radius {radius:.2}{unit}, places: {n}\n");
            if self.options.look != Look::Space {
                let (first, last) =
                    (self.period.days_of(it.first).0, self.period.days_of(it.last).1);
                text += &format!("   {first} to {last}\n");
            }
            text += &format!(
                "   observed {}, expected {:.2}; statistic {:.6}; p {:.3}\n",
                it.observed, it.expected, it.ratio, it.p
            );
            if let Some(days) = self.recurrence_days(it) {
                text += &format!("   {}\n", in_words(days, "day"));
            }
            for (id, sources) in self.inside(it) {
                text += &format!("   {id}  {}\n", sources.join(", "));
            }
        }
        text
    }
}
