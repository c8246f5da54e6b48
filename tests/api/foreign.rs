//! A project that is not theirs looks to callers like one that is not there: the same bytes, but for the key that they
//! sent themselves and the request's id. On every route, and in Slack.

use std::collections::BTreeSet;

use flagward::http::ROUTES;
use serde_json::json;

use crate::house::House;
use crate::slack_house::SlackHouse;
use crate::slack_kit::ANNE;
use crate::wire::Answer;

/// One that the policy and LaunchDarkly know, and one that nobody knows. As long as one another, so that lengths tell
/// nothing in this test that they don't tell callers.
const THERE: &str = "bank";
const NOWHERE: &str = "tank";

fn bodies() -> [String; 3] {
    let one =
        json!({"kind": "removeExpireUserTargetDate", "flagKey": "sort.order", "variationId": "v"});
    [
        r#"{"setting":true,"comment":"why"}"#.to_owned(),
        r#"{"expires_in":"1h"}"#.to_owned(),
        json!({"instructions": [one]}).to_string(),
    ]
}

/// Every operation on a project, with that project's key left to be filled in.
fn operations() -> impl Iterator<Item = (&'static str, String)> {
    let with_project = ROUTES.iter().filter(|route| route.pattern.contains("{project}"));
    with_project.flat_map(|route| {
        let keys = [("environment", "production"), ("user", "u9"), ("flag", "sort.order")];
        let path = keys.iter().fold(route.pattern.to_owned(), |path, (name, key)| {
            path.replace(&format!("{{{name}}}"), key)
        });
        route.methods.iter().map(move |method| (*method, path.clone()))
    })
}

/// All of an answer that a caller sees, but for what differs in any two.
fn seen(answer: &Answer) -> String {
    let id = answer.header("x-request-id").unwrap();
    let own = |name: &str| matches!(name, "x-request-id" | "date");
    let headers: BTreeSet<_> = answer.headers.iter().filter(|(name, _)| !own(name)).collect();
    let body = answer.body.replace(id, "ID");
    format!("{} {headers:?} {body}", answer.status)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_project_and_one_that_is_not_there_are_the_same_to_every_route() {
    let house = House::open();
    let mut asked = 0;
    for team in ["payments", "readers", "strangers"] {
        for (method, path) in operations() {
            for body in bodies() {
                let ask = |project: &str| {
                    let path = path.replace("{project}", project);
                    let (house, body) = (&house, &body);
                    async move { house.ask_as(team, method, &path, body).await }
                };
                let (there, nowhere) = (ask(THERE).await, ask(NOWHERE).await);
                assert_eq!(there.status, 403, "{team} {method} {path}");
                assert_eq!(
                    seen(&there),
                    seen(&nowhere).replace(NOWHERE, THERE),
                    "{team} {method} {path}"
                );
                asked += 1;
            }
        }
        for action in ["read", "set", "clear", "schedule"] {
            let ask = |project: &str| {
                let question =
                    json!({"action": action, "project": project, "environment": "production"});
                let house = &house;
                let path = "/v1/permissions/check";
                async move { house.ask_as(team, "POST", path, &question.to_string()).await }
            };
            let (there, nowhere) = (ask(THERE).await, ask(NOWHERE).await);
            assert_eq!(seen(&there), seen(&nowhere), "{team} {action}");
        }
    }
    assert!(asked > 100, "{asked}");
    assert_eq!(house.upstream_calls(), 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn and_to_every_command_in_slack() {
    let site = SlackHouse::open();
    for command in [
        "list u9",
        "list u9 --overridden",
        "get sort.order u9",
        "set sort.order price u9 --note why",
        "on sort.order u9",
        "off sort.order u9 --for 1h",
        "clear sort.order u9",
        "expire sort.order u9 --in 1h",
        "expire sort.order u9 --never",
    ] {
        for person in [ANNE, crate::slack_kit::NOBODY] {
            let ask = |project: &str| {
                let text = format!("{command} -p {project} -e production");
                let slack = &site.slack;
                async move { slack.says(person, &text).await.to_string() }
            };
            let (there, nowhere) = (ask(THERE).await, ask(NOWHERE).await);
            assert_eq!(there, nowhere.replace(NOWHERE, THERE), "{command}");
        }
    }
    assert_eq!(site.house.upstream_calls(), 0);
    site.house.close().await;
}
