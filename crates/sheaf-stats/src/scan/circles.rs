//! The circles that are looked at: around each place, the places in order of distance. A circle is
//! a prefix of that list. Places at the same distance (or at the same point) enter together, so that
//! the order of the input settles nothing.

use rayon::prelude::*;

use super::options::Reach;
use crate::sites::{Bands, MOST_PAIRS};
use crate::{NoAnswer, Sites};

/// Around each place its neighbours, itself first, in order of distance.
pub(super) struct Circles {
    start: Vec<usize>,
    // The last neighbour of a ring has its highest bit set.
    neighbours: Vec<u32>,
}

const LAST_OF_RING: u32 = 1 << 31;

impl Circles {
    /// The circles within reach. `weight` is what the share of a circle is counted in: cases,
    /// people, or people expected to be ill.
    pub(super) fn new(sites: &Sites, reach: Reach, weight: &[f64]) -> Result<Circles, NoAnswer> {
        let largest = reach.share * weight.iter().sum::<f64>();
        let by_lat = Bands::new(sites, reach.radius);
        let around = |centre: u32| {
            let mut near: Vec<(f64, u32)> = by_lat
                .candidates(sites, centre)
                .map(|site| (sites.distance(centre, site), site))
                .filter(|&(distance, _)| reach.radius.is_none_or(|radius| distance <= radius))
                .collect();
            near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let mut list = Vec::with_capacity(near.len());
            let mut inside = 0.0;
            for ring in near.chunk_by(|a, b| a.0 == b.0) {
                inside += ring.iter().map(|&(_, site)| weight[site as usize]).sum::<f64>();
                // A little slack, so that rounding does not shut out a circle of exactly the share.
                if inside > largest * (1.0 + 1e-12) {
                    break;
                }
                list.extend(ring.iter().map(|&(_, site)| site));
                if let Some(last) = list.last_mut() {
                    *last |= LAST_OF_RING;
                }
            }
            list
        };
        let mut circles = Circles { start: vec![0], neighbours: Vec::new() };
        // In chunks, so that too many are noticed before memory is full.
        for centres in (0..sites.len() as u32).collect::<Vec<_>>().chunks(4096) {
            let lists: Vec<Vec<u32>> = centres.par_iter().map(|&centre| around(centre)).collect();
            for list in lists {
                circles.neighbours.extend(list);
                circles.start.push(circles.neighbours.len());
            }
            let pairs = circles.neighbours.len();
            if pairs > MOST_PAIRS {
                return Err(NoAnswer::TooManyNeighbours { pairs, most: MOST_PAIRS });
            }
        }
        Ok(circles)
    }

    /// The neighbours of a place, each with whether it is the last at its distance.
    pub(super) fn around(&self, centre: u32) -> impl Iterator<Item = (u32, bool)> {
        let range = self.start[centre as usize]..self.start[centre as usize + 1];
        self.neighbours[range].iter().map(|&site| (site & !LAST_OF_RING, site & LAST_OF_RING != 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Measured;

    #[test]
    fn places_at_one_distance_enter_together_and_a_share_shuts_out_whole_rings() {
        let at = [[0.0, 0.0], [0.0, 3.0], [3.0, 0.0], [0.0, -5.0], [9.0, 9.0]];
        let places = at.iter().enumerate().map(|(k, &at)| (k.to_string(), at)).collect();
        let sites = Sites::new(places, Measured::Plane).unwrap();
        let around = |reach: Reach| {
            let circles = Circles::new(&sites, reach, &[1.0; 5]).unwrap();
            circles.around(0).collect::<Vec<_>>()
        };
        let by_radius = around(Reach { radius: Some(5.0), share: 1.0 });
        assert_eq!(by_radius, [(0, true), (1, false), (2, true), (3, true)]);
        // Two of five would be allowed, but the two at distance 3 come together.
        assert_eq!(around(Reach { radius: None, share: 0.4 }), [(0, true)]);
        assert_eq!(around(Reach { radius: None, share: 0.6 }).len(), 3);
    }
}
