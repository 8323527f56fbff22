//! A taxonomy says how the categories of several data sets correspond: each data set's own
//! category stands for a chain of ever broader levels, which all data sets share.

use std::collections::HashMap;

use super::check::{MelttError, Problem};

/// How the categories of the data sets map onto shared levels, finest first.
#[derive(Clone, Debug)]
pub struct Taxonomy {
    name: String,
    // Invariant: at least 1, and as many levels as this for every category.
    depth: usize,
    // Data set, then the data set's own category.
    levels: HashMap<String, HashMap<String, Vec<String>>>,
}

impl Taxonomy {
    /// A taxonomy from the lines of its table: data set, its own category, the levels from the
    /// finest to the broadest. White space around a cell is dropped, and of two lines for one
    /// category the first counts, as in MELTT.
    ///
    /// # Errors
    ///
    /// When there are no lines, no levels, or lines with fewer or more levels than the first.
    ///
    /// ```
    /// use sheaf_link::meltt::Taxonomy;
    /// let lines = [("roads", "arson", ["property"]), ("wire", "fire set", ["property"])];
    /// let damage = Taxonomy::new("damage", lines).unwrap();
    /// assert_eq!(damage.levels("wire", "fire set").unwrap(), ["property"]);
    /// assert!(damage.levels("wire", "looting").is_none());
    /// ```
    pub fn new<Text, Levels>(
        name: &str,
        lines: impl IntoIterator<Item = (Text, Text, Levels)>,
    ) -> Result<Taxonomy, MelttError>
    where
        Text: AsRef<str>,
        Levels: IntoIterator<Item = Text>,
    {
        let mut depth = None;
        let mut problems = Vec::new();
        let mut levels: HashMap<String, HashMap<String, Vec<String>>> = HashMap::new();
        for (dataset, category, line_levels) in lines {
            let dataset = dataset.as_ref().trim();
            let category = category.as_ref().trim();
            let line_levels: Vec<String> =
                line_levels.into_iter().map(|level| level.as_ref().trim().to_owned()).collect();
            let expected = *depth.get_or_insert(line_levels.len());
            if line_levels.len() != expected {
                problems.push(Problem::UnevenTaxonomy {
                    taxonomy: name.to_owned(),
                    dataset: dataset.to_owned(),
                    category: category.to_owned(),
                    levels: line_levels.len(),
                    expected,
                });
                continue;
            }
            let of_dataset = levels.entry(dataset.to_owned()).or_default();
            of_dataset.entry(category.to_owned()).or_insert(line_levels);
        }
        let depth = depth.unwrap_or(0);
        if depth == 0 {
            problems.push(Problem::EmptyTaxonomy { taxonomy: name.to_owned() });
        }
        if problems.is_empty() {
            Ok(Taxonomy { name: name.to_owned(), depth, levels })
        } else {
            Err(MelttError { problems })
        }
    }

    /// The name, which is the name of the column it describes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many levels it has.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The levels of a data set's own category, finest first, if the taxonomy maps it.
    pub fn levels(&self, dataset: &str, category: &str) -> Option<&[String]> {
        self.levels.get(dataset)?.get(category).map(Vec::as_slice)
    }
}
