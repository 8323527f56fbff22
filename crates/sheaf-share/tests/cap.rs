//! Alerts from elsewhere and alerts of our own, on invented documents and, where `SHEAF_DATA` is set, on
//! real ones with a verdict by another program.

use std::path::Path;

use proptest::prelude::*;
use sheaf_share::audit::Token;
use sheaf_share::cap::{
    Alert, Area, Audience, Category, Certainty, Entry, Gone, Hand, Index, Info, Kind, Limits, Link,
    MessageType, Named, NoRelease, NotWritten, Reading, Refusal, Release, Resource, Response, Role,
    Scope, Severity, Status, Time, Urgency, Version, read_alert, read_index, recognise,
    write_alert, write_index,
};

const INVENTED: &str = include_str!("cap/invented_12.xml");

fn read(text: &str) -> Reading {
    read_alert(text.as_bytes(), &Limits::ALERT).unwrap()
}

fn invented() -> Alert {
    read(INVENTED).alert.unwrap().0
}

/// What is told about the invented alert after `from` became `to` in it.
fn told(from: &str, to: &str) -> Vec<String> {
    assert!(INVENTED.contains(from), "{from}");
    let reading = read(&INVENTED.replacen(from, to, 1));
    let all = reading.problems.iter().chain(&reading.remarks);
    all.map(ToString::to_string).collect()
}

fn hand(account: &str, role: Role) -> Hand {
    let token = |text: &str| -> Token { text.parse().unwrap() };
    Hand { member: token("north-police"), account: token(account), role }
}

fn released(alert: &Alert) -> Audience {
    let (one, other) = (hand("a1", Role::Contributor), hand("a2", Role::Releaser));
    Audience::Public(Release::new(alert, &one, &other, 1_790_000_000_000).unwrap())
}

fn restricted() -> Audience {
    Audience::Restricted { restriction: "members".to_owned() }
}

#[test]
fn every_element_is_read() {
    let reading = read(INVENTED);
    assert_eq!((reading.version, reading.is_signed), (Version::V1_2, false));
    assert_eq!((reading.problems, reading.remarks), (vec![], vec![]));
    let (alert, heard) = reading.alert.unwrap();
    assert_eq!(heard.scope, Scope::Restricted);
    assert_eq!(heard.restriction.as_deref(), Some("Members of the exercise"));
    assert_eq!((alert.status, alert.message_type), (Status::Exercise, MessageType::Update));
    let info = &alert.infos[0];
    assert_eq!(info.categories, [Category::Security, Category::Transport]);
    assert_eq!(info.headline.as_deref(), Some("Item left at Central Station & tunnel"));
    assert_eq!(info.onset.as_ref().unwrap().unix_s(), 1_772_354_100);
    assert_eq!(info.resources[0].size, Some(20480));
    assert_eq!((info.areas[0].altitude_ft, info.areas[0].ceiling_ft), (Some(300.0), Some(340.5)));
    assert_eq!(Area::circle(&info.areas[0].circles[0]), Some((50.15, 8.65, 0.4)));
}

#[test]
fn an_alert_of_1_0_becomes_one_of_today() {
    let reading = read(include_str!("cap/invented_10.xml"));
    assert_eq!((reading.version, reading.problems), (Version::V1_0, vec![]));
    let (alert, _) = reading.alert.unwrap();
    let info = &alert.infos[0];
    assert_eq!(info.certainty, Certainty::Likely);
    assert_eq!(alert.sent.to_string(), "2004-05-01T10:00:00-00:00");
    assert_eq!(info.event_codes, [Named { name: "kinds".to_owned(), value: "3".to_owned() }]);
    assert_eq!(write_alert(&alert, &restricted()), Err(NotWritten::Lacks("category")));
}

