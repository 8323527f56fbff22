//! Which incidents a command is about.

use sheaf_model::{Settled, SettledIncident};

use crate::args::Which;

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
    let quoted = |it: &String| format!("\"{}\"", it.replace('\\', "\\\\").replace('"', "\\\""));
    add("since", which.since.map(|it| it.to_string()));
    add("until", which.until.map(|it| it.to_string()));
    add(
        "within",
        which.within.map(|it| format!("{},{},{}", it.centre.lat(), it.centre.lon(), it.km)),
    );
    add("place", which.place.as_ref().map(quoted));
    add("country", which.country.as_ref().map(quoted));
    add("kind", which.kind.map(|it| it.name().to_owned()));
    add("told-by", which.told_by.clone());
    add("min-sources", (which.min_sources > 1).then(|| which.min_sources.to_string()));
    add("as-known-on", which.times.as_known_on.map(|it| it.to_string()));
    add("claims-until", which.times.claims_until.map(|it| it.to_string()));
    if which.times.undated_too {
        words.push("--undated-too".to_owned());
    }
    words.join(" ")
}
