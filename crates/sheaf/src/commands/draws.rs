//! `sheaf incidents POOL --draws N`: N linkages drawn by their probabilities, for statistics that
//! should carry the doubt of linking with them. One row for each draw and report: which incident it
//! is in, named by its smallest report, as incidents are named everywhere.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use sheaf_link::{Linkage, Resample, draws, how_sure};
use sheaf_store::Access;

use super::{Went, finish_printing, grouped, open, remark};
use crate::args::{Everywhere, Format, Listing};
use crate::failure::Failure;
use crate::linking::LinkedBy;
use crate::view::View;

/// Draws `n` linkages. The same pool, number and seed give the same bytes.
pub fn draw(args: &Listing, n: u32, everywhere: &Everywhere) -> Result<Went, Failure> {
    if n == 0 {
        return Err(Failure::new("nothing-to-draw", "--draws 0 draws nothing")
            .hint("give how many linkages to draw, as in --draws 100"));
    }
    let json = match args.format {
        Format::Json => true,
        Format::Table | Format::Csv => everywhere.json,
        Format::Geojson | Format::Parquet => {
            return Err(Failure::new("no-such-format", "draws are written as csv or json")
                .hint("say --format csv or --format json"));
        }
    };
    let pool = open(&args.pool, Access::Read)?;
    let view = View::knowing(&pool, args.which.times.knowing(), everywhere.quiet)?;
    let LinkedBy::Model { model, blocking } = &view.linked_by else {
        return Err(Failure::new(
            "no-probabilities",
            "this pool is linked as MELTT does, which gives no probabilities to draw by",
        )
        .hint("link it by a model first: sheaf pool POOL --method model"));
    };
    let outlines = &view.known.outlines;
    let resample = Resample { n_draws: n, seed: args.seed };
    let sure =
        how_sure(outlines, model, blocking, &view.linkage, &view.judgements, resample).n_incidents;
    remark(
        everywhere,
        &format!(
            "{} incidents linked; by the model {:.0} on average, 95 % {}–{}",
            grouped(u64::from(view.linkage.n_incidents)),
            sure.mean,
            grouped(sure.low),
            grouped(sure.high)
        ),
    );
    let drawn = draws(outlines, model, blocking, &view.linkage, &view.judgements, resample);
    let mut order: Vec<u32> = (0..outlines.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| outlines.id(a).cmp(outlines.id(b)));
    let write = |to: &mut dyn Write| -> io::Result<()> {
        if json {
            write!(to, "{{\"draws\":{n},\"seed\":{},\"rows\":[", args.seed)?;
        } else {
            writeln!(to, "draw,report,incident")?;
        }
        let mut first = true;
        for (number, incident_of) in drawn.iter().enumerate() {
            let mut names = std::collections::HashMap::new();
            for &at in &order {
                let incident = incident_of[at as usize];
                if incident == Linkage::NONE {
                    continue;
                }
                // In order of id, so the first report of an incident names it.
                let name: &str = names.entry(incident).or_insert_with(|| outlines.id(at));
                let (draw, report) = (number + 1, outlines.id(at));
                if json {
                    let comma = if first { "" } else { "," };
                    let [report, name] = [report, name].map(serde_json::Value::from);
                    write!(to, "{comma}\n[{draw},{report},{name}]")?;
                    first = false;
                } else {
                    let row = [draw.to_string(), report.to_owned(), name.to_owned()];
                    let mut line = csv::Writer::from_writer(Vec::new());
                    line.write_record(&row)?;
                    to.write_all(&line.into_inner().unwrap_or_default())?;
                }
            }
        }
        if json {
            writeln!(to, "\n]}}")?;
        }
        to.flush()
    };
    match &args.out {
        Some(path) => {
            let unwritable =
                |err: io::Error| Failure::new("cannot-write", format!("{}: {err}", path.display()));
            let mut to = BufWriter::new(File::create(path).map_err(unwritable)?);
            write(&mut to).map_err(unwritable)?;
        }
        None => finish_printing(write(&mut BufWriter::new(io::stdout().lock())))?,
    }
    Ok(Went::Fine)
}
