//! Finding the pairs that meet by name, where at least one side has no usable point. Only names
//! that such a report gives are indexed, so a pool in which everything has a point pays nothing.

use super::crowd::Crowd;
use super::{Meeting, Nodes, Relation, Role, by_name, country, relate};
use crate::compare::in_both;
use crate::names::{HashedMap, Sense, Tag};
use crate::outline::{Outline, Outlines};

/// Longest stretch, in days, of each class of stretches; the last class has no bound.
const WIDTHS: [i32; 3] = [4, 64, 400];

/// The reports that give one name, apart by class of stretches, each in order of first day.
#[derive(Default)]
struct Posting {
    classes: [Vec<(i32, u32)>; WIDTHS.len() + 1],
    widest: [i32; WIDTHS.len() + 1],
}

pub(super) struct Named<'a> {
    nodes: &'a Nodes<'a>,
    crowd: &'a Crowd,
    /// Dated reports without a usable point, in order.
    pointless: Vec<u32>,
    postings: HashedMap<Tag, Posting>,
}

impl<'a> Named<'a> {
    pub(super) fn new(nodes: &'a Nodes<'a>, crowd: &'a Crowd) -> Named<'a> {
        let outlines = nodes.outlines;
        let pointless: Vec<u32> = (0..nodes.len() as u32)
            .filter(|&node| {
                let outline = nodes.outline(node);
                outline.is_dated() && !outline.has_usable_point()
            })
            .collect();
        let mut postings: HashedMap<Tag, Posting> = HashedMap::default();
        for &node in &pointless {
            for tag in asked_by(outlines, nodes.outline(node)) {
                postings.entry(tag).or_default();
            }
        }
        if !postings.is_empty() {
            for node in 0..nodes.len() as u32 {
                let outline = nodes.outline(node);
                if !outline.is_dated() {
                    continue;
                }
                for sense in [Sense::Place, Sense::AdminOne, Sense::Country] {
                    for tag in outlines.tags_in(outline, sense) {
                        if let Some(posting) = postings.get_mut(tag) {
                            posting.add(outline, node);
                        }
                    }
                }
            }
            for posting in postings.values_mut() {
                for class in &mut posting.classes {
                    class.sort_unstable();
                }
            }
        }
        Named { nodes, crowd, pointless, postings }
    }

    pub(super) fn tasks(&self) -> Vec<std::ops::Range<usize>> {
        let n = self.pointless.len();
        (0..n).step_by(256).map(|start| start..(start + 256).min(n)).collect()
    }

    pub(super) fn run(
        &self,
        part: std::ops::Range<usize>,
        emit: &mut impl FnMut(u32, u32, Relation),
    ) {
        for &node in &self.pointless[part] {
            let outline = self.nodes.outline(node);
            for tag in asked_by(self.nodes.outlines, outline) {
                if let Some(posting) = self.postings.get(&tag) {
                    posting.near(outline, self.nodes.blocking.gap_days, |other| {
                        self.consider(node, other, tag, emit);
                    });
                }
            }
        }
    }

    /// Emits the pair unless another tag or the other side does.
    fn consider(&self, node: u32, other: u32, by: Tag, emit: &mut impl FnMut(u32, u32, Relation)) {
        if node == other || self.crowd.covers(node, other) {
            return;
        }
        let (a, b) = (self.nodes.outline(node), self.nodes.outline(other));
        if a.gap_days(b) > self.nodes.blocking.gap_days {
            return;
        }
        let outlines = self.nodes.outlines;
        let Some(meeting) = by_name(outlines, a, b) else { return };
        // Of the names both share in the sense by which they meet, the first speaks.
        let speaks = |sense| {
            in_both(outlines.tags_in(a, sense), outlines.tags_in(b, sense)).next() == Some(by)
        };
        let other_asks_too = match meeting {
            Meeting::PlaceName if speaks(Sense::Place) => !b.has_usable_point(),
            Meeting::AdminOne if speaks(Sense::AdminOne) => !b.has_usable_point(),
            Meeting::Country if country(outlines, a) == Some(by) => {
                let crowds = |it| self.crowd.crowds_country(outlines, by, it);
                if crowds(a) || crowds(b) {
                    return;
                }
                !b.has_usable_point()
            }
            _ => return,
        };
        if other_asks_too && other < node {
            return;
        }
        if let Ok(relation) = relate(Role::of(a), Role::of(b)) {
            emit(node, other, relation);
        }
    }
}

/// The names by which a report without a usable point asks.
pub(crate) fn asked_by<'a>(
    outlines: &'a Outlines,
    outline: &'a Outline,
) -> impl Iterator<Item = Tag> + 'a {
    let places = outlines.tags_in(outline, Sense::Place).iter();
    let units = outlines.tags_in(outline, Sense::AdminOne).iter();
    places.chain(units).copied().chain(country(outlines, outline))
}

impl Posting {
    fn add(&mut self, outline: &Outline, node: u32) {
        let days = outline.width_days();
        let class = WIDTHS.iter().position(|&widest| days <= widest).unwrap_or(WIDTHS.len());
        self.widest[class] = self.widest[class].max(days);
        self.classes[class].push((outline.first, node));
    }

    /// The reports whose days may be near enough, with some that are not: the caller looks again,
    /// since only the first day is kept here.
    fn near(&self, outline: &Outline, gap_days: i32, mut found: impl FnMut(u32)) {
        let latest = outline.last.saturating_add(gap_days);
        for (class, widest) in self.classes.iter().zip(self.widest) {
            let earliest = outline.first.saturating_sub(gap_days).saturating_sub(widest - 1);
            let from = class.partition_point(|&(first, _)| first < earliest);
            for &(_, node) in class[from..].iter().take_while(|&&(first, _)| first <= latest) {
                found(node);
            }
        }
    }
}
