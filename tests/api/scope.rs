//! Nothing outside of what somebody may do ever reaches `LaunchDarkly`. [`check`] runs at the end of every test with a
//! house; `ways_out.rs` tries every spelling of a way out.

use std::collections::HashSet;

use flagward::simulator::RecordedRequest;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use wildmatch::WildMatch;

/// What belongs to no caller: all that may be asked without a target.
const ERRANDS: [&str; 2] = ["/api/v2/caller-identity", "/api/v2/versions"];

/// What one request to `LaunchDarkly` was about.
#[derive(Debug, Default, PartialEq, Eq)]
struct Aim {
    project: String,
    environment: String,
    user: Option<String>,
    flags: Vec<String>,
}

/// Every request must be an errand, or be about a target that a grant of one of these policies covers and a user whom
/// the test named in one of the paths it asked for.
pub(crate) fn check(requests: &[RecordedRequest], policies: &[String], asked: &[String]) {
    let grants: Vec<_> = policies.iter().flat_map(|policy| grants(policy)).collect();
    let named: HashSet<String> = asked.iter().flat_map(|path| segments(path)).collect();
    for request in requests {
        let said = format!("{} {}", request.method, request.path);
        if request.method == "GET" && ERRANDS.contains(&&*request.path) {
            continue;
        }
        let aim = aim(request).unwrap_or_else(|| panic!("{said} is no call of ours"));
        assert!(grants.iter().any(|grant| grant.covers(&aim)), "{said} is outside of every grant");
        if let Some(user) = &aim.user {
            assert!(named.contains(user), "{said} is about a user whom nobody asked for");
            assert!(!has_dots(user), "{said} may be read as another path");
        }
    }
}

struct Grant {
    projects: Vec<WildMatch>,
    environments: Vec<WildMatch>,
    flags: Vec<WildMatch>,
    users: Vec<WildMatch>,
}

impl Grant {
    fn covers(&self, aim: &Aim) -> bool {
        let any = |globs: &[WildMatch], key: &str| globs.iter().any(|glob| glob.matches(key));
        any(&self.projects, &aim.project)
            && any(&self.environments, &aim.environment)
            && aim.user.as_ref().is_none_or(|user| any(&self.users, user))
            && aim.flags.iter().all(|flag| any(&self.flags, flag))
    }
}

/// The grants of a policy file, read without our own policy room, so that one mistake cannot hide the other.
fn grants(policy: &str) -> Vec<Grant> {
    let table: toml::Table = toml::from_str(policy).unwrap_or_default();
    let list =
        |value: Option<&toml::Value>| value.and_then(|v| v.as_array()).cloned().unwrap_or_default();
    let grants = list(table.get("teams")).into_iter().flat_map(|team| list(team.get("grants")));
    let globs = |grant: &toml::Value, name: &str| -> Vec<WildMatch> {
        let Some(globs) = grant.get(name) else {
            return vec![WildMatch::new("*")];
        };
        list(Some(globs)).iter().filter_map(|glob| glob.as_str().map(WildMatch::new)).collect()
    };
    let grant = |grant: toml::Value| Grant {
        projects: globs(&grant, "projects"),
        environments: globs(&grant, "environments"),
        flags: globs(&grant, "flags"),
        users: globs(&grant, "users"),
    };
    grants.map(grant).collect()
}

/// The parts of a path, decoded once.
fn segments(path: &str) -> Vec<String> {
    let path = path.split('?').next().unwrap_or_default();
    path.split('/').map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect()
}

fn has_dots(text: &str) -> bool {
    text.split(['/', '\\']).any(|part| matches!(part, "." | ".."))
}

