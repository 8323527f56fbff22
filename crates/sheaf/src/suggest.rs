//! "Did you mean …?"

/// The candidate nearest to `text` by edit distance (insertions, deletions, substitutions and
/// swaps of neighbours), if it is near enough to be a slip: a third of the text's length at most.
pub fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = text.chars().count().div_ceil(3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(text, candidate), candidate))
        .filter(|&(distance, _)| distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let names = ["table", "json", "geojson"];
        assert_eq!(nearest("jsno", names), Some("json"));
        assert_eq!(nearest("tabel", names), Some("table"));
        assert_eq!(nearest("csv", names), None);
    }
}
