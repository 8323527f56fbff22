//! An index to bytes and back, see [`crate::pack`]. Bytes of another version, or that are damaged,
//! give no index: then the pool is linked anew, which is always right and only takes longer.

use std::collections::BTreeMap;

use super::lists::{Entry, Lists};
use super::{Index, NONE, Pending};
use crate::block::crowd::Crowded;
use crate::outline::Outlines;
use crate::pack::{Packer, Unpacker};
use crate::surroundings::Near;

/// "sheafix" and the version of the format.
const MAGIC: u64 = u64::from_le_bytes(*b"sheafix\x01");

/// Where more than one report in so many is gone, positions are given anew.
const MOST_GONE: usize = 8;

impl Index {
    /// The index as bytes, about 260 of them for each report. Where many reports are gone, the
    /// others move up: positions hold only until an index is written.
    ///
    /// # Panics
    /// If changes wait for [`Index::relink`].
    pub fn to_bytes(&self) -> Vec<u8> {
        assert!(self.pending.is_empty(), "an index is written after relinking");
        let n_gone = self.outlines.len() - self.order.len();
        if n_gone * MOST_GONE > self.outlines.len() {
            return self.compacted().to_bytes();
        }
        let mut into = Packer::default();
        into.number(MAGIC);
        into.number(self.made_by);
        self.outlines.pack(&mut into);
        into.array(&self.order);
        into.array(&self.heads);
        into.array(&self.copies);
        let near: Vec<(u16, (u16, u16))> =
            self.near.iter().map(|it| (it.crowd, (it.rate, it.siblings))).collect();
        into.array(&near);
        self.company.pack(&mut into);
        self.leads.pack(&mut into);
        into.array(&self.home);
        into.number(self.crowded.n_pointless);
        for counts in [&self.crowded.places, &self.crowded.countries] {
            let counts: Vec<(u64, (i32, u32))> =
                counts.iter().map(|(&(place, day), &n)| (place, (day, n))).collect();
            into.array(&counts);
        }
        into.array(&self.judged);
        into.array(&self.same);
        into.array(&self.different);
        into.finish()
    }

    /// The same without the reports that are gone.
    fn compacted(&self) -> Index {
        let mut kept = self.order.clone();
        kept.sort_unstable();
        let mut moved = vec![NONE; self.outlines.len()];
        for (&position, to) in kept.iter().zip(0..) {
            moved[position as usize] = to;
        }
        let to = |position: u32| if position == NONE { NONE } else { moved[position as usize] };
        let all = |positions: &[u32]| -> Vec<u32> { positions.iter().map(|&it| to(it)).collect() };
        let pairs = |pairs: &[(u32, u32)]| {
            let mut pairs: Vec<_> = pairs.iter().map(|&(a, b)| (to(a), to(b))).collect();
            pairs.sort_unstable();
            pairs
        };
        let lists = |lists: &Lists| {
            let mut fewer = Lists::default();
            fewer.resize(kept.len());
            for (&position, at) in kept.iter().zip(0..) {
                let list = lists.of(position).iter().map(|&(other, p)| (to(other), p));
                fewer.put(at, &list.collect::<Vec<Entry>>());
            }
            fewer
        };
        let at = |numbers: &[u32]| -> Vec<u32> {
            kept.iter().map(|&position| to(numbers[position as usize])).collect()
        };
        let mut judged = all(&self.judged);
        judged.sort_unstable();
        Index {
            outlines: self.outlines.only(&kept),
            order: all(&self.order),
            heads: at(&self.heads),
            copies: kept.iter().map(|&position| self.copies[position as usize]).collect(),
            near: kept.iter().map(|&position| self.near[position as usize]).collect(),
            company: lists(&self.company),
            leads: lists(&self.leads),
            home: at(&self.home),
            crowded: self.crowded.clone(),
            judged,
            same: pairs(&self.same),
            different: pairs(&self.different),
            made_by: self.made_by,
            pending: Pending::default(),
        }
    }

    /// An index from its bytes; `None` if they are not one, are damaged or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Option<Index> {
        let mut from = Unpacker::new(bytes)?;
        if from.number::<u64>()? != MAGIC {
            return None;
        }
        let made_by = from.number()?;
        let outlines = Outlines::unpack(&mut from)?;
        let order: Vec<u32> = from.array()?;
        let (heads, copies) = (from.array()?, from.array()?);
        let near: Vec<(u16, (u16, u16))> = from.array()?;
        let near = near.into_iter().map(|(crowd, (rate, siblings))| Near { crowd, rate, siblings });
        let near: Vec<Near> = near.collect();
        let (company, leads) = (Lists::unpack(&mut from)?, Lists::unpack(&mut from)?);
        let home = from.array()?;
        let n_pointless = from.number()?;
        let mut counts = || {
            let counts: Vec<(u64, (i32, u32))> = from.array()?;
            Some(counts.into_iter().map(|(place, (day, n))| ((place, day), n)).collect())
        };
        let (places, countries): (BTreeMap<_, _>, BTreeMap<_, _>) = (counts()?, counts()?);
        let crowded = Crowded { places, countries, n_pointless };
        let (judged, same, different) = (from.array()?, from.array()?, from.array()?);
        let pending = Pending::default();
        let index = Index {
            outlines,
            order,
            heads,
            copies,
            near,
            company,
            leads,
            home,
            crowded,
            judged,
            same,
            different,
            made_by,
            pending,
        };
        (from.is_empty() && index.is_whole()).then_some(index)
    }

    /// Whether nothing in it points outside of it.
    fn is_whole(&self) -> bool {
        let n = self.outlines.len();
        let within = |&it: &u32| (it as usize) < n;
        let within_or_none = |it: &u32| *it == NONE || within(it);
        let pairs = |pairs: &[(u32, u32)]| pairs.iter().all(|(a, b)| within(a) && within(b));
        let lengths = [
            self.heads.len(),
            self.copies.len(),
            self.near.len(),
            self.home.len(),
            self.company.spans.len(),
            self.leads.spans.len(),
        ];
        lengths.iter().all(|&len| len == n)
            && self.order.len() == self.outlines.n_counted()
            && self.order.iter().all(within)
            && self.heads.iter().all(within_or_none)
            && self.home.iter().all(within_or_none)
            && self.judged.iter().all(within)
            && pairs(&self.same)
            && pairs(&self.different)
            && [&self.company, &self.leads]
                .iter()
                .all(|lists| lists.entries.iter().all(|(other, _)| within(other)))
    }
}

impl Lists {
    fn pack(&self, into: &mut Packer) {
        let lengths: Vec<u32> = self.spans.iter().map(|&(_, len)| len).collect();
        into.array(&lengths);
        into.number(lengths.iter().map(|&len| u64::from(len)).sum::<u64>());
        for position in 0..self.spans.len() as u32 {
            for &entry in self.of(position) {
                into.number(entry);
            }
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Lists> {
        let lengths: Vec<u32> = from.array()?;
        let entries: Vec<Entry> = from.array()?;
        let mut start = 0u32;
        let mut spans = Vec::with_capacity(lengths.len());
        for len in lengths {
            spans.push((start, len));
            start = start.checked_add(len)?;
        }
        (start as usize == entries.len()).then_some(Lists { spans, entries })
    }
}
