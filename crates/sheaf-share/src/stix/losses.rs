//! What could not be carried, counted and put into sentences (invariant 17).

/// What was written or read, and what was lost on the way.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Losses {
    /// How many reports were carried.
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
    pub(super) fn add(&mut self, code: &'static str, n: u64, what: &'static str) {
        if n == 0 {
            return;
        }
        match self.lost.iter_mut().find(|loss| loss.code == code) {
            Some(loss) => loss.n += n,
            None => self.lost.push(Loss { code, n, what }),
        }
    }

    /// How often this was lost.
    pub fn count(&self, code: &str) -> u64 {
        self.lost.iter().find(|loss| loss.code == code).map_or(0, |loss| loss.n)
    }

    /// One sentence for each kind, without a full stop: `stix: 3 claims …`.
    pub fn sentences(&self) -> Vec<String> {
        self.lost.iter().map(|loss| format!("stix: {} {}", loss.n, loss.what)).collect()
    }
}
