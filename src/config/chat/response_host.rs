//! The host that answers may be posted to.

use url::Url;

/// The port that a URL of TLS need not name.
const USUAL_PORT: &str = ":443";

/// A host, with its port if that isn't TLS's own, spelt as a URL has it: nothing before it and nothing after it, so that no
/// part of it can be taken for another.
pub(super) fn response_host(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let text = text.strip_suffix(USUAL_PORT).unwrap_or(&text);
    let url: Url = format!("https://{text}").parse().ok()?;
    let host = url.host_str()?;
    let whole = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_:[]".contains(&b);
    (whole == text && text.bytes().all(plain)).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_with_or_without_a_port_is_taken_in_one_spelling() {
        for (text, host) in [
            ("hooks.slack.com", "hooks.slack.com"),
            ("Hooks.Slack.com:443", "hooks.slack.com"),
            ("hooks.slack-gov.com", "hooks.slack-gov.com"),
            ("127.0.0.1:8443", "127.0.0.1:8443"),
            ("[::1]:8443", "[::1]:8443"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(response_host(text).as_deref(), Some(host), "{text}");
        }
    }

    #[test]
    fn anything_more_than_a_host_or_less_is_refused() {
        for text in [
            "",
            ":443",
            "https://hooks.slack.com",
            "hooks.slack.com/",
            "hooks.slack.com/services",
            "user@hooks.slack.com",
            "user:word@hooks.slack.com",
            "hooks.slack.com?x",
            "hooks.slack.com#x",
            "hooks.slack.com:",
            "hooks.slack.com:0443",
            "hooks.slack.com:65536",
            "hooks.slack.com\\x",
            " hooks.slack.com",
            "hooks slack.com",
            "*.slack.com,x",
            "127.1",
            "h%6foks.slack.com",
            "hooks.slack.com\n",
        ] {
            assert_eq!(response_host(text), None, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_taken_is_all_of_a_url_s_authority(text in "\\PC{0,20}|[a-z.:@/?#\\[\\]0-9]{0,20}") {
            if let Some(host) = response_host(&text) {
                let url: Url = format!("https://{host}/x").parse().unwrap();
                proptest::prop_assert_eq!(url.authority(), host.as_str());
            }
        }
    }
}
