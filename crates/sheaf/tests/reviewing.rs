//! Asking people: which question comes next, what an answer does, and what all of them say about
//! the linking.

mod common;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use common::{Desk, Ran, texts};
use serde_json::{Value, json};

const HEAD: &str = "id,date,lat,lon,place,country,kind,killed\n";
const NORTH: &str = "2020-03-01,10.0,20.0,Northgate,Freedonia,bomb,30";
const EAST: &str = "2020-06-01,-30.0,60.0,Eastgate,Sylvania,bomb,7";
/// The day after, in the next town.
const SOUTH: &str = "2020-03-02,10.2,20.0,Southgate,Freedonia,assault,2";

/// Three sources tell of two attacks, two of them of a third.
fn desk() -> Desk {
    let desk = Desk::new();
    for (source, south) in [("acme", true), ("beacon", true), ("cable", false)] {
        let mut file = format!("{HEAD}n,{NORTH}\ne,{EAST}\n");
        if south {
            file.push_str(&format!("s,{SOUTH}\n"));
        }
        let name = format!("{source}.csv");
        desk.write(&name, file);
        desk.ok(&["pool", "f.sheaf", &name, "--source", source, "-q"]);
    }
    desk
}

fn questions(desk: &Desk, options: &[&str]) -> Vec<Value> {
    let mut args = vec!["review", "f.sheaf", "--next", "99", "--format", "json"];
    args.extend(options);
    desk.json(&args)["questions"].as_array().unwrap().clone()
}

fn report(desk: &Desk) -> Value {
    desk.json(&["review", "f.sheaf", "--report", "--format", "json"])
}

fn pair(question: &Value) -> [String; 2] {
    let id = |at: usize| question["reports"][at]["id"].as_str().unwrap().to_owned();
    [id(0), id(1)]
}

fn pairs(questions: &[Value]) -> Vec<[String; 2]> {
    questions.iter().map(pair).collect()
}

/// Whether two reports tell of one attack: their keys are the same.
fn is_same([a, b]: &[String; 2]) -> bool {
    a.split_once(':').unwrap().1 == b.split_once(':').unwrap().1
}

#[track_caller]
fn judge(desk: &Desk, verdict: &str, [a, b]: &[String; 2]) {
    let words = ["--by", "desk", "--because", "seen", "-q"];
    let mut args = vec!["judge", "f.sheaf", verdict, a, b];
    args.extend(words);
    desk.ok(&args);
}

