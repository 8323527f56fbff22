//! How others link, run on the same reports in the same run, so that a comparison is between
//! methods and not between papers. Each stands behind the trait of our own linking.

mod fellegi_sunter;
mod meltt;

use sheaf_link::baseline::Baseline;

pub use fellegi_sunter::FellegiSunter;
pub use meltt::{Coding, Meltt};

use super::linker::{Linked, Linker};
use super::reports::Pool;
use crate::failure::Outcome;

/// A rule of others.
#[derive(Clone, Debug)]
pub struct Rule {
    name: String,
    baseline: Baseline,
}

impl Rule {
    /// worldmonitor's.
    pub fn worldmonitor() -> Rule {
        let baseline = Baseline::Worldmonitor;
        Rule { name: "worldmonitor's rule, 50 km / 7 days and tolls".to_owned(), baseline }
    }

    /// Everything within a window.
    pub fn window(km: u16, days: i32) -> Rule {
        let baseline = Baseline::Window { days, metres: f32::from(km) * 1_000.0 };
        Rule { name: format!("fixed window, {km} km / {days} d"), baseline }
    }

    /// The same kind within a window.
    pub fn same_kind(km: u16, days: i32) -> Rule {
        let baseline = Baseline::SameKind { days, metres: f32::from(km) * 1_000.0 };
        Rule { name: format!("xSub's way, same kind within {km} km / {days} d"), baseline }
    }
}

impl Linker for Rule {
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
        let incident_of = self.baseline.link(&test.outlines);
        Ok(Linked { incident_of, compared: Vec::new() })
    }
}
