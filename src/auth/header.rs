//! The `Authorization` header: from its value to the token in it.

use super::refused::Refused;

/// How `LaunchDarkly`'s keys start: access tokens, SDK keys, mobile keys. No signed JWT starts so, because these are
/// no beginning of a JSON object in base64url.
const LAUNCHDARKLY_KEYS: [&str; 3] = ["api-", "sdk-", "mob-"];

/// The token in the value of an `Authorization` header: `Bearer` in any case, one or more spaces, the token (RFC 9110,
/// 11.4; RFC 6750), and nothing before or after.
pub fn bearer(header: &str) -> Result<&str, Refused> {
    let Some((scheme, rest)) = header.split_once(' ') else {
        return Err(if is_launchdarkly_key(header) {
            Refused::LaunchDarklyKey
        } else {
            Refused::Scheme
        });
    };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refused::Scheme);
    }
    token68(rest.trim_start_matches(' '))
}

/// The token as the drop-in takes it: with `Bearer`, or bare as `LaunchDarkly`'s clients send their key.
pub fn bare_or_bearer(header: &str) -> Result<&str, Refused> {
    if header.contains(' ') || header.eq_ignore_ascii_case("bearer") {
        bearer(header)
    } else {
        token68(header)
    }
}

fn token68(text: &str) -> Result<&str, Refused> {
    if is_launchdarkly_key(text) {
        return Err(Refused::LaunchDarklyKey);
    }
    let plain = |b: u8| {
        b.is_ascii_lowercase()
            | b.is_ascii_uppercase()
            | b.is_ascii_digit()
            | matches!(b, b'-' | b'.' | b'_' | b'~' | b'+' | b'/')
    };
    let body = text.trim_end_matches('=');
    // Without early exits, which lets the compiler look at sixteen bytes at a time: every request comes by here.
    if body.is_empty() || !body.bytes().fold(true, |all, b| all & plain(b)) {
        return Err(Refused::Scheme);
    }
    Ok(text)
}

fn is_launchdarkly_key(text: &str) -> bool {
    LAUNCHDARKLY_KEYS.iter().any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_token_is_taken_in_any_case_of_the_scheme() {
        for header in ["Bearer a.b.c", "bearer a.b.c", "BEARER a.b.c", "Bearer   a.b.c"] {
            assert_eq!(bearer(header), Ok("a.b.c"), "{header}");
            assert_eq!(bare_or_bearer(header), Ok("a.b.c"), "{header}");
        }
    }

    #[test]
    fn tricks_with_whitespace_and_schemes_are_refused() {
        for header in [
            "",
            " ",
            "Bearer",
            "Bearer ",
            " Bearer a.b.c",
            "Bearer a.b.c ",
            "Bearer\ta.b.c",
            "Bearer \ta.b.c",
            "Bearer a.b.c, Bearer d.e.f",
            "Bearer a.b.c d.e.f",
            "Bearer a.b.c\n",
            "Bearer \"a.b.c\"",
            "Bearer ====",
            "Bearer ä.b.c",
            "Bearer\u{a0}a.b.c",
            "Basic YTpi",
            "Bearer: a.b.c",
            "Token a.b.c",
        ] {
            assert_eq!(bearer(header), Err(Refused::Scheme), "{header:?}");
            assert_eq!(bare_or_bearer(header), Err(Refused::Scheme), "{header:?}");
        }
    }

    #[test]
    fn a_bare_token_is_taken_on_the_drop_in_only() {
        assert_eq!(bearer("a.b.c"), Err(Refused::Scheme));
        assert_eq!(bare_or_bearer("a.b.c"), Ok("a.b.c"));
    }

    #[test]
    fn a_launchdarkly_key_is_told_from_a_token() {
        for key in ["api-00000000-0000", "sdk-1", "mob-1"] {
            for header in [key.to_owned(), format!("Bearer {key}")] {
                assert_eq!(bearer(&header), Err(Refused::LaunchDarklyKey));
                assert_eq!(bare_or_bearer(&header), Err(Refused::LaunchDarklyKey));
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn any_header_is_a_plain_token_or_refused(header in "(?s)(Bearer )?.{0,40}") {
            for token in [bearer(&header), bare_or_bearer(&header)].into_iter().flatten() {
                assert!(header.ends_with(token));
                assert!(token.bytes().all(|b| b.is_ascii_graphic()));
            }
        }
    }
}
