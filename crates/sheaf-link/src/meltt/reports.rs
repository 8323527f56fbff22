//! From MELTT's rows to incidents of reports, and back. MELTT says which rows are the same; the
//! reports behind them become one incident each, and what people judged is applied on top, since
//! people outrank arithmetic of any kind (invariant 10).
//!
//! Judgements are applied in this order: first every standing "same" joins its two reports; then
//! MELTT's matches join theirs, in the order in which MELTT made them, except one that would bring
//! together two reports judged different. So of a group of which two were judged different, the
//! later match gives way, and what was judged the same takes its matches along. A flag joins
//! nothing: it becomes a part of an episode.

use sheaf_model::{Judgement, Unit};

use super::{Dataset, MelttError, MelttResult, Options, RowId, Taxonomy, meltt};
use super::{candidates::Rules, coded, fold};
use crate::cluster::Union;
use crate::judge::{Ruling, rule};
use crate::link::Linkage;
use crate::outline::Outlines;

/// Reports as MELTT's data sets, with what it is to be run by.
#[derive(Clone, Debug)]
pub struct Reports {
    /// The data sets, in the order in which they are folded.
    pub datasets: Vec<Dataset>,
    /// For each record of each data set, the position of its report among the outlines.
    pub positions: Vec<Vec<u32>>,
    /// The taxonomies.
    pub taxonomies: Vec<Taxonomy>,
    /// Windows and the rest.
    pub options: Options,
}

impl Reports {
    /// The position of a record's report.
    ///
    /// # Panics
    /// If there is no such record.
    pub fn position(&self, id: RowId) -> u32 {
        self.positions[id.dataset][id.row]
    }

    /// The record that a report is; `None` for one that MELTT was not given.
    pub fn row(&self, position: u32) -> Option<RowId> {
        self.positions.iter().enumerate().find_map(|(dataset, positions)| {
            let row = positions.iter().position(|&it| it == position)?;
            Some(RowId { dataset, row })
        })
    }
}

/// Links reports as MELTT does, and then as people judged. Reports that are no record of any data
/// set are in no incident, unless they were judged the same as one that is.
///
/// A single data set is no error here: MELTT never compares it with itself, so every record of it
/// is an incident.
///
/// # Errors
/// As [`meltt()`], but for too few data sets.
pub fn link_reports(
    outlines: &Outlines,
    reports: &Reports,
    judgements: &[Judgement],
) -> Result<(Linkage, MelttResult), MelttError> {
    let Reports { datasets, taxonomies, options, .. } = reports;
    let result = match datasets.len() {
        0 | 1 => {
            fold::fold_all(coded::code(datasets, taxonomies), &Rules::new(taxonomies, options))
        }
        _ => meltt(datasets, taxonomies, options)?,
    };
    let at = |id: RowId| reports.position(id);
    let matches: Vec<(u32, u32)> = (result.event_contenders.iter())
        .chain(&result.episode_contenders)
        .map(|it| (at(it.kept), at(it.chosen.id)))
        .collect();
    let flags: Vec<(u32, u32)> = (result.unique.iter())
        .flat_map(|event| event.episodes.iter().map(|&episode| (at(episode), at(event.id))))
        .collect();
    let mut is_record = vec![false; outlines.len()];
    for &position in reports.positions.iter().flatten() {
        is_record[position as usize] = true;
    }
    let ruling = rule(outlines, judgements);
    let group_of = groups(outlines, &is_record, &matches, &ruling);
    Ok((Linkage::of_groups(outlines, &group_of, &flags, ruling), result))
}

/// For each report the smallest position of its group; [`Linkage::NONE`] where no record is in it.
fn groups(
    outlines: &Outlines,
    is_record: &[bool],
    matches: &[(u32, u32)],
    ruling: &Ruling,
) -> Vec<u32> {
    let n = outlines.len();
    let mut union = Union::new(n);
    for &(a, b) in &ruling.same {
        union.join(a, b);
    }
    for &(a, b) in matches {
        let (left, right) = (union.root(a), union.root(b));
        let is_barred = ruling.different.iter().any(|&(x, y)| {
            let (x, y) = (union.root(x), union.root(y));
            (x, y) == (left, right) || (y, x) == (left, right)
        });
        if !is_barred {
            union.join(a, b);
        }
    }
    let mut group_of: Vec<u32> = (0..n as u32).map(|position| union.root(position)).collect();
    let mut has_record = vec![false; n];
    for (position, &group) in group_of.iter().enumerate() {
        // A report that MELTT could not be given, being neither record nor lead, holds its own.
        let outline = outlines.get(position as u32);
        let stands = is_record[position] || !(outline.is_lead() || outline.unit == Unit::Aggregate);
        has_record[group as usize] |= stands;
    }
    for group in &mut group_of {
        if !has_record[*group as usize] {
            *group = Linkage::NONE;
        }
    }
    group_of
}

#[cfg(test)]
mod tests {
    use sheaf_model::{Day, SourceKind, Verdict};

    use super::super::{Point, Record};
    use super::*;
    use crate::testing::{Told, judgement, outlines, told};

