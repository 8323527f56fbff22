//! How much the screening finds, on an invented, labelled set. One half served to tune the rules; the
//! other did not. Figures are printed; a floor is held on the tuned half.
//!
//! The author of the rules wrote the set as well, so its figures flatter. Measured once beside it, on
//! sentences of real local and agency news in English that may not be passed on and that no rule was
//! tuned on: of 68 with a name, 63 were held back (93 %); of 127 without, 16 (13 %). What was missed were
//! surnames alone. A whole report, in which the full name stands somewhere, is held back more surely:
//! of 817 reports of local and disease news, 777. Of 7,258 places marked in them, 617 were taken for names (9 %).
//! Names of 35 countries, made by a generator and put into three sentences without any cue, were found
//! in 2,092 of 2,100 cases in scripts with capitals; in others only behind a cue.

use std::collections::BTreeMap;
use std::ops::Range;

use proptest::prelude::*;
use sheaf_share::screen::{HitKind, screen};

const SET: &str = include_str!("screening.tsv");

/// A sentence and the spans in it that are personal.
struct Sentence {
    text: String,
    personal: Vec<(Range<usize>, HitKind)>,
}

fn sentence(marked: &str) -> Sentence {
    let (mut text, mut personal) = (String::new(), Vec::new());
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once('[') {
        let (label, after) = after.split_once('|').unwrap();
        let (span, after) = after.split_once(']').unwrap();
        let kind = match label {
            "n" => HitKind::Name,
            "e" => HitKind::Email,
            "p" => HitKind::Phone,
            "h" => HitKind::Handle,
            "i" => HitKind::IdNumber,
            "u" => HitKind::ProfileUrl,
            "l" => HitKind::Plate,
            other => panic!("{other} is no label of the set"),
        };
        text.push_str(before);
        personal.push((text.len()..text.len() + span.len(), kind));
        text.push_str(span);
        rest = after;
    }
    text.push_str(rest);
    Sentence { text, personal }
}

fn half(name: &str) -> Vec<Sentence> {
    let rows = SET.lines().filter(|line| !line.starts_with('#'));
    let cells = rows.map(|line| line.split_once('\t').unwrap());
    cells.filter(|(half, _)| *half == name).map(|(_, marked)| sentence(marked)).collect()
}

/// What came of screening some sentences.
#[derive(Default)]
struct Score {
    /// Sentences with something personal; of these, those with a hit.
    personal: (usize, usize),
    /// Sentences without; of these, those with a hit.
    clean: (usize, usize),
    /// Personal spans; of these, those that a hit touches.
    spans: (usize, usize),
    /// Hits; of these, those that touch a personal span.
    hits: (usize, usize),
    /// Spans and found spans by kind.
    kinds: BTreeMap<HitKind, (usize, usize)>,
}

impl Score {
    fn of(sentences: &[Sentence], is_told: bool) -> Score {
        let mut score = Score::default();
        for sentence in sentences {
            let hits = screen(&sentence.text);
            let touches = |one: &Range<usize>, other: &Range<usize>| {
                one.start < other.end && other.start < one.end
            };
            let count =
                if sentence.personal.is_empty() { &mut score.clean } else { &mut score.personal };
            *count = (count.0 + 1, count.1 + usize::from(!hits.is_empty()));
            let mut missed = sentence.personal.is_empty() && !hits.is_empty();
            for (span, kind) in &sentence.personal {
                let is_found = hits.iter().any(|hit| touches(&hit.span, span));
                missed |= !is_found;
                for count in [&mut score.spans, score.kinds.entry(*kind).or_default()] {
                    *count = (count.0 + 1, count.1 + usize::from(is_found));
                }
            }
            for hit in &hits {
                let is_right = sentence.personal.iter().any(|(span, _)| touches(&hit.span, span));
                score.hits = (score.hits.0 + 1, score.hits.1 + usize::from(is_right));
                missed |= !is_right;
            }
            if is_told && missed {
                let found: Vec<(&str, _)> =
                    hits.iter().map(|hit| (&sentence.text[hit.span.clone()], hit.cue)).collect();
                eprintln!("  {}\n    found {found:?}", sentence.text);
            }
        }
        score
    }

    fn recall(&self) -> f64 {
        self.personal.1 as f64 / self.personal.0 as f64
    }

    fn precision(&self) -> f64 {
        self.personal.1 as f64 / (self.personal.1 + self.clean.1) as f64
    }

    fn tell(&self, name: &str) {
        let share = |(all, some): (usize, usize)| {
            format!("{some} of {all} ({:.1} %)", 100.0 * some as f64 / all as f64)
        };
        eprintln!("screening, {name}:");
        eprintln!("  texts with something personal that are held back: {}", share(self.personal));
        eprintln!("  texts with nothing personal that are held back:   {}", share(self.clean));
        eprintln!(
            "  held back rightly:                                {:.1} %",
            100.0 * self.precision()
        );
        eprintln!("  personal spans that a hit touches:                {}", share(self.spans));
        eprintln!("  hits that touch a personal span:                  {}", share(self.hits));
        for (kind, count) in &self.kinds {
            eprintln!("    {kind}: {}", share(*count));
        }
    }
}

#[test]
fn rule_02_recall_is_measured_on_a_labelled_set() {
    let dev = half("dev");
    let is_told = std::env::var_os("SHEAF_SCREENING_TOLD").is_some();
    let score = Score::of(&dev, is_told);
    score.tell("the half that the rules were tuned on");
    assert!(dev.len() >= 100);
    assert!(score.recall() >= 0.97, "recall on the tuned half fell to {:.3}", score.recall());
    assert!(
        score.precision() >= 0.85,
        "precision on the tuned half fell to {:.3}",
        score.precision()
    );

    // Never told sentence by sentence: whoever looks at them can no longer call them held out.
    let held = half("held");
    let score = Score::of(&held, false);
    score.tell("the half that was held out");
    assert!(held.len() >= 100);
}

proptest! {
    #[test]
    fn any_text_is_screened_and_hits_lie_in_it(text in "(.|[A-Z][a-z]{1,6}|[0-9+() -]{1,9}|[ .,@:/]|, 34,|名叫|السيد ){0,24}") {
        let hits = screen(&text);
        let mut end = 0;
        for hit in &hits {
            prop_assert!(end <= hit.span.start && hit.span.start < hit.span.end);
            prop_assert!(text.get(hit.span.clone()).is_some());
            end = hit.span.end;
        }
        prop_assert_eq!(hits, screen(&text));
    }
}
