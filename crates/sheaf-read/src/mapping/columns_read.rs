//! Which columns a mapping reads, and what is wrong with reading them: one column in two sections, or
//! one about people.

use sheaf_model::Field;

use super::people::people_in;
use super::rules::Rules;
use super::sheet::Problems;

/// Every column a rule reads, with the section that names it.
pub(super) fn columns_read(rules: &Rules) -> Vec<(&str, &'static str)> {
    fn all<'a>(
        into: &mut Vec<(&'a str, &'static str)>,
        section: &'static str,
        lists: &[&'a Vec<String>],
    ) {
        into.extend(
            lists.iter().flat_map(|names| names.iter()).map(|name| (name.as_str(), section)),
        );
    }
    let mut read = Vec::new();
    for names in &rules.key {
        all(&mut read, "key", &[names]);
    }
    all(&mut read, "unit", &[&rules.unit.column]);
    if let Some(date) = &rules.date {
        let lists = [&date.start, &date.end, &date.year, &date.month, &date.day, &date.precision];
        all(&mut read, "date", &lists);
    }
    if let Some(place) = &rules.place {
        all(&mut read, "place", &[&place.lat, &place.lon, &place.precision, &place.radius_column]);
    }
    for toll in &rules.tolls {
        all(&mut read, "toll", &[&toll.best, &toll.low, &toll.high]);
    }
    for kind in &rules.kinds {
        all(&mut read, "kind", &kind.columns.iter().collect::<Vec<_>>());
    }
    read.extend(rules.fields.iter().map(|rule| (rule.column.as_str(), "fields")));
    all(&mut read, "wording", &[&rules.wording]);
    read
}

/// A column that two sections claim would be read twice or not at all.
pub(super) fn named_once(rules: &Rules, problems: &Problems) {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    let others = (rules.by_hand.iter().map(|(name, _)| (name.as_str(), "by-hand")))
        .chain(rules.ignore.iter().map(|(name, _)| (name.as_str(), "ignore")))
        .chain(rules.refuse.iter().map(|(name, _)| (name.as_str(), "refuse")));
    for (name, section) in columns_read(rules).into_iter().chain(others) {
        match seen.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)) {
            // Several kind rules may look at one column together with others.
            Some((_, first)) if *first == section && section == "kind" => {}
            // What is a key may also say something.
            Some((_, "key")) => {}
            Some((_, first)) => problems.add(
                format!("the column \"{name}\" stands in {first} and in {section}"),
                Some("say once what becomes of it".to_owned()),
            ),
            None => seen.push((name, section)),
        }
    }
}

/// A mapping must not ask for data about people, whatever field it asks to put them in.
pub(super) fn no_people(rules: &Rules, problems: &Problems) {
    for rule in &rules.fields {
        let Some(what) = people_in(&rule.column) else { continue };
        let about_places = matches!(
            rule.field,
            Field::PlaceName | Field::AdminOne | Field::AdminTwo | Field::Country | Field::Outlet
        );
        if about_places && what == "names of persons" && rule.column.eq_ignore_ascii_case("name") {
            continue;
        }
        problems.add(
            format!("fields.\"{}\" would hold {what}, which a pool never keeps", rule.column),
            Some("move it to [refuse]".to_owned()),
        );
    }
}
