//! What people write to one another: read before it is kept.

use sheaf_share::screen::screen;

use super::told::Told;

/// Longer texts are nobody's to read.
const LONGEST_TEXT: usize = 4000;

/// Words of a person, which must not name one.
pub(super) fn words(text: &str, field: &str) -> Result<String, Told> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Told::bad("bad-body", format!("{field} is empty")));
    }
    if text.chars().count() > LONGEST_TEXT {
        let what = format!("{field} has more than {LONGEST_TEXT} characters");
        return Err(Told::bad("bad-body", what));
    }
    match screen(text).first() {
        None => Ok(text.to_owned()),
        Some(hit) => {
            let before = text[..hit.span.start].chars().count();
            let what =
                format!("{field}: what stands at character {} may name a person", before + 1);
            Err(Told::new(422, "names-a-person", what).hint("say it by role and place instead"))
        }
    }
}
