//! A taxonomy in MELTT's own layout: a CSV with the columns `data.source`, `base.categories`, then the
//! levels from the finest to the broadest. R writes a column of row numbers before them, which is
//! passed over. The text of the file is kept as it is, so that a pool needs no file beside it.

use std::collections::BTreeSet;
use std::path::Path;

use sheaf_link::meltt::Taxonomy;
use sheaf_model::SourceName;

use crate::failure::Failure;

/// A taxonomy as it stands in its file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaxonomyFile {
    /// The column of the reports that it codes. `None` until the columns are known.
    pub column: Option<String>,
    /// The name of the file, without its folder.
    pub file: String,
    /// All of it.
    pub text: String,
}

const LAYOUT: &str =
    "a taxonomy has the columns data.source, base.categories, then its levels, the finest first";

impl TaxonomyFile {
    /// Reads `FILE` or `COLUMN=FILE`, and checks that it is one.
    pub fn read(asked: &str) -> Result<TaxonomyFile, Failure> {
        let (column, path) = match asked.split_once('=') {
            Some((column, path)) if !column.contains(['/', '\\']) && !Path::new(asked).exists() => {
                (Some(column.trim().to_owned()), path)
            }
            _ => (None, asked),
        };
        let failed = |what: String| {
            Failure::new("no-such-taxonomy", format!("--taxonomy {path}: {what}"))
                .hint("give the path of a file, or COLUMN=FILE")
        };
        let bytes = std::fs::read(path).map_err(|err| {
            failed(match err.kind() {
                std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
                _ => format!("reading it failed: {err}"),
            })
        })?;
        let text =
            String::from_utf8(bytes).map_err(|_| failed("the file is no UTF-8 text".to_owned()))?;
        let file = Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let taxonomy = TaxonomyFile { column, file, text };
        taxonomy.parse("a column")?;
        Ok(taxonomy)
    }

    /// Finds the column it codes, if that was not said: the one whose name ends the file's. The
    /// longest is meant, so `crash_damage_tax.csv` codes `damage_tax` before `tax`.
    pub fn find_column(&mut self, columns: &BTreeSet<String>) -> Result<(), Failure> {
        if self.column.is_some() {
            return Ok(());
        }
        let stem = self.file.rsplit_once('.').map_or(self.file.as_str(), |(stem, _)| stem);
        let stem = stem.to_lowercase();
        let ends = |column: &&String| {
            stem.strip_suffix(&column.to_lowercase())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with(['_', '-', '.', ' ']))
        };
        let longest = columns.iter().filter(|it| !it.is_empty()).filter(ends);
        self.column = longest.max_by_key(|it| it.len()).cloned();
        match self.column {
            Some(_) => Ok(()),
            None => Err(Failure::new(
                "taxonomy-without-column",
                format!(
                    "taxonomy {}: no column has the name that the file's name ends in",
                    self.file
                ),
            )
            .hint(format!("say which column it codes: --taxonomy COLUMN={}", self.file))),
        }
    }

    /// The taxonomy, named after its column, its data sets named as sources of a pool are.
    pub fn parse(&self, column: &str) -> Result<Taxonomy, Failure> {
        let failed = |what: String| {
            Failure::new("bad-taxonomy", format!("taxonomy {}: {what}", self.file)).hint(LAYOUT)
        };
        let text = self.text.strip_prefix('\u{feff}').unwrap_or(&self.text);
        let mut rows = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let headers = rows.headers().map_err(|err| failed(not_read(&err)))?.clone();
        let position = |name: &str| {
            headers
                .iter()
                .position(|it| it.trim() == name)
                .ok_or_else(|| failed(format!("there is no column {name}")))
        };
        let (source, base) = (position("data.source")?, position("base.categories")?);
        let first_level = source.max(base) + 1;
        if first_level == headers.len() {
            return Err(failed("there is no level after base.categories".to_owned()));
        }
        let mut lines: Vec<(String, String, Vec<String>)> = Vec::new();
        for row in rows.records() {
            let row = row.map_err(|err| failed(not_read(&err)))?;
            let cell = |at: usize| row.get(at).unwrap_or_default().to_owned();
            lines.push((
                source_name(&cell(source)),
                cell(base),
                (first_level..headers.len()).map(cell).collect(),
            ));
        }
        Taxonomy::new(column, lines).map_err(|error| {
            failed(error.problems.first().map_or(String::new(), ToString::to_string))
        })
    }

    /// The data sets it names, as sources of a pool are named, each once.
    pub fn sources(&self) -> BTreeSet<String> {
        let text = self.text.strip_prefix('\u{feff}').unwrap_or(&self.text);
        let mut rows = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let at = rows
            .headers()
            .ok()
            .and_then(|headers| headers.iter().position(|it| it.trim() == "data.source"));
        let Some(at) = at else { return BTreeSet::new() };
        rows.records().flatten().filter_map(|row| row.get(at).map(source_name)).collect()
    }
}

