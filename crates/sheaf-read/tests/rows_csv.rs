//! CSV files as they are met: every way in which one may be damaged ends in doubts, in rows set
//! aside with a reason, or in one clear error; never in a row lost.

mod rows_support;

use rows_support::{check, check_form, read, refused};
use sheaf_read::rows::{self, Encoding, Form, Format, Header};

const NAME: &str = "acme.csv";

#[test]
fn a_plain_table_is_read() {
    check(
        b"id,place,dead\n1,Kunming,31\n2,\"Urumqi, market\",\"said \"\"39\"\"\"\n",
        NAME,
        &["id | place | dead", "2: 1 | Kunming | 31", "3: 2 | Urumqi, market | said \"39\""],
    );
}

#[test]
fn any_of_four_delimiters_parts_the_cells() {
    for delimiter in [",", ";", "\t", "|"] {
        let text = "a,b\n1,2\n3,4\n".replace(',', delimiter);
        check(text.as_bytes(), NAME, &["a | b", "2: 1 | 2", "3: 3 | 4"]);
    }
    let form = Form { delimiter: Some(b':'), ..Form::default() };
    check_form(b"a:b\n1:2\n", NAME, &form, &["a | b", "2: 1 | 2"]);
    let form = Form { delimiter: Some(b'"'), ..Form::default() };
    assert_eq!(refused(b"a:b\n1:2\n", NAME, &form).0, "bad-delimiter");
}

