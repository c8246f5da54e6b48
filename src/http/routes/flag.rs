//! `GET …/users/{user}/flags/{flag}`: what a user receives of one flag.

use actix_web::web::Data;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::authorized::Authorized;
use crate::http::location::{OneFlag, V1};
use crate::http::problem::Handled;
use crate::http::query::Query;
use crate::http::reply::Reading;
use crate::http::state::HttpState;
use crate::policy::Read;
use crate::settings::views::{FlagView, Shape};

/// What a user receives of one flag.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Flag<'a> {
    #[serde(flatten)]
    setting: FlagView<'a>,
    /// When the override ends, RFC 3339, or `null` for never. Only with `include=expiration`.
    #[schema(value_type = Option<String>, required = false, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// What a user receives of one flag
///
/// `value` is what the user receives, `setting` what they are explicitly set to. The two differ where the flag is off or a
/// prerequisite fails.
#[utoipa::path(
    get,
    path = "/v1/projects/{project}/environments/{environment}/users/{user}/flags/{flag}",
    operation_id = "getFlag",
    tag = "flags",
    params(
        ("include" = Option<super::Include>, Query, description = "Also says when the override ends."),
    ),
    responses((
        status = 200,
        description = "The flag.",
        body = Flag<'static>,
        examples(
            ("plain" = (summary = "As it is", value = json!({
                    "project": "shop", "environment": "test", "user": "anna@example.com", "flag": "checkout.new-flow",
                    "value": false, "setting": false, "overridden": true, "reason": {"kind": "TARGET_MATCH"}
                }))),
            ("with-end" = (summary = "With `include=expiration`", value = json!({
                    "project": "shop", "environment": "test", "user": "anna@example.com", "flag": "checkout.new-flow",
                    "value": false, "setting": false, "overridden": true, "reason": {"kind": "TARGET_MATCH"},
                    "expires_at": "2036-01-01T00:00:00Z"
                }))),
        ),
    )),
)]
pub(in crate::http) async fn handle(
    Authorized(permit): Authorized<Read, OneFlag>,
    state: Data<HttpState>,
    mut query: Query,
    reading: Reading,
) -> Handled<V1> {
    let with_expiration = query.take_choice("include", "expiration");
    query.finish()?;
    let answer = if with_expiration {
        state.in_time().read(state.settings.flag_with_end(&permit, reading.freshness)).await?
    } else {
        state.in_time().read(state.settings.flag(&permit, Shape::V1, reading.freshness)).await?
    };
    Ok(reading.reply(answer))
}
