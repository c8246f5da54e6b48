//! The secrets of `[chat]`: none that can be guessed, and none that serves twice.

use secrecy::{ExposeSecret as _, SecretString};

use crate::config::files::Secret;
use crate::config::section::Section;

/// The least bytes of a secret: as many as Slack gives to an app.
pub(super) const LEAST: usize = 32;

/// A secret that has to be there.
pub(super) fn required(
    section: &mut Section<'_, '_>,
    key: &'static str,
    file_key: &'static str,
    expected: &str,
) -> Option<Secret> {
    if !section.has(key) && !section.has(file_key) {
        section.missing(key, expected);
    }
    long_enough(section, key, file_key)
}

/// A secret that nobody can guess.
#[expect(clippy::disallowed_methods, reason = "a secret that can be guessed is refused")]
pub(super) fn long_enough(
    section: &mut Section<'_, '_>,
    key: &'static str,
    file_key: &'static str,
) -> Option<Secret> {
    let secret = section.secret(key, file_key)?;
    if secret.text.expose_secret().len() >= LEAST {
        return Some(secret);
    }
    let expected = format!("must have at least {LEAST} bytes");
    section.fault(secret.place, secret.key, expected);
    None
}

/// Whether both are one secret. The operator wrote both, so nobody learns from the time that it takes.
#[expect(clippy::disallowed_methods, reason = "one secret for two purposes is refused")]
pub(super) fn same(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}
