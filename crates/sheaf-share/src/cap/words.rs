//! The words that CAP allows in its closed lists, as types. `Very Likely` of CAP 1.0 is read as
//! `Likely`, as the standard asks.

/// A closed list: its type, and the words for it in the order of the standard.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name {
            $($(#[$word_doc])* $word),+
        }

        impl $name {
            /// All of them, in the order of the standard.
            pub const ALL: &'static [$name] = &[$($name::$word),+];

            /// The word of the standard.
            pub fn word(self) -> &'static str {
                match self {
                    $($name::$word => stringify!($word)),+
                }
            }

            /// What this word stands for; capitals count.
            pub fn from_word(word: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|it| it.word() == word)
            }
        }
    };
}

words! {
    /// Whether the alert is meant.
    Status {
        /// To be acted on.
        Actual,
        /// To be acted on by the participants of an exercise.
        Exercise,
        /// For the network itself.
        System,
        /// A technical test; to be disregarded.
        Test,
        /// Not to be acted on as it stands.
        Draft,
    }
}

words! {
    /// What the message does.
    MessageType {
        /// It tells something new.
        Alert,
        /// It supersedes earlier messages.
        Update,
        /// It calls earlier messages off.
        Cancel,
        /// It says that messages were received.
        Ack,
        /// It says that messages were rejected.
        Error,
    }
}

words! {
    /// For whom the alert is meant.
    Scope {
        /// Everybody.
        Public,
        /// Those whom its restriction names.
        Restricted,
        /// Those whom its addresses name.
        Private,
    }
}

words! {
    /// What sort of happening.
    Category {
        /// Geophysical.
        Geo,
        /// Meteorological.
        Met,
        /// General emergency and public safety.
        Safety,
        /// Law enforcement, military, homeland and private security.
        Security,
        /// Rescue and recovery.
        Rescue,
        /// Fire suppression and rescue.
        Fire,
        /// Medical and public health.
        Health,
        /// Pollution and other environmental.
        Env,
        /// Public and private transportation.
        Transport,
        /// Utilities, telecommunication and other infrastructure.
        Infra,
        /// Chemical, biological, radiological, nuclear or explosive.
        CBRNE,
        /// Anything else.
        Other,
    }
}

words! {
    /// What those addressed should do.
    Response {
        /// Take shelter.
        Shelter,
        /// Leave.
        Evacuate,
        /// Make preparations.
        Prepare,
        /// Carry out a planned activity.
        Execute,
        /// Avoid the happening.
        Avoid,
        /// Attend to information.
        Monitor,
        /// Evaluate the information.
        Assess,
        /// It is over.
        AllClear,
        /// Nothing.
        None,
    }
}

words! {
    /// How soon to act.
    Urgency {
        /// At once.
        Immediate,
        /// Within the next hour.
        Expected,
        /// In the near future.
        Future,
        /// No longer.
        Past,
        /// Not known.
        Unknown,
    }
}

words! {
    /// How bad it is.
    Severity {
        /// An extraordinary threat.
        Extreme,
        /// A significant threat.
        Severe,
        /// A possible threat.
        Moderate,
        /// A minimal threat.
        Minor,
        /// Not known.
        Unknown,
    }
}

words! {
    /// How sure it is.
    Certainty {
        /// It happened or goes on.
        Observed,
        /// More likely than not.
        Likely,
        /// Possible.
        Possible,
        /// Not expected.
        Unlikely,
        /// Not known.
        Unknown,
    }
}
