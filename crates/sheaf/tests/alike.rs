//! Incidents that resemble one, as the command tells them.

mod common;

use common::Desk;
use serde_json::Value;

const HEADER: &str =
    "id,published,date,lat,lon,place,country,kind,target,weapon,claimed_by,killed\n";

/// Fifty incidents of all sorts, and five bombs at ferries near one town, every fourteenth day a Saturday.
fn rows(claimed: impl Fn(usize) -> &'static str) -> String {
    let kinds = ["shooting", "arson", "stabbing", "shelling", "bomb", "abduction", "riot"];
    let targets = ["market", "police", "school", "bridge", "office"];
    let weapons = ["rifle", "fuel", "knife", "mortar", "device", "", ""];
    let mut text = HEADER.to_owned();
    for idx in 0..50usize {
        let day = format!("2023-{:02}-{:02}", 1 + idx % 12, 1 + (idx * 11) % 28);
        let (lat, lon) = (-30.0 + (idx * 17 % 50) as f64, 10.0 + (idx * 7 % 40) as f64);
        let (kind, target) = (kinds[idx * 3 % 7], targets[idx * 2 % 5]);
        let weapon = weapons[idx * 3 % 7];
        let by = claimed(idx);
        text += &format!(
            "x{idx},{day},{day},{lat},{lon},Town {idx},Freedonia,{kind},{target},{weapon},{by},{idx}\n"
        );
    }
    for (idx, day) in ["2023-03-04", "2023-03-18", "2023-04-01", "2023-04-15", "2023-04-29"]
        .into_iter()
        .enumerate()
    {
        let by = claimed(50 + idx);
        let lat = 50.0 + 0.01 * idx as f64;
        let killed = 60 + 7 * idx;
        text += &format!(
            "s{idx},{day},{day},{lat},20.0,Quay {idx},Freedonia,bomb,ferry,device,{by},{killed}\n"
        );
    }
    text
}

fn desk(name: &str, text: String) -> Desk {
    let desk = Desk::new();
    desk.write(&format!("{name}.csv"), text);
    desk.ok(&["pool", "k.sheaf", &format!("{name}.csv"), "--source", "wire"]);
    desk
}

fn ids(found: &Value) -> Vec<&str> {
    found["alike"].as_array().unwrap().iter().map(|it| it["incident"].as_str().unwrap()).collect()
}

#[test]
fn a_series_is_found_with_its_grounds_and_its_nearest_counter_example() {
    let desk = desk("a", rows(|_| ""));
    let ask = ["alike", "k.sheaf", "wire:s2"];
    let found = desk.json(&[&ask[..], &["--json"]].concat());
    let mut alike = ids(&found);
    alike.sort_unstable();
    assert_eq!(alike, ["wire:s0", "wire:s1", "wire:s3", "wire:s4"]);
    assert!(found["p"].as_f64().unwrap() <= 0.01, "{}", found["p"]);
    assert_eq!(found["rhythm"]["mean_gap_days"], 14.0);
    assert!(found["rhythm"]["p"].as_f64().unwrap() <= 0.05, "{}", found["rhythm"]);
    for it in found["alike"].as_array().unwrap() {
        let grounds = it["grounds"].as_array().unwrap();
        let sum: f64 = grounds.iter().map(|it| it["weight"].as_f64().unwrap()).sum();
        assert!((sum - it["weight"].as_f64().unwrap()).abs() < 1e-9, "{it}");
        let target = grounds.iter().find(|it| it["trait"] == "target").unwrap();
        assert_eq!(target["agree"], true);
    }
    let counter = &found["counter_example"];
    assert!(counter["incident"].as_str().unwrap().starts_with("wire:x"), "{counter}");
    assert!(counter["weight"].as_f64().unwrap() < 3.0);
    let text = desk.ok(&ask);
    assert!(text.contains("same target: ferry; 7 % of the others have it"), "{text}");
    assert!(text.contains("within 50 km; 7 % of the others are"), "{text}");
    assert!(text.contains("\nnearest counter-example: wire:x"), "{text}");
    assert_eq!(desk.ok(&ask), text, "same seed, same bytes");
}

/// Who claimed what, however it is put, changes no byte.
#[test]
fn no_claim_of_responsibility_is_a_trait() {
    let answers = [
        desk("a", rows(|_| "")),
        desk("a", rows(|idx| if idx >= 50 { "Front of Made-up Names" } else { "" })),
        desk(
            "a",
            rows(|idx| if idx % 2 == 0 { "Front of Made-up Names" } else { "Another Front" }),
        ),
    ]
    .map(|desk| {
        let shown = desk.ok(&["show", "k.sheaf", "wire:s1"]);
        (desk.ok(&["alike", "k.sheaf", "wire:s1", "--json"]), shown.contains("Front"))
    });
    assert_eq!((&answers[1].0, &answers[2].0), (&answers[0].0, &answers[0].0));
    assert_eq!(answers.each_ref().map(|it| it.1), [false, true, true], "the pool does know it");
    assert!(!answers[1].0.contains("Front"));
}

#[test]
fn nothing_alike_is_an_answer_and_slips_are_told() {
    let desk = desk("a", rows(|_| ""));
    let found = desk.json(&["alike", "k.sheaf", "wire:x3", "--least", "20", "--json"]);
    assert_eq!((ids(&found).len(), &found["p"]), (0, &serde_json::json!(1.0)));
    assert!(found["counter_example"]["weight"].as_f64().is_some());
    let said = desk.fails("no-such-report", &["alike", "k.sheaf", "wire:s22"]);
    assert!(said.contains("did you mean wire:"), "{said}");
    desk.fails("no-answer", &["alike", "k.sheaf", "wire:s1", "--until", "2023-01"]);
    desk.fails("no-answer", &["alike", "k.sheaf", "wire:s1", "--repeats", "1"]);
    desk.fails("bad-arguments", &["alike", "k.sheaf", "wire:s1", "--near-km", "0"]);
}
