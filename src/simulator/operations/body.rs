//! Bodies of requests, as far as operations share how they are read.

use serde::de::DeserializeOwned;

use crate::simulator::wire::{Refusal, Request};

/// A body that has to be a JSON object, and to say that it is JSON.
pub(super) fn json_object<T: DeserializeOwned>(request: &Request) -> Result<T, Refusal> {
    let content_type = request.header("content-type").unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::invalid("Content-Type must be application/json"));
    }
    // `null` and arrays would pass as a struct, but only an object is a body here.
    let is_object = request.body.trim_ascii_start().first() == Some(&b'{');
    let parsed = serde_json::from_slice(&request.body).ok();
    parsed.filter(|_| is_object).ok_or_else(|| Refusal::invalid("Invalid request body"))
}

/// The body of a semantic patch, which has to say that it is one.
pub(super) fn semantic_patch<T: DeserializeOwned>(request: &Request) -> Result<T, Refusal> {
    if !is_semantic_patch(request.header("content-type").unwrap_or_default()) {
        return Err(Refusal::invalid(
            "Invalid request body: read as a JSON patch; a semantic patch needs the content type \
             application/json; domain-model=launchdarkly.semanticpatch",
        ));
    }
    let parsed = serde_json::from_slice(&request.body).ok();
    parsed.ok_or_else(|| Refusal::invalid("Invalid request body"))
}

/// Whether a media type is `application/json` with the parameter that makes a patch a semantic one. It is
/// read as a media type: case, quotes, spaces and the order of parameters do not matter.
fn is_semantic_patch(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    json && parts.filter_map(|part| part.split_once('=')).any(|(name, value)| {
        name.trim().eq_ignore_ascii_case("domain-model")
            && value.trim().trim_matches('"').eq_ignore_ascii_case("launchdarkly.semanticpatch")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_type_is_read_as_a_media_type() {
        for yes in [
            "application/json; domain-model=launchdarkly.semanticpatch",
            "Application/JSON;charset=utf-8; Domain-Model=\"launchdarkly.semanticpatch\"",
        ] {
            assert!(is_semantic_patch(yes), "{yes}");
        }
        for no in [
            "",
            "application/json",
            "text/json; domain-model=launchdarkly.semanticpatch",
            "application/json; domain-model=launchdarkly.jsonpatch",
        ] {
            assert!(!is_semantic_patch(no), "{no}");
        }
    }
}
