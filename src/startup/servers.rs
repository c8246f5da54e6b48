//! The listeners: one for callers, one for operators and, where it is wanted, one for hooks.

use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroU16;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use tokio::net::TcpSocket;

use super::fault::StartFault;
use super::hooks::Hooks;
use super::rooms::Rooms;
use crate::clock::Clock;
use crate::config;
use crate::http::{
    CompressWhereAsked, Frame, around, configure, configure_hooks, configure_management,
};

/// Connections that may wait for being accepted, as many as servers commonly let: a burst of callers is no reason
/// to refuse one.
const BACKLOG: u32 = 1024;
/// Threads that answer operators, who are few.
const MANAGEMENT_WORKERS: usize = 1;
/// How long an operator's request may go on after the stop, in seconds: a scrape takes milliseconds.
const MANAGEMENT_GRACE: u64 = 1;
/// Threads that answer hooks on a listener of their own: there is little to do before the command runs elsewhere, and it
/// is reached from the internet.
const HOOKS_WORKERS: usize = 2;
/// How long the head of a hook's request may take. Chat platforms give up after three seconds.
const HOOKS_PATIENCE: Duration = Duration::from_secs(5);

/// The open ports.
pub(super) struct Ports {
    callers: TcpListener,
    operators: TcpListener,
    hooks: Option<TcpListener>,
    pub(super) address: SocketAddr,
    pub(super) management_address: SocketAddr,
    pub(super) hooks_address: Option<SocketAddr>,
}

/// The servers, which serve as soon as they are polled.
pub(super) struct Servers {
    pub(super) callers: Server,
    pub(super) operators: Server,
    pub(super) hooks: Option<Server>,
}

impl Ports {
    /// Opens the ports or says which can't be.
    pub(super) fn open(server: &config::Server) -> Result<Self, StartFault> {
        let (callers, address) = listen("server.listen", server.listen)?;
        let (operators, management_address) =
            listen("server.management_listen", server.management_listen)?;
        let hooks = server.hooks_listen.map(|address| listen("server.hooks_listen", address));
        let (hooks, hooks_address) = hooks.transpose()?.unzip();
        Ok(Self { callers, operators, hooks, address, management_address, hooks_address })
    }
}

fn listen(key: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartFault> {
    let open = || {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        // So that a restart need not wait for the connections of the process before to be forgotten.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(BACKLOG)?.into_std()?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    open().map_err(|cause| StartFault::Listen { key, address, cause })
}

impl Servers {
    /// All of them, on these ports.
    pub(super) fn build(
        ports: Ports,
        rooms: &Rooms,
        config: &config::Server,
        clock: &Clock,
    ) -> Result<Self, StartFault> {
        let system = |cause: std::io::Error| StartFault::System(cause.to_string());
        let frame = |notice| {
            let frame = Frame::new(clock.clone(), &rooms.metrics, notice);
            rooms.hooks.door().map_or(frame.clone(), |door| frame.with_door(door))
        };
        let Ports { callers: port, operators: operators_port, hooks: hooks_port, .. } = ports;
        let mounted = if hooks_port.is_some() { Hooks::default() } else { rooms.hooks.clone() };
        let callers = callers(port, rooms, frame(rooms.notice.clone()), mounted, config);
        let hooks = hooks_port.map(|port| hooks(port, rooms, frame(None), config));
        Ok(Self {
            callers: callers.map_err(system)?,
            operators: operators(operators_port, rooms).map_err(system)?,
            hooks: hooks.transpose().map_err(system)?,
        })
    }
}

fn callers(
    listener: TcpListener,
    rooms: &Rooms,
    frame: Frame,
    hooks: Hooks,
    config: &config::Server,
) -> std::io::Result<Server> {
    let (state, gate) = (Data::new(rooms.state.clone()), rooms.gate.clone());
    let metrics = rooms.metrics.clone();
    let mut server = HttpServer::new(move || {
        let base_path = state.base_path.to_string();
        App::new()
            .app_data(state.clone())
            .app_data(gate.clone())
            .app_data(frame.clone())
            .configure(|config| configure(config, &base_path, &metrics, hooks.mounted()))
            // The frame is around everything, so that no answer goes without a request id. Compression is inside, because it
            // refuses requests of its own accord.
            .wrap(CompressWhereAsked)
            .wrap(from_fn(around))
    })
    .disable_signals()
    .shutdown_timeout(whole_seconds(config.shutdown_grace))
    // A caller who has hung up wants no answer: what only waits on their behalf is dropped.
    .h1_allow_half_closed(false)
    .client_request_timeout(config.request_timeout);
    if let Some(workers) = config.workers.map(NonZeroU16::get) {
        server = server.workers(workers.into());
    }
    Ok(server.listen(listener)?.run())
}

fn hooks(
    listener: TcpListener,
    rooms: &Rooms,
    frame: Frame,
    config: &config::Server,
) -> std::io::Result<Server> {
    let (hooks, metrics) = (rooms.hooks.clone(), rooms.metrics.clone());
    let base_path = config.base_path.clone();
    let server = HttpServer::new(move || {
        let base_path = base_path.as_str();
        App::new()
            .app_data(frame.clone())
            .configure(|config| configure_hooks(config, base_path, &metrics, hooks.mounted()))
            .wrap(CompressWhereAsked)
            .wrap(from_fn(around))
    });
    Ok(server
        .disable_signals()
        .workers(HOOKS_WORKERS)
        .shutdown_timeout(whole_seconds(config.shutdown_grace))
        .h1_allow_half_closed(false)
        .client_request_timeout(HOOKS_PATIENCE)
        .listen(listener)?
        .run())
}

fn operators(listener: TcpListener, rooms: &Rooms) -> std::io::Result<Server> {
    let (state, vitals) = (Data::new(rooms.state.clone()), Data::new(rooms.vitals.clone()));
    let metrics = Data::new(rooms.metrics.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .app_data(metrics.clone())
            .app_data(vitals.clone())
            .configure(configure_management)
    });
    Ok(server
        .disable_signals()
        .workers(MANAGEMENT_WORKERS)
        .shutdown_timeout(MANAGEMENT_GRACE)
        .listen(listener)?
        .run())
}

/// Never less than was asked for.
fn whole_seconds(length: Duration) -> u64 {
    length.as_secs().saturating_add(u64::from(length.subsec_nanos() > 0))
}
