//! JSON Lines, JSON lists and GeoJSON as rows.

mod rows_support;

use rows_support::{check, check_form, gzipped, read, refused};
use sheaf_read::rows::{self, Form, Format};

#[test]
fn a_line_is_a_row_and_a_member_a_column() {
    check(
        br#"{"id":1,"place":{"name":"Kunming","lat":25.040}}
{"id":12345678901234567890,"dead":3.10e1,"place":{"name":null},"checked":true}

{"id":"x\u00fc\n"}
"#,
        "acme.jsonl",
        &[
            "id | place.name | place.lat | dead | checked",
            "1: 1 | Kunming | 25.040",
            "2: 12345678901234567890 |  |  | 3.10e1 | true",
            "4: xü\n",
            "3 aside: blank",
        ],
    );
}

#[test]
fn lists_of_plain_values_are_joined_and_nested_ones_doubted() {
    check(
        br#"{"a":["x",null,2,false],"b":[],"c":[{"d":1}],"e":[[1],[2]],"f":{}}"#,
        "acme.jsonl",
        &["a | b | c | e", "1: x; 2; false | ", "1 c doubt: not-text", "1 e doubt: not-text"],
    );
}

#[test]
fn broken_lines_are_set_aside_with_their_number() {
    check(
        b"{\"a\":1}\n{\"a\":2\n{\"a\":\"x}\n[1]\n7\nnonsense\n{\"a\":3} x\n{\"a\":4}\r\n{\"a\":5}",
        "acme.jsonl",
        &[
            "a",
            "1: 1",
            "8: 4",
            "9: 5",
            "2 aside: broken-json",
            "3 aside: broken-json",
            "4 aside: not-an-object",
            "5 aside: not-an-object",
            "6 aside: broken-json",
            "7 aside: broken-json",
        ],
    );
}

#[test]
fn a_broken_first_line_does_not_make_it_another_format() {
    let expected = ["a", "2: 2", "3: 3", "1 aside: broken-json"];
    check(b"{\"a\":\n{\"a\":2}\n{\"a\":3}\n", "acme.jsonl", &expected);
    check(b"oops\n{\"a\":2}\n{\"a\":3}\n", "acme.jsonl", &expected);
}

#[test]
fn encodings_and_nul_bytes_are_mended() {
    check(
        b"\xEF\xBB\xBF{\"a\":\"Bogot\xE1\"}\n{\"a\":\"x\0y\"}\n{\"a\":\"x\\u0000y\"}\n",
        "acme.jsonl",
        &[
            "a",
            "1: Bogotá",
            "2: xy",
            "3: xy",
            "1 doubt: not-utf8",
            "2 doubt: nul-byte",
            "3 a doubt: nul-byte",
        ],
    );
    // Half of a pair of escapes is no character; the rest of the row is not lost for it.
    check(
        b"{\"a\":\"x\\ud800\",\"b\":1}\n",
        "acme.jsonl",
        &["a | b", "1: x\\ud800 | 1", "1 a doubt: partial-read"],
    );
}

#[test]
fn a_name_said_twice_is_two_columns() {
    check(
        br#"{"a":1,"a":2,"b.c":3,"b":{"c":4}}"#,
        "acme.jsonl",
        &[
            "a | a (2) | b.c | b.c (2)",
            "1: 1 | 2 | 3 | 4",
            "1 a doubt: duplicate-column",
            "1 b.c doubt: duplicate-column",
        ],
    );
}

#[test]
fn long_cells_and_long_lines_are_not_kept() {
    let long = "x".repeat(rows::MAX_CELL + 1);
    let longer = "x".repeat(rows::MAX_ROW + 1);
    let text = format!("{{\"a\":\"{long}\",\"b\":1}}\n{{\"a\":\"{longer}\"}}\n{{\"a\":2}}\n");
    let told = read(text.as_bytes(), "acme.jsonl", &Form::default()).unwrap();
    assert_eq!(
        told.lines(),
        ["a | b", "1:  | 1", "3: 2", "2 aside: too-long", "1 a doubt: too-long"]
    );
}

