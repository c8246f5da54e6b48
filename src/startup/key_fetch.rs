//! Fetching an issuer's key set: from its address, or from where its discovery document says.

use std::time::Duration;

use url::Url;

use crate::auth::{DiscoveryFault, LONGEST_DISCOVERY, LONGEST_KEY_SET, jwks_uri};
use crate::config::auth::{Discovery, WayOut};
use crate::http::KeyTrouble;
use crate::outbound::{GetFault, Getter, Got, OutboundFault, Settings};

/// The longest time to make a connection, as to `LaunchDarkly`.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// The longest time for one document: it is small, and nobody waits for it.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// Fetches the key set of one issuer. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct KeyFetch {
    getter: Getter,
    from: From,
}

#[derive(Clone, Debug)]
enum From {
    Url(Url),
    Discovery(Discovery),
}

/// Why there is no key set. It never names an address.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeyFetchFault {
    /// Of the key set, or of the discovery document before it.
    #[error(transparent)]
    Get(#[from] GetFault),
    /// The discovery document doesn't say where it is.
    #[error(transparent)]
    Discovery(#[from] DiscoveryFault),
}

impl KeyFetchFault {
    /// What operators see of it.
    pub(super) fn trouble(&self) -> KeyTrouble {
        match self {
            Self::Get(GetFault::Status(_)) => KeyTrouble::Status,
            Self::Get(GetFault::Redirected(_)) => KeyTrouble::Redirected,
            Self::Get(GetFault::TooLarge) => KeyTrouble::TooLarge,
            Self::Get(GetFault::Timeout(_)) => KeyTrouble::Timeout,
            Self::Get(GetFault::Unreachable(_)) => KeyTrouble::Unreachable,
            Self::Get(GetFault::NotAllowed) | Self::Discovery(_) => KeyTrouble::Invalid,
        }
    }
}

impl KeyFetch {
    /// From this address.
    pub(super) fn at(url: &Url, way: &WayOut) -> Result<Self, OutboundFault> {
        Ok(Self { getter: getter(way)?, from: From::Url(url.clone()) })
    }

    /// From where this document says.
    pub(super) fn discovered(document: &Discovery, way: &WayOut) -> Result<Self, OutboundFault> {
        Ok(Self { getter: getter(way)?, from: From::Discovery(document.clone()) })
    }

    /// The key set as it is published now, not yet understood.
    pub(super) async fn fetch(&self) -> Result<Got, KeyFetchFault> {
        let document = match &self.from {
            From::Url(url) => return Ok(self.getter.get(url, LONGEST_KEY_SET).await?),
            From::Discovery(document) => document,
        };
        // Asked anew each time, so that an issuer may move its keys.
        let got = self.getter.get(&document.url, LONGEST_DISCOVERY).await?;
        let url = jwks_uri(&got.body, &document.issuer)?;
        // What came over TLS must not send us to this machine's own ports.
        if document.url.scheme() == "https" && url.scheme() != "https" {
            return Err(GetFault::NotAllowed.into());
        }
        Ok(self.getter.get(&url, LONGEST_KEY_SET).await?)
    }
}

fn getter(way: &WayOut) -> Result<Getter, OutboundFault> {
    Getter::new(&Settings {
        connect_timeout: CONNECT_TIMEOUT,
        request_timeout: REQUEST_TIMEOUT,
        proxy: way.proxy.clone(),
        ca_pem: way.ca_certificates.clone(),
        user_agent: concat!("flagward/", env!("CARGO_PKG_VERSION")).to_owned(),
    })
}
