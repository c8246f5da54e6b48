//! Plain HTTP/1.1 over a socket, so that nothing between the test and the server tidies the path up.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use flagward::clock::Clock;
use flagward::simulator::{BUILT_IN_TOKEN, Seed, Simulator};
use serde_json::Value;

/// How long a test waits for an answer before it calls the server dead.
const PATIENCE: Duration = Duration::from_secs(10);

/// A simulator on a free port, stopped when dropped.
pub(crate) struct Served {
    pub(crate) simulator: Simulator,
    address: SocketAddr,
    server: ServerHandle,
}

/// An answer, as far as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

impl Served {
    /// Starts a simulator with the built-in seed.
    pub(crate) fn start(clock: Clock) -> Self {
        Self::of(Simulator::new(Seed::built_in(), clock))
    }

    /// Serves this simulator.
    pub(crate) fn of(simulator: Simulator) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (send, receive) = std::sync::mpsc::channel();
        let twin = simulator.clone();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = twin.serve(listener, 1).unwrap();
                send.send(server.handle()).unwrap();
                server.await
            })
        });
        Self { simulator, address, server: receive.recv().unwrap() }
    }

    /// Asks with the token and a JSON body.
    pub(crate) fn ask(&self, method: &str, target: &str, body: &str) -> Answer {
        let headers = [("Authorization", BUILT_IN_TOKEN), ("Content-Type", "application/json")];
        self.send(method, target, &headers, body).unwrap()
    }

    /// Sends exactly these headers, and the path as it is.
    pub(crate) fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> io::Result<Answer> {
        parse(&self.raw(method, target, headers, body, PATIENCE)?)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Everything that comes back until the connection ends, or as much as comes in time.
    pub(crate) fn raw(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
        patience: Duration,
    ) -> io::Result<String> {
        raw(self.address, (method, target, headers, body), patience)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // The order is given at once; nobody needs to wait for it to be followed.
        drop(self.server.stop(false));
    }
}

/// Sends exactly this to a server.
pub(crate) fn exchange(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<Answer> {
    parse(&raw(address, (method, target, headers, body), PATIENCE)?)
}

fn raw(
    address: SocketAddr,
    (method, target, headers, body): (&str, &str, &[(&str, &str)], &str),
    patience: Duration,
) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(patience))?;
    let lines = headers
        .iter()
        .fold(String::new(), |lines, (name, value)| lines + name + ": " + value + "\r\n");
    let length = body.len();
    // In one piece: small ones would wait for each other's acknowledgement, 40 ms a request.
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{lines}\r\n{body}"
    );
    stream.write_all(request.as_bytes())?;
    let mut received = String::new();
    stream.read_to_string(&mut received)?;
    Ok(received)
}

fn parse(received: &str) -> io::Result<Answer> {
    let nothing = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (head, body) = received.split_once("\r\n\r\n").ok_or_else(nothing)?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let headers = lines.filter_map(|line| line.split_once(": "));
    Ok(Answer {
        status: status.and_then(|text| text.parse().ok()).ok_or_else(nothing)?,
        headers: headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: body.to_owned(),
    })
}
