//! Around every request: its id, its measure, and the answer where it failed. Failures are logged here, once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, HeaderName, HeaderValue, VARY};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse};

use super::drop_in_notice::DropInNotice;
use super::hooks::OtherDoor;
use super::location::{DropIn, V1};
use super::problem::{self, Failed, status};
use super::reply::ENCODING;
use super::request_id::{RequestId, RequestIds};
use super::routes::{is_of_drop_in, refusal};
use crate::clock::Clock;
use crate::problem::{Problem, Slug};
use crate::telemetry::{Causes, Metrics, RouteMetrics};

/// The id of a request: as the caller gave it, on the way in as in the answer.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The route in metrics of what no route matched.
const UNMATCHED: &str = "unmatched";
/// The method in metrics of what no route has.
const OTHER: &str = "other";

/// What the frame works with.
#[derive(Clone, Debug)]
pub struct Frame {
    clock: Clock,
    ids: RequestIds,
    unmatched: Series,
    notice: Option<DropInNotice>,
    other_door: Option<OtherDoor>,
}

/// The metrics of one route, by method.
#[derive(Clone, Debug)]
pub(super) struct Series(Arc<SeriesInner>);

#[derive(Debug)]
struct SeriesInner {
    pattern: &'static str,
    methods: Vec<(Method, RouteMetrics)>,
    other: RouteMetrics,
    allow: String,
    api: Whose,
}

/// Whose API a route belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Ours,
    LaunchDarkly,
    /// No route was matched: the path tells.
    Unknown,
}

impl Frame {
    /// A frame that measures into `metrics`, and tells callers of the drop-in what `notice` says.
    #[must_use]
    pub fn new(clock: Clock, metrics: &Metrics, notice: Option<DropInNotice>) -> Self {
        let unmatched = Series::new(UNMATCHED, &[], metrics);
        Self { clock, ids: RequestIds::new(), unmatched, notice, other_door: None }
    }

    /// The same, that also answers the failures of another door.
    #[must_use]
    pub fn with_door(self, other_door: OtherDoor) -> Self {
        Self { other_door: Some(other_door), ..self }
    }
}

impl Series {
    /// The series of the route `pattern` with these methods.
    pub(super) fn new(pattern: &'static str, methods: &[&'static str], metrics: &Metrics) -> Self {
        let series = |name: &&'static str| {
            let method = Method::from_bytes(name.as_bytes()).ok()?;
            Some((method, metrics.route(pattern, name)))
        };
        let allow = methods.join(", ");
        let methods = methods.iter().filter_map(series).collect();
        let other = metrics.route(pattern, OTHER);
        let api = match pattern {
            UNMATCHED => Whose::Unknown,
            _ if pattern.starts_with("/api/v2/") => Whose::LaunchDarkly,
            _ => Whose::Ours,
        };
        Self(Arc::new(SeriesInner { pattern, methods, other, allow, api }))
    }

    /// The route and the method, in words that no caller can choose.
    fn names(&self, method: &Method) -> (&'static str, &str) {
        let own = self.0.methods.iter().find(|(known, _)| known == method);
        (self.0.pattern, own.map_or(OTHER, |(known, _)| known.as_str()))
    }

    fn record(&self, method: &Method, status: StatusCode, took: Duration) {
        let own = self.0.methods.iter().find(|(known, _)| known == method);
        let series = own.map_or(&self.0.other, |(_, series)| series);
        series.record(status.as_u16(), took);
    }

    /// What the answer to a request of this route tells besides.
    fn notice<'a>(&self, request: &'a HttpRequest) -> Option<&'a DropInNotice> {
        let is_theirs = match self.0.api {
            Whose::Ours => false,
            Whose::LaunchDarkly => true,
            Whose::Unknown => is_of_drop_in(request),
        };
        let frame = is_theirs.then(|| request.app_data::<Frame>()).flatten();
        frame.and_then(|frame| frame.notice.as_ref())
    }
}

/// Gives a request its id, answers its failure, and measures it.
pub(crate) async fn around(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let began = Instant::now();
    let id = request_id(&request);
    if !request.method().is_safe() {
        // For the journal, and for another door; reads are spared it.
        request.headers_mut().insert(REQUEST_ID, id.clone().into_header());
    }
    let response = next.call(request).await?.map_into_boxed_body();
    let mut response = answered(response, &id);
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id.into_header());
    // Compression adds its own beside that of a read.
    if headers.get_all(VARY).nth(1).is_some() {
        headers.insert(VARY, ENCODING);
    }
    let mut notice = None;
    if let Some(series) = series(response.request()) {
        notice = series.notice(response.request()).cloned();
        series.record(response.request().method(), response.status(), began.elapsed());
    }
    if let Some(notice) = notice {
        notice.add(response.headers_mut());
    }
    Ok(response)
}

