//! A handler asks for its permit by its first argument.
//!
//! It is ready at once: actix asks all of a handler's arguments in order and reads no body while one of them
//! has failed, so a refused request costs its head and nothing more.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT, Accept, Header as _, HeaderName, Quality};
use actix_web::mime;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::gate::Gate;
use super::location::{Api, Location};
use super::parts::Parts;
use super::problem::Failed;
use super::state::HttpState;
use crate::policy::{Action, ActionKind, Identity, Permit, Policy};
use crate::problem::{Fault, Problem, Slug};
use crate::telemetry::DropInOperation;

const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// The permit for `A` on what a path of the kind `L` means.
#[derive(Debug)]
pub(super) struct Authorized<A: Action, L: Location>(pub Permit<A, L::Target>);

/// Whoever calls, for the few routes that are about the caller.
#[derive(Debug)]
pub(super) struct Authenticated<P: Api>(pub Identity, pub(super) PhantomData<P>);

impl<A: Action, L: Location> FromRequest for Authorized<A, L> {
    type Error = Failed<L::Api>;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(authorize::<A, L>(request).map(Self).map_err(Failed::from))
    }
}

impl<P: Api> FromRequest for Authenticated<P> {
    type Error = Failed<P>;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let identity = authenticate::<P>(request);
        ready(identity.map(|one| Self(one, PhantomData)).map_err(Failed::from))
    }
}

fn authorize<A: Action, L: Location>(
    request: &HttpRequest,
) -> Result<Permit<A, L::Target>, Problem> {
    let identity = authenticate::<L::Api>(request)?;
    let state = request.app_data::<Data<HttpState>>().ok_or_else(forgotten)?;
    let target = L::target(&Parts::of(request.uri().path(), &state.base_path))?;
    Ok(match operation::<A, L>() {
        Some(operation) => Policy::authorize_drop_in(&identity, target, operation)?,
        None => Policy::authorize(&identity, target)?,
    })
}

/// Which of `LaunchDarkly`'s own operations it is, if one.
fn operation<A: Action, L: Location>() -> Option<DropInOperation> {
    let (read, write) = L::DROP_IN?;
    Some(if A::ANY_OF.contains(&ActionKind::Read) { read } else { write })
}

fn authenticate<P: Api>(request: &HttpRequest) -> Result<Identity, Problem> {
    let gate = request.app_data::<Gate>().ok_or_else(forgotten)?;
    let identity = gate.admit(request.headers(), P::SHAPE)?;
    refuse_override(request)?;
    refuse_other_media(request)?;
    Ok(identity)
}

/// A caller who takes no JSON gets no answer that they could read.
fn refuse_other_media(request: &HttpRequest) -> Result<(), Problem> {
    match request.headers().get(ACCEPT) {
        None => return Ok(()),
        // What nearly everybody sends is not worth parsing.
        Some(usual) if usual == "*/*" || usual == "application/json" => return Ok(()),
        Some(_) => {}
    }
    let takes_json = Accept::parse(request).is_ok_and(|accept| {
        accept.iter().filter(|item| item.quality > Quality::ZERO).any(|item| {
            let (kind, sub) = (item.item.type_(), item.item.subtype());
            kind == mime::STAR
                || (kind == mime::APPLICATION && (sub == mime::STAR || sub == mime::JSON))
        })
    });
    if takes_json {
        return Ok(());
    }
    Err(Problem::new(Slug::NotAcceptable, "accept `application/json`: there is nothing else"))
}

/// Upstream honours `X-HTTP-Method-Override`; a gateway that permits by method must not let one through (facts,
/// trap 27).
fn refuse_override(request: &HttpRequest) -> Result<(), Problem> {
    if request.headers().contains_key(METHOD_OVERRIDE) {
        return Err(Problem::invalid(vec![Fault::parameter(
            "X-HTTP-Method-Override",
            "is not taken: send the method itself",
        )]));
    }
    Ok(())
}

/// A part that startup should have registered is missing. Nobody gets in that way.
fn forgotten() -> Problem {
    Problem::new(Slug::InternalError, "a part of the server is missing; it is in our log")
}
