//! Alerts of others, read as weak reports. `sheaf-share` parses them and `sheaf-read` reads tables; here the one becomes
//! the other: a message is a row of the built-in source `cap`. Messages about one happening, which refer to each other,
//! are vintages of one data set, so that an update revises and a cancellation ends what it refers to.
//!
//! Who sends it, whom to ask, what to do and every address stay out: they may name people, and nobody is told by us
//! what to do. Other texts are kept only where nothing in them may be a name.

use std::fs;
use std::path::{Path, PathBuf};

use sheaf_model::{Kind, Metres, Place};
use sheaf_share::cap::{
    Alert, Area, Category, Info, Kind as Document, Limits, MessageType, Status, Time, read_alert,
    recognise,
};
use sheaf_share::screen::screen;
use sheaf_store::Import;
use tempfile::TempDir;

use crate::failure::Failure;

/// The reader of the table.
pub const READER: &str = "cap";

/// An alert, laid out as a table; the file is gone when this is.
pub struct AlertTable {
    _folder: TempDir,
    /// The table.
    pub path: PathBuf,
    /// The messages that it refers to, by their ids.
    references: Vec<String>,
    /// Its own id.
    id: String,
    sent: Time,
    /// Whether it ends what it refers to, and so has no row.
    pub ends: bool,
}

impl AlertTable {
    /// The table of a file, if its name says that it may be an alert, and no other reader is asked for.
    ///
    /// # Errors
    /// `no-alert` for XML that is something else, `bad-alert` for what departs from its schema, `not-actual` for
    /// exercises, tests, drafts and messages among systems, `tells-nothing` for one that says nothing of what happened.
    pub fn of(path: &Path, reader: Option<&str>) -> Result<Option<AlertTable>, Failure> {
        let ending = path.extension().map(|it| it.to_string_lossy().to_ascii_lowercase());
        let is_asked = reader.is_none_or(|it| it == READER);
        if !matches!(ending.as_deref(), Some("xml" | "cap")) || !is_asked || !path.is_file() {
            return Ok(None);
        }
        let told = |code, why: String| Failure::new(code, format!("{}: {why}", path.display()));
        let bytes = fs::read(path).map_err(|err| told("unreadable-file", err.to_string()))?;
        let document =
            recognise(&bytes, &Limits::ALERT).map_err(|why| told("no-alert", why.to_string()))?;
        if !matches!(document, Document::Alert(_)) {
            return Err(told("no-alert", format!("this is {document}, not an alert"))
                .hint("of an index, name the files of its alerts"));
        }
        let read =
            read_alert(&bytes, &Limits::ALERT).map_err(|why| told("bad-alert", why.to_string()))?;
        let Some((alert, _)) = read.alert.filter(|_| read.problems.is_empty()) else {
            let first = read.problems.first().map_or_else(String::new, ToString::to_string);
            let more = match read.problems.len() {
                0 | 1 => String::new(),
                n => format!(", and {} more", n - 1),
            };
            return Err(told("bad-alert", format!("it departs from its schema: {first}{more}")));
        };
        if alert.status != Status::Actual {
            return Err(told(
                "not-actual",
                format!("set aside: a message of the status {}", alert.status.word()),
            )
            .hint("exercises, tests and drafts are no reports"));
        }
        let table = laid_down(path, &alert)?;
        if !table.ends && alert.infos.is_empty() {
            let why = "set aside: it has no part that says what happened";
            return Err(told("tells-nothing", why.to_owned()));
        }
        Ok(Some(table))
    }

    /// Which data set it is a vintage of: that of the messages it refers to, as far as they were taken in; else one
    /// named by the first of them.
    pub fn dataset(&self, imports: &[Import]) -> String {
        let known = imports.iter().rev().find(|import| {
            let label = import.about.version.as_deref().unwrap_or_default();
            let is_meant = |id: &String| label.split_once(' ').is_some_and(|(_, its)| its == id);
            import.about.reader == READER
                && (self.references.iter().any(is_meant) || is_meant(&self.id))
        });
        match known {
            Some(import) => import.about.dataset.clone(),
            None => self.references.first().unwrap_or(&self.id).clone(),
        }
    }

