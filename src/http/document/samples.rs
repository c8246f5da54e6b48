//! A failure of every kind, as an example.

use std::time::Duration;

use uuid::Uuid;

use super::kind::{Api, Kind};
use crate::problem::{Fault, Problem, Progress, Slug};
use crate::settings::Says;
use crate::settings::views::{Applied, Step, StepOutcome};

/// The write in examples.
const OPERATION: Uuid = Uuid::from_u128(0x01a2_0041_fac7_7497_6926_6b20_0267_24d4);
/// How long to wait in examples.
const WAIT: Duration = Duration::from_secs(7);

/// An example of each way in which an operation of this kind can fail.
pub(super) fn samples(kind: Kind) -> Vec<Problem> {
    let mut samples: Vec<_> = kind.slugs().into_iter().map(sample).collect();
    if kind.is_write() {
        for sample in &mut samples {
            sample.progress = progress(sample.slug);
        }
    }
    if kind.api == Api::DropIn && (kind.is_read() || kind.is_write()) {
        samples.retain(|sample| sample.slug != Slug::ApprovalRequired);
        samples.extend(passed_on(kind));
    }
    samples
}

fn sample(slug: Slug) -> Problem {
    let detail = match slug {
        Slug::InvalidRequest => {
            let fault = "may only have the characters A-Z a-z 0-9 . _ -";
            return Problem::invalid(vec![Fault::parameter("environment", fault)]);
        }
        Slug::Unauthenticated => "the token has expired",
        Slug::NotPermitted => "you need `set` on flag `checkout.new-flow` in `shop/test`",
        Slug::NotFound => "LaunchDarkly does not know this project, environment or flag",
        Slug::MethodNotAllowed => "this route has other methods: see `Allow`",
        Slug::NotAcceptable => "accept `application/json`: there is nothing else",
        Slug::RequestTimeout => "the body did not arrive in time",
        Slug::ContentTooLarge => "a body may have at most 65536 bytes",
        Slug::UnsupportedMediaType => "send the body with `Content-Type: application/json`",
        Slug::ApprovalRequired => {
            "changes to this flag need an approval in LaunchDarkly: ask for one there"
        }
        Slug::Conflict => {
            "someone else changed the flag at the same time, again and again: try again"
        }
        Slug::NotOverridden => {
            "only an override can end: set a value first, and its end in the same call"
        }
        Slug::GuardNotMet => "say why: every change in production needs a comment",
        Slug::NoSuchVariation => {
            let fault = Fault::pointer("/setting", "must be one of the flag's variations");
            let detail = "valid values are: true, false";
            return Problem { faults: vec![fault], ..Problem::new(slug, detail) };
        }
        Slug::RateLimited => {
            "LaunchDarkly's rate limit, which the whole company shares, is spent: wait and try again"
        }
        Slug::UpstreamFailed => {
            "LaunchDarkly gave an answer that we can't use: tell the operators of Flagward if it stays so"
        }
        Slug::UpstreamUnavailable => {
            "LaunchDarkly is not reachable or out of order: try again later"
        }
        Slug::UpstreamTimeout => "LaunchDarkly took too long: try again later",
        Slug::WritesFrozen => {
            "writes are frozen here until 2026-12-28T08:00:00Z: the books of the year are closed"
        }
        Slug::InternalError => "this is our fault; it is in our log under this request id",
    };
    let waits = matches!(slug, Slug::RateLimited | Slug::UpstreamUnavailable | Slug::WritesFrozen);
    Problem { retry_after: waits.then_some(WAIT), ..Problem::new(slug, detail) }
}

/// How far a write came that failed so; none where it did not begin.
fn progress(slug: Slug) -> Option<Progress> {
    let step = |step, outcome| Step { step, outcome };
    let (applied, steps) = match slug {
        Slug::ApprovalRequired | Slug::Conflict | Slug::RateLimited => {
            (Applied::No, vec![step("set", StepOutcome::Failed)])
        }
        Slug::UpstreamFailed => {
            let steps =
                vec![step("set", StepOutcome::Undone), step("schedule", StepOutcome::Failed)];
            (Applied::No, steps)
        }
        Slug::UpstreamUnavailable | Slug::UpstreamTimeout => {
            (Applied::Unknown, vec![step("set", StepOutcome::Unknown)])
        }
        Slug::WritesFrozen => return Some(Progress::none()),
        Slug::InvalidRequest
        | Slug::Unauthenticated
        | Slug::NotPermitted
        | Slug::NotFound
        | Slug::MethodNotAllowed
        | Slug::NotAcceptable
        | Slug::RequestTimeout
        | Slug::ContentTooLarge
        | Slug::UnsupportedMediaType
        | Slug::NotOverridden
        | Slug::GuardNotMet
        | Slug::NoSuchVariation
        | Slug::InternalError => return None,
    };
    Some(Progress { applied, steps, operation: Some(OPERATION.into()) })
}

/// `LaunchDarkly`'s own refusals, which the drop-in hands on with their statuses. It has two for want of an approval.
fn passed_on(kind: Kind) -> Vec<Problem> {
    let said = |slug, status, code: Option<&str>, message: &str| {
        let says =
            Says { status, code: code.map(str::to_owned), message: Some(message.to_owned()) };
        Problem { upstream: Some(says), ..sample(slug) }
    };
    let mut refusals = vec![said(Slug::InvalidRequest, 422, None, "Unprocessable entity")];
    if kind.is_write() {
        let approval = "Approval is required to make this request";
        refusals.push(said(Slug::ApprovalRequired, 403, Some("forbidden"), approval));
        refusals.push(said(Slug::ApprovalRequired, 405, Some("method_not_allowed"), approval));
    }
    refusals
}
