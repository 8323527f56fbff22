//! Proofs about a tree, for whoever holds only its root: that an entry is in it, and that an older
//! tree is its beginning. Making one takes all leaf hashes; checking one takes a handful of hashes.
//!
//! References: RFC 6962, sections 2.1.1 (audit path) and 2.1.2 (consistency proof), for making;
//! RFC 9162, sections 2.1.3.2 and 2.1.4.2, for checking, which the older RFC leaves to the reader.

use super::tree::{left_half, node_hash, root};
use crate::Hash;

/// The hashes that lead from the leaf at `index` to the root of the tree over `leaves`; nothing if
/// there is no such leaf. They are `O(log n)` many, and finding them hashes the whole tree once.
///
/// ```
/// use sheaf_share::audit::{inclusion_proof, leaf_hash, root, verify_inclusion};
/// let leaves: Vec<_> = (0u8..5).map(|it| leaf_hash(&[&[it]])).collect();
/// let proof = inclusion_proof(&leaves, 3).unwrap();
/// assert!(verify_inclusion(&leaves[3], 3, 5, &proof, &root(&leaves)));
/// assert!(!verify_inclusion(&leaves[3], 2, 5, &proof, &root(&leaves)));
/// ```
pub fn inclusion_proof(leaves: &[Hash], index: u64) -> Option<Vec<Hash>> {
    let mut index = usize::try_from(index).ok().filter(|index| *index < leaves.len())?;
    let mut rest = leaves;
    let mut proof = Vec::new();
    while rest.len() > 1 {
        let (left, right) = rest.split_at(left_half(rest.len()));
        if index < left.len() {
            proof.push(root(right));
            rest = left;
        } else {
            proof.push(root(left));
            index -= left.len();
            rest = right;
        }
    }
    proof.reverse();
    Some(proof)
}

/// Whether `proof` shows that the tree of this size and root has this leaf at `index`.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last) = (index, size - 1);
    let mut node = *leaf;
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            node = node_hash(sibling, &node);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            node = node_hash(&node, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && node == *root
}

/// The hashes that show that the tree over the first `older` leaves is the beginning of the tree
/// over all of `leaves`; nothing if there are not so many. Empty when `older` is 0 or all of them.
///
/// ```
/// use sheaf_share::audit::{consistency_proof, leaf_hash, root, verify_consistency};
/// let leaves: Vec<_> = (0u8..7).map(|it| leaf_hash(&[&[it]])).collect();
/// let proof = consistency_proof(&leaves, 3).unwrap();
/// assert!(verify_consistency(3, &root(&leaves[..3]), 7, &root(&leaves), &proof));
/// assert!(!verify_consistency(3, &root(&leaves[1..4]), 7, &root(&leaves), &proof));
/// ```
pub fn consistency_proof(leaves: &[Hash], older: u64) -> Option<Vec<Hash>> {
    let mut older = usize::try_from(older).ok().filter(|older| *older <= leaves.len())?;
    if older == 0 {
        return Some(Vec::new());
    }
    let mut rest = leaves;
    let mut proof = Vec::new();
    let mut is_whole = true;
    while older < rest.len() {
        let (left, right) = rest.split_at(left_half(rest.len()));
        if older <= left.len() {
            proof.push(root(right));
            rest = left;
        } else {
            proof.push(root(left));
            older -= left.len();
            rest = right;
            is_whole = false;
        }
    }
    if !is_whole {
        proof.push(root(rest));
    }
    proof.reverse();
    Some(proof)
}

