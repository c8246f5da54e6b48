//! The headers of answers.

use std::collections::BTreeMap;

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::response::Response;
use utoipa::openapi::{Object, Ref, RefOr, Type};

use super::kind::{Api, Kind};

/// A header of answers: its name, what it is, and one.
struct Known(&'static str, &'static str, Example);

enum Example {
    Text(&'static str),
    Number(u64),
}

const KNOWN: [Known; 13] = [
    Known("Age", "How old the answer is, in seconds.", Example::Number(12)),
    Known(
        "Cache-Control",
        "`private, no-cache` on reads: a cache of yours must ask before it shows again what it has. Else `no-store`.",
        Example::Text("private, no-cache"),
    ),
    Known(
        "Cache-Status",
        "Where the answer came from (RFC 9211).",
        Example::Text("flagward; hit; ttl=12"),
    ),
    Known(
        "Deprecation",
        "Where the operators have set the day: since or from when on this is deprecated, in seconds since 1970 (RFC 9745).",
        Example::Text("@1796083200"),
    ),
    Known(
        "ETag",
        "The tag of what you may see of it, for `If-None-Match`.",
        Example::Text("W/\"b8fd6a9759273f6cc4cc3edb\""),
    ),
    Known(
        "Link",
        "With `Deprecation` or `Sunset`: where what takes its place is described.",
        Example::Text("</docs/>; rel=\"successor-version\""),
    ),
    Known(
        "RateLimit",
        "Which limit is spent, and in how many seconds it is not.",
        Example::Text("\"launchdarkly\";r=0;t=7"),
    ),
    Known("Retry-After", "How many seconds to wait, where known.", Example::Number(7)),
    Known(
        "Sunset",
        "Where the operators have set the day: from when on this may no longer answer (RFC 8594).",
        Example::Text("Wed, 30 Jun 2027 00:00:00 GMT"),
    ),
    Known("Vary", "What else the bytes depend on.", Example::Text("Accept-Encoding")),
    Known(
        "WWW-Authenticate",
        "How to say who you are.",
        Example::Text("Bearer realm=\"flagward\""),
    ),
    Known(
        "X-Ratelimit-Reset",
        "When the limit is no longer spent, in milliseconds since 1970.",
        Example::Number(1_795_258_800_000),
    ),
    Known(
        "X-Request-Id",
        "The request's id, as in our log: yours, or one that we made.",
        Example::Text("01a20041-fb0e-715d-9a2d-83ea5b536707"),
    ),
];

/// Every header, by its name.
pub(super) fn all() -> BTreeMap<String, RefOr<Header>> {
    let header = |Known(name, description, example): Known| {
        let (kind, example) = match example {
            Example::Text(text) => (Type::String, text.into()),
            Example::Number(number) => (Type::Integer, number.into()),
        };
        let header = HeaderBuilder::new()
            .schema(Some(Object::with_type(kind)))
            .description(Some(description))
            .example(Some(example));
        (name.to_owned(), header.build().into())
    };
    KNOWN.into_iter().map(header).collect()
}

/// Adds to an answer with this status the headers that it comes with.
pub(super) fn add(kind: Kind, status: &str, response: &mut Response) {
    let more: &[&str] = match status {
        "200" | "304" if kind.is_read() => {
            &["Age", "Cache-Control", "Cache-Status", "ETag", "Vary"]
        }
        "204" => &[],
        "401" => &["Cache-Control", "WWW-Authenticate"],
        "429" if kind.api == Api::DropIn => &["Cache-Control", "Retry-After", "X-Ratelimit-Reset"],
        "429" => &["Cache-Control", "RateLimit", "Retry-After"],
        "503" if kind.api != Api::Open => &["Cache-Control", "Retry-After"],
        // A write whose second step met a limit.
        "502" if kind.is_write() && kind.api == Api::V1 => &["Cache-Control", "Retry-After"],
        _ => &["Cache-Control"],
    };
    let of_drop_in: &[&str] =
        if kind.api == Api::DropIn { &["Deprecation", "Link", "Sunset"] } else { &[] };
    for name in more.iter().chain(of_drop_in).chain(&["X-Request-Id"]) {
        let reference = Ref::new(format!("#/components/headers/{name}"));
        response.headers.insert((*name).to_owned(), RefOr::Ref(reference));
    }
}
