//! Chance that is an argument: a small generator made from a seed and the number of a stream, so
//! that replication 17 draws the same whatever thread computes it and whatever was drawn before. It
//! is good for simulations and not for secrets.

/// A stream of pseudo-random numbers (SplitMix64).
///
/// ```
/// use sheaf_stats::Chance;
/// assert_eq!(Chance::new(1, 17).below(1000), Chance::new(1, 17).below(1000));
/// ```
///
/// Reference: Steele, Lea and Flood (2014), *Fast splittable pseudorandom number generators*.
#[derive(Clone, Debug)]
pub struct Chance {
    state: u64,
}

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Chance {
    /// The stream of this number under this seed.
    pub fn new(seed: u64, stream: u64) -> Chance {
        let state = mixed(seed.wrapping_add(GOLDEN))
            ^ mixed(stream.wrapping_mul(GOLDEN).wrapping_add(0x5851_F42D_4C95_7F2D));
        Chance { state }
    }

    /// 64 even bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mixed(self.state)
    }

    /// A whole number from 0 to `n` − 1; 0 if `n` is 0. The bias is below `n` / 2⁶⁴.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// A number from 0 inclusive to 1 exclusive.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Puts a list into an order of which all are equally likely.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }

    /// A count with this mean (Poisson), by multiplication in pieces of at most 30.
    pub fn poisson(&mut self, mean: f64) -> u32 {
        let (mut left, mut count) = (mean, 0);
        while left > 0.0 {
            let piece = left.min(30.0);
            left -= piece;
            let (limit, mut product) = ((-piece).exp(), self.unit());
            while product > limit {
                count += 1;
                product *= self.unit();
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_face_comes_equally_often_and_counts_have_their_mean() {
        let mut chance = Chance::new(7, 0);
        let mut faces = [0u32; 6];
        for _ in 0..60_000 {
            faces[chance.below(6)] += 1;
        }
        // Six standard deviations of a binomial with 60,000 tries.
        assert!(faces.iter().all(|&n| (9450..10_550).contains(&n)), "{faces:?}");
        for mean in [0.5, 12.0, 75.0] {
            let sum: f64 = (0..20_000).map(|_| f64::from(chance.poisson(mean))).sum();
            let off = (sum / 20_000.0 - mean).abs();
            assert!(off < 6.0 * (mean / 20_000.0f64).sqrt(), "{mean}: off by {off}");
        }
    }

    #[test]
    fn streams_differ_and_repeat() {
        let drawn = |seed, stream| Chance::new(seed, stream).bits();
        assert_eq!(drawn(3, 4), drawn(3, 4));
        assert_ne!(drawn(3, 4), drawn(3, 5));
        assert_ne!(drawn(3, 4), drawn(4, 4));
    }
}
