//! Who sees what, over HTTP: five levels, readers of every kind, every outlet. What a reader may not see is
//! answered to the byte as by a pool in which it never was.

mod common;
mod served;

use std::fs;
use std::path::Path;

use common::*;
use serde_json::Value;
use served::bearer;
use sheaf_desk::token_digest;
use sheaf_model::{MemberId, ReportId};
use sheaf_share::cap::incident_uuid;
use sheaf_share::stix::StixId;
use sheaf_store::exchange::{Exchange, NewAccount, NewCollection, Right, Root};

const COLLECTION: &str = "/pool/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116";
const FIRST: &str = "1704067200";
const SECOND: &str = "1704153600";
const THIRD: &str = "1704240000";
/// The 10th of February 2024, on which the servers serve.
const SERVED: &str = "1707523200";
const FAR_FUTURE: i64 = 32_503_680_000_000_000;

const LEVELS: [&str; 5] = ["clear", "green", "amber", "amber+strict", "red"];

/// Each kind of reader: the member, which is also its token; empty for whoever does not sign in. Then the
/// levels at which it sees the owner's reports, of which the named group is the only recipient.
const READERS: [(&str, &[&str]); 6] = [
    ("owner", &["clear", "green", "amber", "amber+strict", "red"]),
    ("named", &["clear", "green", "amber", "amber+strict", "red"]),
    ("beside", &["clear", "green", "amber"]),
    ("other", &["clear", "green"]),
    // In the group, and reads for something else.
    ("scholar", &["clear"]),
    ("", &["clear"]),
];

/// Stands behind a marking whose reports are published and then withdrawn: others may not see them any more.
const TAKEN_BACK: &str = "taken-back";

/// Stands before a level to which the import of reports that all members may see is narrowed.
const NARROWED: &str = "narrowed";

/// A report of the owner's, and the source it is from.
const SECRET: &str = "northline-wire:NW-131021-1";
/// One of the press on the same incident, which all may see.
const NEIGHBOUR: &str = "civil-protection:CP-001";

fn run(desk: &Desk, day: &str, args: &[&str]) {
    let ran = desk.run_on(day, args);
    assert_eq!(ran.code, 0, "sheaf {}\n{}", args.join(" "), ran.stderr);
}

/// A pool of six members in which everything is as in all others, and the owner's reports are not.
fn template(desk: &Desk) {
    desk.pool("t.sheaf", &["civil-protection.csv", "meridian-aid-security.jsonl"].map(example));
    for (name, region, sector, purposes) in [
        ("owner", "north", "police", "policing"),
        ("beside", "north", "police", "policing"),
        ("named", "east", "rail", "policing"),
        ("other", "east", "aviation", "policing"),
        ("scholar", "north", "police", "research"),
        ("press", "west", "media", "reporting"),
    ] {
        let place = ["--region", region, "--sector", sector, "--purposes", purposes];
        run(desk, FIRST, &[&["member", "add", "t.sheaf", name], &place[..]].concat());
    }
    run(desk, FIRST, &["group", "add", "t.sheaf", "quiet-table", "--confidential"]);
    run(desk, FIRST, &["group", "join", "t.sheaf", "quiet-table", "owner", "named", "scholar"]);
    let log = Exchange::open(&desk.path("t.sheaf")).unwrap();
    // So that what is given out to read on by is the same in every copy.
    log.secret("cursor", [7; 32]).unwrap();
    log.node([7; 32]).unwrap();
    let root = Root {
        root: 0,
        path: "pool".to_owned(),
        title: "Pool".to_owned(),
        description: String::new(),
        max_content_length: 1 << 20,
        url: String::new(),
    };
    let (title, description, id) = ("Reports", "", &COLLECTION["/pool/collections/".len()..]);
    log.add_collection(&NewCollection {
        root: log.add_root(&root).unwrap(),
        id,
        title,
        description,
        can_read: true,
        can_write: true,
        imported: false,
    })
    .unwrap();
    for member in log.members().unwrap() {
        let (name, roles) = (member.name.as_str(), &["contributor"][..]);
        let new = NewAccount { name, member: member.member, password: "", roles, imported: false };
        let account = log.add_account(&new).unwrap();
        let both = Right { can_read: true, can_write: true };
        log.allow(account, None, both).unwrap();
        log.add_token(account, "", &token_digest(name), both, FAR_FUTURE).unwrap();
    }
    drop(log);
    publish_of_the_press(desk, FIRST, "t.sheaf", "civil-protection");
}

