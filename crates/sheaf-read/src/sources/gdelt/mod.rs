//! GDELT 2.0 event export, read as leads. Rust is here for the address of the article: its path
//! spells the headline, which names people, so only its host is kept, with a fingerprint of the
//! whole by which two leads of one article are known.

use sheaf_model::{Field, Meaning};

use crate::mapping::{Hand, Out, exact_fingerprint};
use crate::rows::Row;
use crate::sources::{About, BuiltIn, position};

/// See the module's text and `source.toml`.
pub struct Gdelt;

static ABOUT: About = About {
    name: "gdelt",
    mapping: include_str!("source.toml"),
    sample_name: "sample.export.csv",
    sample: include_bytes!("sample.export.csv"),
};

impl BuiltIn for Gdelt {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn hand(&self, columns: &[String]) -> Option<Box<dyn Hand>> {
        Some(Box::new(Address(position(columns, "SOURCEURL")?)))
    }
}

struct Address(u16);

impl Hand for Address {
    fn read(&mut self, row: &Row, out: &mut Out<'_>) {
        let said = row.cell(usize::from(self.0)).trim();
        if said.is_empty() {
            return;
        }
        match host(said) {
            Some(host) => out.say(Field::Outlet, self.0, host, Meaning::Words),
            // GDELT also cites broadcasts and books in words of their own.
            None => out.withhold(self.0),
        }
        let fingerprint = exact_fingerprint(said);
        out.say(Field::Reference, self.0, "", Meaning::Wording(fingerprint));
    }
}

/// The host of an address, without a user name, a port or "www.".
fn host(address: &str) -> Option<&str> {
    let rest = address.split_once("://").map(|(_, rest)| rest)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = rest[..end].rsplit('@').next()?.split(':').next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    let plain = host.contains('.')
        && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    plain.then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_read_as_expected() {
        crate::sources::check_sample(&ABOUT);
    }

    #[test]
    fn of_an_address_only_the_host_is_kept() {
        for (address, expected) in [
            ("https://www.example.org/news/a-person-is-named-here-1.2", Some("example.org")),
            ("http://user:word@news.example.org:8080?q=1", Some("news.example.org")),
            ("BBC Monitoring", None),
            ("https://", None),
        ] {
            assert_eq!(host(address), expected, "{address}");
        }
    }
}
