//! MAVERICK event reports (van Baalen and Höglund): 108 columns, a row for each report of an event
//! of electoral violence, with up to six actors. Rust is here for what a table cannot say:
//!
//! * Actors are security forces, armed groups, parties, citizens and ethnic groups in one column. A
//!   name is kept only of security forces and rebel groups that carried the event out; of other
//!   organised actors only the coders' opaque code; of everyone else nothing.
//! * `location` is a place name in most rows and a sentence in some ("near the home of …"); only
//!   what can be a place name is kept.
//! * `source` is a citation, whose headline leaves a fingerprint and whose date is read.

use sheaf_model::{Day, DoubtCode, Field, Kind, Meaning, Unknown};

use crate::mapping::{Hand, Out, fingerprint};
use crate::rows::Row;
use crate::sources::{About, BuiltIn, position};

/// See the module's text and `source.toml`.
pub struct Maverick;

static ABOUT: About = About {
    name: "maverick",
    mapping: include_str!("source.toml"),
    sample_name: "sample.csv",
    sample: include_bytes!("sample.csv"),
};

impl BuiltIn for Maverick {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn hand(&self, columns: &[String]) -> Option<Box<dyn Hand>> {
        let actors = (1..=6)
            .filter_map(|n| {
                let part = |part: &str| position(columns, &format!("actor{n}{part}"));
                Some(Actor {
                    name: part("")?,
                    code: part("_id")?,
                    kind: part("_type")?,
                    subkind: part("_subtype")?,
                    violence: part("_violence")?,
                    initiator: part("_initiator")?,
                    perpetrator: part("_perpetrator")?,
                })
            })
            .collect();
        Some(Box::new(Reader {
            location: position(columns, "location"),
            source: position(columns, "source"),
            actors,
        }))
    }
}

struct Reader {
    location: Option<u16>,
    source: Option<u16>,
    actors: Vec<Actor>,
}

/// The columns of one actor.
struct Actor {
    name: u16,
    code: u16,
    kind: u16,
    subkind: u16,
    violence: u16,
    initiator: u16,
    perpetrator: u16,
}

impl Hand for Reader {
    fn read(&mut self, row: &Row, out: &mut Out<'_>) {
        if let Some(column) = self.location {
            let said = row.cell(usize::from(column));
            if !is_blank(said) {
                if is_place_name(said) {
                    out.say(Field::PlaceName, column, said, Meaning::Words);
                } else {
                    out.withhold(column);
                }
            }
        }
        for actor in &self.actors {
            read_actor(actor, row, out);
            read_violence(actor.violence, row, out);
        }
        if let Some(column) = self.source {
            read_citation(column, row.cell(usize::from(column)), out);
        }
    }
}

fn is_blank(said: &str) -> bool {
    matches!(said.trim(), "" | "NA")
}

/// A short name that is not somebody's home.
fn is_place_name(said: &str) -> bool {
    const HOMES: [&str; 7] =
        ["home", "house", "residence", "villa", "compound", "maison", "domicile"];
    let words = || said.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words().count() <= 4 && !words().any(|word| HOMES.contains(&word.to_lowercase().as_str()))
}

fn read_actor(actor: &Actor, row: &Row, out: &mut Out<'_>) {
    let cell = |column: u16| row.cell(usize::from(column)).trim();
    let (name, code) = (cell(actor.name), cell(actor.code));
    if is_blank(name) && is_blank(code) {
        return;
    }
    let carried_out = cell(actor.initiator) == "1" || cell(actor.perpetrator) == "1";
    let unknown = name.starts_with("Unknown");
    let named =
        cell(actor.kind) == "Security forces" || cell(actor.subkind).ends_with("Rebel group");
    let organised = matches!(cell(actor.kind), "Non-state armed actor" | "Political actor");
    if carried_out && !unknown && named && !is_blank(name) {
        out.say(Field::Party, actor.name, row.cell(usize::from(actor.name)), Meaning::Words);
    } else if !is_blank(name) {
        out.withhold(actor.name);
    }
    if carried_out && !unknown && (named || organised) && !is_blank(code) {
        out.say(Field::Category, actor.code, row.cell(usize::from(actor.code)), Meaning::Words);
    } else if !is_blank(code) {
        out.withhold(actor.code);
    }
}

/// The first kind of violence in a list that says which.
fn read_violence(column: u16, row: &Row, out: &mut Out<'_>) {
    let said = row.cell(usize::from(column));
    if is_blank(said) {
        return;
    }
    let mut meant = None;
    for part in said.split(';').map(str::trim) {
        match part {
            "Unknown" => {}
            _ => match kind(part) {
                Some(kind) => {
                    meant.get_or_insert(kind);
                }
                None => out.doubt(column, DoubtCode::UnknownCode, part),
            },
        }
    }
    let only_unknown = said.split(';').all(|part| part.trim() == "Unknown");
    let meaning = match meant {
        Some(kind) => Meaning::Kind(kind),
        None if only_unknown => Meaning::Unknown(Unknown::NotKnown),
        None => Meaning::NotUnderstood,
    };
    out.say(Field::Kind, column, said, meaning);
}

fn kind(violence: &str) -> Option<Kind> {
    Some(match violence {
        "Shooting" => Kind::Shooting,
        "Stabbing" => Kind::Stabbing,
        "Arson" => Kind::Arson,
        "Melee" | "Torture" => Kind::Assault,
        "Riot" => Kind::Riot,
        "Looting" => Kind::Sabotage,
        "Crowd control measures" => Kind::CrowdControl,
        "Sexual violence" => Kind::SexualViolence,
        "Abduction" => Kind::Abduction,
        "Remote violence" => Kind::RemoteStrike,
        "Other" => Kind::Violence,
        _ => return None,
    })
}

/// "Outlet (2011-01-03) Headline": the day, and a fingerprint of the headline.
fn read_citation(column: u16, said: &str, out: &mut Out<'_>) {
    if is_blank(said) {
        return;
    }
    let dated = said.match_indices('(').find_map(|(at, _)| {
        let inside = said.get(at + 1..at + 11)?;
        let closed = said.get(at + 11..at + 12) == Some(")");
        Day::parse_iso(inside).filter(|_| closed).map(|day| (at, inside, day))
    });
    let headline = match dated {
        Some((at, inside, day)) => {
            out.say(Field::Published, column, inside, Meaning::Day(day));
            &said[at + 12..]
        }
        None => said,
    };
    if let Some(fingerprint) = fingerprint(headline) {
        out.say(Field::Wording, column, "", Meaning::Wording(fingerprint));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_read_as_expected() {
        crate::sources::check_sample(&ABOUT);
    }

    #[test]
    fn a_place_name_is_short_and_nobody_s_home() {
        for (said, expected) in [
            ("Abobo", true),
            ("Wassakara, Yopougon", true),
            ("near the home of a general", false),
            ("Maison du parti", false),
            ("outside state television and at a market in the suburb", false),
        ] {
            assert_eq!(is_place_name(said), expected, "{said}");
        }
    }
}
