//! `GET /docs`: a page to read the document and to try it, from the binary and from nowhere else.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use actix_web::http::header::{CONTENT_ENCODING, ContentEncoding};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use utoipa_swagger_ui::{Config, SwaggerFile};

use crate::http::location::V1;
use crate::http::problem::Handled;
use crate::http::state::HttpState;
use crate::problem::{Problem, Slug};

/// What the page may load and whom it may ask: us. Its pictures are in its style sheet, and its scripts write styles into
/// the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// How long a browser may keep scripts and styles: an hour, so that a new release is soon seen.
const KEPT: &str = "private, max-age=3600";

/// The page's settings. It asks no validator on the net, and forgets the token when it is closed.
static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::from("../openapi.json")
        .try_it_out_enabled(true)
        .persist_authorization(false)
        .display_request_duration(true)
        .validator_url("none");
    Arc::new(config)
});

/// To the page, whose files lie beside it. Relative, since a proxy may have put something before the path.
pub(in crate::http) async fn redirect() -> HttpResponse {
    HttpResponse::TemporaryRedirect().insert_header(("Location", "docs/")).finish()
}

/// A file of the page.
pub(in crate::http) async fn page(request: HttpRequest, state: Data<HttpState>) -> Handled<V1> {
    let path = request.match_info().as_str().strip_prefix(&*state.base_path);
    let name = path.and_then(|path| path.strip_prefix("/docs/")).unwrap_or_default();
    let found = utoipa_swagger_ui::serve(name, Arc::clone(&CONFIG));
    match found {
        Ok(Some(file)) => Ok(answer(name, file)),
        Ok(None) => {
            Err(Problem::new(Slug::NotFound, "the page has no such file: open /docs").into())
        }
        Err(cause) => Err(Problem::internal(std::io::Error::other(cause.to_string())).into()),
    }
}

fn answer(name: &str, file: SwaggerFile<'static>) -> HttpResponse {
    // They change with a release only; what names them is asked for anew each time.
    let is_kept = name.starts_with("swagger-ui");
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(file.content_type)
        .insert_header(("Cache-Control", if is_kept { KEPT } else { "no-cache" }))
        .insert_header(("Content-Security-Policy", POLICY))
        .insert_header(("Referrer-Policy", "no-referrer"))
        .insert_header(("X-Content-Type-Options", "nosniff"));
    if file.gzpipped {
        // Whatever the caller takes: this is for browsers, and they all take it.
        answer.insert_header((CONTENT_ENCODING, ContentEncoding::Gzip));
    }
    answer.body(match file.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    })
}
