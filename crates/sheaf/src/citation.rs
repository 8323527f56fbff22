//! The line by which an answer is named: what it says, how it is written and read, and which question
//! it stands for. It says everything that an answer rests on: the program's version, what the pool
//! held (a hash over every import and judgement that was known), how it was linked, the question, the
//! profile with its version, and how far the pool was known.

use std::path::Path;

use clap::Parser as _;

use crate::args::{Arguments, Command};
use crate::commands::counted;
use crate::failure::Failure;
use crate::knowing::Counts;

/// This program, as a line names it.
pub const PROGRAM: &str = concat!("sheaf ", env!("CARGO_PKG_VERSION"));

/// Characters of a hash that a line shows.
pub const SHOWN: usize = 16;

/// A citation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Name and version of the program that printed it.
    pub program: String,
    /// The pool's name, for people.
    pub name: String,
    /// What the pool had taken in and what had been judged, hashed.
    pub hash: String,
    /// The question, as it would be typed; see [`filter::as_typed`](crate::filter::as_typed).
    pub query: String,
    /// The profile or profiles, each with its version.
    pub profile: String,
    /// How the pool was linked, hashed.
    pub linked: String,
    /// Up to when the pool was known.
    pub known_on: String,
    /// How much it had taken in by then.
    pub counts: Counts,
    /// The day on which the line was printed.
    pub day: String,
}

impl Line {
    /// The line.
    pub fn text(&self) -> String {
        format!(
            "{}: pool {} {}, query [{}], profile {}, linked by {}, as known on {} ({} and {}), {}",
            self.program,
            self.name,
            self.hash,
            self.query,
            self.profile,
            self.linked,
            self.known_on,
            counted(self.counts.imports, "import"),
            counted(self.counts.judgements, "judgement"),
            self.day
        )
    }

    /// Reads a line; `None` if it is none.
    pub fn parse(text: &str) -> Option<Line> {
        // What people type (the query, the pool's name) may hold any of the words between.
        let (rest, day) = text.trim().rsplit_once("), ")?;
        let (rest, counts) = rest.rsplit_once(" (")?;
        let (rest, known_on) = rest.rsplit_once(", as known on ")?;
        let (rest, linked) = rest.rsplit_once(", linked by ")?;
        let (rest, profile) = rest.rsplit_once("], profile ")?;
        let (rest, query) = rest.split_once(", query [")?;
        let (program, pool) = rest.split_once(": pool ")?;
        let (name, hash) = pool.rsplit_once(' ')?;
        let (imports, judgements) = counts.split_once(" and ")?;
        let number = |words: &str| words.split(' ').next()?.replace(',', "").parse().ok();
        let is_hash = |it: &str| it.len() >= 8 && it.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_hash(hash) || !is_hash(linked) {
            return None;
        }
        Some(Line {
            program: program.to_owned(),
            name: name.to_owned(),
            hash: hash.to_owned(),
            query: query.to_owned(),
            profile: profile.to_owned(),
            linked: linked.to_owned(),
            known_on: known_on.to_owned(),
            counts: Counts { imports: number(imports)?, judgements: number(judgements)? },
            day: day.to_owned(),
        })
    }

    /// The question, as the command line reads it, put to a pool at this path.
    pub fn question(&self, pool: &Path) -> Result<Command, Failure> {
        let unreadable = |why: String| {
            Failure::new(
                "not-a-citation",
                format!("the query [{}] cannot be read: {why}", self.query),
            )
        };
        let mut words =
            words_of(&self.query).ok_or_else(|| unreadable("a quote is open".to_owned()))?;
        // A query that names no command is one of the list of incidents, as JSON if it does not say.
        let command = match words.first() {
            Some(word) if !word.starts_with('-') => words.remove(0),
            _ => "incidents".to_owned(),
        };
        if command == "incidents" && !words.iter().any(|word| word == "--format") {
            words.extend(["--format".to_owned(), "json".to_owned()]);
        }
        // What an option does not name comes last, after a mark that ends the options: the pool and,
        // of one incident, its id.
        let id = if command == "show" { words.pop() } else { None };
        let mut typed = vec!["sheaf".to_owned(), command];
        typed.extend(words);
        typed.extend(["--profile".to_owned(), self.profile.clone()]);
        typed.extend(["--".to_owned(), pool.display().to_string()]);
        typed.extend(id);
        match Arguments::try_parse_from(typed) {
            Ok(Arguments { command, .. }) => Ok(command),
            Err(err) => {
                let text = err.to_string();
                let first = text.lines().next().unwrap_or_default();
                Err(unreadable(first.trim_start_matches("error: ").to_owned()))
            }
        }
    }

    /// Whether the pool still is what the line says it was then.
    pub fn check(&self, hash: &str, linked: &str) -> Result<(), Failure> {
        if !hash.starts_with(&self.hash) {
            return Err(Failure::new(
                "other-pool",
                format!(
                    "as known on {}, this pool holds other things than {} did: its hash is {}, \
                     the line's {}",
                    self.known_on,
                    self.name,
                    &hash[..SHOWN],
                    self.hash
                ),
            )
            .hint(
                "`sheaf sources POOL` lists what was taken in and when; the line was made from \
                 other files, from the same files in another order, or under other judgements",
            ));
        }
        if !linked.starts_with(&self.linked) {
            return Err(Failure::new(
                "linked-otherwise",
                "this pool is linked in another way than when the line was made",
            )
            .hint("choose that way again: sheaf pool POOL --method … or --model …"));
        }
        Ok(())
    }
}

/// The words of a query; those in double quotes may hold spaces. `None` if a quote is left open.
fn words_of(query: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    let mut chars = query.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '\\' if quoted => word.get_or_insert_default().push(chars.next()?),
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    (!quoted).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_back() {
        let line = Line {
            program: PROGRAM.to_owned(),
            name: "a pool, query [".to_owned(),
            hash: "0123456789abcdef".to_owned(),
            query: "--place \"a], profile b, query [\" --since 2014-05-01".to_owned(),
            profile: "interval@1+model@1".to_owned(),
            linked: "fedcba9876543210".to_owned(),
            known_on: "2014-05-24T12:00:00Z".to_owned(),
            counts: Counts { imports: 1234, judgements: 1 },
            day: "2014-06-01".to_owned(),
        };
        let plain = Line { name: "attacks".to_owned(), ..line.clone() };
        assert_eq!(Line::parse(&plain.text()), Some(plain.clone()));
        for text in ["", "sheaf 0.1.0", &plain.text()[5..40], "a: pool b c, query [], profile d"] {
            assert_eq!(Line::parse(text), None, "{text}");
        }
        // A pool's name cannot hold what begins a query; the line is refused or read as it stands.
        assert_ne!(Line::parse(&line.text()), Some(plain));
    }

    #[test]
    fn a_query_is_split_as_it_was_joined() {
        let words = words_of("--country \"a \\\"b\\\" \\\\c\" --min-sources 2").unwrap();
        assert_eq!(words, ["--country", "a \"b\" \\c", "--min-sources", "2"]);
        assert_eq!(words_of("--country \"a"), None);
        assert_eq!(words_of(""), Some(Vec::new()));
        assert_eq!(words_of("--place \"\""), Some(vec!["--place".into(), "".into()]));
    }
}
