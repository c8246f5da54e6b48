//! `PUT /api/v2/users/{project}/{environment}/{user}/flags/{flag}`: `LaunchDarkly`'s `putFlagSetting`.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{Door, Json};
use crate::http::asked::Asked;
use crate::http::authorized::Authorized;
use crate::http::body::{Body, accept};
use crate::http::location::{DropIn, DropInFlag};
use crate::http::problem::Handled;
use crate::http::query::Query;
use crate::http::state::HttpState;
use crate::policy::SetOrClear;
use crate::settings::Change;

/// LaunchDarkly's `ValuePut`. Other than there, a member that is not known is refused.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ValuePut<'a> {
    /// One of the flag's variations; `null` or left out it erases the setting.
    #[schema(value_type = serde_json::Value, required = false, example = true)]
    setting: (),
    /// Why.
    #[schema(required = false)]
    comment: Option<&'a str>,
}

/// Update flag settings for user (LaunchDarkly's `putFlagSetting`)
///
/// An existing expiration is left alone.
#[utoipa::path(
    put,
    path = "/api/v2/users/{project}/{environment}/{user}/flags/{flag}",
    operation_id = "putFlagSetting",
    tag = "launchdarkly",
    request_body(
        content = ValuePut<'static>,
        example = json!({"setting": false, "comment": "reproducing ticket 4711"}),
    ),
    responses((status = 204, description = "It is set, or erased.")),
)]
pub(in crate::http) async fn handle(
    Authorized(permit): Authorized<SetOrClear, DropInFlag>,
    state: Data<HttpState>,
    Asked(asking): Asked,
    query: Query,
    Body(mut body, ..): Body<DropIn>,
) -> Handled<DropIn> {
    query.finish()?; // `dry_run` belongs to /v1: here it would not be obeyed
    let setting = body.take_json("setting").filter(|setting| !Json::is_null(setting));
    let comment = body.take_text("comment");
    accept(body.finish())?;
    let change = Change {
        door: Door::DropIn,
        comment,
        dry_run: false,
        asking: asking.clone(),
        expected: None,
    };
    let within = state.in_time();
    match setting {
        Some(value) => {
            let permit = permit.narrow()?;
            within.write(&asking, state.settings.drop_in_set(permit, value, change)).await?;
        }
        None => {
            within.write(&asking, state.settings.drop_in_clear(permit.narrow()?, change)).await?;
        }
    }
    Ok(HttpResponse::NoContent().finish())
}
