//! Penalised logistic regression on levels: each pair has a handful of levels, one weight each, and
//! a sum. Weights are held to prior ones by a ridge, so that what the labels say little about stays
//! where it was, and what correlated comparisons would say twice is said once (with separate m and
//! u probabilities it is counted twice).
//!
//! Minimises Σ [log(1 + e^η) − y·η] + ½ Σ λ (β − β₀)² by Newton's method with halved steps, where η
//! is the offset plus the intercept plus the weights of a pair's levels (le Cessie and van
//! Houwelingen 1992, *Applied Statistics* 41(1)). Natural logarithms throughout.

/// A pair as the regression sees it: which weights apply.
pub(super) struct Rows<'a> {
    /// Where the columns of each row start, and one more.
    pub(super) starts: &'a [u32],
    pub(super) columns: &'a [u16],
    /// One number a row that has a weight of its own, the last before the intercept; empty for none.
    pub(super) slope: &'a [f64],
    /// Added to every row; empty for none.
    pub(super) offset: &'a [f64],
    pub(super) truth: &'a [bool],
}

/// What holds the weights.
pub(super) struct Ridge<'a> {
    /// β₀, one for each column.
    pub(super) centre: &'a [f64],
    /// λ for the weights of levels.
    pub(super) strength: f64,
    /// The centre and λ of the slope.
    pub(super) slope: (f64, f64),
    /// λ of the intercept, towards 0.
    pub(super) intercept: f64,
}

/// The weights found.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    pub(super) weights: Vec<f64>,
    pub(super) slope: f64,
    pub(super) intercept: f64,
}

const MOST_STEPS: usize = 40;
const ENOUGH: f64 = 1e-4;

pub(super) fn fit(rows: &Rows<'_>, ridge: &Ridge<'_>) -> Fit {
    let n_levels = ridge.centre.len();
    let has_slope = usize::from(!rows.slope.is_empty());
    let p = n_levels + has_slope + 1;
    let mut centre = ridge.centre.to_vec();
    let mut strength = vec![ridge.strength; n_levels];
    if has_slope == 1 {
        centre.push(ridge.slope.0);
        strength.push(ridge.slope.1);
    }
    centre.push(0.0);
    strength.push(ridge.intercept);
    let mut beta = centre.clone();
    if rows.offset.is_empty() && !rows.truth.is_empty() {
        let share = rows.truth.iter().filter(|it| **it).count() as f64 / rows.truth.len() as f64;
        let share = share.clamp(1e-6, 1.0 - 1e-6);
        beta[p - 1] = (share / (1.0 - share)).ln();
    }
    let mut eta = predict(rows, &beta);
    let mut loss = objective(rows, &eta, &beta, &centre, &strength);
    for _ in 0..MOST_STEPS {
        let (gradient, hessian) = derivatives(rows, &eta, &beta, &centre, &strength);
        let Some(step) = solve(hessian, gradient) else { break };
        let mut share = 1.0;
        let (next, next_eta, next_loss) = loop {
            let next: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b + share * s).collect();
            let next_eta = predict(rows, &next);
            let next_loss = objective(rows, &next_eta, &next, &centre, &strength);
            if next_loss <= loss || share < 1e-4 {
                break (next, next_eta, next_loss);
            }
            share /= 2.0;
        };
        let gained = loss - next_loss;
        (beta, eta, loss) = (next, next_eta, next_loss);
        if gained < ENOUGH {
            break;
        }
    }
    let intercept = beta[p - 1];
    let slope = if has_slope == 1 { beta[n_levels] } else { 0.0 };
    beta.truncate(n_levels);
    Fit { weights: beta, slope, intercept }
}

fn columns<'a>(rows: &Rows<'a>, row: usize) -> &'a [u16] {
    &rows.columns[rows.starts[row] as usize..rows.starts[row + 1] as usize]
}

fn predict(rows: &Rows<'_>, beta: &[f64]) -> Vec<f64> {
    let intercept = beta[beta.len() - 1];
    (0..rows.truth.len())
        .map(|row| {
            let mut sum = intercept + rows.offset.get(row).copied().unwrap_or(0.0);
            if let Some(slope) = rows.slope.get(row) {
                sum += slope * beta[beta.len() - 2];
            }
            columns(rows, row).iter().fold(sum, |sum, &column| sum + beta[usize::from(column)])
        })
        .collect()
}

pub(super) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x.clamp(-40.0, 40.0)).exp())
}

/// log(1 + e^x), also for large x.
fn soft_plus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

