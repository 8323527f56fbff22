//! Both doors together: what goes out comes back, what must not come in does not, and what is
//! written is what a file beside this one holds.

use proptest::prelude::*;
use serde_json::{Value, json};
use sheaf_model::{
    Batch, Claim, Count, Day, DoubtCode, Field, Harm, Kind, Licence, Meaning, Metres, Place,
    Qualifier, ReportId, ReportView, Tlp, Toll, Unit, When, Whom,
};

use super::made_up::{MadeUp, moment};
use super::*;

/// A claim apart from its batch, with its columns by name.
fn told(report: ReportView<'_>, claim: &Claim, columns: &[String]) -> String {
    let column = |idx: u16| columns[usize::from(idx)].clone();
    let meant = match claim.meant {
        Meaning::Spelt(_) => format!("spelt {:?}", report.words(claim)),
        Meaning::PartOf(with) => format!("part of {}", column(with)),
        Meaning::Where(place) => {
            let bits = (place.lat().to_bits(), place.lon().to_bits());
            format!("place {bits:?} {}", place.radius().get().to_bits())
        }
        other => format!("{other:?}"),
    };
    format!("{} {} {:?} {meant}", claim.field, column(claim.column), report.said(claim))
}

fn all_told(report: ReportView<'_>, columns: &[String]) -> Vec<String> {
    report.claims().iter().map(|claim| told(report, claim, columns)).collect()
}

fn incident(written: &Written) -> &Value {
    written.objects.iter().find(|object| object["type"] == "incident").unwrap()
}

#[test]
fn what_goes_out_comes_back_claim_by_claim() {
    let market = MadeUp::market();
    let written = write([market.outgoing()]);
    // Through text, as it would travel.
    let text = serde_json::to_string(incident(&written)).unwrap();
    let ours = read_ours(&serde_json::from_str(&text).unwrap()).unwrap();
    let (there, here) = (market.batch.report(0), ours.batch.report(0));
    assert_eq!(all_told(here, &ours.columns), all_told(there, &market.columns));
    assert_eq!((here.key(), here.row(), here.unit()), (there.key(), there.row(), there.unit()));
    assert_eq!(here.digest(), there.digest());
    assert_eq!(ours.source, market.source);
    assert_eq!(ours.marking, market.marking);
    assert_eq!((ours.file.as_str(), &ours.by), ("acme.csv", &market.member.id));
    assert_eq!(ours.modified, moment("2026-03-01T12:00:00.001Z"));
}

/// `SHEAF_BLESS=1` writes the file anew.
#[test]
fn what_is_written_is_what_the_file_holds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/stix/market.golden.json");
    let market = MadeUp::market();
    let written = write([market.outgoing()]);
    let told = Happening {
        id: StixId::random("report", [7; 16]),
        name: "Vehicle bomb, Old Market, 2014-05-22".to_owned(),
        by: &market.member,
        reports: vec![
            (&market.member, ReportId::parse("acme:00042").unwrap()),
            (&market.member, ReportId::parse("beacon:9").unwrap()),
        ],
        tlp: Tlp::Red,
        created: moment("2026-03-01T12:00:00Z"),
        modified: moment("2026-03-01T12:00:00Z"),
    };
    let mut objects = written.objects;
    objects.extend(happening(&told));
    let text = serde_json::to_string_pretty(&bundle(objects)).unwrap() + "\n";
    if std::env::var_os("SHEAF_BLESS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
}

#[test]
fn invariant_17_stix_says_what_it_could_not_carry() {
    let mut market = MadeUp::market();
    market.without.insert(2);
    let mut unlicensed = MadeUp::market();
    unlicensed.marking.licence = Licence::OwnUseOnly;
    let written = write([market.outgoing(), unlicensed.outgoing()]);
    assert_eq!(
        written.losses.sentences(),
        [
            // The place, and the longitude that was read together with it.
            "stix: 2 claims are left out: their marking is narrower than their report's",
            "stix: 14 claims stand in sheaf's extension; programs that do not know it see name, \
             place and toll",
            "stix: 1 reports state no point, so no location goes with them",
            "stix: 1 reports are left out: their licence does not let them travel",
        ]
    );
    assert_eq!(written.losses.n_carried, 1);
    let text = Value::Array(written.objects).to_string();
    assert!(!text.contains("43.8") && !text.contains("87.5"), "{text}");
}

