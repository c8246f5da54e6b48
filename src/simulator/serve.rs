//! The simulator on a socket.
//!
//! One handler takes every path, because routing has to see the raw one.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::rt::time::sleep;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

use super::handle::{Reception, Simulator};
use super::switches::FaultKind;
use super::wire::{Refusal, Request, documented};
use super::{control, damage};

/// The largest body that is read, in bytes: far more than any request to these operations needs.
const MAX_BODY: usize = 1024 * 1024;

/// How long answers under way may take when the server stops, in seconds; a hanging one never ends.
const GRACE: u64 = 1;

/// Serves until stopped or dropped.
pub(super) fn serve(
    simulator: Simulator,
    listener: TcpListener,
    workers: usize,
) -> std::io::Result<Server> {
    let factory = move || {
        let simulator = web::Data::new(simulator.clone());
        App::new().app_data(simulator).default_service(web::to(handle))
    };
    let server = HttpServer::new(factory)
        .workers(workers)
        .disable_signals()
        .shutdown_timeout(GRACE)
        // So that a caller who gives up also ends an answer that hangs.
        .h1_allow_half_closed(false)
        .listen(listener)?;
    Ok(server.run())
}

async fn handle(
    simulator: web::Data<Simulator>,
    request: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    let Ok(Ok(body)) = payload.to_bytes_limited(MAX_BODY).await else {
        simulator.receive(&taken(&request, Vec::new()));
        return damage::whole(Refusal::TooLarge.answer());
    };
    let request = taken(&request, body.to_vec());
    if let Some(answer) = control::answer(&simulator, &request) {
        return damage::whole(answer);
    }
    respond(&simulator, &request).await
}

async fn respond(simulator: &Simulator, request: &Request) -> HttpResponse {
    let Reception { pauses, fault } = simulator.receive(request);
    sleep(pauses.0).await;
    let Some(fault) = fault else {
        let answer = simulator.answer(request);
        sleep(pauses.1).await;
        return damage::whole(answer);
    };
    let answer = match fault {
        FaultKind::Answer { .. }
        | FaultKind::Html { .. }
        | FaultKind::Cut { applied: false }
        | FaultKind::Hang { applied: false } => documented(500),
        FaultKind::Cut { applied: true }
        | FaultKind::Hang { applied: true }
        | FaultKind::Truncated
        | FaultKind::InvalidJson
        | FaultKind::WrongContentType => simulator.answer(request),
    };
    sleep(pauses.1).await;
    damage::damaged(answer, fault).await
}

/// The request in our words: the raw target, and headers in lower case.
fn taken(request: &HttpRequest, body: Vec<u8>) -> Request {
    let headers = request.headers().iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    let headers: Vec<_> = headers.collect();
    let sent = request.method().as_str();
    let overridden =
        headers.iter().find(|(name, _)| name == "x-http-method-override" && sent == "POST");
    let target = request.uri().path_and_query();
    Request {
        method: overridden.map_or(sent, |(_, method)| method).to_owned(),
        target: target.map_or("", |target| target.as_str()).to_owned(),
        headers,
        body,
    }
}
