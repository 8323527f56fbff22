//! Names in scripts without capitals, and names told by their build in any script. Only cues count here:
//! titles, "named", ages, words that make a name of what stands beside them.

use super::tokens::{Shape, Token};
use super::words::words;
use super::{Cue, Hit, HitKind};

words!(
    /// Arabic, Persian, Urdu, Hebrew, Devanagari, Bengali: titles and labels before a name.
    BEFORE,
    "السيد السيدة الآنسة الدكتور الدكتورة الأستاذ المهندس العقيد العميد اللواء الرائد النقيب الملازم الرقيب
    المقدم الفريق الشيخ الإمام الحاج القاضي الوزير النائب المحامي الصحفي الصحافي الطبيب المدعو المدعوة يدعى
    تدعى اسمه اسمها الضحية القتيل القتيلة الشهيد المتهم المشتبه المواطن الشاب الطفل الطفلة الناشط الناطق
    قال وقال قالت وأفاد أفاد صرح وصرح أكد وأكد اعتقلت اعتقل بقيادة
    آقای خانم سرهنگ سردار سرگرد سروان دکتر مهندس استاد حجت‌الاسلام نام مولانا محترمہ محترم جناب حاجی ڈاکٹر
    مسٹر ملزم مقتول سید
    מר גב' גברת ד\"ר השוטר הקצין הרב עו\"ד החשוד ההרוג בשם
    श्री श्रीमती सुश्री कुमारी डॉ डॉ. नाम मृतक आरोपी পীর জনাব মোঃ বেগম নাম ডা
    نام"
);

words!(
    /// Arabic-script words inside a name: son, daughter, father, servant.
    INSIDE,
    "بن ابن بنت أبو ابو أبي أم عبد آل بیگم خان"
);

words!(
    /// Arabic-script and Persian words that end a name.
    ENDING,
    "إن أن في من على إلى عن قرب فجر فجراً ابنها ابنه بوصول تبلغ يبلغ عند قبل بعد التي الذي وقد قد را گفت در از به که
    کو کے نے کا کی پر سے को की के ने में का से বলেন নামে জানায় ব্যক্তির ব্যক্তি نے كان كانت قتل قُتل"
);

/// Names found by cues that need no capitals.
pub(super) fn names(text: &str, tokens: &[Token], hits: &mut Vec<Hit>) {
    // No word that is looked for here is all in ASCII, nor is what stands beside it.
    if text.is_ascii() {
        return;
    }
    for at in 0..tokens.len() {
        if BEFORE.has(tokens[at].text) {
            push(tokens, at + 1, Cue::Title, hits);
        }
        if INSIDE.has(tokens[at].text) {
            // One word before and the rest behind.
            let from = if at > 0 && is_part(&tokens[at - 1]) && !is_father(&tokens[at]) {
                at - 1
            } else {
                at
            };
            push(tokens, from, Cue::Form, hits);
        }
    }
    han(text, hits);
    attached(tokens, hits);
}

fn is_father(token: &Token) -> bool {
    matches!(token.text, "أبو" | "ابو" | "أم")
}

fn is_part(token: &Token) -> bool {
    token.shape == Shape::Caseless && !ENDING.has(token.text) && !BEFORE.has(token.text)
}

/// Up to three caseless words from `from`, as many as may be a name; more around the words inside one.
fn push(tokens: &[Token], from: usize, cue: Cue, hits: &mut Vec<Hit>) {
    let mut from = from;
    while tokens
        .get(from)
        .is_some_and(|it| matches!(it.text, ":" | "." | "«" | "\"" | "،") || BEFORE.has(it.text))
    {
        from += 1;
    }
    let mut to = from;
    let mut n_words = 0;
    while let Some(token) = tokens.get(to).filter(|it| is_part(it)) {
        let is_inside = INSIDE.has(token.text);
        if n_words == 2 && !is_inside {
            break;
        }
        n_words += usize::from(!is_inside);
        to += 1;
    }
    if to > from {
        let span = tokens[from].span.start..tokens[to - 1].span.end;
        hits.push(Hit { span, kind: HitKind::Name, cue });
    }
}

/// Words of Chinese, Japanese, Korean and Thai that stand right beside a name, without a blank.
const LABELS: &[&str] = &[
    "名叫",
    "名为",
    "叫做",
    "姓名",
    "嫌疑人",
    "嫌犯",
    "死者",
    "受害人",
    "受害者",
    "被告人",
    "记者",
    "逮捕了",
    "拘留了",
    "绑架了",
    "杀害了",
    "采访了",
    "司机",
    "村民",
    "男子",
    "容疑者の",
    "被告の",
    "会社員の",
    "会社員",
    "無職",
    "피해자",
    "용의자",
    "기자",
    "경찰은",
    "นาย",
    "นางสาว",
    "นาง",
    "ด.ช.",
    "ด.ญ.",
];
const SUFFIXES: &[&str] = &[
    "さん",
    "氏",
    "容疑者",
    "被告",
    "ちゃん",
    "くん",
    "先生",
    "女士",
    "某某",
    "某",
    " 씨",
    "씨",
    "군은",
    "양은",
];
/// Words that labels stand before as often as before a name.
const NO_NAMES: &[&str] =
    &["名", "性", "所", "数", "人", "等", "的", "已", "在", "は", "を", "が", "男", "女"];

