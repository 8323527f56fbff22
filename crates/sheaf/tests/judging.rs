//! What people decide: it outranks arithmetic, can be taken back, and contradicts itself only by
//! name.

mod common;

use common::{Desk, texts, with_report};
use serde_json::{Value, json};

/// Three reports that nothing would join, on three continents.
const FAR: &str = "\
id,date,lat,lon,place,country,kind,killed
a,2020-03-01,10.0,20.0,Northgate,Freedonia,bomb,3
b,2020-06-01,-30.0,60.0,Southgate,Sylvania,bomb,7
c,2020-09-01,50.0,100.0,Eastgate,Ruritania,bomb,9
";

fn far_desk() -> Desk {
    let desk = Desk::new();
    desk.write("far.csv", FAR);
    desk.ok(&["pool", "f.sheaf", "far.csv", "--source", "acme"]);
    desk
}

fn judge(desk: &Desk, verdict: &str, a: &str, b: &str) -> Value {
    desk.json(&[
        "judge",
        "f.sheaf",
        verdict,
        a,
        b,
        "--by",
        "desk",
        "--because",
        "we were there",
        "--json",
    ])
}

/// Each incident's reports.
fn sets(desk: &Desk) -> Vec<Vec<String>> {
    let incidents = desk.incidents("f.sheaf", &[]);
    let reports = |it: &Value| texts(&it["reports"]).iter().map(|&it| it.to_owned()).collect();
    incidents.iter().map(reports).collect()
}

