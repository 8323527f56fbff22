//! A fingerprint of running text. Headlines, notes and summaries name people, so their text is
//! never kept; what linking needs of them is only whether two are nearly the same, and a 64-bit
//! SimHash tells that: texts that share most of their three-word runs differ in few bits.
//!
//! The hash is written out here, and not taken from a library, because fingerprints are stored and
//! must stay the same for ever (Charikar 2002, doi:10.1145/509907.509965).

/// The SimHash of a text over runs of three words; `None` if it has no word.
///
/// Words are runs of letters and digits in lower case, so punctuation, quotes and case do not
/// matter. A text of one or two words is one run.
///
/// ```
/// use sheaf_read::fingerprint;
/// let a = fingerprint("Bomb kills 31 at market in Urumqi, police say").unwrap();
/// let b = fingerprint("BOMB KILLS 31 AT MARKET IN URUMQI - police say").unwrap();
/// assert_eq!(a, b);
/// assert_eq!(fingerprint(" -- "), None);
/// ```
pub fn fingerprint(text: &str) -> Option<u64> {
    let mut ones = Ones::default();
    let mut window = [0u64; 3];
    let mut n_words = 0usize;
    for_each_word(text, |word| {
        window = [window[1], window[2], word];
        n_words += 1;
        if n_words >= 3 {
            ones.add(run(window));
        }
    });
    match n_words {
        0 => return None,
        1 | 2 => ones.add(run(window)),
        _ => {}
    }
    Some(ones.set_in_most())
}

/// A hash of a text to the letter, for an address that is not kept because it may name people.
pub fn exact_fingerprint(text: &str) -> u64 {
    text.trim().bytes().fold(SEED, |hash, byte| mix(hash ^ u64::from(byte)))
}

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// Calls back with the hash of each word.
fn for_each_word(text: &str, mut word: impl FnMut(u64)) {
    let mut hash = SEED;
    let mut inside = false;
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        if byte.is_ascii() {
            rest = behind;
            if byte.is_ascii_alphanumeric() {
                inside = true;
                hash = step(hash, u64::from(byte.to_ascii_lowercase()));
                continue;
            }
        } else {
            let at = text.len() - rest.len();
            let Some(c) = text[at..].chars().next() else { break };
            rest = &rest[c.len_utf8()..];
            if c.is_alphanumeric() {
                inside = true;
                hash = c.to_lowercase().fold(hash, |hash, lower| step(hash, u64::from(lower)));
                continue;
            }
        }
        if inside {
            word(mix(hash));
            hash = SEED;
            inside = false;
        }
    }
    if inside {
        word(mix(hash));
    }
}

fn step(hash: u64, c: u64) -> u64 {
    (hash ^ c).wrapping_mul(0x0000_0100_0000_01b3)
}

fn run(window: [u64; 3]) -> u64 {
    mix(window[0].wrapping_mul(3) ^ window[1].wrapping_mul(5) ^ window[2].wrapping_mul(7))
}

/// The finaliser of SplitMix64: every bit of the input moves every bit of the output.
fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// How many of the hashes added have a one at each of their 64 places. The counts lie across words:
/// the first word has the lowest binary digit of all 64 of them, the next one the digit above. So a
/// hash is added in a few steps for all places at once; counting place by place was most of the
/// time it took to read a file.
#[derive(Default)]
struct Ones {
    digits: [u64; 32],
    n_hashes: u32,
}

impl Ones {
    fn add(&mut self, hash: u64) {
        self.n_hashes += 1;
        let mut carry = hash;
        for digit in &mut self.digits {
            if carry == 0 {
                break;
            }
            (*digit, carry) = (*digit ^ carry, *digit & carry);
        }
    }

    /// The places at which more than half of the hashes have a one.
    fn set_in_most(&self) -> u64 {
        let half = self.n_hashes / 2;
        let n_digits = (u32::BITS - self.n_hashes.leading_zeros()) as usize;
        let (mut above, mut equal) = (0, u64::MAX);
        for (at, &digit) in self.digits[..n_digits].iter().enumerate().rev() {
            if half >> at & 1 == 1 {
                equal &= digit;
            } else {
                above |= equal & digit;
                equal &= !digit;
            }
        }
        above
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits_apart(left: &str, right: &str) -> u32 {
        (fingerprint(left).unwrap() ^ fingerprint(right).unwrap()).count_ones()
    }

    #[test]
    fn nearly_equal_texts_differ_in_few_bits_and_others_in_about_half() {
        let wire = "At least 31 people were killed when two vehicles drove into a busy market and \
                    explosives were thrown from them, officials said on Thursday";
        let copy = "At least 31 people were killed when two vehicles drove into a busy market and \
                    explosives were thrown from them, officials said";
        let other = "The ministry of transport opened a new railway line between the two northern \
                     provinces after four years of work and three delays";
        assert!(bits_apart(wire, copy) <= 12, "{}", bits_apart(wire, copy));
        assert!(bits_apart(wire, other) >= 20, "{}", bits_apart(wire, other));
    }

    #[test]
    fn case_and_punctuation_do_not_matter_and_short_texts_have_one() {
        assert_eq!(bits_apart("Two dead; ten hurt!", "two DEAD ten hurt"), 0);
        assert_eq!(bits_apart("Взрыв на рынке", "взрыв на РЫНКЕ"), 0);
        assert!(fingerprint("Blast").is_some());
        assert_eq!(fingerprint("…"), None);
    }

    #[test]
    fn places_are_counted_as_one_by_one() {
        let mut ones = Ones::default();
        let mut balance = [0i32; 64];
        for n in 0..300u64 {
            let hash = mix(n) & mix(n / 3);
            ones.add(hash);
            for (at, sum) in balance.iter_mut().enumerate() {
                *sum += (hash >> at & 1) as i32 * 2 - 1;
            }
            let most = (0..64).fold(0, |bits, at| bits | u64::from(balance[at] > 0) << at);
            assert_eq!(ones.set_in_most(), most, "{n}");
        }
    }

    /// Fingerprints are stored, so this number may never change.
    #[test]
    fn fingerprints_stay_the_same_for_ever() {
        assert_eq!(fingerprint("a b c d"), fingerprint("A, b. c: d"));
        assert_eq!(fingerprint("bomb at market"), Some(STORED));
    }

    const STORED: u64 = 509_742_155_257_380_410;
}
