//! Two offices with no line between them: a railway and a police force, and a third that carries for
//! others.

use serde_json::{Value, json};
use sheaf_model::{Marking, Moment, Tlp};

use super::line::{self, Kind};
use super::*;
use crate::audit::{Checkpoint, KeyKind, SignKey};
use crate::custody::Converter;
use crate::rules::made_up::{id, reader};
use crate::rules::{Reader, WhyNot};
use crate::seen::made_up::golden;
use crate::stix::made_up::{MadeUp, moment};
use crate::stix::{content_hash, tombstone, write};

fn key(member: &str) -> BundleKey {
    BundleKey::new(id(member), &[member.len() as u8; 32])
}

pub(super) fn peer(member: &str) -> Peer {
    Peer { member: id(member), keys: vec![key(member).known()], speaks_for_others: false }
}

fn now() -> Moment {
    moment("2026-04-01T00:00:00Z")
}

/// The railway's report with all that goes with it; to the group "corridor", in which the northern
/// police are.
fn objects(tlp: Tlp) -> (Vec<Value>, Marking) {
    let mut market = MadeUp::market();
    market.marking.tlp = tlp;
    (write([market.outgoing()]).objects, market.marking.clone())
}

fn things(tlp: Tlp) -> Vec<Outgoing> {
    let (objects, marking) = objects(tlp);
    let object =
        |object: &Value| Outgoing::Object { object: object.clone(), marking: marking.clone() };
    objects.iter().map(object).collect()
}

fn incident(tlp: Tlp) -> Value {
    objects(tlp).0.into_iter().find(|object| object["type"] == "incident").unwrap()
}

fn custody() -> Outgoing {
    let of = StixId::parse(incident(Tlp::Amber)["id"].as_str().unwrap()).unwrap();
    let (name, version) = ("sheaf-read".parse().unwrap(), "0.1.0".parse().unwrap());
    let record = Custody {
        original: Hash::of(b"a,b\n"),
        original_bytes: 4,
        received_ms: 5,
        channel: "upload".parse().unwrap(),
        converter: Converter { name, version, by: vec![] },
        normalised: Hash::of(b"{}"),
    };
    Outgoing::Custody { of, record }
}

fn checkpoint() -> Outgoing {
    let log = SignKey::new("north-rail.example/log", KeyKind::Log, &[3; 32]).unwrap();
    let checkpoint =
        Checkpoint { origin: "north-rail.example/log".to_owned(), size: 7, root: Hash::of(b"x") };
    Outgoing::Checkpoint(checkpoint.sign(&log).unwrap())
}

pub(super) fn everything() -> Vec<Outgoing> {
    let (objects, marking) = objects(Tlp::Amber);
    let gone = objects.iter().find(|object| object["type"] == "location").unwrap();
    let stone = tombstone(gone, moment("2026-03-05T00:00:00Z"), "withdrawn");
    let mut all = things(Tlp::Amber);
    all.push(custody());
    all.push(Outgoing::Object { object: stone, marking });
    all.push(checkpoint());
    all
}

pub(super) fn made(things: &[Outgoing], channel: Channel) -> Made {
    bundle(things, &key("north-rail"), &reader("north-police"), channel, now()).unwrap()
}

pub(super) fn take(bytes: &[u8], channel: Channel) -> Result<Unbundled, NoBundle> {
    unbundle(bytes, &peer("north-rail"), &reader("north-police"), channel, now())
}

/// A bundle with any lines, signed by the railway, as one might make who leaves out the rules.
pub(super) fn signed(bodies: &[(Kind, Value)]) -> Vec<u8> {
    let lines = bodies.iter().enumerate();
    let content: String = lines
        .map(|(idx, (kind, body))| line::write(idx as u64 + 1, *kind, body).unwrap())
        .collect();
    sealed(&content, bodies.len() as u64)
}

pub(super) fn sealed(content: &str, last: u64) -> Vec<u8> {
    let header = Header {
        from: id("north-rail"),
        to: id("north-police"),
        first: 1,
        last,
        previous: None,
        made: now(),
        bytes: content.len() as u64,
        content: Hash::of(content.as_bytes()),
    };
    (header.to_line() + &header.signed(&key("north-rail")) + content).into_bytes()
}

