//! Answers in one line, for tables of them.

use serde_json::Value;

use crate::wire::Answer;

/// A refusal in one line: status, slug or code, and each fault or, where there is none, the sentence.
pub(crate) fn refusal(answer: &Answer) -> String {
    let status = answer.status;
    let Ok(body) = serde_json::from_str::<Value>(&answer.body) else {
        return format!("{status} without JSON: {:?}", answer.body);
    };
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    if let Some(slug) = text("type").strip_prefix("/problems/") {
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert_eq!((&body["status"], text("request_id")), (&status.into(), request_id(answer)));
        assert!(!text("title").is_empty());
        return format!(
            "{status} {slug}: {}",
            faults(&body).unwrap_or_else(|| text("detail").to_owned())
        );
    }
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let members: Vec<_> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["code", "message"]);
    assert!(!request_id(answer).is_empty());
    format!("{status} {}: {}", text("code"), text("message"))
}

fn request_id(answer: &Answer) -> &str {
    answer.header("x-request-id").unwrap_or_default()
}

fn faults(body: &Value) -> Option<String> {
    let each = body["errors"].as_array()?.iter().map(|fault| {
        let spot = fault["pointer"].as_str().or(fault["parameter"].as_str()).unwrap_or("?");
        format!("`{spot}` {}", fault["detail"].as_str().unwrap_or("?"))
    });
    Some(each.collect::<Vec<_>>().join("; "))
}