/// What a request was about; none if it is none of the calls that belong to callers.
fn aim(request: &RecordedRequest) -> Option<Aim> {
    let parts = segments(&request.path);
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let of = |project: &str, environment: &str, user: Option<&str>, flags| {
        let user = user.map(str::to_owned);
        Aim { project: project.into(), environment: environment.into(), user, flags }
    };
    let aim = match parts.as_slice() {
        ["", "api", "v2", "users", project, environment, user, "flags", flag @ ..]
            if flag.len() < 2 =>
        {
            of(
                project,
                environment,
                Some(*user),
                flag.iter().map(|flag| (*flag).to_owned()).collect(),
            )
        }
        ["", "api", "v2", "users", project, user, "expiring-user-targets", environment] => {
            of(project, environment, Some(*user), scheduled(&request.body))
        }
        ["", "api", "v2", "flags", project, flag] => {
            of(project, environment_asked(request)?, None, vec![(*flag).to_owned()])
        }
        ["", "api", "v2", "flags", project] if request.method == "GET" => {
            of(project, environment_asked(request)?, None, Vec::new())
        }
        ["", "api", "v2", "flags", project, flag, "expiring-targets", environment] => {
            // Only a change must be of flags that a grant covers: a list is asked for flag by flag.
            let flags = if request.method == "GET" { vec![] } else { vec![(*flag).to_owned()] };
            of(project, environment, context(&request.body).as_deref(), flags)
        }
        [
            "",
            "api",
            "v2",
            "projects",
            project,
            "environments",
            environment,
            "flags",
            "evaluate",
        ] => {
            let body: Value = serde_json::from_str(&request.body).ok()?;
            assert_eq!(body["kind"], "user", "only users are evaluated");
            of(project, environment, Some(body["key"].as_str()?), Vec::new())
        }
        [
            "",
            "api",
            "v2",
            "projects",
            project,
            "environments",
            environment,
            "contexts",
            "user",
            user,
            flag @ ..,
        ] => {
            let flags = match flag {
                [] => Vec::new(),
                ["flags", flag] => vec![(*flag).to_owned()],
                _ => return None,
            };
            of(project, environment, Some(*user), flags)
        }
        _ => return None,
    };
    Some(aim)
}

/// The one environment that the query names.
fn environment_asked(request: &RecordedRequest) -> Option<&str> {
    let (_, query) = request.path.split_once('?')?;
    let mut named = query.split('&').filter_map(|part| part.strip_prefix("env="));
    let environment = named.next()?;
    named.next().is_none().then_some(environment)
}

/// The one user whom all instructions of a patch name; none for a read.
fn context(body: &str) -> Option<String> {
    let body: Value = serde_json::from_str(body).ok()?;
    let instructions = body["instructions"].as_array()?;
    let keys: HashSet<_> = instructions
        .iter()
        .map(|one| {
            assert_eq!(one["contextKind"], "user", "only users are scheduled");
            one["contextKey"].as_str().unwrap_or_default().to_owned()
        })
        .collect();
    assert!(keys.len() <= 1, "one patch is about one user");
    keys.into_iter().next()
}

/// The flags that the instructions of a patch name.
fn scheduled(body: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let instructions = body["instructions"].as_array().cloned().unwrap_or_default();
    instructions.iter().map(|one| one["flagKey"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_check_itself_finds_what_is_outside() {
    let policy = crate::house::POLICY.to_owned();
    let asked = ["/v1/projects/shop/environments/test/users/anna/flags".to_owned()];
    let fails = |method: &str, path: &str, body: &str| {
        let request = RecordedRequest {
            at: jiff::Timestamp::UNIX_EPOCH,
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: body.to_owned(),
        };
        let (policies, asked) = (vec![policy.clone()], asked.clone());
        std::panic::catch_unwind(move || check(&[request], &policies, &asked)).is_err()
    };
    assert!(!fails("GET", "/api/v2/users/shop/test/anna/flags", ""));
    assert!(!fails("GET", "/api/v2/caller-identity", ""));
    assert!(fails("POST", "/api/v2/caller-identity", ""));
    assert!(fails("GET", "/api/v2/users/attic/test/anna/flags", ""));
    assert!(fails("GET", "/api/v2/users/shop/test/ben/flags", ""));
    assert!(fails("GET", "/api/v2/flags/attic/f?env=test", ""));
    assert!(fails("GET", "/api/v2/flags/shop/f", ""));
    assert!(fails("GET", "/api/v2/tokens", ""));
}
