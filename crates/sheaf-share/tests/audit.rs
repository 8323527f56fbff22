//! The audit log held to its promise: whatever is done to it after it was signed, the first entry that
//! is not as it was is named.

use proptest::prelude::*;
use sheaf_share::Hash;
use sheaf_share::audit::{
    Act, Checkpoint, Deed, KeyKind, NoCheckpoint, NoCosignature, Outcome, Problem, Reader, Salt,
    SignKey, Token, Trust, Verdict, Who, Writer, consistency_proof, cosign, erase, inclusion_proof,
    verify, verify_inclusion,
};

const ORIGIN: &str = "north.example/audit";

fn token(text: &str) -> Token {
    text.parse().unwrap()
}

fn act(idx: u64) -> Act {
    let deed = match idx % 5 {
        0 => Deed::Read { purpose: token("public-safety") },
        1 => Deed::Share {
            with: vec![token("east-rail"), token("group-7")],
            marking: token("TLP:AMBER"),
        },
        2 => Deed::Export { format: token("geojson"), marking: token("TLP:GREEN") },
        3 => Deed::Decision { decided: token("same") },
        _ => Deed::Admin { action: token("revoke-token") },
    };
    let outcome = match idx % 3 {
        0 => Outcome::Done,
        1 => Outcome::Refused { rule: token("marking") },
        _ => Outcome::Failed { why: token("disk-full") },
    };
    Act {
        at_ms: 1_790_000_000_000 + idx as i64,
        who: Who { member: token("north-police"), account: token(&format!("a{}", idx % 4)) },
        what: (0..idx % 3).map(|it| token(&format!("incident--{idx}-{it}"))).collect(),
        deed,
        outcome,
    }
}

/// Salts that a test may guess; a program draws them at random.
fn salt(idx: u64) -> Salt {
    Salt(Hash::of(&idx.to_le_bytes()).as_bytes()[..16].try_into().unwrap())
}

fn log_key() -> SignKey {
    SignKey::new(ORIGIN, KeyKind::Log, &[1; 32]).unwrap()
}

fn cosigner_key() -> SignKey {
    SignKey::new("east.example/witness", KeyKind::Cosigner, &[2; 32]).unwrap()
}

fn trust(n_cosigners: usize) -> Trust {
    let cosigners = vec![cosigner_key().verify_key()];
    Trust { origin: ORIGIN.to_owned(), log: log_key().verify_key(), cosigners, n_cosigners }
}

/// A log of entries `acts`, with a checkpoint after every `step`.
struct Log {
    lines: Vec<String>,
    checkpoints: Vec<String>,
    leaves: Vec<Hash>,
}

impl Log {
    fn of(acts: &[Act], step: usize) -> Log {
        let (mut writer, first) = Writer::new(ORIGIN);
        let mut reader = Reader::new(ORIGIN, first.as_bytes()).unwrap();
        let mut log = Log { lines: vec![first], checkpoints: vec![], leaves: vec![] };
        for (idx, act) in acts.iter().enumerate() {
            let line = writer.append(salt(idx as u64), act);
            log.leaves.push(reader.line(line.as_bytes()).unwrap().leaf);
            log.lines.push(line);
            if (idx + 1) % step == 0 {
                log.checkpoints.push(writer.checkpoint().sign(&log_key()).unwrap().to_string());
            }
        }
        log
    }

    fn new(n: u64, step: usize) -> Log {
        Log::of(&(0..n).map(act).collect::<Vec<_>>(), step)
    }

    fn text(&self) -> String {
        self.lines.concat()
    }

    fn verify(&self, bytes: &[u8]) -> Verdict {
        check(bytes, &self.checkpoints)
    }
}

fn check(bytes: &[u8], checkpoints: &[String]) -> Verdict {
    let checkpoints: Vec<&[u8]> = checkpoints.iter().map(|it| it.as_bytes()).collect();
    verify(bytes, &checkpoints, &trust(0), &[])
}

/// The line of the log in which this byte lies: 0 is the header.
fn line_of(lines: &[String], byte: usize) -> usize {
    let mut end = 0;
    lines
        .iter()
        .position(|line| {
            end += line.len();
            byte < end
        })
        .unwrap()
}

#[test]
fn a_log_as_it_was_written_is_sound() {
    let log = Log::new(23, 5);
    let verdict = log.verify(log.text().as_bytes());
    assert_eq!(verdict.problems, []);
    assert_eq!((verdict.n_read, verdict.n_signed, verdict.n_cosigned), (23, 20, 0));
    assert_eq!(verdict.first_bad_entry(), None);
}

