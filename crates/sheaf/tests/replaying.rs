//! `sheaf cite` prints one line, and `sheaf replay` answers it again to the byte, whatever came into
//! the pool since; or says what is not as it was.

mod common;

use common::{Desk, EXAMPLE, FIRST_DAY, LATER_DAY, example};

/// A pool with all of the example but the second release of one data set.
fn first_releases() -> Desk {
    let desk = Desk::new();
    let first = EXAMPLE.map(example).into_iter().filter(|it| !it.contains("-v2"));
    desk.pool("a.sheaf", &first.collect::<Vec<_>>());
    desk
}

fn cite(desk: &Desk, query: &[&str]) -> String {
    desk.ok(&[&["cite", "a.sheaf"], query].concat()).trim_end().to_owned()
}

fn asked(desk: &Desk, query: &[&str]) -> String {
    desk.ok(&[&["incidents", "a.sheaf", "--format", "json"], query].concat())
}

const QUERIES: [&[&str]; 8] = [
    &[],
    &["--profile", "model", "--since", "2014-05"],
    &["--profile", "all", "--country", "China"],
    &["--profile", "ucdp-like+gtd-like", "--within", "43.8,87.6,60"],
    &["--claims-until", "2014-05-22", "--undated-too", "--min-sources", "2"],
    &["--as-known-on", "2024-01-01", "--kind", "explosion", "--told-by", "northline-wire"],
    &["--place", "Urumqi South station"],
    &["--place", "no \"such\" place], profile x"],
];

#[test]
fn a_line_replays_to_the_byte_whatever_comes_later() {
    let desk = first_releases();
    let lines = QUERIES.map(|query| (cite(&desk, query), asked(&desk, query)));
    for (line, answer) in &lines {
        assert!(line.starts_with("sheaf 0.1.0: pool a ") && !line.contains('\n'), "{line}");
        assert_eq!(&desk.ok(&["replay", "a.sheaf", line]), answer, "{line}");
    }
    // In the very same second a second release and a judgement; and more on a later day.
    let second = example("harbour-institute-v2.csv");
    let judged = |verdict: &'static str, a: &'static str, b: &'static str| {
        ["judge", "a.sheaf", verdict, a, b, "--by", "desk", "--because", "test"]
    };
    let different = judged("different", "northline-wire:NW-140522-1", "civil-protection:CP-016");
    for day in [FIRST_DAY, LATER_DAY] {
        assert_eq!(desk.run_on(day, &["add", "a.sheaf", &second]).code, 0);
        assert_eq!(desk.run_on(day, &different).code, 0);
        for (line, answer) in &lines {
            assert_eq!(&desk.ok(&["replay", "a.sheaf", line]), answer, "{line}");
        }
        assert_ne!(asked(&desk, QUERIES[0]), lines[0].1, "the pool answers otherwise now");
    }
    // A line made now names another state, and replays too.
    let line = cite(&desk, QUERIES[0]);
    assert_ne!(line, lines[0].0);
    assert_eq!(desk.ok(&["replay", "a.sheaf", &line]), asked(&desk, QUERIES[0]));
    assert_eq!(desk.run_on(LATER_DAY, &["undo", "a.sheaf", "j1", "--by", "desk"]).code, 0);
    assert_eq!(desk.ok(&["replay", "a.sheaf", &lines[0].0]), lines[0].1);
}

