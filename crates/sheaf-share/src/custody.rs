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
/// use sheaf_share::Hash;
/// use sheaf_share::custody::{Break, Custody, Converter};
/// let csv = b"date,killed\n2024-05-22,31\n";
/// let convert = || Hash::of(&String::from_utf8_lossy(csv).replace(',', "\t").into_bytes());
/// let converter = Converter {
///     name: "tabs".parse().unwrap(),
///     version: "1.2.0".parse().unwrap(),
///     by: vec!["published:2024-06-01".parse().unwrap()],
/// };
/// let custody = Custody {
///     original: Hash::of(csv),
///     original_bytes: csv.len() as u64,
///     received_ms: 1_790_000_000_000,
///     channel: "upload".parse().unwrap(),
///     converter: converter.clone(),
///     normalised: convert(),
/// };
/// let given = (Hash::of(csv), csv.len() as u64);
/// assert_eq!(custody.proves(given, &converter, convert), Ok(()));
/// let other = (Hash::of(b"date,killed\n2024-05-22,13\n"), 27);
/// let other = custody.proves(other, &converter, convert);
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
    /// By which way: terminal, desk, sync, bundle, …
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
    /// Which version of the program.
    pub version: Token,
    /// What else decides what it makes: the hash of its mapping, options that it was given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Token>,
}

impl fmt::Display for Converter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)?;
        self.by.iter().try_for_each(|by| write!(f, " {by}"))
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
        recorded: Box<Converter>,
        /// The one at hand.
        found: Box<Converter>,
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
    /// Whether the form that was passed on came from bytes of this hash and number. `convert` gives the hash of
    /// what comes of them now; it is run only if both bytes and converter are the recorded ones.
    ///
    /// # Errors
    /// The first link that does not hold.
    pub fn proves(
        &self,
        original: (Hash, u64),
        converter: &Converter,
        convert: impl FnOnce() -> Hash,
    ) -> Result<(), Break> {
        self.is_of(original)?;
        if *converter != self.converter {
            let (recorded, found) = (Box::new(self.converter.clone()), Box::new(converter.clone()));
            return Err(Break::Converter { recorded, found });
        }
        let found = convert();
        if found != self.normalised {
            return Err(Break::Normalised { recorded: self.normalised, found });
        }
        Ok(())
    }

    /// Whether these are the bytes that were handed in.
    ///
    /// # Errors
    /// [`Break::Original`], if they are not.
    pub fn is_of(&self, (found, bytes): (Hash, u64)) -> Result<(), Break> {
        if found != self.original || bytes != self.original_bytes {
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
        Converter { name: "upper".parse().unwrap(), version: version.parse().unwrap(), by: vec![] }
    }

    fn record(original: &[u8]) -> Custody {
        Custody {
            original: Hash::of(original),
            original_bytes: original.len() as u64,
            received_ms: 5,
            channel: "upload".parse().unwrap(),
            converter: converter("1"),
            normalised: Hash::of(&original.to_ascii_uppercase()),
        }
    }

    fn given(bytes: &[u8]) -> (Hash, u64) {
        (Hash::of(bytes), bytes.len() as u64)
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
        let upper = || Hash::of(b"ABC");
        let never = || -> Hash { panic!("not to be run") };
        assert_eq!(
            custody.proves(given(b"abd"), &converter("1"), never).unwrap_err().to_string(),
            "these are not the bytes that were handed in: their SHA-256 is \
             a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9, not \
             ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(
            custody.proves(given(b"abc"), &converter("2"), never).unwrap_err().to_string(),
            "the form was made by upper 1, and this is upper 2\n\
             hint: run the check with the version that is recorded"
        );
        let other = custody.proves(given(b"abc"), &converter("1"), || Hash::of(b"abc"));
        assert!(matches!(other, Err(Break::Normalised { .. })));
        assert_eq!(custody.proves(given(b"abc"), &converter("1"), upper), Ok(()));
    }

    proptest! {
        #[test]
        fn rule_14_no_other_bytes_prove_a_form(
            original in prop::collection::vec(any::<u8>(), 1..60), at: prop::sample::Index, new: u8,
        ) {
            let custody = record(&original);
            let upper = |bytes: &[u8]| Hash::of(&bytes.to_ascii_uppercase());
            let proves = |bytes: &[u8]| {
                custody.proves(given(bytes), &converter("1"), || upper(bytes))
            };
            prop_assert_eq!(proves(&original), Ok(()));
            let mut other = original.clone();
            other[at.index(original.len())] = new;
            prop_assert_eq!(proves(&other).is_ok(), other == original);
        }

        #[test]
        fn foreign_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Custody::from_json(&bytes).is_err());
        }
    }
}