#[test]
fn rule_12_every_flipped_byte_is_found_in_its_entry() {
    let log = Log::new(11, 5);
    let text = log.text();
    for byte in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[byte] ^= 1 << (byte % 8);
        let verdict = log.verify(&bytes);
        match line_of(&log.lines, byte) {
            0 => assert!(matches!(verdict.problems[0], Problem::Line { entry: None, .. })),
            line => assert_eq!(verdict.first_bad_entry(), Some(line as u64 - 1), "byte {byte}"),
        }
    }
}

#[test]
fn rule_12_every_cut_that_takes_a_signed_entry_is_found() {
    let log = Log::new(11, 5);
    let text = log.text();
    let mut ends: Vec<usize> = vec![0];
    for line in &log.lines {
        ends.push(ends.last().unwrap() + line.len());
    }
    for cut in 0..text.len() {
        let verdict = log.verify(&text.as_bytes()[..cut]);
        let whole = ends.iter().rposition(|end| *end <= cut).unwrap();
        if cut == ends[whole] && whole == 11 {
            // All ten signed entries are there; the eleventh was never signed.
            assert!(verdict.is_sound(), "cut at {cut}");
        } else if whole == 0 {
            assert!(matches!(verdict.problems[0], Problem::Line { entry: None, .. }));
        } else {
            assert_eq!(verdict.first_bad_entry(), Some(whole as u64 - 1), "cut at {cut}");
        }
    }
    let verdict = log.verify(&text.as_bytes()[..ends[8]]);
    assert_eq!(
        verdict.problems[0].to_string(),
        "entries 7 to 9 are missing: checkpoint 1 signed 10"
    );
}

#[test]
fn lines_put_in_taken_out_or_swapped_are_found() {
    let log = Log::new(11, 5);
    for place in 1..=11 {
        let mut lines = log.lines.clone();
        lines.insert(place, log.lines[place].clone());
        let verdict = log.verify(lines.concat().as_bytes());
        assert_eq!(verdict.first_bad_entry(), Some(place as u64), "line {place} twice");

        if place < 11 {
            let mut lines = log.lines.clone();
            lines.remove(place);
            let verdict = log.verify(lines.concat().as_bytes());
            assert_eq!(verdict.first_bad_entry(), Some(place as u64 - 1), "line {place} taken out");

            let mut lines = log.lines.clone();
            lines.swap(place, place + 1);
            let verdict = log.verify(lines.concat().as_bytes());
            assert_eq!(verdict.first_bad_entry(), Some(place as u64 - 1), "line {place} swapped");
        }
    }
}

#[test]
fn a_log_written_anew_is_caught_by_its_checkpoints() {
    let log = Log::new(12, 4);
    let mut acts: Vec<Act> = (0..12).map(act).collect();
    acts[5].outcome = Outcome::Done;
    let forged = Log::of(&acts, 4);
    let verdict = log.verify(forged.text().as_bytes());
    assert_eq!(verdict.problems, [Problem::Changed { first: 4, last: 7, checkpoint: 1 }]);
    assert_eq!((verdict.n_read, verdict.n_signed), (12, 4));
    assert_eq!(
        verdict.problems[0].to_string(),
        "an entry from 4 to 7 is not what checkpoint 1 signed"
    );

    let checkpoints: Vec<&[u8]> = log.checkpoints.iter().map(|it| it.as_bytes()).collect();
    let verdict = verify(forged.text().as_bytes(), &checkpoints, &trust(0), &log.leaves);
    assert!(verdict.problems.contains(&Problem::NotAsTold { entry: 5 }), "{:?}", verdict.problems);
}

#[test]
fn rule_12_two_histories_under_one_key_are_a_fork() {
    let log = Log::new(12, 4);
    let mut acts: Vec<Act> = (0..12).map(act).collect();
    acts[9].what.clear();
    acts[9].deed = Deed::Read { purpose: token("other") };
    let other = Log::of(&acts, 4);

    let both = [log.checkpoints.clone(), other.checkpoints[2..].to_vec()].concat();
    for text in [log.text(), other.text()] {
        let verdict = check(text.as_bytes(), &both);
        assert_eq!(verdict.problems, [Problem::Fork { first: 8, last: 11, one: 2, other: 3 }]);
        assert_eq!(verdict.first_bad_entry(), Some(8));
    }

    // A branch that was signed, then given up for another of greater size.
    acts.truncate(10);
    let branch = Log::of(&acts, 10);
    let mixed = [log.checkpoints.clone(), branch.checkpoints].concat();
    let verdict = check(log.text().as_bytes(), &mixed);
    assert_eq!(verdict.problems, [Problem::Fork { first: 8, last: 9, one: 3, other: 2 }]);
    assert_eq!(
        verdict.problems[0].to_string(),
        "checkpoints 3 and 2 are of two histories, which part at an entry from 8 to 9"
    );
}

