//! Checkpoints: "this log has so many entries, and this is their root", signed by the log and
//! co-signed by another member, who thereby says that the log has only grown since its last one.
//! Whoever keeps a checkpoint can catch the log at changing what it covers.
//!
//! References: C2SP, *tlog-checkpoint*, <https://c2sp.org/tlog-checkpoint@v1.0.0>; C2SP,
//! *tlog-cosignature*, <https://c2sp.org/tlog-cosignature>.

use std::fmt;

use super::keys::{KeyKind, SignKey, VerifyKey};
use super::note::{NotANote, Note, is_key_name};
use super::proof::verify_consistency;
use crate::Hash;

/// The state of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// Which log; by custom an address without scheme, as `north.example/audit`.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

/// The keys that someone trusts for one log.
#[derive(Clone, Debug)]
pub struct Trust {
    /// Which log.
    pub origin: String,
    /// The log's own key.
    pub log: VerifyKey,
    /// The keys of members that may co-sign.
    pub cosigners: Vec<VerifyKey>,
    /// How many of them must have co-signed for a checkpoint to count.
    pub n_cosigners: usize,
}

/// A checkpoint whose signatures were checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// Who co-signed, of those trusted, and when, in seconds since 1970.
    pub cosigned: Vec<(String, u64)>,
}

/// Why a checkpoint does not count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoCheckpoint {
    /// It is not even a signed note.
    Note(NotANote),
    /// The note's text is not origin, size and root.
    Text(&'static str),
    /// It is of another log.
    Origin {
        /// The log it is of.
        found: String,
        /// The log it should be of.
        wanted: String,
    },
    /// A trusted key is named, and the signature is not by it.
    Forged {
        /// The key's name.
        name: String,
    },
    /// The log has not signed it.
    Unsigned {
        /// The key that is missing.
        name: String,
    },
    /// Too few trusted members have co-signed it.
    Cosigners {
        /// How many have.
        found: usize,
        /// How many must.
        wanted: usize,
    },
}

impl fmt::Display for NoCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoCheckpoint::Note(why) => write!(f, "{why}"),
            NoCheckpoint::Text(why) => write!(f, "not a checkpoint: {why}"),
            NoCheckpoint::Origin { found, wanted } => {
                write!(f, "it is of the log {found}, not of {wanted}")
            }
            NoCheckpoint::Forged { name } => {
                write!(f, "the signature in the name of {name} is not by its key")
            }
            NoCheckpoint::Unsigned { name } => write!(f, "it is not signed by {name}"),
            NoCheckpoint::Cosigners { found, wanted } => {
                write!(f, "it has {found} of the {wanted} co-signatures that are asked for")
            }
        }
    }
}

impl std::error::Error for NoCheckpoint {}

impl Checkpoint {
    /// The three lines that are signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64())
    }

    /// Reads the signed lines. Lines after the third are the log's own affair and are passed over.
    ///
    /// # Errors
    /// [`NoCheckpoint::Text`], if they are not origin, size and root.
    pub fn from_text(text: &str) -> Result<Checkpoint, NoCheckpoint> {
        let mut lines = text
            .strip_suffix('\n')
            .ok_or(NoCheckpoint::Text("no line break at the end"))?
            .split('\n');
        let mut next = || lines.next().ok_or(NoCheckpoint::Text("fewer than three lines"));
        let origin = next()?;
        let size = next()?;
        let root = next()?;
        if !is_key_name(origin) {
            return Err(NoCheckpoint::Text(
                "the origin is empty, too long, or has a blank or a plus",
            ));
        }
        let digits = size.bytes().all(|byte| byte.is_ascii_digit());
        let leading = size.len() > 1 && size.starts_with('0');
        let size = size.parse().ok().filter(|_| digits && !leading);
        let size = size.ok_or(NoCheckpoint::Text("the size is not a plain number"))?;
        let root = Hash::from_base64(root).ok_or(NoCheckpoint::Text("the root is not a hash"))?;
        if lines.any(str::is_empty) {
            return Err(NoCheckpoint::Text("an empty line"));
        }
        Ok(Checkpoint { origin: origin.to_owned(), size, root })
    }

    /// Signs it as the log. The log must never sign one that does not continue all it signed before.
    ///
    /// # Errors
    /// If the origin cannot be written as a line, or the key is not a log's.
    pub fn sign(&self, key: &SignKey) -> Result<Note, NoCheckpoint> {
        if key.kind() != KeyKind::Log {
            return Err(NoCheckpoint::Text("a co-signer's key cannot sign as the log"));
        }
        Checkpoint::from_text(&self.text())?;
        let mut note = Note::new(&self.text()).map_err(NoCheckpoint::Note)?;
        key.sign(&mut note);
        Ok(note)
    }

    /// Reads a signed checkpoint and checks it against trusted keys.
    ///
    /// # Errors
    /// If it is not one, is of another log, is not signed by the log, has too few co-signatures, or
    /// has one in a trusted name that is not by its key.
    pub fn open(bytes: &[u8], trust: &Trust) -> Result<Opened, NoCheckpoint> {
        let note = Note::read(bytes).map_err(NoCheckpoint::Note)?;
        let checkpoint = Checkpoint::from_text(note.text())?;
        if checkpoint.origin != trust.origin {
            let found = checkpoint.origin;
            return Err(NoCheckpoint::Origin { found, wanted: trust.origin.clone() });
        }
        let mut is_signed = false;
        let mut cosigned: Vec<(String, u64)> = Vec::new();
        for signature in note.signatures() {
            let keys = std::iter::once(&trust.log).chain(&trust.cosigners);
            for key in keys.filter(|key| key.is_named_by(signature)) {
                let Some(at_s) = key.check(note.text(), signature) else {
                    return Err(NoCheckpoint::Forged { name: key.name().to_owned() });
                };
                match key.kind() {
                    KeyKind::Log => is_signed |= key == &trust.log,
                    KeyKind::Cosigner if cosigned.iter().any(|(name, _)| name == key.name()) => {}
                    KeyKind::Cosigner => cosigned.push((key.name().to_owned(), at_s)),
                }
            }
        }
        if !is_signed {
            return Err(NoCheckpoint::Unsigned { name: trust.log.name().to_owned() });
        }
        if cosigned.len() < trust.n_cosigners {
            let (found, wanted) = (cosigned.len(), trust.n_cosigners);
            return Err(NoCheckpoint::Cosigners { found, wanted });
        }
        Ok(Opened { checkpoint, cosigned })
    }
}

