//! How much each level weighs: a readable text, so that anyone can see and question it. The text
//! is a small part of TOML (sections, `"level" = number`, comments), read here without a library;
//! the weights shipped with the program are `weights.toml` beside this file, and a learned model
//! is another text of the same form.

use crate::compare::{COMPARISONS, MOST_LEVELS, N_COMPARISONS};

/// The bits of every level, and the four numbers that steer clustering.
#[derive(Clone, PartialEq, Debug)]
pub struct Weights {
    /// Log-odds, in bits, that two reports which blocking brings together are about one incident.
    pub prior_bits: f64,
    /// The average weight at which two groups of reports are joined.
    pub join_bits: f64,
    /// What a pair says against at most, and what a pair says that was never looked at.
    pub floor_bits: f64,
    /// What a pair says in favour at most.
    pub ceiling_bits: f64,
    // Invariant: finite; 0 beyond a comparison's last level.
    bits: [[f64; MOST_LEVELS]; N_COMPARISONS],
}

/// Why a text gives no weights.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WeightsError {
    /// A line that is neither a section, nor `name = number`, nor a comment.
    #[error(
        "weights:{line}: \"{said}\" is not understood\nhint: write [comparison], or \"level\" = bits"
    )]
    NotUnderstood {
        /// The line, from 1.
        line: usize,
        /// What stands there.
        said: String,
    },
    /// A name that means nothing here.
    #[error("weights:{line}: \"{name}\" is not {what}\nhint: did you mean \"{nearest}\"?")]
    NoSuch {
        /// The line, from 1.
        line: usize,
        /// The name given.
        name: String,
        /// What it was taken for.
        what: String,
        /// The nearest name that exists.
        nearest: String,
    },
    /// A name given twice.
    #[error("weights:{line}: \"{name}\" is given a second time\nhint: keep one of the two")]
    Twice {
        /// The line, from 1.
        line: usize,
        /// The name.
        name: String,
    },
    /// A number that is missing.
    #[error(
        "weights: \"{name}\" has no number\nhint: every level needs one; 0 says nothing either way"
    )]
    Missing {
        /// The name of the section and level.
        name: String,
    },
    /// Numbers that cannot steer clustering.
    #[error(
        "weights: floor {floor}, join {join} and ceiling {ceiling} must stand in this order\nhint: floor below join, join at most ceiling, all between -1000 and 1000"
    )]
    OutOfOrder {
        /// The floor.
        floor: String,
        /// Where groups join.
        join: String,
        /// The ceiling.
        ceiling: String,
    },
}

const STEERING: [&str; 4] = ["prior", "join", "floor", "ceiling"];

impl Weights {
    /// The weights shipped with the program.
    pub fn shipped() -> Weights {
        Weights::parse(Weights::SHIPPED).expect("the shipped weights are read in a test")
    }

    /// The text of the weights shipped with the program.
    pub const SHIPPED: &'static str = include_str!("weights.toml");

