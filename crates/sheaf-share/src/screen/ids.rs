//! Numbers by which an office, a bank or a registry knows a person: identity papers, accounts, devices,
//! dates of birth, number plates. A few have a form of their own; most are found behind a word that says
//! what they are.

use std::ops::Range;

use super::contacts::{chunks, is_date};
use super::figures::plain;
use super::{Cue, Hit, HitKind};

/// Words behind which a number is a person's.
const IDS: &[&str] = &[
    "passport",
    "id",
    "identity",
    "identification",
    "ssn",
    "imei",
    "iban",
    "nin",
    "cnic",
    "nic",
    "aadhaar",
    "pan",
    "pesel",
    "dni",
    "nie",
    "curp",
    "rfc",
    "cpf",
    "rg",
    "cédula",
    "cedula",
    "pasaporte",
    "passeport",
    "reisepass",
    "ausweis",
    "паспорт",
    "инн",
    "снилс",
    "جواز",
    "الهوية",
    "هوية",
    "شناسنامه",
    "كارت",
    "护照",
    "身份证",
    "여권",
    "주민등록번호",
    "tax",
    "social",
    "licence",
    "license",
    "account",
    "card",
    "file",
    "personal",
    "kimlik",
    "nik",
    "ktp",
    "imsi",
    "msisdn",
    "vin",
    "badge",
    "prisoner",
    "inmate",
    "patient",
    "employee",
    "national",
];
/// Words behind which a date is that of someone's birth.
const BIRTHS: &[&str] = &[
    "dob",
    "d.o.b",
    "born",
    "birth",
    "né",
    "née",
    "nacido",
    "nacida",
    "nascido",
    "geboren",
    "geb",
    "lahir",
    "рождения",
    "р",
    "مواليد",
];
/// Words behind which a plate follows.
const PLATES: &[&str] = &[
    "plate",
    "plates",
    "registration",
    "reg",
    "registered",
    "vrm",
    "numberplate",
    "rego",
    "tag",
    "tags",
    "kennzeichen",
    "matrícula",
    "matricula",
    "immatriculé",
    "immatriculée",
    "immatriculation",
    "plaque",
    "plaques",
    "placa",
    "placas",
    "targa",
    "госномер",
    "номер",
    "номером",
    "номерами",
    "nopol",
    "plaka",
    "plakalı",
    "لوحة",
    "پلاک",
    "rejestracyjny",
    "rejestracyjnych",
    "index",
];
/// Vehicles, right behind which a plate may follow without a word.
const VEHICLES: &[&str] = &[
    "car",
    "lorry",
    "truck",
    "van",
    "bus",
    "minibus",
    "taxi",
    "motorcycle",
    "motorbike",
    "vehicle",
    "pickup",
    "saloon",
    "sedan",
    "hatchback",
    "suv",
    "jeep",
    "trailer",
    "tanker",
    "scooter",
    "coche",
    "camión",
    "voiture",
    "camion",
    "auto",
    "lkw",
    "araç",
];

/// Every number of a person.
pub(super) fn ids(text: &str, hits: &mut Vec<Hit>) {
    // Every form has a digit, of whatever script.
    if text.is_ascii() && !text.bytes().any(|it| it.is_ascii_digit()) {
        return;
    }
    let chunks = chunks(text);
    let small: Vec<String> = chunks.iter().map(|it| text[it.clone()].to_lowercase()).collect();
    for idx in 0..chunks.len() {
        let word = plain(&text[chunks[idx].clone()]);
        let word = word.as_str();
        if hits
            .iter()
            .any(|hit| hit.span.start < chunks[idx].end && chunks[idx].start < hit.span.end)
        {
            continue;
        }
        let near = &small[idx.saturating_sub(4)..idx];
        let is_behind =
            |list: &[&str]| near.iter().any(|it| list.contains(&it.trim_end_matches("'s")));
        let mut hit = |span: Range<usize>, kind, cue| hits.push(Hit { span, kind, cue });
        let n_digits = word.bytes().filter(u8::is_ascii_digit).count();
        if is_date(word) || (n_digits > 0 && word.chars().count() <= 4 && is_behind(BIRTHS)) {
            if is_behind(BIRTHS) {
                hit(chunks[idx].clone(), HitKind::IdNumber, Cue::Label);
            }
            continue;
        }
        if let Some(end) = plate_end(text, &chunks, idx) {
            let is_labelled = is_behind(PLATES);
            let is_beside = idx > 0 && VEHICLES.contains(&small[idx - 1].as_str());
            if is_labelled || is_beside {
                let cue = if is_labelled { Cue::Label } else { Cue::Pattern };
                hit(chunks[idx].start..chunks[end].end, HitKind::Plate, cue);
                continue;
            }
        }
        if is_iban(text, &chunks, idx) {
            let mut end = idx;
            while end + 1 < chunks.len() && is_group(&text[chunks[end + 1].clone()]) {
                end += 1;
            }
            hit(chunks[idx].start..chunks[end].end, HitKind::IdNumber, Cue::Pattern);
        } else if has_form(word) {
            hit(chunks[idx].clone(), HitKind::IdNumber, Cue::Pattern);
        } else if n_digits >= 4 && is_code(word) && is_behind(IDS) && !is_count(word, &small, idx) {
            // `AK 3390187`: letters before belong to the number.
            let has_letters = idx > 0
                && !text[chunks[idx - 1].clone()].is_empty()
                && text[chunks[idx - 1].clone()].chars().all(|it| it.is_ascii_uppercase())
                && chunks[idx - 1].len() <= 3
                && !IDS.contains(&small[idx - 1].as_str());
            let from = if has_letters { idx - 1 } else { idx };
            hit(chunks[from].start..chunks[idx].end, HitKind::IdNumber, Cue::Label);
        }
    }
}

