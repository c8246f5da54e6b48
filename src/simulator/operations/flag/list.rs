//! `GET /api/v2/flags/{project}`: the flags of a project, page by page.
//!
//! As documented: 20 flags unless `limit` says otherwise; archived flags only with `filter=state:archived` (or the
//! older `archived=true`); no environments unless `env` names them; targets, rules and prerequisites only with
//! `summary=0` beside `env`. Observed by others for 20240415: at most 100 flags and at most 3 environments at once.
//!
//! Under older versions 1,000 flags fit into a page, and without `env` there are all environments, in short.
//!
//! Undocumented upstream and decided here: more flags or environments than that are a 400 and not cut down, so
//! that nobody takes a part for the whole; the order without `sort` is that of the keys, which also decides
//! between flags that are alike; the filters `query`, `tags`, `state`, `archived` and `type` are simulated, others
//! are a 400.

use serde::Serialize;
use serde_json::Value;

use super::view::{self, Detail, FeatureFlag};
use crate::simulator::operations::Call;
use crate::simulator::operations::query::{Page, Query, sort};
use crate::simulator::wire::{Answer, Refusal, encode};
use crate::simulator::world::{Flag, Targeting};

/// How many flags come without a limit.
const DEFAULT_LIMIT: usize = 20;

/// How many flags and environments fit into one answer under 20240415.
const MAX_LIMIT: usize = 100;
const MAX_ENVIRONMENTS: usize = 3;

/// How many flags fit into one answer under older versions.
const OLD_MAX_LIMIT: usize = 1000;

/// `FeatureFlags`.
#[derive(Serialize)]
struct FeatureFlags<'a> {
    items: Vec<FeatureFlag<'a>>,
    #[serde(rename = "totalCount")]
    total_count: usize,
    #[serde(rename = "_links")]
    links: Value,
}

/// One page of a project's flags.
pub(in crate::simulator::operations) fn list(
    call: &Call<'_>,
    project: &str,
) -> Result<Answer, Refusal> {
    let projects = &call.state.account.projects;
    let project = projects.get(project).ok_or(Refusal::NotFound)?;
    let query = Query::of(call.request);
    let newest = call.version.is_newest();
    let asked = query.all("env");
    if newest && asked.len() > MAX_ENVIRONMENTS {
        return Err(Refusal::invalid(format!("at most {MAX_ENVIRONMENTS} environments")));
    }
    let named = view::environments(project, &asked)?;
    let whole = query.boolean("summary")? == Some(false) && !named.is_empty();
    let everywhere = named.is_empty() && !newest;
    let shown = if everywhere { project.environments.values().collect() } else { named };
    let page = page(&query, if newest { MAX_LIMIT } else { OLD_MAX_LIMIT })?;
    let listed = listed(project.flags.values(), &query)?;
    let total_count = listed.len();
    let detail = if whole { Detail::Whole } else { Detail::Summary };
    let flags = page.cut(listed).into_iter();
    let path = format!("/api/v2/flags/{}", encode(&project.key));
    Ok(Answer::ok(&FeatureFlags {
        items: flags.map(|flag| view::view(project, flag, &shown, detail)).collect(),
        total_count,
        links: query.links(&path, page, total_count),
    }))
}

fn page(query: &Query<'_>, max: usize) -> Result<Page, Refusal> {
    let limit = query.position("limit")?.unwrap_or(DEFAULT_LIMIT);
    if limit == 0 || limit > max {
        return Err(Refusal::invalid(format!("limit must be between 1 and {max}")));
    }
    Ok(Page { limit: Some(limit), offset: query.position("offset")?.unwrap_or(0) })
}

/// The flags that pass every filter, in the order asked for.
fn listed<'a>(
    flags: impl Iterator<Item = &'a Flag>,
    query: &Query<'_>,
) -> Result<Vec<&'a Flag>, Refusal> {
    let mut listed: Vec<_> = flags.collect();
    let text = query.first("filter").unwrap_or_default();
    let filters = text.split(',').filter(|filter| !filter.is_empty());
    let mut filters: Vec<_> = filters.map(|f| f.split_once(':').unwrap_or((f, ""))).collect();
    filters.extend(query.first("tag").map(|tag| ("tags", tag)));
    filters.extend(query.first("archived").map(|archived| ("archived", archived)));
    let of_state = |(name, _): &(&str, &str)| matches!(*name, "state" | "archived");
    if !filters.iter().any(of_state) {
        listed.retain(|flag| !flag.archived);
    }
    for (name, wanted) in filters {
        retain(&mut listed, name, wanted)?;
    }
    let environment = query.first("env").unwrap_or_default();
    if let Some(fields) = query.first("sort") {
        let modified = |flag: &Flag| {
            let targeting: Option<&Targeting> = flag.targeting.get(environment);
            targeting.map(|targeting| targeting.last_modified)
        };
        sort(&mut listed, fields, |field, a, b| match field {
            "key" => Some(a.key.cmp(&b.key)),
            "name" => Some(a.name.cmp(&b.name)),
            "tags" => Some(a.tags.cmp(&b.tags)),
            "type" => Some(a.temporary.cmp(&b.temporary)),
            "creationDate" => Some(a.creation_date.cmp(&b.creation_date)),
            "targetingModifiedDate" => Some(modified(a)?.cmp(&modified(b)?)),
            _ => None,
        })?;
    }
    Ok(listed)
}

/// Keeps what passes one filter.
fn retain(flags: &mut Vec<&Flag>, name: &str, wanted: &str) -> Result<(), Refusal> {
    let lower = wanted.to_lowercase();
    match (name, wanted) {
        ("query", _) => flags.retain(|flag| flag.mentions(&lower)),
        ("tags", _) => {
            let tags: Vec<_> = wanted.split('+').map(str::to_owned).collect();
            flags.retain(|flag| tags.iter().all(|tag| flag.tags.contains(tag)));
        }
        ("state", "archived") | ("archived", "true") => flags.retain(|flag| flag.archived),
        ("archived", "false") => flags.retain(|flag| !flag.archived),
        ("state", "deprecated") => flags.retain(|flag| flag.deprecated && !flag.archived),
        ("state", "live") => flags.retain(|flag| !flag.deprecated && !flag.archived),
        ("type", "temporary") => flags.retain(|flag| flag.temporary),
        ("type", "permanent") => flags.retain(|flag| !flag.temporary),
        _ => return Err(Refusal::invalid(format!("Invalid filter: {name}:{wanted}"))),
    }
    Ok(())
}
