//! Asks the same over and over on many connections. It is plain, since it shares the machine with what it measures.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

/// Connections kept open, each with one request under way.
const CONNECTIONS: usize = 64;
/// No sample takes longer than this.
const LONGEST: Duration = Duration::from_secs(20);

/// What one sample came to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) requests: usize,
    pub(super) took: Duration,
    pub(super) cpu_seconds: f64,
}

/// Open connections and what is asked on them.
pub(super) struct Load {
    connections: Vec<TcpStream>,
    request: Vec<u8>,
    buffer: Vec<u8>,
}

impl Load {
    pub(super) fn open(
        address: SocketAddr,
        path: &str,
        token: Option<&str>,
    ) -> anyhow::Result<Self> {
        let connect = |_| {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(LONGEST))?;
            Ok(stream)
        };
        let token = token.map(|token| format!("Authorization: Bearer {token}\r\n"));
        let token = token.unwrap_or_default();
        Ok(Self {
            connections: (0..CONNECTIONS).map(connect).collect::<std::io::Result<_>>()?,
            request: format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{token}\r\n").into(),
            buffer: vec![0; 1 << 17],
        })
    }

    /// Asks about so many times, fewer where it takes too long.
    pub(super) fn ask(&mut self, requests: usize) -> anyhow::Result<Sample> {
        let began = Instant::now();
        let mut done = 0;
        while done < requests && began.elapsed() < LONGEST {
            for connection in &mut self.connections {
                connection.write_all(&self.request)?;
            }
            for connection in &mut self.connections {
                read_answer(connection, &mut self.buffer)?;
            }
            done += self.connections.len();
        }
        Ok(Sample { requests: done, took: began.elapsed(), cpu_seconds: 0.0 })
    }

    /// The body of one answer.
    pub(super) fn body(&mut self) -> anyhow::Result<&[u8]> {
        let connection = self.connections.first_mut().context("no connection")?;
        connection.write_all(&self.request)?;
        read_answer(connection, &mut self.buffer)
    }
}

/// Reads one whole answer, which must be a 200, and gives its body.
fn read_answer<'a>(connection: &mut TcpStream, buffer: &'a mut [u8]) -> anyhow::Result<&'a [u8]> {
    let mut filled = 0;
    let (start, end) = loop {
        let free = buffer.get_mut(filled..).filter(|free| !free.is_empty());
        let read = connection.read(free.context("an answer larger than any expected")?)?;
        ensure!(read > 0, "the server closed the connection");
        filled += read;
        let so_far = buffer.get(..filled).unwrap_or_default();
        if let Some(extent) = extent(so_far)? {
            break extent;
        }
    };
    buffer.get(start..end).context("an answer shorter than it says")
}

/// Where the body begins and ends; none as long as the answer is not all there.
fn extent(answer: &[u8]) -> anyhow::Result<Option<(usize, usize)>> {
    let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = std::str::from_utf8(answer.get(..head).unwrap_or_default())?;
    ensure!(text.starts_with("HTTP/1.1 200 "), "not a 200: {text}");
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
    });
    let end = head + 4 + length.context("an answer without a length")??;
    Ok((answer.len() >= end).then_some((head + 4, end)))
}
