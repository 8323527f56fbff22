//! The daily watch through the program: what is new, what goes on, what lives only on a newcomer, what people did about
//! it, and how it all has done.

mod common;
mod served;

use common::*;
use serde_json::{Value, json};
use served::Server;

/// Places along a road, some 30 km apart.
fn at(place: u64) -> (f64, f64) {
    (10.0, 20.0 + 0.3 * place as f64)
}

fn day(number: u64) -> String {
    // Days of 2031 from the 1st of January, as the months of a common year have them.
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

struct Table {
    text: String,
    n: u64,
}

impl Table {
    fn new() -> Table {
        Table { text: "id,date,lat,lon,radius_m,kind\n".to_owned(), n: 0 }
    }

    fn add(&mut self, number: u64, place: u64) {
        let (lat, lon) = at(place);
        // No two within the same kilometre, so that none are taken for one.
        let lat = lat + 0.012 * (self.n % 7) as f64;
        self.text += &format!("n{},{},{lat},{lon},500,shooting\n", self.n, day(number));
        self.n += 1;
    }
}

/// A year of a source that tells of something every second day, at ten places in no order.
fn usual() -> Table {
    let mut table = Table::new();
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for number in (0..300).step_by(2) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        table.add(number, state % 10);
    }
    table
}

/// A mapping for the table, of a source whose terms let it be passed on.
const MAPPING: &str = r#"
[source]
name = "wire"
title = "Example Wire"
organisation = "Example Wire"
licence = "open-with-attribution"
credit = "Example Wire"
kind = "news"

[key]
columns = ["id"]

[date]
start = "date"
formats = ["iso"]

[place]
lat = "lat"
lon = "lon"
radius-column = "radius_m"
radius = 5000

[[kind]]
columns = "kind"
"#;

/// The wire's pool, in which something happens at one place from day 290 to 299.
fn wave(desk: &Desk) {
    let mut table = usual();
    for number in 290..300 {
        table.add(number, 4);
    }
    desk.write("wire.csv", &table.text);
    desk.write("wire.toml", MAPPING);
    desk.ok(&["pool", "a.sheaf", "wire.csv"]);
}

fn run(desk: &Desk, on: u64) -> Value {
    desk.json(&["alarms", "a.sheaf", "--run", "--on", &day(on), "--history-days", "300", "--json"])
}

