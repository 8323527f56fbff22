//! `sheaf sites`: load stations, airports, stops and ports; suggest which incidents have to do with which;
//! and keep what people decide of it.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use sheaf_model::{IncidentId, ReportId, SettledIncident};
use sheaf_store::{Access, Pool, Site, SiteDecision};

use super::show::{Found, find};
use super::{Went, counted, now, open, print, print_json, remark};
use crate::args::{self, DecidingOnSite, Everywhere, Loading, Siting, Suggesting, Summary};
use crate::failure::Failure;
use crate::filter;
use crate::knowing::Knowing;
use crate::profiles::Profiles;
use crate::reasons;
use crate::sites::{Suggestion, Table, Tag, distance, load, suggestions};
use crate::suggest::nearest;
use crate::view::Groups;

pub fn sites(args: &Siting, everywhere: &Everywhere) -> Result<Went, Failure> {
    match &args.what {
        args::Site::Load(what) => load_table(args, what, everywhere),
        args::Site::List { kind, line, format } => {
            let pool = open(&args.pool, Access::Read)?;
            let is_meant = |it: &Site| {
                kind.as_ref().is_none_or(|kind| it.kind == *kind)
                    && line.as_ref().is_none_or(|line| it.lines.contains(line))
            };
            let sites: Vec<Site> = pool.sites()?.into_iter().filter(is_meant).collect();
            list(&sites, *format == Summary::Json || everywhere.json)?;
            if sites.is_empty() {
                remark(everywhere, "no site is like that; `sheaf sites POOL load` takes tables in");
            }
            Ok(Went::Fine)
        }
        args::Site::Suggest(what) => suggest(args, what, everywhere),
        args::Site::Accept(what) => decide(args, what, true, everywhere),
        args::Site::Refuse(what) => decide(args, what, false, everywhere),
        args::Site::Tagged { site, line, format } => {
            let as_json = *format == Summary::Json || everywhere.json;
            tagged(args, site.as_deref(), line.as_deref(), as_json, everywhere)
        }
    }
}

/// Whether what is asked writes to the pool.
pub fn writes(what: &args::Site) -> bool {
    matches!(what, args::Site::Load(_) | args::Site::Accept(_) | args::Site::Refuse(_))
}

fn load_table(args: &Siting, what: &Loading, everywhere: &Everywhere) -> Result<Went, Failure> {
    let tables = [
        (&what.table.airports, Table::Airports),
        (&what.table.stops, Table::Stops),
        (&what.table.stations, Table::Stations),
        (&what.table.ports, Table::Ports),
    ];
    let chosen = tables.into_iter().find_map(|(file, table)| Some((file.as_ref()?, table)));
    // The command line demands one of them.
    let Some((file, table)) = chosen else { return Ok(Went::Fine) };
    let pool = open(&args.pool, Access::Write)?;
    let (sites, skipped) = load(file, table, what.feed.as_deref())?;
    let loaded = pool.load_sites(&file.display().to_string(), &sites, &now())?;
    if everywhere.json {
        let left_out: serde_json::Map<String, Value> = skipped
            .iter()
            .map(|(why, (n, line))| ((*why).to_owned(), json!({ "n": n, "first_line": line })))
            .collect();
        print_json(&json!({
            "sites": sites.len(),
            "added": loaded.added,
            "changed": loaded.changed,
            "unchanged": loaded.unchanged,
            "left_out": left_out,
        }))?;
        return Ok(Went::Fine);
    }
    let n = counted(sites.len() as u64, "site");
    print(&format!(
        "{n}: {} added, {} changed, {} as they were\n",
        loaded.added, loaded.changed, loaded.unchanged
    ))?;
    for (why, (n, line)) in skipped {
        let n = counted(n, "row");
        remark(everywhere, &format!("{n} left out ({why}), the first on line {line}"));
    }
    Ok(Went::Fine)
}

fn list(sites: &[Site], as_json: bool) -> Result<(), Failure> {
    if as_json {
        let site = |it: &Site| {
            json!({ "id": it.id, "kind": it.kind, "name": it.name, "lat": it.lat, "lon": it.lon,
                "lines": it.lines, "file": it.file })
        };
        let sites: Vec<Value> = sites.iter().map(site).collect();
        return print_json(&json!({ "sites": sites }));
    }
    let mut text = String::new();
    for it in sites {
        let lines = if it.lines.is_empty() {
            String::new()
        } else {
            format!("  line {}", it.lines.join(", "))
        };
        text += &format!("{}  {}  {:.4}, {:.4}{lines}\n", it.id, it.name, it.lat, it.lon);
    }
    print(&text)
}

