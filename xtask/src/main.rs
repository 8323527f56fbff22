//! Builds, tests, demonstrates and measures sheaf.
fn main() {}
