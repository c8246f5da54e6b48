//! Answers on their way out, whole or broken on purpose.

use std::io;

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use futures_util::{StreamExt as _, future};

use super::switches::FaultKind;
use super::wire::{Answer, documented};

/// A page as a proxy in between would send it.
const PAGE: &str = "<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>";

/// The answer as it is.
pub(super) fn whole(answer: Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for header in answer.headers {
        response.append_header(header);
    }
    match answer.content_type {
        Some(content_type) => {
            response.insert_header((CONTENT_TYPE, content_type)).body(answer.body)
        }
        None => response.finish(),
    }
}

/// The answer as the fault leaves it. `answer` is what would have been sent, where the request took effect.
pub(super) async fn damaged(answer: Answer, fault: FaultKind) -> HttpResponse {
    match fault {
        FaultKind::Answer { status, body, content_type, headers } => {
            let mut told = match body {
                Some(body) => Answer::text(status, "application/json", body),
                None => documented(status),
            };
            told.content_type = content_type.or(told.content_type);
            told.headers.extend(headers);
            whole(told)
        }
        FaultKind::Html { status } => whole(Answer::text(status, "text/html", PAGE)),
        FaultKind::Cut { .. } => cut(&answer, 0),
        FaultKind::Hang { .. } => future::pending().await,
        FaultKind::Truncated => cut(&answer, answer.body.len().div_ceil(2)),
        FaultKind::InvalidJson => {
            let mut answer = answer;
            answer.body.truncate(answer.body.len() / 2);
            whole(answer)
        }
        FaultKind::WrongContentType => {
            whole(Answer { content_type: Some("text/html".to_owned()), ..answer })
        }
    }
}

/// Promises the whole body, sends this much of it, and ends the connection. With nothing to send, not even
/// the head goes out: the server keeps it back until the body's first turn, which fails at once.
fn cut(answer: &Answer, sent: usize) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let promised = u64::try_from(answer.body.len()).unwrap_or(u64::MAX).max(1);
    let sent: Vec<_> = answer.body.iter().take(sent).copied().collect();
    let mut response = HttpResponse::build(status);
    response.insert_header((CONTENT_TYPE, "application/json"));
    if sent.is_empty() {
        return response.body(SizedStream::new(promised, stream::iter([Err(reset())])));
    }
    let start = stream::iter([Ok(Bytes::from(sent))]);
    response.body(SizedStream::new(promised, start.chain(broken())))
}

/// Lets what was sent so far leave, then fails.
fn broken() -> impl Stream<Item = Result<Bytes, io::Error>> {
    stream::once(async {
        actix_web::rt::task::yield_now().await;
        Err(reset())
    })
}

fn reset() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionReset)
}