/// Figures, capitals and the signs between them.
fn is_code(word: &str) -> bool {
    word.chars().all(|it| it.is_ascii_digit() || it.is_uppercase() || "-/.".contains(it))
}

/// A year or a sum, which stand behind such words too.
fn is_count(word: &str, small: &[String], idx: usize) -> bool {
    let is_year = word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    let counted = small.get(idx + 1).is_some_and(|it| {
        matches!(
            it.as_str(),
            "people"
                | "holders"
                | "cards"
                | "accounts"
                | "euros"
                | "dollars"
                | "pupils"
                | "patients"
                | "prisoners"
                | "employees"
                | "files"
        )
    });
    is_year || counted
}

/// Numbers with a form of their own: `078-05-1120` (United States), `35202-1234567-1` (Pakistan), fifteen
/// figures of a device, eleven and more in one piece.
fn has_form(word: &str) -> bool {
    let groups: Vec<usize> = word.split('-').map(str::len).collect();
    if !word.bytes().all(|it| it.is_ascii_digit() || it == b'-') {
        return false;
    }
    matches!(groups[..], [3, 2, 4] | [5, 7, 1] | [6, 4] | [6, 7] | [11..=16])
}

/// An international bank account number, whole or in groups of four.
fn is_iban(text: &str, chunks: &[Range<usize>], idx: usize) -> bool {
    let word = plain(&text[chunks[idx].clone()]);
    let bytes = word.as_bytes();
    let starts = bytes.len() >= 4
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && word.bytes().all(|it| it.is_ascii_alphanumeric());
    let is_whole = bytes.len() >= 15 && bytes.len() <= 34;
    let is_grouped = bytes.len() == 4
        && (1..=3).all(|it| chunks.get(idx + it).is_some_and(|it| is_group(&text[it.clone()])));
    starts && (is_whole || is_grouped)
}

fn is_group(word: &str) -> bool {
    word.len() <= 4
        && word.bytes().all(|it| it.is_ascii_digit() || it.is_ascii_uppercase())
        && word.bytes().any(|it| it.is_ascii_digit() || word.len() == 4)
}

/// The last chunk of a plate that begins at `idx`: one to three groups of capitals and figures, with at
/// least one of each and four to nine signs in all.
fn plate_end(text: &str, chunks: &[Range<usize>], idx: usize) -> Option<usize> {
    let mut best = None;
    let (mut n_letters, mut n_digits) = (0, 0);
    for end in idx..chunks.len().min(idx + 3) {
        let gap = end > idx && chunks[end].start - chunks[end - 1].end != 1;
        let word = plain(&text[chunks[end].clone()]);
        let is_group = word
            .chars()
            .all(|it| it.is_ascii_digit() || it.is_uppercase() || it == '-' || it == '·');
        if gap || !is_group || word.chars().count() > 9 {
            break;
        }
        n_letters += word.chars().filter(|it| it.is_uppercase()).count();
        n_digits += word.bytes().filter(u8::is_ascii_digit).count();
        if n_letters >= 1 && n_digits >= 1 && (4..=9).contains(&(n_letters + n_digits)) {
            best = Some(end);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, HitKind)]) {
        let mut hits = Vec::new();
        ids(text, &mut hits);
        let found: Vec<(&str, HitKind)> =
            hits.iter().map(|it| (&text[it.span.clone()], it.kind)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn numbers_of_persons() {
        use HitKind::{IdNumber, Plate};
        check("Passport no. X4471932 was found", &[("X4471932", IdNumber)]);
        check("ID card AK 3390187", &[("AK 3390187", IdNumber)]);
        check("DOB: 04/11/1989", &[("04/11/1989", IdNumber)]);
        check("جواز سفر رقم ٤٤٧١٩٣٢", &[("٤٤٧١٩٣٢", IdNumber)]);
        check("078-05-1120", &[("078-05-1120", IdNumber)]);
        check("to GB29 NWBK 6016 1331 9268 19 today", &[("GB29 NWBK 6016 1331 9268 19", IdNumber)]);
        check("number plate AB12 XYZ was seen", &[("AB12 XYZ", Plate)]);
        check("Lorry 34 ABC 071 burned", &[("34 ABC 071", Plate)]);
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "flight LH 442 landed",
            "the A41 northbound",
            "on 2024-05-22",
            "Boeing 737",
            "4 kg of powder",
            "in 1998 the passport office burned",
            "ID checks of 4000 people",
        ] {
            check(text, &[]);
        }
    }
}
