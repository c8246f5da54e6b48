//! Bodies, strictly: JSON, in time, within the limit, no member twice and none that is not known. `LaunchDarkly` would
//! take `{"settings": true}` for a request to erase (facts, trap 2).

use std::fmt::Display;
use std::marker::PhantomData;
use std::str::FromStr;

use actix_web::dev;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use jiff::Timestamp;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::location::Api;
use super::problem::Failed;
use super::state::HttpState;
use crate::domain::{HumanDuration, Json, expiry_in};
use crate::problem::{Fault, Problem, Slug, Spot};

/// The body of a request to the API `P`. As an argument after the permit it is read only when there is one.
#[derive(Debug)]
pub(super) struct Body<P: Api>(pub(super) Object, pub(super) PhantomData<P>);

impl<P: Api> FromRequest for Body<P> {
    type Error = Failed<P>;
    type Future = LocalBoxFuture<'static, Result<Self, Failed<P>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), Payload::from_request(request, payload));
        Box::pin(async move {
            let payload = payload.await.ok().ok_or_else(broken_off)?;
            Ok(Self(read(&request, payload).await?, PhantomData))
        })
    }
}

/// Reads a JSON body: its media type, its length, its arrival in time.
async fn read(request: &HttpRequest, payload: Payload) -> Result<Object, Problem> {
    let state = request.app_data::<Data<HttpState>>().cloned();
    let state =
        state.ok_or_else(|| Problem::new(Slug::InternalError, "the server is incomplete"))?;
    check_media_type(request)?;
    let bytes = payload.to_bytes_limited(state.max_body);
    let too_large = || {
        let detail = format!("a body may have at most {} bytes", state.max_body);
        Problem::new(Slug::ContentTooLarge, detail)
    };
    match tokio::time::timeout(state.request_timeout, bytes).await {
        Err(_) => Err(Problem::new(Slug::RequestTimeout, "the body did not arrive in time")),
        Ok(Err(_)) => Err(too_large()),
        Ok(Ok(Err(_))) => Err(broken_off()),
        Ok(Ok(Ok(bytes))) => Object::parse(&bytes),
    }
}

fn broken_off() -> Problem {
    Problem::new(Slug::InvalidRequest, "the body broke off or is not encoded as its headers say")
}

/// Plain JSON, or the media type of `LaunchDarkly`'s semantic patches.
fn check_media_type(request: &HttpRequest) -> Result<(), Problem> {
    if request.headers().contains_key(CONTENT_ENCODING) {
        let detail = "send the body as it is, without `Content-Encoding`";
        return Err(Problem::new(Slug::UnsupportedMediaType, detail));
    }
    let text = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = text.map(|text| text.split(';').next().unwrap_or_default().trim());
    match essence {
        Some(essence) if essence.eq_ignore_ascii_case("application/json") => Ok(()),
        _ => {
            let detail = "send the body with `Content-Type: application/json`";
            Err(Problem::new(Slug::UnsupportedMediaType, detail))
        }
    }
}

/// A JSON object, being read member by member.
#[derive(Debug)]
pub(super) struct Object {
    members: Vec<(String, Box<RawValue>)>,
    /// The pointer to it.
    pointer: String,
    faults: Vec<Fault>,
}

impl Object {
    fn parse(bytes: &Bytes) -> Result<Self, Problem> {
        let text = std::str::from_utf8(bytes);
        let text =
            text.ok().ok_or_else(|| Problem::invalid(vec![Fault::pointer("", "must be UTF-8")]))?;
        let members = serde_json::from_str::<Members>(text);
        match members {
            Ok(Members(members)) => Ok(Self::of(members, "")),
            Err(_) => Err(Problem::invalid(vec![Fault::pointer("", "must be a JSON object")])),
        }
    }

    fn of(members: Vec<(String, Box<RawValue>)>, pointer: &str) -> Self {
        let mut object =
            Self { members: Vec::new(), pointer: pointer.to_owned(), faults: Vec::new() };
        for (name, value) in members {
            if object.members.iter().any(|(other, _)| *other == name) {
                object.fault(&name, "must be given once");
            } else {
                object.members.push((name, value));
            }
        }
        object
    }

    /// The member `name` as it came; none if it is left out.
    pub(super) fn take(&mut self, name: &str) -> Option<Box<RawValue>> {
        let place = self.members.iter().position(|(other, _)| other == name)?;
        Some(self.members.remove(place).1)
    }

