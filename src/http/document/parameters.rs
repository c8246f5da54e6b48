//! Parameters that operations share: the parts of the path, and request headers.

use std::collections::BTreeMap;

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Object, Ref, RefOr, Required, Type};

use super::kind::{Api, Kind};

/// A part of a path: its name, its schema, what it is, and one that the demo has.
const PARTS: [(&str, &str, &str, &str); 4] = [
    ("project", "Key", "The project's key.", "shop"),
    ("environment", "Key", "The environment's key.", "test"),
    ("user", "User", "The user's key, percent-encoded once: `a/b` is `a%2Fb`.", "anna@example.com"),
    ("flag", "Key", "The flag's key.", "checkout.new-flow"),
];
/// The request's id, on all operations.
const REQUEST_ID: (&str, &str) = (
    "X-Request-Id",
    "Your id of the request, for both logs: 1 to 64 of `A-Z a-z 0-9 . _ -`. Where it is left out or is none, we make one.",
);
/// What only reads take.
const ON_READS: [(&str, &str); 2] = [
    (
        "If-None-Match",
        "Tags that you have: where one is still right, the answer is 304 without a body.",
    ),
    ("Cache-Control", "`no-cache` asks LaunchDarkly instead of the cache."),
];

/// Every shared parameter, by its name.
pub(super) fn all() -> BTreeMap<String, RefOr<Parameter>> {
    let parts = PARTS.into_iter().map(|(name, schema, description, example)| {
        let part = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some(description))
            .schema(Some(Ref::from_schema_name(schema)))
            .example(Some(example.into()));
        (name, part)
    });
    let headers = [REQUEST_ID].into_iter().chain(ON_READS).map(|(name, description)| {
        let header = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(description))
            .schema(Some(Object::with_type(Type::String)));
        (name, header)
    });
    parts.chain(headers).map(|(name, one)| (name.to_owned(), one.build().into())).collect()
}

/// Adds to an operation the parts of its path, in their order, before its own parameters, and headers after them.
pub(super) fn add(path: &str, kind: Kind, operation: &mut Operation) {
    let reference = |name: &str| RefOr::Ref(Ref::new(format!("#/components/parameters/{name}")));
    let mut parameters: Vec<RefOr<Parameter>> = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(reference)
        .collect();
    parameters.extend(operation.parameters.take().unwrap_or_default());
    if kind.is_read() {
        parameters.extend(ON_READS.map(|(name, _)| reference(name)));
    }
    if kind.api != Api::Open {
        parameters.push(reference(REQUEST_ID.0));
    }
    operation.parameters = Some(parameters).filter(|all| !all.is_empty());
}
