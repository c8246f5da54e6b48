//! What keys and lengths of time look like, for the document: the types themselves are in `domain` and know nothing of it.

#![expect(dead_code, reason = "only the document names these types, values of them there are none")]

use utoipa::ToSchema;

/// The key of a project, an environment or a flag; not `.` or `..`.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^[A-Za-z0-9._-]{1,256}$")]
pub(in crate::http) struct Key(String);

/// The key of a user, at most 1,024 bytes. No part of it between `/` or `\` may be `.` or `..`.
#[derive(ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 1024, pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$")]
pub(in crate::http) struct User(String);

/// A length of time like `90s`, `2h`, `1h30m` or `7d`: the larger unit first, each unit once.
#[derive(ToSchema)]
#[schema(
    value_type = String,
    min_length = 2,
    pattern = "^([1-9][0-9]{0,4}d)?([1-9][0-9]{0,4}h)?([1-9][0-9]{0,4}m)?([1-9][0-9]{0,4}s)?([1-9][0-9]{0,4}ms)?$"
)]
pub(in crate::http) struct Duration(String);
