//! A sieve for walks through a whole pool: it lets through whatever was put in, and little else, at
//! the cost of one look at one bit. What it lets through is looked at properly.

/// Days to a bucket: places and stretches of days are put in together.
const BUCKET_DAYS: i32 = 8;

/// A stretch of more buckets than this is not looked up: then all of its place is let through.
const MOST_BUCKETS: i32 = 6;

/// Bits of the number of bits.
const LOG_BITS: u32 = 20;

/// Places and days, as bits.
pub(super) struct Sieve {
    bits: Vec<u64>,
    /// Something was put in that lasts too long.
    is_open: bool,
}

impl Sieve {
    pub(super) fn new() -> Sieve {
        Sieve { bits: vec![0; 1 << (LOG_BITS - 6)], is_open: false }
    }

    /// Puts in a place on all days of a stretch.
    pub(super) fn put(&mut self, place: u64, first: i32, last: i32) {
        let (from, to) = (first.div_euclid(BUCKET_DAYS), last.div_euclid(BUCKET_DAYS));
        if to.saturating_sub(from) > 100 {
            self.is_open = true;
            return;
        }
        for bucket in from..=to {
            let bit = bit(place, bucket);
            self.bits[(bit >> 6) as usize] |= 1 << (bit & 63);
        }
    }

    /// Whether a place may have been put in with a day of a stretch.
    #[inline]
    pub(super) fn may_hold(&self, place: u64, first: i32, last: i32) -> bool {
        let (from, to) = (first.div_euclid(BUCKET_DAYS), last.div_euclid(BUCKET_DAYS));
        if self.is_open || to.saturating_sub(from) > MOST_BUCKETS {
            return true;
        }
        (from..=to).any(|bucket| {
            let bit = bit(place, bucket);
            self.bits[(bit >> 6) as usize] >> (bit & 63) & 1 == 1
        })
    }
}

#[inline]
fn bit(place: u64, bucket: i32) -> u64 {
    let mixed = (place ^ (bucket as u64) << 40).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> (64 - LOG_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sieve_holds_what_was_put_in_and_little_else() {
        let mut sieve = Sieve::new();
        for place in 0..1_000 {
            sieve.put(place, place as i32 - 500, place as i32 - 490);
        }
        for place in 0..1_000u64 {
            let first = place as i32 - 500;
            for day in first..=first + 10 {
                assert!(sieve.may_hold(place, day, day) && sieve.may_hold(place, day - 900, day));
            }
        }
        let n_others = (0..100_000).filter(|&place| sieve.may_hold(place + 5_000, 3, 4)).count();
        assert!(n_others < 2_000, "{n_others}");
        sieve.put(7, i32::MIN, i32::MAX);
        assert!(sieve.may_hold(8, 12_345, 12_345));
    }
}
