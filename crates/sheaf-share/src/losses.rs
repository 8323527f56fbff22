//! What could not be carried, counted and put into sentences (invariant 17).

/// What was written or read, and what was lost on the way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Losses {
    /// The format, as people type it.
    pub format: &'static str,
    /// How many reports or incidents were carried.
    pub n_carried: u64,
    /// What was lost, each kind once, in order of first loss.
    pub lost: Vec<Loss>,
}

/// One kind of loss.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loss {
    /// A stable code for programs.
    pub code: &'static str,
    /// How often.
    pub n: u64,
    /// What it means, for people, after the number.
    pub what: &'static str,
}

impl Losses {
    /// Nothing carried and nothing lost yet.
    pub fn of(format: &'static str) -> Losses {
        Losses { format, n_carried: 0, lost: Vec::new() }
    }

    pub(crate) fn add(&mut self, code: &'static str, n: u64, what: &'static str) {
        if n == 0 {
            return;
        }
        match self.lost.iter_mut().find(|loss| loss.code == code) {
            Some(loss) => loss.n += n,
            None => self.lost.push(Loss { code, n, what }),
        }
    }

    /// Adds what another part of the same was carried and lost.
    pub fn merge(&mut self, part: Losses) {
        self.n_carried += part.n_carried;
        for Loss { code, n, what } in part.lost {
            self.add(code, n, what);
        }
    }

    /// How often this was lost.
    pub fn count(&self, code: &str) -> u64 {
        self.lost.iter().find(|loss| loss.code == code).map_or(0, |loss| loss.n)
    }

    /// One sentence for each kind, without a full stop: `stix: 3 claims …`.
    pub fn sentences(&self) -> Vec<String> {
        self.lost.iter().map(|loss| format!("{}: {} {}", self.format, loss.n, loss.what)).collect()
    }

    /// The losses as a JSON array of `{"code", "n", "what"}`, for the file itself.
    pub fn to_json(&self) -> serde_json::Value {
        let one =
            |loss: &Loss| serde_json::json!({ "code": loss.code, "n": loss.n, "what": loss.what });
        self.lost.iter().map(one).collect()
    }
}
