//! Media types: TAXII 2.1, section 1.6.8, and what a client says it accepts (RFC 9110, section 12.5.1).

/// What every answer is.
pub(crate) const TAXII: &str = "application/taxii+json;version=2.1";

/// A media type taken apart: what stands before the first semicolon, and the version if it names one.
fn parts(text: &str) -> (String, Option<String>, bool) {
    let mut pieces = text.split(';').map(str::trim);
    let kind = pieces.next().unwrap_or_default().to_ascii_lowercase();
    let (mut version, mut wanted) = (None, true);
    for piece in pieces {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "version" => version = Some(value.to_owned()),
            "q" => wanted = value.parse().unwrap_or(1.0) > 0.0,
            _ => {}
        }
    }
    (kind, version, wanted)
}

/// Whether a client accepts TAXII 2.1. None said, anything is accepted.
pub(crate) fn accepts(header: Option<&str>) -> bool {
    let Some(header) = header else { return true };
    header.split(',').any(|range| {
        let (kind, version, wanted) = parts(range);
        let fits = matches!(kind.as_str(), "application/taxii+json" | "application/*" | "*/*");
        fits && wanted && version.is_none_or(|version| version == "2.1")
    })
}

/// Whether what was sent is TAXII 2.1.
pub(crate) fn is_taxii(header: Option<&str>) -> bool {
    header.is_some_and(|header| {
        let (kind, version, _) = parts(header);
        kind == "application/taxii+json" && version.is_none_or(|version| version == "2.1")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_accepted() {
        for header in [
            "application/taxii+json;version=2.1",
            "application/taxii+json; version=2.1",
            "application/taxii+json",
            "text/html, application/taxii+json;version=\"2.1\";q=0.5",
            "*/*",
            "application/*;q=0.1",
        ] {
            assert!(accepts(Some(header)), "{header}");
        }
        for header in [
            "application/taxii+json;version=2.0",
            "application/json",
            "text/html",
            "application/vnd.oasis.taxii+json",
            "*/*;q=0",
            "",
        ] {
            assert!(!accepts(Some(header)), "{header}");
        }
        assert!(accepts(None));
        assert!(!is_taxii(None));
        assert!(is_taxii(Some("Application/TAXII+json; charset=utf-8")));
        assert!(!is_taxii(Some("application/json")));
    }
}
