//! The lives of objects that another pool passes on: where one ends, what is left of it is withdrawn, and the
//! door is shut to copies that come late. All of it runs inside a transaction.

use super::put::EVERYTHING;
use super::receive::{Arrival, GoneElsewhere, Receiver};
use super::rows::{
    GONE, LIVE, NOTICE, Name, NewRow, add_name, add_row, find_name, hide_notices, later_version,
    set_shown, versions,
};
use super::stamp::{Micros, read_stamp};
use super::travel::Travel;
use super::withdraw::take_out;

impl Receiver<'_> {
    /// Withdraws what is here of an object, and keeps the notice as it came.
    pub(super) fn notice(
        &mut self,
        arrival: &Arrival<'_>,
        mut name: Name,
        life: i64,
    ) -> rusqlite::Result<()> {
        let (ledger, object) = (self.taker.ledger, &arrival.new.object);
        self.take_out_all(&name)?;
        if life > name.life {
            self.set_life(name.name, life)?;
            name.life = life;
        }
        hide_notices(ledger, name.name)?;
        let added = self.taker.stamps.next(None);
        let version = object.version.unwrap_or_else(|| later_version(added, added));
        let seq = add_row(
            ledger,
            &NewRow {
                collection: self.taker.post.collection,
                name: name.name,
                added,
                version,
                version_text: &object.version_text,
                spec: i64::from(object.spec),
                class: name.head_class,
                unless_class: name.behind,
                life,
                state: NOTICE,
                shown: true,
                hash: &[],
                body: object.body,
            },
        )?;
        ledger
            .prepare_cached("UPDATE exchange_name SET withdrawn = ?2 WHERE name = ?1")?
            .execute([name.name, version])?;
        self.came(name.name, seq, arrival.travel.as_ref())
    }

    /// Withdraws a version, or shuts the door to it. Gives back whether it was readable.
    pub(super) fn withdraw_version(&mut self, gone: &GoneElsewhere) -> rusqlite::Result<bool> {
        let (ledger, post) = (self.taker.ledger, self.taker.post);
        let Some(version) = read_stamp(&gone.version) else { return Ok(false) };
        let name =
            match find_name(ledger, post.collection, &gone.id, post.from.member, &EVERYTHING)? {
                Some(name) if self.began_here(name.name)? => return Ok(false),
                Some(name) => name,
                None => {
                    let class = self.taker.classes.of(ledger, post.from.member, "")?;
                    let name =
                        add_name(ledger, post.collection, &gone.id, post.from.member, class)?;
                    self.came(name.name, 0, None)?;
                    self.set_life(name.name, gone.life)?;
                    Name { life: gone.life, ..name }
                }
            };
        if gone.life < name.life {
            return Ok(false);
        }
        let name = match gone.life > name.life {
            true => {
                self.begin_life(name.name, name.life, gone.life)?;
                Name { life: gone.life, withdrawn: None, ..name }
            }
            false => name,
        };
        let known = versions(ledger, &name)?;
        let of_it: Vec<_> = known.iter().filter(|it| it.version == version).collect();
        if of_it.is_empty() {
            self.shut_door(gone, &name, version)?;
            return Ok(false);
        }
        let mut was_there = false;
        for it in of_it.into_iter().filter(|it| it.state == LIVE) {
            take_out(ledger, it.seq, self.taker.stamps.next(None))?;
            was_there = true;
        }
        let left: Vec<_> = versions(ledger, &name)?;
        if let Some(best) =
            left.iter().filter(|it| it.state == LIVE).max_by_key(|it| (it.spec, it.version))
        {
            set_shown(ledger, best.seq, true)?;
        }
        Ok(was_there)
    }

    /// A row that says of a version that never was here that it is withdrawn.
    fn shut_door(
        &mut self,
        gone: &GoneElsewhere,
        name: &Name,
        version: Micros,
    ) -> rusqlite::Result<()> {
        let ledger = self.taker.ledger;
        let added = self.taker.stamps.next(None);
        let seq = add_row(
            ledger,
            &NewRow {
                collection: self.taker.post.collection,
                name: name.name,
                added,
                version,
                version_text: &gone.version,
                spec: 21,
                class: name.head_class,
                unless_class: name.behind,
                life: gone.life,
                state: GONE,
                shown: false,
                hash: &[],
                body: &[],
            },
        )?;
        take_out(ledger, seq, self.taker.stamps.next(None))
    }

    fn take_out_all(&mut self, name: &Name) -> rusqlite::Result<()> {
        for it in versions(self.taker.ledger, name)?.iter().filter(|it| it.state == LIVE) {
            take_out(self.taker.ledger, it.seq, self.taker.stamps.next(None))?;
        }
        Ok(())
    }

    /// Another life has begun: whatever was left of the one before is withdrawn.
    pub(super) fn begin_life(
        &mut self,
        number: i64,
        former: i64,
        life: i64,
    ) -> rusqlite::Result<()> {
        let ledger = self.taker.ledger;
        let name = Name {
            name: number,
            owner: String::new(),
            head_class: 0,
            life: former,
            withdrawn: None,
            behind: None,
        };
        self.take_out_all(&name)?;
        hide_notices(ledger, number)?;
        ledger
            .prepare_cached("UPDATE exchange_name SET withdrawn = NULL WHERE name = ?1")?
            .execute([number])?;
        self.set_life(number, life)
    }

    pub(super) fn set_life(&self, name: i64, life: i64) -> rusqlite::Result<()> {
        self.taker
            .ledger
            .prepare_cached("UPDATE exchange_name SET life = ?2 WHERE name = ?1")?
            .execute([name, life])?;
        Ok(())
    }

    /// Notes from where an object came, and by which node a row did.
    pub(super) fn came(
        &self,
        name: i64,
        seq: i64,
        travel: Option<&Travel>,
    ) -> rusqlite::Result<()> {
        let origin = match travel {
            Some(travel) if !travel.origin.is_empty() => &travel.origin,
            _ => self.passing.from,
        };
        let hops = travel.map_or(1, |it| it.hops.saturating_add(1));
        let narrowed = travel.is_some_and(|it| it.narrowed);
        self.taker
            .ledger
            .prepare_cached(
                "INSERT INTO exchange_travel (name, origin, hops, narrowed) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET narrowed = excluded.narrowed",
            )?
            .execute((name, origin, hops, narrowed))?;
        if seq != 0 {
            self.taker
                .ledger
                .prepare_cached("INSERT INTO exchange_via (seq, node) VALUES (?1, ?2)")?
                .execute((seq, self.passing.from))?;
        }
        Ok(())
    }
}
