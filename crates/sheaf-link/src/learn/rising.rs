//! Pooling adjacent violators: the rising sequence nearest to given numbers, in weighted least
//! squares (Barlow, Bartholomew, Bremner and Brunk 1972).

/// The rising sequence nearest to `values`, where each counts `weights`.
pub(super) fn rising(values: &[f64], weights: &[f64]) -> Vec<f64> {
    let mut blocks: Vec<(f64, f64, usize)> = Vec::with_capacity(values.len());
    for (&value, &weight) in values.iter().zip(weights) {
        blocks.push((value, weight.max(1e-9), 1));
        while let [.., (low, below, n), (high, above, m)] = blocks[..]
            && low > high
        {
            blocks.truncate(blocks.len() - 2);
            let both = below + above;
            blocks.push(((low * below + high * above) / both, both, n + m));
        }
    }
    blocks.into_iter().flat_map(|(value, _, n)| std::iter::repeat_n(value, n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violators_are_pooled_by_hand() {
        assert_eq!(rising(&[1.0, 3.0, 2.0], &[1.0; 3]), [1.0, 2.5, 2.5]);
        assert_eq!(rising(&[3.0, 0.0], &[1.0, 2.0]), [1.0, 1.0]);
        assert_eq!(rising(&[1.0, 2.0], &[1.0; 2]), [1.0, 2.0]);
        assert_eq!(rising(&[], &[]), [0.0; 0]);
    }
}