fn objective(rows: &Rows<'_>, eta: &[f64], beta: &[f64], centre: &[f64], strength: &[f64]) -> f64 {
    let loss: f64 = (eta.iter().zip(rows.truth))
        .map(|(&eta, &truth)| soft_plus(eta) - if truth { eta } else { 0.0 })
        .sum();
    let ridge: f64 = (beta.iter().zip(centre).zip(strength))
        .map(|((beta, centre), strength)| strength * (beta - centre).powi(2))
        .sum();
    loss + ridge / 2.0
}

/// Minus the gradient, and the Hessian by rows.
fn derivatives(
    rows: &Rows<'_>,
    eta: &[f64],
    beta: &[f64],
    centre: &[f64],
    strength: &[f64],
) -> (Vec<f64>, Vec<Vec<f64>>) {
    let p = beta.len();
    let mut gradient = vec![0.0; p];
    let mut hessian = vec![vec![0.0; p]; p];
    let mut active: Vec<(usize, f64)> = Vec::new();
    for (row, (&eta, &truth)) in eta.iter().zip(rows.truth).enumerate() {
        let share = sigmoid(eta);
        let (error, curve) = (f64::from(u8::from(truth)) - share, share * (1.0 - share));
        active.clear();
        active.extend(columns(rows, row).iter().map(|&column| (usize::from(column), 1.0)));
        if let Some(&slope) = rows.slope.get(row) {
            active.push((p - 2, slope));
        }
        active.push((p - 1, 1.0));
        for &(i, x) in &active {
            gradient[i] += error * x;
            for &(j, y) in &active {
                hessian[i][j] += curve * x * y;
            }
        }
    }
    for i in 0..p {
        gradient[i] -= strength[i] * (beta[i] - centre[i]);
        hessian[i][i] += strength[i];
    }
    (gradient, hessian)
}

/// Solves by Cholesky's decomposition; `None` if the matrix is not positive definite.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let n = right.len();
    for j in 0..n {
        for k in 0..j {
            let factor = matrix[j][k];
            for row in matrix.iter_mut().skip(j) {
                row[j] -= row[k] * factor;
            }
        }
        let root = matrix[j][j].sqrt();
        if root.is_nan() || root <= 1e-12 {
            return None;
        }
        for row in matrix.iter_mut().skip(j) {
            row[j] /= root;
        }
    }
    for i in 0..n {
        for k in 0..i {
            right[i] -= matrix[i][k] * right[k];
        }
        right[i] /= matrix[i][i];
    }
    for i in (0..n).rev() {
        for k in i + 1..n {
            right[i] -= matrix[k][i] * right[k];
        }
        right[i] /= matrix[i][i];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One level, no ridge to speak of: the weight is the log of the odds ratio of the 2 × 2 table.
    #[test]
    fn a_two_by_two_table_by_hand() {
        // With the level: 30 true, 10 false; without: 20 true, 60 false.
        let (mut starts, mut columns, mut truth) = (vec![0], Vec::new(), Vec::new());
        for (n, has, is) in
            [(30, true, true), (10, true, false), (20, false, true), (60, false, false)]
        {
            for _ in 0..n {
                if has {
                    columns.push(0);
                }
                starts.push(columns.len() as u32);
                truth.push(is);
            }
        }
        let rows =
            Rows { starts: &starts, columns: &columns, slope: &[], offset: &[], truth: &truth };
        let ridge = Ridge { centre: &[0.0], strength: 1e-9, slope: (0.0, 0.0), intercept: 1e-9 };
        let found = fit(&rows, &ridge);
        assert!((found.intercept - (20.0f64 / 60.0).ln()).abs() < 1e-3, "{found:?}");
        assert!((found.weights[0] - (3.0f64 / (20.0 / 60.0)).ln()).abs() < 1e-3, "{found:?}");
        // A strong ridge leaves the weight where it was held.
        let ridge = Ridge { centre: &[1.5], strength: 1e9, slope: (0.0, 0.0), intercept: 1e-9 };
        assert!((fit(&rows, &ridge).weights[0] - 1.5).abs() < 1e-3);
    }

    #[test]
    fn a_system_of_equations_by_hand() {
        let matrix = vec![vec![4.0, 2.0], vec![2.0, 3.0]];
        let found = solve(matrix, vec![10.0, 8.0]).unwrap();
        assert!((found[0] - 1.75).abs() < 1e-12 && (found[1] - 1.5).abs() < 1e-12, "{found:?}");
        assert_eq!(solve(vec![vec![-1.0]], vec![1.0]), None);
    }
}
