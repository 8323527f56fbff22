//! `sheaf alike`: incidents that resemble one in method, target, place and rhythm, each with its grounds,
//! offered as a hypothesis beside its nearest counter-example. The arithmetic is `sheaf_stats::alike`.
//!
//! It groups incidents. Who claimed one, who is blamed for it, and which parties took part are no traits: a
//! likeness that rests on them would hand an accusation on as if it were evidence.

use std::collections::HashMap;

use serde_json::{Value, json};
use sheaf_model::{Day, Kind, Metres, Place, ReportId, SettledIncident, When};
use sheaf_stats::alike::{Alike, AlikeOptions, Ground, Likeness, Rhythm, Trait, alike, rhythm};
use sheaf_store::Access;

use super::{Went, counted, open, print, print_json, remark};
use crate::args::{Everywhere, Resembling, Summary};
use crate::failure::Failure;
use crate::filter;
use crate::profiles::Profiles;
use crate::view::Groups;

/// Of an incident all that is compared.
struct Facts {
    id: String,
    reports: Vec<ReportId>,
    when: Option<When>,
    place: Option<Place>,
    kind: Option<Kind>,
    weapon: Option<String>,
    target: Option<String>,
}

impl Facts {
    fn of(it: &SettledIncident) -> Facts {
        let words = |it: &Option<sheaf_model::Settled<String>>| {
            let folded = it.as_ref().map(|it| sheaf_link::fold(&it.value));
            folded.filter(|it| !it.is_empty())
        };
        Facts {
            id: it.incident.id.to_string(),
            reports: it.incident.reports.clone(),
            when: it.when.as_ref().map(|it| it.value),
            place: it.place.as_ref().map(|it| it.value),
            kind: it.kind.as_ref().map(|it| it.value),
            weapon: words(&it.weapon),
            target: words(&it.target),
        }
    }

    /// The kind below the root: explosion of a suicide bomb. `None` where only the root is known.
    fn family(&self) -> Option<Kind> {
        let kind = self.kind?;
        let chain: Vec<Kind> = kind.chain().collect();
        match chain.len() {
            1 => (kind.broader() == kind && kind != Kind::Violence).then_some(kind),
            n => Some(chain[n - 2]),
        }
    }

    /// The kind, where it says more than the family.
    fn finer(&self) -> Option<Kind> {
        self.kind.filter(|it| self.family().is_some_and(|family| family != *it))
    }

    /// The day, if it is known to the day.
    fn day(&self) -> Option<Day> {
        self.when.filter(|it| it.width_days() == 1).map(When::first)
    }

    fn weekday(&self) -> Option<u32> {
        // 1 January 1970 was a Thursday, the third day after Monday.
        self.day().map(|day| (day.days_since_1970() + 3).rem_euclid(7) as u32)
    }

    /// What a trait is called in words.
    fn word(&self, of: &str) -> String {
        const WEEKDAYS: [&str; 7] =
            ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        let word = match of {
            "method" => self.family().map(|it| it.name().to_owned()),
            "kind" => self.kind.map(|it| it.name().to_owned()),
            "weapon" => self.weapon.clone(),
            "target" => self.target.clone(),
            "weekday" => self.weekday().map(|it| WEEKDAYS[it as usize].to_owned()),
            _ => None,
        };
        word.unwrap_or_default()
    }
}

struct Found {
    facts: Vec<Facts>,
    traits: Vec<Trait>,
    options: AlikeOptions,
    seed: u64,
    near_km: f64,
    alike: Alike,
    rhythm: Option<Rhythm>,
}

pub fn command(args: &Resembling, everywhere: &Everywhere) -> Result<Went, Failure> {
    let facts = facts(args, everywhere)?;
    let near = Metres::new((args.near_km * 1000.0) as f32).filter(|it| it.get() > 0.0);
    let near = near.ok_or_else(|| {
        Failure::new("bad-arguments", format!("{} km is no distance", args.near_km))
            .hint("--near-km is above 0, as in 50")
    })?;
    let of = position(&facts, args)?;
    let traits = traits(&facts, of, near);
    let options = AlikeOptions {
        of,
        repeats: args.repeats,
        least: args.least,
        permutations: args.permutations,
    };
    let alike = alike(&traits, &options, args.seed)?;
    let day = |it: &Facts| it.day().map(Day::days_since_1970);
    let members = std::iter::once(of).chain(alike.found.iter().map(|it| it.incident));
    let days: Vec<i32> = members.filter_map(|it| day(&facts[it])).collect();
    let all: Vec<i32> = facts.iter().filter_map(day).collect();
    let rhythm = rhythm(&days, &all, args.permutations, args.seed);
    let (near_km, seed) = (args.near_km, args.seed);
    let found = Found { facts, traits, options, seed, near_km, alike, rhythm };
    if args.format == Summary::Json || everywhere.json {
        print_json(&found.json())?;
    } else {
        print(&found.text())?;
    }
    remark(everywhere, "a hypothesis about incidents; who did anything was not looked at");
    Ok(Went::Fine)
}

fn facts(args: &Resembling, everywhere: &Everywhere) -> Result<Vec<Facts>, Failure> {
    let pool = open(&args.pool, Access::Read)?;
    let profile = Profiles::named(&args.which.profile)?.only()?;
    let view = Groups::knowing(&pool, args.which.times.knowing(), everywhere.quiet)?;
    // A slip is answered with what was meant, whatever the filters leave.
    view.position(&args.id)?;
    let mut facts = Vec::new();
    view.settle(profile, |chunk| {
        facts.extend(chunk.iter().filter(|it| filter::wants(&args.which, it)).map(Facts::of));
        Ok(())
    })?;
    Ok(facts)
}