    /// Its label as a vintage: when it was sent, in UTC, and its id.
    pub fn version(&self) -> String {
        let sent = jiff::Timestamp::from_second(self.sent.unix_s()).unwrap_or_default();
        format!("{} {}", sent.strftime("%Y-%m-%dT%H:%M:%SZ"), self.id)
    }

    /// # Errors
    /// `older-message` where a later message of the data set was taken in already: taking this one in now would
    /// bring back what the other replaced.
    pub fn is_newest(&self, path: &Path, dataset: &str, imports: &[Import]) -> Result<(), Failure> {
        let version = self.version();
        let later = imports.iter().rev().find(|import| {
            let its = import.about.version.as_deref().unwrap_or_default();
            import.about.reader == READER
                && import.about.dataset == dataset
                && its > version.as_str()
        });
        match later {
            None => Ok(()),
            Some(later) => {
                let what = format!(
                    "{}: set aside: {} ({}) was sent later, about the same",
                    path.display(),
                    later.id,
                    later.about.file
                );
                Err(Failure::new("older-message", what))
            }
        }
    }
}

const COLUMNS: [&str; 14] = [
    "cap_incident",
    "cap_message",
    "sent",
    "onset",
    "cap_event",
    "category",
    "kind",
    "certainty",
    "area",
    "lat",
    "lon",
    "radius_m",
    "headline",
    "description",
];

fn laid_down(path: &Path, alert: &Alert) -> Result<AlertTable, Failure> {
    let unwritable =
        |why: String| Failure::new("cannot-write", format!("{}: {why}", path.display()));
    let ends = matches!(alert.message_type, MessageType::Cancel);
    let references = referenced(alert);
    let folder = tempfile::tempdir().map_err(|err| unwritable(err.to_string()))?;
    let table = folder.path().join(path.file_name().unwrap_or_default());
    let mut rows = csv::Writer::from_path(&table).map_err(|err| unwritable(err.to_string()))?;
    rows.write_record(COLUMNS).map_err(|err| unwritable(err.to_string()))?;
    let tells = matches!(alert.message_type, MessageType::Alert | MessageType::Update);
    if let Some(info) = alert.infos.first().filter(|_| tells) {
        let own = label(&alert.identifier);
        let row = row(alert, info, (references.first().unwrap_or(&own), &own));
        rows.write_record(row).map_err(|err| unwritable(err.to_string()))?;
    }
    rows.flush().map_err(|err| unwritable(err.to_string()))?;
    drop(rows);
    let (id, sent) = (label(&alert.identifier), alert.sent.clone());
    Ok(AlertTable { _folder: folder, path: table, references, id, sent, ends: ends || !tells })
}

fn row(alert: &Alert, info: &Info, (about, own): (&str, &str)) -> [String; 14] {
    let circle = enclosing(info.areas.iter());
    let number = |it: Option<f64>| it.map_or_else(String::new, |it| it.to_string());
    let areas: Vec<&str> = info.areas.iter().map(|it| it.description.as_str()).collect();
    let onset = info.onset.as_ref().or(info.effective.as_ref()).unwrap_or(&alert.sent);
    let categories: Vec<&str> = info.categories.iter().map(|it| it.word()).collect();
    [
        about.to_owned(),
        own.to_owned(),
        day(&alert.sent),
        day(onset),
        nameless(&info.event),
        categories.join("; "),
        kind(info).map_or_else(String::new, |kind| kind.name().to_owned()),
        info.certainty.word().to_owned(),
        nameless(areas.first().copied().unwrap_or_default()),
        number(circle.map(|it| it.0)),
        number(circle.map(|it| it.1)),
        number(circle.map(|it| it.2.ceil())),
        // Of running text only a fingerprint is kept.
        info.headline.clone().unwrap_or_default(),
        info.description.clone().unwrap_or_default(),
    ]
}

