//! Reference tables of sites: OurAirports' `airports.csv`, a GTFS `stops.txt`, and plain tables of stations or
//! ports. Columns are found by their names, in any order; a row that cannot be used is counted with the first
//! place where it stands, never guessed at.
//!
//! References: the data dictionary of ourairports.com/help; the GTFS Schedule reference, `stops.txt`.

use std::collections::BTreeMap;
use std::path::Path;

use sheaf_model::{Metres, Place};
use sheaf_store::Site;

use crate::failure::Failure;

/// What sort of table a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Table {
    /// OurAirports' `airports.csv`.
    Airports,
    /// A GTFS `stops.txt`: stations, and stops that belong to none.
    Stops,
    /// name, lat, lon; if it has them also id and line.
    Stations,
    /// The same of ports.
    Ports,
}

impl Table {
    fn kind(self) -> &'static str {
        match self {
            Table::Airports => "airport",
            Table::Stops => "stop",
            Table::Stations => "station",
            Table::Ports => "port",
        }
    }

    /// The names by which each column goes: key, name, latitude, longitude, line.
    fn columns(self) -> [&'static [&'static str]; 5] {
        match self {
            Table::Airports => [&["ident"], &["name"], &["latitude_deg"], &["longitude_deg"], &[]],
            Table::Stops => [&["stop_id"], &["stop_name"], &["stop_lat"], &["stop_lon"], &[]],
            Table::Stations | Table::Ports => [
                &["id", "code", "uic"],
                &["name", "station", "port"],
                &["lat", "latitude"],
                &["lon", "lng", "longitude"],
                &["line", "lines"],
            ],
        }
    }
}

/// Rows that were left out: why, how many, and the line of the first.
pub type Skipped = BTreeMap<&'static str, (u64, u64)>;

/// Two rows of one name are one station if they lie no farther apart.
const SAME_STATION_METRES: f32 = 2000.0;

/// Reads a table. `feed` stands before each key, so that the keys of two operators are told apart.
///
/// # Errors
/// A file that cannot be read or has no such columns, or no row that can be used.
pub fn load(
    path: &Path,
    table: Table,
    feed: Option<&str>,
) -> Result<(Vec<Site>, Skipped), Failure> {
    let shown = path.display();
    let unreadable = |err: csv::Error| Failure::new("unreadable-file", format!("{shown}: {err}"));
    let file = path.file_name().map_or_else(String::new, |it| it.to_string_lossy().into_owned());
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_path(path)
        .map_err(unreadable)?;
    let header: Vec<String> = reader
        .byte_headers()
        .map_err(unreadable)?
        .iter()
        .map(|it| String::from_utf8_lossy(it).trim_start_matches('\u{feff}').to_lowercase())
        .collect();
    let column = |names: &[&str]| header.iter().position(|it| names.contains(&it.as_str()));
    let [key, name, lat, lon, line] = table.columns();
    let needs = |names: &[&str]| {
        column(names).ok_or_else(|| {
            Failure::new("not-such-a-table", format!("{shown}: there is no column {}", names[0]))
                .hint(match table {
                    Table::Airports => "OurAirports calls the file airports.csv",
                    Table::Stops => "it is the stops.txt inside a GTFS feed; unzip the feed first",
                    _ => "the first line names the columns: name, lat, lon and, if known, id, line",
                })
        })
    };
    let (name, lat, lon) = (needs(name)?, needs(lat)?, needs(lon)?);
    let key = match table {
        Table::Stations | Table::Ports => column(key),
        _ => Some(needs(key)?),
    };
    let line = column(line);
    let (kind_of, parent, closed) =
        (column(&["location_type"]), column(&["parent_station"]), column(&["type"]));
    let mut skipped = Skipped::new();
    let mut sites: BTreeMap<String, Site> = BTreeMap::new();
    let mut row = csv::ByteRecord::new();
    while reader.read_byte_record(&mut row).map_err(unreadable)? {
        let at = row.position().map_or(0, csv::Position::line);
        let cell = |column: usize| {
            row.get(column).map(|it| String::from_utf8_lossy(it).into_owned()).unwrap_or_default()
        };
        let cell_of = |column: Option<usize>| column.map(cell).unwrap_or_default();
        let mut skip = |why| skipped.entry(why).or_insert((0, at)).0 += 1;
        if table == Table::Airports && cell_of(closed) == "closed" {
            skip("closed");
            continue;
        }
        let is_part = match cell_of(kind_of).as_str() {
            "" | "0" => !cell_of(parent).is_empty(),
            "1" => false,
            _ => true,
        };
        if table == Table::Stops && is_part {
            skip("part of a station");
            continue;
        }
        let name = cell(name);
        if name.is_empty() || name.chars().count() > 200 {
            skip("no name");
            continue;
        }
        let Some(place) = place(&cell(lat), &cell(lon)) else {
            skip("no point on the globe");
            continue;
        };
        let told = cell_of(key);
        let has_key = !told.is_empty();
        let told = if has_key { told } else { sheaf_link::fold(&name).replace(' ', "-") };
        if table != Table::Stations && table != Table::Ports && !has_key {
            skip("no key");
            continue;
        }
        let feed = feed.map_or(String::new(), |feed| format!("{}/", as_key(feed)));
        let id = format!("{}:{feed}{}", table.kind(), as_key(&told));
        let lines: Vec<String> = cell_of(line)
            .split([';', ','])
            .map(|it| it.trim().to_owned())
            .filter(|it| !it.is_empty())
            .collect();
        let site = Site {
            id: id.clone(),
            kind: table.kind().to_owned(),
            name,
            lat: place.lat(),
            lon: place.lon(),
            lines,
            file: file.clone(),
        };
        match sites.get_mut(&id) {
            None => {
                sites.insert(id, site);
            }
            Some(known) if is_same(known, place) => {
                known.lines.extend(site.lines);
                known.lines.sort();
                known.lines.dedup();
            }
            // A key stands for one place; which of two is meant nobody here can say.
            Some(_) => skip("the key of another place"),
        }
    }
    if sites.is_empty() {
        let why: Vec<&str> = skipped.keys().copied().collect();
        let why = if why.is_empty() { "it has no rows".to_owned() } else { why.join(", ") };
        return Err(Failure::new("empty-file", format!("{shown}: no row can be used ({why})")));
    }
    Ok((sites.into_values().collect(), skipped))
}

