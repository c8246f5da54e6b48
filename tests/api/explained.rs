//! One question, asked in every way there is: `flagward explain`, `permissions/check`, the refusal on either API, and Slack's. All
//! say the same, since one piece of code says it.

use serde_json::{Value, json};

use crate::house::House;
use crate::outcome::refusal;
use crate::process::{Site, run_with_input};
use crate::slack_house::{SlackHouse, text};

const POLICY: &str = r#"
[[teams]]
name = "payments"
members = ["idp/team:payments", "slack/T1/UPAY", "slack/T1/UBOTH"]
  [[teams.grants]]
  projects = ["shop"]
  environments = ["*"]
  actions = ["read", "set", "clear", "schedule"]
  [[teams.denies]]
  projects = ["*"]
  environments = ["*"]
  flags = ["kill-switch.*"]
  actions = ["read"]

[[teams]]
name = "careful"
members = ["idp/team:careful", "slack/T1/UBOTH", "slack/T1/UCAREFUL"]
  [[teams.grants]]
  projects = ["shop"]
  environments = ["test"]
  flags = ["checkout.*"]
  actions = ["clear"]
  [[teams.denies]]
  projects = ["*"]
  environments = ["prod*"]
  actions = ["set", "schedule"]

[[teams]]
name = "bank"
members = ["idp/team:bank", "slack/T1/UBANK"]
  [[teams.grants]]
  projects = ["bank"]
  environments = ["*"]
  actions = ["set"]
"#;

/// Everybody: their teams as a token says them, and the same person in Slack.
const CALLERS: [(&[&str], &str); 5] = [
    (&["payments"], "UPAY"),
    (&["careful", "payments"], "UBOTH"),
    (&["careful"], "UCAREFUL"),
    (&["bank"], "UBANK"),
    (&["strangers"], "UNOBODY"),
];
const TARGETS: [(&str, &str, &str); 5] = [
    ("shop", "test", "checkout.new-flow"),
    ("shop", "production", "checkout.new-flow"),
    ("shop", "test", "kill-switch.payments"),
    ("bank", "production", "sort.order"),
    ("tank", "production", "sort.order"),
];
const ACTIONS: [&str; 4] = ["read", "set", "clear", "schedule"];

/// One action on one flag, for a user.
struct Question {
    action: &'static str,
    project: &'static str,
    environment: &'static str,
    flag: &'static str,
}

fn questions() -> impl Iterator<Item = Question> {
    TARGETS.into_iter().flat_map(|(project, environment, flag)| {
        ACTIONS.map(|action| Question { action, project, environment, flag })
    })
}

impl Question {
    /// The question as an object, as `permissions/check` takes it.
    fn body(&self) -> String {
        let Self { action, project, environment, flag } = self;
        json!({"action": action, "project": project, "environment": environment, "flag": flag, "user": "u"}).to_string()
    }

