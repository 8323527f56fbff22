//! What an export could not carry, counted and put into sentences.

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
    /// What the whole of it says.
    pub answer: Answer,
}

/// What a list says as a whole. An empty list can mean three things, and "nothing happened" is only
/// one of them; that something failed is a fourth, and no list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// There are incidents.
    Incidents,
    /// The pool was read, nothing failed, and no incident is like that.
    NoIncidents,
    /// There are some, and none of them may be passed on.
    NotEntitled,
    /// At that time the pool knew nothing at all.
    NothingKnown,
}

impl Answer {
    /// The word used in files.
    pub fn name(self) -> &'static str {
        match self {
            Answer::Incidents => "incidents",
            Answer::NoIncidents => "no-incidents",
            Answer::NotEntitled => "not-entitled",
            Answer::NothingKnown => "nothing-known",
        }
    }
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
    /// Whether it is said to the holders of the pool alone: others are not to learn from a file
    /// which sources it leaves out.
    pub is_ours: bool,
}

impl Losses {
    /// Nothing written and nothing lost yet.
    pub fn of(format: &'static str) -> Losses {
        Losses { format, n_written: 0, lost: Vec::new(), answer: Answer::Incidents }
    }

    /// Adds a loss if there was any.
    pub fn add(&mut self, code: &'static str, n: u64, what: impl FnOnce() -> String) {
        if n > 0 {
            self.lost.push(Loss { code, n, what: what(), is_ours: false });
        }
    }

    /// Adds what a gate stopped before the writer saw it.
    pub fn add_stopped(&mut self, gate: &Gate) {
        for (source, n) in gate.stopped() {
            let reports = counted(n, "report", "reports");
            let what =
                format!("{reports} of {source} left out: its terms do not allow passing it on");
            self.lost.push(Loss { code: "source-withheld", n, what, is_ours: true });
        }
        for (class, n) in gate.claims_stopped() {
            self.add("claims-withheld", n, || {
                let claims = counted(n, "claim", "claims");
                format!("{claims} of the class {} left out", class.name())
            });
        }
        let n_again = gate.n_settled_again();
        self.add("settled-again", n_again, || {
            format!("{} settled without them", counted(n_again, "incident was", "incidents were"))
        });
        let n_left_out = gate.n_left_out();
        self.add("left-out", n_left_out, || {
            let incidents = counted(n_left_out, "incident", "incidents");
            format!("{incidents} left out altogether, told by such sources only")
        });
    }

    /// Says that each incident stands in the file as often as there are profiles.
    pub fn add_side_by_side(&mut self, n_profiles: usize) {
        let n = if n_profiles > 1 { self.n_written } else { 0 };
        self.add("side-by-side", n, || {
            format!(
                "each incident stands here {n_profiles} times, once by each profile: count and add \
                 up one profile at a time"
            )
        });
    }

    pub(super) fn leave_out(&mut self, n_incidents: u64) {
        self.add("not-to-be-passed-on", n_incidents, || {
            format!(
                "{} left out because a source may not be passed on",
                counted(n_incidents, "incident was", "incidents were")
            )
        });
    }

    /// A sentence for each loss, beginning with the format's name.
    pub fn sentences(&self) -> Vec<String> {
        self.lost.iter().map(|loss| format!("{}: {}", self.format, loss.what)).collect()
    }

    /// The losses that others may hear of, as a JSON array of `{"code", "n", "what"}`.
    pub fn to_json(&self) -> serde_json::Value {
        let one =
            |loss: &Loss| serde_json::json!({ "code": loss.code, "n": loss.n, "what": loss.what });
        self.lost.iter().filter(|loss| !loss.is_ours).map(one).collect()
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
