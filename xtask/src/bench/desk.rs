//! `cargo xtask bench desk`: many readers at once on a large pool. Each opens the overview, drags the map, brushes the
//! time line, filters, turns pages and opens incidents, as a member who signs in with a token; between two questions it
//! waits as a person does. What is measured is how long each answer takes, from asking to its last byte.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::{machine, size_of, thousands};
use crate::arguments::Arguments;
use crate::chance::Chance;
use crate::failure::{About, Failure, Outcome};
use crate::workspace::{self, Profile};

/// Changes whenever other incidents would be made up, so that a pool that was kept is made again.
const RECIPE: &str = "recipe 2";
const HEADERS: &str = "id,date,lat,lon,place,country,kind,killed";
/// How long after an import all is ready for those who look.
const READY_IN: Duration = Duration::from_secs(20);
const KINDS: [&str; 6] = ["bomb", "shooting", "stabbing", "arson", "vehicle-ramming", "assault"];

const MAPPING: &str = r#"
[source]
name = "made-up"
title = "Made-up incidents"
organisation = "Nobody"
licence = "open-with-attribution"
credit = "Nobody"
kind = "curated"

[key]
columns = ["id"]

[date]
start = "date"
formats = ["iso"]

[place]
lat = "lat"
lon = "lon"
radius = 2000

[[kind]]
columns = "kind"

[[toll]]
harm = "killed"
best = "killed"

[fields]
place = "place-name"
country = "country"
"#;

/// What readers ask, each measured by itself.
const ASKED: [&str; 5] = ["overview", "overview, moved", "overview, brushed", "list", "incident"];

/// Makes the pool, serves it, and lets readers read.
pub fn bench(args: &Arguments) -> Outcome<()> {
    let incidents = args.number("--incidents")?.unwrap_or(1_000_000).max(100);
    let readers = args.number("--readers")?.unwrap_or(50).max(1);
    let seconds = args.number("--seconds")?.unwrap_or(30).max(1);
    let pause = Duration::from_millis(args.number("--pause-ms")?.unwrap_or(2000));
    workspace::build(&["sheaf"], Profile::Release)?;
    let program = workspace::built("sheaf", Profile::Release)?;
    let folder = workspace::target()?.join("bench").join(format!("desk-{incidents}"));
    let token = made(&program, &folder, incidents)?;
    println!(
        "{}; {} incidents, {readers} readers, a pause of {} ms on average",
        machine(),
        thousands(incidents),
        pause.as_millis()
    );
    println!("pool on disk {:.0} MB\n", size_of(&folder.join("a.sheaf")) as f64 / 1e6);
    let server = first_views(&program, &folder, &token)?;
    let measured =
        read_all(&server.at, &token, readers, Duration::from_secs(seconds), pause, incidents)?;
    print_table(&measured, seconds as f64, (server.cpu_s(), server.peak_mb()));
    Ok(())
}

/// What a first view of the pool costs: right after the start, when nothing is made yet, and after an import. Gives the
/// server with which that was done.
fn first_views(program: &Path, folder: &Path, token: &str) -> Outcome<Server> {
    const VIEW: &str = "/api/v1/overview?zoom=1&bins=120";
    let taken = |line: &mut Line| -> Outcome<f64> {
        let begun = Instant::now();
        line.get(VIEW)?;
        Ok(begun.elapsed().as_secs_f64())
    };
    println!("| first view | seconds |");
    println!("|---|--:|");
    let server = Server::start(program, folder)?;
    let holder = taken(&mut Line::here(&server)?)?;
    println!("| whoever holds the pool, at once after the start | {holder:.2} |");
    drop(server);
    let server = Server::start(program, folder)?;
    let mut member = Line::to(&server.at, token)?;
    println!("| a member who sees a part, at once after the start | {:.2} |", taken(&mut member)?);
    println!("| the same again | {:.3} |", taken(&mut member)?);
    let import = |number: u64| -> Outcome<()> {
        let name = format!("more-{number}.csv");
        let day = 1 + number % 28;
        let text =
            format!("{HEADERS}\nn{number},2020-02-{day:02},10.5,20.5,Place 1,Country 1,bomb,3\n");
        let path = folder.join(&name);
        std::fs::write(&path, text).about(format!("write {}", path.display()))?;
        run(program, folder, &["add", "a.sheaf", &name, "--quiet"]).map(|_| ())
    };
    // Numbers that were not taken in before, in a pool that is kept from one bench to the next.
    let number = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs());
    import(number)?;
    // A line that is idle for long is closed, so it is another one.
    let at_once = taken(&mut Line::to(&server.at, token)?)?;
    println!("| a member, at once after an import | {at_once:.2} |");
    import(number + 1)?;
    std::thread::sleep(READY_IN);
    let (later, ready) = (READY_IN.as_secs(), taken(&mut Line::to(&server.at, token)?)?);
    println!("| a member, {later} s after an import | {ready:.3} |\n");
    Ok(server)
}

