//! `sheaf knew`: how much the files of several offices overlap, who told first, how much later the others, and what each
//! would have known sooner had all been shared when it was written.

mod alarms;

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use sheaf_model::{Day, Field, Meaning, ReportId, SourceName};
use sheaf_stats::knew::{EXACT, Heard, Knew, knew as ask, quantile};
use sheaf_store::exchange::Exchange;
use sheaf_store::{Access, Pool, Wanted};

use super::{Went, counted, open, print, print_json, remark, with_received};
use crate::args::{Everywhere, Knowers, Per, Summary};
use crate::failure::Failure;
use crate::filter;
use crate::knowing::Knowing;
use crate::profiles::Profiles;
use crate::view::View;

/// An incident: who tells of it and when each wrote, by the numbers of the offices.
pub struct Told {
    pub handle: String,
    pub heard: Heard,
}

pub fn knew(args: &Knowers, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let knowing = with_received(args.which.times.knowing(), &args.pool, args.only_own)?;
    let owners = owners(args)?;
    let (offices, told, n_undated) = gathered(&pool, args, &knowing, &owners, everywhere)?;
    if told.is_empty() {
        return Err(Failure::new("no-answer", "no incident is like that")
            .hint("`sheaf incidents` with the same filters lists what there is"));
    }
    let heard: Vec<Heard> = told.iter().map(|it| it.heard.clone()).collect();
    let found = ask(&heard, offices.len());
    let warned = match args.alarms {
        true => Some(alarms::warned(args, &pool, &knowing, &offices, &told, everywhere)?),
        false => None,
    };
    if args.format == Summary::Json || everywhere.json {
        let mut answer = found_json(&found, &offices);
        if args.incidents {
            answer["incidents"] = told.iter().map(|it| told_json(it, &offices)).collect();
        }
        answer["reports_without_day"] = json!(n_undated);
        answer["alarms"] = warned.as_ref().map_or(Value::Null, |it| it.json(&offices));
        print_json(&answer)?;
        return Ok(Went::Fine);
    }
    print(&found_text(&found, &offices))?;
    if args.incidents {
        for it in &told {
            print(&told_text(it, &offices))?;
        }
    }
    if let Some(warned) = warned {
        print(&warned.text(&offices))?;
    }
    if n_undated > 0 {
        let reports = counted(n_undated, "report");
        remark(
            everywhere,
            &format!("{reports} have no day of writing: who told first is said without them"),
        );
    }
    Ok(Went::Fine)
}

/// Whose each source is, where members are asked about.
fn owners(args: &Knowers) -> Result<HashMap<SourceName, String>, Failure> {
    if args.per == Per::Source {
        return Ok(HashMap::new());
    }
    let log = Exchange::open(&args.pool)?;
    let owner = |it: sheaf_store::exchange::Sharing| {
        Some((it.source, it.marking.originator?.as_str().to_owned()))
    };
    Ok(log.sharings()?.into_iter().filter_map(owner).collect())
}

/// The offices by name, and each incident with the first day on which each wrote of it.
fn gathered(
    pool: &Pool,
    args: &Knowers,
    knowing: &Knowing,
    owners: &HashMap<SourceName, String>,
    everywhere: &Everywhere,
) -> Result<(Vec<String>, Vec<Told>, u64), Failure> {
    let mut written: HashMap<ReportId, (String, Option<i32>)> = HashMap::new();
    let mut n_undated = 0;
    knowing.for_each_report(pool, Wanted::only(&[]), |import, report| {
        let source = &import.about.source.name;
        let office = owners.get(source).cloned().unwrap_or_else(|| source.to_string());
        let days = report.claims().iter().filter(|it| it.field == Field::Published);
        let day = days.filter_map(|it| match it.meant {
            Meaning::Day(day) => Some(day.days_since_1970()),
            _ => None,
        });
        let day = day.min();
        n_undated += u64::from(day.is_none());
        written.insert(report.id(source), (office, day));
    })?;
    let profile = Profiles::named(&args.which.profile)?.only()?;
    let view = View::knowing(pool, knowing.clone(), everywhere.quiet)?;
    let mut by_office: Vec<(String, BTreeMap<String, Option<i32>>)> = Vec::new();
    view.settle(profile, |chunk| {
        for incident in chunk.iter().filter(|it| filter::wants(&args.which, it)) {
            let mut by: BTreeMap<String, Option<i32>> = BTreeMap::new();
            for (office, day) in incident.incident.reports.iter().filter_map(|it| written.get(it)) {
                let known = by.entry(office.clone()).or_insert(*day);
                *known = match (*known, *day) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (one, other) => one.or(other),
                };
            }
            by_office.push((incident.incident.id.to_string(), by));
        }
        Ok(())
    })?;
    let mut offices: Vec<String> = by_office.iter().flat_map(|it| it.1.keys().cloned()).collect();
    offices.sort_unstable();
    offices.dedup();
    let number = |name: &String| offices.binary_search(name).unwrap_or_default();
    let told = by_office.iter().map(|(handle, by)| Told {
        handle: handle.clone(),
        heard: Heard { by: by.iter().map(|(name, day)| (number(name), *day)).collect() },
    });
    let told = told.collect();
    Ok((offices, told, n_undated))
}

