//! One key and the algorithms that may be used with it: only those that fit it.

use aws_lc_rs::rsa::PublicEncryptingKey;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey,
};
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::{ExposeSecret as _, SecretString};

use super::algorithm::{HmacAlgorithm, PublicKeyAlgorithm};
use crate::config::files::shown;
use crate::config::section::{Section, Text};

/// What tokens are verified with.
#[derive(Clone, Debug)]
pub enum IssuerKey {
    /// A secret of at least 32 bytes, shared with the issuer, from `secret` or `secret_file`.
    Secret {
        /// The secret: its bytes are those of its text.
        secret: SecretString,
        /// What may sign with it; not empty.
        algorithms: Vec<HmacAlgorithm>,
    },
    /// The issuer's public key, from `public_key_file`.
    PublicKey {
        /// The key.
        key: PublicKey,
        /// What may sign with it; not empty, and each fits the key's kind.
        algorithms: Vec<PublicKeyAlgorithm>,
    },
}

/// A public key whose kind is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    kind: KeyKind,
    der: Vec<u8>,
    pem: Vec<u8>,
}

/// The kinds of public keys that we take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA of 2,048 bits or more.
    Rsa,
    /// The curve P-256.
    P256,
    /// The curve P-384.
    P384,
    /// The curve Ed25519.
    Ed25519,
}

/// Whoever holds one token can guess a shorter secret at home (RFC 7518, 3.2).
const LEAST_SECRET: usize = 32;
const ALGORITHMS: &str = "must be a list of what may sign: HS256, HS384, HS512 with a secret; RS256 to RS512, PS256 to \
     PS512, ES256, ES384 or EdDSA with a public key";
const PEM: &str = "must hold one public key in PEM (`BEGIN PUBLIC KEY`): RSA of 2048 bits or more, \
                   P-256, P-384 or Ed25519";

impl PublicKey {
    /// The key's kind.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The key as it stood in its file.
    #[must_use]
    pub fn pem(&self) -> &[u8] {
        &self.pem
    }

    /// The key as X.509 has it (`SubjectPublicKeyInfo`).
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The one key in `pem`; none if there are several, or one that we don't take.
    fn parse(pem: &[u8]) -> Option<Self> {
        let mut keys = SubjectPublicKeyInfoDer::pem_slice_iter(pem);
        let der = keys.next()?.ok()?.as_ref().to_vec();
        if keys.next().is_some() {
            return None;
        }
        let kind = if PublicEncryptingKey::from_der(&der).is_ok() {
            KeyKind::Rsa
        } else if ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &der).is_ok() {
            KeyKind::P256
        } else if ParsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, &der).is_ok() {
            KeyKind::P384
        } else if ParsedPublicKey::new(&ED25519, &der).is_ok() {
            KeyKind::Ed25519
        } else {
            return None;
        };
        Some(Self { kind, der, pem: pem.to_vec() })
    }
}

impl IssuerKey {
    /// The one key that a table has, whose `algorithms` may be missing only where others stand for it.
    pub(super) fn read(section: &mut Section<'_, '_>, needs_algorithms: bool) -> Option<Self> {
        let algorithms = if needs_algorithms {
            section.texts("algorithms", ALGORITHMS)
        } else {
            section.optional_texts("algorithms", ALGORITHMS).unwrap_or_default()
        };
        let key = public_key(section);
        let secret = secret(section);
        match (key, secret) {
            (Some(key), None) => public(section, key, &algorithms),
            (None, Some(secret)) => shared(section, secret, &algorithms),
            (Some(_), Some(_)) | (None, None) => {
                let known = |name: &str| {
                    let public = PublicKeyAlgorithm::named(name).map(|_| ());
                    HmacAlgorithm::named(name).map(|_| ()).or(public)
                };
                each(section, &algorithms, ALGORITHMS, known);
                None
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a secret that can be guessed is refused before any port is open"
)]
fn secret(section: &mut Section<'_, '_>) -> Option<SecretString> {
    let secret = section.secret("secret", "secret_file")?;
    let text = secret.text.expose_secret();
    // A public key is no secret: whoever has it could sign.
    let is_public = text.contains("-----BEGIN ") || text.contains("\"kty\"");
    if text.len() >= LEAST_SECRET && !is_public {
        return Some(secret.text);
    }
    let expected = if is_public {
        "must be a secret and not a key in PEM or JSON: use `public_key_file` or `jwks_file`"
            .to_owned()
    } else {
        format!("must have at least {LEAST_SECRET} bytes")
    };
    section.fault(secret.place, secret.key, expected);
    None
}

fn public_key(section: &mut Section<'_, '_>) -> Option<PublicKey> {
    let (path, place) = section.path("public_key_file", "must be the path of a PEM file")?;
    let pem = section.read(&path, place.clone(), "public_key_file")?;
    let key = PublicKey::parse(&pem);
    if key.is_none() {
        section.fault(place, "public_key_file", format!("{} {PEM}", shown(&path)));
    }
    key
}

fn shared(
    section: &mut Section<'_, '_>,
    secret: SecretString,
    names: &[Text],
) -> Option<IssuerKey> {
    let expected = "must be HS256, HS384 or HS512 with a secret";
    let algorithms = each(section, names, expected, HmacAlgorithm::named);
    (!algorithms.is_empty()).then_some(IssuerKey::Secret { secret, algorithms })
}

fn public(section: &mut Section<'_, '_>, key: PublicKey, names: &[Text]) -> Option<IssuerKey> {
    let fits = |algorithm: &PublicKeyAlgorithm| algorithm.key_kind() == key.kind;
    let good: Vec<_> = PublicKeyAlgorithm::ALL.into_iter().filter(fits).collect();
    let good: Vec<_> = good.into_iter().map(PublicKeyAlgorithm::name).collect();
    let expected = format!("must be one of {} with this public key", good.join(", "));
    let algorithms =
        each(section, names, &expected, |name| PublicKeyAlgorithm::named(name).filter(fits));
    (!algorithms.is_empty()).then_some(IssuerKey::PublicKey { key, algorithms })
}

/// What `parse` makes of every name; a fault for each that it refuses.
fn each<T>(
    section: &mut Section<'_, '_>,
    names: &[Text],
    expected: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Vec<T> {
    let mut found = Vec::new();
    for name in names {
        match parse(&name.text) {
            Some(one) => found.push(one),
            None => section.fault(name.place.clone(), "algorithms", expected),
        }
    }
    found
}
