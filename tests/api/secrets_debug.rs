//! What `Debug` shows of whatever holds a secret.

use std::fmt::Debug;
use std::sync::Arc;

use flagward::auth::{Authenticator, Seal, SlackSecrets, TokenCache};
use flagward::chat::slack::Slack;
use flagward::chat::{Desk, DeskParts};
use flagward::clock::Clock;
use flagward::config::{self, Config, Environment};
use flagward::http::Gate;
use flagward::policy::{Policies, Policy};
use flagward::settings::shadow::UserHash;
use flagward::settings::{Limits, Settings, Writers};
use flagward::startup::Gateway;
use flagward::telemetry::Metrics;
use flagward::upstream::{Backend, Choice, Client, Options};

use crate::secrets_kit::{leaks, of_token, planted};
use crate::secrets_stage::Place;
use crate::slack_host::SlackHost;
use crate::slack_kit::Slack as SlackOfTests;

/// What `Debug` shows of something, in both of its forms.
fn shown(value: impl Debug) -> String {
    format!("{value:?}\n{value:#?}\n")
}

fn load(place: &Place) -> Config {
    let environment: Environment =
        place.environment.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let file = place.site.path("flagward.toml");
    config::load(&std::fs::read_to_string(&file).unwrap(), &file, &environment).unwrap()
}

fn options(config: &Config) -> Options {
    let upstream = &config.launchdarkly;
    Options {
        base_url: upstream.base_url.clone(),
        token: upstream.token.clone(),
        backend: Choice::Always(Backend::UserSettings),
        stored_attributes: true,
        user_settings_api_version: "20220603".to_owned(),
        connect_timeout: upstream.connect_timeout,
        request_timeout: upstream.request_timeout,
        max_concurrency: 4,
        proxy: Some("http://proxy.internal:3128".parse().unwrap()),
        ca_pem: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn debug_shows_no_secret_of_whatever_holds_one() {
    let host = SlackHost::start(Clock::system());
    let mut place = Place::new();
    place.environment.extend(SlackOfTests::settings(&host));
    let token = place.token("payments").await;
    let (config, clock) = (load(&place), Clock::system());
    let metrics = Metrics::new("test").unwrap();
    let policy = std::fs::read_to_string(place.site.path("policy.toml")).unwrap();
    let policy = Policy::parse(&policy, &["idp", "filed", "slack"], &metrics).unwrap();
    let policies = Arc::new(Policies::new(policy));

    let mut all = shown(&config);
    assert!(all.contains("REDACTED"), "{all}");
    let authenticator = Authenticator::new(&config.auth).unwrap();
    let caller = authenticator.verify(&token, clock.now()).unwrap();
    all += &shown(&caller);
    all += &shown(policies.current().identify(caller));
    all += &shown(authenticator.verify(&format!("{token}x"), clock.now()));
    all += &shown(&authenticator);
    all += &shown(Gate::new(authenticator, Arc::clone(&policies), clock.clone(), &metrics));
    let known = TokenCache::new();
    if let Err(ticket) = known.get(token.as_bytes(), clock.now()) {
        known.insert(ticket, &token, jiff::Timestamp::MAX, 1, clock.now());
    }
    all += &shown(&known);

    let client = Client::new(options(&config), &metrics, clock.clone()).unwrap();
    all += &shown(&client);
    let writers = Writers {
        runtime: tokio::runtime::Handle::current(),
        under_way: tokio_util::task::TaskTracker::new(),
    };
    let limits =
        Limits { max_bytes: 1 << 20, ttl: config.cache.ttl, min_age: config.cache.min_age };
    let settings = Settings::new(client, limits, clock.clone(), &metrics, writers.clone(), None);
    all += &shown(&settings);
    all += &shown(UserHash::new(config.launchdarkly.shadow.hash_key.as_ref()).unwrap());

    let chat = config.chat.as_ref().unwrap();
    let slack = chat.slack.as_ref().unwrap();
    let parts = DeskParts {
        settings,
        policies,
        seal: Seal::new(&chat.signing_secret),
        channels: &slack.channels,
        clock: clock.clone(),
        metrics: metrics.chat.clone(),
    };
    all += &shown(&parts);
    all += &shown(&parts.seal);
    let desk = Desk::new(parts);
    all += &shown(&desk);
    let door = Slack::new(slack, desk, writers, clock.clone(), &metrics).unwrap();
    all += &shown(door.hooks());
    all += &shown(&door);
    let signing = SlackSecrets::new(&slack.signing_secret, slack.previous_signing_secret.as_ref());
    all += &shown(&signing);
    let of_tests = SlackOfTests::new(place.upstream.address(), host, clock.clone());
    let (body, _) = of_tests.typed("U1", "whoami");
    let at = clock.now().as_second();
    let signature = signing.sign(at, body.as_bytes()).unwrap();
    let (at, body) = (at.to_string(), body.into());
    let headers = (Some(at.as_bytes()), Some(signature.as_bytes()));
    all += &shown(signing.verify(headers.0, headers.1, body, clock.now()).unwrap());

    let gateway = Gateway::start(config, clock).unwrap();
    all += &shown(&gateway);
    drop(gateway.stop().await);
    let secrets = [planted(), of_token(&token)].concat();
    let found = leaks(&secrets, &all);
    assert!(found.is_empty(), "{found:#?}");
}
