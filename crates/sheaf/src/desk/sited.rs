//! Stations, airports, stops and ports on an incident's page: what the program suggests, and what people decided.

use serde_json::{Value, json};
use sheaf_desk::{Eyes, OnSite, Pages as _};
use sheaf_model::{Metres, Moment, SettledIncident};
use sheaf_store::{Access, Pool, SiteDecision};

use super::PoolPages;
use super::watched::back;
use crate::commands::now;
use crate::commands::show::Found;
use crate::commands::sites::{Standing, decision_json, suggestion_json};
use crate::failure::Failure;
use crate::profiles::{KEPT, Profiles};
use crate::reasons;
use crate::sight::Seen;
use crate::sites::{Tag, distance, suggestions};

/// How far off a site may be, to be suggested.
const WITHIN_M: f32 = 5000.0;

impl PoolPages {
    /// What is suggested for an incident and not decided yet, and what was decided.
    pub(super) fn sites_of(&self, seen: &Seen, id: &str) -> Result<Value, Failure> {
        let sites = self.sites().map_err(back)?;
        let Some(settled) = self.settled(seen, id)? else {
            return Ok(json!({ "suggestions": [], "decisions": [], "why_none": "no incident" }));
        };
        let reports = &settled.incident.reports;
        let standing = Standing::of(&seen.pool, &seen.sight.knowing())?;
        let within = Metres::new(WITHIN_M).expect("5 km is a distance");
        let (found, why_none) = match suggestions(&settled, &sites, within) {
            _ if sites.is_empty() => (Vec::new(), Some("no sites are loaded")),
            Ok(found) => (found, None),
            Err(why) => (Vec::new(), Some(why)),
        };
        let open = found.iter().filter(|it| standing.on(reports, &it.site.id).is_none());
        Ok(json!({
            "suggestions":
                open.map(|it| suggestion_json(&settled.incident.id, it)).collect::<Vec<_>>(),
            "decisions":
                standing.of_incident(reports).into_iter().map(decision_json).collect::<Vec<_>>(),
            "why_none": why_none,
        }))
    }

    /// Keeps what somebody decided about an incident and a site.
    pub(super) fn on_site(
        &self,
        eyes: &Eyes,
        by: &str,
        on: &OnSite<'_>,
        now_at: Moment,
    ) -> Result<Value, Failure> {
        let tag =
            [Tag::Target, Tag::Disrupted, Tag::Near].into_iter().find(|it| it.name() == on.tag);
        let tag = tag.ok_or_else(|| {
            let what = format!("tag: \"{}\" is none of target, disrupted, near", on.tag);
            Failure::new("bad-body", what)
        })?;
        let seen = self.see(eyes, None, now_at)?;
        let settled = self.settled(&seen, on.incident)?.ok_or_else(|| {
            Failure::new("no-such-incident", format!("{} is no incident", on.incident))
        })?;
        reasons::check_of(&seen.pool, &settled.incident.reports, "because", on.because)?;
        let sites = self.sites().map_err(back)?;
        let site = sites.iter().find(|it| it.id == on.site).ok_or_else(|| {
            Failure::new("no-such-site", format!("{} is no site of this pool", on.site))
        })?;
        let place = settled.place.as_ref().map(|it| it.value);
        let decided = SiteDecision {
            report: settled.incident.id.report().clone(),
            site: site.id.clone(),
            name: site.name.clone(),
            tag: tag.name().to_owned(),
            accepted: on.accepted,
            metres: place.and_then(|place| distance(place, site)),
            by: by.to_owned(),
            because: on.because.to_owned(),
            at: now(),
        };
        Pool::open(&self.path, Access::Write)?.decide_site(&decided)?;
        self.sites_of(&self.see(eyes, None, now_at)?, on.incident)
    }

    fn settled(&self, seen: &Seen, id: &str) -> Result<Option<SettledIncident>, Failure> {
        let profiles = Profiles::named(KEPT.about().name)?;
        Ok(match self.found(seen, id, &profiles)? {
            Found::Incident(mut entries) => Some(entries.swap_remove(0).ruling.settled),
            Found::Outside(_) => None,
        })
    }
}
