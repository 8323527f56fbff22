//! What people do on pages that they did on the terminal only: look what a new version of a source changed, ask for
//! something to become public and decide about it, look by sector. And what nobody may write anywhere.

mod common;
mod served;

use common::*;
use serde_json::{Value, json};
use served::Server;

/// The wire and the institute, in two versions, and who may see how much of them; the token of each account.
fn two_versions() -> (Desk, impl Fn(&str) -> String) {
    let desk = Desk::new();
    desk.pool("a.sheaf", &["northline-wire.csv", "harbour-institute.csv"].map(example));
    desk.ok(&["add", "a.sheaf", &example("harbour-institute-v2.csv")]);
    for (name, sector) in [("northline", "media"), ("harbour", "research"), ("rail", "rail")] {
        let place = ["--region", name, "--sector", sector, "--purposes", "reporting"];
        desk.ok(&[&["member", "add", "a.sheaf", name], &place[..]].concat());
    }
    for (source, by) in [("northline-wire", "northline"), ("harbour-institute", "harbour")] {
        let how = ["--by", by, "--tlp", "green", "--purpose", "reporting"];
        desk.ok(&[&["share", "a.sheaf", "--source", source], &how[..]].concat());
    }
    let mut tokens = Vec::new();
    for (name, member, roles) in [
        ("ana", "northline", &["contributor", "reviewer"][..]),
        ("ben", "northline", &["releaser"]),
        ("both", "northline", &["contributor", "releaser"]),
        ("ida", "harbour", &["contributor", "reviewer", "releaser"]),
        ("rob", "rail", &["contributor"]),
    ] {
        tokens.push((name, desk.account(name, member, roles)));
    }
    let token = move |name: &str| tokens.iter().find(|it| it.0 == name).unwrap().1.clone();
    (desk, token)
}

