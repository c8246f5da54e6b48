//! Keys made for one run, and a token signed with each.

use anyhow::Context as _;
use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flagward::clock::Clock;

/// Guards nothing: both ends of the comparison live as long as it does.
pub(super) const SECRET: &str = "bench-only-secret-bench-only-secret";

/// A token of each kind, and the key that RS256 is verified with.
pub(super) struct Tokens {
    pub(super) hs256: String,
    pub(super) rs256: String,
    pub(super) public_key_pem: String,
}

impl Tokens {
    pub(super) fn new() -> anyhow::Result<Self> {
        let pair = KeyPair::generate(KeySize::Rsa2048).context("no RSA key")?;
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().context("no public key")?;
        let body = STANDARD.encode(public.as_ref());
        let secret = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());

        let message = message("HS256", "hs");
        let hs256 = signed(&message, hmac::sign(&secret, message.as_bytes()).as_ref());
        let message = self::message("RS256", "rs");
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
            .context("no RSA signature")?;
        Ok(Self {
            hs256,
            rs256: signed(&message, &signature),
            public_key_pem: format!(
                "-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"
            ),
        })
    }
}

fn message(algorithm: &str, issuer: &str) -> String {
    let now = Clock::system().now().as_second();
    let header = serde_json::json!({"alg": algorithm, "typ": "JWT"});
    let claims = serde_json::json!({
        "iss": issuer, "aud": "flagward", "sub": "bench", "teams": ["readers"], "exp": now + 3_600,
    });
    let part = |json: serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}", part(header), part(claims))
}

fn signed(message: &str, signature: &[u8]) -> String {
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}
