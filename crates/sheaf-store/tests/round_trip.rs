//! Whatever a batch can hold comes back from the pool as it went in.

mod common;

use common::*;
use proptest::collection::vec;
use proptest::prelude::*;
use sheaf_model::*;
use sheaf_store::{Access, Pool, Wanted};

#[derive(Clone, Debug)]
struct ToldClaim {
    field: Field,
    column: u16,
    said: String,
    // The other spelling where the meaning is `Spelt`, which cannot be made before the batch.
    spelt: Option<String>,
    meant: Meaning,
}

#[derive(Clone, Debug)]
struct Told {
    key: String,
    row: u64,
    unit: Unit,
    claims: Vec<ToldClaim>,
}

fn a_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("  Ürümqi\u{0}\t".to_owned()),
        "\\PC{0,12}",
        any::<String>(),
        // Longer than a page of Parquet.
        (1usize..3).prop_map(|n| "a long cell ".repeat(n * 900)),
    ]
}

fn a_day() -> impl Strategy<Value = Day> {
    (-719_162i32..=2_932_896).prop_map(|days| Day::from_days_since_1970(days).unwrap())
}

fn a_count() -> impl Strategy<Value = Count> {
    (any::<u32>(), any::<u32>(), any::<u32>(), any::<bool>(), any::<bool>()).prop_filter_map(
        "numbers out of order",
        |(a, b, c, best, high)| {
            let mut numbers = [a, b, c];
            numbers.sort_unstable();
            let [low, middle, top] = numbers;
            Count::new(low, best.then_some(middle), high.then_some(top))
        },
    )
}

fn a_toll() -> impl Strategy<Value = Meaning> {
    let attackers = [Attackers::Included, Attackers::Excluded, Attackers::Unsaid];
    let qualifiers = [
        Qualifier::Exactly,
        Qualifier::About,
        Qualifier::AtLeast,
        Qualifier::MoreThan,
        Qualifier::UpTo,
        Qualifier::Feared,
        Qualifier::Unconfirmed,
        Qualifier::Words,
    ];
    (
        prop::sample::select(&Harm::ALL[..]),
        prop::sample::select(&Whom::ALL[..]),
        prop::sample::select(attackers.to_vec()),
        prop::sample::select(qualifiers.to_vec()),
        a_count(),
        prop::option::of(a_day()),
    )
        .prop_map(|(harm, whom, attackers, qualifier, count, as_of)| {
            Meaning::Toll(Toll { harm, whom, attackers, qualifier, count, as_of })
        })
}

fn a_meaning() -> impl Strategy<Value = Meaning> {
    prop_oneof![
        Just(Meaning::Words),
        Just(Meaning::Spelt(Span::default())),
        (a_day(), a_day()).prop_map(|(a, b)| Meaning::When(When::new(a.min(b), a.max(b)).unwrap())),
        (-90.0f64..=90.0, -180.0f64..=180.0, 0.0f32..2e7).prop_map(|(lat, lon, radius)| {
            Meaning::Where(Place::new(lat, lon, Metres::new(radius).unwrap()).unwrap())
        }),
        Just(Meaning::Where(Place::new(-0.0, -180.0, Metres::new(0.0).unwrap()).unwrap())),
        a_toll(),
        prop::sample::select(Kind::ALL).prop_map(Meaning::Kind),
        a_day().prop_map(Meaning::Day),
        any::<u32>().prop_map(Meaning::Number),
        prop::sample::select(&Unit::ALL[..]).prop_map(Meaning::Unit),
        any::<u64>().prop_map(Meaning::Wording),
        any::<u16>().prop_map(Meaning::PartOf),
        prop::sample::select(&Unknown::ALL[..]).prop_map(Meaning::Unknown),
        Just(Meaning::NotUnderstood),
    ]
}

fn a_claim() -> impl Strategy<Value = ToldClaim> {
    (prop::sample::select(Field::ALL), 0u16..6, a_text(), a_text(), a_meaning()).prop_map(
        |(field, column, said, spelt, meant)| {
            let spelt = matches!(meant, Meaning::Spelt(_)).then_some(spelt);
            ToldClaim { field, column, said, spelt, meant }
        },
    )
}

