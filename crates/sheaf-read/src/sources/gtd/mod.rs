//! Global Terrorism Database: 135 columns, as CSV in Windows-1252 or as a workbook. Rust is here for
//! one thing: an organisation's name is a claim of responsibility where the column `claimed` says
//! that the organisation claimed the attack, and blame where it does not.

use sheaf_model::{Field, Meaning, Unknown};

use crate::mapping::{Hand, Out};
use crate::rows::Row;
use crate::sources::{About, BuiltIn, position};

/// See the module's text and `source.toml`.
pub struct Gtd;

static ABOUT: About = About {
    name: "gtd",
    mapping: include_str!("source.toml"),
    sample_name: "sample.csv",
    sample: include_bytes!("sample.csv"),
};

impl BuiltIn for Gtd {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn hand(&self, columns: &[String]) -> Option<Box<dyn Hand>> {
        let groups = [("gname", "claimed"), ("gname2", "claim2"), ("gname3", "claim3")]
            .into_iter()
            .filter_map(|(name, claimed)| {
                Some((position(columns, name)?, position(columns, claimed)))
            })
            .collect();
        Some(Box::new(Groups(groups)))
    }
}

/// The column of each organisation's name and of whether it claimed the attack.
struct Groups(Vec<(u16, Option<u16>)>);

impl Hand for Groups {
    fn read(&mut self, row: &Row, out: &mut Out<'_>) {
        for &(name, claimed) in &self.0 {
            let said = row.cell(usize::from(name));
            if said.trim().is_empty() {
                continue;
            }
            let did_claim = claimed.is_some_and(|claimed| {
                let code = row.cell(usize::from(claimed)).trim();
                matches!(code, "1" | "1.0")
            });
            let field = if did_claim { Field::ClaimedBy } else { Field::BlamedOn };
            match said.trim() {
                "Unknown" => out.say(field, name, said, Meaning::Unknown(Unknown::NotKnown)),
                // Coders' words for unorganised attackers: roles and groups of persons, not
                // organisations, and often communities.
                said if is_generic(said) => out.withhold(name),
                _ => out.say(field, name, said, Meaning::Words),
            }
        }
    }
}

/// Whether a name stands for some people and not for an organisation ("Sikh Extremists",
/// "Muslim Militants", "Individual").
fn is_generic(name: &str) -> bool {
    const GENERIC: [&str; 21] = [
        "extremist",
        "extremists",
        "militant",
        "militants",
        "separatist",
        "separatists",
        "gunmen",
        "tribesmen",
        "herders",
        "rebels",
        "rioters",
        "protesters",
        "supporters",
        "sympathizers",
        "students",
        "refugees",
        "activists",
        "villagers",
        "individual",
        "individuals",
        "settlers",
    ];
    let last = name.rsplit(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
    last.is_some_and(|word| GENERIC.contains(&word.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_read_as_expected() {
        crate::sources::check_sample(&ABOUT);
    }

    #[test]
    fn some_people_are_no_organisation() {
        for (name, expected) in [
            ("Hill Extremists", true),
            ("Individual", true),
            ("Example Liberation Front (ELF)", false),
            ("Valley Tribesmen", true),
        ] {
            assert_eq!(is_generic(name), expected, "{name}");
        }
    }
}
