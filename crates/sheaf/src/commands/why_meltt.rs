//! `sheaf why` and `sheaf how` in a pool linked as MELTT does: what MELTT looked at, what it took, and
//! what it took instead. MELTT weighs nothing, so no bits are shown; a score of 0 is its best and 1
//! its worst.

use serde_json::{Value, json};
use sheaf_link::Linkage;
use sheaf_link::meltt::{CandidateOrder, Instead, Looked, Outcome, RowId};
use sheaf_model::{Judgement, ReportId};

use super::counted;
use super::why::{judged_text, named_text, parts_text};
use crate::meltt::{Run, VERSION};
use crate::view::View;

/// What MELTT made of a pair of reports.
struct Pair<'a> {
    told: Explained<'a>,
    rows: (Option<RowId>, Option<RowId>),
    looked: Option<Looked>,
    ids: [ReportId; 2],
    together: bool,
}

impl<'a> Pair<'a> {
    fn of(view: &'a View, run: &'a Run, (a, b): (u32, u32)) -> Pair<'a> {
        let rows = (run.row(a), run.row(b));
        let looked = match rows {
            (Some(one), Some(other)) => {
                run.result.look(&run.reports.taxonomies, &run.reports.options, one, other)
            }
            _ => None,
        };
        let incident = view.linkage.incident_of[a as usize];
        let together =
            incident != Linkage::NONE && incident == view.linkage.incident_of[b as usize];
        let ids = [view.known.id(a), view.known.id(b)];
        Pair { told: Explained { view, run }, rows, looked, ids, together }
    }

    fn outcome(&self) -> String {
        match (&self.looked, self.rows) {
            (Some(looked), (Some(one), Some(other))) => self.told.outcome(looked, one, other),
            _ => {
                "MELTT was not given both of them: leads and aggregates are no incidents".to_owned()
            }
        }
    }

    fn is_on_both(&self, it: &Judgement) -> bool {
        self.ids.contains(it.pair.left()) && self.ids.contains(it.pair.right())
    }
}

/// Why two reports are, or are not, in one incident.
pub fn why_as_json(view: &View, run: &Run, pair: (u32, u32)) -> Value {
    let pair = Pair::of(view, run, pair);
    let judgements = view.judgements.iter().filter(|it| pair.is_on_both(it));
    let mut object = json!({
        "method": VERSION,
        "reports": pair.ids.each_ref().map(ReportId::as_str),
        "together": pair.together,
        "outcome": pair.outcome(),
        "judgements": judgements.map(|it| it.id.to_string()).collect::<Vec<_>>(),
    });
    if let Some(looked) = &pair.looked {
        object["days_between"] = json!({ "first": looked.days_first, "last": looked.days_last });
        object["km"] = json!(looked.km);
        object["taxonomies"] = pair.told.levels_json(looked, pair.rows);
        object["score"] = json!(looked.score);
    }
    object
}

/// The same in words.
pub fn why_text(view: &View, run: &Run, pair: (u32, u32)) -> String {
    let pair = Pair::of(view, run, pair);
    let [a, b] = &pair.ids;
    let mut text = format!("{a} and {b}, linked by {VERSION}, which weighs nothing in bits\n");
    if let Some(looked) = &pair.looked {
        text.push_str(&pair.told.looked_text(looked, pair.rows));
    }
    text.push_str(&format!("{}.\n", pair.outcome()));
    text.push_str(match pair.together {
        true => "They are in one incident.\n",
        false => "They are not in one incident.\n",
    });
    text.push_str(&judged_text(view, |it| pair.is_on_both(it)));
    text
}

/// What MELTT did, in terms of reports.
struct Explained<'a> {
    view: &'a View,
    run: &'a Run,
}