/// Whether `proof` shows that the tree of size `older` is the beginning of the tree of size `newer`.
/// An empty tree is the beginning of every tree.
pub fn verify_consistency(
    older: u64,
    older_root: &Hash,
    newer: u64,
    newer_root: &Hash,
    proof: &[Hash],
) -> bool {
    if older > newer {
        return false;
    }
    if older == newer {
        return proof.is_empty() && older_root == newer_root;
    }
    if older == 0 {
        return proof.is_empty() && *older_root == root(&[]);
    }
    // A full older tree is itself a node of the newer one, and is not sent.
    let mut path = proof.iter();
    let first = if older.is_power_of_two() { Some(older_root) } else { path.next() };
    let Some(first) = first else { return false };
    let (mut place, mut last) = (older - 1, newer - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let (mut older_node, mut newer_node) = (*first, *first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            older_node = node_hash(sibling, &older_node);
            newer_node = node_hash(sibling, &newer_node);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            newer_node = node_hash(&newer_node, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && older_node == *older_root && newer_node == *newer_root
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tree::leaf_hash;
    use super::super::tree::tests::known_leaves;
    use super::*;

    fn hex(hashes: &[Hash]) -> Vec<String> {
        hashes.iter().map(Hash::to_string).collect()
    }

    #[test]
    fn the_proofs_of_certificate_transparency() {
        let leaves = known_leaves();
        assert_eq!(hex(&inclusion_proof(&leaves[..1], 0).unwrap()), Vec::<String>::new());
        assert_eq!(
            hex(&inclusion_proof(&leaves, 0).unwrap()),
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        );
        assert_eq!(
            hex(&inclusion_proof(&leaves, 5).unwrap()),
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        );
        assert_eq!(
            hex(&consistency_proof(&leaves, 1).unwrap()),
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        );
        assert_eq!(
            hex(&consistency_proof(&leaves, 6).unwrap()),
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        );
    }

    #[test]
    fn every_proof_of_small_trees_holds_and_no_other_root_or_place_does() {
        let leaves: Vec<Hash> = (0u8..33).map(|it| leaf_hash(&[&[it]])).collect();
        let other = leaf_hash(&[b"other"]);
        for newer in 1..=leaves.len() {
            let (tree, size) = (&leaves[..newer], newer as u64);
            let top = root(tree);
            for index in 0..size {
                let leaf = &tree[index as usize];
                let proof = inclusion_proof(tree, index).unwrap();
                assert!(verify_inclusion(leaf, index, size, &proof, &top));
                assert!(!verify_inclusion(&other, index, size, &proof, &top));
                assert!(!verify_inclusion(leaf, index, size, &proof, &other));
                assert!(!verify_inclusion(leaf, index + 1, size, &proof, &top));
                let longer: Vec<Hash> = proof.iter().copied().chain([other]).collect();
                assert!(!verify_inclusion(leaf, index, size, &longer, &top));
            }
            for older in 0..=size {
                let start = root(&tree[..older as usize]);
                let proof = consistency_proof(tree, older).unwrap();
                assert!(verify_consistency(older, &start, size, &top, &proof), "{older} in {size}");
                assert!(!verify_consistency(older, &other, size, &top, &proof));
                if older > 0 {
                    assert!(!verify_consistency(older, &start, size, &other, &proof));
                }
            }
        }
        assert_eq!(inclusion_proof(&leaves, 33), None);
        assert_eq!(consistency_proof(&leaves, 34), None);
    }

    proptest! {
        #[test]
        fn a_proof_with_a_changed_hash_fails(n in 2u64..200, at: prop::sample::Index, bit in 0usize..256) {
            let leaves: Vec<Hash> = (0..n).map(|it| leaf_hash(&[&it.to_le_bytes()])).collect();
            let index = at.index(n as usize) as u64;
            let mut proof = inclusion_proof(&leaves, index).unwrap();
            let place = at.index(proof.len());
            let mut bytes = *proof[place].as_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            proof[place] = Hash::from_bytes(bytes);
            prop_assert!(!verify_inclusion(&leaves[index as usize], index, n, &proof, &root(&leaves)));
        }

        #[test]
        fn foreign_proofs_of_any_shape_do_no_harm(
            index: u64, size: u64, older: u64, n in 0usize..80,
        ) {
            let proof: Vec<Hash> = (0..n).map(|it| leaf_hash(&[&it.to_le_bytes()])).collect();
            let some = leaf_hash(&[b"some"]);
            prop_assert!(!verify_inclusion(&some, index, size, &proof, &leaf_hash(&[b"root"])));
            verify_consistency(older, &some, size, &some, &proof);
        }
    }
}
