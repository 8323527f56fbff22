//! Any bytes as a log, a checkpoint and a record of custody: what nobody signed is never found sound where it has
//! entries, and nothing is taken for a checkpoint of a key that did not sign it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sheaf_share::audit::{Checkpoint, KeyKind, SignKey, Trust, verify};
use sheaf_share::custody::Custody;

fuzz_target!(|bytes: &[u8]| {
    let key = SignKey::new("acme/audit", KeyKind::Log, &[7; 32]).unwrap().verify_key();
    let trust =
        Trust { origin: "acme/audit".to_owned(), log: key, cosigners: vec![], n_cosigners: 0 };
    assert!(Checkpoint::open(bytes, &trust).is_err());
    let cut = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    let (log, note) = bytes.split_at(cut);
    let verdict = verify(log, &[note], &trust, &[]);
    assert!(!verdict.is_sound(), "a checkpoint that nobody signed was taken");
    if let Ok(custody) = Custody::from_json(bytes) {
        assert_eq!(Custody::from_json(custody.to_json().as_bytes()), Ok(custody));
    }
});
