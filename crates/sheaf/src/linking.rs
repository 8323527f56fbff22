//! How a pool is linked: what was chosen on the command line, what the pool keeps of it, and what a
//! view makes of what the pool keeps. Everything that knows the shape of a model stands here.

use std::path::Path;

use serde_json::{Value, json};
use sheaf_link::learn::estimate;
use sheaf_link::{Blocking, Linkage, Model};
use sheaf_model::{Judgement, Source, SourceKind};
use sheaf_store::{Linking, Pool};

use crate::args::{HowToLink, MethodWord};
use crate::failure::Failure;
use crate::knowing::Knowing;
use crate::meltt;
use crate::pipeline::Known;

/// How a pool is to be linked.
pub enum Method {
    /// By weighed reasons.
    Model {
        /// What people call the model.
        name: String,
        /// Its text; `None` for the one shipped with the program, whichever that is.
        text: Option<String>,
        model: Box<Model>,
    },
    /// As MELTT 0.4.3 does.
    Meltt(meltt::Choice),
}

/// How a pool was linked, with what explanations need.
pub enum LinkedBy {
    Model { model: Box<Model>, blocking: Blocking },
    Meltt(Box<meltt::Run>),
}

const MODEL: &str = "model";
const MELTT: &str = "meltt";
/// What the model shipped with the program is called.
pub const SHIPPED: &str = "shipped";

impl Method {
    /// The model shipped with the program.
    fn shipped() -> Method {
        let model = Box::new(Model::shipped());
        Method::Model { name: SHIPPED.to_owned(), text: None, model }
    }

    /// What was chosen for the pool; the model shipped with the program if nothing was.
    pub fn of(pool: &Pool) -> Result<Method, Failure> {
        Method::known(pool, &Knowing::default())
    }

    /// What had been chosen for the pool by then.
    pub fn known(pool: &Pool, knowing: &Knowing) -> Result<Method, Failure> {
        let chosen = pool.linking_chosen(|choice| knowing.has_happened(&choice.at))?;
        let Some(chosen) = chosen else { return Ok(Method::shipped()) };
        match chosen.method.as_str() {
            MODEL if chosen.text.is_empty() => Ok(Method::shipped()),
            MODEL => model(&format!("{} (kept in this pool)", chosen.name), &chosen.text)
                .map(|model| Method::Model { name: chosen.name, text: Some(chosen.text), model })
                .map_err(|failure| failure.or_hint("choose another with --model or --method")),
            MELTT => meltt::Choice::from_text(&chosen.text).map(Method::Meltt),
            other => Err(Failure::new(
                "no-such-method",
                format!(
                    "this pool is linked by the method {other}, which this program does not know"
                ),
            )
            .hint("use a newer sheaf, or choose another with --method")),
        }
    }

    /// What the command line asks for; `None` if it asks for nothing.
    pub fn asked(args: &HowToLink) -> Result<Option<Method>, Failure> {
        if let (Some(option), true) = (args.meltt_option(), args.method != Some(MethodWord::Meltt))
        {
            return Err(Failure::new(
                "not-with-this-method",
                format!("{option} belongs to --method meltt"),
            )
            .hint("say --method meltt too, or leave it out"));
        }
        match (args.method, &args.model) {
            (Some(MethodWord::Meltt), Some(_)) => Err(Failure::new(
                "not-with-this-method",
                "--model belongs to --method model, and --method meltt was asked for",
            )
            .hint("leave one of the two out")),
            (Some(MethodWord::Meltt), None) => {
                meltt::Choice::asked(args).map(|choice| Some(Method::Meltt(choice)))
            }
            (_, Some(path)) => model_from(path).map(Some),
            (Some(MethodWord::Model), None) => Ok(Some(Method::shipped())),
            (None, None) => Ok(None),
        }
    }

    /// The model by which a pool of these sources is linked, if it does not depend on its reports:
    /// only then can a change be followed.
    pub fn model_for(&self, sources: &[Source]) -> Option<&Model> {
        match self {
            Method::Model { text: None, .. } if is_estimated(sources) => None,
            Method::Model { model, .. } => Some(model),
            Method::Meltt(_) => None,
        }
    }

    /// What people call it.
    pub fn name(&self) -> String {
        match self {
            Method::Model { name, .. } => name.clone(),
            Method::Meltt(choice) => choice.name(),
        }
    }