    /// Reports of three sources on these days of a month, all at one point and of one category.
    fn reports(days: [&[(i32, i32)]; 3], extra: Vec<Told>) -> (Outlines, Reports) {
        let (mut all, mut datasets, mut positions) = (Vec::new(), Vec::new(), Vec::new());
        for (source, days) in days.into_iter().enumerate() {
            let mut records = Vec::new();
            let mut of_source = Vec::new();
            for (row, &(first, last)) in days.iter().enumerate() {
                let key = format!("{}", row + 1);
                of_source.push(all.len() as u32);
                let unit = if first == last { Unit::Incident } else { Unit::Episode };
                all.push(told(source as u16, &key).days(first, last).unit(unit));
                let day = |days| Day::from_days_since_1970(16_071 + days).unwrap();
                let point = Some(Point { lat: 10.0, lon: 20.0 });
                let categories = vec!["car".to_owned()];
                records.push(Record { first: day(first), last: day(last), point, categories });
            }
            datasets.push(Dataset { name: format!("s{source}"), records });
            positions.push(of_source);
        }
        all.extend(extra);
        let lines = ["s0", "s1", "s2"].map(|name| (name, "car", ["vehicle"]));
        let taxonomies = vec![Taxonomy::new("kind", lines).unwrap()];
        let options = Options::as_in_meltt(1.0, 1.0);
        (outlines(&all), Reports { datasets, positions, taxonomies, options })
    }

    /// The incidents as ids, those of one report left out; then episodes with their parts.
    fn linked(outlines: &Outlines, reports: &Reports, judgements: &[Judgement]) -> String {
        let (linkage, _) = link_reports(outlines, reports, judgements).unwrap();
        let id = |&at: &u32| outlines.id(at).to_owned();
        let mut sets: Vec<String> = (0..linkage.n_incidents)
            .map(|incident| linkage.members(incident).iter().map(id).collect::<Vec<_>>())
            .filter(|ids| ids.len() > 1)
            .map(|ids| ids.join(" "))
            .collect();
        sets.extend(linkage.parts.iter().map(|it| {
            let first = |incident| id(&linkage.members(incident)[0]);
            format!("{} has {}", first(it.whole), first(it.part))
        }));
        let refused = linkage.conflicts.iter().map(|it| format!("{} refused", it.not_applied));
        sets.extend(refused);
        sets.join("; ")
    }

    #[test]
    fn matches_become_incidents_and_flags_become_parts() {
        let (outlines, reports) =
            reports([&[(1, 1), (20, 25)], &[(1, 1), (21, 21)], &[(2, 2), (9, 9)]], vec![]);
        let (linkage, result) = link_reports(&outlines, &reports, &[]).unwrap();
        assert_eq!(linked(&outlines, &reports, &[]), "s0:1 s1:1 s2:1; s0:2 has s1:2");
        assert_eq!(linkage.n_incidents as usize, result.unique.len());
        assert_eq!(reports.row(4), Some(RowId { dataset: 2, row: 0 }));
        assert_eq!(reports.position(RowId { dataset: 2, row: 0 }), 4);
    }

    #[test]
    fn invariant_10_people_outrank_meltt_too() {
        let (outlines, reports) =
            reports([&[(1, 1)], &[(1, 1), (20, 20)], &[(1, 1), (21, 25)]], vec![]);
        let check = |verdicts: &[(&str, &str, Verdict)], expected: &str| {
            let judgements: Vec<Judgement> = (1..)
                .zip(verdicts)
                .map(|(id, &(a, b, verdict))| judgement(id, a, b, verdict))
                .collect();
            assert_eq!(linked(&outlines, &reports, &judgements), expected, "{verdicts:?}");
        };
        use Verdict::{Different, Same};
        check(&[], "s0:1 s1:1 s2:1; s2:2 has s1:2");
        check(&[("s1:1", "s2:1", Different)], "s0:1 s1:1; s2:2 has s1:2");
        check(&[("s0:1", "s1:1", Different)], "s0:1 s2:1; s2:2 has s1:2");
        check(&[("s1:1", "s1:2", Same)], "s0:1 s1:1 s1:2 s2:1; s2:2 has s0:1");
        check(
            &[("s0:1", "s1:2", Same), ("s1:1", "s1:2", Different)],
            "s0:1 s1:2 s2:1; s2:2 has s0:1",
        );
        // What contradicts a rule is shown and not done, as with the other method.
        check(&[("s2:2", "s1:2", Same)], "s0:1 s1:1 s2:1; s2:2 has s1:2; j1 refused");
    }

    #[test]
    fn leads_and_aggregates_stay_outside_but_for_a_judgement() {
        let lead = told(3, "lead").day(1).by(SourceKind::Leads).unit(Unit::Lead);
        let count = told(4, "count").days(1, 30).unit(Unit::Aggregate);
        let (outlines, reports) = reports([&[(1, 1)], &[(9, 9)], &[(15, 15)]], vec![lead, count]);
        let outside = |judgements: &[Judgement]| {
            let (linkage, _) = link_reports(&outlines, &reports, judgements).unwrap();
            let outside = linkage.incident_of.iter().filter(|&&it| it == Linkage::NONE).count();
            (linkage.n_incidents, outside, linkage.attached_leads)
        };
        assert_eq!(outside(&[]), (3, 2, vec![]));
        let same = judgement(1, "s3:lead", "s1:1", Verdict::Same);
        assert_eq!(outside(&[same]), (3, 1, vec![3]));
    }

    #[test]
    fn one_data_set_is_left_as_it_is() {
        let (outlines, mut reports) = reports([&[(1, 1), (1, 1)], &[], &[]], vec![]);
        reports.datasets.truncate(1);
        let (linkage, result) = link_reports(&outlines, &reports, &[]).unwrap();
        assert_eq!((linkage.n_incidents, result.unique.len()), (2, 2));
        reports.datasets.clear();
        reports.positions.clear();
        assert!(link_reports(&outlines, &reports, &[]).unwrap().1.unique.is_empty());
    }
}
