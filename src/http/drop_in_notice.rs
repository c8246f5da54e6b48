//! What callers of `LaunchDarkly`'s own operations are told with every answer, where the operator has set a date: that
//! they are deprecated (RFC 9745), when they may end (RFC 8594), and what takes their place (RFC 5829).

use std::sync::Arc;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, LINK};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");
/// Where all that takes the place of these operations is described. One page and not each operation's counterpart: some
/// have none of the same method, and a counterpart's URL would have to be made for each answer.
const SUCCESSORS: &str = "/docs/";

/// The headers, made once. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DropInNotice(Arc<[(HeaderName, HeaderValue)]>);

impl DropInNotice {
    /// None where no date is set: then nothing is said. `base_path` stands before every path.
    #[must_use]
    pub fn new(
        deprecation: Option<Timestamp>,
        sunset: Option<Timestamp>,
        base_path: &str,
    ) -> Option<Self> {
        let deprecation = deprecation.map(|at| format!("@{}", at.as_second()));
        let printer = DateTimePrinter::new();
        // Beyond the year 9999 there are no HTTP dates.
        let sunset = sunset.and_then(|at| printer.timestamp_to_rfc9110_string(&at).ok());
        let mut headers = Vec::new();
        for (name, value) in [(DEPRECATION, deprecation), (SUNSET, sunset)] {
            let value = value.and_then(|value| HeaderValue::try_from(value).ok());
            headers.extend(value.map(|value| (name, value)));
        }
        if headers.is_empty() {
            return None;
        }
        let link = format!("<{base_path}{SUCCESSORS}>; rel=\"successor-version\"");
        headers.extend(HeaderValue::try_from(link).ok().map(|link| (LINK, link)));
        Some(Self(headers.into()))
    }

    /// Adds them to an answer.
    pub(super) fn add(&self, headers: &mut HeaderMap) {
        for (name, value) in &*self.0 {
            headers.insert(name.clone(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(deprecation: Option<&str>, sunset: Option<&str>) -> Vec<String> {
        let time = |text: &str| text.parse().unwrap();
        let notice = DropInNotice::new(deprecation.map(time), sunset.map(time), "/gw");
        let Some(DropInNotice(headers)) = notice else { return Vec::new() };
        headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect()
    }

    const LINK: &str = "link: </gw/docs/>; rel=\"successor-version\"";

    #[test]
    fn nothing_is_said_without_a_date() {
        assert_eq!(said(None, None), [""; 0]);
    }

    #[test]
    fn each_date_is_said_in_the_form_of_its_own_standard() {
        let deprecated = "deprecation: @1688169599";
        let sunset = "sunset: Sat, 31 Dec 2033 23:59:59 GMT";
        let (since, end) = (Some("2023-06-30T23:59:59.9Z"), Some("2034-01-01T00:59:59+01:00"));
        assert_eq!(said(since, end), [deprecated, sunset, LINK]);
        assert_eq!(said(since, None), [deprecated, LINK]);
        assert_eq!(said(None, end), [sunset, LINK]);
    }
}
