//! Questions and answers, one word a line, on a terminal or from a file. An answer is kept as
//! `sheaf judge` keeps it, before the next question is asked; whoever stops loses nothing.

use std::collections::HashSet;
use std::io::{self, BufRead, IsTerminal};
use std::path::Path;

use sheaf_model::{JudgementId, Verdict};
use sheaf_store::{Access, Pool};

use super::super::{Went, counted, judge, now, open, print, remark};
use super::population::{Asked, Population};
use super::question::{all_answered, question_text};
use crate::args::Everywhere;
use crate::failure::Failure;
use crate::reasons::NAMES_A_PERSON;
use crate::{suggest, view};

/// In a pool of more reports than this, incidents are made anew once at the end, not after every
/// answer: a second of waiting is as much as a person should be asked for.
const LARGE: usize = 30_000;

const WORDS: [&str; 6] = ["same", "different", "unsure", "skip", "undo", "quit"];

/// What was typed.
enum Typed {
    Judged(Verdict, String),
    Skip,
    Undo,
    Quit,
}

/// What was done in this session, so that it can be undone.
enum Done {
    Judged(JudgementId),
    Skipped((u32, u32)),
}

struct Session<'a> {
    pool: &'a Path,
    population: &'a Population,
    by: &'a str,
    everywhere: &'a Everywhere,
    done: Vec<Done>,
    skipped: HashSet<(u32, u32)>,
}

/// Asks until everything is answered, somebody says quit, or nothing more comes in.
pub fn ask(
    pool: &Path,
    population: &Population,
    by: &str,
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
    let everywhere = &Everywhere { json: false, ..everywhere.clone() };
    let (done, skipped) = (Vec::new(), HashSet::new());
    let mut session = Session { pool, population, by, everywhere, done, skipped };
    let went = session.hold(&mut Lines::new());
    session.end()?;
    went
}

impl Session<'_> {
    fn hold(&mut self, lines: &mut Lines) -> Result<Went, Failure> {
        loop {
            let pool = open(self.pool, Access::Read)?;
            let answers = self.population.answers(&pool.judgements()?);
            let (asked, standing) = self.population.next(&answers, &self.skipped, 1);
            let Some(asked) = asked.first() else {
                match self.skipped.len() {
                    0 => remark(self.everywhere, &all_answered(self.pool, standing)),
                    n => {
                        let skipped = counted(n as u64, "pair");
                        remark(self.everywhere, &format!("nothing left but {skipped} skipped"));
                    }
                }
                return Ok(Went::Fine);
            };
            print(&question_text(&pool, self.population, asked, "")?)?;
            drop(pool);
            loop {
                match lines.typed(self.everywhere)? {
                    None | Some(Typed::Quit) => return Ok(Went::Fine),
                    Some(Typed::Undo) => match self.done.pop() {
                        Some(done) => self.undo(done)?,
                        None => {
                            remark(self.everywhere, "nothing to undo: nothing was answered yet");
                            continue;
                        }
                    },
                    Some(Typed::Skip) => {
                        self.skipped.insert((asked.a, asked.b));
                        self.done.push(Done::Skipped((asked.a, asked.b)));
                    }
                    Some(Typed::Judged(verdict, because)) => {
                        match self.keep(asked, verdict, &because) {
                            Err(failure) if lines.on_terminal && failure.code == NAMES_A_PERSON => {
                                remark(self.everywhere, &failure.what);
                                continue;
                            }
                            kept => kept?,
                        }
                    }
                }
                break;
            }
        }
    }

    fn keep(&mut self, asked: &Asked, verdict: Verdict, because: &str) -> Result<(), Failure> {
        let Some(pair) = self.population.pair(asked) else { return Ok(()) };
        let pool = open(self.pool, Access::Write)?;
        let judgement = judge::kept(&pool, &pair, verdict, (self.by, "the reason", because))?;
        self.done.push(Done::Judged(judgement.id));
        self.tell(&pool, &judgement)
    }

    fn undo(&mut self, done: Done) -> Result<(), Failure> {
        match done {
            Done::Skipped(pair) => {
                self.skipped.remove(&pair);
                Ok(())
            }
            Done::Judged(id) => {
                let pool = open(self.pool, Access::Write)?;
                let judgement = pool.withdraw(id, self.by, &now())?;
                self.tell(&pool, &judgement)
            }
        }
    }

    /// Says what was kept and, unless that takes long, what it did to the incidents.
    fn tell(&self, pool: &Pool, judgement: &sheaf_model::Judgement) -> Result<(), Failure> {
        if self.is_large() {
            return print(&format!("{}\n\n", judge::sentence(judgement)));
        }
        // What it says of linking goes without progress: it would run through the questions.
        judge::report(pool, judgement, self.everywhere)?;
        print("\n")
    }

    fn is_large(&self) -> bool {
        self.population.known.outlines.len() > LARGE
    }

    /// Says what was done in all; in a large pool makes the incidents anew first.
    fn end(&self) -> Result<(), Failure> {
        let judged = self.done.iter().filter(|it| matches!(it, Done::Judged(_))).count();
        if self.is_large() && !self.done.is_empty() {
            let pool = open(self.pool, Access::Write)?;
            let relinked = view::brought_up(&pool, &now(), self.everywhere.quiet)?;
            remark(self.everywhere, &relinked.sentence());
        }
        remark(self.everywhere, &format!("{} kept", counted(judged as u64, "answer")));
        Ok(())
    }
}

/// The lines that come in.
struct Lines {
    number: u64,
    on_terminal: bool,
}

impl Lines {
    fn new() -> Lines {
        Lines { number: 0, on_terminal: io::stdin().is_terminal() }
    }

    /// The next answer; none if nothing more comes in. A person who mistypes is asked again; in a
    /// file the lines after it would answer other questions than they were meant for.
    fn typed(&mut self, everywhere: &Everywhere) -> Result<Option<Typed>, Failure> {
        loop {
            if self.on_terminal {
                eprint!("{}? ", WORDS.join(", "));
            }
            let mut line = String::new();
            self.number += 1;
            let n = io::stdin().lock().read_line(&mut line).map_err(|err| {
                let what = format!("standard input, line {}: {err}", self.number);
                Failure::new("unreadable-answers", what).hint("answers are UTF-8 text, a line each")
            })?;
            if n == 0 {
                return Ok(None);
            }
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            match parse(line) {
                Ok(typed) => return Ok(Some(typed)),
                Err(failure) if self.on_terminal => {
                    remark(everywhere, &failure.what);
                }
                Err(failure) => {
                    let what = format!("standard input, line {}: {}", self.number, failure.what);
                    return Err(Failure { what, ..failure });
                }
            }
        }
    }
}

/// A word, or its first letter, and after a verdict the reason.
fn parse(line: &str) -> Result<Typed, Failure> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let because = match rest.trim() {
        "" => "review".to_owned(),
        because => because.to_owned(),
    };
    Ok(match word.to_lowercase().as_str() {
        "same" | "s" => Typed::Judged(Verdict::Same, because),
        "different" | "d" => Typed::Judged(Verdict::Different, because),
        "unsure" | "u" => Typed::Judged(Verdict::Unsure, because),
        "skip" => Typed::Skip,
        "undo" => Typed::Undo,
        "quit" | "q" => Typed::Quit,
        other => {
            let failure = Failure::new("not-an-answer", format!("\"{word}\" is no answer"));
            return Err(match suggest::nearest(other, WORDS) {
                Some(near) => failure.hint(format!("did you mean {near}?")),
                None => failure.hint(format!("the answers are {}", WORDS.join(", "))),
            });
        }
    })
}