#[test]
fn each_departure_from_the_schema_is_told_with_its_place() {
    for (from, to, expected) in [
        ("<scope>Restricted</scope>", "", "alert/scope: it is missing"),
        ("<event>Suspicious item</event>", "", "alert/info[1]/event: it is missing"),
        (
            "<status>Exercise</status>",
            "<status>exercise</status>",
            "alert/status[1]: not one of the words Actual, Exercise, System, Test, Draft",
        ),
        (
            "<sent>2026-03-01T10:00:00+01:00",
            "<sent>2026-03-01T10:00:00Z",
            "alert/sent[1]: not a time as 2002-05-24T16:49:00-07:00",
        ),
        ("<language>en-GB", "<language>", "alert/info[1]/language[1]: not the tag of a language"),
        ("<size>20480", "<size>20 kB", "alert/info[1]/resource[1]/size[1]: not a whole number"),
        ("<web>https", "<web>9:https", "alert/info[1]/web[1]: not an address"),
        ("<ceiling>340.5", "<ceiling>3e2", "alert/info[1]/area[1]/ceiling[1]: not a number"),
        ("<note>", "<victim>x</victim><note>", "alert: victim is no element that may stand here"),
        (
            "<note>",
            "<source>again</source><note>",
            "alert/source[2]: it stands after elements that must follow it",
        ),
        (
            "<headline>",
            "<headline>one</headline><headline>",
            "alert/info[1]/headline[2]: it may stand only once",
        ),
        ("<info>", "<info kind='x'>", "alert/info[1]: kind is no attribute that may stand here"),
        ("<info>", "<info>text", "alert/info[1]: text stands between its elements"),
        ("<web>", "<web><b/>", "alert/info[1]/web[1]: b is no element that may stand here"),
        ("<value>14</value>", "", "alert/info[1]/eventCode[1]/value: it is missing"),
        ("<mimeType>image/png</mimeType>", "", "alert/info[1]/resource[1]/mimeType: it is missing"),
    ] {
        assert_eq!(told(from, to), [expected]);
    }
}

#[test]
fn what_the_schema_lets_pass_is_remarked() {
    for (from, to, expected) in [
        (
            "<restriction>Members of the exercise</restriction>",
            "",
            "alert/restriction: a restricted alert must have one",
        ),
        (
            "<scope>Restricted",
            "<scope>Public",
            "alert/restriction: only a restricted alert may have one",
        ),
        (
            "<identifier>north",
            "<identifier>north of",
            "alert/identifier: it is empty, or has a blank, a comma, < or &",
        ),
        (
            "09:40:00+01:00</references>",
            "09:40</references>",
            "alert/references: not sender,identifier,sent with blanks between",
        ),
        (
            "<expires>2026-03-01T14",
            "<expires>2026-03-01T04",
            "alert/info[1]/expires: it lies before the time from which the information holds",
        ),
        (
            "8.7 50.1,8.6</polygon>",
            "8.7</polygon>",
            "alert/info[1]/area[1]/polygon[1]: not four points or more that end where they begin",
        ),
        ("8.65 0.4", "8.65", "alert/info[1]/area[1]/circle[1]: not a point and a radius"),
        (
            "<altitude>300</altitude>",
            "",
            "alert/info[1]/area[1]/ceiling: it means nothing without an altitude",
        ),
    ] {
        assert_eq!(told(from, to), [expected]);
    }
}

#[test]
fn a_signature_is_noticed_and_changes_nothing() {
    let signature =
        "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'><SignedInfo/></Signature></alert>";
    let reading = read(&INVENTED.replace("</alert>", signature));
    assert!(reading.is_signed && reading.is_valid());
    assert_eq!(reading.alert.unwrap().0, invented());
    let early = INVENTED.replace("<info>", &signature.replace("</alert>", "<info>"));
    assert!(!read(&early).is_valid(), "a signature follows the last info");
}

#[test]
fn nobody_is_told_by_default() {
    let alert = Alert { status: Status::Actual, ..invented() };
    for (audience, scope) in [
        (restricted(), "<scope>Restricted</scope>\n  <restriction>members</restriction>"),
        (
            Audience::Private {
                addresses: vec!["rail.example".to_owned(), "control room".to_owned()],
            },
            "<scope>Private</scope>\n  <addresses>rail.example &quot;control room&quot;</addresses>",
        ),
    ] {
        let xml = write_alert(&alert, &audience).unwrap();
        assert!(xml.contains(scope), "{xml}");
        assert!(!xml.contains("Public"));
    }
    let nobody = Audience::Private { addresses: vec![] };
    assert_eq!(write_alert(&alert, &nobody), Err(NotWritten::Lacks("addresses")));
    let no_rule = Audience::Restricted { restriction: " ".to_owned() };
    assert_eq!(write_alert(&alert, &no_rule), Err(NotWritten::Lacks("restriction")));
}