/// Why a member does not co-sign.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoCosignature {
    /// The offered checkpoint does not count.
    Checkpoint(NoCheckpoint),
    /// It is smaller than the last one.
    Shrunk {
        /// Entries at the last one.
        known: u64,
        /// Entries now.
        offered: u64,
    },
    /// Its first entries are not those of the last one, or the proof does not show that they are.
    Forked {
        /// Entries at the last one.
        known: u64,
        /// Entries now.
        offered: u64,
    },
    /// The key is not one that co-signs.
    Key,
}

impl fmt::Display for NoCosignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoCosignature::Checkpoint(why) => write!(f, "{why}"),
            NoCosignature::Shrunk { known, offered } => {
                write!(f, "the log had {known} entries and now shows {offered}")
            }
            NoCosignature::Forked { known, offered } => write!(
                f,
                "it is not shown that the {offered} entries begin with the {known} seen before"
            ),
            NoCosignature::Key => f.write_str("this key signs for a log and cannot co-sign"),
        }
    }
}

impl std::error::Error for NoCosignature {}

/// Co-signs a checkpoint of another member's log, if it continues the last one seen, and gives back
/// the note with the signature added and the checkpoint to remember.
///
/// The first time, `known` is nothing and the proof is empty. The co-signer learns size and root,
/// and nothing about any entry.
///
/// # Errors
/// See [`NoCosignature`]. Nothing is signed then.
pub fn cosign(
    offered: &[u8],
    trust: &Trust,
    known: Option<&Checkpoint>,
    proof: &[Hash],
    key: &SignKey,
    at_s: u64,
) -> Result<(Note, Checkpoint), NoCosignature> {
    if key.kind() != KeyKind::Cosigner {
        return Err(NoCosignature::Key);
    }
    let alone = Trust { n_cosigners: 0, ..trust.clone() };
    let opened = Checkpoint::open(offered, &alone).map_err(NoCosignature::Checkpoint)?;
    let next = opened.checkpoint;
    if let Some(known) = known {
        if next.size < known.size {
            return Err(NoCosignature::Shrunk { known: known.size, offered: next.size });
        }
        if !verify_consistency(known.size, &known.root, next.size, &next.root, proof) {
            return Err(NoCosignature::Forked { known: known.size, offered: next.size });
        }
    }
    let mut note =
        Note::read(offered).map_err(|why| NoCosignature::Checkpoint(NoCheckpoint::Note(why)))?;
    key.cosign(&mut note, at_s);
    Ok((note, next))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_the_standard() {
        let text =
            "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        let checkpoint = Checkpoint::from_text(text).unwrap();
        assert_eq!(checkpoint.size, 20_852_163);
        assert_eq!(checkpoint.text(), text);
        assert_eq!(Checkpoint::from_text(&format!("{text}an extension\n")), Ok(checkpoint));
        for (from, to, expected) in [
            ("20852163", "020852163", "not a checkpoint: the size is not a plain number"),
            ("20852163", "+20852163", "not a checkpoint: the size is not a plain number"),
            (
                "20852163",
                "99999999999999999999",
                "not a checkpoint: the size is not a plain number",
            ),
            ("2I=\n", "2J=\n", "not a checkpoint: the root is not a hash"),
            (
                "example.com",
                "example com",
                "not a checkpoint: the origin is empty, too long, or has a blank or a plus",
            ),
            ("2I=\n", "2I=\n\n", "not a checkpoint: an empty line"),
            ("2I=\n", "2I=", "not a checkpoint: no line break at the end"),
        ] {
            let found = Checkpoint::from_text(&text.replace(from, to)).unwrap_err().to_string();
            assert_eq!(found, expected);
        }
    }

    proptest! {
        #[test]
        fn foreign_text_is_read_or_refused(text in "([a-c +]{0,3}|[0-9]{0,3}|[A-Za-z0-9+/=]{44}|\n){0,8}") {
            if let Ok(checkpoint) = Checkpoint::from_text(&text) {
                prop_assert!(text.starts_with(&checkpoint.text()));
            }
        }
    }
}