fn refused(bodies: &[(Kind, Value)]) -> Vec<String> {
    let unbundled = take(&signed(bodies), Channel::default()).unwrap();
    assert_eq!(unbundled.n_read as usize, unbundled.taken.len() + unbundled.refused.len());
    unbundled.refused.iter().map(ToString::to_string).collect()
}

#[test]
fn what_one_office_gives_the_other_takes() {
    let things = everything();
    let made = made(&things, Channel::default());
    assert_eq!((made.n_carried, made.left_out.len()), (things.len() as u64, 0));
    let unbundled = take(&made.bytes, Channel::default()).unwrap();
    assert_eq!(unbundled.refused, []);
    assert_eq!(unbundled.n_read, things.len() as u64);
    assert_eq!((&unbundled.header, unbundled.channel), (&made.header, made.channel));
    for (given, taken) in things.iter().zip(&unbundled.taken) {
        match (given, taken) {
            (Outgoing::Object { object: given, .. }, Taken::Object(taken)) => {
                assert_eq!(content_hash(given), content_hash(taken));
            }
            (Outgoing::Object { object: given, .. }, Taken::Tombstone(taken)) => {
                assert_eq!(given, taken);
            }
            (Outgoing::Custody { of, record }, Taken::Custody { of: id, record: taken }) => {
                assert_eq!((of, record), (id, taken));
            }
            (Outgoing::Checkpoint(given), Taken::Checkpoint(taken)) => assert_eq!(given, taken),
            other => panic!("{other:?}"),
        }
    }
    golden("bundle/golden.jsonl", std::str::from_utf8(&made.bytes).unwrap());
}

#[test]
fn bundles_follow_each_other_without_gap_or_double() {
    let first = made(&everything(), Channel::default());
    let second = made(&things(Tlp::Amber), first.channel);
    let other = made(&[checkpoint()], Channel::default());
    let third = made(&[checkpoint()], second.channel);

    let after_first = take(&first.bytes, Channel::default()).unwrap().channel;
    let after_second = take(&second.bytes, after_first).unwrap().channel;
    assert_eq!(take(&third.bytes, after_second).unwrap().channel, third.channel);

    let check = |made: &Made, channel: Channel, expected: &str| {
        let told = take(&made.bytes, channel).unwrap_err().to_string();
        assert_eq!(told.lines().next().unwrap(), expected);
    };
    check(
        &second,
        Channel::default(),
        "the bundle begins with line number 12, and the last taken is 0",
    );
    check(&first, after_first, "the bundle ends with line number 11, and 11 was taken before");
    check(&first, after_second, "the bundle ends with line number 11, and 19 was taken before");
    check(&third, after_first, "the bundle begins with line number 20, and the last taken is 11");
    // Two bundles in one place: whoever took the other does not take what follows this one.
    let after_other = take(&other.bytes, Channel::default()).unwrap().channel;
    let in_its_place = Channel { last: first.channel.last, ..after_other };
    let told = take(&second.bytes, in_its_place).unwrap_err();
    assert!(matches!(told, NoBundle::Fork { .. }), "{told}");
}

#[test]
fn only_whom_it_is_for_takes_it_and_only_from_whom_it_is() {
    let made = made(&everything(), Channel::default());
    let told = |peer: &Peer, reader: &Reader| {
        let why = unbundle(&made.bytes, peer, reader, Channel::default(), now()).unwrap_err();
        why.to_string().lines().next().unwrap().to_owned()
    };
    let police = reader("north-police");
    assert_eq!(
        told(&peer("north-rail"), &reader("north-guard")),
        "the bundle is for north-police, not for north-guard"
    );
    assert_eq!(
        told(&peer("north-rail"), &Reader::anyone()),
        "the bundle is for north-police, and no member is reading it"
    );
    assert_eq!(
        told(&peer("north-guard"), &police),
        "the bundle is from north-rail, and one from north-guard was expected"
    );
    let mut stranger = peer("north-rail");
    stranger.keys = vec![BundleKey::new(id("north-rail"), &[99; 32]).known()];
    let unsigned =
        "the bundle is not signed by a known key of north-rail, or was changed after it was";
    assert_eq!(told(&stranger, &police), unsigned);
    stranger.keys = Vec::new();
    assert_eq!(told(&stranger, &police), unsigned);
    // The right secret in another's name is another key.
    stranger.keys = vec![BundleKey::new(id("north-guard"), &[10; 32]).known()];
    assert_eq!(told(&stranger, &police), unsigned);
    // While a member changes keys, both hold.
    stranger.keys.push(key("north-rail").known());
    assert!(unbundle(&made.bytes, &stranger, &police, Channel::default(), now()).is_ok());
}

