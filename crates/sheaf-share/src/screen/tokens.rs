//! A text cut into words, numbers and signs, each with how it is written.

use std::ops::Range;

/// How a token is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// `Amina`, `Mbeki-Cole`, `al-Hamdani`, `A`.
    Capital,
    /// `AMINA`.
    Capitals,
    /// `driver`.
    Small,
    /// A word in a script without capitals.
    Caseless,
    /// `34`, `1990s`.
    Number,
    /// Any other sign, alone.
    Sign,
}

/// A word, a number or a sign.
#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    pub text: &'a str,
    /// The text in small letters.
    pub small: String,
    pub span: Range<usize>,
    pub shape: Shape,
    /// Whether a blank or a line break stands before it.
    pub spaced: bool,
    /// Whether a sentence, a line or a quotation begins with it.
    pub first: bool,
}

impl Token<'_> {
    /// Whether it may be part of a name in a script with capitals.
    pub fn is_capital(&self) -> bool {
        matches!(self.shape, Shape::Capital | Shape::Capitals)
    }

    /// Whether it is this sign.
    pub fn is(&self, sign: &str) -> bool {
        self.text == sign
    }
}

/// The tokens of a text.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = text.char_indices().peekable();
    let (mut spaced, mut first) = (false, true);
    while let Some((start, it)) = rest.next() {
        if it.is_whitespace() {
            spaced = true;
            first |= it == '\n';
            continue;
        }
        let mut end = start + it.len_utf8();
        if is_word(it) {
            while let Some(&(at, next)) = rest.peek() {
                let joins =
                    matches!(next, '-' | '\'' | '’' | '\u{92}' | '‐' | '\u{200c}' | '·' | 'ʼ')
                        && text[at + next.len_utf8()..].starts_with(is_word);
                if !is_word(next) && !joins {
                    break;
                }
                end = at + next.len_utf8();
                rest.next();
            }
        }
        let word = &text[start..end];
        let shape = shape(word);
        tokens.push(Token {
            text: word,
            small: word.to_lowercase(),
            span: start..end,
            shape,
            spaced,
            first,
        });
        spaced = false;
        first = match it {
            '.' | '!' | '?' | ':' | ';' | '…' | '。' | '؟' | '।' | '•' => true,
            '"' | '“' | '”' | '«' | '»' | '„' | '—' | '–' | '(' | '-' | '*' => first,
            _ => false,
        };
        if it == '.' {
            // A stop behind an initial or a short title does not end a sentence.
            let before = tokens.len().checked_sub(2).map(|idx| &tokens[idx]);
            first = !before
                .is_some_and(|before| before.is_capital() && before.text.chars().count() <= 4);
        }
    }
    tokens
}

fn is_word(it: char) -> bool {
    it.is_alphanumeric()
        || it == '_'
        || matches!(it,
            '\u{0300}'..='\u{036f}' | '\u{064b}'..='\u{0655}' | '\u{0670}' | '\u{05b0}'..='\u{05c7}')
        || matches!(it, '\u{0900}'..='\u{0963}' | '\u{0980}'..='\u{0dff}' | '\u{0e31}'..='\u{0e4e}')
}

fn shape(word: &str) -> Shape {
    let Some(first) = word.chars().next() else { return Shape::Sign };
    if first.is_numeric() {
        return Shape::Number;
    }
    if !first.is_alphabetic() {
        return Shape::Sign;
    }
    let (mut upper, mut lower) = (0, 0);
    for it in word.chars() {
        upper += usize::from(it.is_uppercase());
        lower += usize::from(it.is_lowercase());
    }
    match (upper, lower) {
        (0, 0) => Shape::Caseless,
        (0, _) => Shape::Small,
        (2.., 0) => Shape::Capitals,
        _ if first.is_uppercase() => Shape::Capital,
        // `al-Hamdani`, `d'Almeida`: a particle joined to a name. `iPhone` is none.
        _ if word
            .split(['-', '\'', '’', '‐'])
            .skip(1)
            .any(|it| it.starts_with(char::is_uppercase)) =>
        {
            Shape::Capital
        }
        _ => Shape::Small,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_words_end() {
        let shapes: Vec<(&str, Shape)> = tokens("Mr O'Rourke, 34, met al-Hamdani. NATO İ")
            .iter()
            .map(|it| (it.text, it.shape))
            .collect();
        assert_eq!(
            shapes,
            [
                ("Mr", Shape::Capital),
                ("O'Rourke", Shape::Capital),
                (",", Shape::Sign),
                ("34", Shape::Number),
                (",", Shape::Sign),
                ("met", Shape::Small),
                ("al-Hamdani", Shape::Capital),
                (".", Shape::Sign),
                ("NATO", Shape::Capitals),
                ("İ", Shape::Capital),
            ]
        );
        let first: Vec<&str> = tokens("He left. J. Doe came.\n\"Yes\"")
            .iter()
            .filter(|it| it.first)
            .map(|it| it.text)
            .collect();
        assert_eq!(first, ["He", "J", "\"", "Yes"]);
    }
}
