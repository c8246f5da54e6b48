//! What concerns the token and the API itself.

use serde::Deserialize;

use super::parse;
use crate::upstream::answers::{CallerIdentity, Versions};
use crate::upstream::failure::Invalid;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CallerIdentityWire {
    account_id: Option<String>,
    token_name: Option<String>,
    token_kind: Option<String>,
    service_token: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VersionsWire {
    valid_versions: Vec<i64>,
    latest_version: Option<i64>,
    current_version: Option<i64>,
}

/// Whose token it is.
pub(in crate::upstream) fn read_caller_identity(body: &[u8]) -> Result<CallerIdentity, Invalid> {
    let wire: CallerIdentityWire = parse(body)?;
    Ok(CallerIdentity {
        account_id: wire.account_id,
        token_name: wire.token_name,
        token_kind: wire.token_kind,
        service_token: wire.service_token,
    })
}

/// The versions there are.
pub(in crate::upstream) fn read_versions(body: &[u8]) -> Result<Versions, Invalid> {
    let wire: VersionsWire = parse(body)?;
    Ok(Versions {
        valid: wire.valid_versions,
        latest: wire.latest_version,
        current: wire.current_version,
    })
}
