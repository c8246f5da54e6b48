//! The `OpenAPI` document, made from the code, and the page that shows it.
//!
//! What every operation of a kind has in common (path parts, the answers to failures, headers) is added to all of them
//! here, so that no endpoint can forget it.

use actix_web::HttpResponse;
use utoipa::OpenApi;

use super::routes;

/// The document's frame.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Flagward",
        description = "See, and override for a limited time, what one user gets from LaunchDarkly.",
    ),
    servers((url = ".")),
    paths(
        routes::flags::handle,
        routes::flag::handle,
        routes::set_flag::handle,
        routes::clear_flag::handle,
        routes::schedule::handle,
        routes::unschedule::handle,
        routes::expirations::handle,
        routes::whoami::handle,
        routes::check_permission::handle,
        routes::drop_in_flags::handle,
        routes::drop_in_flag::handle,
        routes::drop_in_put::handle,
        routes::drop_in_expirations::handle,
        routes::drop_in_patch::handle,
        routes::health::alive,
        routes::health::ready,
    ),
)]
struct Frame;

/// The document as served, and as kept in `openapi/flagward.json`: pretty, with a line break at its end.
#[must_use]
pub fn openapi_document() -> String {
    let mut text = Frame::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

pub(super) async fn serve() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(openapi_document())
}

pub(super) async fn redirect() -> HttpResponse {
    HttpResponse::TemporaryRedirect()
        .insert_header(("Location", "docs/"))
        .finish()
}

pub(super) async fn page() -> HttpResponse {
    HttpResponse::NotFound().finish()
}