#[test]
fn a_damaged_line_is_named() {
    let made = made(&everything(), Channel::default());
    let text = String::from_utf8(made.bytes).unwrap();
    let check = |text: &str, expected: &str| {
        let told = take(text.as_bytes(), Channel::default()).unwrap_err().to_string();
        assert_eq!(told.lines().next().unwrap(), expected);
    };
    let lines: Vec<&str> = text.lines().collect();
    let with = |idx: usize, line: &str| {
        let mut lines = lines.clone();
        lines[idx] = line;
        lines.join("\n") + "\n"
    };
    check(
        &with(2, &lines[2].replacen("2026", "2025", 1)),
        "the bundle is damaged: line 3 of the file does not have the hash it names",
    );
    check(
        &with(4, &lines[4].replacen(":", ": ", 1)),
        "the bundle is damaged: line 5 of the file is not written the one way lines are",
    );
    check(
        &with(3, lines[4]),
        "the bundle is damaged: line 4 of the file has not the number that follows",
    );
    check(&with(5, "{}"), "the bundle is damaged: line 6 of the file is no line of a bundle");
    check(
        &lines[..12].join("\n"),
        "the bundle is damaged: line 12 of the file is cut off, or missing",
    );
    check(
        &(text.clone() + lines[11] + "\n"),
        "the bundle is damaged: line 14 of the file is one more than was signed",
    );
    // Whoever forges a line with its own hash is found by the hash of the whole.
    let forged = line::write(1, Kind::Object, &json!({ "type": "incident" })).unwrap();
    let told = take(with(2, forged.trim_end()).as_bytes(), Channel::default()).unwrap_err();
    assert!(matches!(told, NoBundle::Content { .. }), "{told}");

    let later = text.replacen("\"version\":1", "\"version\":2", 1);
    check(&later, "the bundle is of version 2, and this program reads 1");
    check("", "not a bundle: its first line does not end");
    check("{}\n{}\n", "not a bundle: its first line is no header of a bundle");
}

#[test]
fn rule_06_what_the_receiver_may_not_see_stays() {
    let check = |things: &[Outgoing], from: &str, to: &str, now: &str, expected: Option<&str>| {
        let made = bundle(things, &key(from), &reader(to), Channel::default(), moment(now));
        let left_out = match &made {
            Ok(made) => &made.left_out,
            Err(NotMade::Nothing(left_out)) => left_out,
            Err(other) => panic!("{other}"),
        };
        // What defines words and organisations goes to anyone.
        let about = ["incident", "location", "relationship"];
        for (idx, thing) in things.iter().enumerate() {
            let Outgoing::Object { object, .. } = thing else { panic!("objects only") };
            let told = left_out.iter().find(|it| it.idx == idx).map(|it| it.why.to_string());
            let is_about = about.contains(&object["type"].as_str().unwrap());
            assert_eq!(told.as_deref(), expected.filter(|_| is_about), "{}", object["type"]);
        }
        if let Ok(made) = made {
            assert_eq!(made.n_carried as usize + made.left_out.len(), things.len());
        }
    };
    let april = "2026-04-01T00:00:00Z";
    let amber = things(Tlp::Amber);
    check(&amber, "north-rail", "north-police", april, None);
    check(
        &amber,
        "north-rail",
        "north-rail",
        april,
        Some("their own: what comes back has nothing new"),
    );
    let unnamed = "not for them: it is AMBER and they are not among the recipients";
    check(&amber, "north-rail", "east-police", april, Some(unnamed));
    let held_back = "not for them: it is held back until 2026-03-02T00:00:00.000Z";
    check(&amber, "north-rail", "north-police", "2026-03-01T23:59:59Z", Some(held_back));
    let expired = "not for them: it expired at 2031-03-02T00:00:00.000Z";
    check(&amber, "north-rail", "north-police", "2031-03-02T00:00:00Z", Some(expired));
    // RED: from its owner to those it names, and from nobody else.
    let red = things(Tlp::Red);
    check(&red, "north-rail", "north-police", april, None);
    let lies = "read where it lies: only its owner sends it, to those it names";
    check(&red, "north-guard", "north-police", april, Some(lies));
    let unnamed = "not for them: it is RED and they are not among the recipients";
    check(&red, "north-rail", "north-guard", april, Some(unnamed));
    // Everything below it, another carries to whom the owner named.
    check(&things(Tlp::AmberStrict), "north-guard", "north-police", april, None);
}