/// Questions whose answers are no JSON list: those of the list by `sheaf cite`, the others by `--cite`.
const OTHERS: [&[&str]; 18] = [
    &["incidents", "--format", "table", "--country", "China"],
    &["incidents", "--format", "csv", "--profile", "all"],
    &["incidents", "--format", "geojson", "--since", "2014"],
    &["incidents", "--format", "geojson", "--profile", "ibc-like+model"],
    &["export", "--to", "csv", "--min-sources", "2"],
    &["export", "--to", "json", "--profile", "gtd-like"],
    &["export", "--to", "geojson"],
    &["show", "civil-protection:CP-016"],
    &["show", "northline-wire:NW-140522-1", "--profile", "all", "--format", "json"],
    &["show", "harbour-institute:HI-14-0044", "--claims-until", "2014-05-22", "--undated-too"],
    &["series", "--by", "week", "--bin", "spread", "--since", "2014-04", "--format", "csv"],
    &["series", "--by", "year", "--each", "kind", "--profile", "ucdp-like"],
    &["series", "--panel", "northline-wire", "--country", "China", "--format", "json"],
    &["diff", "--from", "2023-12-01", "--profile", "ucdp-like"],
    &["diff", "--from", "2023-12-01", "--to", "i3", "--format", "json"],
    &["diff", "--from", "i1", "--to", "2024-01-01T00:00:00Z", "--format", "csv"],
    &["diff", "--from", "i1", "--to", "civil-protection.csv"],
    &["series", "--country", "Atlantis", "--format", "json"],
];

/// The answer to a question, and the line that names it.
fn asked_and_named(desk: &Desk, question: &[&str]) -> (String, String) {
    let [command, rest @ ..] = question else { panic!("a question has a command") };
    let answer = desk.ok(&[&[*command, "a.sheaf"], rest].concat());
    let line = match *command {
        "incidents" => desk.ok(&[&["cite", "a.sheaf"], rest].concat()),
        _ => desk.ok(&[&[*command, "a.sheaf"], rest, &["--cite"]].concat()),
    };
    (answer, line.trim_end().to_owned())
}

#[test]
fn every_format_and_every_question_replays_to_the_byte() {
    let desk = first_releases();
    let lines = OTHERS.map(|question| (question, asked_and_named(&desk, question)));
    let parquet = ["a.sheaf", "--profile", "all"];
    let file = ["incidents", "--format", "parquet", "--out", "a.parquet"];
    desk.ok(&[&file[..1], &parquet[..], &file[1..]].concat());
    let parquet = desk.ok(&[&["cite", "--format", "parquet"], &parquet[..]].concat());
    let check = |into_a_file: bool| {
        for (question, (answer, line)) in &lines {
            assert_eq!(&desk.ok(&["replay", "a.sheaf", line]), answer, "{question:?}\n{line}");
            if !into_a_file {
                continue;
            }
            // However this command's own messages are wanted, and into a file.
            desk.ok(&["replay", "a.sheaf", line, "--json", "--quiet", "--out", "again.txt"]);
            let again = std::fs::read_to_string(desk.path("again.txt")).unwrap();
            assert_eq!(&again, answer, "{question:?}");
        }
        desk.fails("needs-a-file", &["replay", "a.sheaf", parquet.trim_end()]);
        desk.ok(&["replay", "a.sheaf", parquet.trim_end(), "--out", "b.parquet"]);
        let [a, b] = ["a.parquet", "b.parquet"].map(|it| std::fs::read(desk.path(it)).unwrap());
        assert!(a == b, "the same file of all profiles");
    };
    check(true);
    // In the same second, and on a later day: a second release and a judgement.
    let second = example("harbour-institute-v2.csv");
    let (a, b) = ("northline-wire:NW-140522-1", "civil-protection:CP-016");
    let judge = ["judge", "a.sheaf", "different", a, b, "--by", "desk", "--because", "test"];
    for day in [FIRST_DAY, LATER_DAY] {
        assert_eq!(desk.run_on(day, &["add", "a.sheaf", &second]).code, 0);
        assert_eq!(desk.run_on(day, &judge).code, 0);
        check(false);
    }
    let is_changed = |(question, (answer, _)): &&(&[&str], (String, String))| {
        asked_and_named(&desk, question).0 != *answer
    };
    let n_changed = lines.iter().filter(is_changed).count();
    assert!(n_changed >= 12, "only {n_changed} are answered otherwise now");
}