#[test]
fn a_wave_is_seen_goes_on_is_judged_and_scored() {
    let desk = Desk::new();
    wave(&desk);
    let (lat, lon) = at(4);
    let (far, _) = (at(9), 0);
    desk.write(
        "stations.csv",
        format!(
            "id,name,lat,lon,line\ns1,Ford Road,{lat},{lon},Harbour line\ns2,Far End,{},{},Port line\n",
            far.0, far.1
        ),
    );
    desk.ok(&["sites", "a.sheaf", "load", "--stations", "stations.csv"]);
    assert_eq!(run(&desk, 285)["alarms"], Value::Array(vec![]));
    let seen = run(&desk, 297);
    assert_eq!(seen["expected_false_alarms_per_year"], 2.0);
    let alarm = &seen["alarms"][0];
    assert_eq!((&alarm["alarm"], &alarm["new"]), (&1.into(), &true.into()), "{seen}");
    assert_eq!(alarm["sign"], "cluster");
    let (lat, lon) = at(4);
    let circle = &alarm["circle"];
    assert!((circle["lat"].as_f64().unwrap() - lat).abs() < 0.1, "{circle}");
    assert!((circle["lon"].as_f64().unwrap() - lon).abs() < 0.1, "{circle}");
    assert!(alarm["incidents"].as_array().unwrap().len() >= 8, "{alarm}");
    assert_eq!(texts(&alarm["sources"]), ["wire"]);
    assert!(alarm["in_words"].as_str().unwrap().starts_with("by chance about once in"));
    assert_eq!(alarm["panel"]["state"], "same");
    let site = &alarm["sites"][0];
    assert_eq!((&site["name"], &site["lines"][0]), (&"Ford Road".into(), &"Harbour line".into()));
    assert_eq!(alarm["sites"].as_array().unwrap().len(), 1, "{alarm}");
    // The same day from the same: nothing changes, not a byte of it.
    let again = run(&desk, 297);
    assert_eq!(again, seen);
    // The day after it goes on.
    let next = run(&desk, 299);
    assert_eq!(
        (&next["alarms"][0]["alarm"], &next["alarms"][0]["new"]),
        (&1.into(), &false.into())
    );

    let open = desk.ok(&["alarms", "a.sheaf"]);
    assert!(open.starts_with("1  open  ") && open.contains("within"), "{open}");
    desk.ok(&["alarms", "a.sheaf", "acknowledge", "1", "--by", "desk"]);
    let close = ["alarms", "a.sheaf", "close", "1", "--by", "desk", "--because", "a wave"];
    let known = day(302);
    let named = [&close[..6], &["--because", "as witness Jane Doe told us", "--verdict", "hit"]];
    desk.fails("names-a-person", &named.concat());
    desk.ok(&[&close[..], &["--verdict", "hit", "--known-on", &known]].concat());
    desk.fails("closed-already", &[&close[..], &["--verdict", "false-alarm"]].concat());
    desk.fails("no-such-alarm", &["alarms", "a.sheaf", "acknowledge", "7", "--by", "desk"]);
    // A desk lists what lies at its line; closed alarms are listed too.
    let listed = |args: &[&str]| {
        let all = desk.json(&[&["alarms", "a.sheaf", "list", "--json"], args].concat());
        all.as_array().unwrap().iter().any(|it| it["alarm"] == 1)
    };
    assert!(listed(&["--line", "Harbour line"]) && listed(&["--kind", "station"]));
    assert!(!listed(&["--line", "Port line"]) && !listed(&["--kind", "airport"]));
    let scores = desk.json(&["alarms", "a.sheaf", "scores", "--json"]);
    assert_eq!((&scores["days"], &scores["hits"]), (&3.into(), &1.into()), "{scores}");
    // First seen on day 297, known on day 302.
    assert_eq!(scores["median_lead_days"], 5);
    // If it goes on after it was closed, it is another.
    let later = run(&desk, 298);
    assert_eq!(later["alarms"][0]["new"], true);
    assert_ne!(later["alarms"][0]["alarm"], 1);
    let shown = desk.ok(&["alarms", "a.sheaf", "show", "1"]);
    assert!(
        shown.contains("acknowledged by desk") && shown.contains("closed as hit by desk: a wave")
    );
    let log = desk.ok(&["audit", "a.sheaf", "list"]);
    assert!(
        log.contains("admin watch  run-1") && log.contains("decision close-alarm  alarm-1"),
        "{log}"
    );
}

#[test]
fn what_only_a_newcomer_tells_of_is_shown_as_that() {
    let desk = Desk::new();
    desk.write("wire.csv", &usual().text);
    let mut other = Table::new();
    for number in 290..300 {
        other.add(number, 4);
        other.add(number, 4);
    }
    desk.write("other.csv", &other.text);
    desk.ok(&["pool", "a.sheaf", "wire.csv", "--source", "wire"]);
    desk.ok(&["add", "a.sheaf", "other.csv", "--source", "newcomer"]);
    let seen = run(&desk, 299);
    let alarm = &seen["alarms"][0];
    assert_eq!(alarm["only_newcomers"], format!("newcomer (since {})", day(290)), "{seen}");
    assert_eq!(alarm["panel"]["state"], "vanishes");
    assert_eq!(alarm["without_newest"]["state"], "vanishes");
    let open = desk.ok(&["alarms", "a.sheaf"]);
    assert!(open.contains("(only newcomers tell of it)"), "{open}");
}

#[test]
fn a_member_is_shown_what_it_may_see_and_nothing_else() {
    let desk = Desk::new();
    wave(&desk);
    for name in ["press", "yard"] {
        let place = ["--region", "north", "--sector", "media", "--purposes", "reporting"];
        desk.ok(&[&["member", "add", "a.sheaf", name], &place[..]].concat());
    }
    let (on, history) = (day(297), ["--history-days", "300"]);
    let look = ["alarms", "a.sheaf", "--run", "--on", &on, "--for", "yard"];
    let nothing = desk.fails("no-answer", &[&look[..], &history].concat());
    assert!(nothing.contains("no incident can be used"), "{nothing}");
    let share = ["share", "a.sheaf", "--source", "wire", "--by", "press", "--tlp", "amber+strict"];
    let more = ["--purpose", "reporting", "--group", "road"];
    desk.ok(&["group", "add", "a.sheaf", "road"]);
    desk.ok(&["group", "join", "a.sheaf", "road", "press"]);
    desk.ok(&[&share[..], &more].concat());
    desk.fails("no-answer", &[&look[..], &history].concat());
    desk.ok(&["group", "join", "a.sheaf", "road", "yard"]);
    let cap = ["--cap", "sent"];
    let said = desk.ok(&[&look[..], &history, &cap].concat());
    assert!(said.contains("alarm 1, new"), "{said}");
    let index = std::fs::read_to_string(desk.path("sent/index.atom")).unwrap();
    let file = index.split("href=\"").nth(1).and_then(|it| it.split('"').next()).unwrap();
    let file = desk.path("sent").join(file);
    let alert = std::fs::read_to_string(file).unwrap();
    assert!(alert.contains("<scope>Restricted</scope>"), "{alert}");
    assert!(
        alert.contains("<restriction>TLP:AMBER+STRICT; PAP:AMBER; for reporting</restriction>")
    );
    // What is for a member is the member's: the pool's register has none of it.
    assert_eq!(desk.json(&["alarms", "a.sheaf", "list", "--json"]), Value::Array(vec![]));
}

