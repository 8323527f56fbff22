//! What a page needs to know before it asks for incidents: who looks, what there is to filter by.

use serde_json::{Value, json};
use sheaf_model::Kind;

use super::columns::{Columns, NO_NAME};
use super::overview::day_text;

/// What there is, as far as these columns have it.
pub(crate) fn summary(columns: &Columns) -> Value {
    let mut kinds = vec![0_u32; Kind::ALL.len()];
    let mut sources = vec![0_u32; columns.sources.len()];
    let mut countries = vec![0_u32; columns.words.len()];
    let (mut undated, mut unplaced, mut several) = (0_u32, 0_u32, 0_u32);
    let mut days: Option<[i32; 2]> = None;
    let mut ends: Option<[f32; 4]> = None;
    for at in 0..columns.len() {
        if let Some(kind) = columns.kind(at) {
            for (n, it) in kinds.iter_mut().zip(Kind::ALL) {
                *n += u32::from(kind.chain().any(|kind| kind == *it));
            }
        }
        let set = &columns.source_sets[columns.told_by[at] as usize];
        set.iter().for_each(|&source| sources[usize::from(source)] += 1);
        several += u32::from(set.len() > 1);
        let country = columns.named[at][2];
        if country != NO_NAME {
            countries[country as usize] += 1;
        }
        match columns.has_day(at) {
            false => undated += 1,
            true => {
                let [first, last] = columns.days[at];
                let known = days.get_or_insert([first, last]);
                *known = [known[0].min(first), known[1].max(last)];
            }
        }
        match columns.has_place(at) {
            false => unplaced += 1,
            true => {
                let [lat, lon] = columns.places[at];
                let known = ends.get_or_insert([lon, lat, lon, lat]);
                *known =
                    [known[0].min(lon), known[1].min(lat), known[2].max(lon), known[3].max(lat)];
            }
        }
    }
    let broader = |kind: Kind| Some(kind.broader()).filter(|it| *it != kind).map(Kind::name);
    let kinds: Vec<Value> = Kind::ALL
        .iter()
        .zip(kinds)
        .filter(|(_, n)| *n > 0)
        .map(|(kind, n)| json!({ "name": kind.name(), "broader": broader(*kind), "incidents": n }))
        .collect();
    let listed: Vec<Value> = columns
        .sources
        .iter()
        .zip(sources)
        .map(|(it, n)| {
            json!({
                "name": it.name, "title": it.title, "organisation": it.organisation,
                "licence": it.licence, "kind": it.kind, "sector": it.sector, "incidents": n,
            })
        })
        .collect();
    let mut named: Vec<(u32, &str)> = countries
        .iter()
        .zip(&columns.words)
        .filter(|(n, _)| **n > 0)
        .map(|(n, word)| (*n, &**word))
        .collect();
    named.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let countries: Vec<Value> =
        named.iter().map(|(n, name)| json!({ "name": name, "incidents": n })).collect();
    json!({
        "counts": {
            "incidents": columns.len(),
            "reports": columns.n_all_reports,
            "sources": columns.sources.len(),
            "told_by_several": several,
            "undated": undated,
            "unplaced": unplaced,
        },
        "days": days.map(|[first, last]| json!({ "first": day_text(first), "last": day_text(last) })),
        "box": ends.map(|ends| ends.map(|it| (f64::from(it) * 1e4).round() / 1e4)),
        "sources": listed,
        "kinds": kinds,
        "countries": countries,
    })
}
