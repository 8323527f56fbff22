//! `sheaf cite` and `sheaf replay`: the line by which an answer can be named, and the way back from
//! the line to the same bytes.
//!
//! A line says everything that an answer rests on: the program's version, what the pool held (a
//! hash over every import and judgement that was known), how it was linked, the question, the
//! profile with its version, and how far the pool was known. What comes into the pool later changes
//! none of it; where something of it is not as the line says, a replay refuses and says what.

use sheaf_model::Judgement;
use sheaf_store::{Access, Pool};

use clap::Parser as _;

use super::incidents::{Asked, write_to};
use super::sources::hex;
use super::{Went, counted, now, open, print, print_json};
use crate::args::{Arguments, Command, Everywhere, Format, Listing, Replaying};
use crate::failure::Failure;
use crate::filter;
use crate::knowing::{Counts, Knowing, Moment};
use crate::linking::Method;
use crate::output::Audience;
use crate::profiles::Profiles;

const PROGRAM: &str = concat!("sheaf ", env!("CARGO_PKG_VERSION"));

/// Characters of a hash that a line shows.
const SHOWN: usize = 16;

pub fn cite(args: &Listing, everywhere: &Everywhere) -> Result<Went, Failure> {
    if args.draws.is_some() {
        return Err(Failure::new("not-cited", "a citation names a list of incidents, not draws")
            .hint("leave --draws out; the same pool, number and --seed give the same draws"));
    }
    let pool = open(&args.pool, Access::Read)?;
    let profiles = Profiles::named(&args.which.profile)?;
    let state = State::of(&pool, &latest(&pool, &args.which.times.knowing())?)?;
    let name = args.pool.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let day = now()[..10].to_owned();
    let line = Line {
        program: PROGRAM.to_owned(),
        name,
        hash: state.hash[..SHOWN].to_owned(),
        query: filter::as_typed(&args.which),
        profile: profiles.cited(),
        linked: state.linked[..SHOWN].to_owned(),
        known_on: state.known_on.to_string(),
        counts: state.counts,
        day,
    };
    if everywhere.json || args.format == Format::Json {
        print_json(&serde_json::json!({
            "line": line.text(), "pool": line.name, "hash": state.hash, "linked": state.linked,
            "query": line.query, "profile": line.profile, "is_estimate": profiles.any_estimate(),
            "as_known_on": line.known_on, "imports": state.counts.imports,
            "judgements": state.counts.judgements, "date": line.day, "program": PROGRAM,
        }))?;
    } else {
        print(&format!("{}\n", line.text()))?;
    }
    Ok(Went::Fine)
}

pub fn replay(args: &Replaying, everywhere: &Everywhere) -> Result<Went, Failure> {
    let line = Line::parse(&args.line).ok_or_else(|| {
        Failure::new("not-a-citation", "this is no line that `sheaf cite` printed")
            .hint("give the whole line in single quotes, as in: sheaf replay POOL 'sheaf 0.1.0: …'")
    })?;
    if line.program != PROGRAM {
        return Err(Failure::new(
            "other-program",
            format!("the line is of {}, and this is {PROGRAM}", line.program),
        )
        .hint(format!("another version may answer otherwise; replay it with {}", line.program)));
    }
    Profiles::named(&line.profile).map_err(|failure| Failure {
        what: format!("the line's profile is not known to this program: {}", failure.what),
        ..failure
    })?;
    let pool = open(&args.pool, Access::Read)?;
    let which = line.which(args)?;
    let known_on = Moment::parse(&line.known_on).ok_or_else(|| {
        Failure::new("not-a-citation", format!("\"{}\" is no time", line.known_on))
    })?;
    let knowing =
        Knowing { known_on: Some(known_on), first: Some(line.counts), ..which.times.knowing() };
    line.check(&State::of(&pool, &knowing)?)?;
    let asked =
        Asked { which: &which, knowing, format: Format::Json, audience: Audience::Ourselves };
    write_to(&pool, &asked, args.out.as_deref(), everywhere)
}

/// What an answer rests on beside the question.
struct State {
    /// What was taken in and judged.
    hash: String,
    /// How it is linked.
    linked: String,
    known_on: Moment,
    counts: Counts,
}

