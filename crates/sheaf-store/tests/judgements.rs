//! What people decided is kept as they decided it.

mod common;

use common::AT;
use sheaf_model::{Judgement, JudgementId, Pair, ReportId, Verdict, Withdrawal};
use sheaf_store::{Access, Pool};

fn pair(a: &str, b: &str) -> Pair {
    Pair::new(ReportId::parse(a).unwrap(), ReportId::parse(b).unwrap()).unwrap()
}

#[test]
fn invariant_10_judgements_are_kept_and_withdrawn_never_erased() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let pool = Pool::create_or_open(&path).unwrap();
    let at = |verdict, because| pool.judge(&pair("a:1", "b:1"), verdict, "Desk", because, AT);
    let first = at(Verdict::Same, "same market").unwrap();
    let second = at(Verdict::Different, "two days apart").unwrap();
    assert_eq!((first.id, second.id), (JudgementId(1), JudgementId(2)));
    let taken_back = pool.withdraw(first.id, "Night desk", "2026-03-02T01:00:00Z").unwrap();
    let withdrawn =
        Some(Withdrawal { at: "2026-03-02T01:00:00Z".to_owned(), by: "Night desk".to_owned() });
    assert_eq!(taken_back, Judgement { withdrawn, ..first });
    let err = pool.withdraw(JudgementId(1), "Desk", AT).unwrap_err();
    assert_eq!(err.what, "j1 was withdrawn already, by Night desk on 2026-03-02T01:00:00Z");
    let err = pool.withdraw(JudgementId(9), "Desk", AT).unwrap_err();
    assert_eq!(err.what, "j9 is no judgement of this pool");
    let err = pool.judge(&pair("a:1", "b:2"), Verdict::Same, " ", "", AT).unwrap_err();
    assert_eq!(err.what, "a judgement says who made it");
    drop(pool);
    let pool = Pool::open(&path, Access::Read).unwrap();
    assert_eq!(pool.judgements().unwrap(), [taken_back, second]);

    // Not even with the ledger open in another program.
    let ledger = rusqlite::Connection::open(path.join("ledger.sqlite")).unwrap();
    for (deed, answer) in [
        ("DELETE FROM judgement", "a judgement is never deleted, only withdrawn"),
        ("UPDATE judgement SET verdict = 'same'", "a judgement is never changed, only withdrawn"),
        ("DELETE FROM withdrawal", "a withdrawal is never deleted"),
        ("UPDATE withdrawal SET at = ''", "a withdrawal is never changed"),
    ] {
        assert_eq!(ledger.execute(deed, []).unwrap_err().to_string(), answer);
    }
}
