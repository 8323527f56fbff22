//! The Hawkes process in continuous time with a constant background, for events whose times are known
//! more finely than to the day.

use crate::NoAnswer;

/// λ(t) = μ + α Σ exp(−β (t − t_i)).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TimesFit {
    /// Events in a unit of time that follow from nothing.
    pub mu: f64,
    /// How much an event adds to the rate at once.
    pub alpha: f64,
    /// How fast that fades, for each unit of time.
    pub beta: f64,
    /// The logarithm of the likelihood.
    pub log_likelihood: f64,
}

impl TimesFit {
    /// How many events follow directly from one: α/β.
    pub fn branching(&self) -> f64 {
        self.alpha / self.beta
    }
}

/// Fits times in ascending order, from 0 to the last of them, by the greatest likelihood.
///
/// # Errors
/// [`NoAnswer`]: fewer than 10 times, times that are not strictly ascending from 0 on, or a likelihood
/// without a top.
pub fn fit_times(times: &[f64]) -> Result<TimesFit, NoAnswer> {
    if times.len() < 10 {
        return Err(NoAnswer::TooFewCases { have: times.len(), need: 10 });
    }
    if !(times[0] >= 0.0 && times.is_sorted_by(|a, b| a < b) && times[times.len() - 1].is_finite())
    {
        return Err(NoAnswer::BadOption {
            option: "the list of times",
            value: "not in order".into(),
            must: "strictly ascending from 0 on, each once",
        });
    }
    let rate = times.len() as f64 / times[times.len() - 1];
    let start = [(rate / 2.0).ln(), (rate / 2.0).ln(), rate.ln()];
    let top = climb(start, |it| log_likelihood(times, it));
    let [mu, alpha, beta] = top.map(f64::exp);
    if top.iter().any(|it| !it.is_finite() || it.abs() > 60.0) {
        let why = "the likelihood rises without end".into();
        return Err(NoAnswer::NoFit { why });
    }
    Ok(TimesFit { mu, alpha, beta, log_likelihood: log_likelihood(times, top) })
}

/// Σ ln λ(t_i) − ∫ λ, by Ozaki's recursion, of the logarithms of μ, α and β.
fn log_likelihood(times: &[f64], logs: [f64; 3]) -> f64 {
    let [mu, alpha, beta] = logs.map(f64::exp);
    let end = times[times.len() - 1];
    let (mut sum, mut echo, mut before) = (-mu * end, 0.0, times[0]);
    for &time in times {
        // Before the first event there is no echo.
        echo *= (-beta * (time - before)).exp();
        sum += (mu + alpha * echo).ln();
        sum += alpha / beta * (-beta * (end - time)).exp_m1();
        echo += 1.0;
        before = time;
    }
    sum
}

/// Climbs to the top by Nelder and Mead's simplex, started again where it stopped until that gains
/// nothing.
fn climb(start: [f64; 3], height: impl Fn([f64; 3]) -> f64) -> [f64; 3] {
    let mut best = start;
    for _ in 0..10 {
        let reached = simplex(best, &height);
        let gained = height(reached) - height(best);
        best = reached;
        if gained < 1e-10 {
            break;
        }
    }
    best
}

fn simplex(start: [f64; 3], height: &impl Fn([f64; 3]) -> f64) -> [f64; 3] {
    let value = |at: [f64; 3]| {
        let height = height(at);
        (at, if height.is_nan() { f64::NEG_INFINITY } else { height })
    };
    let mut corners = vec![value(start)];
    for axis in 0..3 {
        let mut at = start;
        at[axis] += 0.3;
        corners.push(value(at));
    }
    for _ in 0..2000 {
        corners.sort_by(|a, b| b.1.total_cmp(&a.1));
        let spread = (0..3).map(|k| (corners[0].0[k] - corners[3].0[k]).abs()).fold(0.0, f64::max);
        if spread < 1e-9 {
            break;
        }
        let middle: [f64; 3] =
            std::array::from_fn(|k| corners[..3].iter().map(|it| it.0[k]).sum::<f64>() / 3.0);
        let worst = corners[3].0;
        let along =
            |by: f64| value(std::array::from_fn(|k| middle[k] + by * (middle[k] - worst[k])));
        let mirrored = along(1.0);
        let better = if mirrored.1 > corners[0].1 {
            let farther = along(2.0);
            if farther.1 > mirrored.1 { farther } else { mirrored }
        } else if mirrored.1 > corners[2].1 {
            mirrored
        } else {
            along(if mirrored.1 > corners[3].1 { 0.5 } else { -0.5 })
        };
        if better.1 > corners[3].1 {
            corners[3] = better;
            continue;
        }
        let best = corners[0].0;
        for corner in &mut corners[1..] {
            *corner = value(std::array::from_fn(|k| (best[k] + corner.0[k]) / 2.0));
        }
    }
    corners.sort_by(|a, b| b.1.total_cmp(&a.1));
    corners[0].0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likelihood_of_three_times_by_hand() {
        // λ = 1, 1 + e^−1, 1 + e^−2 + e^−1; ∫ λ = 2 + (1 − e^−2) + (1 − e^−1) + 0.
        let (one, two) = ((-1f64).exp(), (-2f64).exp());
        let by_hand = (1.0 + one).ln() + (1.0 + two + one).ln() - 2.0 - (1.0 - two) - (1.0 - one);
        let ours = log_likelihood(&[0.0, 1.0, 2.0], [0.0; 3]);
        assert!((ours - by_hand).abs() < 1e-12, "{ours} {by_hand}");
    }

    #[test]
    fn times_out_of_order_are_refused() {
        let mut times: Vec<f64> = (0..20).map(f64::from).collect();
        times[7] = times[6];
        let error = fit_times(&times).unwrap_err().to_string();
        let expected = "the list of times is not in order; \
                        it must be strictly ascending from 0 on, each once";
        assert_eq!(error, expected);
    }
}
