//! Ways to reach a person: mail addresses, pages and accounts, telephone numbers. By form where the form
//! is enough, otherwise behind a word that says what it is.

use std::ops::Range;

use super::figures::Plain;
use super::{Cue, Hit, HitKind};

/// Everything by which a person can be reached.
pub(super) fn contacts(text: &str) -> Vec<Hit> {
    let chunks = chunks(text);
    let mut hits = Vec::new();
    for (idx, chunk) in chunks.iter().enumerate() {
        let word = &text[chunk.clone()];
        let mut hit = |kind, cue| hits.push(Hit { span: chunk.clone(), kind, cue });
        if is_email(word) {
            hit(HitKind::Email, Cue::Pattern);
        } else if is_profile(word) {
            hit(HitKind::ProfileUrl, Cue::Pattern);
        } else if is_address(word) {
            // An address of a page that is about nobody.
        } else if is_handle(word) {
            hit(HitKind::Handle, Cue::Pattern);
        } else if is_account(word) && is_behind_platform(text, &chunks, idx) {
            hit(HitKind::Handle, Cue::Label);
        }
    }
    spelt_emails(text, &mut hits);
    phones(text, &chunks, &mut hits);
    hits
}

/// The stretches between blanks, without the signs around them.
pub(super) fn chunks(text: &str) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let mut start = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let signs = |it: char| ",;:!?()[]{}<>\"'“”„«»‚‘’.。、，；：（）।؟،*|".contains(it);
        let kept = word.trim_end_matches(signs);
        let cut = kept.len() - kept.trim_start_matches(signs).len();
        if cut < kept.len() {
            chunks.push(start + cut..start + kept.len());
        }
        start += piece.len();
    }
    chunks
}

fn is_email(word: &str) -> bool {
    let word = word.strip_prefix("mailto:").unwrap_or(word);
    let Some((local, host)) = word.rsplit_once('@') else { return false };
    !local.is_empty()
        && !local.contains('/')
        && host.contains('.')
        && host.split('.').all(|part| {
            !part.is_empty() && part.chars().all(|it| it.is_alphanumeric() || it == '-')
        })
}

/// `name(at)host(dot)org`, `name [at] host.org`.
fn spelt_emails(text: &str, hits: &mut Vec<Hit>) {
    let may_be = |bytes: &[u8]| bytes.eq_ignore_ascii_case(b" at ");
    let has_bracket = text.bytes().any(|it| matches!(it, b'(' | b'[' | b'{'));
    if !has_bracket && !text.as_bytes().windows(4).any(may_be) {
        return;
    }
    let small = text.to_ascii_lowercase();
    for at in ["(at)", "[at]", " at ", "{at}", " (at) ", " [at] ", "[@]", "(@)"] {
        for (place, _) in small.match_indices(at) {
            let before = &small[..place];
            let local = before.len()
                - before.rfind(char::is_whitespace).map_or(0, |idx| idx + next_len(before, idx));
            // A host is short; looking no further keeps the work in proportion to the text.
            let from = place + at.len();
            let after = &small[from..small.floor_char_boundary(small.len().min(from + 100))];
            let (host, dot) = ["(dot)", "[dot]", " dot ", " [dot] ", " (dot) ", "."]
                .iter()
                .filter_map(|dot| Some((after.find(dot)?, dot)))
                .min()
                .unwrap_or((0, &""));
            let end = place + at.len() + host + dot.len();
            let is_host = host > 0 && !after[..host].contains(char::is_whitespace);
            let tld = small[end..]
                .chars()
                .take_while(|it| it.is_alphanumeric())
                .map(char::len_utf8)
                .sum::<usize>();
            // Between blanks " at " is an ordinary word; only a spelt dot makes it an address.
            let is_spelt = at != " at " || dot.contains("dot");
            if local > 0 && is_host && tld >= 2 && is_spelt {
                let span = place - local..end + tld;
                hits.push(Hit { span, kind: HitKind::Email, cue: Cue::Pattern });
            }
        }
    }
}

