//! SaTScan's parameter file (.prm, versions 9 and 10). What it asks for is done or refused: a scan
//! with some of its settings would be another scan. Settings of output only are passed over.

use std::collections::BTreeMap;

use sheaf_model::Day;
use sheaf_stats::scan::{Look, Reach, Replications, ScanOptions};
use sheaf_stats::{Measured, Period};

use super::Text;
use crate::failure::Failure;

/// Which model.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Model {
    Poisson,
    Bernoulli,
    Permutation,
}

/// Steps of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Steps {
    /// All is one step.
    One,
    Days(u32),
    Years(u32),
}

/// What a parameter file asks for.
pub struct Parameters {
    pub model: Model,
    pub measured: Measured,
    pub is_dated: bool,
    pub period: Period,
    pub steps: Steps,
    pub options: ScanOptions,
}

/// Settings that change the answer and of which one value is supported.
const ONLY: &[(&str, &str)] = &[
    ("ScanAreas", "1"),
    ("UseGridFile", "n"),
    ("UseLocationsNetworkFile", "n"),
    ("UseNeighborsFile", "n"),
    ("UseMetaLocationsFile", "n"),
    ("MultipleCoordinatesType", "0"),
    ("UseMaxCirclePopulationFileOption", "n"),
    ("IncludePurelyTemporal", "n"),
    ("SpatialWindowShapeType", "0"),
    ("IsotonicScan", "0"),
    ("MinimumTemporalClusterSize", "1"),
    ("IncludePurelySpatial", "n"),
    ("IncludeClusters", "0"),
    ("RiskLimitHighClusters", "n"),
    ("TimeTrendAdjustmentType", "0"),
    ("AdjustForWeeklyTrends", "n"),
    ("SpatialAdjustmentType", "0"),
    ("UseAdjustmentsByRRFile", "n"),
    ("AdjustForEarlierAnalyses", "n"),
    ("IterativeScan", "n"),
    ("CriteriaForReportingSecondaryClusters", "0"),
];

/// Reads a parameter file.
///
/// # Errors
/// `unsupported-setting` names the setting, its value and what is supported.
pub fn parameters(file: &Text<'_>) -> Result<Parameters, Failure> {
    let settings = Settings::of(file);
    for &(name, only) in ONLY {
        let value = settings.get(name).unwrap_or(only);
        if !value.eq_ignore_ascii_case(only) {
            return Err(settings.unsupported(name, value, only));
        }
    }
    let space = settings.choice("AnalysisType", &[("1", true), ("3", false), ("4", false)])?;
    let now = settings.get("AnalysisType") == Some("4");
    let models = [("0", Model::Poisson), ("1", Model::Bernoulli), ("2", Model::Permutation)];
    let model = settings.choice("ModelType", &models)?;
    let measured =
        settings.choice("CoordinatesType", &[("0", Measured::Plane), ("1", Measured::Globe)])?;
    let length: u32 = settings.number("TimeAggregationLength", 1)?;
    let steps = match space {
        true => Steps::One,
        false => settings.choice(
            "TimeAggregationUnits",
            &[("1", Steps::Years(length)), ("3", Steps::Days(length))],
        )?,
    };
    let (first, last) = (settings.day("StartDate", (1, 1))?, settings.day("EndDate", (12, 31))?);
    let period = period(first, last, steps).ok_or_else(|| {
        Failure::new("bad-file", format!("{}: from {first} to {last} is no period", file.name))
    })?;
    let n_steps = period.n_steps() as f64;
    let size: f64 = settings.number("MaxTemporalSize", 50.0)?;
    let longest =
        match settings.choice("MaxTemporalSizeInterpretation", &[("0", true), ("1", false)])? {
            // A percentage of the steps, and a number of the step's unit.
            true => n_steps * size / 100.0,
            false => size / f64::from(length.max(1)),
        };
    let use_distance = settings.get("UseDistanceFromCenterOption").is_some_and(|it| it == "y");
    let radius = match use_distance {
        true => Some(settings.number("MaxSpatialSizeInDistanceFromCenter", 1.0)?),
        false => None,
    };
    let share = settings.number("MaxSpatialSizeInPopulationAtRisk", 50.0)? / 100.0;
    let stops = settings.get("PValueReportType").is_none_or(|it| it == "0" || it == "2");
    let enough = settings.number("EarlyTerminationThreshold", 50)?;
    let options = ScanOptions {
        reach: Reach { radius, share },
        look: match (space, now) {
            (true, _) => Look::Space,
            (_, true) => Look::Now,
            _ => Look::Back,
        },
        longest: longest.floor().max(1.0) as u32,
        fewest: settings.number("MinimumCasesInHighRateClusters", 2)?,
        replications: Replications {
            most: settings.number("MonteCarloReps", 999)?,
            enough: stops.then_some(enough),
        },
        most_clusters: 10,
    };
    let is_dated = settings.get("PrecisionCaseTimes").is_none_or(|it| it != "0");
    Ok(Parameters { model, measured, is_dated, period, steps, options })
}

