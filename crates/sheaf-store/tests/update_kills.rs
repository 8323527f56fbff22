//! A writer killed while it updates views leaves the former ones, or the new ones; never a mixture.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::*;
use sheaf_model::{Incident, IncidentId, Licence, ReportId, SettledIncident, SourceName};
use sheaf_store::{Access, ImportId, LinkageHead, Pool, SettledHead};

const POOL: &str = "SHEAF_TEST_POOL_TO_UPDATE";
const PROFILE: &str = "interval@1";

/// The incidents after so many updates: each update ends one, changes one and brings one.
fn incidents_after(step: u64) -> Vec<Incident> {
    let incident = |number: u64| {
        let reports = (0..1 + number % 3).map(|it| format!("acme:{number:06}-{it}"));
        // The last but one gained a report.
        let more = (number + 2 == step + 30).then(|| format!("zeta:{number:06}"));
        let reports: Vec<ReportId> =
            reports.chain(more).map(|id| ReportId::parse(&id).unwrap()).collect();
        Incident { id: IncidentId::of(&reports).unwrap(), reports }
    };
    (step..step + 30).map(incident).collect()
}

fn settled(incident: &Incident) -> SettledIncident {
    SettledIncident {
        incident: incident.clone(),
        profile: PROFILE,
        sources: vec![SourceName::new("acme").unwrap()],
        licence: Licence::ShareAlike,
        when: None,
        place: None,
        place_name: None,
        admin_one: None,
        country: None,
        kind: None,
        target: None,
        weapon: None,
        tolls: Vec::new(),
        claimed_by: Vec::new(),
        blamed_on: Vec::new(),
    }
}

/// The step is told by the basis, so that a check knows what a view should hold.
fn basis(step: u64) -> [u8; 32] {
    let mut basis = [0; 32];
    basis[..8].copy_from_slice(&step.to_le_bytes());
    basis
}

fn step_of(basis: [u8; 32]) -> u64 {
    u64::from_le_bytes(*basis.first_chunk().unwrap())
}

/// Updates views one after the other, and says the number of each step once all is kept.
fn write_on(path: &Path, n: u64, mut kept: impl FnMut(u64)) {
    let pool = Pool::create_or_open(path).unwrap();
    let (model, at) = ("none".to_owned(), AT.to_owned());
    let head = |step| LinkageHead {
        basis: basis(step),
        settings: "{}".to_owned(),
        model: model.clone(),
        at: at.clone(),
    };
    let settled_head =
        |step| SettledHead { basis: basis(step), profile: PROFILE.to_owned(), at: at.clone() };
    let mut linkage = match pool.linkage().unwrap() {
        Some(linkage) => linkage,
        None => pool.put_linkage(head(0), incidents_after(0)).unwrap(),
    };
    let mut view = pool.settled(PROFILE).unwrap().unwrap_or_else(|| {
        let mut writer = pool.begin_settled(settled_head(0)).unwrap();
        writer.write(&incidents_after(0).iter().map(settled).collect::<Vec<_>>()).unwrap();
        writer.finish().unwrap()
    });
    if pool.index("outlines").unwrap().is_none() {
        pool.put_index("outlines", &[], b"").unwrap();
    }
    let first = step_of(linkage.head.basis) + 1;
    for step in first..first + n {
        let (before, after) = (incidents_after(step_of(linkage.head.basis)), incidents_after(step));
        let changed = after.iter().filter(|it| !before.contains(it)).cloned();
        let gone = [before[0].id.clone()];
        linkage = pool.update_linkage(head(step), &linkage, changed, &gone).unwrap();
        // The view may lag a step behind, if the last writer was killed between the two.
        let before = incidents_after(step_of(view.head.basis));
        let gone: Vec<IncidentId> = before
            .iter()
            .map(|it| it.id.clone())
            .filter(|id| after.iter().all(|it| it.id != *id))
            .collect();
        let mut writer = pool.update_settled(settled_head(step), &view, &gone).unwrap();
        let changed = after.iter().filter(|it| !before.contains(it)).map(settled);
        writer.write(&changed.collect::<Vec<_>>()).unwrap();
        view = writer.finish().unwrap();
        let imports = [ImportId(step)];
        match step % 5 {
            0 => pool.put_index("outlines", &imports, &step.to_le_bytes()).unwrap(),
            _ => pool.append_index("outlines", &imports, &step.to_le_bytes()).unwrap(),
        }
        kept(step);
    }
}

