//! What linking needs of a report, and nothing more. Report views come in one by one and are let
//! go of; an [`Outlines`] keeps about 170 bytes of each, so that a million of them fit where their
//! claims would not. It does not keep what was said: explanations of values go back to the claims.
//!
//! Facts that a report does not give stay missing here, and weigh nothing later (invariant 8).

use sheaf_model::{
    Attackers, Count, Field, Harm, Kind, Meaning, Place, ReportView, SourceKind, Toll, Unit, When,
    Whom,
};

use crate::names::{N_SENSES, Names, Sense, Tag};

mod bytes;

/// What linking may know of a source: its number in the pool's list of sources, and how it works.
/// Never its name: no source is treated by name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SourceFacts {
    /// Position in the pool's list of sources.
    pub index: u16,
    /// How it works.
    pub kind: SourceKind,
}

/// A report without a date happened at most this many days before it was published. An assumption,
/// written down: undated reports meet others of the month before, and the width of that month
/// makes the meeting weigh nothing.
pub const UNDATED_LOOKBACK_DAYS: i32 = 30;

/// A point vaguer than this is no point for linking: its circle is a country. Then the names
/// decide which reports it meets.
pub const COARSEST_RADIUS_M: f32 = 250_000.0;

/// Mean radius of the Earth in metres, as in [`Place::distance_to`].
pub(crate) const EARTH_RADIUS_M: f32 = 6_371_008.8;

/// The toll slots of an outline: the scopes that are compared with each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Slot {
    /// Killed, all, attackers included.
    KilledIncluded,
    /// Killed, all, attackers not counted or not said.
    Killed,
    /// Killed civilians.
    KilledCivilians,
    /// Injured, all or civilians.
    Injured,
}

pub(crate) const N_SLOTS: usize = 4;

/// A toll as an interval with the source's own best value. `low == u32::MAX` says that there is
/// none; `high == u32::MAX` that there is no upper bound; `best` likewise.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Range {
    pub(crate) low: u32,
    pub(crate) best: u32,
    pub(crate) high: u32,
}

const ABSENT: u32 = u32::MAX;
const NO_RANGE: Range = Range { low: ABSENT, best: ABSENT, high: ABSENT };

impl Range {
    pub(crate) fn is_given(self) -> bool {
        self.low != ABSENT
    }

    /// The number to speak of: the source's best value, otherwise the lower bound.
    pub(crate) fn number(self) -> u32 {
        if self.best != ABSENT { self.best } else { self.low }
    }

    pub(crate) fn overlaps(self, other: Range) -> bool {
        self.low <= other.high && other.low <= self.high
    }

    fn widen(&mut self, count: Count) {
        let (low, best) = (count.low(), count.best().unwrap_or(ABSENT));
        let high = count.high().unwrap_or(ABSENT);
        if self.is_given() {
            self.low = self.low.min(low);
            self.high = self.high.max(high);
            // Of several best values the largest stands: tolls grow as they become known, and the
            // largest does not depend on the order of columns.
            self.best = match (self.best, best) {
                (ABSENT, other) | (other, ABSENT) => other,
                (a, b) => a.max(b),
            };
        } else {
            *self = Range { low, best, high };
        }
    }
}

/// The day of publication of a report that does not say it.
pub(crate) const NEVER: i32 = i32::MIN;

/// What a report says of damage to things.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Damage {
    /// That there was none.
    None,
    /// That there was some.
    Some,
    /// Nothing.
    Unsaid,
}

/// The facts of one report. Two equal outlines are exact copies as far as linking can tell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outline {
    /// First and last day since 1970; `first > last` when not dated.
    pub(crate) first: i32,
    pub(crate) last: i32,
    /// The point on the unit sphere. Single precision is good to about a metre, well below any
    /// radius a source can vouch for.
    pub(crate) at: [f32; 3],
    /// In metres; negative when there is no point.
    pub(crate) radius: f32,
    /// The kinds given, one bit each.
    pub(crate) kinds: u64,
    /// The SimHash of running text; 0 when there is none.
    pub(crate) wording: u64,
    pub(crate) tolls: [Range; N_SLOTS],
    /// The day it was published, since 1970; [`NEVER`] when not said.
    pub(crate) published: i32,
    /// Which document it was taken from: the same words, by the same outlet of the same source,
    /// published on the same day. 0 when it carries no words, and for leads.
    pub(crate) document: u64,
    /// What it says of damage.
    pub(crate) damage: Damage,
    /// What it says beside day and point, a bit for each thing.
    pub(crate) says: u16,
    first_tag: u32,
    /// Where the names of each sense end, counted from the first.
    ends: [u8; N_SENSES],
    pub(crate) source: u16,
    pub(crate) source_kind: SourceKind,
    pub(crate) unit: Unit,
    /// The date is only an upper bound, from the day of publication.
    pub(crate) date_from_publication: bool,
}

