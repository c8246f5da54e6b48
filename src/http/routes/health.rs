//! `GET /healthz` and `/readyz`: bare, for load balancers; the detail is on the management listener.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::state::HttpState;

/// How it is.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Status {
    /// `ok`, or `stopping`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the process lives
///
/// It does as soon as it answers.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "healthz",
    tag = "health",
    responses((status = 200, description = "It lives.", body = Status, example = json!({"status": "ok"}))),
)]
pub(in crate::http) async fn alive() -> HttpResponse {
    status(StatusCode::OK, "ok")
}

/// Whether requests are welcome
///
/// They are as long as the process is not stopping: while LaunchDarkly is down, what is kept is still served.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "health",
    responses(
        (status = 200, description = "They are.", body = Status, example = json!({"status": "ok"})),
        (status = 503, description = "It is stopping.", body = Status, example = json!({"status": "stopping"})),
    ),
)]
pub(in crate::http) async fn ready(state: Data<HttpState>) -> HttpResponse {
    if state.readiness.is_ready() {
        status(StatusCode::OK, "ok")
    } else {
        status(StatusCode::SERVICE_UNAVAILABLE, "stopping")
    }
}

fn status(code: StatusCode, status: &'static str) -> HttpResponse {
    HttpResponse::build(code).insert_header(("Cache-Control", "no-store")).json(Status { status })
}
