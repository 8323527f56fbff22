//! What a column may be, guessed from its name and its first cells. A wrong guess costs a person a
//! correction, so guesses lean towards "decide"; a column about people missed would cost more, so
//! those lean towards "refuse".

use sheaf_model::{Field, Harm, Whom};

use crate::mapping::{DayFormat, parse_count, parse_degrees, people_in};

/// What a column is taken for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Guess {
    Key,
    Start,
    End,
    Year,
    Month,
    DayOfMonth,
    Lat,
    Lon,
    Toll(Harm, Whom),
    Low(Harm),
    High(Harm),
    Field(Field),
    Wording,
    Refuse,
    Decide,
}

/// A column's name and its first cells.
pub(super) struct Sampled {
    pub name: String,
    words: Vec<String>,
    cells: Vec<String>,
}

/// Formats to try on a column of days, the likeliest first.
const FORMATS: [&str; 14] = [
    "iso",
    "yyyymmdd",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%Y/%m/%d",
    "%d %B %Y",
    "%B %d, %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%m/%d/%y",
    "%d/%m/%y",
    "excel",
];

impl Sampled {
    pub fn new<'a>(name: &str, cells: impl Iterator<Item = &'a str>) -> Sampled {
        let words = name
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let cells = cells.map(str::trim).filter(|cell| !is_missing(cell)).map(str::to_owned);
        Sampled { name: name.to_owned(), words, cells: cells.collect() }
    }

    /// What the column holds, without showing a cell: a draft must not carry what a pool refuses.
    pub fn shown(&self) -> String {
        let mut distinct = self.cells.clone();
        distinct.sort_unstable();
        distinct.dedup();
        match (self.cells.len(), distinct.len()) {
            (0, _) => "blank in the rows looked at".to_owned(),
            (_, 1) => "one value".to_owned(),
            (all, n) if all == n => format!("{n} values, none twice"),
            (_, n) => format!("{n} different values"),
        }
    }

    /// The formats in which the cells can be read as days: those that fit nearly all of them.
    pub fn formats(&self) -> Vec<&'static str> {
        let fits = |spec: &str| {
            DayFormat::new(spec).is_ok_and(|format| self.mostly(|cell| format.read(cell).is_some()))
        };
        let fitting: Vec<&str> = FORMATS.into_iter().filter(|spec| fits(spec)).collect();
        if !fitting.is_empty() {
            return fitting;
        }
        // Several formats mixed: those that read a tenth of the cells or more.
        let reads_some = |spec: &&str| {
            DayFormat::new(spec).is_ok_and(|format| {
                let n_read = self.cells.iter().filter(|cell| format.read(cell).is_some()).count();
                n_read > 0 && n_read * 10 >= self.cells.len()
            })
        };
        FORMATS.into_iter().filter(reads_some).collect()
    }

    fn has(&self, words: &[&str]) -> bool {
        self.words.iter().any(|word| words.contains(&word.as_str()))
    }

    /// Whether nine of ten cells are so, and there is a cell.
    fn mostly(&self, is: impl Fn(&str) -> bool) -> bool {
        let n = self.cells.iter().filter(|cell| is(cell)).count();
        n > 0 && n * 10 >= self.cells.len() * 9
    }

    fn is_counts(&self) -> bool {
        self.cells.is_empty() || self.mostly(|cell| parse_count(cell).is_some())
    }

    fn is_degrees(&self, most: f64) -> bool {
        self.mostly(|cell| parse_degrees(cell).is_some_and(|degrees| degrees.abs() <= most))
    }

    fn is_whole(&self, from: i64, to: i64) -> bool {
        self.mostly(|cell| {
            let whole = cell.strip_suffix(".0").unwrap_or(cell);
            whole.parse().is_ok_and(|number: i64| (from..=to).contains(&number))
        })
    }

    fn is_unique(&self) -> bool {
        let mut cells: Vec<&str> = self.cells.iter().map(String::as_str).collect();
        cells.sort_unstable();
        cells.len() > 1 && cells.windows(2).all(|pair| pair[0] != pair[1])
    }

    /// Whether the cells hold more words than this on average.
    fn is_wordier_than(&self, most: usize) -> bool {
        let words: usize = self.cells.iter().map(|cell| cell.split_whitespace().count()).sum();
        words > self.cells.len() * most
    }
}

