//! Names in scripts with capitals. First the runs of capitalised words are found, then each is judged:
//! by cues around it, by words in it that speak for a place or an organisation, and by what stands
//! before it.

use super::tokens::{Shape, Token};
use super::words::{
    COMMON, DEEDS, DONE_TO, LOCATIVES, NAMED, ORGANISATIONS, PARTICLES, PLACE_OF, PLACES, PROPER,
    ROLES, SUFFERED, TITLES, YEARS,
};
use super::{Cue, Hit, HitKind};

/// A run of tokens that may be a name, by their positions.
struct Run {
    from: usize,
    to: usize,
}

/// Every run that may be a name.
pub(super) fn names(tokens: &[Token]) -> Vec<Hit> {
    let is_shouted = is_shouted(tokens);
    let mut hits = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !tokens[at].is_capital() {
            at += 1;
            continue;
        }
        let run = run_from(tokens, at);
        at = run.to;
        judge_parts(tokens, run, is_shouted, &mut hits);
    }
    hits
}

/// Whether the text is a headline in capitals, where capitals mean nothing.
fn is_shouted(tokens: &[Token]) -> bool {
    let long = |it: &&Token| it.text.chars().count() > 2;
    let capitals = tokens.iter().filter(long).filter(|it| it.shape == Shape::Capitals).count();
    let small =
        tokens.iter().filter(long).filter(|it| matches!(it.shape, Shape::Small | Shape::Capital));
    capitals > 3 && capitals > 3 * small.count()
}

/// The longest run of capitalised words, particles between them, and stops behind initials.
fn run_from(tokens: &[Token], from: usize) -> Run {
    let mut to = from + 1;
    loop {
        let Some(next) = tokens.get(to) else { break };
        let previous = &tokens[to - 1];
        if next.is_capital() && next.spaced && !(next.first && !follows_stop(tokens, to)) {
            to += 1;
        } else if next.is(".") && !next.spaced && is_short(previous) {
            // `J.` and `Lt.`; the stop stays in the run only if a name goes on behind it.
            match tokens.get(to + 1) {
                Some(after) if after.is_capital() => to += 2,
                _ if is_initial(previous) && to - from > 1 => {
                    to += 1;
                    break;
                }
                _ => break,
            }
        } else if next.shape == Shape::Small && PARTICLES.has(&next.small) {
            let more = (to..tokens.len().min(to + 3)).find(|idx| {
                tokens[*idx].shape != Shape::Small || !PARTICLES.has(&tokens[*idx].small)
            });
            match more {
                Some(idx) if tokens[idx].is_capital() && !joins_lists(next) => to = idx + 1,
                _ => break,
            }
        } else {
            break;
        }
    }
    Run { from, to }
}

/// `y` and `e` join names in some languages and lists of names in others.
fn joins_lists(token: &Token) -> bool {
    matches!(token.small.as_str(), "e")
}

fn follows_stop(tokens: &[Token], at: usize) -> bool {
    at >= 2 && tokens[at - 1].is(".") && is_short(&tokens[at - 2])
}

/// An initial or a short title, behind which a stop does not end a sentence.
fn is_short(token: &Token) -> bool {
    token.is_capital() && (is_initial(token) || (TITLES.has(&token.small) && token.text.len() <= 5))
}

fn is_initial(token: &Token) -> bool {
    token.text.chars().count() == 1 && token.is_capital()
}

/// Cuts a run where it holds what is no name, and judges the parts.
fn judge_parts(tokens: &[Token], run: Run, is_shouted: bool, hits: &mut Vec<Hit>) {
    let mut from = run.from;
    // The first word of a sentence is a capital for that reason only.
    let opens = tokens[from].first || from == 0;
    while from < run.to
        && (opens || is_shouted)
        && COMMON.has(&tokens[from].small)
        && !is_title(tokens, from)
    {
        from += 1;
    }
    // Titles go before, and are no part of the name.
    let mut has_title = false;
    while from < run.to && (is_title(tokens, from) || tokens[from].is(".")) {
        has_title |= is_title(tokens, from);
        from += 1;
    }
    while from < run.to && tokens[from].shape == Shape::Small {
        from += 1;
    }
    if from >= run.to {
        return;
    }
    let part = Run { from, to: run.to };
    if let Some(cue) = judge(tokens, &part, has_title, is_shouted) {
        let end = last_of_name(tokens, &part);
        hits.push(Hit {
            span: tokens[part.from].span.start..tokens[end - 1].span.end,
            kind: HitKind::Name,
            cue,
        });
    }
}

