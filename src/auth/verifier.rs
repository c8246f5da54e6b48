//! A key bound to one algorithm, and to the name that its issuer gave it.

use jsonwebtoken::errors::Error;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use secrecy::{ExposeSecret as _, SecretString};

use super::jwk_set::{Material, PublicJwk};
use super::refused::Refused;
use crate::config::auth::{
    FixedKey, HmacAlgorithm, IssuerKey, KeyKind, PublicKey, PublicKeyAlgorithm,
};

/// A key for one algorithm. A token's `alg` chooses one of these by its name; what it does is fixed in it, so a public
/// key can't be taken for a secret.
pub(super) struct Verifier {
    key_id: Option<String>,
    name: &'static str,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl Verifier {
    /// One verifier for each algorithm of a configured key.
    pub(super) fn all(fixed: &FixedKey) -> Result<Vec<Self>, Error> {
        let key_id = || fixed.kid.clone();
        match &fixed.key {
            IssuerKey::Secret { secret, algorithms } => {
                let each = algorithms.iter().map(|one| Self {
                    key_id: key_id(),
                    name: one.name(),
                    algorithm: hmac(*one),
                    key: DecodingKey::from_secret(bytes(secret)),
                });
                Ok(each.collect())
            }
            IssuerKey::PublicKey { key, algorithms } => {
                let each = algorithms.iter().map(|one| {
                    let (name, algorithm) = (one.name(), asymmetric(*one));
                    Ok(Self { key_id: key_id(), name, algorithm, key: decoding_key(key)? })
                });
                each.collect()
            }
        }
    }

    /// One verifier for each algorithm of a key set's key.
    pub(super) fn of_set(jwk: &PublicJwk) -> impl Iterator<Item = Self> {
        let key = match &jwk.key {
            Material::Rsa { n, e } => DecodingKey::from_rsa_raw_components(n, e),
            Material::Ec { point, .. } => DecodingKey::from_ec_der(point),
            Material::Ed25519(point) => DecodingKey::from_ed_der(point),
        };
        jwk.algorithms.iter().map(move |one| Self {
            key_id: jwk.key_id.clone(),
            name: one.name(),
            algorithm: asymmetric(*one),
            key: key.clone(),
        })
    }

    /// The `alg` that this is for.
    pub(super) fn algorithm(&self) -> &'static str {
        self.name
    }

    /// What its issuer calls the key, if anything.
    pub(super) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Whether `signature`, in base64url, over `message` is the issuer's; secrets in constant time.
    pub(super) fn verify(&self, message: &str, signature: &str) -> Result<(), Refused> {
        let message = message.as_bytes();
        let verified = jsonwebtoken::crypto::verify(signature, message, &self.key, self.algorithm);
        if verified.unwrap_or(false) { Ok(()) } else { Err(Refused::Signature) }
    }
}

/// The key for signing with a shared secret, and its algorithm.
pub(super) fn signing_key(
    secret: &SecretString,
    algorithm: HmacAlgorithm,
) -> (EncodingKey, Algorithm) {
    (EncodingKey::from_secret(bytes(secret)), hmac(algorithm))
}

fn decoding_key(key: &PublicKey) -> Result<DecodingKey, Error> {
    match key.kind() {
        KeyKind::Rsa => DecodingKey::from_rsa_pem(key.pem()),
        KeyKind::P256 | KeyKind::P384 => DecodingKey::from_ec_pem(key.pem()),
        KeyKind::Ed25519 => DecodingKey::from_ed_pem(key.pem()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "here the secret becomes the key that verifies and signs with it"
)]
fn bytes(secret: &SecretString) -> &[u8] {
    secret.expose_secret().as_bytes()
}

fn hmac(algorithm: HmacAlgorithm) -> Algorithm {
    match algorithm {
        HmacAlgorithm::Hs256 => Algorithm::HS256,
        HmacAlgorithm::Hs384 => Algorithm::HS384,
        HmacAlgorithm::Hs512 => Algorithm::HS512,
    }
}

fn asymmetric(algorithm: PublicKeyAlgorithm) -> Algorithm {
    match algorithm {
        PublicKeyAlgorithm::Rs256 => Algorithm::RS256,
        PublicKeyAlgorithm::Rs384 => Algorithm::RS384,
        PublicKeyAlgorithm::Rs512 => Algorithm::RS512,
        PublicKeyAlgorithm::Ps256 => Algorithm::PS256,
        PublicKeyAlgorithm::Ps384 => Algorithm::PS384,
        PublicKeyAlgorithm::Ps512 => Algorithm::PS512,
        PublicKeyAlgorithm::Es256 => Algorithm::ES256,
        PublicKeyAlgorithm::Es384 => Algorithm::ES384,
        PublicKeyAlgorithm::EdDsa => Algorithm::EdDSA,
    }
}
