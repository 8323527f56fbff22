//! A seeded generator of our own, so that a seed gives the same bytes on every machine and in every
//! year: libraries of random numbers change their streams between versions. It uses nothing but
//! integer arithmetic and the four basic operations on floats, which every machine rounds alike.

/// xoshiro256++ (Blackman and Vigna 2019), seeded by splitmix64.
#[derive(Clone, Debug)]
pub struct Chance {
    state: [u64; 4],
}

impl Chance {
    /// The generator for a seed.
    pub fn from_seed(seed: u64) -> Chance {
        let mut mixed = seed;
        let state = std::array::from_fn(|_| {
            mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = mixed;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        });
        Chance { state }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number in 0 ≤ x < 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number in 0 ≤ x < `end`; 0 if `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(end)) >> 64) as u64
    }

    /// A number in `low` ≤ x ≤ `high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }

    /// True with this probability.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of the items.
    ///
    /// # Panics
    /// If there is none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }

    /// The position of one of the weights, each as likely as it is heavy.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (idx, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return idx;
            }
        }
        weights.len() - 1
    }

    /// A step east and north, evenly spread over a ring (`inner` ≤ length ≤ `outer`).
    pub fn in_ring(&mut self, inner: f64, outer: f64) -> (f64, f64) {
        loop {
            let (x, y) = (self.unit() * 2.0 - 1.0, self.unit() * 2.0 - 1.0);
            let squared = (x * x + y * y) * outer * outer;
            if squared <= outer * outer && squared >= inner * inner {
                return (x * outer, y * outer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers for seed 1. They are written down here so that nobody changes the stream
    /// without noticing that every simulated pool changes with it; a second implementation, in
    /// another language, gave the same.
    #[test]
    fn the_stream_of_a_seed_is_fixed() {
        let mut chance = Chance::from_seed(1);
        let first: [u64; 3] = std::array::from_fn(|_| chance.bits());
        assert_eq!(first, [0xcfc5d07f6f03c29b, 0xbf424132963fe08d, 0x19a37d5757aaf520]);
    }

    #[test]
    fn numbers_stay_in_their_bounds_and_reach_both_ends() {
        let mut chance = Chance::from_seed(7);
        let drawn: Vec<i64> = (0..1000).map(|_| chance.between(-2, 2)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-2), Some(&2)));
        for _ in 0..1000 {
            let (x, y) = chance.in_ring(3.0, 5.0);
            assert!((9.0..=25.0).contains(&(x * x + y * y)), "{x} {y}");
        }
        let hits = (0..10_000).filter(|_| chance.weighted(&[1.0, 3.0]) == 1).count();
        assert!((7_300..7_700).contains(&hits), "{hits}");
    }
}
