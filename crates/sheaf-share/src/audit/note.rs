//! Signed notes: a text, a blank line, and lines of signatures. This is the envelope in which a
//! checkpoint travels; it can be read without any key, and says nothing until a key was asked.
//!
//! Reference: C2SP, *signed-note*, <https://c2sp.org/signed-note@v1.0.0>.

use std::fmt;

use crate::base64;

/// The longest note that is read, in bytes.
pub const LONGEST_NOTE: usize = 1 << 16;
/// The most signatures that are read in one note. The standard asks for at least 16.
pub const MOST_SIGNATURES: usize = 64;

/// A text with signatures that nobody has checked yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// What is signed; ends with a line break.
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One line of signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoteSignature {
    /// The name of the key. Not trusted: anyone can write a name.
    pub name: String,
    /// The first four bytes of the hash of name, type and key, to find the key by.
    pub key_id: [u8; 4],
    /// What the key made of the text; its length depends on the type of key.
    pub bytes: Vec<u8>,
}

/// Why some bytes are no signed note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotANote(&'static str);

impl fmt::Display for NotANote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a signed note: {}", self.0)
    }
}

impl std::error::Error for NotANote {}

impl Note {
    /// A note without signatures.
    ///
    /// # Errors
    /// If the text does not end with a line break, holds a control character, or is too long.
    pub fn new(text: &str) -> Result<Note, NotANote> {
        if text.len() > LONGEST_NOTE {
            return Err(NotANote("longer than 64 KiB"));
        }
        if !text.ends_with('\n') {
            return Err(NotANote("the text does not end with a line break"));
        }
        if text.chars().any(|it| it < ' ' && it != '\n') {
            return Err(NotANote("the text has a control character"));
        }
        Ok(Note { text: text.to_owned(), signatures: Vec::new() })
    }

    /// Reads a note.
    ///
    /// # Errors
    /// If the bytes are not exactly what the format asks for. No signature is checked.
    pub fn read(bytes: &[u8]) -> Result<Note, NotANote> {
        if bytes.len() > LONGEST_NOTE {
            return Err(NotANote("longer than 64 KiB"));
        }
        let all = std::str::from_utf8(bytes).map_err(|_| NotANote("not UTF-8"))?;
        let blank = all.rfind("\n\n").ok_or(NotANote("no blank line before the signatures"))?;
        let mut note = Note::new(&all[..=blank])?;
        let lines = all[blank + 2..].strip_suffix('\n');
        let lines = lines.ok_or(NotANote("the last signature has no line break"))?;
        for line in lines.split('\n') {
            if note.signatures.len() == MOST_SIGNATURES {
                return Err(NotANote("more than 64 signatures"));
            }
            note.signatures.push(read_signature(line)?);
        }
        Ok(note)
    }

    /// What is signed, with its last line break.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lines of signature, in order.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a line of signature at the end.
    pub(super) fn push(&mut self, signature: NoteSignature) {
        self.signatures.push(signature);
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            let mut bytes = signature.key_id.to_vec();
            bytes.extend_from_slice(&signature.bytes);
            writeln!(f, "— {} {}", signature.name, base64::encode(&bytes))?;
        }
        Ok(())
    }
}

/// Whether a key, or a log, may be called this.
pub(super) fn is_key_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && !name.chars().any(|it| it.is_whitespace() || it.is_control() || it == '+')
}

fn read_signature(line: &str) -> Result<NoteSignature, NotANote> {
    let rest = line.strip_prefix("— ").ok_or(NotANote("a signature begins with a dash"))?;
    let (name, text) = rest.split_once(' ').ok_or(NotANote("a signature has a name and bytes"))?;
    if !is_key_name(name) {
        return Err(NotANote("the name of a key has no blanks and no plus"));
    }
    let bytes = base64::decode(text).ok_or(NotANote("a signature is not in base 64"))?;
    let (key_id, rest) =
        bytes.split_first_chunk::<4>().ok_or(NotANote("a signature is too short"))?;
    if rest.is_empty() {
        return Err(NotANote("a signature is too short"));
    }
    Ok(NoteSignature { name: name.to_owned(), key_id: *key_id, bytes: rest.to_vec() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_note_says_why() {
        for (bytes, expected) in [
            (&b""[..], "not a signed note: no blank line before the signatures"),
            (b"a\n\n", "not a signed note: the last signature has no line break"),
            (b"a\n\n- b AAAAAAA=\n", "not a signed note: a signature begins with a dash"),
            (
                "a\n\n— b+c AAAAAAA=\n".as_bytes(),
                "not a signed note: the name of a key has no blanks and no plus",
            ),
            ("a\n\n— b AAAAAA==\n".as_bytes(), "not a signed note: a signature is too short"),
            ("a\n\n— b AAAAAAB=\n".as_bytes(), "not a signed note: a signature is not in base 64"),
            (
                "a\tb\n\n— b AAAAAAA=\n".as_bytes(),
                "not a signed note: the text has a control character",
            ),
            (b"\xff", "not a signed note: not UTF-8"),
        ] {
            assert_eq!(Note::read(bytes).unwrap_err().to_string(), expected);
        }
    }

    proptest! {
        #[test]
        fn foreign_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Note::read(&bytes);
        }

        #[test]
        fn nearly_notes_are_read_or_refused(text in "[a\n—+ ]{0,12}\n\n(— [ab]{0,2} [A=]{0,9}\n){0,3}") {
            if let Ok(note) = Note::read(text.as_bytes()) {
                prop_assert_eq!(note.to_string(), text);
            }
        }
    }
}