#[test]
fn a_withheld_claim_stands_nowhere_in_what_is_written() {
    let mut market = MadeUp::market();
    // Days, town, kind and both tolls.
    market.without.extend([0, 4, 5, 7, 8, 9]);
    let object = incident(&write([market.outgoing()])).clone();
    assert_eq!(object["name"], "Incident, Exampleland, undated (acme:00042)");
    assert_eq!(object["description"], Value::Null);
    let text = object.to_string();
    for said in ["2014-05-22", "24/05/2014", "Market", "Märkte", "VBIED", "vehicle-bomb", "94+"] {
        assert!(!text.contains(said), "{said}: {text}");
    }
}

#[test]
fn replaying_changes_nothing_and_another_version_keeps_its_id() {
    let market = MadeUp::market();
    let (first, again) = (write([market.outgoing()]), write([market.outgoing()]));
    assert_eq!(first, again);
    let later = Outgoing { modified: moment("2026-03-05T00:00:00Z"), ..market.outgoing() };
    let later = write([later]);
    assert_eq!(incident(&first)["id"], incident(&later)["id"]);
    assert_ne!(content_hash(incident(&first)), content_hash(incident(&later)));
    // Laid out otherwise it is the same object.
    let spread = serde_json::to_string_pretty(incident(&first)).unwrap();
    let spread: Value = serde_json::from_str(&spread).unwrap();
    assert_eq!(content_hash(incident(&first)), content_hash(&spread));
}

#[test]
fn shared_objects_are_written_once_and_before_what_refers_to_them() {
    let market = MadeUp::market();
    let objects = write([market.outgoing(), market.outgoing()]).objects;
    let kinds: Vec<&str> = objects.iter().filter_map(|object| object["type"].as_str()).collect();
    assert_eq!(
        kinds[..5],
        [
            "identity",
            "extension-definition",
            "marking-definition",
            "marking-definition",
            "identity"
        ]
    );
    for object in &objects {
        check(object).unwrap();
    }
    assert_eq!(write([]), Written { objects: Vec::new(), losses: Losses::of("stix") });
}

#[test]
fn markings_come_back_and_none_at_all_is_amber_strict() {
    for &tlp in Tlp::ALL {
        for &pap in sheaf_model::Pap::ALL {
            let mut market = MadeUp::market();
            (market.marking.tlp, market.marking.pap) = (tlp, pap);
            let ours = read_ours(incident(&write([market.outgoing()]))).unwrap();
            assert_eq!((ours.marking.tlp, ours.marking.pap), (tlp, pap));
        }
    }
    let mut object = incident(&write([MadeUp::market().outgoing()])).clone();
    object.as_object_mut().unwrap().remove("object_marking_refs");
    let ours = read_ours(&object).unwrap();
    assert_eq!(ours.marking.tlp, Tlp::AmberStrict);
    assert_eq!(ours.marking.pap, sheaf_model::Pap::Amber);
}

#[test]
fn fields_nobody_here_knows_survive() {
    let former = {
        let mut object = incident(&write([MadeUp::market().outgoing()])).clone();
        object["x_berth"] = json!({ "n": 4 });
        object["extensions"][EXTENSION]["later_member"] = json!(1);
        object
    };
    // The reader passes over them, the object still holds them.
    assert!(read_ours(&former).is_ok());
    let mut next = incident(&write([MadeUp::market().outgoing()])).clone();
    keep_unknown(&former, &mut next);
    assert_eq!(next["x_berth"], json!({ "n": 4 }));
}

#[track_caller]
fn refused(change: impl FnOnce(&mut Value), expected: &str) {
    let mut object = incident(&write([MadeUp::market().outgoing()])).clone();
    change(&mut object);
    let text = read_ours(&object).unwrap_err().to_string();
    let text = text.replace(EXTENSION, "EXT").replace(object["id"].as_str().unwrap_or("-"), "ID");
    assert_eq!(text, expected);
}

