//! What may name a person stays where it was brought: planted names, numbers and addresses are looked for, byte by
//! byte, in everything that leaves, and in what others then have.

mod common;
mod sync_support;

use common::*;
use serde_json::{Value, json};
use sync_support::*;

const DAY: i64 = 1_704_067_200;

/// Thirty made-up people and ways to reach them: what is planted, and the text that it stands in.
fn planted() -> Vec<(String, String)> {
    let people = [
        "Amina Wanjeru",
        "Tomasz Brzezickowski",
        "Anton Mühlgruber",
        "Kwabena Asantewaaku",
        "Lena Thorvaldsen",
        "Ousmane Diallobah",
        "Pavel Horinekov",
        "Leila Farhoudian",
        "Chukwuma Obiadike",
        "Oksana Petrychkova",
    ];
    let people = people.iter().enumerate().map(|(idx, name)| {
        let text = match idx % 3 {
            0 => format!("Officer {name}, {}, was hurt.", 30 + idx),
            1 => format!("Relatives of Dr {name} gathered outside."),
            _ => format!("A farmer named {name} was hurt on the way to the market."),
        };
        ((*name).to_owned(), text)
    });
    let phones = (0..10).map(|idx| {
        let number = format!("+254 711 0{idx}3 48{idx}");
        (number.clone(), format!("Call {number} for what was seen."))
    });
    let mails = (0..10).map(|idx| {
        let mail = format!("witness.q{idx}@mail{idx}.example");
        (mail.clone(), format!("Write to {mail} about the train."))
    });
    people.chain(phones).chain(mails).collect()
}

/// An object for all members, with a text planted in one member or another.
fn object(number: u64, text: &str) -> Value {
    let mut object = version(&id(0, number), 1);
    object["name"] = json!("fire on a train");
    match number % 6 {
        0 => object["description"] = json!(text),
        1 => object["name"] = json!(text),
        2 => object["x_note"] = json!({ "deep": [{ "id": text }] }),
        3 => object["labels"] = json!(["train", text]),
        4 => {
            object["external_references"] = json!([{ "source_name": "wire", "description": text }]);
        }
        _ => object["x_by"] = json!({ text: true }),
    }
    object
}

/// Which of what is planted stands in these bytes.
#[track_caller]
fn none_in(bytes: &[u8], what: &str) {
    for (secret, _) in planted() {
        let secret = secret.as_bytes();
        let found = bytes.windows(secret.len()).any(|it| it == secret);
        assert!(!found, "{} stands in {what}", String::from_utf8_lossy(secret));
    }
}

fn every_file(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => files.extend(every_file(&entry.path())),
            false => {
                let name = entry.path().display().to_string();
                files.push((name, std::fs::read(entry.path()).unwrap()));
            }
        }
    }
    files
}

fn ids(desk: &Desk, pool: &str) -> Vec<String> {
    let listed = desk.json(&["held", pool, "list", "--json"]);
    let ids = listed.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned());
    ids.collect()
}

fn pushed(desk: &Desk, from: &Node, to: &Node) -> Value {
    let ran = from.sync(desk, to).output().unwrap();
    none_in(&[ran.stdout.clone(), ran.stderr.clone()].concat(), "what a sync says");
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_slice(&ran.stdout).unwrap()
}

