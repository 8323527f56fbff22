//! Who knew what and when, through the program: overlap, who was first, and the alarm that came sooner together.

mod common;

use common::*;
use serde_json::Value;

fn day(number: u64) -> String {
    let months = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut left = number;
    for (month, n_days) in (1..).zip(months) {
        if left < n_days {
            return format!("2031-{month:02}-{:02}", left + 1);
        }
        left -= n_days;
    }
    panic!("the year has no day {number}")
}

#[derive(Default)]
struct Table {
    rows: Vec<String>,
}

impl Table {
    /// An incident on a day at a place, written so many days later.
    fn add(&mut self, number: u64, place: u64, nth: u64, after: u64) {
        let (lat, lon) = (10.0 + 0.02 * nth as f64, 20.0 + 0.3 * place as f64);
        let written = day(number + after);
        let key = self.rows.len();
        self.rows.push(format!("k{key},{written},{},{lat},{lon},300,shooting,5", day(number)));
    }

    fn pool(&self, desk: &Desk, name: &str) {
        let head = "id,published,date,lat,lon,radius_m,kind,killed\n";
        desk.write(&format!("{name}.csv"), head.to_owned() + &self.rows.join("\n") + "\n");
        desk.ok(&["pool", "a.sheaf", &format!("{name}.csv"), "--source", name]);
    }
}

/// Two offices that each tell of half of what happens, and of some things both: the second writes two days later.
fn two_offices(desk: &Desk) {
    let (mut east, mut west) = (Table::default(), Table::default());
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for number in (0..300).step_by(2) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let (place, nth) = (state % 10, state / 16 % 5);
        match number % 12 {
            0 => {
                east.add(number, place, nth, 0);
                west.add(number, place, nth, 2);
            }
            4 | 8 => east.add(number, place, nth, 0),
            _ => west.add(number, place, nth, 0),
        }
    }
    // A wave at one place, of which each tells of every second thing.
    for number in 288..300 {
        let office = if number % 2 == 0 { &mut east } else { &mut west };
        office.add(number, 4, number % 5, 0);
    }
    east.pool(desk, "east");
    west.pool(desk, "west");
}

fn office<'a>(found: &'a Value, name: &str) -> &'a Value {
    let offices = found["offices"].as_array().unwrap();
    offices.iter().find(|it| it["office"] == name).unwrap()
}

#[test]
fn overlap_who_was_first_and_how_much_later_the_other() {
    let desk = Desk::new();
    two_offices(&desk);
    let found = desk.json(&["knew", "a.sheaf", "--format", "json", "--incidents"]);
    let pair = &found["pairs"][0];
    let both = pair["both"].as_u64().unwrap();
    assert!(both >= 20, "{pair}");
    assert_eq!(pair["second_later"]["n"], both);
    assert_eq!(pair["second_later"]["median"], 2);
    let (east, west) = (office(&found, "east"), office(&found, "west"));
    assert_eq!((&east["first"], &west["first"]), (&both.into(), &0.into()));
    assert_eq!(west["would_have_known_earlier"]["median"], 2);
    assert_eq!(east["would_have_known_earlier"]["n"], 0);
    let number = |it: &Value| it.as_u64().unwrap();
    let all = number(&found["incidents_in_all"]);
    for it in [east, west] {
        assert_eq!(number(&it["incidents"]) + number(&it["missed"]), all);
        assert_eq!(number(&it["incidents"]) - number(&it["alone"]), both);
    }
    assert_eq!(texts(&found["fewest_that_tell_of_all"]), ["east", "west"]);
    let told = found["incidents"].as_array().unwrap();
    assert_eq!(told.len() as u64, all);
    let by_both = told.iter().filter(|it| it["told_by"].as_array().unwrap().len() == 2);
    assert!(by_both.clone().count() as u64 == both);
    for it in by_both {
        assert_eq!(it["told_by"][0]["office"], "east");
        assert_eq!(it["told_by"][1]["days_after_the_first"], 2);
    }
    let text = desk.ok(&["knew", "a.sheaf"]);
    assert!(text.contains(&format!("east and west: {both} in both")), "{text}");
    assert!(text.contains("west later in"), "{text}");
}

#[test]
fn together_they_are_warned_sooner_than_each_alone() {
    let desk = Desk::new();
    two_offices(&desk);
    let args = ["knew", "a.sheaf", "--alarms", "--alarm-days", "15", "--until"];
    let last = day(299);
    let more = [last.as_str(), "--history-days", "300", "--format", "json"];
    let found = desk.json(&[&args[..], &more].concat());
    let waves = found["alarms"]["waves"].as_array().unwrap();
    let wave = waves.iter().max_by_key(|it| it["incidents"].as_array().unwrap().len()).unwrap();
    let together = wave["together_on"].as_str().expect("together they are warned");
    for it in wave["alone"].as_array().unwrap() {
        let alone = it["on"].as_str();
        assert!(alone.is_none_or(|alone| alone > together), "{wave}");
        assert!(it["days_later_than_together"].as_i64().is_none_or(|days| days > 0), "{wave}");
    }
    // The same again is the same.
    assert_eq!(desk.json(&[&args[..], &more].concat()), found);
}

#[test]
fn sources_of_one_member_are_one_office() {
    let desk = Desk::new();
    two_offices(&desk);
    desk.ok(&["member", "add", "a.sheaf", "press", "--purposes", "reporting"]);
    for source in ["east", "west"] {
        let how = ["--by", "press", "--tlp", "amber", "--purpose", "reporting"];
        desk.ok(&[&["share", "a.sheaf", "--source", source], &how[..]].concat());
    }
    let found = desk.json(&["knew", "a.sheaf", "--per", "member", "--format", "json"]);
    assert_eq!(found["offices"].as_array().unwrap().len(), 1);
    let press = office(&found, "press");
    assert_eq!(press["alone"], press["incidents"]);
    assert_eq!(texts(&found["fewest_that_tell_of_all"]), ["press"]);
    let none = desk.fails("no-answer", &["knew", "a.sheaf", "--since", "2040-01-01"]);
    assert!(none.contains("no incident is like that"), "{none}");
}
