//! The one place that sends, and the only holder of the shared token.
//!
//! A call has one deadline, [`Bounds::request_timeout`], which covers waiting for a free slot and for room for a large
//! answer, all attempts, and the pauses between them. Only where an answer takes many calls ([`Transport::for_many`]) or
//! nobody waits for it ([`Transport::patient`]), a call that met a spent rate limit is made anew once the limit's window has
//! ended, with a deadline of its own; [`Thrift`] bounds how often, and for how long.
//!
//! Nothing of a caller's headers ever travels: these are all we send, beside `Host`, `Content-Length`, `Accept-Encoding`
//! and `User-Agent`, which the client adds.

use std::sync::Arc;
use std::time::Duration;

use backon::Retryable as _;
use bytes::Bytes;
use reqwest::RequestBuilder;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, timeout_at};

use super::bodies::{Bodies, beginning, is_json};
use super::budget::Budget;
use super::call::{JSON, Request};
use super::failure::{Failure, Invalid};
use super::tally::{Outcome, Tally};
use super::thrift::Thrift;
use super::{retry, wire};

/// The deadline where the configured one is beyond what a clock can hold.
const LONGEST_DEADLINE: Duration = Duration::from_hours(24);
/// What share of its time a call must have left when it gets the slot that it waited for: with less, sending it would be a
/// request in vain, and its end would be blamed on `LaunchDarkly`.
const TOO_LATE: u32 = 20;
/// The header that pins the version of the API; without it the token's own default would hold.
const VERSION: &str = "ld-api-version";
/// The version of everything but the User Settings API: the one that `LaunchDarkly` requires from 2027 on.
const NEWEST: HeaderValue = HeaderValue::from_static("20240415");

/// Takes the body of an answer apart.
pub(super) type Reader<T> = fn(&[u8]) -> Result<T, Invalid>;

/// Sends; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Transport(Arc<Inner>, Thrift);

#[derive(Debug)]
struct Inner {
    http: reqwest::Client,
    credentials: Credentials,
    request_timeout: Duration,
    slots: Semaphore,
    max_concurrency: usize,
    bodies: Bodies,
    budget: Budget,
    tally: Tally,
}

/// What every request carries. The token is marked sensitive, so that nothing prints it.
#[derive(Debug)]
pub(super) struct Credentials {
    pub(super) token: HeaderValue,
    /// The version that the User Settings API is asked under.
    pub(super) user_settings_version: HeaderValue,
}

/// How much, and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) request_timeout: Duration,
    pub(super) max_concurrency: usize,
}

impl Transport {
    pub(super) fn new(
        http: reqwest::Client,
        credentials: Credentials,
        bounds: Bounds,
        budget: Budget,
        tally: Tally,
    ) -> Self {
        let slots = bounds.max_concurrency.clamp(1, Semaphore::MAX_PERMITS);
        Self(
            Arc::new(Inner {
                http,
                credentials,
                request_timeout: bounds.request_timeout.min(LONGEST_DEADLINE),
                slots: Semaphore::new(slots),
                max_concurrency: slots,
                bodies: Bodies::new(),
                budget,
                tally,
            }),
            Thrift::Free,
        )
    }

    /// The same for an answer that takes many calls, which is begun now: callers wait for it where the limits are spent.
    pub(super) fn for_many(&self) -> Self {
        Self(Arc::clone(&self.0), self.1.for_many())
    }

    /// The same, which refuses by itself where `LaunchDarkly`'s limits are low.
    pub(super) fn sparing(&self) -> Self {
        Self(Arc::clone(&self.0), Thrift::Sparing)
    }

    /// The same, which waits where `LaunchDarkly`'s limits are low.
    pub(super) fn patient(&self) -> Self {
        Self(Arc::clone(&self.0), Thrift::Patient)
    }

    /// See [`Tally::trouble`].
    pub(super) async fn trouble(&self) {
        self.0.tally.trouble().await;
    }

