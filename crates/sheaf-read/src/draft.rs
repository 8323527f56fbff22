//! A first mapping for a table nobody has mapped: `sheaf new-source FILE`. It looks at the names of
//! the columns and at the first rows, guesses what it can, and says of every column what it guessed
//! or that a person has to decide. The draft loads and reads the file as it is; what is not decided
//! is not kept. Columns about people are refused from the start.

use std::fmt::Write as _;
use std::path::Path;

use sheaf_model::SourceName;

use crate::ReadError;
use crate::mapping::people_in;
use crate::reading::dataset_and_version;
use crate::rows::{self, Form, Header, Peek};

mod guess;

use guess::{Guess, Sampled, guess};

/// How many rows are looked at.
const LOOKED_AT: usize = 500;

/// Drafts a mapping for a file, as commented TOML.
///
/// # Errors
/// If the file cannot be read as a table.
pub fn draft_mapping(path: &Path) -> Result<String, ReadError> {
    let peek = rows::peek(path, &Form::default(), LOOKED_AT)?;
    if !is_data(&peek.columns) {
        return Ok(draft(path, &peek, None));
    }
    let names: Vec<String> = (1..=peek.columns.len()).map(|n| format!("column-{n}")).collect();
    let form = Form { header: Header::Given(names.clone()), ..Form::default() };
    Ok(draft(path, &rows::peek(path, &form, LOOKED_AT)?, Some(&names)))
}

/// Whether what stands in place of a header is data: a header has no numbers in it.
fn is_data(columns: &[String]) -> bool {
    let numbers = columns.iter().filter(|name| name.trim().parse::<f64>().is_ok()).count();
    numbers >= 3 || (numbers > 0 && numbers * 2 >= columns.len())
}

fn draft(path: &Path, peek: &Peek, names: Option<&[String]>) -> String {
    let (dataset, _) = dataset_and_version(path);
    let name = SourceName::nearest(&dataset);
    let name = name.as_ref().map_or("my-source", SourceName::as_str);
    let columns: Vec<Sampled> = peek
        .columns
        .iter()
        .enumerate()
        .map(|(idx, column)| Sampled::new(column, peek.rows.iter().map(|(_, row)| cell(row, idx))))
        .collect();
    let guesses = guess(&columns);
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = write_draft(&mut text, peek, name, names, &columns, &guesses);
    text
}

fn cell(row: &[String], idx: usize) -> &str {
    row.get(idx).map_or("", String::as_str)
}

fn write_draft(
    out: &mut String,
    peek: &Peek,
    name: &str,
    names: Option<&[String]>,
    columns: &[Sampled],
    guesses: &[Guess],
) -> std::fmt::Result {
    let of = |wanted: fn(&Guess) -> bool| {
        columns.iter().zip(guesses).filter(move |(_, guess)| wanted(guess)).map(|(it, _)| it)
    };
    let first = |wanted: fn(&Guess) -> bool| of(wanted).next();
    writeln!(
        out,
        "# A draft for {}, from its columns and first {} rows. Read every line,",
        peek.file,
        peek.rows.len()
    )?;
    writeln!(out, "# then keep it beside the data, or name it with --as.")?;

    let wording: Vec<String> = of(|it| *it == Guess::Wording).map(|it| quoted(&it.name)).collect();
    if !wording.is_empty() {
        writeln!(out, "\n# Running text can name people: only a fingerprint of it is kept.")?;
        writeln!(out, "wording = [{}]", wording.join(", "))?;
    }

    writeln!(out, "\n[source]")?;
    writeln!(out, "name = {}", quoted(name))?;
    writeln!(out, "title = {} # decide: the data set's title", quoted(name))?;
    writeln!(out, "organisation = \"\" # decide: who gathers it")?;
    writeln!(
        out,
        "licence = \"unknown\" # decide: open-with-attribution, share-alike, own-use-only"
    )?;
    writeln!(out, "credit = \"\" # decide: the line that must travel with its values")?;
    writeln!(out, "kind = \"news\" # decide: curated if it has one row per incident, news, leads")?;

    if let Some(names) = names {
        let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
        writeln!(out, "\n# The first row is data, so the columns have no names. Name them here:")?;
        writeln!(out, "[file]\ncolumns = [{}]", names.join(", "))?;
    }
    match first(|it| *it == Guess::Key) {
        Some(key) => {
            writeln!(out, "\n# No value of it is seen twice.\n[key]")?;
            writeln!(out, "columns = [{}]", quoted(&key.name))?;
        }
        None => {
            writeln!(out, "\n# No column names each row; rows will be named by their content. If")?;
            writeln!(
                out,
                "# several columns together do, write [key] and columns = [\"a\", \"b\"]."
            )?;
        }
    }
    write_date(out, columns, guesses)?;
    write_place(out, columns, guesses)?;
    write_tolls(out, columns, guesses)?;

    writeln!(out, "\n[fields]")?;
    for (column, guess) in columns.iter().zip(guesses) {
        if let Guess::Field(field) = guess {
            writeln!(
                out,
                "{} = {} # {}",
                quoted(&column.name),
                quoted(field.name()),
                column.shown()
            )?;
        }
    }
    writeln!(out, "\n[ignore]")?;
    for (column, guess) in columns.iter().zip(guesses) {
        if let Guess::Decide = guess {
            writeln!(out, "{} = \"decide\" # {}", quoted(&column.name), column.shown())?;
        }
    }
    writeln!(out, "\n# About people: never kept, counted in the summary.\n[refuse]")?;
    for column in of(|it| *it == Guess::Refuse) {
        let what = people_in(&column.name).unwrap_or("may be about persons");
        writeln!(out, "{} = {}", quoted(&column.name), quoted(what))?;
    }
    Ok(())
}

