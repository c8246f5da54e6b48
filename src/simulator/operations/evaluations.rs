//! `POST /api/v2/projects/{project}/environments/{environment}/flags/evaluate`: what a context would receive, with
//! the attributes that are sent, whatever is stored of it. Individual targets count, but are not told.
//!
//! Undocumented upstream and decided here: archived flags are left out; without `sort` the order is that of the
//! keys; `totalCount` counts what passes the filter, on all pages; `limit` may be -1 or more; a filter or a sort
//! field that is not documented is a 400; flags can be sorted by `key` and `name`.

use serde::Serialize;
use serde_json::{Value, json};

use super::Call;
use super::body::json_object;
use super::query::{Page, Query, link, sort};
use crate::simulator::json::Json;
use crate::simulator::wire::{Answer, Refusal, encode};
use crate::simulator::world::{Attributes, Context, Flag, evaluate as evaluate_flag};

/// `ContextInstanceEvaluation`. The value is always written, `null` included.
#[derive(Serialize)]
struct Evaluated<'a> {
    name: &'a str,
    key: &'a str,
    #[serde(rename = "_value")]
    value: Option<Json>,
    reason: Value,
    #[serde(rename = "_links")]
    links: Value,
}

/// `ContextInstanceEvaluations`: its items are an array.
#[derive(Serialize)]
struct Evaluations<'a> {
    items: Vec<Evaluated<'a>>,
    #[serde(rename = "totalCount")]
    total_count: usize,
    #[serde(rename = "_links")]
    links: Value,
}

/// What every flag has to pass.
#[derive(Debug, PartialEq, Eq)]
enum Filter {
    /// A part of the key or the name, in lower case.
    Query(String),
    /// Tags that are all there.
    Tags(Vec<String>),
}

/// Evaluates flags for the context of the body.
pub(super) fn evaluate(
    call: &Call<'_>,
    project: &str,
    environment: &str,
) -> Result<Answer, Refusal> {
    let (project, environment) = call.find(project, environment)?;
    let sent: Attributes = json_object(call.request)?;
    let context = Context::parse(&sent).map_err(Refusal::invalid)?;
    let query = Query::of(call.request);
    let flags = listed(project.flags.values(), &query)?;
    let total_count = flags.len();
    let page = Page { limit: limit(&query)?, offset: query.position("offset")?.unwrap_or(0) };
    let base = format!("/{}/{}/features", encode(&project.key), encode(&environment.key));
    let itself = format!(
        "/api/v2/projects/{}/environments/{}/flags/evaluate",
        encode(&project.key),
        encode(&environment.key)
    );
    let items = page.cut(flags).into_iter().map(|flag| {
        let evaluation = evaluate_flag(project, environment, flag, &context);
        let site = format!("{base}/{}/targeting", encode(&flag.key));
        Evaluated {
            name: &flag.name,
            key: &flag.key,
            value: evaluation.value,
            reason: json!(evaluation.reason),
            links: json!({
                "self": link(&itself),
                "site": { "href": site, "type": "text/html" },
            }),
        }
    });
    Ok(Answer::ok(&Evaluations {
        items: items.collect(),
        total_count,
        links: query.links(&itself, page, total_count),
    }))
}

fn limit(query: &Query<'_>) -> Result<Option<usize>, Refusal> {
    match query.integer("limit")? {
        None | Some(-1) => Ok(None),
        Some(_) => query.position("limit"),
    }
}

/// The flags that pass the filter, in the order asked for.
fn listed<'a>(
    flags: impl Iterator<Item = &'a Flag>,
    query: &Query<'_>,
) -> Result<Vec<&'a Flag>, Refusal> {
    let filters = filters(query.first("filter").unwrap_or_default())?;
    let passes = |flag: &&Flag| !flag.archived && filters.iter().all(|filter| filter.passes(flag));
    let mut listed: Vec<_> = flags.filter(passes).collect();
    if let Some(fields) = query.first("sort") {
        sort(&mut listed, fields, |field, a, b| match field {
            "key" => Some(a.key.cmp(&b.key)),
            "name" => Some(a.name.cmp(&b.name)),
            _ => None,
        })?;
    }
    Ok(listed)
}

/// Reads `query equals X, tags contains ["a","b"]`.
fn filters(text: &str) -> Result<Vec<Filter>, Refusal> {
    let wrong = || Refusal::invalid(format!("Invalid filter: {text}"));
    let mut rest = text.trim();
    let mut filters = Vec::new();
    while !rest.is_empty() {
        let (filter, behind) = if let Some(wanted) = rest.strip_prefix("query equals ") {
            let (wanted, behind) = wanted.split_once(',').unwrap_or((wanted, ""));
            (Filter::Query(wanted.trim().to_lowercase()), behind)
        } else {
            let wanted = rest.strip_prefix("tags contains ").ok_or_else(wrong)?;
            let (wanted, behind) = wanted.split_once(']').ok_or_else(wrong)?;
            let tags = serde_json::from_str(&format!("{wanted}]")).ok().ok_or_else(wrong)?;
            let behind = behind.trim_start();
            if !behind.is_empty() && !behind.starts_with(',') {
                return Err(wrong());
            }
            (Filter::Tags(tags), behind.trim_start_matches(','))
        };
        filters.push(filter);
        rest = behind.trim();
    }
    Ok(filters)
}

impl Filter {
    fn passes(&self, flag: &Flag) -> bool {
        match self {
            Self::Query(wanted) => flag.mentions(wanted),
            Self::Tags(tags) => tags.iter().all(|tag| flag.tags.contains(tag)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_alone_and_together() {
        let query = |text: &str| Filter::Query(text.to_owned());
        let tags = |tags: &[&str]| Filter::Tags(tags.iter().map(|&tag| tag.to_owned()).collect());
        for (text, expected) in [
            ("", vec![]),
            ("query equals Dark-Mode", vec![query("dark-mode")]),
            (r#"tags contains ["beta","q1"]"#, vec![tags(&["beta", "q1"])]),
            (
                r#"query equals dark mode, tags contains ["beta"]"#,
                vec![query("dark mode"), tags(&["beta"])],
            ),
            (r#"tags contains ["a"],query equals b"#, vec![tags(&["a"]), query("b")]),
        ] {
            assert_eq!(filters(text), Ok(expected), "{text}");
        }
        for text in ["query", "key equals a", "tags contains a", "tags contains [1]", "x"] {
            assert!(filters(text).is_err(), "{text}");
        }
    }
}
