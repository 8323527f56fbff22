//! The guarded door: incidents of programs that know nothing of sheaf. What they code is taken as
//! claims; what they tell in running text (name, description, labels, links whose last part is a
//! headline) is not, because people may be named in it. It is counted instead.

use std::collections::BTreeMap;

use serde_json::Value;
use sheaf_model::{Batch, Day, Doubt, DoubtCode, Field, Meaning, Metres, Moment, Place, Tlp, Unit};

use super::{
    INCIDENT_CORE, Losses, Refused, Relation, StixId, check, is_ours, is_withdrawn, tlp_of_refs,
};

/// What came through the guarded door.
#[derive(Clone, Debug)]
pub struct Theirs {
    /// The reports, each keyed by its object's id, with their claims and doubts. A report's row is
    /// the number of its object, from 1.
    pub batch: Batch,
    /// The paths its claims stand at, as columns.
    pub columns: Vec<String>,
    /// For each report of the batch, in its order, what the object says of itself.
    pub taken: Vec<Taken>,
    /// Objects withdrawn by their makers.
    pub withdrawn: Vec<StixId>,
    /// Objects refused, each with its reason.
    pub refused: Vec<Refused>,
    /// What was not kept.
    pub losses: Losses,
}

/// What a foreign incident says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    /// Its id.
    pub id: StixId,
    /// The identity of its maker, where it names one.
    pub by: Option<StixId>,
    /// Its version, where it has one.
    pub modified: Option<Moment>,
    /// Its level. Purposes and groups are not theirs to say: whoever takes an object in states them.
    pub tlp: Tlp,
}

const COLUMNS: [&str; 10] = [
    "created",
    "location.latitude",
    "location.longitude",
    "location.precision",
    "location.country",
    "location.administrative_area",
    "location.city",
    "determination",
    "incident_types",
    "id",
];

/// Reads the foreign incidents among these objects. Those that carry our extension are left to
/// [`read_ours`](super::read_ours); other types are looked at only for what incidents refer to.
pub fn read_theirs(objects: &[Value]) -> Theirs {
    let mut theirs = Theirs {
        columns: COLUMNS.iter().map(|it| (*it).to_owned()).collect(),
        batch: Batch::default(),
        taken: Vec::new(),
        withdrawn: Vec::new(),
        refused: Vec::new(),
        losses: Losses::of("stix"),
    };
    let mut sound = Vec::new();
    for (idx, object) in objects.iter().enumerate() {
        match check(object) {
            Ok(id) => sound.push((idx, id, object)),
            Err(refused) => theirs.refused.push(refused),
        }
    }
    let locations: BTreeMap<&str, &Value> = sound
        .iter()
        .filter(|(_, id, object)| id.kind() == "location" && !is_withdrawn(object))
        .map(|(_, id, object)| (id.as_str(), *object))
        .collect();
    let mut places: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for (_, id, object) in &sound {
        let is_place = id.kind() == "relationship"
            && object["relationship_type"] == Relation::LocatedAt.name()
            && !is_withdrawn(object);
        let ends = (object["source_ref"].as_str(), object["target_ref"].as_str());
        if let (true, (Some(from), Some(to))) = (is_place, ends) {
            places.entry(from).or_default().extend(locations.get(to));
        }
    }
    for (idx, id, object) in &sound {
        if id.kind() != "incident" || is_ours(object) {
            continue;
        }
        if is_withdrawn(object) {
            theirs.withdrawn.push(id.clone());
            continue;
        }
        let row = *idx as u64 + 1;
        let at = places.get(id.as_str()).map_or(&[] as &[&Value], Vec::as_slice);
        theirs.take(row, id, object, at);
    }
    theirs
}

