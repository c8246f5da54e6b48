//! The management listener: metrics and health in detail, for operators and not for callers.

use actix_web::guard::{Any, Get, Head};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, Route};
use serde::Serialize;

use super::state::HttpState;
use super::vitals::{Noted, Vitals};
use crate::telemetry::Metrics;

/// The answer to `/healthz` and `/readyz` on the management listener.
#[derive(Serialize)]
struct Detail {
    status: &'static str,
    #[serde(flatten)]
    noted: Noted,
}

/// Registers `/metrics`, `/healthz` and `/readyz`.
pub fn configure_management(config: &mut ServiceConfig) {
    config
        .route("/metrics", read().to(metrics))
        .route("/healthz", read().to(alive))
        .route("/readyz", read().to(ready));
}

/// `HEAD` wherever `GET`.
fn read() -> Route {
    web::route().guard(Any(Get()).or(Head()))
}

async fn metrics(metrics: Data<Metrics>, state: Data<HttpState>) -> HttpResponse {
    state.settings.update_gauges();
    metrics.gauges.ready.set(i64::from(state.readiness.is_ready()));
    match metrics.scrape() {
        Ok(text) => HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text),
        Err(fault) => {
            tracing::error!(%fault, "metrics could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

async fn alive(vitals: Data<Vitals>) -> HttpResponse {
    detail(StatusCode::OK, "ok", &vitals)
}

async fn ready(state: Data<HttpState>, vitals: Data<Vitals>) -> HttpResponse {
    if state.readiness.is_ready() {
        detail(StatusCode::OK, "ok", &vitals)
    } else {
        detail(StatusCode::SERVICE_UNAVAILABLE, "stopping", &vitals)
    }
}

fn detail(code: StatusCode, status: &'static str, vitals: &Vitals) -> HttpResponse {
    let noted = vitals.view();
    HttpResponse::build(code)
        .insert_header(("Cache-Control", "no-store"))
        .json(Detail { status, noted })
}