/// The wave's wire, shared with a member who watches; its token.
fn wave_shared(desk: &Desk) -> String {
    wave(desk);
    let (lat, lon) = at(4);
    let (far_lat, far_lon) = at(9);
    let stations = format!(
        "id,name,lat,lon,line\ns1,Ford Road,{lat},{lon},Harbour line\ns2,Far End,{far_lat},{far_lon},Port line\n"
    );
    desk.write("stations.csv", stations);
    desk.ok(&["sites", "a.sheaf", "load", "--stations", "stations.csv"]);
    for name in ["northline", "yard"] {
        let place = ["--region", name, "--sector", "rail", "--purposes", "reporting"];
        desk.ok(&[&["member", "add", "a.sheaf", name], &place[..]].concat());
    }
    share(desk, "green");
    let rights = ["--role", "reviewer", "--read", "all", "--write", "all"];
    desk.ok(&[&["account", "add", "a.sheaf", "eve", "--member", "yard"], &rights[..]].concat());
    desk.ok(&["token", "add", "a.sheaf", "eve", "--days", "3000"]).trim().to_owned()
}

fn share(desk: &Desk, tlp: &str) {
    let by = ["--by", "northline", "--purpose", "reporting", "--tlp", tlp];
    desk.ok(&[&["share", "a.sheaf", "--source", "wire"], &by[..]].concat());
}

#[test]
fn an_alarm_is_told_once_to_those_who_watch_the_line_it_lies_at() {
    let desk = Desk::new();
    let eve = wave_shared(&desk);
    let server = Server::of(&desk, FIRST_DAY);
    let watched = |line: &str| {
        let query = format!("near-line={}", line.replace(' ', "+"));
        json!({ "name": line, "query": query, "tells": ["alarms"], "door": "feed" })
    };
    let feeds = ["Harbour line", "Port line"].map(|line| {
        let made = server.post("subscriptions", &eve, watched(line));
        made["feed"].as_str().unwrap().strip_prefix("/api/v1/").unwrap().to_owned()
    });
    server.refuses((404, "no-such-site"), "subscriptions", &eve, watched("Moon line"));
    drop(server);
    desk.ok(&["subscription", "deliver", "a.sheaf"]);
    let told = |server: &Server| {
        feeds.each_ref().map(|it| {
            let (status, xml) = server.text("GET", it, &eve, &Value::Null);
            assert_eq!(status, 200, "{xml}");
            xml.matches("<entry>").count()
        })
    };
    for on in [297, 298, 299] {
        run(&desk, on);
        desk.ok(&["subscription", "deliver", "a.sheaf"]);
    }
    let server = Server::of(&desk, FIRST_DAY);
    // Seen on three days it is one alarm; at the other line there is none.
    assert_eq!(told(&server), [1, 0]);
    // Whoever was shown an alarm was shown its incidents, and that stands in the log.
    let inside = run(&desk, 299)["alarms"][0]["incidents"][0]["id"].as_str().unwrap().to_owned();
    let saw = desk.ok(&["audit", "a.sheaf", "who-saw", &inside]);
    assert!(saw.contains("  yard  "), "{saw}");
    let (_, xml) = server.text("GET", &feeds[0], &eve, &Value::Null);
    let cap = xml.split("href=\"").find(|it| it.contains("cap+xml")).unwrap();
    let cap = cap.split('"').next().unwrap().split("/api/v1/").nth(1).unwrap();
    let (status, alert) = server.text("GET", cap, &eve, &Value::Null);
    assert!(status == 200 && alert.contains("<scope>Restricted</scope>"), "{alert}");
    assert!(alert.contains("<restriction>TLP:GREEN"), "{alert}");
    assert!(alert.contains("within") && alert.contains("sheaf:recurrence"), "{alert}");
    share(&desk, "amber+strict");
    assert_eq!(told(&server), [0, 0]);
    assert_eq!(server.text("GET", cap, &eve, &Value::Null).0, 404);
}

