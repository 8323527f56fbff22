//! What stations condense: kept in pieces, read back whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use sheaf_store::{Access, ImportId, Index, IndexHead, Pool};

fn files(path: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(path.join("parts"))
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.extension().is_some_and(|ending| ending == "index"))
        .collect();
    files.sort();
    files
}

fn ids(ids: &[u64]) -> Vec<ImportId> {
    ids.iter().copied().map(ImportId).collect()
}

#[test]
fn pieces_are_read_back_in_order_with_the_newest_basis() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let pool = Pool::create_or_open(&path).unwrap();
    assert_eq!(pool.index("outlines").unwrap(), None);
    let err = pool.append_index("outlines", &ids(&[1]), b"x").unwrap_err();
    assert_eq!(err.code, "no-index");
    // Larger than what is hashed at a time, and empty.
    let large: Vec<u8> = (0..3_000_000_u32).map(|it| ((it * 7) >> 3) as u8).collect();
    pool.put_index("outlines", &ids(&[1]), &large).unwrap();
    pool.put_index("ballots", &ids(&[1]), b"").unwrap();
    pool.append_index("outlines", &ids(&[1, 2]), b"two").unwrap();
    pool.append_index("outlines", &ids(&[3]), b"three").unwrap();
    let pieces = vec![large, b"two".to_vec(), b"three".to_vec()];
    let expected = Index { basis: ids(&[3]), pieces };
    let check = |pool: &Pool| {
        assert_eq!(pool.index("outlines").unwrap().as_ref(), Some(&expected));
        let empty = Index { basis: ids(&[1]), pieces: vec![vec![]] };
        assert_eq!(pool.index("ballots").unwrap(), Some(empty));
    };
    check(&pool);
    let head = IndexHead { basis: ids(&[3]), lengths: vec![3_000_000, 3, 5] };
    assert_eq!(pool.index_head("outlines").unwrap(), Some(head));
    drop(pool);
    check(&Pool::open(&path, Access::Read).unwrap());
    let pool = Pool::create_or_open(&path).unwrap();
    check(&pool);
    assert_eq!(files(&path).len(), 4);
    // Put together again: the pieces are swept by the next writer, the other kind stays.
    pool.put_index("outlines", &ids(&[1, 3]), b"anew").unwrap();
    drop(pool);
    let pool = Pool::create_or_open(&path).unwrap();
    let anew = Index { basis: ids(&[1, 3]), pieces: vec![b"anew".to_vec()] };
    assert_eq!(pool.index("outlines").unwrap(), Some(anew));
    assert!(pool.index("ballots").unwrap().is_some());
    assert_eq!(files(&path).len(), 2);
}

#[test]
fn a_damaged_index_is_none_and_never_an_error() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let pool = Pool::create_or_open(&path).unwrap();
    pool.put_index("outlines", &ids(&[1]), b"some bytes").unwrap();
    pool.append_index("outlines", &ids(&[1, 2]), b"more").unwrap();
    for file in files(&path) {
        let whole = fs::read(&file).unwrap();
        let mut altered = whole.clone();
        altered[1] ^= 1;
        for damaged in [&altered[..], &whole[..2], &[&whole[..], b"x"].concat()] {
            fs::write(&file, damaged).unwrap();
            assert_eq!(pool.index("outlines").unwrap(), None);
        }
        fs::remove_file(&file).unwrap();
        assert_eq!(pool.index("outlines").unwrap(), None);
        assert_eq!(Pool::open(&path, Access::Read).unwrap().index("outlines").unwrap(), None);
        assert_eq!(pool.verify().unwrap(), []);
        fs::write(&file, whole).unwrap();
    }
    assert!(pool.index("outlines").unwrap().is_some());
    pool.put_index("outlines", &ids(&[1]), b"anew").unwrap();
    assert_eq!(pool.index("outlines").unwrap().unwrap().pieces, [b"anew"]);
}

#[test]
fn a_kind_is_a_word() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let pool = Pool::create_or_open(&path).unwrap();
    for kind in ["", "../x", "Outlines", "a.b"] {
        let err = pool.put_index(kind, &[], b"x").unwrap_err();
        assert_eq!(err.what, format!("\"{kind}\" cannot name an index"));
    }
    assert_eq!(files(&path), [""; 0].map(PathBuf::from));
    drop(pool);
    let reader = Pool::open(&path, Access::Read).unwrap();
    assert_eq!(reader.put_index("outlines", &[], b"x").unwrap_err().code, "opened-for-reading");
}
