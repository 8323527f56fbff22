//! `sheaf hawkes`: how much follows from what happened shortly before; and whether the total rate
//! changed, which no scan can see.

use serde_json::json;
use sheaf_stats::change_point::{ChangeOptions, Direction, change_point};
use sheaf_stats::hawkes::{DailyFit, HawkesOptions};

use super::super::{Went, print, print_json, remark};
use super::{Points, rounded};
use crate::args::{Everywhere, Exciting, Summary};
use crate::failure::Failure;

pub fn hawkes(args: &Exciting, everywhere: &Everywhere) -> Result<Went, Failure> {
    let points = Points::of(&args.pool, &args.which, None, everywhere.quiet)?;
    let period = points.period(&args.which)?;
    let counts = points.daily(&period);
    let options = HawkesOptions {
        knot_days: args.knot_days,
        longest_half_life: args.longest_half_life,
        replications: args.replications,
    };
    let finding = sheaf_stats::hawkes::hawkes(&counts, &options, args.seed)?;
    let change = ChangeOptions {
        direction: Direction::Rise,
        fewest_days: 7,
        block_days: 7,
        permutations: args.replications,
    };
    let change = change_point(&counts, &change, args.seed)?;
    let (first, last) = (period.days_of(0).0, period.days_of(u32::MAX).1);
    let since = period.days_of(change.day as u32).0;
    if args.format == Summary::Json || everywhere.json {
        let fit = |fit: &DailyFit| {
            json!({
                "branching_ratio": rounded(fit.branching, 6),
                "half_life_days": rounded(fit.half_life, 4),
                "log_likelihood": rounded(fit.log_likelihood, 4),
            })
        };
        print_json(&json!({
            "statistic": "hawkes",
            "incidents": finding.incidents,
            "period": [first.to_string(), last.to_string()],
            "constant_background": fit(&finding.constant),
            "varying_background": fit(&finding.varying),
            "p": finding.p,
            "rise": {
                "since": since.to_string(),
                "before_a_day": rounded(change.before, 6),
                "after_a_day": rounded(change.after, 6),
                "p": change.p,
            },
            "seed": args.seed,
            "left_out": points.left_out_json(),
        }))?;
    } else {
        let mut text = format!("{} incidents, {first} to {last}\n", finding.incidents);
        for (name, fit) in [("constant", &finding.constant), ("varying", &finding.varying)] {
            let (branching, days) = (fit.branching, fit.half_life);
            text += &format!(
                "{name:>9} background: branching ratio {branching:.2}, half-life {days:.1} days\n"
            );
        }
        let p = finding.p.map_or("not asked".to_owned(), |p| format!("{p:.3}"));
        text += &format!("a varying background alone looks as contagious: p {p}\n");
        text += &format!(
            "rise of the total: since {since}, {:.3} to {:.3} a day, p {:.3}\n",
            change.before, change.after, change.p
        );
        print(&text)?;
    }
    points.words().iter().for_each(|words| remark(everywhere, words));
    Ok(Went::Fine)
}
