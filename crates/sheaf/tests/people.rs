//! No people, ever: what a file says about persons is nowhere in the pool and in nothing printed.

mod common;

use std::fs;
use std::path::Path;

use common::{Desk, example, texts};

/// Words that stand only in cells about persons, in running text, or in columns nobody knows.
const SECRETS: [&str; 16] = [
    "Zorblatt",
    "Quux",
    "Mirelle",
    "Voss",
    "Pastafarian",
    "Jediknight",
    "555-0142",
    "9147",
    "9131",
    "Xanthic",
    "Ochrean",
    "Grimbold",
    "example.invalid",
    "zeta-private",
    "Wexley",
    "Tarnish",
];

const HEADER: &str = "id,date,lat,lon,place,country,kind,killed,victim_name,age,religion,phone,\
                      ethnic_group,perpetrator,email,notes,headline,remark_zz,reporter";

fn rows() -> String {
    format!(
        "{HEADER}\n\
         p1,2020-03-01,10.5,20.5,Northgate,Freedonia,bomb,3,Zorblatt Quux,9147,Pastafarian,\
         +999-555-0142,Xanthic,Grimbold Vex,zq@example.invalid,Zorblatt was near the gate,\
         Zorblatt Quux hurt at the gate,zeta-private-41,Wexley\n\
         p2,2020-03-05,11,21,Southgate,Sylvania,shooting,1,Mirelle Voss,9131,Jediknight,\
         +999-555-0143,Ochrean,Grimbold Poll,mv@example.invalid,Mirelle ran away,Mirelle Voss hurt,\
         zeta-private-42,Wexley,Tarnish in a cell too many\n"
    )
}

#[track_caller]
fn holds_no_secret(what: &str, bytes: &[u8]) {
    for secret in SECRETS {
        let found = bytes.windows(secret.len()).any(|it| it == secret.as_bytes());
        assert!(!found, "{secret} is in {what}");
    }
}

/// Every byte of every file under a folder.
fn search(folder: &Path) -> usize {
    let mut n_files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            n_files += search(&path);
        } else {
            holds_no_secret(&path.display().to_string(), &fs::read(&path).unwrap());
            n_files += 1;
        }
    }
    n_files
}

/// Pages of a part may be packed, so the pool is also read through everything that prints it.
fn search_pool(desk: &Desk, pool: &str, source: &str, file: &str) {
    assert!(search(&desk.path(pool)) > 4);
    let id = format!("{source}:p1");
    for args in [
        vec!["incidents", pool, "--format", "json"],
        vec!["incidents", pool, "--format", "csv"],
        vec!["show", pool, &id],
        vec!["show", pool, &id, "--format", "json"],
        vec!["how", pool, &id],
        vec!["sources", pool],
        vec!["sources", pool, "--format", "json"],
        vec!["read", file],
        vec!["read", file, "--format", "json"],
        vec!["read", file, "--doubts"],
        vec!["read", file, "--doubts", "--format", "json"],
        vec!["new-source", file],
    ] {
        let ran = desk.run(&args);
        assert_eq!(ran.code, 0, "{}: {}", args.join(" "), ran.stderr);
        assert!(!ran.stdout.is_empty(), "{}", args.join(" "));
        holds_no_secret(&args.join(" "), ran.stdout.as_bytes());
        holds_no_secret(&args.join(" "), ran.stderr.as_bytes());
    }
    let shown = desk.ok(&["show", pool, &id]);
    assert!(shown.contains("Northgate"), "what is about the incident is kept: {shown}");
}