#[test]
fn the_exact_door_takes_nothing_that_does_not_add_up() {
    let form = "is none of the words or forms this member may have";
    fn ext(object: &mut Value) -> &mut Value {
        &mut object["extensions"][EXTENSION]
    }
    refused(
        |it| ext(it)["key"] = json!("43"),
        "ID: id: \"ID\" is not the id of this contributor's report with this key",
    );
    refused(
        |it| ext(it)["terms"]["originator"] = json!("east-rail"),
        &format!(
            "ID: created_by_ref: \"{}\" is not the organisation the report names",
            StixId::of_member(&MadeUp::market().member.id)
        ),
    );
    refused(
        |it| ext(it)["claims"][0]["field"] = json!("victim-name"),
        &format!("ID: extensions.EXT.claims[0].field: \"victim-name\" {form}"),
    );
    refused(
        |it| ext(it)["claims"][0]["meant"]["last"] = json!("2014-05-21"),
        &format!("ID: extensions.EXT.claims[0].meant.last: \"2014-05-21\" {form}"),
    );
    refused(
        |it| ext(it)["claims"][1]["column"] = json!(99),
        &format!("ID: extensions.EXT.claims[1].column: \"99\" {form}"),
    );
    refused(
        |it| ext(it)["claims"][15]["said"] = json!("He was 34."),
        &format!("ID: extensions.EXT.claims[15].said: \"running text\" {form}"),
    );
    refused(
        |it| ext(it)["terms"]["purposes"] = json!(["marketing"]),
        &format!("ID: extensions.EXT.terms.purposes: \"marketing\" {form}"),
    );
    refused(
        |it| ext(it)["claims"] = json!("none"),
        "ID: extensions.EXT: \"invalid type: string \"none\", expected a sequence\" is what is \
         wrong with its form",
    );
    refused(
        |it| it["revoked"] = json!(true),
        "ID: revoked: says that the report is withdrawn: nothing to read",
    );
    refused(
        |it| it["modified"] = Value::Null,
        "ID: modified: is missing; hint: write UTC as in 2026-03-01T12:00:00.000Z",
    );
    refused(
        |it| it["id"] = json!("incident--not-a-uuid"),
        "ID: id: \"ID\" is no identifier; hint: write the type, two hyphens and a UUID",
    );
}

const FOREIGN: &str = r#"[
  { "type": "identity", "spec_version": "2.1", "identity_class": "organization", "name": "CERT",
    "id": "identity--11111111-1111-4111-8111-111111111111",
    "created": "2025-01-01T00:00:00.000Z", "modified": "2025-01-01T00:00:00.000Z" },
  { "type": "incident", "spec_version": "2.1", "name": "Attack on J. Doe at the station",
    "id": "incident--22222222-2222-4222-8222-222222222222",
    "created_by_ref": "identity--11111111-1111-4111-8111-111111111111",
    "created": "2025-02-03T04:05:06.000Z", "modified": "2025-02-03T04:05:07.000Z",
    "description": "J. Doe was hurt.", "x_peer": 7,
    "object_marking_refs": ["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"],
    "extensions": { "extension-definition--ef765651-680c-498d-9894-99799f2fa126": {
      "extension_type": "property-extension", "determination": "suspected",
      "investigation_status": "open", "incident_types": ["destruction", "J. Doe was hurt"] } } },
  { "type": "location", "spec_version": "2.1", "name": "Doe residence", "country": "BE",
    "city": "Bruxelles", "latitude": 50.8358, "longitude": 4.3365, "precision": 500.0,
    "id": "location--33333333-3333-4333-8333-333333333333",
    "created": "2025-01-01T00:00:00.000Z", "modified": "2025-01-01T00:00:00.000Z" },
  { "type": "relationship", "spec_version": "2.1", "relationship_type": "located-at",
    "id": "relationship--44444444-4444-4444-8444-444444444444",
    "source_ref": "incident--22222222-2222-4222-8222-222222222222",
    "target_ref": "location--33333333-3333-4333-8333-333333333333",
    "created": "2025-01-01T00:00:00.000Z", "modified": "2025-01-01T00:00:00.000Z" },
  { "type": "threat-actor", "spec_version": "2.1", "name": "J. Doe",
    "id": "threat-actor--55555555-5555-4555-8555-555555555555",
    "created": "2025-01-01T00:00:00.000Z", "modified": "2025-01-01T00:00:00.000Z" },
  { "type": "incident", "spec_version": "2.1", "name": "gone", "revoked": true,
    "id": "incident--66666666-6666-4666-8666-666666666666",
    "created": "2025-01-01T00:00:00.000Z", "modified": "2025-01-01T00:00:00.000Z" },
  { "type": "incident", "id": "incident--not-a-uuid", "created": "x" }
]"#;