fn suggest(args: &Siting, what: &Suggesting, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let sites = pool.sites()?;
    if sites.is_empty() {
        return Err(no_sites(args));
    }
    let which = what.which();
    let profile = Profiles::named(&which.profile)?.only()?;
    let view = Groups::knowing(&pool, which.times.knowing(), everywhere.quiet)?;
    let decided = Standing::of(&pool, &Knowing::default())?;
    let as_json = what.format == Summary::Json || everywhere.json;
    let (mut text, mut values) = (String::new(), Vec::new());
    let mut left_out: BTreeMap<&'static str, u64> = BTreeMap::new();
    view.settle(profile, |chunk| {
        for incident in chunk.iter().filter(|it| filter::wants(&which, it)) {
            let found = match suggestions(incident, &sites, what.within) {
                Ok(found) => found,
                Err(why) => {
                    *left_out.entry(why).or_default() += 1;
                    continue;
                }
            };
            let open: Vec<&Suggestion<'_>> = found
                .iter()
                .filter(|it| decided.on(&incident.incident.reports, &it.site.id).is_none())
                .collect();
            if open.is_empty() {
                continue;
            }
            let id = &incident.incident.id;
            values.extend(open.iter().map(|it| suggestion_json(id, it)));
            text += &format!("{id}\n");
            text.extend(open.iter().map(|it| suggestion_line(it)));
        }
        Ok(())
    })?;
    if as_json {
        print_json(&json!({
            "within_metres": what.within.get(), "suggestions": values, "left_out": left_out,
        }))?;
    } else {
        print(&text)?;
        if values.is_empty() {
            remark(everywhere, "nothing to suggest that nobody has decided yet");
        }
    }
    for (why, n) in left_out {
        remark(everywhere, &format!("{} left out ({why})", counted(n, "incident")));
    }
    Ok(Went::Fine)
}

/// A suggestion, for programs.
pub fn suggestion_json(id: &IncidentId, it: &Suggestion<'_>) -> Value {
    json!({
        "incident": id.as_str(),
        "site": it.site.id,
        "name": it.site.name,
        "lines": it.site.lines,
        "tag": it.tag.name(),
        "metres": it.metres.round(),
        "surely_within": it.surely,
        "because": it.because,
    })
}

fn suggestion_line(it: &Suggestion<'_>) -> String {
    let away = away(it.metres);
    let surely = if it.surely { "" } else { ", perhaps farther" };
    format!("  {}  {}  {}, {away}{surely} ({})\n", it.tag, it.site.id, it.site.name, it.because)
}

fn away(metres: f64) -> String {
    if metres < 1000.0 { format!("{metres:.0} m") } else { format!("{:.1} km", metres / 1000.0) }
}

fn no_sites(args: &Siting) -> Failure {
    Failure::new("no-sites", format!("{}: no sites are loaded", args.pool.display()))
        .hint("`sheaf sites POOL load` takes in airports, stops, stations and ports")
}

fn decide(
    args: &Siting,
    what: &DecidingOnSite,
    accepted: bool,
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    reasons::not_empty("--by", &what.by)?;
    let pool = open(&args.pool, Access::Write)?;
    let sites = pool.sites()?;
    let Some(site) = sites.iter().find(|it| it.id == what.site) else {
        if sites.is_empty() {
            return Err(no_sites(args));
        }
        let failure =
            Failure::new("no-such-site", format!("{} is no site of this pool", what.site));
        return Err(match nearest(&what.site, sites.iter().map(|it| it.id.as_str())) {
            Some(near) => failure.hint(format!("did you mean {near}?")),
            None => failure.hint("`sheaf sites POOL list` lists them"),
        });
    };
    let incident = incident(&pool, &what.incident, everywhere.quiet)?;
    reasons::check_of(&pool, &incident.incident.reports, "--because", &what.because)?;
    let place = incident.place.as_ref().map(|it| it.value);
    let metres = place.and_then(|place| distance(place, site));
    let suggested = || {
        // As far as this site lies, so that it is asked about at all; the circle of the incident counts.
        let radius = place.map_or(0.0, |it| it.radius().get());
        let within = sheaf_model::Metres::new((metres? as f32).max(radius) + 1.0)?;
        let found = suggestions(&incident, &sites, within).ok()?;
        found.iter().find(|it| it.site.id == site.id).map(|it| it.tag)
    };
    let decided = SiteDecision {
        report: incident.incident.id.report().clone(),
        site: site.id.clone(),
        name: site.name.clone(),
        tag: what.tag.or_else(suggested).unwrap_or(Tag::Near).name().to_owned(),
        accepted,
        metres,
        by: what.by.clone(),
        because: what.because.clone(),
        at: now(),
    };
    pool.decide_site(&decided)?;
    if everywhere.json {
        print_json(&json!({ "decision": decision_json(&decided) }))?;
    } else {
        print(&format!("{}: {}\n", decided.report, decision_line(&decided)))?;
    }
    Ok(Went::Fine)
}

