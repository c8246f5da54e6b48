//! The first word with `LaunchDarkly`: whose token do we hold? Its answer is for operators; nothing waits for it,
//! since the gateway starts while `LaunchDarkly` is down.

use crate::policy::Errand;
use crate::upstream::{CallerIdentity, Client, Failure};

/// Asks whose token we hold.
pub(super) async fn ask(client: &Client) -> Result<CallerIdentity, Failure> {
    client.caller_identity(&Errand::of_startup()).await
}

/// Asks, and tells the log.
pub(super) async fn greet(client: Client) {
    match ask(&client).await {
        Ok(identity) => tracing::info!(
            token.name = identity.token_name,
            token.is_service = identity.service_token,
            "LaunchDarkly takes the shared token"
        ),
        Err(fault) => {
            tracing::warn!(%fault, "LaunchDarkly does not answer yet; reads and writes will try again");
        }
    }
}
