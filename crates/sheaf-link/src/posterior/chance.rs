//! Chance with a seed: SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
//! generators"). It is small, the same on every machine, and nothing else is asked for a number.

/// A stream of numbers that its seed settles.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0, below 1, in steps of 2⁻⁵³.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// A whole number below `n`, which must not be 0. Off from even by less than n / 2⁶⁴.
    pub(super) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers for seed 1234567, as the authors' C program prints them.
    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        let mut chance = Chance::new(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| chance.next()).collect();
        assert_eq!(
            first,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn shares_and_whole_numbers_stay_in_bounds_and_are_even() {
        let mut chance = Chance::new(3);
        let mut counts = [0; 5];
        let mut sum = 0.0;
        for _ in 0..20_000 {
            let share = chance.share();
            assert!((0.0..1.0).contains(&share), "{share}");
            sum += share;
            counts[chance.below(5)] += 1;
        }
        assert!((sum / 20_000.0 - 0.5).abs() < 0.01, "{sum}");
        assert!(counts.iter().all(|&n| (n - 4_000i32).abs() < 250), "{counts:?}");
    }
}
