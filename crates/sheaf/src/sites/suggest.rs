//! Which sites an incident may have to do with: *target* where its sources say that such a thing was attacked, *disrupted*
//! where service stopped, otherwise *near*. It says by which words and at what distance; a person decides.
//!
//! An incident is a point and how far off it may be. A site is suggested where it may lie within the distance asked for,
//! and is said to do so surely where it would wherever in its circle the incident was. An incident placed less exactly
//! than the distance asked for says nothing about single sites and is left out, with the reason.

use std::fmt;

use sheaf_model::{Kind, Metres, Place, SettledIncident};
use sheaf_store::Site;

/// What an incident has to do with a site.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, clap::ValueEnum)]
pub enum Tag {
    /// It was what was attacked.
    Target,
    /// Its service was stopped or hindered.
    Disrupted,
    /// It lies near by.
    Near,
}

impl Tag {
    /// The word used in files and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Tag::Target => "target",
            Tag::Disrupted => "disrupted",
            Tag::Near => "near",
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Words of target claims that stand for a kind of site, folded (see `sheaf_link::fold`).
const TARGET_WORDS: &[(&str, &[&str])] = &[
    ("airport", &["airport", "airports", "airfield", "aviation", "aircraft", "airline"]),
    ("station", &["station", "railway", "rail", "train", "trains", "metro", "subway", "tram"]),
    ("stop", &["bus", "buses", "tram", "metro", "subway", "railway", "rail", "train", "station"]),
    ("port", &["port", "ports", "harbour", "harbor", "maritime", "ship", "ships", "ferry"]),
];

/// "Police station" is no station: words that make one of these mean something else when just before it.
const NOT_AFTER: &[&str] =
    &["police", "fire", "power", "petrol", "gas", "radio", "television", "polling"];

/// A site that an incident may have to do with.
#[derive(Clone, PartialEq, Debug)]
pub struct Suggestion<'a> {
    pub site: &'a Site,
    pub tag: Tag,
    /// From the incident's point to the site.
    pub metres: f64,
    /// Within the distance asked for wherever in its circle the incident was.
    pub surely: bool,
    /// Why this tag, in a few words.
    pub because: String,
}

/// What is suggested for an incident; or why nothing can be.
pub fn suggestions<'a>(
    incident: &SettledIncident,
    sites: &'a [Site],
    within: Metres,
) -> Result<Vec<Suggestion<'a>>, &'static str> {
    let place = incident.place.as_ref().map(|it| it.value).ok_or("no point")?;
    if place.radius().get() > within.get() {
        return Err("placed less exactly than the distance asked for");
    }
    let (radius, within) = (f64::from(place.radius().get()), f64::from(within.get()));
    // A degree of latitude is at least 110 km.
    let degrees = (radius + within) / 110_000.0;
    let mut found: Vec<Suggestion<'a>> = sites
        .iter()
        .filter(|site| (site.lat - place.lat()).abs() <= degrees)
        .filter_map(|site| {
            let metres = distance(place, site)?;
            (metres - radius <= within).then(|| Suggestion {
                site,
                tag: Tag::Near,
                metres,
                surely: metres + radius <= within,
                because: String::new(),
            })
        })
        .collect();
    found.sort_by(|a, b| a.metres.total_cmp(&b.metres).then_with(|| a.site.id.cmp(&b.site.id)));
    let target = incident.target.as_ref().map_or(String::new(), |it| sheaf_link::fold(&it.value));
    let place_name =
        incident.place_name.as_ref().map_or(String::new(), |it| sheaf_link::fold(&it.value));
    let kind = incident.kind.as_ref().map(|it| it.value);
    let is_disruption = kind.is_some_and(|it| it.chain().any(|it| it == Kind::Disruption));
    let is_told = |it: &Suggestion<'_>| {
        is_named(&it.site.name, &target) || is_named(&it.site.name, &place_name)
    };
    // Of a kind that was attacked the sites that are named, and where none is the nearest.
    let mut meant: Vec<(&str, bool)> = Vec::new();
    for it in &found {
        match meant.iter_mut().find(|meant| meant.0 == it.site.kind) {
            Some(meant) => meant.1 |= is_told(it),
            None => meant.push((&it.site.kind, is_told(it))),
        }
    }
    let mut is_taken: Vec<&str> = Vec::new();
    for it in &mut found {
        let kind_of_site = it.site.kind.as_str();
        let by_name = meant.contains(&(kind_of_site, true));
        let is_target = if by_name { is_told(it) } else { !is_taken.contains(&kind_of_site) };
        (it.tag, it.because) = match word_for(kind_of_site, &target).filter(|_| is_target) {
            Some(word) => {
                is_taken.push(kind_of_site);
                let which = if by_name { "it is named" } else { "the nearest such" };
                (Tag::Target, format!("the target is told as \"{word}\"; {which}"))
            }
            // What may be out of reach is not said to have been stopped.
            None if is_disruption && it.metres <= within => {
                (Tag::Disrupted, format!("of kind {}", kind.map_or("", Kind::name)))
            }
            None => (Tag::Near, "by distance alone".to_owned()),
        };
    }
    found.sort_by_key(|it| it.tag);
    Ok(found)
}

/// From an incident's point to a site, in metres; `None` where the site lies off the globe.
pub fn distance(place: Place, site: &Site) -> Option<f64> {
    let site = Place::new(site.lat, site.lon, Metres::new(0.0)?)?;
    Some(f64::from(place.distance_to(site).get()))
}

/// The word of a target claim that stands for a kind of site.
fn word_for(kind: &str, target: &str) -> Option<String> {
    let (_, words) = TARGET_WORDS.iter().find(|it| it.0 == kind)?;
    let told: Vec<&str> = target.split(' ').collect();
    let is_meant = |at: &usize| {
        words.contains(&told[*at]) && (*at == 0 || !NOT_AFTER.contains(&told[*at - 1]))
    };
    (0..told.len()).find(is_meant).map(|at| told[at].to_owned())
}

/// Whether a text names a site: with all words of its name, at least one of them longer than three letters.
fn is_named(name: &str, text: &str) -> bool {
    let name = sheaf_link::fold(name);
    let is_telling = name.split(' ').any(|it| it.chars().count() > 3);
    is_telling && format!(" {text} ").contains(&format!(" {name} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_for_a_kind_unless_the_word_before_says_otherwise() {
        for (kind, target, word) in [
            ("station", "railway station", Some("railway")),
            ("station", "police station", None),
            ("airport", "airport check in", Some("airport")),
            ("port", "airport", None),
            ("port", "port facilities", Some("port")),
            ("stop", "bus passengers", Some("bus")),
        ] {
            assert_eq!(word_for(kind, target).as_deref(), word, "{kind} {target}");
        }
    }

    #[test]
    fn a_site_is_named_by_all_its_words_and_not_by_a_short_one() {
        assert!(is_named("Gare du Nord", "in front of gare du nord"));
        assert!(!is_named("Gare du Nord", "nord"));
        assert!(!is_named("Ost", "ost"));
    }
}
