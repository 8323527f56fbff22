//! What is logged: who did what to which objects, when, and how it ended. An act is one line of JSON,
//! written with its fields in one fixed order, so that it can be read by eye and by `jq`. It has no
//! field for running text: accounts, members, purposes and the rest are [`Token`]s.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A short word that names something: an account, a member, an object, a purpose. One to 200 of the
/// characters `A–Z a–z 0–9 . _ : / + -`, so that no sentence, address or name with a blank fits.
///
/// ```
/// use sheaf_share::audit::Token;
/// assert_eq!("incident--5f".parse::<Token>().unwrap().as_str(), "incident--5f");
/// let error = "Ada Example".parse::<Token>().unwrap_err();
/// assert_eq!(error.to_string(), "a blank cannot stand in a token; it has letters, digits and . _ : / + -");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Token(String);

impl Token {
    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no [`Token`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TokenError {
    /// It is empty.
    Empty,
    /// It has more than 200 characters.
    Long,
    /// It has a character that may not stand there. Which one is said by its kind only: a refused
    /// text may be about a person, and is not repeated.
    Character(&'static str),
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenError::Empty => f.write_str("a token is not empty"),
            TokenError::Long => f.write_str("a token has 200 characters at most"),
            TokenError::Character(what) => {
                write!(f, "{what} cannot stand in a token; it has letters, digits and . _ : / + -")
            }
        }
    }
}

impl std::error::Error for TokenError {}

impl std::str::FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Token, TokenError> {
        Token::try_from(text.to_owned())
    }
}

impl TryFrom<String> for Token {
    type Error = TokenError;

    fn try_from(text: String) -> Result<Token, TokenError> {
        if text.is_empty() {
            return Err(TokenError::Empty);
        }
        for it in text.chars() {
            if it.is_whitespace() {
                return Err(TokenError::Character("a blank"));
            }
            if !it.is_ascii_alphanumeric() && !"._:/+-".contains(it) {
                return Err(TokenError::Character("another sign"));
            }
        }
        if text.len() > 200 {
            return Err(TokenError::Long);
        }
        Ok(Token(text))
    }
}

impl From<Token> for String {
    fn from(token: Token) -> String {
        token.0
    }
}

/// Who acted: an account of a member organisation, by its ids.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Who {
    /// The organisation.
    pub member: Token,
    /// The account in it.
    pub account: Token,
}

/// What was done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "lowercase", deny_unknown_fields)]
pub enum Deed {
    /// Objects were shown to the account.
    Read {
        /// What for, as the account declared it.
        purpose: Token,
    },
    /// Objects were sent to, or opened for, others.
    Share {
        /// To whom: members, or sharing groups by their ids.
        with: Vec<Token>,
        /// Under which marking.
        marking: Token,
    },
    /// Objects were written to a file.
    Export {
        /// In which format.
        format: Token,
        /// Under which marking.
        marking: Token,
    },
    /// Something was decided about objects.
    Decision {
        /// What: same, different, release, widen, revise, withdraw, …
        decided: Token,
    },
    /// Members, accounts, tokens, groups or rules were changed.
    Admin {
        /// What was done: add-account, revoke-token, …
        action: Token,
    },
}

/// How it ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase", deny_unknown_fields)]
pub enum Outcome {
    /// As asked.
    Done,
    /// A rule forbade it.
    Refused {
        /// Which rule.
        rule: Token,
    },
    /// It was allowed and did not work.
    Failed {
        /// Why, by a code.
        why: Token,
    },
}

/// One act, as it is logged.
///
/// ```
/// use sheaf_share::audit::{Act, Deed, Outcome, Who};
/// let act = Act {
///     at_ms: 1_790_000_000_000,
///     who: Who { member: "north-police".parse().unwrap(), account: "a17".parse().unwrap() },
///     what: vec!["incident--5f".parse().unwrap()],
///     deed: Deed::Read { purpose: "public-safety".parse().unwrap() },
///     outcome: Outcome::Done,
/// };
/// let line = act.to_json();
/// assert_eq!(
///     line,
///     r#"{"at_ms":1790000000000,"who":{"member":"north-police","account":"a17"},"what":["incident--5f"],"deed":{"deed":"read","purpose":"public-safety"},"outcome":{"outcome":"done"}}"#
/// );
/// assert_eq!(Act::from_json(line.as_bytes()).unwrap(), act);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// When, in milliseconds since 1970, by the clock of whoever keeps the log.
    pub at_ms: i64,
    /// Who.
    pub who: Who,
    /// The objects, by their ids.
    pub what: Vec<Token>,
    /// What was done to them.
    pub deed: Deed,
    /// How it ended.
    pub outcome: Outcome,
}

impl Act {
    /// The act as one line of JSON, without a line break.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("an act is plain data")
    }

    /// Reads what [`Act::to_json`] writes.
    ///
    /// # Errors
    /// What the JSON lacks, or has too much of, with its place in the line.
    pub fn from_json(bytes: &[u8]) -> Result<Act, String> {
        serde_json::from_slice(bytes).map_err(|why| format!("not an act: {why}"))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub fn token(text: &str) -> Token {
        text.parse().unwrap()
    }

    pub fn some_act() -> impl Strategy<Value = Act> {
        let word = || "[a-z0-9-]{1,12}".prop_map(|it| token(&it));
        let deed = prop_oneof![
            word().prop_map(|purpose| Deed::Read { purpose }),
            (prop::collection::vec(word(), 0..3), word())
                .prop_map(|(with, marking)| Deed::Share { with, marking }),
            (word(), word()).prop_map(|(format, marking)| Deed::Export { format, marking }),
            word().prop_map(|decided| Deed::Decision { decided }),
            word().prop_map(|action| Deed::Admin { action }),
        ];
        let outcome = prop_oneof![
            Just(Outcome::Done),
            word().prop_map(|rule| Outcome::Refused { rule }),
            word().prop_map(|why| Outcome::Failed { why }),
        ];
        let who = (word(), word()).prop_map(|(member, account)| Who { member, account });
        (any::<i64>(), who, prop::collection::vec(word(), 0..4), deed, outcome)
            .prop_map(|(at_ms, who, what, deed, outcome)| Act { at_ms, who, what, deed, outcome })
    }

    #[test]
    fn an_act_has_no_room_for_text() {
        let line = r#"{"at_ms":1,"who":{"member":"m","account":"a"},"what":[],"deed":{"deed":"read","purpose":"p"},"outcome":{"outcome":"done"},"note":"seen"}"#;
        let error = Act::from_json(line.as_bytes()).unwrap_err();
        assert!(error.starts_with("not an act: unknown field `note`"), "{error}");
        for text in ["", "two words", "a@example.org", "naïve", "a\nb"] {
            assert!(text.parse::<Token>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn an_act_is_one_line_and_reads_back(act in some_act()) {
            let line = act.to_json();
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(Act::from_json(line.as_bytes()), Ok(act));
        }

        #[test]
        fn foreign_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Act::from_json(&bytes);
        }
    }
}