impl Outline {
    pub(crate) fn is_dated(&self) -> bool {
        self.first <= self.last
    }

    pub(crate) fn has_point(&self) -> bool {
        self.radius >= 0.0
    }

    /// Whether its point is one for linking, too.
    pub(crate) fn has_usable_point(&self) -> bool {
        (0.0..=COARSEST_RADIUS_M).contains(&self.radius)
    }

    pub(crate) fn width_days(&self) -> i32 {
        self.last - self.first + 1
    }

    /// Whole days between the two stretches, 0 when they share a day.
    pub(crate) fn gap_days(&self, other: &Outline) -> i32 {
        (self.first.max(other.first) - self.last.min(other.last)).max(0)
    }

    /// Machine-coded mentions, by the entry's unit or by the source's way of working.
    pub(crate) fn is_lead(&self) -> bool {
        self.unit == Unit::Lead || self.source_kind == SourceKind::Leads
    }

    pub(crate) fn is_curated(&self) -> bool {
        self.source_kind == SourceKind::Curated
    }

    /// Whether it can be (part of) an incident in its own right.
    pub(crate) fn stands_alone(&self) -> bool {
        !self.is_lead() && self.unit != Unit::Aggregate
    }
}

/// The straight line between two points of the unit sphere, in metres: the great circle to within
/// 1 part in 900 below 1,000 km, and two orders of magnitude cheaper.
pub(crate) fn chord_m(a: &[f32; 3], b: &[f32; 3]) -> f32 {
    chord_squared(a, b).sqrt() * EARTH_RADIUS_M
}

pub(crate) fn chord_squared(a: &[f32; 3], b: &[f32; 3]) -> f32 {
    let (dx, dy, dz) = (a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    dx * dx + dy * dy + dz * dz
}

/// The outlines of all reports that are to be linked.
///
/// ```
/// use sheaf_link::{Outlines, SourceFacts};
/// use sheaf_model::{Batch, Day, Field, Meaning, SourceKind, Unit, When};
/// let mut batch = Batch::default();
/// batch.begin_report("42", 2, Unit::Incident);
/// let day = Day::from_ymd(2014, 5, 22).unwrap();
/// batch.say(Field::When, 0, "22 May 2014", Meaning::When(When::on(day)));
/// batch.say(Field::PlaceName, 1, "Ürümqi", Meaning::Words);
/// batch.end_report();
/// let mut outlines = Outlines::default();
/// let source = SourceFacts { index: 0, kind: SourceKind::News };
/// let position = outlines.push("wire:42", source, batch.report(0));
/// assert_eq!((position, outlines.id(position)), (0, "wire:42"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Outlines {
    ids: String,
    /// Where each id ends.
    id_ends: Vec<u64>,
    outlines: Vec<Outline>,
    /// Of these, how many no longer count: see [`Outlines::uncount`].
    n_gone: usize,
    tags: Vec<Tag>,
    names: Names,
    /// Kept between pushes only to spare an allocation each.
    scratch: Vec<Tag>,
}