impl Explained<'_> {
    fn id(&self, row: RowId) -> &str {
        self.view.known.outlines.id(self.run.reports.position(row))
    }

    /// Days, kilometres, each taxonomy and the score, one to a line.
    fn looked_text(&self, looked: &Looked, rows: (Option<RowId>, Option<RowId>)) -> String {
        let options = &self.run.reports.options;
        let names = self.run.reports.taxonomies.iter().map(|it| it.name());
        let width = names.map(|name| name.chars().count()).max().unwrap_or(0).max("distance".len());
        let mut text = String::new();
        let mut line = |name: &str, words: String| {
            text.push_str(&format!("    {name:<width$}  {words}\n"));
        };
        let (first, last) = (u64::from(looked.days_first), u64::from(looked.days_last));
        let ends = match first == last {
            true => format!("{} apart", counted(first, "day")),
            false => format!("{first} apart where they begin, {last} where they end"),
        };
        line("days", format!("{ends}; the window is {}", options.days));
        line("distance", format!("{:.3} km; the window is {} km", looked.km, options.km));
        for (nth, level) in looked.levels.iter().enumerate() {
            line(self.run.reports.taxonomies[nth].name(), self.level_words(nth, *level, rows));
        }
        line(
            "score",
            match looked.score {
                Some(score) => format!("{score:.3}, where 0 is the best and 1 the worst"),
                None => "none: too few taxonomies agree".to_owned(),
            },
        );
        text
    }

    fn level_words(
        &self,
        nth: usize,
        level: Option<usize>,
        rows: (Option<RowId>, Option<RowId>),
    ) -> String {
        let depth = self.run.reports.taxonomies[nth].depth();
        match (level, self.run.level_asked(nth)) {
            (Some(level), _) => {
                let words = self.level_name(nth, level, rows.0);
                format!("agree at level {} of {depth}, \"{words}\"", level + 1)
            }
            (None, None) => format!("agree at none of {}", counted(depth as u64, "level")),
            (None, Some(asked)) => format!("do not agree at level {asked} of {depth}, as asked"),
        }
    }

    /// What the taxonomy calls a record at a level.
    fn level_name(&self, nth: usize, level: usize, row: Option<RowId>) -> &str {
        let name = row.and_then(|row| {
            let dataset = self.run.reports.datasets.get(row.dataset)?;
            let category = dataset.records.get(row.row)?.categories.get(nth)?;
            self.run.reports.taxonomies[nth].levels(&dataset.name, category)?.get(level)
        });
        name.map_or("", String::as_str)
    }

    fn levels_json(&self, looked: &Looked, rows: (Option<RowId>, Option<RowId>)) -> Value {
        let of = |(nth, level): (usize, &Option<usize>)| {
            json!({
                "name": self.run.reports.taxonomies[nth].name(),
                "levels": self.run.reports.taxonomies[nth].depth(),
                "agree_at": level.map(|it| it + 1),
                "there": level.map(|it| self.level_name(nth, it, rows.0)),
            })
        };
        looked.levels.iter().enumerate().map(of).collect()
    }

    fn outcome(&self, looked: &Looked, one: RowId, other: RowId) -> String {
        let (earlier, later) = (one.min(other), one.max(other));
        let word = |is_event: bool| if is_event { "an event" } else { "an episode" };
        match &looked.outcome {
            Outcome::OneDataset => {
                "They are of one source, which MELTT never compares with itself".to_owned()
            }
            Outcome::Taken(n) => format!(
                "MELTT took {} as a duplicate of {}{}",
                self.id(later),
                self.id(earlier),
                match n {
                    1 => ", its only candidate".to_owned(),
                    n => format!(", {}", self.order_words(*n)),
                }
            ),
            Outcome::BothTaken(kept) => {
                format!("MELTT took both as duplicates of {}", self.id(*kept))
            }
            Outcome::Flagged => {
                "MELTT flagged the event as part of the episode; both stay".to_owned()
            }
            Outcome::EventAndEpisode => format!(
                "One is {} and the other {}, which MELTT never takes for the same",
                word(looked.are_events.0),
                word(looked.are_events.1)
            ),
            Outcome::Days => "MELTT did not compare them: too many days apart".to_owned(),
            Outcome::Km => "MELTT did not compare them: too far apart".to_owned(),
            Outcome::Categories => "MELTT did not match them: too few taxonomies agree".to_owned(),
            Outcome::Instead(instead) => self.instead(looked, instead, earlier, later),
        }
    }

    fn order_words(&self, n_candidates: usize) -> String {
        let which = match self.run.reports.options.candidate_order {
            CandidateOrder::AsInMeltt => "first found",
            CandidateOrder::ByScore => "best left",
        };
        format!("the {which} of {} candidates", n_candidates)
    }

    fn instead(&self, looked: &Looked, instead: &Instead, earlier: RowId, later: RowId) -> String {
        let score = looked.score.unwrap_or(1.0);
        let mut done = Vec::new();
        if let Some(kept) = instead.earlier_gone_to {
            let (gone, kept) = (self.id(earlier), self.id(kept));
            done.push(format!("{gone} had gone before as a duplicate of {kept}"));
        }
        if let Some(took) = &instead.earlier_took {
            let better = took.score > score
                && self.run.reports.options.candidate_order == CandidateOrder::AsInMeltt;
            done.push(format!(
                "{} took {} (score {:.3}){}",
                self.id(earlier),
                self.id(took.id),
                took.score,
                if better {
                    ", which was found first though it fits worse; --mended-order takes the better"
                } else {
                    ""
                }
            ));
        }
        if let Some(by) = &instead.later_taken_by {
            let (later, by, score) = (self.id(later), self.id(by.id), by.score);
            done.push(format!("{later} was taken by {by} (score {score:.3})"));
        }
        match done.as_slice() {
            [] => "They came into question for each other, and neither was taken".to_owned(),
            done => format!("They came into question for each other, but {}", done.join(", and ")),
        }
    }

    /// How a report came to be in its incident.
    fn support(&self, position: u32) -> (String, Value) {
        let Some(row) = self.run.row(position) else {
            return ("no record of MELTT's; here by a judgement".to_owned(), Value::Null);
        };
        if let Some(taken) = self.run.result.taken_in(row) {
            let (kept, score) = (self.id(taken.kept), taken.chosen.score);
            let of = match taken.n_candidates {
                1 => "its only candidate".to_owned(),
                n => self.order_words(n),
            };
            let json = json!({
                "duplicate_of": kept, "score": score, "candidates": taken.n_candidates,
            });
            return (format!("taken as a duplicate of {kept}, score {score:.3}, {of}"), json);
        }
        match self.run.result.took(row).count() as u64 {
            0 => ("MELTT found no duplicate of it".to_owned(), json!({ "duplicates": 0 })),
            n => (format!("kept, with {}", counted(n, "duplicate")), json!({ "duplicates": n })),
        }
    }
}

