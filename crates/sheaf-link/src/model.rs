//! How much each level weighs: a readable text, so that anyone can see and question it. The text
//! is a small part of TOML (sections, `"level" = number`, `"name" = "words"` in `[about]`,
//! comments), read and written here without a library. The model shipped with the program is
//! `model.toml` beside this file; a learned one (`sheaf learn`) is another text of the same form.
//!
//! A weight is log-odds in bits: the prior and the bits of the levels met, added up. The first pass
//! (see [`crate::company`]) reads the same bits of the comparisons that need no third report, on
//! its own scale. What the sum is worth as a probability stands in `[calibration]`.

use crate::calibration::Calibration;
use crate::compare::{COMPARISONS, MOST_LEVELS, N_COMPARISONS};

/// The bits of every level, the numbers that steer clustering, and the calibration.
#[derive(Clone, PartialEq, Debug)]
pub struct Model {
    /// What it is and where it comes from, in the order written: name, training data, date,
    /// metrics.
    pub about: Vec<(String, String)>,
    /// Log-odds, in bits, that two reports which blocking brings together are about one incident,
    /// before looking.
    pub prior_bits: f64,
    /// The same for the first pass.
    pub first_prior_bits: f64,
    /// By how much the first pass multiplies the bits.
    pub first_scale: f64,
    /// The average weight at which two groups of reports are joined.
    pub join_bits: f64,
    /// What a pair says against at most, and what a pair says that was never looked at.
    pub floor_bits: f64,
    /// What a pair says in favour at most.
    pub ceiling_bits: f64,
    /// By how much the pairs of a group count, beyond the one fewer than it has reports, when it is
    /// asked how sure a linking is: they are not independent of those. From 0 to 1.
    pub temper: f64,
    /// What is added to every pair that met when partitions are drawn, in bits, so that as many
    /// incidents come out as there were where the model was learnt.
    pub lean_bits: f64,
    /// By what share the number of incidents in doubt was off, one standard deviation, from one
    /// stretch of the training reports to the next: what the model does not know of itself.
    pub spread: f64,
    /// What a sum of bits is worth, whatever linking made of the pair.
    pub calibration: Calibration,
    /// The same for pairs that ended in one incident: what third reports say went into that too.
    /// Without knots, [`Model::calibration`] serves.
    pub calibration_together: Calibration,
    /// The same for pairs that did not.
    pub calibration_apart: Calibration,
    // Invariant: finite; 0 beyond a comparison's last level.
    bits: [[f64; MOST_LEVELS]; N_COMPARISONS],
}

/// Why a text gives no model.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ModelError {
    /// A line that is neither a section, nor `name = number`, nor a comment.
    #[error(
        "model:{line}: \"{said}\" is not understood\nhint: write [comparison], or \"level\" = bits"
    )]
    NotUnderstood {
        /// The line, from 1.
        line: usize,
        /// What stands there.
        said: String,
    },
    /// A name that means nothing here.
    #[error("model:{line}: \"{name}\" is not {what}\nhint: did you mean \"{nearest}\"?")]
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
    #[error("model:{line}: \"{name}\" is given a second time\nhint: keep one of the two")]
    Twice {
        /// The line, from 1.
        line: usize,
        /// The name.
        name: String,
    },
    /// A number that is missing.
    #[error(
        "model: \"{name}\" has no number\nhint: every level needs one; 0 says nothing either way"
    )]
    Missing {
        /// The name of the section and level.
        name: String,
    },
    /// Numbers that cannot steer clustering.
    #[error(
        "model: floor {floor}, join {join} and ceiling {ceiling} must stand in this order\nhint: floor below join, join at most ceiling, all between -1000 and 1000"
    )]
    OutOfOrder {
        /// The floor.
        floor: String,
        /// Where groups join.
        join: String,
        /// The ceiling.
        ceiling: String,
    },
    /// A number that must be positive, or a calibration that does not rise.
    #[error("model: {what}\nhint: {hint}")]
    Senseless {
        /// What is wrong.
        what: String,
        /// What would be right.
        hint: &'static str,
    },
}

const STEERING: [&str; 9] =
    ["prior", "first prior", "first scale", "join", "floor", "ceiling", "temper", "lean", "spread"];