#[test]
fn an_erased_act_leaves_its_leaf_and_all_still_fits() {
    let log = Log::new(10, 5);
    let mut lines = log.lines.clone();
    lines[4] = erase(&lines[4]).unwrap();
    let verdict = log.verify(lines.concat().as_bytes());
    assert!(verdict.is_sound());
    for byte in 0..lines[4].len() {
        let mut bytes = lines[4].clone().into_bytes();
        bytes[byte] ^= 1 << (byte % 8);
        let mut all = lines[..4].concat().into_bytes();
        all.extend_from_slice(&bytes);
        all.extend_from_slice(lines[5..].concat().as_bytes());
        assert_eq!(log.verify(&all).first_bad_entry(), Some(3), "byte {byte}");
    }
}

#[test]
fn a_leaf_proves_an_entry_to_one_who_holds_only_the_checkpoint() {
    let log = Log::new(10, 10);
    let opened = Checkpoint::open(log.checkpoints[0].as_bytes(), &trust(0)).unwrap().checkpoint;
    let proof = inclusion_proof(&log.leaves, 7).unwrap();
    assert!(verify_inclusion(&log.leaves[7], 7, opened.size, &proof, &opened.root));
    assert!(!verify_inclusion(&log.leaves[6], 7, opened.size, &proof, &opened.root));
}

#[test]
fn a_member_cosigns_what_has_only_grown() {
    let log = Log::new(12, 4);
    let note = |idx: usize| log.checkpoints[idx].as_bytes();
    let proof = |older, newer: usize| consistency_proof(&log.leaves[..newer], older).unwrap();
    let (key, alone) = (cosigner_key(), trust(0));

    let (_, first) = cosign(note(0), &alone, None, &[], &key, 1_790_000_000).unwrap();
    let (signed, second) =
        cosign(note(1), &alone, Some(&first), &proof(4, 8), &key, 1_790_000_060).unwrap();
    assert_eq!(second.size, 8);
    let opened = Checkpoint::open(signed.to_string().as_bytes(), &trust(1)).unwrap();
    assert_eq!(opened.cosigned, [("east.example/witness".to_owned(), 1_790_000_060)]);

    let text = log.text();
    let cosigned = signed.to_string();
    let verdict = verify(text.as_bytes(), &[cosigned.as_bytes(), note(2)], &trust(0), &[]);
    assert_eq!((verdict.n_signed, verdict.n_cosigned, verdict.problems), (12, 8, vec![]));
    let verdict = verify(text.as_bytes(), &[cosigned.as_bytes(), note(2)], &trust(1), &[]);
    assert_eq!(
        verdict.problems[0].to_string(),
        "checkpoint 1: it has 0 of the 1 co-signatures that are asked for"
    );

    let refused = cosign(note(0), &alone, Some(&second), &[], &key, 0).unwrap_err();
    assert_eq!(refused, NoCosignature::Shrunk { known: 8, offered: 4 });
    let mut acts: Vec<Act> = (0..12).map(act).collect();
    acts[2].what.push(token("incident--other"));
    let fork = Log::of(&acts, 12);
    let fork_proof = consistency_proof(&fork.leaves, 8).unwrap();
    let refused =
        cosign(fork.checkpoints[0].as_bytes(), &alone, Some(&second), &fork_proof, &key, 0);
    let refused = refused.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "it is not shown that the 12 entries begin with the 8 seen before"
    );
    assert_eq!(cosign(note(2), &alone, None, &[], &log_key(), 0).unwrap_err(), NoCosignature::Key);
}

