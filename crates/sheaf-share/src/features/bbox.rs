//! A rectangle of the globe, as `bbox` gives it (OGC 17-069r4, section 7.15.3).

use std::fmt;

use sheaf_model::Place;

/// Between two meridians and two parallels, borders included. Where west is greater than east, it
/// lies across the antimeridian.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bbox {
    // Invariant: all finite; -180 <= west, east <= 180; -90 <= south <= north <= 90.
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

impl Bbox {
    /// Reads four numbers (west, south, east, north) or six (with a height after each corner).
    ///
    /// Heights are looked at and not used: incidents lie on the ground. A map that shows more than
    /// the whole globe asks beyond its edges; meridians are turned round and parallels cut.
    ///
    /// ```
    /// use sheaf_share::features::Bbox;
    /// let fiji = Bbox::parse("177,-20,-178,-16").unwrap();
    /// assert_eq!(Bbox::parse("177,-20,182,-16"), Ok(fiji));
    /// assert_eq!(Bbox::parse("177,-20,0,-178,-16,100"), Ok(fiji));
    /// assert!(Bbox::parse("177,-16,-178,-20").unwrap_err().contains("south"));
    /// ```
    ///
    /// # Errors
    /// Why the text is no rectangle.
    pub fn parse(text: &str) -> Result<Bbox, &'static str> {
        let numbers: Option<Vec<f64>> =
            text.split(',').map(|number| number.trim().parse().ok().filter(finite)).collect();
        let [west, south, east, north] = match numbers.as_deref() {
            None => return Err("holds something that is no number"),
            Some(&[west, south, east, north]) => [west, south, east, north],
            Some(&[west, south, low, east, north, high]) if low <= high => {
                [west, south, east, north]
            }
            Some([_, _, _, _, _, _]) => return Err("ends lower than it begins, in height"),
            Some(_) => {
                return Err("has neither four numbers nor six; hint: west,south,east,north");
            }
        };
        if south > north {
            return Err("lies with its south north of its north; hint: west,south,east,north");
        }
        if south > 90.0 || north < -90.0 {
            return Err("lies beyond the poles; hint: longitude comes first, then latitude");
        }
        if [west, east].iter().any(|lon| lon.abs() > 360.0) {
            return Err("has a longitude beyond 360 degrees; hint: -180 to 180");
        }
        let is_all_round = east - west >= 360.0;
        let (west, east) =
            if is_all_round { (-180.0, 180.0) } else { (turned(west), turned(east)) };
        Ok(Bbox { west, south: south.max(-90.0), east, north: north.min(90.0) })
    }

    /// Whether a point lies in it. The radius of the place is not asked for: what is found is what
    /// is drawn.
    pub fn holds(&self, place: Place) -> bool {
        let (lat, lon) = (place.lat(), place.lon());
        let between = if self.west <= self.east {
            self.west <= lon && lon <= self.east
        } else {
            self.west <= lon || lon <= self.east
        };
        // One meridian has two names.
        let on_the_seam = lon.abs() == 180.0 && (self.west == -180.0 || self.east == 180.0);
        (between || on_the_seam) && self.south <= lat && lat <= self.north
    }
}

impl fmt::Display for Bbox {
    /// As [`Bbox::parse`] reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{},{}", self.west, self.south, self.east, self.north)
    }
}

fn finite(number: &f64) -> bool {
    number.is_finite()
}

/// A longitude between -180 and 180, both included.
fn turned(lon: f64) -> f64 {
    if lon > 180.0 {
        lon - 360.0
    } else if lon < -180.0 {
        lon + 360.0
    } else {
        lon
    }
}

#[cfg(test)]
mod tests {
    use sheaf_model::Metres;

    use super::*;

    #[test]
    fn a_point_lies_in_a_box_or_not() {
        let check = |text: &str, lat: f64, lon: f64, expected: bool| {
            let place = Place::new(lat, lon, Metres::new(50_000.0).unwrap()).unwrap();
            assert_eq!(Bbox::parse(text).unwrap().holds(place), expected, "{text} {lat} {lon}");
        };
        check("10,40,20,50", 45.0, 15.0, true);
        check("10,40,20,50", 40.0, 10.0, true);
        check("10,40,20,50", 45.0, 20.001, false);
        check("10,40,20,50", 15.0, 45.0, false);
        // Across the antimeridian.
        check("170,-30,-170,-10", -20.0, 175.0, true);
        check("170,-30,-170,-10", -20.0, -175.0, true);
        check("170,-30,-170,-10", -20.0, 180.0, true);
        check("170,-30,-170,-10", -20.0, 0.0, false);
        check("170,-30,190,-10", -20.0, -175.0, true);
        check("-190,-30,-170,-10", -20.0, 175.0, true);
        check("-190,-30,-170,-10", -20.0, -165.0, false);
        // One meridian, two names.
        check("170,-30,180,-10", -20.0, -180.0, true);
        check("-180,-30,-170,-10", -20.0, 180.0, true);
        // More than the globe.
        check("-200,-120,200,120", -20.0, 3.0, true);
        check("-180,-90,180,90", 90.0, -180.0, true);
        check("10,40,10,40", 40.0, 10.0, true);
    }

    #[test]
    fn what_is_no_box_says_why() {
        for (text, why) in [
            ("", "holds something that is no number"),
            ("1,2,3,x", "holds something that is no number"),
            ("1,2,3,NaN", "holds something that is no number"),
            ("1,2,3,inf", "holds something that is no number"),
            ("1,2,3", "has neither four numbers nor six; hint: west,south,east,north"),
            ("1,2,3,4,5", "has neither four numbers nor six; hint: west,south,east,north"),
            ("1,4,3,2", "lies with its south north of its north; hint: west,south,east,north"),
            ("1,2,9,3,4,5", "ends lower than it begins, in height"),
            ("1,95,3,99", "lies beyond the poles; hint: longitude comes first, then latitude"),
            ("1,2,361,3", "has a longitude beyond 360 degrees; hint: -180 to 180"),
        ] {
            assert_eq!(Bbox::parse(text), Err(why), "{text}");
        }
    }
}
