//! `flagward migrate-check`, against a LaunchDarkly that has both APIs, one, or none.

use std::time::{Duration, Instant};

use flagward::clock::Clock;
use flagward::simulator::{Fault, FaultKind, Limits, UserSettings};
use serde_json::{Value, json};

use crate::process::{Ended, PATIENCE, Running, Site, run_with_input};
use crate::wire::Served;

const EVALUATED: &str = "/api/v2/projects/shop/environments/test/flags/evaluate";
const USERS: &str =
    "anna@example.com\nben@example.org\n\na/b\nauth0|x y\nü\nnobody\nanna@example.com\n";

struct Stage {
    upstream: Served,
    site: Site,
}

impl Stage {
    fn set() -> Self {
        let upstream = Served::start(Clock::system());
        let site = Site::new(upstream.address(), &upstream.simulator.token());
        site.write("users.txt", USERS);
        Self { upstream, site }
    }

    /// Evaluates without stored attributes, which the User Settings API does not do.
    fn without_attributes(self) -> Self {
        self.site.edit("[[auth.issuers]]", "stored_attributes = false\n[[auth.issuers]]");
        self
    }

    async fn check(&self, team: &str, more: &[&str]) -> Ended {
        let rest = ["--team", team, "shop/test", "--users", "users.txt", "--per-minute", "6000"];
        self.site.run("migrate-check", &[&rest, more].concat()).await
    }
}

#[tokio::test]
async fn without_a_difference_it_says_so_and_ends_with_0() {
    let stage = Stage::set();
    let target = ("shop", "test", "ben@example.org", "checkout.limit");
    assert!(stage.upstream.simulator.change_elsewhere(target, Some("12345678901234567890")));
    let id = stage.upstream.simulator.variation_id("shop", "checkout.new-flow", "true").unwrap();
    let end = json!({"instructions": [{
        "kind": "addExpireUserTargetDate", "flagKey": "checkout.new-flow", "variationId": id,
        "value": 4_102_444_800_000_u64
    }]});
    let path = "/api/v2/users/shop/anna@example.com/expiring-user-targets/test";
    let token = stage.upstream.simulator.token();
    let kind = "application/json; domain-model=launchdarkly.semanticpatch";
    let headers = [("Authorization", token.as_str()), ("Content-Type", kind)];
    let scheduled = stage.upstream.send("PATCH", path, &headers, &end.to_string()).unwrap();
    assert_eq!(scheduled.status, 200, "{scheduled:?}");
    let changes = stage.upstream.simulator.history().len();
    let ended = stage.check("payments", &[]).await;
    let expected = "users compared: 6 of 6\nflag settings compared: 78, scheduled removals: 1\n\
                    differences: 0\nnot comparable: 0\n";
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), expected, ""));
    assert_eq!(stage.upstream.simulator.history().len(), changes, "nothing was written");
}

#[tokio::test]
async fn each_difference_is_named_with_both_values_and_it_ends_with_1() {
    let stage = Stage::set().without_attributes();
    let ended = stage.check("payments", &[]).await;
    assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""));
    insta::assert_snapshot!("differences", ended.out);

    let told = stage.check("payments", &["--json"]).await;
    let told: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(told["users"], json!({"given": 6, "compared": 6}));
    assert_eq!(told["differences_by_kind"], json!({"reason": 3, "value": 3}));
    let first = json!({
        "user": "anna@example.com", "flag": "beta.features", "kind": "value",
        "user_settings": true, "contexts": false
    });
    assert_eq!(told["differences"][0], first);
}

#[tokio::test]
async fn what_the_team_may_not_read_is_left_out() {
    let stage = Stage::set().without_attributes();
    let readers = stage.check("readers", &[]).await;
    assert_eq!(readers.code, Some(0), "{}{}", readers.out, readers.err);
    assert!(readers.out.contains("flag settings compared: 18,"), "{}", readers.out);

    stage.upstream.simulator.forget_requests();
    let bank = stage.check("bank", &[]).await;
    assert_eq!((bank.code, bank.err.as_str()), (Some(1), ""));
    let denied = "nobody: not comparable: you lack `read` on project `shop`, environment `test` for this user: \
                  no grant of your teams allows it";
    assert_eq!(bank.out.lines().nth(5), Some(denied), "{}", bank.out);
    let calls = stage.upstream.simulator.requests();
    assert!(calls.iter().all(|call| call.path == "/api/v2/versions"), "{calls:?}");
}

#[tokio::test]
async fn a_token_may_say_who_reads_and_the_users_may_come_from_standard_input() {
    let stage = Stage::set();
    let token = stage.site.token("payments").await;
    let rest = ["--token", "-", "shop/test", "--users", "users.txt", "--per-minute", "6000"];
    let ended = run_with_input(stage.site.command("migrate-check", &rest), &token).await;
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{}", ended.out);
    let rest = ["--team", "payments", "shop/test", "--users", "-"];
    let ended = run_with_input(stage.site.command("migrate-check", &rest), "anna\n").await;
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(ended.out.starts_with("users compared: 1 of 1\n"), "{}", ended.out);
}

