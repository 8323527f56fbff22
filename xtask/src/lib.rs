//! What `cargo xtask` does, as a library so that its tests can use the parts.

pub mod arguments;
pub mod bench;
pub mod chance;
pub mod console;
pub mod demo;
pub mod eval;
pub mod example;
pub mod failure;
pub mod needs;
pub mod simulate;
pub mod test;
pub mod tidy;
pub mod web;
pub mod workspace;
