//! Routes answer with the statuses that the document declares for them, and with no other.

use std::collections::BTreeSet;

use flagward::simulator::{Fault, FaultKind};

use crate::document::{FLAG, document, operation};
use crate::house::House;

const DROP_IN_FLAG: &str = "/api/v2/users/{project}/{environment}/{user}/flags/{flag}";

/// A way to make an operation answer with another status.
enum Cause {
    /// The team, headers beside the usual ones, another path or body.
    Asks(
        &'static str,
        &'static [(&'static str, &'static str)],
        Option<&'static str>,
        Option<&'static str>,
    ),
    /// LaunchDarkly answers so.
    Upstream(Fault),
}

fn asks(headers: &'static [(&'static str, &'static str)]) -> Cause {
    Cause::Asks("payments", headers, None, None)
}

/// Tries each cause with a fresh house, and gives the statuses seen.
async fn try_each(path: &str, method: &str, causes: Vec<Cause>) -> BTreeSet<u16> {
    let document = document();
    let operation = operation(&document, path, method);
    let mut seen = BTreeSet::new();
    for cause in causes {
        let house = House::open();
        let (mut team, mut more, mut at, mut body) = ("payments", &[][..], None, None);
        match cause {
            Cause::Asks(a, b, c, d) => (team, more, at, body) = (a, b, c, d),
            Cause::Upstream(fault) => {
                house.upstream.simulator.add_fault(Fault { times: 100, ..fault.on(method, "*") });
            }
        }
        let at = at.map_or_else(|| operation.example_path(), str::to_owned);
        let body = body.map_or_else(|| operation.example_bodies().remove(0), str::to_owned);
        let bearer = format!("Bearer {}", house.token("alice", &[team]));
        let mut headers =
            vec![("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        for (name, value) in more {
            headers.retain(|(known, _)| known != name);
            headers.extend((!value.is_empty()).then_some((*name, *value)));
        }
        let answer = house.send(method, &at, &headers, &body).await;
        operation.allows(&answer);
        seen.insert(answer.status);
        house.close().await;
    }
    let declared = operation.statuses();
    assert!(seen.is_subset(&declared), "{seen:?} {declared:?}");
    declared.difference(&seen).copied().collect()
}

/// What both reads and writes can meet.
fn usual_causes() -> Vec<Cause> {
    vec![
        asks(&[]),
        asks(&[("X-HTTP-Method-Override", "DELETE")]),
        asks(&[("Authorization", "")]),
        asks(&[("Accept", "text/html")]),
        Cause::Asks("bank", &[], None, None),
        Cause::Upstream(Fault::status(404)),
        Cause::Upstream(Fault::status(429)),
        Cause::Upstream(Fault::new(FaultKind::Html { status: 200 })),
        Cause::Upstream(Fault::status(503)),
        Cause::Upstream(Fault::new(FaultKind::Hang { applied: false })),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_answers_with_every_status_it_declares() {
    let mut causes = usual_causes();
    causes.push(asks(&[("If-None-Match", "*")]));
    // What means that something is broken in Flagward can't be brought about from outside.
    assert_eq!(try_each(FLAG, "GET", causes).await, BTreeSet::from([500]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_answers_with_every_status_it_declares() {
    let mut causes = usual_causes();
    causes.extend([
        asks(&[("Content-Type", "text/plain")]),
        Cause::Asks("payments", &[], None, Some(r#"{"setting": "purple"}"#)),
        Cause::Upstream(Fault::status(409)),
        Cause::Upstream(Fault::status(405)),
    ]);
    // 408 and 413 need a slow and a large body: the tests of bad input have them.
    assert_eq!(try_each(FLAG, "PUT", causes).await, BTreeSet::from([408, 413, 500]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_of_launchdarklys_api_answers_with_every_status_it_declares() {
    let mut causes = usual_causes();
    causes.extend([
        asks(&[("Content-Type", "text/plain")]),
        Cause::Asks("payments", &[], None, Some(r#"{"setting": "purple"}"#)),
        Cause::Upstream(Fault::status(409)),
        Cause::Upstream(Fault::status(405)),
        Cause::Upstream(Fault::status(422)),
    ]);
    assert_eq!(try_each(DROP_IN_FLAG, "PUT", causes).await, BTreeSet::from([408, 413, 500]));
}
