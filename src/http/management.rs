//! The management listener: metrics, health in detail, and in what the backends differ, for operators and not for
//! callers.

use actix_web::guard::{Any, Get, Head};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, Route};
use serde::Serialize;

use super::state::HttpState;
use super::vitals::{Noted, Vitals};
use crate::settings::Settings;
use crate::settings::shadow::{Shadow, Summary};
use crate::telemetry::Metrics;

/// The answer to `/healthz` and `/readyz` on the management listener.
#[derive(Serialize)]
struct Detail {
    status: &'static str,
    #[serde(flatten)]
    noted: Noted,
    /// What comparing the backends has found, where that is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    shadow: Option<Summary>,
}

/// What is said where the backends are not compared.
const NO_SHADOW: &str = "the backends are not compared: set `enabled` in `[launchdarkly.shadow]`\n";

/// Registers `/metrics`, `/healthz`, `/readyz` and `/shadow`.
pub fn configure_management(config: &mut ServiceConfig) {
    config
        .route("/metrics", read().to(metrics))
        .route("/healthz", read().to(alive))
        .route("/readyz", read().to(ready))
        .route("/shadow", read().to(shadow));
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

async fn alive(state: Data<HttpState>, vitals: Data<Vitals>) -> HttpResponse {
    detail(StatusCode::OK, "ok", &vitals, &state.settings)
}

async fn ready(state: Data<HttpState>, vitals: Data<Vitals>) -> HttpResponse {
    if state.readiness.is_ready() {
        detail(StatusCode::OK, "ok", &vitals, &state.settings)
    } else {
        detail(StatusCode::SERVICE_UNAVAILABLE, "stopping", &vitals, &state.settings)
    }
}

async fn shadow(state: Data<HttpState>) -> HttpResponse {
    match state.settings.shadow() {
        Some(shadow) => {
            HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(shadow.report())
        }
        None => HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body(NO_SHADOW),
    }
}

fn detail(
    code: StatusCode,
    status: &'static str,
    vitals: &Vitals,
    settings: &Settings,
) -> HttpResponse {
    let (noted, shadow) = (vitals.view(), settings.shadow().map(Shadow::summary));
    HttpResponse::build(code).insert_header(("Cache-Control", "no-store")).json(Detail {
        status,
        noted,
        shadow,
    })
}
