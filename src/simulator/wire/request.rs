//! A request as it came, and the record that is kept of it.

use jiff::Timestamp;
use serde::Serialize;

/// How much of a secret's beginning is shown: enough to tell `api-` from `sdk-` and from `Bearer`.
const SHOWN: usize = 4;

/// A request as it came.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Request {
    /// As sent, or as `X-HTTP-Method-Override` on a POST says.
    pub(in crate::simulator) method: String,
    /// Raw, still percent-encoded, with its query.
    pub(in crate::simulator) target: String,
    /// Names in lower case, in the order of the wire as far as it is known.
    pub(in crate::simulator) headers: Vec<(String, String)>,
    pub(in crate::simulator) body: Vec<u8>,
}

/// What is remembered of a request, as `GET /simulator/requests` shows it.
#[derive(Clone, Debug, Serialize)]
pub struct RecordedRequest {
    /// When it arrived, by the simulator's clock.
    pub at: Timestamp,
    /// The method.
    pub method: String,
    /// The raw path, still percent-encoded, with its query.
    pub path: String,
    /// Names in lower case; of `authorization` only the first characters are kept.
    pub headers: Vec<(String, String)>,
    /// The body; bytes that are not UTF-8 are replaced.
    pub body: String,
}

impl RecordedRequest {
    /// The first header of this lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

impl Request {
    /// The raw path, without the query.
    pub(in crate::simulator) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The raw query, empty when there is none.
    pub(in crate::simulator) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The first header of this lower-case name.
    pub(in crate::simulator) fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The record that is kept.
    pub(in crate::simulator) fn record(&self, at: Timestamp) -> RecordedRequest {
        let headers = self.headers.iter().map(|(name, value)| {
            let shown = match name.as_str() {
                "authorization" => redact(value),
                _ => value.clone(),
            };
            (name.clone(), shown)
        });
        RecordedRequest {
            at,
            method: self.method.clone(),
            path: self.target.clone(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(&self.body).into_owned(),
        }
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = headers.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

fn redact(secret: &str) -> String {
    let scheme = secret.split_once(' ').map(|(scheme, _)| scheme);
    match scheme {
        Some(scheme) => format!("{scheme} …"),
        None => secret.chars().take(SHOWN).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_shown_by_its_first_characters_only() {
        assert_eq!(redact("api-1234"), "api-…");
        assert_eq!(redact("Bearer api-1234"), "Bearer …");
        assert_eq!(redact("ü"), "ü…");
    }
}
