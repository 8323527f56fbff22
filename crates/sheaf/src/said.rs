//! What the claims of a few reports said, to the letter, and where: fetched from the pool when they
//! are shown.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use sheaf_model::{Claim, Field, Meaning, ReportId, ReportView, Spot};
use sheaf_store::{Import, Pool, Wanted};

use crate::failure::Failure;
use crate::knowing::Knowing;
use crate::output::{Claims, Told};
use crate::words;

/// The claims of some reports.
#[derive(Default)]
pub struct Said {
    reports: HashMap<ReportId, Heard>,
}

/// One report: where it comes from, and its claims.
struct Heard {
    from: Value,
    lines: Vec<Line>,
}

/// One claim, ready to be shown.
struct Line {
    field: Field,
    meant: String,
    told: Told,
    json: Value,
}

impl Said {
    /// Fetches these reports as a question knows them: a later vintage may say something else in
    /// the same column.
    pub fn known(pool: &Pool, ids: &[ReportId], knowing: &Knowing) -> Result<Said, Failure> {
        let own = Knowing { received: None, ..knowing.clone() };
        if own.is_of_now() {
            let mut said = Said::default();
            for found in pool.reports(ids, Wanted::ALL)?.iter().flatten() {
                let (import, report) = (&found.import, found.report());
                let id = report.id(&import.about.source.name);
                let is_there = own.is_everything() || found.is_current;
                if is_there && own.has(import) && !own.hides(&id) {
                    said.hear(id, import, report);
                }
            }
            let received = knowing.received.iter();
            for (id, (import, report)) in
                received.flat_map(|it| ids.iter().filter_map(|id| Some((id, it.report(id)?))))
            {
                if !said.reports.contains_key(id) {
                    said.hear(id.clone(), import, report);
                }
            }
            return Ok(said);
        }
        let sought: HashSet<&ReportId> = ids.iter().collect();
        let mut said = Said::default();
        knowing.for_each_report(pool, Wanted::ALL, |import, report| {
            let id = report.id(&import.about.source.name);
            if sought.contains(&id) {
                said.hear(id, import, report);
            }
        })?;
        Ok(said)
    }

    fn hear(&mut self, id: ReportId, import: &Import, report: ReportView<'_>) {
        let name = |column: u16| import.columns.get(usize::from(column)).cloned();
        let claims = report.claims();
        let with = |claim: &Claim| {
            let is_part = |other: &&Claim| {
                other.meant == Meaning::PartOf(claim.column) && other.column != claim.column
            };
            let parts = claims.iter().filter(is_part);
            let told = |other: &Claim| {
                (name(other.column).unwrap_or_default(), report.said(other).to_owned())
            };
            parts.map(told).collect()
        };
        let lines = claims.iter().map(|claim| {
            let column = name(claim.column);
            let spot = Spot {
                file: import.about.file.clone(),
                row: report.row(),
                column: column.unwrap_or_default(),
            };
            Line {
                field: claim.field,
                meant: words::meaning(report, claim, &import.columns),
                told: Told { spot, said: report.said(claim).to_owned(), with: with(claim) },
                json: words::claim_json(report, claim, &import.columns),
            }
        });
        let about = &import.about;
        let from = json!({
            "source": about.source.name.as_str(),
            "title": about.source.title,
            "organisation": about.source.organisation,
            "licence": about.source.licence.name(),
            "credit": about.source.credit,
            "import": import.id.to_string(),
            "file": about.file,
            "row": report.row(),
            "taken_at": import.taken_at,
            "unit": report.unit().name(),
        });
        let lines = lines.collect();
        self.reports.insert(id, Heard { from, lines });
    }

    /// Every claim of a report as JSON.
    pub fn json(&self, id: &ReportId) -> Vec<Value> {
        self.lines(id).map(|line| line.json.clone()).collect()
    }

    /// A report with where it comes from and every claim, as JSON.
    pub fn report_json(&self, id: &ReportId) -> Value {
        let mut report = self.reports.get(id).map_or(json!({}), |heard| heard.from.clone());
        report["id"] = json!(id.as_str());
        report["claims"] = json!(self.json(id));
        report
    }

    fn lines(&self, id: &ReportId) -> impl Iterator<Item = &Line> {
        self.reports.get(id).into_iter().flat_map(|heard| &heard.lines)
    }

    /// Every claim of a report as lines of text.
    pub fn text(&self, id: &ReportId) -> String {
        self.lines(id).map(Line::text).collect()
    }

    /// Who published each report, when, and where it can be looked up.
    pub fn provenance_text(&self, ids: &[ReportId]) -> String {
        const PROVENANCE: [Field; 4] =
            [Field::Outlet, Field::Published, Field::Basis, Field::Reference];
        let mut text = String::from("  told in\n");
        for id in ids {
            let lines = self.lines(id).filter(|line| PROVENANCE.contains(&line.field));
            let lines: String = lines.map(Line::text).collect();
            if !lines.is_empty() {
                text.push_str(&format!("  {id}\n{lines}"));
            }
        }
        text
    }
}

impl Line {
    fn text(&self) -> String {
        format!(
            "    {:<12} {}   [{}: {}]\n",
            self.field.name(),
            self.meant,
            self.told.spot,
            words::quoted(&self.told.said)
        )
    }
}

impl Claims for Said {
    fn told(&self, report: &ReportId, claim: u16) -> Option<Told> {
        self.reports.get(report)?.lines.get(usize::from(claim)).map(|line| line.told.clone())
    }
}
