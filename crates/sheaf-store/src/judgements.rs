//! What people decided: appended, never changed, withdrawn with a row of its own.

use rusqlite::{Row, params};
use sheaf_model::{Judgement, JudgementId, Pair, ReportId, Verdict, Withdrawal};

use crate::error::{Result, StoreError};
use crate::import::check_time;
use crate::pool::Pool;

impl Pool {
    /// Keeps what a person decided about two reports. A later judgement of the same pair outranks
    /// an earlier one; both are kept.
    pub fn judge(
        &self,
        pair: &Pair,
        verdict: Verdict,
        by: &str,
        because: &str,
        at: &str,
    ) -> Result<Judgement> {
        self.must_write()?;
        check_time(at)?;
        if by.trim().is_empty() {
            return Err(StoreError::new(
                "no-judge",
                "a judgement says who made it",
                "name yourself with --by, as you sign at your desk",
            ));
        }
        let ledger = self.ledger();
        ledger
            .execute(
                "INSERT INTO judgement (left_id, right_id, verdict, decided_by, because, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    pair.left().as_str(),
                    pair.right().as_str(),
                    verdict.name(),
                    by,
                    because,
                    at
                ],
            )
            .map_err(self.says())?;
        Ok(Judgement {
            id: JudgementId(ledger.last_insert_rowid() as u64),
            pair: pair.clone(),
            verdict,
            by: by.to_owned(),
            because: because.to_owned(),
            at: at.to_owned(),
            withdrawn: None,
        })
    }

    /// Takes a judgement back. It stays on record, with who took it back and when.
    pub fn withdraw(&self, id: JudgementId, by: &str, at: &str) -> Result<Judgement> {
        self.must_write()?;
        check_time(at)?;
        let found = self.judgements()?.into_iter().find(|judgement| judgement.id == id);
        let Some(mut judgement) = found else {
            return Err(StoreError::new(
                "no-such-judgement",
                format!("{id} is no judgement of this pool"),
                "`sheaf judgements POOL` lists them",
            ));
        };
        if let Some(before) = &judgement.withdrawn {
            return Err(StoreError::new(
                "withdrawn-already",
                format!("{id} was withdrawn already, by {} on {}", before.by, before.at),
                "nothing is left to undo; judge again to decide otherwise",
            ));
        }
        self.ledger()
            .execute("INSERT INTO withdrawal VALUES (?1, ?2, ?3)", params![id.0 as i64, by, at])
            .map_err(self.says())?;
        judgement.withdrawn = Some(Withdrawal { at: at.to_owned(), by: by.to_owned() });
        Ok(judgement)
    }

    /// Every judgement in the order in which they were made, withdrawn ones too.
    pub fn judgements(&self) -> Result<Vec<Judgement>> {
        let ledger = self.ledger();
        let mut query = ledger
            .prepare(
                "SELECT judgement.judgement, left_id, right_id, verdict, decided_by, because,
                     judgement.at, withdrawn_by, withdrawal.at
                 FROM judgement LEFT JOIN withdrawal USING (judgement)
                 ORDER BY judgement.judgement",
            )
            .map_err(self.says())?;
        let mut rows = query.query([]).map_err(self.says())?;
        let mut judgements = Vec::new();
        while let Some(row) = rows.next().map_err(self.says())? {
            let judgement = judgement_from(row).map_err(self.says())?;
            judgements.push(judgement.ok_or_else(|| {
                self.unreadable("a judgement", &row.get::<_, String>(3).unwrap_or_default())
            })?);
        }
        Ok(judgements)
    }
}

fn judgement_from(row: &Row<'_>) -> rusqlite::Result<Option<Judgement>> {
    let id = |column| row.get::<_, String>(column).map(|text| ReportId::parse(&text));
    let (Some(left), Some(right)) = (id(1)?, id(2)?) else { return Ok(None) };
    let Some(pair) = Pair::new(left, right) else { return Ok(None) };
    let Some(verdict) = Verdict::from_name(&row.get::<_, String>(3)?) else { return Ok(None) };
    let withdrawn = match row.get::<_, Option<String>>(7)? {
        Some(by) => Some(Withdrawal { at: row.get(8)?, by }),
        None => None,
    };
    Ok(Some(Judgement {
        id: JudgementId(row.get::<_, i64>(0)? as u64),
        pair,
        verdict,
        by: row.get(4)?,
        because: row.get(5)?,
        at: row.get(6)?,
        withdrawn,
    }))
}
