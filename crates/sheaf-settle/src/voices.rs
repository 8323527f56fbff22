//! Who speaks with whose voice: which reports have one speaker, and which speakers repeat one
//! another. Ten outlets that print one wire story are ten speakers and one voice.

/// Fingerprints that differ in at most this many of their 64 bits are taken for one text: the
/// published threshold for near-duplicates with this kind of fingerprint (Manku, Jain and Das
/// Sarma 2007).
const COPY_BITS: u32 = 3;

/// Numbers the speakers of reports by their names, from 0 in order of first report; and how many
/// there are.
pub(crate) fn speakers(names: &[(bool, u32)]) -> (Vec<u32>, usize) {
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_unstable_by_key(|&idx| (names[idx], idx));
    let mut first_of: Vec<usize> = (0..names.len()).collect();
    for pair in order.windows(2) {
        if names[pair[0]] == names[pair[1]] {
            first_of[pair[1]] = first_of[pair[0]];
        }
    }
    number_by_first(|idx| first_of[idx], names.len())
}

/// The voice of each report: reports of one speaker, and reports whose text is nearly the same,
/// have one voice. Voices are numbered from 0 in order of first report.
pub(crate) fn voices(speakers: &[u32], wordings: &[Option<u64>]) -> Vec<u32> {
    let mut joined: Vec<usize> = (0..speakers.len()).collect();
    let mut first_by = vec![usize::MAX; speakers.len()];
    for (idx, &speaker) in speakers.iter().enumerate() {
        let first = &mut first_by[speaker as usize];
        *first = (*first).min(idx);
        join(&mut joined, *first, idx);
    }
    for (left, right) in copies(wordings) {
        join(&mut joined, left, right);
    }
    number_by_first(|idx| first_joined(&joined, idx), speakers.len()).0
}

/// Numbers groups from 0 in order of their first members, given the first member of each one's
/// group; and how many groups there are.
fn number_by_first(first_of: impl Fn(usize) -> usize, len: usize) -> (Vec<u32>, usize) {
    let mut numbers = Vec::with_capacity(len);
    let mut n_groups = 0;
    for idx in 0..len {
        let first = first_of(idx);
        numbers.push(if first == idx { n_groups } else { numbers[first] });
        n_groups += u32::from(first == idx);
    }
    (numbers, n_groups as usize)
}

/// How many different voices speak in these claims.
pub(crate) fn n_voices(voices: impl Iterator<Item = u32>) -> usize {
    // Nearly every incident has fewer than 64 voices, and a set of them is then one word.
    let (mut few, mut many) = (0u64, Vec::new());
    for voice in voices {
        match voice {
            0..64 => few |= 1 << voice,
            _ => many.push(voice),
        }
    }
    many.sort_unstable();
    many.dedup();
    few.count_ones() as usize + many.len()
}

fn join(joined: &mut [usize], left: usize, right: usize) {
    let (left, right) = (first_joined(joined, left), first_joined(joined, right));
    joined[left.max(right)] = left.min(right);
}

fn first_joined(joined: &[usize], mut idx: usize) -> usize {
    while joined[idx] != idx {
        idx = joined[idx];
    }
    idx
}

/// Pairs of reports whose fingerprints are nearly equal. Two that differ in at most three bits
/// have at least one of their four quarters in common, so only reports that share a quarter are
/// compared: an incident of ten thousand news reports would otherwise take fifty million looks.
fn copies(wordings: &[Option<u64>]) -> Vec<(usize, usize)> {
    let stated = wordings.iter().enumerate();
    let prints: Vec<(u64, usize)> =
        stated.filter_map(|(idx, print)| print.map(|print| (print, idx))).collect();
    let mut found = Vec::new();
    if prints.len() < 2 {
        return found;
    }
    for quarter in 0..4 {
        let part = |print: u64| (print >> (16 * quarter)) as u16;
        let mut sorted = prints.clone();
        sorted.sort_unstable_by_key(|&(print, idx)| (part(print), print, idx));
        for run in sorted.chunk_by(|a, b| part(a.0) == part(b.0)) {
            for (nth, &(print, idx)) in run.iter().enumerate() {
                // The same text many times over stands side by side: one link to the next is
                // enough, and the next one carries on from there.
                for &(other, other_idx) in &run[nth + 1..] {
                    if (print ^ other).count_ones() <= COPY_BITS {
                        found.push((idx, other_idx));
                    }
                    if print == other {
                        break;
                    }
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{COPY_BITS, first_joined, join};

    /// The voices of as many speakers.
    fn voices(prints: &[Option<u64>]) -> Vec<u32> {
        let speakers: Vec<u32> = (0..prints.len() as u32).collect();
        super::voices(&speakers, prints)
    }

    #[test]
    fn nearly_the_same_text_is_one_voice() {
        let text = 0x0123_4567_89ab_cdef;
        let three_bits = text ^ (1 | 1 << 20 | 1 << 63);
        let four_bits = text ^ (1 | 1 << 20 | 1 << 40 | 1 << 63);
        assert_eq!(voices(&[Some(text), Some(!text), Some(three_bits)]), [0, 1, 0]);
        assert_eq!(voices(&[Some(text), Some(four_bits)]), [0, 1]);
        // A copy of a copy: the one in the middle joins all three.
        assert_eq!(voices(&[Some(text), Some(four_bits), Some(three_bits)]), [0, 0, 0]);
        assert_eq!(voices(&[None, None, Some(0)]), [0, 1, 2]);
    }

    #[test]
    fn the_short_cut_finds_what_comparing_all_pairs_finds() {
        // Texts around a few centres, from a small fixed sequence; many fall together.
        let mut state = 7u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state >> 33
        };
        let prints: Vec<Option<u64>> = (0..300)
            .map(|_| {
                let centre = (next() % 40).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let flips = (0..next() % 4).map(|_| 1u64 << (next() % 64));
                Some(flips.fold(centre, |print, flip| print ^ flip))
            })
            .collect();
        let found = voices(&prints);
        let mut joined: Vec<usize> = (0..prints.len()).collect();
        for left in 0..prints.len() {
            for right in left + 1..prints.len() {
                let apart = prints[left].unwrap() ^ prints[right].unwrap();
                if apart.count_ones() <= COPY_BITS {
                    join(&mut joined, left, right);
                }
            }
        }
        for left in 0..prints.len() {
            for right in 0..prints.len() {
                assert_eq!(
                    found[left] == found[right],
                    first_joined(&joined, left) == first_joined(&joined, right)
                );
            }
        }
    }
}
