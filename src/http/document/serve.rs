//! `GET /openapi.json`.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::web::Bytes;

use super::frame::openapi_document;

/// Made once: it is the same for everybody, and a page of the document asks for it each time it is opened.
static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| openapi_document().into());

/// The document.
pub(in crate::http) async fn serve() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(("Cache-Control", "no-cache"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .body(DOCUMENT.clone())
}
