//! An issuer's key with its algorithms: what else a token names, it is verified with one of these or refused.

use aws_lc_rs::error::KeyRejected;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    VerificationAlgorithm,
};
use secrecy::{ExposeSecret as _, SecretString};

use super::refused::Refused;
use crate::config::auth::{HmacAlgorithm, IssuerKey, PublicKeyAlgorithm};

/// A key for one algorithm. A token's `alg` chooses one of these by its name; what it does is fixed in it, so a public
/// key can't be taken for a secret.
pub(super) struct Verifier {
    algorithm: &'static str,
    key: Key,
}

enum Key {
    /// Boxed, because it is twenty times as large as the other.
    Hmac(Box<hmac::Key>),
    Public(ParsedPublicKey),
}

impl Verifier {
    /// One verifier for each algorithm of the issuer.
    pub(super) fn all(key: &IssuerKey) -> Result<Vec<Self>, KeyRejected> {
        match key {
            IssuerKey::Secret { secret, algorithms } => {
                let each = algorithms.iter().map(|algorithm| Self {
                    algorithm: algorithm.name(),
                    key: Key::Hmac(Box::new(hmac_key(*algorithm, secret))),
                });
                Ok(each.collect())
            }
            IssuerKey::PublicKey { key, algorithms } => {
                let each = algorithms.iter().map(|algorithm| {
                    let parsed = ParsedPublicKey::new(verification(*algorithm), key.der())?;
                    Ok(Self {
                        algorithm: algorithm.name(),
                        key: Key::Public(parsed),
                    })
                });
                each.collect()
            }
        }
    }

    /// The `alg` that this is for.
    pub(super) fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    /// Whether `signature` over `message` is the issuer's; secrets in constant time.
    pub(super) fn verify(&self, message: &str, signature: &[u8]) -> Result<(), Refused> {
        let verified = match &self.key {
            Key::Hmac(key) => hmac::verify(key, message.as_bytes(), signature),
            Key::Public(key) => key.verify_sig(message.as_bytes(), signature),
        };
        verified.or(Err(Refused::Signature))
    }
}

/// The key for signing or verifying with a shared secret.
#[expect(
    clippy::disallowed_methods,
    reason = "here the secret becomes the key that verifies with it"
)]
pub(super) fn hmac_key(algorithm: HmacAlgorithm, secret: &SecretString) -> hmac::Key {
    let algorithm = match algorithm {
        HmacAlgorithm::Hs256 => hmac::HMAC_SHA256,
        HmacAlgorithm::Hs384 => hmac::HMAC_SHA384,
        HmacAlgorithm::Hs512 => hmac::HMAC_SHA512,
    };
    hmac::Key::new(algorithm, secret.expose_secret().as_bytes())
}

fn verification(algorithm: PublicKeyAlgorithm) -> &'static dyn VerificationAlgorithm {
    match algorithm {
        PublicKeyAlgorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        PublicKeyAlgorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
        PublicKeyAlgorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
        PublicKeyAlgorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        PublicKeyAlgorithm::Ps384 => &RSA_PSS_2048_8192_SHA384,
        PublicKeyAlgorithm::Ps512 => &RSA_PSS_2048_8192_SHA512,
        PublicKeyAlgorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
        PublicKeyAlgorithm::Es384 => &ECDSA_P384_SHA384_FIXED,
        PublicKeyAlgorithm::EdDsa => &ED25519,
    }
}