#[tokio::test]
async fn wrong_usage_is_a_2_and_asks_nothing() {
    let stage = Stage::set();
    stage.site.write("bad.txt", "anna\n..\n");
    let run = async |rest: &[&str]| {
        let ended = stage.site.run("migrate-check", rest).await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{rest:?}: {}", ended.err);
        ended.err
    };
    let both = ["--token", "-", "shop/test", "--users", "-"];
    assert_eq!(run(&both).await, "standard input can't be both the token and the users\n");
    let bad = run(&["--team", "payments", "shop/test", "--users", "bad.txt"]).await;
    assert!(bad.starts_with("bad.txt:2: ") && bad.lines().count() == 1, "{bad}");
    let unknown = run(&["--team", "nobody", "shop/test", "--users", "users.txt"]).await;
    assert_eq!(unknown, "--team: the policy has no team `nobody`\n");
    let place = run(&["--team", "payments", "shop", "--users", "users.txt"]).await;
    assert!(place.contains("must be PROJECT/ENVIRONMENT"), "{place}");
    assert_eq!(stage.upstream.simulator.requests().len(), 0);
}

#[tokio::test]
async fn a_user_whom_launchdarkly_gives_no_answer_about_is_not_comparable() {
    let stage = Stage::set();
    let path = "/api/v2/users/shop/test/ben@example.org/flags";
    stage.upstream.simulator.add_fault(Fault::status(500).on("GET", path).times(9));
    let ended = stage.check("payments", &[]).await;
    assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""));
    let expected = "ben@example.org: not comparable: LaunchDarkly is out of order, with status 500\n\
                    users compared: 5 of 6\nflag settings compared: 65, scheduled removals: 0\n\
                    differences: 0\nnot comparable: 1\n";
    assert_eq!(ended.out, expected);
}

#[tokio::test]
async fn when_launchdarkly_goes_away_it_stops_and_says_how_far_it_came() {
    let stage = Stage::set();
    // The first user's answer and then no other, whichever is asked.
    stage.upstream.simulator.add_fault(Fault::status(503).on("POST", EVALUATED).times(99));
    let ended = stage.check("payments", &[]).await;
    assert_eq!(ended.code, Some(1));
    let last: Vec<_> = ended.out.lines().skip(3).collect();
    let expected = [
        "users compared: 0 of 6",
        "flag settings compared: 0, scheduled removals: 0",
        "differences: 0",
        "not comparable: 6",
        "ended early: LaunchDarkly does not answer",
    ];
    assert_eq!(last, expected);

    let nowhere = Site::alone();
    nowhere.write("users.txt", "anna\n");
    let rest = ["--team", "payments", "shop/test", "--users", "users.txt"];
    let ended = nowhere.run("migrate-check", &rest).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    assert!(ended.err.contains("LaunchDarkly is not reachable"), "{}", ended.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_interrupts_it_gets_what_was_found_so_far() {
    let stage = Stage::set();
    stage.upstream.simulator.add_fault(
        Fault::new(FaultKind::Hang { applied: false })
            .on("GET", "/api/v2/users/shop/test/a%2Fb/flags")
            .times(9),
    );
    let rest = ["--team", "payments", "shop/test", "--users", "users.txt", "--per-minute", "6000"];
    let running = Running::start(stage.site.command("migrate-check", &rest));
    let began = Instant::now();
    let third = |path: &str| path == "/api/v2/users/shop/test/a%2Fb/flags";
    while !stage.upstream.simulator.requests().iter().any(|call| third(&call.path)) {
        assert!(began.elapsed() < PATIENCE, "{}", running.err());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    running.signal("INT");
    let ended = running.ended().await;
    let expected = "users compared: 2 of 6\nflag settings compared: 26, scheduled removals: 0\n\
                    differences: 0\nnot comparable: 4\nended early: interrupted\n";
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(1), expected, ""));
}

#[tokio::test]
async fn it_says_plainly_when_there_is_nothing_left_to_compare_with() {
    let stage = Stage::set();
    stage.upstream.simulator.set_user_settings(UserSettings::Retired);
    let ended = stage.check("payments", &[]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    let plain = "LaunchDarkly no longer lists version 20220603: its User Settings API has ended, so there is nothing to \
                 compare with\n";
    assert!(ended.err.ends_with(plain) && ended.err.lines().count() == 1, "{}", ended.err);

    stage.upstream.simulator.set_user_settings(UserSettings::Gone);
    let ended = stage.check("payments", &[]).await;
    assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""));
    let last = "the User Settings API answers as removed, while its replacement answers";
    assert_eq!(ended.out.lines().last(), Some(last), "{}", ended.out);
    assert!(ended.out.contains("users compared: 0 of 6\n"), "{}", ended.out);
}

#[tokio::test]
async fn it_waits_rather_than_spend_the_second_half_of_the_rate_limit() {
    let stage = Stage::set();
    let limits = Limits { global: Some(40), ..Limits::default() };
    stage.upstream.simulator.set_limits(limits);
    let ended = stage.check("payments", &[]).await;
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{}", ended.out);
    let mut windows = std::collections::BTreeMap::<i64, usize>::new();
    for call in stage.upstream.simulator.requests() {
        *windows.entry(call.at.as_second().div_euclid(10)).or_default() += 1;
    }
    // One more than half, since what is left is known from the answer before.
    assert!(windows.len() > 1 && windows.values().all(|calls| *calls <= 21), "{windows:?}");
}
