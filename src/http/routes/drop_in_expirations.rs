//! `GET /api/v2/users/{project}/{user}/expiring-user-targets/{environment}`: `LaunchDarkly`'s `getExpiringFlagsForUser`.

use actix_web::web::Data;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::http::authorized::Authorized;
use crate::http::location::{DropIn, DropInExpirations};
use crate::http::problem::Handled;
use crate::http::reply::Reading;
use crate::http::state::HttpState;
use crate::policy::Read;
use crate::settings::views::Shape;

/// LaunchDarkly's `ExpiringUserTargetGetResponse`.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ExpiringUserTargets<'a> {
    /// Links, as LaunchDarkly gave them.
    #[serde(rename = "_links")]
    #[schema(value_type = Object)]
    links: &'a RawValue,
    /// The scheduled removals: those of flags that the caller may read.
    items: Vec<ExpiringUserTarget<'a>>,
}

/// LaunchDarkly's `ExpiringUserTargetItem`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct ExpiringUserTarget<'a> {
    /// The record's id.
    #[serde(rename = "_id")]
    id: &'a str,
    /// The record's version.
    #[serde(rename = "_version")]
    version: i64,
    /// When, in milliseconds since 1970.
    expiration_date: i64,
    /// The user.
    user_key: &'a str,
    /// The variation's UUID.
    #[schema(required = false)]
    variation_id: Option<&'a str>,
    /// What the record is about.
    #[serde(rename = "_resourceId")]
    #[schema(value_type = Object)]
    resource_id: &'a RawValue,
}

/// Get expiring dates on flags for user (LaunchDarkly's `getExpiringFlagsForUser`)
///
/// Removals of flags that the caller may not read are left out.
#[utoipa::path(
    get,
    path = "/api/v2/users/{project}/{user}/expiring-user-targets/{environment}",
    operation_id = "getExpiringFlagsForUser",
    tag = "launchdarkly",
    responses((
        status = 200,
        description = "The scheduled removals.",
        body = ExpiringUserTargets<'static>,
        example = json!({
            "_links": {"self": {
                "href": "/api/v2/users/shop/anna%40example.com/expiring-user-targets/test", "type": "application/json"
            }},
            "items": [{
                "_id": "5f0000000000000000000001", "_version": 1, "expirationDate": 2_082_758_400_000_u64,
                "userKey": "anna@example.com", "variationId": "5f775e88-336f-4917-98ac-3258e73c052f",
                "_resourceId": {
                    "kind": "flag", "projectKey": "shop", "environmentKey": "test",
                    "flagKey": "checkout.new-flow", "key": "checkout.new-flow"
                }
            }]
        }),
    )),
)]
pub(in crate::http) async fn handle(
    Authorized(permit): Authorized<Read, DropInExpirations>,
    state: Data<HttpState>,
    reading: Reading,
) -> Handled<DropIn> {
    let answer = state
        .in_time()
        .read(state.settings.expirations(&permit, Shape::DropIn, reading.freshness))
        .await?;
    Ok(reading.reply(answer))
}
