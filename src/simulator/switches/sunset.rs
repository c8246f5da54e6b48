//! The end of the User Settings API, which `LaunchDarkly` announces for version 20240415 and for 2027.

use serde::{Deserialize, Serialize};

/// Whether the five User Settings operations still answer. Whether they really do under 20240415 is not
/// known (the documentation says removed, the specification says deprecated), so both can be tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserSettings {
    /// They answer under every version.
    #[default]
    Served,
    /// They answer 404 under 20240415 and `beta`, named or by default, and answer under older versions.
    #[serde(rename = "removed-from-20240415")]
    RemovedFrom20240415,
    /// They answer 404 under every version, which `GET /api/v2/versions` goes on to list.
    Gone,
    /// 20220603 and the versions before it are retired: `GET /api/v2/versions` lists 20240415 alone, every request
    /// that asks for an older one is refused, and the five operations answer 404. How `LaunchDarkly` will refuse
    /// a retired version is not documented; here it is the 400 `invalid_request` of a version that never was.
    Retired,
}
