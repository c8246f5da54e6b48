//! Commands at a steady pace, however long the answers take.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use flagward::clock::Clock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::stage::Stage;

/// How one command was acknowledged.
pub(crate) struct Acknowledged {
    /// From the moment when it was due, so that a late start is not hidden.
    pub(crate) took: Duration,
    pub(crate) how: How,
}

/// What was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// The answer follows.
    Follows,
    /// Too many commands are under way.
    Busy,
    /// Anything else.
    Answered,
}

/// Sends `rate` commands a second, each from a connection of its own.
pub(crate) async fn commands(
    stage: &Stage,
    rate: u32,
    lasts: Duration,
) -> anyhow::Result<Vec<Acknowledged>> {
    let address = stage.address();
    let began = Instant::now();
    let mut under_way = JoinSet::new();
    for number in 0..rate.saturating_mul(u32::try_from(lasts.as_secs())?) {
        let due = began + Duration::from_secs(1) * number / rate;
        let request = request(stage, number)?;
        sleep_until(due).await;
        under_way.spawn(send(address, request, due));
    }
    under_way.join_all().await.into_iter().collect()
}

/// A signed command of which there is no other.
fn request(stage: &Stage, number: u32) -> anyhow::Result<String> {
    let url = format!("https://{}/commands/T1/{number}/x", stage.response_host);
    let body = serde_urlencoded::to_string([
        ("team_id", "T1"),
        ("channel_id", "C1"),
        ("user_id", "U1"),
        ("command", "/flags"),
        ("text", &format!("get sort.order user-{number}@example.com -p shop -e test")),
        ("trigger_id", &format!("1.2.{number}")),
        ("response_url", &url),
    ])?;
    let at = Clock::system().now().as_second();
    let signature = stage.secrets.sign(at, body.as_bytes()).context("there is a secret")?;
    let length = body.len();
    Ok(format!(
        "POST /hooks/slack/command HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\
         Content-Length: {length}\r\nX-Slack-Request-Timestamp: {at}\r\n\
         X-Slack-Signature: {signature}\r\n\r\n{body}"
    ))
}

async fn send(address: SocketAddr, request: String, due: Instant) -> anyhow::Result<Acknowledged> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let took = due.elapsed();
    ensure!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let how = if answer.contains("the answer follows") {
        How::Follows
    } else if answer.contains("Flagward is busy") {
        How::Busy
    } else {
        How::Answered
    };
    Ok(Acknowledged { took, how })
}
