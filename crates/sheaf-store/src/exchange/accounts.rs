//! Members, the accounts of their people, tokens, and what each account may do.
//!
//! Passwords come in hashed and tokens as a digest: what would open a door never lies here. Whatever no
//! row allows is forbidden.

use rusqlite::{OptionalExtension as _, Row};
use sheaf_model::Role;

use super::Exchange;
use super::stamp::Micros;
use crate::error::{Result, StoreError};

/// An organisation that takes part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// Its number in the ledger.
    pub member: i64,
    /// Its short name.
    pub name: String,
    /// Where it works; may be empty.
    pub region: String,
    /// Its line of work, as in `rail`; may be empty.
    pub sector: String,
}

/// An account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its number in the ledger.
    pub account: i64,
    /// The name it signs in with.
    pub name: String,
    /// The short name of its member.
    pub member: String,
    /// The hash of its password with its salt; empty where it has none.
    pub password: String,
    /// Its roles, sorted.
    pub roles: Vec<String>,
}

impl Account {
    /// Whether it has a role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.iter().any(|it| it == role.name())
    }

    /// The role in which it may ask for something to become public, if it may.
    pub fn asks_as(&self) -> Option<Role> {
        [Role::Contributor, Role::Reviewer].into_iter().find(|role| self.has(*role))
    }
}

/// An account to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewAccount<'a> {
    /// The name it signs in with.
    pub name: &'a str,
    /// The number of its member.
    pub member: i64,
    /// The hash of its password with its salt; empty for none.
    pub password: &'a str,
    /// Its roles.
    pub roles: &'a [&'a str],
    /// Whether it came from another server, together with collections.
    pub imported: bool,
}

/// What an account may do with a collection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Right {
    /// It may read.
    pub can_read: bool,
    /// It may write.
    pub can_write: bool,
}

/// What a token allows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// Whose it is.
    pub account: Account,
    /// What it allows of what the account may do.
    pub scope: Right,
    /// When it stops.
    pub expires: Micros,
}

const ACCOUNT: &str = "SELECT a.account, a.name, m.name, a.password, a.roles
    FROM exchange_account a JOIN exchange_member m USING (member)";

impl Exchange {
    /// Every member, by name.
    pub fn members(&self) -> Result<Vec<Member>> {
        let sql = "SELECT member, name, region, sector FROM exchange_member ORDER BY name";
        self.list(sql, [], |row| {
            Ok(Member {
                member: row.get(0)?,
                name: row.get(1)?,
                region: row.get(2)?,
                sector: row.get(3)?,
            })
        })
    }

    /// The number of the member with this name.
    pub fn member(&self, name: &str) -> Result<Option<i64>> {
        self.find("SELECT member FROM exchange_member WHERE name = ?1", [name], |row| row.get(0))
    }

    /// Makes a member.
    ///
    /// # Errors
    ///
    /// `member-exists` where there is one of this name.
    pub fn add_member(&self, name: &str, region: &str, sector: &str) -> Result<i64> {
        let ledger = self.writer();
        let added = ledger
            .execute(
                "INSERT INTO exchange_member (name, region, sector) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO NOTHING",
                [name, region, sector],
            )
            .map_err(self.says())?;
        match added {
            0 => Err(self.there_already("member-exists", "a member", name)),
            _ => Ok(ledger.last_insert_rowid()),
        }
    }

    /// Makes an account, which may do nothing yet.
    ///
    /// # Errors
    ///
    /// `account-exists` where there is one of this name.
    pub fn add_account(&self, new: &NewAccount<'_>) -> Result<i64> {
        let mut roles = new.roles.to_vec();
        roles.sort_unstable();
        roles.dedup();
        let ledger = self.writer();
        let added = ledger
            .execute(
                "INSERT INTO exchange_account (name, member, password, roles, imported)
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
                (new.name, new.member, new.password, roles.join(" "), new.imported),
            )
            .map_err(self.says())?;
        match added {
            0 => Err(self.there_already("account-exists", "an account", new.name)),
            _ => Ok(ledger.last_insert_rowid()),
        }
    }

    /// Every account that is not closed, by name.
    pub fn accounts(&self) -> Result<Vec<Account>> {
        let sql = format!("{ACCOUNT} WHERE a.closed = 0 ORDER BY a.name");
        self.list(&sql, [], account_from)
    }

    /// The account of this name, unless it is closed.
    pub fn account(&self, name: &str) -> Result<Option<Account>> {
        let sql = format!("{ACCOUNT} WHERE a.name = ?1 AND a.closed = 0");
        self.find(&sql, [name], account_from)
    }

