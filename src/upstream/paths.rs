//! Every URL that we ask for. The URL is a part of the authorization: it is built from the target of a permit,
//! segment by segment, and must mean exactly that target. What can't be addressed so is refused.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::Url;

use super::failure::Failure;
use crate::domain::{FlagKey, FlagTarget, Place, UserTarget};

/// The words between the base and `LaunchDarkly`'s resources.
const API: [&str; 2] = ["api", "v2"];

/// What `url` leaves in a path although no path may hold it (RFC 3986, 3.3), and what other clients encode.
const NEVER_IN_A_PATH: &AsciiSet = &CONTROLS.add(b'|').add(b'[').add(b']');
/// What may stand in a path, but is written encoded where the path is text for somebody to read.
const DELIMITERS: &AsciiSet = &NEVER_IN_A_PATH
    .add(b'!')
    .add(b'$')
    .add(b'&')
    .add(b'\'')
    .add(b'(')
    .add(b')')
    .add(b'*')
    .add(b'+')
    .add(b',')
    .add(b':')
    .add(b';')
    .add(b'=')
    .add(b'@');

/// The kind of context that a user is.
pub(super) const USER: &str = "user";

/// A page of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    pub(super) limit: usize,
    pub(super) offset: usize,
}

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

    /// `/flags/{project}?env={environment}&summary=0&limit={limit}&offset={offset}`. Targets are listed only where the
    /// environment is named and no summary is asked for.
    pub(super) fn flags(&self, place: &Place, page: Page) -> Result<Url, Failure> {
        let mut url = self.build(&["flags", place.project.as_str()])?;
        url.query_pairs_mut()
            .append_pair("env", place.environment.as_str())
            .append_pair("summary", "0")
            .append_pair("limit", &page.limit.to_string())
            .append_pair("offset", &page.offset.to_string());
        Ok(url)
    }

    /// `/projects/{project}/environments/{environment}/contexts/user/{user}/flags/{flag}`.
    pub(super) fn context_setting(&self, target: &FlagTarget) -> Result<Url, Failure> {
        let [project, environment, user] = flag_route(&target.user)?;
        let flag = target.flag.as_str();
        self.build(&[
            "projects",
            project,
            "environments",
            environment,
            "contexts",
            USER,
            user,
            "flags",
            flag,
        ])
    }

    /// `/projects/{project}/environments/{environment}/contexts/user/{user}`.
    pub(super) fn context(&self, target: &UserTarget) -> Result<Url, Failure> {
        let [project, environment, user] = flag_route(target)?;
        self.build(&["projects", project, "environments", environment, "contexts", USER, user])
    }

    /// `/projects/{project}/environments/{environment}/flags/evaluate`, narrowed to the flags whose key or name holds
    /// `flag`.
    pub(super) fn evaluate(
        &self,
        target: &UserTarget,
        flag: Option<&FlagKey>,
    ) -> Result<Url, Failure> {
        let [project, environment, _] = flag_route(target)?;
        let segments = ["projects", project, "environments", environment, "flags", "evaluate"];
        let mut url = self.build(&segments)?;
        if let Some(flag) = flag {
            let filter = format!("query equals {}", flag.as_str());
            url.query_pairs_mut().append_pair("filter", &filter);
        }
        Ok(url)
    }

    /// `/flags/{project}/{flag}/expiring-targets/{environment}`.
    pub(super) fn expiring_targets(&self, place: &Place, flag: &FlagKey) -> Result<Url, Failure> {
        let (project, environment) = (place.project.as_str(), place.environment.as_str());
        self.build(&["flags", project, flag.as_str(), "expiring-targets", environment])
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

    /// The same as a link: everything is encoded but letters, digits and `-._~`, so that one resource has one link.
    pub(super) fn link(&self, url: &Url) -> String {
        utf8_percent_encode(self.relative(url), DELIMITERS).to_string()
    }

    /// The base, the API, and these segments, each encoded as one. `url` drops dots silently, and with them
    /// changes the resource, so that all of the segments must be found again.
    pub(super) fn build(&self, segments: &[&str]) -> Result<Url, Failure> {
        if segments.iter().any(|one| matches!(*one, "" | "." | "..")) {
            return Err(Failure::Ambiguous);
        }
        let mut url = self.base.clone();
        match url.path_segments_mut() {
            Ok(mut path) => path.extend(API).extend(segments),
            Err(()) => return Err(Failure::Ambiguous),
        };
        // Nothing that separates, and nothing that is encoded already, is touched.
        let path = utf8_percent_encode(url.path(), NEVER_IN_A_PATH).to_string();
        url.set_path(&path);
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
