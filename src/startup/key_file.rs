//! Looking at an issuer's key set in a file, like at the policy's file: by content, and taken when it stands still.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::key_change::KeyChange;
use super::reloader::{MANY_MISSES, SETTLE};
use super::watched_file::read_at_most;
use crate::auth::LONGEST_KEY_SET;
use crate::http::KeyTrouble;

/// An issuer's key set in a file.
pub(super) struct KeyFile {
    pub(super) path: PathBuf,
    /// The content that was taken or refused last.
    pub(super) seen: Vec<u8>,
    pub(super) look_every: Duration,
    pub(super) change: KeyChange,
}

impl KeyFile {
    /// Runs until the task is aborted.
    pub(super) async fn watch(mut self) {
        let mut ticks = interval(self.look_every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut misses = 0_u32;
        loop {
            ticks.tick().await;
            match self.read().await {
                Ok(now) => {
                    if now != self.seen || misses >= MANY_MISSES {
                        self.take_when_still(now).await;
                    }
                    misses = 0;
                }
                Err(cause) => {
                    misses = misses.saturating_add(1);
                    if misses == MANY_MISSES {
                        self.change.failed(KeyTrouble::Unreadable, &cause);
                    }
                }
            }
        }
    }

    async fn take_when_still(&mut self, now: Vec<u8>) {
        sleep(SETTLE).await;
        if self.read().await.is_ok_and(|again| again == now) {
            if let Err(fault) = self.change.seen(&now) {
                self.change.failed(KeyTrouble::Invalid, &format_args!("the file {fault}"));
            }
            self.seen = now;
        }
    }

    async fn read(&self) -> io::Result<Vec<u8>> {
        let path = self.path.clone();
        spawn_blocking(move || read_at_most(&path, LONGEST_KEY_SET)).await?
    }
}