fn incident(pool: &Pool, id: &str, quiet: bool) -> Result<SettledIncident, Failure> {
    let profiles = Profiles::named(crate::profiles::KEPT.about().name)?;
    match find(pool, id, &profiles, &Knowing::default(), quiet)? {
        Found::Incident(mut entries) => Ok(entries.swap_remove(0).ruling.settled),
        Found::Outside(report) => Err(Failure::new(
            "no-incident",
            format!(
                "{report} belongs to no incident: leads and aggregates happened nowhere exactly"
            ),
        )
        .hint("name an incident, as `sheaf incidents` lists them")),
    }
}

/// What stands of the decisions about sites, by report.
pub struct Standing {
    /// Each with its place in the order in which they were made.
    of: HashMap<ReportId, Vec<(usize, SiteDecision)>>,
}

impl Standing {
    /// As far as they had been made by then.
    pub fn of(pool: &Pool, knowing: &Knowing) -> Result<Standing, Failure> {
        let mut of: HashMap<ReportId, Vec<(usize, SiteDecision)>> = HashMap::new();
        for (nth, it) in pool.site_decisions()?.into_iter().enumerate() {
            if knowing.has_happened(&it.at) {
                of.entry(it.report.clone()).or_default().push((nth, it));
            }
        }
        Ok(Standing { of })
    }

    /// Of an incident's reports and a site the newest decision. One that was made of either of two incidents holds for
    /// the one they were merged into.
    pub fn on(&self, reports: &[ReportId], site: &str) -> Option<&SiteDecision> {
        self.of_incident(reports).into_iter().find(|it| it.site == site)
    }

    /// The newest decision on each site, in order of site.
    pub fn of_incident(&self, reports: &[ReportId]) -> Vec<&SiteDecision> {
        let mut newest: BTreeMap<&str, (usize, &SiteDecision)> = BTreeMap::new();
        for (nth, it) in reports.iter().filter_map(|it| self.of.get(it)).flatten() {
            if newest.get(it.site.as_str()).is_none_or(|known| known.0 < *nth) {
                newest.insert(&it.site, (*nth, it));
            }
        }
        newest.into_values().map(|it| it.1).collect()
    }

    /// What was accepted of an incident.
    pub fn accepted(&self, reports: &[ReportId]) -> Vec<&SiteDecision> {
        self.of_incident(reports).into_iter().filter(|it| it.accepted).collect()
    }
}

/// A decision, for programs.
pub fn decision_json(it: &SiteDecision) -> Value {
    json!({
        "site": it.site,
        "name": it.name,
        "tag": it.tag,
        "accepted": it.accepted,
        "metres": it.metres.map(f64::round),
        "by": it.by,
        "because": it.because,
        "at": it.at,
    })
}

pub fn decision_line(it: &SiteDecision) -> String {
    let far = it.metres.map_or(String::new(), |metres| format!(", {}", away(metres)));
    let word = if it.accepted { "accepted" } else { "refused" };
    let SiteDecision { tag, site, name, by, because, at, .. } = it;
    format!("{tag} {site} {name}{far} ({word} by {by}, {at}: {because})")
}

fn tagged(
    args: &Siting,
    site: Option<&str>,
    line: Option<&str>,
    as_json: bool,
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let lines: HashMap<String, Vec<String>> =
        pool.sites()?.into_iter().map(|it| (it.id, it.lines)).collect();
    let calls = |site: &str, line: &str| {
        lines.get(site).is_some_and(|lines| lines.iter().any(|it| it == line))
    };
    let standing = Standing::of(&pool, &Knowing::default())?;
    let view = Groups::knowing(&pool, Knowing::default(), everywhere.quiet)?;
    let (mut text, mut values) = (String::new(), Vec::new());
    view.settle(Profiles::named(crate::profiles::KEPT.about().name)?.only()?, |chunk| {
        for incident in chunk {
            let id = incident.incident.id.as_str();
            for it in standing.accepted(&incident.incident.reports) {
                if site.is_some_and(|site| it.site != site)
                    || line.is_some_and(|line| !calls(&it.site, line))
                {
                    continue;
                }
                let mut value = decision_json(it);
                value["incident"] = json!(id);
                let when = incident.when.as_ref().map(|it| it.value.to_string());
                value["when"] = json!(when);
                values.push(value);
                let when = when.unwrap_or_else(|| "no day".to_owned());
                text += &format!("{id}  {when}  {}\n", decision_line(it));
            }
        }
        Ok(())
    })?;
    if as_json {
        print_json(&json!({ "tagged": values }))?;
    } else {
        print(&text)?;
    }
    if values.is_empty() {
        remark(everywhere, "nothing was accepted yet that is like that");
    }
    Ok(Went::Fine)
}
