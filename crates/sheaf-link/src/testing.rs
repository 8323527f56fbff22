//! Invented reports for tests: say what a report says, get outlines.

use sheaf_model::{
    Attackers, Batch, Count, Day, Field, Harm, Judgement, JudgementId, Kind, Meaning, Metres, Pair,
    Place, Qualifier, ReportId, SourceKind, Toll, Unit, Verdict, When, Whom, Withdrawal,
};

use crate::{Outlines, SourceFacts};

/// A report in the making. The source's name is its number: "s0", "s1" and so on.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) source: u16,
    pub(crate) source_kind: SourceKind,
    pub(crate) key: String,
    pub(crate) unit: Unit,
    pub(crate) claims: Vec<(Field, String, Meaning)>,
}

/// A report of one incident by a news source.
pub(crate) fn told(source: u16, key: &str) -> Told {
    let source_kind = SourceKind::News;
    Told { source, source_kind, key: key.into(), unit: Unit::Incident, claims: Vec::new() }
}

impl Told {
    pub(crate) fn id(&self) -> String {
        format!("s{}:{}", self.source, self.key)
    }

    pub(crate) fn unit(mut self, unit: Unit) -> Told {
        self.unit = unit;
        self
    }

    pub(crate) fn by(mut self, kind: SourceKind) -> Told {
        self.source_kind = kind;
        self
    }

    pub(crate) fn says(mut self, field: Field, words: &str) -> Told {
        self.claims.push((field, words.into(), Meaning::Words));
        self
    }

    fn means(mut self, field: Field, meant: Meaning) -> Told {
        self.claims.push((field, String::new(), meant));
        self
    }

    /// Days after 2014-01-01, both ends included.
    pub(crate) fn days(self, first: i32, last: i32) -> Told {
        let day = |days| Day::from_days_since_1970(16_071 + days).unwrap();
        self.means(Field::When, Meaning::When(When::new(day(first), day(last)).unwrap()))
    }

    pub(crate) fn day(self, day: i32) -> Told {
        self.days(day, day)
    }

    pub(crate) fn published(self, day: i32) -> Told {
        let day = Day::from_days_since_1970(16_071 + day).unwrap();
        self.means(Field::Published, Meaning::Day(day))
    }

    pub(crate) fn at(self, lat: f64, lon: f64, radius: f32) -> Told {
        let place = Place::new(lat, lon, Metres::new(radius).unwrap()).unwrap();
        self.means(Field::Where, Meaning::Where(place))
    }

    pub(crate) fn kind(self, kind: Kind) -> Told {
        self.means(Field::Kind, Meaning::Kind(kind))
    }

    pub(crate) fn wording(self, fingerprint: u64) -> Told {
        self.means(Field::Wording, Meaning::Wording(fingerprint))
    }

    pub(crate) fn toll(self, harm: Harm, attackers: Attackers, count: Count) -> Told {
        let (whom, qualifier) = (Whom::All, Qualifier::Exactly);
        let toll = Toll { harm, whom, attackers, qualifier, count, as_of: None };
        self.means(Field::Toll, Meaning::Toll(toll))
    }

    pub(crate) fn killed(self, number: u32) -> Told {
        self.toll(Harm::Killed, Attackers::Unsaid, Count::exactly(number).unwrap())
    }

    pub(crate) fn injured(self, number: u32) -> Told {
        self.toll(Harm::Injured, Attackers::Unsaid, Count::exactly(number).unwrap())
    }
}

pub(crate) fn outlines(reports: &[Told]) -> Outlines {
    let mut outlines = Outlines::default();
    let mut batch = Batch::default();
    for report in reports {
        batch.begin_report(&report.key, 1, report.unit);
        for (field, said, meant) in &report.claims {
            batch.say(*field, 0, said, *meant);
        }
        batch.end_report();
    }
    for (told, report) in reports.iter().zip(batch.reports()) {
        let source = SourceFacts { index: told.source, kind: told.source_kind };
        outlines.push(&told.id(), source, report);
    }
    outlines
}

