//! Every URL that we ask for. The URL is a part of the authorization: it is built from the target of a permit,
//! segment by segment, and must mean exactly that target. What can't be addressed so is refused.

use url::Url;

use super::failure::Failure;
use crate::domain::{FlagTarget, UserTarget};

/// The words between the base and `LaunchDarkly`'s resources.
const API: [&str; 2] = ["api", "v2"];

/// Builds URLs below one base.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    base: Url,
}

impl Paths {
    /// None if nothing can be built below `base`: it must be `http` or `https`, and nothing but a host and a path.
    pub(super) fn below(mut base: Url) -> Option<Self> {
        let plain = matches!(base.scheme(), "http" | "https")
            && base.query().is_none()
            && base.fragment().is_none()
            && base.username().is_empty()
            && base.password().is_none();
        base.path_segments_mut().ok()?.pop_if_empty();
        plain.then_some(Self { base })
    }

    /// `/users/{project}/{environment}/{user}/flags`.
    pub(super) fn settings(&self, target: &UserTarget) -> Result<Url, Failure> {
        let [project, environment, user] = flag_route(target)?;
        self.build(&["users", project, environment, user, "flags"])
    }

    /// `/users/{project}/{environment}/{user}/flags/{flag}`.
    pub(super) fn setting(&self, target: &FlagTarget) -> Result<Url, Failure> {
        let [project, environment, user] = flag_route(&target.user)?;
        let flag = target.flag.as_str();
        self.build(&["users", project, environment, user, "flags", flag])
    }

    /// `/users/{project}/{user}/expiring-user-targets/{environment}`: another order than the flag routes have.
    pub(super) fn expirations(&self, target: &UserTarget) -> Result<Url, Failure> {
        if target.is_ambiguous_in_expiration_routes() {
            return Err(Failure::Ambiguous);
        }
        let (project, environment) = (&target.place.project, &target.place.environment);
        self.build(&[
            "users",
            project.as_str(),
            target.user.as_str(),
            "expiring-user-targets",
            environment.as_str(),
        ])
    }

    /// `/flags/{project}/{flag}?env={environment}`. The query keeps the other environments out of the answer.
    pub(super) fn flag(&self, target: &FlagTarget) -> Result<Url, Failure> {
        let place = &target.user.place;
        let mut url = self.build(&["flags", place.project.as_str(), target.flag.as_str()])?;
        let environment = place.environment.as_str();
        url.query_pairs_mut().append_pair("env", environment);
        Ok(url)
    }

    /// `/caller-identity`.
    pub(super) fn caller_identity(&self) -> Result<Url, Failure> {
        self.build(&["caller-identity"])
    }

    /// `/versions`.
    pub(super) fn versions(&self) -> Result<Url, Failure> {
        self.build(&["versions"])
    }

    /// The path of one of our URLs, as it is below the base.
    pub(super) fn relative<'u>(&self, url: &'u Url) -> &'u str {
        let base = self.base.path().trim_end_matches('/');
        url.path().strip_prefix(base).unwrap_or(url.path())
    }

    /// The base, the API, and these segments, each encoded as one. `url` drops dots silently, and with them
    /// changes the resource, so that all of the segments must be found again.
    fn build(&self, segments: &[&str]) -> Result<Url, Failure> {
        if segments.iter().any(|one| matches!(*one, "" | "." | "..")) {
            return Err(Failure::Ambiguous);
        }
        let mut url = self.base.clone();
        match url.path_segments_mut() {
            Ok(mut path) => path.extend(API).extend(segments),
            Err(()) => return Err(Failure::Ambiguous),
        };
        let before =
            self.base.path_segments().map_or(0, |all| all.filter(|one| !one.is_empty()).count());
        let found = url.path_segments().map_or(0, Iterator::count);
        if found == before + API.len() + segments.len() { Ok(url) } else { Err(Failure::Ambiguous) }
    }
}

