//! Why there is no answer. A statistic that is asked about too little, or about something its
//! formula cannot hold, says so in a sentence that a person can act on.

/// Why a statistic gives no answer.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum NoAnswer {
    /// Fewer cases than the question needs.
    #[error("there are {have} cases, and {need} are the fewest that can be asked about")]
    TooFewCases {
        /// How many there are.
        have: usize,
        /// How many it takes.
        need: usize,
    },
    /// All cases fall into one step of time: nothing can be more at one time than at another.
    #[error("all {have} cases fall on one day (or step of time), so that no time stands out")]
    OneDay {
        /// How many cases there are.
        have: usize,
    },
    /// All cases are at one place.
    #[error("all {have} cases are at one place ({place}), so that no place stands out")]
    OnePlace {
        /// How many cases there are.
        have: usize,
        /// The place.
        place: String,
    },
    /// A window longer than the time there are data for.
    #[error("a window of {window} {unit} is longer than the data, which span {have} {unit}")]
    WindowTooLong {
        /// The longest window that was asked for.
        window: f64,
        /// How much there is.
        have: f64,
        /// What both are counted in.
        unit: &'static str,
    },
    /// Coordinates that are missing or lie off the globe.
    #[error("{place} has no usable coordinates ({why})")]
    NoCoordinates {
        /// The place.
        place: String,
        /// What is wrong with them.
        why: String,
    },
    /// A case at a place or in a step that is not there.
    #[error("a case refers to {what}, which is not there")]
    Unknown {
        /// What was referred to.
        what: String,
    },
    /// An option without meaning.
    #[error("{option} is {value}; it must be {must}")]
    BadOption {
        /// The option.
        option: &'static str,
        /// Its value.
        value: String,
        /// What it must be.
        must: &'static str,
    },
    /// Cases where the background says that nobody could have had one.
    #[error("{have} cases at {place}, where the {background} says there is nobody")]
    Impossible {
        /// How many cases.
        have: usize,
        /// Where.
        place: String,
        /// Population, or controls.
        background: &'static str,
    },
    /// More neighbours than memory should be given to.
    #[error("circles this large hold {pairs} pairs of places, more than {most}")]
    TooManyNeighbours {
        /// How many pairs.
        pairs: usize,
        /// How many are allowed.
        most: usize,
    },
    /// A fit that does not settle.
    #[error("the fit does not settle: {why}")]
    NoFit {
        /// What happened.
        why: String,
    },
}

impl NoAnswer {
    /// What would help.
    pub fn hint(&self) -> &'static str {
        match self {
            NoAnswer::TooFewCases { .. } => "take a longer period, a wider region or more sources",
            NoAnswer::OneDay { .. } => "take a longer period, or shorter steps of time",
            NoAnswer::OnePlace { .. } => "take a wider region, or ask about the total rate",
            NoAnswer::WindowTooLong { .. } => "make the window shorter, or the period longer",
            NoAnswer::NoCoordinates { .. } => "give latitude then longitude, or leave it out",
            NoAnswer::Unknown { .. } => "list every place once, and take a period that holds all",
            NoAnswer::BadOption { .. } => "see the help of the command for what it stands for",
            NoAnswer::Impossible { .. } => "check that both files name places alike",
            NoAnswer::TooManyNeighbours { .. } => "set a smaller largest radius",
            NoAnswer::NoFit { .. } => "take more events, or a simpler background",
        }
    }
}
