//! `[launchdarkly.shadow]`: whether some reads are also asked of the other backend, to compare.

use std::num::{NonZeroU8, NonZeroU16};

use secrecy::{ExposeSecret as _, SecretString};

use super::section::Section;

/// How the two backends are compared while one of them serves.
#[derive(Clone, Debug)]
pub struct Shadow {
    /// Whether they are. Default `false`.
    pub enabled: bool,
    /// How many of a hundred reads that `LaunchDarkly` answered are compared, 1 to 100. Default 1.
    pub share: NonZeroU8,
    /// The most comparisons in a minute, 1 to 6000. Default 60. Each takes one to three calls to `LaunchDarkly`, and one
    /// more for each hundred flags of the project, once a minute.
    pub per_minute: NonZeroU16,
    /// What the keys of users are hashed with before they are shown, from `hash_key` or `hash_key_file`. Default: random,
    /// so that the hashes of one process mean nothing to another.
    pub hash_key: Option<SecretString>,
}

/// See [`Shadow::share`].
const SHARE: NonZeroU8 = NonZeroU8::MIN;
/// All of them.
const WHOLE: u16 = 100;
/// See [`Shadow::per_minute`].
const PER_MINUTE: NonZeroU16 = NonZeroU16::MIN.saturating_add(59);
/// A hundred in a second is beyond any rate limit of `LaunchDarkly`'s.
const MOST_PER_MINUTE: u16 = 6_000;
/// The least bytes of the key: as many as the hash has.
const LEAST_KEY: usize = 32;

impl Shadow {
    pub(super) fn read(mut section: Section<'_, '_>) -> Self {
        let enabled = section.switch("enabled", false);
        let share = section.number("share", 1..=WHOLE).and_then(|share| share.try_into().ok());
        let per_minute = section.number("per_minute", 1..=MOST_PER_MINUTE);
        let hash_key = hash_key(&mut section);
        section.finish();
        Self {
            enabled,
            share: share.and_then(NonZeroU8::new).unwrap_or(SHARE),
            per_minute: per_minute.and_then(NonZeroU16::new).unwrap_or(PER_MINUTE),
            hash_key,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a key that can be guessed is refused")]
fn hash_key(section: &mut Section<'_, '_>) -> Option<SecretString> {
    let secret = section.secret("hash_key", "hash_key_file")?;
    if secret.text.expose_secret().len() >= LEAST_KEY {
        return Some(secret.text);
    }
    let expected = format!("must have at least {LEAST_KEY} bytes");
    section.fault(secret.place, secret.key, expected);
    None
}

#[cfg(test)]
mod tests {
    use super::super::tests::{LEAST, faults, load_text};

    #[test]
    fn nothing_is_compared_by_default() {
        let shadow = load_text(LEAST).launchdarkly.shadow;
        let numbers = (shadow.share.get(), shadow.per_minute.get());
        assert_eq!((shadow.enabled, numbers), (false, (1, 60)));
        assert!(shadow.hash_key.is_none());
    }

    #[test]
    fn what_is_out_of_bounds_is_a_fault() {
        let lines = LEAST.lines().count();
        for (text, fault) in [
            ("share = 0", "share: must be a whole number from 1 to 100"),
            ("share = 101", "share: must be a whole number from 1 to 100"),
            ("per_minute = 0", "per_minute: must be a whole number from 1 to 6000"),
            ("hash_key = \"planted\"", "hash_key: must have at least 32 bytes"),
        ] {
            let found = faults(&format!("{LEAST}[launchdarkly.shadow]\n{text}\n"));
            assert_eq!(found, [format!("t.toml:{}: launchdarkly.shadow.{fault}", lines + 2)]);
        }
    }
}
