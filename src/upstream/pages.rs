//! Lists that come in pages.

use std::collections::HashSet;

use futures_util::{StreamExt as _, TryStreamExt as _};

use super::failure::{Failure, Invalid};
use super::paths::Page;
use super::wire::{FlagPage, FlagRecord};

/// How many flags a page holds: the most that `LaunchDarkly` gives.
pub(super) const LIMIT: usize = 100;
/// The most pages we take. Twenty thousand flags are beyond any project, and an answer that speaks of more is wrong.
const MOST: usize = 200;
/// How many pages are fetched at a time after the first: few, since all count against one window of the rate limit.
const AT_ONCE: usize = 4;

/// What all pages hold together.
#[derive(Debug)]
pub(super) struct List {
    pub(super) flags: Vec<FlagRecord>,
    /// How many flags there are, as each page says that says so.
    totals: Vec<usize>,
}

impl List {
    /// Whether no flag is there twice, and as many as every page says.
    fn fits(&self) -> bool {
        let count = self.flags.len();
        self.distinct() == count && self.totals.iter().all(|total| *total == count)
    }

    /// Whether no flag is missing, by what the last page says.
    pub(super) fn is_whole(&self) -> bool {
        self.totals.last().is_none_or(|total| self.distinct() >= *total)
    }

    /// How many different flags there are. Those whose keys are none of ours count each.
    fn distinct(&self) -> usize {
        let mut seen = HashSet::new();
        self.flags
            .iter()
            .filter(|flag| flag.key.as_ref().is_none_or(|key| seen.insert(key)))
            .count()
    }
}

/// All flags. Pages are cut anew for each call: where flags came or went meanwhile, others move over the edge of a page,
/// and are told twice or not at all. So what does not fit together is fetched once more. If it still doesn't, it is
/// taken as it is: a count that is always wrong must not keep everybody from their flags. Who needs to know that none is
/// missing asks [`List::is_whole`].
pub(super) async fn all<F>(fetch: impl Fn(Page) -> F) -> Result<List, Failure>
where
    F: Future<Output = Result<FlagPage, Failure>>,
{
    let list = once(&fetch).await?;
    if list.fits() {
        return Ok(list);
    }
    let list = once(&fetch).await?;
    if !list.fits() {
        tracing::warn!(
            found = list.distinct(),
            totals = ?list.totals,
            "LaunchDarkly's pages of flags do not fit together"
        );
    }
    Ok(list)
}

/// The first page, and then those that it says there are.
async fn once<F>(fetch: &impl Fn(Page) -> F) -> Result<List, Failure>
where
    F: Future<Output = Result<FlagPage, Failure>>,
{
    let FlagPage { mut flags, total } = fetch(Page { limit: LIMIT, offset: 0 }).await?;
    let Some(total) = total else {
        return Ok(List { flags: one_by_one(flags, fetch).await?, totals: Vec::new() });
    };
    if total > LIMIT * MOST {
        return Err(Failure::Invalid(Invalid::TooLarge));
    }
    let offsets = (LIMIT..total).step_by(LIMIT);
    let rest = offsets.map(|offset| fetch(Page { limit: LIMIT, offset }));
    let rest: Vec<_> = futures_util::stream::iter(rest).buffered(AT_ONCE).try_collect().await?;
    let mut totals = vec![total];
    for page in rest {
        totals.extend(page.total);
        flags.extend(page.flags);
    }
    Ok(List { flags, totals })
}