fn is_missing(cell: &str) -> bool {
    matches!(cell, "" | "NA" | "N/A" | "NaN" | "-" | "null" | "NULL" | "." | "-99" | "-9")
}

/// A guess for each column. What can be there only once (a key, a start) is given to the first.
pub(super) fn guess(columns: &[Sampled]) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = Vec::new();
    let starts = columns.iter().enumerate().filter(|(_, column)| one(column) == Guess::Start);
    let start = starts.max_by_key(|(at, column)| (startlike(column), usize::MAX - at));
    let start = start.map(|(at, _)| at);
    for (at, column) in columns.iter().enumerate() {
        let mut guess = one(column);
        if guess == Guess::Start && start != Some(at) {
            guess = Guess::Decide;
        }
        let once = matches!(
            guess,
            Guess::Key
                | Guess::Start
                | Guess::End
                | Guess::Year
                | Guess::Month
                | Guess::DayOfMonth
                | Guess::Lat
                | Guess::Lon
                | Guess::Toll(..)
                | Guess::Low(_)
                | Guess::High(_)
        );
        if once && guesses.contains(&guess) {
            guess = Guess::Decide;
        }
        guesses.push(guess);
    }
    mend(&mut guesses);
    guesses
}

/// How much a column of days sounds like the day of the incident.
fn startlike(column: &Sampled) -> u8 {
    let bare = matches!(column.words.as_slice(), [only] if only == "date");
    if bare || column.has(&["start", "startdate", "event", "incident", "occurred", "from"]) {
        2
    } else {
        u8::from(column.has(&["date", "day"]))
    }
}

/// Guesses that make sense only together.
fn mend(guesses: &mut [Guess]) {
    let has = |guesses: &[Guess], wanted: Guess| guesses.contains(&wanted);
    let whole_date = has(guesses, Guess::Start);
    let year = has(guesses, Guess::Year);
    let point = has(guesses, Guess::Lat) && has(guesses, Guess::Lon);
    let tolls: Vec<Harm> = guesses
        .iter()
        .filter_map(|guess| match guess {
            Guess::Toll(harm, Whom::All) => Some(*harm),
            _ => None,
        })
        .collect();
    for guess in guesses {
        let alone = match guess {
            // A year beside a whole date only restates it.
            Guess::Year => whole_date,
            Guess::Month | Guess::DayOfMonth => whole_date || !year,
            Guess::End => !whole_date,
            Guess::Lat | Guess::Lon => !point,
            Guess::Low(harm) | Guess::High(harm) => !tolls.contains(harm),
            _ => false,
        };
        if alone {
            *guess = Guess::Decide;
        }
    }
}

fn one(column: &Sampled) -> Guess {
    // A name is asked about twice: TOML keys are compared without their case.
    if people_in(&column.name).is_some() {
        return Guess::Refuse;
    }
    if column.has(&["lat", "latitude", "y"]) && column.is_degrees(90.0) {
        return Guess::Lat;
    }
    if column.has(&["lon", "lng", "long", "longitude", "x"]) && column.is_degrees(180.0) {
        return Guess::Lon;
    }
    if let Some(guess) = day_part(column).or_else(|| days(column)) {
        return guess;
    }
    if let Some(guess) = toll(column) {
        return guess;
    }
    if column.has(&["id", "key", "eventid", "incidentid", "uid", "guid", "uuid", "code", "number"])
        && column.is_unique()
    {
        return Guess::Key;
    }
    // Cells of many words are text that somebody wrote.
    if column.is_wordier_than(6) || column.has(&TEXT) {
        return Guess::Wording;
    }
    field(column).map_or(Guess::Decide, Guess::Field)
}

const TEXT: [&str; 13] = [
    "headline",
    "title",
    "summary",
    "description",
    "text",
    "notes",
    "note",
    "narrative",
    "details",
    "comment",
    "comments",
    "remarks",
    "abstract",
];

fn day_part(column: &Sampled) -> Option<Guess> {
    match column.name.trim().to_lowercase().as_str() {
        "year" | "iyear" if column.is_whole(1000, 9999) => Some(Guess::Year),
        "month" | "imonth" if column.is_whole(0, 12) => Some(Guess::Month),
        "day" | "iday" if column.is_whole(0, 31) => Some(Guess::DayOfMonth),
        _ => None,
    }
}

