//! `sheaf incidents`, `sheaf export`, `sheaf cite`: lists of incidents, in every format, and the
//! line by which a list can be named.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;

use sheaf_model::Source;
use sheaf_settle::{PROFILES, Profile};
use sheaf_store::{Access, Pool};

use super::sources::hex;
use super::{Went, finish_printing, now, open, print, print_json, remark};
use crate::args::{Everywhere, Exporting, Format, Listing, Which};
use crate::failure::Failure;
use crate::list::List;
use crate::output::{self, Audience, Looks, Losses};
use crate::{filter, suggest};

pub fn incidents(args: &Listing, everywhere: &Everywhere) -> Result<Went, Failure> {
    if let Some(n) = args.draws {
        return super::draws::draw(args, n, everywhere);
    }
    let pool = open(&args.pool, Access::Read)?;
    let format = if everywhere.json { Format::Json } else { args.format };
    let asked = Asked { which: &args.which, format, audience: Audience::Ourselves };
    write_to(&pool, &asked, args.out.as_deref(), everywhere)
}

pub fn export(args: &Exporting, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let asked = Asked { which: &args.which, format: args.to, audience: Audience::Others };
    write_to(&pool, &asked, args.out.as_deref(), everywhere)
}

/// What to write for whom.
pub struct Asked<'a> {
    pub which: &'a Which,
    pub format: Format,
    pub audience: Audience,
}

/// The profile of this name, or a failure that names the nearest.
pub fn profile(name: &str) -> Result<&'static dyn Profile, Failure> {
    sheaf_settle::profile(name).ok_or_else(|| {
        let names: Vec<&str> = PROFILES.iter().map(|it| it.about().name).collect();
        let failure = Failure::new("no-such-profile", format!("{name} is no profile"));
        match suggest::nearest(name, names.iter().copied()) {
            Some(near) => failure.hint(format!("did you mean {near}?")),
            None => failure.hint(format!("the profiles are {}", names.join(", "))),
        }
    })
}

fn write_to(
    pool: &Pool,
    asked: &Asked<'_>,
    out: Option<&Path>,
    everywhere: &Everywhere,
) -> Result<Went, Failure> {
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
                    finish_printing(Err(err))?;
                    return Ok(Went::Fine);
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
    if losses.n_written == 0 {
        remark(everywhere, "no incident is like that: the pool was read, and nothing failed");
    }
    Ok(Went::Fine)
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
        sheaf_store::write_incidents(path, &incidents)?;
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
    output::write_package("incidents.csv", &sources, package).map_err(unwritable)?;
    Ok(losses)
}

/// How wide a table may be: as wide as the terminal, or without bound into a file.
pub fn looks() -> Looks {
    let width = io::stdout()
        .is_terminal()
        .then(|| std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).unwrap_or(120));
    Looks { width, ascii: false }
}

pub fn cite(args: &Listing, everywhere: &Everywhere) -> Result<Went, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let profile = profile(&args.which.profile)?;
    let hash = hex(&pool.basis(&crate::view::settings(&pool, profile)?)?);
    let name = args.pool.file_stem().unwrap_or_default().to_string_lossy();
    let query = filter::as_typed(&args.which);
    let (cited, day) = (profile.about().cited, &now()[..10]);
    if everywhere.json || args.format == Format::Json {
        print_json(&serde_json::json!({
            "pool": name, "hash": hash, "query": query, "profile": cited, "date": day,
            "program": concat!("sheaf ", env!("CARGO_PKG_VERSION")),
        }))?;
    } else {
        print(&format!(
            "sheaf {}: pool {name} {}, query [{query}], profile {cited}, {day}\n",
            env!("CARGO_PKG_VERSION"),
            &hash[..16],
        ))?;
    }
    Ok(Went::Fine)
}