    /// Closes an account: nothing it has opens anything from now on. Its name stays taken.
    pub fn close_account(&self, account: i64) -> Result<()> {
        self.writer()
            .execute("UPDATE exchange_account SET closed = 1 WHERE account = ?1", [account])
            .map(|_| ())
            .map_err(self.says())
    }

    /// Lets an account read or write a collection, or every one where `collection` is `None`. What was
    /// allowed or forbidden before for the same is replaced.
    pub fn allow(&self, account: i64, collection: Option<i64>, right: Right) -> Result<()> {
        self.writer()
            .execute(
                "INSERT OR REPLACE INTO exchange_right VALUES (?1, ?2, ?3, ?4)",
                (account, collection.unwrap_or(0), right.can_read, right.can_write),
            )
            .map(|_| ())
            .map_err(self.says())
    }

    /// Lets every account that came from another server do with every collection that came from one what
    /// the collection itself allows, as it was there.
    pub fn allow_imported(&self) -> Result<()> {
        self.writer()
            .execute(
                "INSERT INTO exchange_right
                 SELECT a.account, c.collection, c.can_read, c.can_write
                 FROM exchange_account a JOIN exchange_collection c
                 WHERE a.imported = 1 AND c.imported = 1 ON CONFLICT DO NOTHING",
                [],
            )
            .map(|_| ())
            .map_err(self.says())
    }

    /// What an account may do with a collection; `None` where nothing says that it may know of it.
    pub fn right(&self, account: i64, collection: i64) -> Result<Option<Right>> {
        self.find(
            "SELECT max(can_read), max(can_write), count(*) FROM exchange_right
             WHERE account = ?1 AND collection IN (0, ?2)",
            [account, collection],
            |row| {
                let rows: i64 = row.get(2)?;
                if rows == 0 {
                    return Ok(None);
                }
                Ok(Some(Right { can_read: row.get(0)?, can_write: row.get(1)? }))
            },
        )
        .map(Option::flatten)
    }

    /// Makes a token of an account. `digest` is blake3 of it.
    pub fn add_token(
        &self,
        account: i64,
        label: &str,
        digest: &[u8; 32],
        scope: Right,
        expires: Micros,
    ) -> Result<i64> {
        let ledger = self.writer();
        ledger
            .execute(
                "INSERT INTO exchange_token (account, label, digest, can_read, can_write, expires)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (account, label, &digest[..], scope.can_read, scope.can_write, expires),
            )
            .map_err(self.says())?;
        Ok(ledger.last_insert_rowid())
    }

    /// Closes a token; `false` where there is none with this number.
    pub fn close_token(&self, token: i64) -> Result<bool> {
        self.writer()
            .execute("UPDATE exchange_token SET closed = 1 WHERE token = ?1", [token])
            .map(|n| n > 0)
            .map_err(self.says())
    }

    /// The token with this digest, unless it or its account is closed or its time is over.
    pub fn token(&self, digest: &[u8; 32], now: Micros) -> Result<Option<Token>> {
        self.read(|ledger| {
            ledger
                .prepare_cached(
                    "SELECT a.account, a.name, m.name, a.password, a.roles,
                         t.can_read, t.can_write, t.expires
                     FROM exchange_token t JOIN exchange_account a USING (account)
                     JOIN exchange_member m USING (member)
                     WHERE t.digest = ?1 AND t.closed = 0 AND a.closed = 0 AND t.expires > ?2",
                )
                .and_then(|mut query| {
                    query
                        .query_row((&digest[..], now), |row| {
                            Ok(Token {
                                account: account_from(row)?,
                                scope: Right { can_read: row.get(5)?, can_write: row.get(6)? },
                                expires: row.get(7)?,
                            })
                        })
                        .optional()
                })
                .map_err(self.says())
        })
    }

    fn there_already(&self, code: &'static str, what: &str, name: &str) -> StoreError {
        StoreError::new(
            code,
            format!("{}: there is {what} \"{name}\" already", self.path().display()),
            "choose another name, or work with the one that is there",
        )
    }
}

pub(super) fn account_from(row: &Row<'_>) -> rusqlite::Result<Account> {
    let roles: String = row.get(4)?;
    Ok(Account {
        account: row.get(0)?,
        name: row.get(1)?,
        member: row.get(2)?,
        password: row.get(3)?,
        roles: roles.split_whitespace().map(str::to_owned).collect(),
    })
}
