//! Flags, and what concerns the token and the API itself.

use serde::Deserialize;

use super::parse;
use crate::domain::Json;
use crate::upstream::answers::{CallerIdentity, FlagDocument, Variation, Versions};
use crate::upstream::failure::Invalid;

#[derive(Deserialize)]
struct FlagWire {
    kind: Option<String>,
    archived: Option<bool>,
    variations: Vec<VariationWire>,
}

#[derive(Deserialize)]
struct VariationWire {
    #[serde(rename = "_id")]
    id: String,
    value: Json,
}

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

/// A flag's definition.
pub(in crate::upstream) fn read_flag(body: &[u8]) -> Result<FlagDocument, Invalid> {
    let wire: FlagWire = parse(body)?;
    let variation = |VariationWire { id, value }| Variation { id, value };
    Ok(FlagDocument {
        kind: wire.kind,
        archived: wire.archived.unwrap_or(false),
        variations: wire.variations.into_iter().map(variation).collect(),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variation_is_found_by_what_its_value_means() {
        let body = br#"{"key":"f","kind":"multivariate","archived":true,"new":1,"variations":[
            {"_id":"one","value":1.0,"name":"x"},{"_id":"two","value":{"a":[2]}}]}"#;
        let flag = read_flag(body).unwrap();
        assert!(flag.archived);
        let found = flag.variation(&Json::parse("1").unwrap()).unwrap();
        assert_eq!((found.id.as_str(), found.value.as_str()), ("one", "1.0"));
        assert!(flag.variation(&Json::parse("2").unwrap()).is_none());
    }

    #[test]
    fn a_flag_without_variations_is_no_answer() {
        assert!(read_flag(b"{}").is_err());
        assert!(read_flag(br#"{"variations":[{"value":1}]}"#).is_err());
    }
}