fn a_report() -> impl Strategy<Value = Told> {
    (a_text(), any::<u64>(), prop::sample::select(&Unit::ALL[..]), vec(a_claim(), 0..8))
        .prop_map(|(key, row, unit, claims)| Told { key, row, unit, claims })
}

fn a_doubt() -> impl Strategy<Value = Doubt> {
    let code = prop::sample::select(DoubtCode::ALL);
    (prop::option::of(any::<u64>()), prop::option::of(any::<u16>()), code, a_text())
        .prop_map(|(row, column, code, said)| Doubt { row, column, code, said })
}

fn a_set_aside() -> impl Strategy<Value = SetAside> {
    (any::<u64>(), prop::sample::select(SetAsideReason::ALL))
        .prop_map(|(row, reason)| SetAside { row, reason })
}

fn batch_of(reports: &[Told]) -> Batch {
    let mut batch = Batch::default();
    for told in reports {
        batch.begin_report(&told.key, told.row, told.unit);
        for claim in &told.claims {
            let meant = match &claim.spelt {
                Some(spelt) => Meaning::Spelt(batch.keep(spelt)),
                None => claim.meant,
            };
            batch.say(claim.field, claim.column, &claim.said, meant);
        }
        batch.end_report();
    }
    batch
}

/// Takes the batches in and gives back the names of the parts.
fn import(pool: &Pool, batches: &[Batch]) -> Vec<String> {
    // Two headers are the same, and one claim's column has none.
    let columns = ["id", "date", "date", "", "größe"].map(str::to_owned);
    let mut tally = Tally::default();
    let mut writer = pool.begin_import(about("acme", "list.csv", None, 1)).unwrap();
    for batch in batches {
        tally.add(batch);
        writer.write(batch, &columns).unwrap();
    }
    writer.finish(&columns, &vec![ColumnFate::Unknown; 5], &tally, AT).unwrap();
    let parts = std::fs::read_dir(pool.path().join("parts")).unwrap();
    let mut names: Vec<String> =
        parts.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn invariant_02_every_claim_comes_back_with_its_words_and_its_spot(
        reports in vec(a_report(), 0..40),
        doubts in vec(a_doubt(), 0..6),
        rows in vec(a_set_aside(), 0..6),
        cut in 0usize..40,
    ) {
        let place = tempfile::tempdir().unwrap();
        let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
        let mut batch = batch_of(&reports);
        doubts.iter().for_each(|doubt| batch.doubt(doubt.clone()));
        rows.iter().for_each(|row| batch.set_aside(*row));
        let parts = import(&pool, std::slice::from_ref(&batch));
        let told: Vec<String> = batch.reports().map(shown).collect();
        let mut back = Vec::new();
        let import_back = pool.imports().unwrap().remove(0);
        pool.for_each_report(&import_back, Wanted::ALL, |it| back.push(shown(it))).unwrap();
        prop_assert_eq!(&back, &told);
        prop_assert_eq!(pool.doubts(import_back.id).unwrap(), (doubts.clone(), rows.clone()));
        // Invariant 6: the tally that is kept is the one that adds up.
        prop_assert_eq!(import_back.tally.read(), (reports.len() + rows.len()) as u64);

        // Invariant 15: however the reader cuts the file, the parts are the same, to the byte.
        let other = Pool::create_or_open(&place.path().join("q.sheaf")).unwrap();
        let (head, tail) = reports.split_at(cut.min(reports.len()));
        let mut tail = batch_of(tail);
        doubts.into_iter().for_each(|doubt| tail.doubt(doubt));
        rows.into_iter().for_each(|row| tail.set_aside(row));
        prop_assert_eq!(import(&other, &[batch_of(head), tail]), parts);
    }
}

