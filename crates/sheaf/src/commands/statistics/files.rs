//! The input of `sheaf scan` from files in SaTScan's formats.

use std::path::Path;

use sheaf_model::Day;
use sheaf_stats::scan::{Background, Expected, Look, Reach, Replications, ScanOptions, scan};
use sheaf_stats::{Measured, Period};

use super::scan::Scanned;
use crate::args::{LookWord, Scanning};
use crate::failure::Failure;
use crate::satscan::{self, Model, Parameters, Steps, Text};

fn read(path: &Path) -> Result<(String, String), Failure> {
    let name = path.display().to_string();
    let bytes =
        std::fs::read(path).map_err(|err| Failure::new("cannot-read", format!("{name}: {err}")))?;
    // Names of places may be in any encoding; they only have to be the same in all files.
    Ok((name, String::from_utf8_lossy(&bytes).into_owned()))
}

/// What was asked for without a parameter file: the model follows from the files that are there.
fn from_arguments(args: &Scanning, cases: &str) -> Result<Parameters, Failure> {
    let epoch = Day::from_ymd(1970, 1, 1).ok_or_else(|| Failure::new("bad-file", "no epoch"))?;
    let model = match (&args.population, &args.controls) {
        (Some(_), _) => Model::Poisson,
        (_, Some(_)) => Model::Bernoulli,
        _ => Model::Permutation,
    };
    let is_dated = cases.lines().find(|it| !it.trim().is_empty());
    let is_dated = is_dated.is_some_and(|it| it.split_whitespace().count() > 2);
    let steps = if is_dated { Steps::Days(1) } else { Steps::One };
    let options = ScanOptions {
        reach: Reach { radius: Some(args.radius_km), share: 0.5 },
        look: match args.look {
            _ if !is_dated => Look::Space,
            LookWord::Now => Look::Now,
            LookWord::Back => Look::Back,
        },
        longest: args.longest_days,
        fewest: 2,
        replications: Replications { most: args.chance.or_usual(), enough: Some(50) },
        most_clusters: 10,
    };
    let period = Period::one(epoch, epoch).ok_or_else(|| Failure::new("bad-file", "no period"))?;
    Ok(Parameters { model, measured: Measured::Globe, is_dated, period, steps, options })
}

/// Reads the files and scans them.
pub fn scan_files(args: &Scanning, cases: &Path, places: &Path) -> Result<Scanned, Failure> {
    let (cases_name, cases_text) = read(cases)?;
    let prm = args.prm.as_deref().map(read).transpose()?;
    let mut asked = match &prm {
        Some((name, text)) => satscan::parameters(&Text { name, text })?,
        None => from_arguments(args, &cases_text)?,
    };
    if let Some(most) = args.chance.replications {
        asked.options.replications.most = most;
    }
    let (name, text) = read(places)?;
    let sites = satscan::places(&Text { name: &name, text: &text }, asked.measured)?;
    let by_name = satscan::by_name(&sites);
    let anchor = asked.period.days_of(0).0;
    let file = Text { name: &cases_name, text: &cases_text };
    let cases = satscan::cases(&file, &by_name, asked.is_dated, anchor)?;
    let (_, last) = cases.days().ok_or_else(|| {
        Failure::new("no-answer", format!("{cases_name} has no case")).hint("place, count, date")
    })?;
    let control_file = args.controls.as_deref().map(read).transpose()?;
    let controls = match &control_file {
        Some((name, text)) => {
            Some(satscan::cases(&Text { name, text }, &by_name, asked.is_dated, anchor)?)
        }
        None => None,
    };
    if prm.is_none() && asked.is_dated {
        let first = cases.days().map_or(last, |it| it.0);
        asked.period = satscan::period(first, last, asked.steps).unwrap_or(asked.period);
    }
    let period = asked.period;
    let counts = cases.counts(&cases_name, &period)?;
    let need = |option: &str| {
        Failure::new("bad-arguments", format!("the model needs {option}"))
            .hint("the parameter file and the files named must belong together")
    };
    let n_steps = period.n_steps();
    let (options, seed) = (&asked.options, args.chance.seed);
    let finding = match asked.model {
        Model::Permutation => scan(&sites, &counts, n_steps, Background::CasesOnly, options, seed)?,
        Model::Bernoulli => {
            let (Some(controls), Some((name, _))) = (controls, &control_file) else {
                return Err(need("--controls"));
            };
            let controls = controls.counts(name, &period)?;
            scan(&sites, &counts, n_steps, Background::Controls(&controls), options, seed)?
        }
        Model::Poisson => {
            let (name, text) =
                read(args.population.as_deref().ok_or_else(|| need("--population"))?)?;
            let file = Text { name: &name, text: &text };
            let people = satscan::population(&file, &by_name, &cases, anchor)?;
            let groups = &people.cases_of_group;
            let expected = Expected::standardised(&people.censuses, groups, sites.len(), &period)?;
            scan(&sites, &counts, n_steps, Background::Population(&expected), options, seed)?
        }
    };
    Ok(Scanned {
        model: asked.model,
        options: asked.options,
        seed,
        sites,
        period,
        finding,
        points: None,
    })
}
