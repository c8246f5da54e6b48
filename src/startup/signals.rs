//! When to stop.

use tokio::signal::unix::{SignalKind, signal};

/// Returns when the process is told to stop, by SIGTERM or by SIGINT (Ctrl-C).
pub async fn until_told_to_stop() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
