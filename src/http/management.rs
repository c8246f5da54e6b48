//! The management listener: metrics and health in detail, for operators and not for callers.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, ServiceConfig};
use serde::Serialize;

use super::routes::read;
use super::state::HttpState;
use crate::telemetry::Metrics;

/// What an operator sees of the process.
#[derive(Clone, Debug, Serialize)]
pub struct Health {
    /// The version that runs.
    pub version: &'static str,
    /// The upstream backend in use.
    pub backend: &'static str,
}

/// The answer to `/readyz` on the management listener.
#[derive(Serialize)]
struct Detail<'a> {
    status: &'static str,
    #[serde(flatten)]
    health: &'a Health,
}

/// Registers `/metrics`, `/healthz` and `/readyz`.
pub fn configure_management(config: &mut ServiceConfig) {
    config
        .route("/metrics", read().to(metrics))
        .route("/healthz", read().to(alive))
        .route("/readyz", read().to(ready));
}

async fn metrics(metrics: Data<Metrics>, state: Data<HttpState>) -> HttpResponse {
    state.settings.update_gauges().await;
    match metrics.scrape() {
        Ok(text) => HttpResponse::Ok()
            .content_type("text/plain; version=0.0.4")
            .body(text),
        Err(fault) => {
            tracing::error!(%fault, "metrics could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

async fn alive(health: Data<Health>) -> HttpResponse {
    HttpResponse::Ok().json(Detail {
        status: "ok",
        health: &health,
    })
}

async fn ready(state: Data<HttpState>, health: Data<Health>) -> HttpResponse {
    let (code, status) = if state.readiness.is_ready() {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping")
    };
    HttpResponse::build(code).json(Detail {
        status,
        health: &health,
    })
}
