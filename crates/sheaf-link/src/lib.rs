//! Which reports are about the same incident, and why.