#[test]
fn a_checkpoint_that_does_not_count_says_why() {
    let log = Log::new(4, 4);
    let good = &log.checkpoints[0];
    let open = |text: &str| Checkpoint::open(text.as_bytes(), &trust(0)).unwrap_err();
    assert_eq!(
        open(&good.replace("\n4\n", "\n5\n")).to_string(),
        "the signature in the name of north.example/audit is not by its key"
    );
    assert_eq!(
        open(&good.replace("\n4\n", "\n04\n")),
        NoCheckpoint::Text("the size is not a plain number")
    );
    assert_eq!(
        open(&good.replacen("north", "south", 1)).to_string(),
        "it is of the log south.example/audit, not of north.example/audit"
    );
    let other = SignKey::new("other", KeyKind::Log, &[9; 32]).unwrap();
    let opened = Checkpoint::open(good.as_bytes(), &trust(0)).unwrap().checkpoint;
    let unsigned = opened.sign(&other).unwrap().to_string();
    assert_eq!(open(&unsigned).to_string(), "it is not signed by north.example/audit");
    assert!(opened.sign(&cosigner_key()).is_err(), "a co-signer cannot pass for the log");

    let verdict = check(log.text().as_bytes(), &[unsigned, good.clone()]);
    assert_eq!(
        verdict.problems[0].to_string(),
        "checkpoint 0: it is not signed by north.example/audit"
    );
    assert_eq!(verdict.n_signed, 4);
}

/// A checkpoint of a public certificate log with signatures of several kinds, as its operators
/// published it, among them an Ed25519 signature by the log and a timed one by an independent witness.
#[test]
fn a_real_checkpoint_of_others_is_read() {
    let note = "arche2025h1.staging.ct.transparency.dev\n1432088532\n\
        U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\n\
        — arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n\
        — arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n\
        — remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n";
    let origin = "arche2025h1.staging.ct.transparency.dev";
    let trust = Trust {
        origin: origin.to_owned(),
        log: format!("{origin}+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f")
            .parse()
            .unwrap(),
        cosigners: vec![
            "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2".parse().unwrap(),
        ],
        n_cosigners: 1,
    };
    let opened = Checkpoint::open(note.as_bytes(), &trust).unwrap();
    assert_eq!(opened.checkpoint.size, 1_432_088_532);
    assert_eq!(opened.cosigned, [("remora.n621.de".to_owned(), 0x6a12_2120)]);
    let error = Checkpoint::open(note.replace("8532", "8533").as_bytes(), &trust).unwrap_err();
    assert_eq!(error, NoCheckpoint::Forged { name: origin.to_owned() });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_change_of_any_byte_is_found_in_its_entry(n in 1u64..20, step in 1usize..8, at: prop::sample::Index, new: u8) {
        let log = Log::new(n, step);
        let mut bytes = log.text().into_bytes();
        let byte = at.index(bytes.len());
        prop_assume!(bytes[byte] != new);
        bytes[byte] = new;
        let verdict = log.verify(&bytes);
        prop_assert!(!verdict.is_sound());
        if let Some(entry) = line_of(&log.lines, byte).checked_sub(1) {
            prop_assert_eq!(verdict.first_bad_entry(), Some(entry as u64));
        }
    }

    #[test]
    fn any_change_of_a_checkpoint_is_found(at: prop::sample::Index, new: u8) {
        let log = Log::new(6, 3);
        let mut bytes = log.checkpoints[1].clone().into_bytes();
        let byte = at.index(bytes.len());
        prop_assume!(bytes[byte] != new);
        bytes[byte] = new;
        let verdict = verify(log.text().as_bytes(), &[&bytes], &trust(0), &[]);
        prop_assert!(!verdict.is_sound());
        prop_assert_eq!(verdict.first_bad_entry(), None);
    }

    #[test]
    fn a_rewritten_entry_lies_in_the_stretch_that_is_named(n in 2u64..40, step in 1usize..9, at: prop::sample::Index) {
        let log = Log::new(n, step);
        let entry = at.index(n as usize);
        let mut acts: Vec<Act> = (0..n).map(act).collect();
        acts[entry].what.push(token("incident--other"));
        let verdict = log.verify(Log::of(&acts, step).text().as_bytes());
        let n_signed = n as usize / step * step;
        if entry >= n_signed {
            prop_assert!(verdict.is_sound(), "nobody signed it yet");
        } else {
            let first = (entry / step * step) as u64;
            let last = first + step as u64 - 1;
            prop_assert_eq!(
                &verdict.problems,
                &[Problem::Changed { first, last, checkpoint: entry / step }]
            );
        }
    }

    #[test]
    fn foreign_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let verdict = verify(&bytes, &[&bytes], &trust(0), &[]);
        prop_assert!(!verdict.is_sound());
    }
}
