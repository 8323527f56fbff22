//! Reports as *who learnt of which incident on which day*: on the day on which the report says that it was
//! written or published, or else on that of the first import that held it.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use sheaf_model::{Day, Field, Meaning, Place, ReportId, SourceName, When};
use sheaf_stats::knew::{Basis, Knew, Learnt};
use sheaf_store::exchange::{Exchange, Sharing};
use sheaf_store::{Pool, Wanted};

use crate::args::{Knowers, PartyWord};
use crate::failure::Failure;
use crate::filter;
use crate::knowing::Knowing;
use crate::list::check_source;
use crate::profiles::Profiles;
use crate::suggest;
use crate::view::Groups;

/// An incident that somebody of those compared told.
pub struct Incident {
    pub id: String,
    pub when: Option<When>,
    pub place: Option<Place>,
}

/// Who is compared, and what they told.
pub struct Told {
    /// What parties are called: sources, or members.
    pub each: PartyWord,
    pub parties: Vec<String>,
    pub incidents: Vec<Incident>,
    /// As long as `incidents`, in the same order.
    pub knew: Knew,
    /// Incidents that only others told.
    pub n_others: u64,
}

/// Which party a source belongs to, by its name.
struct Parties {
    names: Vec<String>,
    of: HashMap<SourceName, u32>,
}

impl Told {
    pub fn of(
        pool: &Pool,
        knowing: &Knowing,
        args: &Knowers,
        quiet: bool,
    ) -> Result<Told, Failure> {
        let profile = Profiles::named(&args.which.profile)?.only()?;
        let each = args.each.unwrap_or(match args.member.is_empty() {
            true => PartyWord::Source,
            false => PartyWord::Member,
        });
        let parties = Parties::of(pool, knowing, args, each)?;
        let mut incident_of: HashMap<ReportId, usize> = HashMap::new();
        let mut all = Vec::new();
        let mut n_others = 0;
        Groups::knowing(pool, knowing.clone(), quiet)?.settle(profile, |chunk| {
            for it in chunk.iter().filter(|it| filter::wants(&args.which, it)) {
                if !it.sources.iter().any(|it| parties.of.contains_key(it)) {
                    n_others += 1;
                    continue;
                }
                let reports = it.incident.reports.iter();
                incident_of.extend(reports.map(|report| (report.clone(), all.len())));
                all.push(Incident {
                    id: it.incident.id.to_string(),
                    when: it.when.as_ref().map(|it| it.value),
                    place: it.place.as_ref().map(|it| it.value),
                });
            }
            Ok(())
        })?;
        let mut learnt: Vec<Vec<Learnt>> = vec![Vec::new(); all.len()];
        let mut unsaid: HashMap<ReportId, (usize, u32)> = HashMap::new();
        let wanted = Wanted::only(&[Field::Published]);
        knowing.for_each_report(pool, wanted, |import, report| {
            let source = &import.about.source.name;
            let Some(&party) = parties.of.get(source) else { return };
            let id = report.id(source);
            let Some(&incident) = incident_of.get(&id) else { return };
            // As for --claims-until: a report is said on the last of the days it gives.
            let said = report.claims().iter().filter_map(|claim| match claim.meant {
                Meaning::Day(day) if claim.field == Field::Published => Some(day),
                _ => None,
            });
            match said.max() {
                Some(day) => {
                    let day = day.days_since_1970();
                    learnt[incident].push(Learnt { party, basis: Basis::Written, day });
                }
                None => {
                    unsaid.insert(id, (incident, party));
                }
            }
        })?;
        learn_from_imports(pool, knowing, unsaid, &mut learnt)?;
        let knew = Knew::new(parties.names.len() as u32, learnt);
        Ok(Told { each, parties: parties.names, incidents: all, knew, n_others })
    }
}

/// Reports that say no day were learnt of on that of the first import that held them: a later vintage that repeats
/// one makes it no younger.
fn learn_from_imports(
    pool: &Pool,
    knowing: &Knowing,
    mut unsaid: HashMap<ReportId, (usize, u32)>,
    learnt: &mut [Vec<Learnt>],
) -> Result<(), Failure> {
    for import in pool.imports()?.iter().filter(|it| knowing.has(it)) {
        if unsaid.is_empty() {
            break;
        }
        // Times begin with the day; the store takes no other.
        let Some(day) = Day::parse_iso(&import.taken_at) else { continue };
        let source = &import.about.source.name;
        pool.for_each_report(import, Wanted::only(&[]), |report| {
            if let Some((incident, party)) = unsaid.remove(&report.id(source)) {
                let day = day.days_since_1970();
                learnt[incident].push(Learnt { party, basis: Basis::Imported, day });
            }
        })?;
    }
    Ok(())
}

impl Parties {
    fn of(
        pool: &Pool,
        knowing: &Knowing,
        args: &Knowers,
        each: PartyWord,
    ) -> Result<Parties, Failure> {
        let owner = owners(&args.pool)?;
        let sources = knowing.sources(pool)?;
        args.source.iter().try_for_each(|name| check_source(name, &sources))?;
        let sources: Vec<SourceName> = sources.into_iter().map(|it| it.name).collect();
        let owners = || owner.values().map(String::as_str);
        if let Some(name) = args.member.iter().find(|name| !owners().any(|it| it == *name)) {
            let failure =
                Failure::new("no-such-member", format!("{name} owns no source of this pool"));
            return Err(match suggest::nearest(name, owners()) {
                Some(near) => failure.hint(format!("did you mean {near}?")),
                None => failure.hint("`sheaf share` says whose a source is"),
            });
        }
        let is_meant = |source: &&SourceName| {
            let is_named =
                args.source.is_empty() || args.source.iter().any(|it| it == source.as_str());
            let owned = || owner.get(source.as_str()).is_some_and(|it| args.member.contains(it));
            is_named && (args.member.is_empty() || owned())
        };
        let party_of = |source: &SourceName| match each {
            PartyWord::Source => source.to_string(),
            PartyWord::Member => {
                owner.get(source.as_str()).cloned().unwrap_or_else(|| source.to_string())
            }
        };
        let named: BTreeMap<&SourceName, String> =
            sources.iter().filter(is_meant).map(|it| (it, party_of(it))).collect();
        let mut names: Vec<String> = named.values().cloned().collect();
        names.sort_unstable();
        names.dedup();
        let number = |name: &String| names.partition_point(|it| it < name) as u32;
        let of = named.iter().map(|(&source, name)| (source.clone(), number(name))).collect();
        Ok(Parties { names, of })
    }
}

/// Which member owns each source, as far as the pool is shared.
fn owners(pool: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let Some(log) = Exchange::look(pool)? else { return Ok(BTreeMap::new()) };
    let owned = |it: Sharing| Some((it.source.to_string(), it.marking.originator?.to_string()));
    Ok(log.sharings()?.into_iter().filter_map(owned).collect())
}