fn flag_route(target: &UserTarget) -> Result<[&str; 3], Failure> {
    if target.is_ambiguous_in_flag_routes() {
        return Err(Failure::Ambiguous);
    }
    let (project, environment) = (&target.place.project, &target.place.environment);
    Ok([project.as_str(), environment.as_str(), target.user.as_str()])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{FlagKey, Place, UserKey};

    fn paths(base: &str) -> Paths {
        Paths::below(base.parse().unwrap()).unwrap()
    }

    fn target(environment: &str, user: &str) -> UserTarget {
        UserTarget {
            place: Place {
                project: "shop".parse().unwrap(),
                environment: environment.parse().unwrap(),
            },
            user: user.parse().unwrap(),
        }
    }

    /// What a server does: split the raw path, then decode each part once.
    fn decoded(url: &Url) -> Vec<String> {
        let part = |part: &str| {
            let (mut bytes, mut raw) = (Vec::new(), part.bytes());
            while let Some(byte) = raw.next() {
                if byte == b'%' {
                    let hex = [raw.next().unwrap(), raw.next().unwrap()];
                    let hex = std::str::from_utf8(&hex).unwrap();
                    bytes.push(u8::from_str_radix(hex, 16).unwrap());
                } else {
                    bytes.push(byte);
                }
            }
            String::from_utf8(bytes).unwrap()
        };
        url.path().split('/').skip(1).map(part).collect()
    }

    #[test]
    fn each_operation_has_its_path_below_the_base() {
        let paths = paths("https://gate.example/ld/");
        let user = target("prod", "a/b%2F@ü +|\\x");
        let flag = user.flag("sort.order".parse().unwrap());
        let encoded = "a%2Fb%252F@%C3%BC%20+|%5Cx";
        let of = |url: Result<Url, Failure>| url.unwrap().to_string();
        let base = "https://gate.example/ld/api/v2";
        assert_eq!(of(paths.settings(&user)), format!("{base}/users/shop/prod/{encoded}/flags"));
        assert_eq!(
            of(paths.setting(&flag)),
            format!("{base}/users/shop/prod/{encoded}/flags/sort.order")
        );
        assert_eq!(
            of(paths.expirations(&user)),
            format!("{base}/users/shop/{encoded}/expiring-user-targets/prod")
        );
        assert_eq!(of(paths.flag(&flag)), format!("{base}/flags/shop/sort.order?env=prod"));
        assert_eq!(of(paths.caller_identity()), format!("{base}/caller-identity"));
        assert_eq!(of(paths.versions()), format!("{base}/versions"));
        let url = paths.versions().unwrap();
        assert_eq!(paths.relative(&url), "/api/v2/versions");
    }

    #[test]
    fn what_both_route_families_could_mean_is_refused() {
        let paths = paths("http://h");
        let user = target("prod", "expiring-user-targets");
        let flag = user.flag("f".parse().unwrap());
        assert!(matches!(paths.settings(&user), Err(Failure::Ambiguous)));
        assert!(matches!(paths.setting(&flag), Err(Failure::Ambiguous)));
        assert!(paths.expirations(&user).is_ok());
        let user = target("flags", "u");
        assert!(matches!(paths.expirations(&user), Err(Failure::Ambiguous)));
        assert!(paths.settings(&user).is_ok());
    }

    #[test]
    fn dots_are_refused_and_never_dropped() {
        let paths = paths("http://h/ld");
        for segment in ["", ".", ".."] {
            assert!(paths.build(&["users", segment, "x"]).is_err(), "{segment}");
        }
        for segment in ["%2e%2e", "%2E", ".%2e"] {
            if let Ok(url) = paths.build(&["users", segment, "x"]) {
                assert_eq!(decoded(&url).get(4).unwrap(), segment);
            }
        }
    }

    #[test]
    fn a_base_is_a_host_and_a_path() {
        for base in
            ["mailto:a@b", "ftp://h", "http://h/?a", "http://h/#a", "http://u@h", "http://:p@h"]
        {
            assert!(Paths::below(base.parse().unwrap()).is_none(), "{base}");
        }
    }

    fn hostile_user() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            3 => "\\PC{1,4}".boxed(),
            2 => prop::sample::select(vec![
                "..", ".", "/", "\\", "%2F", "%2e", "%252F", "?", "#", "+", " ", "%", "%00", "flags", ";", "%ff",
            ]).prop_map(str::to_owned).boxed(),
        ];
        prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn every_url_decodes_to_exactly_the_target(
            user in hostile_user(), flag in "[A-Za-z0-9._-]{1,20}", below in prop::bool::ANY,
        ) {
            let (Ok(user), Ok(flag)) = (user.parse::<UserKey>(), flag.parse::<FlagKey>()) else {
                return Ok(());
            };
            let (base, skip) = if below { ("http://h/a/b/", 4) } else { ("http://h", 2) };
            let paths = paths(base);
            let target = target("prod", user.as_str());
            let (user, flag) = (user.as_str().to_owned(), flag.as_str().to_owned());
            let setting = paths.setting(&target.flag(flag.parse().unwrap())).unwrap();
            let expected = ["users", "shop", "prod", &user, "flags", &flag];
            prop_assert_eq!(&decoded(&setting)[skip..], &expected[..]);
            let expirations = paths.expirations(&target).unwrap();
            let expected = ["users", "shop", &user, "expiring-user-targets", "prod"];
            prop_assert_eq!(&decoded(&expirations)[skip..], &expected[..]);
            prop_assert!(setting.query().is_none() && setting.fragment().is_none());
            prop_assert_eq!(setting.host_str(), Some("h"));
        }
    }
}
