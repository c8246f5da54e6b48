//! `GET …/users/{user}/expirations`: which overrides of a user end, and when.

use actix_web::web::Data;

use crate::http::authorized::Authorized;
use crate::http::location::{ExpirationsOfUser, V1};
use crate::http::problem::Handled;
use crate::http::query::Query;
use crate::http::reply::Reading;
use crate::http::state::HttpState;
use crate::policy::Read;
use crate::settings::views::{ExpirationsView, Shape};

/// Which overrides of a user end, and when
///
/// Those of flags that the caller may read, sorted by flag.
#[utoipa::path(
    get,
    path = "/v1/projects/{project}/environments/{environment}/users/{user}/expirations",
    operation_id = "listExpirations",
    tag = "expirations",
    responses((
        status = 200,
        description = "The scheduled ends.",
        body = ExpirationsView<'static>,
        example = json!({
            "project": "shop", "environment": "test", "user": "anna@example.com",
            "expirations": [
                {"flag": "checkout.new-flow", "value": false, "expires_at": "2036-01-01T00:00:00Z", "version": 1}
            ]
        }),
    )),
)]
pub(in crate::http) async fn handle(
    Authorized(permit): Authorized<Read, ExpirationsOfUser>,
    state: Data<HttpState>,
    query: Query,
    reading: Reading,
) -> Handled<V1> {
    query.finish()?;
    let answer = state
        .in_time()
        .read(state.settings.expirations(&permit, Shape::V1, reading.freshness))
        .await?;
    Ok(reading.reply(answer))
}