/// The series of the route that was matched, or of none.
fn series(request: &HttpRequest) -> Option<&Series> {
    let unmatched = || request.app_data::<Frame>().map(|frame| &frame.unmatched);
    request.app_data::<Series>().or_else(unmatched)
}

/// The response itself or, where it is a failure, the failure's answer.
fn answered(response: ServiceResponse<BoxBody>, id: &RequestId) -> ServiceResponse<BoxBody> {
    let refused;
    let error = match response.response().error() {
        Some(error) => error,
        None if response.status() == StatusCode::NOT_ACCEPTABLE => {
            refused = no_coding(response.request());
            &refused
        }
        None => return response,
    };
    let id = id.as_str();
    let frame = response.request().app_data::<Frame>();
    let (mut answer, slug): (HttpResponse, Slug) = if let Some(failed) =
        error.as_error::<Failed<V1>>()
    {
        log(failed.problem(), id, response.request());
        (failed.answer(id), failed.problem().slug)
    } else if let Some(failed) = error.as_error::<Failed<DropIn>>() {
        log(failed.problem(), id, response.request());
        let now = frame.map(|frame| frame.clock.now()).unwrap_or_default();
        (failed.answer(now), failed.problem().slug)
    } else if let Some(door) = frame.and_then(|frame| frame.other_door)
        && let Some(problem) = (door.problem_of)(error)
    {
        log(problem, id, response.request());
        (problem::answer(problem, id, door.challenge), problem.slug)
    } else {
        let failed = Failed::<V1>::from(Problem::new(
            Slug::InternalError,
            "something is wrong; it is in our log",
        ));
        tracing::error!(request.id = id, status = %response.status(), "an answer was no problem of ours");
        (failed.answer(id), Slug::InternalError)
    };
    if let (Slug::MethodNotAllowed, Some(series)) = (slug, series(response.request()))
        && let Ok(allow) = HeaderValue::try_from(&series.0.allow)
    {
        answer.headers_mut().insert(ALLOW, allow);
    }
    response.into_response(answer.map_into_boxed_body())
}

/// Compression refuses, without our words, a caller who takes neither plain answers nor any coding of ours.
fn no_coding(request: &HttpRequest) -> Error {
    let detail = "accept an answer that is plain, or in the coding `gzip`";
    refusal(request, Problem::new(Slug::NotAcceptable, detail))
}

/// The caller's id if it is one, else a new one.
fn request_id(request: &ServiceRequest) -> RequestId {
    let theirs = request.headers().get(REQUEST_ID).and_then(RequestId::taken);
    theirs
        .or_else(|| {
            let frame = request.app_data::<Frame>()?;
            Some(frame.ids.next(frame.clock.now()))
        })
        .unwrap_or_default()
}

/// Logs a failure: `error` where someone should act, `warn` where we coped, `info` for a caller whom nobody knows and for
/// one who was cut off, else `debug`: what the policy denies it has logged itself.
fn log(problem: &Problem, id: &str, request: &HttpRequest) {
    let (slug, status) = (problem.slug.name(), status(problem.slug).as_u16());
    let (route, method) = series(request).map_or((OTHER, OTHER), |one| one.names(request.method()));
    let operation = problem.progress.as_ref().and_then(|progress| progress.operation);
    let operation = operation.as_ref().map(tracing::field::display);
    let cause = problem.cause.as_deref().map(|cause| Causes(cause));
    let cause = cause.as_ref().map(tracing::field::display);
    macro_rules! log {
        ($level:ident, $message:literal) => {
            tracing::$level!(
                request.id = id,
                http.method = method,
                http.route = route,
                http.status = status,
                problem = slug,
                operation,
                cause,
                $message
            )
        };
    }
    match problem.slug {
        Slug::InternalError | Slug::UpstreamFailed => log!(error, "request failed"),
        Slug::UpstreamUnavailable | Slug::UpstreamTimeout | Slug::RateLimited => {
            log!(warn, "request failed");
        }
        Slug::Unauthenticated | Slug::RequestTimeout => log!(info, "request refused"),
        Slug::InvalidRequest
        | Slug::NotPermitted
        | Slug::NotFound
        | Slug::MethodNotAllowed
        | Slug::NotAcceptable
        | Slug::ContentTooLarge
        | Slug::UnsupportedMediaType
        | Slug::ApprovalRequired
        | Slug::Conflict
        | Slug::NotOverridden
        | Slug::GuardNotMet
        | Slug::WritesFrozen
        | Slug::NoSuchVariation => log!(debug, "request refused"),
    }
}
