//! The place of an incident out of its cells: latitude, longitude, and how far off they may be by
//! the source's own precision code. A point that stands for something too wide — a capital for its
//! country — is no point.

use sheaf_model::{DoubtCode, Meaning, Metres, Place, Unknown};

use super::bind::PlaceColumns;
use super::degree_text::parse_degrees;
use super::rules::{PlaceRule, Radius};
use super::sight::{Scratch, Sight};

/// Reads the group; `None` where it has neither latitude nor longitude.
pub(crate) fn read(
    rule: &PlaceRule,
    columns: PlaceColumns,
    see: &Sight<'_>,
    scratch: &mut Scratch,
) -> Option<(u16, Meaning)> {
    let (lat, lon) = (see.filled(columns.lat), see.filled(columns.lon));
    let (main, _) = lat.or(lon).or_else(|| see.filled(columns.precision))?;
    let ((lat_column, lat_said), (lon_column, lon_said)) = match (lat, lon) {
        (Some(lat), Some(lon)) => (lat, lon),
        (None, None) => return Some((main, bare_precision(rule, columns, see, scratch))),
        // Half a point is none.
        (Some((column, said)), None) | (None, Some((column, said))) => {
            if see.is_unknown(said, &[]) {
                return Some((main, Meaning::Unknown(Unknown::NotKnown)));
            }
            scratch.doubt(see, column, DoubtCode::NotACoordinate, said);
            return Some((main, Meaning::NotUnderstood));
        }
    };
    if see.is_unknown(lat_said, &[]) || see.is_unknown(lon_said, &[]) {
        return Some((main, Meaning::Unknown(Unknown::NotKnown)));
    }
    let (Some(lat), Some(lon)) = (parse_degrees(lat_said), parse_degrees(lon_said)) else {
        let (column, said) = match parse_degrees(lat_said) {
            None => (lat_column, lat_said),
            Some(_) => (lon_column, lon_said),
        };
        scratch.doubt(see, column, DoubtCode::NotACoordinate, said);
        return Some((main, Meaning::NotUnderstood));
    };
    if let Some(wrong) = off(lat, lon) {
        scratch.doubt(see, main, wrong, &format!("{}, {}", lat_said.trim(), lon_said.trim()));
        return Some((main, Meaning::NotUnderstood));
    }
    let meaning = match radius(rule, columns, see, scratch) {
        Radius::TooCoarse => Meaning::Unknown(Unknown::TooCoarse),
        Radius::Metres(metres) => Metres::new(metres)
            .and_then(|metres| Place::new(lat, lon, metres))
            .map_or(Meaning::NotUnderstood, Meaning::Where),
    };
    Some((main, meaning))
}

/// What is wrong with a point, if anything.
fn off(lat: f64, lon: f64) -> Option<DoubtCode> {
    if lat == 0.0 && lon == 0.0 {
        return Some(DoubtCode::NullIsland);
    }
    if (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon) {
        return None;
    }
    let swapped = (-180.0..=180.0).contains(&lat) && (-90.0..=90.0).contains(&lon);
    Some(if swapped { DoubtCode::LatLonSwapped } else { DoubtCode::OffTheGlobe })
}

/// A precision code without a point: "somewhere in the country" is said that way.
fn bare_precision(
    rule: &PlaceRule,
    columns: PlaceColumns,
    see: &Sight<'_>,
    scratch: &mut Scratch,
) -> Meaning {
    match see
        .filled(columns.precision)
        .map(|(column, code)| (column, code, see.code(&rule.radii, code)))
    {
        Some((_, _, Some(Radius::TooCoarse))) => Meaning::Unknown(Unknown::TooCoarse),
        Some((_, code, _)) if see.is_unknown(code, &[]) => Meaning::Unknown(Unknown::NotKnown),
        Some((column, code, None)) => {
            scratch.doubt(see, column, DoubtCode::UnknownCode, code);
            Meaning::NotUnderstood
        }
        _ => Meaning::Unknown(Unknown::NotKnown),
    }
}

fn radius(
    rule: &PlaceRule,
    columns: PlaceColumns,
    see: &Sight<'_>,
    scratch: &mut Scratch,
) -> Radius {
    if let Some((column, said)) = see.filled(columns.radius) {
        match parse_degrees(said).filter(|metres| (0.0..=20_100_000.0).contains(metres)) {
            Some(metres) => return Radius::Metres(metres as f32),
            None => {
                scratch.doubt(see, column, DoubtCode::NotANumber, said);
                scratch.instead(column, Meaning::NotUnderstood);
            }
        }
    }
    // The table comes first: a code for "unknown" may say how coarse the point is (SCAD's -99).
    match see.filled(columns.precision) {
        Some((column, code)) => match see.code(&rule.radii, code) {
            Some(radius) => return *radius,
            None if see.is_unknown(code, &[]) => {
                scratch.instead(column, Meaning::Unknown(Unknown::NotKnown));
            }
            None => {
                scratch.doubt(see, column, DoubtCode::UnknownCode, code);
                scratch.instead(column, Meaning::NotUnderstood);
            }
        },
        None => {
            if let Some(column) = columns.precision.filter(|_| columns.radius.is_none()) {
                scratch.doubt(see, column, DoubtCode::NoPrecision, "");
            }
        }
    }
    Radius::Metres(rule.radius)
}