/// An id as it is kept: as it is or, where it is long or may name somebody, by its hash.
fn label(id: &str) -> String {
    let is_plain = id.len() <= 120 && !id.contains(char::is_whitespace) && screen(id).is_empty();
    match is_plain {
        true => id.to_owned(),
        false => format!("alert-{}", &blake3::hash(id.as_bytes()).to_hex()[..16]),
    }
}

/// The day as its sender counts days.
fn day(time: &Time) -> String {
    time.to_string().chars().take(10).collect()
}

/// A text, or nothing where something in it may be a name.
fn nameless(text: &str) -> String {
    if screen(text).is_empty() { text.to_owned() } else { String::new() }
}

/// What sort of happening, where the alert's own words say: another sheaf's are those of the taxonomy, and whatever
/// is of none of the categories in which there is violence is of another sort. Nothing more is guessed.
fn kind(info: &Info) -> Option<Kind> {
    let said = info.event.trim().to_ascii_lowercase().replace(' ', "-");
    Kind::from_name(&said).or_else(|| {
        let is_other = |it: &Category| {
            !matches!(
                it,
                Category::Security | Category::Safety | Category::Rescue | Category::CBRNE
            )
        };
        (!info.categories.is_empty() && info.categories.iter().all(is_other)).then_some(Kind::Other)
    })
}

/// The messages that an alert refers to, the first sent first.
fn referenced(alert: &Alert) -> Vec<String> {
    let text = alert.references.as_deref().unwrap_or_default();
    let mut found: Vec<(i64, String)> = text
        .split_whitespace()
        .filter_map(|reference| {
            let (rest, sent) = reference.rsplit_once(',')?;
            let (_, id) = rest.split_once(',')?;
            let sent = Time::read(sent).map_or(i64::MAX, |sent| sent.unix_s());
            Some((sent, label(id)))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, id)| id).collect()
}

/// A circle around all that the areas outline, as latitude, longitude and metres; nothing where none does, or where
/// they span so much of the globe that a middle says nothing.
fn enclosing<'a>(areas: impl Iterator<Item = &'a Area>) -> Option<(f64, f64, f64)> {
    // Points, each with how far around it is meant.
    let mut points: Vec<(f64, f64, f64)> = Vec::new();
    for area in areas {
        let circles = area.circles.iter().filter_map(|it| Area::circle(it));
        points.extend(circles.map(|(lat, lon, km)| (lat, lon, km * 1000.0)));
        let outlines = area.polygons.iter().filter_map(|it| Area::outline(it));
        points.extend(outlines.flatten().map(|(lat, lon)| (lat, lon, 0.0)));
    }
    let of = |pick: fn(&(f64, f64, f64)) -> f64| {
        let low = points.iter().map(pick).fold(f64::INFINITY, f64::min);
        let high = points.iter().map(pick).fold(f64::NEG_INFINITY, f64::max);
        (low, high)
    };
    let ((south, north), (west, east)) = (of(|it| it.0), of(|it| it.1));
    if points.is_empty() || east - west > 90.0 || north - south > 90.0 {
        return None;
    }
    let exact = Metres::new(1.0)?;
    let middle = Place::new((south + north) / 2.0, (west + east) / 2.0, exact)?;
    let far = points.iter().filter_map(|&(lat, lon, around)| {
        let to = Place::new(lat, lon, exact)?;
        Some(f64::from(middle.distance_to(to).get()) + around)
    });
    Some((middle.lat(), middle.lon(), far.fold(1.0, f64::max)))
}

/// Puts alerts among files into the order in which they were sent; other files stay where they are.
pub fn in_order_of_sending(files: &mut [PathBuf]) {
    let sent = |path: &PathBuf| AlertTable::of(path, None).ok().flatten().map(|it| it.version());
    let found: Vec<(usize, String)> =
        files.iter().enumerate().filter_map(|(at, path)| Some((at, sent(path)?))).collect();
    let mut alerts: Vec<(&String, PathBuf)> =
        found.iter().map(|(at, sent)| (sent, files[*at].clone())).collect();
    alerts.sort();
    let places: Vec<usize> = found.iter().map(|(at, _)| *at).collect();
    for (at, (_, path)) in places.into_iter().zip(alerts) {
        files[at] = path;
    }
}