fn publish_of_the_press(desk: &Desk, day: &str, pool: &str, source: &str) {
    desk.make_clear(day, pool, source, "press", &["--purpose", "reporting"]);
    run(desk, day, &["exchange", "publish", pool, "--by", "press"]);
}

/// A copy of the template, in which the owner's reports lie between those of the press, marked so; or, without
/// a marking, never were.
fn copy(desk: &Desk, pool: &str, marking: Option<&[&str]>) {
    copy_folder(&desk.path("t.sheaf"), &desk.path(pool));
    if let Some([NARROWED, level]) = marking {
        desk.pool(pool, &[example("northline-wire.csv")]);
        let by = ["share", pool, "--source", "northline-wire", "--by", "owner", "--tlp", "green"];
        run(desk, SECOND, &[&by[..], &["--purpose", "policing"]].concat());
        run(desk, SECOND, &["share", pool, "--import", "3", "--tlp", level]);
    } else if let Some(marking) = marking {
        desk.pool(pool, &[example("northline-wire.csv")]);
        let by = ["share", pool, "--source", "northline-wire", "--by", "owner"];
        let more = ["--group", "quiet-table", "--purpose", "policing"];
        let kept: Vec<&str> = marking.iter().copied().filter(|it| *it != TAKEN_BACK).collect();
        match kept.iter().position(|it| *it == "clear") {
            Some(at) => {
                let rest = [&more[..], &kept[..at - 1], &kept[at + 1..]].concat();
                desk.make_clear(SECOND, pool, "northline-wire", "owner", &rest);
            }
            None => run(desk, SECOND, &[&by[..], &more[..], &kept].concat()),
        }
        if kept.len() < marking.len() {
            run(desk, SECOND, &["exchange", "publish", pool, "--by", "owner"]);
            let held = [&kept[..], &["--embargo", "2100-01-01"]].concat();
            run(desk, SECOND, &[&by[..], &more[..], &held].concat());
        }
    }
    run(desk, SECOND, &["exchange", "publish", pool, "--by", "owner"]);
    publish_of_the_press(desk, THIRD, pool, "meridian-aid");
    // At so wide a circle and so low a threshold something stands out to all.
    let widely =
        ["--radius-km", "500", "--once-in", "2", "--on", "2014-05-24", "--replications", "99"];
    run(desk, THIRD, &[&["alarms", pool, "--run"], &widely[..]].concat());
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

struct Server(served::Server);

/// An answer without what differs from one server or moment to another.
#[derive(PartialEq, Eq, Debug)]
struct Answer {
    status: String,
    headers: String,
    body: String,
}

impl Server {
    fn of(desk: &Desk, pool: &str) -> Server {
        Server(served::Server::of_pool(desk, pool, SERVED, &[]))
    }

    fn ask(&self, method: &str, path: &str, reader: &str) -> Answer {
        let at = &self.0.at;
        let got = self.0.send(method, path, &bearer(reader), "");
        let (status, headers) = got.head.split_once("\r\n").unwrap();
        // The tag of the index of alerts is of a text with addresses in it, and so with the port.
        let has_port = path.starts_with("/alerts/") && !path.ends_with(".cap");
        let keeps =
            |line: &&str| !(line.starts_with("date: ") || has_port && line.starts_with("etag: "));
        let headers: Vec<&str> = headers.lines().filter(keeps).collect();
        let mut body = got.body.replace(at.as_str(), "HOST");
        if let Some(start) = body.find("\"timeStamp\":\"") {
            body.replace_range(start..start + 39, "");
        }
        let status = status.split(' ').nth(1).unwrap().to_owned();
        Answer { status, headers: headers.join("\n").replace(at.as_str(), "HOST"), body }
    }

    fn get(&self, path: &str, reader: &str) -> Answer {
        self.ask("GET", path, reader)
    }

    /// A page and all that follow it, by `next` of TAXII, of the layer or of the index of alerts.
    fn pages(&self, path: &str, reader: &str) -> Vec<Answer> {
        let mut pages = vec![self.get(path, reader)];
        while let Some(next) = next(path, &pages[pages.len() - 1]) {
            pages.push(self.get(&next, reader));
            assert!(pages.len() < 200, "{path} goes on and on");
        }
        pages
    }

    /// What every outlet answers.
    fn everything(&self, reader: &str) -> Vec<(String, Vec<Answer>)> {
        let secret = secret_id();
        let mut all = Vec::new();
        for path in [
            "/taxii2/".to_owned(),
            "/pool/".to_owned(),
            "/pool/collections/".to_owned(),
            format!("{COLLECTION}/"),
            format!("{COLLECTION}/objects/?limit=17"),
            format!("{COLLECTION}/objects/?limit=17&match[version]=all"),
            format!("{COLLECTION}/objects/?match[type]=incident"),
            format!("{COLLECTION}/objects/?match[id]={secret}"),
            format!("{COLLECTION}/objects/?added_after=2024-01-02T00:00:00Z"),
            format!("{COLLECTION}/objects/{secret}/"),
            format!("{COLLECTION}/objects/{secret}/?match[version]=all"),
            format!("{COLLECTION}/objects/{secret}/versions/"),
            format!("{COLLECTION}/manifest/?limit=17"),
            format!("{COLLECTION}/manifest/?match[id]={secret}"),
            format!("{COLLECTION}/deleted/"),
            "/alerts/".to_owned(),
            "/alerts/?after=1704153600.x".to_owned(),
            alert_of(SECRET),
            alert_of(NEIGHBOUR),
            "/features".to_owned(),
            "/features/conformance".to_owned(),
            "/features/api".to_owned(),
            "/features/collections".to_owned(),
            "/features/collections/incidents".to_owned(),
            "/features/collections/incidents/items?limit=5".to_owned(),
            "/features/collections/incidents/items?limit=500".to_owned(),
            "/features/collections/incidents/items?bbox=40,40,50,50".to_owned(),
            "/features/collections/incidents/items?page=after:northline-wire:NW-131021-1"
                .to_owned(),
            format!("/features/collections/incidents/items/{SECRET}"),
            format!("/features/collections/incidents/items?colour={SECRET}"),
            "/api/v1/pool".to_owned(),
            "/api/v1/overview?zoom=3&bins=40".to_owned(),
            "/api/v1/overview?text=volgograd".to_owned(),
            "/api/v1/overview?as-known-on=2024-01-01".to_owned(),
            "/api/v1/incidents?limit=1000".to_owned(),
            "/api/v1/incidents?told-by=northline-wire".to_owned(),
            format!("/api/v1/incidents?after={SECRET}"),
            format!("/api/v1/incidents/{SECRET}"),
            format!("/api/v1/incidents/{SECRET}/how"),
            format!("/api/v1/incidents/{SECRET}/cite"),
            format!("/api/v1/incidents/{NEIGHBOUR}"),
            format!("/api/v1/incidents/{NEIGHBOUR}?profile=all"),
            format!("/api/v1/incidents/{NEIGHBOUR}/how"),
            format!("/api/v1/why?a={SECRET}&b={NEIGHBOUR}"),
            "/api/v1/review?n=20".to_owned(),
            "/api/v1/review/figures".to_owned(),
            "/api/v1/judgements".to_owned(),
            "/api/v1/sources".to_owned(),
            "/api/v1/sources/northline-wire/changes".to_owned(),
            "/api/v1/incidents?sector=media".to_owned(),
            "/api/v1/alarms".to_owned(),
            "/api/v1/knew?each=member".to_owned(),
            "/api/v1/knew?alarms=true".to_owned(),
            "/api/v1/subscriptions".to_owned(),
            "/api/v1/released".to_owned(),
            "/api/v1/releases".to_owned(),
            "/api/v1/corrections".to_owned(),
        ] {
            let pages = self.pages(&path, reader);
            all.push((path, pages));
        }
        for (method, path) in [
            ("DELETE", format!("{COLLECTION}/objects/{secret}/")),
            ("PUT", format!("{COLLECTION}/objects/{secret}/")),
            ("POST", format!("/features/collections/incidents/items/{SECRET}")),
            ("POST", "/api/v1/imports?name=a.csv".to_owned()),
            ("DELETE", "/api/v1/judgements/j1".to_owned()),
        ] {
            // The owner would withdraw it.
            if !(method == "DELETE" && reader == "owner") {
                all.push((format!("{method} {path}"), vec![self.ask(method, &path, reader)]));
            }
        }
        all
    }
}

fn next(path: &str, page: &Answer) -> Option<String> {
    if let Some(link) = page.body.split("<link ").find(|it| it.contains("rel=\"next\"")) {
        let href = link.split("href=\"").nth(1)?.split('"').next()?.replace("&amp;", "&");
        return Some(href.strip_prefix("http://HOST").unwrap().to_owned());
    }
    let json: Value = serde_json::from_str(&page.body).ok()?;
    if let Some(next) = json.get("next").and_then(Value::as_str) {
        let path = path.split("&next=").next().unwrap();
        return Some(format!("{path}&next={next}"));
    }
    let links = json.get("links")?.as_array()?;
    let next = links.iter().find(|it| it["rel"] == "next")?["href"].as_str()?;
    Some(next.strip_prefix("http://HOST").unwrap().to_owned())
}

fn secret_id() -> String {
    let owner = MemberId::new("owner").unwrap();
    StixId::of_report(&owner, &ReportId::parse(SECRET).unwrap()).to_string()
}

/// Where the alert of an incident is.
fn alert_of(handle: &str) -> String {
    format!("/alerts/{}.cap", incident_uuid(handle))
}

fn check(without: &Server, with: &Server, level: &str, reader: &str, sees: bool) {
    let by_id = format!("{COLLECTION}/objects/{}/", secret_id());
    let item = format!("/features/collections/incidents/items/{SECRET}");
    if sees {
        let of_layer = with.get(&item, reader);
        let answer = &of_layer;
        assert_eq!(answer.status, "200", "{level} {reader}");
        // The name of a confidential group is shown to its members only, and stands in nothing that is sent
        // to others.
        let knows = ["owner", "named", "scholar"].contains(&reader);
        assert!(knows || !answer.body.contains("quiet-table"), "{level} {reader}");
        if !reader.is_empty() {
            let answer = with.get(&by_id, reader);
            assert_eq!(answer.status, "200", "{level} {reader}");
            assert!(knows || !answer.body.contains("quiet-table"), "{level} {reader}");
        }
        // As an alert, members read it; others do not, however public it is, until two people release it.
        let item: Value = serde_json::from_str(&of_layer.body).unwrap();
        let at = alert_of(item["id"].as_str().unwrap());
        let answer = with.get(&at, reader);
        let is_there = if reader.is_empty() { "404" } else { "200" };
        assert_eq!(answer.status, is_there, "{level} {reader}");
        assert!(knows || !answer.body.contains("quiet-table"), "{level} {reader}");
        let index = with.pages("/alerts/", reader);
        let is_told = index.iter().any(|page| page.body.contains(&at));
        assert_eq!(is_told, !reader.is_empty(), "{level} {reader}");
        assert!(index.iter().all(|page| knows || !page.body.contains("quiet-table")));
        return;
    }
    let (theirs, ours) = (without.everything(reader), with.everything(reader));
    for ((path, expected), (_, found)) in theirs.into_iter().zip(ours) {
        for (expected, found) in expected.iter().zip(&found) {
            assert_eq!(found, expected, "TLP:{level} to \"{reader}\": {path}");
        }
        assert_eq!(found.len(), expected.len(), "TLP:{level} to \"{reader}\": {path}");
    }
}

#[test]
fn rule_06_what_a_reader_may_not_see_is_answered_as_what_never_was() {
    let desk = Desk::new();
    template(&desk);
    copy(&desk, "without.sheaf", None);
    let without = Server::of(&desk, "without.sheaf");
    // There is something to see for all: else nothing would be compared.
    let all = without.get("/features/collections/incidents/items?limit=500", "");
    let all: Value = serde_json::from_str(&all.body).unwrap();
    assert!(all["numberMatched"].as_u64().unwrap() > 20, "{all}");
    assert!(without.pages(&format!("{COLLECTION}/objects/?limit=17"), "other").len() > 5);
    for level in LEVELS {
        copy(&desk, "with.sheaf", Some(&["--tlp", level]));
        let with = Server::of(&desk, "with.sheaf");
        for (reader, levels) in READERS {
            check(&without, &with, level, reader, levels.contains(&level));
        }
        drop(with);
        fs::remove_dir_all(desk.path("with.sheaf")).unwrap();
    }
}

#[test]
fn rule_07_what_is_said_of_an_import_narrows_what_is_said_of_its_source() {
    let desk = Desk::new();
    template(&desk);
    copy(&desk, "without.sheaf", None);
    let without = Server::of(&desk, "without.sheaf");
    // No group is named: at AMBER those beside the owner see it, at RED nobody else.
    for (level, seen_by) in [("amber", &["owner", "beside"][..]), ("red", &["owner"])] {
        copy(&desk, "with.sheaf", Some(&[NARROWED, level]));
        let with = Server::of(&desk, "with.sheaf");
        for (reader, _) in READERS {
            check(&without, &with, level, reader, seen_by.contains(&reader));
        }
        drop(with);
        fs::remove_dir_all(desk.path("with.sheaf")).unwrap();
    }
}

#[test]
fn rule_10_what_has_expired_is_there_for_nobody() {
    let desk = Desk::new();
    template(&desk);
    copy(&desk, "without.sheaf", None);
    let without = Server::of(&desk, "without.sheaf");
    for level in ["clear", "red"] {
        // Published in January 2024, when it was not over yet.
        copy(&desk, "with.sheaf", Some(&["--tlp", level, "--until", "2024-02-01"]));
        let with = Server::of(&desk, "with.sheaf");
        for (reader, levels) in READERS {
            // A notice remains for those who could see it; to all others it never was.
            match levels.contains(&level) && !reader.is_empty() {
                true => {
                    check_told_of_the_end(&with, level, reader);
                    let item = format!("/features/collections/incidents/items/{SECRET}");
                    assert_eq!(with.get(&item, reader).status, "404", "{level} {reader}");
                }
                false => check(&without, &with, level, reader, false),
            }
        }
        drop(with);
        fs::remove_dir_all(desk.path("with.sheaf")).unwrap();
    }
}

/// That a report is gone and told of, to a reader who could see it.
fn check_told_of_the_end(with: &Server, level: &str, reader: &str) {
    let by_id = format!("{COLLECTION}/objects/{}/", secret_id());
    assert_eq!(with.get(&by_id, reader).status, "404", "{level} {reader}");
    let deleted = with.get(&format!("{COLLECTION}/deleted/"), reader).body;
    assert!(deleted.contains(&secret_id()), "{level} {reader}: {deleted}");
    // What it said is told to nobody.
    let all = with.pages(&format!("{COLLECTION}/objects/?limit=500"), reader);
    let told = all.iter().find(|page| page.body.contains(&secret_id()));
    let body = &told.expect("the notice").body;
    assert!(!body.contains("NW-131021-1"), "{level} {reader}");
}

#[test]
fn rule_11_a_withdrawal_is_told_to_those_who_could_see_it_and_to_nobody_else() {
    let desk = Desk::new();
    template(&desk);
    copy(&desk, "without.sheaf", None);
    let without = Server::of(&desk, "without.sheaf");
    for level in ["clear", "amber", "red"] {
        copy(&desk, "with.sheaf", Some(&["--tlp", level, TAKEN_BACK]));
        let with = Server::of(&desk, "with.sheaf");
        for (reader, levels) in READERS {
            if !levels.contains(&level) || reader.is_empty() {
                check(&without, &with, level, reader, false);
                continue;
            }
            check_told_of_the_end(&with, level, reader);
        }
        drop(with);
        fs::remove_dir_all(desk.path("with.sheaf")).unwrap();
    }
}
