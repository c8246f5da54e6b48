//! `GET …/users/{user}/flags/{flag}`: what a user receives of one flag.

use actix_web::web::Data;

use crate::http::authorized::Authorized;
use crate::http::location::{OneFlag, V1};
use crate::http::problem::Handled;
use crate::http::query::Query;
use crate::http::reply::Reading;
use crate::http::state::HttpState;
use crate::policy::Read;
use crate::settings::views::{FlagView, Shape};

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
    responses((status = 200, description = "The flag.", body = FlagView<'static>)),
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
        state
            .settings
            .flag_with_end(&permit, reading.freshness)
            .await?
    } else {
        state
            .settings
            .flag(&permit, Shape::V1, reading.freshness)
            .await?
    };
    Ok(reading.reply(answer))
}
