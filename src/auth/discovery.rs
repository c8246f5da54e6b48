//! An issuer's discovery document (`OpenID` Connect Discovery 1.0, 3), of which we want one word: where its keys are.

use serde_json::Value;
use url::Url;

use super::strict_json::parse_object;

/// The longest such document that we look at, in bytes. Those of large providers have a few thousand.
pub const LONGEST_DISCOVERY: usize = 256 << 10;

/// Why a document doesn't say where the keys are. The text is for operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryFault {
    /// It is no JSON object, or a member stands in it twice.
    #[error("the discovery document must be a JSON object with no member twice")]
    NotADocument,
    /// It is another issuer's.
    #[error("the discovery document's `issuer` must be the configured one, letter for letter")]
    OtherIssuer,
    /// There is no address of a key set in it.
    #[error("the discovery document must have a `jwks_uri` that is a URL without user name")]
    NoKeySet,
}

/// Where the keys of `issuer` are, as its discovery document says.
pub fn jwks_uri(document: &[u8], issuer: &str) -> Result<Url, DiscoveryFault> {
    let members = parse_object(document).or(Err(DiscoveryFault::NotADocument))?;
    let text = |member: &str| members.get(member).and_then(Value::as_str);
    if text("issuer") != Some(issuer) {
        return Err(DiscoveryFault::OtherIssuer);
    }
    let url: Option<Url> = text("jwks_uri").and_then(|text| text.parse().ok());
    let bare = url.filter(|url| url.username().is_empty() && url.password().is_none());
    bare.ok_or(DiscoveryFault::NoKeySet)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://idp.example.com";

    #[test]
    fn a_document_of_the_issuer_says_where_its_keys_are() {
        let document =
            r#"{"issuer":"https://idp.example.com","jwks_uri":"https://keys.example.com/?p=a"}"#;
        let url = jwks_uri(document.as_bytes(), ISSUER).unwrap();
        assert_eq!(url.as_str(), "https://keys.example.com/?p=a");
    }

    #[test]
    fn any_other_document_is_refused() {
        for (document, fault) in [
            ("<html>", DiscoveryFault::NotADocument),
            ("[]", DiscoveryFault::NotADocument),
            (r#"{"issuer":"https://idp.example.com","issuer":"x"}"#, DiscoveryFault::NotADocument),
            (r#"{"jwks_uri":"https://keys.example.com"}"#, DiscoveryFault::OtherIssuer),
            (r#"{"issuer":"https://idp.example.com/"}"#, DiscoveryFault::OtherIssuer),
            (
                r#"{"issuer":"https://evil.example.com","jwks_uri":"https://a.b"}"#,
                DiscoveryFault::OtherIssuer,
            ),
            (r#"{"issuer":"https://idp.example.com"}"#, DiscoveryFault::NoKeySet),
            (
                r#"{"issuer":"https://idp.example.com","jwks_uri":"/keys"}"#,
                DiscoveryFault::NoKeySet,
            ),
            (
                r#"{"issuer":"https://idp.example.com","jwks_uri":"https://u:p@a.b"}"#,
                DiscoveryFault::NoKeySet,
            ),
        ] {
            assert_eq!(jwks_uri(document.as_bytes(), ISSUER), Err(fault), "{document}");
        }
    }
}
