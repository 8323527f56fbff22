//! The follow-up between organisations: requests with what was said on them, and who leads. Who may see and do what is
//! decided elsewhere.

use rusqlite::Row;

use super::Exchange;
use super::stamp::Micros;
use crate::error::Result;

/// Something said on a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OnRequest {
    /// `answer`, `refuse`, `withdraw` or `remark`.
    pub kind: String,
    /// In words; may be empty for a withdrawal.
    pub text: String,
    /// By which member.
    pub member: String,
    /// By which of its accounts.
    pub account: String,
    /// When.
    pub at: Micros,
}

/// What one organisation asks of another, about an incident.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Its number, from 1.
    pub request: i64,
    /// A report of the incident, which leads to it however it is linked.
    pub report: String,
    /// Who asks.
    pub from: String,
    /// Whom.
    pub to: String,
    /// What, in words.
    pub what: String,
    /// The day by which, as `2026-03-01`; empty for none.
    pub due: String,
    /// The account that asked.
    pub account: String,
    /// When.
    pub at: Micros,
    /// What was said on it, in order.
    pub said: Vec<OnRequest>,
}

impl Request {
    /// What ended it, if anything did: an answer, a refusal, a withdrawal.
    pub fn ended(&self) -> Option<&OnRequest> {
        self.said.iter().find(|it| it.kind != "remark")
    }
}

/// Something done about who leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeadAct {
    /// A report of the incident.
    pub report: String,
    /// `take`, `hand-over`, `accept` or `give-up`.
    pub done: String,
    /// By which member.
    pub member: String,
    /// To which, of a hand-over; else empty.
    pub to: String,
    /// Why.
    pub because: String,
    /// By which of its accounts.
    pub account: String,
    /// When.
    pub at: Micros,
}

/// What a member remarks on an incident.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    /// A report of the incident.
    pub report: String,
    /// In words.
    pub text: String,
    /// By which member.
    pub member: String,
    /// By which of its accounts.
    pub account: String,
    /// When.
    pub at: Micros,
}

const REQUEST: &str =
    "SELECT asked, report, from_member, to_member, what, due, account, at FROM asked";

impl Exchange {
    /// Keeps a remark.
    pub fn remark(&self, new: &Remark) -> Result<()> {
        let Remark { report, text, member, account, at } = new;
        let sql =
            "INSERT INTO remark (report, text, member, account, at) VALUES (?1, ?2, ?3, ?4, ?5)";
        self.write(|deed| deed.execute(sql, (report, text, member, account, at)))?;
        Ok(())
    }

    /// What was remarked on any of these reports, in order.
    pub fn remarks(&self, reports: &[String]) -> Result<Vec<Remark>> {
        let mut all = Vec::new();
        let sql = "SELECT remark, report, text, member, account, at FROM remark WHERE report = ?1";
        for report in reports {
            all.extend(self.list(sql, [report], |row| {
                let remark = Remark {
                    report: row.get("report")?,
                    text: row.get("text")?,
                    member: row.get("member")?,
                    account: row.get("account")?,
                    at: row.get("at")?,
                };
                Ok((row.get::<_, i64>("remark")?, remark))
            })?);
        }
        all.sort_by_key(|it| it.0);
        Ok(all.into_iter().map(|it| it.1).collect())
    }

    /// Keeps a request; its number. `said` of it is not looked at.
    pub fn ask_for(&self, new: &Request) -> Result<i64> {
        let Request { report, from, to, what, due, account, at, .. } = new;
        self.write(|deed| {
            deed.execute(
                "INSERT INTO asked (report, from_member, to_member, what, due, account, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                (report, from, to, what, due, account, at),
            )?;
            Ok(deed.last_insert_rowid())
        })
    }

    /// The request of this number.
    pub fn request(&self, number: i64) -> Result<Option<Request>> {
        let found = self.find(&format!("{REQUEST} WHERE asked = ?1"), [number], request_from)?;
        found.map(|it| self.with_said(it)).transpose()
    }

