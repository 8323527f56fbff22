//! Column names that promise data about people. Such a column is refused even where no mapping
//! knows it, and a mapping that asks for it is wrong. A name can only promise: what matters is that
//! an unknown column is never stored either, whatever it is called.

/// Words that are about persons or groups of persons wherever they stand, and what they hold.
const ALWAYS: &[(&[&str], &str)] = &[
    (
        &[
            "surname",
            "forename",
            "firstname",
            "lastname",
            "fullname",
            "nickname",
            "alias",
            "aliases",
        ],
        "names of persons",
    ),
    (&["age", "ages", "dob", "birth", "birthdate", "birthday", "birthplace"], "ages of persons"),
    (&["sex", "gender", "genders", "male", "female", "males", "females"], "the sex of persons"),
    (
        &["ethnic", "ethnicity", "ethnicities", "race", "races", "tribe", "caste", "clan"],
        "the ethnicity of persons",
    ),
    (
        &["religion", "religions", "religious", "faith", "sect", "denomination"],
        "the religion of persons",
    ),
    (
        &["nationality", "nationalities", "natlty", "citizenship", "citizen"],
        "the nationality of persons",
    ),
    (&["passport", "ssn", "idcard"], "identity papers"),
    (&["phone", "telephone", "mobile", "email", "mail"], "ways to reach persons"),
    (
        &[
            "marital",
            "occupation",
            "profession",
            "mental",
            "criminal",
            "immigration",
            "ideology",
            "prior",
            "diagnosis",
        ],
        "the lives of persons",
    ),
];

/// Words for persons: a column about them is refused unless it only counts them.
const PERSONS: &[&str] = &[
    "victim",
    "victims",
    "suspect",
    "suspects",
    "perpetrator",
    "perpetrators",
    "offender",
    "offenders",
    "shooter",
    "shooters",
    "assailant",
    "assailants",
    "attacker",
    "gunman",
    "witness",
    "witnesses",
    "person",
    "persons",
    "hostage",
    "detainee",
    "arrested",
    "accused",
    "child",
    "children",
    "women",
    "men",
    "participant",
];

/// Words that make a column with one of [`PERSONS`] a count.
const COUNTS: &[&str] = &[
    "n",
    "num",
    "number",
    "count",
    "total",
    "killed",
    "dead",
    "deaths",
    "injured",
    "wounded",
    "fatalities",
    "casualties",
    "abducted",
    "missing",
];

/// What kind of data about people a column of this name would hold; `None` if its name promises
/// none.
///
/// ```
/// use sheaf_read::people_in;
/// assert_eq!(people_in("Victim_Name"), Some("names of persons"));
/// assert_eq!(people_in("suspectAge"), Some("ages of persons"));
/// assert_eq!(people_in("place_name"), None);
/// assert_eq!(people_in("damage"), None);
/// ```
pub fn people_in(column: &str) -> Option<&'static str> {
    let words = words(column);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    for &(list, what) in ALWAYS {
        if has(list) {
            return Some(what);
        }
    }
    let named = has(&["name", "names"]);
    let only_counted = has(COUNTS) && !named;
    if has(PERSONS) && !only_counted {
        return Some(if named { "names of persons" } else { "data about persons" });
    }
    // A bare "name" can only be a person's or a place's; a place's is called so.
    (named && words.len() == 1).then_some("names of persons")
}

/// The words of a column's name: split at everything that is no letter or digit, and where a small
/// letter meets a capital one.
fn words(column: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in column.chars() {
        let starts = !c.is_alphabetic() || (c.is_uppercase() && small);
        if starts && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        small = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn person_columns_are_known_by_name() {
        for (column, expected) in [
            ("victim_name", Some("names of persons")),
            ("VictimName", Some("names of persons")),
            ("Suspect 1 Age", Some("ages of persons")),
            ("name", Some("names of persons")),
            ("Name", Some("names of persons")),
            ("perpetrator", Some("data about persons")),
            ("shooter_race", Some("the ethnicity of persons")),
            ("natlty1_txt", Some("the nationality of persons")),
            ("Actor1EthnicCode", Some("the ethnicity of persons")),
            ("religion", Some("the religion of persons")),
            ("e-mail", Some("ways to reach persons")),
            ("Gender", Some("the sex of persons")),
            ("victims_killed", None),
            ("number_of_victims", None),
            ("place_name", None),
            ("country_name", None),
            ("damage", None),
            ("agency", None),
            ("percentage", None),
            ("racecourse", None),
            ("target", None),
        ] {
            assert_eq!(people_in(column), expected, "{column}");
        }
    }
}
