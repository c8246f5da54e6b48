//! Both backends of a configuration, for comparing them once.

use super::fault::StartFault;
use super::rooms;
use crate::clock::Clock;
use crate::config::Config;
use crate::policy::Errand;
use crate::settings::shadow::Sides;
use crate::upstream::{Backend, Failure};

/// What there is to compare.
#[derive(Debug)]
pub enum Comparable {
    /// Both backends.
    Both(Box<Sides>),
    /// `LaunchDarkly` no longer lists the version that the User Settings API is asked under.
    Ended,
}

/// Both backends of this configuration, with differences told from the User Settings API, if `LaunchDarkly` still has
/// both. They wait where its rate limits are low.
pub async fn comparable(
    config: &Config,
    clock: Clock,
) -> Result<Result<Comparable, Failure>, StartFault> {
    let client = rooms::client(config, &rooms::metrics()?, &clock)?.patient();
    let versions = match client.versions(&Errand::of_startup()).await {
        Ok(versions) => versions,
        Err(failure) => return Ok(Err(failure)),
    };
    if versions.lack(config.launchdarkly.user_settings_api_version.as_str()) {
        return Ok(Ok(Comparable::Ended));
    }
    let sides = Sides::new(&client, Backend::UserSettings, clock);
    Ok(Ok(Comparable::Both(Box::new(sides))))
}
