//! Pushing: what is new here, in the order in which it was added, batch by batch; how far it has come is
//! written once the peer has acknowledged a batch.

use std::time::Duration;

use axum::body::Bytes;
use serde::Deserialize;
use serde_json::json;
use sheaf_store::exchange::{Classes, HowFar, Micros, Outgoing, Sending};

use super::pull::encoded;
use super::{Session, Step, no_taxii};
use crate::error::Result;
use crate::taxii::{WireGone, WireTravel};

/// The most objects in a batch, and about the most bytes.
const BATCH: usize = 500;
const BATCH_BYTES: usize = 4 << 20;
/// How often a batch that is not done with is asked after.
const ASKED_AFTER: u32 = 40;

/// What went.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pushed {
    /// How many objects and notices were sent; in a rehearsal, how many would be.
    pub n_sent: u64,
    /// What the peer took and holds, since a text in it may name a person: its id, and where.
    pub held: Vec<(String, String)>,
    /// What the peer did not take: its id, and why.
    pub refused: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Status {
    id: String,
    status: String,
    #[serde(default)]
    successes: Vec<Told>,
    #[serde(default)]
    failures: Vec<Told>,
}

#[derive(Deserialize)]
struct Told {
    id: String,
    #[serde(default)]
    message: String,
}

impl Session<'_> {
    pub(super) fn push(&mut self, pushed: &mut Pushed) -> Result<()> {
        if self.how.is_rehearsal {
            pushed.n_sent = self.n_to_push()?;
            return Ok(());
        }
        let classes = self.rules.classes(&self.account, self.log, (self.now)())?;
        loop {
            let sending = self.sending(&classes, self.peer.how_far.push_after);
            let most = (self.target.max_content_length / 2).min(BATCH_BYTES as u64) as usize;
            let outgoing = self.log.outgoing(&sending, BATCH, most)?;
            let Some(last) = outgoing.last().map(|it| it.added) else { break };
            self.send(&outgoing, pushed)?;
            self.reached(|how_far| how_far.push_after = last)?;
            (self.told)(Step::Pushed(pushed.n_sent));
        }
        loop {
            let sending = self.sending(&classes, self.peer.how_far.push_gone_after);
            let (gone, last) = self.log.outgoing_gone(&sending, 1000)?;
            let Some(last) = last else { break };
            let gone: Vec<WireGone> = gone.into_iter().map(WireGone::of).collect();
            self.send_gone(&gone)?;
            self.reached(|how_far| how_far.push_gone_after = last)?;
        }
        Ok(())
    }

    /// How many objects and notices are left to push.
    pub(super) fn n_to_push(&self) -> Result<u64> {
        let classes = self.rules.classes(&self.account, self.log, (self.now)())?;
        Ok(self.log.n_outgoing(&self.sending(&classes, self.peer.how_far.push_after))?)
    }

    fn sending<'b>(&'b self, classes: &'b Classes, after: Micros) -> Sending<'b> {
        Sending { collection: self.collection, classes, to: &self.peer.how_far.node, after }
    }

    fn reached(&mut self, change: impl FnOnce(&mut HowFar)) -> Result<()> {
        change(&mut self.peer.how_far);
        Ok(self.log.keep_how_far(self.peer.peer, &self.peer.how_far)?)
    }

    /// Sends a batch; one that is too large for the peer goes in halves.
    fn send(&mut self, outgoing: &[Outgoing], pushed: &mut Pushed) -> Result<()> {
        let (notices, objects): (Vec<_>, Vec<_>) = match self.is_pool {
            true => (Vec::new(), outgoing.iter().collect()),
            // Other servers know no notices; there, what is gone is deleted.
            false => outgoing.iter().partition(|it| it.is_notice),
        };
        self.send_objects(&objects, pushed)?;
        for notice in notices {
            self.delete(&notice.id, None, pushed)?;
        }
        Ok(())
    }

    fn send_objects(&mut self, objects: &[&Outgoing], pushed: &mut Pushed) -> Result<()> {
        if objects.is_empty() {
            return Ok(());
        }
        let body = self.envelope(objects);
        let is_too_large = body.len() as u64 > self.target.max_content_length;
        let status = match is_too_large {
            true => None,
            false => self.post(body)?,
        };
        match (status, objects) {
            (Some(status), _) => {
                pushed.n_sent += objects.len() as u64;
                let refused = status.failures.into_iter().map(|it| (it.id, it.message));
                pushed.refused.extend(refused);
                let held =
                    status.successes.into_iter().filter(|it| it.message.starts_with("held: "));
                pushed.held.extend(held.map(|it| (it.id, it.message)));
                Ok(())
            }
            (None, [one]) => {
                pushed.n_sent += 1;
                let why = "it is larger than the peer takes at once".to_owned();
                pushed.refused.push((one.id.clone(), why));
                Ok(())
            }
            (None, several) => {
                let (first, second) = several.split_at(several.len() / 2);
                self.send_objects(first, pushed)?;
                self.send_objects(second, pushed)
            }
        }
    }

    fn envelope(&self, objects: &[&Outgoing]) -> Vec<u8> {
        let mut body = b"{\"objects\":[".to_vec();
        for (idx, object) in objects.iter().enumerate() {
            if idx > 0 {
                body.push(b',');
            }
            body.extend_from_slice(&object.body);
        }
        body.push(b']');
        if self.is_pool {
            let travels: Vec<_> =
                objects.iter().map(|it| WireTravel::of(it.travel.clone(), &self.node)).collect();
            let told =
                format!(r#","x_sheaf_node":"{}","x_sheaf_travel":{}"#, self.node, json!(travels));
            body.extend_from_slice(told.as_bytes());
        }
        body.push(b'}');
        body
    }

    /// Sends an envelope; `None` where it is too large for the peer. A batch that was sent and whose answer
    /// was lost is known to the peer by its hash.
    fn post(&mut self, body: Vec<u8>) -> Result<Option<Status>> {
        let key = blake3::hash(&body).to_hex();
        let path = format!("{}objects/", self.target.path);
        let headers = [("Idempotency-Key", key.as_str())];
        let got = self.line.ask("POST", &path, &headers, Bytes::from(body))?;
        match got.status {
            200 | 202 => {}
            413 => return Ok(None),
            _ => return Err(got.refused(&self.target.url)),
        }
        let read = |body: &[u8]| -> Result<Status> {
            serde_json::from_slice(body).map_err(|_| no_taxii(&self.target.url))
        };
        let mut status = read(&got.body)?;
        for _ in 0..ASKED_AFTER {
            if status.status == "complete" {
                break;
            }
            self.line.pause(Duration::from_millis(250));
            let got = self.line.get(&format!("{}status/{}/", self.target.root, status.id))?;
            if got.status != 200 {
                return Err(got.refused(&self.target.url));
            }
            status = serde_json::from_slice(&got.body).map_err(|_| no_taxii(&self.target.url))?;
        }
        Ok(Some(status))
    }

    fn send_gone(&mut self, gone: &[WireGone]) -> Result<()> {
        if self.is_pool {
            let told = json!({
                "objects": [], "x_sheaf_node": self.node, "x_sheaf_travel": [], "x_sheaf_gone": gone,
            });
            self.post(told.to_string().into_bytes())?;
            return Ok(());
        }
        let mut unheard = Pushed::default();
        for it in gone {
            self.delete(&it.id, Some(&it.version), &mut unheard)?;
        }
        Ok(())
    }

    /// Deletes an object, or a version of it, at a server that is no pool. What is not there is fine.
    fn delete(&mut self, id: &str, version: Option<&str>, pushed: &mut Pushed) -> Result<()> {
        let mut path = format!("{}objects/{}/", self.target.path, encoded(id));
        if let Some(version) = version {
            path.push_str(&format!("?match[version]={}", encoded(version)));
        }
        let got = self.line.ask("DELETE", &path, &[], Bytes::new())?;
        pushed.n_sent += u64::from(version.is_none());
        if !matches!(got.status, 200 | 202 | 204 | 404) {
            pushed.refused.push((id.to_owned(), got.refused(&self.target.url).what));
        }
        Ok(())
    }
}
