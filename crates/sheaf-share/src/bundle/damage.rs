//! Damage and malice: no byte of a bundle can change without notice, and nothing that is signed, however
//! odd, breaks the reader.

use proptest::prelude::*;
use serde_json::Value;

use super::line::Kind;
use super::tests::{everything, made, peer, sealed, signed, take};
use super::{Channel, Peer, unbundle};
use crate::rules::made_up::reader;
use crate::stix::made_up::moment;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        proptest::sample::select(vec![
            "incident",
            "location",
            "2.1",
            "No longer shared: withdrawn",
            "incident--2ed6657d-e927-568b-95e1-2665a8aea6a2",
            "2026-01-01T00:00:00.000Z",
        ])
        .prop_map(Value::from),
    ];
    let name = proptest::sample::select(vec![
        "type",
        "id",
        "revoked",
        "created_by_ref",
        "object_marking_refs",
        "name",
        "of",
        "record",
        "extensions",
        "modified",
        "x",
    ]);
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6).prop_map(|members| {
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_changed_byte_goes_unnoticed(at: prop::sample::Index, new: u8) {
        let made = made(&everything(), Channel::default());
        let mut bytes = made.bytes.clone();
        let at = at.index(bytes.len());
        bytes[at] = new;
        prop_assert_eq!(take(&bytes, Channel::default()).is_ok(), bytes == made.bytes);
    }

    #[test]
    fn no_lost_added_or_moved_bytes_go_unnoticed(
        from: prop::sample::Index, to: prop::sample::Index, into in "\\PC{0,3}|\n|\\{|\\}",
    ) {
        let made = made(&everything(), Channel::default());
        let (from, to) = (from.index(made.bytes.len()), to.index(made.bytes.len()));
        let mut bytes = made.bytes.clone();
        bytes.splice(from.min(to)..from.max(to), into.bytes());
        prop_assert_eq!(take(&bytes, Channel::default()).is_ok(), bytes == made.bytes);
    }

    #[test]
    fn foreign_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(take(&bytes, Channel::default()).is_err());
    }

    #[test]
    fn any_signed_lines_are_taken_or_refused_and_add_up(
        bodies in prop::collection::vec((0usize..3, any_json()), 1..6), speaks_for_others: bool,
    ) {
        let kinds = [Kind::Object, Kind::Custody, Kind::Checkpoint];
        let bodies: Vec<_> = bodies.into_iter().map(|(kind, body)| (kinds[kind], body)).collect();
        let peer = Peer { speaks_for_others, ..peer("north-rail") };
        let bytes = signed(&bodies);
        let taken = unbundle(&bytes, &peer, &reader("north-police"), Channel::default(), moment("2026-04-01T00:00:00Z"));
        let taken = taken.unwrap();
        prop_assert_eq!(taken.n_read as usize, bodies.len());
        prop_assert_eq!(taken.taken.len() + taken.refused.len(), bodies.len());
    }

    #[test]
    fn any_signed_content_is_read_or_refused(content in "(\\{|\\}|\"|:|seq|body|kind|\\PC|\n){0,40}", last in 1u64..4) {
        prop_assert!(take(&sealed(&content, last), Channel::default()).is_err());
    }
}
