//! Keys that sign bundles (Ed25519, RFC 8032). They are not those of the audit log: one secret must
//! not sign two kinds of things.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sheaf_model::MemberId;

use crate::{Hash, base64};

/// The key with which a member signs its bundles. Its secret is wiped from memory when it is dropped.
pub struct BundleKey {
    member: MemberId,
    key: SigningKey,
}

impl BundleKey {
    /// A key from its 32 secret bytes, which the caller drew at random and keeps.
    pub fn new(member: MemberId, secret: &[u8; 32]) -> BundleKey {
        BundleKey { member, key: SigningKey::from_bytes(secret) }
    }

    /// Whose it is.
    pub fn member(&self) -> &MemberId {
        &self.member
    }

    /// The half of the key that others check with.
    pub fn known(&self) -> KnownKey {
        KnownKey { member: self.member.clone(), key: self.key.verifying_key() }
    }

    pub(super) fn sign(&self, text: &str) -> [u8; 64] {
        self.key.sign(text.as_bytes()).to_bytes()
    }
}

impl fmt::Debug for BundleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BundleKey({})", self.known())
    }
}

/// The key by which a member's bundles are known. Written as `member+bundle+base 64`, the form in
/// which members hand it to each other.
///
/// ```
/// use sheaf_model::MemberId;
/// use sheaf_share::bundle::{BundleKey, KnownKey};
/// let key = BundleKey::new(MemberId::new("north-rail").unwrap(), &[7; 32]).known();
/// assert_eq!(key.to_string(), "north-rail+bundle+6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=");
/// assert_eq!(key.to_string().parse::<KnownKey>(), Ok(key));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownKey {
    member: MemberId,
    key: VerifyingKey,
}

impl KnownKey {
    /// Whose it is.
    pub fn member(&self) -> &MemberId {
        &self.member
    }

    /// The first eight bytes of the SHA-256 of its written form, in hexadecimal: enough to find it
    /// among a member's keys, and nothing that has to be trusted.
    pub fn id(&self) -> String {
        Hash::of(self.to_string().as_bytes()).to_string()[..16].to_owned()
    }

    pub(super) fn holds(&self, text: &str, signature: &[u8]) -> bool {
        let Ok(signature) = Signature::from_slice(signature) else { return false };
        self.key.verify_strict(text.as_bytes(), &signature).is_ok()
    }
}

impl fmt::Display for KnownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+bundle+{}", self.member, base64::encode(self.key.as_bytes()))
    }
}

/// Why a text is no [`KnownKey`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotABundleKey(&'static str);

impl fmt::Display for NotABundleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a key for bundles: {}; hint: it is written as member+bundle+key", self.0)
    }
}

impl std::error::Error for NotABundleKey {}

impl FromStr for KnownKey {
    type Err = NotABundleKey;

    fn from_str(text: &str) -> Result<KnownKey, NotABundleKey> {
        let mut parts = text.splitn(3, '+');
        let (Some(member), Some("bundle"), Some(key)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(NotABundleKey("it has not three parts with + between"));
        };
        let member = MemberId::new(member).map_err(|_| NotABundleKey("it names no member"))?;
        let bytes = base64::decode(key).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let bytes = bytes.ok_or(NotABundleKey("its last part is not 32 bytes in base 64"))?;
        let key = VerifyingKey::from_bytes(&bytes)
            .ok()
            .filter(|key| !key.is_weak())
            .ok_or(NotABundleKey("its last part is no point of the curve that can be trusted"))?;
        Ok(KnownKey { member, key })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_part_of_a_key_is_no_key() {
        let member = MemberId::new("north-rail").unwrap();
        let text = BundleKey::new(member, &[7; 32]).known().to_string();
        for to in 0..text.len() {
            assert!(text[..to].parse::<KnownKey>().is_err());
        }
        // The neutral point, which would let any signature hold.
        let weak = format!(
            "north-rail+bundle+{}",
            base64::encode(&{
                let mut bytes = [0; 32];
                bytes[0] = 1;
                bytes
            })
        );
        assert_eq!(
            weak.parse::<KnownKey>().unwrap_err().to_string(),
            "not a key for bundles: its last part is no point of the curve that can be trusted; \
             hint: it is written as member+bundle+key"
        );
    }

    proptest! {
        #[test]
        fn foreign_keys_are_read_or_refused(text in ".{0,80}|[a-c]{1,3}\\+bundle\\+[A-Za-z0-9+/]{43}=") {
            if let Ok(key) = text.parse::<KnownKey>() {
                prop_assert_eq!(key.to_string(), text);
            }
        }
    }
}