#[test]
fn invariant_10_same_joins_different_separates_and_later_outranks_earlier() {
    let desk = far_desk();
    assert_eq!(sets(&desk), [["acme:a"], ["acme:b"], ["acme:c"]]);
    let answer = judge(&desk, "same", "acme:b", "acme:a");
    assert_eq!(answer["judgement"]["reports"], json!(["acme:a", "acme:b"]), "one spelling");
    assert_eq!((&answer["incidents"], &answer["conflicts"]), (&json!(2), &json!([])));
    assert_eq!(sets(&desk), [vec!["acme:a", "acme:b"], vec!["acme:c"]]);
    let joined = &desk.incidents("f.sheaf", &[])[0];
    assert_eq!(joined["tolls"][0]["value"]["low"], 3);
    assert_eq!(joined["tolls"][0]["value"]["high"], 7);

    judge(&desk, "different", "acme:a", "acme:b");
    assert_eq!(sets(&desk), [["acme:a"], ["acme:b"], ["acme:c"]]);
    judge(&desk, "same", "acme:a", "acme:b");
    assert_eq!(sets(&desk), [vec!["acme:a", "acme:b"], vec!["acme:c"]]);

    let kept = desk.json(&["judgements", "f.sheaf", "--format", "json"]);
    let verdicts: Vec<&str> =
        kept.as_array().unwrap().iter().map(|it| it["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["same", "different", "same"], "all are kept");
    assert_eq!(kept[0]["at"], "2024-01-01T00:00:00Z");
    let why = desk.ok(&["why", "f.sheaf", "acme:a", "acme:b"]);
    assert!(why.contains("They are in one incident."), "{why}");
    assert!(why.contains("j3: judged same by desk: we were there"), "{why}");
}

#[test]
fn arithmetic_is_outranked_in_the_example() {
    let desk = Desk::with_example();
    let (one, other) = ("northline-wire:NW-140522-1", "northline-wire:NW-140522-2");
    let args = ["judge", "a.sheaf", "different", one, other, "--by", "desk", "--because", "test"];
    desk.ok(&args);
    let incidents = desk.incidents("a.sheaf", &[]);
    assert_ne!(with_report(&incidents, one)["id"], with_report(&incidents, other)["id"]);
}

#[test]
fn undo_restores_every_byte() {
    let desk = far_desk();
    let list = ["incidents", "f.sheaf", "--format", "json"];
    let before = desk.ok(&list);
    judge(&desk, "same", "acme:a", "acme:c");
    let joined = desk.ok(&list);
    assert_ne!(joined, before);
    judge(&desk, "different", "acme:a", "acme:c");
    assert_eq!(desk.ok(&list), before);
    desk.ok(&["undo", "f.sheaf", "j2", "--by", "desk"]);
    assert_eq!(desk.ok(&list), joined, "the earlier judgement stands again");
    let said = desk.ok(&["undo", "f.sheaf", "j1", "--by", "lea"]);
    assert!(said.contains("(withdrawn by lea, 2024-01-01T00:00:00Z)"), "{said}");
    assert_eq!(desk.ok(&list), before);
    let kept = desk.json(&["judgements", "f.sheaf", "--format", "json"]);
    assert_eq!(kept[0]["withdrawn"], json!({ "by": "lea", "at": "2024-01-01T00:00:00Z" }));
    assert_eq!(kept.as_array().unwrap().len(), 2, "nothing is erased");
    let said = desk.run(&["undo", "f.sheaf", "j1", "--by", "lea"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("j1 was withdrawn already, by lea"), "{}", said.stderr);
}

#[test]
fn invariant_11_a_contradiction_is_named_and_not_merged() {
    let desk = far_desk();
    judge(&desk, "same", "acme:a", "acme:b");
    judge(&desk, "same", "acme:b", "acme:c");
    let answer = judge(&desk, "different", "acme:a", "acme:c");
    let [conflict] = answer["conflicts"].as_array().unwrap().as_slice() else {
        panic!("one conflict: {answer}");
    };
    let conflict = conflict.as_str().unwrap();
    for name in ["acme:a", "acme:b", "acme:c", "j3", "kept but not followed"] {
        assert!(conflict.contains(name), "{name}: {conflict}");
    }
    let incidents = desk.incidents("f.sheaf", &[]);
    assert_ne!(with_report(&incidents, "acme:a")["id"], with_report(&incidents, "acme:c")["id"]);
    assert_eq!(incidents.len(), 2, "the later of the two joins is followed");
    // It is said again whenever reports come in, for people and for programs.
    desk.write(
        "more.csv",
        FAR.lines().next().unwrap().to_owned() + "\nd,2021-01-01,1,1,X,Y,bomb,2\n",
    );
    let said = desk.ok(&["add", "f.sheaf", "more.csv", "--source", "acme"]);
    assert!(said.contains("conflict: j"), "{said}");
    // Taking the contradiction back lets both joins stand.
    desk.ok(&["undo", "f.sheaf", "j3", "--by", "desk"]);
    assert_eq!(sets(&desk), [vec!["acme:a", "acme:b", "acme:c"], vec!["acme:d"]]);
}

#[test]
fn invariant_04_an_old_handle_still_resolves_and_says_what_became_of_it() {
    let desk = far_desk();
    let ran = desk.run(&[
        "judge",
        "f.sheaf",
        "same",
        "acme:a",
        "acme:b",
        "--by",
        "desk",
        "--because",
        "x",
    ]);
    assert!(
        ran.stderr.contains("acme:b is now in incident acme:a, with 2 reports"),
        "{}",
        ran.stderr
    );
    let ran = desk.run(&["show", "f.sheaf", "acme:b"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("acme:a\n  2 reports by acme"), "{}", ran.stdout);
    assert!(
        ran.stderr
            .contains("acme:b is no incident since 2024-01-01T00:00:00Z; it is now in acme:a")
    );
    assert!(ran.stderr.contains("acme:b was linked anew: 1 report to acme:a"), "{}", ran.stderr);
    let shown = desk.json(&["show", "f.sheaf", "acme:b", "--format", "json"]);
    assert_eq!(shown["incidents"][0]["id"], "acme:a");
    let how = desk.json(&["how", "f.sheaf", "acme:b", "--format", "json"]);
    assert_eq!(how["incident"], "acme:a");
    assert_eq!(how["history"].as_array().unwrap().len(), 1);

    // After b and c went together into a and out again, c is found where it is.
    judge(&desk, "same", "acme:b", "acme:c");
    judge(&desk, "different", "acme:a", "acme:b");
    let now = sets(&desk);
    let of_c = now.iter().find(|set| set.contains(&"acme:c".to_owned())).unwrap();
    let shown = desk.json(&["show", "f.sheaf", "acme:c", "--format", "json"]);
    assert_eq!(shown["incidents"][0]["reports"], json!(of_c));
}

#[test]
fn a_judgement_needs_two_known_reports_a_name_and_a_reason() {
    let desk = far_desk();
    let before = desk.ok(&["incidents", "f.sheaf", "--format", "json"]);
    let judge = |a: &'static str, b: &'static str, by: &'static str, because: &'static str| {
        ["judge", "f.sheaf", "same", a, b, "--by", by, "--because", because]
    };
    for (code, args, words) in [
        (
            "no-such-report",
            judge("acme:a", "acme:d", "desk", "x"),
            "error: acme:d is no report of this pool\nhint: did you mean acme:",
        ),
        (
            "not-a-report-id",
            judge("northgate", "acme:b", "desk", "x"),
            "error: \"northgate\" is no report id\nhint: a report id is the source and its key",
        ),
        (
            "one-report-twice",
            judge("acme:a", "acme:a", "desk", "x"),
            "error: acme:a is named twice\nhint: name two different reports",
        ),
        (
            "empty-argument",
            judge("acme:a", "acme:b", "desk", " "),
            "error: --because is empty\nhint: a decision is kept with who made it and why",
        ),
        ("empty-argument", judge("acme:a", "acme:b", "", "x"), "error: --by is empty\n"),
    ] {
        let said = desk.fails(code, &args);
        assert!(said.starts_with(words), "{said}");
        assert_eq!(said.lines().count(), 2, "{said}");
    }
    desk.fails("not-a-judgement", &["undo", "f.sheaf", "7th", "--by", "desk"]);
    let said = desk.fails("no-such-judgement", &["undo", "f.sheaf", "j7", "--by", "desk"]);
    assert!(said.starts_with("error: j7 is no judgement of this pool"), "{said}");
    assert_eq!(desk.json(&["judgements", "f.sheaf", "--format", "json"]), json!([]));
    assert_eq!(desk.ok(&["incidents", "f.sheaf", "--format", "json"]), before);
}
