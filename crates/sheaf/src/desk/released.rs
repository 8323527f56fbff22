//! What is to become public, on pages: who asked, who may decide, and what would go out.

use serde_json::{Value, json};
use sheaf_desk::OnRelease;
use sheaf_model::Moment;
use sheaf_store::exchange::Account;

use super::PoolPages;
use crate::commands::release::{Hands, call_off, may_decide, release_json};
use crate::failure::Failure;

/// So many are listed, the newest.
const MOST_LISTED: usize = 200;

impl PoolPages {
    /// The releases of an account's member, with what the account may do about each; of all members, if of nobody.
    pub(super) fn releases(
        &self,
        of: Option<(&Account, bool)>,
        now: Moment,
    ) -> Result<Value, Failure> {
        call_off(&self.log, &self.layers, now)?;
        let mut releases = self.log.releases()?;
        releases.retain(|it| of.is_none_or(|(account, _)| it.member == account.member));
        let told = releases.iter().rev().take(MOST_LISTED).map(|it| {
            let [decide, withdraw] = match of {
                Some((account, true)) => may_decide(account, it),
                _ => [false, false],
            };
            let mut told = release_json(it);
            told["may"] = json!({ "decide": decide, "withdraw": withdraw });
            told
        });
        Ok(json!({ "releases": told.collect::<Vec<_>>() }))
    }

    /// Does something about one; it as it stands then.
    pub(super) fn on_release(&self, on: &OnRelease<'_>, now: Moment) -> Result<Value, Failure> {
        let hands = |account, because| Hands {
            pool: &self.path,
            log: &self.log,
            layers: &self.layers,
            account,
            because,
        };
        let (account, number) = match *on {
            OnRelease::Ask { account, incident, because } => {
                (account, hands(account, because).ask_for_incident(incident)?.0)
            }
            OnRelease::Grant { account, number, because } => {
                hands(account, because).grant(number)?;
                (account, number)
            }
            OnRelease::Refuse { account, number, because } => {
                hands(account, because).refuse(number)?;
                (account, number)
            }
            OnRelease::Withdraw { account, number, because } => {
                hands(account, because).withdraw(number)?;
                (account, number)
            }
        };
        let mut releases = self.releases(Some((account, true)), now)?;
        let all = releases["releases"].as_array_mut().map(std::mem::take).unwrap_or_default();
        let found = all.into_iter().find(|it| it["release"] == json!(number));
        found.ok_or_else(|| Failure::new("no-such-release", "it is listed no more"))
    }
}
