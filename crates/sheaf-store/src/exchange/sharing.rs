//! What the rules between members rest on: what members read for, the groups in which they share, and
//! what the owner of each source allows. Kept and given out here; what it means is decided elsewhere.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row};
use sheaf_model::{
    Group, GroupName, Licence, Marking, MemberId, Moment, Pap, Purpose, SourceName, Tlp,
};

use super::Exchange;
use crate::error::{Result, StoreError};

/// What the owner of a source allows with its reports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sharing {
    /// The source.
    pub source: SourceName,
    /// What is allowed, its owner included. The licence is [`Licence::Unknown`]: that of the source counts,
    /// which its imports say.
    pub marking: Marking,
}

impl Exchange {
    /// What a member reads reports for, by the member's number.
    pub fn purposes(&self, member: i64) -> Result<BTreeSet<Purpose>> {
        let sql = "SELECT purpose FROM exchange_purpose WHERE member = ?1";
        let words: Vec<String> = self.list(sql, [member], |row| row.get(0))?;
        Ok(words.iter().filter_map(|word| Purpose::from_name(word)).collect())
    }

    /// Says what a member reads reports for, in the place of what was said before.
    pub fn set_purposes(&self, member: i64, purposes: &BTreeSet<Purpose>) -> Result<()> {
        self.write(|deed| {
            deed.execute("DELETE FROM exchange_purpose WHERE member = ?1", [member])?;
            for purpose in purposes {
                deed.execute(
                    "INSERT INTO exchange_purpose VALUES (?1, ?2)",
                    (member, purpose.name()),
                )?;
            }
            Ok(())
        })
    }

    /// Every group with its members, by name. Members whose name is no [`MemberId`] are left out.
    pub fn groups(&self) -> Result<Vec<Group>> {
        let sql = "SELECT g.name, g.confidential, m.name FROM exchange_group g
            LEFT JOIN exchange_group_member USING (name_of_group) LEFT JOIN exchange_member m USING (member)
            ORDER BY g.name, m.name";
        let rows: Vec<(String, bool, Option<String>)> =
            self.list(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let mut groups: Vec<Group> = Vec::new();
        for (name, confidential, member) in rows {
            let Ok(name) = GroupName::new(&name) else { continue };
            if groups.last().is_none_or(|last| last.name != name) {
                groups.push(Group { name, members: BTreeSet::new(), confidential });
            }
            let member = member.and_then(|member| MemberId::new(&member).ok());
            if let (Some(group), Some(member)) = (groups.last_mut(), member) {
                group.members.insert(member);
            }
        }
        Ok(groups)
    }

    /// Makes a group, which has no members yet.
    ///
    /// # Errors
    ///
    /// `group-exists` where there is one of this name.
    pub fn add_group(&self, name: &GroupName, confidential: bool) -> Result<()> {
        let sql = "INSERT INTO exchange_group (name, confidential) VALUES (?1, ?2)
            ON CONFLICT DO NOTHING";
        match self.write(|deed| deed.execute(sql, (name.as_str(), confidential)))? {
            0 => Err(StoreError::new(
                "group-exists",
                format!("{}: there is a group \"{name}\" already", self.path().display()),
                "choose another name, or work with the one that is there",
            )),
            _ => Ok(()),
        }
    }

    /// Puts a member into a group or, where `is_in` is false, takes it out. `false` where there is no such
    /// group or member.
    pub fn set_in_group(&self, name: &GroupName, member: &MemberId, is_in: bool) -> Result<bool> {
        self.write(|deed| {
            let found = deed.query_row(
                "SELECT count(*) FROM exchange_group g, exchange_member m
                 WHERE g.name = ?1 AND m.name = ?2",
                [name.as_str(), member.as_str()],
                |row| row.get::<_, i64>(0),
            )?;
            let sql = match is_in {
                true => {
                    "INSERT OR IGNORE INTO exchange_group_member
                     SELECT g.name_of_group, m.member FROM exchange_group g, exchange_member m
                     WHERE g.name = ?1 AND m.name = ?2"
                }
                false => {
                    "DELETE FROM exchange_group_member WHERE (name_of_group, member) IN
                     (SELECT g.name_of_group, m.member FROM exchange_group g, exchange_member m
                      WHERE g.name = ?1 AND m.name = ?2)"
                }
            };
            deed.execute(sql, [name.as_str(), member.as_str()])?;
            Ok(found > 0)
        })
    }

    /// What the owners of sources allow, by source. What stands there in words nobody knows is left out:
    /// then nobody sees the source.
    pub fn sharings(&self) -> Result<Vec<Sharing>> {
        let sql = "SELECT source, originator, tlp, pap, groups, purposes, embargo, expires
            FROM exchange_sharing ORDER BY source";
        Ok(self.list(sql, [], sharing_from)?.into_iter().flatten().collect())
    }

    /// Keeps what the owner of a source allows, in the place of what was allowed before.
    pub fn share(&self, sharing: &Sharing) -> Result<()> {
        self.write(|deed| put_sharing(deed, sharing))
    }

    pub(super) fn write<T>(
        &self,
        write: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let mut ledger = self.writer();
        let writing = || {
            let deed =
                ledger.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let done = write(&deed)?;
            deed.commit()?;
            Ok(done)
        };
        writing().map_err(self.says())
    }
}

/// Keeps it, within a deed that may do more.
pub(super) fn put_sharing(deed: &Connection, sharing: &Sharing) -> rusqlite::Result<()> {
    let Marking { tlp, pap, groups, purposes, embargo, expires, originator, .. } = &sharing.marking;
    let groups: Vec<&str> = groups.iter().map(GroupName::as_str).collect();
    let purposes: Vec<&str> = purposes.iter().map(|it| it.name()).collect();
    deed.execute(
        "INSERT OR REPLACE INTO exchange_sharing VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        rusqlite::params![
            sharing.source.as_str(),
            originator.as_ref().map_or("", MemberId::as_str),
            tlp.name(),
            pap.name(),
            groups.join(" "),
            purposes.join(" "),
            embargo.map(Moment::millis),
            expires.map(Moment::millis),
        ],
    )
    .map(|_| ())
}

fn sharing_from(row: &Row<'_>) -> rusqlite::Result<Option<Sharing>> {
    let text = |idx: usize| row.get::<_, String>(idx);
    let (source, originator, tlp, pap) = (text(0)?, text(1)?, text(2)?, text(3)?);
    let (groups, purposes) = (text(4)?, text(5)?);
    let moment = |idx: usize| -> rusqlite::Result<Option<Option<Moment>>> {
        let millis: Option<i64> = row.get(idx)?;
        Ok(match millis {
            None => Some(None),
            Some(millis) => Moment::from_millis(millis).map(Some),
        })
    };
    let (embargo, expires) = (moment(6)?, moment(7)?);
    let understood = || {
        Some(Sharing {
            source: SourceName::new(&source).ok()?,
            marking: Marking {
                tlp: Tlp::from_name(&tlp)?,
                pap: Pap::from_name(&pap)?,
                groups: groups
                    .split_whitespace()
                    .map(|it| GroupName::new(it).ok())
                    .collect::<Option<_>>()?,
                purposes: purposes
                    .split_whitespace()
                    .map(Purpose::from_name)
                    .collect::<Option<_>>()?,
                embargo: embargo?,
                expires: expires?,
                licence: Licence::Unknown,
                originator: Some(MemberId::new(&originator).ok()?),
            },
        })
    };
    Ok(understood())
}
