//! The suites of `eval link`: MAVERICK by fold and between its countries, pools with known truth,
//! and what chance links. Each gives tables and figures.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use serde_json::{Map, Value};
use sheaf_link::score::{Evaluation, Resampling, evaluate, f1_difference_interval};

use super::linker::{FromThePool, Held, Learnt, Linker, at_once, out_of_fold, transferred};
use super::null::{shifted_null, shifts};
use super::peers::{Coding, FellegiSunter, Meltt, Rule};
use super::reports::{Label, Reports};
use super::table::{Row, calibration_table, json, last_line, main_table, reliability_table};
use super::{Options, data, folds, measured_elsewhere};
use crate::failure::{About, Failure, Outcome};

/// How many folds the elections are put into.
const N_FOLDS: usize = 5;

/// What was measured.
#[derive(Clone, Debug)]
pub struct Report {
    /// Tables for people.
    pub text: String,
    /// The figure that leads: ours, out of fold, on MAVERICK.
    pub last_line: String,
    /// Every figure, by suite and method.
    pub figures: Value,
}

/// Our own ways of linking; the first one leads.
pub fn ours() -> Vec<Box<dyn Linker>> {
    vec![Box::new(Learnt::unfitted()), Box::new(FromThePool)]
}

/// Runs every suite. `scratch` is a folder that exists.
pub fn run(options: &Options, scratch: &Path, ours: &mut [Box<dyn Linker>]) -> Outcome<Report> {
    let link = options.data.join("link");
    let mut suites = Suites {
        resampling: Resampling { samples: options.samples, seed: options.seed },
        text: String::new(),
        figures: Map::new(),
    };
    let reports = data::maverick(&link.join("maverick-dev.csv"))?;
    let leading = suites.maverick(&reports, ours)?;
    suites.between_countries(&reports, ours)?;
    // For pools of other sources, what learns learns from all of MAVERICK.
    let whole = reports.whole();
    for linker in ours.iter_mut() {
        linker.fit(&[&whole])?;
    }
    for &size in &options.synthetic {
        let name = format!("n{size}");
        let folder = link.join("synthetic").join(&name);
        if !folder.is_dir() {
            let _ = writeln!(suites.text, "skipped: there is no synthetic/{name}\n");
            continue;
        }
        let reports = data::synthetic(&folder, &name, scratch)?;
        suites.synthetic(&reports, size, &folder, ours)?;
    }
    let crash = link.join("meltt-crash");
    if crash.is_dir() {
        suites.by_chance(&data::crash(&crash)?, ours, None)?;
    }
    Ok(Report {
        text: suites.text,
        last_line: last_line(&leading),
        figures: Value::Object(suites.figures),
    })
}

struct Suites {
    resampling: Resampling,
    text: String,
    figures: Map<String, Value>,
}

impl Suites {
    /// Times a linking and holds it against the labels.
    fn row(
        &self,
        linker: &mut dyn Linker,
        learnt: &'static str,
        run: impl FnOnce(&mut dyn Linker) -> Outcome<Held>,
    ) -> Outcome<(Row, Held)> {
        eprintln!("linking: {}", linker.name());
        let begun = Instant::now();
        let held = run(linker)?;
        let seconds = begun.elapsed().as_secs_f64();
        let evaluation = evaluate(&held.labelled, &held.placed, &held.looks, self.resampling);
        let learnt = linker.knows_from().unwrap_or(learnt);
        Ok((Row { method: linker.name(), learnt, evaluation, seconds }, held))
    }

