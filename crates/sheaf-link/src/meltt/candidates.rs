//! Which records come into question for each other, in the order in which MELTT finds them, and
//! how well their categories agree.

use super::coded::Row;
use super::{Agreement, CandidateOrder, Options, Point, Taxonomy};

/// MELTT's arguments, with what they leave open filled in.
pub(super) struct Rules<'a> {
    pub(super) days: f64,
    pub(super) km: f64,
    depths: Vec<usize>,
    weights: Vec<f64>,
    partial: usize,
    agreement: &'a Agreement,
    pub(super) averaging: bool,
    pub(super) order: CandidateOrder,
}

impl<'a> Rules<'a> {
    pub(super) fn new(taxonomies: &[Taxonomy], options: &'a Options) -> Rules<'a> {
        Rules {
            days: options.days,
            km: options.km,
            depths: taxonomies.iter().map(Taxonomy::depth).collect(),
            weights: options.weights.clone().unwrap_or_else(|| vec![1.0; taxonomies.len()]),
            partial: options.partial,
            agreement: &options.agreement,
            averaging: options.averaging,
            order: options.candidate_order,
        }
    }

    /// For each taxonomy the level at which the two agree, counted from 0 as the finest.
    pub(super) fn agreed<'b>(
        &'b self,
        left: &'b [u32],
        right: &'b [u32],
    ) -> impl Iterator<Item = Option<usize>> + 'b {
        let mut from = 0;
        self.depths.iter().enumerate().map(move |(nth, &depth)| {
            let same = |level: usize| left[from + level] == right[from + level];
            let agreed = match self.agreement {
                Agreement::FinestLevel => (0..depth).find(|&level| same(level)),
                Agreement::AtLevels(levels) => Some(levels[nth] - 1).filter(|&level| same(level)),
            };
            from += depth;
            agreed
        })
    }

    /// The mean over the taxonomies of weight × level ÷ (depth − 1), or `None` if too few agree.
    /// The operations stand in MELTT's order, so that the last bit is the same.
    pub(super) fn score(&self, left: &Row, right: &Row) -> Option<f64> {
        let mut sum = 0.0;
        let mut agreeing = 0;
        for (nth, level) in self.agreed(&left.codes, &right.codes).enumerate() {
            if let Some(level) = level {
                let broadest = self.depths[nth].saturating_sub(1).max(1);
                sum += self.weights[nth] * level as f64 / broadest as f64;
                agreeing += 1;
            }
        }
        let taxonomies = self.depths.len();
        if agreeing == taxonomies {
            Some(sum / taxonomies as f64)
        } else if self.partial > 0 && agreeing + self.partial == taxonomies {
            Some((sum + self.partial as f64) / taxonomies as f64)
        } else {
            None
        }
    }

    fn near(&self, left: &Place, right: &Place) -> bool {
        // The great circle is never shorter than the difference of latitudes. The metre of margin
        // keeps rounding from deciding here what the exact formula decides below.
        let along_meridian = (left.point.lat - right.point.lat).abs() * KM_PER_DEGREE;
        along_meridian <= self.km + 0.001 && left.km_to(right) <= self.km
    }
}

/// What is compared, which decides how the window in time is held.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    /// Events with events, or episodes with episodes: both ends lie within the window.
    Alike,
    /// Episodes on the left, events on the right: the event lies in the episode or within the
    /// window around it.
    EpisodeWithEvent,
}

/// A record of the left side with its candidates on the right, by position in the two slices.
pub(super) struct Found {
    pub(super) left: usize,
    // In the order found; never empty.
    pub(super) candidates: Vec<Scored>,
}

/// A candidate by its position on the right side, and its score.
#[derive(Clone, Copy)]
pub(super) struct Scored {
    pub(super) right: usize,
    pub(super) score: f64,
}

