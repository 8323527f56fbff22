//! What its owner allows to be done with a report: who may see it, for what, from when, until when.
//! These are the words only. What they mean for a reader is decided in one place, the sharing rules
//! of `sheaf-share`.

use std::collections::BTreeSet;
use std::fmt;

use crate::member::words;
use crate::{GroupName, Licence, MemberId, Moment};

words! {
    /// The Traffic Light Protocol, version 2.0 (FIRST, August 2022): how far a report may be
    /// passed. In order from the least to the most restrictive.
    #[derive(Default)]
    Tlp {
        /// Anyone.
        Clear = "clear";
        /// Every member of the pool.
        Green = "green";
        /// Those named, and those who work beside its owner.
        Amber = "amber";
        /// Those named, within their own organisations. What is not marked is this.
        #[default]
        AmberStrict = "amber+strict";
        /// Those named, and no further.
        Red = "red";
    }
}

words! {
    /// The Permissible Actions Protocol: what may be done with a report, beside who may see it. In
    /// order from the least to the most restrictive.
    #[derive(Default)]
    Pap {
        /// Anything the law allows (called WHITE before 2022).
        Clear = "clear";
        /// Active steps too, such as asking those concerned.
        Green = "green";
        /// Nothing that those whom it is about could notice. What is not marked is this.
        #[default]
        Amber = "amber";
        /// Reading only.
        Red = "red";
    }
}

words! {
    /// What a report may be used for, and what a reader reads for. The list is closed: rating
    /// people, groups of people or neighbourhoods is in none of them, and no word can be added at a
    /// desk.
    Purpose {
        /// Journalism: finding and checking what happened, to publish it.
        Reporting = "reporting";
        /// Research whose results name no person.
        Research = "research";
        /// Keeping one's own staff and sites safe.
        SecurityOperations = "security-operations";
        /// Protecting the public in emergencies: fire, rescue, health services, warning.
        CivilProtection = "civil-protection";
        /// Running railways, airports, roads and ports safely.
        TransportOperations = "transport-operations";
        /// Police tasks laid down in law.
        Policing = "policing";
        /// Getting help to people in need.
        Humanitarian = "humanitarian";
    }
}

/// What its owner allows to be done with one report.
///
/// Every field counts on its own, and emptiness allows nothing: without a purpose nobody but the
/// owner reads it, without a group nobody is named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Marking {
    /// How far it may be passed.
    pub tlp: Tlp,
    /// What may be done with it.
    pub pap: Pap,
    /// The groups named as recipients.
    pub groups: BTreeSet<GroupName>,
    /// What it may be used for.
    pub purposes: BTreeSet<Purpose>,
    /// Until then nobody but the owner sees it; from that moment on others may.
    pub embargo: Option<Moment>,
    /// From that moment on nobody sees it any more, the owner included.
    pub expires: Option<Moment>,
    /// How far the terms of its source let it travel.
    pub licence: Licence,
    /// The member who contributed it and alone may widen, revise or withdraw it. `None` for what is
    /// drawn from reports of several members: nobody has an owner's rights over that.
    pub originator: Option<MemberId>,
}

impl Marking {
    /// What a report gets of which its owner has said nothing: AMBER+STRICT, no group, no purpose,
    /// terms unread. Nobody but the owner sees it.
    ///
    /// ```
    /// use sheaf_model::{Marking, MemberId, Tlp};
    /// let marking = Marking::unsaid(MemberId::new("north-rail").unwrap());
    /// assert_eq!(marking.tlp, Tlp::AmberStrict);
    /// assert!(marking.groups.is_empty() && marking.purposes.is_empty());
    /// ```
    pub fn unsaid(originator: MemberId) -> Marking {
        Marking {
            tlp: Tlp::default(),
            pap: Pap::default(),
            groups: BTreeSet::new(),
            purposes: BTreeSet::new(),
            embargo: None,
            expires: None,
            licence: Licence::Unknown,
            originator: Some(originator),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_in_order_of_how_restrictive_they_are() {
        assert!(Tlp::ALL.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(Pap::ALL.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(Tlp::from_name("amber+strict"), Some(Tlp::default()));
        // "white" is a word of TLP 1.0; who reads foreign markings maps it, here it is unknown.
        assert_eq!(Tlp::from_name("white"), None);
    }

    #[test]
    fn there_is_no_purpose_of_rating_people() {
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::from_name(purpose.name()), Some(*purpose));
            for word in ["person", "profil", "scor", "suspect", "marketing"] {
                assert!(!purpose.name().contains(word), "{purpose}");
            }
        }
    }
}
