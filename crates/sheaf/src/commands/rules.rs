//! `sheaf profiles`: the rules by which claims are settled, each with what it does and where it comes
//! from. A profile is cited by name and version, and here is what a citation means.

use serde_json::{Value, json};
use sheaf_settle::PROFILES;

use super::{Went, print, print_json};
use crate::args::{Everywhere, Plain, Summary};
use crate::failure::Failure;

pub fn rules(args: &Plain, everywhere: &Everywhere) -> Result<Went, Failure> {
    let all = PROFILES.iter().map(|profile| profile.about());
    if args.format == Summary::Json || everywhere.json {
        let one = |about: &sheaf_settle::About| {
            json!({
                "profile": about.cited,
                "rule": about.rule,
                "reference": about.reference,
                "counts": about.counts.name(),
                "is_estimate": about.is_estimate,
            })
        };
        print_json(&Value::Array(all.map(one).collect()))?;
        return Ok(Went::Fine);
    }
    for about in all {
        let estimate = if about.is_estimate { " (an estimate: nobody says its tolls)" } else { "" };
        let (cited, rule, reference) = (about.cited, about.rule, about.reference);
        print(&format!("{cited}{estimate}\n{}    from: {reference}\n\n", wrapped(rule)))?;
    }
    Ok(Went::Fine)
}

/// The text in lines of at most 96 characters, set in by four.
fn wrapped(text: &str) -> String {
    let (mut all, mut line) = (String::new(), String::new());
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + word.chars().count() >= 96 {
            all.push_str(&format!("    {line}\n"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    all + &format!("    {line}\n")
}
