//! What a desk believes of a happening, and how beliefs depend on each other.
//!
//! Errors of real reports are not independent: most reports of an incident go back to a few first
//! accounts and repeat them, mistakes and all. So a report either copies an account that is already
//! about, with its date, place and toll, or comes from a new account with mistakes of its own. The
//! shares below are set so that pairs of reports of one incident agree as often as real ones do
//! (measured on coded event reports; the figures stand in the test of `simulate`).

use super::happening::Happening;
use super::world::{World, moved};
use crate::chance::Chance;

/// How a desk knows the place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Located {
    /// The site itself.
    Site,
    /// The town's middle.
    Town,
    /// Another town, taken for this one.
    WrongTown,
    /// The capital of the province, because nothing better was known.
    Capital,
}

impl Located {
    /// How far off the true place may be, in metres, as an honest desk would say it.
    pub fn radius_m(self) -> u32 {
        match self {
            Located::Site => 1_000,
            Located::Town | Located::WrongTown => 5_000,
            Located::Capital => 60_000,
        }
    }
}

/// One account of a happening.
#[derive(Clone)]
pub struct Account {
    /// First and last day it may have been.
    pub day: i64,
    pub last_day: i64,
    pub located: Located,
    pub town: usize,
    pub lat: f64,
    pub lon: f64,
    pub killed: u32,
    pub injured: u32,
    pub vague_kind: bool,
    pub names_target: bool,
    pub blames: bool,
    /// Which of the world's outlets is quoted.
    pub outlet: usize,
    /// Which of the ways to word the wire copy.
    pub wording: u32,
}

/// A report copies an account that is about already.
const COPIES: f64 = 0.50;
/// A copy takes the toll as it is by now instead of the one it copies.
const UPDATES_THE_TOLL: f64 = 0.30;

impl Account {
    /// What the next report of a happening says, given the accounts that are about; a new account
    /// is added to them.
    pub fn next(
        told: &mut Vec<Account>,
        truth: &Happening,
        world: &World,
        chance: &mut Chance,
    ) -> Account {
        if !told.is_empty() && chance.happens(COPIES) {
            let mut copy = chance.pick(told).clone();
            if chance.happens(UPDATES_THE_TOLL) {
                (copy.killed, copy.injured) =
                    (toll(truth.killed, chance), toll(truth.injured, chance));
                told.push(copy.clone());
            }
            return copy;
        }
        let account = Account::new(truth, world, chance);
        told.push(account.clone());
        account
    }

    fn new(truth: &Happening, world: &World, chance: &mut Chance) -> Account {
        let (day, last_day) = days(truth.day, chance);
        let located = match chance.weighted(&[0.72, 0.055, 0.105, 0.12]) {
            0 => Located::Site,
            1 => Located::Town,
            2 => Located::WrongTown,
            _ => Located::Capital,
        };
        let (town, (lat, lon)) = match located {
            Located::Site => {
                let (east, north) = chance.in_ring(0.0, 0.35);
                (truth.town, moved((truth.lat, truth.lon), east, north))
            }
            Located::Town => {
                let town = &world.towns[truth.town];
                (truth.town, (town.lat, town.lon))
            }
            Located::WrongTown => {
                let town = world.neighbour_of(truth.town);
                (town, (world.towns[town].lat, world.towns[town].lon))
            }
            Located::Capital => {
                let capital = world.capital_of(truth.town);
                (truth.town, (capital.lat, capital.lon))
            }
        };
        Account {
            day,
            last_day,
            located,
            town,
            lat,
            lon,
            killed: toll(truth.killed, chance),
            injured: toll(truth.injured, chance),
            vague_kind: chance.happens(0.3),
            names_target: chance.happens(0.8),
            blames: chance.happens(0.5),
            outlet: chance.below(world.outlets.len() as u64) as usize,
            wording: chance.below(1 << 16) as u32,
        }
    }
}

/// The day as understood: mostly right, else the day the news came, now and then far off.
fn days(day: i64, chance: &mut Chance) -> (i64, i64) {
    match chance.weighted(&[0.770, 0.078, 0.017, 0.015, 0.085, 0.035]) {
        0 => (day, day),
        1 => (day + 1, day + 1),
        2 => (day - 1, day - 1),
        3 => (day + 2, day + 2),
        4 => {
            let off = chance.between(3, 30);
            let day = if chance.happens(0.7) { day + off } else { day - off };
            (day, day)
        }
        // "During the week".
        _ => {
            let first = day - chance.between(0, 6);
            (first, first + 6)
        }
    }
}

/// A toll as counted by someone: right, early and low, or differently counted.
fn toll(truth: u32, chance: &mut Chance) -> u32 {
    match chance.weighted(&[0.45, 0.27, 0.18, 0.10]) {
        0 => truth,
        1 => truth.saturating_sub(1 + (f64::from(truth) * 0.5 * chance.unit()) as u32),
        2 => truth + 1 + (f64::from(truth) * 0.4 * chance.unit()) as u32,
        _ => truth + chance.below(4) as u32,
    }
}
