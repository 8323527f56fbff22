//! What an export could not carry, counted and put into sentences.

use std::fmt;

use super::gate::Gate;

/// What was written, and what was lost on the way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Losses {
    /// The format, as people type it.
    pub format: &'static str,
    /// How many incidents were written.
    pub n_written: u64,
    /// What was lost, each kind once.
    pub lost: Vec<Loss>,
}

/// One kind of loss.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loss {
    /// A stable code for programs.
    pub code: &'static str,
    /// How often.
    pub n: u64,
    /// The sentence people read, without a full stop.
    pub what: String,
}

impl Losses {
    pub(super) fn of(format: &'static str) -> Losses {
        Losses { format, n_written: 0, lost: Vec::new() }
    }

    /// Adds a loss if there was any.
    pub(super) fn add(&mut self, code: &'static str, n: u64, what: impl FnOnce() -> String) {
        if n > 0 {
            self.lost.push(Loss { code, n, what: what() });
        }
    }

    pub(super) fn leave_out(&mut self, n_incidents: u64) {
        self.add("not-to-be-passed-on", n_incidents, || {
            format!(
                "{} left out because a source may not be passed on",
                counted(n_incidents, "incident was", "incidents were")
            )
        });
    }

    /// Adds what a gate stopped before the writer saw it.
    pub fn add_stopped(&mut self, gate: &Gate) {
        for (source, n_reports) in gate.stopped() {
            self.add("source-withheld", n_reports, || {
                format!(
                    "{} of {source} left out: its terms do not allow passing it on",
                    counted(n_reports, "report", "reports")
                )
            });
        }
        let n_again = gate.n_settled_again();
        self.add("settled-again", n_again, || {
            let incidents = counted(n_again, "incident was", "incidents were");
            format!("{incidents} settled again without them, so its values may differ from yours")
        });
        let n_whole = gate.n_left_out();
        self.add("incident-withheld", n_whole, || {
            let incidents = counted(n_whole, "incident", "incidents");
            format!("{incidents} known from such sources only left out altogether")
        });
    }

    /// The losses as a JSON array of `{"code", "n", "what"}`.
    pub fn to_json(&self) -> serde_json::Value {
        let one =
            |loss: &Loss| serde_json::json!({ "code": loss.code, "n": loss.n, "what": loss.what });
        self.lost.iter().map(one).collect()
    }
}

impl fmt::Display for Losses {
    /// A sentence on each line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for loss in &self.lost {
            writeln!(f, "{}: {}", self.format, loss.what)?;
        }
        Ok(())
    }
}

/// "1 incident", "2 incidents".
pub(super) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// "1 toll of 1 incident", "3 tolls of 2 incidents".
pub(super) fn spread(n: u64, one: &str, many: &str, n_incidents: u64) -> String {
    let incidents = counted(n_incidents, "incident", "incidents");
    format!("{} of {incidents}", counted(n, one, many))
}
