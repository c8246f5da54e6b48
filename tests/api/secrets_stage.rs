//! The real binary with every secret planted, its upstream and its Slack; and everything that it says, kept.

use std::fmt::Write as _;

use flagward::clock::Clock;
use flagward::simulator::{Seed, Simulator};

use crate::backend::backend;
use crate::denial_table::GUARD;
use crate::house::POLICY;
use crate::process::{self, Ended, SECRET, Serving, Site};
use crate::secrets_kit::{
    FILED_SECRET, HASH_KEY, ISSUER_SECRET, PREVIOUS_SECRET, TOKEN, of_token, planted,
};
use crate::slack_host::SlackHost;
use crate::slack_kit::{Slack, TEAM};
use crate::wire::{Answer, Served, exchange};

/// A folder with the configuration, and what the binary is told by its environment besides.
pub(crate) struct Place {
    pub(crate) site: Site,
    pub(crate) upstream: Served,
    pub(crate) environment: Vec<(&'static str, String)>,
}

/// A gateway under way in such a place.
pub(crate) struct Stage {
    pub(crate) place: Place,
    pub(crate) serving: Serving,
    pub(crate) slack: Slack,
    /// Everything that anybody was answered.
    pub(crate) answers: String,
    /// What must not be seen: what is planted, and the tokens that were used.
    pub(crate) secrets: Vec<(&'static str, String)>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let upstream =
            Served::of(Simulator::new(Seed::built_in().with_token(TOKEN), Clock::system()));
        backend().prepare(&upstream.simulator);
        let site = Site::new(upstream.address(), TOKEN);
        site.edit(SECRET, ISSUER_SECRET);
        site.write("policy.toml", &format!("{TEAM}{POLICY}{GUARD}"));
        site.write("issuer.secret", FILED_SECRET);
        let environment = [
            backend().setting(),
            ("FLAGWARD__LAUNCHDARKLY__REQUEST_TIMEOUT", "400ms"),
            ("FLAGWARD__LAUNCHDARKLY__SHADOW__ENABLED", "true"),
            ("FLAGWARD__LAUNCHDARKLY__SHADOW__SHARE", "100"),
            ("FLAGWARD__LAUNCHDARKLY__SHADOW__HASH_KEY", HASH_KEY),
            ("FLAGWARD__AUTH__ISSUERS__1__NAME", "filed"),
            ("FLAGWARD__AUTH__ISSUERS__1__ISSUER", "https://filed.example.com"),
            ("FLAGWARD__AUTH__ISSUERS__1__AUDIENCES__0", "flagward"),
            ("FLAGWARD__AUTH__ISSUERS__1__ALGORITHMS__0", "HS256"),
            ("FLAGWARD__AUTH__ISSUERS__1__SECRET_FILE", "issuer.secret"),
            ("FLAGWARD__CHAT__SLACK__PREVIOUS_SIGNING_SECRET", PREVIOUS_SECRET),
        ];
        let environment =
            environment.map(|(name, value)| (name, value.to_owned())).into_iter().collect();
        Self { site, upstream, environment }
    }

    /// Runs a command to its end, with these variables besides.
    pub(crate) async fn run(
        &self,
        command: &str,
        arguments: &[&str],
        variables: &[(&str, &str)],
        input: &str,
    ) -> Ended {
        let mut command = self.site.command(command, arguments);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.envs(variables.iter().copied());
        process::run_with_input(command, input).await
    }

    /// A token for a member of `team`, of the binary's own making.
    pub(crate) async fn token(&self, team: &str) -> String {
        let arguments = ["--issuer", "idp", "--subject", "alice", "--team", team];
        let minted = self.run("token", &arguments, &[], "").await;
        assert_eq!((minted.code, minted.err.as_str()), (Some(0), ""));
        minted.out.trim().to_owned()
    }
}

impl Stage {
    /// With what is logged at this filter.
    pub(crate) async fn open(filter: &str, format: &str) -> Self {
        let (mut place, host) = (Place::new(), SlackHost::start(Clock::system()));
        place.environment.extend(Slack::settings(&host));
        let arguments = ["--log", filter, "--log-format", format];
        let mut command = place.site.command("serve", &arguments);
        command.envs(place.environment.iter().map(|(name, value)| (name, value)));
        let mut serving = Serving::start(command).await;
        serving.process.logs("LaunchDarkly takes the shared token").await;
        let slack = Slack::new(serving.address, host, Clock::system());
        Self { place, serving, slack, answers: String::new(), secrets: planted() }
    }

    /// A token that must not be seen from here on.
    pub(crate) async fn token(&mut self, team: &str) -> String {
        let token = self.place.token(team).await;
        self.secrets.extend(of_token(&token));
        token
    }

    /// Asks, and keeps the answer if there is one.
    pub(crate) async fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> u16 {
        let answer = send(self.serving.address, method, path, headers, body).await;
        answer.map_or(0, |answer| self.keep(&answer))
    }

    /// What operators are told, kept.
    pub(crate) async fn ask_operators(&mut self) {
        for path in ["/metrics", "/readyz", "/healthz", "/shadow", "/nothing"] {
            let answer = send(self.serving.management, "GET", path, &[], "").await;
            self.keep(&answer.unwrap());
        }
    }

    pub(crate) fn keep(&mut self, answer: &Answer) -> u16 {
        writeln!(self.answers, "{answer:?}\n{}", answer.body).unwrap();
        answer.status
    }
}

async fn send(
    address: std::net::SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Option<Answer> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let headers: Vec<_> = headers.iter().map(owned).collect();
    let (method, path, body) = (method.to_owned(), path.to_owned(), body.to_owned());
    let sent = tokio::task::spawn_blocking(move || {
        let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        exchange(address, &method, &path, &headers, &body).ok()
    });
    sent.await.unwrap()
}
