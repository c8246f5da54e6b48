//! `GET /api/v2/projects/{project}/environments/{environment}/contexts/{kind}/{key}`: what is stored of a context,
//! once per application that evaluated flags for it.
//!
//! Undocumented upstream and decided here: without `sort` the one seen last comes first; a context that was never
//! seen is an empty list, since no 404 is declared. Only users have records; contexts of other kinds are never
//! seen.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::Call;
use super::query::{Query, link};
use crate::simulator::wire::{Answer, Refusal, encode};
use crate::simulator::world::{Record, USER};

/// How many come without a limit, and at most.
const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 50;

/// The records of a context.
pub(super) fn read(
    call: &Call<'_>,
    (project, environment): (&str, &str),
    (kind, key): (&str, &str),
) -> Result<Answer, Refusal> {
    let (project, environment) = call.find(project, environment)?;
    if call.state.contexts_forbidden {
        return Err(Refusal::Denied);
    }
    let stored = project.users.get(key).filter(|_| kind == USER);
    let query = Query::of(call.request);
    let records = asked(stored.into_iter().flatten(), &query)?;
    let base = format!(
        "/api/v2/projects/{}/environments/{}",
        encode(&project.key),
        encode(&environment.key)
    );
    let itself = format!("{base}/contexts/{}/{}", encode(kind), encode(key));
    let from = query.position("continuationToken")?.unwrap_or(0);
    let limit = query.position("limit")?.unwrap_or(DEFAULT_LIMIT);
    if limit > MAX_LIMIT {
        return Err(Refusal::invalid(format!("limit must be at most {MAX_LIMIT}")));
    }
    let total = records.len();
    let items = records.into_iter().skip(from).take(limit);
    let items: Vec<_> = items.map(|record| item(record, (kind, key), &base, &itself)).collect();
    let mut links = json!({ "self": link(&itself) });
    let mut answer = json!({
        "_environmentId": format!("environment-{}", environment.key),
        "items": items,
    });
    let next = from.saturating_add(limit);
    if query.boolean("includeTotalCount")? != Some(false) {
        insert(&mut answer, "totalCount", json!(total));
    }
    if next < total {
        let href = format!("{itself}?limit={limit}&continuationToken={next}");
        insert(&mut answer, "continuationToken", json!(next.to_string()));
        insert(&mut links, "next", link(&href));
    }
    insert(&mut answer, "_links", links);
    Ok(Answer::ok(&answer))
}

/// The records that the query asks for, in its order.
fn asked<'a>(
    records: impl Iterator<Item = &'a Record>,
    query: &Query<'_>,
) -> Result<Vec<&'a Record>, Refusal> {
    let mut records: Vec<_> = records.collect();
    if let Some(filter) = query.first("filter") {
        let wanted = filter.strip_prefix("applicationId:");
        let wanted =
            wanted.ok_or_else(|| Refusal::invalid("Invalid filter: only applicationId"))?;
        let wanted = wanted.trim_matches('"');
        records.retain(|record| record.application.as_deref() == Some(wanted));
    }
    match query.first("sort") {
        None | Some("-ts") => records.sort_by_key(|record| Reverse(record.last_seen)),
        Some("ts") => records.sort_by_key(|record| record.last_seen),
        Some(_) => return Err(Refusal::invalid("Invalid sort field: only ts")),
    }
    Ok(records)
}

/// `ContextRecord`.
fn item(record: &Record, (kind, key): (&str, &str), base: &str, itself: &str) -> Value {
    let mut context = record.attributes.clone();
    context.insert("kind".to_owned(), json!(kind));
    context.insert("key".to_owned(), json!(key));
    let mut item = json!({
        "lastSeen": record.last_seen,
        "context": context,
        "_links": { "parent": link(base), "self": link(itself) },
        "_access": { "denied": [], "allowed": [] },
        "associatedContexts": 0,
    });
    if let Some(application) = &record.application {
        insert(&mut item, "applicationId", json!(application));
    }
    item
}

fn insert(object: &mut Value, name: &str, value: Value) {
    if let Value::Object(members) = object {
        members.insert(name.to_owned(), value);
    }
}
