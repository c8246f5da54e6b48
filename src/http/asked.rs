//! Which request asks for a write: its id goes into the journal.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::frame::REQUEST_ID;
use super::request_id::RequestId;
use crate::settings::Asking;

/// The request that asks for a write.
#[derive(Debug)]
pub(super) struct Asked(pub(super) Asking);

impl FromRequest for Asked {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.headers().get(REQUEST_ID).and_then(RequestId::taken).unwrap_or_default();
        ready(Ok(Self(Asking::of(id.as_str()))))
    }
}