fn changed(answer: &Value, word: &str) -> Vec<String> {
    let changes = answer["changes"].as_array().unwrap();
    changes.iter().filter_map(|it| it[word].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_new_version_is_told_report_by_report_in_what_each_may_see() {
    let (desk, token) = two_versions();
    let server = Server::of(&desk, FIRST_DAY);
    let path = "sources/harbour-institute/changes";
    let rob = token("rob");
    let told = desk.json(&["diff", "a.sheaf", "--format", "json"]);
    let answer = server.get(path, &rob);
    for count in ["added", "revised", "deleted", "unchanged"] {
        assert_eq!(answer[count], told[count], "{count}");
    }
    assert_eq!(answer["changes"], told["reports"]);
    assert_eq!(answer["from"]["file"], "harbour-institute.csv");
    let revised = changed(&answer, "revised");
    assert!(!revised.is_empty());
    // Whose reports were read in it stands in the log.
    let saw = desk.ok(&["audit", "a.sheaf", "who-saw", &revised[0]]);
    assert!(saw.contains("  rail  1 time"), "{saw}");
    // A part of them, and what changed in which column.
    let one = server.get(&format!("{path}?limit=1&offset=1"), &rob);
    assert_eq!(one["changes"], json!([answer["changes"][1]]));
    assert!(!one["columns"].as_array().unwrap().is_empty());
    // The first version has none before it, and there is no third.
    let (status, none) = server.ask("GET", &format!("{path}?back=1"), &rob, &Value::Null);
    assert_eq!((status, &none["error"]["code"]), (404, &json!("no-earlier-vintage")));
    let (status, none) = server.ask("GET", &format!("{path}?back=2"), &rob, &Value::Null);
    assert_eq!((status, &none["error"]["code"]), (404, &json!("no-such-import")));

    // A report that its owner keeps back is not in it, and counted in nothing.
    let own = ["--by", "harbour", "--tlp", "amber+strict"];
    desk.ok(&[&["share", "a.sheaf", "--report", &revised[0]], &own[..]].concat());
    let answer = server.get(path, &rob);
    assert_eq!(changed(&answer, "revised"), revised[1..]);
    assert_eq!(answer["revised"].as_u64().unwrap(), told["revised"].as_u64().unwrap() - 1);
    assert_eq!(answer["unchanged"], Value::Null);
    let sources = server.get("sources", &rob);
    let of = |name: &str| {
        let all = sources["sources"].as_array().unwrap();
        all.iter().find(|it| it["name"] == name).unwrap()["imports"][0].clone()
    };
    for count in ["read", "reports", "added", "revised", "deleted", "unchanged", "bytes"] {
        assert_eq!(of("harbour-institute")[count], Value::Null, "{count}");
        assert!(of("northline-wire")[count].is_number(), "{count}");
    }
    let whole = server.get("sources", &token("ida"));
    let imports = &whole["sources"][0]["imports"];
    assert!(imports[0]["reports"].is_number(), "to its owner all is told: {imports}");
    // Who may not see the source learns nothing of it.
    let (status, none) = server.ask("GET", path, "", &Value::Null);
    assert_eq!((status, &none["error"]["code"]), (404, &json!("no-such-source")));
}

#[test]
fn incidents_are_found_by_the_sector_of_who_tells_them() {
    let (desk, token) = two_versions();
    let server = Server::of(&desk, FIRST_DAY);
    let rob = token("rob");
    let total = |query: &str| server.get(&format!("incidents?{query}"), &rob)["total"].clone();
    assert_eq!(total("sector=media"), total("told-by=northline-wire"));
    assert_eq!(total("sector=research"), total("told-by=harbour-institute"));
    assert_eq!(total("sector=rail"), 0);
    let (status, refused) = server.ask("GET", "incidents?sector=army", &rob, &Value::Null);
    assert_eq!((status, &refused["error"]["code"]), (404, &json!("no-such-sector")));
    let pool = server.get("pool", &rob);
    let sources = pool["sources"].as_array().unwrap();
    let sectors: Vec<&Value> = sources.iter().map(|it| &it["sector"]).collect();
    assert_eq!(sectors, ["research", "media"]);
}

/// Every incident of a list, and each of them in full, as a reader is shown it.
fn all_of(server: &Server, token: &str) -> Vec<[Value; 2]> {
    let list = server.get("incidents?limit=1000&order=id", token);
    let rows = list["rows"].as_array().unwrap().clone();
    let in_full = |row: &Value| {
        let id = row["id"].as_str().unwrap();
        server.get(&format!("incidents/{id}"), token)["incident"].clone()
    };
    rows.into_iter().map(|row| [in_full(&row), row]).collect()
}

#[test]
fn what_is_kept_is_shown_as_what_is_linked_and_settled_anew() {
    let (desk, token) = two_versions();
    let rob = token("rob");
    // To this member every source is open, so that it is shown what is kept in the pool.
    let kept = {
        let server = Server::of(&desk, FIRST_DAY);
        (all_of(&server, &rob), server.get("overview?zoom=3", &rob))
    };
    assert!(kept.0.len() > 20 && kept.0.iter().any(|[_, row]| row["disputed"] == true));
    assert!(kept.0.iter().any(|[_, row]| row["disputed"] == false));
    // Now there is something that it does not see, and all is made anew for it.
    desk.ok(&["add", "a.sheaf", &example("civil-protection.csv")]);
    let server = Server::of(&desk, FIRST_DAY);
    let anew = (all_of(&server, &rob), server.get("overview?zoom=3", &rob));
    assert_eq!(anew.0.len(), kept.0.len());
    for (anew, kept) in anew.0.iter().zip(&kept.0) {
        assert_eq!(anew, kept);
    }
    assert_eq!(anew.1, kept.1);
}

#[test]
fn rule_15_two_people_release_on_the_desk() {
    let (desk, token) = two_versions();
    let server = Server::of(&desk, FIRST_DAY);
    let [ana, ben, both, ida] = ["ana", "ben", "both", "ida"].map(&token);
    // An incident that the wire alone tells.
    let alone = server.get("incidents?told-by=northline-wire&limit=100", &ana)["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["sources"] == json!(["northline-wire"]))
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let ask = || json!({ "incident": alone, "because": "all of it is confirmed" });
    assert_eq!(server.get("pool", &ana)["may"]["release"], true);
    assert_eq!(server.get("pool", &ben)["may"]["release"], false);
    server.refuses((401, "not-signed-in"), "releases", "", ask());
    server.refuses((403, "needs-role"), "releases", &ben, ask());
    let named = json!({ "incident": alone, "because": "as witness Jane Doe told us" });
    server.refuses((422, "names-a-person"), "releases", &ana, named);
    // What is another member's is not theirs to tell.
    server.refuses((404, "no-such-incident"), "releases", &ida, ask());

    let asked = server.post("releases", &ana, ask());
    assert_eq!((&asked["standing"], &asked["may"]["decide"]), (&json!("asked"), &json!(false)));
    assert!(asked["alert"]["event"].is_string(), "{asked}");
    let number = asked["release"].as_i64().unwrap();
    let said = format!("releases/{number}/said");
    let grant = || json!({ "do": "grant", "because": "read and right" });
    // One is not enough, and others do not even learn that there is one.
    server.refuses((403, "needs-role"), &said, &ana, grant());
    server.refuses((404, "not-found"), &said, &ida, grant());
    assert_eq!(server.get("releases", &ida)["releases"], json!([]));
    server.refuses((400, "bad-body"), &said, &ben, json!({ "do": "shout" }));
    assert_eq!(server.get("released", "")["alerts"], json!([]));
    let listed = server.get("releases", &ben);
    assert_eq!(listed["releases"][0]["may"], json!({ "decide": true, "withdraw": true }));

    let (status, granted) = server.ask("POST", &said, &ben, &grant());
    assert_eq!((status, &granted["standing"]), (200, &json!("granted")), "{granted}");
    assert_eq!(granted["decided"]["by"], "ben");
    let public = server.get("released", "");
    assert_eq!(public["alerts"][0]["facts"], asked["alert"]["facts"]);
    server.refuses((409, "decided-already"), &said, &ben, grant());

    // Whoever asked cannot grant it too, whatever roles they have.
    let again = server.post("releases", &both, ask());
    let other = format!("releases/{}/said", again["release"]);
    server.refuses((403, "takes-two"), &other, &both, grant());
    let (status, refused) = server.ask("POST", &other, &ben, &json!({ "do": "refuse" }));
    assert_eq!((status, &refused["standing"]), (200, &json!("refused")));

    let back = json!({ "do": "withdraw", "because": "it was another market" });
    let (status, withdrawn) = server.ask("POST", &said, &ana, &back);
    assert_eq!((status, &withdrawn["standing"]), (200, &json!("withdrawn")));
    let public = server.get("released", "");
    assert!(public["alerts"][0]["calls_off"].is_string(), "{public}");
    // On the terminal it is the same release.
    let listed = desk.json(&["release", "list", "a.sheaf", "--json"]);
    assert_eq!(
        (&listed[0]["asked"]["by"], &listed[0]["decided"]["by"]),
        (&json!("ana"), &json!("ben"))
    );
    assert_eq!(listed[0]["withdrawn"]["because"], "it was another market");
}

#[test]
fn reasons_name_nobody_on_pages_nor_on_the_terminal() {
    let (desk, token) = two_versions();
    let pair = ["northline-wire:NW-131021-1", "northline-wire:NW-131021-2"];
    let by = ["--by", "desk", "--because"];
    let named = "as witness Jane Doe told us";
    let judge = [&["judge", "a.sheaf", "same"], &pair[..], &by[..]].concat();
    desk.fails("names-a-person", &[&judge[..], &[named]].concat());
    {
        let server = Server::of(&desk, FIRST_DAY);
        let body =
            |because: &str| json!({ "verdict": "same", "reports": pair, "because": because });
        server.refuses((422, "names-a-person"), "judgements", &token("ana"), body(named));
        server.refuses((400, "empty-argument"), "judgements", &token("ana"), body(" "));
        assert_eq!(server.get("judgements", &token("ana"))["judgements"], json!([]));
    }
    // The names that the reports use for their own place are no names of people.
    desk.ok(&[&judge[..], &["both in Volgograd, Volgograd Oblast"]].concat());
}
