//! What a sum of bits is worth. Weights learnt on one pool are a little too sure on the next, so
//! the sum is mapped to a probability by a rising curve that was learnt from pairs whose weights
//! did not know them. The curve is a handful of knots with straight lines between; it never changes
//! which of two pairs is likelier.

/// A rising map from sums of bits to log-odds in bits, by knots; without knots, the sum itself.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Calibration {
    // Invariant: finite; first members rise, second members do not fall.
    knots: Vec<(f64, f64)>,
}

impl Calibration {
    /// A calibration through these knots, in order; `None` if they do not rise.
    pub fn new(knots: Vec<(f64, f64)>) -> Option<Calibration> {
        let finite = knots.iter().all(|(at, worth)| at.is_finite() && worth.is_finite());
        let rising = knots.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 <= two[1].1);
        (finite && rising).then_some(Calibration { knots })
    }

    /// The knots.
    pub fn knots(&self) -> &[(f64, f64)] {
        &self.knots
    }

    /// The log-odds in bits that a sum is worth: straight lines between knots, and level beyond the
    /// outermost, since nothing was seen there.
    ///
    /// ```
    /// use sheaf_link::Calibration;
    /// let calibration = Calibration::new(vec![(-4.0, -3.0), (4.0, 2.0)]).unwrap();
    /// assert_eq!(calibration.log_odds_bits(0.0), -0.5);
    /// assert_eq!(calibration.log_odds_bits(9.0), 2.0);
    /// ```
    pub fn log_odds_bits(&self, sum: f64) -> f64 {
        let (Some(&first), Some(&last)) = (self.knots.first(), self.knots.last()) else {
            return sum;
        };
        if sum <= first.0 {
            return first.1;
        }
        if sum >= last.0 {
            return last.1;
        }
        let above = self.knots.partition_point(|&(at, _)| at <= sum);
        let ((x0, y0), (x1, y1)) = (self.knots[above - 1], self.knots[above]);
        y0 + (sum - x0) / (x1 - x0) * (y1 - y0)
    }

    /// The probability that a sum is worth.
    pub fn probability(&self, sum: f64) -> f64 {
        1.0 / (1.0 + (-self.log_odds_bits(sum)).exp2())
    }
}