    /// The requests that need this action, on either API.
    fn requests(&self) -> Vec<(&'static str, String, &'static str)> {
        let Self { action, project, environment, flag } = self;
        let v1 = format!("/v1/projects/{project}/environments/{environment}/users/u/flags/{flag}");
        let drop_in = format!("/api/v2/users/{project}/{environment}/u/flags/{flag}");
        match *action {
            "read" => vec![("GET", v1, ""), ("GET", drop_in, "")],
            "set" => {
                let body = r#"{"setting":true}"#;
                vec![("PUT", v1, body), ("PUT", drop_in, body)]
            }
            "clear" => vec![("DELETE", v1, ""), ("PUT", drop_in, "{}")],
            _ => vec![
                ("PUT", format!("{v1}/expiration"), r#"{"expires_in":"1h"}"#),
                ("DELETE", format!("{v1}/expiration"), ""),
            ],
        }
    }

    fn command(&self) -> String {
        let Self { action, project, environment, flag } = self;
        let rest = format!("{flag} u -p {project} -e {environment}");
        match *action {
            "read" => format!("get {rest}"),
            "set" => format!("on {rest}"),
            "clear" => format!("clear {rest}"),
            _ => format!("expire {rest} --in 1h"),
        }
    }
}

/// What `flagward explain` says to a question: whether it is allowed, and the rule.
async fn explained(site: &Site, token: &str, question: &Question) -> (bool, String) {
    let Question { action, project, environment, flag } = question;
    let target = format!("{project}/{environment}/{flag}");
    let rest = ["--token", "-", action, &target, "--user", "u"];
    let explained = run_with_input(site.command("explain", &rest), token).await;
    assert_eq!(explained.err, "");
    let (verdict, rule) = explained.out.lines().next().unwrap().split_once(": ").unwrap();
    assert_eq!(explained.code, Some(i32::from(verdict == "denied")));
    (verdict == "allowed", rule.to_owned())
}

/// What `permissions/check` says to whoever sends these headers.
async fn check(house: &House, headers: &[(&str, &str)], question: &Question) -> Value {
    house.send("POST", "/v1/permissions/check", headers, &question.body()).await.json()
}

/// The refusal's sentence, with one of two actions named where the route can mean either before its body is read.
fn sentence(refusal: &str, action: &str) -> String {
    let (_, sentence) = refusal.split_once(": ").unwrap();
    let (start, rules) = sentence.split_once(" for this user: ").unwrap();
    let start = start.replace("`set` or `clear`", &format!("`{action}`"));
    // Where the two are refused by different rules, each is named with its own.
    let own = rules.split("; ").find_map(|rule| rule.strip_prefix(&format!("`{action}`: ")));
    format!("{start} for this user: {}", own.unwrap_or(rules))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_ask_gives_the_same_answer_in_the_same_words() {
    let site = Site::alone();
    site.write("policy.toml", POLICY);
    let slack = SlackHouse::under(POLICY, &[]);
    let house = &slack.house;
    house.note("/users/u/");
    let mut allowed = 0;
    for (teams, person) in CALLERS {
        let mut named = vec!["--subject", "alice"];
        named.extend(teams.iter().flat_map(|team| ["--team", team]));
        let minted = site.run("token", &named).await.out;
        let bearer = format!("Bearer {}", house.token("alice", teams));
        let headers = [("Authorization", &*bearer), ("Content-Type", "application/json")];
        for question in questions() {
            let case = format!("{teams:?} {} {}", question.action, question.body());
            let (is_allowed, rule) = explained(&site, minted.trim(), &question).await;
            let verdict = check(house, &headers, &question).await;
            assert_eq!(verdict["allowed"], is_allowed, "{case}");
            assert_eq!(verdict["rule"], rule, "{case}");
            if is_allowed {
                allowed += 1;
                continue;
            }
            let mut sentences = Vec::new();
            for (method, path, body) in question.requests() {
                let refused = refusal(&house.send(method, &path, &headers, body).await);
                assert!(refused.starts_with("403 "), "{case}: {refused}");
                sentences.push(sentence(&refused, question.action));
            }
            let expected = format!(
                "you lack `{}` on project `{}`, environment `{}`, flag `{}` for this user: {rule}",
                question.action, question.project, question.environment, question.flag
            );
            assert_eq!(sentences, [expected.clone(), expected.clone()], "{case}");
            let said = text(&slack.slack.says(person, &question.command()).await);
            if rule == "you are in no team of the policy" {
                assert!(said.contains("you are in no team of its policy"), "{case}: {said}");
            } else {
                // Nobody in a chat has the file in which the rule has its place.
                let plain =
                    rule.split_once(" of team").map(|(_, rest)| format!("a deny of team{rest}"));
                let expected = expected.replace(&rule, plain.as_deref().unwrap_or(&rule));
                let expected = expected.replacen("you", "You", 1);
                assert!(said.contains(&format!("{expected}.")), "{case}: {said}");
            }
        }
    }
    assert_eq!(house.upstream_calls(), 0);
    assert_eq!(allowed, 8 + 6 + 2 + 2, "so that it is seen which were left out");
    slack.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_allowed_is_refused_by_nobody() {
    let slack = SlackHouse::under(POLICY, &[]);
    let house = &slack.house;
    house.note("/users/u/");
    for (teams, person) in CALLERS {
        let bearer = format!("Bearer {}", house.token("alice", teams));
        let headers = [("Authorization", &*bearer), ("Content-Type", "application/json")];
        for question in questions().filter(|question| question.project == "shop") {
            if check(house, &headers, &question).await["allowed"] == false {
                continue;
            }
            for (method, path, body) in question.requests() {
                let answer = house.send(method, &path, &headers, body).await;
                assert_ne!(answer.status, 403, "{teams:?} {method} {path}");
            }
            let said = text(&slack.slack.says(person, &question.command()).await);
            assert!(!said.contains("ou lack"), "{teams:?} {}: {said}", question.command());
        }
    }
    slack.house.close().await;
}
