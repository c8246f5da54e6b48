//! `GET /api/v2/users/{project}/{environment}/{user}/flags`: `LaunchDarkly`'s `getUserFlagSettings`.

use actix_web::web::Data;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::http::authorized::Authorized;
use crate::http::location::{DropIn, DropInFlags};
use crate::http::problem::Handled;
use crate::http::reply::Reading;
use crate::http::state::HttpState;
use crate::policy::Read;
use crate::settings::List;
use crate::settings::views::Shape;

/// LaunchDarkly's `UserFlagSettings`.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct UserFlagSettings<'a> {
    /// Links, as LaunchDarkly gave them.
    #[serde(rename = "_links")]
    #[schema(value_type = Object)]
    links: &'a RawValue,
    /// The settings by flag key: those that the caller may read.
    #[schema(value_type = std::collections::BTreeMap<String, UserFlagSetting<'static>>)]
    items: &'a RawValue,
}

/// LaunchDarkly's `UserFlagSetting`.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct UserFlagSetting<'a> {
    /// Links, as LaunchDarkly gave them.
    #[serde(rename = "_links")]
    #[schema(value_type = Object)]
    links: &'a RawValue,
    /// What the user receives.
    #[serde(rename = "_value")]
    #[schema(value_type = serde_json::Value, required = true, example = true)]
    value: &'a RawValue,
    /// What the user is explicitly set to; `null` for nothing.
    #[schema(value_type = serde_json::Value, required = true, example = json!(null))]
    setting: &'a RawValue,
    /// Why the user receives the value.
    #[schema(value_type = Option<Object>)]
    reason: Option<&'a RawValue>,
}

/// List flag settings for user (LaunchDarkly's `getUserFlagSettings`)
///
/// Flags that the caller may not read are left out.
#[utoipa::path(
    get,
    path = "/api/v2/users/{project}/{environment}/{user}/flags",
    operation_id = "getUserFlagSettings",
    tag = "launchdarkly",
    responses((
        status = 200,
        description = "The settings.",
        body = UserFlagSettings<'static>,
        example = json!({
            "_links": {"self": {
                "href": "/api/v2/users/shop/test/anna%40example.com/flags", "type": "application/json"
            }},
            "items": {"checkout.new-flow": {
                "_links": {"self": {
                    "href": "/api/v2/users/shop/test/anna%40example.com/flags/checkout.new-flow", "type": "application/json"
                }},
                "_value": false, "setting": false, "reason": {"kind": "TARGET_MATCH"}
            }}
        }),
    )),
)]
pub(in crate::http) async fn handle(
    Authorized(permit): Authorized<Read, DropInFlags>,
    state: Data<HttpState>,
    reading: Reading,
) -> Handled<DropIn> {
    let list = List::default();
    let answer = state
        .in_time()
        .read(state.settings.flags(&permit, &list, Shape::DropIn, reading.freshness))
        .await?;
    Ok(reading.reply(answer))
}
