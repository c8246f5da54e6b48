//! When overrides are known to end, so that no entry shows one after its end.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{FlagKey, UserTarget};

/// How many users' ends are remembered at most. Knowledge of a far end must outlast many entries, so it is
/// kept apart from them; forgetting one only means that it is no longer known.
const MOST_USERS: u64 = 100_000;

type Known = Arc<BTreeMap<FlagKey, Timestamp>>;

#[derive(Clone, Debug)]
pub(super) struct Ends(moka::future::Cache<UserTarget, Known>);

impl Ends {
    pub(super) fn new() -> Self {
        Self(moka::future::Cache::new(MOST_USERS))
    }

    /// The first end after `since` that is known.
    pub(super) async fn next(&self, user: &UserTarget, since: Timestamp) -> Option<Timestamp> {
        let known = self.0.get(user).await?;
        known.values().copied().filter(|end| *end > since).min()
    }

    /// Takes all ends of a user; says whether one of them was not known.
    pub(super) async fn learn(&self, user: &UserTarget, all: BTreeMap<FlagKey, Timestamp>) -> bool {
        let known = self.0.get(user).await.unwrap_or_default();
        let news = all.iter().any(|(flag, end)| known.get(flag) != Some(end));
        if all.is_empty() {
            self.0.invalidate(user).await;
        } else {
            self.0.insert(user.clone(), Arc::new(all)).await;
        }
        news
    }

    /// Takes the end of one flag's override; none for none.
    pub(super) async fn learn_one(
        &self,
        user: &UserTarget,
        flag: &FlagKey,
        end: Option<Timestamp>,
    ) {
        let mut all = BTreeMap::clone(&self.0.get(user).await.unwrap_or_default());
        match end {
            Some(end) => all.insert(flag.clone(), end),
            None => all.remove(flag),
        };
        self.learn(user, all).await;
    }
}
