//! `GET /api/v2/users/{project}/{environment}/{user}/flags/{flag}`: `LaunchDarkly`'s `getUserFlagSetting`.

use actix_web::web::Data;

use super::drop_in_flags::UserFlagSetting;
use crate::http::authorized::Authorized;
use crate::http::location::{DropIn, DropInFlag};
use crate::http::problem::Handled;
use crate::http::reply::Reading;
use crate::http::state::HttpState;
use crate::policy::Read;
use crate::settings::views::Shape;

/// Get flag setting for user (LaunchDarkly's `getUserFlagSetting`)
///
/// `_value` is what the user receives, `setting` what they are explicitly set to.
#[utoipa::path(
    get,
    path = "/api/v2/users/{project}/{environment}/{user}/flags/{flag}",
    operation_id = "getUserFlagSetting",
    tag = "launchdarkly",
    responses((
        status = 200,
        description = "The setting.",
        body = UserFlagSetting<'static>,
        example = json!({
                "_links": {"self": {
                    "href": "/api/v2/users/shop/test/anna%40example.com/flags/checkout.new-flow", "type": "application/json"
                }},
                "_value": false, "setting": false, "reason": {"kind": "TARGET_MATCH"}
            }),
    )),
)]
pub(in crate::http) async fn handle(
    Authorized(permit): Authorized<Read, DropInFlag>,
    state: Data<HttpState>,
    reading: Reading,
) -> Handled<DropIn> {
    let answer = state
        .in_time()
        .read(state.settings.flag(&permit, Shape::DropIn, reading.freshness))
        .await?;
    Ok(reading.reply(answer))
}