#[test]
fn rule_15_the_public_is_told_by_two_people_of_two_roles() {
    let alert = Alert { status: Status::Actual, ..invented() };
    let release = |one: &Hand, other: &Hand| Release::new(&alert, one, other, 0);
    for role in [Role::Contributor, Role::Reviewer, Role::Auditor, Role::Admin] {
        let other = release(&hand("a1", Role::Contributor), &hand("a2", role));
        assert_eq!(other.unwrap_err(), NoRelease::NotAReleaser, "{role:?}");
    }
    let releaser = hand("a2", Role::Releaser);
    assert_eq!(release(&hand("a2", Role::Reviewer), &releaser).unwrap_err(), NoRelease::OneAccount);
    assert_eq!(release(&hand("a1", Role::Releaser), &releaser).unwrap_err(), NoRelease::OneRole);

    let audience = released(&alert);
    let xml = write_alert(&alert, &audience).unwrap();
    assert!(xml.contains("<status>Actual</status>") && xml.contains("<scope>Public</scope>"));
    let changed = Alert { sender: "other@north.example".to_owned(), ..alert };
    assert_eq!(write_alert(&changed, &audience), Err(NotWritten::NotReleased));
}

#[test]
fn texts_that_may_name_people_are_all_listed() {
    let alert = invented();
    let fields: Vec<&str> = alert.texts().iter().map(|(field, _)| *field).collect();
    for field in [
        "sender",
        "identifier",
        "source",
        "note",
        "references",
        "incidents",
        "event",
        "audience",
        "senderName",
        "headline",
        "description",
        "instruction",
        "web",
        "contact",
        "parameter",
        "resourceDesc",
        "uri",
        "areaDesc",
    ] {
        assert!(fields.contains(&field), "{field}");
    }
}

#[test]
fn an_index_is_written_and_read_back() {
    let index = Index {
        id: "https://north.example/alerts".to_owned(),
        title: "Alerts <all>".to_owned(),
        updated: Time::from_unix_s(1_772_354_100),
        author: Some("Northern Railways".to_owned()),
        links: vec![Link {
            href: "https://north.example/alerts?after=7".to_owned(),
            rel: Some("next".to_owned()),
            mime_type: None,
        }],
        gone: vec![Gone {
            id: "urn:north:6".to_owned(),
            when: Time::read("2026-03-01T10:00:00+01:00").unwrap(),
        }],
        entries: vec![Entry {
            id: "urn:north:7".to_owned(),
            title: "Item left at Central Station".to_owned(),
            updated: Time::read("2026-03-01T10:00:00+01:00"),
            summary: Some("Trains do not stop.".to_owned()),
            links: vec![Link {
                href: "https://north.example/7.cap?a=1&b=2".to_owned(),
                rel: None,
                mime_type: Some("application/cap+xml".to_owned()),
            }],
            alert: None,
        }],
    };
    let xml = write_index(&index).unwrap();
    assert!(xml.contains("<updated>2026-03-01T08:35:00Z</updated>"), "{xml}");
    assert_eq!(read_index(xml.as_bytes(), &Limits::ALERT), Ok((index.clone(), vec![])));
    let unsigned = Index { author: None, ..index };
    assert_eq!(write_index(&unsigned), Err(NotWritten::Lacks("name")));
}

#[test]
fn an_alert_inside_an_index_is_read_with_it() {
    let alert = INVENTED.split_once("-->").unwrap().1;
    let feed = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='text/xml'>{alert}</content></entry></feed>"
    );
    let (index, problems) = read_index(feed.as_bytes(), &Limits::ALERT).unwrap();
    assert_eq!(index.entries[0].alert.as_ref().unwrap().alert.as_ref().unwrap().0, invented());
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems[0], "feed/id: it is missing");
    assert_eq!(problems.len(), 6);
}

/// The verdict that the samples' list gives, from another program and the standard's schema.
#[derive(Debug, PartialEq)]
enum Verdict {
    Valid(Kind),
    Invalid(Kind),
    /// The list says what kind it is and no more.
    Recognised(Kind),
    Refused,
}

