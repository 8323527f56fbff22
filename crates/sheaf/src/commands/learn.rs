//! `sheaf learn POOL`: a linking model learnt from labels, or without labels estimated from the pool.
//! The model goes to standard output as text that anyone can read; `sheaf pool POOL --model FILE`
//! links by it.

use std::path::Path;

use sheaf_link::learn::{Labelled, estimate, learn as learnt};
use sheaf_link::{Blocking, Model};
use sheaf_model::Source;
use sheaf_store::Access;

use super::score::truth;
use super::{Went, counted, grouped, now, open, print, remark};
use crate::args::{Everywhere, Learning};
use crate::failure::Failure;
use crate::pipeline;

pub fn learn(args: &Learning, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let known = pipeline::gather(&pool, None, everywhere.quiet)?;
    let (prior, blocking) = (Model::prior(), Blocking::SHIPPED);
    let sources: Vec<&str> = known.sources.iter().map(|it| it.name.as_str()).collect();
    let (mut model, trained_on, metrics) = match &args.truth {
        Some(path) => {
            let labels = truth(path, &pool, &known, everywhere)?;
            let mut event_of = vec![None; known.outlines.len()];
            for &(position, event) in &labels {
                event_of[position as usize] = Some(event);
            }
            let labelled = Labelled { outlines: &known.outlines, event_of: &event_of };
            let learned = learnt(&[labelled], &prior, &blocking)
                .map_err(|error| failed(&args.pool, "too-few-labels", &error.to_string()))?;
            let trained_on = format!(
                "{} labelled of {} ({} pairs that meet, {} about one event)",
                counted(learned.n_reports, "report"),
                sources.join(", "),
                grouped(learned.n_pairs),
                grouped(learned.n_same)
            );
            let metrics = format!(
                "pairwise F1 {:.3} on stretches of time that the weights did not know, at the joining weight chosen on them",
                learned.inner_f1
            );
            (learned.model, trained_on, metrics)
        }
        None => {
            let model = estimate(&known.outlines, &prior, &blocking)
                .map_err(|error| failed(&args.pool, "too-few-pairs", &error.to_string()))?;
            let n = counted(known.outlines.len() as u64, "report");
            let trained_on = format!("no labels: {n} of {}", sources.join(", "));
            (model, trained_on, "not measured: there are no labels".to_owned())
        }
    };
    let name = match &args.name {
        Some(name) => name.clone(),
        None => args.pool.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
    };
    let about = [
        ("name", name),
        ("trained on", trained_on),
        ("licence of the training data", licences(&known.sources)),
        ("date", now()[..10].to_owned()),
        ("out of fold", metrics),
    ];
    // The text has no way to write a quotation mark or a line's end within words.
    let plain = |words: &str| words.replace(['"', '\n', '\r'], " ");
    model.about = about.iter().map(|(name, words)| ((*name).to_owned(), plain(words))).collect();
    let text = model.to_text();
    for (name, words) in &model.about {
        remark(everywhere, &format!("{name}: {words}"));
    }
    match &args.out {
        Some(path) => {
            std::fs::write(path, &text).map_err(|err| {
                Failure::new("cannot-write", format!("{}: {err}", path.display()))
            })?;
            remark(
                everywhere,
                &format!("next: sheaf pool {} --model {}", args.pool.display(), path.display()),
            );
        }
        None => print(&text)?,
    }
    Ok(Went::Fine)
}

/// An error of the library, which is a sentence and a hint, as the program says it.
fn failed(pool: &Path, code: &'static str, error: &str) -> Failure {
    let (what, hint) = error.split_once("\nhint: ").unwrap_or((error, ""));
    let failure = Failure::new(code, format!("{}: {what}", pool.display()));
    if hint.is_empty() { failure } else { failure.hint(hint) }
}

fn licences(sources: &[Source]) -> String {
    let each: Vec<String> =
        sources.iter().map(|it| format!("{}: {}", it.name, it.licence.name())).collect();
    each.join(", ")
}
