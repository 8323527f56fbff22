//! The pool over HTTP, for other organisations and their programs.
//!
//! What goes in: requests of TAXII 2.1 (OASIS, *TAXII Version 2.1*, OASIS Standard, 10 June 2021), with
//! who asks. What comes out: what that reader may see of the log of objects ([`sheaf_store::exchange`]),
//! and for each object sent, whether it was taken. A request is answered by [`Desk::answer`], a plain
//! function; only [`serve`] and [`sync`], the client, know sockets, and only they are async (invariant 18).
//!
//! Whatever nobody allowed is denied: an account sees the collections it was given, and what it was not
//! given answers as if it were not there. Bad data is never the server's failure: an object that cannot
//! be taken is named in the status with a reason, and the others are taken.
//!
//! What it does not do: it does not decide what a marking means. Whoever starts it hands in [`Rules`];
//! [`ByMarking`] asks those of [`sheaf_share`].

mod alerts;
mod answer;
mod api;
mod ask;
mod auditing;
mod bucket;
mod bundles;
mod by_marking;
mod client;
mod cursor;
mod desk;
mod error;
mod features;
mod incidents;
mod medallion;
mod media;
mod members;
mod moments;
mod pages;
mod password;
mod random;
mod readying;
mod rules;
mod serving;
mod sessions;
mod sign_in;
mod subscriptions;
mod taxii;
mod web;

pub use alerts::{PublicMessage, public_messages};
pub use answer::Answer;
pub use api::{Columns, Row, SourceAbout, Word, alert_json};
pub use auditing::{FOR, cosigner_key, exported, log_key, origin, settle, sign, token, verify_key};
pub use bundles::{
    BundleMade, BundleTaken, bundle_key, keep_made, make_bundle, take_bundle, trust_bundle_key,
};
pub use by_marking::{
    ByMarking, class_line, hold, marking_of_class, tells_of_a_confidential_group,
};
pub use client::{Pulled, Pushed, Step, Stopped, Synced, Syncing, sync};
pub use desk::{Desk, Request, Settings, begin};
pub use error::{DeskError, Result};
pub use incidents::{Incidents, Layer};
pub use medallion::{Imported, import};

pub use members::{directory, is_free_region, reader_of};
pub use moments::{Passed, pass_moments};
pub use pages::{
    Decision, Eyes, Handed, Judging, OnAlarm, OnRelease, OnSite, Pages, Question, Wish,
};
pub use password::{hash_password, verify_password};
pub use random::{new_password, new_token, new_uuid, random_bytes, token_digest};
pub use rules::{ByCollection, Marked, Moments, Rules};
pub use serving::{Serving, Tls, serve};
pub use subscriptions::{Delivered, SETTINGS, Telling, alarm_alert};