#[test]
fn rule_02_what_is_planted_is_nowhere_but_with_whoever_brought_it() {
    let desk = Desk::new();
    let a = Node::new(&desk, "a", DAY, &["b"]);
    let b = Node::new(&desk, "b", DAY, &["a"]);
    let planted = planted();
    let objects: Vec<Value> =
        planted.iter().zip(1..).map(|((_, text), number)| object(number, text)).collect();
    let clean = version(&id(0, 99), 1);
    let all = [&[clean][..], &objects].concat();
    let body = json!({ "objects": all }).to_string();
    let (status, answer) = a.ask("POST", &objects_of(""), &body);
    assert_eq!((status, &answer["success_count"]), (202, &json!(31)), "{answer}");
    none_in(answer.to_string().as_bytes(), "the status");
    assert_eq!(ids(&desk, "a.sheaf").len(), 30);

    // Whoever brought it has it; nobody else, by any door.
    let (mine, _) = a.held();
    assert_eq!(mine.len(), 31);
    assert_eq!(pushed(&desk, &a, &b)["pushed"]["sent"], 1);
    let back = pushed(&desk, &b, &a);
    assert_eq!((&back["pulled"]["new"], &back["pulled"]["held"]), (&json!(0), &json!(0)), "{back}");
    for command in [
        &["held", "a.sheaf", "list"][..],
        &["audit", "a.sheaf", "list", "--last", "100"],
        &["audit", "a.sheaf", "export", "--out", "log.txt"],
        &["incidents", "a.sheaf", "--format", "json"],
        &["bundle", "a.sheaf", "--for", "b", "--by", "press", "--out", "b.bundle"],
    ] {
        let ran = desk.run(command);
        none_in(&[ran.stdout, ran.stderr].concat().into_bytes(), &command.join(" "));
    }
    for file in ["log.txt", "b.bundle"] {
        let text = std::fs::read(desk.path(file)).unwrap();
        assert!(!text.is_empty());
        none_in(&text, file);
    }
    for (name, bytes) in every_file(&desk.path("b.sheaf")) {
        none_in(&bytes, &name);
    }
}

