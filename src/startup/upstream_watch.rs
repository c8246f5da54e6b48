//! Whose token do we hold, and does `LaunchDarkly` still take it? The answer is for operators; nothing waits for it,
//! since the gateway starts, and serves what it remembers, while `LaunchDarkly` is down.

use std::time::Duration;

use tokio::time::sleep;

use crate::http::{Upstream, Vitals};
use crate::policy::Errand;
use crate::telemetry::Causes;
use crate::upstream::{CallerIdentity, Client, Failure};

/// How long after a good answer we ask again: nothing against any rate limit, and soon enough for whoever looks.
const WHILE_WELL: Duration = Duration::from_mins(1);
/// How long after a bad one.
const WHILE_NOT: Duration = Duration::from_secs(10);

/// Asks whose token we hold.
pub(super) async fn ask(client: &Client) -> Result<CallerIdentity, Failure> {
    client.caller_identity(&Errand::of_startup()).await
}

/// Asks again and again, notes the answer, and tells the log when it is another than before.
pub(super) async fn watch(client: Client, vitals: Vitals) {
    loop {
        let answer = ask(&client).await;
        let state = answer.as_ref().map_or_else(state_of, |_| Upstream::Ok);
        if vitals.upstream_is(state) {
            tell(&answer);
        }
        let pause = match state {
            Upstream::Ok => WHILE_WELL,
            Upstream::Unasked
            | Upstream::TokenRefused
            | Upstream::Unreachable
            | Upstream::RateLimited
            | Upstream::Failing => WHILE_NOT,
        };
        sleep(pause).await;
    }
}

fn tell(answer: &Result<CallerIdentity, Failure>) {
    match answer {
        Ok(identity) => tracing::info!(
            token.name = identity.token_name,
            token.is_service = identity.service_token,
            "LaunchDarkly takes the shared token"
        ),
        Err(fault @ Failure::TokenRefused(_)) => {
            let cause = Causes(fault);
            tracing::error!(%cause, "LaunchDarkly refuses the shared token; every call fails until it is replaced");
        }
        Err(fault) => {
            let cause = Causes(fault);
            let what = match state_of(fault) {
                Upstream::Unreachable => {
                    "LaunchDarkly does not answer; reads and writes will try again"
                }
                Upstream::RateLimited => {
                    "LaunchDarkly's rate limit is spent; reads and writes are refused until it starts anew"
                }
                Upstream::Failing | Upstream::Unasked | Upstream::Ok | Upstream::TokenRefused => {
                    "LaunchDarkly is out of order, or its answer is not understood; reads and writes will try again"
                }
            };
            tracing::warn!(%cause, "{what}");
        }
    }
}

fn state_of(failure: &Failure) -> Upstream {
    match failure {
        Failure::TokenRefused(_) => Upstream::TokenRefused,
        Failure::Timeout { .. } | Failure::Unreachable { .. } => Upstream::Unreachable,
        Failure::RateLimited { .. } => Upstream::RateLimited,
        Failure::Invalid(_)
        | Failure::ApprovalRequired(_)
        | Failure::NotFound(_)
        | Failure::BadRequest(_)
        | Failure::Conflict(_)
        | Failure::Unavailable { .. }
        | Failure::Unexpected(_)
        | Failure::Ambiguous => Upstream::Failing,
    }
}
