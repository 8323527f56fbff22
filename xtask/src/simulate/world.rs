//! The invented world: countries, provinces and towns with invented names, laid out on a grid so
//! that no two countries touch. Its size grows with the number of reports, so that a million
//! reports are not a thousand times as dense as a thousand.

use std::collections::BTreeSet;

use crate::chance::Chance;

/// A town, or a capital.
pub struct Town {
    pub name: String,
    pub lat: f64,
    pub lon: f64,
    pub province: usize,
    /// How much of what happens in its country happens here.
    pub weight: f64,
}

/// A province. Its capital is the first of its towns.
pub struct Province {
    pub name: String,
    /// Its towns, as positions in [`World::towns`]; they lie side by side.
    pub towns: std::ops::Range<usize>,
}

/// A country.
pub struct Country {
    pub name: String,
    /// Its provinces, as positions in [`World::provinces`].
    pub provinces: std::ops::Range<usize>,
    /// Weights of its provinces.
    pub weights: Vec<f64>,
    /// Organisations that claim attacks here, or are blamed for them.
    pub groups: Vec<String>,
}

/// The whole of it.
pub struct World {
    pub countries: Vec<Country>,
    pub provinces: Vec<Province>,
    pub towns: Vec<Town>,
    pub outlets: Vec<String>,
}

/// One country for so many reports.
const REPORTS_PER_COUNTRY: u64 = 5_000;

impl World {
    /// A world for this many reports.
    pub fn new(reports: u64, chance: &mut Chance) -> World {
        let n_countries = (reports / REPORTS_PER_COUNTRY).clamp(6, 200) as usize;
        let mut taken = BTreeSet::new();
        let mut world =
            World { countries: vec![], provinces: vec![], towns: vec![], outlets: vec![] };
        for country in 0..n_countries {
            let centre_lat = -40.0 + 9.5 * (country % 10) as f64;
            let centre_lon = -170.0 + 17.0 * (country / 10) as f64;
            let first_province = world.provinces.len();
            let n_provinces = chance.between(6, 12) as usize;
            for _ in 0..n_provinces {
                let (east, north) = chance.in_ring(0.0, 3.0);
                add_province(
                    &mut world,
                    (centre_lat + north, centre_lon + east),
                    &mut taken,
                    chance,
                );
            }
            let weights = (0..n_provinces).map(|_| heavy(chance, 12.0)).collect();
            let groups = (0..chance.between(2, 5))
                .map(|_| format!("{} Front", invented_name(&mut taken, chance)))
                .collect();
            world.countries.push(Country {
                name: invented_name(&mut taken, chance),
                provinces: first_province..world.provinces.len(),
                weights,
                groups,
            });
        }
        let kinds = ["Herald", "Radio", "Courier", "Agency", "Gazette", "Channel"];
        for idx in 0..120 {
            let name = invented_name(&mut taken, chance);
            world.outlets.push(format!("{name} {}", kinds[idx % kinds.len()]));
        }
        world
    }

    /// A town of the country.
    pub fn some_town(&self, country: usize, chance: &mut Chance) -> usize {
        let country = &self.countries[country];
        let province = country.provinces.start + chance.weighted(&country.weights);
        self.town_of(province, chance)
    }

    /// A town of the province.
    pub fn town_of(&self, province: usize, chance: &mut Chance) -> usize {
        let towns = self.provinces[province].towns.clone();
        let mut left =
            chance.unit() * self.towns[towns.clone()].iter().map(|town| town.weight).sum::<f64>();
        for idx in towns.clone() {
            left -= self.towns[idx].weight;
            if left < 0.0 {
                return idx;
            }
        }
        towns.start
    }

    /// The capital of the town's province.
    pub fn capital_of(&self, town: usize) -> &Town {
        &self.towns[self.provinces[self.towns[town].province].towns.start]
    }

    /// The town of the same province that lies nearest to this one.
    pub fn neighbour_of(&self, town: usize) -> usize {
        let here = &self.towns[town];
        let towns = self.provinces[here.province].towns.clone();
        towns
            .filter(|&other| other != town)
            .min_by(|&a, &b| {
                distance_km(here, &self.towns[a]).total_cmp(&distance_km(here, &self.towns[b]))
            })
            .unwrap_or(town)
    }
}

fn add_province(
    world: &mut World,
    (lat, lon): (f64, f64),
    taken: &mut BTreeSet<String>,
    chance: &mut Chance,
) {
    let first = world.towns.len();
    for idx in 0..chance.between(15, 30) {
        let (east, north) = if idx == 0 { (0.0, 0.0) } else { chance.in_ring(4.0, 90.0) };
        let (town_lat, town_lon) = moved((lat, lon), east, north);
        world.towns.push(Town {
            name: invented_name(taken, chance),
            lat: town_lat,
            lon: town_lon,
            province: world.provinces.len(),
            weight: if idx == 0 { 12.0 } else { heavy(chance, 8.0) },
        });
    }
    let name = format!("{} Province", world.towns[first].name);
    world.provinces.push(Province { name, towns: first..world.towns.len() });
}

/// A weight of at least 1, now and then much more.
fn heavy(chance: &mut Chance, most: f64) -> f64 {
    (1.0 / (chance.unit() + 1e-9)).min(most)
}

/// The point so many kilometres east and north of another.
pub fn moved((lat, lon): (f64, f64), east_km: f64, north_km: f64) -> (f64, f64) {
    (lat + north_km / KM_PER_DEGREE, lon + east_km / (KM_PER_DEGREE * cosine(lat)))
}

/// The distance in kilometres, good enough within a province.
fn distance_km(a: &Town, b: &Town) -> f64 {
    let north = (a.lat - b.lat) * KM_PER_DEGREE;
    let east = (a.lon - b.lon) * KM_PER_DEGREE * cosine(a.lat);
    (north * north + east * east).sqrt()
}

const KM_PER_DEGREE: f64 = 111.195;

/// Bhaskara's cosine of an angle in degrees: within two parts in a thousand, and the same bits on
/// every machine, which the libraries' cosines are not.
fn cosine(degrees: f64) -> f64 {
    let squared = degrees * degrees;
    (32_400.0 - 4.0 * squared) / (32_400.0 + squared)
}

/// A name that nobody has used yet.
fn invented_name(taken: &mut BTreeSet<String>, chance: &mut Chance) -> String {
    const STARTS: [&str; 24] = [
        "ba", "bel", "cor", "da", "dor", "el", "fa", "gal", "hu", "is", "ka", "kel", "la", "mar",
        "mo", "nar", "or", "pel", "qua", "ra", "sol", "ta", "ul", "ve",
    ];
    const MIDDLES: [&str; 16] = [
        "ba", "da", "ge", "li", "lo", "ma", "ne", "no", "ra", "re", "ri", "sa", "so", "ta", "vi",
        "zu",
    ];
    const ENDS: [&str; 14] =
        ["an", "ar", "dun", "el", "ene", "ia", "il", "kand", "mir", "or", "os", "stan", "un", "vo"];
    let mut middles = 1;
    loop {
        let mut name = STARTS[chance.below(24) as usize].to_owned();
        for _ in 0..middles {
            name.push_str(MIDDLES[chance.below(16) as usize]);
        }
        name.push_str(ENDS[chance.below(14) as usize]);
        name[..1].make_ascii_uppercase();
        if taken.insert(name.clone()) {
            return name;
        }
        middles = chance.between(1, 3) as usize;
    }
}
