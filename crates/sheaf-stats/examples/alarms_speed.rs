//! How long it takes to ask which alarms would have come earlier: three parties that each learn of four fifths of
//! invented incidents a few days late, over a year. `cargo run --release -p sheaf-stats --example alarms_speed`

use std::time::Instant;

use sheaf_stats::knew::{AlarmOptions, Basis, Happened, Knew, Learnt, alarms};
use sheaf_stats::{Chance, Measured, Sites};

fn main() {
    for n in [500usize, 1000, 2000] {
        let mut chance = Chance::new(1, n as u64);
        let at = (0..n).map(|it| (it.to_string(), [chance.unit() * 5.0, chance.unit() * 5.0]));
        let Ok(sites) = Sites::new(at.collect(), Measured::Globe) else { return };
        let mut happened = Vec::new();
        let mut learnt = Vec::new();
        for site in 0..n as u32 {
            let day = chance.below(366) as i32;
            happened.push(Some(Happened { site, day }));
            let mut of = Vec::new();
            for party in 0..3 {
                let late = chance.below(10) as i32;
                if chance.unit() < 0.8 {
                    of.push(Learnt { party, basis: Basis::Written, day: day + late });
                }
            }
            learnt.push(of);
        }
        let knew = Knew::new(3, learnt);
        let options =
            AlarmOptions { radius: 20.0, longest: 28, once_in_days: 365, replications: 999 };
        let start = Instant::now();
        match alarms(&sites, &happened, &knew, &options, 1) {
            Ok(found) => println!(
                "{n} incidents, 3 parties, daily runs of a year: {} alarms, {:.1} s",
                found.len(),
                start.elapsed().as_secs_f64()
            ),
            Err(why) => println!("{why}"),
        }
    }
}
