//! Figures that were measured elsewhere, on the same files unless it says otherwise. They are
//! printed beside ours in a column of their own, each with where it comes from.

use super::table::Elsewhere;

const HERE: &str = "R package 0.4.3, notes to the data";
const PYTHON: &str = "Python, notes to the data, folds by election";

/// On MAVERICK, pairwise F1.
pub const MAVERICK: &[Elsewhere] = &[
    Elsewhere {
        method: "MELTT, 1 km / 0 d, no taxonomy",
        figure: "P .674 R .106 F1 .183",
        place: HERE,
    },
    Elsewhere {
        method: "MELTT, 5 km / 1 d, actor and target, partial 1",
        figure: "P .435 R .081 F1 .136",
        place: HERE,
    },
    Elsewhere {
        method: "Splink 4.0.17, EM and components",
        figure: "at most .021",
        place: "the whole published file, notes to the data",
    },
    Elsewhere { method: "logistic regression, components", figure: ".351", place: PYTHON },
    Elsewhere { method: "logistic regression, average link at .3", figure: ".640", place: PYTHON },
    Elsewhere { method: "gradient boosting, average link at .3", figure: ".674", place: PYTHON },
    Elsewhere {
        method: "the reference model",
        figure: ".743 (.674–.793)",
        place: "Python, research/linking",
    },
];

/// Between the two countries, pairwise F1.
pub const BETWEEN_COUNTRIES: &[Elsewhere] = &[
    Elsewhere {
        method: "the reference model, Kenya → Côte d'Ivoire",
        figure: ".769",
        place: "Python, research/linking",
    },
    Elsewhere {
        method: "the reference model, Côte d'Ivoire → Kenya",
        figure: ".715",
        place: "Python, research/linking",
    },
];

/// On a synthetic pool of so many reports a source, pairwise F1.
pub fn synthetic(size: u64) -> &'static [Elsewhere] {
    const MELTT: &str = "MELTT, 5 km / 1 d, type and actor";
    match size {
        1_000 => &[
            Elsewhere { method: MELTT, figure: "F1 .687, 4.8 s", place: HERE },
            Elsewhere {
                method: "MELTT, 10 km / 2 d, type and actor, partial 1",
                figure: "F1 .842",
                place: HERE,
            },
            Elsewhere {
                method: "Splink 4.0.17",
                figure: "F1 .978, 53 s",
                place: "notes to the data",
            },
            Elsewhere {
                method: "the reference model, unsupervised",
                figure: "F1 .9885",
                place: "Python, research/linking",
            },
        ],
        3_000 => &[
            Elsewhere { method: MELTT, figure: "F1 .680, 56.7 s", place: HERE },
            Elsewhere {
                method: "Splink 4.0.17",
                figure: "F1 .950, 98 s",
                place: "notes to the data",
            },
            Elsewhere {
                method: "the reference model, unsupervised",
                figure: "F1 .973",
                place: "Python, research/linking",
            },
        ],
        10_000 => &[Elsewhere { method: MELTT, figure: "F1 .637, 794 s", place: HERE }],
        _ => &[],
    }
}
