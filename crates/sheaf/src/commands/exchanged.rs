//! `sheaf export --to misp|frictionless|cap --for MEMBER`: incidents as that member may see and pass on, in the
//! formats of other people's tools. They are linked and settled anew from what the owners allow that member.

use std::fs;
use std::path::Path;

use sheaf_desk::{Incidents as _, Layer, directory, public_messages};
use sheaf_model::{Marking, Member, MemberId, Moment, Role};
use sheaf_share::cap::{
    Audience, Gone, Index, Limits, Time, alert_of, entry_of, incident_uuid, message_entry,
    message_id, read_alert, restriction, write_alert, write_index,
};
use sheaf_share::frictionless::{self, About};
use sheaf_share::misp::{self, Outgoing};
use sheaf_share::rules::{Directory, Reader, as_shown};
use sheaf_share::seen::Seen;
use sheaf_store::Access;
use sheaf_store::exchange::Exchange;

use super::{Went, counted, exported, now_micros, open, print, remark};
use crate::args::{Everywhere, ExportFormat, Exporting};
use crate::failure::Failure;
use crate::filter;
use crate::layer::Layers;
use crate::pipeline::sources;
use crate::suggest;

/// Stands for whoever is no member.
const ANYONE: &str = "anyone";

pub fn export(args: &Exporting, everywhere: &Everywhere) -> Result<Went, Failure> {
    if args.cite {
        return Err(Failure::new("not-a-citation", "an export for a member is not cited")
            .hint("what a member may see changes with what the owners allow"));
    }
    if args.which.profile != "interval" || !args.which.times.knowing().is_everything() {
        return Err(Failure::new(
            "not-with-this-format",
            "what members exchange is settled by the profile interval, as known now",
        )
        .hint("leave --profile, --as-known-on and --claims-until out"));
    }
    let log = Exchange::open(&args.pool)?;
    let directory = directory(&log)?;
    let Some(name) = &args.reader else {
        return Err(Failure::new("needs-a-reader", "--for is missing")
            .hint("name the member for whom it is, or anyone: --for north-rail"));
    };
    let reader = reader(&directory, name)?;
    let now = Moment::from_millis(now_micros() / 1000)
        .ok_or_else(|| Failure::new("bad-clock", "the clock says no time that there is"))?;
    let layers = Layers::of(&args.pool)?;
    layers.call_off(now)?;
    let layer = layers.seen_by(&reader, now)?;
    let markings: Vec<Marking> =
        layer.markings.iter().map(|it| as_shown(it, &reader, &directory)).collect();
    let seen: Vec<Seen<'_>> = wanted(args, &layer, &markings);
    let tells = args.to == ExportFormat::Cap && !public_messages(&log, now)?.is_empty();
    if seen.is_empty() && !tells {
        return Err(Failure::new(
            "not-entitled",
            format!("there is no incident like that which {name} may see"),
        )
        .hint("`sheaf share POOL --source NAME --show` says who may see what"));
    }
    let sentences = match args.to {
        ExportFormat::Misp => misp(args, &log, &directory, &seen, now)?,
        ExportFormat::Frictionless => package(args, &seen, now)?,
        _ => alerts(args, &log, &directory, &seen, now)?,
    };
    let which: Vec<String> = seen.iter().map(|it| it.settled.incident.id.to_string()).collect();
    exported(args, which.len() as u64, &which)?;
    for sentence in sentences {
        remark(everywhere, &sentence);
    }
    Ok(Went::Fine)
}

/// A member as one who reads there, or anyone.
fn reader(directory: &Directory, name: &str) -> Result<Reader, Failure> {
    if name == ANYONE {
        return Ok(Reader::anyone());
    }
    let member = member(directory, name)?;
    let purposes = member.purposes.clone();
    Ok(Reader::of(directory, &member.id, [Role::Contributor, Role::Reviewer], purposes))
}

fn member<'a>(directory: &'a Directory, name: &str) -> Result<&'a Member, Failure> {
    let found = MemberId::new(name).ok().and_then(|id| directory.member(&id));
    found.ok_or_else(|| {
        let failure = Failure::new("no-such-member", format!("there is no member {name}"));
        match suggest::nearest(name, directory.members().map(|it| it.id.as_str())) {
            Some(near) => failure.hint(format!("did you mean {near}?")),
            None => failure.hint("`sheaf member list POOL` lists them"),
        }
    })
}

/// In whose name it goes out: whoever is named, or the only one who shares anything.
fn sender<'a>(
    args: &Exporting,
    log: &Exchange,
    directory: &'a Directory,
) -> Result<&'a Member, Failure> {
    if let Some(name) = &args.by {
        return member(directory, name);
    }
    let mut owners: Vec<String> = log
        .sharings()?
        .into_iter()
        .filter_map(|it| Some(it.marking.originator?.as_str().to_owned()))
        .collect();
    owners.sort_unstable();
    owners.dedup();
    match owners.as_slice() {
        [owner] => member(directory, owner),
        _ => Err(Failure::new("whose", "several members share sources here")
            .hint(format!("say in whose name it goes out: --by {}", owners.join(" or --by ")))),
    }
}

