//! Who knew what, and when, as the command tells it.

mod common;

use common::{Desk, LATER_DAY, texts};
use serde_json::{Value, json};

const HEADER: &str = "id,published,date,lat,lon,place,country,kind,killed\n";

/// Rows of incidents far from each other: (number, days after the incident on which it was written).
fn told(source: &str, rows: &[(u32, Option<u32>)]) -> String {
    let mut text = HEADER.to_owned();
    for &(number, after) in rows {
        let day = |day: u32| format!("2023-{:02}-{:02}", 1 + number, day);
        let published = after.map_or(String::new(), |after| day(3 + after));
        let (date, lat) = (day(3), f64::from(number) * 5.0);
        text += &format!(
            "{source}{number},{published},{date},{lat},20.0,Gate {number},Freedonia,bomb,{number}\n"
        );
    }
    text
}

/// Five incidents: east and west tell 1 to 3 in common, north copies east ten days later without saying
/// when for number 5.
fn three() -> Desk {
    let desk = Desk::new();
    let east = [(1, Some(0)), (2, Some(0)), (3, Some(4)), (4, Some(1)), (5, Some(0))];
    desk.write("east.csv", told("e", &east));
    desk.write("west.csv", told("w", &[(1, Some(2)), (2, Some(4)), (3, Some(1)), (6, Some(0))]));
    desk.write("north.csv", told("n", &[(1, Some(10)), (5, None)]));
    for (word, name) in [("pool", "east"), ("add", "west"), ("add", "north")] {
        desk.ok(&[word, "k.sheaf", &format!("{name}.csv"), "--source", name]);
    }
    desk
}

fn party<'a>(found: &'a Value, name: &str) -> &'a Value {
    found["parties"].as_array().unwrap().iter().find(|it| it["party"] == name).unwrap()
}

