//! Faults: what goes wrong with the next requests that match.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wildmatch::WildMatch;

/// Something that goes wrong with the next requests that match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which requests it concerns; all when left out.
    #[serde(default)]
    pub matching: Matching,
    /// How many requests it still hits.
    #[serde(default = "once")]
    pub times: u64,
    /// What goes wrong.
    pub fault: FaultKind,
}

/// Which requests a fault concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// The method, as `GET`; any when left out.
    pub method: Option<String>,
    /// The raw path with its query, where `*` stands for any text and `?` for one character; any when left out.
    pub path: Option<String>,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum FaultKind {
    /// This answer instead; the request has no effect. `LaunchDarkly`'s documented body for the status when none
    /// is given.
    Answer {
        /// The status code.
        status: u16,
        /// The whole body.
        #[serde(default)]
        body: Option<String>,
        /// The body's media type; `application/json` when left out.
        #[serde(default)]
        content_type: Option<String>,
        /// More headers.
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// A web page, as a proxy in between would answer; the request has no effect.
    Html {
        /// The status code.
        status: u16,
    },
    /// The connection ends before a byte of the answer.
    Cut {
        /// Whether the request takes effect first.
        #[serde(default)]
        applied: bool,
    },
    /// No answer ever comes.
    Hang {
        /// Whether the request takes effect first.
        #[serde(default)]
        applied: bool,
    },
    /// The request takes effect, and the connection ends in the middle of the body.
    Truncated,
    /// The request takes effect, and the body is cut to half its length while claiming to be whole.
    InvalidJson,
    /// The request takes effect, and the right body claims to be `text/html`.
    WrongContentType,
}

fn once() -> u64 {
    1
}

impl Fault {
    /// A fault that hits the next request, whichever it is.
    #[must_use]
    pub fn new(fault: FaultKind) -> Self {
        Self { matching: Matching::default(), times: once(), fault }
    }

    /// `LaunchDarkly`'s own answer with this status.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::new(FaultKind::Answer {
            status,
            body: None,
            content_type: None,
            headers: BTreeMap::new(),
        })
    }

    /// The same fault for requests of this method and path pattern.
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.matching = Matching { method: Some(method.to_owned()), path: Some(path.to_owned()) };
        self
    }

    /// The same fault for this many requests.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    /// Whether it hits this request, which uses it up by one.
    pub(in crate::simulator) fn hits(&mut self, method: &str, path: &str) -> bool {
        let hits = self.times > 0 && self.matching.takes(method, path);
        if hits {
            self.times -= 1;
        }
        hits
    }
}

impl Matching {
    fn takes(&self, method: &str, path: &str) -> bool {
        let of_method = self.method.as_deref().is_none_or(|m| m == method);
        let pattern = self.path.as_deref();
        of_method && pattern.is_none_or(|pattern| WildMatch::new(pattern).matches(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_hits_as_often_as_asked_and_only_what_matches() {
        let mut fault = Fault::status(500).on("PUT", "/api/v2/users/*").times(2);
        assert!(!fault.hits("GET", "/api/v2/users/a"));
        assert!(!fault.hits("PUT", "/api/v2/flags/a"));
        assert!(fault.hits("PUT", "/api/v2/users/a"));
        assert!(fault.hits("PUT", "/api/v2/users/b"));
        assert!(!fault.hits("PUT", "/api/v2/users/c"));
    }

    #[test]
    fn a_fault_can_be_written_as_json() {
        let text =
            r#"{"matching":{"method":"GET"},"times":3,"fault":{"kind":"cut","applied":true}}"#;
        let fault: Fault = serde_json::from_str(text).unwrap();
        assert_eq!(fault.fault, FaultKind::Cut { applied: true });
        assert_eq!(fault.times, 3);
        assert!(
            serde_json::from_str::<Fault>(r#"{"fault":{"kind":"cut","aplied":true}}"#).is_err()
        );
    }
}