fn quantiles(sorted: &[i32]) -> Value {
    json!({
        "n": sorted.len(),
        "median": quantile(sorted, 0.5),
        "lower_quartile": quantile(sorted, 0.25),
        "upper_quartile": quantile(sorted, 0.75),
    })
}

fn found_json(found: &Knew, offices: &[String]) -> Value {
    let office = |(it, name): (&sheaf_stats::knew::Office, &String)| {
        json!({
            "office": name,
            "incidents": it.n_told,
            "alone": it.n_unique,
            "first": it.n_first,
            "missed": it.n_missed,
            "would_have_known_earlier": quantiles(&it.gains),
        })
    };
    let pair = |((one, other), it): (&(usize, usize), &sheaf_stats::knew::Pair)| {
        json!({
            "offices": [offices[*one], offices[*other]],
            "both": it.n_both,
            "share": (it.share * 1e4).round() / 1e4,
            "second_later": quantiles(&it.second_later),
            "first_later": quantiles(&it.first_later),
        })
    };
    json!({
        "statistic": "knew",
        "incidents_in_all": found.n_incidents,
        "offices": found.offices.iter().zip(offices).map(office).collect::<Vec<Value>>(),
        "pairs": found.pairs.iter().map(pair).collect::<Vec<Value>>(),
        "fewest_that_tell_of_all": found.covering.iter().map(|&it| &offices[it]).collect::<Vec<_>>(),
        "fewest_for_sure": found.is_exact,
    })
}

fn found_text(found: &Knew, offices: &[String]) -> String {
    let wide = offices.iter().map(String::len).max().unwrap_or(0).max(6);
    let mut text = format!(
        "{}\n{:wide$}  {:>9}  {:>6}  {:>6}  {:>6}  would have known earlier\n",
        counted(found.n_incidents as u64, "incident"),
        "",
        "incidents",
        "alone",
        "first",
        "missed"
    );
    for (it, name) in found.offices.iter().zip(offices) {
        let sooner = match (it.gains.len(), quantile(&it.gains, 0.5), quantile(&it.gains, 1.0)) {
            (n, Some(median), Some(most)) => {
                format!("{n} by {} (median), {most} at most", days(median))
            }
            _ => "none".to_owned(),
        };
        text += &format!(
            "{name:wide$}  {:>9}  {:>6}  {:>6}  {:>6}  {sooner}\n",
            it.n_told, it.n_unique, it.n_first, it.n_missed
        );
    }
    text.push('\n');
    for ((one, other), it) in &found.pairs {
        text += &format!(
            "{} and {}: {} in both ({:.0} % of either)",
            offices[*one],
            offices[*other],
            it.n_both,
            100.0 * it.share
        );
        for (later, days) in [(other, &it.second_later), (one, &it.first_later)] {
            if let Some(median) = quantile(days, 0.5) {
                let n = days.len();
                text += &format!(
                    "; {} later in {n}, by {} (median)",
                    offices[*later],
                    self::days(median)
                );
            }
        }
        text.push('\n');
    }
    let names: Vec<&str> = found.covering.iter().map(|&it| offices[it].as_str()).collect();
    let how = match found.is_exact {
        true => "the fewest",
        false => "few; of more than 20 they are chosen one after another",
    };
    debug_assert!(found.is_exact || offices.len() > EXACT);
    text + &format!("\nall is told by {} ({how})\n", names.join(", "))
}

fn days(n: i32) -> String {
    if n == 1 { "1 day".to_owned() } else { format!("{n} days") }
}

fn day_text(day: i32) -> String {
    Day::from_days_since_1970(day).map_or_else(String::new, |day| day.to_string())
}

/// Who told of it, the first first; those without a day last.
fn in_order(told: &Told) -> Vec<(usize, Option<i32>)> {
    let mut by = told.heard.by.clone();
    by.sort_by_key(|&(office, day)| (day.is_none(), day, office));
    by
}

fn told_json(told: &Told, offices: &[String]) -> Value {
    let by = in_order(told);
    let first = by.first().and_then(|it| it.1);
    let each = by.iter().map(|&(office, day)| {
        json!({
            "office": offices[office],
            "written": day.map(day_text),
            "days_after_the_first": day.zip(first).map(|(day, first)| day - first),
        })
    });
    json!({ "id": told.handle, "told_by": each.collect::<Vec<Value>>() })
}

fn told_text(told: &Told, offices: &[String]) -> String {
    let by = in_order(told);
    let first = by.first().and_then(|it| it.1);
    let each = by.iter().map(|&(office, day)| match (day, first) {
        (Some(day), Some(first)) if day > first => format!("{} +{}", offices[office], day - first),
        (Some(day), _) => format!("{} {}", offices[office], day_text(day)),
        (None, _) => format!("{} (no day)", offices[office]),
    });
    format!("{}  {}\n", told.handle, each.collect::<Vec<String>>().join(", "))
}