#[test]
fn the_receiver_asks_again_what_the_sender_should_have() {
    let object = |tlp| vec![(Kind::Object, incident(tlp))];
    assert_eq!(refused(&object(Tlp::Red)), [""; 0]);
    let id = incident(Tlp::Red)["id"].as_str().unwrap().to_owned();

    // To a member whom the report does not name, signed all the same.
    let mut header =
        Header::from_line(signed(&object(Tlp::Red)).split(|b| *b == b'\n').next().unwrap());
    let header = header.as_mut().unwrap_or_else(|_| panic!("a header"));
    header.to = crate::rules::made_up::id("north-guard");
    let content = line::write(1, Kind::Object, &incident(Tlp::Red)).unwrap();
    let bytes = header.to_line() + &header.signed(&key("north-rail")) + &content;
    let (rail, guard) = (peer("north-rail"), reader("north-guard"));
    let taken = unbundle(bytes.as_bytes(), &rail, &guard, Channel::default(), now()).unwrap();
    assert_eq!(taken.refused[0].why, Stays::NotForThem(WhyNot::NotNamed(Tlp::Red)));
    assert_eq!(
        taken.refused[0].to_string(),
        format!(
            "line number 1: {id}: not for them: it is RED and they are not among the recipients"
        )
    );

    // Made by another than the sender.
    let mut foreign = json!({
        "type": "incident", "spec_version": "2.1",
        "id": "incident--2ed6657d-e927-568b-95e1-2665a8aea6a2",
        "created_by_ref": "identity--2ed6657d-e927-468b-95e1-2665a8aea6a2",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
        "object_marking_refs": [crate::stix::tlp_id(Tlp::Red)],
    });
    assert_eq!(
        refused(&[(Kind::Object, foreign.clone())]),
        [
            "line number 1: incident--2ed6657d-e927-568b-95e1-2665a8aea6a2: made by another, for whom \
          the sender does not speak"
        ]
    );
    let carrier = Peer { speaks_for_others: true, ..peer("north-rail") };
    let take = |object: &Value| {
        let bytes = signed(&[(Kind::Object, object.clone())]);
        let reader = reader("north-police");
        let taken = unbundle(&bytes, &carrier, &reader, Channel::default(), now()).unwrap();
        taken.refused.first().map(|it| it.why.clone())
    };
    assert_eq!(take(&foreign), Some(Stays::NotPassedOn));
    foreign["object_marking_refs"] = json!([crate::stix::tlp_id(Tlp::Green)]);
    assert_eq!(take(&foreign), None);
    foreign["created_by_ref"] =
        StixId::of_member(&crate::rules::made_up::id("north-police")).as_str().into();
    assert_eq!(take(&foreign), Some(Stays::TheirOwn));
}

#[test]
fn rule_01_objects_about_people_are_refused_and_nothing_of_them_is_repeated() {
    let person = json!({
        "type": "threat-actor", "id": "threat-actor--2ed6657d-e927-468b-95e1-2665a8aea6a2",
        "name": "Ada Example",
    });
    let told = refused(&[(Kind::Object, person)]);
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("about people") && !told[0].contains("Ada"), "{told:?}");
}

