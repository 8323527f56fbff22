//! An invented report with every kind of claim, for the tests of both doors.

use std::collections::BTreeSet;

use sheaf_model::{
    Attackers, Batch, Count, Day, Field, GroupName, Harm, Kind, Licence, Marking, Meaning, Member,
    MemberId, MethodEra, Metres, Moment, Pap, Place, Purpose, Qualifier, Region, Sector, Source,
    SourceKind, SourceName, Tlp, Toll, Unit, Unknown, When, Whom,
};

use super::{Contributor, Outgoing};

/// All that one outgoing report borrows.
pub struct MadeUp {
    pub batch: Batch,
    pub source: Source,
    pub columns: Vec<String>,
    pub marking: Marking,
    pub without: BTreeSet<u16>,
    pub member: Member,
}

pub fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

impl MadeUp {
    /// A market that never was, told with every meaning a claim can have.
    pub fn market() -> MadeUp {
        let columns = [
            "id",
            "date",
            "end",
            "lat",
            "lon",
            "town",
            "country",
            "kind",
            "dead",
            "hurt",
            "gang",
            "weapon",
            "published",
            "sources",
            "unit",
            "text",
            "note",
            "town",
        ];
        let mut batch = Batch::default();
        batch.begin_report("00042", 7, Unit::Incident);
        let when = When::new(day("2014-05-22"), day("2014-05-24")).unwrap();
        batch.say(Field::When, 1, "22/05/2014", Meaning::When(when));
        batch.say(Field::When, 2, "24/05/2014", Meaning::PartOf(1));
        let place = Place::new(43.800_1, 87.6f64.next_down(), Metres::new(250.3).unwrap());
        batch.say(Field::Where, 3, "43.8001", Meaning::Where(place.unwrap()));
        batch.say(Field::Where, 4, "87.59999999999999", Meaning::PartOf(3));
        batch.say(Field::PlaceName, 5, " Old \"Market\" ", Meaning::Words);
        batch.say(Field::PlaceName, 17, "Märkte", Meaning::Words);
        let spelt = batch.keep("Exampleland");
        batch.say(Field::Country, 6, "EXL.", Meaning::Spelt(spelt));
        batch.say(Field::Kind, 7, "VBIED", Meaning::Kind(Kind::VehicleBomb));
        let toll = |harm, qualifier, count| Toll {
            harm,
            whom: Whom::All,
            attackers: Attackers::Excluded,
            qualifier,
            count,
            as_of: None,
        };
        let dead = Count::new(31, Some(39), Some(43)).unwrap();
        let dead =
            Toll { as_of: Some(day("2014-05-25")), ..toll(Harm::Killed, Qualifier::About, dead) };
        batch.say(Field::Toll, 8, "31-43 (39)", Meaning::Toll(dead));
        let hurt = toll(Harm::Injured, Qualifier::AtLeast, Count::at_least(94).unwrap());
        batch.say(Field::Toll, 9, "94+", Meaning::Toll(hurt));
        batch.say(Field::ClaimedBy, 10, "-99", Meaning::Unknown(Unknown::NotKnown));
        batch.say(Field::Weapon, 11, "??", Meaning::NotUnderstood);
        batch.say(Field::Published, 12, "2014-05-26", Meaning::Day(day("2014-05-26")));
        batch.say(Field::SourceCount, 13, "3", Meaning::Number(3));
        batch.say(Field::Unit, 14, "event", Meaning::Unit(Unit::Incident));
        batch.say(Field::Wording, 15, "", Meaning::Wording(u64::MAX - 6));
        batch.end_report();
        MadeUp {
            batch,
            source: Source {
                name: SourceName::new("acme").unwrap(),
                title: "ACME Incidents".to_owned(),
                organisation: "ACME Institute".to_owned(),
                licence: Licence::OpenWithAttribution,
                credit: "ACME Incidents, CC BY 4.0".to_owned(),
                kind: SourceKind::Curated,
                eras: vec![MethodEra { from: day("2012-01-01"), what: "two coders".to_owned() }],
            },
            columns: columns.map(str::to_owned).to_vec(),
            marking: Marking {
                tlp: Tlp::Amber,
                pap: Pap::Green,
                groups: BTreeSet::from([GroupName::new("corridor").unwrap()]),
                purposes: BTreeSet::from([Purpose::Policing, Purpose::CivilProtection]),
                embargo: Some(moment("2026-03-02T00:00:00Z")),
                expires: Some(moment("2031-03-02T00:00:00Z")),
                licence: Licence::OpenWithAttribution,
                originator: Some(MemberId::new("north-rail").unwrap()),
            },
            without: BTreeSet::new(),
            member: Member {
                id: MemberId::new("north-rail").unwrap(),
                name: "Northern Railway".to_owned(),
                sector: Sector::Rail,
                region: Region::new("north").unwrap(),
                purposes: BTreeSet::from([Purpose::TransportOperations]),
            },
        }
    }

    pub fn outgoing(&self) -> Outgoing<'_> {
        Outgoing {
            report: self.batch.report(0),
            source: &self.source,
            file: "acme.csv",
            columns: &self.columns,
            marking: &self.marking,
            without: &self.without,
            by: Contributor {
                member: &self.member,
                created: moment("2026-01-01T00:00:00Z"),
                modified: moment("2026-01-01T00:00:00Z"),
            },
            created: moment("2026-03-01T12:00:00.000Z"),
            modified: moment("2026-03-01T12:00:00.001Z"),
        }
    }
}