    fn maverick(&mut self, reports: &Reports, ours: &mut [Box<dyn Linker>]) -> Outcome<Evaluation> {
        let elections: Vec<&str> = reports
            .labels()
            .map(|it| reports.elections[usize::from(it.election)].as_str())
            .collect();
        let folds = folds::by_election(&elections, N_FOLDS);
        let sizes = (0..N_FOLDS).map(|fold| folds.iter().filter(|it| **it == fold).count());
        let _ = writeln!(
            self.text,
            "## MAVERICK, {} reports, {} elections\n\nOurs: linked fold by fold, {N_FOLDS} folds by \
             whole elections ({} reports); true pairs across folds count as missed. Others: all \
             reports at once. MELTT's sets are {}.\n",
            reports.len(),
            reports.elections.len(),
            sizes.map(|n| n.to_string()).collect::<Vec<_>>().join(", "),
            data::SOURCE_GROUPS.join(", "),
        );
        let (mut rows, mut held) = (Vec::new(), Vec::new());
        for linker in ours.iter_mut() {
            let (row, its) = self.row(linker.as_mut(), "the other folds", |linker| {
                out_of_fold(linker, reports, &folds)
            })?;
            rows.push(row);
            held.push(its);
        }
        let n_ours = rows.len();
        for mut linker in others_on_maverick() {
            let (row, its) = self.row(linker.as_mut(), "", |linker| at_once(linker, reports))?;
            rows.push(row);
            held.push(its);
        }
        self.text += &main_table(&rows, measured_elsewhere::MAVERICK);
        self.text.push('\n');
        self.text += &calibration_table(&rows);
        self.text.push('\n');
        let leading = rows.first().map(|row| row.evaluation.clone());
        let leading = leading.ok_or_else(|| Failure::new("there is no linker of ours"))?;
        if let Some(found) = &leading.calibration {
            let _ = writeln!(self.text, "How the probabilities of {} hold:\n", rows[0].method);
            self.text += &reliability_table(&[("all", found.all), ("links", found.linked)]);
            self.text.push('\n');
        }
        self.differences(&rows, &held, n_ours);
        self.figures.insert("maverick".to_owned(), json(&rows));
        Ok(leading)
    }

    /// The leading method against the best of the others, on the same events.
    fn differences(&mut self, rows: &[Row], held: &[Held], n_ours: usize) {
        let f1 = |at: &usize| rows[*at].evaluation.score.pairs.f1();
        let best = (n_ours..rows.len()).max_by(|a, b| f1(a).total_cmp(&f1(b)));
        let Some(best) = best else { return };
        let Resampling { samples, seed } = self.resampling;
        let [low, high] =
            f1_difference_interval(&held[0].labelled, &held[best].labelled, samples, seed);
        let _ = writeln!(
            self.text,
            "{} less the best of the others run here ({}), on the same events: {:+.3} (95 % \
             {low:+.3} to {high:+.3})\n",
            rows[0].method,
            rows[best].method,
            f1(&0) - f1(&best)
        );
    }

    fn between_countries(
        &mut self,
        reports: &Reports,
        ours: &mut [Box<dyn Linker>],
    ) -> Outcome<()> {
        let countries: Vec<&str> = reports
            .facts()
            .map(|facts| facts.words.get("country").map_or("", String::as_str))
            .collect();
        let _ = writeln!(self.text, "## From one country to the other\n");
        let mut rows = Vec::new();
        for (from, arrow) in
            [("kenya", "Kenya → Côte d'Ivoire"), ("ivory coast", "Côte d'Ivoire → Kenya")]
        {
            if countries.iter().all(|country| *country != from)
                || countries.iter().all(|country| *country == from)
            {
                let _ = writeln!(self.text, "skipped: {arrow}: one side has no reports\n");
                continue;
            }
            for linker in ours.iter_mut() {
                let (row, _) = self.row(linker.as_mut(), "the first country", |linker| {
                    transferred(linker, reports, |at| countries[at] == from)
                })?;
                rows.push(Row { method: format!("{}, {arrow}", row.method), ..row });
            }
        }
        self.text += &main_table(&rows, measured_elsewhere::BETWEEN_COUNTRIES);
        self.text.push('\n');
        self.text += &calibration_table(&rows);
        self.text.push('\n');
        self.figures.insert("between_countries".to_owned(), json(&rows));
        Ok(())
    }

    fn synthetic(
        &mut self,
        reports: &Reports,
        size: u64,
        folder: &Path,
        ours: &mut [Box<dyn Linker>],
    ) -> Outcome<()> {
        let _ = writeln!(
            self.text,
            "## Invented pool {}, {} reports\n\nIts errors are independent of each other, which \
             real ones are not. What learns was not fitted on it.\n",
            reports.name,
            reports.len()
        );
        let mut rows = Vec::new();
        for linker in ours.iter_mut() {
            rows.push(self.row(linker.as_mut(), "MAVERICK", |it| at_once(it, reports))?.0);
        }
        let others: [Box<dyn Linker>; 7] = [
            Box::new(Meltt::new("type and actor", 5.0, 1.0, 0, synthetic_coding(folder)?)),
            Box::new(Meltt::new(
                "type and actor, partial 1",
                10.0,
                2.0,
                1,
                synthetic_coding(folder)?,
            )),
            Box::new(Rule::same_kind(1, 1)),
            Box::new(Rule::same_kind(5, 2)),
            Box::new(Rule::window(5, 1)),
            Box::new(Rule::worldmonitor()),
            Box::new(FellegiSunter { threshold: 0.5, link_only: true }),
        ];
        for mut linker in others {
            rows.push(self.row(linker.as_mut(), "", |it| at_once(it, reports))?.0);
        }
        self.text += &main_table(&rows, measured_elsewhere::synthetic(size));
        self.text.push('\n');
        self.text += &calibration_table(&rows);
        self.text.push('\n');
        let precision = rows.first().map(|row| row.evaluation.score.cross_source.precision());
        self.by_chance(reports, ours, precision)?;
        self.figures.insert(format!("synthetic_{size}"), json(&rows));
        Ok(())
    }

