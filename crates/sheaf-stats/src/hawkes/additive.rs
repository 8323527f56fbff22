//! Poisson counts whose rate is a sum of known parts with unknown weights of 0 or more. The logarithm
//! of the likelihood is concave in the weights; Newton's method on those that are not held at 0
//! finds its top.

/// Counts, and for each the parts of its rate: which weight, and how much of it.
pub(super) struct Additive<'a> {
    pub counts: &'a [f64],
    pub rows: Vec<[(usize, f64); 3]>,
    pub n_weights: usize,
}

/// The weights at the top, and how high it is.
pub(super) struct Solved {
    pub weights: Vec<f64>,
    pub log_likelihood: f64,
}

impl Additive<'_> {
    fn log_likelihood(&self, weights: &[f64]) -> f64 {
        let term = |(row, &count): (&[(usize, f64); 3], &f64)| {
            let rate: f64 = row.iter().map(|&(part, amount)| weights[part] * amount).sum();
            if count > 0.0 { count * rate.max(1e-300).ln() - rate } else { -rate }
        };
        self.rows.iter().zip(self.counts).map(term).sum()
    }

    /// Slope and curvature (its negative) of the log likelihood.
    fn slopes(&self, weights: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let n = self.n_weights;
        let (mut slope, mut curve) = (vec![0.0; n], vec![0.0; n * n]);
        for (row, &count) in self.rows.iter().zip(self.counts) {
            let rate: f64 = row.iter().map(|&(part, amount)| weights[part] * amount).sum();
            let rate = rate.max(1e-300);
            for &(a, amount) in row {
                slope[a] += amount * (count / rate - 1.0);
                if count > 0.0 {
                    for &(b, other) in row {
                        curve[a * n + b] += amount * other * count / (rate * rate);
                    }
                }
            }
        }
        (slope, curve)
    }

    /// The weights with the highest likelihood.
    pub(super) fn solve(&self) -> Solved {
        let n = self.n_weights;
        let mean = self.counts.iter().sum::<f64>() / self.counts.len() as f64;
        let mut weights = vec![mean.max(1e-6) * 0.7; n];
        let mut height = self.log_likelihood(&weights);
        for _ in 0..200 {
            let (slope, curve) = self.slopes(&weights);
            let free: Vec<usize> = (0..n).filter(|&k| weights[k] > 0.0 || slope[k] > 0.0).collect();
            let step = newton_step(&free, &slope, &curve, n);
            let mut length = 1.0;
            let mut gained = 0.0;
            while length > 1e-10 {
                let mut tried = weights.clone();
                for (&k, by) in free.iter().zip(&step) {
                    tried[k] = (tried[k] + length * by).max(0.0);
                }
                let reached = self.log_likelihood(&tried);
                if reached > height {
                    gained = reached - height;
                    (weights, height) = (tried, reached);
                    break;
                }
                length /= 2.0;
            }
            if gained < 1e-11 * (1.0 + height.abs()) {
                break;
            }
        }
        Solved { weights, log_likelihood: height }
    }
}

/// Solves curve · step = slope on the free weights (Cholesky, with a little added to the diagonal).
fn newton_step(free: &[usize], slope: &[f64], curve: &[f64], n: usize) -> Vec<f64> {
    let m = free.len();
    let largest = free.iter().map(|&k| curve[k * n + k]).fold(1e-12, f64::max);
    let mut low = vec![0.0; m * m];
    for row in 0..m {
        for col in 0..=row {
            let mut sum = curve[free[row] * n + free[col]];
            sum -= (0..col).map(|k| low[row * m + k] * low[col * m + k]).sum::<f64>();
            low[row * m + col] = if row == col {
                (sum + largest * 1e-10).max(largest * 1e-12).sqrt()
            } else {
                sum / low[col * m + col]
            };
        }
    }
    let mut step = vec![0.0; m];
    for row in 0..m {
        let known: f64 = (0..row).map(|k| low[row * m + k] * step[k]).sum();
        step[row] = (slope[free[row]] - known) / low[row * m + row];
    }
    for row in (0..m).rev() {
        let known: f64 = (row + 1..m).map(|k| low[k * m + row] * step[k]).sum();
        step[row] = (step[row] - known) / low[row * m + row];
    }
    step
}
