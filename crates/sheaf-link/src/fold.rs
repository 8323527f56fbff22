//! Names made comparable: lower case, diacritics stripped, punctuation gone. Sources spell the
//! same place "Ürümqi", "Urumqi" and "Urumqi City"; folding lets these meet without a gazetteer.
//! It goes from a source's words to plain keys and never the other way: what was said stays in the
//! claim, and nothing folded here is ever shown as a value.

/// Letters with marks, and what is left of them. Only letters outside ASCII come here, so a linear
/// search is enough.
const PLAIN: &[(&str, &str)] = &[
    ("àáâãäåāăąǎạảấầẩẫậắằẳẵặ", "a"),
    ("çćĉċč", "c"),
    ("ďđðḍ", "d"),
    ("èéêëēĕėęěẹẻẽếềểễệə", "e"),
    ("ĝğġģǧ", "g"),
    ("ĥħḥḫ", "h"),
    ("ìíîïĩīĭįıǐịỉ", "i"),
    ("ĵ", "j"),
    ("ķ", "k"),
    ("ĺļľŀł", "l"),
    ("ñńņňŋ", "n"),
    ("òóôõöøōŏőǒọỏốồổỗộớờởỡợơ", "o"),
    ("ŕŗř", "r"),
    ("śŝşšșṣ", "s"),
    ("ţťŧțṭ", "t"),
    ("ùúûüũūŭůűųǔụủứừửữựư", "u"),
    ("ŵ", "w"),
    ("ýÿŷỳỵỷỹ", "y"),
    ("źżžẓ", "z"),
    ("æ", "ae"),
    ("œ", "oe"),
    ("ß", "ss"),
    ("þ", "th"),
];

/// Marks that join the letters around them instead of parting words ("N'Djamena", "Sana’a").
const SILENT: &[char] = &['\'', '’', '‘', '`', 'ʻ', 'ʿ', 'ʾ', '´'];

/// Folds text to words of lower-case letters and digits, single spaces between them.
///
/// ```
/// use sheaf_link::fold;
/// assert_eq!(fold("  Ürümqi (Tiān-shān)"), "urumqi tian shan");
/// assert_eq!(fold("Côte d’Ivoire"), "cote divoire");
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut parted = false;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            part(&mut folded, &mut parted);
            folded.push(c.to_ascii_lowercase());
        } else if c.is_ascii() {
            parted |= c != '\'' && c != '`';
        } else if SILENT.contains(&c) || ('\u{300}'..='\u{36f}').contains(&c) {
            // A mark on or between letters: nothing of it is left.
        } else {
            for lower in c.to_lowercase() {
                if ('\u{300}'..='\u{36f}').contains(&lower) {
                    continue;
                }
                if let Some((_, plain)) = PLAIN.iter().find(|(marked, _)| marked.contains(lower)) {
                    part(&mut folded, &mut parted);
                    folded.push_str(plain);
                } else if lower.is_alphanumeric() {
                    part(&mut folded, &mut parted);
                    folded.push(lower);
                } else {
                    parted = true;
                }
            }
        }
    }
    folded
}

fn part(folded: &mut String, parted: &mut bool) {
    if *parted && !folded.is_empty() {
        folded.push(' ');
    }
    *parted = false;
}

/// Words that say what sort of place it is, not which one.
const SORTS_OF_PLACE: &[&str] = &[
    "area",
    "city",
    "commune",
    "county",
    "departement",
    "department",
    "district",
    "governorate",
    "municipality",
    "neighborhood",
    "neighbourhood",
    "of",
    "prefecture",
    "province",
    "region",
    "state",
    "subdistrict",
    "the",
    "town",
    "township",
    "village",
    "ville",
];

/// Arabic articles, spelt as transliterations do: "al-Raqqah", "ar-Raqqah" and "Raqqah" meet.
const ARTICLES: &[&str] = &["ad", "al", "an", "ar", "as", "ash", "at", "az", "el"];

/// Words that say that nothing is known.
const EMPTY_WORDS: &[&str] =
    &["unknown", "unspecified", "other", "none", "na", "n a", "not known", "not stated", "various"];

/// A name of more words than this is a description, not a name.
const MOST_WORDS: usize = 5;

/// The keys under which a place name may meet another: the whole, and each part between commas,
/// semicolons and brackets, in the order written, each once.
pub(crate) fn place_keys(text: &str) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let parts = text.split([',', ';', '/', '(', ')', '[', ']']);
    for part in std::iter::once(text).chain(parts) {
        let folded = fold(part);
        if EMPTY_WORDS.contains(&folded.as_str()) {
            continue;
        }
        let words: Vec<&str> = folded.split(' ').collect();
        let telling: Vec<&str> = words
            .iter()
            .copied()
            .filter(|word| !SORTS_OF_PLACE.contains(word) && !ARTICLES.contains(word))
            .collect();
        // "The City" would leave nothing: then the whole stays.
        let kept = if telling.is_empty() { words } else { telling };
        let key = kept.join(" ");
        if key.len() > 1 && kept.len() <= MOST_WORDS && !keys.contains(&key) {
            keys.push(key);
        }
        if keys.len() == 4 {
            break;
        }
    }
    keys
}

/// Words too common in targets and weapons to say anything.
const SMALL_WORDS: &[&str] = &["and", "for", "from", "the", "with", "type", "including", "not"];

