//! Which nodes of a whole pool meet some few. [`crate::block`] finds all pairs of a pool by putting
//! all of it in order first, which takes longer than linking a thousand new reports may take. Here
//! the few are put in order instead, and the pool is walked through once: each of its reports looks
//! up which of the few may be near it, and the definition, [`meet`], decides.
//!
//! The tables only leave out what cannot meet, so what is found is what the definition admits. What
//! is crowded comes after: see [`super::crowding`].

use rayon::prelude::*;

use super::sieve::Sieve;
use crate::block::grid::{N_SIZES, cube_at, for_neighbours, key, size_and_cube};
use crate::block::named::asked_by;
use crate::block::{Blocking, Meeting, Relation, meet};
use crate::names::{HashedMap, Sense, Tag};
use crate::outline::{Outline, Outlines};

/// Two reports that meet: one of those that asked, and another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Met {
    pub(super) asking: u32,
    pub(super) other: u32,
    pub(super) relation: Relation,
    /// They share no more than a country.
    pub(super) by_country: bool,
}

/// Some of those that ask, in runs of one key, in the order of their first day.
struct Table {
    sieve: Option<Sieve>,
    runs: HashedMap<u64, Run>,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy)]
struct Run {
    start: u32,
    end: u32,
    widest: i32,
}

struct Entry {
    /// See [`Asked::area`].
    area: u32,
    first: i32,
    /// The number of one that asks.
    number: u32,
}

/// What a table needs to know of one that asks.
struct Asked {
    position: u32,
    first: i32,
    last: i32,
    /// The crowded area within which windows decide, before and after; 0 for none.
    area: u32,
}

/// Those that ask, by everything by which they may meet another.
pub(super) struct Lookup<'a> {
    outlines: &'a Outlines,
    blocking: &'a Blocking,
    asked: Vec<Asked>,
    is_asking: Vec<bool>,
    /// By position: see [`Asked::area`]. Empty when nothing is crowded.
    areas: &'a [u32],
    /// By size: those of this size or smaller, in cubes of this size.
    fine: [Table; N_SIZES],
    /// By size: those of just this size, for reports of smaller sizes.
    coarse: [Table; N_SIZES],
    /// Those without a usable point, by the names they ask by.
    pointless: Table,
    /// All of them by their names, for reports without a usable point.
    named: Table,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(
        outlines: &'a Outlines,
        blocking: &'a Blocking,
        asking: &[u32],
        areas: &'a [u32],
    ) -> Lookup<'a> {
        let mut is_asking = vec![false; outlines.len()];
        let mut asked = Vec::with_capacity(asking.len());
        let (mut fine, mut coarse) =
            ([const { Vec::new() }; N_SIZES], [const { Vec::new() }; N_SIZES]);
        let (mut pointless, mut named) = (Vec::new(), Vec::new());
        for &position in asking {
            let outline = outlines.get(position);
            if !outline.is_dated() {
                continue;
            }
            let number = asked.len() as u32;
            let area = areas.get(position as usize).copied().unwrap_or(0);
            asked.push(Asked { position, first: outline.first, last: outline.last, area });
            is_asking[position as usize] = true;
            let put = |into: &mut Vec<(u64, u32)>, smallest, size| {
                for_neighbours(cube_at(smallest, size), |cube| into.push((key(cube), number)));
            };
            if outline.has_usable_point() {
                let (own, smallest) = size_and_cube(blocking, outline);
                put(&mut coarse[own], smallest, own);
                for (size, into) in fine.iter_mut().enumerate().skip(own) {
                    put(into, smallest, size);
                }
            } else {
                pointless.extend(asked_by(outlines, outline).map(|tag| (tag.number(), number)));
            }
            named.extend(names(outlines, outline).map(|tag| (tag.number(), number)));
        }
        let table = |pairs| Table::new(pairs, &asked, blocking.gap_days);
        let (fine, coarse) = (fine.map(table), coarse.map(table));
        let (pointless, named) = (table(pointless), table(named));
        Lookup { outlines, blocking, asked, is_asking, areas, fine, coarse, pointless, named }
    }

    /// The pairs of one that asks and one of the pool that meet, each once, in an order that does
    /// not depend on the number of threads. Those that ask may be in the pool.
    pub(super) fn meet(&self, pool: &[u32]) -> Vec<Met> {
        if self.asked.is_empty() {
            return Vec::new();
        }
        let found: Vec<Vec<Met>> = (pool.par_chunks(4_096))
            .map(|chunk| {
                let (mut found, mut near) = (Vec::new(), Vec::new());
                for &position in chunk {
                    self.meet_one(position, &mut near, &mut found);
                }
                found
            })
            .collect();
        found.concat()
    }

    fn meet_one(&self, position: u32, near: &mut Vec<u32>, found: &mut Vec<Met>) {
        let outline = self.outlines.get(position);
        if !outline.is_dated() {
            return;
        }
        near.clear();
        let gap = self.blocking.gap_days;
        if outline.has_usable_point() {
            let area = self.areas.get(position as usize).copied().unwrap_or(0);
            let (own, smallest) = size_and_cube(self.blocking, outline);
            for size in own..N_SIZES {
                let table = if size == own { &self.fine[size] } else { &self.coarse[size] };
                table.near(key(cube_at(smallest, size)), outline, gap, area, near);
            }
        } else {
            for tag in asked_by(self.outlines, outline) {
                self.named.near(tag.number(), outline, gap, 0, near);
            }
        }
        if self.pointless.sieve.is_some() {
            for tag in names(self.outlines, outline) {
                self.pointless.near(tag.number(), outline, gap, 0, near);
            }
        }
        if near.is_empty() {
            return;
        }
        near.sort_unstable();
        near.dedup();
        let is_asking = self.is_asking[position as usize];
        for &number in near.iter() {
            let asking = self.asked[number as usize].position;
            // Of two that both ask, the one that came in first does.
            if asking == position || (is_asking && asking > position) {
                continue;
            }
            let other = self.outlines.get(asking);
            if let Ok((relation, by)) = meet(self.outlines, self.blocking, outline, other) {
                let by_country = by == Meeting::Country;
                found.push(Met { asking, other: position, relation, by_country });
            }
        }
    }
}

