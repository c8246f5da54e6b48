//! Users by a hash of their key.

use std::fmt;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use aws_lc_rs::rand::SystemRandom;
use secrecy::{ExposeSecret as _, SecretString};

use crate::domain::UserKey;

/// How many bytes of the hash are shown: enough that two users never share one by chance.
const SHOWN: usize = 8;

/// Hashes the keys of users, which are often e-mail addresses: who sees the hash learns nothing, and who has the secret
/// and a user's key can find them by `HMAC-SHA-256(secret, user key)`, of which the first 16 digits are shown.
pub struct UserHash(Key);

impl UserHash {
    /// With this secret or, without one, with chance, so that nobody can find anybody.
    ///
    /// Fails where the system has no chance to give.
    #[expect(
        clippy::disallowed_methods,
        reason = "the secret goes into the key that hashes, and nowhere else"
    )]
    pub fn new(secret: Option<&SecretString>) -> Result<Self, &'static str> {
        let key = match secret {
            Some(secret) => Key::new(HMAC_SHA256, secret.expose_secret().as_bytes()),
            None => Key::generate(HMAC_SHA256, &SystemRandom::new())
                .map_err(|_unspecified| "the system has no random numbers")?,
        };
        Ok(Self(key))
    }

    /// The hash of a user, as it is shown.
    #[must_use]
    pub fn of(&self, user: &UserKey) -> String {
        let hash = sign(&self.0, user.as_str().as_bytes());
        let shown = hash.as_ref().iter().take(SHOWN);
        shown
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|digit| char::from_digit(digit.into(), 16))
            .collect()
    }
}

impl fmt::Debug for UserHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserHash")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_the_secret_can_find_a_user_and_nobody_else() {
        let user = "what do ya want for nothing?".parse().unwrap();
        let hash = |secret: Option<&str>| {
            UserHash::new(secret.map(Into::into).as_ref()).unwrap().of(&user)
        };
        // RFC 4231, test case 2.
        assert_eq!(hash(Some("Jefe")), "5bdcc146bf60754e");
        assert_ne!(hash(None), hash(None));
        assert_eq!(hash(None).len(), 2 * SHOWN);
    }
}
