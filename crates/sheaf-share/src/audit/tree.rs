//! The Merkle tree of RFC 6962, section 2.1: a leaf is hashed behind a 0 byte, two halves behind a 1
//! byte, and the left half is as large as a power of two allows. [`Frontier`] grows such a tree leaf
//! by leaf; [`root`] hashes all leaves anew, as the RFC writes it down, and is what the other is
//! tested against.
//!
//! Reference: B. Laurie, A. Langley, E. Kasper, *Certificate Transparency*, RFC 6962 (2013).

use crate::Hash;

/// The hash of a leaf: `SHA-256(0x00 ‖ parts)`.
pub fn leaf_hash(parts: &[&[u8]]) -> Hash {
    let mut all: Vec<&[u8]> = vec![&[0]];
    all.extend_from_slice(parts);
    Hash::of_parts(&all)
}

/// The hash of two halves: `SHA-256(0x01 ‖ left ‖ right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash::of_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// The root of the tree over these leaf hashes; of no leaves, the hash of nothing.
///
/// ```
/// use sheaf_share::{Hash, audit::{leaf_hash, node_hash, root}};
/// let leaves: Vec<Hash> = ["a", "b", "c"].iter().map(|it| leaf_hash(&[it.as_bytes()])).collect();
/// let left = node_hash(&leaves[0], &leaves[1]);
/// assert_eq!(root(&leaves), node_hash(&left, &leaves[2]));
/// assert_eq!(root(&[]), Hash::of(b""));
/// ```
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::of(b""),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(left_half(leaves.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// The largest power of two below `n`, which is at least 2.
pub(super) fn left_half(n: usize) -> usize {
    1 << (n - 1).ilog2()
}

/// The right edge of a growing tree: all that is needed to add leaves and to know the root. It
/// holds one hash for each bit that is set in its size, so a log of a million million entries needs
/// forty at most.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Frontier {
    size: u64,
    /// The roots of the full subtrees, the largest first; as many as `size` has bits set.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The empty tree.
    pub fn new() -> Frontier {
        Frontier::default()
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().expect("one peak for each bit that is set");
            node = node_hash(&left, &node);
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The root of the tree so far.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return root(&[]) };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }

    /// The size in eight bytes, the greatest first, and the peaks.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let peaks = self.peaks.iter().flat_map(|peak| peak.as_bytes());
        self.size.to_be_bytes().iter().chain(peaks).copied().collect()
    }

    /// Reads that; nothing where it is something else.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Frontier> {
        let (size, peaks) = bytes.split_at_checked(8)?;
        let size = u64::from_be_bytes(size.try_into().ok()?);
        if peaks.len() != 32 * size.count_ones() as usize {
            return None;
        }
        let peaks = peaks.chunks_exact(32).map(|it| Some(Hash::from_bytes(it.try_into().ok()?)));
        Some(Frontier { size, peaks: peaks.collect::<Option<_>>()? })
    }

    /// How many hashes are kept.
    pub fn n_kept(&self) -> usize {
        self.peaks.len()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The eight leaves that the certificate-transparency project tests its trees with.
    pub fn known_leaves() -> Vec<Hash> {
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        leaves.iter().map(|leaf| leaf_hash(&[leaf])).collect()
    }

    /// Their roots at sizes 1 to 8.
    pub const KNOWN_ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn the_vectors_of_certificate_transparency() {
        let leaves = known_leaves();
        let mut frontier = Frontier::new();
        assert_eq!(
            frontier.root().to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        for (idx, known) in KNOWN_ROOTS.iter().enumerate() {
            frontier.push(leaves[idx]);
            assert_eq!(frontier.root().to_string(), *known, "size {}", idx + 1);
            assert_eq!(root(&leaves[..=idx]).to_string(), *known, "size {}", idx + 1);
        }
    }

    proptest! {
        #[test]
        fn growing_leaf_by_leaf_is_hashing_the_whole(n in 0usize..400, seed: u64) {
            let leaves: Vec<Hash> =
                (0..n as u64).map(|idx| leaf_hash(&[&seed.to_le_bytes(), &idx.to_le_bytes()])).collect();
            let mut frontier = Frontier::new();
            for leaf in &leaves {
                frontier.push(*leaf);
            }
            prop_assert_eq!(frontier.root(), root(&leaves));
            prop_assert_eq!(frontier.n_kept(), n.count_ones() as usize);
        }
    }

    #[test]
    fn memory_grows_with_the_logarithm() {
        let mut frontier = Frontier::new();
        let mut most = 0;
        for idx in 0u32..100_000 {
            frontier.push(leaf_hash(&[&idx.to_le_bytes()]));
            most = most.max(frontier.n_kept());
        }
        assert_eq!(most, 16, "2^16 - 1 is the number below 100,000 with the most bits set");
    }
}
