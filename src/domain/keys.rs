//! Keys as `LaunchDarkly`'s paths have them. A key that exists is safe to put into a URL: it can't change
//! which resource is asked for.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The longest project, environment or flag key we take, in bytes.
const MAX_KEY: usize = 256;
/// The longest user key we take, in bytes of UTF-8.
const MAX_USER_KEY: usize = 1024;

/// Why a text is no key. The sentence is written for the caller and never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The text is empty.
    #[error("must not be empty")]
    Empty,
    /// The text is longer than the limit for this kind of key, in bytes.
    #[error("must have at most {0} bytes")]
    TooLong(usize),
    /// A character is not among those that such a key may have.
    #[error("may only have the characters A-Z a-z 0-9 . _ -")]
    Character,
    /// The text has a control character.
    #[error("must not have control characters")]
    Control,
    /// The text, or a part of it between slashes, is `.` or `..`, which an HTTP client would drop.
    #[error("must not be `.` or `..`, nor have such a part between `/` or `\\`")]
    Dots,
}

macro_rules! key {
    ($(#[$doc:meta])* $name:ident, $check:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The key as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = KeyFault;

            fn from_str(text: &str) -> Result<Self, KeyFault> {
                $check(text)?;
                Ok(Self(Arc::from(text)))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

key!(
    /// The key of a project.
    ProjectKey,
    check_plain
);
key!(
    /// The key of an environment.
    EnvironmentKey,
    check_plain
);
key!(
    /// The key of a flag.
    FlagKey,
    check_plain
);
key!(
    /// The key of a user: the person or thing for whom flags are evaluated. Any text, often an e-mail
    /// address: never log it.
    UserKey,
    check_user
);

fn check_plain(text: &str) -> Result<(), KeyFault> {
    check_length(text, MAX_KEY)?;
    // Without early exits: keys are short, every request has three, and a wrong guess costs more than it saves.
    let plain = |b: u8| b.is_ascii_alphanumeric() | matches!(b, b'.' | b'_' | b'-');
    if !text.bytes().fold(true, |all, b| all & plain(b)) {
        return Err(KeyFault::Character);
    }
    if is_dots(text) { Err(KeyFault::Dots) } else { Ok(()) }
}

fn check_user(text: &str) -> Result<(), KeyFault> {
    check_length(text, MAX_USER_KEY)?;
    // Nearly all keys are of such characters only, and every request has one.
    if text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'/' | b'\\')) {
        return if is_dots(text) { Err(KeyFault::Dots) } else { Ok(()) };
    }
    if text.chars().any(char::is_control) {
        return Err(KeyFault::Control);
    }
    if text.split(['/', '\\']).any(is_dots) { Err(KeyFault::Dots) } else { Ok(()) }
}

fn check_length(text: &str, most: usize) -> Result<(), KeyFault> {
    match text.len() {
        0 => Err(KeyFault::Empty),
        n if n > most => Err(KeyFault::TooLong(most)),
        _ => Ok(()),
    }
}

fn is_dots(part: &str) -> bool {
    matches!(part, "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_keys_take_what_people_really_use() {
        for key in
            ["a/b", "test@test.com", "auth0|x y", "ü", "a+b", "50%", "...", "a/.../b", "a//b"]
        {
            assert_eq!(key.parse::<UserKey>().unwrap().as_str(), key);
        }
    }

    #[test]
    fn user_keys_refuse_what_would_change_the_url() {
        for key in [".", "..", "a/../b", "../b", "a\\..", "a/.", "/..", "..\\/x"] {
            assert_eq!(key.parse::<UserKey>(), Err(KeyFault::Dots), "{key}");
        }
        assert_eq!("a\0b".parse::<UserKey>(), Err(KeyFault::Control));
        assert_eq!("a\u{85}b".parse::<UserKey>(), Err(KeyFault::Control));
        assert_eq!("".parse::<UserKey>(), Err(KeyFault::Empty));
        assert_eq!("é".repeat(513).parse::<UserKey>(), Err(KeyFault::TooLong(1024)));
        assert!("é".repeat(512).parse::<UserKey>().is_ok());
    }

    #[test]
    fn plain_keys_have_a_small_alphabet() {
        assert!("sort.order-2_B".parse::<FlagKey>().is_ok());
        assert_eq!("a/b".parse::<FlagKey>(), Err(KeyFault::Character));
        assert_eq!("ü".parse::<ProjectKey>(), Err(KeyFault::Character));
        assert_eq!("..".parse::<EnvironmentKey>(), Err(KeyFault::Dots));
        assert_eq!("a".repeat(257).parse::<FlagKey>(), Err(KeyFault::TooLong(256)));
    }
}