    /// Sends `request`, again where that is safe, and takes the answer apart with `read`.
    pub(super) async fn exchange<T>(
        &self,
        request: &Request,
        read: Reader<T>,
    ) -> Result<T, Failure> {
        let mut patience = self.1.patience();
        loop {
            let pause = match Box::pin(self.exchange_now(request, read)).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => patience.pause(&failure).ok_or(failure)?,
            };
            Box::pin(sleep(pause)).await;
        }
    }

    async fn exchange_now<T>(&self, request: &Request, read: Reader<T>) -> Result<T, Failure> {
        let deadline = Instant::now() + self.0.request_timeout;
        let attempt = || self.attempt(request, read, deadline);
        attempt
            .retry(retry::pauses(request.call))
            .when(|failure| retry::may_repeat(request.call, failure))
            .adjust(|failure, pause| retry::within(deadline, failure, pause))
            .await
    }

    async fn attempt<T>(
        &self,
        request: &Request,
        read: Reader<T>,
        deadline: Instant,
    ) -> Result<T, Failure> {
        self.check_budget(request)?;
        let _slot = match self.0.slots.try_acquire() {
            Ok(slot) => slot,
            Err(_) => self.wait_for_slot(request, deadline).await?,
        };
        let _under_way = self.0.tally.under_way();
        self.check_budget(request)?; // others may have spent it while we waited
        let started = Instant::now();
        let result = timeout_at(deadline, self.send(request, read)).await;
        let result = result.unwrap_or(Err(Failure::Timeout));
        let outcome = match &result {
            Ok((status, _)) => Outcome::Answered(*status),
            Err(failure) => Outcome::of(failure),
        };
        self.record(request, outcome, started.elapsed());
        result.map(|(_, answer)| answer)
    }

    /// A slot, unless too little of the time is left by then for any answer.
    async fn wait_for_slot(
        &self,
        request: &Request,
        deadline: Instant,
    ) -> Result<SemaphorePermit<'_>, Failure> {
        let _waiting = self.0.tally.waiting();
        let slot = timeout_at(deadline, self.0.slots.acquire()).await;
        let left = deadline.saturating_duration_since(Instant::now());
        match slot {
            Ok(Ok(slot)) if left >= self.0.request_timeout / TOO_LATE => Ok(slot),
            _ => {
                self.0.tally.not_begun(request.call, Outcome::NoSlot);
                Err(Failure::NoSlot { limit: self.0.max_concurrency })
            }
        }
    }

    fn check_budget(&self, request: &Request) -> Result<(), Failure> {
        let budget = &self.0.budget;
        let Some(left) = self.1.wait(budget, request.call) else { return Ok(()) };
        // Where a limit is only low, nobody whom it was meant for was refused.
        if budget.wait(request.call).is_some() {
            self.0.tally.not_begun(request.call, Outcome::RefusedHere);
        }
        Err(Failure::RateLimited { retry_after: Some(left), says: None })
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that sends")]
    async fn send<T>(&self, request: &Request, read: Reader<T>) -> Result<(u16, T), Failure> {
        let response = self.prepare(request).send().await;
        let response = response.map_err(Failure::sending)?;
        let status = response.status();
        let limits = self.0.budget.limits(response.headers());
        self.0.budget.note(request.call, status.as_u16(), &limits);
        if !status.is_success() {
            let body = self.without_token(beginning(response).await).unwrap_or_default();
            let says = wire::read_says(status.as_u16(), &body);
            return Err(Failure::refusal(request.call, says, &limits));
        }
        let is_json = is_json(&response);
        let (body, _room) = self.0.bodies.read(response).await?;
        let body = self.without_token(body).map_err(Failure::Invalid)?;
        if !body.is_empty() && !is_json {
            return Err(Failure::Invalid(Invalid::ContentType));
        }
        let answer = read(&body).map_err(Failure::Invalid)?;
        Ok((status.as_u16(), answer))
    }

    /// Refuses a body that holds the shared token, such as an error page of a proxy that repeats the request: no part
    /// of it may reach a caller.
    fn without_token(&self, body: Bytes) -> Result<Bytes, Invalid> {
        let token = self.0.credentials.token.as_bytes();
        let echoes = body.windows(token.len().max(1)).any(|part| part == token);
        if echoes { Err(Invalid::Echo) } else { Ok(body) }
    }

    fn prepare(&self, request: &Request) -> RequestBuilder {
        let Credentials { token, user_settings_version } = &self.0.credentials;
        let version =
            if request.call.is_of_user_settings() { user_settings_version.clone() } else { NEWEST };
        let method = request.call.method();
        let prepared = self
            .0
            .http
            .request(method, request.url.clone())
            .header(AUTHORIZATION, token)
            .header(VERSION, version)
            .header(ACCEPT, JSON);
        match &request.body {
            None => prepared,
            Some(body) => {
                prepared.header(CONTENT_TYPE, request.call.media_type()).body(body.get().to_owned())
            }
        }
    }

    fn record(&self, request: &Request, outcome: Outcome, took: Duration) {
        self.0.tally.record(request.call, outcome, took);
        tracing::debug!(
            operation = request.call.name(),
            status = outcome.name(),
            duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            "called LaunchDarkly"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::outbound;
    use crate::telemetry::Metrics;
    use crate::upstream::call::Call;

    fn transport(request_timeout: Duration, metrics: &Metrics) -> Transport {
        let http = outbound::client(&outbound::Settings {
            connect_timeout: request_timeout,
            request_timeout,
            proxy: None,
            ca_pem: None,
            user_agent: "test".to_owned(),
        });
        let credentials = Credentials {
            token: HeaderValue::from_static("t"),
            user_settings_version: HeaderValue::from_static("1"),
        };
        let bounds = Bounds { request_timeout, max_concurrency: 0 };
        let budget = Budget::new(Clock::system(), metrics);
        Transport::new(http.unwrap(), credentials, bounds, budget, Tally::new(metrics))
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_a_slot_ends_with_the_deadline_and_sends_nothing() {
        let timeout = Duration::from_secs(10);
        let metrics = Metrics::new("test").unwrap();
        let transport = transport(timeout, &metrics);
        let _busy = transport.0.slots.acquire().await.unwrap();
        let request = Request::read(Call::Versions, "http://127.0.0.1:1/".parse().unwrap());
        let started = Instant::now();
        let failure = transport.exchange(&request, wire::read_nothing).await;
        assert!(matches!(failure, Err(Failure::NoSlot { limit: 1 })));
        assert_eq!(started.elapsed(), timeout);
        let counted = |status| metrics.upstream_requests.with_label_values(&["versions", status]);
        assert_eq!((counted("no-slot").get(), counted("timeout").get()), (1, 0));
        assert_eq!(metrics.gauges.upstream_slots.with_label_values(&["waited-for"]).get(), 0);
    }
}
