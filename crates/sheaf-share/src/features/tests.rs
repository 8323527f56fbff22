//! The documents as a client meets them, and the golden page.

use serde_json::Value;
use sheaf_model::{Marking, Moment, SettledIncident, Tlp};

use super::*;
use crate::seen::Seen;
use crate::seen::made_up::{day, golden, market, marking, plain, silent};

const LIMITS: Limits = Limits { usual: 10, most: 1000 };
const CSV: Format = Format { name: "csv", media_type: "text/csv", title: "As CSV" };
const SITE: Site<'_> = Site {
    base: "http://127.0.0.1:8080/features",
    title: "An invented pool",
    about: "Incidents that never were.",
    formats: &[CSV],
};

fn list(extent: Option<Extent>) -> Collection<'static> {
    let about = "Incidents as interval@1 settles them.";
    Collection { id: "incidents", title: "Incidents", about, extent }
}

fn query(raw: &str) -> ItemsQuery {
    ItemsQuery::parse(raw, LIMITS, &[CSV]).unwrap()
}

fn seen<'a>(all: &'a [SettledIncident], marking: &'a Marking) -> Vec<Seen<'a>> {
    let mut seen: Vec<Seen<'a>> = all.iter().map(|settled| Seen { settled, marking }).collect();
    seen.sort_by(|left, right| left.id().cmp(right.id()));
    seen
}

fn ask(raw: &str, all: &[SettledIncident]) -> Value {
    let marking = marking(Tlp::Green);
    let query = query(raw);
    let now = Moment::parse("2026-03-01T12:00:00Z").unwrap();
    items(&SITE, &list(None), &query, &select(&query, &seen(all, &marking)), now).0
}

fn href<'a>(answer: &'a Value, rel: &str) -> Option<&'a str> {
    let links = answer["links"].as_array().unwrap();
    links.iter().find(|link| link["rel"] == rel).and_then(|link| link["href"].as_str())
}

fn ids(answer: &Value) -> Vec<&str> {
    let features = answer["features"].as_array().unwrap();
    features.iter().map(|feature| feature["id"].as_str().unwrap()).collect()
}

#[test]
fn the_golden_page_stays_as_it_is() {
    let marking = marking(Tlp::AmberStrict);
    let all = [market(), silent()];
    let query = query("");
    let now = Moment::parse("2026-03-01T12:00:00Z").unwrap();
    let page = select(&query, &seen(&all, &marking));
    let (told, losses) = items(&SITE, &list(None), &query, &page, now);
    let told = serde_json::to_string_pretty(&told).unwrap() + "\n";
    golden("features/golden.json", &told);
    assert_eq!(
        losses.sentences(),
        [
            "features: 1 incidents have no point, and no geometry",
            "features: 2 incidents were shared with named groups, whose names do not travel",
            "features: 1 incidents are drawn as a point; how far off it may be stands in radius_m",
            "features: 3 claims say otherwise; who said what is not carried",
        ]
    );
}

#[test]
fn the_name_of_a_group_stands_in_no_document() {
    assert!(!marking(Tlp::Green).groups.is_empty());
    let told = ask("", &[market(), silent()]).to_string();
    assert!(!told.contains("corridor"), "{told}");
}

#[test]
fn links_lead_through_all_pages_and_back() {
    let all: Vec<SettledIncident> =
        (0..25).map(|n| plain(&format!("acme:{n:02} é/&"), day(5, 1), 1.0, f64::from(n))).collect();
    let mut raw = "limit=10".to_owned();
    let mut met = Vec::new();
    let last = loop {
        let page = ask(&raw, &all);
        assert_eq!(page["numberMatched"], 25);
        assert_eq!(page["numberReturned"], ids(&page).len());
        assert!(ids(&page).len() <= 10);
        met.extend(ids(&page).iter().map(|id| (*id).to_owned()));
        match href(&page, "next") {
            Some(next) => raw = next.split_once('?').unwrap().1.to_owned(),
            None => break page,
        }
    };
    assert_eq!(met.len(), 25);
    assert!(met.windows(2).all(|pair| pair[0] < pair[1]));
    let before = ask(href(&last, "prev").unwrap().split_once('?').unwrap().1, &all);
    assert_eq!(ids(&before), met[10..20]);
    let first = ask(href(&before, "prev").unwrap().split_once('?').unwrap().1, &all);
    assert_eq!(ids(&first), met[..10]);
    assert_eq!(href(&first, "prev"), None);
    // An incident that goes away meanwhile moves no other.
    let gone: Vec<SettledIncident> = all[1..].to_vec();
    let again = ask(href(&first, "next").unwrap().split_once('?').unwrap().1, &gone);
    assert_eq!(ids(&again), met[10..20]);
}