/// For each record on the left, in order of date, the candidates on the right: first those that
/// began before it, the latest first; then the others, the earliest first.
pub(super) fn candidates(left: &[Row], right: &[Row], how: Compare, rules: &Rules) -> Vec<Found> {
    let left_by_date = by_date(left);
    let right_by_date = by_date(right);
    let places: Vec<Place> = right_by_date.iter().map(|&at| Place::of(&right[at])).collect();
    let mut found = Vec::new();
    let mut n_before = 0;
    for at in left_by_date {
        let row = &left[at];
        let place = Place::of(row);
        // On a day that both sides have, the left side comes first in MELTT's common order.
        while n_before < right.len() && right[right_by_date[n_before]].first < row.first {
            n_before += 1;
        }
        let mut candidates = Vec::new();
        // Whether to look further: asked after looking and not before, as in MELTT. So an event
        // one step beyond the window may still fall into a long episode.
        let mut look = |nth: usize| {
            let other = &right[right_by_date[nth]];
            if in_time(row, other, how, nth < n_before, rules.days)
                && rules.near(&place, &places[nth])
                && let Some(score) = rules.score(row, other)
            {
                candidates.push(Scored { right: right_by_date[nth], score });
            }
            (row.first - other.first).abs() <= rules.days
        };
        for nth in (0..n_before).rev() {
            if !look(nth) {
                break;
            }
        }
        for nth in n_before..right.len() {
            if !look(nth) {
                break;
            }
        }
        if !candidates.is_empty() {
            found.push(Found { left: at, candidates });
        }
    }
    found
}

fn in_time(left: &Row, right: &Row, how: Compare, right_before: bool, days: f64) -> bool {
    match how {
        Compare::Alike => {
            (left.first - right.first).abs() <= days && (left.last - right.last).abs() <= days
        }
        Compare::EpisodeWithEvent if right_before => left.first - right.first <= days,
        Compare::EpisodeWithEvent => right.last - left.last <= days,
    }
}

/// Positions in order of first day; of one day, as they stand.
fn by_date(rows: &[Row]) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..rows.len()).collect();
    positions.sort_by(|&a, &b| rows[a].first.total_cmp(&rows[b].first));
    positions
}

/// MELTT's kilometres in a degree of a great circle.
const KM_PER_DEGREE: f64 = 111.111;

/// The great circle between two points in MELTT's kilometres.
pub(super) fn km_between(left: Point, right: Point) -> f64 {
    Place::at(left).km_to(&Place::at(right))
}

/// A point with its sines and cosines, which every comparison needs.
struct Place {
    point: Point,
    sin_lat: f64,
    cos_lat: f64,
}

impl Place {
    fn of(row: &Row) -> Place {
        Place::at(row.point)
    }

    fn at(point: Point) -> Place {
        let (sin_lat, cos_lat) = point.lat.to_radians().sin_cos();
        Place { point, sin_lat, cos_lat }
    }

    /// Great circle by the arctangent formula, in MELTT's order of operations.
    fn km_to(&self, other: &Place) -> f64 {
        let (sin_lon, cos_lon) =
            (self.point.lon.to_radians() - other.point.lon.to_radians()).sin_cos();
        let across = other.cos_lat * sin_lon;
        let along = self.cos_lat * other.sin_lat - self.sin_lat * other.cos_lat * cos_lon;
        let opposite = (across.powi(2) + along.powi(2)).sqrt();
        let adjacent = self.sin_lat * other.sin_lat + self.cos_lat * other.cos_lat * cos_lon;
        opposite.atan2(adjacent).to_degrees() * KM_PER_DEGREE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_is_111_111_km_along_any_great_circle() {
        let at = |lat: f64, lon| Place::at(Point { lat, lon });
        for (from, to, km) in [
            (at(0.0, 10.0), at(1.0, 10.0), 111.111),
            (at(0.0, 179.5), at(0.0, -179.5), 111.111),
            (at(40.0, 20.0), at(40.0, 20.0), 0.0),
            (at(0.0, 0.0), at(0.0, 180.0), 180.0 * 111.111),
            (at(90.0, 0.0), at(89.0, 77.0), 111.111),
        ] {
            assert!((from.km_to(&to) - km).abs() < 1e-9, "{}", from.km_to(&to));
        }
    }
}
