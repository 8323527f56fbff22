//! Original bytes sealed for whoever brought them: nobody reads them without the key, which lies in a file of its own
//! outside the pool.
//!
//! A sealed file is the line `sheaf-sealed/1`, 16 bytes of salt, and the bytes in chunks of 64 KiB, each with its tag,
//! by ChaCha20-Poly1305 in the STREAM construction as age has it (<https://age-encryption.org/v1>, "Payload"): the
//! nonce is the number of the chunk in 11 bytes and a byte that is 1 for the last, so that chunks can be neither
//! dropped, moved nor added unseen. The key of a file is HKDF-SHA-256 (RFC 5869) of the key at hand, the salt, and the
//! SHA-256 of what is sealed, so that no two files share one.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf;
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::failure::Failure;

const BEGINS: &[u8] = b"sheaf-sealed/1\n";
const KEY_BEGINS: &str = "sheaf-original-key/1 ";
const CHUNK: usize = 64 << 10;
const TAG: usize = 16;

/// The key by which a contributor's originals are sealed.
pub struct OriginalKey([u8; 32]);

impl OriginalKey {
    /// Draws a key into a file that is not there yet, which only its owner may read.
    pub fn make(path: &Path) -> Result<(), Failure> {
        let key: [u8; 32] = random()?;
        let mut how = fs::OpenOptions::new();
        how.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut how, 0o600);
        let line = format!("{KEY_BEGINS}{}\n", STANDARD_NO_PAD.encode(key));
        how.open(path)
            .and_then(|mut file| {
                file.write_all(line.as_bytes())?;
                file.sync_all()
            })
            .map_err(|err| {
                Failure::new("cannot-write", format!("{}: {err}", path.display()))
                    .hint("a key is never written over: what it sealed could not be opened again")
            })
    }

    /// Reads a key.
    pub fn read(path: &Path) -> Result<OriginalKey, Failure> {
        let told = |why: String| {
            Failure::new("not-a-key", format!("{}: {why}", path.display()))
                .hint("name the file that --keep-original made, or one that is not there yet")
        };
        let text = fs::read_to_string(path).map_err(|err| told(err.to_string()))?;
        text.trim()
            .strip_prefix(KEY_BEGINS)
            .and_then(|digits| STANDARD_NO_PAD.decode(digits).ok())
            .and_then(|key| key.try_into().ok())
            .map(OriginalKey)
            .ok_or_else(|| told("this is no key for originals".to_owned()))
    }

    fn of_file(&self, salt: &[u8; 16], original: &[u8; 32]) -> LessSafeKey {
        let drawn = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(&self.0);
        let info: [&[u8]; 2] = [b"sheaf original", original];
        let key = drawn.expand(&info, &CHACHA20_POLY1305).expect("32 bytes can be drawn");
        LessSafeKey::new(UnboundKey::from(key))
    }
}

fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    let drawn = SystemRandom::new().fill(&mut bytes);
    drawn.map_err(|_| Failure::new("no-randomness", "the system gives no random bytes"))?;
    Ok(bytes)
}

fn nonce(nth: u64, is_last: bool) -> Nonce {
    let mut bytes = [0; 12];
    bytes[3..11].copy_from_slice(&nth.to_be_bytes());
    bytes[11] = u8::from(is_last);
    Nonce::assume_unique_for_key(bytes)
}

/// Seals what is read, whose SHA-256 is given.
pub fn seal(
    mut from: impl Read,
    to: &mut impl Write,
    key: &OriginalKey,
    original: &[u8; 32],
) -> Result<(), Failure> {
    let salt: [u8; 16] = random()?;
    let key = key.of_file(&salt, original);
    let mut sealing = || -> io::Result<()> {
        to.write_all(BEGINS)?;
        to.write_all(&salt)?;
        let mut next = chunk(&mut from, CHUNK)?;
        for nth in 0.. {
            let mut this = next;
            next = chunk(&mut from, CHUNK)?;
            let is_last = next.is_empty();
            key.seal_in_place_append_tag(nonce(nth, is_last), Aad::empty(), &mut this)
                .map_err(|_| io::Error::other("a chunk cannot be sealed"))?;
            to.write_all(&this)?;
            if is_last {
                break;
            }
        }
        to.flush()
    };
    sealing().map_err(|err| Failure::new("cannot-write", format!("sealing: {err}")))
}

