//! Keys that sign checkpoints: of the log itself, and of a second member who co-signs. Both are
//! Ed25519; a co-signature also says when it was made, and signs another text, so that the one can
//! never pass for the other.
//!
//! References: C2SP, *signed-note*, <https://c2sp.org/signed-note@v1.0.0> (key ids, verifier keys);
//! C2SP, *tlog-cosignature*, <https://c2sp.org/tlog-cosignature> (Ed25519 co-signatures, v1);
//! RFC 8032 (Ed25519).

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::note::{Note, NoteSignature, is_key_name};
use crate::{Hash, base64};

/// What a key's signature states.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyKind {
    /// The log says: this is what I hold. Type 0x01.
    Log,
    /// Another says: what this log showed me has only ever grown. Type 0x04.
    Cosigner,
}

impl KeyKind {
    fn byte(self) -> u8 {
        match self {
            KeyKind::Log => 0x01,
            KeyKind::Cosigner => 0x04,
        }
    }
}

/// A key that signs, with the name under which others know it. Its secret is wiped from memory when
/// it is dropped.
pub struct SignKey {
    name: String,
    kind: KeyKind,
    key: SigningKey,
}

impl SignKey {
    /// A key from its 32 secret bytes, which the caller drew at random and keeps.
    ///
    /// One secret must not serve two names or two kinds: a co-signature does not say who made it.
    ///
    /// # Errors
    /// If the name is empty, longer than 255 bytes, or holds a blank or a plus.
    pub fn new(name: &str, kind: KeyKind, secret: &[u8; 32]) -> Result<SignKey, NotAKey> {
        if !is_key_name(name) {
            return Err(NotAKey("its name is empty, too long, or has a blank or a plus"));
        }
        Ok(SignKey { name: name.to_owned(), kind, key: SigningKey::from_bytes(secret) })
    }

    /// The half of the key that others check with.
    pub fn verify_key(&self) -> VerifyKey {
        VerifyKey { name: self.name.clone(), kind: self.kind, key: self.key.verifying_key() }
    }

    /// Signs as the log.
    pub(super) fn sign(&self, note: &mut Note) {
        debug_assert_eq!(self.kind, KeyKind::Log);
        let bytes = self.key.sign(note.text().as_bytes()).to_bytes().to_vec();
        note.push(NoteSignature { name: self.name.clone(), key_id: self.verify_key().id(), bytes });
    }

    /// Signs as a co-signer, at this time in seconds since 1970.
    pub(super) fn cosign(&self, note: &mut Note, at_s: u64) {
        debug_assert_eq!(self.kind, KeyKind::Cosigner);
        let signature = self.key.sign(cosigned(note.text(), at_s).as_bytes());
        let mut bytes = at_s.to_be_bytes().to_vec();
        bytes.extend_from_slice(&signature.to_bytes());
        note.push(NoteSignature { name: self.name.clone(), key_id: self.verify_key().id(), bytes });
    }

    /// What the key signs for.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }
}

impl fmt::Debug for SignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignKey({})", self.verify_key())
    }
}

/// A key that checks signatures. Written as `name+key id+base 64`, the form in which such keys are
/// handed round.
///
/// ```
/// use sheaf_share::audit::VerifyKey;
/// // The example key of the standard.
/// let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
/// let key: VerifyKey = text.parse().unwrap();
/// assert_eq!(key.name(), "example.com/foo");
/// assert_eq!(key.to_string(), text);
/// let error = "example.com/fob+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".parse::<VerifyKey>();
/// assert_eq!(error.unwrap_err().to_string(), "not a key to verify with: its key id does not fit");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyKey {
    name: String,
    kind: KeyKind,
    key: VerifyingKey,
}

impl VerifyKey {
    /// The name by which a signature line is known to be this key's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the key signs for.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The first four bytes of `SHA-256(name ‖ "\n" ‖ type ‖ key)`.
    pub fn id(&self) -> [u8; 4] {
        let kind = [self.kind.byte()];
        let hash =
            Hash::of_parts(&[self.name.as_bytes(), b"\n", &kind, self.key.as_bytes().as_slice()]);
        hash.as_bytes()[..4].try_into().expect("four of 32 bytes")
    }

    /// Whether this line claims to be by this key.
    pub(super) fn is_named_by(&self, signature: &NoteSignature) -> bool {
        signature.name == self.name && signature.key_id == self.id()
    }

