//! Which target a path means. The only place that reads parts of a path: actix's typed path decodes `%2F`, its
//! `match_info` does not, and a gateway that mixes them authorizes one target and asks for another. So parts are
//! cut from the raw path and decoded here, once, by name and not by position: the two families of
//! `LaunchDarkly`'s routes have user and environment the other way round (facts, trap 6).

use std::fmt::Display;
use std::str::FromStr;

use super::decode::decode_segment;
use super::parts::Parts;
use crate::domain::{FlagTarget, Place, UserTarget};
use crate::policy::Resource;
use crate::problem::{Fault, Problem};
use crate::settings::views::Shape;
use crate::telemetry::DropInOperation;

/// Which API a route belongs to: how it names its parts, and how it answers.
pub(super) trait Api: 'static {
    /// Whose bodies.
    const SHAPE: Shape;
}

/// Our own API.
#[derive(Debug)]
pub(super) struct V1;
/// `LaunchDarkly`'s API as we serve it.
#[derive(Debug)]
pub(super) struct DropIn;

impl Api for V1 {
    const SHAPE: Shape = Shape::V1;
}

impl Api for DropIn {
    const SHAPE: Shape = Shape::DropIn;
}

/// What a kind of path means.
pub(super) trait Location: 'static {
    /// The API it belongs to.
    type Api: Api;
    /// What it names.
    type Target: Resource;
    /// Which of `LaunchDarkly`'s own operations a read and a write of it are; none where they are ours.
    const DROP_IN: Option<(DropInOperation, DropInOperation)> = None;

    /// Reads the target from the parts of the path; reports every fault.
    fn target(parts: &Parts<'_>) -> Result<Self::Target, Problem>;
}

impl Parts<'_> {
    /// The part at this place as a `T`; a fault under this name if it is none.
    fn part<T: FromStr<Err: Display>>(
        &self,
        place: usize,
        name: &str,
        faults: &mut Vec<Fault>,
    ) -> Option<T> {
        let raw = self.kept().get(place).copied().unwrap_or_default();
        let parsed = match decode_segment(raw) {
            Ok(text) => text.parse().map_err(|fault: T::Err| fault.to_string()),
            Err(fault) => Err(fault.to_string()),
        };
        parsed.map_err(|detail| faults.push(Fault::parameter(name, detail))).ok()
    }
}

/// Where in a path project, environment, user and flag stand.
struct Places {
    project: usize,
    environment: usize,
    user: usize,
}

/// `/v1/projects/{project}/environments/{environment}/users/{user}/…`
const V1_PLACES: Places = Places { project: 2, environment: 4, user: 6 };
/// `/api/v2/users/{project}/{environment}/{user}/flags…`
const DROP_IN_FLAGS: Places = Places { project: 3, environment: 4, user: 5 };
/// `/api/v2/users/{project}/{user}/expiring-user-targets/{environment}`
const DROP_IN_EXPIRATIONS: Places = Places { project: 3, environment: 6, user: 4 };

/// Which of `LaunchDarkly`'s route families a target goes to. Each has a key that reads as the other's fixed word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Flags,
    Expirations,
}

impl Places {
    fn user(
        &self,
        parts: &Parts<'_>,
        family: Family,
        faults: &mut Vec<Fault>,
    ) -> Option<UserTarget> {
        let project = parts.part(self.project, "project", faults);
        let environment = parts.part(self.environment, "environment", faults);
        let user = parts.part(self.user, "user", faults);
        let place = Place { project: project?, environment: environment? };
        let target = UserTarget { place, user: user? };
        let taken = "must be another key: LaunchDarkly's own paths can't tell this one from a route of theirs";
        if family == Family::Flags && target.is_ambiguous_in_flag_routes() {
            faults.push(Fault::parameter("user", taken));
        }
        if family == Family::Expirations && target.is_ambiguous_in_expiration_routes() {
            faults.push(Fault::parameter("environment", taken));
        }
        Some(target)
    }
}

fn user_at(parts: &Parts<'_>, places: &Places, family: Family) -> Result<UserTarget, Problem> {
    let mut faults = Vec::new();
    match places.user(parts, family, &mut faults) {
        Some(target) if faults.is_empty() => Ok(target),
        _ => Err(Problem::invalid(faults)),
    }
}

fn flag_at(
    parts: &Parts<'_>,
    places: &Places,
    flag: usize,
    family: Family,
) -> Result<FlagTarget, Problem> {
    let mut faults = Vec::new();
    let user = places.user(parts, family, &mut faults);
    let flag = parts.part(flag, "flag", &mut faults);
    match (user, flag) {
        (Some(user), Some(flag)) if faults.is_empty() => Ok(FlagTarget { user, flag }),
        _ => Err(Problem::invalid(faults)),
    }
}

