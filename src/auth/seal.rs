//! Sealed texts: what we hand out and take back, such as the value of a button, signed so that nobody can make or change
//! one. They are not encrypted: whoever holds one may read it.

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};

use super::caller::{Caller, Known};

/// How many bytes a signature has.
const TAG: usize = 32;
/// What is signed before the content, so that a seal of ours is good for nothing else that this secret may sign.
const PURPOSE: &[u8] = b"flagward-seal-1\0";

/// Seals texts with a secret that all replicas share.
#[derive(Clone)]
pub struct Seal(Key);

/// What a sealed text said. To hold one is the proof that we have said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsealed(Vec<u8>);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    /// A seal with this secret.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the key of a signature is made from its secret")]
    pub fn new(secret: &SecretString) -> Self {
        Self(Key::new(HMAC_SHA256, secret.expose_secret().as_bytes()))
    }

    /// The sealed text of `content`: base64url, a third longer than the content and 32 bytes.
    #[must_use]
    pub fn seal(&self, content: &[u8]) -> String {
        let tag = hmac::sign(&self.0, &[PURPOSE, content].concat());
        URL_SAFE_NO_PAD.encode([tag.as_ref(), content].concat())
    }

    /// The content of a text that was sealed with this secret; none of any other.
    #[must_use]
    pub fn open(&self, sealed: &str) -> Option<Unsealed> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (tag, content) = bytes.split_at_checked(TAG)?;
        hmac::verify(&self.0, &[PURPOSE, content].concat(), tag).ok()?;
        Some(Unsealed(content.to_vec()))
    }
}

impl Unsealed {
    /// The content.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.0
    }

    /// Whoever the content names: a chat caller whom we knew when we sealed it, by their platform and their subject there.
    #[must_use]
    pub fn caller(&self, issuer: &str, subject: &str) -> Caller {
        Caller::new(Known::of_platform(issuer, subject.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(secret: &str) -> Seal {
        Seal::new(&SecretString::from(secret))
    }

    #[test]
    fn what_was_sealed_is_opened_and_nothing_else() {
        let ours = seal("0123456789abcdef0123456789abcdef");
        let sealed = ours.seal(b"content");
        assert_eq!(ours.open(&sealed).unwrap().content(), b"content");
        assert_eq!(seal("another-secret-of-the-same-length").open(&sealed), None);
        for n in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[n] = if changed[n] == b'A' { b'B' } else { b'A' };
            assert_eq!(ours.open(std::str::from_utf8(&changed).unwrap()), None, "{n}");
        }
        for bad in ["", "A", "AAAA", sealed.split_at(sealed.len() - 4).0, "%"] {
            assert_eq!(ours.open(bad), None);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_refused_without_a_panic(text in ".{0,80}") {
            proptest::prop_assert_eq!(seal("0123456789abcdef0123456789abcdef").open(&text), None);
        }
    }
}