/// One pair in five that meet. Set with the invented registers of `eval link` in sight, where a third
/// to a half match; nothing is reported that rests on it.
const REGISTERS_PRIOR_BITS: f64 = -2.0;

const ABOUT: &str = "about";
/// The calibrations, in the order of [`Model::calibrations`].
const CALIBRATIONS: [&str; 3] = ["calibration", "calibration together", "calibration apart"];

/// The part of the text that a line belongs to.
#[derive(Clone, Copy)]
enum Section {
    Steering,
    About,
    Calibration(usize),
    Comparison(usize),
}

impl Model {
    /// The model shipped with the program.
    pub fn shipped() -> Model {
        Model::parse(Model::SHIPPED).expect("the shipped model is read in a test")
    }

    /// The text of the model shipped with the program.
    pub const SHIPPED: &'static str = include_str!("model.toml");

    /// What one would think before any labels are seen: where learning starts.
    pub fn prior() -> Model {
        Model::parse(Model::PRIOR).expect("the prior is read in a test")
    }

    /// The prior for curated registers of which there is too little to estimate anything: each lists
    /// an incident once, and of the pairs that meet more are of one incident than among news.
    pub fn for_registers() -> Model {
        let mut model = Model::prior();
        model.prior_bits = REGISTERS_PRIOR_BITS;
        model.first_prior_bits = REGISTERS_PRIOR_BITS;
        model
    }

    /// The text of the prior.
    pub const PRIOR: &'static str = include_str!("prior.toml");

