//! `next`: where to read on, in a form that only this pool can make.
//!
//! A cursor is the time at which the last object of a page was added, which its reader knows anyway, and a
//! keyed hash of that time, of who asked and of what was asked for. It is the same page however often it
//! is asked for and whenever the server was started; with another question the hash does not fit.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sheaf_store::exchange::Micros;

const N_HASH: usize = 16;

/// Makes a cursor. `asked` is everything of the question that must not change.
pub(crate) fn write(key: &[u8; 32], asked: &str, added: Micros) -> String {
    let mut bytes = added.to_be_bytes().to_vec();
    bytes.extend_from_slice(&hash(key, asked, added));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a cursor; `None` for one that this pool did not make for this question.
pub(crate) fn read(key: &[u8; 32], asked: &str, text: &str) -> Option<Micros> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (added, theirs) = bytes.split_at_checked(8)?;
    let added = Micros::from_be_bytes(added.try_into().ok()?);
    let ours = hash(key, asked, added);
    // All bytes are looked at, so that the time it takes says nothing.
    let differing = ours.iter().zip(theirs).fold(0, |sum, (a, b)| sum | (a ^ b));
    (theirs.len() == N_HASH && differing == 0).then_some(added)
}

fn hash(key: &[u8; 32], asked: &str, added: Micros) -> [u8; N_HASH] {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(b"sheaf next 1\0").update(&added.to_be_bytes()).update(asked.as_bytes());
    let mut hash = [0; N_HASH];
    hash.copy_from_slice(&hasher.finalize().as_bytes()[..N_HASH]);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_with_its_key_and_question_only() {
        let cursor = write(&[1; 32], "all", 7);
        assert_eq!(read(&[1; 32], "all", &cursor), Some(7));
        assert_eq!(read(&[1; 32], "first", &cursor), None);
        assert_eq!(read(&[2; 32], "all", &cursor), None);
        assert_eq!(write(&[1; 32], "all", 7), cursor);
        let mut other = cursor.clone();
        other.replace_range(3..4, if &cursor[3..4] == "A" { "B" } else { "A" });
        for text in [other.as_str(), "", "x", "AAAA", &cursor[..20], "é"] {
            assert_eq!(read(&[1; 32], "all", text), None, "{text}");
        }
    }
}
