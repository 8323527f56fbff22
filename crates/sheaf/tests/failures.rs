//! What goes wrong is said in one sentence that helps, with a stable code for programs and an exit
//! code: 0 fine, 1 doubts under `--strict`, 2 failed.

mod common;

use std::fs;
use std::process::Command;

use common::{Desk, example, listing};
use serde_json::Value;

const ROADS: &str = "\
id,date,lat,lon,place,country,kind,killed
r1,2020-03-01,10.0,20.0,North Gate,Freedonia,bomb,3
r2,2020-03-05,11.0,21.0,South Gate,Freedonia,shooting,1
";

fn roads() -> Desk {
    let desk = Desk::new();
    desk.write("roads.csv", ROADS);
    desk.ok(&["pool", "r.sheaf", "roads.csv", "--source", "acme-roads"]);
    desk
}

#[test]
fn exit_codes_tell_fine_from_doubts_from_failed() {
    let desk = roads();
    desk.write("messy.csv", ROADS.replace("2020-03-01", "31/02/2020"));
    assert_eq!(desk.run(&["read", "roads.csv", "--strict"]).code, 0);
    assert_eq!(desk.run(&["read", "messy.csv"]).code, 0, "messy data is not an error");
    assert_eq!(desk.run(&["read", "messy.csv", "--strict"]).code, 1);
    let pool = ["pool", "m.sheaf", "messy.csv", "--source", "acme-roads", "--strict"];
    let ran = desk.run(&pool);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("doubt"), "{}", ran.stdout);
    assert_eq!(desk.run(&pool).code, 1, "and again, when the bytes are known");
    assert_eq!(desk.incidents("m.sheaf", &[]).len(), 2, "both are in the pool");
    assert_eq!(desk.run(&["read", "absent.csv", "--strict"]).code, 2);
    for args in [&["--help"][..], &["--version"], &["incidents", "--help"], &["sources"]] {
        assert_eq!(desk.run(args).code, 0, "{args:?}");
    }
}

#[test]
fn a_slip_is_answered_with_what_was_meant() {
    let desk = roads();
    for (code, args, hint) in [
        ("bad-arguments", &["incidnets", "r.sheaf"][..], "'incidents'"),
        ("bad-arguments", &["incidents", "r.sheaf", "--sinse", "2014"], "'--since'"),
        ("bad-arguments", &["incidents", "r.sheaf", "--kind", "bom"], "did you mean bomb?"),
        ("bad-arguments", &["incidents", "r.sheaf", "--format", "jsno"], "json"),
        (
            "no-such-profile",
            &["incidents", "r.sheaf", "--profile", "intervall"],
            "did you mean interval?",
        ),
        (
            "no-such-source",
            &["incidents", "r.sheaf", "--told-by", "acme-road"],
            "did you mean acme-roads?",
        ),
        ("no-such-report", &["show", "r.sheaf", "acme-roads:r3"], "did you mean acme-roads:r"),
        (
            "no-such-report",
            &["why", "r.sheaf", "acme-roads:r1", "acme-road:r2"],
            "did you mean acme-roads:r2?",
        ),
        ("no-such-report", &["how", "r.sheaf", "acmeroads:r1"], "did you mean acme-roads:r1?"),
        ("not-a-report-id", &["show", "r.sheaf", "r1"], "a report id is the source and its key"),
        ("no-such-reader", &["read", "roads.csv", "--as", "plian"], "did you mean plain?"),
        (
            "not-a-source-name",
            &["read", "roads.csv", "--source", "Acme_Roads"],
            "did you mean acme-roads?",
        ),
        ("no-such-import", &["diff", "r.sheaf", "--from", "i7", "--to", "i1"], "there are i1"),
        ("no-second-vintage", &["diff", "r.sheaf"], "name two imports"),
        ("bad-arguments", &["incidents", "r.sheaf", "--since", "2014-13"], "YYYY-MM-DD"),
        (
            "bad-arguments",
            &["incidents", "r.sheaf", "--within", "87.6,243.8,5"],
            "latitude comes first",
        ),
    ] {
        let said = desk.fails(code, args);
        assert!(said.contains(hint), "{}: {said}", args.join(" "));
        assert!(said.lines().next().unwrap().len() < 200, "one sentence: {said}");
    }
}

