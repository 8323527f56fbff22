//! Screening takes any text, and its hits lie in it. How much it finds is measured by `cargo xtask eval screen` on the
//! invented, labelled set beside this file.

use proptest::prelude::*;
use sheaf_share::screen::screen;

proptest! {
    #[test]
    fn any_text_is_screened_and_hits_lie_in_it(text in "(.|[A-Z][a-z]{1,6}|[0-9+() -]{1,9}|[ .,@:/]|, 34,|名叫|السيد ){0,24}") {
        let hits = screen(&text);
        let mut end = 0;
        for hit in &hits {
            prop_assert!(end <= hit.span.start && hit.span.start < hit.span.end);
            prop_assert!(text.get(hit.span.clone()).is_some());
            end = hit.span.end;
        }
        prop_assert_eq!(hits, screen(&text));
    }
}
