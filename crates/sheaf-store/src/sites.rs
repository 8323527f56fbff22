//! Stations, airports, stops and ports that were loaded into a pool, and what people decided of which
//! incident has to do with which. Whether a site may be near an incident is worked out elsewhere.

use rusqlite::{OptionalExtension as _, Row, params};
use sheaf_model::ReportId;

use crate::error::{Result, StoreError};
use crate::import::check_time;
use crate::pool::Pool;

/// A place that operators and planners know by a code.
#[derive(Clone, PartialEq, Debug)]
pub struct Site {
    /// kind:key, as in `airport:LFPG`.
    pub id: String,
    /// airport, station, stop or port.
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// Lines that call there.
    pub lines: Vec<String>,
    /// The file it was loaded from.
    pub file: String,
}

/// What a person decided of an incident and a site.
#[derive(Clone, PartialEq, Debug)]
pub struct SiteDecision {
    /// The incident's handle, as the id of a report.
    pub report: ReportId,
    /// The site.
    pub site: String,
    /// What the site was called.
    pub name: String,
    /// target, near or disrupted.
    pub tag: String,
    /// Accepted, or refused.
    pub accepted: bool,
    /// From the incident's point; `None` where it has no point.
    pub metres: Option<f64>,
    /// Who decided.
    pub by: String,
    /// Why.
    pub because: String,
    /// When (UTC, RFC 3339).
    pub at: String,
}

/// What loading sites did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Loaded {
    /// Sites that were not there.
    pub added: u64,
    /// Sites of which the file says something else than the one before.
    pub changed: u64,
    /// Sites that were there as they are.
    pub unchanged: u64,
}

impl Pool {
    /// Keeps sites: new ones are added, those of the same id take the place of what was there, and
    /// that `file` was loaded is noted. All or none.
    ///
    /// # Errors
    /// `site-of-another-file` where a site of this id and another name was loaded from a file of another name:
    /// keys of two operators' tables may mean different stops.
    pub fn load_sites(&self, file: &str, sites: &[Site], at: &str) -> Result<Loaded> {
        self.must_write()?;
        check_time(at)?;
        let mut ledger = self.ledger();
        let mut loaded = Loaded::default();
        let deed = ledger.transaction().map_err(self.says())?;
        for site in sites {
            let known = deed
                .query_row("SELECT * FROM site WHERE site = ?1", [&site.id], site_from)
                .optional()
                .map_err(self.says())?;
            match known {
                Some(known) if known.file != site.file && known.name != site.name => {
                    let (id, file) = (&site.id, &known.file);
                    return Err(StoreError::new(
                        "site-of-another-file",
                        format!("{id} is \"{}\" of {file}, and \"{}\" here", known.name, site.name),
                        "say --feed NAME, so that the keys of two tables are told apart",
                    ));
                }
                Some(known) if Site { file: site.file.clone(), ..known.clone() } == *site => {
                    loaded.unchanged += 1;
                    continue;
                }
                Some(_) => loaded.changed += 1,
                None => loaded.added += 1,
            }
            let Site { id, kind, name, lat, lon, lines, file } = site;
            deed.execute(
                "INSERT OR REPLACE INTO site VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![id, kind, name, lat, lon, lines.join(";"), file, at],
            )
            .map_err(self.says())?;
        }
        deed.execute("INSERT INTO site_load (file, at) VALUES (?1, ?2)", (file, at))
            .map_err(self.says())?;
        deed.commit().map_err(self.says())?;
        Ok(loaded)
    }

    /// How often sites were loaded: whatever changes them changes this.
    pub fn site_loads(&self) -> Result<i64> {
        let loads =
            self.rows_of("site_load", "SELECT count(*) AS n FROM site_load", |row| row.get("n"))?;
        Ok(loads.first().copied().unwrap_or(0))
    }

    /// Every site, in order of id.
    pub fn sites(&self) -> Result<Vec<Site>> {
        self.rows_of("site", "SELECT * FROM site ORDER BY site", site_from)
    }

    /// Keeps what a person decided of an incident and a site. A later decision outranks an earlier one; both are
    /// kept.
    ///
    /// # Errors
    /// Where nobody decided, the pool was opened for reading, or the time is none.
    pub fn decide_site(&self, decided: &SiteDecision) -> Result<()> {
        self.must_write()?;
        check_time(&decided.at)?;
        if decided.by.trim().is_empty() {
            return Err(StoreError::new(
                "no-judge",
                "a decision says who made it",
                "name yourself with --by, as you sign at your desk",
            ));
        }
        let SiteDecision { report, site, name, tag, accepted, metres, by, because, at } = decided;
        self.ledger()
            .execute(
                "INSERT INTO site_decision (report, site, name, tag, accepted, metres, decided_by, because, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![report.as_str(), site, name, tag, accepted, metres, by, because, at],
            )
            .map(|_| ())
            .map_err(self.says())
    }

    /// Every decision about a site, in the order in which they were made; of one incident and site the last stands.
    pub fn site_decisions(&self) -> Result<Vec<SiteDecision>> {
        let sql = "SELECT report, site, name, tag, accepted, metres, decided_by, because, at
            FROM site_decision ORDER BY decision";
        let rows = self.rows_of("site_decision", sql, |row| {
            let report: String = row.get(0)?;
            Ok(ReportId::parse(&report).map(|report| {
                Ok(SiteDecision {
                    report,
                    site: row.get(1)?,
                    name: row.get(2)?,
                    tag: row.get(3)?,
                    accepted: row.get(4)?,
                    metres: row.get(5)?,
                    by: row.get(6)?,
                    because: row.get(7)?,
                    at: row.get(8)?,
                })
            }))
        })?;
        let decisions: rusqlite::Result<Vec<SiteDecision>> = rows.into_iter().flatten().collect();
        decisions.map_err(self.says())
    }

    /// Rows of a table that a pool opened for reading may be too old to have.
    fn rows_of<T>(
        &self,
        table: &str,
        sql: &str,
        from: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let ledger = self.ledger();
        let ask = || -> rusqlite::Result<Vec<T>> {
            let there = ledger
                .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")?
                .exists([table])?;
            if !there {
                return Ok(Vec::new());
            }
            ledger.prepare(sql)?.query_map([], from)?.collect()
        };
        ask().map_err(self.says())
    }
}

fn site_from(row: &Row<'_>) -> rusqlite::Result<Site> {
    let lines: String = row.get(5)?;
    Ok(Site {
        id: row.get(0)?,
        kind: row.get(1)?,
        name: row.get(2)?,
        lat: row.get(3)?,
        lon: row.get(4)?,
        lines: lines.split(';').filter(|it| !it.is_empty()).map(str::to_owned).collect(),
        file: row.get(6)?,
    })
}
