//! Figures of all scripts as the ten that rules are written in, so that a telephone number in
//! Arabic or Devanagari figures is found as one in `0` to `9` is.

/// The first figure, zero, of scripts that have ten in a row.
const ZEROS: &[char] =
    &['0', '٠', '۰', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '໐', '༠', '၀', '០', '０'];

/// The sign as ASCII has it, if it is a figure of any script or a sign that stands in numbers.
fn plain_sign(it: char) -> Option<char> {
    if it.is_ascii() {
        return Some(it);
    }
    match it {
        '‐' | '‑' | '‒' | '–' | '−' | '－' => return Some('-'),
        '\u{a0}' | '\u{2009}' | '\u{202f}' | '\u{3000}' => return Some(' '),
        '＋' => return Some('+'),
        '（' => return Some('('),
        '）' => return Some(')'),
        _ => {}
    }
    let value = ZEROS.iter().find_map(|zero| {
        let value = u32::from(it).checked_sub(u32::from(*zero))?;
        char::from_digit(value, 10)
    });
    value.filter(char::is_ascii_digit)
}

/// The word with figures as `0` to `9`; its other letters stay.
pub(super) fn plain(word: &str) -> String {
    word.chars().map(|it| plain_sign(it).unwrap_or(it)).collect()
}

/// A text of which every sign is one byte: what stands in numbers as ASCII has it, all else as one
/// byte that no rule knows.
pub(super) struct Plain {
    /// One byte for each sign.
    pub bytes: Vec<u8>,
    /// Where each sign begins in the text, and at last where the text ends.
    pub at: Vec<usize>,
}

impl Plain {
    pub fn of(text: &str) -> Plain {
        let bytes = text.chars().map(|it| plain_sign(it).map_or(0, |it| it as u8)).collect();
        let at = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        Plain { bytes, at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_all_scripts_are_plain() {
        assert_eq!(plain("٠٧٧٠ ۱۲ ०९ ০১ ５"), "0770 12 09 01 5");
        assert_eq!(plain("é–x"), "é-x");
        let text = Plain::of("a٠b");
        assert_eq!((text.bytes, text.at), (b"a0b".to_vec(), vec![0, 1, 3, 4]));
    }
}
