//! How a pool is to be linked, as typed: by which method, with which model or windows.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The choice is kept in the pool and stands until another one is made.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "How to link")]
pub struct HowToLink {
    /// The way of linking, kept for this pool: by weighed reasons, or as MELTT 0.4.3 does
    #[arg(long, value_enum)]
    pub method: Option<MethodWord>,
    /// A model of your own for weighing reasons, in place of the one shipped
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// MELTT: the window in days; 0.5 means the same day only
    #[arg(long, value_name = "DAYS", value_parser = days, allow_negative_numbers = true)]
    pub twindow: Option<f64>,
    /// MELTT: the window in kilometres
    #[arg(long, value_name = "KM", value_parser = km, allow_negative_numbers = true)]
    pub spatwindow: Option<f64>,
    /// MELTT: taxonomies in its own layout, each named after the column it codes
    #[arg(long, value_name = "FILE|COLUMN=FILE", num_args = 1..)]
    pub taxonomy: Vec<String>,
    /// MELTT: a weight for each taxonomy, adding up to their number
    #[arg(long, value_name = "WEIGHT", num_args = 1.., value_parser = weight,
          allow_negative_numbers = true)]
    pub taxonomy_weight: Vec<f64>,
    /// MELTT: the one level at which each taxonomy must agree, from 1 as the finest (its
    /// `certainty`); default: the finest level that fits
    #[arg(long, value_name = "LEVEL", num_args = 1..)]
    pub taxonomy_level: Vec<usize>,
    /// MELTT: how many taxonomies may disagree throughout
    #[arg(long, value_name = "N")]
    pub partial: Option<usize>,
    /// MELTT: the record kept moves halfway towards its duplicate
    #[arg(long)]
    pub averaging: bool,
    /// MELTT: of several candidates take the best one, and not the first found as 0.4.3 does
    #[arg(long)]
    pub mended_order: bool,
}

/// A way of linking, as typed.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodWord {
    /// By weighed reasons
    Model,
    /// As the R package MELTT 0.4.3 does
    Meltt,
}

impl HowToLink {
    /// The first option given that means something to MELTT alone.
    pub fn meltt_option(&self) -> Option<&'static str> {
        let given = [
            ("--twindow", self.twindow.is_some()),
            ("--spatwindow", self.spatwindow.is_some()),
            ("--taxonomy", !self.taxonomy.is_empty()),
            ("--taxonomy-weight", !self.taxonomy_weight.is_empty()),
            ("--taxonomy-level", !self.taxonomy_level.is_empty()),
            ("--partial", self.partial.is_some()),
            ("--averaging", self.averaging),
            ("--mended-order", self.mended_order),
        ];
        given.iter().find(|(_, given)| *given).map(|&(name, _)| name)
    }
}

fn days(text: &str) -> Result<f64, String> {
    above_nothing(text, "days").map_err(|wrong| format!("{wrong}; for the same day only, say 0.5"))
}

fn km(text: &str) -> Result<f64, String> {
    above_nothing(text, "kilometres")
}

fn above_nothing(text: &str, unit: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err(format!("a window is a number of {unit} above 0")),
    }
}

fn weight(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        _ => Err("a weight is a number from 0 up; they add up to the number of taxonomies".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_numbers_above_nothing() {
        assert_eq!(days("2"), Ok(2.0));
        assert_eq!(days("0.5"), Ok(0.5));
        assert_eq!(km(" 4.5 "), Ok(4.5));
        for text in ["0", "-1", "two", "", "NaN", "inf"] {
            let wrong = days(text).unwrap_err();
            assert!(wrong.starts_with("a window is a number of days above 0; for"), "{wrong}");
            assert_eq!(km(text), Err("a window is a number of kilometres above 0".to_owned()));
        }
        assert!(weight("-0.1").is_err() && weight("0").is_ok());
    }
}