    /// The requests that a member asked or is asked, the newest first, so many at most.
    pub fn requests_of(&self, member: &str, most: usize) -> Result<Vec<Request>> {
        let sql = format!(
            "{REQUEST} WHERE from_member = ?1 OR to_member = ?1 ORDER BY asked DESC LIMIT {most}"
        );
        let found = self.list(&sql, [member], request_from)?;
        found.into_iter().map(|it| self.with_said(it)).collect()
    }

    fn with_said(&self, request: Request) -> Result<Request> {
        let sql =
            "SELECT kind, text, member, account, at FROM asked_said WHERE asked = ?1 ORDER BY said";
        let said = self.list(sql, [request.request], |row| {
            Ok(OnRequest {
                kind: row.get(0)?,
                text: row.get(1)?,
                member: row.get(2)?,
                account: row.get(3)?,
                at: row.get(4)?,
            })
        })?;
        Ok(Request { said, ..request })
    }

    /// Keeps what somebody says on a request; `false` where it was ended before and this would end it again.
    pub fn say_on_request(&self, number: i64, said: &OnRequest) -> Result<bool> {
        let sql = "INSERT INTO asked_said (asked, kind, text, member, account, at)
            SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE ?2 = 'remark' OR NOT EXISTS
            (SELECT 1 FROM asked_said WHERE asked = ?1 AND kind <> 'remark')";
        let OnRequest { kind, text, member, account, at } = said;
        self.write(|deed| deed.execute(sql, (number, kind, text, member, account, at)))
            .map(|n| n > 0)
    }

    /// What was done about who leads in incidents with one of these reports, in order.
    pub fn lead_acts(&self, reports: &[String]) -> Result<Vec<LeadAct>> {
        let all = "SELECT report, done, member, to_member, because, account, at FROM lead_act ORDER BY act";
        let acts = self.list(all, [], |row| {
            Ok(LeadAct {
                report: row.get(0)?,
                done: row.get(1)?,
                member: row.get(2)?,
                to: row.get(3)?,
                because: row.get(4)?,
                account: row.get(5)?,
                at: row.get(6)?,
            })
        })?;
        Ok(acts.into_iter().filter(|act| reports.contains(&act.report)).collect())
    }

    /// Every hand-over to a member that nothing followed on, in the same report's acts.
    pub fn offered_leads(&self, member: &str) -> Result<Vec<LeadAct>> {
        let sql = "SELECT report, done, member, to_member, because, account, at FROM lead_act a
            WHERE to_member = ?1 AND done = 'hand-over'
              AND NOT EXISTS (SELECT 1 FROM lead_act b WHERE b.report = a.report AND b.act > a.act)
            ORDER BY act";
        self.list(sql, [member], |row| {
            Ok(LeadAct {
                report: row.get(0)?,
                done: row.get(1)?,
                member: row.get(2)?,
                to: row.get(3)?,
                because: row.get(4)?,
                account: row.get(5)?,
                at: row.get(6)?,
            })
        })
    }

    /// Keeps it.
    pub fn act_on_lead(&self, act: &LeadAct) -> Result<()> {
        let LeadAct { report, done, member, to, because, account, at } = act;
        self.write(|deed| {
            deed.execute(
                "INSERT INTO lead_act (report, done, member, to_member, because, account, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                (report, done, member, to, because, account, at),
            )
        })
        .map(|_| ())
    }
}

fn request_from(row: &Row<'_>) -> rusqlite::Result<Request> {
    Ok(Request {
        request: row.get(0)?,
        report: row.get(1)?,
        from: row.get(2)?,
        to: row.get(3)?,
        what: row.get(4)?,
        due: row.get(5)?,
        account: row.get(6)?,
        at: row.get(7)?,
        said: Vec::new(),
    })
}
