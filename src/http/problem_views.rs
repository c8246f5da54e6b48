//! The bodies of failures, in both shapes.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use crate::settings::views::{Applied, Step};

/// A failure on our own routes (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemView<'a> {
    /// `/problems/` and the slug.
    #[serde(rename = "type")]
    #[schema(example = "/problems/not-permitted")]
    pub(super) kind: String,
    /// The slug in a few words.
    #[schema(example = "You may not do this")]
    pub(super) title: &'a str,
    /// The HTTP status.
    #[schema(example = 403)]
    pub(super) status: u16,
    /// What was wrong and what to do.
    pub(super) detail: &'a str,
    /// The request's id, as in `X-Request-Id` and in our log.
    pub(super) request_id: &'a str,
    /// The faults of the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(super) errors: Vec<FaultView<'a>>,
    /// How much of a write is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) applied: Option<Applied>,
    /// What became of each step of a write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) steps: Option<&'a [Step]>,
    /// The name of a write that was begun, as in LaunchDarkly's audit log and in ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "op_01a20041fac7749697266b20026724d4")]
    pub(super) operation: Option<String>,
    /// What LaunchDarkly said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) upstream: Option<UpstreamView<'a>>,
}

/// A fault of a request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fault)]
pub(super) struct FaultView<'a> {
    /// A JSON pointer into the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pointer: Option<&'a str>,
    /// The name of a part of the path, of the query, or of a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parameter: Option<&'a str>,
    /// What is expected there.
    pub(super) detail: &'a str,
}

/// What LaunchDarkly said about a refusal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UpstreamSays)]
pub(super) struct UpstreamView<'a> {
    /// Its status.
    pub(super) status: u16,
    /// Its code.
    pub(super) code: Option<&'a str>,
    /// Its sentence, at most 500 characters.
    pub(super) message: Option<&'a str>,
}

/// A failure on LaunchDarkly's routes, in their shape.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DropInError)]
pub(super) struct DropInErrorView<'a> {
    /// LaunchDarkly's code; ours, with underscores, where it has none.
    #[schema(example = "forbidden")]
    pub(super) code: Cow<'a, str>,
    /// What was wrong and what to do.
    pub(super) message: Cow<'a, str>,
}

impl ProblemView<'_> {
    /// The HTTP status.
    pub(super) fn status(&self) -> u16 {
        self.status
    }
}