/// The telling words of a target or weapon, each once: "Police station" and "police" share one.
pub(crate) fn word_keys(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut keys: Vec<String> = Vec::new();
    if EMPTY_WORDS.contains(&folded.as_str()) {
        return keys;
    }
    for word in folded.split(' ') {
        if word.len() < 3 || SMALL_WORDS.contains(&word) || EMPTY_WORDS.contains(&word) {
            continue;
        }
        // A crude singular, good enough for "markets" and "market".
        let plural = word.len() > 3 && word.ends_with('s') && !word.ends_with("ss");
        let word = if plural { &word[..word.len() - 1] } else { word };
        if !keys.iter().any(|key| key == word) {
            keys.push(word.to_owned());
        }
    }
    keys
}

/// The key of an organisation or an outlet: the folded name, without an abbreviation in brackets.
/// The abbreviation is a key of its own, since others may give it alone.
pub(crate) fn organisation_keys(text: &str) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let whole = fold(text);
    if EMPTY_WORDS.iter().any(|empty| whole.split(' ').next() == Some(empty)) {
        // "Unknown actor (Kenya)" names no one.
        return keys;
    }
    for part in text.split(['(', ')', ';', '/']) {
        let folded = fold(part);
        let plain = folded.strip_prefix("the ").unwrap_or(&folded);
        if plain.len() > 1 && !keys.iter().any(|key| key == plain) {
            keys.push(plain.to_owned());
        }
    }
    keys
}

/// Spellings of one country that folding alone does not bring together, the plain one first.
const COUNTRIES: &[&[&str]] = &[
    &["bolivia", "plurinational state of bolivia", "bolivia plurinational state of"],
    &["bosnia and herzegovina", "bosnia herzegovina", "bosnia"],
    &["central african republic", "car"],
    &["china", "peoples republic of china"],
    &["congo", "republic of congo", "republic of the congo", "congo brazzaville"],
    &["cote divoire", "ivory coast"],
    &["czechia", "czech republic"],
    &[
        "dr congo",
        "democratic republic of congo",
        "democratic republic of the congo",
        "drc",
        "dr congo zaire",
        "congo kinshasa",
        "zaire",
    ],
    &["eswatini", "swaziland", "kingdom of eswatini"],
    &["iran", "islamic republic of iran", "iran islamic republic of"],
    &["laos", "lao pdr", "lao peoples democratic republic"],
    &["moldova", "republic of moldova"],
    &["myanmar", "burma", "myanmar burma"],
    &["north korea", "democratic peoples republic of korea"],
    &["north macedonia", "macedonia"],
    &[
        "palestine",
        "state of palestine",
        "west bank and gaza",
        "west bank and gaza strip",
        "palestinian territory",
        "occupied palestinian territory",
    ],
    &["russia", "russian federation", "russia soviet union"],
    &["south korea", "republic of korea"],
    &["syria", "syrian arab republic"],
    &["tanzania", "united republic of tanzania"],
    &["turkey", "turkiye"],
    &["united kingdom", "uk", "great britain"],
    &["united states", "usa", "united states of america", "us"],
    &["venezuela", "bolivarian republic of venezuela"],
    &["vietnam", "viet nam"],
    &["yemen", "yemen north yemen", "republic of yemen"],
];

/// The key of a country, common other spellings brought together.
pub(crate) fn country_key(text: &str) -> Option<String> {
    let folded = fold(text);
    if folded.is_empty() || EMPTY_WORDS.contains(&folded.as_str()) {
        return None;
    }
    let known = COUNTRIES.iter().find(|spellings| spellings.contains(&folded.as_str()));
    Some(known.map_or(folded, |spellings| spellings[0].to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_strips_marks_case_and_punctuation() {
        for (said, folded) in [
            ("Ürümqi", "urumqi"),
            ("İstanbul", "istanbul"),
            ("Đồng Hới", "dong hoi"),
            ("N'Djaména", "ndjamena"),
            ("Port-au-Prince", "port au prince"),
            ("e\u{301}cole", "ecole"),
            ("Київ", "київ"),
            ("  --  ", ""),
            ("Straße 12", "strasse 12"),
        ] {
            assert_eq!(fold(said), folded, "{said}");
            assert_eq!(fold(&fold(said)), folded, "folding twice changes nothing: {said}");
        }
    }

    #[test]
    fn place_keys_are_the_whole_and_its_parts() {
        for (said, keys) in [
            ("Urumqi City", &["urumqi"][..]),
            ("Kibera, Nairobi", &["kibera nairobi", "kibera", "nairobi"]),
            ("Ar-Raqqah", &["raqqah"]),
            ("Unknown", &[]),
            ("The City", &["the city"]),
            ("on the road between the old mill and the bridge", &[]),
        ] {
            assert_eq!(place_keys(said), keys, "{said}");
        }
    }

    #[test]
    fn organisations_and_words_meet() {
        assert_eq!(organisation_keys("The Example Front (EF)"), ["example front", "ef"]);
        assert_eq!(organisation_keys("Unknown actor (Kenya)"), [""; 0]);
        assert_eq!(word_keys("Police stations"), ["police", "station"]);
        assert_eq!(word_keys("Unknown"), [""; 0]);
        assert_eq!(country_key("Ivory Coast"), country_key("Côte d'Ivoire"));
        assert_eq!(country_key("unknown"), None);
    }
}