#[test]
fn a_tombstone_says_nothing_or_is_none() {
    let object = incident(Tlp::Amber);
    let stone = tombstone(&object, now(), "withdrawn");
    let unbundled = take(&signed(&[(Kind::Object, stone.clone())]), Channel::default()).unwrap();
    assert_eq!(unbundled.taken, [Taken::Tombstone(stone.clone())]);
    let mut told = object.clone();
    told["revoked"] = true.into();
    assert_eq!(
        refused(&[(Kind::Object, told)]),
        [format!(
            "line number 1: {}: withdrawn, and still says what it said",
            object["id"].as_str().unwrap()
        )]
    );
    // Whoever once had it is told, even if the marking no longer lets them see it.
    let (_, mut marking) = objects(Tlp::Red);
    marking.groups.clear();
    let thing = Outgoing::Object { object: stone.clone(), marking: marking.clone() };
    assert_eq!(made(&[thing], Channel::default()).n_carried, 1);
    let mut chatty = stone;
    chatty["name"] = "No longer shared: Ada Example phoned".into();
    let thing = Outgoing::Object { object: chatty, marking };
    let made =
        bundle(&[thing], &key("north-rail"), &reader("north-police"), Channel::default(), now());
    assert!(matches!(made, Err(NotMade::Nothing(_))));
}

#[test]
fn custody_and_checkpoints_are_what_they_say() {
    let Outgoing::Custody { of, record } = custody() else { panic!("custody") };
    let body = json!({ "of": of.as_str(), "record": record });
    let mut with_more = body.clone();
    with_more["record"]["note"] = "by Ada Example".into();
    let object = (Kind::Object, incident(Tlp::Amber));
    assert_eq!(refused(&[object.clone(), (Kind::Custody, body.clone())]), [""; 0]);
    assert_eq!(
        refused(&[(Kind::Custody, body), object.clone(), (Kind::Custody, with_more)]),
        [
            format!("line number 1: {of}: its object did not come before it"),
            format!("line number 3: {of}: no record of custody"),
        ]
    );
    assert_eq!(
        refused(&[(Kind::Checkpoint, "Ada Example\n\n— x AAAA\n".into())]),
        ["line number 1: no checkpoint of an audit log"]
    );
    let alone = bundle(
        &[custody()],
        &key("north-rail"),
        &reader("north-police"),
        Channel::default(),
        now(),
    );
    assert_eq!(
        alone.unwrap_err().to_string(),
        "no bundle is made: nothing of the 1 given may travel"
    );
}

#[test]
fn there_is_no_empty_bundle_and_none_for_nobody() {
    let no = |things: &[Outgoing], to: &Reader, channel| {
        bundle(things, &key("north-rail"), to, channel, now()).unwrap_err().to_string()
    };
    let police = reader("north-police");
    assert_eq!(
        no(&[], &police, Channel::default()),
        "no bundle is made: there is nothing to carry"
    );
    assert_eq!(
        no(&[checkpoint()], &Reader::anyone(), Channel::default()),
        "no bundle is made: it would be for no member"
    );
    let at_the_end = Channel { last: u64::MAX, previous: None };
    assert_eq!(
        no(&[checkpoint()], &police, at_the_end),
        "no bundle is made: no numbers are left for its lines"
    );
}

#[test]
fn invariant_15_the_same_bundle_is_the_same_to_the_byte() {
    assert_eq!(made(&everything(), Channel::default()), made(&everything(), Channel::default()));
    let deep = (0..200).fold(json!(1), |inside, _| json!([inside]));
    let (mut objects, marking) = objects(Tlp::Amber);
    let object = objects.iter_mut().find(|object| object["type"] == "incident").unwrap();
    object["x_deep"] = deep;
    let thing = Outgoing::Object { object: object.clone(), marking };
    let made =
        bundle(&[thing], &key("north-rail"), &reader("north-police"), Channel::default(), now());
    assert!(matches!(made, Err(NotMade::Nothing(_))), "what cannot be read back is not written");
}