    /// Keeps it in the pool, unless it stands there already.
    pub fn keep(&self, pool: &Pool, now: &str) -> Result<(), Failure> {
        let (method, text) = match self {
            Method::Model { text, .. } => (MODEL, text.clone().unwrap_or_default()),
            Method::Meltt(choice) => (MELTT, choice.text()),
        };
        let (name, at) = (self.name(), now.to_owned());
        let chosen = Linking { method: method.to_owned(), name, text, at };
        let standing = match pool.linking()? {
            Some(before) => Linking { at: chosen.at.clone(), ..before } == chosen,
            // Without a choice the model shipped with the program is what stands.
            None => chosen.method == MODEL && chosen.text.is_empty(),
        };
        if !standing {
            pool.choose_linking(chosen)?;
        }
        Ok(())
    }

    /// What a view rests on of it, for the fingerprint by which a kept view is known to fit.
    pub fn settings(&self) -> Value {
        let hash = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
        match self {
            Method::Model { text, .. } => {
                let Blocking { gap_days, slack_m, crowd, window } = Blocking::SHIPPED;
                let blocking =
                    [f64::from(gap_days), f64::from(slack_m), f64::from(crowd), f64::from(window)];
                let model = hash(text.as_deref().unwrap_or(Model::SHIPPED));
                json!({ "model": model, "blocking": blocking })
            }
            Method::Meltt(choice) => json!({ "meltt": hash(&choice.text()) }),
        }
    }

    /// Links the known reports.
    pub fn link(
        self,
        pool: &Pool,
        known: &Known,
        judgements: &[Judgement],
    ) -> Result<(Linkage, LinkedBy), Failure> {
        match self {
            Method::Model { text, model, .. } => {
                let blocking = Blocking::SHIPPED;
                let model = match text {
                    Some(_) => model,
                    None => Box::new(unless_chosen(known, *model, &blocking)),
                };
                let linkage = sheaf_link::link(&known.outlines, &model, &blocking, judgements);
                Ok((linkage, LinkedBy::Model { model, blocking }))
            }
            Method::Meltt(choice) => {
                let (linkage, run) = meltt::link(&choice, pool, known, judgements)?;
                Ok((linkage, LinkedBy::Meltt(Box::new(run))))
            }
        }
    }
}

/// A model from a file.
fn model_from(path: &Path) -> Result<Method, Failure> {
    let text = std::fs::read_to_string(path).map_err(|err| {
        let why = match err.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            std::io::ErrorKind::InvalidData => "the file is no UTF-8 text".to_owned(),
            _ => format!("reading it failed: {err}"),
        };
        Failure::new("no-such-model", format!("--model {}: {why}", path.display()))
            .hint("give the path of a text file, as `sheaf learn` writes it")
    })?;
    let model = model(&path.display().to_string(), &text)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Method::Model { name, text: Some(text), model })
}

/// Whether a pool of these sources for which nobody chose a model has one of its own.
fn is_estimated(sources: &[Source]) -> bool {
    let kinds = || sources.iter().map(|source| source.kind);
    let telling = kinds().filter(|kind| *kind != SourceKind::Leads).count();
    telling >= 2 && kinds().all(|kind| matches!(kind, SourceKind::Curated | SourceKind::Leads))
}

/// The model of a pool for which nobody chose one. The shipped model was learnt from news reports,
/// where one document tells of many incidents and many documents of one. Curated data sets are
/// another world: each lists an incident once. A pool of nothing else is linked by what can be
/// estimated from itself.
fn unless_chosen(known: &Known, shipped: Model, blocking: &Blocking) -> Model {
    if !is_estimated(&known.sources) {
        return shipped;
    }
    estimate(&known.outlines, &Model::prior(), blocking).map_or(
        Model::for_registers(),
        |mut model| {
            model.about = vec![
                ("name".to_owned(), "estimated".to_owned()),
                ("trained on".to_owned(), "this pool, without labels".to_owned()),
            ];
            model
        },
    )
}

/// The model of a text, or what its parser says, with where it stands.
fn model(name: &str, text: &str) -> Result<Box<Model>, Failure> {
    Model::parse(text).map(Box::new).map_err(|error| {
        let said = error.to_string();
        let (what, hint) = said.split_once("\nhint: ").unwrap_or((&said, ""));
        let failure = Failure::new("bad-model", format!("{name}: {what}"));
        if hint.is_empty() { failure } else { failure.hint(hint) }
    })
}
