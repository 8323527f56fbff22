//! A GeoJSON geometry as a point and how far it reaches: a point as it is said, anything else as
//! the middle of its bounding box and half the box's diagonal.

use serde::Deserialize;
use serde_json::value::RawValue;

/// Columns of the point and its reach.
pub(super) const COLUMNS: [&str; 3] = ["geometry.lon", "geometry.lat", "geometry.radius_m"];

/// What a geometry says.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Spread {
    /// It is null or empty.
    Nothing,
    /// A point in the file's own spelling.
    Point { lon: String, lat: String },
    /// The middle of something wide.
    Box { lon: f64, lat: f64, radius_m: f64 },
    /// It could not be read.
    Broken,
}

#[derive(Deserialize)]
struct Geometry<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    coordinates: Option<&'a RawValue>,
    #[serde(borrow)]
    geometries: Option<Vec<&'a RawValue>>,
}

/// Reads a geometry.
pub(super) fn read(text: &str) -> Spread {
    if text == "null" {
        return Spread::Nothing;
    }
    let mut reach = Reach::default();
    match serde_json::from_str::<Geometry<'_>>(text) {
        Ok(Geometry { kind, coordinates: Some(coordinates), .. }) if kind == "Point" => {
            point(coordinates.get())
        }
        Ok(geometry) if reach.take_in(&geometry, 0).is_some() => reach.spread(),
        _ => Spread::Broken,
    }
}

fn point(coordinates: &str) -> Spread {
    let Ok(numbers) = serde_json::from_str::<Vec<&RawValue>>(coordinates) else {
        return Spread::Broken;
    };
    match numbers[..] {
        [] => Spread::Nothing,
        [lon, lat, ..] if is_number(lon.get()) && is_number(lat.get()) => {
            Spread::Point { lon: lon.get().to_owned(), lat: lat.get().to_owned() }
        }
        _ => Spread::Broken,
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// The bounding box of positions, twice: with longitudes from -180 to 180, and with western ones
/// counted on beyond 180, for what lies across the date line.
#[derive(Default)]
struct Reach {
    lat: Option<(f64, f64)>,
    lon: Option<(f64, f64)>,
    lon_beyond: Option<(f64, f64)>,
}

/// Collections in collections beyond this depth are not read.
const MAX_DEPTH: usize = 8;

impl Reach {
    fn take_in(&mut self, geometry: &Geometry<'_>, depth: usize) -> Option<()> {
        if let Some(coordinates) = geometry.coordinates {
            return self.take_in_positions(coordinates.get());
        }
        if depth == MAX_DEPTH {
            return None;
        }
        for inner in geometry.geometries.as_ref()? {
            let inner = serde_json::from_str::<Geometry<'_>>(inner.get()).ok()?;
            self.take_in(&inner, depth + 1)?;
        }
        Some(())
    }

    /// Takes in every innermost list of nested lists. The text is valid JSON.
    fn take_in_positions(&mut self, text: &str) -> Option<()> {
        let mut opened = None;
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                b'[' => opened = Some(at + 1),
                b']' => {
                    if let Some(start) = opened.take() {
                        self.take_in_position(&text[start..at])?;
                    }
                }
                b'"' | b'{' => return None,
                _ => {}
            }
        }
        Some(())
    }

    fn take_in_position(&mut self, position: &str) -> Option<()> {
        if position.trim().is_empty() {
            return Some(());
        }
        let mut numbers = position.split(',').map(|number| number.trim().parse::<f64>());
        let (lon, lat) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        if !lon.is_finite() || !lat.is_finite() {
            return None;
        }
        let beyond = if lon < 0.0 { lon + 360.0 } else { lon };
        for (range, value) in
            [(&mut self.lat, lat), (&mut self.lon, lon), (&mut self.lon_beyond, beyond)]
        {
            let (low, high) = range.unwrap_or((value, value));
            *range = Some((low.min(value), high.max(value)));
        }
        Some(())
    }

    fn spread(&self) -> Spread {
        let (Some(lat), Some(lon), Some(beyond)) = (self.lat, self.lon, self.lon_beyond) else {
            return Spread::Nothing;
        };
        let is_across = beyond.1 - beyond.0 < lon.1 - lon.0;
        let (west, east) = if is_across { beyond } else { lon };
        let middle = (west + east) / 2.0;
        Spread::Box {
            lon: if middle > 180.0 { middle - 360.0 } else { middle },
            lat: (lat.0 + lat.1) / 2.0,
            radius_m: metres_between((lat.0, west), (lat.1, east)) / 2.0,
        }
    }
}

/// Great-circle distance on a sphere of the Earth's mean radius.
fn metres_between(from: (f64, f64), to: (f64, f64)) -> f64 {
    const EARTH_RADIUS_M: f64 = 6_371_008.8;
    let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let cosines = from.0.to_radians().cos() * to.0.to_radians().cos();
    let chord = half(to.0 - from.0) + cosines * half(to.1 - from.1);
    2.0 * EARTH_RADIUS_M * chord.clamp(0.0, 1.0).sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_keeps_its_spelling() {
        let point = |lon: &str, lat: &str| Spread::Point { lon: lon.into(), lat: lat.into() };
        for (text, expected) in [
            (r#"{"type":"Point","coordinates":[87.60,43.80]}"#, point("87.60", "43.80")),
            (r#"{"type":"Point","coordinates":[1,2,3]}"#, point("1", "2")),
            (r#"{"type":"Point","coordinates":[]}"#, Spread::Nothing),
            ("null", Spread::Nothing),
            (r#"{"type":"Point","coordinates":["1","2"]}"#, Spread::Broken),
            (r#"{"type":"Point","coordinates":[1]}"#, Spread::Broken),
            (r#"{"type":"LineString"}"#, Spread::Broken),
            ("7", Spread::Broken),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    /// The radius was checked by hand: one degree of longitude on the equator is 111,195 m.
    #[test]
    fn anything_wide_is_the_middle_of_its_box() {
        let line = r#"{"type":"LineString","coordinates":[[10,0],[12,0]]}"#;
        let Spread::Box { lon, lat, radius_m } = read(line) else { panic!("a line is wide") };
        assert_eq!((lon, lat, radius_m.round()), (11.0, 0.0, 111_195.0));

        let across = r#"{"type":"MultiPoint","coordinates":[[179,-17],[-179,-17]]}"#;
        let Spread::Box { lon, lat, radius_m } = read(across) else { panic!("points are wide") };
        assert_eq!((lon, lat), (180.0, -17.0));
        assert!(radius_m < 107_000.0, "{radius_m}");

        let both = r#"{"type":"GeometryCollection","geometries":[
            {"type":"Point","coordinates":[1,1]},
            {"type":"Polygon","coordinates":[[[1,1],[1,3],[3,3],[1,1]]]}]}"#;
        let Spread::Box { lon, lat, .. } = read(both) else { panic!("a polygon is wide") };
        assert_eq!((lon, lat), (2.0, 2.0));
    }
}
