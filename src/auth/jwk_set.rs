//! A key set as an issuer publishes it (RFC 7517): what is ours to use, what is not, and what makes it no key set at all.
//!
//! Sets are shared: beside the keys that sign tokens stand those for encryption, of other algorithms, of kinds that nobody
//! here knows. These are left out, each with a word in the log. What must not be in a published set at all, a secret or a
//! private key, makes us refuse the whole: whoever has read it can sign. jsonwebtoken's own reading (11.1) would take a
//! secret, and keys for encryption.

use std::ops::RangeInclusive;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::refused::Refused;
use super::strict_json::parse_object;
use crate::config::auth::{KeyKind, PublicKeyAlgorithm};

/// The longest key set, in bytes. Those of large providers have a few thousand.
pub const LONGEST_KEY_SET: usize = 256 << 10;
/// The most keys of a set.
const MOST_KEYS: usize = 100;
/// What a key that verifies tokens may be for, if it says: signatures, or SPIFFE's tokens in a trust bundle (SPIFFE Trust
/// Domain and Bundle, 4.2.2), beside which stand the authorities of its certificates.
const USES: [&str; 2] = ["sig", "jwt-svid"];
/// How long an RSA key may be, in bits: a shorter one can be broken, a longer one is slow to verify with.
const RSA_BITS: RangeInclusive<usize> = 2048..=8192;
/// Members of private keys (RFC 7518, 6.2.2 and 6.3.2).
const PRIVATE: [&str; 3] = ["d", "p", "oth"];

/// Why a key set is refused whole. The text is for operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetFault {
    /// It is longer than [`LONGEST_KEY_SET`].
    #[error("must have at most 256 KiB")]
    TooLarge,
    /// It isn't JSON of the right form.
    #[error("must be a JWK set (RFC 7517), a JSON object with a list `keys`")]
    NotASet,
    /// A member stands in it twice.
    #[error("must have no JSON member twice")]
    Duplicate,
    /// It has too many keys.
    #[error("must have at most 100 keys")]
    TooMany,
    /// A secret is in it.
    #[error("must not have a secret (kty `oct`) in it: whoever can read the set could sign")]
    Secret,
    /// A private key is in it.
    #[error("must not have a private key in it: whoever can read the set could sign")]
    PrivateKey,
    /// No key is left.
    #[error("must have a key for signatures that goes with one of the issuer's `algorithms`")]
    NoneUsable,
}

/// A public key of a set, with all algorithms that it may be used with: at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublicJwk {
    pub(super) key_id: Option<String>,
    pub(super) key: Material,
    pub(super) algorithms: Vec<PublicKeyAlgorithm>,
}

/// The numbers that a key is, known to be one of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Material {
    /// Modulus and exponent of 2,048 to 8,192 bits, without leading zeros.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// An uncompressed point of the curve P-256 or P-384.
    Ec { kind: KeyKind, point: Vec<u8> },
    /// A point of Ed25519.
    Ed25519(Vec<u8>),
}

/// The keys of a set that `issuer`'s tokens may be verified with.
pub(super) fn parse(
    json: &[u8],
    algorithms: &[PublicKeyAlgorithm],
    issuer: &str,
) -> Result<Vec<PublicJwk>, KeySetFault> {
    if json.len() > LONGEST_KEY_SET {
        return Err(KeySetFault::TooLarge);
    }
    let parsed = parse_object(json);
    if parsed == Err(Refused::Duplicate) {
        return Err(KeySetFault::Duplicate);
    }
    let mut set = parsed.or(Err(KeySetFault::NotASet))?;
    let Some(Value::Array(keys)) = set.remove("keys") else {
        return Err(KeySetFault::NotASet);
    };
    if keys.len() > MOST_KEYS {
        return Err(KeySetFault::TooMany);
    }
    let mut found = Vec::new();
    for key in keys {
        let Value::Object(key) = key else {
            return Err(KeySetFault::NotASet);
        };
        refuse_secrets(&key)?;
        match PublicJwk::read(&key, algorithms) {
            Ok(key) => found.push(key),
            Err(why) => {
                let kid = key.get("kid").and_then(Value::as_str);
                tracing::debug!(issuer, ?kid, why, "a key of the set is left out");
            }
        }
    }
    if found.is_empty() { Err(KeySetFault::NoneUsable) } else { Ok(found) }
}

fn refuse_secrets(key: &Map<String, Value>) -> Result<(), KeySetFault> {
    if text(key, "kty") == Some("oct") {
        return Err(KeySetFault::Secret);
    }
    let is_private = PRIVATE.iter().any(|member| key.contains_key(*member));
    if is_private { Err(KeySetFault::PrivateKey) } else { Ok(()) }
}

