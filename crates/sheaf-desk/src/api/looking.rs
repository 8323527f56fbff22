//! Looking at the pool: what there is, sums for a map and a time line, lists, and the next questions for a reviewer.

use serde_json::json;

use super::asking::Asking;
use super::filter::{Filter, Words};
use super::told::{JSON, Told};
use super::{Answered, fine, near, overview, rows, summary};
use crate::answer::Answer;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::pages::{Question, Wish};

/// As far in as the map goes, and the most bins of its time line.
const MOST_ZOOM: usize = 14;
const USUAL_BINS: usize = 120;
const MOST_BINS: usize = 400;
/// The most questions of a review at once, and pairs passed over.
const MOST_QUESTIONS: usize = 20;
const MOST_PASSED_OVER: usize = 500;

pub(super) fn pool(desk: &Desk, asking: &Asking<'_>) -> Answered {
    let columns = asking.columns(&Wish::default())?;
    let mut pool = summary::summary(&columns);
    let about = desk.log.about().map_err(|err| Told::from(&DeskError::from(err)))?;
    pool["name"] = json!(about.unwrap_or_default().title);
    pool["program"] = json!(env!("CARGO_PKG_VERSION"));
    pool["me"] = asking.who.as_json();
    pool["may"] = json!({
        "judge": asking.reviewer().is_ok(),
        "import": asking.may_bring().is_ok(),
        "release": asking.may_ask_for_release(),
    });
    pool["profiles"] = asking.pages.profiles();
    pool["sites"] = near::known(&asking.pages.sites().map_err(|err| Told::from(&err))?);
    Ok((fine(200, &pool), Vec::new()))
}

pub(super) fn overview(asking: &Asking<'_>, mut words: Words) -> Answered {
    let wish = Wish::take(&mut words)?;
    let asked = overview::Asked {
        filter: Filter::take(&mut words)?,
        zoom: words.number("zoom", 1, MOST_ZOOM)? as u32,
        bins: words.number("bins", USUAL_BINS, MOST_BINS)?.max(1),
    };
    words.end()?;
    let columns = asking.columns(&wish)?;
    let make = || overview::overview(&columns, &asked, asking.pages);
    // Which sites are near may change while the incidents stay.
    let summed = match asked.filter.near {
        Some(_) => make()?.into(),
        None => columns.made.get(&format!("{asked:?}"), make)?,
    };
    let answer = Answer::of(200, &*summed).with("Content-Type", JSON.to_owned());
    Ok((answer, vec!["overview".to_owned()]))
}

pub(super) fn rows(asking: &Asking<'_>, mut words: Words) -> Answered {
    let wish = Wish::take(&mut words)?;
    let asked = rows::Asked::take(&mut words)?;
    words.end()?;
    let page = rows::rows(&*asking.columns(&wish)?, &asked, asking.pages)?;
    let ids = page["rows"].as_array().into_iter().flatten();
    let shown = ids.filter_map(|it| it["id"].as_str().map(str::to_owned)).collect();
    Ok((fine(200, &page), shown))
}

pub(super) fn review(asking: &Asking<'_>, mut words: Words) -> Answered {
    let n = words.number("n", 1, MOST_QUESTIONS)?;
    let skipped = words.take_all("skip");
    words.end()?;
    if skipped.len() > MOST_PASSED_OVER {
        let what = format!("{} pairs are passed over; at most {MOST_PASSED_OVER}", skipped.len());
        return Err(Told::bad("bad-filter", what));
    }
    // A report's id may hold anything but a blank that stands alone.
    let pairs = skipped.iter().map(|pair| {
        let (a, b) = pair.split_once('|').ok_or_else(|| {
            Told::bad("bad-filter", format!("skip={pair}: two reports are meant, a|b"))
        })?;
        Ok((a.to_owned(), b.to_owned()))
    });
    let passed_over = pairs.collect::<Result<Vec<_>, Told>>()?;
    asking.question(&Question::Review(n, &passed_over))
}
