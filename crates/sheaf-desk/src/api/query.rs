//! Which incidents somebody wants to be told of, in the words of the overview's address.

use serde_json::Value;

use super::columns::Columns;
use super::filter::{Filter, Ready, Words};
use super::rows::row;
use super::told::Told;
use crate::pages::{Pages, Wish};

/// A query that was read.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Query {
    wish: Wish,
    filter: Filter,
}

impl Query {
    /// Reads the words of a query, as they stand in an address.
    pub(crate) fn read(text: &str) -> Result<Query, Told> {
        let mut words = Words::read(text)?;
        let wish = Wish::take(&mut words)?;
        if wish.as_known_on.is_some() {
            let what = "as-known-on: nothing new comes to what was known on a day";
            return Err(Told::bad("bad-filter", what));
        }
        let filter = Filter::take(&mut words)?;
        words.end()?;
        Ok(Query { wish, filter })
    }

    /// By which profile incidents are settled.
    pub(crate) fn wish(&self) -> &Wish {
        &self.wish
    }

    /// Made ready for these columns.
    pub(crate) fn ready<'a>(
        &'a self,
        columns: &'a Columns,
        pages: &dyn Pages,
    ) -> Result<Ready<'a>, Told> {
        self.filter.on(columns, pages)
    }

    /// Whether it asks for some places only: then more everywhere is not what it asks for.
    pub(crate) fn is_about_places(&self) -> bool {
        let it = &self.filter;
        let named = it.place.is_some() || it.country.is_some();
        named || it.near.is_some() || it.bbox.is_some() || it.within.is_some()
    }

    /// Whether it asks for what is near one of these sites, as an alarm lists them.
    pub(crate) fn is_near(&self, sites: &Value) -> bool {
        self.filter.near.as_ref().is_some_and(|it| it.is_among(sites))
    }
}

/// That a query can be read, and that there are such sites as it names.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check_query(text: &str, pages: &dyn Pages) -> Result<(), Told> {
    let query = Query::read(text)?;
    let none = Columns::of(Vec::new(), str::to_owned);
    query.ready(&none, pages).map(drop)
}

impl Columns {
    /// What an incident is like, as far as a row tells it, in a few letters.
    pub(crate) fn digest(&self, at: usize) -> String {
        let mut row = row(self, at);
        // Linked anew it may be called otherwise, and tell the same.
        row["id"] = Value::Null;
        blake3::hash(row.to_string().as_bytes()).to_hex()[..16].to_owned()
    }
}