/// A judgement on two reports, not withdrawn.
pub(crate) fn judgement(id: u64, a: &str, b: &str, verdict: Verdict) -> Judgement {
    let report = |id| ReportId::parse(id).unwrap();
    Judgement {
        id: JudgementId(id),
        pair: Pair::new(report(a), report(b)).unwrap(),
        verdict,
        by: "desk".into(),
        because: "a test".into(),
        at: "2014-06-01T00:00:00Z".into(),
        withdrawn: None,
    }
}

pub(crate) fn withdrawn(mut judgement: Judgement) -> Judgement {
    judgement.withdrawn = Some(Withdrawal { at: "2014-06-02T00:00:00Z".into(), by: "desk".into() });
    judgement
}

/// A small generator of our own (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % n
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for at in (1..things.len()).rev() {
            things.swap(at, self.below(at as u64 + 1) as usize);
        }
    }
}

/// A pool in which everything occurs that linking has to do with: points of all radii, also near
/// the pole and on both sides of the antimeridian, none at all, names, long and missing dates,
/// every unit and kind of source, exact copies.
pub(crate) fn motley(n: usize, random: &mut Random) -> Vec<Told> {
    let towns = [
        ("Kunming", "China", 25.04, 102.71),
        ("Anning", "China", 24.92, 102.48),
        ("Taveuni", "Fiji", -16.8, 179.99),
        ("Rabi", "Fiji", -16.5, -179.99),
        ("Alert", "Canada", 89.2, -62.0),
        ("Borneo Camp", "Canada", 89.4, 110.0),
    ];
    let mut reports: Vec<Told> = Vec::new();
    for number in 0..n {
        if number > 0 && random.below(12) == 0 {
            let mut copy = reports[random.below(number as u64) as usize].clone();
            copy.key = number.to_string();
            reports.push(copy);
            continue;
        }
        let source = random.below(5) as u16;
        let kinds = [SourceKind::Curated, SourceKind::News, SourceKind::Leads];
        let mut it = told(source, &number.to_string()).by(kinds[usize::from(source) % 3]);
        it.unit = random.pick(&[
            Unit::Incident,
            Unit::Incident,
            Unit::Incident,
            Unit::Incident,
            Unit::Episode,
            Unit::Aggregate,
            Unit::Lead,
        ]);
        let first = random.below(12) as i32;
        let width = random.pick(&[0, 0, 0, 0, 1, 5, 20, 90, 500]);
        match random.below(20) {
            0 => {}
            1 => it = it.published(first),
            _ => it = it.days(first, first + width),
        }
        let (town, country, lat, lon) = random.pick(&towns);
        let radius = random.pick(&[0.0, 1_000.0, 5_000.0, 25_000.0, 100_000.0, 240_000.0, 9e5]);
        if random.below(5) > 0 {
            let off = f64::from(radius) / 111_000.0 + 0.2;
            let share = |random: &mut Random| random.below(2_000) as f64 / 1_000.0 - 1.0;
            let lat = (lat + share(random) * off).clamp(-90.0, 90.0);
            let lon = (lon + share(random) * off).clamp(-180.0, 180.0);
            it = it.at(lat, lon, radius);
        }
        if random.below(3) > 0 {
            it = it.says(Field::PlaceName, town);
        }
        if random.below(4) > 0 {
            it = it.says(Field::Country, country);
        }
        if random.below(2) == 0 {
            it = it.says(Field::AdminOne, random.pick(&["North", "South"]));
        }
        if random.below(3) > 0 {
            it = it.kind(random.pick(&[Kind::Bomb, Kind::Stabbing, Kind::Explosion, Kind::Riot]));
        }
        if random.below(3) > 0 {
            it = it.killed(random.below(40) as u32 / 4);
        }
        if random.below(3) == 0 {
            it = it.injured(random.below(20) as u32);
        }
        if random.below(3) == 0 {
            it = it.says(Field::Party, random.pick(&["Red Band", "Blue Band", "Green Band"]));
        }
        if random.below(3) == 0 {
            it = it.says(Field::Outlet, random.pick(&["Morning Wire", "Evening Wire"]));
        }
        if random.below(6) == 0 {
            it = it.wording(0xdead_beef_0000 + random.below(64));
        }
        reports.push(it);
    }
    reports
}
