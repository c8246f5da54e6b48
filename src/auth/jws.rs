//! The form of a signed token (RFC 7515, 7519), before anything in it is believed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::refused::Refused;
use super::strict_json::parse_object;

/// The longest token that we look at, in bytes. The HTTP server's limit for all headers is not much more.
const LONGEST: usize = 8 * 1024;
/// Header members that change what the rest means.
const UNSUPPORTED: [&str; 5] = ["crit", "zip", "b64", "cty", "enc"];
/// The kinds of tokens that say who calls: plain ones, access tokens (RFC 9068), and `JOSE` as SPIFFE allows it.
const TYPES: [&str; 5] = ["jwt", "at+jwt", "jose", "application/jwt", "application/at+jwt"];

/// A token taken apart. Nothing in it is verified yet.
pub(super) struct Unverified<'a> {
    /// The `alg` of its header.
    pub(super) algorithm: String,
    /// The `kid` of its header: which of its issuer's keys signed it, as it says.
    pub(super) key_id: Option<String>,
    /// Its claims.
    pub(super) claims: Map<String, Value>,
    /// The bytes that the signature is over.
    pub(super) message: &'a str,
    /// The signature, in canonical base64url.
    pub(super) signature: &'a str,
}

impl<'a> Unverified<'a> {
    /// Takes `token` apart, and refuses what isn't exactly a plain signed JWT.
    pub(super) fn parse(token: &'a str) -> Result<Self, Refused> {
        if token.len() > LONGEST {
            return Err(Refused::TooLong);
        }
        match token.bytes().filter(|b| *b == b'.').count() {
            2 => {}
            4 => return Err(Refused::Unsupported),
            _ => return Err(Refused::Malformed),
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Refused::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(Refused::Malformed)?;
        let (algorithm, key_id) = read(parse_object(&decode(header)?)?)?;
        decode(signature)?;
        let claims = parse_object(&decode(claims)?)?;
        Ok(Self { algorithm, key_id, claims, message, signature })
    }
}

/// The `alg` and `kid` of a header that asks for nothing unusual.
fn read(mut header: Map<String, Value>) -> Result<(String, Option<String>), Refused> {
    if UNSUPPORTED.iter().any(|member| header.contains_key(*member)) {
        return Err(Refused::Unsupported);
    }
    match header.get("typ") {
        None => {}
        Some(Value::String(kind)) if TYPES.contains(&kind.to_ascii_lowercase().as_str()) => {}
        Some(_) => return Err(Refused::Unsupported),
    }
    let key_id = match header.remove("kid") {
        None => None,
        Some(Value::String(key_id)) => Some(key_id),
        Some(_) => return Err(Refused::Malformed),
    };
    match header.remove("alg") {
        Some(Value::String(algorithm)) => Ok((algorithm, key_id)),
        Some(_) | None => Err(Refused::Malformed),
    }
}

/// Canonical base64url: no padding, no whitespace, no bits left over that another spelling could set.
fn decode(part: &str) -> Result<Vec<u8>, Refused> {
    URL_SAFE_NO_PAD.decode(part).or(Err(Refused::Malformed))
}
