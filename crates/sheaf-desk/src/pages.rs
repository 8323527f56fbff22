//! What the desk's pages ask of the program that starts it: the program links, settles and explains; the
//! desk says with whose eyes, and makes answers of it.

use std::sync::Arc;

use serde_json::Value;
use sheaf_model::{Day, Moment};
use sheaf_share::rules::Reader;
use sheaf_store::Site;
use sheaf_store::exchange::{Account, Run};

use crate::api::Columns;
use crate::error::Result;
use crate::incidents::Incidents;

/// With whose eyes the pool is looked at.
#[derive(Clone, PartialEq, Debug)]
pub enum Eyes {
    /// Of whoever sits at the machine that holds the pool: all of it, as on the terminal.
    Here,
    /// Of a reader: what that reader may see.
    Of(Reader),
}

/// By which rules incidents are to be settled, and as known when.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wish {
    /// Profiles by name, joined by `+`; empty for the usual one.
    pub profile: String,
    /// As the pool knew it at the end of that day; now, if nothing is said.
    pub as_known_on: Option<Day>,
}

/// A file as somebody hands it in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Handed<'a> {
    /// What it is called where it comes from, without a folder.
    pub name: &'a str,
    /// The reader to read it by, by name; by the one that fits, if none is named.
    pub reader: Option<&'a str>,
    /// A mapping to read it by, as a text.
    pub mapping: Option<&'a str>,
    /// What it holds.
    pub bytes: &'a [u8],
}

/// What is asked about one incident, about pairs of reports, or about what the pool was made from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question<'a> {
    /// An incident in full, by its handle or by a report in it, settled as wished.
    Incident(&'a str, &'a Wish),
    /// How an incident came to be, by the same.
    How(&'a str),
    /// A line that reproduces an incident as it is shown.
    Cite(&'a str, &'a Wish),
    /// Why two reports are, or are not, about the same incident.
    Why([&'a str; 2]),
    /// The next so many questions for a reviewer, some pairs passed over.
    Review(usize, &'a [(String, String)]),
    /// What the answers so far say about the linking.
    Figures,
    /// All judgements.
    Judgements,
    /// Sources and their imports.
    Sources,
    /// What an import of a source changed, report by report.
    Changes {
        /// The source.
        source: &'a str,
        /// So many imports before the newest that `Sources` lists of it.
        back: usize,
        /// From which of the reports on, and how many of them.
        offset: usize,
        /// At most so many.
        limit: usize,
    },
    /// The stations, airports, stops and ports that an incident may have to do with, and what was decided of them.
    SitesOf(&'a str),
    /// What the daily watch saw.
    Alarms,
    /// Who knew what and when: by source or by member, with the alarms that would have come earlier if wanted.
    Knew {
        /// `source` or `member`; empty for sources.
        each: &'a str,
        /// Whether alarms are looked for, which takes time.
        alarms: bool,
    },
    /// What was asked to become public: of an account's member, with what the account may do about each, if it may
    /// write; of all members.
    Releases(Option<(&'a Account, bool)>),
    /// What would be read from a file; nothing is kept.
    Read(Handed<'a>),
    /// A mapping to start from for a file that no reader knows; nothing is kept.
    Draft(Handed<'a>),
}

/// That two reports are about the same incident or not, or that nobody can tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Judging<'a> {
    /// `same`, `different` or `unsure`.
    pub verdict: &'a str,
    /// Two report ids.
    pub reports: [&'a str; 2],
    /// Why.
    pub because: &'a str,
}

/// Something done about an alarm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OnAlarm<'a> {
    /// Its number.
    pub alarm: i64,
    /// `acknowledge`, `assign` or `close`.
    pub done: &'a str,
    /// To which member, where it is assigned.
    pub to: &'a str,
    /// `hit`, `false-alarm` or `cannot-tell`, where it is closed.
    pub verdict: &'a str,
    /// The day on which it was known without the alarm; empty where nobody says.
    pub known_on: &'a str,
    /// Why.
    pub because: &'a str,
}

/// Whether an incident has to do with a site.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OnSite<'a> {
    /// The incident, by its handle or by a report in it.
    pub incident: &'a str,
    /// The site, by its id.
    pub site: &'a str,
    /// `target`, `disrupted` or `near`.
    pub tag: &'a str,
    /// Whether it has.
    pub accepted: bool,
    /// Why.
    pub because: &'a str,
}

/// Something done about what is to become public, by an account that proved to be itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnRelease<'a> {
    /// It asks for an incident, by its handle or by a report in it, to be told to everybody.
    Ask {
        /// Who asks.
        account: &'a Account,
        /// What about.
        incident: &'a str,
        /// Why.
        because: &'a str,
    },
    /// It lets a release be so.
    Grant {
        /// Who decides.
        account: &'a Account,
        /// The number of the release.
        number: i64,
        /// Why.
        because: &'a str,
    },
    /// It refuses it.
    Refuse {
        /// Who decides.
        account: &'a Account,
        /// The number of the release.
        number: i64,
        /// Why.
        because: &'a str,
    },
    /// It takes back what was asked for or granted.
    Withdraw {
        /// Who takes it back.
        account: &'a Account,
        /// The number of the release.
        number: i64,
        /// Why.
        because: &'a str,
    },
}

/// What somebody decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision<'a> {
    /// A judgement is kept.
    Judge(Judging<'a>),
    /// A judgement is taken back; it stays as one that was.
    Withdraw(&'a str),
    /// A file is taken in.
    Import(Handed<'a>),
    /// It is said what an incident has to do with a site.
    Site(OnSite<'a>),
    /// Something is done about an alarm.
    Alarm(OnAlarm<'a>),
    /// Something is done about what is to become public.
    Release(OnRelease<'a>),
}

/// A pool for pages. Whatever these eyes may not see is not in an answer, nor in an error.
pub trait Pages: Incidents {
    /// Every incident as one row of columns, in order of id, settled by the wished profile.
    fn columns(&self, eyes: &Eyes, wish: &Wish, now: Moment) -> Result<Arc<Columns>>;

    /// The profiles that there are, for programs: an array of `name`, `cited`, `title`, `is_estimate`.
    fn profiles(&self) -> Value;

    /// The answer to a question, ready to be sent.
    fn answer(&self, eyes: &Eyes, question: &Question<'_>, now: Moment) -> Result<Value>;

    /// What a judgement would do to the incidents; nothing is kept.
    fn preview(&self, eyes: &Eyes, judging: &Judging<'_>, now: Moment) -> Result<Value>;

    /// The stations, airports, stops and ports that were loaded, in order of id. They are open to all.
    fn sites(&self) -> Result<Arc<Vec<Site>>>;

    /// What stands out for a reader on the day of a run of the watch, looked for as that run did: in what the reader
    /// may see, and in nothing else.
    fn alarms(&self, reader: &Reader, run: &Run, now: Moment) -> Result<Vec<Value>>;

    /// Whether what is kept of the pool, linked and settled, follows from what it holds now.
    fn is_up_to_date(&self) -> Result<bool>;

    /// Does what the clock alone brings about in the pool itself; asked now and then.
    fn pass(&self) -> Result<()>;

    /// Does what was decided, and says what became of it.
    fn decide(&self, eyes: &Eyes, by: &str, decision: &Decision<'_>, now: Moment) -> Result<Value>;
}
