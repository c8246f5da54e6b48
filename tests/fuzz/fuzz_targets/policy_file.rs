//! Any text as a policy file: nothing panics, a fault stands on one of its lines, and of what is a policy all that
//! decides and explains says the same.
#![no_main]

use std::cell::RefCell;
use std::sync::Arc;

use flagward::auth::Caller;
use flagward::domain::{FlagKey, Place, UserTarget};
use flagward::policy::{
    Action, ActionKind, Clear, Guards, Identity, Policy, PolicyFault, Read, Resource, Schedule, Set,
};
use flagward::telemetry::Metrics;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

/// With a single issuer, members need not name it.
const ISSUERS: [&[&str]; 2] = [&["idp", "k8s"], &["idp"]];
/// Each policy leaves series of its teams in the metrics: after so many these are made anew.
const POLICIES_PER_METRICS: usize = 1_000;
/// How many words of the file are taken for keys and for teams, beside those that are always asked about.
const WORDS: usize = 4;
const FLAGS: [&str; 3] = ["checkout.new", "kill-switch.all", "sort.order"];

thread_local! {
    static METRICS: RefCell<(Metrics, usize)> = RefCell::new((metrics(), 0));
}

fn metrics() -> Metrics {
    Metrics::new("fuzz").expect("no two families have one name")
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for issuers in ISSUERS {
        match parse(text, issuers) {
            Ok(policy) => ask(&Arc::new(policy), text),
            Err(faults) => faulty(&faults, text),
        }
    }
});

fn parse(text: &str, issuers: &[&str]) -> Result<Policy, Vec<PolicyFault>> {
    METRICS.with_borrow_mut(|(metrics, policies)| {
        let outcome = Policy::parse(text, issuers, metrics);
        *policies += usize::from(outcome.is_ok());
        if *policies == POLICIES_PER_METRICS {
            (*metrics, *policies) = (self::metrics(), 0);
        }
        outcome
    })
}

fn faulty(faults: &[PolicyFault], text: &str) {
    assert!(!faults.is_empty(), "a refusal says why");
    assert!(faults.is_sorted_by_key(|fault| fault.line));
    let lines = text.split('\n').count();
    for fault in faults {
        assert!((1..=lines).contains(&fault.line), "{fault} in {lines} lines");
        assert!(!fault.key.is_empty() && !fault.expected.is_empty(), "{fault:?}");
        assert!(!fault.to_string().contains(['\n', '\r', '\u{1b}']), "more than a line: {fault:?}");
    }
}

/// Fixed questions, and some about what the file names, for callers of every door.
fn ask(policy: &Arc<Policy>, text: &str) {
    let words: Vec<&str> =
        text.split(['"', '\'', ':']).filter(|word| is_key(word)).take(WORDS).collect();
    let teams: Vec<&str> = words.iter().copied().chain(["payments"]).collect();
    let callers = [
        ("idp", "alice", teams.as_slice()),
        ("k8s", "system:serviceaccount:payments:e2e", &[]),
        ("slack", "T024BE7LD/U0G9QF9C6", &[]),
    ];
    let callers = callers.map(|(issuer, subject, teams)| {
        policy.identify(Caller::insecure_for_test(issuer, subject, teams, Timestamp::MAX))
    });
    let operators = teams.iter().filter_map(|team| policy.insecure_operator_in(team));
    let flags = FLAGS.iter().chain(&words).map(|key| key.parse().expect("a key"));
    let flags: Vec<FlagKey> = flags.collect();
    let own = words.first().copied().unwrap_or("shop");
    let targets = [
        target("checkout", "production", "anna@example.com"),
        target(own, words.get(1).copied().unwrap_or("test"), own),
    ];
    for identity in callers.into_iter().chain(operators) {
        assert!(identity.teams().count() <= policy.summary().teams);
        assert!(identity.grants().len() <= policy.summary().grants);
        for target in &targets {
            agree(&identity, target, &flags);
        }
    }
}

fn is_key(word: &str) -> bool {
    word.parse::<FlagKey>().is_ok()
}

fn target(project: &str, environment: &str, user: &str) -> UserTarget {
    let (project, environment) =
        (project.parse().expect("a key"), environment.parse().expect("a key"));
    UserTarget { place: Place { project, environment }, user: user.parse().expect("a user key") }
}

/// Whoever decides, explains or lists: all say the same about this caller.
fn agree(identity: &Identity, user: &UserTarget, flags: &[FlagKey]) {
    let somewhere = decisions(identity, user);
    let around = identity.policy().guards_on(user);
    let permit = Policy::authorize::<Read, _>(identity, user.clone()).ok();
    for flag in flags {
        let target = user.flag(flag.clone());
        let here = decisions(identity, &target);
        for (n, action) in ActionKind::ALL.into_iter().enumerate() {
            assert!(!here[n] || here[0], "{action} includes read of {flag}");
            assert!(!here[n] || somewhere[n], "{action} on {flag}, but on no flag at all");
        }
        let sees = permit.as_ref().is_some_and(|permit| permit.sees(flag));
        assert_eq!(sees, here[0], "a list shows {flag} to whoever may read it");
        let sees_all = permit.as_ref().is_some_and(|permit| permit.sees_all());
        assert!(sees || !sees_all, "who sees all sees {flag}");
        assert!(is_as_strict(around, identity.policy().guards_on(&target)), "guards on {flag}");
    }
}

/// Which actions are allowed, in the order of [`ActionKind::ALL`].
fn decisions<T: Resource>(identity: &Identity, target: &T) -> [bool; 4] {
    ActionKind::ALL.map(|action| {
        let explained = Policy::explain(identity, action, target);
        let decided = match action {
            ActionKind::Read => decide::<Read, T>(identity, target),
            ActionKind::Set => decide::<Set, T>(identity, target),
            ActionKind::Clear => decide::<Clear, T>(identity, target),
            ActionKind::Schedule => decide::<Schedule, T>(identity, target),
        };
        assert_eq!(explained.is_allowed(), decided.is_none(), "{action} on {target:?}");
        let rule = explained.rule().to_string();
        assert!(decided.is_none_or(|told| told.contains(&rule)), "a refusal names the rule");
        explained.is_allowed()
    })
}

/// What a refused caller is told; none where it is allowed.
fn decide<A: Action, T: Resource>(identity: &Identity, target: &T) -> Option<String> {
    Policy::authorize::<A, T>(identity, target.clone()).err().map(|denied| denied.to_string())
}

/// Whether whoever satisfies `whole` satisfies `part`.
fn is_as_strict(whole: Guards, part: Guards) -> bool {
    let shorter = match (whole.max_override, part.max_override) {
        (Some(whole), Some(part)) => whole <= part,
        (_, None) => true,
        (None, Some(_)) => false,
    };
    shorter
        && whole.require_comment >= part.require_comment
        && whole.confirm_in_chat >= part.confirm_in_chat
        && whole.second_person >= part.second_person
}
