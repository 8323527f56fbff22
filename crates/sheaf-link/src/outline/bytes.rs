//! Outlines to bytes and back, see [`crate::pack`].

use rayon::prelude::*;
use sheaf_model::{SourceKind, Unit};

use super::{Damage, N_SLOTS, Outline, Outlines, Range};
use crate::names::{N_SENSES, Names, Tag};
use crate::pack::{Number, Packer, Unpacker};

/// Bytes of one outline.
const WIDTH: usize = 112 + N_SENSES;

impl Outlines {
    pub(crate) fn pack(&self, into: &mut Packer) {
        self.names.pack(into);
        into.array(self.ids.as_bytes());
        into.array(&self.id_ends);
        let tags: Vec<u32> = self.tags.iter().map(|tag| tag.number() as u32).collect();
        into.array(&tags);
        into.number(self.n_gone as u64);
        into.number(self.outlines.len() as u64);
        let mut bytes = Vec::with_capacity(WIDTH);
        for outline in &self.outlines {
            bytes.clear();
            outline.put(&mut bytes);
            debug_assert_eq!(bytes.len(), WIDTH);
            into.raw(&bytes);
        }
    }

    pub(crate) fn unpack(from: &mut Unpacker<'_>) -> Option<Outlines> {
        let names = Names::unpack(from)?;
        let ids = from.text()?;
        let id_ends: Vec<u64> = from.array()?;
        let tags: Vec<u32> = from.array()?;
        let n_gone = from.number::<u64>()? as usize;
        let raw = from.raw(WIDTH)?;
        let n = raw.len() / WIDTH;
        let outlines: Vec<Outline> =
            raw.par_chunks(WIDTH).with_min_len(4_096).map(Outline::get).collect::<Option<_>>()?;
        let in_order = id_ends.windows(2).all(|ends| ends[0] <= ends[1]);
        let ends_fit = id_ends.par_iter().all(|&end| ids.is_char_boundary(end as usize));
        let last = id_ends.last().copied().unwrap_or(0);
        let n_names = names.counts().len();
        let tags: Vec<Tag> = tags.into_par_iter().map(Tag::numbered).collect();
        let tags_fit = tags.par_iter().all(|tag| tag.is_sound() && tag.name() < n_names);
        let outlines_fit = outlines.par_iter().all(|outline| {
            let ends = &outline.ends;
            ends.windows(2).all(|ends| ends[0] <= ends[1])
                && outline.first_tag as usize + usize::from(ends[N_SENSES - 1]) <= tags.len()
        });
        let fits = in_order
            && ends_fit
            && last == ids.len() as u64
            && id_ends.len() == n
            && n_gone <= n
            && tags_fit
            && outlines_fit;
        let scratch = Vec::new();
        fits.then_some(Outlines { ids, id_ends, outlines, n_gone, tags, names, scratch })
    }
}

impl Outline {
    fn put(&self, bytes: &mut Vec<u8>) {
        (self.first, self.last).put(bytes);
        self.at.into_iter().for_each(|along| along.put(bytes));
        self.radius.put(bytes);
        (self.kinds, self.wording).put(bytes);
        for range in self.tolls {
            range.low.put(bytes);
            range.best.put(bytes);
            range.high.put(bytes);
        }
        self.published.put(bytes);
        self.document.put(bytes);
        self.first_tag.put(bytes);
        (self.says, self.source).put(bytes);
        bytes.extend(self.ends);
        bytes.extend([self.damage as u8, self.source_kind as u8, self.unit as u8]);
        bytes.push(u8::from(self.date_from_publication));
    }

    fn get(bytes: &[u8]) -> Option<Outline> {
        let mut at = 0;
        fn next<N: Number>(bytes: &[u8], at: &mut usize) -> N {
            let number = N::get(&bytes[*at..]);
            *at += N::WIDTH;
            number
        }
        let (first, last) = next(bytes, &mut at);
        let point = [0; 3].map(|_| next(bytes, &mut at));
        let radius = next(bytes, &mut at);
        let (kinds, wording) = next(bytes, &mut at);
        let tolls = [0; N_SLOTS].map(|_| {
            let [low, best, high] = [0; 3].map(|_| next(bytes, &mut at));
            Range { low, best, high }
        });
        let published = next(bytes, &mut at);
        let document = next(bytes, &mut at);
        let first_tag = next(bytes, &mut at);
        let (says, source) = next(bytes, &mut at);
        let ends = [0; N_SENSES].map(|_| next(bytes, &mut at));
        let [damage, source_kind, unit, late] = [0; 4].map(|_| next::<u8>(bytes, &mut at));
        Some(Outline {
            first,
            last,
            at: point,
            radius,
            kinds,
            wording,
            tolls,
            published,
            document,
            damage: match damage {
                0 => Damage::None,
                1 => Damage::Some,
                2 => Damage::Unsaid,
                _ => return None,
            },
            says,
            first_tag,
            ends,
            source,
            source_kind: SourceKind::ALL.into_iter().find(|&it| it as u8 == source_kind)?,
            unit: Unit::ALL.into_iter().find(|&it| it as u8 == unit)?,
            date_from_publication: match late {
                0 => false,
                1 => true,
                _ => return None,
            },
        })
    }
}
