//! A floor under what the screening finds, on the half of the set that its rules were tuned on.

use xtask::eval::screen::{Score, half};

#[test]
fn rule_02_recall_is_measured_on_a_labelled_set() {
    let (dev, held) = (half("dev"), half("held"));
    assert!(dev.len() >= 100 && held.len() >= 100);
    let score = Score::of(&dev, false);
    let table = score.table("the half that the rules were tuned on");
    assert!(table.contains("held back"), "{table}");
    assert!(score.recall() >= 0.97, "recall on the tuned half fell to {:.3}", score.recall());
    assert!(score.precision() >= 0.85, "precision fell to {:.3}", score.precision());
    // What was held out is measured and holds nothing up: a floor would be tuned to.
    let score = Score::of(&held, false);
    assert!(score.personal.0 > 0 && score.clean.0 > 0);
}
