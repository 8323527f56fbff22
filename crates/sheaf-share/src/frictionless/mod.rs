//! Settled incidents as tables that describe themselves: CSV files and a `datapackage.json`
//! (Frictionless Data Package and Table Schema, <https://specs.frictionlessdata.io/>).
//!
//! In go incidents as one reader sees them and the sources they rest on; out come files as bytes
//! ([`write`](fn@write)). `incidents.csv` has a row for each, with the columns of
//! [`COLUMNS`](crate::seen::COLUMNS), in which lists are joined with "; ". Beside it lie tables in
//! which nothing is joined: every toll with its scope, every organisation named, every report. The
//! package gives each column its type and what it may hold, the terms of the whole, whom to credit,
//! and a hash of each file, so that a validator notices a damaged cell.
//!
//! What may not be passed on is left out and counted. What is not here: writing to disk, and the
//! program's own exports, which are for its holders too.

mod package;
mod table;
mod tables;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use sheaf_model::{Moment, Source};

use crate::Losses;
use crate::seen::Seen;

/// What a package says of itself.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Its name: lower-case letters, digits, `-`, `_` and `.`.
    pub name: &'a str,
    /// What it is called.
    pub title: &'a str,
    /// The sources of the pool. Those that no incident here rests on are not named.
    pub sources: &'a [Source],
    /// When it was made.
    pub created: Moment,
}

/// A file of the package.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Its name, without a folder.
    pub name: &'static str,
    /// What stands in it.
    pub bytes: Vec<u8>,
}

/// What was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    /// The tables, and `datapackage.json` as the last.
    pub files: Vec<File>,
    /// What the tables could not carry.
    pub losses: Losses,
}

/// Writes the incidents in the order given. An incident whose marking or licence keeps it where it
/// lies is left out, whatever the caller decided.
pub fn write<'a>(incidents: impl IntoIterator<Item = Seen<'a>>, about: &About<'_>) -> Written {
    let mut losses = Losses::of("frictionless");
    let mut tables = tables::all();
    let mut named = BTreeSet::new();
    let mut strictest = None;
    for seen in incidents {
        if !seen.may_travel() {
            losses.add(
                "not-to-be-passed-on",
                1,
                "incidents are left out: they may not be passed on",
            );
            continue;
        }
        losses.n_carried += 1;
        for table in &mut tables {
            table.add(&seen);
        }
        named.extend(seen.settled.sources.iter());
        strictest = strictest.max(Some(seen.settled.licence.max(seen.marking.licence)));
        seen.add_losses(&mut losses);
    }
    let n_guarded = tables.iter().map(|table| table.n_guarded()).sum();
    losses.add(
        "formula-guarded",
        n_guarded,
        "cells of text begin like a formula and had an apostrophe put in front",
    );
    let sources = about.sources.iter().filter(|source| named.contains(&source.name));
    let mut files: Vec<File> = tables.iter().map(|table| table.file()).collect();
    let package = package::describe(about, sources, strictest, &tables, &files, &losses);
    files.push(File { name: "datapackage.json", bytes: package });
    Written { files, losses }
}