/// How long answers took, in milliseconds, by what was asked.
type Times = [Vec<f64>; ASKED.len()];

fn print_table(measured: &Times, seconds: f64, (cpu_s, peak_mb): (Option<f64>, Option<f64>)) {
    println!("| asked | answers | median ms | p95 ms | p99 ms | slowest ms |");
    println!("|---|--:|--:|--:|--:|--:|");
    let line = |name: &str, times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        if !times.is_empty() {
            println!(
                "| {name} | {} | {:.0} | {:.0} | {:.0} | {:.0} |",
                times.len(),
                at(0.5),
                at(0.95),
                at(0.99),
                at(1.0)
            );
        }
    };
    let mut all = Vec::new();
    for (name, times) in ASKED.iter().zip(measured) {
        all.extend_from_slice(times);
        line(name, &mut times.clone());
    }
    line("all", &mut all);
    println!("\n{:.0} answers a second", all.len() as f64 / seconds);
    if let Some(cpu_s) = cpu_s {
        println!("{cpu_s:.1} CPU s of the server since its start");
    }
    if let Some(peak_mb) = peak_mb {
        println!("{peak_mb:.0} MB of memory at the most");
    }
}

/// The pool, made once and kept; the token of a member who may see all of it.
fn made(program: &Path, folder: &Path, incidents: u64) -> Outcome<String> {
    let stamp = folder.join("token.txt");
    let recipe = format!("{RECIPE} of {incidents}");
    if let Ok(text) = std::fs::read_to_string(&stamp)
        && let Some((kept, token)) = text.split_once('\n')
        && kept == recipe
    {
        return Ok(token.trim().to_owned());
    }
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).about(format!("make {}", folder.display()))?;
    eprintln!("making {incidents} incidents up");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).about(format!("write {}", path.display()))
    };
    write("made-up.csv", &table(incidents))?;
    write("made-up.toml", MAPPING)?;
    let run = |args: &[&str]| run(program, folder, args);
    eprintln!("pooling them");
    run(&["pool", "a.sheaf", "made-up.csv", "--quiet"])?;
    // What the member does not see, so that all is linked anew for it.
    write(
        "kept-back.csv",
        &format!("{HEADERS}\nk1,2019-03-04,12.5,30.5,Place 2,Country 2,bomb,1\n"),
    )?;
    write("kept-back.toml", &MAPPING.replace("made-up", "kept-back"))?;
    run(&["add", "a.sheaf", "kept-back.csv", "--quiet"])?;
    for name in ["nobody", "reader"] {
        run(&["member", "add", "a.sheaf", name, "--region", name, "--purposes", "research"])?;
    }
    let how = ["--by", "nobody", "--tlp", "green", "--purpose", "research"];
    run(&[&["share", "a.sheaf", "--source", "made-up"], &how[..]].concat())?;
    run(&[
        "account",
        "add",
        "a.sheaf",
        "reader",
        "--member",
        "reader",
        "--role",
        "contributor",
        "--read",
        "all",
    ])?;
    let token = run(&["token", "add", "a.sheaf", "reader", "--days", "3000"])?;
    write("token.txt", &format!("{recipe}\n{token}\n"))?;
    Ok(token)
}

