//! What goes with an object from pool to pool, and what of the log is to be passed on.

use rusqlite::{Connection, OptionalExtension as _};

use super::Exchange;
use super::page::{Classes, seen};
use super::receive::GoneElsewhere;
use super::rows::NARROWED;
use super::stamp::Micros;
use crate::error::Result;

/// Where an object comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Travel {
    /// The node at which it was brought in first; empty for this one.
    pub origin: String,
    /// Over how many nodes it came from there; 0 where it was brought in first.
    pub hops: u32,
    /// How often it was brought in anew, from 1: each withdrawal ends a life, and only its owner begins
    /// another. No clock is asked, so none can be wrong.
    pub life: i64,
    /// Whether a notice tells that the reader may see no more of it, rather than that it is gone.
    pub narrowed: bool,
}

/// A row of the log to be passed on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outgoing {
    /// When it was added here.
    pub added: Micros,
    /// Its id.
    pub id: String,
    /// What was sent, to the byte, or a notice.
    pub body: Vec<u8>,
    /// Whether it is a notice that the object is gone.
    pub is_notice: bool,
    /// Where it comes from.
    pub travel: Travel,
}

/// What is to be passed on: of which collection, to whom, from where on.
#[derive(Clone, Copy, Debug)]
pub struct Sending<'a> {
    /// Ours.
    pub collection: i64,
    /// What the receiver may see.
    pub classes: &'a Classes,
    /// The receiver's node; what comes from there is not sent back. Empty where it has none.
    pub to: &'a str,
    /// What was added later than this only.
    pub after: Micros,
}

const OUTGOING: &str = "FROM exchange_object o JOIN exchange_name n USING (name)
     LEFT JOIN exchange_travel t ON t.name = o.name LEFT JOIN exchange_via v ON v.seq = o.seq
     WHERE o.collection = ?1 AND o.added > ?2 AND (?3 = '' OR
         (coalesce(t.origin, '') <> ?3 AND coalesce(v.node, '') <> ?3))";

fn outgoing_sql(classes: &Classes) -> String {
    let listed = classes.listed();
    let live = match &listed {
        Some(list) => format!("o.state = 0 AND n.head_class IN ({list})"),
        None => "o.state = 0".to_owned(),
    };
    let seen = seen(listed.as_deref());
    format!("{OUTGOING} AND (({live}) OR (o.shown = 1 AND o.state IN (1, 3))) {seen}")
}

impl Exchange {
    /// The next rows to be passed on, in the order in which they were added; at most `limit`,
    /// and no more once their bodies reach `bytes`.
    pub fn outgoing(
        &self,
        sending: &Sending<'_>,
        limit: usize,
        bytes: usize,
    ) -> Result<Vec<Outgoing>> {
        let sql = format!(
            "SELECT o.added, n.id, o.body, o.state, coalesce(t.origin, ''), coalesce(t.hops, 0), o.life,
                 o.state = {NARROWED} OR (o.state = 1 AND coalesce(t.narrowed, 0))
             {} ORDER BY o.added LIMIT {limit}",
            outgoing_sql(sending.classes)
        );
        self.read(|ledger| {
            let asking = || -> rusqlite::Result<_> {
                let mut query = ledger.prepare_cached(&sql)?;
                let mut rows = query.query((sending.collection, sending.after, sending.to))?;
                let (mut outgoing, mut so_far) = (Vec::new(), 0);
                while so_far < bytes
                    && let Some(row) = rows.next()?
                {
                    let body: Vec<u8> = row.get(2)?;
                    let state: i64 = row.get(3)?;
                    so_far += body.len();
                    outgoing.push(Outgoing {
                        added: row.get(0)?,
                        id: row.get(1)?,
                        body,
                        is_notice: state != 0,
                        travel: Travel {
                            origin: row.get(4)?,
                            hops: row.get(5)?,
                            life: row.get(6)?,
                            narrowed: row.get(7)?,
                        },
                    });
                }
                Ok(outgoing)
            };
            asking().map_err(self.says())
        })
    }

    /// How many rows are to be passed on.
    pub fn n_outgoing(&self, sending: &Sending<'_>) -> Result<u64> {
        let sql = format!("SELECT count(*) {}", outgoing_sql(sending.classes));
        self.find(&sql, (sending.collection, sending.after, sending.to), |row| row.get(0))
            .map(|n: Option<i64>| n.unwrap_or(0).unsigned_abs())
    }

    /// Versions withdrawn later than `sending.after`, oldest first, for whoever may have had them, and the
    /// stamp of the last; at most `limit`.
    pub fn outgoing_gone(
        &self,
        sending: &Sending<'_>,
        limit: usize,
    ) -> Result<(Vec<GoneElsewhere>, Option<Micros>)> {
        let seen = match sending.classes.listed() {
            Some(list) => format!("AND o.class IN ({list}) AND n.head_class IN ({list})"),
            None => String::new(),
        };
        let rows = self.list(
            &format!(
                "SELECT o.gone, n.id, o.version_text, o.life
                 FROM exchange_object o JOIN exchange_name n USING (name)
                 WHERE o.collection = ?1 AND o.gone > ?2 {seen} ORDER BY o.gone LIMIT {limit}"
            ),
            (sending.collection, sending.after),
            |row| {
                let gone =
                    GoneElsewhere { id: row.get(1)?, version: row.get(2)?, life: row.get(3)? };
                Ok((row.get::<_, Micros>(0)?, gone))
            },
        )?;
        let last = rows.last().map(|(at, _)| *at);
        Ok((rows.into_iter().map(|(_, gone)| gone).collect(), last))
    }

    /// Where rows of the log come from, by the stamps at which they were added. What is not there is
    /// left out.
    pub fn travels(&self, collection: i64, added: &[Micros]) -> Result<Vec<Travel>> {
        self.read(|ledger| {
            let mut travels = Vec::with_capacity(added.len());
            for &stamp in added {
                travels.extend(travel_at(ledger, collection, stamp).map_err(self.says())?);
            }
            Ok(travels)
        })
    }
}

fn travel_at(
    ledger: &Connection,
    collection: i64,
    added: Micros,
) -> rusqlite::Result<Option<Travel>> {
    ledger
        .prepare_cached(
            "SELECT coalesce(t.origin, ''), coalesce(t.hops, 0), o.life,
                 o.state = 3 OR (o.state = 1 AND coalesce(t.narrowed, 0))
             FROM exchange_object o LEFT JOIN exchange_travel t ON t.name = o.name
             WHERE o.collection = ?1 AND o.added = ?2",
        )?
        .query_row([collection, added], |row| {
            Ok(Travel {
                origin: row.get(0)?,
                hops: row.get(1)?,
                life: row.get(2)?,
                narrowed: row.get(3)?,
            })
        })
        .optional()
}
