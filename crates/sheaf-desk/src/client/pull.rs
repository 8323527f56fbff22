//! Pulling: page by page, each written together with how far one has read.
//!
//! With a time as cursor alone, a server that gives many objects one time loses some of them at the end of a
//! page; so within a pull one goes on by `next`, and by the time only between pulls. A server that no
//! longer knows its `next` is asked again from that time: what comes twice changes nothing.

use serde::Deserialize;
use serde_json::value::RawValue;
use sheaf_store::exchange::{
    Arrival, Classes, Contributor, Fate, GoneElsewhere, HowFar, Incoming, New, Passing, Post,
    Received, Refused,
};

use super::{Session, Step, no_taxii};
use crate::error::Result;
use crate::rules::Marked;
use crate::taxii::{WireGone, WireTravel};

/// What came. Read = new + held + known + withdrawn + refused.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pulled {
    /// How many objects and notices were read.
    pub n_read: u64,
    /// How many of them are new here.
    pub n_new: u64,
    /// How many are new and held, since a text in them may name a person.
    pub n_held: u64,
    /// How many were here already.
    pub n_known: u64,
    /// How many withdrew something, or came too late for what is withdrawn.
    pub n_withdrawn: u64,
    /// What was not taken: its id, and why.
    pub refused: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(default)]
    more: bool,
    next: Option<String>,
    #[serde(default, borrow)]
    objects: Vec<&'a RawValue>,
    x_sheaf_travel: Option<Vec<WireTravel>>,
}

#[derive(Deserialize)]
struct GonePage {
    more: bool,
    x_sheaf_gone: Vec<WireGone>,
    x_sheaf_last: Option<String>,
}

impl Session<'_> {
    pub(super) fn pull(&mut self, pulled: &mut Pulled) -> Result<()> {
        while self.pull_page(pulled)? {}
        if self.is_pool {
            while self.pull_gone()? {}
        }
        Ok(())
    }

    /// Pulls the next page; gives back whether there are more.
    fn pull_page(&mut self, pulled: &mut Pulled) -> Result<bool> {
        let how_far = self.peer.how_far.clone();
        let mut path = format!(
            "{}objects/?match[version]=all&match[spec_version]=2.0,2.1&limit=1000",
            self.target.path
        );
        if self.is_pool {
            path.push_str("&x_sheaf_travel=yes");
        }
        for (name, value) in [("added_after", &how_far.pull_after), ("next", &how_far.pull_next)] {
            if !value.is_empty() {
                path.push_str(&format!("&{name}={}", encoded(value)));
            }
        }
        let got = self.line.get(&path)?;
        if got.status == 400 && !how_far.pull_next.is_empty() {
            let again = HowFar { pull_next: String::new(), ..how_far };
            self.peer.how_far = again;
            return Ok(true);
        }
        if got.status != 200 {
            return Err(got.refused(&self.target.url));
        }
        let page: Page<'_> =
            serde_json::from_slice(&got.body).map_err(|_| no_taxii(&self.target.url))?;
        let n = page.objects.len();
        let travels = match page.x_sheaf_travel {
            Some(travels) if travels.len() == n => travels.into_iter().map(Some).collect(),
            // Something was withdrawn between the two looks at the log: ask again.
            Some(_) => return Ok(true),
            None => Vec::from_iter(std::iter::repeat_with(|| None).take(n)),
        };
        let arrivals: Vec<_> = page
            .objects
            .iter()
            .zip(travels)
            .map(|(body, travel)| self.arrival(body, travel.and_then(|it: WireTravel| it.read())))
            .collect();
        let last = got.last_added.unwrap_or(how_far.pull_last);
        let next = page.next.filter(|_| page.more);
        let reached = match &next {
            Some(next) => HowFar { pull_next: next.clone(), pull_last: last, ..how_far },
            None => {
                let after = if last.is_empty() { how_far.pull_after } else { last.clone() };
                let pull_next = String::new();
                HowFar { pull_after: after, pull_next, pull_last: last, ..how_far }
            }
        };
        // A server that says "more" and gives nothing to go on by would keep us for ever.
        let more = page.more && n > 0;
        let received = self.receive(&arrivals, &[], reached)?;
        pulled.count(&arrivals, received.fates);
        (self.told)(Step::Pulled(pulled.n_read));
        Ok(more)
    }

    /// Pulls which versions were withdrawn, one page; gives back whether there are more.
    fn pull_gone(&mut self) -> Result<bool> {
        let how_far = self.peer.how_far.clone();
        let mut path = format!("{}deleted/?x_sheaf_travel=yes&limit=1000", self.target.path);
        if !how_far.gone_after.is_empty() {
            path.push_str(&format!("&since={}", encoded(&how_far.gone_after)));
        }
        let got = self.line.get(&path)?;
        if got.status != 200 {
            return Err(got.refused(&self.target.url));
        }
        let page: GonePage =
            serde_json::from_slice(&got.body).map_err(|_| no_taxii(&self.target.url))?;
        let Some(last) = page.x_sheaf_last else { return Ok(false) };
        let gone: Vec<GoneElsewhere> =
            page.x_sheaf_gone.into_iter().filter_map(WireGone::read).collect();
        self.receive(&[], &gone, HowFar { gone_after: last, ..how_far })?;
        Ok(page.more)
    }

    fn arrival<'a>(
        &self,
        body: &'a RawValue,
        travel: Option<sheaf_store::exchange::Travel>,
    ) -> std::result::Result<Arrival<'a>, Refused> {
        let object = Incoming::read(body.get().as_bytes())?;
        match self.rules.marking(&self.account, &object, self.log, (self.now)()) {
            Ok(Marked { marking, held }) => {
                Ok(Arrival { new: New { object, marking, added: None, held }, travel })
            }
            Err(why) => Err(Refused { id: object.id, version: object.version_text, why }),
        }
    }

    fn receive(
        &mut self,
        arrivals: &[std::result::Result<Arrival<'_>, Refused>],
        gone: &[GoneElsewhere],
        reached: HowFar,
    ) -> Result<Received> {
        let post = Post {
            collection: self.collection,
            root: self.root,
            account: 0,
            from: Contributor { member: &self.peer.member, relays: true },
            sees: &Classes::All,
            now: (self.now)(),
            status: "",
            sent_as: None,
        };
        let passing = Passing {
            node: &self.node,
            from: &reached.node,
            how_far: Some((self.peer.peer, &reached)),
            is_rehearsal: self.how.is_rehearsal,
        };
        let received = self.log.receive(&post, &passing, arrivals, gone, |_| String::new())?;
        self.peer.how_far = reached;
        // Without a name for the batch there is always an answer.
        Ok(received.unwrap_or(Received { status: String::new(), fates: Vec::new(), n_gone: 0 }))
    }
}

impl Pulled {
    fn count(&mut self, arrivals: &[std::result::Result<Arrival<'_>, Refused>], fates: Vec<Fate>) {
        self.n_read += fates.len() as u64;
        for (arrival, fate) in arrivals.iter().zip(fates) {
            match fate {
                Fate::New => self.n_new += 1,
                Fate::Held(_) => self.n_held += 1,
                Fate::Known => self.n_known += 1,
                Fate::NowWithdrawn | Fate::Withdrawn => self.n_withdrawn += 1,
                Fate::Refused(why) => {
                    let id = match arrival {
                        Ok(arrival) => &arrival.new.object.id,
                        Err(refused) => &refused.id,
                    };
                    self.refused.push((id.clone(), why));
                }
            }
        }
    }
}

/// Percent-encodes what may not stand in a query.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
