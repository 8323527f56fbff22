//! Settled incidents as events of MISP's core format
//! (<https://www.misp-standard.org/rfc/misp-standard-core.html>), out only.
//!
//! In go incidents as one reader sees them; out comes an event for each ([`write`](fn@write)), to be
//! imported as a file. The place is an object of MISP's own template `geolocation`; everything else
//! is an object of a template of ours, whose definition is published with the program
//! ([`template`]). TLP, PAP and purposes are tags, and TLP decides how far a MISP server passes the
//! event on ([`distribution`]), never farther than the marking lets it go. What may not be passed on
//! at all is left out and counted.
//!
//! Nothing here takes part in MISP's correlation: linking by place or by group is not for a server
//! that does not know what is linked. Nothing of it is an indicator for detection systems either.
//!
//! What is not here: reading MISP, and talking to a server.

mod event;
mod object;
#[cfg(test)]
mod tests;

pub use event::{Outgoing, Written, distribution, response, withdraw, write};
pub use object::template;
