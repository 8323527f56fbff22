//! What a request asks for: the part of an address after the question mark (TAXII 2.1, section 3.4).

use sheaf_store::exchange::{Micros, Versions, Wish, read_stamp};

use crate::answer::Answer;

/// What is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Asked {
    pub wish: Wish,
    pub added_after: Option<Micros>,
    pub limit: Option<usize>,
    pub next: Option<String>,
    /// Whether whoever asks is a pool that wants to know where the objects come from.
    pub travel: bool,
}

/// The most values that one filter may name.
const MOST_VALUES: usize = 500;

impl Asked {
    /// Reads a query. Names nobody knows are passed over, as TAXII wants; values that cannot be read are
    /// a mistake to hear of.
    pub(crate) fn read(query: &str) -> Result<Asked, Answer> {
        let mut asked = Asked::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name)?, decoded(value)?);
            match name.as_str() {
                "match[id]" => asked.wish.ids = listed(&name, &value)?,
                "match[type]" => asked.wish.types = listed(&name, &value)?,
                "match[version]" => {
                    for word in listed(&name, &value)? {
                        asked.wish.versions.push(version(&word)?);
                    }
                }
                "match[spec_version]" => {
                    for word in listed(&name, &value)? {
                        // A version of STIX that there is none of is no mistake: nothing fits it.
                        asked.wish.specs.push(match word.as_str() {
                            "2.0" => 20,
                            "2.1" => 21,
                            _ => 0,
                        });
                    }
                }
                // The second is that of the list of what was withdrawn.
                "added_after" | "since" => {
                    let stamp = read_stamp(&value).ok_or_else(|| {
                        Answer::bad_request(format!(
                            "{name} is no time; one is written 2016-02-21T05:01:01.000Z"
                        ))
                    })?;
                    asked.added_after = Some(stamp);
                }
                "limit" => {
                    let limit = value.parse().ok().filter(|&limit: &usize| limit > 0);
                    asked.limit =
                        Some(limit.ok_or_else(|| {
                            Answer::bad_request("limit is no whole number above 0")
                        })?);
                }
                "x_sheaf_travel" => asked.travel = value == "yes",
                "next" => asked.next = Some(value),
                _ => {}
            }
        }
        Ok(asked)
    }

    /// Everything that must stay the same from page to page.
    pub(crate) fn fixed(&self) -> String {
        format!("{:?} {:?}", self.wish, self.added_after)
    }
}

fn listed(name: &str, value: &str) -> Result<Vec<String>, Answer> {
    let words: Vec<String> =
        value.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect();
    match words.len() {
        0 => Err(Answer::bad_request(format!("{name} names nothing"))),
        n if n > MOST_VALUES => Err(Answer::bad_request(format!(
            "{name} names {n} values; at most {MOST_VALUES} can be"
        ))),
        _ => Ok(words),
    }
}

fn version(word: &str) -> Result<Versions, Answer> {
    Ok(match word {
        "first" => Versions::First,
        "last" => Versions::Last,
        "all" => Versions::All,
        _ => Versions::At(read_stamp(word).ok_or_else(|| {
            Answer::bad_request("match[version] is first, last, all or the time of a version")
        })?),
    })
}

/// Undoes percent-encoding.
pub(crate) fn decoded(text: &str) -> Result<String, Answer> {
    let wrong = || Answer::bad_request("the address holds a % that stands for no character");
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'%' => {
                let digits = text.get(at + 1..at + 3).ok_or_else(wrong)?;
                if !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
                    return Err(wrong());
                }
                decoded.push(u8::from_str_radix(digits, 16).map_err(|_| wrong())?);
                at += 3;
            }
            // In a query a plus may stand for a space; in a time it is one that was not encoded.
            byte => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read() {
        let asked = Asked::read(
            "match[id]=a--1,b--2&match%5Btype%5D=incident&match[version]=first,2016-01-01T00:00:00Z\
             &match[spec_version]=2.0,2.1&added_after=1970-01-01T00:00:01Z&limit=3&next=abc&odd=1",
        )
        .unwrap();
        assert_eq!(asked.wish.ids, ["a--1", "b--2"]);
        assert_eq!(asked.wish.types, ["incident"]);
        assert_eq!(asked.wish.versions, [Versions::First, Versions::At(1_451_606_400_000_000)]);
        assert_eq!(asked.wish.specs, [20, 21]);
        assert_eq!(asked.added_after, Some(1_000_000));
        assert_eq!((asked.limit, asked.next.as_deref()), (Some(3), Some("abc")));
        assert_eq!(Asked::read("").unwrap(), Asked::default());
    }

    #[test]
    fn what_cannot_be_read_is_a_bad_request() {
        for query in [
            "limit=0",
            "limit=-20",
            "limit=x",
            "limit=",
            "added_after=yesterday",
            "match[version]=x",
            "match[id]=",
            "match[type]=,",
            "next=%",
            "next=%zz",
            "a=%ff",
            "next=%+1",
        ] {
            assert_eq!(Asked::read(query).unwrap_err().status, 400, "{query}");
        }
    }

    #[test]
    fn only_the_filter_is_fixed() {
        let fixed = |query: &str| Asked::read(query).unwrap().fixed();
        assert_eq!(fixed("limit=3&next=a&match[type]=x"), fixed("match[type]=x&limit=9"));
        assert_ne!(fixed("match[version]=all"), fixed("match[version]=first"));
        assert_ne!(fixed("added_after=2016-01-01T00:00:00Z"), fixed(""));
    }
}