/// The names by which a report may be met.
fn names<'a>(outlines: &'a Outlines, outline: &'a Outline) -> impl Iterator<Item = Tag> + 'a {
    let senses = [Sense::Place, Sense::AdminOne, Sense::Country];
    senses.into_iter().flat_map(|sense| outlines.tags_in(outline, sense)).copied()
}

impl Table {
    fn new(mut pairs: Vec<(u64, u32)>, asked: &[Asked], gap_days: i32) -> Table {
        pairs.par_sort_unstable_by_key(|&(key, number)| {
            let it = &asked[number as usize];
            (key, it.area, it.first, number)
        });
        let mut sieve = (!pairs.is_empty()).then(Sieve::new);
        let mut runs = HashedMap::default();
        let mut start = 0;
        for run in pairs.chunk_by(|a, b| a.0 == b.0) {
            let (key, end) = (run[0].0, start + run.len() as u32);
            let mut widest = 1;
            for &(_, number) in run {
                let it = &asked[number as usize];
                widest = widest.max(it.last - it.first + 1);
                if let Some(sieve) = &mut sieve {
                    let (first, last) =
                        (it.first.saturating_sub(gap_days), it.last.saturating_add(gap_days));
                    sieve.put(key, first, last);
                }
            }
            runs.insert(key, Run { start, end, widest });
            start = end;
        }
        let entry = |(_, number): (u64, u32)| {
            let it = &asked[number as usize];
            Entry { area: it.area, first: it.first, number }
        };
        Table { sieve, runs, entries: pairs.into_iter().map(entry).collect() }
    }

    /// Adds those of one key that may be near in time, but for those of the area that is covered.
    fn near(&self, key: u64, outline: &Outline, gap_days: i32, covered: u32, near: &mut Vec<u32>) {
        let Some(sieve) = &self.sieve else { return };
        if !sieve.may_hold(key, outline.first, outline.last) {
            return;
        }
        let Some(&Run { start, end, widest }) = self.runs.get(&key) else { return };
        let latest = outline.last.saturating_add(gap_days);
        let earliest = outline.first.saturating_sub(gap_days).saturating_sub(widest - 1);
        let mut rest = &self.entries[start as usize..end as usize];
        while let Some(Entry { area, .. }) = rest.first() {
            let n = match rest.last() {
                Some(last) if last.area == *area => rest.len(),
                _ => rest.partition_point(|it| it.area == *area),
            };
            let (here, others) = rest.split_at(n);
            rest = others;
            if *area != 0 && *area == covered {
                continue;
            }
            let from = here.partition_point(|it| it.first < earliest);
            let upto = here[from..].iter().take_while(|it| it.first <= latest);
            near.extend(upto.map(|it| it.number));
        }
    }
}
