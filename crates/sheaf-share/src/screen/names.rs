//! Names in scripts with capitals. First the runs of capitalised words are found, then each is judged:
//! by cues around it, by words in it that speak for a place or an organisation, and by what stands
//! before it. A single word takes more to be a name than two.

use super::tokens::{Shape, Token};
use super::words::{
    AUXILIARIES, BEFORE_ONE, COMMON, DEEDS, DONE_TO, KIN, LOCATIVES, NAMED, OPENERS, ORGANISATIONS,
    PARTICLES, PLACE_OF, PLACES, PROPER, ROLES, SUFFERED, TITLES, VERBS,
};
use super::{Cue, Hit, HitKind};

/// A run of tokens that may be a name, by their positions.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub from: usize,
    pub to: usize,
}

/// A text, and whether its capitals mean anything.
pub(super) struct Text<'a> {
    pub tokens: &'a [Token<'a>],
    /// A headline in capitals: every word is capitalised, and only cues are left.
    pub is_shouted: bool,
}

/// Every run that may be a name.
pub(super) fn names(tokens: &[Token]) -> Vec<Hit> {
    let text = Text { tokens, is_shouted: is_shouted(tokens) };
    let mut hits = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !text.is_name_like(at) {
            at += 1;
            continue;
        }
        let run = text.run_from(at);
        at = run.to;
        hits.extend(text.hit(run));
    }
    hits
}

fn is_shouted(tokens: &[Token]) -> bool {
    let long = |it: &&Token| it.text.chars().count() > 2;
    let capitals = tokens.iter().filter(long).filter(|it| it.shape == Shape::Capitals).count();
    let others = tokens.iter().filter(long);
    let others = others.filter(|it| matches!(it.shape, Shape::Small | Shape::Capital)).count();
    capitals > 3 && capitals > 3 * others
}