#[test]
fn a_list_of_objects_is_read_member_by_member() {
    let expected = ["a", "1: 1", "3: 3", "2 aside: not-an-object"];
    check(br#"[{"a":1},null,{"a":3}]"#, "acme.json", &expected);
    check(
        b"[\n  {\n    \"a\": 1\n  },\n  2,\n  {\n    \"a\": 3\n  },\n]\n",
        "acme.json",
        &expected,
    );
    // One behind the other, over several lines each.
    check(b"{\n  \"a\": 1\n}\n7\n{\n  \"a\": 3\n}\n", "acme.json", &expected);
}

#[test]
fn a_list_may_lie_deep_in_the_document() {
    let text = br#"{"n":[1,{"data":0}],"re/sponse":{"ok":"}","data":[{"a":1},{"a":2}]},"x":1}"#;
    let form = |at: &str| Form { at: Some(at.to_owned()), ..Form::default() };
    check_form(text, "acme.json", &form("/re~1sponse/data"), &["a", "1: 1", "2: 2"]);
    for nowhere in ["/data", "/re~1sponse/ok", "/x"] {
        assert_eq!(
            refused(text, "acme.json", &form(nowhere)),
            ("not-a-table", format!("acme.json holds no list at {nowhere}"))
        );
    }
}

#[test]
fn a_broken_member_costs_no_other() {
    check(
        br#"[{"a":1},{"a":"x},{"a":3},{"a":4,{"a":5},{"a":}, {"a":7}]"#,
        "acme.json",
        &[
            "a",
            "1: 1",
            "3: 3",
            "5: 5",
            "7: 7",
            "2 aside: broken-json",
            "4 aside: broken-json",
            "6 aside: broken-json",
        ],
    );
}

#[test]
fn a_list_that_breaks_off_is_read_up_to_there() {
    check(
        br#"[{"a":1},{"a":2},{"a":"#,
        "acme.json",
        &["a", "1: 1", "2: 2", "3 aside: broken-json", "file doubt: truncated-file"],
    );
}

#[test]
fn a_cut_last_line_of_a_compressed_file_is_told_from_a_broken_one() {
    let lines: String = (0..20_000).map(|n| format!("{{\"a\":{}}}\n", n * 7919 % 10_007)).collect();
    let whole = gzipped(lines.as_bytes());
    let told = read(&whole[..whole.len() / 2], "acme.jsonl.gz", &Form::default()).unwrap();
    assert!(told.rows.len() > 1000);
    assert!(
        told.n_read() == told.rows.len() || told.notes.set_aside[0].reason.code() == "unreadable"
    );
    assert_eq!(told.lines().last().unwrap(), "file doubt: truncated-file");
}

#[test]
fn deep_nesting_is_no_text_and_no_danger() {
    let deep = format!("{{\"a\":{}1{}}}\n{{\"a\":2}}\n", "{\"a\":".repeat(200), "}".repeat(200));
    let told = read(deep.as_bytes(), "acme.jsonl", &Form::default()).unwrap();
    assert_eq!(told.rows.len(), 2);
    assert_eq!(told.notes.doubts.len(), 1);
    let brackets = "[".repeat(1_000_000);
    for form in [None, Some(Format::JsonLines), Some(Format::GeoJson)] {
        let form = Form { format: form, ..Form::default() };
        let _ = read(brackets.as_bytes(), "acme.json", &form).map(|told| told.n_read());
        let _ = read(format!("{{\"a\":{brackets}").as_bytes(), "acme.json", &form);
    }
}

#[test]
fn features_are_rows() {
    check(
        br#"{"type":"FeatureCollection","name":"roads, 2014","features":[
{"type":"Feature","id":"f1","properties":{"name":"Kunming","dead":31},
 "geometry":{"type":"Point","coordinates":[102.720,25.02,1890]}},
{"type":"Feature","geometry":null,"properties":null,"source":"desk"},
{"type":"Feature","properties":{"name":"road"},
 "geometry":{"type":"LineString","coordinates":[[10,0],[12,0]]}}]}"#,
        "acme.geojson",
        &[
            "geometry.lon | geometry.lat | geometry.radius_m | name | dead | id | source",
            "1: 102.720 | 25.02 |  | Kunming | 31 | f1",
            "2:  |  |  |  |  |  | desk",
            "3: 11 | 0 | 111196 | road",
        ],
    );
}

#[test]
fn a_property_named_id_keeps_its_name() {
    check(
        br#"{"type":"FeatureCollection","features":[
{"type":"Feature","id":1,"properties":{"id":"x"},"geometry":null},
{"type":"Feature","id":2,"properties":{},"geometry":null}]}"#,
        "acme.json",
        &[
            "geometry.lon | geometry.lat | geometry.radius_m | id | feature.id",
            "1:  |  |  | x | 1",
            "2:  |  |  |  | 2",
        ],
    );
}

#[test]
fn damaged_features_are_doubts_or_set_aside() {
    check(
        br#"{"features":[
{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":["x",2]}},
{"type":"Elephant"}, 7,
{"type":"Feature","properties":[1],"geometry":null},
{"type":"Feature","properties":{"a":2},"geometry":{"type":"Point","coordinates":[]}}
], "type":"FeatureCollection"}"#,
        "acme.geojson",
        &[
            "geometry.lon | geometry.lat | geometry.radius_m | a",
            "1:  |  |  | 1",
            "5:  |  |  | 2",
            "2 aside: unreadable",
            "3 aside: not-an-object",
            "4 aside: unreadable",
            "1 geometry.lon doubt: not-a-coordinate",
        ],
    );
}

#[test]
fn features_may_stand_one_a_line() {
    let line = r#"{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[1,2]}}"#;
    let expected = [
        "geometry.lon | geometry.lat | geometry.radius_m | a",
        "1: 1 | 2 |  | 1",
        "2: 1 | 2 |  | 1",
    ];
    check(format!("{line}\n{line}\n").as_bytes(), "acme.json", &expected);
    check(format!("\x1E{line}\n\x1E{line}\n").as_bytes(), "acme.geojsonl", &expected);
}

#[test]
fn geojson_without_features_is_refused() {
    assert_eq!(
        refused(br#"{"type":"FeatureCollection"}"#, "acme.geojson", &Form::default()),
        ("not-a-table", "acme.geojson holds no list at /features".to_owned())
    );
}
