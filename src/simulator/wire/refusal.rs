//! `LaunchDarkly`'s errors: the documented bodies, and those that others observed (some without `code`, one
//! without a body).

use serde_json::json;

use super::Answer;

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum Refusal {
    /// 400 with a code.
    InvalidRequest(String),
    /// 400 without a code, observed where one expects a 404.
    UnknownEnvironment(String),
    /// 401, observed with an empty body.
    Unauthorized,
    /// 403 with the objects that were observed beside the message.
    Forbidden { action: &'static str, resource: String },
    /// 403 as documented, where it is not known what `LaunchDarkly` would say of the resource.
    Denied,
    /// 404.
    NotFound,
    /// 405.
    MethodNotAllowed,
    /// 405 as well: the change would need an approval.
    ApprovalRequired { action: &'static str },
    /// 409: somebody else changed the flag at the same time.
    LostLock,
    /// 413.
    TooLarge,
    /// 429.
    RateLimited,
}

impl Refusal {
    /// 400 with these words.
    pub(in crate::simulator) fn invalid(words: impl Into<String>) -> Self {
        Self::InvalidRequest(words.into())
    }

    /// The answer that says so.
    pub(in crate::simulator) fn answer(&self) -> Answer {
        match self {
            Self::InvalidRequest(message) => coded(400, "invalid_request", message),
            Self::UnknownEnvironment(key) => {
                Answer::json(400, &json!({ "message": format!("Unknown environment key: {key}") }))
            }
            Self::Unauthorized => Answer::empty(401),
            Self::Forbidden { action, resource } => Answer::json(
                403,
                &json!({
                    "message": "Access to the requested resource was denied",
                    "reason": { "effect": "deny" },
                    "access": { "action": action, "resource": resource },
                    "code": "forbidden",
                }),
            ),
            Self::Denied => documented(403),
            Self::NotFound => documented(404),
            Self::MethodNotAllowed => documented(405),
            Self::ApprovalRequired { action } => coded(
                405,
                "method_not_allowed",
                &format!(
                    "Flag configuration updates require approval: action '{action}' not allowed"
                ),
            ),
            Self::LostLock => documented(409),
            Self::TooLarge => documented(413),
            Self::RateLimited => documented(429),
        }
    }
}

/// The documented body of a status, or an empty one where none is documented.
pub(in crate::simulator) fn documented(status: u16) -> Answer {
    let (code, message) = match status {
        400 => ("invalid_request", "Invalid request body"),
        401 => ("unauthorized", "Invalid access token"),
        403 => ("forbidden", "Forbidden. Access to the requested resource was denied."),
        404 => ("not_found", "Invalid resource identifier"),
        405 => ("method_not_allowed", "Method not allowed"),
        409 => ("optimistic_locking_error", "Conflict. Optimistic lock error. Try again later."),
        413 => ("request_entity_too_large", "Request entity too large"),
        422 => ("patch_failed", "Unprocessable entity. Could not apply patch."),
        429 => ("rate_limited", "You've exceeded the API rate limit. Try again later."),
        500 | 503 => ("internal_service_error", "Internal service error"),
        _ => return Answer::empty(status),
    };
    coded(status, code, message)
}

fn coded(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, &json!({ "code": code, "message": message }))
}