#[test]
fn the_guarded_door_takes_what_is_coded_and_no_running_text() {
    let objects: Vec<Value> = serde_json::from_str(FOREIGN).unwrap();
    let theirs = read_theirs(&objects);
    assert_eq!(theirs.batch.len(), 1);
    let report = theirs.batch.report(0);
    assert_eq!(report.key(), "incident--22222222-2222-4222-8222-222222222222");
    assert_eq!(report.row(), 2);
    let place = Place::new(50.8358, 4.3365, Metres::new(500.0).unwrap()).unwrap();
    let bits = (place.lat().to_bits(), place.lon().to_bits());
    assert_eq!(
        all_told(report, &theirs.columns),
        [
            "published created \"2025-02-03T04:05:06.000Z\" Day(Day(20122))".to_owned(),
            "country location.country \"BE\" Words".to_owned(),
            "place-name location.city \"Bruxelles\" Words".to_owned(),
            format!("where location.latitude \"50.8358\" place {bits:?} {}", 500f32.to_bits()),
            "where location.longitude \"4.3365\" part of location.latitude".to_owned(),
            "where location.precision \"500.0\" part of location.latitude".to_owned(),
            "status determination \"suspected\" Words".to_owned(),
            "category incident_types \"destruction\" Words".to_owned(),
        ]
    );
    assert!(!format!("{:?}", theirs.batch).contains("Doe"));
    assert_eq!(theirs.taken[0].tlp, Tlp::Green);
    assert_eq!(theirs.taken[0].by.as_ref().map(StixId::kind), Some("identity"));
    assert_eq!(theirs.withdrawn.len(), 1);
    let refused: Vec<String> = theirs.refused.iter().map(ToString::to_string).collect();
    assert_eq!(refused.len(), 2);
    assert!(refused[0].starts_with("threat-actor--5555"), "{refused:?}");
    assert!(refused[1].starts_with("incident--not-a-uuid: id: "), "{refused:?}");
    assert_eq!(theirs.losses.count("running-text"), 2);
    assert_eq!(theirs.losses.count("not-a-code"), 1);
}

#[test]
fn a_point_without_a_precision_is_no_place() {
    let mut objects: Vec<Value> = serde_json::from_str(FOREIGN).unwrap();
    objects[2].as_object_mut().unwrap().remove("precision");
    let theirs = read_theirs(&objects);
    let claims = theirs.batch.report(0).claims();
    assert!(claims.iter().all(|claim| !matches!(claim.meant, Meaning::Where(_))));
    assert_eq!(theirs.losses.count("no-precision"), 1);
    objects[2]["precision"] = json!(5.0);
    objects[2]["latitude"] = json!(187.0);
    let theirs = read_theirs(&objects);
    assert_eq!(theirs.batch.doubts()[0].code, DoubtCode::OffTheGlobe);
}

#[test]
fn what_we_write_is_not_read_through_the_guarded_door() {
    let written = write([MadeUp::market().outgoing()]);
    let theirs = read_theirs(&written.objects);
    assert!(theirs.batch.is_empty() && theirs.refused.is_empty());
}

#[test]
fn what_is_withdrawn_leaves_nothing_to_read() {
    let objects = write([MadeUp::market().outgoing()]).objects;
    for object in &objects {
        let stone = tombstone(object, moment("2027-04-01T00:00:00Z"), "withdrawn");
        check(&stone).unwrap();
        let text = stone.to_string();
        for said in ["Market", "43.8", "killed", "Vehicle", "acme", "policing"] {
            assert!(!text.contains(said), "{text}");
        }
    }
}