impl Text<'_> {
    /// Whether a name may begin or go on here.
    fn is_name_like(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        token.is_capital() && !(self.is_shouted && is_plain_word(token) && !self.is_title(at))
    }

    /// The longest run of capitalised words, particles between them, and stops behind initials.
    fn run_from(&self, from: usize) -> Run {
        let tokens = self.tokens;
        let mut to = from + 1;
        while let Some(next) = tokens.get(to) {
            let previous = &tokens[to - 1];
            if self.is_name_like(to) && next.spaced && (!next.first || self.follows_stop(to)) {
                to += 1;
            } else if next.is(".") && !next.spaced && is_short(previous) {
                // `J.` and `Lt.`; the stop belongs to the run if a name goes on behind it, or if it
                // ends a name, as in `Nadia K.`
                if tokens.get(to + 1).is_some_and(Token::is_capital) {
                    to += 2;
                } else {
                    to += usize::from(is_initial(previous) && to - from > 1);
                    break;
                }
            } else if next.shape == Shape::Small && PARTICLES.has(&next.small) {
                let end = tokens.len().min(to + 3);
                let is_particle = |it: &Token| it.shape == Shape::Small && PARTICLES.has(&it.small);
                match (to..end).find(|idx| !is_particle(&tokens[*idx])) {
                    Some(idx) if tokens[idx].is_capital() => to = idx + 1,
                    _ => break,
                }
            } else {
                break;
            }
        }
        Run { from, to }
    }

    fn follows_stop(&self, at: usize) -> bool {
        at >= 2 && self.tokens[at - 1].is(".") && is_short(&self.tokens[at - 2])
    }

    fn is_title(&self, at: usize) -> bool {
        // `General Hospital` and `Major Road` are none.
        let next = self.tokens.get(at + 1).map_or("", |it| stem(&it.small));
        TITLES.has(&self.tokens[at].small) && !ORGANISATIONS.has(next) && !PLACES.has(next)
    }

    /// The name in a run, without what opens the sentence, titles before it and what is common behind.
    fn hit(&self, run: Run) -> Option<Hit> {
        let tokens = self.tokens;
        let Run { mut from, mut to } = run;
        let opens = tokens[from].first || from == 0 || self.is_shouted;
        while from < to && opens && COMMON.has(&tokens[from].small) && !self.is_title(from) {
            from += 1;
        }
        let mut has_title = false;
        // `White House Press Secretary Tony Snow`: what is before the last title is no part of the name.
        if let Some(title) = (from..to).rfind(|idx| *idx + 1 < to && self.is_title(*idx)) {
            has_title = true;
            from = title + 1;
        }
        while from < to
            && (self.is_title(from) || tokens[from].is(".") || tokens[from].shape == Shape::Small)
        {
            has_title |= self.is_title(from);
            from += 1;
        }
        while to > from + 1 && (tokens[to - 1].shape == Shape::Small || is_opening(&tokens[to - 1]))
        {
            to -= 1;
        }
        let part = Run { from, to };
        let cue = (from < to).then(|| self.judge(part, has_title)).flatten()?;
        let span = tokens[from].span.start..tokens[to - 1].span.end;
        Some(Hit { span, kind: HitKind::Name, cue })
    }

    /// Whether the run may be a name, and by what cue.
    fn judge(&self, run: Run, has_title: bool) -> Option<Cue> {
        let all = &self.tokens[run.from..run.to];
        let words: Vec<&Token> = all.iter().filter(|it| it.is_capital()).collect();
        let n_against = words.iter().filter(|it| is_thing(&it.small)).count();
        let n_names = words.len() - n_against;
        if n_names == 0 || words.iter().all(|it| is_initial(it)) {
            return None;
        }
        let cue = self.cue(run, has_title);
        if n_against > 0 && cue == Some(Cue::Deed) {
            // `World Health Organisation Vivian Tan said`: the name stands behind what is none.
            let tail =
                all.iter().rev().take_while(|it| it.is_capital() && !is_thing(&it.small)).count();
            return cue.filter(|_| tail >= 2);
        }
        if n_against > 0 {
            // `Santa Maria Lopez, 34`: a strong cue outweighs one such word.
            let is_strong = matches!(cue, Some(Cue::Age | Cue::Title | Cue::Named | Cue::Role));
            return cue.filter(|_| is_strong && n_names > n_against);
        }
        if self.continues_organisation(run) {
            return cue.filter(|it| matches!(it, Cue::Age | Cue::Title));
        }
        if cue.is_some() {
            return cue;
        }
        if self.is_shouted || self.is_place(run) || self.is_followed_by_thing(run) {
            return None;
        }
        let has_initial = words.iter().any(|it| is_initial(it));
        let has_particle = all.iter().any(|it| it.shape == Shape::Small);
        let is_joined = words
            .iter()
            .any(|it| ["al-", "el-", "o'", "o’"].iter().any(|p| it.small.starts_with(p)));
        if has_particle || is_joined || (words.len() >= 2 && has_initial) {
            return Some(Cue::Form);
        }
        if words.len() >= 2 {
            return Some(Cue::Run);
        }
        self.is_single_name(run).then_some(Cue::Run)
    }

    /// Whether the run is said to be a place.
    fn is_place(&self, run: Run) -> bool {
        let tokens = self.tokens;
        let Some(word) = run.from.checked_sub(1).map(|idx| &tokens[idx]) else { return false };
        // `in Amina Wanjeru's house` is no place.
        let last = &tokens[run.to - 1].small;
        // People are given to and heard from as often as places are gone to.
        if matches!(word.small.as_str(), "to" | "from") && run.to - run.from > 1 {
            return false;
        }
        if LOCATIVES.has(&word.small) {
            return stem(last).len() == last.len();
        }
        let earlier = run.from.checked_sub(2).map(|idx| &tokens[idx]);
        let start = run.from.saturating_sub(6);
        let has_locative = || tokens[start..run.from].iter().any(|it| LOCATIVES.has(&it.small));
        match word.small.as_str() {
            "of" => earlier.is_some_and(|it| PLACE_OF.has(&it.small) || PLACES.has(&it.small)),
            // `in Port Moresby and Mount Hagen`: the place before speaks for this one.
            "and" | "or" | "&" | "–" => earlier.is_some_and(Token::is_capital) && has_locative(),
            // `in Pandi, Bulacan`, but not `in Pandi, Amina Wanjeru said`.
            "," => {
                run.to - run.from == 1 && earlier.is_some_and(Token::is_capital) && has_locative()
            }
            "the" => true,
            _ => false,
        }
    }

    /// `Centers for Disease Control and Prevention`: what stands behind "and" belongs to it.
    fn continues_organisation(&self, run: Run) -> bool {
        let Some(word) = run.from.checked_sub(1).map(|idx| &self.tokens[idx]) else { return false };
        let earlier = run.from.checked_sub(2).map(|idx| &self.tokens[idx]);
        matches!(word.small.as_str(), "and" | "for" | "of" | "&" | "on")
            && earlier.is_some_and(|it| it.is_capital() && ORGANISATIONS.has(&it.small))
    }

    /// Whether a noun follows to which the run belongs: `Al Noor militants`, `Santa Rosa neighbourhood`.
    fn is_followed_by_thing(&self, run: Run) -> bool {
        self.tokens.get(run.to).is_some_and(|it| {
            it.shape == Shape::Small
                && (PLACES.has(&it.small)
                    || ORGANISATIONS.has(&it.small)
                    || matches!(
                        it.small.as_str(),
                        "militants"
                            | "rebels"
                            | "fighters"
                            | "insurgents"
                            | "residents"
                            | "troops"
                            | "firefighters"
                    ))
        })
    }

    /// Whether one capitalised word by itself is used as a name: as the subject of a verb, as an owner,
    /// or behind "by", "with" and the like.
    fn is_single_name(&self, run: Run) -> bool {
        let tokens = self.tokens;
        let token = &tokens[run.from];
        let opens = token.first || run.from == 0;
        let name = stem(&token.small);
        if token.shape != Shape::Capital
            || name.chars().count() < 3
            || (opens && is_common_noun(name))
        {
            return false;
        }
        let Some(next) = tokens.get(run.to) else { return self.is_behind_by(run) };
        let is_small = next.shape == Shape::Small;
        let is_plural = name.ends_with('s') && !name.ends_with("ss");
        // `Faust then allegedly shot …`
        let verb = (run.to..run.to + 3)
            .find(|idx| tokens.get(*idx).is_none_or(|it| !is_adverb(&it.small)));
        let small = next.small.as_str();
        let verb = verb.and_then(|idx| tokens.get(idx)).map_or("", |it| it.small.as_str());
        let after = tokens.get(run.to + 1);
        let is_owner = name.len() < token.small.len() && is_small
            || (is_plural
                && matches!(next.text, "'" | "’")
                && after.is_some_and(|it| it.shape == Shape::Small));
        let is_one_of_two = opens
            && small == "and"
            && after.is_some_and(|it| it.shape == Shape::Capital && !is_thing(&it.small))
            && tokens.get(run.to + 2).is_some_and(|it| it.shape == Shape::Small);
        if (is_small && KIN.has(small)) || is_owner || is_one_of_two {
            return true;
        }
        let is_verb = AUXILIARIES.has(verb)
            && !(is_plural && matches!(verb, "were" | "are" | "have"))
            || VERBS.has(verb)
            || (verb.len() >= 4 && verb.ends_with("ed"))
            || (opens && is_present(verb));
        (is_small && is_verb) || self.is_behind_by(run)
    }

    fn is_behind_by(&self, run: Run) -> bool {
        let Some(word) = run.from.checked_sub(1).map(|idx| &self.tokens[idx]) else { return false };
        let next = self.tokens.get(run.to);
        word.shape == Shape::Small
            && BEFORE_ONE.has(&word.small)
            && next.is_none_or(|it| {
                it.shape != Shape::Small || COMMON.has(&it.small) || AUXILIARIES.has(&it.small)
            })
    }
}