#[test]
fn pages_show_the_register_to_the_office_and_a_member_what_it_may_see() {
    let desk = Desk::new();
    let eve = wave_shared(&desk);
    let server = Server::of(&desk, FIRST_DAY);
    assert_eq!(server.get("alarms", &eve)["on"], Value::Null);
    run(&desk, 297);
    let seen = server.get("alarms", &eve);
    assert_eq!((&seen["kept"], &seen["scores"]["hits"]), (&json!(false), &json!(0)));
    assert_eq!(seen["alarms"][0]["seen"][0]["seen"]["sign"], "cluster", "{seen}");
    assert_eq!(server.get("alarms", "")["alarms"], json!([]));
    let close = json!({ "do": "close", "verdict": "hit", "because": "a wave" });
    server.refuses((403, "not-allowed"), "alarms/1/acts", &eve, close.clone());
    server.refuses((401, "not-signed-in"), "alarms/1/acts", "", close);
    // Once it is closed, whoever may see all that was in it is told how the watch did.
    let why = ["--by", "desk", "--because", "a wave", "--verdict", "hit", "--known-on", &day(302)];
    desk.ok(&[&["alarms", "a.sheaf", "close", "1"], &why[..]].concat());
    let seen = server.get("alarms", &eve);
    assert!(!seen.to_string().contains("a wave"), "{seen}");
    let scores = &seen["scores"];
    assert_eq!((&scores["hits"], &scores["median_lead_days"]), (&json!(1), &json!(5)), "{scores}");
    // Near the line lies some of the wave, near the other one some of the usual.
    let near = |line: &str| {
        server.get(&format!("incidents?near-line={line}&near-km=9"), &eve)["total"]
            .as_u64()
            .unwrap()
    };
    let all = server.get("incidents", &eve)["total"].as_u64().unwrap();
    let (harbour, port) = (near("Harbour+line"), near("Port+line"));
    assert!(harbour >= 10 && port > 0 && harbour + port < all, "{harbour} {port} {all}");
    // What it has to do with a station a reviewer says, with a reason that names nobody.
    let item = server.get("incidents?near-line=Harbour+line", &eve)["rows"][0]["id"].clone();
    let path = format!("incidents/{}/sites", item.as_str().unwrap());
    let site = server.get(&path, &eve)["suggestions"][0]["site"].clone();
    let said = |because: &str| json!({ "site": site, "tag": "disrupted", "accepted": true, "because": because });
    server.refuses((422, "names-a-person"), &path, &eve, said("Mr John Smith said so"));
    let told = server.post(&path, &eve, said("the line was closed"));
    assert_eq!(
        (&told["decisions"][0]["site"], &told["suggestions"]),
        (&site, &json!([])),
        "{told}"
    );
    // Who knew what, among what it may see.
    let knew = server.get("knew", &eve);
    assert_eq!(texts(&json!([knew["parties"][0]["party"]])), ["wire"]);
    share(&desk, "amber+strict");
    let seen = server.get("alarms", &eve);
    assert_eq!((&seen["alarms"], &seen["scores"]["hits"]), (&json!([]), &json!(0)));
    let (status, knew) = server.ask("GET", "knew", &eve, &Value::Null);
    assert_eq!((status, &knew["error"]["code"]), (404, &json!("no-answer")), "{knew}");
}

#[test]
fn why_there_is_no_answer_is_said() {
    let desk = Desk::new();
    wave(&desk);
    let why = desk.fails("no-answer", &["alarms", "a.sheaf", "--run", "--on", "2020-01-01"]);
    assert!(why.contains("no incident can be used from 2019-01-02 to 2020-01-01"), "{why}");
    let few = desk.json(&[
        "alarms",
        "a.sheaf",
        "--run",
        "--on",
        "2031-01-01",
        "--history-days",
        "28",
        "--json",
    ]);
    let unanswered = few["unanswered"].as_array().unwrap();
    assert_eq!(unanswered.len(), 2, "{few}");
}
