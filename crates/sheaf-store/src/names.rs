//! The words by which the parts spell the closed lists of the nouns, and their positions.
//!
//! A part says "killed" and "at-least", not 0 and 2, so that it can be read without us. Here each
//! list stands in the order in which it is numbered while a chunk is in memory; the numbers are
//! never written down.

use std::sync::{Arc, LazyLock};

use arrow_array::{ArrayRef, StringArray};
use sheaf_model::{Attackers, Field, Harm, Kind, Licence, Qualifier, Unit, Unknown, Whom};

/// A closed list that a column spells out in words.
pub(crate) trait Listed: Copy + PartialEq + 'static {
    /// Every member, in a fixed order.
    const LIST: &'static [Self];

    /// The word used in the part.
    fn word(self) -> &'static str;

    /// The words of the whole list as an Arrow dictionary.
    fn words() -> &'static ArrayRef;

    /// Position in the list.
    fn position(self) -> i32 {
        Self::LIST.iter().position(|it| *it == self).unwrap_or_default() as i32
    }

    /// The member with this word.
    fn from_word(word: &str) -> Option<Self> {
        Self::LIST.iter().copied().find(|it| it.word() == word)
    }
}

macro_rules! listed {
    ($type:ty, $list:expr) => {
        impl Listed for $type {
            const LIST: &'static [$type] = $list;

            fn word(self) -> &'static str {
                self.name()
            }

            fn words() -> &'static ArrayRef {
                static WORDS: LazyLock<ArrayRef> = LazyLock::new(|| {
                    let words = <$type as Listed>::LIST.iter().map(|it| Some(it.word()));
                    Arc::new(words.collect::<StringArray>())
                });
                &WORDS
            }
        }
    };
}

listed!(Field, Field::ALL);
listed!(Kind, Kind::ALL);
listed!(Unit, &Unit::ALL);
listed!(Unknown, &Unknown::ALL);
listed!(Licence, &Licence::ALL);
listed!(Harm, &Harm::ALL);
listed!(Whom, &Whom::ALL);
listed!(Attackers, &[Attackers::Included, Attackers::Excluded, Attackers::Unsaid]);
listed!(
    Qualifier,
    &[
        Qualifier::Exactly,
        Qualifier::About,
        Qualifier::AtLeast,
        Qualifier::MoreThan,
        Qualifier::UpTo,
        Qualifier::Feared,
        Qualifier::Unconfirmed,
        Qualifier::Words,
    ]
);
listed!(MeaningWord, MeaningWord::ALL);

macro_rules! meaning_words {
    ($($variant:ident = $word:literal,)*) => {
        /// Which [`Meaning`](sheaf_model::Meaning) a claim has, in a word.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub(crate) enum MeaningWord { $($variant,)* }

        impl MeaningWord {
            const ALL: &'static [MeaningWord] = &[$(MeaningWord::$variant,)*];

            fn name(self) -> &'static str {
                match self { $(MeaningWord::$variant => $word,)* }
            }
        }
    };
}

meaning_words! {
    Words = "words",
    Spelt = "spelt",
    When = "when",
    Where = "where",
    Toll = "toll",
    Kind = "kind",
    Day = "day",
    Number = "number",
    Unit = "unit",
    Wording = "wording",
    PartOf = "part-of",
    Unknown = "unknown",
    NotUnderstood = "not-understood",
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Listed + std::fmt::Debug>() {
        for (idx, &member) in T::LIST.iter().enumerate() {
            assert_eq!(member.position(), idx as i32);
            assert_eq!(T::from_word(member.word()), Some(member));
        }
    }

    #[test]
    fn every_word_leads_back() {
        check::<Field>();
        check::<Kind>();
        check::<Unit>();
        check::<Unknown>();
        check::<Licence>();
        check::<Harm>();
        check::<Whom>();
        check::<Attackers>();
        check::<Qualifier>();
        check::<MeaningWord>();
    }

    /// A scope added to the model must be added to the lists here; this match stops compiling.
    #[test]
    fn no_member_is_left_out() {
        for attackers in Attackers::LIST {
            match attackers {
                Attackers::Included | Attackers::Excluded | Attackers::Unsaid => {}
            }
        }
        assert_eq!(Attackers::LIST.len(), 3);
        for qualifier in Qualifier::LIST {
            match qualifier {
                Qualifier::Exactly
                | Qualifier::About
                | Qualifier::AtLeast
                | Qualifier::MoreThan
                | Qualifier::UpTo
                | Qualifier::Feared
                | Qualifier::Unconfirmed
                | Qualifier::Words => {}
            }
        }
        assert_eq!(Qualifier::LIST.len(), 8);
    }
}
