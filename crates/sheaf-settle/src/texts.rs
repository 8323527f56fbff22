//! Words, each kept once, and what they fold to. A pool of a million reports has a few hundred
//! countries, kinds of target and outlets, and far fewer place names than reports, so a claim
//! holds a number in place of its words. Two spellings are taken for the same words when they
//! fold alike: case, accents of Latin letters, punctuation and white space do not tell apart
//! "Ürümqi" and "URUMQI", while transliterations and translations are left alone, because taking
//! them for one another is a judgement and not a matter of spelling.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Words by number, and the number of what each folds to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    said: Interner,
    folded: Interner,
    fold_of: Vec<u32>,
}

impl Texts {
    /// The number of these words, which are added if they are new.
    pub(crate) fn keep(&mut self, text: &str) -> u32 {
        let n_known = self.said.len();
        let number = self.said.keep(text);
        if self.said.len() > n_known {
            self.fold_of.push(self.folded.keep(&fold(text)));
        }
        number
    }

    /// The words with this number.
    pub(crate) fn text(&self, number: u32) -> &str {
        self.said.text(number)
    }

    /// What words with this number fold to, as a number that equal foldings share.
    pub(crate) fn folding(&self, number: u32) -> u32 {
        self.fold_of[number as usize]
    }

    /// The folded words, for putting answers in an order that no import can change.
    pub(crate) fn folded_text(&self, folding: u32) -> &str {
        self.folded.text(folding)
    }

    /// Bytes in use.
    pub(crate) fn bytes(&self) -> usize {
        self.said.bytes() + self.folded.bytes() + self.fold_of.len() * 4
    }
}

/// Texts by number in one arena. An open-addressing table of numbers instead of a map with owned
/// keys: a million distinct place names would otherwise be a million allocations. The hash is
/// the standard library's with fixed keys, so that nothing depends on a random seed.
#[derive(Clone, Debug, Default)]
struct Interner {
    text: String,
    ends: Vec<u64>,
    /// 0 for free, otherwise the number plus one; a power of two long, at most half full.
    slots: Vec<u32>,
}

impl Interner {
    fn len(&self) -> usize {
        self.ends.len()
    }

    fn keep(&mut self, text: &str) -> u32 {
        if self.ends.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let mut slot = self.home(text);
        loop {
            match self.slots[slot] {
                0 => break,
                taken if self.text(taken - 1) == text => return taken - 1,
                _ => slot = (slot + 1) & (self.slots.len() - 1),
            }
        }
        let number = self.ends.len() as u32;
        self.text.push_str(text);
        self.ends.push(self.text.len() as u64);
        self.slots[slot] = number + 1;
        number
    }

    fn text(&self, number: u32) -> &str {
        let start = if number == 0 { 0 } else { self.ends[number as usize - 1] as usize };
        &self.text[start..self.ends[number as usize] as usize]
    }

    fn grow(&mut self) {
        self.slots = vec![0; (self.slots.len() * 2).max(64)];
        for number in 0..self.ends.len() as u32 {
            let mut slot = self.home(self.text(number));
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (self.slots.len() - 1);
            }
            self.slots[slot] = number + 1;
        }
    }

    fn home(&self, text: &str) -> usize {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        hasher.finish() as usize & (self.slots.len() - 1)
    }

    fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * 8 + self.slots.len() * 4
    }
}

/// Lower case, Latin letters without accents, runs of anything but letters and digits as one
/// space. Words of nothing but signs stay as they are, so that "?" and "…" do not become one.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars().flat_map(char::to_lowercase) {
        if ('\u{300}'..='\u{36f}').contains(&c) || matches!(c, '\'' | '’' | 'ʼ' | '`') {
            continue;
        }
        if !c.is_alphanumeric() {
            gap = !folded.is_empty();
            continue;
        }
        if gap {
            folded.push(' ');
            gap = false;
        }
        match plain_latin(c) {
            Some(plain) => folded.push_str(plain),
            None => folded.push(c),
        }
    }
    if folded.is_empty() { text.trim().to_owned() } else { folded }
}

/// The plain letters for an accented small Latin letter of the two blocks European and
/// romanised Asian place names use.
fn plain_latin(c: char) -> Option<&'static str> {
    Some(match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ǐ' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ǒ' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ǔ' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' => {
            "u"
        }
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_folds_and_other_words_do_not() {
        for (left, right, same) in [
            ("Ürümqi", "URUMQI", true),
            ("U\u{308}ru\u{308}mqi", "Urumqi", true),
            ("Al-Sha'ar", "al  shaar", true),
            ("  Kunming ", "Kunming", true),
            ("İzmir", "Izmir", true),
            ("Łódź", "Lodz", true),
            ("Урумчи", "урумчи", true),
            ("Ürümqi", "Wulumuqi", false),
            ("乌鲁木齐", "Urumqi", false),
            ("Al Bab", "Albab", false),
            ("?", "…", false),
        ] {
            assert_eq!(fold(left) == fold(right), same, "{left} / {right}");
        }
    }

    #[test]
    fn words_are_kept_once_and_lead_back() {
        let mut texts = Texts::default();
        let numbers: Vec<u32> = (0..1000).map(|n| texts.keep(&format!("Place {n}"))).collect();
        for (n, &number) in numbers.iter().enumerate() {
            assert_eq!(texts.text(number), format!("Place {n}"));
            assert_eq!(texts.keep(&format!("Place {n}")), number);
        }
        let other = texts.keep("PLACE 7");
        assert_ne!(other, numbers[7]);
        assert_eq!(texts.folding(other), texts.folding(numbers[7]));
        assert_eq!(texts.folded_text(texts.folding(other)), "place 7");
    }
}