/// A verb of the present behind a single subject: `faces`, `grieves`.
fn is_present(small: &str) -> bool {
    small.len() > 4 && small.ends_with('s') && !small.ends_with("ss") && !COMMON.has(small)
}

pub(super) fn is_adverb(small: &str) -> bool {
    matches!(
        small,
        "also"
            | "not"
            | "later"
            | "been"
            | "then"
            | "still"
            | "never"
            | "already"
            | "once"
            | "now"
            | "since"
    ) || (small.len() > 4 && small.ends_with("ly"))
}

/// Whether the word, without its `'s`, speaks for a place, an organisation, a country or a day.
pub(super) fn is_thing(small: &str) -> bool {
    let word = stem(small);
    ORGANISATIONS.has(word) || PLACES.has(word) || PROPER.has(word)
}

/// A word that is no part of a name when all words are written alike.
pub(super) fn is_plain_word(token: &Token) -> bool {
    let small = token.small.as_str();
    [
        &COMMON,
        &DEEDS,
        &SUFFERED,
        &DONE_TO,
        &AUXILIARIES,
        &LOCATIVES,
        &ROLES,
        &NAMED,
        &BEFORE_ONE,
        &KIN,
    ]
    .iter()
    .any(|it| it.has(small))
        || is_thing(small)
        || is_common_noun(small)
}

