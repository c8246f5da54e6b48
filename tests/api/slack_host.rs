//! A stand-in for the host to which answers to Slack are posted. It speaks TLS and holds a poster to Slack's rules: five
//! posts to an address, in half an hour, of JSON whose blocks Slack would take.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flagward::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::process::PATIENCE;
use crate::slack_blocks::faults;

/// The authority that vouches for the host.
pub(crate) const AUTHORITY: &str = include_str!("../fixtures/keys/localhost-ca.pem");
const CERTIFICATE: &[u8] = include_bytes!("../fixtures/keys/localhost.crt.pem");
const KEY: &[u8] = include_bytes!("../fixtures/keys/localhost.pem");
const LOOK: Duration = Duration::from_millis(10);

/// The host. It ends with its thread's runtime, when dropped.
pub(crate) struct SlackHost {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    clock: Clock,
    _end: tokio::sync::oneshot::Sender<()>,
}

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) path: String,
    pub(crate) message: Value,
    pub(crate) status: u16,
}

/// What the host shall answer, whatever comes.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) status: u16,
    pub(crate) headers: &'static str,
}

#[derive(Default)]
struct State {
    /// When an address was made, and how often it was posted to.
    addresses: HashMap<String, (Timestamp, usize)>,
    posts: Vec<Post>,
    planned: VecDeque<Planned>,
}

impl SlackHost {
    pub(crate) fn start(clock: Clock) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let (send, receive) = std::sync::mpsc::channel();
        let (end, ended) = tokio::sync::oneshot::channel();
        let (twin, now) = (Arc::clone(&state), clock.clone());
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                send.send(listener.local_addr().unwrap()).unwrap();
                tokio::select! {
                    () = serve(listener, twin, now) => {}
                    _ = ended => {}
                }
            });
        });
        Self { address: receive.recv().unwrap(), state, clock, _end: end }
    }

    /// As `response_host` has it.
    pub(crate) fn name(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    /// A new address that takes answers.
    pub(crate) fn response_url(&self) -> String {
        let mut state = self.state.lock().unwrap();
        let path = format!("/commands/T1/{}/xyz", state.addresses.len());
        state.addresses.insert(path.clone(), (self.clock.now(), 0));
        format!("https://{}{path}", self.name())
    }

    /// Has the next requests answered so.
    pub(crate) fn plan(&self, planned: &[Planned]) {
        self.state.lock().unwrap().planned.extend(planned.iter().cloned());
    }

    /// All requests that came.
    pub(crate) fn posts(&self) -> Vec<Post> {
        self.state.lock().unwrap().posts.clone()
    }

    /// Those to one address, once there are `count`.
    pub(crate) async fn posted(&self, url: &str, count: usize) -> Vec<Post> {
        let began = Instant::now();
        loop {
            let posts: Vec<_> =
                self.posts().into_iter().filter(|post| url.ends_with(&post.path)).collect();
            if posts.len() >= count {
                return posts;
            }
            assert!(began.elapsed() < PATIENCE, "{} of {count}: {posts:?}", posts.len());
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The one message that an address took.
    pub(crate) async fn message(&self, url: &str) -> Value {
        let [post] = <[Post; 1]>::try_from(self.posted(url, 1).await).unwrap();
        assert_eq!(post.status, 200, "{post:?}");
        post.message
    }
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>, clock: Clock) {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let chain = vec![CertificateDer::from_pem_slice(CERTIFICATE).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let tls = TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()));
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        let (tls, state, clock) = (tls.clone(), Arc::clone(&state), clock.clone());
        // Who speaks no TLS gets no answer.
        tokio::spawn(async move { answer(stream, &tls, &state, &clock).await.ok() });
    }
}

async fn answer(
    stream: TcpStream,
    tls: &TlsAcceptor,
    state: &Mutex<State>,
    clock: &Clock,
) -> std::io::Result<()> {
    let mut stream = tls.accept(stream).await?;
    let mut read = Vec::new();
    let (head, body) = loop {
        let mut chunk = [0; 8192];
        let count = stream.read(&mut chunk).await?;
        read.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = header(head, "content-length").map_or(0, |text| text.parse().unwrap());
            if body.len() >= length {
                break (head.to_owned(), body.to_owned());
            }
        }
        if count == 0 {
            return Ok(());
        }
    };
    let (status, headers, word) = state.lock().unwrap().take(&head, &body, clock.now());
    let answer = format!(
        "HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{word}",
        word.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

impl State {
    /// The status, further headers, and the word of the answer.
    fn take(
        &mut self,
        head: &str,
        body: &str,
        now: Timestamp,
    ) -> (u16, &'static str, &'static str) {
        let mut words = head.split(' ');
        let (method, path) = (words.next().unwrap(), words.next().unwrap().to_owned());
        let message: Value = serde_json::from_str(body).unwrap_or_default();
        let planned = self.planned.pop_front();
        let (status, word) = match self.addresses.get_mut(&path) {
            _ if method != "POST" => (405, "method_not_allowed"),
            None => (404, "no_service"),
            Some((made, _)) if now.duration_since(*made) > SignedDuration::from_mins(30) => {
                (404, "expired_url")
            }
            Some((_, 5)) => (404, "used_url"),
            Some((_, count)) => {
                *count += 1;
                let is_json = header(head, "content-type")
                    .is_some_and(|kind| kind.starts_with("application/json"));
                match &planned {
                    Some(planned) => (planned.status, ""),
                    None if !is_json => (400, "invalid_payload"),
                    None if !faults(&message).is_empty() => (400, "invalid_blocks"),
                    None => (200, "ok"),
                }
            }
        };
        self.posts.push(Post { path, message, status });
        (status, planned.map_or("", |planned| planned.headers), word)
    }
}
