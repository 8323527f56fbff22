//! What truly happens in the invented world. Nothing of this is written anywhere but into
//! `truth.csv`, which says only which reports belong together.
//!
//! Happenings come in campaigns: for some weeks one kind of attack recurs in one town and those
//! near it. Two neighbours in a campaign look alike, which is what makes linking hard.

use super::world::{World, moved};
use crate::chance::Chance;

/// A true incident.
pub struct Happening {
    /// Days since the first day of the simulation.
    pub day: i64,
    pub town: usize,
    pub lat: f64,
    pub lon: f64,
    pub scene: &'static Scene,
    pub killed: u32,
    pub injured: u32,
    pub group: Option<usize>,
    pub country: usize,
}

/// A way in which things happen: kind, weapon, target.
pub struct Scene {
    pub kind: &'static str,
    pub vague_kind: &'static str,
    pub weapon: &'static str,
    pub target: &'static str,
    pub transport: bool,
    weight: f64,
}

const fn scene(
    kind: &'static str,
    vague_kind: &'static str,
    weapon: &'static str,
    target: &'static str,
    transport: bool,
    weight: f64,
) -> Scene {
    Scene { kind, vague_kind, weapon, target, transport, weight }
}

static SCENES: [Scene; 16] = [
    scene("bomb", "explosion", "explosives", "market", false, 10.0),
    scene("bomb", "explosion", "explosives", "bus station", true, 5.0),
    scene("bomb", "explosion", "explosives", "railway track", true, 4.0),
    scene("vehicle-bomb", "bomb", "car bomb", "police post", false, 7.0),
    scene("suicide-bomb", "bomb", "suicide vest", "railway station", true, 3.0),
    scene("suicide-bomb", "bomb", "suicide vest", "government office", false, 4.0),
    scene("shooting", "assault", "firearms", "police post", false, 14.0),
    scene("shooting", "assault", "firearms", "village", false, 12.0),
    scene("shooting", "assault", "firearms", "bus", true, 3.0),
    scene("stabbing", "assault", "knives", "railway station", true, 2.0),
    scene("arson", "assault", "fire", "school", false, 4.0),
    scene("shelling", "remote-strike", "rockets", "village", false, 9.0),
    scene("air-strike", "remote-strike", "aircraft", "village", false, 5.0),
    scene("battle", "violence", "firearms", "army base", false, 12.0),
    scene("abduction", "captivity", "firearms", "road", false, 4.0),
    scene("sabotage", "disruption", "explosives", "power line", false, 4.0),
];

/// A stretch of weeks in which one thing recurs in one area.
struct Campaign {
    country: usize,
    centre: usize,
    scene: &'static Scene,
    group: Option<usize>,
    until: i64,
    weight: f64,
}

/// Happenings one by one, in order of days.
pub struct Happenings {
    campaigns: Vec<Campaign>,
}

impl Happenings {
    /// Nothing has happened yet.
    pub fn before_the_first_day() -> Happenings {
        Happenings { campaigns: vec![] }
    }

    /// Ends and begins campaigns for a new day: about one for every country at any time.
    pub fn turn_to_day(&mut self, day: i64, world: &World, chance: &mut Chance) {
        self.campaigns.retain(|campaign| campaign.until >= day);
        while self.campaigns.len() < world.countries.len() + 2 {
            let country = chance.below(world.countries.len() as u64) as usize;
            self.campaigns.push(Campaign {
                country,
                centre: world.some_town(country, chance),
                scene: some_scene(chance),
                group: some_group(country, world, chance),
                until: day + chance.between(14, 120),
                weight: 1.0 / (chance.unit() + 0.1),
            });
        }
    }

    /// What happens next on this day.
    pub fn next(&self, day: i64, world: &World, chance: &mut Chance) -> Happening {
        if !chance.happens(0.55) {
            let country = chance.below(world.countries.len() as u64) as usize;
            let town = world.some_town(country, chance);
            let group = some_group(country, world, chance);
            return happen(day, country, town, some_scene(chance), group, world, chance);
        }
        let total: f64 = self.campaigns.iter().map(|campaign| campaign.weight).sum();
        let mut left = chance.unit() * total;
        let campaign = self
            .campaigns
            .iter()
            .find(|campaign| {
                left -= campaign.weight;
                left < 0.0
            })
            .unwrap_or(&self.campaigns[0]);
        let town = if chance.happens(0.5) {
            campaign.centre
        } else {
            world.town_of(world.towns[campaign.centre].province, chance)
        };
        let scene = if chance.happens(0.7) { campaign.scene } else { some_scene(chance) };
        happen(day, campaign.country, town, scene, campaign.group, world, chance)
    }
}

fn some_scene(chance: &mut Chance) -> &'static Scene {
    let weights: [f64; SCENES.len()] = std::array::from_fn(|idx| SCENES[idx].weight);
    &SCENES[chance.weighted(&weights)]
}

fn some_group(country: usize, world: &World, chance: &mut Chance) -> Option<usize> {
    let groups = world.countries[country].groups.len() as u64;
    chance.happens(0.6).then(|| chance.below(groups) as usize)
}

fn happen(
    day: i64,
    country: usize,
    town: usize,
    scene: &'static Scene,
    group: Option<usize>,
    world: &World,
    chance: &mut Chance,
) -> Happening {
    let (east, north) = chance.in_ring(0.0, 2.5);
    let home = &world.towns[town];
    let (lat, lon) = moved((home.lat, home.lon), east, north);
    // Most incidents kill nobody or one; the tail is long (Pareto with exponent 2).
    let killed = if chance.happens(0.3) {
        0
    } else {
        ((1.6 / (chance.unit() + 1e-6).sqrt()) as u32).min(400)
    };
    let injured = if chance.happens(0.25) {
        0
    } else {
        (f64::from(killed) * (0.5 + 2.0 * chance.unit())) as u32 + chance.below(4) as u32
    };
    Happening { day, town, lat, lon, scene, killed, injured, group, country }
}
