//! How far it is, for whoever looks on.

use std::io::{IsTerminal as _, Write as _, stderr};

/// Takes the line back to its start, and clears it.
const AGAIN: &str = "\r\x1b[2K";

/// One line on a terminal, written again and again; nothing where standard error is none.
#[derive(Debug)]
pub(super) struct Progress {
    is_shown: bool,
    users: usize,
}

impl Progress {
    /// For so many users.
    pub(super) fn of(users: usize) -> Self {
        Self { is_shown: stderr().is_terminal(), users }
    }

    /// So many are done.
    pub(super) fn show(&self, done: usize, differences: usize) {
        let (bar, users) = (bar(done, self.users), self.users);
        self.write(&format!("{AGAIN}{bar} {done} of {users} users, differences: {differences}"));
    }

    fn write(&self, text: &str) {
        if self.is_shown {
            // Where this can't be written, nobody looks on.
            let _ = stderr().write_all(text.as_bytes());
        }
    }
}

impl Drop for Progress {
    /// Leaves the line empty for the report.
    fn drop(&mut self) {
        self.write(AGAIN);
    }
}

/// How many characters the bar has.
const WIDTH: usize = 20;

fn bar(done: usize, all: usize) -> String {
    let full = (done * WIDTH).checked_div(all).unwrap_or_default().min(WIDTH);
    format!("[{}{}]", "#".repeat(full), ".".repeat(WIDTH - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_up() {
        assert_eq!(bar(0, 3), "[....................]");
        assert_eq!(bar(1, 2), "[##########..........]");
        assert_eq!(bar(3, 3), "[####################]");
    }
}
