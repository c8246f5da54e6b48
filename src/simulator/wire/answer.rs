//! What is sent back.

use serde::Serialize;

use super::Refusal;

pub(in crate::simulator) const JSON: &str = "application/json";

/// What is sent back: a status, headers and a body.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Answer {
    pub(in crate::simulator) status: u16,
    pub(in crate::simulator) content_type: Option<String>,
    pub(in crate::simulator) headers: Vec<(String, String)>,
    pub(in crate::simulator) body: Vec<u8>,
}

impl Answer {
    /// 200 with a JSON body.
    pub(in crate::simulator) fn ok(body: &impl Serialize) -> Self {
        Self::json(200, body)
    }

    /// A JSON body with a status. Nothing here fails to serialize: keys are text, numbers are finite.
    pub(in crate::simulator) fn json(status: u16, body: &impl Serialize) -> Self {
        Self::text(status, JSON, serde_json::to_vec(body).unwrap_or_default())
    }

    /// A body of any media type.
    pub(in crate::simulator) fn text(
        status: u16,
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        Self {
            status,
            content_type: Some(content_type.to_owned()),
            headers: Vec::new(),
            body: body.into(),
        }
    }

    /// A status without body and without media type.
    pub(in crate::simulator) fn empty(status: u16) -> Self {
        Self { status, content_type: None, headers: Vec::new(), body: Vec::new() }
    }
}

impl From<Result<Self, Refusal>> for Answer {
    fn from(result: Result<Self, Refusal>) -> Self {
        result.unwrap_or_else(|refusal| refusal.answer())
    }
}
