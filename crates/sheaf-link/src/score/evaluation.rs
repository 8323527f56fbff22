//! Everything that is asked of a linking over labelled reports, in one struct whose figures have
//! names, so that a table and a file of figures show the same ones.

use super::{
    BlockingRecall, Calibration, Forecast, Labelled, Score, blocking_recall, calibration,
    f1_interval, score,
};

/// A pair of reports that was compared, by position among those labelled.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Look {
    /// One of the two.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// The probability given that they are about one event; `None` by a method that gives none.
    pub probability: Option<f64>,
}

/// How the interval is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Resampling {
    /// How many samples; 0 for no interval.
    pub samples: u32,
    /// The same seed gives the same interval.
    pub seed: u64,
}

/// What became of a linking when it was held against labels.
#[derive(Clone, PartialEq, Debug)]
pub struct Evaluation {
    /// Pairs, B³, counts.
    pub score: Score,
    /// The middle 95 % of pairwise F1; `None` if none was drawn.
    pub f1_interval: Option<[f64; 2]>,
    /// Whether the probabilities hold; `None` if none were given.
    pub calibration: Option<Calibration>,
    /// Whether blocking let the true pairs through; `None` if no pairs were named.
    pub blocking: Option<BlockingRecall>,
}

/// Holds a linking against labels. `placed` says of each report whether it says where it was;
/// `looks` are the pairs compared, each once, and may be empty for a method that does not say.
///
/// # Panics
/// If `placed` is not as long as `reports`, or a position lies beyond them.
pub fn evaluate(
    reports: &[Labelled],
    placed: &[bool],
    looks: &[Look],
    resampling: Resampling,
) -> Evaluation {
    let of = |look: &Look| (reports[look.a as usize], reports[look.b as usize]);
    let forecasts: Vec<Forecast> = looks
        .iter()
        .filter_map(|look| {
            let (a, b) = of(look);
            let (same, linked) = (a.event == b.event, a.incident == b.incident);
            Some(Forecast { probability: look.probability?, same, linked })
        })
        .collect();
    let events: Vec<u32> = reports.iter().map(|report| report.event).collect();
    Evaluation {
        score: score(reports),
        f1_interval: (resampling.samples > 0)
            .then(|| f1_interval(reports, resampling.samples, resampling.seed)),
        calibration: (!forecasts.is_empty()).then(|| calibration(&forecasts)),
        blocking: (!looks.is_empty())
            .then(|| blocking_recall(&events, placed, looks.iter().map(|look| (look.a, look.b)))),
    }
}

impl Evaluation {
    /// Every figure by name, in a fixed order; those that were not measured are left out. Names
    /// stay as they are: files of figures are compared over years.
    pub fn figures(&self) -> Vec<(&'static str, f64)> {
        let score = &self.score;
        let mut figures = vec![
            ("reports", score.n_reports as f64),
            ("events", score.n_events as f64),
            ("incidents", score.n_incidents as f64),
            ("incident_error", score.incident_error()),
            ("pairs_found", score.pairs.found as f64),
            ("pairs_there", score.pairs.there as f64),
            ("pairs_right", score.pairs.right as f64),
            ("precision", score.pairs.precision()),
            ("recall", score.pairs.recall()),
            ("f1", score.pairs.f1()),
            ("cross_source_f1", score.cross_source.f1()),
            ("b_cubed_f1", score.b_cubed[2]),
            ("b_cubed_f1_alone", score.b_cubed_alone),
            ("adjusted_rand", score.adjusted_rand),
        ];
        if let Some([low, high]) = self.f1_interval {
            figures.extend([("f1_low", low), ("f1_high", high)]);
        }
        if let Some(found) = &self.blocking {
            figures.extend([
                ("pairs_compared", found.n_compared as f64),
                ("blocking_recall", found.all.recall()),
                ("blocking_recall_placed", found.placed.recall()),
            ]);
        }
        if let Some(found) = &self.calibration {
            figures.extend([
                ("brier", found.all.brier),
                ("calibration_error", found.all.error),
                ("likely_pairs", found.likely.n as f64),
                ("likely_calibration_error", found.likely.error),
                ("linked_pairs", found.linked.n as f64),
                ("linked_calibration_error", found.linked.error),
                ("sure_links", found.sure.n as f64),
            ]);
            figures.extend(found.sure.share().map(|share| ("sure_links_right", share)));
        }
        figures
    }

    /// The figure of a name; `None` if it was not measured.
    pub fn figure(&self, name: &str) -> Option<f64> {
        self.figures().into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWN: Resampling = Resampling { samples: 50, seed: 1 };

    #[test]
    fn figures_are_those_of_the_parts() {
        let reports = [(0, 5), (0, 5), (1, 6), (2, 6)];
        let reports = reports.map(|(incident, event)| Labelled { incident, event, source: 0 });
        let looks = [(0, 1, 0.95), (1, 2, 0.2)].map(|(a, b, probability)| Look {
            a,
            b,
            probability: Some(probability),
        });
        let found = evaluate(&reports, &[true; 4], &looks, DRAWN);
        for (name, by_hand) in [
            ("precision", 1.0),
            ("recall", 0.5),
            ("incident_error", 0.5),
            ("blocking_recall", 0.5),
            ("sure_links", 1.0),
            ("sure_links_right", 1.0),
            ("likely_pairs", 2.0),
        ] {
            assert_eq!(found.figure(name), Some(by_hand), "{name}");
        }
        let error = found.figure("calibration_error").unwrap();
        assert!((error - (0.05 + 0.2) / 2.0).abs() < 1e-12, "{error}");
    }

    #[test]
    fn what_was_not_measured_is_no_figure() {
        let reports = [Labelled { incident: 0, event: 0, source: 0 }];
        let drawn_none = Resampling { samples: 0, seed: 1 };
        let found = evaluate(&reports, &[false], &[], drawn_none);
        for name in ["f1_low", "blocking_recall", "brier", "sure_links_right"] {
            assert_eq!(found.figure(name), None, "{name}");
        }
        assert_eq!(found.figure("f1"), Some(1.0));
        let only_looked = [Look { a: 0, b: 0, probability: None }];
        let found = evaluate(&reports, &[false], &only_looked, DRAWN);
        assert!(found.blocking.is_some() && found.calibration.is_none());
    }
}
