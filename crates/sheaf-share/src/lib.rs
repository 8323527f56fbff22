//! What passes between organisations, and the record of what passed.
//!
//! In go bytes from strangers and acts of one's own; out come checked values, or a reason why not.
//! Nothing here opens a file or a connection, asks the clock or draws a random number: bytes, times,
//! salts and keys are arguments, so that every function can be tested to the last byte.

mod base64;
mod hash;

pub mod audit;
pub mod cap;
pub mod custody;
pub mod screen;

pub use hash::Hash;
