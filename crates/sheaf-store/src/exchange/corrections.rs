//! Corrections that anyone may send about what is public, with what was answered. Nobody who sends one is known: a word
//! that only the sender has opens the answer.

use rusqlite::Row;

use super::Exchange;
use super::stamp::Micros;
use crate::error::Result;

/// A correction, and its answer.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Correction {
    /// Its number, from 1.
    pub correction: i64,
    /// The alert's id, or the handle of an incident.
    pub about: String,
    /// The member whose it is to answer; empty for the office that holds the pool.
    pub member: String,
    /// What is to be corrected, in words.
    pub text: String,
    /// Where it can be looked up; empty for nothing.
    pub reference: String,
    /// When it came.
    pub at: Micros,
    /// What was answered.
    pub answer: Option<CorrectionAnswer>,
}

/// An answer to a correction.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CorrectionAnswer {
    /// `corrected`, `not-corrected` or `noted`.
    pub verdict: String,
    /// In words.
    pub text: String,
    /// By which member; empty for the office that holds the pool.
    pub member: String,
    /// By which of its accounts.
    pub account: String,
    /// When.
    pub at: Micros,
}

const CORRECTION: &str =
    "SELECT c.correction, c.about, c.member, c.text, c.reference, c.at, a.verdict,
    a.text AS answer, a.member AS answered_by, a.account, a.at AS answered_at
    FROM correction c LEFT JOIN correction_answer a USING (correction)";

impl Exchange {
    /// Keeps a correction, whose answer is opened by the word with this digest; its number. The number and the answer
    /// in `new` are not looked at.
    pub fn correct(&self, new: &Correction, code: &[u8; 32]) -> Result<i64> {
        let Correction { about, member, text, reference, at, .. } = new;
        self.write(|deed| {
            deed.execute(
                "INSERT INTO correction (about, member, text, reference, code, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (about, member, text, reference, &code[..], at),
            )?;
            Ok(deed.last_insert_rowid())
        })
    }

    /// The correction that the word with this digest opens.
    pub fn correction_by(&self, code: &[u8; 32]) -> Result<Option<Correction>> {
        self.find(&format!("{CORRECTION} WHERE c.code = ?1"), [&code[..]], correction_from)
    }

    /// The correction of this number.
    pub fn correction(&self, number: i64) -> Result<Option<Correction>> {
        self.find(&format!("{CORRECTION} WHERE c.correction = ?1"), [number], correction_from)
    }

    /// The newest corrections that are a member's to answer, or everybody's, so many at most.
    pub fn corrections(&self, member: Option<&str>, most: usize) -> Result<Vec<Correction>> {
        let sql = format!(
            "{CORRECTION} WHERE ?1 IS NULL OR c.member = ?1 ORDER BY c.correction DESC LIMIT {most}"
        );
        self.list(&sql, [member], correction_from)
    }

    /// How many corrections wait for an answer.
    pub fn n_corrections_waiting(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM correction WHERE correction NOT IN
            (SELECT correction FROM correction_answer)";
        Ok(self.find(sql, [], |row| row.get::<_, i64>(0))?.unwrap_or(0).unsigned_abs())
    }

    /// Keeps an answer; `false` where there is one already.
    pub fn answer_correction(&self, number: i64, answer: &CorrectionAnswer) -> Result<bool> {
        let CorrectionAnswer { verdict, text, member, account, at } = answer;
        let sql = "INSERT OR IGNORE INTO correction_answer (correction, verdict, text, member, account, at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.write(|deed| deed.execute(sql, (number, verdict, text, member, account, at)))
            .map(|n| n > 0)
    }
}

fn correction_from(row: &Row<'_>) -> rusqlite::Result<Correction> {
    let verdict: Option<String> = row.get("verdict")?;
    let answer = match verdict {
        None => None,
        Some(verdict) => Some(CorrectionAnswer {
            verdict,
            text: row.get("answer")?,
            member: row.get("answered_by")?,
            account: row.get("account")?,
            at: row.get("answered_at")?,
        }),
    };
    Ok(Correction {
        correction: row.get("correction")?,
        about: row.get("about")?,
        member: row.get("member")?,
        text: row.get("text")?,
        reference: row.get("reference")?,
        at: row.get("at")?,
        answer,
    })
}
