//! May probabilities be taken at their word? `SHEAF_DATA=FOLDER cargo run --release -p sheaf-link
//! --example how_sure` links the labelled reports of `link/maverick-dev.csv` out of fold, by whole
//! elections, and prints how the probabilities of pairs and the number of incidents compare with the
//! labels: what a pair's weight is worth by itself, and after all others had their say, at several
//! tempers. Only some columns are read here, by hand, so linking does a little worse than it would on
//! what the reader makes of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use sheaf_link::learn::{Labelled, Learned, learn};
use sheaf_link::score::{Forecast, calibration};
use sheaf_link::{Blocking, Model, Outlines, Resample, SourceFacts, how_sure, link, weights_of};
use sheaf_model::{
    Attackers, Batch, Count, Day, Field, Harm, Meaning, Metres, Place, Qualifier, SourceKind, Toll,
    Unit, When, Whom,
};

const N_FOLDS: usize = 5;

struct Pool {
    outlines: Outlines,
    event_of: Vec<u32>,
    fold_of: Vec<usize>,
}

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let Some(folder) = std::env::var_os("SHEAF_DATA") else {
        println!("SHEAF_DATA is not set: nothing to measure");
        return Ok(());
    };
    let pool = read(&Path::new(&folder).join("link/maverick-dev.csv"))?;
    let learned: Vec<Learned> =
        (0..N_FOLDS).map(|fold| teach(&pool, fold)).collect::<Result<_, _>>()?;
    for (fold, it) in learned.iter().enumerate() {
        println!("fold {fold}: temper {}, log-loss {:.3} bits", it.model.temper, it.inner_log_loss);
    }
    for temper in [None, Some(0.0), Some(0.05), Some(0.1), Some(0.2), Some(0.5), Some(1.0)] {
        let (mut alone, mut all_told) = (Vec::new(), Vec::new());
        let (mut n_linked, mut n_events, mut ends) = (0, 0, [0; 2]);
        for (fold, learned) in learned.iter().enumerate() {
            let mut model = learned.model.clone();
            model.temper = temper.unwrap_or(model.temper);
            let test = positions(&pool, |of| of == fold);
            let some = pool.outlines.only(&test);
            let linkage = link(&some, &model, &Blocking::SHIPPED, &[]);
            let resample = Resample { n_draws: 400, seed: 1 };
            let sure = how_sure(&some, &model, &Blocking::SHIPPED, &linkage, &[], resample);
            let event = |at: u32| pool.event_of[test[at as usize] as usize];
            for (a, b, weight) in weights_of(&some, &model, &Blocking::SHIPPED, &linkage) {
                let incident = |at: u32| linkage.incident_of[at as usize];
                let (same, linked) = (event(a) == event(b), incident(a) == incident(b));
                let probability = model.calibration.probability(weight);
                alone.push(Forecast { probability, same, linked });
                let pair = (a.min(b), a.max(b));
                let found = sure.pairs.binary_search_by_key(&pair, |&(a, b, _)| (a, b));
                let probability = found.map_or(probability, |at| sure.pairs[at].2);
                all_told.push(Forecast { probability, same, linked });
            }
            n_linked += linkage.n_incidents;
            n_events += (0..test.len() as u32).map(event).collect::<BTreeSet<_>>().len();
            ends = [ends[0] + sure.n_incidents.low, ends[1] + sure.n_incidents.high];
        }
        if temper.is_none() {
            println!("{n_linked} incidents linked, {n_events} events");
            print("weights by themselves", &alone);
        }
        let name = temper.map_or("temper as learnt".to_owned(), |it| format!("temper {it}"));
        print(&name, &all_told);
        println!("  incidents, ends added up over folds: {}-{}", ends[0], ends[1]);
    }
    Ok(())
}

fn print(name: &str, pairs: &[Forecast]) {
    let it = calibration(pairs);
    let log_loss = |pairs: &mut dyn Iterator<Item = &Forecast>| {
        let losses = pairs.map(|it| {
            let right = if it.same { it.probability } else { 1.0 - it.probability };
            -right.max(1.0 / 800.0).log2()
        });
        let losses: Vec<f64> = losses.collect();
        losses.iter().sum::<f64>() / losses.len().max(1) as f64
    };
    println!(
        "{name}: calibration error {:.4} of all, {:.3} from 0.05 ({} pairs), {:.3} of linked ({}); \
         log-loss {:.4}, of linked {:.3}; Brier {:.4}, of linked {:.3}",
        it.all.error,
        it.likely.error,
        it.likely.n,
        it.linked.error,
        it.linked.n,
        log_loss(&mut pairs.iter()),
        log_loss(&mut pairs.iter().filter(|it| it.linked)),
        it.all.brier,
        it.linked.brier,
    );
}

