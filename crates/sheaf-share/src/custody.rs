//! Chain of custody: what was handed in, when, by which way, and what the converter made of it.
//!
//! A [`Custody`] is written once for each import and passed on with what came of it. The original
//! bytes stay with the contributor, because they may hold what must not be stored; the record holds
//! only their hash. Whoever has the bytes can show that the normalised form came from them: they hash
//! to what the record says, and the same converter makes of them what the record says
//! ([`Custody::proves`]). Here is the pure part; running the converter, keeping the bytes and letting
//! them expire is the caller's.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Hash;
use crate::audit::Token;

/// The record of one import.
///
/// ```
/// use sheaf_share::custody::{Break, Custody, Converter};
/// let csv = b"date,killed\n2024-05-22,31\n";
/// let convert = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(',', "\t").into_bytes();
/// let converter = Converter { name: "tabs".parse().unwrap(), version: "1.2.0".parse().unwrap() };
/// let custody = Custody::record(csv, 1_790_000_000_000, "upload".parse().unwrap(), converter.clone(), &convert(csv));
///
/// assert_eq!(custody.proves(csv, &converter, convert), Ok(()));
/// let other = custody.proves(b"date,killed\n2024-05-22,13\n", &converter, convert);
/// assert!(matches!(other, Err(Break::Original { .. })));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Custody {
    /// SHA-256 of the bytes as they were received.
    #[serde(with = "as_hex")]
    pub original: Hash,
    /// How many bytes they are.
    pub original_bytes: u64,
    /// When they were received, in milliseconds since 1970, by the receiver's clock.
    pub received_ms: i64,
    /// By which way: upload, sync, bundle, cap, …
    pub channel: Token,
    /// What turned them into the normalised form.
    pub converter: Converter,
    /// SHA-256 of the normalised form.
    #[serde(with = "as_hex")]
    pub normalised: Hash,
}

/// What turns original bytes into a normalised form; the same version must always do the same.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Converter {
    /// What it is called.
    pub name: Token,
    /// Which version; for a mapping in a file, the hash of the file belongs in it.
    pub version: Token,
}

impl fmt::Display for Converter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

/// Where a chain of custody is broken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Break {
    /// These are not the bytes that were handed in.
    Original {
        /// The hash of those that were.
        recorded: Hash,
        /// The hash of these.
        found: Hash,
    },
    /// The converter at hand is not the one that was used; whether the bytes would fit is not known.
    Converter {
        /// The one that was.
        recorded: Converter,
        /// The one at hand.
        found: Converter,
    },
    /// The right converter makes something else of the right bytes: the normalised form did not come
    /// from them, or the converter does not always do the same.
    Normalised {
        /// The hash of the form that was passed on.
        recorded: Hash,
        /// The hash of what came out now.
        found: Hash,
    },
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Break::Original { recorded, found } => write!(
                f,
                "these are not the bytes that were handed in: their SHA-256 is {found}, not {recorded}"
            ),
            Break::Converter { recorded, found } => {
                writeln!(f, "the form was made by {recorded}, and this is {found}")?;
                write!(f, "hint: run the check with the version that is recorded")
            }
            Break::Normalised { recorded, found } => write!(
                f,
                "the form did not come from these bytes: converted again, its SHA-256 is {found}, not \
                 {recorded}"
            ),
        }
    }
}

impl std::error::Error for Break {}

impl Custody {
    /// Records an import: these bytes, received at this time by this way, became this form.
    pub fn record(
        original: &[u8],
        received_ms: i64,
        channel: Token,
        converter: Converter,
        normalised: &[u8],
    ) -> Custody {
        Custody {
            original: Hash::of(original),
            original_bytes: original.len() as u64,
            received_ms,
            channel,
            converter,
            normalised: Hash::of(normalised),
        }
    }