    /// The member `name` as JSON; none if it is left out.
    pub(super) fn take_json(&mut self, name: &str) -> Option<Json> {
        let raw = self.take(name)?;
        Json::from_raw(raw).map_err(|fault| self.fault(name, fault)).ok()
    }

    /// The text `name`; none if it is left out or null.
    pub(super) fn take_text(&mut self, name: &str) -> Option<String> {
        let raw = self.take(name)?;
        let text = serde_json::from_str::<Option<String>>(raw.get());
        text.unwrap_or_else(|_| {
            self.fault(name, "must be a string");
            None
        })
    }

    /// The text `name` as a `T`; none if it is left out or null.
    pub(super) fn take_parsed<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.take_text(name)?;
        text.parse().map_err(|fault: T::Err| self.fault(name, fault)).ok()
    }

    /// The whole number `name`; none if it is left out or null.
    pub(super) fn take_integer(&mut self, name: &str) -> Option<i64> {
        let raw = self.take(name)?;
        let number = serde_json::from_str::<Option<i64>>(raw.get());
        number.unwrap_or_else(|_| {
            self.fault(name, "must be a whole number");
            None
        })
    }

    /// The objects of the list `name`.
    pub(super) fn take_objects(&mut self, name: &str) -> Option<Vec<Self>> {
        let raw = self.take(name)?;
        let Ok(list) = serde_json::from_str::<Vec<Members>>(raw.get()) else {
            self.fault(name, "must be a list of objects");
            return None;
        };
        let pointer = self.pointer_to(name);
        let object = |(n, Members(members))| Self::of(members, &format!("{pointer}/{n}"));
        Some(list.into_iter().enumerate().map(object).collect())
    }

    /// The end of an override: `expires_in` or `expires_at`; none if both are left out.
    pub(super) fn take_end(&mut self, now: Timestamp) -> Option<Timestamp> {
        let (length, at) = (self.take_text("expires_in"), self.take_text("expires_at"));
        if length.is_some() && at.is_some() {
            self.fault("expires_in", "must not be given together with `expires_at`");
            return None;
        }
        if let Some(length) = length {
            let end = length.parse::<HumanDuration>().map_err(|fault| fault.to_string());
            let nothing = || "must be longer than nothing".to_owned();
            let end = end
                .and_then(|end| Some(end).filter(|end| !end.get().is_zero()).ok_or_else(nothing));
            let end = end.and_then(|length| expiry_in(now, length).ok_or("is too long".to_owned()));
            return end.map_err(|fault| self.fault("expires_in", fault)).ok();
        }
        let at = at?.parse::<Timestamp>().ok();
        let at = at.and_then(|at| Timestamp::from_millisecond(at.as_millisecond()).ok());
        if at.is_none() {
            self.fault("expires_at", "must be a time like `2026-12-01T10:00:00Z`");
        }
        at
    }

    /// Whether something is wrong with it so far.
    pub(super) fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }

    /// The text `name` as a `T`, which must be there.
    pub(super) fn take_required<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        let parsed = self.take_parsed(name);
        if parsed.is_none() {
            self.require(name, "must be given");
        }
        parsed
    }

    /// Adds a fault about the member `name`, unless it has one already.
    pub(super) fn require(&mut self, name: &str, detail: &str) {
        let pointer = Spot::Pointer(self.pointer_to(name));
        if !self.faults.iter().any(|fault| fault.spot == pointer) {
            self.fault(name, detail);
        }
    }

    /// Adds a fault about the member `name`.
    pub(super) fn fault(&mut self, name: &str, detail: impl Display) {
        let pointer = self.pointer_to(name);
        self.faults.push(Fault::pointer(&pointer, detail));
    }

    /// Every member must have been taken; gives all faults.
    pub(super) fn finish(mut self) -> Vec<Fault> {
        let rest: Vec<_> =
            std::mem::take(&mut self.members).into_iter().map(|(name, _)| name).collect();
        for name in rest {
            self.fault(&name, "is not known here");
        }
        self.faults
    }

    fn pointer_to(&self, name: &str) -> String {
        format!("{}/{}", self.pointer, name.replace('~', "~0").replace('/', "~1"))
    }
}

/// No faults, or the problem that lists them.
pub(super) fn accept(faults: Vec<Fault>) -> Result<(), Problem> {
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults)) }
}

/// The members of an object in their order, equal names kept apart.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(Each)
    }
}
