//! Whose token do we hold, does `LaunchDarkly` still take it, and does it still serve the User Settings API? The answers
//! are for operators, and the last one for the backend; nothing waits for them, since the gateway starts, and serves
//! what it remembers, while `LaunchDarkly` is down.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::http::{Upstream, Vitals};
use crate::policy::Errand;
use crate::telemetry::Causes;
use crate::upstream::{CallerIdentity, Client, Failure};

/// How long after a good answer we ask again: nothing against any rate limit, and soon enough for whoever looks.
const WHILE_WELL: Duration = Duration::from_mins(1);
/// How long after a bad one, and the shortest time between two questions.
const WHILE_NOT: Duration = Duration::from_secs(10);

/// Asks whose token we hold.
pub(super) async fn ask(client: &Client) -> Result<CallerIdentity, Failure> {
    client.caller_identity(&Errand::of_startup()).await
}

/// Asks again and again, and at once when a call of a caller's went wrong; notes the answer, and tells the log when it is
/// another than before.
pub(super) async fn watch(client: Client, vitals: Vitals) {
    loop {
        let answer = ask(&client).await;
        if answer.is_ok() && client.may_change_backend() {
            ask_versions(&client).await;
        }
        // Where we asked nothing, since too many calls are under way, we know no more than before.
        let state = answer.as_ref().map_or_else(state_of, |_| Some(Upstream::Ok));
        if let Some(state) = state
            && vitals.upstream_is(state)
        {
            tell(state, &answer);
        }
        pause(state == Some(Upstream::Ok), client.trouble()).await;
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

/// Waits until it is time to ask again.
async fn pause(is_well: bool, trouble: impl Future<Output = ()>) {
    sleep(WHILE_NOT).await;
    if is_well {
        // The outcome does not matter: either is a reason to ask.
        let _: Result<(), _> = timeout(WHILE_WELL.saturating_sub(WHILE_NOT), trouble).await;
    }
}

fn tell(state: Upstream, answer: &Result<CallerIdentity, Failure>) {
    let fault = match answer {
        Ok(identity) => {
            return tracing::info!(
                token.name = identity.token_name,
                token.is_service = identity.service_token,
                "LaunchDarkly takes the shared token"
            );
        }
        Err(fault) => fault,
    };
    let cause = Causes(fault);
    match state {
        Upstream::TokenRefused => tracing::error!(
            %cause, "LaunchDarkly refuses the shared token; every call fails until it is replaced"
        ),
        Upstream::Unreachable => tracing::warn!(
            %cause, "LaunchDarkly does not answer; reads and writes will try again"
        ),
        Upstream::RateLimited => tracing::warn!(
            %cause, "LaunchDarkly's rate limit is spent; calls are refused until it starts anew"
        ),
        Upstream::Failing | Upstream::Unasked | Upstream::Ok => tracing::warn!(
            %cause, "LaunchDarkly is out of order, or its answer is not understood; reads and writes will try again"
        ),
    }
}

/// What a failure says of `LaunchDarkly`; nothing where it was not asked.
fn state_of(failure: &Failure) -> Option<Upstream> {
    Some(match failure {
        Failure::NoSlot { .. } => return None,
        Failure::TokenRefused(_) => Upstream::TokenRefused,
        Failure::Timeout | Failure::Unreachable { .. } => Upstream::Unreachable,
        Failure::RateLimited { .. } => Upstream::RateLimited,
        Failure::Invalid(_)
        | Failure::ApprovalRequired(_)
        | Failure::NotFound(_)
        | Failure::BadRequest(_)
        | Failure::Conflict(_)
        | Failure::Unavailable { .. }
        | Failure::Unexpected(_)
        | Failure::Ambiguous => Upstream::Failing,
    })
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::time::Instant;

    use super::*;

    async fn paused(is_well: bool, trouble: impl Future<Output = ()>) -> Duration {
        let began = Instant::now();
        pause(is_well, trouble).await;
        began.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn trouble_makes_us_ask_at_once_but_not_more_often_than_every_ten_seconds() {
        assert_eq!(paused(true, pending()).await, WHILE_WELL);
        assert_eq!(paused(true, ready(())).await, WHILE_NOT);
        assert_eq!(paused(true, async { sleep(WHILE_NOT / 2).await }).await, WHILE_NOT * 3 / 2);
        assert_eq!(paused(false, pending()).await, WHILE_NOT);
    }
}
