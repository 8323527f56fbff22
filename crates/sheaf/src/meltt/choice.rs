//! What was chosen: windows, options and the full text of the taxonomies. The pool keeps it as JSON
//! that people can read, and needs no file beside it.

use serde_json::{Value, json};
use sheaf_link::meltt::{
    Agreement, CandidateOrder, MelttError, Options, Taxonomy, check_arguments,
};

use super::{TaxonomyFile, refused};
use crate::args::HowToLink;
use crate::commands::counted;
use crate::failure::Failure;

/// How to link as MELTT does.
#[derive(Clone, PartialEq, Debug)]
pub struct Choice {
    pub options: Options,
    pub taxonomies: Vec<TaxonomyFile>,
}

impl Choice {
    /// The choice as typed. The columns of its taxonomies may still have to be found.
    pub fn asked(args: &HowToLink) -> Result<Choice, Failure> {
        let (days, km) = match (args.twindow, args.spatwindow) {
            (Some(days), Some(km)) => (days, km),
            (days, _) => {
                let missing = if days.is_none() { "--twindow DAYS" } else { "--spatwindow KM" };
                return Err(Failure::new(
                    "no-window",
                    format!("--method meltt needs two windows, and {missing} is missing"),
                )
                .hint("for two days and four kilometres, say --twindow 2 --spatwindow 4"));
            }
        };
        if args.taxonomy.is_empty() {
            return Err(Failure::new(
                "no-taxonomy",
                "--method meltt compares by taxonomies, and none is given",
            )
            .hint("name the files: --taxonomy tax_kind.csv tax_damage.csv"));
        }
        let taxonomies: Vec<TaxonomyFile> =
            args.taxonomy.iter().map(|it| TaxonomyFile::read(it)).collect::<Result<_, _>>()?;
        let agreement = match args.taxonomy_level.as_slice() {
            [] => Agreement::FinestLevel,
            levels => Agreement::AtLevels(levels.to_vec()),
        };
        let weights = (!args.taxonomy_weight.is_empty()).then(|| args.taxonomy_weight.clone());
        let candidate_order = match args.mended_order {
            true => CandidateOrder::ByScore,
            false => CandidateOrder::AsInMeltt,
        };
        let options = Options {
            days,
            km,
            weights,
            partial: args.partial.unwrap_or(0),
            averaging: args.averaging,
            agreement,
            candidate_order,
        };
        let choice = Choice { options, taxonomies };
        let parsed = choice.parsed()?;
        check_arguments(&parsed, &choice.options).map_err(|error: MelttError| refused(&error))?;
        Ok(choice)
    }

    /// The columns that the taxonomies code, in their order.
    pub fn columns(&self) -> Vec<String> {
        self.taxonomies.iter().map(|it| it.column.clone().unwrap_or_default()).collect()
    }

    /// The taxonomies, each named after its column.
    pub fn parsed(&self) -> Result<Vec<Taxonomy>, Failure> {
        let name = |it: &TaxonomyFile| it.column.clone().unwrap_or_else(|| it.file.clone());
        self.taxonomies.iter().map(|it| it.parse(&name(it))).collect()
    }

    /// What people call it.
    pub fn name(&self) -> String {
        let Options { days, km, .. } = self.options;
        let taxonomies = match self.taxonomies.len() {
            1 => "1 taxonomy".to_owned(),
            n => format!("{n} taxonomies"),
        };
        format!("{}: {days} days, {km} km, {taxonomies}", super::VERSION)
    }

    /// The text that the pool keeps.
    pub fn text(&self) -> String {
        let Options { days, km, weights, partial, averaging, agreement, candidate_order } =
            &self.options;
        let levels = match agreement {
            Agreement::FinestLevel => Value::Null,
            Agreement::AtLevels(levels) => json!(levels),
        };
        let taxonomies: Vec<Value> = self
            .taxonomies
            .iter()
            .map(|it| json!({ "column": it.column, "file": it.file, "text": it.text }))
            .collect();
        let object = json!({
            "twindow_days": days,
            "spatwindow_km": km,
            "taxonomy_weights": weights,
            "taxonomy_levels": levels,
            "partial": partial,
            "averaging": averaging,
            "mended_order": *candidate_order == CandidateOrder::ByScore,
            "taxonomies": taxonomies,
        });
        format!("{object:#}\n")
    }

    /// Reads the text back.
    pub fn from_text(text: &str) -> Result<Choice, Failure> {
        choice_in(text).ok_or_else(|| {
            let n = counted(text.len() as u64, "byte");
            Failure::new(
                "linking-not-readable",
                format!("how this pool is linked by MELTT ({n} of settings) cannot be read"),
            )
            .hint("choose again, with --method meltt and its options, or with --method model")
        })
    }
}

fn choice_in(text: &str) -> Option<Choice> {
    let object: Value = serde_json::from_str(text).ok()?;
    let numbers = |name: &str| -> Option<Vec<f64>> {
        object[name].as_array()?.iter().map(Value::as_f64).collect()
    };
    let levels: Option<Vec<usize>> =
        numbers("taxonomy_levels").map(|it| it.into_iter().map(|level| level as usize).collect());
    let options = Options {
        days: object["twindow_days"].as_f64()?,
        km: object["spatwindow_km"].as_f64()?,
        weights: numbers("taxonomy_weights"),
        partial: object["partial"].as_u64()? as usize,
        averaging: object["averaging"].as_bool()?,
        agreement: levels.map_or(Agreement::FinestLevel, Agreement::AtLevels),
        candidate_order: match object["mended_order"].as_bool()? {
            true => CandidateOrder::ByScore,
            false => CandidateOrder::AsInMeltt,
        },
    };
    let taxonomy = |it: &Value| {
        let text = |name: &str| it[name].as_str().map(str::to_owned);
        Some(TaxonomyFile {
            column: Some(text("column")?),
            file: text("file")?,
            text: text("text")?,
        })
    };
    let taxonomies =
        object["taxonomies"].as_array()?.iter().map(taxonomy).collect::<Option<_>>()?;
    Some(Choice { options, taxonomies })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_comes_back_as_it_was_kept() {
        let taxonomy = |column: &str| TaxonomyFile {
            column: Some(column.to_owned()),
            file: format!("tax_{column}.csv"),
            text: "data.source,base.categories,l1\nroads,\"a \"\"b\"\"\",c\n".to_owned(),
        };
        let plain = Choice {
            options: Options::as_in_meltt(4.0, 0.5),
            taxonomies: vec![taxonomy("kind"), taxonomy("colour")],
        };
        assert_eq!(Choice::from_text(&plain.text()).unwrap(), plain);
        assert_eq!(plain.name(), "MELTT 0.4.3: 0.5 days, 4 km, 2 taxonomies");
        let odd = Choice {
            options: Options {
                weights: Some(vec![1.5, 0.5]),
                partial: 1,
                averaging: true,
                agreement: Agreement::AtLevels(vec![2, 1]),
                candidate_order: CandidateOrder::ByScore,
                ..plain.options.clone()
            },
            ..plain
        };
        assert_eq!(Choice::from_text(&odd.text()).unwrap(), odd);
        let failure = Choice::from_text("{}").unwrap_err();
        assert!(failure.what.ends_with("(2 bytes of settings) cannot be read"), "{failure}");
    }
}