/// How the incident made up of these reports came to be.
pub fn how_as_json(view: &View, run: &Run, members: &[u32]) -> Value {
    let told = Explained { view, run };
    let id = |at: u32| view.known.outlines.id(at);
    let supports =
        members.iter().map(|&at| json!({ "report": id(at), "meltt": told.support(at).1 }));
    let judgements = view.judgements.iter().filter(|it| names_one(view, members, it));
    json!({
        "method": VERSION,
        "incident": view.handle(members).map(|it| it.to_string()),
        "supports": supports.collect::<Vec<_>>(),
        "judgements": judgements.map(|it| it.id.to_string()).collect::<Vec<_>>(),
    })
}

/// The same in words.
pub fn how_text(view: &View, run: &Run, members: &[u32]) -> String {
    let told = Explained { view, run };
    let id = |at: u32| view.known.outlines.id(at);
    let handle = view.handle(members).map_or(String::new(), |it| it.to_string());
    let reports = counted(members.len() as u64, "report");
    let mut text =
        format!("{handle}: {reports}, linked by {VERSION}, which weighs nothing in bits\n");
    let width = members.iter().map(|&at| id(at).chars().count()).max().unwrap_or(0);
    for &at in members {
        text.push_str(&format!("    {:<width$}  {}\n", id(at), told.support(at).0));
    }
    text.push_str(&parts_text(view, members));
    text.push_str(&named_text(view, |it| names_one(view, members, it)));
    text
}

/// Whether a judgement that stands names one of these reports.
fn names_one(view: &View, members: &[u32], it: &Judgement) -> bool {
    let (left, right) = (it.pair.left().as_str(), it.pair.right().as_str());
    let id = |at: u32| view.known.outlines.id(at);
    it.withdrawn.is_none() && members.iter().any(|&at| id(at) == left || id(at) == right)
}
