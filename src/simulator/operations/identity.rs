//! `GET /api/v2/versions` and `GET /api/v2/caller-identity`.

use serde_json::json;

use super::Call;
use crate::simulator::switches::UserSettings;
use crate::simulator::wire::{Answer, Refusal};

/// The versions that can be asked for, oldest first.
const VALID: [u32; 5] = [20_160_426, 20_191_212, 20_210_729, 20_220_603, NEWEST];

/// The newest version, which new tokens get when a request names none.
const NEWEST: u32 = 20_240_415;

/// The version that a request is answered under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Dated(u32),
    Beta,
}

impl Version {
    /// Reads `LD-API-Version`; without it the token's own default holds, which is the newest here.
    pub(super) fn asked(header: Option<&str>, service: UserSettings) -> Result<Self, Refusal> {
        match header.map(str::trim) {
            None => Ok(Self::Dated(NEWEST)),
            Some("beta") => Ok(Self::Beta),
            Some(text) => {
                let mut valid = valid(service).iter().copied();
                let dated = valid.find(|valid| valid.to_string() == text);
                let unknown = || Refusal::invalid(format!("Invalid API version: {text}"));
                dated.map(Self::Dated).ok_or_else(unknown)
            }
        }
    }

    /// Whether this is 20240415 or what comes after it.
    pub(super) fn is_newest(self) -> bool {
        matches!(self, Self::Dated(NEWEST) | Self::Beta)
    }
}

/// The versions that can be asked for: the newest alone, once those before it are retired.
fn valid(service: UserSettings) -> &'static [u32] {
    match service {
        UserSettings::Served | UserSettings::RemovedFrom20240415 | UserSettings::Gone => &VALID,
        UserSettings::Retired => &[NEWEST],
    }
}

/// The versions there are, and the one in use.
pub(super) fn versions(call: &Call<'_>) -> Answer {
    let (current, beta) = match call.version {
        Version::Dated(version) => (version, false),
        Version::Beta => (NEWEST, true),
    };
    Answer::ok(&json!({
        "validVersions": valid(call.state.user_settings),
        "latestVersion": NEWEST,
        "currentVersion": current,
        "beta": beta,
    }))
}

/// Whose token this is: a service token's identity, so without the members that only `OAuth` tokens have.
pub(super) fn caller(call: &Call<'_>) -> Answer {
    Answer::ok(&json!({
        "accountId": "5f0000000000000000000001",
        "environmentId": "5f0000000000000000000002",
        "projectId": "5f0000000000000000000003",
        "environmentName": "",
        "projectName": "",
        "authKind": "token",
        "tokenKind": "auth",
        "clientId": "",
        "tokenName": call.token.name,
        "tokenId": "5f0000000000000000000004",
        "memberId": "5f0000000000000000000005",
        "serviceToken": true,
        "scopes": [],
    }))
}