fn position(facts: &[Facts], args: &Resembling) -> Result<usize, Failure> {
    let holds = |it: &Facts| it.reports.iter().any(|it| it.as_str() == args.id);
    facts.iter().position(holds).ok_or_else(|| {
        Failure::new("no-answer", format!("{} is in no incident that was asked about", args.id))
            .hint("leads and aggregates are no incidents; or the filters leave it out")
    })
}

/// What is compared. Weapon and finer kind are weighed given the method; what is known less exactly than it is
/// compared is unknown.
fn traits(facts: &[Facts], of: usize, near: Metres) -> Vec<Trait> {
    let numbered = |value: &dyn Fn(&Facts) -> Option<String>| -> Vec<Option<u32>> {
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut number = |value: String| {
            let next = numbers.len() as u32;
            *numbers.entry(value).or_insert(next)
        };
        facts.iter().map(|it| value(it).map(&mut number)).collect()
    };
    let exact = |it: &Facts| it.place.filter(|it| it.radius() <= near);
    let here = exact(&facts[of]);
    let is_near = |it: &Facts| {
        let (here, there) = (here?, exact(it)?);
        Some(u32::from(here.distance_to(there) <= near))
    };
    let kind = |it: Option<Kind>| it.map(|it| it.name().to_owned());
    let plain = |name, values| Trait { name, values, given: None };
    vec![
        plain("method", numbered(&|it| kind(it.family()))),
        Trait { name: "kind", values: numbered(&|it| kind(it.finer())), given: Some(0) },
        Trait { name: "weapon", values: numbered(&|it| it.weapon.clone()), given: Some(0) },
        plain("target", numbered(&|it| it.target.clone())),
        plain("place", facts.iter().map(is_near).collect()),
        plain("weekday", facts.iter().map(Facts::weekday).collect()),
    ]
}

impl Found {
    fn of(&self) -> &Facts {
        &self.facts[self.options.of]
    }

    fn name(&self, ground: &Ground) -> &'static str {
        self.traits[ground.of].name
    }

    /// A ground in words: "same target market; 4 % of the others have it".
    fn words(&self, likeness: &Likeness, ground: &Ground) -> String {
        let name = self.name(ground);
        let share = 100.0 * ground.share;
        let (ours, theirs) = (self.of().word(name), self.facts[likeness.incident].word(name));
        let given = match self.traits[ground.of].given {
            Some(_) => " of the same method",
            None => "",
        };
        match (name, ground.agree) {
            ("place", true) => {
                format!("within {} km; {share:.0} % of the others are", self.near_km)
            }
            ("place", false) => format!("farther than {} km", self.near_km),
            (_, true) => format!("same {name}: {ours}; {share:.0} % of the others{given} have it"),
            (_, false) => format!("another {name}: {theirs}, not {ours}"),
        }
    }

    fn text(&self) -> String {
        let of = self.of();
        let when = |it: &Facts| it.when.map_or("no day".to_owned(), |it| it.to_string());
        let n = counted(self.alike.found.len() as u64, "incident");
        let resemble = if self.alike.found.len() == 1 { "resembles" } else { "resemble" };
        let mut text = format!(
            "{}  {}\n{n} {resemble} it, of {} compared; shuffled traits give as much with p {:.3}\n",
            of.id,
            when(of),
            self.facts.len() - 1,
            self.alike.p
        );
        if let Some(it) = &self.rhythm {
            text += &format!(
                "rhythm: every {:.1} days, variation {:.2} (0 a clock, about 1 chance), p {:.3}\n",
                it.mean_gap_days, it.variation, it.p
            );
        }
        let lines = |likeness: &Likeness| {
            let facts = &self.facts[likeness.incident];
            let mut text =
                format!("{}  {}  weight {:.2}\n", facts.id, when(facts), likeness.weight);
            for ground in &likeness.grounds {
                let words = self.words(likeness, ground);
                text += &format!("  {:>+6.2}  {words}\n", ground.weight);
            }
            text
        };
        for likeness in &self.alike.found {
            text += &format!("\n{}", lines(likeness));
        }
        if let Some(counter) = &self.alike.counter {
            text += &format!("\nnearest counter-example: {}", lines(counter));
        }
        text
    }

    fn json(&self) -> Value {
        let likeness = |it: &Likeness| {
            let facts = &self.facts[it.incident];
            let grounds: Vec<Value> = it
                .grounds
                .iter()
                .map(|ground| {
                    json!({
                        "trait": self.name(ground),
                        "agree": ground.agree,
                        "share_of_others": ground.share,
                        "weight": ground.weight,
                        "in_words": self.words(it, ground),
                    })
                })
                .collect();
            json!({
                "incident": facts.id,
                "when": facts.when.map(|it| it.to_string()),
                "weight": it.weight,
                "grounds": grounds,
            })
        };
        let found: Vec<Value> = self.alike.found.iter().map(likeness).collect();
        json!({
            "statistic": "alike",
            "layer": "hypothesis",
            "incident": self.of().id,
            "compared": self.facts.len() - 1,
            "near_km": self.near_km,
            "least": self.options.least,
            "repeats": self.options.repeats,
            "alike": found,
            "counter_example": self.alike.counter.as_ref().map(likeness),
            "sum_of_weights": self.alike.statistic,
            "p": self.alike.p,
            "rhythm": self.rhythm.as_ref().map(|it| json!({
                "mean_gap_days": it.mean_gap_days, "variation": it.variation, "p": it.p,
            })),
            "permutations": self.options.permutations,
            "seed": self.seed,
        })
    }
}