fn write_date(out: &mut String, columns: &[Sampled], guesses: &[Guess]) -> std::fmt::Result {
    let with = |wanted: Guess| {
        columns.iter().zip(guesses).find(|(_, guess)| **guess == wanted).map(|(column, _)| column)
    };
    let parts = [("year", Guess::Year), ("month", Guess::Month), ("day", Guess::DayOfMonth)];
    let start = with(Guess::Start);
    if start.is_none() && with(Guess::Year).is_none() {
        writeln!(out, "\n# No column of days was found. Reports without a day cannot be linked:")?;
        return writeln!(out, "# write [date] and start = \"the column\".");
    }
    writeln!(out, "\n[date]")?;
    if let Some(start) = start {
        writeln!(out, "start = {} # {}", quoted(&start.name), start.shown())?;
        let mut formats = start.formats();
        if let Some(end) = with(Guess::End) {
            writeln!(out, "end = {} # {}", quoted(&end.name), end.shown())?;
            for format in end.formats() {
                if !formats.contains(&format) {
                    formats.push(format);
                }
            }
        }
        let both = formats.contains(&"%d/%m/%Y") && formats.contains(&"%m/%d/%Y");
        let formats: Vec<String> = formats.into_iter().map(quoted).collect();
        let note = if both { " # decide: day first or month first; both fit" } else { "" };
        writeln!(out, "formats = [{}]{note}", formats.join(", "))?;
    }
    for (key, guess) in parts {
        if let Some(column) = with(guess) {
            writeln!(out, "{key} = {}", quoted(&column.name))?;
        }
    }
    writeln!(
        out,
        "# precision = \"the column\" and [date.widths] 1 = \"day\", 2 = \"week\", 3 = \"month\""
    )
}

fn write_place(out: &mut String, columns: &[Sampled], guesses: &[Guess]) -> std::fmt::Result {
    let with = |wanted: Guess| {
        columns.iter().zip(guesses).find(|(_, guess)| **guess == wanted).map(|(column, _)| column)
    };
    let (Some(lat), Some(lon)) = (with(Guess::Lat), with(Guess::Lon)) else {
        writeln!(
            out,
            "\n# No pair of coordinates was found: write [place] with lat, lon and radius"
        )?;
        return writeln!(out, "# if there is one.");
    };
    writeln!(out, "\n[place]")?;
    writeln!(out, "lat = {} # {}", quoted(&lat.name), lat.shown())?;
    writeln!(out, "lon = {} # {}", quoted(&lon.name), lon.shown())?;
    writeln!(
        out,
        "radius = 5000 # decide: metres that a point may be off if nothing else is said"
    )?;
    writeln!(
        out,
        "# precision = \"the column\" and [place.radii] 1 = 1000, 2 = 25000, 3 = \"too-coarse\""
    )
}

fn write_tolls(out: &mut String, columns: &[Sampled], guesses: &[Guess]) -> std::fmt::Result {
    for (column, guess) in columns.iter().zip(guesses) {
        let Guess::Toll(harm, whom) = guess else { continue };
        writeln!(out, "\n[[toll]]\nharm = \"{}\"", harm.name())?;
        if *whom != sheaf_model::Whom::All {
            writeln!(out, "whom = \"{}\"", whom.name())?;
        }
        writeln!(out, "best = {} # {}", quoted(&column.name), column.shown())?;
        for (key, bound) in [("low", Guess::Low(*harm)), ("high", Guess::High(*harm))] {
            let wanted = columns.iter().zip(guesses).find(|(_, guess)| **guess == bound);
            if let Some((column, _)) = wanted.filter(|_| *whom == sheaf_model::Whom::All) {
                writeln!(out, "{key} = {}", quoted(&column.name))?;
            }
        }
        writeln!(out, "# attackers = \"included\" or \"excluded\", if the source says")?;
    }
    Ok(())
}

/// A TOML string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
