//! `flagward migrate-check`: will callers notice the change-over?
//!
//! `command` is what is typed and what comes of it, `users` the list of users, `round` asks both backends about each of
//! them, `report` is what is printed, and `progress` the line that a terminal shows meanwhile.

mod command;
mod progress;
mod report;
mod round;
mod users;

pub(super) use command::MigrateCheck;
