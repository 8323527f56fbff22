//! A linkage of which only some incidents changed: what changed is laid over what is there.

use std::collections::BTreeSet;
use std::iter::Peekable;

use sheaf_model::{Incident, IncidentId};

use crate::error::{Result, StoreError};
use crate::fates::{Sets, in_two};
use crate::import::check_time;
use crate::layers::{InOrder, LayerParts, Now, Upkeep, upkeep};
use crate::linkage::{Linkage, LinkageHead};
use crate::members::{MemberStream, MemberWriter};
use crate::pool::Pool;

impl Pool {
    /// Keeps a new linkage that differs from the newest one in some incidents only, and what became
    /// of every handle, in one transaction. Everything that can be read of it is what
    /// [`Pool::put_linkage`] of all its incidents would have kept; what is written is what changed.
    ///
    /// `before` is the newest linkage, whose basis the caller has checked. `changed` are the
    /// incidents that are new or whose set of reports changed, whole and in any order; `gone` the
    /// handles that are none any more. A report of an incident that changed or ended, and that is
    /// in no incident of `changed`, is from now on in none. A handle in `gone` that has an incident
    /// in `changed`, or none in `before`, is passed over.
    ///
    /// # Errors
    /// `not-the-newest` if another linkage was kept since `before`; `report-in-two-incidents` if a
    /// report of `changed` is in another incident too, of `changed` or unchanged. Nothing is kept
    /// then.
    pub fn update_linkage(
        &self,
        head: LinkageHead,
        before: &Linkage,
        changed: impl IntoIterator<Item = Incident>,
        gone: &[IncidentId],
    ) -> Result<Linkage> {
        self.must_write()?;
        check_time(&head.at)?;
        let told = self.linkage_told()?.map_or(0, |told| told.number);
        if told != before.number {
            return Err(StoreError::new(
                "not-the-newest",
                format!("linkage {} is not the newest: that is {told}", before.number),
                "ask for the newest linkage and update that one",
            ));
        }
        let sets = Sets::new(changed)?;
        let gone: BTreeSet<&str> = gone.iter().map(IncidentId::as_str).collect();
        // All three are in order of handle.
        let mut changing = sets.incidents.iter().map(|it| it.id.as_str()).peekable();
        let mut ending = gone.into_iter().peekable();
        let mut linkage = Linkage { head, ..before.clone() };
        let (mut fates, mut ended) = (Vec::new(), Vec::new());
        linkage.n_incidents += sets.incidents.len() as u64;
        linkage.n_reports += sets.members().count() as u64;
        self.for_each_set(before, |set| {
            let handle = set.handle().unwrap_or_default();
            let is_changed = comes_to(&mut changing, handle);
            let is_ended = comes_to(&mut ending, handle) && !is_changed;
            if !is_changed && !is_ended {
                return match set.reports().find_map(|it| Some((it, sets.place_of(it)?))) {
                    Some((report, place)) => {
                        Err(in_two(report, [handle, sets.incidents[place as usize].id.as_str()]))
                    }
                    None => Ok(()),
                };
            }
            if is_ended {
                ended.push(handle.to_owned());
            }
            linkage.n_incidents -= 1;
            linkage.n_reports -= set.reports().count() as u64;
            sets.fate_of(handle, set.reports(), &mut fates);
            Ok(())
        })?;
        if !sets.incidents.is_empty() || !ended.is_empty() {
            let mut writer = MemberWriter::create(self)?;
            for (incident, report) in sets.members() {
                writer.push(incident, report)?;
            }
            let ended: Vec<&str> = ended.iter().map(String::as_str).collect();
            let gone = self.write_gone(&ended)?;
            linkage.layers.push(LayerParts { rows: vec![writer.finish()?], gone });
            match upkeep(&linkage.layers) {
                Upkeep::Leave => {}
                Upkeep::Fold => self.press(&mut linkage.layers, 1)?,
                Upkeep::WriteAnew => self.press(&mut linkage.layers, 0)?,
            }
        }
        self.keep_linkage(linkage, &fates)
    }

    /// Makes one of all layers but the first so many. The one just written was never kept then, and
    /// the next writer sweeps its parts away.
    fn press(&self, layers: &mut Vec<LayerParts>, n_kept: usize) -> Result<()> {
        let is_whole = n_kept == 0;
        let open = |layer: &LayerParts| MemberStream::open(self, layer);
        let mut writer = MemberWriter::create(self)?;
        let mut ended = Vec::new();
        self.merge_layers(&layers[n_kept..], is_whole, open, |now| match now {
            Now::Held(_, set) => {
                let handle = set.handle().unwrap_or_default();
                set.reports().try_for_each(|report| writer.push(handle, report))
            }
            Now::Gone(handle) => {
                ended.push(handle.to_owned());
                Ok(())
            }
        })?;
        // A new base has nothing below it that could end.
        let ended: Vec<&str> = ended.iter().map(String::as_str).filter(|_| !is_whole).collect();
        let gone = self.write_gone(&ended)?;
        layers.truncate(n_kept);
        layers.push(LayerParts { rows: vec![writer.finish()?], gone });
        Ok(())
    }
}

/// Moves to a handle in a list in order, and says whether it is there.
fn comes_to<'a>(list: &mut Peekable<impl Iterator<Item = &'a str>>, handle: &str) -> bool {
    while list.next_if(|next| *next < handle).is_some() {}
    list.next_if(|next| *next == handle).is_some()
}