#[test]
fn place_and_day_are_asked_for_and_unknown_is_not_elsewhere() {
    let all = [
        plain("a:fiji-west", day(5, 22), -18.0, 178.0),
        plain("b:fiji-east", day(5, 23), -18.0, -179.5),
        plain("c:urumqi", day(5, 24), 43.8, 87.6),
        silent(),
    ];
    let check = |raw: &str, expected: &[&str]| assert_eq!(ids(&ask(raw, &all)), expected, "{raw}");
    check("bbox=177,-20,-178,-16", &["a:fiji-west", "acme:2", "b:fiji-east"]);
    check("bbox=177,-20,0,-178,-16,0", &["a:fiji-west", "acme:2", "b:fiji-east"]);
    check("bbox=-178,-20,177,-16", &["acme:2"]);
    check("datetime=2014-05-23/..", &["acme:2", "b:fiji-east", "c:urumqi"]);
    check("datetime=../2014-05-22", &["a:fiji-west", "acme:2"]);
    check("bbox=80,40,90,50&datetime=2014-05-22", &["acme:2"]);
}

#[test]
fn links_keep_what_was_asked_for() {
    let all: Vec<SettledIncident> =
        (0..3).map(|n| plain(&format!("a:{n}"), day(5, 22), -18.0, 178.0)).collect();
    let page = ask("limit=1&bbox=177,-20,182,-16&datetime=2014-05-22T09:00:00Z", &all);
    assert_eq!(
        href(&page, "next").unwrap(),
        "http://127.0.0.1:8080/features/collections/incidents/items?limit=1&bbox=177,-20,-178,-16\
         &datetime=2014-05-22%2F2014-05-22&page=after:a:0"
    );
    assert!(href(&page, "alternate").unwrap().ends_with("&f=csv"));
    assert_eq!(href(&page, "prev"), None);
}

#[test]
fn one_incident_has_an_address_that_leads_to_it() {
    let (settled, marking) = (market(), marking(Tlp::Green));
    let seen = Seen { settled: &settled, marking: &marking };
    let (told, losses) = item(&SITE, &list(None), &seen);
    assert_eq!(told["id"], "acme:2014/05 22#é?");
    assert_eq!(
        href(&told, "self").unwrap(),
        "http://127.0.0.1:8080/features/collections/incidents/items/acme:2014%2F05%2022%23%C3%A9%3F"
    );
    assert_eq!(told["properties"]["radius_m"], 50_000.0);
    assert_eq!(told["left_out"], losses.to_json());
}

#[test]
fn the_landing_page_leads_everywhere() {
    let all = [market(), silent(), plain("a:1", day(1, 2), -10.0, 100.0)];
    let list = list(Extent::of(&all));
    let landing = landing(&SITE);
    for (rel, end) in [
        ("self", "/"),
        ("service-desc", "/api"),
        ("conformance", "/conformance"),
        ("data", "/collections"),
    ] {
        assert_eq!(href(&landing, rel).unwrap(), format!("{}{end}", SITE.base), "{rel}");
    }
    let lists = collections(&SITE, &[list]);
    let one = &lists["collections"][0];
    assert_eq!(*one, collection(&SITE, &list));
    assert!(href(one, "items").unwrap().ends_with("/collections/incidents/items"));
    assert_eq!(one["extent"]["spatial"]["bbox"][0], serde_json::json!([-87.6, -10.0, 100.0, 43.8]));
    assert_eq!(
        one["extent"]["temporal"]["interval"][0],
        serde_json::json!(["2014-01-02T00:00:00Z", "2014-05-24T23:59:59Z"])
    );
    assert_eq!(Extent::of(&[]), None);
    assert_eq!(conformance()["conformsTo"].as_array().unwrap().len(), 3);
}

#[test]
fn the_description_names_every_parameter_and_every_reference_leads_somewhere() {
    let described = api(&SITE, &[list(None)], LIMITS, "0.1.0");
    let mut open = vec![&described];
    let mut n_references = 0;
    while let Some(value) = open.pop() {
        if let Some(to) = value.get("$ref").and_then(Value::as_str) {
            assert!(described.pointer(&to[1..]).is_some(), "{to}");
            n_references += 1;
        }
        match value {
            Value::Object(members) => open.extend(members.values()),
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
    assert!(n_references > 20);
    let asked = &described["paths"]["/collections/incidents/items"]["get"]["parameters"];
    let names: Vec<&str> = asked
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["$ref"].as_str().unwrap().rsplit('/').next().unwrap())
        .collect();
    let refused = ItemsQuery::parse("x=1", LIMITS, &[]).unwrap_err().to_string();
    assert!(refused.ends_with(&names.join(", ")), "{refused}");
    let has = &described["components"]["schemas"]["incident"]["properties"]["properties"];
    let page = ask("", &[market()]);
    for name in page["features"][0]["properties"].as_object().unwrap().keys() {
        assert!(has["properties"][name]["description"].is_string(), "{name}");
    }
}
