//! `sheaf cite`, `--cite` and `sheaf replay`: the line by which an answer can be named, and the way back
//! from the line to the same bytes.
//!
//! Lists in every format are named by `sheaf cite`; a shown incident, a series, a diff and an export by
//! `--cite` at their own commands. What comes into the pool later changes none of it; where something
//! is not as the line says, a replay refuses and says what.

use std::path::Path;

use serde_json::{Value, json};
use sheaf_model::Judgement;
use sheaf_store::{Access, Pool};

use super::incidents::{Asked, write_to};
use super::sources::hex;
use super::{Went, diff, now, open, print, print_json, series, show};
use crate::args::{Citing, Command, Everywhere, Replaying};
use crate::citation::{Line, PROGRAM, SHOWN};
use crate::failure::Failure;
use crate::filter;
use crate::knowing::{Counts, Knowing, Moment};
use crate::linking::Method;
use crate::output::Audience;
use crate::profiles::Profiles;

pub fn cite(args: &Citing, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let question = Question {
        path: &args.pool,
        query: filter::list_as_typed(args),
        profile: &args.which.profile,
        knowing: args.which.times.knowing(),
        in_order: false,
    };
    question.cite(&pool, everywhere)
}

/// What a line is to name.
pub struct Question<'a> {
    pub path: &'a Path,
    /// As it would be typed.
    pub query: String,
    pub profile: &'a str,
    pub knowing: Knowing,
    /// Whether the answer depends on when and in which order things were taken in.
    pub in_order: bool,
}

impl Question<'_> {
    /// Prints the line.
    pub fn cite(&self, pool: &Pool, everywhere: &Everywhere) -> Result<Went, Failure> {
        match everywhere.json {
            true => print_json(&self.as_json(pool)?)?,
            false => print(&format!("{}\n", self.line(pool)?.0.text()))?,
        }
        Ok(Went::Fine)
    }

    /// The line and its parts.
    pub fn as_json(&self, pool: &Pool) -> Result<Value, Failure> {
        let (line, state) = self.line(pool)?;
        Ok(json!({
            "line": line.text(), "pool": line.name, "hash": state.hash, "linked": state.linked,
            "query": line.query, "profile": line.profile,
            "is_estimate": Profiles::named(self.profile)?.any_estimate(),
            "as_known_on": line.known_on, "imports": state.counts.imports,
            "judgements": state.counts.judgements, "date": line.day, "program": PROGRAM,
        }))
    }

    fn line(&self, pool: &Pool) -> Result<(Line, State), Failure> {
        let state = State::of(pool, &latest(pool, &self.knowing)?, self.in_order)?;
        let line = Line {
            program: PROGRAM.to_owned(),
            name: self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            hash: state.hash[..SHOWN].to_owned(),
            query: self.query.clone(),
            profile: Profiles::named(self.profile)?.cited(),
            linked: state.linked[..SHOWN].to_owned(),
            known_on: state.known_on.to_string(),
            counts: state.counts,
            day: now()[..10].to_owned(),
        };
        Ok((line, state))
    }
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
    let question = line.question(&args.pool)?;
    let known_on = Moment::parse(&line.known_on).ok_or_else(|| {
        Failure::new("not-a-citation", format!("\"{}\" is no time", line.known_on))
    })?;
    let limit =
        Knowing { known_on: Some(known_on), first: Some(line.counts), ..Knowing::default() };
    let check = |knowing: &Knowing, in_order| {
        let state = State::of(&pool, knowing, in_order)?;
        line.check(&state.hash, &state.linked)
    };
    // The answer is written as the line says, whatever is asked of this command's own messages.
    let as_then = Everywhere { json: false, ..everywhere.clone() };
    let list = |which, format, audience| {
        let which: &crate::args::Which = which;
        let knowing = which.times.knowing().no_later_than(&limit);
        check(&knowing, false)?;
        let asked = Asked { which, knowing, format, audience };
        write_to(&pool, &asked, args.out.as_deref(), &as_then)?;
        Ok(Went::Fine)
    };
    let text = match &question {
        Command::Incidents(it) if it.draws.is_none() => {
            return list(&it.which, it.format, Audience::Ourselves);
        }
        Command::Export(it) => {
            let format = it.to.of_a_list().ok_or_else(not_repeated)?;
            return list(&it.which, format, Audience::Others);
        }
        Command::Show(it) => {
            check(&it.times.knowing().no_later_than(&limit), false)?;
            show::answer(&pool, it, Some(&limit), &as_then)?
        }
        Command::Series(it) => {
            check(&it.which.times.knowing().no_later_than(&limit), false)?;
            series::answer(&pool, it, Some(&limit), &as_then)?
        }
        Command::Diff(it) => {
            check(&limit, true)?;
            diff::answer(&pool, it, Some(&limit), &as_then)?
        }
        _ => {
            return Err(Failure::new(
                "not-a-citation",
                format!("the query [{}] is of a command whose answers are not cited", line.query),
            )
            .hint("lists, exports, series, diffs and shown incidents are"));
        }
    };
    match &args.out {
        None => print(&text)?,
        Some(path) => std::fs::write(path, text)
            .map_err(|err| Failure::new("cannot-write", format!("{}: {err}", path.display())))?,
    }
    Ok(Went::Fine)
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
    fn of(pool: &Pool, knowing: &Knowing, in_order: bool) -> Result<State, Failure> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&pool.fingerprint(|import| knowing.has(import))?);
        if in_order {
            for import in pool.imports()?.iter().filter(|import| knowing.has(import)) {
                let about = &import.about;
                hasher.update(
                    format!("{}\0{}\0{}\0", import.id, import.taken_at, about.file).as_bytes(),
                );
                hasher.update(&about.content);
            }
        }
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

/// What a member may see changes with what the owners allow, which a citation does not hold.
fn not_repeated() -> Failure {
    Failure::new("not-a-citation", "an export for a member is not cited")
        .hint("cite the list: `sheaf cite POOL`")
}