/// Puts another value in the place of the member at this position, counted depth first.
fn replace(value: &mut Value, position: &mut usize, by: &Value) {
    if *position == 0 {
        *value = by.clone();
    }
    *position = position.wrapping_sub(1);
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(|member| replace(member, position, by));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, position, by)),
        _ => {}
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([{ "type": "email-addr" }])),
    ]
}

fn any_day() -> impl Strategy<Value = Day> {
    (0i32..40_000).prop_map(|days| Day::from_days_since_1970(days).unwrap())
}

fn any_meaning() -> impl Strategy<Value = Meaning> {
    let numbers = (0u32..9, 0u32..9, 0u32..9, any::<[bool; 2]>());
    let counts = numbers.prop_map(|(low, best, high, [has_best, has_high])| {
        let best = low + best;
        Count::new(low, has_best.then_some(best), has_high.then_some(best + high)).unwrap()
    });
    let toll = (
        proptest::sample::select(Harm::ALL.to_vec()),
        proptest::sample::select(Whom::ALL.to_vec()),
        counts,
        proptest::option::of(any_day()),
    )
        .prop_map(|(harm, whom, count, as_of)| {
            let attackers = sheaf_model::Attackers::Unsaid;
            Meaning::Toll(Toll {
                harm,
                whom,
                attackers,
                qualifier: Qualifier::Feared,
                count,
                as_of,
            })
        });
    let place = (-90.0..=90.0f64, -180.0..=180.0f64, 0.0..1e6f32).prop_map(|(lat, lon, radius)| {
        Meaning::Where(Place::new(lat, lon, Metres::new(radius).unwrap()).unwrap())
    });
    prop_oneof![
        Just(Meaning::Words),
        toll,
        place,
        (any_day(), any_day())
            .prop_map(|(a, b)| Meaning::When(When::new(a.min(b), a.max(b)).unwrap())),
        proptest::sample::select(Kind::ALL).prop_map(Meaning::Kind),
        any_day().prop_map(Meaning::Day),
        any::<u32>().prop_map(Meaning::Number),
        any::<u64>().prop_map(Meaning::Wording),
        (0u16..4).prop_map(Meaning::PartOf),
    ]
}

proptest! {
    /// Objects damaged at any place are refused or read, and never break a door.
    #[test]
    fn no_damage_breaks_a_door(position in 0usize..200, by in any_json()) {
        let mut objects = write([MadeUp::market().outgoing()]).objects;
        objects.extend(serde_json::from_str::<Vec<Value>>(FOREIGN).unwrap());
        let n_objects = objects.len();
        for object in &mut objects {
            replace(object, &mut position.clone(), &by);
        }
        let theirs = read_theirs(&objects);
        let ours = objects.iter().filter(|object| is_ours(object)).map(read_ours).count();
        let n_known = theirs.refused.len() + theirs.batch.len() + theirs.withdrawn.len() + ours;
        prop_assert!(n_known <= n_objects + ours);
        for object in &objects {
            if by == json!([{ "type": "email-addr" }]) && object.to_string().contains("email-addr") {
                prop_assert!(check(object).is_err());
            }
        }
    }

    /// Whatever was said, in whatever script, comes back to the bit.
    #[test]
    fn any_report_comes_back(
        key in ".{1,20}",
        row in any::<u64>(),
        claims in proptest::collection::vec(
            (proptest::sample::select(Field::ALL), 0u16..4, ".*", any_meaning()), 0..12),
    ) {
        let mut market = MadeUp::market();
        market.columns = ["a", "b", "a", "\u{0}"].map(str::to_owned).to_vec();
        market.batch = Batch::default();
        market.batch.begin_report(&key, row, Unit::Episode);
        for (field, column, said, meant) in &claims {
            let said = if *field == Field::Wording { "" } else { said };
            market.batch.say(*field, *column, said, *meant);
        }
        market.batch.end_report();
        let text = canonical_json(incident(&write([market.outgoing()])));
        let ours = read_ours(&serde_json::from_str(&text).unwrap()).unwrap();
        let (there, here) = (market.batch.report(0), ours.batch.report(0));
        prop_assert_eq!(all_told(here, &ours.columns), all_told(there, &market.columns));
        prop_assert_eq!((here.key(), here.digest()), (there.key(), there.digest()));
    }
}
