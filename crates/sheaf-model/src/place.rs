//! Where something happened, and how far off that may be. A [`Place`] has a radius or is no place:
//! "somewhere in the province" is a wide circle, and "somewhere in the country" is no point at all.

use std::fmt;

/// A distance in metres; finite and not negative.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub struct Metres(f32);

impl Metres {
    /// `None` if negative, infinite or not a number.
    pub fn new(metres: f32) -> Option<Metres> {
        (metres.is_finite() && metres >= 0.0).then_some(Metres(metres))
    }

    /// The number of metres.
    pub fn get(self) -> f32 {
        self.0
    }
}

impl fmt::Display for Metres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 1000.0 {
            write!(f, "{:.0} m", self.0)
        } else if self.0 < 10_000.0 {
            write!(f, "{:.1} km", self.0 / 1000.0)
        } else {
            write!(f, "{:.0} km", self.0 / 1000.0)
        }
    }
}

/// A point on the Earth and how far the true place may lie from it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Place {
    // Invariant: -90 <= lat <= 90 and -180 <= lon <= 180, both finite.
    lat: f64,
    lon: f64,
    radius: Metres,
}

/// Mean radius of the Earth in metres (IUGG R1).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

impl Place {
    /// Latitude and longitude in degrees (WGS 84); `None` if either is off the globe.
    ///
    /// ```
    /// use sheaf_model::{Metres, Place};
    /// let radius = Metres::new(25_000.0).unwrap();
    /// assert!(Place::new(43.8, 87.6, radius).is_some());
    /// assert!(Place::new(187.6, 43.8, radius).is_none());
    /// ```
    pub fn new(lat: f64, lon: f64, radius: Metres) -> Option<Place> {
        let on_globe = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        on_globe.then_some(Place { lat, lon, radius })
    }

    /// Degrees north, −90 to 90.
    pub fn lat(self) -> f64 {
        self.lat
    }

    /// Degrees east, −180 to 180.
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// How far the true place may lie from the point.
    pub fn radius(self) -> Metres {
        self.radius
    }

    /// Great-circle distance between the two points on a sphere of 6,371,008.8 m (haversine).
    pub fn distance_to(self, other: Place) -> Metres {
        let (lat_a, lat_b) = (self.lat.to_radians(), other.lat.to_radians());
        let half_dlat = (lat_b - lat_a) / 2.0;
        let half_dlon = (other.lon - self.lon).to_radians() / 2.0;
        let h = half_dlat.sin().powi(2) + lat_a.cos() * lat_b.cos() * half_dlon.sin().powi(2);
        Metres((2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin()) as f32)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.4}, {:.4} ± {}", self.lat, self.lon, self.radius)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64) -> Place {
        Place::new(lat, lon, Metres::new(0.0).unwrap()).unwrap()
    }

    #[test]
    fn distances_agree_with_known_ones() {
        // One degree along a meridian is a 360th of the circumference.
        let degree = at(0.0, 10.0).distance_to(at(1.0, 10.0)).get();
        assert!((degree - 111_195.08).abs() < 1.0, "{degree}");
        // Across the antimeridian, two tenths of a degree apart on the equator.
        let across = at(0.0, 179.9).distance_to(at(0.0, -179.9)).get();
        assert!((across - 22_239.0).abs() < 1.0, "{across}");
        // Antipodes: half the circumference, and no NaN.
        let half = at(0.0, 0.0).distance_to(at(0.0, 180.0)).get();
        assert!((half - 20_015_114.0).abs() < 10.0, "{half}");
    }

    #[test]
    fn what_is_off_the_globe_is_no_place() {
        let radius = Metres::new(0.0).unwrap();
        for (lat, lon) in [(90.1, 0.0), (0.0, 180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(Place::new(lat, lon, radius), None);
        }
        assert_eq!(Metres::new(-1.0), None);
        assert_eq!(Metres::new(f32::NAN), None);
    }
}
