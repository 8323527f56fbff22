//! The audit log: who read, shared, exported, decided or administered what, in a form that nobody can
//! rewrite unseen.
//!
//! In go [`Act`]s, one at a time, with a salt and a time from the caller; out come lines of text that
//! the caller keeps ([`Writer`]). The lines are the leaves of a Merkle tree as RFC 6962 has it, each
//! hashed behind its salt, so that a leaf hash tells nothing of its act. From time to time the log
//! signs a [`Checkpoint`], and a second member co-signs it ([`cosign`]) after seeing by a proof that
//! the log has only grown. [`verify`] takes the lines, the checkpoints and the keys, and names the
//! first entry that is not as it was signed.
//!
//! What is not here: files, clocks, random numbers and the sending of checkpoints to and fro. Who may
//! read the log is a matter of the sharing rules. Acts name accounts and members by their ids, never
//! people.

mod act;
mod checkpoint;
mod entry;
mod keys;
mod note;
mod proof;
mod tree;
mod verify;

pub use act::{Act, Deed, Outcome, Token, TokenError, Who};
pub use checkpoint::{Checkpoint, NoCheckpoint, NoCosignature, Opened, Trust, cosign};
pub use entry::{Entry, Flaw, Reader, Salt, Writer, erase, first_line};
pub use keys::{KeyKind, NotAKey, SignKey, VerifyKey};
pub use note::{LONGEST_NOTE, MOST_SIGNATURES, NotANote, Note, NoteSignature};
pub use proof::{consistency_proof, inclusion_proof, verify_consistency, verify_inclusion};
pub use tree::{Frontier, leaf_hash, node_hash, root};
pub use verify::{Problem, Verdict, verify};
