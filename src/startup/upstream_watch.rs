//! Whose token do we hold, does `LaunchDarkly` still take it, and does it still serve the User Settings API? The answers
//! are for operators, and the last one for the backend; nothing waits for them, since the gateway starts, and serves
//! what it remembers, while `LaunchDarkly` is down.

use std::time::Duration;

use tokio::time::sleep;

use crate::http::{Upstream, Vitals};
use crate::policy::Errand;
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
        if answer.is_ok() && client.may_change_backend() {
            ask_versions(&client).await;
        }
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

/// Asks which versions there are, of which the client takes note. That it got no answer is for the next time: the
/// operations themselves say when they have gone.
async fn ask_versions(client: &Client) {
    if let Err(fault) = client.versions(&Errand::of_startup()).await {
        tracing::debug!(%fault, "LaunchDarkly did not say which versions it has");
    }
}

/// Shows operators which backend serves.
pub(super) async fn watch_backend(client: Client, vitals: Vitals) {
    let mut told = client.watch_backend();
    loop {
        vitals.backend_is(told.borrow_and_update().name());
        if told.changed().await.is_err() {
            return;
        }
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
            tracing::error!(%fault, "LaunchDarkly refuses the shared token; every call fails until it is replaced");
        }
        Err(fault) => {
            let cause = std::error::Error::source(fault).map(tracing::field::display);
            tracing::warn!(%fault, cause, "LaunchDarkly does not answer; reads and writes will try again");
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