#[test]
fn invariant_19_no_person_is_in_the_pool_by_the_plain_layout() {
    let desk = Desk::new();
    desk.write("people.csv", rows());
    let ran = desk.run(&["pool", "p.sheaf", "people.csv", "--source", "acme"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    holds_no_secret("the summary", ran.stdout.as_bytes());
    holds_no_secret("the remarks", ran.stderr.as_bytes());
    // What was refused is said by column, never by cell.
    assert!(
        ran.stdout.contains(
            "refused, about people: victim_name, age, religion, phone, ethnic_group, perpetrator, email"
        ),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("not known to the reader and not kept: remark_zz, reporter"));
    search_pool(&desk, "p.sheaf", "acme", "people.csv");
}

#[test]
fn invariant_19_no_person_is_in_the_pool_by_a_drafted_mapping() {
    let desk = Desk::new();
    desk.write("people.csv", rows());
    let draft = desk.ok(&["new-source", "people.csv"]);
    holds_no_secret("the draft", draft.as_bytes());
    desk.write("people.toml", draft.replace("name = \"people\"", "name = \"acme\""));
    let summary = desk.pool("p.sheaf", &["people.csv"]);
    assert_eq!(summary["files"][0]["reader"], "people.toml");
    assert_eq!(summary["files"][0]["reports"], 2);
    let refused: Vec<&str> = summary["files"][0]["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["column"].as_str().unwrap())
        .collect();
    let expected =
        ["victim_name", "age", "religion", "phone", "ethnic_group", "perpetrator", "email"];
    assert_eq!(refused, expected);
    holds_no_secret("the summary", summary.to_string().as_bytes());
    search_pool(&desk, "p.sheaf", "acme", "people.csv");
}

#[test]
fn invariant_19_json_members_about_people_are_refused_too() {
    let desk = Desk::new();
    desk.write(
        "people.jsonl",
        "{\"id\":\"p1\",\"date\":\"2020-03-01\",\"lat\":10.5,\"lon\":20.5,\"place\":\"Northgate\",\
         \"country\":\"Freedonia\",\"kind\":\"bomb\",\"killed\":3,\
         \"victims\":[{\"name\":\"Zorblatt Quux\",\"age\":9147}],\
         \"suspect\":{\"name\":\"Grimbold\"},\"zz\":\"zeta-private-1\",\"notes\":\"Mirelle ran\"}\n",
    );
    let ran = desk.run(&["pool", "p.sheaf", "people.jsonl", "--source", "acme"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    holds_no_secret("the summary", ran.stdout.as_bytes());
    search_pool(&desk, "p.sheaf", "acme", "people.jsonl");
}

#[test]
fn the_example_names_organisations_only_as_claims_of_others() {
    let desk = Desk::new();
    let shown = desk.json(&["read", &example("northline-wire.csv"), "--rows", "1000", "--json"]);
    let mut n_named = 0;
    for report in shown["shown"].as_array().unwrap() {
        for claim in report["claims"].as_array().unwrap() {
            if ["TIP", "TTP", "UBA", "Boko Haram"]
                .contains(&claim["meant"]["words"].as_str().unwrap_or(""))
            {
                let field = claim["field"].as_str().unwrap();
                assert!(["claimed-by", "blamed-on"].contains(&field), "{claim}");
                n_named += 1;
            }
        }
    }
    assert!(n_named > 10, "{n_named}");
}

#[test]
fn rule_03_victims_are_counts_by_role_and_never_a_list() {
    let desk = Desk::with_example();
    let roles = ["all", "civilians", "attackers", "side-a", "side-b", "unknown-party"];
    let mut n_tolls = 0;
    for incident in desk.incidents("a.sheaf", &[]) {
        for toll in incident["tolls"].as_array().unwrap() {
            let toll = toll["value"].as_object().unwrap();
            let mut members: Vec<&str> = toll.keys().map(String::as_str).collect();
            members.sort_unstable();
            assert_eq!(
                members,
                ["as_of", "attackers", "best", "harm", "high", "low", "qualifier", "whom"]
            );
            assert!(roles.contains(&toll["whom"].as_str().unwrap()), "{toll:?}");
            for bound in ["low", "best", "high"] {
                assert!(toll[bound].is_u64() || toll[bound].is_null(), "{toll:?}");
            }
            n_tolls += 1;
        }
    }
    assert!(n_tolls > 30, "{n_tolls}");
}

#[test]
fn rule_09_what_sources_say_is_kept_apart_from_what_is_made_of_it_and_conflicts_stay() {
    let desk = Desk::with_example();
    let market = "civil-protection:CP-016";
    let shown = desk.json(&["show", "a.sheaf", market, "--format", "json"]);
    let incident = &shown["incidents"][0];
    // Each value says by which rule it was made; each claim says who, where and in which words.
    let mut heard = std::collections::BTreeSet::new();
    for toll in incident["tolls"].as_array().unwrap() {
        assert!(toll["rule"].as_str().is_some_and(|it| !it.is_empty()), "{toll}");
        for claim in ["from", "against"].iter().flat_map(|side| toll[*side].as_array().unwrap()) {
            for member in ["report", "file", "row", "column", "said"] {
                assert!(!claim[member].is_null(), "{claim}");
            }
            heard.insert((claim["report"].to_string(), claim["claim"].to_string()));
        }
    }
    for claim in incident["not_used"].as_array().unwrap() {
        assert!(!claim["because"].as_str().unwrap().is_empty(), "{claim}");
        heard.insert((claim["claim"]["report"].to_string(), claim["claim"]["claim"].to_string()));
    }
    // No toll that anybody told is missing, whoever it contradicts.
    for report in texts(&incident["reports"]) {
        let (source, key) = report.split_once(':').unwrap();
        let n_told = heard.iter().filter(|(it, _)| it.contains(source) && it.contains(key)).count();
        assert!(n_told > 0, "{report}");
    }
    // How a number was come by is a claim of its own, of a closed list.
    let basis = ["observed", "reported", "assessed", "party"];
    let read =
        desk.json(&["read", &example("meridian-aid-security.jsonl"), "--rows", "1000", "--json"]);
    let bases: Vec<&serde_json::Value> = read["shown"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|it| it["claims"].as_array().unwrap())
        .filter(|it| it["field"] == "basis")
        .collect();
    assert!(
        bases.iter().all(|it| basis.contains(&it["meant"]["words"].as_str().unwrap_or(""))),
        "{bases:?}"
    );
}