#[test]
fn a_first_line_may_name_the_delimiter() {
    check(b"sep=;\r\na;b,c\r\n1;2,5\r\n", NAME, &["a | b,c", "3: 1 | 2,5"]);
    check(b"\xEF\xBB\xBFsep=|\na|b\n1|2\n", NAME, &["a | b", "3: 1 | 2"]);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_name() {
    check(b"\xEF\xBB\xBFid,b\n1,2\n", NAME, &["id | b", "2: 1 | 2"]);
    check(b"\xEF\xBB\xBF\"id\",b\n1,2\n", NAME, &["id | b", "2: 1 | 2"]);
}

#[test]
fn lines_end_by_cr_lf_or_both_and_are_counted_alike() {
    let expected = ["a | b", "2: 1 | x", "4: 2 | y", "5: 3 | z", "3 aside: blank"];
    for end in ["\n", "\r", "\r\n"] {
        let text = "a,b\n1,x\n\n2,y\n3,z\n".replace('\n', end);
        check(text.as_bytes(), NAME, &expected);
    }
    check(b"a,b\r1,x\r\n\n2,y\r3,z", NAME, &expected);
}

#[test]
fn a_cell_may_hold_line_ends() {
    check(
        b"a,b\n1,\"x\ny\r\nz\"\n2,\"p\rq\"\n3,r\n",
        NAME,
        &["a | b", "2: 1 | x\ny\r\nz", "5: 2 | p\rq", "7: 3 | r"],
    );
}

#[test]
fn windows_1252_and_utf_8_may_stand_in_one_file_and_one_row() {
    check(
        b"a,b\nBogot\xE1,1\n\xC3\x9Cr\xC3\xBCmqi,M\xFCnchen\nplain,3\n",
        NAME,
        &[
            "a | b",
            "2: Bogotá | 1",
            "3: Ürümqi | München",
            "4: plain | 3",
            "2 a doubt: not-utf8",
            "3 b doubt: not-utf8",
        ],
    );
    let form = Form { encoding: Encoding::Windows1252, ..Form::default() };
    check_form(b"a\nBogot\xE1\n\xC3\xA9t\xC3\xA9\n", NAME, &form, &["a", "2: Bogotá", "3: été"]);
}

#[test]
fn a_character_never_reaches_from_one_cell_into_the_next() {
    // The two cells together are valid UTF-8, each alone is not.
    check(b"a,b\n\xC3,\xA9\n", NAME, &["a | b", "2: Ã | ©", "2 a doubt: not-utf8"]);
}

#[test]
fn utf_16_is_recognised() {
    let text = "id,place\n1,Ürümqi\n2,Kunming\n";
    let expected = ["id | place", "2: 1 | Ürümqi", "3: 2 | Kunming"];
    for (mark, big) in [(true, false), (true, true), (false, false), (false, true)] {
        let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
        let bytes: Vec<u8> =
            units.flat_map(|it| if big { it.to_be_bytes() } else { it.to_le_bytes() }).collect();
        check(&bytes, NAME, &expected);
    }
    // Half a character at the end is no reason to lose the rest.
    let mut bytes: Vec<u8> = "\u{FEFF}a,b\n1,x".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.extend([0x3D, 0xD8]);
    check(&bytes, NAME, &["a | b", "2: 1 | x\u{FFFD}", "file doubt: partial-read"]);
}

#[test]
fn nul_bytes_are_taken_out() {
    check(
        b"a,b\n1,x\0y\n\0\0,2\n\0,\0\n3,z\n",
        NAME,
        &[
            "a | b",
            "2: 1 | xy",
            "3:  | 2",
            "5: 3 | z",
            "4 aside: blank",
            "2 b doubt: nul-byte",
            "3 a doubt: nul-byte",
        ],
    );
}

#[test]
fn a_quote_never_closed_costs_its_line_alone() {
    check(
        b"a,b,c\n1,\"x,2\n3,y,4\n5,z,6\n",
        NAME,
        &["a | b | c", "3: 3 | y | 4", "4: 5 | z | 6", "2 aside: unclosed-quote"],
    );
    // The last line of the file.
    check(b"a,b\n1,x\n2,\"y", NAME, &["a | b", "2: 1 | x", "3 aside: unclosed-quote"]);
    // One on every line: each swallows up to the next one's quote.
    check(
        b"a,b\n1,\"x\n2,\"y\n3,\"z\n4,w\n",
        NAME,
        &[
            "a | b",
            "5: 4 | w",
            "2 aside: unclosed-quote",
            "3 aside: unclosed-quote",
            "4 aside: unclosed-quote",
        ],
    );
}

#[test]
fn a_quote_closed_by_the_next_cells_opening_one_costs_its_line_alone() {
    // Taken together the two lines have three cells, as many as the header.
    check(
        b"a,b,c\n1,\"x,2\n3,\"y\",4\n5,z,6\n",
        NAME,
        &["a | b | c", "3: 3 | y | 4", "4: 5 | z | 6", "2 aside: unclosed-quote"],
    );
    // Every quote is in its place, but the row is too wide and holds another.
    check(
        b"a,b,c\n1,2,\"x\n3,y,4\n5,\",0\n6,7,8\n",
        NAME,
        &[
            "a | b | c",
            "3: 3 | y | 4",
            "5: 6 | 7 | 8",
            "2 aside: unclosed-quote",
            "4 aside: unclosed-quote",
        ],
    );
}

#[test]
fn a_note_of_several_lines_in_a_row_too_wide_stays_one_row() {
    check(
        b"a,b,c\n1,2,\"x\ny\",odd\n3,4,5\n",
        NAME,
        &["a | b | c", "2: 1 | 2 | x\ny", "4: 3 | 4 | 5", "2 doubt: extra-cells"],
    );
}

#[test]
fn quotes_inside_a_cell_are_kept() {
    check(b"a,b\n5\" gun,x\n", NAME, &["a | b", "2: 5\" gun | x"]);
    let form = Form { quotes_are_text: true, ..Form::default() };
    check_form(b"a,b\n\"x,y\"\n", NAME, &form, &["a | b", "2: \"x | y\""]);
}

#[test]
fn a_header_with_a_stray_quote_is_read_as_its_line() {
    check(
        b"a,\"b,c\n1,2,3\n4,5,6\n",
        NAME,
        &["a | b | c", "2: 1 | 2 | 3", "3: 4 | 5 | 6", "1 doubt: partial-read"],
    );
}

#[test]
fn a_bad_file_takes_time_in_proportion_to_its_size() {
    // Each line opens a quote that nothing closes: without an allowance for looking ahead, every
    // line would be read to the end of the file, 12 GB in all.
    let mut text = b"a,b\n".to_vec();
    for _ in 0..100_000 {
        text.extend_from_slice(b"1,\"\"\"x\n");
    }
    let told = read(&text, NAME, &Form::default()).unwrap();
    assert_eq!(told.n_read(), 100_000);
}

#[test]
fn cells_beyond_a_million_characters_are_not_kept_but_their_rows_are() {
    let long = "é".repeat(rows::MAX_CELL);
    let text = format!("a,b,c\n1,{long},x\n2,{long}é,y\n{long}é,,\n");
    let told = read(text.as_bytes(), NAME, &Form::default()).unwrap();
    assert_eq!(told.rows[0].1[1], long);
    assert_eq!(told.rows[1], (3, vec!["2".to_owned(), String::new(), "y".to_owned()]));
    assert_eq!(told.rows[2], (4, vec![String::new(); 3]));
    assert_eq!(told.lines()[4..], ["3 b doubt: too-long", "4 a doubt: too-long"]);
}

#[test]
fn a_line_beyond_any_row_is_set_aside() {
    let mut text = b"a,b\n1,x\n".to_vec();
    text.resize(text.len() + rows::MAX_ROW + 1, b'y');
    text.extend_from_slice(b"\n2,z\n");
    let told = read(&text, NAME, &Form::default()).unwrap();
    assert_eq!(told.lines(), ["a | b", "2: 1 | x", "4: 2 | z", "3 aside: too-long"]);
}

#[test]
fn rows_too_short_or_too_long_are_kept() {
    check(
        b"a,b,c\n1,2\n3,4,5,6\n7,8,9,, \n,,,x\n",
        NAME,
        &[
            "a | b | c",
            "2: 1 | 2 | ",
            "3: 3 | 4 | 5",
            "4: 7 | 8 | 9",
            "5:  |  | ",
            "2 doubt: missing-cells",
            "3 doubt: extra-cells",
            "5 doubt: extra-cells",
        ],
    );
}

#[test]
fn blank_rows_are_set_aside() {
    check(
        b"\n\na,b\n\n1,2\n,\n  \n3,4\n\n",
        NAME,
        &[
            "a | b",
            "5: 1 | 2",
            "8: 3 | 4",
            "4 aside: blank",
            "6 aside: blank",
            "7 aside: blank",
            "9 aside: blank",
        ],
    );
}

#[test]
fn two_columns_of_one_name_are_two_columns() {
    check(
        b"x,y,x,x (2),x\n1,2,3,4,5\n",
        NAME,
        &[
            "x | y | x (3) | x (2) | x (4)",
            "2: 1 | 2 | 3 | 4 | 5",
            "file x (3) doubt: duplicate-column \"x\"",
            "file x (4) doubt: duplicate-column \"x\"",
        ],
    );
}

#[test]
fn columns_without_a_name_are_named_by_their_place() {
    check(b",a,, b ,,\n0,1,2,3,,\n", NAME, &["column 1 | a | column 3 | b", "2: 0 | 1 | 2 | 3"]);
    check(b"column 2,,c\n1,2,3\n", NAME, &["column 2 | column 2' | c", "2: 1 | 2 | 3"]);
}

#[test]
fn a_row_of_tags_is_no_data() {
    check(
        b"id,when,note\n#event+id,#date+start,\n1,2014-03-01,#hashtag\n#a,#b,#c\n",
        NAME,
        &[
            "id | when | note",
            "3: 1 | 2014-03-01 | #hashtag",
            "4: #a | #b | #c",
            "2 aside: tag-row",
        ],
    );
    check(b"id,n\n1,#4\n", NAME, &["id | n", "2: 1 | #4"]);
}

#[test]
fn a_header_in_the_middle_is_no_data() {
    check(
        b"a,b\n1,2\na, b\n3,4\na,c\n",
        NAME,
        &["a | b", "2: 1 | 2", "4: 3 | 4", "5: a | c", "3 aside: repeated-header"],
    );
}

#[test]
fn a_file_without_a_header_takes_the_names_given() {
    let names = vec!["a".to_owned(), "b".to_owned()];
    let form = Form { header: Header::Given(names), ..Form::default() };
    check_form(b"1\t2\n3\t4\n", NAME, &form, &["a | b", "1: 1 | 2", "2: 3 | 4"]);
}

#[test]
fn a_file_without_a_row_is_refused() {
    for bytes in [&b""[..], b"\xEF\xBB\xBF", b"\n \r\n\t\n", b",,\n"] {
        let (code, what) = refused(bytes, NAME, &Form::default());
        assert_eq!((code, what.as_str()), ("empty-file", "acme.csv is empty"));
    }
    check(b"a,b\n", NAME, &["a | b"]);
    check(b"a,b", NAME, &["a | b"]);
}

#[test]
fn a_table_wider_than_any_is_refused() {
    let text = "a,".repeat(rows::MAX_COLUMNS) + "a\n";
    assert_eq!(refused(text.as_bytes(), NAME, &Form::default()).0, "too-many-columns");
}

#[test]
fn a_peek_shows_the_columns_and_the_first_rows() {
    let opened = rows::open_bytes(b"a;b\n1;2\n3;4\n".to_vec(), NAME, &Form::default()).unwrap();
    let peek = rows::peek_opened(opened, 1).unwrap();
    assert_eq!((peek.format, peek.delimiter), (Format::Csv, Some(b';')));
    assert_eq!(peek.columns, ["a", "b"]);
    assert_eq!(peek.rows, [(2, vec!["1".to_owned(), "2".to_owned()])]);
}

#[test]
fn invariant_14_messy_data_is_not_an_error() {
    check(
        b"\xEF\xBB\xBFsep=;\rid;place;dead;dead;\r\n#id;#loc;;\n1;Bogot\xE1;3\r\r2;\"x;4;5\n3;y\0;6;7;8\n\
          id;place;dead;dead\n;;;\n1.97E+11;\xC3\xBC;9;10",
        NAME,
        &[
            "id | place | dead | dead (2)",
            "4: 1 | Bogot\u{e1} | 3 | ",
            "7: 3 | y | 6 | 7",
            "10: 1.97E+11 | \u{fc} | 9 | 10",
            "3 aside: tag-row",
            "5 aside: blank",
            "6 aside: unclosed-quote",
            "8 aside: repeated-header",
            "9 aside: blank",
            "file dead (2) doubt: duplicate-column \"dead\"",
            "4 place doubt: not-utf8",
            "4 doubt: missing-cells",
            "7 place doubt: nul-byte",
            "7 doubt: extra-cells",
        ],
    );
}