#[test]
fn overlap_cover_and_lags_are_those_counted_by_hand() {
    let desk = three();
    let found = desk.json(&["knew", "k.sheaf", "--json"]);
    assert_eq!((&found["incidents_told"], &found["each"]), (&json!(6), &json!("source")));
    let counts = |name: &str| {
        let it = party(&found, name);
        [
            &it["tells"],
            &it["tells_alone"],
            &it["first"],
            &it["if_shared_when_written"]["never_told"],
        ]
        .map(|it| it.as_u64().unwrap())
    };
    assert_eq!(counts("east"), [5, 1, 4, 1]);
    assert_eq!(counts("west"), [4, 1, 2, 2]);
    assert_eq!(counts("north"), [2, 0, 0, 4]);
    let pair = |a: &str, b: &str| {
        let pairs = found["pairs"].as_array().unwrap();
        pairs.iter().find(|it| it["a"] == a && it["b"] == b).unwrap()["both"].as_u64().unwrap()
    };
    assert_eq!((pair("east", "west"), pair("east", "north"), pair("north", "west")), (3, 2, 1));
    assert_eq!(texts(&found["cover"]["smallest"]), ["east", "west"]);
    assert_eq!(found["cover"]["is_exact"], true);
    assert_eq!(found["cover"]["greedy"][0], json!({ "party": "east", "adds": 5, "covered": 5 }));
    let lag = |first: &str, later: &str, of: &str| {
        let lags = found["lags"].as_array().unwrap();
        let is_it =
            |it: &&Value| it["first"] == first && it["later"] == later && it["days_are_of"] == of;
        let days = &lags.iter().find(is_it).unwrap()["days"];
        (days["n"].as_u64().unwrap(), days["median"].as_f64().unwrap())
    };
    assert_eq!(lag("east", "west", "reports"), (2, 3.0));
    assert_eq!(lag("west", "east", "reports"), (1, 3.0));
    assert_eq!(lag("east", "north", "reports"), (1, 10.0));
    // Number 5 in the north says no day: it counts from its import, on 1 January 2024, and apart.
    assert_eq!(lag("east", "north", "imports"), (1, 212.0));
    let west = &party(&found, "west")["if_shared_when_written"]["earlier_days"];
    assert_eq!((&west["n"], &west["median"]), (&json!(2), &json!(3.0)));
    let north = &party(&found, "north")["if_shared_when_written"];
    assert_eq!(north["earlier_days_by_import"]["median"], 212.0);
    assert_eq!(found["alarms"], Value::Null);
    let text = desk.ok(&["knew", "k.sheaf", "--incidents"]);
    for line in [
        "6 incidents told by 3 sources",
        "the fewest that tell everything (exact): east, west",
        "  east before west: 2 incidents, median 3 d",
        "    2023-02-05  west, 2 days later",
        "north, 212 days later  [day of import]",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
}

#[test]
fn a_later_vintage_makes_no_report_younger_and_filters_choose() {
    let desk = three();
    desk.write("north-2.csv", told("n", &[(1, Some(10)), (5, None), (7, None)]));
    let add = ["add", "k.sheaf", "north-2.csv", "--source", "north", "--dataset", "north"];
    assert_eq!(desk.run_on(LATER_DAY, &add).code, 0);
    let found = desk.json(&["knew", "k.sheaf", "--source", "north", "--source", "east", "--json"]);
    let learnt = |party: &str| -> Vec<&str> {
        let incidents = found["incidents"].as_array().unwrap().iter();
        incidents
            .flat_map(|it| it["learnt"].as_array().unwrap())
            .filter(|it| it["party"] == party && it["by"] == "imported")
            .map(|it| it["learnt"].as_str().unwrap())
            .collect()
    };
    assert_eq!(learnt("north"), ["2024-01-01", "2024-02-01"]);
    assert_eq!(found["incidents_of_others"], 1);
    // As the pool knew it before the second vintage.
    let before = desk.json(&["knew", "k.sheaf", "--as-known-on", "2024-01-15", "--json"]);
    assert_eq!(before["incidents_told"], 6);
    let said = desk.fails("no-such-source", &["knew", "k.sheaf", "--source", "eest"]);
    assert!(said.contains("did you mean east?"), "{said}");
    desk.fails("no-such-member", &["knew", "k.sheaf", "--member", "harbour"]);
    desk.fails("no-answer", &["knew", "k.sheaf", "--country", "Ruritania"]);
}

#[test]
fn members_are_compared_with_all_they_own() {
    let desk = three();
    for member in ["harbour", "rail"] {
        desk.ok(&["member", "add", "k.sheaf", member]);
    }
    for (source, member) in [("east", "harbour"), ("north", "harbour"), ("west", "rail")] {
        desk.ok(&[
            "share",
            "k.sheaf",
            "--source",
            source,
            "--by",
            member,
            "--tlp",
            "green",
            "--purpose",
            "reporting",
        ]);
    }
    let found = desk.json(&["knew", "k.sheaf", "--each", "member", "--json"]);
    let names: Vec<&str> = found["parties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["party"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["harbour", "rail"]);
    assert_eq!(party(&found, "harbour")["tells"], 5);
    let one = desk.json(&["knew", "k.sheaf", "--member", "rail", "--json"]);
    assert_eq!((&one["each"], &one["incidents_told"]), (&json!("member"), &json!(4)));
}

/// A wave at one gate of which two sources each tell half at once and the rest a week later.
#[test]
fn together_the_alarm_comes_earlier() {
    let desk = Desk::new();
    let (mut east, mut west) = (HEADER.to_owned(), HEADER.to_owned());
    let row = |id: &str, published: String, date: String, lat: f64, killed: usize| {
        format!("{id},{published},{date},{lat},20.0,,Freedonia,bomb,{killed}\n")
    };
    for idx in 0..40 {
        let date = format!("2023-{:02}-{:02}", 1 + idx / 10, 1 + 2 * (idx % 10));
        let lat = f64::from((idx * 7 % 20) as u32) * 3.0 - 30.0;
        east += &row(&format!("e{idx}"), date.clone(), date.clone(), lat, idx);
        west += &row(&format!("w{idx}"), date.clone(), date, lat, idx);
    }
    for idx in 0..8 {
        let date = format!("2023-05-{:02}", 1 + idx);
        let late = format!("2023-05-{:02}", 8 + idx);
        let (e, w) = if idx % 2 == 0 { (&date, &late) } else { (&late, &date) };
        let killed = 60 + 5 * idx;
        east += &row(&format!("e9{idx}"), e.clone(), date.clone(), 50.0, killed);
        west += &row(&format!("w9{idx}"), w.clone(), date.clone(), 50.0, killed);
    }
    desk.write("east.csv", east);
    desk.write("west.csv", west);
    desk.ok(&["pool", "k.sheaf", "east.csv", "--source", "east"]);
    desk.ok(&["add", "k.sheaf", "west.csv", "--source", "west"]);
    let ask = ["knew", "k.sheaf", "--alarms", "--once-in", "100", "--replications", "199"];
    let found = desk.json(&[&ask[..], &["--json"]].concat());
    let fired = found["alarms"]["fired"].as_array().unwrap();
    let holds = |it: &&Value| texts(&it["incidents"]).contains(&"east:e90");
    let alarm = fired.iter().find(holds).unwrap_or_else(|| panic!("{fired:?}"));
    for alone in alarm["alone"].as_array().unwrap() {
        assert!(alone["days_later"].as_i64().unwrap() > 0, "{alarm}");
    }
    let text = desk.ok(&ask);
    assert!(text.contains("alone") && text.contains("later, on 2023-05-"), "{text}");
    desk.fails("no-answer", &["knew", "k.sheaf", "--alarms", "--once-in", "2000"]);
}