#[test]
fn the_samples_are_judged_as_their_list_judges_them() {
    let Some(data) = std::env::var_os("SHEAF_DATA") else {
        eprintln!("skipped: SHEAF_DATA is not set, so there are no CAP samples to read");
        return;
    };
    let folder = Path::new(&data).join("exchange/cap");
    let list = std::fs::read_to_string(folder.join("INDEX.tsv")).unwrap();
    let (mut n_agree, mut n_all, mut older) = (0, 0, (0, 0));
    for line in list.lines() {
        let mut cells = line.split('\t');
        let (name, kind) = (cells.next().unwrap(), cells.next().unwrap());
        let v1_2 = Kind::Alert(Version::V1_2);
        let expected = match kind {
            // Entities are refused before anything is looked at, whatever the list calls the file.
            _ if name.contains("xee") => Verdict::Refused,
            "cap1.2 valid" => Verdict::Valid(v1_2.clone()),
            "cap1.2 INVALID" => Verdict::Invalid(v1_2.clone()),
            "alert :cap:1.1" => Verdict::Recognised(Kind::Alert(Version::V1_1)),
            "alert /cap/1.0" => Verdict::Recognised(Kind::Alert(Version::V1_0)),
            "feed 005/Atom" => Verdict::Recognised(Kind::Atom),
            "rss " => Verdict::Recognised(Kind::Rss),
            "EDXLDistribution L:DE:1.0" => Verdict::Recognised(Kind::EdxlDe),
            "schema MLSchema" => Verdict::Recognised(Kind::Other("schema".to_owned())),
            other => panic!("{name}: the list has a kind {other} that this test does not know"),
        };
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let found = match recognise(&bytes, &Limits::ALERT) {
            Err(Refusal::Dtd) => Verdict::Refused,
            Err(why) => panic!("{name}: {why}"),
            Ok(kind) => match (read_alert(&bytes, &Limits::ALERT), kind) {
                (Ok(reading), kind) if kind == v1_2 => {
                    if reading.is_valid() {
                        Verdict::Valid(kind)
                    } else {
                        Verdict::Invalid(kind)
                    }
                }
                (Ok(reading), kind) => {
                    older = (older.0 + 1, older.1 + usize::from(reading.is_valid()));
                    for problem in &reading.problems {
                        eprintln!("{name}: {problem}");
                    }
                    Verdict::Recognised(kind)
                }
                (Err(Refusal::Other { .. }), kind) => Verdict::Recognised(kind),
                (Err(why), _) => panic!("{name}: {why}"),
            },
        };
        if let Verdict::Recognised(Kind::Atom) = found {
            read_index(&bytes, &Limits::ALERT).unwrap_or_else(|why| panic!("{name}: {why}"));
        }
        if let Ok(Reading { alert: Some((alert, _)), version: Version::V1_2, .. }) =
            read_alert(&bytes, &Limits::ALERT)
        {
            passes_on(name, &alert);
        }
        n_all += 1;
        if found == expected {
            n_agree += 1;
        } else {
            eprintln!("{name}: the list says {expected:?}, we say {found:?}");
        }
    }
    eprintln!("CAP samples: {n_agree} of {n_all} judged as their list judges them");
    eprintln!("of {} in CAP 1.1 and 1.0, {} are valid by our rules", older.0, older.1);
    assert_eq!((n_agree, n_all), (64, 64));
}

/// What was read can be written for another audience, and says the same when read again.
fn passes_on(name: &str, alert: &Alert) {
    let xml = match write_alert(alert, &restricted()) {
        Ok(xml) => xml,
        Err(why) => return eprintln!("{name}: not passed on: {why}"),
    };
    let again = read(&xml);
    assert_eq!(again.problems, [], "{name}");
    assert_eq!(&again.alert.unwrap().0, alert, "{name}");
}

