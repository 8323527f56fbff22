//! Screening of free text for names of people and ways to reach them, before any of it is kept.
//!
//! In goes a text in any language; out come [`Hit`]s: where, what sort, and by which cue. The rules are
//! written down here and need no network and no model. They err on the side of finding: one hit
//! quarantines the whole text with its contributor, where a person looks at it, so a street that is
//! taken for a person costs a look, and a person who is taken for a street cannot be called back.
//!
//! In scripts with capitals a name is a run of capitalised words that is not known to be a place, an
//! organisation or a day, or a single such word behind or before a cue: a title, "named", an age, a verb
//! that only people are the subject of. In scripts without capitals only cues count. What is missed most
//! is therefore a single name without a cue, and a name in a script whose cues we have too few of.
//! How many are missed is measured on an invented, labelled set; see `tests/screening.rs`.
//!
//! A hit does not say who: it is a span of the caller's own text, and nothing here repeats the text.

mod caseless;
mod contacts;
mod cues;
mod figures;
mod ids;
mod lower;
mod names;
mod object;
mod tokens;
mod words;
mod written;

use std::fmt;
use std::ops::Range;

pub use object::{Found, in_object};
pub use written::{LONGEST, NotKept, may_be_kept};

/// What was found in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    /// Where, in bytes of the text. Always on the borders of characters.
    pub span: Range<usize>,
    /// What sort of thing.
    pub kind: HitKind,
    /// By what it was found.
    pub cue: Cue,
}

/// What sort of personal datum.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum HitKind {
    /// The name of a person, or of what may be one.
    Name,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// The name of an account with some service.
    Handle,
    /// A number by which an office or a bank knows a person, or a date of birth.
    IdNumber,
    /// The address of a page about a person.
    ProfileUrl,
    /// The registration of a vehicle.
    Plate,
}

impl fmt::Display for HitKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HitKind::Name => "name",
            HitKind::Email => "e-mail address",
            HitKind::Phone => "telephone number",
            HitKind::Handle => "account",
            HitKind::IdNumber => "number of a person",
            HitKind::ProfileUrl => "page of a person",
            HitKind::Plate => "number plate",
        })
    }
}

/// By what something was found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Cue {
    /// A title or rank stands before it.
    Title,
    /// The text says that it is a name.
    Named,
    /// An age stands behind it.
    Age,
    /// A relative or an occupation stands before it.
    Role,
    /// It does, or suffers, what only people do.
    Deed,
    /// It is built as a name is: with an initial, or as son or daughter of someone.
    Form,
    /// It is a run of capitalised words that nothing speaks against.
    Run,
    /// It has the form of what it is.
    Pattern,
    /// A word before it says what it is.
    Label,
}

impl fmt::Display for Cue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cue::Title => "behind a title",
            Cue::Named => "said to be a name",
            Cue::Age => "before an age",
            Cue::Role => "behind a relation or occupation",
            Cue::Deed => "does what people do",
            Cue::Form => "built as a name",
            Cue::Run => "capitalised",
            Cue::Pattern => "by its form",
            Cue::Label => "behind a word that says so",
        })
    }
}

/// Whether half of the letters or more are of scripts without capitals, where only cues count and a name
/// without one is not found. Who must be sure holds such a text back as it is.
///
/// ```
/// use sheaf_share::screen::is_mostly_caseless;
/// assert!(is_mostly_caseless("وقع الانفجار قرب محطة القطار."));
/// assert!(!is_mostly_caseless("Взрыв произошёл на станции (駅)."));
/// ```
pub fn is_mostly_caseless(text: &str) -> bool {
    let is_caseless = |it: &char| !it.is_lowercase() && !it.is_uppercase();
    let letters = text.chars().filter(|it| it.is_alphabetic());
    let (mut n_all, mut n_caseless) = (0, 0);
    for it in letters {
        n_all += 1;
        n_caseless += usize::from(is_caseless(&it));
    }
    n_all > 0 && 2 * n_caseless >= n_all
}

/// Everything in the text that may name a person or lead to one, in order, without overlaps.
///
/// The work grows with the length of the text; nothing is remembered between calls.
///
/// ```
/// use sheaf_share::screen::{Cue, HitKind, screen};
/// let text = "Police in North Harbour said Amina Wanjeru, 34, was hurt; call +254 711 000 482.";
/// let hits = screen(text);
/// assert_eq!(hits.len(), 2);
/// assert_eq!((&text[hits[0].span.clone()], hits[0].kind), ("Amina Wanjeru", HitKind::Name));
/// assert_eq!(hits[0].cue, Cue::Age);
/// assert_eq!((&text[hits[1].span.clone()], hits[1].kind), ("+254 711 000 482", HitKind::Phone));
/// assert!(screen("Police in North Harbour said two people were hurt.").is_empty());
/// ```
pub fn screen(text: &str) -> Vec<Hit> {
    let mut hits = contacts::contacts(text);
    ids::ids(text, &mut hits);
    let tokens = tokens::tokens(text);
    let mut found = names::names(&tokens);
    caseless::names(text, &tokens, &mut found);
    lower::names(&tokens, &mut found);
    hits.extend(found);
    // Of hits that overlap the earliest stays, of these the longest. Contacts were put in first, and
    // the sort is stable, so that an address wins over the name in it.
    hits.sort_by_key(|hit| (hit.span.start, std::cmp::Reverse(hit.span.end)));
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match kept.last_mut() {
            Some(last) if hit.span.start < last.span.end => {
                last.span.end = last.span.end.max(hit.span.end);
            }
            _ => kept.push(hit),
        }
    }
    kept
}
