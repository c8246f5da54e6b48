//! When overrides are known to end, so that no entry shows one after its end.

use std::collections::BTreeMap;
use std::future::ready;
use std::sync::Arc;

use jiff::Timestamp;
use moka::ops::compute::Op;

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

    /// The last end by `now` that is known.
    pub(super) async fn last(&self, user: &UserTarget, now: Timestamp) -> Option<Timestamp> {
        let known = self.0.get(user).await?;
        known.values().copied().filter(|end| *end <= now).max()
    }

    /// Takes all ends of a user, if it is still right to; says whether one of them was not known. Other news of the
    /// same user waits meanwhile, so that none is lost.
    pub(super) async fn learn(
        &self,
        user: &UserTarget,
        all: BTreeMap<FlagKey, Timestamp>,
        is_right: impl FnOnce() -> bool,
    ) -> bool {
        let mut news = false;
        self.change(user, |known| {
            news = all.iter().any(|(flag, end)| known.get(flag) != Some(end));
            if is_right() {
                *known = all;
            }
        })
        .await;
        news
    }

    /// Takes the end of one flag's override; none for none.
    pub(super) async fn learn_one(
        &self,
        user: &UserTarget,
        flag: &FlagKey,
        end: Option<Timestamp>,
    ) {
        self.change(user, |known| {
            match end {
                Some(end) => known.insert(flag.clone(), end),
                None => known.remove(flag),
            };
        })
        .await;
    }

    /// Takes an end that one flag's override may have: the earlier one counts.
    pub(super) async fn learn_possible(&self, user: &UserTarget, flag: &FlagKey, end: Timestamp) {
        self.change(user, |known| {
            let known = known.entry(flag.clone()).or_insert(end);
            *known = end.min(*known);
        })
        .await;
    }

    async fn change(
        &self,
        user: &UserTarget,
        change: impl FnOnce(&mut BTreeMap<FlagKey, Timestamp>),
    ) {
        let entry = self.0.entry_by_ref(user);
        entry
            .and_compute_with(|known| {
                let known = known.map(|entry| BTreeMap::clone(entry.value()));
                let mut all = known.clone().unwrap_or_default();
                change(&mut all);
                ready(match known {
                    Some(known) if known == all => Op::Nop,
                    None if all.is_empty() => Op::Nop,
                    Some(_) if all.is_empty() => Op::Remove,
                    Some(_) | None => Op::Put(Arc::new(all)),
                })
            })
            .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> UserTarget {
        let place = crate::domain::Place {
            project: "shop".parse().unwrap(),
            environment: "test".parse().unwrap(),
        };
        UserTarget {
            place,
            user: "anna".parse().unwrap(),
        }
    }

    fn second(n: i64) -> Timestamp {
        Timestamp::from_second(n).unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn ends_learned_at_once_are_all_known() {
        for _ in 0..50 {
            let ends = Ends::new();
            let learn = (0..32).map(|n| {
                let (ends, flag) = (ends.clone(), format!("f{n}").parse().unwrap());
                tokio::spawn(async move { ends.learn_one(&user(), &flag, Some(second(n))).await })
            });
            for learned in learn.collect::<Vec<_>>() {
                learned.await.unwrap();
            }
            assert_eq!(ends.0.get(&user()).await.unwrap().len(), 32);
        }
    }

    #[tokio::test]
    async fn an_end_that_may_be_never_hides_an_earlier_one() {
        let (ends, flag) = (Ends::new(), "f".parse().unwrap());
        ends.learn_one(&user(), &flag, Some(second(10))).await;
        ends.learn_possible(&user(), &flag, second(20)).await;
        assert_eq!(ends.next(&user(), second(5)).await, Some(second(10)));
        ends.learn_possible(&user(), &flag, second(7)).await;
        assert_eq!(ends.next(&user(), second(5)).await, Some(second(7)));
        assert_eq!(ends.last(&user(), second(7)).await, Some(second(7)));
        assert_eq!(ends.last(&user(), second(6)).await, None);
    }

    #[tokio::test]
    async fn all_ends_are_taken_only_while_it_is_right() {
        let (ends, flag): (Ends, FlagKey) = (Ends::new(), "f".parse().unwrap());
        let all = BTreeMap::from([(flag.clone(), second(10))]);
        assert!(ends.learn(&user(), all.clone(), || false).await);
        assert_eq!(ends.next(&user(), second(0)).await, None);
        assert!(ends.learn(&user(), all.clone(), || true).await);
        assert!(!ends.learn(&user(), all, || true).await, "no news");
        assert!(!ends.learn(&user(), BTreeMap::new(), || true).await);
        assert_eq!(ends.next(&user(), second(0)).await, None);
    }
}