fn days(column: &Sampled) -> Option<Guess> {
    let named = column.has(&[
        "date",
        "day",
        "when",
        "start",
        "startdate",
        "enddate",
        "end",
        "datum",
        "fecha",
        "from",
        "to",
        "until",
        "published",
        "reported",
        "datetime",
        "timestamp",
        "created",
        "updated",
    ]) || column.name.to_lowercase().contains("date");
    // A bare number is a day only where the name says so: it may be a serial or anything else.
    let by_format = |spec: &str| {
        DayFormat::new(spec).is_ok_and(|format| column.mostly(|cell| format.read(cell).is_some()))
    };
    let plainly = FORMATS[..13].iter().any(|spec| *spec != "yyyymmdd" && by_format(spec))
        && !column.is_whole(0, i64::MAX);
    let numbers = named && (by_format("yyyymmdd") || by_format("excel"));
    if !plainly && !numbers {
        return None;
    }
    if column.has(&["published", "reported", "publication", "added", "posted", "source", "article"])
    {
        return Some(Guess::Field(Field::Published));
    }
    if column.has(&["created", "updated", "modified", "timestamp"]) {
        return Some(Guess::Decide);
    }
    if column.has(&["end", "enddate", "until", "to", "last"]) {
        return Some(Guess::End);
    }
    Some(Guess::Start)
}

fn toll(column: &Sampled) -> Option<Guess> {
    if !column.is_counts() {
        return None;
    }
    let harm = if column.has(&["killed", "dead", "deaths", "fatalities", "kills", "nkill", "death"])
    {
        Harm::Killed
    } else if column.has(&["injured", "injuries", "wounded", "nwound", "hurt"]) {
        Harm::Injured
    } else if column.has(&["missing"]) {
        Harm::Missing
    } else if column.has(&["abducted", "kidnapped"]) {
        Harm::Abducted
    } else {
        return None;
    };
    if column.has(&["low", "min", "minimum", "lower"]) {
        return Some(Guess::Low(harm));
    }
    if column.has(&["high", "max", "maximum", "upper"]) {
        return Some(Guess::High(harm));
    }
    let whom = if column.has(&["civilian", "civilians"]) {
        Whom::Civilians
    } else if column.has(&["attackers", "terrorists", "suspects", "shooter", "militants"]) {
        Whom::Attackers
    } else {
        Whom::All
    };
    Some(Guess::Toll(harm, whom))
}

fn field(column: &Sampled) -> Option<Field> {
    const KNOWN: [(&[&str], Field); 12] = [
        (&["country"], Field::Country),
        (&["province", "state", "region", "admin1", "adm1", "governorate"], Field::AdminOne),
        (&["district", "county", "admin2", "adm2", "municipality"], Field::AdminTwo),
        (
            &["city", "town", "place", "location", "village", "station", "locality"],
            Field::PlaceName,
        ),
        (&["target"], Field::Target),
        (&["weapon", "weapons"], Field::Weapon),
        (&["source", "outlet", "publisher", "agency", "newspaper"], Field::Outlet),
        (&["reference", "ref"], Field::Reference),
        (&["status", "confirmed", "confidence"], Field::Status),
        (&["damage"], Field::Damage),
        (&["type", "category", "kind", "class", "attack", "incident"], Field::Category),
        (&["tag", "tags"], Field::Category),
    ];
    // An address can spell a person's name, and a place in many words can be somebody's home.
    if column.cells.iter().any(|cell| cell.split_whitespace().count() > 5) {
        return None;
    }
    if column.has(&["url", "link", "address", "http"])
        || column.cells.iter().any(|cell| cell.contains("://") || cell.contains('@'))
    {
        return None;
    }
    // Every word of the name must be understood: "source_original" is not an outlet.
    let understood = |words: &[&str]| {
        const NEUTRAL: [&str; 12] =
            ["name", "of", "the", "main", "or", "and", "level", "1", "2", "txt", "office", "event"];
        column.has(words)
            && column
                .words
                .iter()
                .all(|word| words.contains(&word.as_str()) || NEUTRAL.contains(&word.as_str()))
    };
    KNOWN.iter().find(|(words, _)| understood(words)).map(|(_, field)| *field)
}