    /// Links beside those that chance makes. `precision` is that of the first of ours, where known.
    fn by_chance(
        &mut self,
        reports: &Reports,
        ours: &[Box<dyn Linker>],
        precision: Option<f64>,
    ) -> Outcome<()> {
        let shifts = shifts(reports.span_days());
        let listed = |numbers: &[String]| numbers.join(", ");
        let _ = writeln!(
            self.text,
            "Chance in {}: linked pairs of two sources, and the same after moving the days of each \
             source by {} days against the one before.\n\n| method | links | by chance | excess ÷ \
             links | true precision |\n|---|--:|--:|--:|--:|",
            reports.name,
            listed(&shifts.iter().map(ToString::to_string).collect::<Vec<_>>()),
        );
        let window = Rule::window(5, 1);
        let linkers = ours.iter().map(|it| it.as_ref()).chain([&window as &dyn Linker]).enumerate();
        let mut figures = Map::new();
        for (nth, linker) in linkers {
            let null = shifted_null(linker, reports, &shifts)?;
            let known = precision.filter(|_| nth == 0);
            let _ = writeln!(
                self.text,
                "| {} | {} | {} | {} | {} |",
                linker.name(),
                null.links,
                listed(&null.by_chance.iter().map(ToString::to_string).collect::<Vec<_>>()),
                null.excess().map_or("–".to_owned(), |excess| format!("{excess:.3}")),
                known.map_or(String::new(), |it| format!("{it:.3}"))
            );
            let of = BTreeMap::from([("links", null.links as f64), ("by_chance", null.mean())]);
            figures.insert(
                linker.name(),
                of.into_iter().map(|(k, v)| (k.to_owned(), v.into())).collect::<Map<_, _>>().into(),
            );
        }
        self.text.push('\n');
        self.figures.insert(format!("by_chance {}", reports.name), Value::Object(figures));
        Ok(())
    }
}

fn others_on_maverick() -> Vec<Box<dyn Linker>> {
    vec![
        Box::new(Meltt::without_taxonomy(1.0, 0.0)),
        Box::new(Meltt::new("actor and target, partial 1", 5.0, 1.0, 1, maverick_coding())),
        Box::new(Rule::worldmonitor()),
        Box::new(Rule::window(1, 0)),
        Box::new(Rule::window(5, 1)),
        Box::new(Rule::same_kind(1, 1)),
        Box::new(Rule::same_kind(5, 2)),
        Box::new(FellegiSunter { threshold: 0.5, link_only: false }),
        Box::new(FellegiSunter { threshold: 0.95, link_only: false }),
    ]
}

/// Actor and target as MELTT's taxonomies: the type of the first actor, and the target. What is not
/// said is a category like any other there.
fn maverick_coding() -> Coding {
    Box::new(|label: &Label| {
        let said = |cell: &String| if cell.is_empty() { "NA".to_owned() } else { cell.clone() };
        label.cells.iter().map(|cell| vec![said(cell)]).collect()
    })
}

/// The taxonomies that lie beside a synthetic pool, the same for every source.
fn synthetic_coding(folder: &Path) -> Outcome<Coding> {
    let read = |name: &str| -> Outcome<BTreeMap<String, Vec<String>>> {
        let path = folder.join(name);
        let about = || format!("read {}", path.display());
        let mut levels = BTreeMap::new();
        for record in csv::Reader::from_path(&path).about(about())?.into_records() {
            let cells: Vec<String> = record.about(about())?.iter().map(str::to_owned).collect();
            if let [_, category, rest @ ..] = cells.as_slice() {
                levels.insert(category.clone(), rest.to_vec());
            }
        }
        Ok(levels)
    };
    let (types, actors) = (read("type_tax.csv")?, read("actor_tax.csv")?);
    Ok(Box::new(move |label: &Label| {
        let levels = |of: &BTreeMap<String, Vec<String>>, at: usize| {
            of.get(&label.cells[at]).cloned().unwrap_or_default()
        };
        vec![levels(&types, 0), levels(&actors, 1)]
    }))
}