macro_rules! location {
    ($(#[$doc:meta])* $name:ident: $api:ident $(($reads:ident, $writes:ident))?, $target:ident = $read:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(super) struct $name;
        impl Location for $name {
            type Api = $api;
            type Target = $target;
            $(const DROP_IN: Option<(DropInOperation, DropInOperation)> =
                Some((DropInOperation::$reads, DropInOperation::$writes));)?
            fn target(parts: &Parts<'_>) -> Result<$target, Problem> {
                let read: fn(&Parts<'_>) -> Result<$target, Problem> = $read;
                read(parts)
            }
        }
    };
}

location!(
    /// `…/users/{user}/flags`
    FlagsOfUser: V1, UserTarget = |parts| user_at(parts, &V1_PLACES, Family::Flags)
);
location!(
    /// `…/users/{user}/flags/{flag}`
    OneFlag: V1, FlagTarget = |parts| flag_at(parts, &V1_PLACES, 8, Family::Flags)
);
location!(
    /// `…/users/{user}/flags/{flag}/expiration`
    OneExpiration: V1, FlagTarget = |parts| {
        flag_at(parts, &V1_PLACES, 8, Family::Flags)?;
        flag_at(parts, &V1_PLACES, 8, Family::Expirations)
    }
);
location!(
    /// `…/users/{user}/expirations`
    ExpirationsOfUser: V1, UserTarget = |parts| user_at(parts, &V1_PLACES, Family::Expirations)
);
location!(
    /// `/api/v2/users/{project}/{environment}/{user}/flags`
    DropInFlags: DropIn(ListSettings, ListSettings), UserTarget
        = |parts| user_at(parts, &DROP_IN_FLAGS, Family::Flags)
);
location!(
    /// `/api/v2/users/{project}/{environment}/{user}/flags/{flag}`
    DropInFlag: DropIn(GetSetting, PutSetting), FlagTarget
        = |parts| flag_at(parts, &DROP_IN_FLAGS, 7, Family::Flags)
);
location!(
    /// `/api/v2/users/{project}/{user}/expiring-user-targets/{environment}`
    DropInExpirations: DropIn(ListExpirations, PatchExpirations), UserTarget
        = |parts| user_at(parts, &DROP_IN_EXPIRATIONS, Family::Expirations)
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Spot;

    fn one_flag(path: &str) -> Result<FlagTarget, Vec<String>> {
        OneFlag::target(&Parts::of(path, "/gw")).map_err(names)
    }

    fn names(problem: Problem) -> Vec<String> {
        let name = |fault: Fault| match fault.spot {
            Spot::Parameter(name) | Spot::Pointer(name) => name,
        };
        problem.faults.into_iter().map(name).collect()
    }

    #[test]
    fn parts_are_decoded_once_and_named() {
        let target =
            one_flag("/gw/v1/projects/p/environments/e/users/a%2Fb%252F+/flags/f").unwrap();
        assert_eq!(target.user.user.as_str(), "a/b%2F+");
        assert_eq!(target.user.place.environment.as_str(), "e");
        assert_eq!(target.flag.as_str(), "f");
        let spelled = one_flag("/%67w/v1/projects/p/environments/e/users/u/flags/f").unwrap();
        assert_eq!(spelled.user.place.project.as_str(), "p");
    }

    #[test]
    fn every_fault_is_reported() {
        let faults = one_flag("/gw/v1/projects/p%20/environments/%ff/users/../flags/f%2f");
        assert_eq!(faults.unwrap_err(), ["project", "environment", "user", "flag"]);
    }

    #[test]
    fn user_and_environment_are_told_apart_by_route_family() {
        let parts = Parts::of("/api/v2/users/p/u/expiring-user-targets/e", "");
        let target = DropInExpirations::target(&parts).unwrap();
        assert_eq!((target.place.environment.as_str(), target.user.as_str()), ("e", "u"));
        let parts = Parts::of("/api/v2/users/p/e/u/flags/f", "");
        let target = DropInFlag::target(&parts).unwrap();
        assert_eq!((target.user.place.environment.as_str(), target.user.user.as_str()), ("e", "u"));
    }

    #[test]
    fn the_path_of_both_families_is_of_neither() {
        let path = "/api/v2/users/P/X/expiring-user-targets/flags";
        assert_eq!(
            DropInFlags::target(&Parts::of(path, "")).map_err(names),
            Err(vec!["user".into()])
        );
        let expirations = DropInExpirations::target(&Parts::of(path, "")).map_err(names);
        assert_eq!(expirations, Err(vec!["environment".into()]));
    }
}