    /// Whether the line is by this key. A co-signer's answer is its time, in seconds since 1970; a
    /// log's has none and is 0.
    pub(super) fn check(&self, text: &str, signature: &NoteSignature) -> Option<u64> {
        match self.kind {
            KeyKind::Log => self.holds(text, &signature.bytes).then_some(0),
            KeyKind::Cosigner => {
                let (time, bytes) = signature.bytes.split_first_chunk::<8>()?;
                let at_s = u64::from_be_bytes(*time);
                let may_be = i64::try_from(at_s).is_ok();
                (may_be && self.holds(&cosigned(text, at_s), bytes)).then_some(at_s)
            }
        }
    }

    fn holds(&self, text: &str, signature: &[u8]) -> bool {
        let Ok(signature) = Signature::from_slice(signature) else { return false };
        self.key.verify_strict(text.as_bytes(), &signature).is_ok()
    }
}

/// The text that a co-signer signs.
fn cosigned(text: &str, at_s: u64) -> String {
    format!("cosignature/v1\ntime {at_s}\n{text}")
}

impl fmt::Display for VerifyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![self.kind.byte()];
        bytes.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+", self.name)?;
        self.id().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        write!(f, "+{}", base64::encode(&bytes))
    }
}

/// Why something is no key to sign or verify with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotAKey(&'static str);

impl fmt::Display for NotAKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a key to verify with: {}", self.0)
    }
}

impl std::error::Error for NotAKey {}

impl FromStr for VerifyKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<VerifyKey, NotAKey> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NotAKey("it is not written as name+id+key"));
        };
        if !is_key_name(name) {
            return Err(NotAKey("its name is empty, too long, or has a blank"));
        }
        let bytes = base64::decode(rest).ok_or(NotAKey("it is not in base 64"))?;
        let kind = match bytes.first() {
            Some(0x01) => KeyKind::Log,
            Some(0x04) => KeyKind::Cosigner,
            _ => return Err(NotAKey("only Ed25519 keys are known, types 1 and 4")),
        };
        let key: &[u8; 32] =
            bytes[1..].try_into().map_err(|_| NotAKey("an Ed25519 key has 32 bytes"))?;
        let key =
            VerifyingKey::from_bytes(key).map_err(|_| NotAKey("it is no point of the curve"))?;
        let key = VerifyKey { name: name.to_owned(), kind, key };
        let wanted: String = key.id().iter().map(|byte| format!("{byte:02x}")).collect();
        if id != wanted {
            return Err(NotAKey("its key id does not fit"));
        }
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The example that Go's `golang.org/x/mod/sumdb/note` documents; Ed25519 leaves no room, so
    /// signing the same text with the same secret must give the same line.
    #[test]
    fn the_note_of_the_go_documentation() {
        let text = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
        let secret = base64::decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz").unwrap();
        let key = SignKey::new("PeterNeumann", KeyKind::Log, secret[1..].try_into().unwrap());
        let key = key.unwrap();
        assert_eq!(
            key.verify_key().to_string(),
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        );
        let mut note = Note::new(text).unwrap();
        key.sign(&mut note);
        assert_eq!(
            note.to_string(),
            format!(
                "{text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2p\
                 ZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
            )
        );
        let read = Note::read(note.to_string().as_bytes()).unwrap();
        assert_eq!(key.verify_key().check(read.text(), &read.signatures()[0]), Some(0));
    }

    #[test]
    fn the_note_of_the_standard() {
        let key: VerifyKey =
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
                .parse()
                .unwrap();
        let note = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq\
                    6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
        let note = Note::read(note.as_bytes()).unwrap();
        assert!(key.is_named_by(&note.signatures()[0]));
        assert_eq!(key.check(note.text(), &note.signatures()[0]), Some(0));
        assert_eq!(key.check("This is another message.\n", &note.signatures()[0]), None);
    }

    #[test]
    fn a_part_of_a_key_is_no_key() {
        let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        for from in 0..text.len() {
            for to in from..=text.len() {
                assert_eq!(text[from..to].parse::<VerifyKey>().is_ok(), to - from == text.len());
            }
        }
    }

    proptest! {
        #[test]
        fn foreign_keys_are_read_or_refused(text in ".{0,80}|[a-c]{1,3}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]{44}") {
            let _ = text.parse::<VerifyKey>();
        }
    }
}