fn wanted<'a>(args: &Exporting, layer: &'a Layer, markings: &'a [Marking]) -> Vec<Seen<'a>> {
    layer
        .incidents
        .iter()
        .zip(&layer.marked)
        .filter(|(settled, _)| filter::wants(&args.which, settled))
        .map(|(settled, &marked)| Seen { settled, marking: &markings[marked] })
        .collect()
}

fn misp(
    args: &Exporting,
    log: &Exchange,
    directory: &Directory,
    seen: &[Seen<'_>],
    modified: Moment,
) -> Result<Vec<String>, Failure> {
    let by = sender(args, log, directory)?;
    let written = misp::write(seen.iter().map(|&seen| Outgoing { seen, modified }), by);
    let text = misp::response(&written.events).to_string() + "\n";
    match &args.out {
        None => print(&text)?,
        Some(path) => write(path, text.as_bytes())?,
    }
    Ok(written.losses.sentences())
}

fn package(args: &Exporting, seen: &[Seen<'_>], created: Moment) -> Result<Vec<String>, Failure> {
    let folder = folder(args)?;
    let pool = open(&args.pool, Access::Read)?;
    let name =
        args.pool.file_stem().map_or_else(String::new, |it| it.to_string_lossy().to_lowercase());
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    let name: String = name.chars().map(|c| if is_plain(c) { c } else { '-' }).collect();
    let title = format!("Incidents of {name}");
    let sources = sources(&pool.imports()?);
    let about = About { name: &name, title: &title, sources: &sources, created };
    let written = frictionless::write(seen.iter().copied(), &about);
    for file in &written.files {
        write(&folder.join(file.name), &file.bytes)?;
    }
    Ok(written.losses.sentences())
}

/// One file for each incident and an index. They are for those whom the marking names, never for the public:
/// for that a person has to release each.
fn alerts(
    args: &Exporting,
    log: &Exchange,
    directory: &Directory,
    seen: &[Seen<'_>],
    now: Moment,
) -> Result<Vec<String>, Failure> {
    let folder = folder(args)?;
    let sent = Time::from_unix_s(now.millis() / 1000)
        .ok_or_else(|| Failure::new("bad-clock", "the clock says no time that CAP can write"))?;
    let by = sender(args, log, directory)?;
    let mut index = Index {
        id: format!("urn:sheaf:{}", by.id),
        title: format!("Incidents as {} passes them on", by.id),
        updated: Some(sent.clone()),
        author: Some(by.id.to_string()),
        links: Vec::new(),
        entries: Vec::new(),
        gone: Vec::new(),
    };
    let mut n_kept = 0;
    // What nobody released is no alert to everybody, public as its reports may be.
    let restricted = if args.reader.as_deref() == Some(ANYONE) { &[] } else { seen };
    for seen in restricted {
        if !seen.may_travel() {
            n_kept += 1;
            continue;
        }
        let alert = alert_of(seen, by.id.as_str(), sent.clone());
        let audience = Audience::Restricted { restriction: restriction(seen.marking) };
        let xml = write_alert(&alert, &audience).map_err(not_written)?;
        // What we send we would take.
        let read = read_alert(xml.as_bytes(), &Limits::ALERT)
            .map_err(|why| Failure::new("cannot-write", format!("{}: {why}", seen.id())))?;
        if let Some(problem) = read.problems.first().filter(|_| !read.is_valid()) {
            return Err(Failure::new("cannot-write", format!("{}: {problem}", seen.id())));
        }
        let file = format!("{}.cap", incident_uuid(seen.id()));
        write(&folder.join(&file), xml.as_bytes())?;
        index.entries.push(entry_of(seen, file, sent.clone()));
    }
    let n_restricted = index.entries.len() as u64;
    let messages = public_messages(log, now)?;
    for message in &messages {
        let file = format!("{}.cap", message.alert.identifier);
        write(&folder.join(&file), message.xml.as_bytes())?;
        index.entries.push(message_entry(&message.alert, file));
        let former = message.instead_of.as_ref();
        index
            .gone
            .extend(former.map(|it| Gone { id: message_id(it), when: message.alert.sent.clone() }));
    }
    write(&folder.join("index.atom"), write_index(&index).map_err(not_written)?.as_bytes())?;
    let mut sentences = vec![format!(
        "cap: {} Restricted and {} that two people released to everybody, in {}; no claim is carried, and \
         none of it is a public warning",
        counted(n_restricted, "alert"),
        counted(messages.len() as u64, "message"),
        folder.display()
    )];
    if n_kept > 0 {
        let kept = counted(n_kept, "incident");
        sentences.push(format!("cap: {kept} left out: they may not be passed on"));
    }
    Ok(sentences)
}

fn not_written(why: sheaf_share::cap::NotWritten) -> Failure {
    Failure::new("cannot-write", why.to_string())
}

fn folder(args: &Exporting) -> Result<&Path, Failure> {
    let Some(folder) = args.out.as_deref() else {
        return Err(Failure::new("needs-a-file", "this format is several files")
            .hint("name a folder: --out incidents"));
    };
    fs::create_dir_all(folder)
        .map_err(|err| Failure::new("cannot-write", format!("{}: {err}", folder.display())))?;
    Ok(folder)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes)
        .map_err(|err| Failure::new("cannot-write", format!("{}: {err}", path.display())))
}
