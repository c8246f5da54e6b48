//! Who is it, and what are they in the policy? Nothing here waits: keys and policy are refreshed elsewhere.

use std::sync::Arc;

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use jiff::Timestamp;
use prometheus::IntCounterVec;

use crate::auth::{Authenticator, Refused, TokenCache, bare_or_bearer, bearer};
use crate::clock::Clock;
use crate::policy::{Identity, Policies};
use crate::settings::views::Shape;
use crate::telemetry::Metrics;

/// Turns a request's token into an identity. Cheap to clone; shared by all workers.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    authenticator: Authenticator,
    policies: Arc<Policies>,
    /// Verifying a token takes longer than all else of a cached read, so its outcome is kept for a while.
    known: TokenCache<Identity>,
    clock: Clock,
    failures: IntCounterVec,
}

impl Gate {
    /// A gate for tokens that `authenticator` verifies, under the policy in force.
    #[must_use]
    pub fn new(
        authenticator: Authenticator,
        policies: Arc<Policies>,
        clock: Clock,
        metrics: &Metrics,
    ) -> Self {
        let failures = metrics.auth_failures.clone();
        for reason in Refused::ALL_KINDS {
            failures.with_label_values(&[reason]);
        }
        let known = TokenCache::new();
        Self(Arc::new(Inner { authenticator, policies, known, clock, failures }))
    }

    /// The identity of whoever sent these headers. A bare token is taken on the drop-in only, where a
    /// `LaunchDarkly` key used to be.
    pub(super) fn admit(&self, headers: &HeaderMap, shape: Shape) -> Result<Identity, Refused> {
        let identity = self.identify(headers, shape);
        if let Err(refused) = &identity {
            self.0.failures.with_label_values(&[refused.kind()]).inc();
        }
        identity
    }

    fn identify(&self, headers: &HeaderMap, shape: Shape) -> Result<Identity, Refused> {
        let value = authorization(headers)?;
        let now = self.0.clock.now();
        // What is known was looked at byte by byte when it came first. That is not done again: tokens are long.
        if let Some(token) = usual(value)
            && let Ok(identity) = self.0.known.get(token, now)
        {
            return self.again(identity, now);
        }
        let token = token(value, shape)?;
        let ticket = match self.0.known.get(token.as_bytes(), now) {
            Ok(identity) => return self.again(identity, now),
            Err(ticket) => ticket,
        };
        let caller = self.0.authenticator.verify(token, now)?;
        let expires_at = caller.expires_at();
        let identity = self.0.policies.current().identify(caller);
        self.0.known.insert(ticket, token, expires_at, identity.clone(), now);
        Ok(identity)
    }

    /// One whose token was verified before, if it is still good, under the policy in force, which may have been
    /// replaced since.
    fn again(&self, identity: Identity, now: Timestamp) -> Result<Identity, Refused> {
        identity.caller().valid_at(now)?;
        if self.0.policies.is_current(identity.policy()) {
            return Ok(identity);
        }
        Ok(self.0.policies.current().identify(identity.caller().clone()))
    }

    /// Forgets which tokens were verified: after a new policy is in force.
    pub fn forget(&self) {
        self.0.known.clear();
    }
}

fn authorization(headers: &HeaderMap) -> Result<&HeaderValue, Refused> {
    let mut values = headers.get_all(AUTHORIZATION);
    let value = values.next().ok_or(Refused::NoToken)?;
    if values.next().is_some() { Err(Refused::SeveralHeaders) } else { Ok(value) }
}

/// The token of a header as most write it, good on both APIs. Nothing is checked of it.
fn usual(value: &HeaderValue) -> Option<&[u8]> {
    value.as_bytes().strip_prefix(b"Bearer ")
}

/// The token of a header as it may be written.
fn token(value: &HeaderValue, shape: Shape) -> Result<&str, Refused> {
    // The same as `to_str`, but by words and not by bytes: tokens are long.
    let text = std::str::from_utf8(value.as_bytes()).ok().filter(|text| text.is_ascii());
    let text = text.ok_or(Refused::Malformed)?;
    match shape {
        Shape::V1 => bearer(text),
        Shape::DropIn => bare_or_bearer(text),
    }
}
