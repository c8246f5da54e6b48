//! When overrides are known to end, so that no entry shows one after its end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use moka::ops::compute::Op;

use crate::domain::{FlagKey, UserTarget};

/// How many bytes of ends are remembered at most: about 100,000 users with one end each. Knowledge of a far end
/// must outlast many entries, so it is kept apart from them; forgetting one only means that it is no longer known.
const MOST_BYTES: u64 = 32 << 20;
/// What one user's ends take besides the ends, and what each end takes, in bytes, about.
const USER_BYTES: usize = 256;
const END_BYTES: usize = 64;

/// An override has one end, but where a write failed it may have the one from before or the one that was wanted.
type Known = Arc<BTreeSet<(FlagKey, Timestamp)>>;

/// Each change looks at what is known and replaces it in one step: two writes to different flags of a user
/// learn at the same time, and neither may lose the other's end. Nothing here waits, so that a reader who hangs
/// up can't leave an end learned and the entries that outlive it in force.
#[derive(Clone, Debug)]
pub(super) struct Ends(moka::sync::Cache<UserTarget, Known>);

impl Ends {
    pub(super) fn new() -> Self {
        let known = moka::sync::Cache::builder()
            .max_capacity(MOST_BYTES)
            .weigher(|_, known: &Known| {
                let ends = known.iter().map(|(flag, _)| flag.as_str().len() + END_BYTES);
                u32::try_from(ends.sum::<usize>() + USER_BYTES).unwrap_or(u32::MAX)
            })
            .build();
        Self(known)
    }

    /// The first end after `since` that is known.
    pub(super) fn next(&self, user: &UserTarget, since: Timestamp) -> Option<Timestamp> {
        let known = self.0.get(user)?;
        known.iter().map(|(_, end)| *end).filter(|end| *end > since).min()
    }

    /// The last end by `now` that is known.
    pub(super) fn last(&self, user: &UserTarget, now: Timestamp) -> Option<Timestamp> {
        let known = self.0.get(user)?;
        known.iter().map(|(_, end)| *end).filter(|end| *end <= now).max()
    }

    /// The flags whose override has ended after `since` and by `now`, as far as is known.
    pub(super) fn ended(
        &self,
        user: &UserTarget,
        since: Timestamp,
        now: Timestamp,
    ) -> Vec<FlagKey> {
        let Some(known) = self.0.get(user) else {
            return Vec::new();
        };
        let ended = known.iter().filter(|(_, end)| *end > since && *end <= now);
        ended.map(|(flag, _)| flag.clone()).collect()
    }

    /// Takes all ends of a user, if `still_true` says so in the same step; says whether they differ from what was
    /// known. An end that has come, and so is no longer listed, is a difference too: a fetch that began before it
    /// may still be under way, and nobody would know any more that it must not be shown. None if it is no longer
    /// true. `on_news` gets the flags whose end is another or gone, and comes before the change itself: who finds an
    /// end gone finds the generation moved.
    pub(super) fn learn(
        &self,
        user: &UserTarget,
        all: BTreeMap<FlagKey, Timestamp>,
        still_true: impl FnOnce() -> bool + Send,
        on_news: impl FnOnce(&[&FlagKey]) + Send,
    ) -> Option<bool> {
        self.change(user, |known| {
            if !still_true() {
                return (None, Op::Nop);
            }
            let all = BTreeSet::from_iter(all);
            let news = all != *known;
            if news {
                let gone = known.difference(&all);
                on_news(&gone.map(|(flag, _)| flag).collect::<Vec<_>>());
            }
            (Some(news), kept(all))
        })
        .flatten()
    }

    /// Takes the end of one flag's override, and that it has no other; none for none. `on_news`, where that differs
    /// from what was known, comes before the change itself.
    pub(super) fn learn_one(
        &self,
        user: &UserTarget,
        flag: &FlagKey,
        end: Option<Timestamp>,
        on_news: impl FnOnce() + Send,
    ) {
        self.change(user, |known| {
            let mut all = known.clone();
            all.retain(|(known, _)| known != flag);
            all.extend(end.map(|end| (flag.clone(), end)));
            if all != *known {
                on_news();
            }
            ((), kept(all))
        });
    }