impl Outlines {
    /// Takes in a report under its id (`source:key`) and returns its position.
    ///
    /// # Panics
    /// At 2^32 − 1 reports.
    pub fn push(&mut self, id: &str, source: SourceFacts, report: ReportView<'_>) -> u32 {
        assert!(self.outlines.len() < u32::MAX as usize, "a pool has fewer than 2^32 - 1 reports");
        let position = self.outlines.len() as u32;
        self.ids.push_str(id);
        self.id_ends.push(self.ids.len() as u64);
        let mut outline = Outline {
            first: i32::MAX,
            last: i32::MIN,
            at: [0.0; 3],
            radius: -1.0,
            kinds: 0,
            wording: 0,
            tolls: [NO_RANGE; N_SLOTS],
            published: NEVER,
            document: 0,
            damage: Damage::Unsaid,
            says: 0,
            first_tag: self.tags.len() as u32,
            ends: [0; N_SENSES],
            source: source.index,
            source_kind: source.kind,
            unit: report.unit(),
            date_from_publication: false,
        };
        self.scratch.clear();
        for claim in report.claims() {
            match claim.meant {
                Meaning::When(when) if claim.field == Field::When => outline.widen_days(when),
                Meaning::Where(place) if claim.field == Field::Where => outline.narrow(place),
                Meaning::Kind(kind) => outline.kinds |= 1 << kind as u64,
                Meaning::Toll(toll) => outline.take_toll(toll),
                Meaning::Wording(fingerprint) => outline.wording = fingerprint,
                Meaning::Day(day) if claim.field == Field::Published => {
                    outline.published = outline.published.max(day.days_since_1970());
                }
                Meaning::Words | Meaning::Spelt(_) if claim.field == Field::Damage => {
                    let none = report.words(claim).is_some_and(|it| it == "none");
                    outline.damage = if none { Damage::None } else { Damage::Some };
                }
                Meaning::Words | Meaning::Spelt(_) => {
                    if let (Some(sense), Some(words)) = (sense_of(claim.field), report.words(claim))
                    {
                        let code = words.bytes().all(|byte| byte.is_ascii_digit());
                        let opaque = sense == Sense::Category && code;
                        let sense = if opaque { Sense::Code } else { sense };
                        self.names.take(sense, words, &mut self.scratch);
                    }
                }
                _ => {}
            }
        }
        if !outline.is_dated() && outline.published != NEVER {
            outline.last = outline.published;
            outline.first = outline.last - UNDATED_LOOKBACK_DAYS;
            outline.date_from_publication = true;
        }
        self.scratch.sort_unstable();
        self.scratch.dedup();
        // Names beyond this many are dropped, the least telling senses first. No real report has
        // a tenth of them.
        self.scratch.truncate(usize::from(u8::MAX));
        for &tag in &self.scratch {
            self.names.count(tag);
        }
        for (sense, end) in outline.ends.iter_mut().enumerate() {
            *end = self.scratch.partition_point(|tag| tag.sense() <= sense) as u8;
        }
        self.tags.extend_from_slice(&self.scratch);
        outline.document = self.document_of(&outline);
        outline.says = self.said_by(&outline);
        self.outlines.push(outline);
        position
    }

    fn said_by(&self, outline: &Outline) -> u16 {
        let tolls = &outline.tolls;
        let killed = [Slot::Killed, Slot::KilledIncluded, Slot::KilledCivilians];
        let facts = [
            outline.kinds != 0,
            killed.iter().any(|&slot| tolls[slot as usize].is_given()),
            tolls[Slot::Injured as usize].is_given(),
            outline.damage != Damage::Unsaid,
            outline.wording != 0,
        ];
        let senses = [
            Sense::Place,
            Sense::Organisation,
            Sense::Target,
            Sense::Weapon,
            Sense::Category,
            Sense::Code,
        ];
        let names = senses.iter().map(|&sense| !self.tags_in(outline, sense).is_empty());
        let said = facts.into_iter().chain(names).enumerate();
        said.fold(0, |bits, (number, said)| bits | u16::from(said) << number)
    }

