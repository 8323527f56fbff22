//! A marking in one line of text, for whoever keeps markings and compares them: the same marking gives the
//! same line. It is made for keeping and not for sending; what is sent is written by the formats.

use std::collections::BTreeSet;

use sheaf_model::{GroupName, Licence, Marking, MemberId, Moment, Pap, Purpose, Tlp};

/// What a line begins with; another begin is another form.
const FORM: &str = "marking/1";

/// A marking as a line.
///
/// ```
/// use sheaf_model::{Marking, MemberId};
/// use sheaf_share::rules::{as_line, from_line};
/// let marking = Marking::unsaid(MemberId::new("north-rail").unwrap());
/// let line = as_line(&marking);
/// assert_eq!(line, "marking/1;amber+strict;amber;;;;;unknown;north-rail");
/// assert_eq!(from_line(&line), Some(marking));
/// ```
pub fn as_line(marking: &Marking) -> String {
    let Marking { tlp, pap, groups, purposes, embargo, expires, licence, originator } = marking;
    let words = |words: Vec<&str>| words.join(",");
    // No name and no word holds a comma or a semicolon.
    [
        FORM.to_owned(),
        tlp.name().to_owned(),
        pap.name().to_owned(),
        words(groups.iter().map(GroupName::as_str).collect()),
        words(purposes.iter().map(|it| it.name()).collect()),
        embargo.map(|it| it.to_string()).unwrap_or_default(),
        expires.map(|it| it.to_string()).unwrap_or_default(),
        licence.name().to_owned(),
        originator.as_ref().map(ToString::to_string).unwrap_or_default(),
    ]
    .join(";")
}

/// The marking that a line says; `None` for a line of any other form, which must be taken for the most
/// restrictive one.
pub fn from_line(line: &str) -> Option<Marking> {
    let parts: Vec<&str> = line.split(';').collect();
    let [FORM, tlp, pap, groups, purposes, embargo, expires, licence, originator] = parts[..]
    else {
        return None;
    };
    let words = |text: &str| -> Vec<String> {
        text.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let moment = |text: &str| match text {
        "" => Some(None),
        text => Moment::parse(text).map(Some),
    };
    let groups: Option<BTreeSet<GroupName>> =
        words(groups).iter().map(|it| GroupName::new(it).ok()).collect();
    let purposes: Option<BTreeSet<Purpose>> =
        words(purposes).iter().map(|it| Purpose::from_name(it)).collect();
    Some(Marking {
        tlp: Tlp::from_name(tlp)?,
        pap: Pap::from_name(pap)?,
        groups: groups?,
        purposes: purposes?,
        embargo: moment(embargo)?,
        expires: moment(expires)?,
        licence: Licence::from_name(licence)?,
        originator: match originator {
            "" => None,
            name => Some(MemberId::new(name).ok()?),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{at, group, marking};
    use super::*;

    #[test]
    fn every_part_of_a_marking_comes_back() {
        let mut full = marking(Tlp::Amber);
        full.groups.insert(group("quiet-table"));
        full.embargo = Some(at(100));
        full.expires = Some(at(200));
        full.licence = Licence::ShareAlike;
        for marking in [full.clone(), Marking { originator: None, ..full }] {
            assert_eq!(from_line(&as_line(&marking)), Some(marking));
        }
    }

    #[test]
    fn a_line_that_does_not_add_up_is_no_marking() {
        let line = as_line(&marking(Tlp::Green));
        for broken in [
            String::new(),
            line.replace("green", "white"),
            line.replace("marking/1", "marking/2"),
            line.replace("policing", "policing,rating"),
            format!("{line};"),
            line.replace("corridor", "Corridor"),
        ] {
            assert_eq!(from_line(&broken), None, "{broken}");
        }
    }
}