    /// Takes an end that one flag's override may have, beside those that are known: each of them may be the one, and
    /// to forget any would let an entry outlive it. Says whether it was not known.
    pub(super) fn learn_possible(&self, user: &UserTarget, flag: &FlagKey, end: Timestamp) -> bool {
        let news = self.change(user, |known| {
            let mut all = known.clone();
            if all.insert((flag.clone(), end)) { (true, kept(all)) } else { (false, Op::Nop) }
        });
        news.unwrap_or_default()
    }

    /// Lets `change` look at what is known of a user and replace it; no other change comes between.
    fn change<T: Send>(
        &self,
        user: &UserTarget,
        change: impl FnOnce(&BTreeSet<(FlagKey, Timestamp)>) -> (T, Op<Known>) + Send,
    ) -> Option<T> {
        let mut said = None;
        self.0.entry_by_ref(user).and_compute_with(|entry| {
            let known = entry.map(moka::Entry::into_value).unwrap_or_default();
            let (what, operation) = change(&known);
            said = Some(what);
            operation
        });
        said
    }
}

fn kept(all: BTreeSet<(FlagKey, Timestamp)>) -> Op<Known> {
    if all.is_empty() { Op::Remove } else { Op::Put(Arc::new(all)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> UserTarget {
        let place = crate::domain::Place {
            project: "shop".parse().unwrap(),
            environment: "test".parse().unwrap(),
        };
        UserTarget { place, user: "anna".parse().unwrap() }
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
                tokio::spawn(async move { ends.learn_one(&user(), &flag, Some(second(n)), || ()) })
            });
            for learned in learn.collect::<Vec<_>>() {
                learned.await.unwrap();
            }
            assert_eq!(ends.0.get(&user()).unwrap().len(), 32);
        }
    }

    #[test]
    fn an_end_that_may_be_never_hides_an_earlier_one() {
        let (ends, flag) = (Ends::new(), "f".parse().unwrap());
        ends.learn_one(&user(), &flag, Some(second(10)), || ());
        ends.learn_possible(&user(), &flag, second(20));
        assert_eq!(ends.next(&user(), second(5)), Some(second(10)));
        ends.learn_possible(&user(), &flag, second(7));
        assert_eq!(ends.next(&user(), second(5)), Some(second(7)));
        assert_eq!(ends.last(&user(), second(7)), Some(second(7)));
        assert_eq!(ends.last(&user(), second(6)), None);
    }

    #[test]
    fn an_end_that_may_be_does_not_make_a_later_one_forgotten() {
        let (ends, flag) = (Ends::new(), "f".parse().unwrap());
        ends.learn_one(&user(), &flag, Some(second(20)), || ());
        assert!(ends.learn_possible(&user(), &flag, second(10)));
        assert!(!ends.learn_possible(&user(), &flag, second(10)), "no news");
        assert_eq!(ends.next(&user(), second(5)), Some(second(10)));
        assert_eq!(ends.next(&user(), second(10)), Some(second(20)));
        ends.learn_one(&user(), &flag, Some(second(30)), || ());
        assert_eq!(ends.next(&user(), second(5)), Some(second(30)), "now it is certain");
    }

    #[test]
    fn all_ends_are_taken_only_while_it_is_right() {
        let (ends, flag): (Ends, FlagKey) = (Ends::new(), "f".parse().unwrap());
        let all = BTreeMap::from([(flag.clone(), second(10))]);
        assert_eq!(ends.learn(&user(), all.clone(), || false, |_| ()), None);
        assert_eq!(ends.next(&user(), second(0)), None);
        assert_eq!(ends.learn(&user(), all.clone(), || true, |_| ()), Some(true));
        assert_eq!(ends.learn(&user(), all, || true, |_| ()), Some(false), "no news");
        let none = BTreeMap::new();
        assert_eq!(
            ends.learn(&user(), none, || true, |_| ()),
            Some(true),
            "an end that has come is news"
        );
        assert_eq!(ends.next(&user(), second(0)), None);
    }
}
