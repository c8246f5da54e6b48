//! `GET …/users/{user}/flags`: what a user receives of every flag.

use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::flag::Flag;
use crate::http::authorized::Authorized;
use crate::http::document::Key;
use crate::http::location::{FlagsOfUser, V1};
use crate::http::problem::Handled;
use crate::http::query::Query;
use crate::http::reply::Reading;
use crate::http::state::HttpState;
use crate::policy::Read;
use crate::settings::List;
use crate::settings::views::{Filter, Shape};

/// A user's flags, sorted by key: those that the caller may read.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct FlagList<'a> {
    /// The project.
    #[schema(example = "shop")]
    project: &'a str,
    /// The environment.
    #[schema(example = "test")]
    environment: &'a str,
    /// The user.
    #[schema(example = "anna@example.com")]
    user: &'a str,
    /// The flags.
    flags: Vec<Flag<'a>>,
}

/// What a user receives of every flag
///
/// One answer for all flags: prefer it to asking for many flags one by one. Flags that the caller may not read are
/// left out.
#[utoipa::path(
    get,
    path = "/v1/projects/{project}/environments/{environment}/users/{user}/flags",
    operation_id = "listFlags",
    tag = "flags",
    params(
        ("overridden" = Option<bool>, Query, description = "Only flags that the user is explicitly set to."),
        ("prefix" = Option<String>, Query, description = "Only flags whose key starts so.", example = "checkout."),
        ("flag" = Option<Vec<Key>>, Query, description = "Only these flags; may be given more than once."),
        ("include" = Option<super::Include>, Query, description = "Also says when each override ends."),
    ),
    responses((
        status = 200,
        description = "The flags.",
        body = FlagList<'static>,
        example = json!({
            "project": "shop", "environment": "test", "user": "anna@example.com",
            "flags": [{
                "project": "shop", "environment": "test", "user": "anna@example.com", "flag": "checkout.new-flow",
                "value": false, "setting": false, "overridden": true, "reason": {"kind": "TARGET_MATCH"}
            }]
        }),
    )),
)]
pub(in crate::http) async fn handle(
    Authorized(permit): Authorized<Read, FlagsOfUser>,
    state: Data<HttpState>,
    mut query: Query,
    reading: Reading,
) -> Handled<V1> {
    let filter = Filter {
        overridden: query.take_switch("overridden"),
        prefix: query.take("prefix"),
        flags: query.take_all("flag"),
    };
    let with_expiration = query.take_choice("include", "expiration");
    query.finish()?;
    let list = List { filter, with_expiration };
    let answer = state
        .in_time()
        .read(state.settings.flags(&permit, &list, Shape::V1, reading.freshness))
        .await?;
    Ok(reading.reply(answer))
}