fn text<'a>(key: &'a Map<String, Value>, member: &str) -> Option<&'a str> {
    key.get(member).and_then(Value::as_str)
}

impl PublicJwk {
    /// The key, or why it is none for us.
    fn read(
        key: &Map<String, Value>,
        algorithms: &[PublicKeyAlgorithm],
    ) -> Result<Self, &'static str> {
        if !is_for_signatures(key) {
            return Err("it is not for verifying signatures");
        }
        let key_id = match key.get("kid") {
            None => None,
            Some(Value::String(key_id)) => Some(key_id.clone()),
            Some(_) => return Err("its kid is no text"),
        };
        let material = Material::read(key)?;
        let named = key.get("alg").map(|given| given.as_str().unwrap_or_default());
        let fits = |one: &&PublicKeyAlgorithm| {
            one.key_kind() == material.kind() && named.is_none_or(|named| named == one.name())
        };
        let algorithms: Vec<_> = algorithms.iter().filter(fits).copied().collect();
        if algorithms.is_empty() {
            return Err("none of the issuer's algorithms goes with it");
        }
        Ok(Self { key_id, key: material, algorithms })
    }
}

/// Whether a key says that it verifies signatures, or nothing about what it is for.
fn is_for_signatures(key: &Map<String, Value>) -> bool {
    let verifies = |ops: &Value| {
        ops.as_array().is_some_and(|ops| ops.iter().any(|op| op.as_str() == Some("verify")))
    };
    let is_use = |given: &Value| given.as_str().is_some_and(|given| USES.contains(&given));
    key.get("use").is_none_or(is_use) && key.get("key_ops").is_none_or(verifies)
}

/// How many bits a number without leading zeros has.
fn bits(number: &[u8]) -> usize {
    let unused = number.first().map_or(0, |first| first.leading_zeros());
    (number.len() * 8).saturating_sub(usize::try_from(unused).unwrap_or(0))
}

impl Material {
    pub(super) fn kind(&self) -> KeyKind {
        match self {
            Self::Rsa { .. } => KeyKind::Rsa,
            Self::Ec { kind, .. } => *kind,
            Self::Ed25519(_) => KeyKind::Ed25519,
        }
    }

    fn read(key: &Map<String, Value>) -> Result<Self, &'static str> {
        let number = |member| {
            let bytes = URL_SAFE_NO_PAD.decode(text(key, member).unwrap_or_default());
            bytes.ok().filter(|bytes| !bytes.is_empty()).ok_or("its numbers are not base64url")
        };
        match (text(key, "kty"), text(key, "crv")) {
            (Some("RSA"), _) => Self::rsa(&number("n")?, &number("e")?),
            (Some("EC"), Some("P-256")) => Self::ec(KeyKind::P256, &number("x")?, &number("y")?),
            (Some("EC"), Some("P-384")) => Self::ec(KeyKind::P384, &number("x")?, &number("y")?),
            (Some("OKP"), Some("Ed25519")) => Self::ed25519(number("x")?),
            _ => Err("its kind of key is not supported"),
        }
    }

    fn rsa(n: &[u8], e: &[u8]) -> Result<Self, &'static str> {
        // Some issuers write a zero before what looks negative. The library refuses that.
        let bare = |bytes: &[u8]| bytes.iter().copied().skip_while(|b| *b == 0).collect::<Vec<_>>();
        let (n, e) = (bare(n), bare(e));
        let parts = RsaPublicKeyComponents { n: &n, e: &e };
        // The library looks at the length only when it verifies.
        let is_good = RSA_BITS.contains(&bits(&n))
            && parts.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).is_ok();
        if is_good { Ok(Self::Rsa { n, e }) } else { Err("it is no RSA key of 2048 to 8192 bits") }
    }

    fn ec(kind: KeyKind, x: &[u8], y: &[u8]) -> Result<Self, &'static str> {
        let (length, curve) = match kind {
            KeyKind::P384 => (48, &ECDSA_P384_SHA384_FIXED),
            KeyKind::P256 | KeyKind::Rsa | KeyKind::Ed25519 => (32, &ECDSA_P256_SHA256_FIXED),
        };
        let point = [&[4], x, y].concat();
        let is_whole = x.len() == length && y.len() == length;
        if is_whole && ParsedPublicKey::new(curve, &point).is_ok() {
            Ok(Self::Ec { kind, point })
        } else {
            Err("it is no point of its curve")
        }
    }

    fn ed25519(x: Vec<u8>) -> Result<Self, &'static str> {
        if x.len() == 32 && ParsedPublicKey::new(&ED25519, &x).is_ok() {
            Ok(Self::Ed25519(x))
        } else {
            Err("it is no point of its curve")
        }
    }
}
