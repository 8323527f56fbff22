//! How days, circles and kinds are typed on the command line, and what a slip is answered with.

use sheaf_model::Day;

/// A circle on the ground.
#[derive(Clone, Copy, Debug)]
pub struct Circle {
    pub centre: sheaf_model::Place,
    pub km: f64,
}

pub(super) fn day(text: &str) -> Result<Day, String> {
    Day::parse_iso(text).ok_or_else(|| "a day is written YYYY-MM-DD, as in 2014-05-24".to_owned())
}

/// Year, month if given, day if given.
fn date_parts(text: &str) -> Option<(i32, Option<u32>, Option<u32>)> {
    let parts: Vec<&str> = text.split('-').collect();
    let well_formed = parts.len() <= 3
        && parts[0].len() == 4
        && parts[1..].iter().all(|part| part.len() == 2)
        && parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if !well_formed {
        return None;
    }
    let number = |idx: usize| parts.get(idx).and_then(|part| part.parse().ok());
    Some((parts[0].parse().ok()?, number(1), number(2)))
}

const DATE_FORMS: &str = "a date is written YYYY-MM-DD, YYYY-MM or YYYY, as in 2014-05-24";

pub(super) fn first_day(text: &str) -> Result<Day, String> {
    date_parts(text)
        .and_then(|(year, month, day)| Day::from_ymd(year, month.unwrap_or(1), day.unwrap_or(1)))
        .ok_or_else(|| DATE_FORMS.to_owned())
}

pub(super) fn last_day(text: &str) -> Result<Day, String> {
    date_parts(text)
        .and_then(|(year, month, day)| {
            let month = month.unwrap_or(12);
            match day {
                Some(day) => Day::from_ymd(year, month, day),
                None => (28..=31).rev().find_map(|day| Day::from_ymd(year, month, day)),
            }
        })
        .ok_or_else(|| DATE_FORMS.to_owned())
}

pub(super) fn circle(text: &str) -> Result<Circle, String> {
    let form = || "a circle is written LAT,LON,KM, as in 43.8,87.6,50".to_owned();
    let numbers: Vec<f64> = text
        .split(',')
        .map(|part| part.trim().parse().map_err(|_| form()))
        .collect::<Result<_, _>>()?;
    let &[lat, lon, km] = numbers.as_slice() else { return Err(form()) };
    if !(0.0..=20_100.0).contains(&km) {
        return Err(format!("{km} km is no radius on this globe"));
    }
    let radius = sheaf_model::Metres::new((km * 1000.0) as f32).ok_or_else(form)?;
    let centre = sheaf_model::Place::new(lat, lon, radius)
        .ok_or_else(|| format!("{lat}, {lon} lies off the globe; latitude comes first"))?;
    Ok(Circle { centre, km })
}

pub(super) fn kind(text: &str) -> Result<sheaf_model::Kind, String> {
    sheaf_model::Kind::from_name(text).ok_or_else(|| {
        let names: Vec<&str> = sheaf_model::Kind::ALL.iter().map(|kind| kind.name()).collect();
        match crate::suggest::nearest(text, names.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("the kinds are {}", names.join(", ")),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_reaches_from_its_first_to_its_last_day() {
        let text = |day: Result<Day, String>| day.map(|day| day.to_string());
        assert_eq!(text(first_day("2014-02")), Ok("2014-02-01".to_owned()));
        assert_eq!(text(last_day("2014-02")), Ok("2014-02-28".to_owned()));
        assert_eq!(text(last_day("2016-02")), Ok("2016-02-29".to_owned()));
        assert_eq!(text(last_day("2014")), Ok("2014-12-31".to_owned()));
        assert!(first_day("2014-2-1").is_err());
        assert!(first_day("14").is_err());
    }

    #[test]
    fn a_circle_needs_three_numbers_on_the_globe() {
        assert!(circle("43.8,87.6,50").is_ok());
        assert!(circle("-33.9, 18.4, 5").is_ok());
        assert!(circle("87.6,243.8,50").unwrap_err().contains("latitude comes first"));
        assert!(circle("43.8,87.6").is_err());
        assert!(circle("43.8,87.6,-1").is_err());
    }

    #[test]
    fn a_misspelt_kind_is_answered_with_the_nearest() {
        assert_eq!(kind("bom").unwrap_err(), "did you mean bomb?");
        assert!(kind("zzz").unwrap_err().starts_with("the kinds are violence"));
    }
}
