//! Every answer to a failure, with an example of each kind. Statuses, codes and bodies are made by the code that
//! answers callers, so that the document can't say anything else.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{Ref, RefOr};

use super::kind::{Api, Kind};
use super::samples::samples;
use crate::http::location::{DropIn, V1};
use crate::http::problem::Failed;
use crate::problem::{Problem, Slug};

/// The request id in examples.
const REQUEST_ID: &str = "01a20041-fb0e-715d-9a2d-83ea5b536707";

/// The answers of an operation of this kind to its failures: the status, the name among the shared responses, the answer.
/// Equal answers have equal names.
pub(super) fn responses(kind: Kind) -> Vec<(String, String, Response)> {
    let mut by_status: BTreeMap<u16, Vec<(Slug, Value)>> = BTreeMap::new();
    for problem in samples(kind) {
        let slug = problem.slug;
        let (status, body) = answer(kind.api, problem);
        by_status.entry(status).or_default().push((slug, body));
    }
    let named = |(status, failures): (u16, Vec<(Slug, Value)>)| {
        let name = name(kind, status, &failures);
        (status.to_string(), name, response(kind.api, &failures))
    };
    by_status.into_iter().map(named).collect()
}

fn answer(api: Api, problem: Problem) -> (u16, Value) {
    match api {
        Api::DropIn => {
            let failed = Failed::<DropIn>::from(problem);
            let (status, view) = failed.view();
            (status.as_u16(), serde_json::to_value(view).unwrap_or_default())
        }
        Api::V1 | Api::Open => {
            let failed = Failed::<V1>::from(problem);
            let view = failed.view(REQUEST_ID);
            (view.status(), serde_json::to_value(view).unwrap_or_default())
        }
    }
}

/// Like `v1.404.not-found`; a write's say more than a read's of the same slug.
fn name(kind: Kind, status: u16, failures: &[(Slug, Value)]) -> String {
    let api = if kind.api == Api::DropIn { "drop-in" } else { "v1" };
    let slugs: Vec<_> = failures.iter().map(|(slug, _)| slug.name()).collect();
    let says_more = failures.iter().any(|(_, body)| body.get("applied").is_some());
    let write = if says_more { ".write" } else { "" };
    format!("{api}.{status}.{}{write}", slugs.join("."))
}

fn response(api: Api, failures: &[(Slug, Value)]) -> Response {
    let (media_type, schema) = match api {
        Api::DropIn => ("application/json", "DropInError"),
        Api::V1 | Api::Open => ("application/problem+json", "Problem"),
    };
    let examples = failures.iter().map(|(slug, body)| (slug.name(), example(*slug, body)));
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(schema)))
        .examples_from_iter(examples);
    let words = failures.iter().map(|(slug, _)| format!("`{}`: {}.", slug.name(), slug.title()));
    ResponseBuilder::new()
        .description(words.collect::<Vec<_>>().join(" "))
        .content(media_type, content.build())
        .build()
}

fn example(slug: Slug, body: &Value) -> RefOr<Example> {
    ExampleBuilder::new().summary(slug.title()).value(Some(body.clone())).build().into()
}
