//! Compression for whoever takes it, at no cost for whoever does not: actix's own middleware takes every body apart,
//! also one that stays as it is, which is then no longer sent in one piece.

use std::rc::Rc;

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::ACCEPT_ENCODING;
use actix_web::middleware::Compress;
use futures_util::future::{Either, FutureExt as _, LocalBoxFuture, TryFutureExt as _};

/// Compresses answers for callers who accept that.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CompressWhereAsked;

/// The way of an answer: through actix's middleware, or past it.
pub(crate) struct Ways<S, C> {
    plain: Rc<S>,
    compressed: C,
}

impl<S> Transform<S, ServiceRequest> for CompressWhereAsked
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = Ways<S, <Compress as Transform<Rc<S>, ServiceRequest>>::Transform>;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let plain = Rc::new(service);
        let compressed = Compress::default().new_transform(Rc::clone(&plain));
        compressed.map_ok(|compressed| Ways { plain, compressed }).boxed_local()
    }
}

impl<S, C, B> Service<ServiceRequest> for Ways<S, C>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error>,
    C: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    C::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = Either<S::Future, LocalBoxFuture<'static, Result<Self::Response, Error>>>;

    forward_ready!(plain);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        if takes_plain(&request) {
            return Either::Left(self.plain.call(request));
        }
        let answer = self.compressed.call(request);
        Either::Right(answer.map_ok(ServiceResponse::map_into_boxed_body).boxed_local())
    }
}

/// Whether a caller says nothing of codings, or that they take none: all else is actix's to weigh.
fn takes_plain(request: &ServiceRequest) -> bool {
    let accepted = request.headers().get(ACCEPT_ENCODING);
    accepted.is_none_or(|coding| coding == "identity")
}
