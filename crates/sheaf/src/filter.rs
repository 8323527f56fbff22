//! Which incidents a command is about.

use sheaf_model::{Settled, SettledIncident};

use clap::ValueEnum;

use crate::args::{Citing, Diffing, Exporting, Format, SeriesOf, Showing, Times, Which};

/// Whether an incident is among those asked for. What an incident does not say, it does not fail:
/// no; an incident without a date is not "since 2014", because nobody says that it was.
pub fn wants(which: &Which, incident: &SettledIncident) -> bool {
    let when = incident.when.as_ref().map(|it| it.value);
    let dated = |test: &dyn Fn(sheaf_model::When) -> bool| when.is_some_and(test);
    let same = |value: &Option<Settled<String>>, name: &str| {
        value.as_ref().is_some_and(|it| sheaf_link::fold(&it.value) == sheaf_link::fold(name))
    };
    which.since.is_none_or(|since| dated(&|when| when.last() >= since))
        && which.until.is_none_or(|until| dated(&|when| when.first() <= until))
        && which.within.is_none_or(|circle| {
            incident.place.as_ref().is_some_and(|place| {
                let reach = circle.km * 1000.0 + f64::from(place.value.radius().get());
                f64::from(place.value.distance_to(circle.centre).get()) <= reach
            })
        })
        && which.place.as_deref().is_none_or(|name| {
            let names = [&incident.place_name, &incident.admin_one, &incident.country];
            names.into_iter().any(|it| same(it, name))
        })
        && which.country.as_deref().is_none_or(|name| same(&incident.country, name))
        && which.kind.is_none_or(|wanted| {
            let kind = incident.kind.as_ref().map(|it| it.value);
            kind.is_some_and(|kind| kind.chain().any(|it| it == wanted))
        })
        && which
            .told_by
            .as_deref()
            .is_none_or(|source| incident.sources.iter().any(|it| it.as_str() == source))
        && incident.sources.len() >= which.min_sources
}

/// The filters as they would be typed, in a fixed order; empty for none. Part of a citation.
pub fn as_typed(which: &Which) -> String {
    let mut words = Vec::new();
    let mut add = |flag: &str, value: Option<String>| {
        if let Some(value) = value {
            words.push(format!("--{flag} {value}"));
        }
    };
    add("since", which.since.map(|it| it.to_string()));
    add("until", which.until.map(|it| it.to_string()));
    add(
        "within",
        which.within.map(|it| format!("{},{},{}", it.centre.lat(), it.centre.lon(), it.km)),
    );
    add("place", which.place.as_deref().map(quoted));
    add("country", which.country.as_deref().map(quoted));
    add("kind", which.kind.map(|it| it.name().to_owned()));
    add("told-by", which.told_by.clone());
    add("min-sources", (which.min_sources > 1).then(|| which.min_sources.to_string()));
    words.extend(times_as_typed(&which.times));
    words.join(" ")
}

fn times_as_typed(times: &Times) -> Vec<String> {
    let mut words = Vec::new();
    words.extend(times.as_known_on.map(|it| format!("--as-known-on {it}")));
    words.extend(times.claims_until.map(|it| format!("--claims-until {it}")));
    words.extend(times.undated_too.then(|| "--undated-too".to_owned()));
    words
}

/// A list of incidents as it would be typed after `sheaf incidents POOL`. JSON is not said: lines
/// that say no format name JSON.
pub fn list_as_typed(args: &Citing) -> String {
    let format = (args.format != Format::Json).then(|| option("format", &args.format));
    joined([as_typed(&args.which)].into_iter().chain(format))
}

/// An export as it would be typed.
pub fn export_as_typed(args: &Exporting) -> String {
    joined(["export".to_owned(), option("to", &args.to), as_typed(&args.which)])
}

/// One incident as it would be typed; its id comes last.
pub fn show_as_typed(args: &Showing) -> String {
    let words = ["show".to_owned()].into_iter().chain(times_as_typed(&args.times));
    joined(words.chain([option("format", &args.format), quoted(&args.id)]))
}

/// A series as it would be typed.
pub fn series_as_typed(args: &SeriesOf) -> String {
    let words = ["series".to_owned(), option("by", &args.by), option("bin", &args.bin)];
    let each = args.each.iter().map(|each| option("each", each));
    let panel = args.panel.iter().map(|source| format!("--panel {}", quoted(source)));
    let rest = [as_typed(&args.which), option("format", &args.format)];
    joined(words.into_iter().chain(each).chain(panel).chain(rest))
}

/// A diff as it would be typed.
pub fn diff_as_typed(args: &Diffing) -> String {
    let end = |flag: &str, end: &Option<String>| {
        end.as_deref().map(|end| format!("--{flag} {}", quoted(end)))
    };
    let ends = [end("from", &args.from), end("to", &args.to)].into_iter().flatten();
    joined(["diff".to_owned()].into_iter().chain(ends).chain([option("format", &args.format)]))
}

fn joined(words: impl IntoIterator<Item = String>) -> String {
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn option(flag: &str, value: &impl ValueEnum) -> String {
    let name = value.to_possible_value();
    format!("--{flag} {}", name.as_ref().map_or("", |name| name.get_name()))
}

/// A word as it would be typed.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
