//! Which mapping reads a file: the one asked for, the one that lies beside the file, or the
//! built-in one that recognises its columns.

use std::path::Path;

use crate::mapping::{Recognise, nearest};
use crate::reading::sidecar;
use crate::rows::{self, Form, Header};
use crate::sources::{BuiltIn, SOURCES};
use crate::{Mapping, ReadError};

/// A mapping and where it comes from.
pub struct Chosen {
    pub(crate) mapping: Mapping,
    /// The built-in reader's name, or the mapping's file name.
    pub reader: String,
    pub(crate) built_in: Option<&'static dyn BuiltIn>,
    /// The mapping as it is written: a file read by another mapping says other things.
    pub text: String,
}

/// Chooses the mapping for a file.
///
/// # Errors
/// When the reader asked for does not exist, its mapping is wrong, or no reader knows the columns;
/// the last names the nearest reader and what the file lacks for it.
pub fn choose(path: &Path, reader: Option<&str>) -> Result<Chosen, ReadError> {
    match reader {
        Some(name) if name.ends_with(".toml") => from_file(Path::new(name)),
        Some(name) => match SOURCES.iter().find(|source| source.about().name == name) {
            Some(source) => from_built_in(*source),
            None => Err(no_such_reader(name)),
        },
        None => match sidecar(path) {
            Some(beside) => from_file(&beside),
            None => recognised(path),
        },
    }
}

fn from_file(path: &Path) -> Result<Chosen, ReadError> {
    let file =
        path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let text = std::fs::read_to_string(path).map_err(|error| {
        ReadError::new(
            "no-mapping",
            format!("the mapping {} cannot be read: {error}", path.display()),
        )
    })?;
    let mapping = Mapping::from_toml(&text, &file)?;
    Ok(Chosen { mapping, reader: file, built_in: None, text })
}

fn from_built_in(source: &'static dyn BuiltIn) -> Result<Chosen, ReadError> {
    let about = source.about();
    let mapping = Mapping::from_toml(about.mapping, &format!("{}/source.toml", about.name))?;
    let (reader, text) = (about.name.to_owned(), about.mapping.to_owned());
    Ok(Chosen { mapping, reader, built_in: Some(source), text })
}

fn no_such_reader(name: &str) -> ReadError {
    let names = || SOURCES.iter().map(|source| source.about().name);
    let hint = match nearest(name, names()) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!(
            "the readers are {}; or name a mapping that ends in .toml",
            names().collect::<Vec<_>>().join(", ")
        ),
    };
    ReadError::new("no-such-reader", format!("there is no reader \"{name}\"")).hint(hint)
}

fn recognised(path: &Path) -> Result<Chosen, ReadError> {
    let name =
        path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    // Columns of JSON come to light row by row, so a few rows are looked at.
    let columns = rows::peek(path, &Form::default(), 50)?.columns;
    let mut nearest_miss: Option<(f64, &'static str, Vec<String>)> = None;
    for source in SOURCES {
        let chosen = from_built_in(*source)?;
        let recognise = &chosen.mapping.recognise;
        if let Header::Given(given) = &chosen.mapping.form.header {
            if fits_without_header(recognise, &name, given.len(), columns.len()) {
                return Ok(chosen);
            }
            continue;
        }
        let lacks = lacks(recognise, &columns);
        if lacks.is_empty() && !recognise.all.is_empty() {
            return Ok(chosen);
        }
        // A reader that lacks more than it finds is not near.
        let wanted = recognise.all.len() + recognise.any.len();
        // The nearest is the one of which the smallest part is missing.
        let missing = lacks.len() as f64 / wanted.max(1) as f64;
        let nearer = nearest_miss.as_ref().is_none_or(|(least, _, _)| missing < *least);
        if missing <= 0.5 && nearer {
            nearest_miss = Some((missing, source.about().name, lacks));
        }
    }
    let shown = path.display();
    let error = ReadError::new("not-recognised", format!("{shown}: no reader knows these columns"));
    Err(match nearest_miss {
        Some((_, reader, lacks)) => error.hint(format!(
            "{reader} comes nearest, but for it the file lacks {}; write a mapping: sheaf \
             new-source {shown}",
            lacks.join(", ")
        )),
        None => error.hint(format!("write a mapping: sheaf new-source {shown}")),
    })
}

/// What a file would need to be recognised; columns that may not be there are named with "not".
fn lacks(recognise: &Recognise, columns: &[String]) -> Vec<String> {
    let has = |name: &str| columns.iter().any(|column| column.trim().eq_ignore_ascii_case(name));
    let mut lacks: Vec<String> = recognise.all.iter().filter(|name| !has(name)).cloned().collect();
    for names in &recognise.any {
        if !names.iter().any(|name| has(name)) {
            lacks.push(names.join(" or "));
        }
    }
    for name in recognise.none.iter().filter(|name| has(name)) {
        lacks.push(format!("(it must not have) {name}"));
    }
    lacks
}

/// A file without a header is known by its name and its number of columns.
fn fits_without_header(recognise: &Recognise, name: &str, given: usize, found: usize) -> bool {
    let name = name.to_ascii_lowercase();
    given == found && recognise.name_ends.iter().any(|end| name.ends_with(end.as_str()))
}