    /// What stands beside a name under `[about]`.
    pub fn says(&self, name: &str) -> Option<&str> {
        self.about.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// Reads a model from text.
    ///
    /// ```
    /// use sheaf_link::Model;
    /// let error = Model::parse("[distanz]").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "model:1: \"distanz\" is not a comparison\nhint: did you mean \"distance\"?"
    /// );
    /// ```
    pub fn parse(text: &str) -> Result<Model, ModelError> {
        let mut about = Vec::new();
        let mut knots = [const { Vec::new() }; CALIBRATIONS.len()];
        let mut steering = [None; STEERING.len()];
        let mut bits = [[None; MOST_LEVELS]; N_COMPARISONS];
        let mut section = Section::Steering;
        for (number, line) in text.lines().enumerate().map(|(idx, line)| (idx + 1, line.trim())) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let not_understood = || ModelError::NotUnderstood {
                line: number,
                said: line.chars().take(80).collect(),
            };
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = section_of(unquoted(name), number)?;
                continue;
            }
            let at =
                if matches!(section, Section::About) { line.find('=') } else { line.rfind('=') };
            let (name, value) = line.split_at(at.ok_or_else(not_understood)?);
            let (name, value) = (unquoted(name), value[1..].trim());
            if let Section::About = section {
                about.push((name.to_owned(), unquoted(value).to_owned()));
                continue;
            }
            let value = value.split('#').next().unwrap_or_default().trim();
            let value: f64 = value.parse().map_err(|_| not_understood())?;
            if !value.is_finite() {
                return Err(not_understood());
            }
            let place = match section {
                Section::Steering => &mut steering[find(name, &STEERING, "a setting", number)?],
                Section::Comparison(comparison) => {
                    let known = &COMPARISONS[comparison];
                    let what = format!("a level of \"{}\"", known.name);
                    &mut bits[comparison][find(name, known.levels, &what, number)?]
                }
                Section::Calibration(which) => {
                    let at: f64 = name.parse().map_err(|_| not_understood())?;
                    knots[which].push((at, value));
                    continue;
                }
                Section::About => continue,
            };
            if place.replace(value).is_some() {
                return Err(ModelError::Twice { line: number, name: name.to_owned() });
            }
        }
        Model::complete(about, knots, steering, bits)
    }

    fn complete(
        about: Vec<(String, String)>,
        knots: [Vec<(f64, f64)>; CALIBRATIONS.len()],
        steering: [Option<f64>; STEERING.len()],
        given: [[Option<f64>; MOST_LEVELS]; N_COMPARISONS],
    ) -> Result<Model, ModelError> {
        let mut numbers = [0.0; STEERING.len()];
        for ((number, given), name) in numbers.iter_mut().zip(steering).zip(STEERING) {
            *number = given.ok_or_else(|| ModelError::Missing { name: name.to_owned() })?;
        }
        let mut bits = [[0.0; MOST_LEVELS]; N_COMPARISONS];
        for ((about, given), bits) in COMPARISONS.iter().zip(given).zip(&mut bits) {
            for ((level, given), bits) in about.levels.iter().zip(given).zip(bits) {
                *bits = given.ok_or_else(|| ModelError::Missing {
                    name: format!("{}: {level}", about.name),
                })?;
            }
        }
        let [
            prior_bits,
            first_prior_bits,
            first_scale,
            join_bits,
            floor_bits,
            ceiling_bits,
            temper,
            lean_bits,
            spread,
        ] = numbers;
        let in_order = floor_bits < join_bits && join_bits <= ceiling_bits;
        if !in_order || floor_bits < -1000.0 || ceiling_bits > 1000.0 {
            return Err(ModelError::OutOfOrder {
                floor: floor_bits.to_string(),
                join: join_bits.to_string(),
                ceiling: ceiling_bits.to_string(),
            });
        }
        if spread < 0.0 {
            return Err(ModelError::Senseless {
                what: format!("the spread {spread} is below 0"),
                hint: "it is a standard deviation, as a share",
            });
        }
        if first_scale <= 0.0 || !(0.0..=1.0).contains(&temper) {
            return Err(ModelError::Senseless {
                what: format!("first scale {first_scale} and temper {temper} steer nothing"),
                hint: "the first scale is above 0, the temper from 0 to 1",
            });
        }
        let mut calibrations = [const { None }; CALIBRATIONS.len()];
        for ((calibration, knots), name) in calibrations.iter_mut().zip(knots).zip(CALIBRATIONS) {
            let rising = Calibration::new(knots).ok_or_else(|| ModelError::Senseless {
                what: format!("[{name}] falls where the sum of bits rises"),
                hint: "write \"sum\" = log-odds in bits, both rising, or leave the section out",
            })?;
            *calibration = Some(rising);
        }
        let [calibration, calibration_together, calibration_apart] =
            calibrations.map(Option::unwrap_or_default);
        Ok(Model {
            about,
            prior_bits,
            first_prior_bits,
            first_scale,
            join_bits,
            floor_bits,
            ceiling_bits,
            temper,
            lean_bits,
            spread,
            calibration,
            calibration_together,
            calibration_apart,
            bits,
        })
    }

    /// The model as text, such that [`Model::parse`] gives it back.
    pub fn to_text(&self) -> String {
        let mut text = String::from(HEADING);
        let numbers = [
            self.prior_bits,
            self.first_prior_bits,
            self.first_scale,
            self.join_bits,
            self.floor_bits,
            self.ceiling_bits,
            self.temper,
            self.lean_bits,
            self.spread,
        ];
        for (name, number) in STEERING.iter().zip(numbers) {
            text.push_str(&format!("\"{name}\" = {number}\n"));
        }
        text.push_str(&format!("\n[{ABOUT}]\n"));
        for (name, words) in &self.about {
            text.push_str(&format!("\"{name}\" = \"{words}\"\n"));
        }
        for (calibration, name) in self.calibrations().into_iter().zip(CALIBRATIONS) {
            if !calibration.knots().is_empty() {
                text.push_str(&format!("\n[\"{name}\"]\n"));
            }
            for (at, worth) in calibration.knots() {
                text.push_str(&format!("\"{at}\" = {worth}\n"));
            }
        }
        for (about, bits) in COMPARISONS.iter().zip(&self.bits) {
            text.push_str(&format!("\n[\"{}\"]\n", about.name));
            for (level, bits) in about.levels.iter().zip(bits) {
                text.push_str(&format!("\"{level}\" = {bits}\n"));
            }
        }
        text
    }

    fn calibrations(&self) -> [&Calibration; CALIBRATIONS.len()] {
        [&self.calibration, &self.calibration_together, &self.calibration_apart]
    }

    /// The probability that two reports are about one incident, given their weight in bits and
    /// whether linking put them into one: it listens to third reports too, so that two of one
    /// incident are likelier right than their own weight says, and two of different ones less so.
    pub fn probability(&self, weight: f64, together: bool) -> f64 {
        let calibration =
            if together { &self.calibration_together } else { &self.calibration_apart };
        let is_given = !calibration.knots().is_empty();
        (if is_given { calibration } else { &self.calibration }).probability(weight)
    }

    /// What a level of a comparison weighs.
    #[inline(always)]
    pub(crate) fn bits(&self, comparison: usize, level: u8) -> f64 {
        self.bits[comparison][usize::from(level) % MOST_LEVELS]
    }

    pub(crate) fn set_bits(&mut self, comparison: usize, level: usize, bits: f64) {
        self.bits[comparison][level] = bits;
    }
}

