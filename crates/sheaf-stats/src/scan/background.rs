//! How odd. What a window would hold if nothing were the matter, by three backgrounds, and the
//! logarithm of the likelihood ratio by which a window with so many cases speaks against it.
//!
//! For a given number of cases, each ratio falls as the background inside grows, as long as there
//! are more cases than expected. A replication therefore keeps only the least background for each
//! number of cases, and takes logarithms once at its end.

use super::look::Inside;

/// Steps of cases (or people), one by one, grouped by place.
pub(super) struct Cells {
    start: Vec<u32>,
    steps: Vec<u32>,
}

impl Cells {
    /// Groups (place, step) by place; within a place the order stays.
    pub(super) fn group(n_sites: usize, each: &[(u32, u32)]) -> Cells {
        let mut cells = Cells { start: Vec::new(), steps: Vec::new() };
        cells.refill(n_sites, each);
        cells
    }

    /// The same into memory that is there already.
    pub(super) fn refill(&mut self, n_sites: usize, each: &[(u32, u32)]) {
        self.start.clear();
        self.start.resize(n_sites + 2, 0);
        for &(site, _) in each {
            self.start[site as usize + 2] += 1;
        }
        for site in 2..n_sites + 2 {
            self.start[site] += self.start[site - 1];
        }
        self.steps.clear();
        self.steps.resize(each.len(), 0);
        for &(site, step) in each {
            let slot = &mut self.start[site as usize + 1];
            self.steps[*slot as usize] = step;
            *slot += 1;
        }
        self.start.pop();
    }

    /// The steps at a place.
    pub(super) fn at(&self, site: u32) -> &[u32] {
        let site = site as usize;
        &self.steps[self.start[site] as usize..self.start[site + 1] as usize]
    }
}

/// A background: what is expected in a window.
pub(super) trait Weigh: Sync {
    /// A place enters the circle.
    fn enter(&self, site: u32, inside: &mut Inside);
    /// What the background has in a window: `people` where people are counted one by one, else cases
    /// expected, up to a constant factor.
    fn weight(&self, inside: &Inside, first: u32, last: u32, people: u32) -> f64;
    /// Cases expected for a weight.
    fn expected(&self, weight: f64) -> f64;
    /// The logarithm of the likelihood ratio; 0 where no more cases than expected are inside.
    fn ratio(&self, cases: u32, weight: f64) -> f64;
    /// (inside / expected inside) / (outside / expected outside), where that means something.
    fn relative_risk(&self, cases: u32, weight: f64) -> Option<f64>;
}

/// x ln(x / y), which is 0 for no x.
fn part(x: f64, y: f64) -> f64 {
    if x > 0.0 { x * (x / y).ln() } else { 0.0 }
}

/// c ln(c/μ) + (C−c) ln((C−c)/(C−μ)), 0 unless c > μ.
fn poisson_ratio(c: f64, mu: f64, total: f64) -> f64 {
    if c <= mu { 0.0 } else { part(c, mu) + part(total - c, total - mu) }
}

fn risk(c: f64, mu: f64, total: f64) -> Option<f64> {
    let outside = (total - c) / (total - mu);
    (outside > 0.0 && mu > 0.0).then(|| c / mu / outside)
}

/// Only cases are known: a circle's share of cases and a window's share of them are independent.
/// μ = C_circle · C_window / C. The weight is C_circle · C_window, a whole number.
pub(super) struct CasesOnly {
    pub total: f64,
    pub at_site: Vec<f64>,
    /// Cases before each step, and after the last one all of them.
    pub before: Vec<f64>,
}

impl Weigh for CasesOnly {
    #[inline]
    fn enter(&self, site: u32, inside: &mut Inside) {
        inside.weight += self.at_site[site as usize];
    }
    #[inline]
    fn weight(&self, inside: &Inside, first: u32, last: u32, _people: u32) -> f64 {
        inside.weight * (self.before[last as usize + 1] - self.before[first as usize])
    }
    fn expected(&self, weight: f64) -> f64 {
        weight / self.total
    }
    fn ratio(&self, cases: u32, weight: f64) -> f64 {
        poisson_ratio(f64::from(cases), weight / self.total, self.total)
    }
    fn relative_risk(&self, _cases: u32, _weight: f64) -> Option<f64> {
        None
    }
}

/// People one by one, each a case or a control. The weight is the number of people.
pub(super) struct People {
    pub cases: f64,
    pub all: f64,
}

impl Weigh for People {
    #[inline]
    fn enter(&self, _site: u32, _inside: &mut Inside) {}
    #[inline]
    fn weight(&self, _inside: &Inside, _first: u32, _last: u32, people: u32) -> f64 {
        f64::from(people)
    }
    fn expected(&self, weight: f64) -> f64 {
        self.cases * weight / self.all
    }
    fn ratio(&self, cases: u32, weight: f64) -> f64 {
        let (c, n, total, all) = (f64::from(cases), weight, self.cases, self.all);
        if c * all <= total * n {
            return 0.0;
        }
        part(c, n) + part(n - c, n) + part(total - c, all - n) + part(all - n - total + c, all - n)
            - part(total, all)
            - part(all - total, all)
    }
    fn relative_risk(&self, cases: u32, weight: f64) -> Option<f64> {
        risk(f64::from(cases), self.expected(weight), self.cases)
    }
}

/// Cases expected at each place up to each step, scaled to as many as there are.
pub(super) struct Population {
    pub total: f64,
    /// For each place a row of `n_steps` + 1: expected before each step, and at last altogether.
    pub rows: Vec<f64>,
    pub n_steps: usize,
}

impl Population {
    pub(super) fn row(&self, site: u32) -> &[f64] {
        let width = self.n_steps + 1;
        &self.rows[site as usize * width..(site as usize + 1) * width]
    }
}

impl Weigh for Population {
    fn enter(&self, site: u32, inside: &mut Inside) {
        inside.row.resize(self.n_steps + 1, 0.0);
        for (sum, expected) in inside.row.iter_mut().zip(self.row(site)) {
            *sum += expected;
        }
    }
    #[inline]
    fn weight(&self, inside: &Inside, first: u32, last: u32, _people: u32) -> f64 {
        inside.row[last as usize + 1] - inside.row[first as usize]
    }
    fn expected(&self, weight: f64) -> f64 {
        weight
    }
    fn ratio(&self, cases: u32, weight: f64) -> f64 {
        poisson_ratio(f64::from(cases), weight, self.total)
    }
    fn relative_risk(&self, cases: u32, weight: f64) -> Option<f64> {
        risk(f64::from(cases), weight, self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_by_hand() {
        // 4 of 10 cases where 2 are expected: 4 ln 2 + 6 ln(6/8).
        let by_hand = 4.0 * 2f64.ln() + 6.0 * 0.75f64.ln();
        let cases = CasesOnly { total: 10.0, at_site: vec![], before: vec![] };
        assert!((cases.ratio(4, 20.0) - by_hand).abs() < 1e-12);
        assert_eq!(cases.ratio(2, 20.0), 0.0);
        // All 3 cases among 3 of 9 people: ln(9/3) a case, ln(9/6) a control, nothing left over.
        let people = People { cases: 3.0, all: 9.0 };
        let by_hand = 3.0 * 3f64.ln() + 6.0 * 1.5f64.ln();
        assert!((people.ratio(3, 3.0) - by_hand).abs() < 1e-12);
        assert_eq!(people.relative_risk(3, 3.0), None);
    }
}