/// The same knowledge, with its time made exact: that of the last thing which happened to the pool
/// by then, and how many imports and judgements there were.
fn latest(pool: &Pool, knowing: &Knowing) -> Result<Knowing, Failure> {
    let imports: Vec<_> = pool.imports()?.into_iter().filter(|it| knowing.has(it)).collect();
    let judgements = knowing.judgements(pool.judgements()?);
    let withdrawn = |it: &Judgement| it.withdrawn.as_ref().map(|it| it.at.clone());
    let times = imports
        .iter()
        .map(|it| it.taken_at.clone())
        .chain(judgements.iter().map(|it| it.at.clone()))
        .chain(judgements.iter().filter_map(withdrawn))
        .chain(pool.linking_chosen(|it| knowing.has_happened(&it.at))?.map(|it| it.at));
    let known_on = times.max().and_then(|at| Moment::parse(&at)).or(knowing.known_on);
    let counts = Counts {
        imports: imports.iter().map(|it| it.id.0).max().unwrap_or(0),
        judgements: judgements.iter().map(|it| it.id.0).max().unwrap_or(0),
    };
    Ok(Knowing { known_on, first: Some(counts), ..knowing.clone() })
}

impl State {
    fn of(pool: &Pool, knowing: &Knowing) -> Result<State, Failure> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&pool.fingerprint(|import| knowing.has(import))?);
        for judgement in knowing.judgements(pool.judgements()?) {
            let (left, right) = (judgement.pair.left(), judgement.pair.right());
            let stands = if judgement.withdrawn.is_some() { "withdrawn" } else { "stands" };
            hasher.update(
                format!("{left}\0{right}\0{}\0{stands}\0", judgement.verdict.name()).as_bytes(),
            );
        }
        let nothing = Failure::new("nothing-known", "the pool had taken in nothing by then");
        Ok(State {
            hash: hex(hasher.finalize().as_bytes()),
            linked: blake3::hash(Method::known(pool, knowing)?.settings().to_string().as_bytes())
                .to_hex()
                .to_string(),
            known_on: knowing.known_on.ok_or(nothing)?,
            counts: knowing.first.unwrap_or(Counts { imports: 0, judgements: 0 }),
        })
    }
}

/// A citation.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Line {
    program: String,
    name: String,
    hash: String,
    query: String,
    profile: String,
    linked: String,
    known_on: String,
    counts: Counts,
    day: String,
}

impl Line {
    fn text(&self) -> String {
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

    fn parse(text: &str) -> Option<Line> {
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

    /// The question, as the command line reads it.
    fn which(&self, args: &Replaying) -> Result<crate::args::Which, Failure> {
        let unreadable = |why: String| {
            Failure::new(
                "not-a-citation",
                format!("the query [{}] cannot be read: {why}", self.query),
            )
        };
        let words =
            words_of(&self.query).ok_or_else(|| unreadable("a quote is open".to_owned()))?;
        let mut typed = vec!["sheaf".to_owned(), "incidents".to_owned()];
        typed.extend(words);
        typed.extend(["--profile".to_owned(), self.profile.clone()]);
        // A pool is named last, after a mark that ends the options.
        typed.extend(["--".to_owned(), args.pool.display().to_string()]);
        match Arguments::try_parse_from(typed) {
            Ok(Arguments { command: Command::Incidents(listing), .. }) => Ok(listing.which),
            Ok(_) => Err(unreadable("it is another command".to_owned())),
            Err(err) => {
                let text = err.to_string();
                let first = text.lines().next().unwrap_or_default();
                Err(unreadable(first.trim_start_matches("error: ").to_owned()))
            }
        }
    }

    /// Whether the pool still is what the line says it was then.
    fn check(&self, state: &State) -> Result<(), Failure> {
        if !state.hash.starts_with(&self.hash) {
            return Err(Failure::new(
                "other-pool",
                format!(
                    "as known on {}, this pool holds other things than {} did: its hash is {}, \
                     the line's {}",
                    self.known_on,
                    self.name,
                    &state.hash[..SHOWN],
                    self.hash
                ),
            )
            .hint(
                "`sheaf sources POOL` lists what was taken in and when; the line was made from \
                 other files, from the same files in another order, or under other judgements",
            ));
        }
        if !state.linked.starts_with(&self.linked) {
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