/// `crash_data1` is the source `crash-data1`.
fn source_name(said: &str) -> String {
    let said = said.trim();
    SourceName::nearest(said).map_or_else(|| said.to_owned(), |name| name.as_str().to_owned())
}

/// What the CSV reader says, in our words where it is about a line.
fn not_read(err: &csv::Error) -> String {
    match err.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            format!("line {line} has {len} cells, and the first line {expected_len}")
        }
        _ => err.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> TaxonomyFile {
        TaxonomyFile { column: None, file: name.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn the_column_is_the_longest_that_the_files_name_ends_in() {
        let columns: BTreeSet<String> =
            ["tax", "damage_tax", "kind", "Colour"].map(str::to_owned).into();
        for (name, expected) in [
            ("crash_taxonomy_damage_tax.csv", Some("damage_tax")),
            ("damage_tax.csv", Some("damage_tax")),
            ("old.tax.csv", Some("tax")),
            ("tax-colour.csv", Some("Colour")),
            ("mankind.csv", None),
        ] {
            let mut found = file(name, "");
            let failure = found.find_column(&columns).err();
            assert_eq!(found.column.as_deref(), expected, "{name}");
            let hint = format!("say which column it codes: --taxonomy COLUMN={name}");
            assert_eq!(failure.and_then(|it| it.hint), expected.is_none().then_some(hint));
        }
    }

    #[test]
    fn row_numbers_are_passed_over_and_names_are_those_of_sources() {
        let text = "\u{feff}\"\",\"data.source\",\"base.categories\",\"level1\",\"level2\"\n\
                    \"1\",\"Road_Data\",\" car \",\"car\",\"vehicle\"\n";
        let file = file("kind.csv", text);
        let taxonomy = file.parse("kind").unwrap();
        assert_eq!((taxonomy.name(), taxonomy.depth()), ("kind", 2));
        assert_eq!(taxonomy.levels("road-data", "car").unwrap(), ["car", "vehicle"]);
        assert_eq!(file.sources(), ["road-data".to_owned()].into());
    }

    #[test]
    fn what_is_no_taxonomy_is_refused_by_name() {
        for (text, expected) in [
            ("source,base.categories,l1\n", "there is no column data.source"),
            ("data.source,category,l1\n", "there is no column base.categories"),
            ("data.source,base.categories\n", "there is no level after base.categories"),
            ("data.source,base.categories,l1\na,b\n", "line 2 has 2 cells, and the first line 3"),
            (
                "data.source,base.categories,l1\n",
                "taxonomy kind has no levels; it needs lines of data.source, base.categories and \
                 at least one level",
            ),
        ] {
            let failure = file("k.csv", text).parse("kind").unwrap_err();
            assert_eq!(failure.what, format!("taxonomy k.csv: {expected}"));
            assert_eq!(failure.hint.as_deref(), Some(LAYOUT));
        }
    }
}
