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