const HEADING: &str = "\
# What each level of each comparison weighs, in bits of log-odds that two reports are about one
# incident. A match weighs the prior and its levels, added up. The first pass, which knows nothing
# of third reports, is \"first prior\" + \"first scale\" x the bits before \"company\". Groups of reports are
# joined while the average weight between them stays at or above \"join\"; a pair that was never
# looked at weighs the floor. [\"calibration\"] says what a sum is worth: sum = log-odds, both in bits;
# the others the same for pairs that linking put into one incident, and for those that it did not.

";

fn section_of(name: &str, line: usize) -> Result<Section, ModelError> {
    if name == ABOUT {
        return Ok(Section::About);
    }
    if let Some(which) = CALIBRATIONS.iter().position(|known| *known == name) {
        return Ok(Section::Calibration(which));
    }
    let names: Vec<&str> = COMPARISONS.iter().map(|it| it.name).collect();
    Ok(Section::Comparison(find(name, &names, "a comparison", line)?))
}

fn unquoted(name: &str) -> &str {
    name.trim().trim_matches('"')
}

fn find(name: &str, names: &[&str], what: &str, line: usize) -> Result<usize, ModelError> {
    names.iter().position(|known| *known == name).ok_or_else(|| ModelError::NoSuch {
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
    fn the_shipped_model_is_complete_and_its_text_leads_back_to_it() {
        let model = Model::parse(Model::SHIPPED).unwrap();
        for about in &COMPARISONS {
            assert!(about.levels.len() <= MOST_LEVELS, "{}", about.name);
        }
        for name in ["name", "trained on", "date", "out of fold"] {
            assert!(model.says(name).is_some_and(|text| !text.is_empty()), "{name}");
        }
        assert_eq!(Model::parse(&model.to_text()), Ok(model));
    }

    #[test]
    fn errors_name_the_line_and_help() {
        let check = |text: &str, message: &str| {
            assert_eq!(Model::parse(text).unwrap_err().to_string(), message);
        };
        check(
            "join = 1\njoin = 2",
            "model:2: \"join\" is given a second time\nhint: keep one of the two",
        );
        check(
            "[kind]\n\"the sam\" = 1",
            "model:2: \"the sam\" is not a level of \"kind\"\nhint: did you mean \"the same\"?",
        );
        check(
            "prior: 3",
            "model:1: \"prior: 3\" is not understood\nhint: write [comparison], or \"level\" = bits",
        );
        check(
            "prior = NaN",
            "model:1: \"prior = NaN\" is not understood\nhint: write [comparison], or \"level\" = bits",
        );
        check(
            "",
            "model: \"prior\" has no number\nhint: every level needs one; 0 says nothing either way",
        );
        let mut wrong = Model::shipped();
        wrong.floor_bits = wrong.join_bits + 1.0;
        let message = Model::parse(&wrong.to_text()).unwrap_err().to_string();
        assert!(message.contains("must stand in this order"), "{message}");
        let mut wrong = Model::shipped();
        wrong.temper = -0.5;
        let message = Model::parse(&wrong.to_text()).unwrap_err().to_string();
        assert!(message.contains("temper -0.5"), "{message}");
        let falling = format!("{}\n[calibration]\n\"50\" = -50\n", Model::SHIPPED);
        let message = Model::parse(&falling).unwrap_err().to_string();
        assert!(message.contains("falls where"), "{message}");
    }
}
