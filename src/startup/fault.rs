//! Why the gateway does not start.

use std::net::SocketAddr;

use super::policy_file::PolicyFileFault;
use crate::auth::UnusableKey;
use crate::config::auth::IssuerName;
use crate::outbound::OutboundFault;
use crate::upstream::ClientFault;

/// Why the gateway does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// The policy is refused.
    #[error(transparent)]
    Policy(#[from] PolicyFileFault),
    /// An issuer's key can't be used.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// The client of `LaunchDarkly` can't be built.
    #[error("launchdarkly: {0}")]
    Upstream(#[from] ClientFault),
    /// What fetches an issuer's keys can't be built.
    #[error("the issuer `{name}`: {cause}")]
    Issuer {
        /// Our name for the issuer.
        name: IssuerName,
        /// Why.
        cause: OutboundFault,
    },
    /// What posts answers to Slack can't be built.
    #[error("chat.slack: {0}")]
    Chat(#[source] OutboundFault),
    /// A port can't be opened.
    #[error("{key}: {address} can't be listened on: {cause}")]
    Listen {
        /// The key of the configuration that names it.
        key: &'static str,
        /// Which.
        address: SocketAddr,
        /// Why.
        cause: std::io::Error,
    },
    /// Two metrics have one name, or the system is out of something.
    #[error("{0}")]
    System(String),
}

impl StartFault {
    /// Whether the operator wrote something wrong, as opposed to something failing that may work next time.
    #[must_use]
    pub fn is_configured_wrongly(&self) -> bool {
        match self {
            Self::Policy(_)
            | Self::Key(_)
            | Self::Issuer { .. }
            | Self::Upstream(_)
            | Self::Chat(_) => true,
            Self::Listen { .. } | Self::System(_) => false,
        }
    }
}
