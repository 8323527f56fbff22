//! What people write to one another: read before it is kept.

use sheaf_share::screen::{NotKept, may_be_kept};

use super::told::Told;

/// Words of a person, which must say something and name nobody.
pub(super) fn words(text: &str, field: &str) -> Result<String, Told> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Told::bad("bad-body", format!("{field} is empty")));
    }
    may_be_kept(text, |_| false).map(|()| text.to_owned()).map_err(|why| {
        let what = format!("{field}: {why}");
        let told = match why {
            NotKept::TooLong => Told::bad("bad-body", what),
            NotKept::Names(_) => Told::new(422, "names-a-person", what),
        };
        Told { hint: why.hint().map(str::to_owned), ..told }
    })
}
