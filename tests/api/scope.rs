//! Nothing outside of what somebody may do ever reaches `LaunchDarkly`. [`check`] runs at the end of every test with a
//! house; the tests here try every spelling of a way out.

use std::collections::HashSet;

use flagward::simulator::RecordedRequest;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use wildmatch::WildMatch;

use crate::house::House;

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

/// Spellings of a way from the shop's user into the bank.
const WAYS_OUT: [&str; 26] = [
    "..%2f..%2fbank%2fproduction%2fu9",
    "..%2F..%2Fbank%2Fproduction%2Fu9",
    "%2e%2e%2f%2e%2e%2fbank%2fproduction%2fu9",
    "%2e%2e",
    "%2E.",
    "..",
    ".",
    "%2e",
    "../../bank/production/u9",
    "..%5c..%5cbank%5cproduction%5cu9",
    "..\\..\\bank\\production\\u9",
    "..%5C..%2Fbank",
    "a/../../../bank/production/u9",
    "a%2f..%2f..%2f..%2fbank%2fproduction%2fu9",
    "a%2f%2e%2e",
    "a%5c.",
    "%00",
    "u9%00",
    "u9%0d%0aHost:%20bank",
    "%ff",
    "%c0%ae%c0%ae%2f",
    "%zz",
    "%",
    "%u002e%u002e",
    "",
    "/",
];

/// Spellings that look like a way out and are a user's plain key.
const STRANGE_KEYS: [&str; 8] = [
    "%252e%252e%252f%252e%252e%252fbank",
    "..%252f..%252fbank",
    "..;%2fbank",
    "a%2f%2fb",
    ";bank=u9",
    "u9%3fenv=production",
    "u9%23bank",
    "...%2fu9",
];

/// The paths of reads and writes of one user of the shop, on both APIs.
fn doors(user: &str) -> [(&'static str, String); 7] {
    let v1 = format!("/v1/projects/shop/environments/test/users/{user}");
    let drop_in = format!("/api/v2/users/shop/test/{user}/flags");
    [
        ("GET", format!("{v1}/flags")),
        ("GET", format!("{v1}/flags/sort.order")),
        ("PUT", format!("{v1}/flags/sort.order")),
        ("GET", format!("{v1}/expirations")),
        ("GET", drop_in.clone()),
        ("PUT", format!("{drop_in}/sort.order")),
        ("GET", format!("/api/v2/users/shop/{user}/expiring-user-targets/test")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_a_user_leads_out_of_the_project() {
    let house = House::open();
    for user in WAYS_OUT {
        for (method, path) in doors(user) {
            let answer = house.ask(method, &path, r#"{"setting":"price"}"#).await;
            assert!(matches!(answer.status, 400 | 404), "{method} {path}: {answer:?}");
        }
    }
    assert_eq!(house.upstream_calls(), 0);
    assert!(house.upstream.simulator.history().is_empty());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_keys_are_decoded_once_and_stay_one_user() {
    let house = House::open();
    for user in STRANGE_KEYS {
        let key = percent_decode_str(user).decode_utf8().unwrap().into_owned();
        for (method, path) in doors(user) {
            let answer = house.ask(method, &path, r#"{"setting":"price"}"#).await;
            assert!(answer.status < 300, "{method} {path}: {answer:?}");
        }
        let set = house.upstream.simulator.setting("shop", "test", &key, "sort.order");
        assert_eq!(set.as_deref(), Some("\"price\""), "{user}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_the_other_keys_leads_anywhere() {
    let house = House::open();
    for key in WAYS_OUT.into_iter().chain(STRANGE_KEYS) {
        for path in [
            format!("/v1/projects/{key}/environments/test/users/u/flags"),
            format!("/v1/projects/shop/environments/{key}/users/u/flags"),
            format!("/v1/projects/shop/environments/test/users/u/flags/{key}"),
            format!("/api/v2/users/{key}/test/u/flags"),
            format!("/api/v2/users/shop/{key}/u/flags"),
            format!("/api/v2/users/shop/test/u/flags/{key}"),
            format!("/api/v2/users/{key}/u/expiring-user-targets/test"),
            format!("/api/v2/users/shop/u/expiring-user-targets/{key}"),
        ] {
            let answer = house.ask("GET", &path, "").await;
            assert!(matches!(answer.status, 400 | 403 | 404), "{path}: {answer:?}");
        }
    }
    assert_eq!(house.upstream_calls(), 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_of_a_request_target_leads_elsewhere() {
    let house = House::open();
    let bank = "/v1/projects/bank/environments/production/users/u9/flags";
    for target in [
        format!("http://bank.example.com{bank}"),
        "http://bank.example.com/api/v2/users/shop/../../bank/production/u9/flags".to_owned(),
        format!("/{bank}"),
        format!("/.{bank}"),
        format!("/v1/..{bank}"),
        "/v1/projects/shop/../bank/environments/production/users/u9/flags".to_owned(),
        "/v1/projects/shop/environments/test/users/u/flags/../../../../../../bank".to_owned(),
        "/v1/projects/shop;bank/environments/test/users/u/flags".to_owned(),
        "/v1/./projects/bank/environments/production/users/u9/flags".to_owned(),
        "/v1%2fprojects%2fbank%2fenvironments%2fproduction%2fusers%2fu9%2fflags".to_owned(),
        "/api/v2/users/bank/production/u9/flags".to_owned(),
        "/api/v2/users/shop/test/u9/flags/sort.order/../../../../bank/production/u9/flags"
            .to_owned(),
        "/api/v2/users/shop//../bank/production/u9/flags".to_owned(),
        "/api/v2/users/shop/expiring-user-targets/flags".to_owned(),
        "/api/v2/users/shop/u9/expiring-user-targets/flags".to_owned(),
        "/api/v2/caller-identity".to_owned(),
        "/api/v2/tokens".to_owned(),
        "/api/v2/flags/shop/sort.order?env=test".to_owned(),
        "*".to_owned(),
    ] {
        let answer = house.ask("GET", &target, "").await;
        assert!((400..500).contains(&answer.status), "{target}: {answer:?}");
    }
    assert_eq!(house.upstream_calls(), 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absolute_target_means_its_path() {
    let house = House::open();
    let path = "http://elsewhere.example.com/v1/projects/shop/environments/test/users/anna@example.com/flags/sort.order";
    assert_eq!(house.ask("GET", path, "").await.json()["user"], "anna@example.com");
    house.close().await;
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