/// The period from day to day in such steps.
pub fn period(first: Day, last: Day, steps: Steps) -> Option<Period> {
    match steps {
        Steps::One => Period::one(first, last),
        Steps::Days(n) => Period::days(first, last, n),
        Steps::Years(n) => Period::years(first, last, n),
    }
}

struct Settings<'a> {
    file: &'a str,
    values: BTreeMap<&'a str, &'a str>,
}

impl<'a> Settings<'a> {
    fn of(file: &Text<'a>) -> Settings<'a> {
        let lines = file.text.lines().map(str::trim).filter(|line| !line.starts_with(';'));
        let values = lines.filter_map(|line| line.split_once('='));
        let values = values.map(|(name, value)| (name.trim(), value.trim())).collect();
        Settings { file: file.name, values }
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        self.values.get(name).copied().filter(|value| !value.is_empty())
    }

    fn unsupported(&self, name: &str, value: &str, only: &str) -> Failure {
        let what = format!("{}: {name}={value} is not supported", self.file);
        Failure::new("unsupported-setting", what).hint(format!("supported: {name}={only}"))
    }

    fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<T, Failure> {
        let value = self.get(name).unwrap_or("nothing");
        let chosen = choices.iter().find(|(text, _)| *text == value);
        chosen.map(|it| it.1).ok_or_else(|| {
            let texts: Vec<&str> = choices.iter().map(|it| it.0).collect();
            self.unsupported(name, value, &texts.join(&format!(", {name}=")))
        })
    }

    fn number<T: std::str::FromStr>(&self, name: &str, usual: T) -> Result<T, Failure> {
        let Some(text) = self.get(name) else { return Ok(usual) };
        let what = || format!("{}: {name}={text} is no such number", self.file);
        text.parse().map_err(|_| Failure::new("bad-file", what()))
    }

    fn day(&self, name: &str, of_year: (u32, u32)) -> Result<Day, Failure> {
        let text = self.get(name).unwrap_or("nothing");
        let anchor = Day::from_ymd(1970, 1, 1);
        anchor.and_then(|anchor| super::parse_day(text, anchor, of_year)).ok_or_else(|| {
            Failure::new("bad-file", format!("{}: {name}={text} is no date", self.file))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_done_or_refused() {
        let text = "[Input]\nStartDate=2001/11/1\nEndDate=2001/11/24\nCoordinatesType=1\n\
                    AnalysisType=4\nModelType=2\nTimeAggregationUnits=3\n\
                    UseDistanceFromCenterOption=y\nMaxSpatialSizeInDistanceFromCenter=3\n\
                    MaxTemporalSizeInterpretation=1\nMaxTemporalSize=7\n";
        let read = |text: &str| parameters(&Text { name: "a.prm", text });
        let asked = read(text).ok().unwrap();
        assert_eq!((asked.model, asked.options.look), (Model::Permutation, Look::Now));
        assert_eq!((asked.options.reach.radius, asked.options.longest), (Some(3.0), 7));
        assert_eq!(asked.period.n_steps(), 24);
        let failure = read(&format!("{text}IncludePurelySpatial=y\n")).err().unwrap();
        assert_eq!(failure.what, "a.prm: IncludePurelySpatial=y is not supported");
        assert_eq!(failure.hint.unwrap(), "supported: IncludePurelySpatial=n");
        let failure = read(&text.replace("ModelType=2", "ModelType=4")).err().unwrap();
        assert_eq!(failure.what, "a.prm: ModelType=4 is not supported");
        assert_eq!(failure.hint.unwrap(), "supported: ModelType=0, ModelType=1, ModelType=2");
    }
}
