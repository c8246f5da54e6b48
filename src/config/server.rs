//! `[server]`: where and how we answer.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;
use std::time::Duration;

use crate::domain::Size;

use super::section::Section;

/// How we answer callers.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where callers reach us. Default `127.0.0.1:8080`: whoever wants to be reached from elsewhere says so.
    pub listen: SocketAddr,
    /// Where operators reach metrics and detailed health; never show it to callers. Default `127.0.0.1:9901`.
    pub management_listen: SocketAddr,
    /// Where `/hooks` is, and nothing else; then it is nowhere else. For chat platforms that reach us from the internet.
    /// Default none: `/hooks` is on `listen`.
    pub hooks_listen: Option<SocketAddr>,
    /// What comes before every path of `listen` and `hooks_listen`, behind a proxy that leaves it in. Default nothing.
    pub base_path: BasePath,
    /// How many threads answer, 1 to 1024. Default: one for each CPU.
    pub workers: Option<NonZeroU16>,
    /// The longest time that a caller waits for an answer. Default `30s`.
    pub request_timeout: Duration,
    /// The largest body of a request that we read. Default `64KiB`: the largest of ours is one flag's value.
    pub max_body: Size,
    /// How long requests and writes under way may go on after we were told to stop. Default `25s`, less than the 30
    /// that Kubernetes gives, so that we end by ourselves and not by a kill. It covers every write while `LaunchDarkly`
    /// answers; against one that hangs, a write may take five calls of `launchdarkly.request_timeout` and more, and is
    /// then cut off with a line in the log. Longer is the operator's choice, since Kubernetes has to be told too.
    pub shutdown_grace: Duration,
}

/// What comes before every path: nothing, or `/` and one or more plain segments without a slash at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath(String);

impl BasePath {
    /// The prefix as text, to put before a path that starts with a slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'~');
        let segment =
            |part: &str| !part.is_empty() && !matches!(part, "." | "..") && part.bytes().all(plain);
        let good = match text.strip_prefix('/') {
            Some(rest) => rest.split('/').all(segment),
            None => text.is_empty(),
        };
        good.then(|| Self(text.to_owned()))
    }
}

/// The default port for callers.
const PORT: u16 = 8080;
/// The default port for operators.
const MANAGEMENT_PORT: u16 = 9901;
/// More threads than any machine has use for.
const MOST_WORKERS: u16 = 1024;
/// See [`Server::request_timeout`].
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// See [`Server::max_body`].
const MAX_BODY: Size = Size::of_bytes(64 << 10);
/// A body limit under this would refuse ordinary writes.
const LEAST_BODY: Size = Size::of_bytes(1 << 10);
/// See [`Server::shutdown_grace`].
const SHUTDOWN_GRACE: Duration = Duration::from_secs(25);
/// Nobody waits longer than this for one answer, or for one process to end.
const LONGEST: Duration = Duration::from_mins(10);
const ADDRESS: &str = "must be an address and port like \"127.0.0.1:8080\" or \"[::]:8080\"";

impl Server {
    /// Whether there is a chat is said elsewhere: without one nothing calls `/hooks`.
    pub(super) fn read(mut section: Section<'_, '_>, has_chat: bool) -> Self {
        let listen = address(&mut section, "listen").unwrap_or(at(PORT));
        let management_listen = address(&mut section, "management_listen");
        let management_listen = management_listen.unwrap_or(at(MANAGEMENT_PORT));
        if overlap(listen, management_listen) {
            let expected =
                "must differ from `listen`, and from all it covers: metrics aren't for callers";
            section.fault_here("management_listen", expected);
        }
        let hooks_listen = hooks_listen(&mut section, [listen, management_listen], has_chat);
        let path = "must be empty, or segments like \"/flagward\" without a slash at the end";
        let server = Self {
            listen,
            management_listen,
            hooks_listen,
            base_path: section.parse("base_path", path, BasePath::parse).unwrap_or_default(),
            workers: section.number("workers", 1..=MOST_WORKERS).and_then(NonZeroU16::new),
            request_timeout: section.duration(
                "request_timeout",
                REQUEST_TIMEOUT,
                Duration::from_millis(1)..=LONGEST,
            ),
            max_body: section.size("max_body", MAX_BODY, LEAST_BODY),
            shutdown_grace: section.duration(
                "shutdown_grace",
                SHUTDOWN_GRACE,
                Duration::ZERO..=LONGEST,
            ),
        };
        section.finish();
        server
    }
}

/// Whether both can't be listened on, or one would answer for the other: the same port, and addresses of which one is
/// the other or holds it. `[::]` holds those of IPv4 too.
fn overlap(a: SocketAddr, b: SocketAddr) -> bool {
    let holds = |all: IpAddr, one: IpAddr| all.is_unspecified() && (all.is_ipv6() || one.is_ipv4());
    let (one, other) = (a.ip(), b.ip());
    let meet = one == other || holds(one, other) || holds(other, one);
    a.port() == b.port() && a.port() != 0 && meet
}

fn hooks_listen(
    section: &mut Section<'_, '_>,
    others: [SocketAddr; 2],
    has_chat: bool,
) -> Option<SocketAddr> {
    let place = section.place("hooks_listen").cloned();
    let hooks_listen = address(section, "hooks_listen");
    let (place, address) = place.zip(hooks_listen)?;
    if others.iter().any(|other| overlap(*other, address)) {
        let expected = "must differ from `listen` and `management_listen`, and from all they cover: it is what the internet may reach";
        section.fault(place.clone(), "hooks_listen", expected);
    }
    if !has_chat {
        let expected = "must not stand without a chat platform, such as `[chat.slack]`: nothing would be there";
        section.fault(place, "hooks_listen", expected);
    }
    hooks_listen
}

fn address(section: &mut Section<'_, '_>, key: &'static str) -> Option<SocketAddr> {
    section.parse(key, ADDRESS, |text| text.parse().ok())
}

/// The address for this machine alone.
fn at(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