#[test]
fn a_person_releases_or_drops_and_a_clean_version_needs_neither() {
    let desk = Desk::new();
    let a = Node::new(&desk, "a", DAY, &["b"]);
    let b = Node::new(&desk, "b", DAY, &["a"]);
    let township = |of: u64, name: &str| {
        let mut object = version(&id(0, 1), of);
        object["name"] = json!(name);
        object
    };
    let person = |number: u64, of: u64, text: &str| {
        let mut object = version(&id(0, number), of);
        object["name"] = json!("fire on a train");
        object["description"] = json!(text);
        object
    };
    a.bring(&[
        township(1, "all of Renner Holm heard a blast"),
        person(2, 1, "Officer Amina Wanjeru, 34, was hurt."),
        person(3, 1, "Officer Amina Wanjeru, 34, was hurt."),
    ]);
    assert_eq!(ids(&desk, "a.sheaf"), [id(0, 1), id(0, 2), id(0, 3)]);
    assert_eq!(pushed(&desk, &a, &b)["pushed"]["sent"], 0);

    // Not without a reason, and not what is not held.
    let [one, two, three] = [1, 2, 3].map(|number| id(0, number));
    let ran = desk.run(&["held", "a.sheaf", "release", &one, "--because", " "]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let because = ["--because", "the name of the township"];
    let none = id(0, 9);
    let said =
        desk.fails("not-held", &[&["held", "a.sheaf", "release", &none], &because[..]].concat());
    assert!(said.contains("did you mean"), "{said}");
    desk.ok(&[&["held", "a.sheaf", "release", &one], &because[..]].concat());
    assert_eq!(ids(&desk, "a.sheaf"), [two.clone(), three.clone()]);
    desk.fails("not-held", &[&["held", "a.sheaf", "release", &one], &because[..]].concat());

    // Another pool that reads on finds it behind what it has read. There a person looks anew.
    let passed = pushed(&desk, &a, &b);
    assert_eq!(passed["pushed"]["sent"], 1, "{passed}");
    assert_eq!(passed["pushed"]["held"][0]["id"], json!(one), "{passed}");
    assert_eq!(ids(&desk, "b.sheaf"), std::slice::from_ref(&one));
    desk.ok(&[&["held", "b.sheaf", "release", &one], &because[..]].concat());
    assert_eq!(b.held().0, [township(1, "all of Renner Holm heard a blast")]);

    // A later version with the same and nothing else passes; with something else it is held again, and those
    // who had the earlier one see no more of it until that is settled.
    a.bring(&[township(2, "much of Renner Holm heard a blast")]);
    assert_eq!(ids(&desk, "a.sheaf"), [two.clone(), three.clone()]);
    assert_eq!(pushed(&desk, &a, &b)["pushed"]["held"], json!([]));
    assert_eq!(b.held().0.len(), 2);
    a.bring(&[township(3, "part of Renner Holm heard it; Tobias Renck was hurt")]);
    assert_eq!(ids(&desk, "a.sheaf"), [two.clone(), three.clone(), one.clone()]);
    pushed(&desk, &a, &b);
    assert_eq!(b.held(), (vec![], vec![one.clone()]), "told that there is no more to see");
    desk.ok(&[&["held", "a.sheaf", "release", &one], &because[..]].concat());
    pushed(&desk, &a, &b);
    desk.ok(&[&["held", "b.sheaf", "release", &one], &because[..]].concat());
    assert!(b.held().0.iter().any(|it| it["modified"] == json!(version_text(3))));

    // A clean version takes the place of one that was held, whose text is gone.
    a.bring(&[person(2, 2, "An officer was hurt.")]);
    assert_eq!(ids(&desk, "a.sheaf"), std::slice::from_ref(&three));
    pushed(&desk, &a, &b);
    assert!(b.held().0.iter().any(|it| it["id"] == json!(two)));
    desk.ok(&["held", "a.sheaf", "drop", &three]);
    assert_eq!(ids(&desk, "a.sheaf"), [""; 0]);
    let (left, _) = a.held();
    assert!(!json!(left).to_string().contains("Wanjeru"));
    // Who decided what stands in the log.
    let said = desk.ok(&["audit", "a.sheaf", "list", "--last", "200"]);
    for deed in ["hold", "release-held"] {
        assert!(said.contains(deed), "{deed}: {said}");
    }
}

#[test]
fn what_is_taken_over_from_another_server_and_what_is_published_is_screened_too() {
    let desk = Desk::new();
    let (secret, text) = planted().remove(0);
    let file = json!({ "pool": {
        "information": { "title": "a", "max_content_length": 60_000 },
        "collections": [{ "id": COLLECTION, "title": "Reports", "can_read": true,
            "can_write": true, "objects": [object(6, &text), version(&id(0, 7), 1)] }],
    } });
    desk.write("server.json", file.to_string());
    let taken = desk.json(&["exchange", "import", "a.sheaf", "server.json", "--json"]);
    assert_eq!((&taken["objects"], &taken["held"]), (&json!(2), &json!(1)), "{taken}");
    assert_eq!(ids(&desk, "a.sheaf"), [id(0, 6)]);

    // A report whose place is somebody's, as its owner wrote it.
    let mut rows = table(example("northline-wire.csv"), b',');
    let place = rows[0].iter().position(|it| it == "place").expect("a column for the place");
    rows[1][place] = format!("house of Dr {secret}");
    let mut changed = csv::Writer::from_path(desk.path("northline-wire.csv")).unwrap();
    rows.iter().for_each(|row| changed.write_record(row).unwrap());
    changed.flush().unwrap();
    std::fs::copy(example("northline-wire.toml"), desk.path("northline-wire.toml")).unwrap();
    desk.pool("a.sheaf", &[desk.path("northline-wire.csv").display().to_string()]);
    for member in ["northline", "b"] {
        desk.ok(&["member", "add", "a.sheaf", member, "--purposes", "reporting"]);
    }
    let all = ["--source", "northline-wire", "--by", "northline", "--tlp", "green"];
    desk.ok(&[&["share", "a.sheaf"], &all[..], &["--purpose", "reporting"]].concat());
    let ran = desk.run(&["exchange", "publish", "a.sheaf", "--by", "northline", "--json"]);
    none_in(&[ran.stdout.clone(), ran.stderr].concat().into_bytes(), "what publishing says");
    let done: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(done["held"], 2, "the report and its place: {done}");
    let again = desk.json(&["exchange", "publish", "a.sheaf", "--by", "northline", "--json"]);
    assert_eq!((&again["new"], &again["changed"]), (&json!(0), &json!(0)), "{again}");
    desk.ok(&["bundle", "a.sheaf", "--for", "b", "--by", "northline", "--out", "b.bundle"]);
    none_in(&std::fs::read(desk.path("b.bundle")).unwrap(), "b.bundle");
}
