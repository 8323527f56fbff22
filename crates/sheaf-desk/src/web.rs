//! The pages themselves: files that were built from `web/` and are part of the program. They hold no data;
//! what they show they ask of the API.

use crate::answer::Answer;
use crate::desk::Request;

/// Path, bytes, and the same compressed by gzip where that is smaller.
type File = (&'static str, &'static [u8], Option<&'static [u8]>);

const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

const INDEX: &str = "index.html";

/// Nothing from elsewhere, no script or style that is not a file of ours, no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                      connect-src 'self'; worker-src 'self' blob:; font-src 'self'; manifest-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Whether a request is for a page, or for a file that one needs. All pages are the one document, which finds
/// out which page it is to show; so is every other address that a browser is sent to by somebody who has not
/// signed in by a header, as programs do.
pub(crate) fn is_here(request: &Request<'_>) -> bool {
    let path = request.path.trim_matches('/');
    let first = path.split('/').next().unwrap_or_default();
    let is_a_program = request.authorization.is_some() || matches!(first, "api" | "taxii2");
    let is_a_browser = request.accept.is_some_and(|it| it.contains("text/html"));
    path.is_empty()
        || first == "assets"
        || file(path).is_some()
        || is_a_browser && !is_a_program && matches!(request.method, "GET" | "HEAD")
}

/// Answers with a page or a file.
pub(crate) fn answer(request: &Request<'_>) -> Answer {
    if !matches!(request.method, "GET" | "HEAD") {
        return text(405, "this address answers to GET and HEAD")
            .with("Allow", "GET, HEAD".to_owned());
    }
    let path = request.path.trim_matches('/');
    if FILES.is_empty() {
        return text(
            404,
            "This program was built without its pages. `cargo xtask web` builds them; then build the \
             program again. The API is at /api/v1, TAXII at /taxii2/, maps at /features.",
        );
    }
    let found = match file(path) {
        None if path.starts_with("assets") => return text(404, "there is no such file"),
        None => file(INDEX),
        found => found,
    };
    let Some(&(path, bytes, gzip)) = found else { return text(404, "there is no such page") };
    let tag = format!("\"{}\"", &blake3::hash(bytes).to_hex()[..32]);
    let cache = match path.starts_with("assets/") {
        // Their names change with what they hold.
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let is_known = request.if_none_match.is_some_and(|known| known.contains(&tag));
    let takes_gzip = request.accept_encoding.is_some_and(|it| it.contains("gzip"));
    let answer = match (is_known, gzip.filter(|_| takes_gzip)) {
        (true, _) => Answer::of(304, ""),
        (false, Some(gzip)) => Answer::of(200, gzip).with("Content-Encoding", "gzip".to_owned()),
        (false, None) => Answer::of(200, bytes),
    };
    answer
        .with("Content-Type", media_type(path).to_owned())
        .with("Cache-Control", cache.to_owned())
        .with("ETag", tag)
        .with("Vary", "Accept-Encoding".to_owned())
        .with("Content-Security-Policy", POLICY.to_owned())
        .with("Referrer-Policy", "no-referrer".to_owned())
        .with("Cross-Origin-Opener-Policy", "same-origin".to_owned())
}

fn file(path: &str) -> Option<&'static File> {
    FILES.iter().find(|(it, _, _)| *it == path)
}

fn text(status: u16, what: &str) -> Answer {
    Answer::of(status, format!("{what}\n"))
        .with("Content-Type", "text/plain; charset=utf-8".to_owned())
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "geojson" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
