//! `sheaf incidents` and `sheaf export`: lists of incidents, in every format, for ourselves and for
//! others.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;

use sheaf_model::Source;
use sheaf_store::{Access, Pool};

use super::cite::Question;
use super::{Went, exchanged, exported, finish_printing, open, remark, with_received};
use crate::args::{Everywhere, Exporting, Format, Listing, Which};
use crate::failure::Failure;
use crate::filter;
use crate::knowing::Knowing;
use crate::list::List;
use crate::output::{self, Answer, Audience, Looks, Losses};

pub fn incidents(args: &Listing, everywhere: &Everywhere) -> Result<Went, Failure> {
    if let Some(n) = args.draws {
        return super::draws::draw(args, n, everywhere);
    }
    let pool = open(&args.pool, Access::Read)?;
    let format = if everywhere.json { Format::Json } else { args.format };
    let knowing = with_received(args.which.times.knowing(), &args.pool, args.only_own)?;
    let asked = Asked { which: &args.which, knowing, format, audience: Audience::Ourselves };
    write_to(&pool, &asked, args.out.as_deref(), everywhere)?;
    Ok(Went::Fine)
}

pub fn export(args: &Exporting, everywhere: &Everywhere) -> Result<Went, Failure> {
    let Some(format) = args.to.of_a_list() else { return exchanged::export(args, everywhere) };
    if args.reader.is_some() || args.by.is_some() {
        return Err(Failure::new(
            "not-with-this-format",
            "--for and --by belong to misp, frictionless and cap",
        )
        .hint("a list goes by the terms of its sources alone"));
    }
    let pool = open(&args.pool, Access::Read)?;
    if args.cite {
        let question = Question {
            path: &args.pool,
            query: filter::export_as_typed(args),
            profile: &args.which.profile,
            knowing: args.which.times.knowing(),
            in_order: false,
        };
        return question.cite(&pool, everywhere);
    }
    let knowing = args.which.times.knowing();
    let asked = Asked { which: &args.which, knowing, format, audience: Audience::Others };
    let n_written = write_to(&pool, &asked, args.out.as_deref(), everywhere)?;
    exported(args, n_written, &[])?;
    Ok(Went::Fine)
}

/// What to write for whom.
pub struct Asked<'a> {
    pub which: &'a Which,
    /// How much of the pool may be known.
    pub knowing: Knowing,
    pub format: Format,
    pub audience: Audience,
}

/// Writes it; how many incidents there were.
pub fn write_to(
    pool: &Pool,
    asked: &Asked<'_>,
    out: Option<&Path>,
    everywhere: &Everywhere,
) -> Result<u64, Failure> {
    let list = List::of(pool, asked, everywhere)?;
    let losses = match out {
        None if asked.format == Format::Parquet => {
            return Err(Failure::new("needs-a-file", "Parquet is not written to standard output")
                .hint("name a file: --out incidents.parquet"));
        }
        None => {
            let mut to = BufWriter::new(io::stdout().lock());
            match list.write(asked, &mut to).and_then(|losses| Ok((to.flush()?, losses))) {
                Ok(((), losses)) => losses,
                Err(err) => {
                    // Whoever closed the pipe has what came before.
                    finish_printing(Err(err))?;
                    return Ok(0);
                }
            }
        }
        Some(path) => write_files(&list, asked, path)?,
    };
    if list.failed.get() {
        return Err(Failure::new("pool-damaged", "the pool could not be read to its end")
            .hint("`sheaf verify POOL` says what is wrong; what was written is not complete"));
    }
    for sentence in losses.sentences() {
        remark(everywhere, &sentence);
    }
    match losses.answer {
        Answer::Incidents => {}
        Answer::NoIncidents => {
            remark(everywhere, "no incident is like that: the pool was read, and nothing failed");
        }
        Answer::NothingKnown => {
            remark(everywhere, "nothing was known then: the pool had taken nothing in");
        }
        Answer::NotEntitled => {
            return Err(Failure::new(
                "not-entitled",
                "there are incidents like that, and not one may be passed on",
            )
            .hint("`sheaf incidents` shows them to you; an empty list is not what is known"));
        }
    }
    Ok(losses.n_written)
}

fn write_files(list: &List<'_>, asked: &Asked<'_>, path: &Path) -> Result<Losses, Failure> {
    let unwritable =
        |err: io::Error| Failure::new("cannot-write", format!("{}: {err}", path.display()));
    let write = |path: &Path| {
        let mut to = BufWriter::new(File::create(path)?);
        let losses = list.write(asked, &mut to)?;
        to.flush()?;
        Ok(losses)
    };
    if asked.format == Format::Parquet {
        let (incidents, mut losses) = list.collect("parquet");
        output::add_parquet_losses(&mut losses, &incidents);
        let rows: Vec<_> = incidents.iter().map(output::parquet_row).collect();
        sheaf_store::write_incidents(path, &rows)?;
        return Ok(losses);
    }
    if asked.format != Format::Csv || path.extension().is_some() {
        return write(path).map_err(unwritable);
    }
    std::fs::create_dir_all(path).map_err(unwritable)?;
    let losses = write(&path.join("incidents.csv")).map_err(unwritable)?;
    let package = File::create(path.join("datapackage.json")).map_err(unwritable)?;
    // What others get rests on nothing by a source that may not be passed on, so neither do the
    // credits and the terms.
    let rests_on = |source: &&Source| {
        asked.audience == Audience::Ourselves || source.licence.may_be_passed_on()
    };
    let sources: Vec<&Source> = list.sources.iter().filter(rests_on).collect();
    output::write_package("incidents.csv", &sources, &losses, package).map_err(unwritable)?;
    Ok(losses)
}

/// How wide a table may be: as wide as the terminal, or without bound into a file.
pub fn looks() -> Looks {
    let width = io::stdout()
        .is_terminal()
        .then(|| std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).unwrap_or(120));
    Looks { width, ascii: false }
}