/// A word that its ending makes a common one, however it is written.
fn is_common_noun(small: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "ing", "tion", "sion", "ment", "ments", "ness", "ity", "ities", "ly", "ism", "ists", "ers",
        "ors", "ees", "tions", "ings", "ants",
    ];
    COMMON.has(small) || (small.len() > 5 && ENDINGS.iter().any(|it| small.ends_with(it)))
}

/// A word that opens the next sentence rather than ending a name.
fn is_opening(token: &Token) -> bool {
    token.shape == Shape::Capital && !is_initial(token) && OPENERS.has(&token.small)
}

/// A word without the `'s` behind it.
fn stem(small: &str) -> &str {
    let owner = ["'s", "’s", "\u{92}s"].iter().find_map(|it| small.strip_suffix(it));
    owner.unwrap_or(small)
}

/// An initial or a short title, behind which a stop does not end a sentence.
fn is_short(token: &Token) -> bool {
    token.is_capital() && (is_initial(token) || (TITLES.has(&token.small) && token.text.len() <= 5))
}

fn is_initial(token: &Token) -> bool {
    token.text.chars().count() == 1 && token.is_capital()
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    /// The names found in a text, each with its cue.
    fn check(text: &str, expected: &[(&str, Cue)]) {
        let hits = names(&tokens(text));
        let found: Vec<(&str, Cue)> =
            hits.iter().map(|it| (&text[it.span.clone()], it.cue)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_cue_finds_a_name_and_says_so() {
        check("Amina Wanjeru, 34, was hurt.", &[("Amina Wanjeru", Cue::Age)]);
        check("They met Colonel Dubrovny.", &[("Dubrovny", Cue::Title)]);
        check("A man named Rico left.", &[("Rico", Cue::Named)]);
        check("The driver, Akyolcu, left.", &[("Akyolcu", Cue::Role)]);
        check("\"It was chaos,\" recalled Ngozi.", &[("Ngozi", Cue::Deed)]);
        check("Yusuf bin Khalid came.", &[("Yusuf bin Khalid", Cue::Form)]);
        check("We saw Tobias Renck leave.", &[("Tobias Renck", Cue::Run)]);
        check("Harbour Press Secretary Ilze Kalnbergs left.", &[("Ilze Kalnbergs", Cue::Title)]);
        check("EMEKA OBIADI WAS SHOT DEAD NEAR THE BRIDGE", &[("EMEKA OBIADI", Cue::Deed)]);
        check("Later Obiadi's car was found.", &[("Obiadi's", Cue::Run)]);
    }

    #[test]
    fn places_organisations_and_first_words_are_no_names() {
        for text in [
            "Police in North Harbour said two were hurt.",
            "The Ministry of Public Works closed Long Bridge.",
            "Fighting went on in Tell Marra and Bir Salem.",
            "Shots were fired near Novo Selo on Friday.",
            "The town of Old Ferry was flooded.",
            "GUNMEN ATTACK VILLAGE IN THE NORTH, DOZENS DEAD",
            "Centers for Disease Control and Prevention said so.",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn what_is_still_wrong() {
        // A brand is the subject of a verb as a person is.
        check("Skyjet diverted a flight.", &[("Skyjet", Cue::Run)]);
        // A place in the genitive looks like an owner.
        check("While Ellaton's winter lasted, all left.", &[("Ellaton's", Cue::Run)]);
        // A surname alone, behind a word that leads to places.
        check("Nothing was given to Burnwater yet.", &[]);
        // A name made of words that are places.
        check("The report mentions Israel Montenegro.", &[]);
    }
}