fn is_title(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    // `General Hospital`, `Major Road`: a title only if no such word follows.
    let next = tokens.get(at + 1);
    TITLES.has(&token.small)
        && !next.is_some_and(|next| ORGANISATIONS.has(&next.small) || PLACES.has(&next.small))
}

/// The end of a name: an initial's stop belongs to it, a possessive does not.
fn last_of_name(tokens: &[Token], run: &Run) -> usize {
    let mut to = run.to;
    while to > run.from + 1 && tokens[to - 1].shape == Shape::Small {
        to -= 1;
    }
    to
}

/// Whether the run may be a name, and by what cue.
fn judge(tokens: &[Token], run: &Run, has_title: bool, is_shouted: bool) -> Option<Cue> {
    let words: Vec<&Token> = tokens[run.from..run.to].iter().filter(|it| it.is_capital()).collect();
    let is_none = |it: &&&Token| {
        ORGANISATIONS.has(stem(&it.small))
            || PLACES.has(stem(&it.small))
            || PROPER.has(stem(&it.small))
    };
    let n_against = words.iter().filter(is_none).count();
    let n_names = words.len() - n_against;
    if n_names == 0 {
        return None;
    }
    let speaks = n_against == 0;
    if let Some(cue) = cue_around(tokens, run, has_title)
        && (speaks || n_names > n_against && cue != Cue::Deed)
    {
        return Some(cue);
    }
    if is_shouted || !speaks || is_place(tokens, run) {
        return None;
    }
    let has_initial = words.iter().any(|it| is_initial(it));
    if words.len() >= 2 && has_initial {
        return Some(Cue::Form);
    }
    let has_particle = tokens[run.from..run.to].iter().any(|it| it.shape == Shape::Small)
        || words.iter().any(|it| it.small.starts_with("al-") || it.small.starts_with("o'"));
    if has_particle {
        return Some(Cue::Form);
    }
    (words.len() >= 2 && !is_followed_by_noun(tokens, run)).then_some(Cue::Run)
}

/// A word without the `'s` behind it.
fn stem(small: &str) -> &str {
    small.strip_suffix("'s").or_else(|| small.strip_suffix("’s")).unwrap_or(small)
}

/// The cue before or behind a run, the strongest first.
fn cue_around(tokens: &[Token], run: &Run, has_title: bool) -> Option<Cue> {
    if is_aged(tokens, run.to) {
        return Some(Cue::Age);
    }
    if has_title {
        return Some(Cue::Title);
    }
    let before = before(tokens, run.from);
    if let Some(word) = before.word {
        if TITLES.has(&word.small) && word.shape != Shape::Capital && word.small.chars().count() > 1
        {
            return Some(Cue::Title);
        }
        let is_label = NAMED.has(&word.small) || (word.small == "as" && before.is_identified);
        if is_label {
            return Some(Cue::Named);
        }
        if ROLES.has(&word.small) {
            return Some(Cue::Role);
        }
        if DONE_TO.has(&word.small) && !before.is_comma {
            return Some(Cue::Deed);
        }
        // `said Amina`, behind a quotation.
        if DEEDS.has(&word.small) && !before.is_comma && is_end(tokens, run.to) {
            return Some(Cue::Deed);
        }
    }
    let next = tokens.get(run.to)?;
    let after = tokens.get(run.to + 1);
    let is_deed = next.shape == Shape::Small && DEEDS.has(&next.small);
    let is_suffered = matches!(next.small.as_str(), "was" | "were" | "is" | "has" | "had")
        && after.is_some_and(|it| {
            SUFFERED.has(&it.small) || DEEDS.has(&it.small) || it.small == "received"
        });
    let is_apposed = next.is(",")
        && after.is_some_and(|it| {
            matches!(
                it.small.as_str(),
                "a" | "an" | "who" | "whose" | "accusing" | "aged" | "known" | "the" | "last"
            )
        })
        && tokens.get(run.to + 2).is_some_and(|it| {
            ROLES.has(&it.small)
                || after.is_some_and(|word| {
                    word.small != "a" && word.small != "an" && word.small != "the"
                })
                || tokens.get(run.to + 3).is_some_and(|it| ROLES.has(&it.small))
        });
    (is_deed || is_suffered || is_apposed).then_some(Cue::Deed)
}

