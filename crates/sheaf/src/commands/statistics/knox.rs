//! `sheaf knox`: whether incidents near in space are near in time more often than chance has it.

use serde_json::{Value, json};
use sheaf_stats::knox::{Band, Event, KnoxOptions, bands_for_violence};

use super::super::{Went, print, print_json, remark};
use super::{Points, rounded};
use crate::args::{Everywhere, Repeating, Summary};
use crate::failure::Failure;

pub fn knox(args: &Repeating, everywhere: &Everywhere) -> Result<Went, Failure> {
    let (usual_km, usual_days) = bands_for_violence();
    let space = if args.km.is_empty() { usual_km } else { bands(&args.km)? };
    let time = if args.days.is_empty() { usual_days } else { bands(&args.days)? };
    let farthest = space.iter().map(|it| it.to()).fold(0.0, f64::max);
    let points = Points::of(&args.pool, &args.which, Some(farthest), everywhere.quiet)?;
    let (sites, at) = points.sites()?;
    let day = |day: sheaf_model::Day| f64::from(day.days_since_1970());
    let events: Vec<Event> =
        points.points.iter().zip(at).map(|(it, site)| Event { site, day: day(it.day) }).collect();
    let options = KnoxOptions { space, time, permutations: args.chance.or_usual() };
    let finding = sheaf_stats::knox::knox(&sites, &events, &options, args.chance.seed)?;
    if args.format == Summary::Json || everywhere.json {
        let cells: Vec<Value> = finding
            .cells
            .iter()
            .map(|it| {
                json!({
                    "km": it.space.to_string(),
                    "days": it.time.to_string(),
                    "observed": it.observed,
                    "expected": rounded(it.expected, 6),
                    "p": rounded(it.p, 6),
                    "p_poisson": it.p_poisson,
                })
            })
            .collect();
        print_json(&json!({
            "statistic": "knox",
            "incidents": finding.incidents,
            "pairs": finding.pairs,
            "permutations": finding.permutations,
            "seed": args.chance.seed,
            "left_out": points.left_out_json(),
            "cells": cells,
        }))?;
    } else {
        let mut text = format!("{} incidents, {} pairs\n", finding.incidents, finding.pairs);
        text += &format!(
            "{:>12} {:>12} {:>9} {:>11} {:>7}\n",
            "km", "days", "observed", "expected", "p"
        );
        for it in &finding.cells {
            let (km, days) = (it.space.to_string(), it.time.to_string());
            text += &format!(
                "{km:>12} {days:>12} {:>9} {:>11.2} {:>7.3}\n",
                it.observed, it.expected, it.p
            );
        }
        print(&text)?;
    }
    points.words().iter().for_each(|words| remark(everywhere, words));
    Ok(Went::Fine)
}

/// Bands as typed: 0-5 holds both ends, 5-10 the higher one.
fn bands(typed: &[String]) -> Result<Vec<Band>, Failure> {
    let band = |text: &String| {
        let ends = text.split_once('-').and_then(|(from, to)| {
            let (from, to): (f64, f64) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
            if from == 0.0 { Band::within(to) } else { Band::above_to(from, to) }
        });
        ends.ok_or_else(|| {
            Failure::new("bad-arguments", format!("\"{text}\" is no band"))
                .hint("a band is written FROM-TO, as in 0-5 or 28-70")
        })
    };
    typed.iter().map(band).collect()
}