fn positions(pool: &Pool, of: impl Fn(usize) -> bool) -> Vec<u32> {
    (0..pool.fold_of.len() as u32).filter(|&at| of(pool.fold_of[at as usize])).collect()
}

fn teach(pool: &Pool, held: usize) -> Result<Learned, Failure> {
    let train = positions(pool, |of| of != held);
    let outlines = pool.outlines.only(&train);
    let event_of: Vec<_> = train.iter().map(|&at| Some(pool.event_of[at as usize])).collect();
    let labelled = Labelled { outlines: &outlines, event_of: &event_of };
    Ok(learn(&[labelled], &Model::prior(), &Blocking::SHIPPED)?)
}

fn read(path: &Path) -> Result<Pool, Failure> {
    let mut rows = csv::Reader::from_path(path)?;
    let at: HashMap<String, usize> = rows.headers()?.iter().map(str::to_owned).zip(0..).collect();
    let rows: Vec<csv::StringRecord> = rows.records().collect::<Result<_, _>>()?;
    let cell = |row: usize, column: &str| -> &str {
        rows[row].get(at[column]).filter(|it| *it != "NA").unwrap_or("")
    };
    let mut batch = Batch::default();
    for row in 0..rows.len() {
        batch.begin_report(cell(row, "id"), row as u64 + 2, Unit::Incident);
        say(&mut batch, |column| cell(row, column));
        batch.end_report();
    }
    let mut outlines = Outlines::default();
    for report in batch.reports() {
        let source = SourceFacts { index: 0, kind: SourceKind::News };
        outlines.push(&format!("maverick:{}", report.key()), source, report);
    }
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut event_of = Vec::new();
    for row in 0..rows.len() {
        let next = numbers.len() as u32;
        event_of.push(*numbers.entry(cell(row, "event_id")).or_insert(next));
        *sizes.entry(cell(row, "election")).or_default() += 1;
    }
    // The largest elections first, each to the fold with the fewest reports.
    let mut elections: Vec<(&str, usize)> = sizes.into_iter().collect();
    elections.sort_by_key(|&(_, size)| std::cmp::Reverse(size));
    let (mut loads, mut folds) = ([0; N_FOLDS], HashMap::new());
    for (election, size) in elections {
        let fold = (0..N_FOLDS).min_by_key(|&fold| loads[fold]).unwrap_or(0);
        loads[fold] += size;
        folds.insert(election, fold);
    }
    let fold_of = (0..rows.len()).map(|row| folds[cell(row, "election")]).collect();
    Ok(Pool { outlines, event_of, fold_of })
}

fn say<'a>(batch: &mut Batch, cell: impl Fn(&str) -> &'a str) {
    let day = |column| Day::parse_iso(cell(column));
    if let (Some(first), Some(last)) = (day("date_start"), day("date_end"))
        && let Some(when) = When::new(first, last)
    {
        batch.say(Field::When, 0, "", Meaning::When(when));
    }
    let radius = match cell("geo_precision") {
        "6" => 1_000.0,
        "5" => 2_000.0,
        "4" => 4_000.0,
        "3" => 10_000.0,
        "2" => 50_000.0,
        _ => 500_000.0,
    };
    if let (Ok(lat), Ok(lon)) = (cell("latitude").parse(), cell("longitude").parse())
        && let Some(place) = Metres::new(radius).and_then(|radius| Place::new(lat, lon, radius))
    {
        batch.say(Field::Where, 1, "", Meaning::Where(place));
    }
    for (field, column) in [
        (Field::PlaceName, "city"),
        (Field::PlaceName, "location"),
        (Field::Country, "country"),
        (Field::Category, "event_context"),
        (Field::Category, "actor1_id"),
        (Field::Category, "actor2_id"),
        (Field::Target, "target"),
        (Field::Outlet, "source_author"),
    ] {
        if !cell(column).is_empty() {
            batch.say(field, 2, cell(column), Meaning::Words);
        }
    }
    for (harm, column) in [(Harm::Killed, "deaths_best"), (Harm::Injured, "injuries_best")] {
        if let Some(count) = cell(column).parse().ok().and_then(Count::exactly) {
            let (whom, attackers, qualifier) = (Whom::All, Attackers::Unsaid, Qualifier::Exactly);
            let toll = Toll { harm, whom, attackers, qualifier, count, as_of: None };
            batch.say(Field::Toll, 3, "", Meaning::Toll(toll));
        }
    }
    // Reports with the same source text were cut from one document (FNV-1a of the text).
    let words = cell("source");
    if !words.is_empty() {
        let fingerprint = words.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        batch.say(Field::Wording, 4, "", Meaning::Wording(fingerprint));
    }
}
