//! Taking files in and reading them back.

mod common;

use common::*;
use sheaf_store::{Access, Pool};

#[test]
fn what_is_taken_in_is_read_back() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let batch = batch(&[("1", "Ürümqi ", 39), ("2", "Kunming", 31)]);
    let told: Vec<String> = batch.reports().map(|it| format!("acme:{}", shown(it))).collect();
    let import = {
        let pool = Pool::create_or_open(&path).unwrap();
        take_in(&pool, about("acme", "list.csv", Some("1"), 1), &batch)
    };
    let pool = Pool::open(&path, Access::Read).unwrap();
    assert_eq!(current(&pool), told);
    assert_eq!(pool.imports().unwrap(), [import]);
    assert_eq!(pool.verify().unwrap(), []);
}
