//! Cues: what stands before or behind a run of capitalised words and says that it is a person's name.

use super::Cue;
use super::names::{Run, Text, is_adverb, is_thing};
use super::tokens::{Shape, Token};
use super::words::{
    AUXILIARIES, DEEDS, DONE_TO, NAMED, ORGANISATIONS, PLACES, ROLES, SUFFERED, TITLES, YEARS,
};

impl Text<'_> {
    /// The cue before or behind a run, the strongest first.
    pub fn cue(&self, run: Run, has_title: bool) -> Option<Cue> {
        if self.is_aged(run.to) {
            return Some(Cue::Age);
        }
        if has_title {
            return Some(Cue::Title);
        }
        let before = self.before(run.from);
        if let Some(word) = before.word {
            let small = word.small.as_str();
            let is_long = small.chars().count() > 1;
            // `saw` is a title in Burmese, and a verb where it is written small.
            let is_long = is_long && !matches!(small, "saw" | "ma" | "ko" | "ong" | "di" | "prof");
            if TITLES.has(small) && is_long && !before.is_bridged && word.shape != Shape::Capital {
                return Some(Cue::Title);
            }
            let is_thing_called = before.earlier.is_some_and(|it| is_thing(&it.small));
            if (NAMED.has(small) && !is_thing_called) || (small == "as" && before.is_identified) {
                return Some(Cue::Named);
            }
            if ROLES.has(small) {
                return Some(Cue::Role);
            }
            let is_end = self
                .tokens
                .get(run.to)
                .is_none_or(|it| it.shape == Shape::Sign || it.small == "who");
            if !before.is_bridged && (DONE_TO.has(small) || (DEEDS.has(small) && is_end)) {
                return Some(Cue::Deed);
            }
        }
        self.is_subject(run.to).then_some(Cue::Deed)
    }

    /// Whether what follows says that a person came before: "said", "was arrested", ", a nurse".
    fn is_subject(&self, at: usize) -> bool {
        let Some(next) = self.tokens.get(at) else { return false };
        let is_written_small =
            next.shape == Shape::Small || (self.is_shouted && next.shape == Shape::Capitals);
        let small = |idx: usize| self.tokens.get(idx).map_or("", |it| it.small.as_str());
        if is_written_small && DEEDS.has(&next.small) {
            return true;
        }
        if is_written_small && AUXILIARIES.has(&next.small) {
            let verb = if is_adverb(small(at + 1)) { at + 2 } else { at + 1 };
            return SUFFERED.has(small(verb)) || DEEDS.has(small(verb));
        }
        if is_written_small && is_adverb(&next.small) {
            return DEEDS.has(small(at + 1));
        }
        if !next.is(",") {
            return false;
        }
        match small(at + 1) {
            "who" | "whose" | "aged" | "accusing" => true,
            "a" | "an" => (2..=4)
                .all(|idx| !PLACES.has(small(at + idx)) && !ORGANISATIONS.has(small(at + idx))),
            "the" | "one" | "another" => (2..=4).any(|idx| ROLES.has(small(at + idx))),
            // `Olmstead, director of …`
            title => {
                (ROLES.has(title) || TITLES.has(title)) && self.tokens[at + 1].shape == Shape::Small
            }
        }
    }

    /// The word before a run, through commas, colons, brackets and dashes.
    fn before(&self, from: usize) -> Before<'_> {
        let tokens = self.tokens;
        let mut at = from;
        while at > 0 {
            let token = &tokens[at - 1];
            let is_bridge = matches!(
                token.text,
                "," | ":" | "(" | "—" | "–" | "-" | "\"" | "“" | "«" | ")" | "."
            ) || (token.shape == Shape::Number && at < from)
                || matches!(token.text, "one" | "only");
            // A stop ends what was before it, unless it stands behind a label, as in `reg.`
            if !is_bridge || (token.is(".") && tokens[from].first) {
                break;
            }
            at -= 1;
        }
        let word = at.checked_sub(1).map(|idx| &tokens[idx]).filter(|it| !it.is("."));
        let around = &tokens[at.saturating_sub(4)..at.saturating_sub(1)];
        let is_identified = around.iter().any(|it| {
            matches!(
                it.small.as_str(),
                "identified" | "named" | "known" | "commander" | "gunman" | "name"
            )
        });
        Before { word, earlier: around.last(), is_bridged: at < from, is_identified }
    }

    /// Whether an age stands at this place: `, 34,`, `(34)`, `, aged 34`, `, 34 years`.
    fn is_aged(&self, at: usize) -> bool {
        let tokens = self.tokens;
        let Some(sign) = tokens.get(at) else { return false };
        let mut at = at;
        if matches!(sign.text, "," | "(" | "（") {
            at += 1;
        } else if sign.small != "aged" {
            return false;
        }
        let is_word = |it: &Token| {
            matches!(
                it.small.as_str(),
                "aged" | "age" | "then" | "now" | "de" | "na" | "star" | "stara" | "wiek"
            )
        };
        while tokens.get(at).is_some_and(is_word) {
            at += 1;
        }
        let Some(number) = tokens.get(at) else { return false };
        let digits: String = number.text.chars().take_while(char::is_ascii_digit).collect();
        let is_age =
            digits.len() <= 3 && digits.parse().is_ok_and(|age: u32| (1..=110).contains(&age));
        let rest = &number.text[digits.len()..];
        let next = tokens.get(at + 1);
        let is_closed =
            next.is_none_or(|it| matches!(it.text, "," | ")" | "）" | ";" | "." | "and"));
        let has_years = next.is_some_and(|it| YEARS.has(&it.small)) || rest.starts_with('-');
        is_age && (has_years || (rest.is_empty() && is_closed))
    }
}

/// What stands before a run.
struct Before<'a> {
    word: Option<&'a Token<'a>>,
    /// The word before that one.
    earlier: Option<&'a Token<'a>>,
    /// Whether signs stand between.
    is_bridged: bool,
    /// Whether `identified`, `named` or `known` stands shortly before, as in "named … as".
    is_identified: bool,
}
