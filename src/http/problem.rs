//! Failures as HTTP has them: `application/problem+json` (RFC 9457) on our own routes, `LaunchDarkly`'s shape on theirs.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use jiff::Timestamp;

use super::location::{Api, DropIn, V1};
use super::problem_views::{DropInErrorView, FaultView, ProblemView, UpstreamView};
use crate::problem::{Fault, Problem, Slug, Spot};

/// A failed request to the API `P`. The frame turns it into an answer, since only there the request's id is known.
pub(super) struct Failed<P: Api>(Box<Problem>, PhantomData<P>);

/// How someone who calls an API shows who they are (RFC 9110, 11.6.1).
const BEARER: &str = "Bearer realm=\"flagward\"";

/// What a handler gives.
pub(super) type Handled<P> = Result<HttpResponse, Failed<P>>;

impl<P: Api, E: Into<Problem>> From<E> for Failed<P> {
    fn from(failure: E) -> Self {
        Self(Box::new(failure.into()), PhantomData)
    }
}

impl<P: Api> fmt::Debug for Failed<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<P: Api> fmt::Display for Failed<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.slug.name())
    }
}

impl<P: Api> ResponseError for Failed<P> {
    fn status_code(&self) -> StatusCode {
        status(self.0.slug)
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// The status of each kind of failure.
pub(super) const fn status(slug: Slug) -> StatusCode {
    match slug {
        Slug::InvalidRequest => StatusCode::BAD_REQUEST,
        Slug::Unauthenticated => StatusCode::UNAUTHORIZED,
        Slug::NotPermitted => StatusCode::FORBIDDEN,
        Slug::NotFound => StatusCode::NOT_FOUND,
        Slug::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Slug::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        Slug::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
        Slug::ContentTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Slug::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Slug::ApprovalRequired | Slug::Conflict | Slug::NotOverridden => StatusCode::CONFLICT,
        Slug::GuardNotMet | Slug::NoSuchVariation => StatusCode::UNPROCESSABLE_ENTITY,
        Slug::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Slug::UpstreamFailed => StatusCode::BAD_GATEWAY,
        Slug::UpstreamUnavailable | Slug::WritesFrozen => StatusCode::SERVICE_UNAVAILABLE,
        Slug::UpstreamTimeout => StatusCode::GATEWAY_TIMEOUT,
        Slug::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl Failed<V1> {
    /// The body of the answer to the request with this id.
    pub(super) fn view<'a>(&'a self, request_id: &'a str) -> ProblemView<'a> {
        view(&self.0, request_id)
    }

    /// The answer to the request with this id.
    pub(super) fn answer(&self, request_id: &str) -> HttpResponse {
        answer(&self.0, request_id, BEARER)
    }
}

fn view<'a>(problem: &'a Problem, request_id: &'a str) -> ProblemView<'a> {
    let progress = problem.progress.as_ref();
    ProblemView {
        kind: format!("/problems/{}", problem.slug.name()),
        title: problem.slug.title(),
        status: status(problem.slug).as_u16(),
        detail: &problem.detail,
        request_id,
        errors: problem.faults.iter().map(fault).collect(),
        applied: progress.map(|progress| progress.applied),
        steps: progress.map(|progress| progress.steps.as_slice()),
        operation: progress.and_then(|progress| Some(progress.operation?.to_string())),
        upstream: upstream(problem),
    }
}

/// The answer to the request with this id, in our own shape. `challenge` says how whoever asked may show who they are.
pub(super) fn answer(problem: &Problem, request_id: &str, challenge: &'static str) -> HttpResponse {
    let mut answer = start(status(problem.slug), problem, challenge);
    answer.insert_header((CONTENT_TYPE, "application/problem+json"));
    if let Some(wait) = problem.retry_after.filter(|_| problem.slug == Slug::RateLimited) {
        let limit = format!("\"launchdarkly\";r=0;t={}", seconds(wait));
        answer.insert_header(("RateLimit", limit));
    }
    answer.body(serde_json::to_vec(&view(problem, request_id)).unwrap_or_default())
}

impl Failed<DropIn> {
    /// The status and the body of the answer, in `LaunchDarkly`'s shape.
    pub(super) fn view(&self) -> (StatusCode, DropInErrorView<'_>) {
        let problem = &*self.0;
        let said = problem.upstream.as_ref();
        let (status, code) = drop_in_code(problem);
        let code = said.and_then(|says| says.code.as_deref()).map_or(code, Cow::Borrowed);
        let message = said.and_then(|says| says.message.as_deref());
        let message = message.map_or_else(|| drop_in_message(problem).into(), Cow::Borrowed);
        (status, DropInErrorView { code, message })
    }

    /// The answer, in `LaunchDarkly`'s shape.
    pub(super) fn answer(&self, now: Timestamp) -> HttpResponse {
        let problem = &*self.0;
        let (status, view) = self.view();
        let mut answer = start(status, problem, BEARER);
        answer.insert_header((CONTENT_TYPE, "application/json"));
        if let Some(wait) = problem.retry_after.filter(|_| problem.slug == Slug::RateLimited) {
            let reset = now.as_millisecond() + i64::try_from(wait.as_millis()).unwrap_or_default();
            answer.insert_header(("X-Ratelimit-Reset", reset.to_string()));
        }
        answer.body(serde_json::to_vec(&view).unwrap_or_default())
    }
}

impl<P: Api> Failed<P> {
    /// The failure, for the log.
    pub(super) fn problem(&self) -> &Problem {
        &self.0
    }
}

fn start(status: StatusCode, problem: &Problem, challenge: &'static str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((CACHE_CONTROL, "no-store"));
    if problem.slug == Slug::Unauthenticated {
        answer.insert_header((WWW_AUTHENTICATE, challenge));
    }
    if let Some(wait) = problem.retry_after {
        answer.insert_header((RETRY_AFTER, seconds(wait).to_string()));
    }
    answer
}

/// Whole seconds, rounded up, since who waits so long has waited long enough; and at least one, since who is told to
/// wait for none asks again and again (`LaunchDarkly`'s reset may be over by its clock and not by ours).
fn seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

fn fault(fault: &Fault) -> FaultView<'_> {
    let (pointer, parameter) = match &fault.spot {
        Spot::Pointer(pointer) => (Some(pointer.as_str()), None),
        Spot::Parameter(name) => (None, Some(name.as_str())),
    };
    FaultView { pointer, parameter, detail: &fault.detail }
}

/// Upstream's own words, for the statuses whose words are meant for whoever asked.
fn upstream(problem: &Problem) -> Option<UpstreamView<'_>> {
    let says = problem.upstream.as_ref()?;
    matches!(says.status, 400 | 404 | 405 | 409 | 429).then_some(UpstreamView {
        status: says.status,
        code: says.code.as_deref(),
        message: says.message.as_deref(),
    })
}

/// The status and code that `LaunchDarkly` has for a failure; where it has none, our slug with underscores.
fn drop_in_code(problem: &Problem) -> (StatusCode, Cow<'static, str>) {
    if let Some(says) = &problem.upstream
        && let Ok(status) = StatusCode::from_u16(says.status)
    {
        let code = match says.status {
            404 => "not_found",
            405 => "method_not_allowed",
            409 => "optimistic_locking_error",
            429 => "rate_limited",
            _ => "invalid_request",
        };
        return (status, Cow::Borrowed(code));
    }
    let own = status(problem.slug);
    let code = match problem.slug {
        Slug::InvalidRequest => "invalid_request",
        Slug::NoSuchVariation => {
            return (StatusCode::BAD_REQUEST, Cow::Borrowed("invalid_request"));
        }
        Slug::GuardNotMet => return (StatusCode::FORBIDDEN, Cow::Borrowed("forbidden")),
        Slug::Unauthenticated => "unauthorized",
        Slug::NotPermitted => "forbidden",
        Slug::NotFound => "not_found",
        Slug::MethodNotAllowed => "method_not_allowed",
        Slug::Conflict => "optimistic_locking_error",
        Slug::RateLimited => "rate_limited",
        Slug::NotAcceptable
        | Slug::RequestTimeout
        | Slug::ContentTooLarge
        | Slug::UnsupportedMediaType
        | Slug::ApprovalRequired
        | Slug::NotOverridden
        | Slug::UpstreamFailed
        | Slug::UpstreamUnavailable
        | Slug::UpstreamTimeout
        | Slug::WritesFrozen
        | Slug::InternalError => return (own, Cow::Owned(problem.slug.name().replace('-', "_"))),
    };
    (own, Cow::Borrowed(code))
}

fn drop_in_message(problem: &Problem) -> String {
    let mut message = problem.detail.clone();
    if let [_, _, ..] = problem.faults.as_slice() {
        let each = problem.faults.iter().map(|fault| match &fault.spot {
            Spot::Pointer(name) | Spot::Parameter(name) => format!("`{name}` {}", fault.detail),
        });
        message = each.collect::<Vec<_>>().join("; ");
    }
    if problem.slug == Slug::GuardNotMet {
        message.push_str(
            "; LaunchDarkly's own API has no room for that: use PUT /v1/projects/{project}/environments/{environment}/users/{user}/flags/{flag}",
        );
    }
    message
}