#[test]
fn json_errors_are_one_object_with_code_what_and_hint() {
    let desk = roads();
    let ran = desk.run(&["show", "r.sheaf", "acme-roads:r9", "--json"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    let object: Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!(object["error"]["code"], "no-such-report");
    assert_eq!(object["error"]["what"], "acme-roads:r9 is no report of this pool");
    assert!(object["error"]["hint"].as_str().unwrap().starts_with("did you mean acme-roads:r"));
}

#[test]
fn what_is_no_pool_is_told_and_left_alone() {
    let desk = roads();
    fs::create_dir(desk.path("photos.sheaf")).unwrap();
    desk.write("photos.sheaf/beach.jpg", "sand");
    for args in [&["incidents", "photos.sheaf"][..], &["pool", "photos.sheaf", "roads.csv"]] {
        let said = desk.fails("not-a-pool", args);
        assert!(said.contains("photos.sheaf: this directory is not a pool"), "{said}");
    }
    assert_eq!(listing(&desk.path("photos.sheaf")), ["beach.jpg"]);
    let said = desk.fails("not-a-pool", &["incidents", "roads.csv"]);
    assert!(said.contains("roads.csv: this is a file, not a pool"), "{said}");
    desk.fails("no-such-pool", &["incidents", "absent.sheaf"]);
    assert!(!desk.path("absent.sheaf").exists());
}

#[test]
fn a_pool_of_a_newer_format_is_not_touched() {
    let desk = roads();
    // SQLite keeps `user_version` in bytes 60 to 63 of the file's header.
    let path = desk.path("r.sheaf/ledger.sqlite");
    let mut bytes = fs::read(&path).unwrap();
    bytes[60..64].copy_from_slice(&77_u32.to_be_bytes());
    fs::write(&path, &bytes).unwrap();
    for args in [&["incidents", "r.sheaf"][..], &["pool", "r.sheaf", "roads.csv"]] {
        let said = desk.fails("newer-format", args);
        assert!(said.contains("77"), "{said}");
    }
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_second_writer_is_told_and_readers_go_on() {
    let desk = roads();
    let before = desk.ok(&["incidents", "r.sheaf", "--format", "json"]);
    desk.write("more.csv", ROADS.replace("r1", "r7"));
    let lock = fs::File::open(desk.path("r.sheaf/lock")).unwrap();
    lock.lock().unwrap();
    let args = ["add", "r.sheaf", "more.csv", "--source", "acme-roads"];
    let said = desk.fails("second-writer", &args);
    assert!(said.contains("r.sheaf"), "{said}");
    assert_eq!(desk.ok(&["incidents", "r.sheaf", "--format", "json"]), before);
    drop(lock);
    desk.ok(&args);
}

#[test]
fn a_truncated_part_is_named_and_a_truncated_view_is_made_again() {
    let desk = Desk::new();
    let source = example("northline-wire.csv");
    desk.pool("n.sheaf", &[source]);
    let before = desk.ok(&["incidents", "n.sheaf", "--format", "json"]);
    let parts = desk.path("n.sheaf/parts");
    let part = |kind: &str| listing(&parts).into_iter().find(|it| it.contains(kind)).unwrap();
    let truncate = |name: &str| {
        let bytes = fs::read(parts.join(name)).unwrap();
        fs::write(parts.join(name), &bytes[..bytes.len() / 2]).unwrap();
    };
    truncate(&part(".incidents."));
    assert_eq!(desk.ok(&["incidents", "n.sheaf", "--format", "json"]), before);
    let claims = part(".claims.");
    truncate(&claims);
    let ran = desk.run(&["verify", "n.sheaf"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains(&format!("{claims}: this part is cut short")), "{}", ran.stderr);
    let ran = desk.run(&["show", "n.sheaf", "northline-wire:NW-140522-1"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains(&claims), "{}", ran.stderr);
}

#[test]
fn an_altered_part_is_named() {
    let desk = roads();
    assert!(desk.ok(&["verify", "r.sheaf"]).contains("every part is as it was written"));
    let parts = desk.path("r.sheaf/parts");
    let claims = listing(&parts).into_iter().find(|it| it.contains(".claims.")).unwrap();
    let mut bytes = fs::read(parts.join(&claims)).unwrap();
    // Among the values; the end of the file is looked at whenever a pool is opened.
    bytes[8] ^= 1;
    fs::write(parts.join(&claims), bytes).unwrap();
    let ran = desk.run(&["verify", "r.sheaf"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.contains(&claims), "{}", ran.stdout);
    assert!(ran.stderr.contains("r.sheaf: 1 part not as written"), "{}", ran.stderr);
}

#[test]
fn files_that_are_no_tables_end_in_one_clear_error() {
    let desk = roads();
    fs::create_dir(desk.path("folder.csv")).unwrap();
    desk.write("empty.csv", "");
    desk.write("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0");
    let rows: String = (0..4000)
        .map(|n| format!("n{n},2020-03-01,10.0,20.0,Gate {n},Freedonia,bomb,{n}\n"))
        .collect();
    desk.write("long.csv", format!("id,date,lat,lon,place,country,kind,killed\n{rows}"));
    let zipped = Command::new("gzip").args(["-c", "long.csv"]).current_dir(desk.path(".")).output();
    let zipped = zipped.unwrap().stdout;
    desk.write("whole.csv.gz", &zipped);
    desk.write("cut.csv.gz", &zipped[..zipped.len() / 2]);
    let before = desk.ok(&["incidents", "r.sheaf", "--format", "json"]);
    for (code, file, words) in [
        ("no-such-file", "absent.csv", "absent.csv: there is no such file"),
        ("is-a-directory", "folder.csv", "folder.csv is a directory, not a file"),
        ("empty-file", "empty.csv", "empty.csv"),
        ("not-a-table", "picture.csv", "picture.csv"),
    ] {
        let said = desk.fails(code, &["read", file]);
        assert!(said.contains(words), "{said}");
        assert!(said.lines().count() <= 2, "{said}");
        let ran = desk.run(&["pool", "r.sheaf", file]);
        assert_eq!(ran.code, 2, "{file}");
        assert!(ran.stderr.contains(file), "{}", ran.stderr);
    }
    assert_eq!(desk.ok(&["incidents", "r.sheaf", "--format", "json"]), before);
    // Of a file that breaks off, what could be read is, and the break is a doubt.
    let whole = desk.json(&["read", "whole.csv.gz", "--rows", "1", "--json"]);
    assert_eq!((&whole["reports"], &whole["doubts"]), (&4000.into(), &serde_json::json!({})));
    let cut = desk.json(&["read", "cut.csv.gz", "--rows", "1", "--json"]);
    let n = cut["reports"].as_u64().unwrap();
    assert!((1000..3000).contains(&n), "{cut}");
    assert_eq!(cut["doubts"]["truncated-file"], 1, "{cut}");
    assert_eq!(desk.run(&["read", "cut.csv.gz", "--strict"]).code, 1);
}