/// Runs `sheaf review --ask` with these lines coming in.
fn ask(desk: &Desk, options: &[&str], lines: &str) -> Ran {
    let mut args = vec!["review", "f.sheaf", "--ask", "--by", "desk"];
    args.extend(options);
    let mut command = desk.command(&args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Ran {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

/// Each judgement: what, on whom, why, and whether it stands.
fn judgements(desk: &Desk) -> Vec<(String, Vec<String>, String, bool)> {
    let kept = desk.json(&["judgements", "f.sheaf", "--format", "json"]);
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let kept = kept.as_array().unwrap().iter().map(|it| {
        let reports = texts(&it["reports"]).into_iter().map(str::to_owned).collect();
        (text(&it["verdict"]), reports, text(&it["because"]), it["withdrawn"].is_null())
    });
    kept.collect()
}

#[test]
fn a_question_shows_both_reports_the_reasons_and_how_to_answer() {
    let desk = desk();
    let said = desk.ok(&["review", "f.sheaf", "--next", "1"]);
    let first = &questions(&desk, &[])[0];
    let [a, b] = pair(first);
    assert!(
        said.starts_with(&format!("1. {a} and {b}: one incident?\n  asked because of all open"))
    );
    for words in [
        "    place-name   Southgate                               Southgate\n",
        "2 killed \"2\"",
        "    prior  ",
        "bits: odds of",
        "; calibrated: ",
        "  Arithmetic has ",
        &format!("\n    sheaf judge f.sheaf same {a} {b} --by NAME --because WHY\n"),
        &format!("\n    sheaf judge f.sheaf different {a} {b} --by NAME --because WHY\n"),
        &format!("\n    sheaf judge f.sheaf unsure {a} {b} --by NAME --because WHY\n"),
    ] {
        assert!(said.contains(words), "{words}:\n{said}");
    }
    assert!(said.lines().all(|line| line.chars().count() <= 200), "{said}");
    // The commands as printed are signed if a name is given.
    let said = desk.ok(&["review", "f.sheaf", "--next", "1", "--by", "lea k"]);
    assert!(said.contains("--by 'lea k' --because WHY"), "{said}");
}

#[test]
fn a_question_for_programs() {
    let desk = desk();
    let answer = desk.json(&["review", "f.sheaf", "--format", "json"]);
    assert_eq!(answer["questions"].as_array().unwrap().len(), 3, "three unless told otherwise");
    assert_eq!(
        (&answer["pairs"], &answer["open"], &answer["answered"]),
        (&json!(13), &json!(13), &json!(0))
    );
    let first = &answer["questions"][0];
    assert_eq!(first["arm"], "top");
    let sum: f64 = first["match"]["prior_bits"].as_f64().unwrap()
        + first["match"]["reasons"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["bits"].as_f64().unwrap())
            .sum::<f64>();
    assert!((sum - first["match"]["weight_bits"].as_f64().unwrap()).abs() < 1e-9);
    // The value is the chance that linking is wrong, times what hangs on it.
    let probability = first["calibrated_probability"].as_f64().unwrap();
    let doubt = if first["linked"] == true { 1.0 - probability } else { probability };
    let expected = doubt * first["change_if_wrong"].as_f64().unwrap();
    assert!((first["expected_change"].as_f64().unwrap() - expected).abs() < 1e-9);
    assert_eq!(first["reports"][0]["claims"][0]["field"], "when");
    assert!(
        first["commands"]["unsure"].as_str().unwrap().starts_with("sheaf judge f.sheaf unsure")
    );
}

#[test]
fn the_order_stands_and_an_answer_moves_it_on() {
    let desk = desk();
    let before = pairs(&questions(&desk, &[]));
    assert_eq!(before.len(), 13);
    assert_eq!(pairs(&questions(&desk, &[])), before);
    // Whatever is answered, and though linking follows it: the others keep their order.
    for (verdict, at) in [("unsure", 0), ("same", 1), ("different", 2)] {
        judge(&desk, verdict, &before[at]);
        assert_eq!(pairs(&questions(&desk, &[])), before[at + 1..]);
    }
    // Taken back, it is asked again in its place.
    desk.ok(&["undo", "f.sheaf", "j1", "--by", "desk"]);
    assert_eq!(questions(&desk, &[]).len(), 11);
    assert_eq!(pair(&questions(&desk, &[])[0]), before[0]);
}

#[test]
fn all_answered_gives_the_figures_themselves() {
    let desk = desk();
    let all = questions(&desk, &[]);
    let n_linked = all.iter().filter(|it| it["linked"] == true).count();
    assert_eq!((all.len(), n_linked), (13, 7), "the three attacks, each by itself");
    // One link is wrong, and one pair was missed; of one linked pair nobody can tell.
    let linked: Vec<_> = all.iter().filter(|it| it["linked"] == true).map(pair).collect();
    let unlinked: Vec<_> = all.iter().filter(|it| it["linked"] == false).map(pair).collect();
    assert!(linked.iter().all(is_same) && !unlinked.iter().any(is_same));
    for (idx, pair) in linked.iter().enumerate() {
        judge(&desk, ["different", "unsure", "same"][idx.min(2)], pair);
    }
    for (idx, pair) in unlinked.iter().enumerate() {
        judge(&desk, if idx == 0 { "same" } else { "different" }, pair);
    }
    let report = report(&desk);
    assert_eq!(
        (&report["pairs"], &report["linked"], &report["open"]),
        (&json!(13), &json!(7), &json!(0))
    );
    assert_eq!(report["enough"], true);
    let close = |it: &Value, expected: f64| {
        assert!((it.as_f64().unwrap() - expected).abs() < 1e-9, "{it} for {expected}");
    };
    // Five of six of which a person could tell; of the six that are the same, five were found.
    for (name, estimate, wrong, right) in [
        ("precision", 5.0 / 6.0, 5.0 / 7.0, 6.0 / 7.0),
        ("recall", 5.0 / 6.0, 5.0 / 6.0, 6.0 / 7.0),
    ] {
        for name in [name.to_owned(), format!("{name}_plain")] {
            let it = &report[&name];
            close(&it["estimate"], estimate);
            close(&it["interval"][0], estimate);
            close(&it["interval"][1], estimate);
            close(&it["unsure_wrong"], wrong);
            close(&it["unsure_right"], right);
        }
    }
    let answers = &report["answers"];
    let sum = answers["top"].as_u64().unwrap() + answers["sample"].as_u64().unwrap();
    assert_eq!((sum, &answers["aside"], &answers["unsure"]), (13, &json!(0), &json!(1)));
    let told: u64 =
        report["bands"].as_array().unwrap().iter().map(|it| it["answers"].as_u64().unwrap()).sum();
    assert_eq!(told, 12, "who cannot tell is in no band");

    let text = desk.ok(&["review", "f.sheaf", "--report"]);
    for words in [
        "13 pairs compared by linking (shipped), 7 linked; 0 open\n13 answers, 1 of them \"unsure\"\n",
        "precision  0.833     0.833–0.833    0.714–0.857",
        "0.833 (0.833–0.833)",
        "These figures are about the pairs that linking compared",
    ] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
    assert!(!text.contains("ot enough"), "{text}");
    // Nothing is left to ask, which is no failure.
    let ran = desk.run(&["review", "f.sheaf"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    assert!(
        ran.stderr.starts_with("nothing left to ask: all 13 pairs stand answered"),
        "{}",
        ran.stderr
    );
    let ran = ask(&desk, &[], "same\n");
    assert!(ran.stderr.starts_with("nothing left to ask"), "{}", ran.stderr);
    assert_eq!(desk.json(&["review", "f.sheaf", "--format", "json"])["questions"], json!([]));
}

#[test]
fn too_few_answers_say_so() {
    let desk = desk();
    // On a pair that is no question: counted, and used for nothing.
    judge(&desk, "different", &["acme:n".to_owned(), "acme:e".to_owned()]);
    let report = report(&desk);
    assert_eq!((&report["enough"], &report["answers"]["elsewhere"]), (&json!(false), &json!(1)));
    assert_eq!(report["precision"]["interval"], json!([0.0, 1.0]));
    let text = desk.ok(&["review", "f.sheaf", "--report"]);
    assert!(text.contains("precision  not enough answers yet\n"), "{text}");
    assert!(text.contains("      1 in no figure"), "{text}");
}

#[test]
fn a_session_keeps_skips_and_takes_back() {
    let desk = desk();
    let order = pairs(&questions(&desk, &[]));
    let lines = "\
unsure  no more is known
skip

undo
S one attack
undo
different
quit
same
";
    let ran = ask(&desk, &[], lines);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let seen = |of: &[String; 2]| {
        let head = format!("{} and {}: one incident?\n", of[0], of[1]);
        ran.stdout.matches(&head).count()
    };
    // The second is skipped, asked again after undo, answered, taken back, and answered.
    assert_eq!((seen(&order[0]), seen(&order[1])), (1, 3));
    let kept = judgements(&desk);
    let expected = [
        ("unsure", 0, "no more is known", true),
        ("same", 1, "one attack", false),
        ("different", 1, "review", true),
    ]
    .map(|(verdict, at, because, stands): (&str, usize, &str, bool)| {
        (verdict.to_owned(), order[at].to_vec(), because.to_owned(), stands)
    });
    assert_eq!(kept, expected);
    assert!(ran.stdout.contains("j2  same: "), "{}", ran.stdout);
    assert!(ran.stderr.contains(" is now in incident "), "{}", ran.stderr);
    assert!(ran.stderr.ends_with("2 answers kept\n"), "{}", ran.stderr);
    assert_eq!(pairs(&questions(&desk, &[])), order[2..]);
    // What was skipped only is asked in the next session; its end is no failure.
    let skips = "skip\n".repeat(20);
    let ran = ask(&desk, &[], &skips);
    assert!(ran.stderr.contains("nothing left but 11 pairs skipped"), "{}", ran.stderr);
    assert_eq!(judgements(&desk).len(), 3);
    // Nothing comes in: nothing happens.
    let ran = ask(&desk, &[], "undo\n");
    assert!(ran.stderr.starts_with("nothing to undo"), "{}", ran.stderr);
}

#[test]
fn a_word_that_is_no_answer_ends_a_session_from_a_file() {
    let desk = desk();
    let ran = ask(&desk, &[], "same\n\nsmae\nsame\n");
    assert_eq!(ran.code, 2);
    let expected =
        "error: standard input, line 3: \"smae\" is no answer\nhint: did you mean same?\n";
    assert!(ran.stderr.ends_with(expected), "{}", ran.stderr);
    assert_eq!(judgements(&desk).len(), 1, "what came before is kept");
    let named = ask(&desk, &[], "same as witness Jane Doe told us\n");
    assert_eq!(named.code, 2, "{}", named.stderr);
    assert!(named.stderr.contains("may name a person"), "{}", named.stderr);
    assert!(!named.stderr.contains("Doe"), "{}", named.stderr);
}

#[test]
fn pairs_that_linking_never_compared_can_be_asked_about_too() {
    let desk = desk();
    // Four days after, and eight.
    for (name, day) in [("dawn", "2020-06-05"), ("echo", "2020-06-09")] {
        let row = format!("{HEAD}e,{}\n", EAST.replace("2020-06-01", day));
        desk.write(&format!("{name}.csv"), row);
        desk.ok(&["pool", "f.sheaf", &format!("{name}.csv"), "--source", name, "-q"]);
    }
    let beyond = |n: &str| {
        let all = questions(&desk, &["--beyond", n]);
        let drawn = all.iter().filter(|it| it["arm"] == "beyond");
        drawn.map(|it| (it["expected_change"].clone(), pair(it))).collect::<Vec<_>>()
    };
    let drawn = beyond("50");
    let mut named: Vec<[String; 2]> = drawn.iter().map(|(_, pair)| pair.clone()).collect();
    named.sort();
    let late = |name: &str| [format!("{name}:e"), "dawn:e".to_owned()];
    let both = ["dawn:e".to_owned(), "echo:e".to_owned()];
    assert_eq!(named, [late("acme"), late("beacon"), late("cable"), both]);
    assert!(drawn.iter().all(|(change, _)| change.is_null()));
    assert_eq!(beyond("2"), drawn[..2], "a larger draw begins with the smaller");
    // The third question is one of them.
    let arms: Vec<Value> =
        questions(&desk, &["--beyond", "50"]).iter().map(|it| it["arm"].clone()).collect();
    assert_eq!(arms.iter().position(|it| it == "beyond"), Some(2));

    // Everything found is right, nothing compared was missed, one pair in four out there was.
    for question in questions(&desk, &[]) {
        let pair = pair(&question);
        judge(&desk, if is_same(&pair) { "same" } else { "different" }, &pair);
    }
    for (idx, (_, pair)) in drawn.iter().enumerate() {
        judge(&desk, if idx == 0 { "same" } else { "different" }, pair);
    }
    let args = ["review", "f.sheaf", "--report", "--beyond", "50", "--format", "json"];
    let report = desk.json(&args);
    assert_eq!(report["beyond"], json!({ "pairs": 4, "drawn": 4 }));
    assert_eq!((&report["answers"]["beyond"], &report["enough"]), (&json!(4), &json!(true)));
    assert_eq!(report["recall"]["interval"], json!([1.0, 1.0]));
    assert_eq!(report["recall_wider"]["estimate"], json!(7.0 / 8.0));
    let text = desk.ok(&["review", "f.sheaf", "--report", "--beyond", "50"]);
    assert!(text.contains("recall, wider  0.875"), "{text}");
    assert!(text.contains("about 4 pairs never compared"), "{text}");
}

#[test]
fn what_cannot_be_reviewed_says_so() {
    let desk = desk();
    let said = desk.fails("no-name", &["review", "f.sheaf", "--ask"]);
    assert_eq!(
        said,
        "error: --ask keeps judgements, and --by is missing\nhint: say who answers, as in --by desk\n"
    );
    desk.fails("empty-argument", &["review", "f.sheaf", "--ask", "--by", " "]);
    desk.fails("bad-arguments", &["review", "f.sheaf", "--next", "0"]);
    desk.fails("bad-arguments", &["review", "f.sheaf", "--ask", "--report"]);

    desk.write("alone.csv", format!("{HEAD}n,{NORTH}\ne,{EAST}\n"));
    desk.ok(&["pool", "alone.sheaf", "alone.csv", "-q"]);
    for more in [&[][..], &["--report"], &["--beyond", "9"]] {
        let mut args = vec!["review", "alone.sheaf"];
        args.extend(more);
        let said = desk.fails("nothing-to-ask", &args);
        assert!(
            said.starts_with("error: alone.sheaf: nothing to ask: no two reports meet\n"),
            "{said}"
        );
    }

    // A pool that MELTT links has no weights to ask by.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/meltt-trio");
    for name in ["roads.csv", "wire.csv", "trio_kind_tax.csv", "trio.toml"] {
        desk.write(name, fs::read(folder.join(name)).unwrap());
    }
    let mut args = vec!["pool", "t.sheaf", "roads.csv", "wire.csv", "--as", "trio.toml", "-q"];
    args.extend(["--method", "meltt", "--twindow", "2", "--spatwindow", "4"]);
    args.extend(["--taxonomy", "trio_kind_tax.csv"]);
    desk.ok(&args);
    let said = desk.fails("not-with-this-method", &["review", "t.sheaf"]);
    assert!(said.starts_with("error: t.sheaf is linked by MELTT 0.4.3: 2 days, 4 km"), "{said}");
    assert!(said.contains("works on pools linked by a model only"), "{said}");
    assert!(said.contains("hint: `sheaf pool t.sheaf --method model`"), "{said}");
}
