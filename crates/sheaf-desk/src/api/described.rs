//! Whether the description of the API says what there is.

use serde_json::Value;

use super::filter::Words;
use super::{OPENAPI, methods, rows};
use crate::pages::Wish;

#[test]
fn the_description_has_every_address_with_its_methods_and_no_other() {
    let described: Value = serde_json::from_str(OPENAPI).unwrap();
    let paths = described["paths"].as_object().unwrap();
    for (path, operations) in paths {
        let segments: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
        let filled: Vec<&str> =
            segments.iter().map(|it| if it.starts_with('{') { "x:1" } else { *it }).collect();
        let mut told: Vec<String> =
            operations.as_object().unwrap().keys().map(|it| it.to_uppercase()).collect();
        let mut found: Vec<&str> = methods(&filled).unwrap_or_else(|| panic!("{path}")).to_vec();
        // Whatever answers to GET answers to HEAD.
        found.retain(|it| *it != "HEAD");
        told.sort();
        found.sort_unstable();
        assert_eq!(told, found, "{path}");
    }
    // What the code knows of is written in one place; each word of it is described.
    let first = [
        "pool",
        "overview",
        "incidents",
        "why",
        "review",
        "sources",
        "openapi.json",
        "judgements",
        "read",
        "imports",
        "session",
        "my",
        "subscriptions",
        "alarms",
        "knew",
        "released",
        "corrections",
        "draft",
        "releases",
    ];
    for word in first {
        assert!(methods(&[word]).is_some() && paths.contains_key(&format!("/{word}")), "{word}");
    }
    assert!(paths.contains_key("/requests/{request}/said"));
    let words: std::collections::BTreeSet<&str> =
        paths.keys().filter_map(|it| it.split('/').nth(1)).collect();
    assert_eq!(words.len(), first.len() + 1);
}

#[test]
fn every_filter_is_described() {
    let described: Value = serde_json::from_str(OPENAPI).unwrap();
    let asked = described["paths"]["/incidents"]["get"]["parameters"].as_array().unwrap();
    for parameter in asked {
        let name = parameter["name"].as_str().unwrap();
        let mut words = Words::read(&format!("{name}=")).unwrap();
        rows::Asked::take(&mut words).unwrap();
        Wish::take(&mut words).unwrap();
        words.end().unwrap_or_else(|_| panic!("{name} is described and not known"));
    }
}
