//! Pools of an earlier format stay readable, and a writer brings them to the newest.

mod common;
mod exchange_support;

use std::path::Path;

use common::*;
use sheaf_model::{Incident, IncidentId, ReportId};
use sheaf_store::exchange::{Classes, Contributor, Exchange, Incoming, New, Post, Wish};
use sheaf_store::{Access, ImportId, Linkage, LinkageHead, Pool, SettledHead, Wanted};

fn format(path: &Path) -> i64 {
    let ledger = rusqlite::Connection::open(path.join("ledger.sqlite")).unwrap();
    ledger.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

fn head() -> LinkageHead {
    let (settings, model, at) = ("{}".to_owned(), "hand@1".to_owned(), AT.to_owned());
    LinkageHead { basis: [0; 32], settings, model, at }
}

fn incident(id: &str) -> Incident {
    let reports = vec![ReportId::parse(id).unwrap()];
    Incident { id: IncidentId::of(&reports).unwrap(), reports }
}

fn incidents(pool: &Pool, linkage: &Linkage) -> Vec<Incident> {
    let mut all = Vec::new();
    pool.for_each_incident(linkage, |it| all.push(it)).unwrap();
    all
}

#[test]
fn a_pool_of_format_1_is_read_as_it_is_and_written_in_the_newest() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let pool = Pool::create_or_open(&path).unwrap();
    take_in(&pool, about("acme", "list.csv", None, 1), &batch(&[("1", "a", 1), ("2", "b", 2)]));
    pool.put_linkage(head(), [incident("acme:1"), incident("acme:2")]).unwrap();
    let profile = "interval@1".to_owned();
    let settled = SettledHead { basis: [0; 32], profile, at: AT.to_owned() };
    pool.begin_settled(settled).unwrap().finish().unwrap();
    drop(pool);
    let newest = format(&path);
    make_format_1(&path);

    let reader = Pool::open(&path, Access::Read).unwrap();
    let linkage = reader.linkage().unwrap().unwrap();
    assert_eq!(incidents(&reader, &linkage).len(), 2);
    assert!(reader.settled("interval@1").unwrap().is_some());
    assert_eq!((reader.index("outlines").unwrap(), current(&reader).len()), (None, 2));
    assert_eq!(reader.verify().unwrap(), []);
    let mut n_changed = 0;
    reader.changes_since(&[], Wanted::ALL, |_, _| n_changed += 1).unwrap();
    assert_eq!(n_changed, 2);
    assert_eq!(format(&path), 1, "reading changes nothing");

    let writer = Pool::open(&path, Access::Write).unwrap();
    assert_eq!(format(&path), newest);
    let ended = [incident("acme:1").id];
    let updated = writer.update_linkage(head(), &linkage, [], &ended).unwrap();
    assert_eq!(updated.n_layers(), 2);
    writer.put_index("outlines", &[ImportId(1)], b"x").unwrap();
    // Who opened it before sees the newer format too.
    let linkage = reader.linkage().unwrap().unwrap();
    assert_eq!(linkage, updated);
    assert_eq!(incidents(&reader, &linkage), [incident("acme:2")]);
    assert!(reader.index("outlines").unwrap().is_some());
    assert_eq!(Exchange::open(&path).unwrap().roots().unwrap(), []);
}

/// Makes of the table of names what it was up to format 4.
fn make_names_of_format_4(path: &Path) {
    let ledger = rusqlite::Connection::open(path.join("ledger.sqlite")).unwrap();
    ledger.pragma_update(None, "foreign_keys", false).unwrap();
    let fourth = rusqlite::Connection::open_in_memory().unwrap();
    for step in [
        include_str!("../src/ledger.sql"),
        include_str!("../src/ledger_2.sql"),
        include_str!("../src/ledger_3.sql"),
        include_str!("../src/ledger_4.sql"),
    ] {
        fourth.execute_batch(step).unwrap();
    }
    let named = |ledger: &rusqlite::Connection| -> Vec<String> {
        let sql = "SELECT type || ' ' || name FROM sqlite_schema
            WHERE type IN ('trigger', 'table') AND name NOT LIKE 'sqlite_%' ORDER BY type DESC";
        let mut query = ledger.prepare(sql).unwrap();
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let kept = named(&fourth);
    for name in named(&ledger).iter().filter(|name| !kept.contains(name)) {
        ledger.execute_batch(&format!("DROP {name}")).unwrap();
    }
    let whole = include_str!("../src/ledger_3.sql");
    let (_, names) = whole.split_once("CREATE TABLE exchange_name (").unwrap();
    let (names, _) = names.split_once(") STRICT;").unwrap();
    let columns = "name, collection, id, owner, head_class, life, withdrawn";
    ledger
        .execute_batch(&format!(
            "CREATE TABLE kept AS SELECT {columns} FROM exchange_name; DROP TABLE exchange_name;
             CREATE TABLE exchange_name ({names}) STRICT;
             INSERT INTO exchange_name SELECT {columns} FROM kept; DROP TABLE kept;
             PRAGMA user_version = 4;"
        ))
        .unwrap();
}

#[test]
fn objects_of_format_4_keep_their_names_and_may_share_them_from_then_on() {
    use exchange_support::*;
    let (place, log, to) = empty();
    let path = place.path().join("p.sheaf");
    assert_eq!(put(&log, to, "acme", NOW, &[incident(1, 1, ""), incident(2, 1, "")]), [None, None]);
    drop(log);
    let newest = format(&path);
    make_names_of_format_4(&path);

    let log = Exchange::open(&path).unwrap();
    assert_eq!(format(&path), newest);
    let all = read(&log, to, &Wish::default(), &Classes::All, None);
    assert_eq!(all.len(), 2);
    assert_eq!(put(&log, to, "acme", NOW, &[incident(1, 2, "")]), [None]);
    // Another member may use an id where it does not see what lies there.
    let (text, sees) = (incident(2, 3, ""), Classes::Only(Vec::new()));
    let object = Incoming::read(text.as_bytes()).unwrap();
    let new = New { object, marking: "other".to_owned(), added: None, held: None };
    let post = Post {
        collection: to,
        root: 1,
        account: 1,
        from: Contributor { member: "northline", relays: false },
        sees: &sees,
        now: NOW,
        status: "",
        sent_as: None,
    };
    log.put(&post, &[Ok(new)], |outcomes| {
        assert_eq!((&outcomes[0].refused, outcomes[0].is_new), (&None, true));
        String::new()
    })
    .unwrap();
    let stands = |classes: &Classes| read(&log, to, &Wish::default(), classes, None);
    assert!(stands(&Classes::All).iter().all(|(_, text)| !text.contains("2024-01-03")));
    let of_other = log.classes().unwrap().into_iter().find(|(_, owner, _)| owner == "northline");
    let only = Classes::Only(vec![of_other.unwrap().0]);
    assert!(stands(&only)[0].1.contains("2024-01-03"));
    drop(log);
    let ledger = rusqlite::Connection::open(path.join("ledger.sqlite")).unwrap();
    let broken: i64 = ledger
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(broken, 0);
}
