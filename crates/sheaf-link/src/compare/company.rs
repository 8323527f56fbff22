//! What third reports say of two: those that fit both ([`COMPANY`], [`SIZE`]), and those of the
//! same document that fit one of them better ([`RIVALS`]). Worked out from a first pass over all
//! pairs (see [`crate::company`]); in that first pass itself none of this is known, and weighs
//! nothing.

use super::Comparison;

pub(super) const COMPANY: Comparison = Comparison {
    name: "company",
    levels: &[
        "hardly any",
        "none shared",
        "a twentieth shared",
        "a sixth shared",
        "a quarter shared",
        "a third shared",
        "half shared",
        "more than half shared",
        "two thirds shared",
        "nearly all shared",
    ],
    level: |both| both.kept.map(|kept| kept.share),
    found: |both, level| {
        let what = COMPANY.levels[usize::from(level)];
        let n = both.kept.map_or(0.0, |kept| kept.shared);
        format!("of the reports that may belong to either, {what} (worth {n:.1})")
    },
};

pub(super) const SIZE: Comparison = Comparison {
    name: "size of the company",
    levels: &["none", "a tenth", "a third", "one", "two", "four", "six or more"],
    level: |both| both.kept.map(|kept| kept.size),
    found: |both, _| {
        let n = both.kept.map_or(0.0, |kept| kept.shared);
        format!("third reports that fit both are worth {n:.1} reports")
    },
};

pub(super) const RIVALS: Comparison = Comparison {
    name: "rivals",
    levels: &[
        "none near",
        "one far less likely",
        "one less likely",
        "one somewhat less likely",
        "one as likely",
        "one somewhat likelier",
        "one likelier",
        "one far likelier",
    ],
    level: |both| both.kept.and_then(|kept| kept.rivals),
    found: |_, level| {
        format!(
            "another reading within one of the documents: {}",
            RIVALS.levels[usize::from(level)]
        )
    },
};