    /// Whether the form that was passed on came from these bytes. `convert` is run only if both bytes
    /// and converter are the recorded ones.
    ///
    /// # Errors
    /// The first link that does not hold.
    pub fn proves(
        &self,
        original: &[u8],
        converter: &Converter,
        convert: impl FnOnce(&[u8]) -> Vec<u8>,
    ) -> Result<(), Break> {
        self.is_of(original)?;
        if *converter != self.converter {
            let (recorded, found) = (self.converter.clone(), converter.clone());
            return Err(Break::Converter { recorded, found });
        }
        let found = Hash::of(&convert(original));
        if found != self.normalised {
            return Err(Break::Normalised { recorded: self.normalised, found });
        }
        Ok(())
    }

    /// Whether these are the bytes that were handed in.
    ///
    /// # Errors
    /// [`Break::Original`], if they are not.
    pub fn is_of(&self, original: &[u8]) -> Result<(), Break> {
        let found = Hash::of(original);
        if found != self.original || original.len() as u64 != self.original_bytes {
            return Err(Break::Original { recorded: self.original, found });
        }
        Ok(())
    }

    /// The record as one line of JSON, without a line break. Same record, same bytes.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a record is plain data")
    }

    /// Reads what [`Custody::to_json`] writes.
    ///
    /// # Errors
    /// What the JSON lacks, or has too much of, with its place in the line.
    pub fn from_json(bytes: &[u8]) -> Result<Custody, String> {
        serde_json::from_slice(bytes).map_err(|why| format!("not a record of custody: {why}"))
    }
}

/// Hashes in JSON, as `sha256sum` prints them.
mod as_hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::Hash;

    pub fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(hash)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn converter(version: &str) -> Converter {
        Converter { name: "upper".parse().unwrap(), version: version.parse().unwrap() }
    }

    fn record(original: &[u8]) -> Custody {
        let normalised = original.to_ascii_uppercase();
        Custody::record(original, 5, "upload".parse().unwrap(), converter("1"), &normalised)
    }

    #[test]
    fn a_record_is_a_line_that_others_can_check() {
        let custody = record(b"abc");
        assert_eq!(
            custody.to_json(),
            r#"{"original":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","original_bytes":3,"received_ms":5,"channel":"upload","converter":{"name":"upper","version":"1"},"normalised":"b5d4045c3f466fa91fe2cc6abe79232a1a57cdf104f7a26e716e0a1e2789df78"}"#
        );
        assert_eq!(Custody::from_json(custody.to_json().as_bytes()), Ok(custody));
    }

    #[test]
    fn a_broken_chain_says_where() {
        let custody = record(b"abc");
        let upper = |bytes: &[u8]| bytes.to_ascii_uppercase();
        let never = |_: &[u8]| -> Vec<u8> { panic!("not to be run") };
        assert_eq!(
            custody.proves(b"abd", &converter("1"), never).unwrap_err().to_string(),
            "these are not the bytes that were handed in: their SHA-256 is \
             a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9, not \
             ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(
            custody.proves(b"abc", &converter("2"), never).unwrap_err().to_string(),
            "the form was made by upper 1, and this is upper 2\n\
             hint: run the check with the version that is recorded"
        );
        let other = custody.proves(b"abc", &converter("1"), |bytes| bytes.to_vec());
        assert!(matches!(other, Err(Break::Normalised { .. })));
        assert_eq!(custody.proves(b"abc", &converter("1"), upper), Ok(()));
    }

    proptest! {
        #[test]
        fn rule_14_no_other_bytes_prove_a_form(
            original in prop::collection::vec(any::<u8>(), 1..60), at: prop::sample::Index, new: u8,
        ) {
            let custody = record(&original);
            let upper = |bytes: &[u8]| bytes.to_ascii_uppercase();
            prop_assert_eq!(custody.proves(&original, &converter("1"), upper), Ok(()));
            let mut other = original.clone();
            other[at.index(original.len())] = new;
            prop_assert_eq!(custody.proves(&other, &converter("1"), upper).is_ok(), other == original);
        }

        #[test]
        fn foreign_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Custody::from_json(&bytes).is_err());
        }
    }
}
