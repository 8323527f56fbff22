//! Places that are counted at, each with a name and a point, on the globe or on a plane, and the
//! distances between them.

use crate::NoAnswer;

/// The radius of the globe that the scan measures by, in kilometres. SaTScan's radii come out
/// exactly with it, so that its users can compare; the mean radius (6371.0) would make every
/// distance longer by 0.06 %.
pub const EARTH_RADIUS_KM: f64 = 6367.0;

/// What the coordinates are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measured {
    /// Latitude and longitude in degrees; distances are great circles in kilometres.
    Globe,
    /// x and y; distances are straight lines in the same unit.
    Plane,
}

/// Places, each once.
#[derive(Clone, PartialEq, Debug)]
pub struct Sites {
    names: Vec<String>,
    // Invariant: finite, and on the globe if measured on it; as many as names.
    at: Vec<[f64; 2]>,
    measured: Measured,
}

impl Sites {
    /// Places with their coordinates: latitude and longitude, or x and y.
    ///
    /// # Errors
    /// [`NoAnswer::NoCoordinates`] names the first place whose coordinates are not numbers or lie
    /// off the globe.
    pub fn new(places: Vec<(String, [f64; 2])>, measured: Measured) -> Result<Sites, NoAnswer> {
        for (name, [a, b]) in &places {
            let why = match measured {
                _ if !a.is_finite() || !b.is_finite() => "they are missing or no numbers",
                Measured::Globe if a.abs() > 90.0 || b.abs() > 180.0 => {
                    "latitude lies within 90 degrees and longitude within 180"
                }
                _ => continue,
            };
            return Err(NoAnswer::NoCoordinates { place: name.clone(), why: why.into() });
        }
        let (names, at) = places.into_iter().unzip();
        Ok(Sites { names, at, measured })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The name of a place.
    pub fn name(&self, site: u32) -> &str {
        &self.names[site as usize]
    }

    /// The coordinates of a place.
    pub fn at(&self, site: u32) -> [f64; 2] {
        self.at[site as usize]
    }

    /// What the coordinates are.
    pub fn measured(&self) -> Measured {
        self.measured
    }

    /// The distance between two places: kilometres (great circle, haversine), or the plane's unit.
    pub fn distance(&self, a: u32, b: u32) -> f64 {
        let ([a0, a1], [b0, b1]) = (self.at[a as usize], self.at[b as usize]);
        match self.measured {
            Measured::Plane => ((a0 - b0).powi(2) + (a1 - b1).powi(2)).sqrt(),
            Measured::Globe => {
                let (lat_a, lat_b) = (a0.to_radians(), b0.to_radians());
                let half_lat = ((lat_b - lat_a) / 2.0).sin();
                let half_lon = ((b1 - a1).to_radians() / 2.0).sin();
                let h = half_lat * half_lat + lat_a.cos() * lat_b.cos() * half_lon * half_lon;
                2.0 * EARTH_RADIUS_KM * h.sqrt().min(1.0).asin()
            }
        }
    }

    /// Places in the order of their names, which settles ties: it does not depend on the order in
    /// which they were given.
    pub(crate) fn by_name(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.sort_by(|&a, &b| self.name(a).cmp(self.name(b)));
        order
    }
}

/// Pairs of places that are kept in memory at most, about 2 GB.
pub(crate) const MOST_PAIRS: usize = 400_000_000;

/// Places in order of their first coordinate, so that only a band of them is measured.
pub(crate) struct Bands {
    sorted: Vec<u32>,
    half_width: f64,
}

impl Bands {
    pub(crate) fn new(sites: &Sites, radius: Option<f64>) -> Bands {
        let mut sorted: Vec<u32> = (0..sites.len() as u32).collect();
        sorted.sort_by(|&a, &b| sites.at(a)[0].total_cmp(&sites.at(b)[0]));
        let half_width = match (radius, sites.measured()) {
            (None, _) => f64::INFINITY,
            (Some(radius), Measured::Plane) => radius,
            // A degree of latitude is as long everywhere on a sphere.
            (Some(radius), Measured::Globe) => {
                (radius / EARTH_RADIUS_KM).to_degrees() * (1.0 + 1e-9)
            }
        };
        Bands { sorted, half_width }
    }

    /// Places of which some may lie within the radius of one; the others do not.
    pub(crate) fn candidates(&self, sites: &Sites, centre: u32) -> impl Iterator<Item = u32> {
        let at = sites.at(centre)[0];
        let first = |&site: &u32| sites.at(site)[0];
        let from = self.sorted.partition_point(|site| first(site) < at - self.half_width);
        let to = self.sorted.partition_point(|site| first(site) <= at + self.half_width);
        self.sorted[from..to].iter().copied()
    }
}
