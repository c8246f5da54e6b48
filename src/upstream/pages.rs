//! Lists that come in pages.

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

/// All flags: the first page, and then those that it says there are.
pub(super) async fn all<F>(fetch: impl Fn(Page) -> F) -> Result<Vec<FlagRecord>, Failure>
where
    F: Future<Output = Result<FlagPage, Failure>>,
{
    let FlagPage { mut flags, total } = fetch(Page { limit: LIMIT, offset: 0 }).await?;
    let Some(total) = total else {
        return one_by_one(flags, fetch).await;
    };
    if total > LIMIT * MOST {
        return Err(Failure::Invalid(Invalid::TooLarge));
    }
    let offsets = (LIMIT..total).step_by(LIMIT);
    let rest = offsets.map(|offset| fetch(Page { limit: LIMIT, offset }));
    let rest: Vec<_> = futures_util::stream::iter(rest).buffered(AT_ONCE).try_collect().await?;
    flags.extend(rest.into_iter().flat_map(|page| page.flags));
    Ok(flags)
}

/// Where nothing says how many there are: until a page is not full.
async fn one_by_one<F>(
    mut flags: Vec<FlagRecord>,
    fetch: impl Fn(Page) -> F,
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
        let flags = flags.await.unwrap().len();
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

    #[tokio::test]
    async fn a_count_beyond_reason_is_no_answer() {
        let fetched = all(|_| async { Ok(page(0, 100, Some(usize::MAX))) }).await;
        assert!(matches!(fetched, Err(Failure::Invalid(Invalid::TooLarge))));
        let fetched = all(|_| async { Ok(page(0, 100, None)) }).await;
        assert!(matches!(fetched, Err(Failure::Invalid(Invalid::TooLarge))));
    }
}
