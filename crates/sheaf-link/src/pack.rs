//! Arrays of numbers to bytes and back: a small format of our own, little-endian, each array after
//! its length. It is read in bulk, as a million reports must be back in a fraction of a second. A
//! reader never trusts a length, and a writer's bytes end in a hash of all of them.

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

/// Bytes in the making.
#[derive(Default)]
pub(crate) struct Packer {
    bytes: Vec<u8>,
}

/// Bytes of which a part has been read. Every answer is `None` if they end too soon.
pub(crate) struct Unpacker<'a> {
    rest: &'a [u8],
}

/// A number of a fixed width.
pub(crate) trait Number: Copy + Default + Send + Sync {
    const WIDTH: usize;
    fn put(self, bytes: &mut Vec<u8>);
    fn get(bytes: &[u8]) -> Self;
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Number for $number {
            const WIDTH: usize = size_of::<$number>();
            fn put(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }
            #[inline]
            fn get(bytes: &[u8]) -> $number {
                let mut own = [0; size_of::<$number>()];
                own.copy_from_slice(&bytes[..size_of::<$number>()]);
                <$number>::from_le_bytes(own)
            }
        }
    )*};
}

numbers!(u8, u16, u32, i32, f32, u64);

impl<A: Number, B: Number> Number for (A, B) {
    const WIDTH: usize = A::WIDTH + B::WIDTH;
    fn put(self, bytes: &mut Vec<u8>) {
        self.0.put(bytes);
        self.1.put(bytes);
    }
    #[inline]
    fn get(bytes: &[u8]) -> (A, B) {
        (A::get(bytes), B::get(&bytes[A::WIDTH..]))
    }
}

/// Numbers read or hashed by one task.
const CHUNK: usize = 1 << 16;

impl Packer {
    pub(crate) fn number<N: Number>(&mut self, number: N) {
        number.put(&mut self.bytes);
    }

    pub(crate) fn array<N: Number>(&mut self, numbers: &[N]) {
        self.number(numbers.len() as u64);
        self.bytes.reserve(numbers.len() * N::WIDTH);
        for number in numbers {
            number.put(&mut self.bytes);
        }
    }

    /// Bytes as they are, without their length.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The bytes, and a hash of them.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        let hash = hash(&self.bytes);
        self.number(hash);
        self.bytes
    }
}

impl<'a> Unpacker<'a> {
    /// Only if the bytes end in their hash.
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Unpacker<'a>> {
        let (rest, end) = bytes.split_at_checked(bytes.len().checked_sub(u64::WIDTH)?)?;
        (hash(rest) == u64::get(end)).then_some(Unpacker { rest })
    }

    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        Some(taken)
    }

    pub(crate) fn number<N: Number>(&mut self) -> Option<N> {
        self.take(N::WIDTH).map(N::get)
    }

    /// The bytes of an array of things of a width.
    pub(crate) fn raw(&mut self, width: usize) -> Option<&'a [u8]> {
        let n = usize::try_from(self.number::<u64>()?).ok()?;
        self.take(n.checked_mul(width)?)
    }

    pub(crate) fn array<N: Number>(&mut self) -> Option<Vec<N>> {
        let raw = self.raw(N::WIDTH)?;
        let mut numbers = vec![N::default(); raw.len() / N::WIDTH];
        let bytes = raw.par_chunks(CHUNK * N::WIDTH);
        numbers.par_chunks_mut(CHUNK).zip(bytes).for_each(|(numbers, bytes)| {
            for (number, bytes) in numbers.iter_mut().zip(bytes.chunks_exact(N::WIDTH)) {
                *number = N::get(bytes);
            }
        });
        Some(numbers)
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        String::from_utf8(self.raw(1)?.to_vec()).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

/// A hash of hashes, so that many threads can work on it.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut hashes = Vec::new();
    bytes.par_chunks(1 << 20).map(xxh3_64).collect_into_vec(&mut hashes);
    let parts: Vec<u8> = hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect();
    xxh3_64(&parts)
}
