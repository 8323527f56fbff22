//! What `cargo xtask` does, as a library so that its tests can use the parts.

pub mod chance;
pub mod simulate;