#[test]
fn what_cannot_be_named_is_refused_with_the_reason() {
    let desk = first_releases();
    let all = ["series", "a.sheaf", "--profile", "all", "--cite"];
    desk.fails("one-profile-only", &all);
    desk.fails("no-such-report", &["show", "a.sheaf", "nobody:1", "--cite"]);
    desk.fails("no-such-import", &["diff", "a.sheaf", "--from", "i1", "--to", "i99", "--cite"]);
    // A command whose answers are no answers about incidents.
    let line = cite(&desk, &[]).replace("query []", "query [verify]");
    let said = desk.fails("not-a-citation", &["replay", "a.sheaf", &line]);
    assert!(said.contains("verify"), "{said}");
    let line = cite(&desk, &[]).replace("query []", "query [incidents --draws 3]");
    let said = desk.fails("not-a-citation", &["replay", "a.sheaf", &line]);
    assert!(said.contains("lists, exports, series, diffs and shown incidents are"), "{said}");
    // A diff names imports by number and days by when things came: another desk's pool of the same
    // files, taken in in another order, has other ones.
    let line = desk.ok(&["diff", "a.sheaf", "--from", "2023-12-01", "--cite"]);
    let mut files = EXAMPLE.map(example).to_vec();
    files.retain(|file| !file.contains("-v2"));
    files.reverse();
    desk.pool("b.sheaf", &files);
    let said = desk.fails("other-pool", &["replay", "b.sheaf", line.trim_end()]);
    assert!(said.contains("the same files in another order"), "{said}");
}

#[test]
fn another_pool_of_the_same_files_replays_the_line() {
    let desk = first_releases();
    let (line, answer) = (cite(&desk, QUERIES[1]), asked(&desk, QUERIES[1]));
    let mut files = EXAMPLE.map(example).to_vec();
    files.retain(|file| !file.contains("-v2"));
    files.reverse();
    desk.pool("b.sheaf", &files);
    assert_eq!(desk.ok(&["replay", "b.sheaf", &line]), answer, "in another order, at another desk");
    desk.ok(&["replay", "b.sheaf", &line, "--out", "answer.json"]);
    assert_eq!(std::fs::read_to_string(desk.path("answer.json")).unwrap(), answer);
}

#[test]
fn what_is_not_as_the_line_says_is_named() {
    let desk = first_releases();
    let line = cite(&desk, &[]);
    desk.pool("b.sheaf", &[example("northline-wire.csv")]);
    let said = desk.fails("other-pool", &["replay", "b.sheaf", &line]);
    assert!(said.contains("this pool holds other things than a did"), "{said}");
    let said = desk.fails(
        "other-program",
        &["replay", "a.sheaf", &line.replace("sheaf 0.1.0", "sheaf 0.9.7")],
    );
    assert!(said.contains("the line is of sheaf 0.9.7, and this is sheaf 0.1.0"), "{said}");
    let said = desk.fails(
        "no-such-profile",
        &["replay", "a.sheaf", &line.replace("interval@1", "interval@2")],
    );
    assert!(said.contains("the line's profile is not known to this program: interval@2"), "{said}");
    // The pool is linked in another way later on; the line knows the way of its own time.
    let answer = asked(&desk, &[]);
    desk.write("other.model", include_str!("../../sheaf-link/src/prior.toml"));
    let other = ["pool", "a.sheaf", "--model", "other.model"];
    assert_eq!(desk.run_on(LATER_DAY, &other).code, 0);
    assert_eq!(desk.ok(&["replay", "a.sheaf", &line]), answer);
    // Within the second in which the line was made nobody can tell the two apart.
    desk.ok(&other);
    desk.ok(&["pool", "a.sheaf", "--method", "model"]);
    desk.ok(&other);
    let said = desk.fails("linked-otherwise", &["replay", "a.sheaf", &line]);
    assert!(said.contains("sheaf pool POOL --method"), "{said}");
    for text in ["", "sheaf 0.1.0", "a line of something else", &line[..60]] {
        desk.fails("not-a-citation", &["replay", "a.sheaf", text]);
    }
    let odd = line.replace("query []", "query [--sinse 2014]");
    let said = desk.fails("not-a-citation", &["replay", "a.sheaf", &odd]);
    assert!(said.contains("--sinse"), "{said}");
}