/// Where nothing says how many there are: until a page is not full.
async fn one_by_one<F>(
    mut flags: Vec<FlagRecord>,
    fetch: &impl Fn(Page) -> F,
) -> Result<Vec<FlagRecord>, Failure>
where
    F: Future<Output = Result<FlagPage, Failure>>,
{
    for page in 1..MOST {
        if flags.len() < page * LIMIT {
            return Ok(flags);
        }
        flags.extend(fetch(Page { limit: LIMIT, offset: page * LIMIT }).await?.flags);
    }
    Err(Failure::Invalid(Invalid::TooLarge))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::upstream::wire::read_flags;

    fn page(from: usize, to: usize, total: Option<usize>) -> FlagPage {
        let flag = |n: usize| format!(r#"{{"key":"f{n}","variations":[]}}"#);
        let items = (from..to).map(flag).collect::<Vec<_>>().join(",");
        let total = total.map_or_else(String::new, |total| format!(r#","totalCount":{total}"#));
        read_flags(format!(r#"{{"items":[{items}]{total}}}"#).as_bytes()).unwrap()
    }

    async fn fetched(count: usize, says: bool) -> (Vec<usize>, usize) {
        let asked = Mutex::new(Vec::new());
        let flags = all(|Page { limit, offset }| {
            asked.lock().unwrap().push(offset);
            let to = count.min(offset + limit);
            let page = page(offset.min(to), to, says.then_some(count));
            async move { Ok(page) }
        });
        let flags = flags.await.unwrap().flags.len();
        (asked.into_inner().unwrap(), flags)
    }

    #[tokio::test]
    async fn every_page_is_fetched_once() {
        for says in [true, false] {
            assert_eq!(fetched(0, says).await, (vec![0], 0));
            assert_eq!(fetched(99, says).await, (vec![0], 99));
            assert_eq!(fetched(250, says).await, (vec![0, 100, 200], 250));
        }
        assert_eq!(fetched(100, true).await, (vec![0], 100));
        assert_eq!(fetched(100, false).await, (vec![0, 100], 100));
    }

    /// Fetches pages of a list that has these flags from the n-th call on.
    async fn fetched_while(changes: &[(usize, Vec<usize>)]) -> (usize, Vec<String>) {
        let calls = Mutex::new(0);
        let flags = all(|Page { limit, offset }| {
            let mut call = calls.lock().unwrap();
            let now = changes.iter().rfind(|(from, _)| *from <= *call).unwrap();
            *call += 1;
            let flag = |n: &usize| format!(r#"{{"key":"f{n}","variations":[]}}"#);
            let items: Vec<_> = now.1.iter().skip(offset).take(limit).map(flag).collect();
            let (items, total) = (items.join(","), now.1.len());
            let page = format!(r#"{{"items":[{items}],"totalCount":{total}}}"#);
            async move { Ok(read_flags(page.as_bytes()).unwrap()) }
        });
        let flags = flags.await.unwrap().flags.into_iter().filter_map(|flag| flag.key);
        let keys = flags.map(|key| key.as_str().to_owned()).collect();
        (calls.into_inner().unwrap(), keys)
    }

    #[tokio::test]
    async fn a_flag_that_moves_over_the_edge_of_a_page_is_not_lost() {
        let (before, shrunk): (Vec<_>, Vec<_>) = ((0..150).collect(), (1..150).collect());
        let (calls, keys) = fetched_while(&[(0, before.clone()), (1, shrunk)]).await;
        assert_eq!((calls, keys.len()), (4, 149));
        assert!(keys.contains(&"f100".to_owned()), "it went from the second page to the first");
        let grown: Vec<_> = [999].into_iter().chain(0..150).collect();
        let (calls, keys) = fetched_while(&[(0, before.clone()), (1, grown)]).await;
        assert_eq!((calls, keys.len()), (4, 151));
        // One went and one came: only that a flag is there twice gives it away.
        let swapped: Vec<_> = [999].into_iter().chain(0..149).collect();
        let (calls, keys) = fetched_while(&[(0, before), (1, swapped)]).await;
        assert_eq!((calls, keys.len()), (4, 150));
        assert!(keys.contains(&"f999".to_owned()));
    }

    #[tokio::test]
    async fn a_count_that_is_always_wrong_keeps_nobody_from_their_flags() {
        let asked = Mutex::new(0);
        let flags = all(|Page { offset, .. }| {
            *asked.lock().unwrap() += 1;
            let to = 120.min(offset + LIMIT);
            let page = page(offset.min(to), to, Some(130));
            async move { Ok(page) }
        });
        let list = flags.await.unwrap();
        assert_eq!((list.flags.len(), list.is_whole()), (120, false));
        assert_eq!(asked.into_inner().unwrap(), 4);
    }

    #[tokio::test]
    async fn a_count_beyond_reason_is_no_answer() {
        let fetched = all(|_| async { Ok(page(0, 100, Some(usize::MAX))) }).await;
        assert!(matches!(fetched, Err(Failure::Invalid(Invalid::TooLarge))));
        let fetched = all(|_| async { Ok(page(0, 100, None)) }).await;
        assert!(matches!(fetched, Err(Failure::Invalid(Invalid::TooLarge))));
    }
}