/// Runs the program in the folder of the pool; what it says.
fn run(program: &Path, folder: &Path, args: &[&str]) -> Outcome<String> {
    let ran = Command::new(program).args(args).current_dir(folder).output();
    let ran = ran.about(format!("run {}", program.display()))?;
    match ran.status.success() {
        true => Ok(String::from_utf8_lossy(&ran.stdout).trim().to_owned()),
        false => Err(Failure::new(format!(
            "sheaf {}: {}",
            args.join(" "),
            String::from_utf8_lossy(&ran.stderr).trim()
        ))),
    }
}

/// Incidents all over the world and ten years, no two of which are alike enough to be taken for one.
fn table(incidents: u64) -> String {
    let mut chance = Chance::from_seed(1);
    let mut text = format!("{HEADERS}\n");
    for id in 0..incidents {
        let (lat, lon) = (within(&mut chance, -50.0, 65.0), within(&mut chance, -170.0, 179.0));
        let day = chance.below(3650) as i64;
        let (kind, killed) = (KINDS[chance.below(6) as usize], chance.below(12));
        let (year, rest) = (2011 + day / 365, day % 365);
        let (month, date) = (rest / 31 + 1, rest % 28 + 1);
        let (place, country) = (chance.below(20_000), chance.below(180));
        let _ = writeln!(
            text,
            "m{id},{year}-{month:02}-{date:02},{lat:.4},{lon:.4},Place {place},Country {country},{kind},{killed}"
        );
    }
    text
}

struct Server {
    child: Child,
    at: String,
    /// The path that opens the desk to whoever holds the pool.
    here: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(program: &Path, folder: &Path) -> Outcome<Server> {
        let mut child = Command::new(program)
            .args([
                "serve",
                "a.sheaf",
                "--listen",
                "127.0.0.1:0",
                "--requests-per-second",
                "1000000",
            ])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .about(format!("run {}", program.display()))?;
        let out = child.stdout.as_mut().ok_or_else(|| Failure::new("the server has no output"))?;
        let mut out = BufReader::new(out);
        // Where it listens, and the way in for whoever holds the pool.
        let mut line = || -> Outcome<String> {
            let mut line = String::new();
            out.read_line(&mut line).about("read where the server listens")?;
            Ok(line.trim().to_owned())
        };
        let (taxii, here) = (line()?, line()?);
        let at = taxii.strip_prefix("http://").and_then(|it| it.split('/').next());
        let path = |at: &str| {
            let rest = here.strip_prefix("http://")?.strip_prefix(at)?;
            rest.split_whitespace().next().map(str::to_owned)
        };
        match at.and_then(|at| Some((at.to_owned(), path(at)?))) {
            Some((at, here)) => Ok(Server { at, here, child }),
            None => Err(Failure::new(format!("the server says \"{taxii}\" and \"{here}\""))),
        }
    }

    /// The most memory it had since the start, where the system tells it.
    fn peak_mb(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some(peak.trim().strip_suffix(" kB")?.parse::<f64>().ok()? / 1e3)
    }

    /// Processor time since the start, where the system tells it.
    fn cpu_s(&self) -> Option<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        // Times in hundredths of a second, of itself and of the system for it.
        let ticks: f64 = fields.get(11..13)?.iter().filter_map(|it| it.parse::<f64>().ok()).sum();
        Some(ticks / 100.0)
    }
}

/// Every reader's answers.
fn read_all(
    at: &str,
    token: &str,
    readers: u64,
    long: Duration,
    pause: Duration,
    incidents: u64,
) -> Outcome<Times> {
    let until = Instant::now() + long;
    let threads: Vec<_> = (0..readers)
        .map(|reader| {
            let (at, token) = (at.to_owned(), token.to_owned());
            std::thread::spawn(move || read(&at, &token, reader, until, pause, incidents))
        })
        .collect();
    let mut all = Times::default();
    for thread in threads {
        let times = thread.join().map_err(|_| Failure::new("a reader broke off"))??;
        for (all, its) in all.iter_mut().zip(times) {
            all.extend(its);
        }
    }
    Ok(all)
}

