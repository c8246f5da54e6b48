//! A client, the server it asks, and the proofs that it wants.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, Times};

use crate::auth::Caller;
use crate::clock::Clock;
use crate::domain::{Door, FlagTarget, Json, OperationId, Place, UserTarget};
use crate::policy::{
    Action, Clear, Declared, End, Operation, Part, Permit, Policy, Read, Resource, Schedule, Set,
};
use crate::telemetry::Metrics;
use crate::upstream::{
    Attributes, Backend, Choice, Client, Failure, FlagDocument, FlagsOfUser, Options, Remembered,
};

/// The token that must show nowhere but in one header.
pub(super) const TOKEN: &str = "api-5ecre7-5ecre7";
/// A user whose key would change the URL if it were not encoded.
pub(super) const USER: &str = "a/b%2F@ü";
/// The same, encoded.
pub(super) const USER_ENCODED: &str = "a%2Fb%252F@%C3%BC";
/// The shortest answer that is a flag setting.
pub(super) const SETTING: &str = r#"{"_value":1.0,"setting":null}"#;

const POLICY: &str = r#"
[[teams]]
name = "t"
members = ["idp/team:t"]
  [[teams.grants]]
  projects = ["*"]
  environments = ["*"]
  actions = ["read", "set", "clear", "schedule"]
"#;

/// Remembers nothing, and has nothing to ask: for clients of the User Settings API.
pub(super) struct Forgetful;

impl Remembered for Forgetful {
    async fn flags(&self, _: &Permit<Read, UserTarget>) -> Result<FlagsOfUser, Failure> {
        Err(Failure::Ambiguous)
    }

    async fn flag(&self, _: &Part) -> Result<Arc<FlagDocument>, Failure> {
        Err(Failure::Ambiguous)
    }

    async fn attributes<T: Resource>(
        &self,
        _: &Permit<Read, T>,
    ) -> Result<Arc<Attributes>, Failure> {
        Err(Failure::Ambiguous)
    }
}

/// Remembers nothing, and asks each time.
pub(super) struct Asking<'c>(pub(super) &'c Client);

impl Remembered for Asking<'_> {
    async fn flags(&self, permit: &Permit<Read, UserTarget>) -> Result<FlagsOfUser, Failure> {
        let documents = Arc::new(self.0.list_flags(permit).await?);
        Ok(FlagsOfUser { documents, newer: BTreeMap::new() })
    }

    async fn flag(&self, part: &Part) -> Result<Arc<FlagDocument>, Failure> {
        self.0.get_flag(part).await.map(Arc::new)
    }

    async fn attributes<T: Resource>(
        &self,
        permit: &Permit<Read, T>,
    ) -> Result<Arc<Attributes>, Failure> {
        Ok(Arc::new(self.0.get_attributes(permit).await?.unwrap_or_default()))
    }
}

/// A client and what it asks.
pub(super) struct Fixture {
    pub(super) server: MockServer,
    pub(super) client: Client,
    pub(super) clock: Clock,
    pub(super) metrics: Metrics,
}

impl Fixture {
    pub(super) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// A client whose options are changed.
    pub(super) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let server = MockServer::start().await;
        let mut options = options(&server.uri());
        change(&mut options);
        let clock = Clock::manual(start());
        let metrics = Metrics::new("test").unwrap();
        let client = Client::new(options, &metrics, clock.clone()).unwrap();
        Self { server, client, clock, metrics }
    }

    /// From now on every request gets this answer, and there must be so many of them in the end.
    pub(super) async fn answers(&self, answer: impl Respond + 'static, times: u64) {
        let mock = Mock::given(any()).respond_with(answer);
        mock.expect(times).mount(&self.server).await;
    }

    /// Requests of this method and path get this answer, and there must be so many of them in the end.
    pub(super) async fn answers_to(
        &self,
        asked: (&str, &str),
        answer: impl Respond + 'static,
        times: impl Into<Times>,
    ) {
        let mock = Mock::given(method(asked.0)).and(path(asked.1)).respond_with(answer);
        mock.expect(times).mount(&self.server).await;
    }

    /// The next so many requests get this answer.
    pub(super) async fn answers_first(&self, answer: ResponseTemplate, times: u64) {
        let mock = Mock::given(any()).respond_with(answer);
        let mock = mock.up_to_n_times(times).expect(times).with_priority(1);
        mock.mount(&self.server).await;
    }

    /// Methods, and paths with their queries, of what was received so far.
    pub(super) async fn asked(&self) -> Vec<String> {
        let received = self.received().await;
        let asked = received.iter().map(|one| {
            let query = one.url.query().map(|query| format!("?{query}")).unwrap_or_default();
            format!("{} {}{query}", one.method, one.url.path())
        });
        asked.collect()
    }

    /// What was received so far.
    pub(super) async fn received(&self) -> Vec<Request> {
        self.server.received_requests().await.unwrap()
    }

    /// How often an operation ended so.
    pub(super) fn counted(&self, operation: &str, status: &str) -> u64 {
        let family = &self.metrics.upstream_requests;
        family.with_label_values(&[operation, status]).get()
    }
}

pub(super) fn options(base: &str) -> Options {
    Options {
        base_url: base.parse().unwrap(),
        token: TOKEN.into(),
        backend: Choice::Always(Backend::UserSettings),
        stored_attributes: true,
        user_settings_api_version: "20220603".to_owned(),
        connect_timeout: Duration::from_secs(5),
        request_timeout: Duration::from_secs(10),
        max_concurrency: 4,
        proxy: None,
        ca_pem: None,
    }
}

pub(super) fn start() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

pub(super) fn json(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, "application/json")
}

/// A server that answers every connection with these bytes and closes it, and its address.
pub(super) async fn raw_server(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

/// An address where nobody listens.
pub(super) async fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

pub(super) fn user_target() -> UserTarget {
    UserTarget {
        place: Place { project: "shop".parse().unwrap(), environment: "prod".parse().unwrap() },
        user: USER.parse().unwrap(),
    }
}

pub(super) fn flag_target() -> FlagTarget {
    user_target().flag("sort.order".parse().unwrap())
}

pub(super) fn permit<A: Action, T: Resource>(target: T) -> Permit<A, T> {
    let metrics = Metrics::new("test").unwrap();
    let policy = Arc::new(Policy::parse(POLICY, &["idp"], &metrics).unwrap());
    let identity =
        policy.identify(Caller::insecure_for_test("idp", "alice", &["t"], Timestamp::MAX));
    Policy::authorize(&identity, target).unwrap()
}

pub(super) fn read() -> Permit<Read> {
    permit(flag_target())
}

fn declared() -> Declared<'static> {
    Declared {
        id: OperationId::new(Timestamp::UNIX_EPOCH),
        door: Door::Http,
        comment: Some("says \"hello\""),
        now: start(),
    }
}

pub(super) fn set() -> Operation<Set> {
    set_of(flag_target())
}

pub(super) fn set_of(target: FlagTarget) -> Operation<Set> {
    let permit: Permit<Set> = permit(target);
    permit.begin(&declared(), None).unwrap()
}

pub(super) fn clear() -> Operation<Clear> {
    let permit: Permit<Clear> = permit(flag_target());
    permit.begin(&declared()).unwrap()
}

pub(super) fn schedule(end: Timestamp) -> Operation<Schedule> {
    let permit: Permit<Schedule> = permit(flag_target());
    permit.begin(&declared(), End::At(end)).unwrap()
}

pub(super) fn value(text: &str) -> Json {
    Json::parse(text).unwrap()
}
