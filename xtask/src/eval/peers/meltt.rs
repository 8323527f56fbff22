//! MELTT 0.4.3 as `sheaf_link::meltt` does it, which agrees with the R package to the byte. Its data
//! sets are the groups of sources, in order. Reports without a point or a day, at which the package
//! stops, stand alone. A report of several days counts as its first, so that every record is an
//! event; episodes are matched with episodes only, and would match less.

use std::collections::BTreeMap;

use sheaf_link::meltt::{Dataset, Options, Point, Record, RowId, Taxonomy, meltt};
use sheaf_model::Day;

use crate::eval::linker::{Linked, Linker};
use crate::eval::reports::{Label, Pool};
use crate::failure::{About, Outcome};

/// What the taxonomies make of a report: for each of them its levels, finest first.
pub type Coding = Box<dyn Fn(&Label) -> Vec<Vec<String>>>;

/// MELTT with its settings.
pub struct Meltt {
    name: String,
    options: Options,
    coding: Coding,
}

impl Meltt {
    /// With these windows and as many taxonomies as `partial` allows to disagree.
    pub fn new(what: &str, km: f64, days: f64, partial: usize, coding: Coding) -> Meltt {
        // The package wants windows above 0; half a day means the same day.
        let options = Options { partial, ..Options::as_in_meltt(km, days.max(0.5)) };
        Meltt { name: format!("MELTT, {km} km / {days} d, {what}"), options, coding }
    }

    /// With windows alone: one taxonomy in which everything agrees.
    pub fn without_taxonomy(km: f64, days: f64) -> Meltt {
        let one = || vec![vec!["event".to_owned(), "event".to_owned()]];
        Meltt::new("no taxonomy", km, days, 0, Box::new(move |_| one()))
    }
}

impl Linker for Meltt {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn knows_from(&self) -> Option<&'static str> {
        Some("nothing")
    }

    fn fit(&mut self, _train: &[&Pool]) -> Outcome<()> {
        Ok(())
    }

    fn link(&self, test: &Pool) -> Outcome<Linked> {
        let mut datasets: BTreeMap<u16, (Dataset, Vec<u32>)> = BTreeMap::new();
        let mut lines: Vec<Vec<(String, String, Vec<String>)>> = Vec::new();
        for (position, (facts, label)) in (0u32..).zip(test.facts.iter().zip(&test.labels)) {
            let first = facts.days.and_then(|(first, _)| Day::from_days_since_1970(first));
            let (Some(first), Some((lat, lon))) = (first, facts.point) else { continue };
            let name = format!("set {}", label.group);
            let codes = (self.coding)(label);
            lines.resize(codes.len(), Vec::new());
            let categories: Vec<String> = codes.iter().map(|levels| levels.join("|")).collect();
            for ((lines, levels), category) in lines.iter_mut().zip(codes).zip(&categories) {
                lines.push((name.clone(), category.clone(), levels));
            }
            let (dataset, positions) = datasets
                .entry(label.group)
                .or_insert_with(|| (Dataset { name, records: Vec::new() }, Vec::new()));
            let point = Some(Point { lat, lon });
            dataset.records.push(Record { first, last: first, point, categories });
            positions.push(position);
        }
        let mut incident_of: Vec<u32> = (0..test.len() as u32).collect();
        let (datasets, positions): (Vec<Dataset>, Vec<Vec<u32>>) = datasets.into_values().unzip();
        if datasets.len() > 1 {
            let taxonomies: Vec<Taxonomy> = (1..)
                .zip(lines)
                .map(|(number, lines)| Taxonomy::new(&format!("taxonomy {number}"), lines))
                .collect::<Result<_, _>>()
                .about("code reports for MELTT")?;
            let result = meltt(&datasets, &taxonomies, &self.options).about("run MELTT")?;
            let position = |id: &RowId| positions[id.dataset][id.row] as usize;
            for incident in result.incidents() {
                let kept = position(&incident[0]);
                for member in &incident[1..] {
                    incident_of[position(member)] = kept as u32;
                }
            }
        }
        Ok(Linked { incident_of, compared: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use sheaf_link::Outlines;

    use super::*;
    use crate::eval::reports::Facts;

    type Told = (u16, i32, Option<(f64, f64)>);

    fn pool(of: &[Told]) -> Pool {
        let facts = of.iter().map(|&(_, day, point)| {
            let days = Some((day, day));
            Facts { days, point, ..Facts::default() }
        });
        let labels = (0..).zip(of).map(|(event, &(group, ..))| Label {
            event,
            election: 0,
            group,
            cells: Vec::new(),
        });
        Pool {
            name: "invented".to_owned(),
            outlines: Outlines::default(),
            facts: facts.collect(),
            labels: labels.collect(),
        }
    }

    #[test]
    fn one_record_of_each_set_is_matched_and_the_unplaced_stand_alone() {
        let here = Some((10.0, 10.0));
        let pool = pool(&[(0, 5, here), (1, 5, here), (1, 5, here), (0, 5, None), (2, 6, here)]);
        let linked = Meltt::without_taxonomy(1.0, 0.0).link(&pool).unwrap();
        assert_eq!(linked.incident_of, [0, 0, 2, 3, 4]);
        let linked = Meltt::without_taxonomy(1.0, 1.0).link(&pool).unwrap();
        assert_eq!(linked.incident_of, [0, 0, 2, 3, 0]);
    }

    #[test]
    fn a_single_set_has_nothing_to_match() {
        let pool = pool(&[(0, 5, Some((1.0, 1.0))), (0, 5, Some((1.0, 1.0)))]);
        let linked = Meltt::without_taxonomy(1.0, 0.0).link(&pool).unwrap();
        assert_eq!(linked.incident_of, [0, 1]);
    }
}
