//! A file that holds no data but the words by which a server refused it. A download that was not
//! permitted often ends as a small page under the name of the data set; taken for an empty data set
//! it would say that nothing happened, when it says nothing at all.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::failure::Failure;

/// Bytes looked at.
const LOOKED_AT: u64 = 1 << 13;

/// Words by which access is refused. Only files from which no report could be read are looked at.
const WORDS: [&str; 15] = [
    "access denied",
    "accessdenied",
    "not authorized",
    "not authorised",
    "unauthorized",
    "unauthorised",
    "forbidden",
    "invalid key",
    "invalid api key",
    "invalid token",
    "authentication required",
    "login required",
    "please log in",
    "subscription required",
    "not entitled",
];

/// The failure to tell, if the file is a refusal: a page or an object with the words for it. What
/// else stands in it, a key or an address perhaps, is not repeated.
pub fn told(path: &Path) -> Option<Failure> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LOOKED_AT).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes).to_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with(['<', '{', '[']) && text.lines().count() > 3 {
        return None;
    }
    let word = WORDS.iter().find(|word| text.contains(*word))?;
    let what = format!("{}: no data, but a refusal: it says \"{word}\"", path.display());
    Some(Failure::new("not-entitled", what).hint(
        "check the key or the permission and fetch it again; the pool is unchanged, and knows \
         nothing new about what happened",
    ))
}
