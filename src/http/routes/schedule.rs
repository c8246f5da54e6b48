//! `PUT …/flags/{flag}/expiration`: makes an override end, or end at another time.

use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Door;
use crate::http::authorized::Authorized;
use crate::http::body::{Body, accept};
use crate::http::location::{OneExpiration, V1};
use crate::http::problem::Handled;
use crate::http::query::Query;
use crate::http::reply::receipt;
use crate::http::state::HttpState;
use crate::policy::Schedule;
use crate::problem::Problem;
use crate::settings::Change;
use crate::settings::views::Receipt;

/// When an override ends: one of the two.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Expiry<'a> {
    /// How long from now, like `90s`, `2h`, `1h30m` or `7d`.
    #[schema(required = false, example = "2h")]
    expires_in: Option<&'a str>,
    /// When, RFC 3339; instead of `expires_in`.
    #[schema(required = false, value_type = Option<String>, format = DateTime)]
    expires_at: Option<&'a str>,
    /// Why; kept in LaunchDarkly's audit log beside your name.
    #[schema(required = false, example = "the customer needs another hour")]
    comment: Option<&'a str>,
}

/// Make an override end, or end at another time
///
/// The user must have an override of this flag.
#[utoipa::path(
    put,
    path = "/v1/projects/{project}/environments/{environment}/users/{user}/flags/{flag}/expiration",
    operation_id = "setExpiration",
    tag = "expirations",
    params(("dry_run" = Option<bool>, Query, description = "Says what would be sent, and sends nothing.")),
    request_body = Expiry<'static>,
    responses((status = 200, description = "It will end then.", body = Receipt<'static>)),
)]
pub(in crate::http) async fn handle(
    Authorized(permit): Authorized<Schedule, OneExpiration>,
    state: Data<HttpState>,
    mut query: Query,
    Body(mut body, ..): Body<V1>,
) -> Handled<V1> {
    let dry_run = query.take_switch("dry_run");
    query.finish()?;
    let end = body.take_end(state.settings.now());
    if end.is_none() && !body.has_faults() {
        body.fault(
            "expires_in",
            "or `expires_at` must be given; DELETE lets the override stand for good",
        );
    }
    let comment = body.take_text("comment");
    accept(body.finish())?;
    let target = permit.target().clone();
    let change = Change {
        door: Door::Http,
        comment,
        dry_run,
    };
    let written = state
        .in_time()
        .write(state.settings.schedule(permit, end, change))
        .await?;
    Ok(receipt(written.body(&target).map_err(Problem::internal)?))
}