fn read(
    at: &str,
    token: &str,
    reader: u64,
    until: Instant,
    pause: Duration,
    incidents: u64,
) -> Outcome<Times> {
    let mut chance = Chance::from_seed(100 + reader);
    let mut line = Line::to(at, token)?;
    let mut times = Times::default();
    // Not all at the same moment.
    std::thread::sleep(pause.mul_f64(within(&mut chance, 0.0, 1.0)));
    while Instant::now() < until {
        let what = chance.below(ASKED.len() as u64) as usize;
        let zoom = 2 + chance.below(6);
        let (west, south) = (within(&mut chance, -170.0, 100.0), within(&mut chance, -50.0, 40.0));
        let wide = 80.0 / zoom as f64;
        let year = 2011 + chance.below(8);
        let path = match what {
            0 => "/api/v1/overview?zoom=1&bins=120".to_owned(),
            1 => format!(
                "/api/v1/overview?zoom={zoom}&bins=120&bbox={west:.2},{south:.2},{:.2},{:.2}",
                west + wide,
                south + wide / 2.0
            ),
            2 => format!(
                "/api/v1/overview?zoom={zoom}&bins=120&since={year}-03-01&until={}-06-30&kind=bomb",
                year + 1
            ),
            3 => format!(
                "/api/v1/incidents?limit=50&country=Country+{}&order=killed",
                chance.below(180)
            ),
            _ => format!("/api/v1/incidents/made-up:m{}", chance.below(incidents)),
        };
        let begun = Instant::now();
        line.get(&path)?;
        times[what].push(begun.elapsed().as_secs_f64() * 1e3);
        std::thread::sleep(pause.mul_f64(within(&mut chance, 0.0, 2.0)));
    }
    Ok(times)
}

/// A number between two others.
fn within(chance: &mut Chance, low: f64, high: f64) -> f64 {
    low + (high - low) * chance.unit()
}

/// A connection that stays open.
struct Line {
    reader: BufReader<TcpStream>,
    head: String,
}

impl Line {
    /// As a member.
    fn to(at: &str, token: &str) -> Outcome<Line> {
        Line::proven(at, &format!("Authorization: Bearer {token}"))
    }

    /// As whoever holds the pool.
    fn here(server: &Server) -> Outcome<Line> {
        let mut door = Line::proven(&server.at, "Accept-Language: en")?;
        let head = door.answer(&server.here)?.0;
        let cookie = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let is_it = name.eq_ignore_ascii_case("set-cookie");
            is_it.then(|| value.split(';').next().unwrap_or_default().to_owned())
        });
        let cookie = cookie.ok_or_else(|| Failure::new("the desk opens to nobody"))?;
        Line::proven(&server.at, &format!("Cookie: {cookie}"))
    }

    fn proven(at: &str, by: &str) -> Outcome<Line> {
        let stream = TcpStream::connect(at).about(format!("connect to {at}"))?;
        let _ = stream.set_nodelay(true);
        let head = format!("Host: {at}\r\n{by}\r\nAccept: application/json\r\n\r\n");
        Ok(Line { reader: BufReader::new(stream), head })
    }

    /// Asks, and reads the answer to its end.
    fn get(&mut self, path: &str) -> Outcome<()> {
        let (head, body) = self.answer(path)?;
        match head.split(' ').nth(1) {
            Some("200") => Ok(()),
            _ => Err(Failure::new(format!("{path}: {head}: {}", String::from_utf8_lossy(&body)))),
        }
    }

    /// The head of the answer, and its body.
    fn answer(&mut self, path: &str) -> Outcome<(String, Vec<u8>)> {
        let request = format!("GET {path} HTTP/1.1\r\n{}", self.head);
        self.reader.get_mut().write_all(request.as_bytes()).about("ask the server")?;
        let (mut head, mut long, mut text) = (String::new(), 0_usize, String::new());
        loop {
            text.clear();
            let read = self.reader.read_line(&mut text).about("read the answer's head")?;
            if read <= 2 {
                break;
            }
            head.push_str(&text);
            if let Some(value) = text.to_ascii_lowercase().strip_prefix("content-length:") {
                long = value.trim().parse().about("read the length of the answer")?;
            }
        }
        let mut body = vec![0; long];
        self.reader.read_exact(&mut body).about("read the answer")?;
        Ok((head, body))
    }
}