/// The word before a run, through a comma, a colon, a bracket or a dash.
struct Before<'a> {
    word: Option<&'a Token<'a>>,
    is_comma: bool,
    /// Whether `identified`, `named` or `known` stands before "as" or "only as".
    is_identified: bool,
}

fn before<'a>(tokens: &'a [Token<'a>], from: usize) -> Before<'a> {
    let mut at = from;
    let mut is_comma = false;
    while at > 0 {
        let token = &tokens[at - 1];
        let is_bridge =
            matches!(token.text, "," | ":" | "(" | "—" | "–" | "-" | "\"" | "“" | "«" | ")" | ".")
                || (token.shape == Shape::Number && is_comma)
                || matches!(token.text, "one" | "only");
        if !is_bridge {
            break;
        }
        // A stop ends what was before it, unless it belongs to a short label, as in `reg.`
        if token.is(".") && tokens[from].first {
            return Before { word: None, is_comma, is_identified: false };
        }
        is_comma = true;
        at -= 1;
    }
    let word = at.checked_sub(1).map(|idx| &tokens[idx]);
    let earlier = at.saturating_sub(4)..at.saturating_sub(1);
    let is_identified = tokens[earlier].iter().any(|it| {
        matches!(
            it.small.as_str(),
            "identified" | "named" | "known" | "commander" | "gunman" | "name"
        )
    });
    Before { word, is_comma, is_identified }
}

fn is_end(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_none_or(|it| it.shape == Shape::Sign || it.small == "who")
}

/// Whether an age stands at this place: `, 34,`, `(34)`, `, aged 34`, `, 34 years`, `(28)`.
fn is_aged(tokens: &[Token], at: usize) -> bool {
    let Some(sign) = tokens.get(at) else { return false };
    let mut at = at;
    if matches!(sign.text, "," | "(" | "（") {
        at += 1;
    } else if sign.small != "aged" {
        return false;
    }
    while tokens.get(at).is_some_and(|it| {
        matches!(
            it.small.as_str(),
            "aged" | "age" | "then" | "now" | "de" | "na" | "star" | "stara" | "wiek"
        )
    }) {
        at += 1;
    }
    let Some(number) = tokens.get(at) else { return false };
    let digits: String = number.text.chars().take_while(char::is_ascii_digit).collect();
    let is_age = digits.parse().is_ok_and(|age: u32| (1..=110).contains(&age)) && digits.len() <= 3;
    let rest = &number.text[digits.len()..];
    let next = tokens.get(at + 1);
    let is_closed = next.is_none_or(|it| matches!(it.text, "," | ")" | "）" | ";" | "." | "and"));
    let has_years = next.is_some_and(|it| YEARS.has(&it.small)) || rest.starts_with('-');
    is_age && (has_years || (rest.is_empty() && is_closed))
}

/// Whether the run is said to be a place.
fn is_place(tokens: &[Token], run: &Run) -> bool {
    let Some(word) = run.from.checked_sub(1).map(|idx| &tokens[idx]) else { return false };
    // `in Amina Wanjeru's house` is no place.
    let is_possessive =
        tokens[run.to - 1].small.ends_with("'s") || tokens[run.to - 1].small.ends_with("’s");
    if LOCATIVES.has(&word.small) && !is_possessive {
        return true;
    }
    let earlier = run.from.checked_sub(2).map(|idx| &tokens[idx]);
    if word.small == "of" {
        return earlier.is_some_and(|it| PLACE_OF.has(&it.small) || PLACES.has(&it.small));
    }
    if matches!(word.small.as_str(), "and" | "or" | "the") || word.is(",") || word.is("–") {
        // `in Port Moresby and Mount Hagen`: the place before speaks for this one.
        let start = run.from.saturating_sub(6);
        return tokens[start..run.from - 1].iter().any(|it| LOCATIVES.has(&it.small))
            && !word.is(",")
            || word.small == "the";
    }
    false
}

/// Whether a noun follows to which the run belongs: `Al Noor attackers`, `Santa Rosa neighbourhood`.
fn is_followed_by_noun(tokens: &[Token], run: &Run) -> bool {
    tokens.get(run.to).is_some_and(|it| {
        it.shape == Shape::Small
            && (PLACES.has(&it.small)
                || ORGANISATIONS.has(&it.small)
                || matches!(
                    it.small.as_str(),
                    "militants"
                        | "rebels"
                        | "fighters"
                        | "insurgents"
                        | "militia"
                        | "gang"
                        | "residents"
                        | "troops"
                ))
    })
}