    fn document_of(&self, outline: &Outline) -> u64 {
        if outline.wording == 0 || outline.is_lead() {
            return 0;
        }
        // Of several outlets the one with the smallest hash: it does not depend on who came first.
        let outlets = self.tags_in(outline, Sense::Outlet).iter();
        let outlet = outlets.map(|&tag| self.names.hash(tag)).min().unwrap_or(0);
        let mut hash = outline.wording;
        for number in [u64::from(outline.source), outline.published as u64, outlet] {
            hash = (hash.rotate_left(25) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            hash ^= hash >> 31;
        }
        hash.max(1)
    }

    /// How many reports.
    pub fn len(&self) -> usize {
        self.outlines.len()
    }

    /// Whether there is no report.
    pub fn is_empty(&self) -> bool {
        self.outlines.is_empty()
    }

    /// How many reports count when it is said how common a name is.
    pub(crate) fn n_counted(&self) -> usize {
        self.outlines.len() - self.n_gone
    }

    /// Lets a report count no longer among those that give its names. It keeps its position, since
    /// others are known by theirs; whoever calls this leaves it out of everything else.
    pub(crate) fn uncount(&mut self, position: u32) {
        let Outlines { outlines, tags, names, n_gone, .. } = self;
        let outline = &outlines[position as usize];
        let first = outline.first_tag as usize;
        for &tag in &tags[first..first + usize::from(outline.ends[N_SENSES - 1])] {
            names.uncount(tag);
        }
        *n_gone += 1;
    }

    /// Some of the reports, in the order of `positions`, as a pool of their own: how common a name
    /// is, is counted among them alone.
    ///
    /// # Panics
    /// If a position is not below [`Outlines::len`].
    pub fn only(&self, positions: &[u32]) -> Outlines {
        let mut some = Outlines { names: self.names.uncounted(), ..Outlines::default() };
        for &position in positions {
            some.ids.push_str(self.id(position));
            some.id_ends.push(some.ids.len() as u64);
            let mut outline = *self.get(position);
            let tags = self.tags(&outline);
            tags.iter().for_each(|&tag| some.names.count(tag));
            outline.first_tag = some.tags.len() as u32;
            some.tags.extend_from_slice(tags);
            some.outlines.push(outline);
        }
        some
    }

    /// The id of the report at a position.
    ///
    /// # Panics
    /// If `position` is not below [`Outlines::len`].
    pub fn id(&self, position: u32) -> &str {
        let position = position as usize;
        let start = if position == 0 { 0 } else { self.id_ends[position - 1] };
        &self.ids[start as usize..self.id_ends[position] as usize]
    }

    /// The number of the source of the report at a position, as it was pushed.
    ///
    /// # Panics
    /// If `position` is not below [`Outlines::len`].
    pub fn source(&self, position: u32) -> u16 {
        self.get(position).source
    }

    /// The position of the report with this id, by looking through all of them.
    pub fn position(&self, id: &str) -> Option<u32> {
        (0..self.len() as u32).find(|&position| self.id(position) == id)
    }

    /// Whether the report at a position says where it was: a point for linking, or a place name.
    ///
    /// # Panics
    /// If `position` is not below [`Outlines::len`].
    pub fn says_where(&self, position: u32) -> bool {
        let outline = self.get(position);
        outline.has_usable_point() || !self.tags_in(outline, Sense::Place).is_empty()
    }

    /// About how many bytes are held, spare room included.
    pub fn n_bytes(&self) -> usize {
        self.ids.capacity()
            + self.id_ends.capacity() * 8
            + self.outlines.capacity() * size_of::<Outline>()
            + self.tags.capacity() * 4
            + self.names.n_bytes()
    }

    pub(crate) fn get(&self, position: u32) -> &Outline {
        &self.outlines[position as usize]
    }

    /// The names a report gives, sorted by sense.
    pub(crate) fn tags(&self, outline: &Outline) -> &[Tag] {
        let first = outline.first_tag as usize;
        &self.tags[first..first + usize::from(outline.ends[N_SENSES - 1])]
    }

    /// The names a report gives in one sense.
    #[inline]
    pub(crate) fn tags_in(&self, outline: &Outline, sense: Sense) -> &[Tag] {
        let (first, sense) = (outline.first_tag as usize, sense as usize);
        let from = if sense == 0 { 0 } else { outline.ends[sense - 1] };
        &self.tags[first + usize::from(from)..first + usize::from(outline.ends[sense])]
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }
}

/// Which names are compared, and in what sense. Other words of a report say nothing to linking.
fn sense_of(field: Field) -> Option<Sense> {
    Some(match field {
        Field::PlaceName => Sense::Place,
        Field::AdminOne => Sense::AdminOne,
        Field::AdminTwo => Sense::AdminTwo,
        Field::Country => Sense::Country,
        Field::ClaimedBy | Field::BlamedOn | Field::Party => Sense::Organisation,
        Field::Target => Sense::Target,
        Field::Weapon => Sense::Weapon,
        Field::Category => Sense::Category,
        Field::Outlet => Sense::Outlet,
        _ => return None,
    })
}

impl Outline {
    fn widen_days(&mut self, when: When) {
        self.first = self.first.min(when.first().days_since_1970());
        self.last = self.last.max(when.last().days_since_1970());
    }

    /// Of several points the most precise stands.
    fn narrow(&mut self, place: Place) {
        if self.has_point() && self.radius <= place.radius().get() {
            return;
        }
        let (lat, lon) = (place.lat().to_radians(), place.lon().to_radians());
        self.at =
            [(lat.cos() * lon.cos()) as f32, (lat.cos() * lon.sin()) as f32, lat.sin() as f32];
        self.radius = place.radius().get();
    }

    fn take_toll(&mut self, toll: Toll) {
        let slot = match (toll.harm, toll.whom) {
            (Harm::Killed, Whom::All) if toll.attackers == Attackers::Included => {
                Slot::KilledIncluded
            }
            (Harm::Killed, Whom::All) => Slot::Killed,
            (Harm::Killed, Whom::Civilians) => Slot::KilledCivilians,
            (Harm::Injured, Whom::All | Whom::Civilians) => Slot::Injured,
            // The sides of one source are not those of another.
            _ => return,
        };
        self.tolls[slot as usize].widen(toll.count);
    }
}

/// The kinds of a set of bits.
pub(crate) fn kinds_in(bits: u64) -> impl Iterator<Item = Kind> {
    Kind::ALL.iter().copied().filter(move |&kind| bits & (1 << kind as u64) != 0)
}