/// Claims cross the chunks in which they are written and read; 70,000 is more than one of each.
#[test]
fn invariant_15_the_same_reports_give_the_same_bytes_however_they_are_cut() {
    let reports: Vec<(String, String, u32)> =
        (0..70_000).map(|n| (format!("key-{n}"), format!("Town {}", n % 977), n % 50)).collect();
    let reports: Vec<(&str, &str, u32)> =
        reports.iter().map(|(key, town, killed)| (key.as_str(), town.as_str(), *killed)).collect();
    let place = tempfile::tempdir().unwrap();
    let mut parts = Vec::new();
    for (name, cut) in [("a", 70_000), ("b", 4_096), ("c", 333)] {
        let pool = Pool::create_or_open(&place.path().join(name)).unwrap();
        let batches: Vec<Batch> = reports.chunks(cut).map(batch).collect();
        // `batch` numbers rows from 2 in each batch; number them through.
        let batches: Vec<Batch> = batches
            .iter()
            .enumerate()
            .map(|(idx, it)| renumbered(it, (idx * cut) as u64 + 2))
            .collect();
        parts.push(import(&pool, &batches));
        let told: Vec<String> =
            batches.iter().flat_map(|it| it.reports().map(shown).collect::<Vec<_>>()).collect();
        let mut back = Vec::new();
        let reader = Pool::open(pool.path(), Access::Read).unwrap();
        reader.for_each_current(Wanted::ALL, None, |_, it| back.push(shown(it))).unwrap();
        assert!(back == told, "{name}: what came back is not what went in");
        // A few from anywhere, by id.
        let ids: Vec<ReportId> = [0usize, 1, 16_383, 16_384, 65_535, 69_999]
            .iter()
            .map(|n| ReportId::parse(&format!("acme:key-{n}")).unwrap())
            .collect();
        for (id, found) in ids.iter().zip(reader.reports(&ids, Wanted::ALL).unwrap()) {
            let found = found.unwrap();
            assert_eq!(found.report().key(), id.key());
            let number: usize = id.key()[4..].parse().unwrap();
            assert_eq!(shown(found.report()), told[number]);
        }
    }
    assert_eq!(parts[0], parts[1]);
    assert_eq!(parts[0], parts[2]);
}

fn renumbered(batch: &Batch, first: u64) -> Batch {
    let mut other = Batch::default();
    for (report, row) in batch.reports().zip(first..) {
        other.begin_report(report.key(), row, report.unit());
        for claim in report.claims() {
            other.say(claim.field, claim.column, report.said(claim), claim.meant);
        }
        other.end_report();
    }
    other
}

/// Claims that are not wanted keep their place, without their words.
#[test]
fn a_claims_position_does_not_depend_on_what_is_wanted() {
    let place = tempfile::tempdir().unwrap();
    let pool = Pool::create_or_open(&place.path().join("p.sheaf")).unwrap();
    take_in(&pool, about("acme", "list.csv", None, 1), &batch(&[("1", "Kunming", 31)]));
    let mut seen = Vec::new();
    pool.for_each_current(Wanted::only(&[Field::PlaceName]), None, |_, report| {
        for claim in report.claims() {
            seen.push((claim.field, report.said(claim).to_owned()));
        }
    })
    .unwrap();
    let expected = [(Field::When, ""), (Field::PlaceName, "Kunming"), (Field::Toll, "")];
    assert_eq!(seen, expected.map(|(field, said)| (field, said.to_owned())));
    assert!(Wanted::all_but(&[Field::Reference]).has(Field::Damage));
    assert!(!Wanted::all_but(&[Field::Reference]).has(Field::Reference));
}

/// The nouns derive nothing that could write them down, and the layouts of the parts have names
/// and versions of their own.
#[test]
fn invariant_16_nouns_are_converted_by_hand() {
    let manifest = include_str!("../../sheaf-model/Cargo.toml");
    assert!(!manifest.contains("serde"), "the nouns know nothing of a wire format");
    // The store's own layout does not follow the nouns' declarations: it spells them in words.
    let layout = sheaf_store::schema::PartKind::Claims.layout();
    assert_eq!(layout, "claims@1");
}
