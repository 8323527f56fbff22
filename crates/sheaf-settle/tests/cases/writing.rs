//! A settled incident as the rows of a case's second table.

use std::fmt::Display;

use sheaf_model::{ClaimRef, Settled, SettledIncident};

pub fn rows(settled: &SettledIncident) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut add = |field: &str, value: &dyn Display, from: &[ClaimRef], against: &[ClaimRef]| {
        let named = |claims: &[ClaimRef]| {
            let mut reports: Vec<u32> = claims.iter().map(|claim| claim.report).collect();
            reports.dedup();
            let id = |&it: &u32| settled.incident.reports[it as usize].to_string();
            reports.iter().map(id).collect::<Vec<_>>().join(", ")
        };
        rows.push(vec![field.to_owned(), value.to_string(), named(from), named(against)]);
    };
    let it = settled;
    if let Some(Settled { value, from, against, .. }) = &it.when {
        add("when", value, from, against);
    }
    if let Some(Settled { value, from, against, .. }) = &it.place {
        add("where", value, from, against);
    }
    if let Some(Settled { value, from, against, .. }) = &it.kind {
        add("kind", value, from, against);
    }
    for (field, words) in [
        ("place-name", &it.place_name),
        ("admin-1", &it.admin_one),
        ("country", &it.country),
        ("target", &it.target),
        ("weapon", &it.weapon),
    ] {
        if let Some(Settled { value, from, against, .. }) = words {
            add(field, value, from, against);
        }
    }
    for Settled { value, from, against, .. } in &it.tolls {
        add("toll", value, from, against);
    }
    for (field, named) in [("claimed-by", &it.claimed_by), ("blamed-on", &it.blamed_on)] {
        for Settled { value, from, against, .. } in named {
            add(field, value, from, against);
        }
    }
    rows
}

pub fn table(rows: &[Vec<String>]) -> String {
    let mut text = "| field | value | from | against |\n|--|--|--|--|\n".to_owned();
    for row in rows {
        text += &format!("| {} |\n", row.join(" | ")).replace("|  |", "| |");
    }
    text
}

/// The text with its first table of settled values replaced.
pub fn with_table(text: &str, table: &str) -> String {
    let start = text.find("| field | value |").unwrap();
    let end = text[start..].find("\n\n").map_or(text.len(), |len| start + len + 1);
    format!("{}{table}{}", &text[..start], &text[end..])
}
