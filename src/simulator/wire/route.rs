//! What a raw path names. Segments are split first and decoded once, so that an encoded slash stays a part
//! of its key; `+` is a plus.
//!
//! The two route families overlap: `/users/P/X/expiring-user-targets/flags` is both "the flags of user
//! `expiring-user-targets` in environment X" and "the expirations of user X in environment `flags`". Here the
//! expirations win, since their fixed word stands further left.

use std::fmt::Write as _;

use super::Refusal;

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum Route {
    Versions,
    CallerIdentity,
    Flags { project: String },
    Flag { project: String, flag: String },
    ExpiringTargets { project: String, flag: String, environment: String },
    ExpiringUserTargets { project: String, flag: String, environment: String },
    Evaluate { project: String, environment: String },
    ContextRecords { project: String, environment: String, kind: String, key: String },
    ContextSetting { project: String, environment: String, kind: String, key: String, flag: String },
    Settings { project: String, environment: String, user: String },
    Setting { project: String, environment: String, user: String, flag: String },
    Expirations { project: String, user: String, environment: String },
}

impl Route {
    /// The pattern, by which route limits are counted.
    pub(in crate::simulator) fn pattern(&self) -> &'static str {
        match self {
            Self::Versions => "/api/v2/versions",
            Self::CallerIdentity => "/api/v2/caller-identity",
            Self::Flags { .. } => "/api/v2/flags/{p}",
            Self::Flag { .. } => "/api/v2/flags/{p}/{f}",
            Self::ExpiringTargets { .. } => "/api/v2/flags/{p}/{f}/expiring-targets/{e}",
            Self::ExpiringUserTargets { .. } => "/api/v2/flags/{p}/{f}/expiring-user-targets/{e}",
            Self::Evaluate { .. } => "/api/v2/projects/{p}/environments/{e}/flags/evaluate",
            Self::ContextRecords { .. } => "/api/v2/projects/{p}/environments/{e}/contexts/{k}/{c}",
            Self::ContextSetting { .. } => {
                "/api/v2/projects/{p}/environments/{e}/contexts/{k}/{c}/flags/{f}"
            }
            Self::Settings { .. } => "/api/v2/users/{p}/{e}/{u}/flags",
            Self::Setting { .. } => "/api/v2/users/{p}/{e}/{u}/flags/{f}",
            Self::Expirations { .. } => "/api/v2/users/{p}/{u}/expiring-user-targets/{e}",
        }
    }

    /// Whether this is one of the five User Settings operations.
    pub(in crate::simulator) fn is_user_settings(&self) -> bool {
        match self {
            Self::Settings { .. } | Self::Setting { .. } | Self::Expirations { .. } => true,
            Self::Versions
            | Self::CallerIdentity
            | Self::Flags { .. }
            | Self::Flag { .. }
            | Self::ExpiringTargets { .. }
            | Self::ExpiringUserTargets { .. }
            | Self::Evaluate { .. }
            | Self::ContextRecords { .. }
            | Self::ContextSetting { .. } => false,
        }
    }
}

/// Finds what a raw path names.
pub(in crate::simulator) fn route(path: &str) -> Result<Route, Refusal> {
    let path = path.strip_prefix("/api/v2/").ok_or(Refusal::NotFound)?;
    let raw: Vec<_> = path.split('/').collect();
    match raw.as_slice() {
        ["versions"] => Ok(Route::Versions),
        ["caller-identity"] => Ok(Route::CallerIdentity),
        ["flags", rest @ ..] => of_flags(rest),
        ["projects", project, "environments", environment, rest @ ..] => {
            of_environment(decode(project)?, decode(environment)?, rest)
        }
        ["users", project, user, "expiring-user-targets", environment] => Ok(Route::Expirations {
            project: decode(project)?,
            user: decode(user)?,
            environment: decode(environment)?,
        }),
        ["users", project, environment, user, "flags"] => Ok(Route::Settings {
            project: decode(project)?,
            environment: decode(environment)?,
            user: decode(user)?,
        }),
        ["users", project, environment, user, "flags", flag] => Ok(Route::Setting {
            project: decode(project)?,
            environment: decode(environment)?,
            user: decode(user)?,
            flag: decode(flag)?,
        }),
        _ => Err(Refusal::NotFound),
    }
}

