//! What the tests of bad input share: good parts to spoil, and the table of what each bad request gets.

use flagward::http::ROUTES;

use crate::house::House;
use crate::outcome::refusal;

/// One bad request, and what is bad about it.
pub(crate) struct Bad {
    what: String,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

pub(crate) const JSON: (&str, &str) = ("Content-Type", "application/json");

/// The routes that callers have, by method; `HEAD` is a `GET`.
pub(crate) fn operations() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_callers = ROUTES
        .iter()
        .filter(|route| route.pattern.starts_with("/v1/") || route.pattern.starts_with("/api/"));
    let all =
        of_callers.flat_map(|route| route.methods.iter().map(|method| (*method, route.pattern)));
    all.filter(|(method, _)| *method != "HEAD")
}

/// A path of this pattern with good keys, except for those given.
pub(crate) fn path(pattern: &str, keys: &[(&str, &str)]) -> String {
    let good =
        [("project", "shop"), ("environment", "test"), ("user", "anna"), ("flag", "sort.order")];
    let all = keys.iter().chain(&good);
    all.fold(pattern.to_owned(), |path, (name, key)| path.replacen(&format!("{{{name}}}"), key, 1))
}

/// A body that this operation takes.
pub(crate) fn good_body(method: &str, pattern: &str) -> &'static str {
    match (method, pattern) {
        ("POST", _) => r#"{"action":"read","project":"shop","environment":"test"}"#,
        ("PUT", pattern) if pattern.ends_with("/expiration") => r#"{"expires_in":"2h"}"#,
        ("PUT", _) => r#"{"setting":"price"}"#,
        ("PATCH", _) => {
            r#"{"instructions":[{"kind":"removeExpireUserTargetDate","flagKey":"sort.order","variationId":"v"}]}"#
        }
        _ => "",
    }
}

/// Sends all of them and writes down what each gets, and how many get the same for the same fault.
pub(crate) async fn table(house: &House, bad: Vec<Bad>) -> String {
    let mut rows: Vec<(String, usize)> = Vec::new();
    for Bad { what, method, path, headers, body } in bad {
        let bearer = format!("Bearer {}", house.token("alice", &["payments"]));
        let mut lines: Vec<(&str, &str)> = vec![("Authorization", &bearer)];
        lines.extend(headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let answer = house.send(&method, &path, &lines, &body).await;
        assert!((400..500).contains(&answer.status), "{method} {path}: {what}: {answer:?}");
        let got = refusal(&answer);
        let row = format!("{what}\n    {got}\n");
        match rows.iter_mut().find(|(known, _)| *known == row) {
            Some((_, times)) => *times += 1,
            None => rows.push((row, 1)),
        }
    }
    assert_eq!(house.upstream_calls(), 0);
    rows.iter().fold(String::new(), |table, (row, times)| format!("{table}{times} x {row}"))
}

pub(crate) fn bad(
    what: String,
    method: &str,
    path: String,
    headers: &[(&str, &str)],
    body: &str,
) -> Bad {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let headers = headers.iter().map(owned).collect();
    Bad { what, method: method.to_owned(), path, headers, body: body.to_owned() }
}
