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
#[utoipa::path(
    get,
    path = "/api/v2/users/{project}/{user}/expiring-user-targets/{environment}",
    operation_id = "getExpiringFlagsForUser",
    tag = "drop-in",
    responses((status = 200, description = "The scheduled removals.", body = ExpiringUserTargets<'static>)),
)]
pub(in crate::http) async fn handle(
    Authorized(permit): Authorized<Read, DropInExpirations>,
    state: Data<HttpState>,
    reading: Reading,
) -> Handled<DropIn> {
    let answer = state
        .settings
        .expirations(&permit, Shape::DropIn, reading.freshness)
        .await?;
    Ok(reading.reply(answer))
}