/// Asserts that every view is whole and at least as new as the step kept.
fn check(path: &Path, kept: u64) {
    let pool = match Pool::open(path, Access::Read) {
        Ok(pool) => pool,
        Err(err) => {
            assert_eq!(kept, 0, "{err}");
            assert!(["no-such-pool", "not-a-pool"].contains(&err.code), "{}: {err}", err.code);
            return;
        }
    };
    assert_eq!(pool.verify().unwrap(), []);
    let Some(linkage) = pool.linkage().unwrap() else {
        assert_eq!(kept, 0);
        return;
    };
    let step = step_of(linkage.head.basis);
    assert!(step >= kept, "{step} linked, {kept} kept");
    let mut told = Vec::new();
    pool.for_each_incident(&linkage, |it| told.push(it)).unwrap();
    assert_eq!(told, incidents_after(step));
    assert_eq!(linkage.n_incidents, told.len() as u64);
    // Each update ended a handle, and that is never forgotten.
    for ended in 0..step {
        let handle = incidents_after(ended)[0].id.clone();
        let last = pool.handle_history(handle.as_str()).unwrap().pop().unwrap();
        assert!(last.became.iter().all(|(now, _)| now.is_none()), "{handle}");
    }
    if let Some(view) = pool.settled(PROFILE).unwrap() {
        let step = step_of(view.head.basis);
        assert!(step >= kept, "{step} settled, {kept} kept");
        let mut told = Vec::new();
        pool.for_each_settled(&view, |_| true, |it| told.push(it.incident)).unwrap();
        assert_eq!(told, incidents_after(step));
    } else {
        assert_eq!(kept, 0);
    }
    if let Some(index) = pool.index("outlines").unwrap().filter(|it| !it.basis.is_empty()) {
        let last = index.pieces.last().unwrap().as_slice();
        assert_eq!(last, index.basis[0].0.to_le_bytes(), "the piece is that of the basis");
    }
}

#[test]
fn a_killed_update_leaves_the_former_views() {
    if let Some(path) = std::env::var_os(POOL) {
        // We are the child: write until killed.
        return write_on(Path::new(&path), u64::MAX / 2, |step| {
            let mut out = std::io::stdout();
            writeln!(out, "kept {step}").and_then(|()| out.flush()).unwrap();
        });
    }
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.sheaf");
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut n_kept = 0;
    for round in 0..25 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_killed_update_leaves_the_former_views", "--nocapture"])
            .env(POOL, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut heard = n_kept;
        let mut hear = |line: String| {
            let step: Option<u64> = line.strip_prefix("kept ")?.parse().ok();
            heard = step?;
            step
        };
        for _ in 0..random % 4 {
            while lines.next().is_some_and(|line| hear(line).is_none()) {}
        }
        std::thread::sleep(Duration::from_micros(random / 4 % 40_000));
        child.kill().unwrap();
        for line in lines {
            hear(line);
        }
        child.wait().unwrap();
        assert!(heard >= n_kept, "round {round}");
        n_kept = heard;
        check(&path, n_kept);
    }
    assert!(n_kept > 20, "the children were killed too early to show anything: {n_kept}");
    write_on(&path, 1, |_| {});
    check(&path, n_kept + 1);
    drop(Pool::open(&path, Access::Write).unwrap());
    let pool = Pool::open(&path, Access::Read).unwrap();
    let (linkage, view) =
        (pool.linkage().unwrap().unwrap(), pool.settled(PROFILE).unwrap().unwrap());
    let n_pieces = pool.index("outlines").unwrap().unwrap().pieces.len();
    let n_files = std::fs::read_dir(path.join("parts")).unwrap().count();
    let n_most = linkage.n_layers() * 2 + view.n_layers() * 3 + n_pieces;
    assert!(n_files <= n_most, "{n_files} files, at most {n_most} in use");
}