fn han(text: &str, hits: &mut Vec<Hit>) {
    for label in LABELS {
        for (at, _) in text.match_indices(label) {
            let from = at + label.len();
            let from = from + text[from..].len()
                - text[from..].trim_start_matches([' ', ':', '：', '是']).len();
            let end = from + name_length(&text[from..], label);
            if end > from && !NO_NAMES.iter().any(|it| text[from..].starts_with(it)) {
                hits.push(Hit { span: from..end, kind: HitKind::Name, cue: Cue::Named });
            }
        }
    }
    for suffix in SUFFIXES {
        for (at, _) in text.match_indices(suffix) {
            let from = start_of_name(text, at);
            if from < at {
                hits.push(Hit { span: from..at, kind: HitKind::Name, cue: Cue::Title });
            }
        }
    }
    // `高峰浩（28）` and `박서연(24)`.
    for (at, _) in text.match_indices(['（', '(']) {
        let inside = text[at..].trim_start_matches(['（', '(']);
        let digits = inside.chars().take_while(char::is_ascii_digit).count();
        let closed =
            inside[digits..].trim_start_matches(['岁', '歳', '세']).starts_with(['）', ')']);
        let from = start_of_name(text, at);
        if (1..=3).contains(&digits) && closed && from < at {
            hits.push(Hit { span: from..at, kind: HitKind::Name, cue: Cue::Age });
        }
    }
}

/// How many bytes of a name stand at the beginning of `rest`: two to four signs of a script that is
/// written without blanks, or two words of Thai.
fn name_length(rest: &str, label: &str) -> usize {
    if label.starts_with(is_thai) {
        let words: Vec<&str> = rest.split(' ').take(2).collect();
        let is_name = words.iter().all(|it| it.starts_with(is_thai));
        return if is_name { words.join(" ").len() } else { words[0].len() };
    }
    let signs = rest.chars().take_while(|it| is_han(*it) || is_hangul(*it) || is_katakana(*it));
    let n_most = if rest.starts_with(is_katakana) { 12 } else { 4 };
    let length = signs
        .take(n_most)
        .take_while(|it| !"已被在是的，。".contains(*it))
        .map(char::len_utf8)
        .sum();
    if rest[..length].chars().count() >= 2 { length } else { 0 }
}

/// Where the name that ends at `at` begins.
fn start_of_name(text: &str, at: usize) -> usize {
    let before = text[..at].trim_end();
    let signs: Vec<char> = before
        .chars()
        .rev()
        .take_while(|it| is_han(*it) || is_hangul(*it) || is_katakana(*it))
        .take(5)
        .collect();
    if signs.len() < 2 || before.len() != at && at - before.len() > 1 {
        return at;
    }
    before.len() - signs.iter().map(|it| it.len_utf8()).sum::<usize>()
}

/// Bengali, Hindi and Hebrew ages: "aged", directly behind a name.
fn attached(tokens: &[Token], hits: &mut Vec<Hit>) {
    for (at, token) in tokens.iter().enumerate() {
        let is_age = matches!(token.text, "בן" | "בת" | "वर्षीय" | "ساله" | "বছর");
        let beside = tokens.get(at + 1).is_some_and(|it| it.shape == Shape::Number)
            || at.checked_sub(1).is_some_and(|idx| tokens[idx].shape == Shape::Number);
        if is_age && beside && at >= 2 {
            push(tokens, at.saturating_sub(3), Cue::Age, hits);
        }
    }
}

fn is_han(it: char) -> bool {
    matches!(it, '\u{4e00}'..='\u{9fff}' | '々')
}

fn is_hangul(it: char) -> bool {
    matches!(it, '\u{ac00}'..='\u{d7a3}')
}

fn is_katakana(it: char) -> bool {
    matches!(it, '\u{30a0}'..='\u{30ff}')
}

fn is_thai(it: char) -> bool {
    matches!(it, '\u{0e01}'..='\u{0e4e}')
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn check(text: &str, expected: &str) {
        let mut hits = Vec::new();
        names(text, &tokens(text), &mut hits);
        assert!(hits.iter().any(|it| text[it.span.clone()] == *expected), "{text}: {hits:?}");
    }

    #[test]
    fn cues_find_names_in_many_scripts() {
        check("قال العقيد سالم الحمداوي إن الطريق مغلق.", "سالم الحمداوي");
        check("آقای حسین نوروزی زخمی شد.", "حسین نوروزی");
        check("死者名叫李小兰，现年32岁。", "李小兰");
        check("容疑者の高峰浩（28）を逮捕した。", "高峰浩");
        check("경찰은 김도윤 씨를 체포했다.", "김도윤");
        check("श्री रमेश थापलिया की मौत हो गई।", "रमेश थापलिया");
        check("השוטר יוסי ברקאי נפצע.", "יוסי ברקאי");
        check("ตำรวจจับกุมนาย สมชาย ใจดี", "สมชาย ใจดี");
    }

    #[test]
    fn a_name_without_a_cue_is_not_found() {
        // Wrong, and known: nothing tells this name from other words without a list of names.
        let text = "손현우이 숨졌다.";
        let mut hits = Vec::new();
        names(text, &tokens(text), &mut hits);
        assert_eq!(hits, []);
    }
}
