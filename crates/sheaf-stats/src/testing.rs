//! What several tests need: whether p-values are even.

/// The greatest distance between the share of p-values up to x and x itself, times √n
/// (Kolmogorov and Smirnov). Under evenness it exceeds 1.95 once in a thousand times.
pub fn unevenness(mut p: Vec<f64>) -> f64 {
    p.sort_by(f64::total_cmp);
    let n = p.len() as f64;
    let gap = |(idx, &p): (usize, &f64)| {
        let (below, above) = (idx as f64 / n, (idx + 1) as f64 / n);
        (p - below).abs().max((above - p).abs())
    };
    p.iter().enumerate().map(gap).fold(0.0, f64::max) * n.sqrt()
}
