//! `DELETE …/users/{user}/flags/{flag}`: clears an override and its end.

use actix_web::web::Data;

use crate::domain::Door;
use crate::http::authorized::Authorized;
use crate::http::location::{OneFlag, V1};
use crate::http::problem::Handled;
use crate::http::query::Query;
use crate::http::reply::receipt;
use crate::http::state::HttpState;
use crate::policy::Clear;
use crate::problem::Problem;
use crate::settings::Change;
use crate::settings::views::Receipt;

/// Clear a flag for one user
///
/// Takes the override away, and its scheduled end with it. Done again it does no harm.
#[utoipa::path(
    delete,
    path = "/v1/projects/{project}/environments/{environment}/users/{user}/flags/{flag}",
    operation_id = "clearFlag",
    tag = "flags",
    params(
        ("comment" = Option<String>, Query, description = "Why; kept in LaunchDarkly's audit log beside your name."),
        ("dry_run" = Option<bool>, Query, description = "Says what would be sent, and sends nothing."),
    ),
    responses((status = 200, description = "There is no override any more.", body = Receipt<'static>)),
)]
pub(in crate::http) async fn handle(
    Authorized(permit): Authorized<Clear, OneFlag>,
    state: Data<HttpState>,
    mut query: Query,
) -> Handled<V1> {
    let (comment, dry_run) = (query.take("comment"), query.take_switch("dry_run"));
    query.finish()?;
    let target = permit.target().clone();
    let change = Change {
        door: Door::Http,
        comment,
        dry_run,
    };
    let written = state
        .in_time()
        .write(state.settings.clear(permit, change))
        .await?;
    Ok(receipt(written.body(&target).map_err(Problem::internal)?))
}
