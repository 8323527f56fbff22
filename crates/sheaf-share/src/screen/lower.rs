//! Names in texts typed without capitals, as notes and messages often are: "male named john roe, 34,
//! left". Only the strongest cues count, and only if the text has hardly a capital of its own.

use super::names::is_plain_word;
use super::tokens::{Shape, Token};
use super::words::words;
use super::{Cue, Hit, HitKind};

words!(
    /// Titles that are no other word when written small.
    TITLES,
    "mr mrs ms mme mlle dr prof sgt cpl lt capt col maj gen sheikh imam constable pc inspector mullah herr frau
    señor señora sr sra bapak ibu господин госпожа г-н"
);

words!(
    /// Words that a name follows.
    NAMED,
    "named called alias aka victim suspect witness complainant deceased accused llamado llamada nommé nommée
    chamado chamada bernama aitwaye имени"
);

/// Names in a text without capitals; nothing in any other.
pub(super) fn names(tokens: &[Token], hits: &mut Vec<Hit>) {
    let n_capitals =
        tokens.iter().filter(|it| it.is_capital() && it.text.chars().count() > 1).count();
    let n_small = tokens.iter().filter(|it| it.shape == Shape::Small).count();
    if n_small < 3 || n_capitals * 8 > n_small {
        return;
    }
    let is_part = |at: usize| {
        tokens.get(at).is_some_and(|it| {
            it.shape == Shape::Small && it.text.chars().count() > 1 && !is_plain_word(it)
        })
    };
    for (at, token) in tokens.iter().enumerate() {
        let cue = match token.small.as_str() {
            small if TITLES.has(small) => Cue::Title,
            small if NAMED.has(small) => Cue::Named,
            "as" if at > 0 && tokens[at - 1].small == "identified" => Cue::Named,
            "," | "(" if is_age(tokens, at) && at >= 2 && is_part(at - 1) && is_part(at - 2) => {
                let span = tokens[at - 2].span.start..tokens[at - 1].span.end;
                hits.push(Hit { span, kind: HitKind::Name, cue: Cue::Age });
                continue;
            }
            _ => continue,
        };
        let from = if tokens.get(at + 1).is_some_and(|it| matches!(it.text, "." | ":" | ",")) {
            at + 2
        } else {
            at + 1
        };
        let to = (from..from + 2).take_while(|idx| is_part(*idx)).last();
        if let Some(last) = to {
            let span = tokens[from].span.start..tokens[last].span.end;
            hits.push(Hit { span, kind: HitKind::Name, cue });
        }
    }
}

/// Whether `, 34,` or `(34)` begins here.
fn is_age(tokens: &[Token], at: usize) -> bool {
    let is_number = tokens
        .get(at + 1)
        .is_some_and(|it| it.text.parse().is_ok_and(|age: u32| (1..=110).contains(&age)));
    is_number && tokens.get(at + 2).is_none_or(|it| matches!(it.text, "," | ")" | "."))
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let mut hits = Vec::new();
        names(&tokens(text), &mut hits);
        let found: Vec<&str> = hits.iter().map(|it| &text[it.span.clone()]).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_text_without_capitals_has_names_too() {
        check("ic1 male named jon roebuck left on foot", &["jon roebuck"]);
        check("spoke to mr. obiadi at the scene", &["obiadi"]);
        check("tobias renck, 34, was taken to hospital", &["tobias renck"]);
        check("the man was identified as yusuf barzinji.", &["yusuf barzinji"]);
    }

    #[test]
    fn other_texts_are_left_to_other_rules() {
        check("Police spoke to mr Obiadi. Tobias Renck was there too.", &[]);
        check("two people were hurt, 34 were treated at the scene", &[]);
        check("the suspect left the scene in a car", &[]);
    }
}