fn of_flags(rest: &[&str]) -> Result<Route, Refusal> {
    match rest {
        [project] => Ok(Route::Flags { project: decode(project)? }),
        [project, flag] => Ok(Route::Flag { project: decode(project)?, flag: decode(flag)? }),
        [project, flag, "expiring-targets", environment] => Ok(Route::ExpiringTargets {
            project: decode(project)?,
            flag: decode(flag)?,
            environment: decode(environment)?,
        }),
        [project, flag, "expiring-user-targets", environment] => Ok(Route::ExpiringUserTargets {
            project: decode(project)?,
            flag: decode(flag)?,
            environment: decode(environment)?,
        }),
        _ => Err(Refusal::NotFound),
    }
}

fn of_environment(project: String, environment: String, rest: &[&str]) -> Result<Route, Refusal> {
    match rest {
        ["flags", "evaluate"] => Ok(Route::Evaluate { project, environment }),
        ["contexts", kind, key] => Ok(Route::ContextRecords {
            project,
            environment,
            kind: decode(kind)?,
            key: decode(key)?,
        }),
        ["contexts", kind, key, "flags", flag] => Ok(Route::ContextSetting {
            project,
            environment,
            kind: decode(kind)?,
            key: decode(key)?,
            flag: decode(flag)?,
        }),
        _ => Err(Refusal::NotFound),
    }
}

/// Encodes a segment: everything but letters, digits and `-._~`.
pub(in crate::simulator) fn encode(segment: &str) -> String {
    segment.bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(byte));
            }
            // Writing into a string cannot fail.
            _ => _ = write!(text, "%{byte:02X}"),
        }
        text
    })
}

/// Decodes a segment once.
fn decode(raw: &str) -> Result<String, Refusal> {
    if raw.is_empty() {
        return Err(Refusal::NotFound);
    }
    let mut bytes = raw.bytes();
    let mut decoded = Vec::with_capacity(raw.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let pair = (bytes.next().and_then(hex), bytes.next().and_then(hex));
            let (Some(high), Some(low)) = pair else {
                return Err(Refusal::invalid("Invalid URL escape"));
            };
            decoded.push(high * 16 + low);
        } else {
            decoded.push(byte);
        }
    }
    let text = String::from_utf8(decoded);
    text.ok().ok_or_else(|| Refusal::invalid("Invalid URL escape: not UTF-8"))
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(user: &str) -> Route {
        Route::Settings {
            project: "p".to_owned(),
            environment: "e".to_owned(),
            user: user.to_owned(),
        }
    }

    #[test]
    fn segments_are_decoded_once_and_a_plus_stays_a_plus() {
        for (raw, user) in [
            ("a%2Fb", "a/b"),
            ("a%252Fb", "a%2Fb"),
            ("a+b", "a+b"),
            ("a%2Bb", "a+b"),
            ("auth0%7Cx%20y", "auth0|x y"),
            ("%C3%BC", "ü"),
            ("..", ".."),
        ] {
            let path = format!("/api/v2/users/p/e/{raw}/flags");
            assert_eq!(route(&path), Ok(settings(user)));
        }
    }

    #[test]
    fn broken_escapes_are_refused() {
        for raw in ["%", "%2", "%zz", "%ff", "a%+1"] {
            let refused = route(&format!("/api/v2/users/p/e/{raw}/flags"));
            assert!(matches!(refused, Err(Refusal::InvalidRequest(_))), "{raw}");
        }
    }

    #[test]
    fn where_the_families_overlap_the_expirations_win() {
        let found = route("/api/v2/users/P/X/expiring-user-targets/flags");
        assert_eq!(
            found,
            Ok(Route::Expirations {
                project: "P".to_owned(),
                user: "X".to_owned(),
                environment: "flags".to_owned(),
            })
        );
    }

    #[test]
    fn unknown_paths_and_empty_segments_are_not_found() {
        for path in [
            "/api/v2/users/p/e//flags",
            "/api/v2/users/p/e/u/flags/",
            "/api/v2/versions/",
            "/api/v3/versions",
            "/",
            "*",
        ] {
            assert_eq!(route(path), Err(Refusal::NotFound), "{path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_key_survives_encoding(user in "\\PC{1,30}") {
            let path = format!("/api/v2/users/p/e/{}/flags", encode(&user));
            assert_eq!(route(&path), Ok(settings(&user)));
            let path = format!("/api/v2/projects/p/environments/e/contexts/user/{}", encode(&user));
            assert!(matches!(route(&path), Ok(Route::ContextRecords { key, .. }) if key == user));
        }

        #[test]
        fn no_path_makes_it_panic(path in "[/a-z%0-9+?.]{0,40}") {
            for family in ["users", "flags", "projects"] {
                let _ = route(&format!("/api/v2/{family}/{path}"));
            }
        }
    }
}
