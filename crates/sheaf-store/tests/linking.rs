//! How a pool is to be linked is kept as it was chosen, and older pools have no choice yet.

mod common;

use common::*;
use sheaf_store::{Access, Linking, Pool};

fn chosen(method: &str, text: &str) -> Linking {
    let (method, text) = (method.to_owned(), text.to_owned());
    Linking { method, name: "mine".to_owned(), text, at: AT.to_owned() }
}

#[test]
fn the_newest_choice_stands_and_none_is_erased() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let pool = Pool::create_or_open(&path).unwrap();
    assert_eq!(pool.linking().unwrap(), None);
    let basis = pool.basis("").unwrap();
    pool.choose_linking(chosen("one", "first")).unwrap();
    pool.choose_linking(chosen("two", "a,b\n\"c\",ö\n")).unwrap();
    assert_eq!(pool.linking().unwrap(), Some(chosen("two", "a,b\n\"c\",ö\n")));
    let first = pool.linking_chosen(|choice| choice.method == "one").unwrap();
    assert_eq!(first, Some(chosen("one", "first")), "an earlier choice can still be asked for");
    assert_eq!(pool.basis("").unwrap(), basis, "what it means is not the store's business");
    let err = pool.choose_linking(chosen(" ", "")).unwrap_err();
    assert_eq!(err.what, "a choice of how to link names a method");
    let err = pool.choose_linking(Linking { at: "today".to_owned(), ..chosen("one", "") });
    assert!(err.unwrap_err().what.contains("today"));
    drop(pool);

    let pool = Pool::open(&path, Access::Read).unwrap();
    assert_eq!(pool.linking().unwrap().unwrap().method, "two");
    assert_eq!(pool.choose_linking(chosen("one", "")).unwrap_err().code, "opened-for-reading");
    let ledger = rusqlite::Connection::open(path.join("ledger.sqlite")).unwrap();
    let n: i64 = ledger.query_row("SELECT count(*) FROM linking", [], |row| row.get(0)).unwrap();
    assert_eq!(n, 2);
    for (deed, answer) in [
        ("DELETE FROM linking", "how a pool was linked is never deleted"),
        ("UPDATE linking SET text = ''", "how a pool was linked is never changed"),
    ] {
        assert_eq!(ledger.execute(deed, []).unwrap_err().to_string(), answer);
    }
}

#[test]
fn a_pool_older_than_the_table_opens_and_gets_it_from_a_writer() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let pool = Pool::create_or_open(&path).unwrap();
    take_in(&pool, about("acme", "list.csv", Some("1"), 1), &batch(&[("1", "Kunming", 31)]));
    drop(pool);
    make_format_1(&path);

    let pool = Pool::open(&path, Access::Read).unwrap();
    assert_eq!(pool.linking().unwrap(), None);
    assert_eq!(pool.imports().unwrap().len(), 1);
    drop(pool);
    let pool = Pool::open(&path, Access::Write).unwrap();
    assert_eq!(pool.linking().unwrap(), None);
    pool.choose_linking(chosen("one", "")).unwrap();
    assert_eq!(pool.linking().unwrap(), Some(chosen("one", "")));
    assert_eq!(pool.imports().unwrap().len(), 1);
}