impl Theirs {
    fn take(&mut self, row: u64, id: &StixId, object: &Value, places: &[&Value]) {
        self.batch.begin_report(id.as_str(), row, Unit::Incident);
        if let Some(text) = object["created"].as_str() {
            let meant = Day::parse_iso(text).map_or(Meaning::NotUnderstood, Meaning::Day);
            self.say(Field::Published, "created", text, meant);
        }
        for place in places {
            self.place(row, place);
        }
        let core = &object["extensions"][INCIDENT_CORE];
        if let Some(word) = core["determination"].as_str() {
            self.coded(Field::Status, "determination", word);
        }
        for word in core["incident_types"].as_array().into_iter().flatten() {
            if let Some(word) = word.as_str() {
                self.coded(Field::Category, "incident_types", word);
            }
        }
        self.batch.end_report();
        let texts = ["name", "description", "labels", "external_references"];
        let n_texts = texts.iter().filter(|name| object.get(**name).is_some()).count();
        self.losses.add(
            "running-text",
            n_texts as u64,
            "members of running text (name, description, labels, links) are not kept, because \
             people may be named in them",
        );
        self.losses.add(
            "undated",
            1,
            "incidents have no day: STIX says when they were recorded, not when they happened",
        );
        self.losses.n_carried += 1;
        let refs = object["object_marking_refs"].as_array().into_iter().flatten();
        self.taken.push(Taken {
            id: id.clone(),
            by: object["created_by_ref"].as_str().and_then(StixId::parse),
            modified: object["modified"].as_str().and_then(Moment::parse),
            tlp: tlp_of_refs(refs.filter_map(Value::as_str)),
        });
    }

    /// A location's claims. Without a precision there is no telling how far off the point may be,
    /// so it is kept as said and is no place.
    fn place(&mut self, row: u64, place: &Value) {
        for (field, name) in [
            (Field::Country, "country"),
            (Field::AdminOne, "administrative_area"),
            (Field::PlaceName, "city"),
        ] {
            if let Some(words) = place[name].as_str() {
                self.say(field, &format!("location.{name}"), words, Meaning::Words);
            }
        }
        let (Some(lat), Some(lon)) = (place["latitude"].as_f64(), place["longitude"].as_f64())
        else {
            return;
        };
        let said = |name: &str| place[name].to_string();
        let radius = place["precision"].as_f64().and_then(|metres| Metres::new(metres as f32));
        let (code, meant) = match radius.map(|radius| Place::new(lat, lon, radius)) {
            Some(Some(place)) => (None, Meaning::Where(place)),
            Some(None) => (Some(DoubtCode::OffTheGlobe), Meaning::NotUnderstood),
            None => (None, Meaning::NotUnderstood),
        };
        let column = column("location.latitude");
        self.say(Field::Where, "location.latitude", &said("latitude"), meant);
        if let Some(code) = code {
            let both = format!("{}, {}", said("latitude"), said("longitude"));
            self.batch.doubt(Doubt::about_cell(row, column, code, &both));
        }
        let part = Meaning::PartOf(column);
        self.say(Field::Where, "location.longitude", &said("longitude"), part);
        if radius.is_some() {
            self.say(Field::Where, "location.precision", &said("precision"), part);
        } else {
            self.losses.add("no-precision", 1, "points do not say how far off they may be");
        }
    }

    /// A word of a vocabulary: lower-case letters, digits and hyphens. Anything else in its place
    /// may be running text, and is not kept.
    fn coded(&mut self, field: Field, path: &str, word: &str) {
        let is_code = word.len() <= 60
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
        if is_code && !word.is_empty() {
            self.say(field, path, word, Meaning::Words);
        } else {
            self.losses.add("not-a-code", 1, "words are none of a vocabulary, and are not kept");
        }
    }

    fn say(&mut self, field: Field, path: &str, said: &str, meant: Meaning) {
        self.batch.say(field, column(path), said, meant);
    }
}

fn column(path: &str) -> u16 {
    COLUMNS.iter().position(|it| *it == path).unwrap_or(COLUMNS.len() - 1) as u16
}