/// Where the program is installed, the standard's own schema judges what we write.
#[test]
fn what_we_write_is_valid_by_the_schema() {
    let schema = std::env::var_os("SHEAF_DATA")
        .map(|data| Path::new(&data).join("exchange/cap/schema/cap12.xsd"));
    let Some(schema) = schema.filter(|it| it.exists()) else {
        return eprintln!("skipped: SHEAF_DATA is not set, so there is no schema to judge by");
    };
    let file = std::env::temp_dir().join(format!("sheaf-cap-{}.xml", std::process::id()));
    std::fs::write(&file, write_alert(&invented(), &released(&invented())).unwrap()).unwrap();
    let judge = std::process::Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .args([&schema, &file])
        .output();
    std::fs::remove_file(&file).unwrap();
    match judge {
        Err(_) => eprintln!("skipped: xmllint is not installed"),
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

fn some_text() -> impl Strategy<Value = String> {
    // What XML can carry: no control characters but tab and the line breaks.
    "[a-z<>&\"' \n\r\té—]{1,20}".prop_filter("not blank", |it| !it.trim().is_empty())
}

fn some_info() -> impl Strategy<Value = Info> {
    let pairs = || {
        let pair = (some_text(), some_text()).prop_map(|(name, value)| Named { name, value });
        prop::collection::vec(pair, 0..3)
    };
    let time =
        || prop::option::of((0i64..4_000_000_000).prop_map(|it| Time::from_unix_s(it).unwrap()));
    let maybe = || prop::option::of(some_text());
    let area = (
        some_text(),
        prop::collection::vec(some_text(), 0..3),
        pairs(),
        prop::option::of(-1e6..1e6f64),
    )
        .prop_map(|(description, polygons, geocodes, altitude_ft)| Area {
            description,
            circles: polygons.clone(),
            polygons,
            geocodes,
            altitude_ft,
            ceiling_ft: altitude_ft.map(|it| it + 1.0),
        });
    let resource = (some_text(), some_text(), any::<Option<i64>>(), maybe()).prop_map(
        |(description, mime_type, size, uri)| Resource {
            description,
            mime_type: Some(mime_type),
            size,
            deref_uri: uri.clone(),
            digest: uri.clone(),
            uri,
        },
    );
    let words = (
        prop::collection::vec(prop::sample::select(Category::ALL), 1..3),
        prop::collection::vec(prop::sample::select(Response::ALL), 0..3),
        prop::sample::select(Urgency::ALL),
        prop::sample::select(Severity::ALL),
        prop::sample::select(Certainty::ALL),
    );
    let lists = (
        pairs(),
        pairs(),
        prop::collection::vec(resource, 0..2),
        prop::collection::vec(area, 0..2),
    );
    let times = (time(), time(), time());
    (words, some_text(), maybe(), maybe(), lists, times).prop_map(
        |(
            (categories, responses, urgency, severity, certainty),
            event,
            one,
            other,
            lists,
            times,
        )| Info {
            language: one.as_ref().map(|_| "sw-TZ".to_owned()),
            categories,
            event,
            responses,
            urgency,
            severity,
            certainty,
            audience: one.clone(),
            event_codes: lists.0,
            effective: times.0,
            onset: times.1,
            expires: times.2,
            sender_name: other.clone(),
            headline: one.clone(),
            description: other.clone(),
            instruction: one.clone(),
            web: other.clone(),
            contact: one,
            parameters: lists.1,
            resources: lists.2,
            areas: lists.3,
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        infos in prop::collection::vec(some_info(), 0..3),
        texts in prop::collection::vec(some_text(), 2..5),
        is_public: bool,
    ) {
        let alert = Alert {
            identifier: texts[0].clone(),
            sender: texts[1].clone(),
            note: texts.get(2).cloned(),
            codes: texts[2..].to_vec(),
            infos,
            ..invented()
        };
        let audience = if is_public { released(&alert) } else { restricted() };
        let xml = write_alert(&alert, &audience).unwrap();
        let reading = read(&xml);
        prop_assert_eq!(&reading.problems, &[]);
        let (again, heard) = reading.alert.unwrap();
        prop_assert_eq!(&again, &alert);
        prop_assert_eq!(heard.scope == Scope::Public, is_public);
        prop_assert_eq!(write_alert(&again, &audience).unwrap(), xml);
    }

    #[test]
    fn a_damaged_alert_is_read_or_refused(at: prop::sample::Index, bytes in prop::collection::vec(any::<u8>(), 0..4), n_cut in 0usize..60) {
        let mut damaged = INVENTED.as_bytes().to_vec();
        let from = at.index(damaged.len());
        let to = (from + n_cut).min(damaged.len());
        damaged.splice(from..to, bytes);
        let _ = read_alert(&damaged, &Limits::ALERT);
        let _ = read_index(&damaged, &Limits::ALERT);
    }

    #[test]
    fn foreign_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read_alert(&bytes, &Limits::ALERT).is_err());
        let _ = read_index(&bytes, &Limits::ALERT);
    }
}