fn is_same(known: &Site, place: Place) -> bool {
    let known = Metres::new(0.0).and_then(|it| Place::new(known.lat, known.lon, it));
    known.is_some_and(|it| it.distance_to(place).get() <= SAME_STATION_METRES)
}

/// Degrees as a point; 0, 0 is how tables leave it out.
fn place(lat: &str, lon: &str) -> Option<Place> {
    let (lat, lon): (f64, f64) = (lat.parse().ok()?, lon.parse().ok()?);
    if lat == 0.0 && lon == 0.0 {
        return None;
    }
    Place::new(lat, lon, Metres::new(0.0)?)
}

/// A key as it stands in an id: with letters, digits and `. - / +` as they are, and every other byte as `_` and two
/// hexadecimal digits, so that an id can stand in the audit log and two keys never become one.
fn as_key(told: &str) -> String {
    let mut key = String::new();
    for byte in told.bytes().take(120) {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'/' | b'+' => {
                key.push(char::from(byte));
            }
            _ => key.push_str(&format!("_{byte:02x}")),
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(table: Table, text: &str) -> Result<(Vec<Site>, Skipped), Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        std::fs::write(&path, text).unwrap();
        load(&path, table, None)
    }

    #[test]
    fn a_feed_gives_its_stations_and_the_stops_of_none() {
        let text = "\u{feff}stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n\
            S1,Harbour Square,10.5,20.5,1,\n\
            S1 a,Harbour Square platform 1,10.5,20.5,0,S1\n\
            B7,Mill Lane,10.6,20.6,,\n\
            E1,Harbour Square north door,10.5,20.5,2,S1\n\
            X,Nowhere,0,0,,\n";
        let (sites, skipped) = read(Table::Stops, text).unwrap();
        let ids: Vec<&str> = sites.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["stop:B7", "stop:S1"]);
        assert_eq!(skipped["part of a station"], (2, 3));
        assert_eq!(skipped["no point on the globe"], (1, 6));
    }

    #[test]
    fn rows_of_one_station_are_joined_and_their_lines_kept() {
        let text = "name,lat,lon,line\nNord,48.88,2.355,4\nNord,48.881,2.356,5\nNord,50.0,3.0,9\n";
        let (sites, skipped) = read(Table::Stations, text).unwrap();
        assert_eq!(
            (sites[0].id.as_str(), &sites[0].lines[..]),
            ("station:nord", &["4".to_owned(), "5".to_owned()][..])
        );
        assert_eq!(skipped["the key of another place"], (1, 4));
    }

    #[test]
    fn what_is_another_table_is_said() {
        let failure = read(Table::Airports, "name,lat,lon\nA,1,2\n").unwrap_err();
        assert!(failure.what.ends_with("there is no column latitude_deg"), "{}", failure.what);
        let failure = read(Table::Stations, "name,lat,lon\n,1,2\n").unwrap_err();
        assert!(failure.what.ends_with("no row can be used (no name)"), "{}", failure.what);
        assert_eq!(as_key("FR:75 é"), "FR_3a75_20_c3_a9");
    }
}
