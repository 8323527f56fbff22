//! What marking that bears which is drawn from several reports: in everything the most restrictive.

use std::collections::BTreeSet;

use sheaf_model::Marking;

/// The marking of what rests on both. Whoever may see it may see each: the stricter TLP, PAP and
/// licence, the later end of embargo, the earlier expiry, and only the groups and purposes that both
/// allow. Of two owners none remains: what is drawn from both is neither's to widen.
///
/// It may keep out a reader who could see each by another group. That is deliberate: the readers of
/// a sum of reports are told by a list of groups that can be read, not by a formula over lists.
pub fn combine(left: &Marking, right: &Marking) -> Marking {
    Marking {
        tlp: left.tlp.max(right.tlp),
        pap: left.pap.max(right.pap),
        groups: both(&left.groups, &right.groups),
        purposes: both(&left.purposes, &right.purposes),
        embargo: left.embargo.max(right.embargo),
        // `None` is no end at all, so it must not count as the earliest.
        expires: match (left.expires, right.expires) {
            (Some(left), Some(right)) => Some(left.min(right)),
            (one, other) => one.or(other),
        },
        licence: left.licence.max(right.licence),
        originator: left.originator.clone().filter(|_| left.originator == right.originator),
    }
}

fn both<T: Ord + Clone>(left: &BTreeSet<T>, right: &BTreeSet<T>) -> BTreeSet<T> {
    left.intersection(right).cloned().collect()
}

/// Whether putting `new` in the place of `old` is, in any respect, less restrictive.
pub fn widens(old: &Marking, new: &Marking) -> bool {
    combine(old, new) != *new
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sheaf_model::{Licence, Pap, Purpose, Role, Tlp};

    use super::super::made_up::{at, directory, group, id};
    use super::super::{Reader, may_see};
    use super::*;

    fn any_marking() -> impl Strategy<Value = Marking> {
        let owner = proptest::sample::select(vec![None, Some("north-police"), Some("north-rail")]);
        (
            proptest::sample::select(Tlp::ALL),
            proptest::sample::select(Pap::ALL),
            proptest::sample::subsequence(vec!["corridor", "quiet-table"], 0..=2),
            proptest::sample::subsequence(Purpose::ALL.to_vec(), 0..=Purpose::ALL.len()),
            proptest::option::of(0i64..4),
            proptest::option::of(0i64..4),
            proptest::sample::select(Licence::ALL.to_vec()),
            owner,
        )
            .prop_map(|(tlp, pap, groups, purposes, embargo, expires, licence, owner)| {
                Marking {
                    tlp,
                    pap,
                    groups: groups.into_iter().map(group).collect(),
                    purposes: purposes.into_iter().collect(),
                    embargo: embargo.map(at),
                    expires: expires.map(at),
                    licence,
                    originator: owner.map(id),
                }
            })
    }

    /// Every member, for each purpose and for all, with each role, and anyone.
    fn readers() -> Vec<Reader> {
        let directory = directory();
        let mut readers = vec![Reader::anyone()];
        for member in directory.members() {
            for &role in Role::ALL {
                for purpose in Purpose::ALL {
                    readers.push(Reader::of(&directory, &member.id, [role], [*purpose]));
                }
                let all = Purpose::ALL.iter().copied();
                readers.push(Reader::of(&directory, &member.id, [role], all));
            }
        }
        readers
    }

    proptest! {
        /// Rule 7: adding a source never widens the audience, now or later.
        #[test]
        fn rule_07_adding_a_source_never_widens_the_audience(
            sources in proptest::collection::vec(any_marking(), 1..5),
            added in any_marking(),
        ) {
            let before = sources.iter().skip(1).fold(sources[0].clone(), |sum, it| combine(&sum, it));
            let after = combine(&before, &added);
            prop_assert!(!widens(&before, &after));
            prop_assert!(!widens(&added, &after));
            for reader in readers() {
                for now in 0..5 {
                    if may_see(&after, &reader, at(now)).is_yes() {
                        for source in sources.iter().chain([&added]) {
                            prop_assert!(may_see(source, &reader, at(now)).is_yes(), "{reader:?}");
                        }
                    }
                }
            }
        }

        #[test]
        fn the_order_of_sources_does_not_matter(
            one in any_marking(), two in any_marking(), three in any_marking(),
        ) {
            prop_assert_eq!(combine(&one, &two), combine(&two, &one));
            prop_assert_eq!(combine(&one, &one), one.clone());
            prop_assert_eq!(
                combine(&combine(&one, &two), &three),
                combine(&one, &combine(&two, &three))
            );
        }

        /// A change that is not called wider lets nobody in.
        #[test]
        fn what_does_not_widen_lets_nobody_in(old in any_marking(), new in any_marking()) {
            if !widens(&old, &new) {
                for reader in readers() {
                    for now in 0..5 {
                        prop_assert!(
                            !may_see(&new, &reader, at(now)).is_yes()
                                || may_see(&old, &reader, at(now)).is_yes()
                        );
                    }
                }
            }
        }
    }
}