fn next_len(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

/// Services whose pages are about people. The path says whose.
const SERVICES: &[&str] = &[
    "facebook.com",
    "fb.com",
    "fb.me",
    "m.me",
    "x.com",
    "twitter.com",
    "instagram.com",
    "tiktok.com",
    "linkedin.com",
    "vk.com",
    "ok.ru",
    "t.me",
    "telegram.me",
    "wa.me",
    "reddit.com",
    "snapchat.com",
    "threads.net",
    "threads.com",
    "bsky.app",
    "weibo.com",
    "discord.gg",
    "discord.com",
    "pinterest.com",
    "tumblr.com",
    "medium.com",
    "truthsocial.com",
    "gettr.com",
    "signal.me",
    "line.me",
    "xing.com",
    "truecaller.com",
];

/// Whether the word is an address of any page.
fn is_address(word: &str) -> bool {
    word.contains(':') && word.contains("://") || word.starts_with("www.")
}

fn is_profile(word: &str) -> bool {
    if !word.contains('/') {
        return false;
    }
    let rest = word.split_once("://").map_or(word, |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.to_ascii_lowercase();
    let path = path.to_ascii_lowercase();
    if path.is_empty() {
        return false;
    }
    let is_service = SERVICES
        .iter()
        .any(|it| host == *it || host.strip_suffix(it).is_some_and(|rest| rest.ends_with('.')));
    let is_person = path.starts_with('@')
        || path.contains("/@")
        || path.starts_with('~')
        || [
            "user/",
            "users/",
            "u/",
            "profile/",
            "profiles/",
            "people/",
            "in/",
            "channel/",
            "author/",
            "member/",
        ]
        .iter()
        .any(|it| path.starts_with(it) || path.contains(&format!("/{it}")));
    is_service || (is_person && (is_address(word) || host.contains('.')))
}

/// `@night_owl`, `u/night_owl`.
fn is_handle(word: &str) -> bool {
    let name = word
        .strip_prefix('@')
        .or_else(|| word.strip_prefix("u/"))
        .or_else(|| word.strip_prefix("/u/"));
    name.is_some_and(|name| {
        name.chars().count() >= 2
            && name.chars().all(|it| it.is_alphanumeric() || "_.-@".contains(it))
            && name.chars().any(char::is_alphabetic)
    })
}

const PLATFORMS: &[&str] = &[
    "telegram",
    "instagram",
    "twitter",
    "tiktok",
    "snapchat",
    "facebook",
    "signal",
    "discord",
    "skype",
    "wechat",
    "viber",
    "threema",
    "insta",
    "reddit",
    "username",
    "user",
    "handle",
    "account",
    "screenname",
    "nickname",
    "nick",
    "login",
    "телеграм",
    "инстаграм",
    "تلغرام",
    "تيليجرام",
    "تويتر",
];

/// Whether a platform, or "handle" or "account", is named just before.
fn is_behind_platform(text: &str, chunks: &[Range<usize>], idx: usize) -> bool {
    let before = &chunks[idx.saturating_sub(4)..idx];
    before.iter().any(|it| PLATFORMS.contains(&text[it.clone()].to_lowercase().as_str()))
}

/// Whether a word may be the name of an account: letters with a figure, a stop or an underline in it.
fn is_account(word: &str) -> bool {
    let is_made = |it: char| it.is_ascii_digit() || it == '_' || it == '.';
    word.chars().count() >= 4
        && word.chars().all(|it| it.is_alphanumeric() || "_.-".contains(it))
        && word.chars().any(char::is_alphabetic)
        && word.chars().any(is_made)
}

const PHONES: &[&str] = &[
    "tel",
    "telephone",
    "phone",
    "phoned",
    "call",
    "called",
    "calling",
    "mobile",
    "cell",
    "cellphone",
    "number",
    "numbers",
    "whatsapp",
    "contact",
    "fax",
    "hotline",
    "text",
    "sms",
    "viber",
    "ring",
    "dial",
    "reach",
    "reached",
    "on",
    "teléfono",
    "telefono",
    "telefone",
    "téléphone",
    "telefon",
    "handy",
    "móvil",
    "celular",
    "portable",
    "nomor",
    "hp",
    "simu",
    "nambari",
    "тел",
    "телефон",
    "телефону",
    "номер",
    "звоните",
    "هاتف",
    "للتواصل",
    "الهاتف",
    "جوال",
    "رقم",
    "تلفن",
    "شماره",
    "فون",
    "电话",
    "電話",
    "手机",
    "전화",
    "फोन",
    "মোবাইল",
    "טלפון",
    "τηλ",
    "τηλέφωνο",
    "call-back",
    "callback",
    "signal",
];

/// Telephone numbers: with a plus, with a leading zero and in the groups that people write, or any
/// number of six figures and more behind a word that says so.
fn phones(text: &str, chunks: &[Range<usize>], hits: &mut Vec<Hit>) {
    // A number has a digit; outside of ASCII that is seen below.
    if text.is_ascii() && !text.bytes().any(|it| it.is_ascii_digit()) {
        return;
    }
    let Plain { bytes, at: places } = Plain::of(text);
    let mut at = 0;
    while at < bytes.len() {
        if !starts_number(&bytes, at) {
            at += 1;
            continue;
        }
        let (end, n_digits) = number_end(&bytes, at);
        let word = String::from_utf8_lossy(&bytes[at..end]);
        let span = places[at]..places[end];
        let is_labelled = || {
            let n_before = chunks.partition_point(|it| it.start < span.start);
            let near = &chunks[n_before.saturating_sub(4)..n_before];
            near.iter().any(|it| {
                let label = text[it.clone()].to_lowercase();
                let label = label.trim_end_matches("'s").trim_end_matches("’s");
                PHONES.contains(&label) && label != "on"
            })
        };
        let before = text[..span.start].chars().next_back();
        let after = text[span.end..].chars().next();
        let is_free = before.is_none_or(|it| !it.is_alphanumeric() && !"/._@#".contains(it))
            && after.is_none_or(|it| !it.is_alphanumeric() && it != '@');
        let is_inside =
            hits.iter().any(|hit| hit.span.start < span.end && span.start < hit.span.end)
                || chunks
                    .get(chunks.partition_point(|it| it.end <= span.start))
                    .is_some_and(|it| it.start <= span.start && is_address(&text[it.clone()]));
        let is_phone = match n_digits {
            7..=15 if word.starts_with('+') || word.starts_with("(+") => true,
            6..=15 if is_labelled() => !is_date(&word),
            7..=15 => is_grouped(&word) && !is_date(&word),
            _ => false,
        };
        if is_free && !is_inside && is_phone {
            let cue = if is_labelled() { Cue::Label } else { Cue::Pattern };
            hits.push(Hit { span, kind: HitKind::Phone, cue });
        }
        at = end.max(at + 1);
    }
}

fn starts_number(bytes: &[u8], at: usize) -> bool {
    let next_digit = |from: usize| bytes.get(from).is_some_and(u8::is_ascii_digit);
    match bytes[at] {
        b'+' => next_digit(at + 1),
        b'(' => next_digit(at + 1) || (bytes.get(at + 1) == Some(&b'+') && next_digit(at + 2)),
        it => it.is_ascii_digit(),
    }
}

/// Where a number with its groups ends, and how many figures it has.
fn number_end(bytes: &[u8], from: usize) -> (usize, usize) {
    let (mut at, mut end, mut n_digits) = (from, from, 0);
    let mut n_signs = 0;
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_digit() {
            n_digits += 1;
            n_signs = 0;
            end = at + 1;
        } else if matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/' | b'+')
            && n_signs < 2
            && (*byte != b'+' || at - from < 2)
        {
            n_signs += 1;
        } else {
            break;
        }
        at += 1;
    }
    (end, n_digits)
}

/// `0712 555 019`, `(011) 5550-1987`, `555-010-0142`: as people write numbers, and not as they write
/// dates, sums and references.
fn is_grouped(word: &str) -> bool {
    let groups: Vec<&str> =
        word.split(|it: char| !it.is_ascii_digit()).filter(|it| !it.is_empty()).collect();
    let is_local = word.starts_with('0') || word.starts_with('(');
    let lengths: Vec<usize> = groups.iter().map(|it| it.len()).collect();
    let is_northern =
        matches!(lengths[..], [3, 3, 4] | [1, 3, 3, 4] | [3, 4] | [5, 5] | [4, 3, 3] | [4, 4])
            && word.contains(['-', '.', ' '])
            && !(lengths == [4, 4] && groups.iter().all(|it| is_year(it)));
    let is_sum = word.contains(' ') && lengths[1..].iter().all(|it| *it == 3) && !is_local;
    (is_local && lengths.iter().all(|it| *it <= 11) && lengths.len() <= 6)
        || (is_northern && !is_sum)
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && (text.starts_with("19") || text.starts_with("20"))
}

/// Dates and times: `2024-05-22`, `04/11/1989`, `12.09.2025`.
pub(super) fn is_date(word: &str) -> bool {
    let groups: Vec<&str> = word.split(['-', '/', '.', ' ']).filter(|it| !it.is_empty()).collect();
    let is_part = |it: &str| it.len() <= 2;
    match groups[..] {
        [year, month, day] if is_year(year) => is_part(month) && is_part(day),
        [day, month, year] => is_part(day) && is_part(month) && (is_year(year) || year.len() == 2),
        [one, other] => is_year(one) && (is_year(other) || is_part(other)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, HitKind)]) {
        let hits = contacts(text);
        let found: Vec<(&str, HitKind)> =
            hits.iter().map(|it| (&text[it.span.clone()], it.kind)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn ways_to_reach_a_person() {
        use HitKind::{Email, Handle, Phone, ProfileUrl};
        check("Write to m.oduya@mail.example.", &[("m.oduya@mail.example", Email)]);
        check("or m.oduya [at] mail [dot] example", &[("m.oduya [at] mail [dot] example", Email)]);
        check("Call 555-0142 now", &[("555-0142", Phone)]);
        check("للتواصل: ٠٧٧٠ ٥٥٥ ٠١٨٢", &[("٠٧٧٠ ٥٥٥ ٠١٨٢", Phone)]);
        check("+44 (0)20 7946 0018", &[("+44 (0)20 7946 0018", Phone)]);
        check("Posted by @night_owl_7.", &[("@night_owl_7", Handle)]);
        check("On Telegram as kite_9", &[("kite_9", Handle)]);
        check(
            "https://www.facebook.com/some.one",
            &[("https://www.facebook.com/some.one", ProfileUrl)],
        );
        check(
            "https://social.example/@someone",
            &[("https://social.example/@someone", ProfileUrl)],
        );
    }

    #[test]
    fn numbers_of_other_kinds_are_left_alone() {
        for text in [
            "Between 39 and 43 people, at 14:20 on 2024-05-22",
            "12.09.2025 and 04/11/1989",
            "a sum of 12 500 000 francs",
            "in 2024-2025, on line 4471",
            "https://www.example.org/reports/2024/0711000482.html",
            "meet at the bridge. Dot the line.",
        ] {
            check(text, &[]);
        }
    }
}
