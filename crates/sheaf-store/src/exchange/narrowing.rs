//! What the owner of a source says of some of its reports only: those of an import, of a data set, or one.
//! Kept and given out here; that it can only narrow what is said of the source is decided elsewhere.

use std::collections::BTreeSet;

use rusqlite::Row;
use sheaf_model::{GroupName, Moment, Pap, Purpose, ReportId, SourceName, Tlp};

use super::Exchange;
use crate::error::Result;

/// Which of the reports of a source.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Scope {
    /// Those of the import with this number.
    Import(u64),
    /// Those of every import of the data set with this label.
    DataSet(String),
    /// This one.
    Report(ReportId),
}

/// What is said of them. `None` is as with the source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Narrowing {
    /// The source.
    pub source: SourceName,
    /// Which of its reports.
    pub scope: Scope,
    /// How far they may be passed.
    pub tlp: Option<Tlp>,
    /// What may be done with them.
    pub pap: Option<Pap>,
    /// The groups that may see them.
    pub groups: Option<BTreeSet<GroupName>>,
    /// What they may be used for.
    pub purposes: Option<BTreeSet<Purpose>>,
    /// Until then nobody else sees them.
    pub embargo: Option<Moment>,
    /// From then on nobody sees them.
    pub expires: Option<Moment>,
}

impl Scope {
    fn words(&self) -> (&'static str, String) {
        match self {
            Scope::Import(number) => ("import", number.to_string()),
            Scope::DataSet(label) => ("dataset", label.clone()),
            Scope::Report(id) => ("report", id.to_string()),
        }
    }

    fn read(scope: &str, of_which: String) -> Option<Scope> {
        match scope {
            "import" => of_which.parse().ok().map(Scope::Import),
            "dataset" => Some(Scope::DataSet(of_which)),
            "report" => ReportId::parse(&of_which).map(Scope::Report),
            _ => None,
        }
    }
}

impl Exchange {
    /// Everything that is said of some reports of a source, by source and scope. What stands there in words nobody
    /// knows is taken for what nobody may see.
    pub fn narrowings(&self) -> Result<Vec<Narrowing>> {
        let sql = "SELECT source, scope, of_which, tlp, pap, groups, purposes, embargo, expires
            FROM exchange_narrowing ORDER BY source, scope, of_which";
        Ok(self.list(sql, [], narrowing_from)?.into_iter().flatten().collect())
    }

    /// Keeps it, in the place of what was said of the same reports before.
    pub fn narrow(&self, narrowing: &Narrowing) -> Result<()> {
        let Narrowing { source, scope, tlp, pap, groups, purposes, embargo, expires } = narrowing;
        let (scope, of_which) = scope.words();
        let words = |words: Vec<&str>| words.join(" ");
        let groups = groups.as_ref().map(|it| words(it.iter().map(GroupName::as_str).collect()));
        let purposes = purposes.as_ref().map(|it| words(it.iter().map(|it| it.name()).collect()));
        self.write(|deed| {
            deed.execute(
                "INSERT OR REPLACE INTO exchange_narrowing VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                rusqlite::params![
                    source.as_str(),
                    scope,
                    of_which,
                    tlp.map(|it| it.name()),
                    pap.map(|it| it.name()),
                    groups,
                    purposes,
                    embargo.map(Moment::millis),
                    expires.map(Moment::millis),
                ],
            )
        })
        .map(|_| ())
    }

    /// From now on these reports are as their source is. `false` where nothing was said of them.
    pub fn as_source(&self, source: &SourceName, scope: &Scope) -> Result<bool> {
        let (scope, of_which) = scope.words();
        let sql =
            "DELETE FROM exchange_narrowing WHERE source = ?1 AND scope = ?2 AND of_which = ?3";
        self.write(|deed| deed.execute(sql, (source.as_str(), scope, &of_which)))
            .map(|n_deleted| n_deleted > 0)
    }
}

fn narrowing_from(row: &Row<'_>) -> rusqlite::Result<Option<Narrowing>> {
    let (source, scope): (String, String) = (row.get(0)?, row.get(1)?);
    let (Ok(source), Some(scope)) = (SourceName::new(&source), Scope::read(&scope, row.get(2)?))
    else {
        return Ok(None);
    };
    let text = |idx: usize| row.get::<_, Option<String>>(idx);
    let moment = |idx: usize| -> rusqlite::Result<Option<Moment>> {
        Ok(row.get::<_, Option<i64>>(idx)?.and_then(Moment::from_millis))
    };
    let (tlp, pap, groups, purposes) = (text(3)?, text(4)?, text(5)?, text(6)?);
    Ok(Some(Narrowing {
        source,
        scope,
        // A level that nobody knows is the strictest there is, and a word that nobody knows allows nobody.
        tlp: tlp.map(|it| Tlp::from_name(&it).unwrap_or(Tlp::Red)),
        pap: pap.map(|it| Pap::from_name(&it).unwrap_or(Pap::Red)),
        groups: groups
            .map(|it| it.split_whitespace().filter_map(|it| GroupName::new(it).ok()).collect()),
        purposes: purposes.map(|it| it.split_whitespace().filter_map(Purpose::from_name).collect()),
        embargo: moment(7)?,
        expires: moment(8)?,
    }))
}
