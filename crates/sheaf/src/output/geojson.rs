//! Incidents as a GeoJSON `FeatureCollection` (RFC 7946), one feature to a line: the point where
//! there is one, and the columns of [`COLUMNS`] as properties. An incident without a point has no
//! geometry, rather than one at 0, 0 or in the middle of its country. By several profiles an incident
//! is several features, told apart by the property `profile`; they then have no `id` of their own,
//! since programs take what has one id for one thing.

use std::borrow::Borrow;
use std::io::{self, Write};

use super::Audience;
use super::csv::FlatLosses;
use super::entry::Entry;
use super::flat::{COLUMNS, Cell};
use super::json_text::JsonText;
use super::losses::{Losses, counted};

/// Writes a feature for each incident. `end` adds what was left out before, once all are taken.
///
/// # Errors
/// If `to` cannot be written to.
pub fn write_geojson<I>(
    incidents: I,
    n_profiles: usize,
    audience: Audience,
    end: impl FnOnce(&mut Losses),
    to: impl Write,
) -> io::Result<Losses>
where
    I: IntoIterator<Item: Borrow<Entry>>,
{
    let mut json = JsonText::new(to);
    json.open('{')?;
    json.name("type")?;
    json.text("FeatureCollection")?;
    json.name("features")?;
    json.open('[')?;
    let mut losses = Losses::of("geojson");
    let mut lost = FlatLosses::default();
    let (mut kept_back, mut n_without_point, mut n_with_radius) = (0, 0, 0);
    for incident in incidents {
        let incident = incident.borrow();
        if !audience.may_read(incident) {
            kept_back += 1;
            continue;
        }
        json.new_line()?;
        write_feature(&mut json, incident, n_profiles == 1)?;
        losses.n_written += 1;
        lost.count(incident);
        match &incident.place {
            None => n_without_point += 1,
            Some(place) => n_with_radius += u64::from(place.value.radius().get() > 0.0),
        }
    }
    json.last_line()?;
    json.close(']')?;
    losses.leave_out(kept_back);
    losses.add_side_by_side(n_profiles);
    losses.add("radius-not-drawn", n_with_radius, || {
        let points = counted(n_with_radius, "incident is", "incidents are");
        format!("{points} drawn as a point; how far off it may be stands in radius_m")
    });
    losses.add("no-point", n_without_point, || {
        let incidents = counted(n_without_point, "incident has", "incidents have");
        format!("{incidents} no point, and no geometry")
    });
    lost.add_to(&mut losses);
    end(&mut losses);
    json.name("left_out")?;
    json.plain(losses.to_json())?;
    json.name("answer")?;
    json.text(losses.answer.name())?;
    json.close('}')?;
    json.last_line()?;
    json.flush()?;
    Ok(losses)
}

fn write_feature(
    json: &mut JsonText<impl Write>,
    incident: &Entry,
    has_id: bool,
) -> io::Result<()> {
    json.open('{')?;
    json.name("type")?;
    json.text("Feature")?;
    if has_id {
        json.name("id")?;
        json.text(incident.incident.id.as_str())?;
    }
    json.name("geometry")?;
    match &incident.place {
        None => json.plain("null")?,
        Some(place) => {
            json.open('{')?;
            json.name("type")?;
            json.text("Point")?;
            json.name("coordinates")?;
            // Longitude comes first here, unlike everywhere else.
            json.plain(format_args!("[{},{}]", place.value.lon(), place.value.lat()))?;
            json.close('}')?;
        }
    }
    json.name("properties")?;
    json.open('{')?;
    for column in COLUMNS.iter().filter(|column| !matches!(column.name, "lat" | "lon")) {
        json.name(column.name)?;
        match (column.of)(incident) {
            Cell::Empty => json.plain("null")?,
            Cell::Text(words) => json.text(&words)?,
            Cell::Integer(number) => json.plain(number)?,
            Cell::Number(number) => json.plain(number)?,
            Cell::Day(day) => json.text(&day.to_string())?,
            Cell::List(parts) => json.texts(parts)?,
        }
    }
    json.close('}')?;
    json.close('}')
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{Answer, made_up};
    use super::*;

    #[test]
    fn invariant_17_geojson_says_what_it_could_not_carry() {
        let mut out = Vec::new();
        let incidents = [made_up::market(), made_up::silent()];
        let losses = write_geojson(&incidents, 1, Audience::Others, |_| {}, &mut out).unwrap();
        assert_eq!(
            losses.sentences(),
            [
                "geojson: 1 incident is drawn as a point; how far off it may be stands in radius_m",
                "geojson: 1 incident has no point, and no geometry",
                "geojson: who said each value is not carried; 3 claims say otherwise (see json)",
                "geojson: 1 toll of 1 incident had no columns and were put in words in other_tolls",
            ]
        );
        let read: Value = serde_json::from_slice(&out).unwrap();
        let [market, silent] = read["features"].as_array().unwrap().as_slice() else {
            panic!("two features");
        };
        assert_eq!(market["geometry"], json!({ "type": "Point", "coordinates": [-87.6, 43.8] }));
        assert_eq!(market["properties"]["radius_m"], json!(1000));
        assert_eq!(market["properties"]["place_name"], json!("Ürümqi, \"market\""));
        assert_eq!(market["properties"]["injured_high"], Value::Null);
        assert_eq!(market["properties"]["blamed_on"], json!(["Group X", "@Group Y"]));
        assert_eq!(silent["geometry"], Value::Null);
        assert_eq!(silent["properties"]["killed_low"], Value::Null);
    }

    #[test]
    fn no_incidents_are_an_empty_collection() {
        let mut out = Vec::new();
        let none: [Entry; 0] = [];
        let end = |losses: &mut Losses| losses.answer = Answer::NoIncidents;
        let losses = write_geojson(none, 1, Audience::Others, end, &mut out).unwrap();
        assert_eq!((losses.n_written, losses.lost.len()), (0, 0));
        let read: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(
            read,
            json!({
                "type": "FeatureCollection", "features": [], "left_out": [],
                "answer": "no-incidents",
            })
        );
    }
}
