//! The few arguments of a task: `--name value` pairs, known by name. No library, so that the first
//! `cargo xtask` of a fresh clone builds little.

use crate::failure::{Failure, Outcome};

/// What was given to a task.
#[derive(Debug)]
pub struct Arguments {
    given: Vec<(String, String)>,
}

impl Arguments {
    /// Takes `--name value` and `--name=value`; every name must be one of `known`.
    pub fn new(task: &str, args: &[String], known: &[&str]) -> Outcome<Arguments> {
        let mut given = Vec::new();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let (name, value) = match arg.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (arg.as_str(), None),
            };
            if !known.contains(&name) {
                let hint = match known {
                    [] => format!("{task} takes no arguments"),
                    _ => format!("{task} takes {}", known.join(", ")),
                };
                return Err(Failure::new(format!("{task} does not know {arg}")).hint(hint));
            }
            let value = match value {
                Some(value) => value,
                None => args
                    .next()
                    .ok_or_else(|| Failure::new(format!("{name} needs a value")))?
                    .clone(),
            };
            given.push((name.to_owned(), value));
        }
        Ok(Arguments { given })
    }

    /// The text given for a name; the last one, if several.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.given.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The whole number given for a name; `1e6` and `1_000_000` are understood.
    pub fn number(&self, name: &str) -> Outcome<Option<u64>> {
        self.text(name).map(|text| number(name, text)).transpose()
    }

    /// The whole numbers given for a name, with commas between them.
    pub fn numbers(&self, name: &str) -> Outcome<Option<Vec<u64>>> {
        self.text(name)
            .map(|text| text.split(',').map(|text| number(name, text)).collect())
            .transpose()
    }
}

fn number(name: &str, text: &str) -> Outcome<u64> {
    let plain = text.trim().replace('_', "");
    let read = match plain.split_once('e') {
        Some((digits, zeros)) => {
            let power = zeros.parse().ok().and_then(|zeros| 10u64.checked_pow(zeros));
            digits.parse::<u64>().ok().zip(power).and_then(|(a, b)| a.checked_mul(b))
        }
        None => plain.parse().ok(),
    };
    read.ok_or_else(|| {
        Failure::new(format!("{name}: \"{text}\" is no whole number")).hint("write 10000 or 1e4")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(args: &[&str]) -> Outcome<Arguments> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Arguments::new("simulate", &args, &["--reports", "--out"])
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let given = arguments(&["--reports", "1e4,1_000", "--out=here"]).unwrap();
        assert_eq!(given.numbers("--reports").unwrap(), Some(vec![10_000, 1_000]));
        assert_eq!(given.text("--out"), Some("here"));
        assert!(given.number("--seed").unwrap().is_none());
    }

    #[test]
    fn what_is_not_known_is_named() {
        for (args, expected) in [
            (
                &["--report", "5"][..],
                "error: simulate does not know --report\nhint: simulate takes --reports, --out",
            ),
            (&["--out"][..], "error: --out needs a value"),
        ] {
            assert_eq!(arguments(args).unwrap_err().to_string(), expected);
        }
        let wrong = arguments(&["--reports", "many"]).unwrap().number("--reports").unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "error: --reports: \"many\" is no whole number\nhint: write 10000 or 1e4"
        );
    }
}
