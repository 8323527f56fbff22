//! What kind of happening each tells of. A kind does not contradict a broader one, and a report
//! may give several; the best agreement among them counts.

use std::sync::LazyLock;

use sheaf_model::Kind;

use super::{Both, Comparison};
use crate::outline::kinds_in;

pub(super) const ABOUT: Comparison = Comparison { name: "kind", levels: LEVELS, level, found };

const LEVELS: &[&str] =
    &["the same", "share one", "a case of the other", "same branch", "same root", "other root"];

/// For each kind, as bits, itself and every broader kind; and apart from these, its root.
static CHAINS: LazyLock<Vec<(u64, u64)>> = LazyLock::new(|| {
    Kind::ALL
        .iter()
        .map(|kind| {
            let chain = kind.chain().fold(0, |bits, broader| bits | 1 << broader as u64);
            let root = kind.chain().last().unwrap_or(*kind);
            (chain, 1 << root as u64)
        })
        .collect()
});

/// All broader kinds of a set, itself included, and the roots among them.
fn broader(mut kinds: u64) -> (u64, u64) {
    let chains = &*CHAINS;
    let (mut all, mut roots) = (0, 0);
    while kinds != 0 {
        let (chain, root) = chains[kinds.trailing_zeros() as usize];
        all |= chain;
        roots |= root;
        kinds &= kinds - 1;
    }
    (all, roots)
}

fn level(both: &Both<'_>) -> Option<u8> {
    let (left, right) = (both.a.kinds, both.b.kinds);
    if left == 0 || right == 0 {
        return None;
    }
    if left & right != 0 {
        return Some(u8::from(left != right));
    }
    let ((all_left, roots_left), (all_right, roots_right)) = (broader(left), broader(right));
    Some(if left & all_right != 0 || right & all_left != 0 {
        2
    } else if all_left & all_right & !(roots_left | roots_right) != 0 {
        3
    } else if roots_left & roots_right != 0 {
        4
    } else {
        5
    })
}

/// Whether they share a root at least, or a side gives no kind.
pub(super) fn agree(both: &Both<'_>) -> bool {
    level(both) != Some(5)
}

fn found(both: &Both<'_>, level: u8) -> String {
    let say = |bits| {
        let names: Vec<&str> = kinds_in(bits).map(Kind::name).collect();
        names.join(" and ")
    };
    if level <= 1 {
        return format!("both {}", say(both.a.kinds & both.b.kinds));
    }
    let (mut left, mut right) = (say(both.a.kinds), say(both.b.kinds));
    if left > right {
        std::mem::swap(&mut left, &mut right);
    }
    format!("{left} against {right} ({})", LEVELS[usize::from(level)])
}
