//! Adds to every operation what it has in common with others of its kind.

use utoipa::Modify;
use utoipa::openapi::path::Operation;
use utoipa::openapi::response::Response;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, OpenApi, Ref, RefOr};

use super::kind::{Api, Kind, operations};
use super::{failures, headers, parameters};

/// The token as `/v1` takes it. First by its name, so that a page of the document asks for it first.
const BEARER: &str = "bearer";
/// The token where `LaunchDarkly`'s key was.
const BARE: &str = "launchDarklyStyle";

/// The completion of the document.
pub(super) struct Completion;

impl Modify for Completion {
    fn modify(&self, document: &mut OpenApi) {
        let mut components = document.components.take().unwrap_or_default();
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in operations(item) {
                let kind = Kind::of(path, method, operation);
                parameters::add(path, kind, operation);
                operation.security = Some(security(kind));
                add_responses(kind, operation, &mut components);
            }
        }
        components.parameters = parameters::all();
        components.headers = headers::all();
        components.security_schemes =
            schemes().map(|(name, scheme)| (name.to_owned(), scheme.into())).into();
        document.components = Some(components);
    }
}

fn add_responses(kind: Kind, operation: &mut Operation, components: &mut Components) {
    let responses = &mut operation.responses.responses;
    if kind.is_read() {
        let unchanged = Response::new("What you have is still so.");
        responses.insert("304".to_owned(), unchanged.into());
    }
    for (status, response) in responses.iter_mut() {
        if let RefOr::T(response) = response {
            headers::add(kind, status, response);
        }
    }
    for (status, name, mut response) in failures::responses(kind) {
        headers::add(kind, &status, &mut response);
        responses.insert(status, Ref::from_response_name(&name).into());
        components.responses.insert(name, response.into());
    }
}

fn security(kind: Kind) -> Vec<SecurityRequirement> {
    let schemes: &[&str] = match kind.api {
        Api::Open => &[],
        Api::V1 => &[BEARER],
        Api::DropIn => &[BEARER, BARE],
    };
    let requirement = |name: &&str| SecurityRequirement::new(*name, Vec::<String>::new());
    schemes.iter().map(requirement).collect()
}

fn schemes() -> [(&'static str, SecurityScheme); 2] {
    let bearer =
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(
            "A token of one of the configured issuers. Paste the token alone, without `Bearer`.",
        ));
    let mut bare = ApiKeyValue::new("Authorization");
    bare.description = Some(
        "The same token where LaunchDarkly's clients send their key, without `Bearer`.".to_owned(),
    );
    [
        (BEARER, SecurityScheme::Http(bearer.build())),
        (BARE, SecurityScheme::ApiKey(ApiKey::Header(bare))),
    ]
}