    /// Reads weights from text.
    ///
    /// ```
    /// use sheaf_link::Weights;
    /// let error = Weights::parse("[distanz]").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "weights:1: \"distanz\" is not a comparison\nhint: did you mean \"distance\"?"
    /// );
    /// ```
    pub fn parse(text: &str) -> Result<Weights, WeightsError> {
        let mut steering = [None; STEERING.len()];
        let mut bits = [[None; MOST_LEVELS]; N_COMPARISONS];
        let mut section = None;
        for (number, line) in text.lines().enumerate().map(|(idx, line)| (idx + 1, line.trim())) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let not_understood = || WeightsError::NotUnderstood {
                line: number,
                said: line.chars().take(80).collect(),
            };
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                let names: Vec<&str> = COMPARISONS.iter().map(|it| it.name).collect();
                section = Some(find(unquoted(name), &names, "a comparison", number)?);
                continue;
            }
            let (name, value) = line.rsplit_once('=').ok_or_else(not_understood)?;
            let name = unquoted(name);
            let value = value.split('#').next().unwrap_or_default().trim();
            let value: f64 = value.parse().map_err(|_| not_understood())?;
            if !value.is_finite() {
                return Err(not_understood());
            }
            let place = match section {
                None => &mut steering[find(name, &STEERING, "a setting", number)?],
                Some(section) => {
                    let about = &COMPARISONS[section];
                    let what = format!("a level of \"{}\"", about.name);
                    &mut bits[section][find(name, about.levels, &what, number)?]
                }
            };
            if place.replace(value).is_some() {
                return Err(WeightsError::Twice { line: number, name: name.to_owned() });
            }
        }
        Weights::complete(steering, bits)
    }

    fn complete(
        steering: [Option<f64>; STEERING.len()],
        given: [[Option<f64>; MOST_LEVELS]; N_COMPARISONS],
    ) -> Result<Weights, WeightsError> {
        let mut numbers = [0.0; STEERING.len()];
        for ((number, given), name) in numbers.iter_mut().zip(steering).zip(STEERING) {
            *number = given.ok_or_else(|| WeightsError::Missing { name: name.to_owned() })?;
        }
        let mut bits = [[0.0; MOST_LEVELS]; N_COMPARISONS];
        for ((about, given), bits) in COMPARISONS.iter().zip(given).zip(&mut bits) {
            for ((level, given), bits) in about.levels.iter().zip(given).zip(bits) {
                *bits = given.ok_or_else(|| WeightsError::Missing {
                    name: format!("{}: {level}", about.name),
                })?;
            }
        }
        let [prior_bits, join_bits, floor_bits, ceiling_bits] = numbers;
        let in_order = floor_bits < join_bits && join_bits <= ceiling_bits;
        if !in_order || floor_bits < -1000.0 || ceiling_bits > 1000.0 {
            return Err(WeightsError::OutOfOrder {
                floor: floor_bits.to_string(),
                join: join_bits.to_string(),
                ceiling: ceiling_bits.to_string(),
            });
        }
        Ok(Weights { prior_bits, join_bits, floor_bits, ceiling_bits, bits })
    }

    /// What a level of a comparison weighs.
    #[inline(always)]
    pub(crate) fn bits(&self, comparison: usize, level: u8) -> f64 {
        self.bits[comparison][usize::from(level) % MOST_LEVELS]
    }
}

fn unquoted(name: &str) -> &str {
    name.trim().trim_matches('"')
}

fn find(name: &str, names: &[&str], what: &str, line: usize) -> Result<usize, WeightsError> {
    names.iter().position(|known| *known == name).ok_or_else(|| WeightsError::NoSuch {
        line,
        name: name.to_owned(),
        what: what.to_owned(),
        nearest: nearest(name, names).to_owned(),
    })
}

/// The name with the fewest letters to change.
fn nearest<'a>(name: &str, names: &[&'a str]) -> &'a str {
    names.iter().min_by_key(|known| changes(name, known)).copied().unwrap_or_default()
}

/// Levenshtein distance.
fn changes(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, r) in right.iter().enumerate() {
            let cost = diagonal + usize::from(l != *r);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_weights_are_complete() {
        let weights = Weights::parse(Weights::SHIPPED).unwrap();
        assert!(weights.floor_bits < weights.join_bits);
        for about in &COMPARISONS {
            assert!(about.levels.len() <= MOST_LEVELS, "{}", about.name);
        }
    }

    #[test]
    fn a_vaguer_place_weighs_less() {
        let weights = Weights::shipped();
        for step in 0..2 {
            for band in 0..4u8 {
                let (here, vaguer) = (band * 5 + step, (band + 1) * 5 + step);
                assert!(weights.bits(0, here) >= weights.bits(0, vaguer), "{here} {vaguer}");
            }
        }
        assert!(weights.bits(0, 20).abs() <= 0.25, "a province's point says next to nothing");
    }

    #[test]
    fn errors_name_the_line_and_help() {
        let check = |text: &str, message: &str| {
            assert_eq!(Weights::parse(text).unwrap_err().to_string(), message);
        };
        check(
            "join = 1\njoin = 2",
            "weights:2: \"join\" is given a second time\nhint: keep one of the two",
        );
        check(
            "[kind]\n\"sam\" = 1",
            "weights:2: \"sam\" is not a level of \"kind\"\nhint: did you mean \"same\"?",
        );
        check(
            "prior: 3",
            "weights:1: \"prior: 3\" is not understood\nhint: write [comparison], or \"level\" = bits",
        );
        check(
            "prior = NaN",
            "weights:1: \"prior = NaN\" is not understood\nhint: write [comparison], or \"level\" = bits",
        );
        check(
            "",
            "weights: \"prior\" has no number\nhint: every level needs one; 0 says nothing either way",
        );
        let shuffled = Weights::SHIPPED.replace("floor = -8.0", "floor = 3");
        check(
            &shuffled,
            "weights: floor 3, join 0 and ceiling 8 must stand in this order\nhint: floor below join, join at most ceiling, all between -1000 and 1000",
        );
    }
}