/// Opens what was sealed. What was written so far is not to be used where this fails.
pub fn open(
    mut from: impl Read,
    to: &mut impl Write,
    key: &OriginalKey,
    original: &[u8; 32],
) -> Result<(), Failure> {
    let unreadable = |err: io::Error| Failure::new("cannot-read", format!("opening: {err}"));
    let damaged = || {
        Failure::new("not-opened", "another key sealed it, or it is damaged")
            .hint("the key is the file that was named with --keep-original")
    };
    let head = chunk(&mut from, BEGINS.len() + 16).map_err(unreadable)?;
    let salt = head.strip_prefix(BEGINS).and_then(|salt| salt.try_into().ok());
    let key = key.of_file(&salt.ok_or_else(damaged)?, original);
    let mut next = chunk(&mut from, CHUNK + TAG).map_err(unreadable)?;
    for nth in 0.. {
        let mut this = next;
        next = chunk(&mut from, CHUNK + TAG).map_err(unreadable)?;
        let is_last = next.is_empty();
        let opened = key.open_in_place(nonce(nth, is_last), Aad::empty(), &mut this);
        let opened = opened.map_err(|_| damaged())?;
        to.write_all(opened)
            .map_err(|err| Failure::new("cannot-write", format!("opening: {err}")))?;
        if is_last {
            break;
        }
    }
    to.flush().map_err(|err| Failure::new("cannot-write", format!("opening: {err}")))
}

/// The next so many bytes, fewer only at the end.
fn chunk(from: &mut impl Read, n: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(n as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(bytes: &[u8], key: &OriginalKey) -> Vec<u8> {
        let mut to = Vec::new();
        seal(bytes, &mut to, key, &[7; 32]).unwrap();
        to
    }

    fn opened(bytes: &[u8], key: &OriginalKey, original: &[u8; 32]) -> Option<Vec<u8>> {
        let mut to = Vec::new();
        open(bytes, &mut to, key, original).ok().map(|()| to)
    }

    #[test]
    fn what_was_sealed_is_opened_by_its_key_alone() {
        let (key, other) = (OriginalKey([1; 32]), OriginalKey([2; 32]));
        for n in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let bytes: Vec<u8> = (0..n).map(|at| (at % 251) as u8).collect();
            let sealed = sealed(&bytes, &key);
            assert_eq!(opened(&sealed, &key, &[7; 32]).as_ref(), Some(&bytes), "{n}");
            assert_eq!(opened(&sealed, &other, &[7; 32]), None, "{n}");
            assert_eq!(opened(&sealed, &key, &[8; 32]), None, "{n}");
        }
        assert_ne!(sealed(b"abc", &key), sealed(b"abc", &key));
    }

    #[test]
    fn no_byte_is_changed_cut_moved_or_added_unseen() {
        let key = OriginalKey([1; 32]);
        let bytes = vec![5; 2 * CHUNK + 10];
        let whole = sealed(&bytes, &key);
        let head = BEGINS.len() + 16;
        for at in [0, head - 1, head, head + CHUNK, whole.len() - 1] {
            let mut other = whole.clone();
            other[at] ^= 1;
            assert_eq!(opened(&other, &key, &[7; 32]), None, "{at}");
        }
        let chunk = CHUNK + TAG;
        assert_eq!(opened(&whole[..head + chunk], &key, &[7; 32]), None);
        assert_eq!(opened(&whole[..head], &key, &[7; 32]), None);
        let mut moved = whole.clone();
        moved[head..head + 2 * chunk].rotate_left(chunk);
        assert_eq!(opened(&moved, &key, &[7; 32]), None);
        assert_eq!(opened(&[&whole[..], b"x"].concat(), &key, &[7; 32]), None);
    }
}
