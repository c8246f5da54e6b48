//! The configuration: a TOML file, overridden by the environment, checked whole before anything starts.
//!
//! What holds everywhere:
//!
//! - **Every fault is reported**, one line each, with file, line, key and expected form. A fault never repeats
//!   what was written, which may be a secret. Only where the file isn't TOML at all the rest is not looked at.
//! - **The environment wins** over the file, key by key (`FLAGWARD__SERVER__LISTEN`). Its text takes the type of
//!   its key; a list is `a,b`, or as in TOML `["a", "b"]` where an item has a comma.
//! - **A secret has one source**: `token` or `token_file`. One in the environment wins over the other in the file, as
//!   everything there does; both in one place are a fault. The last line break of such a file doesn't count; more white
//!   space, or a byte order mark, is a fault, since nobody sees it.
//! - **A relative path** starts where the configuration file is, so that it means the same whatever directory the
//!   process was started in.
//!
//! Each section is read key by key and not by serde, which stops at the first mistake, and knows the line of none
//! that comes from a type's own checks. `deploy/flagward.example.toml` shows every key, held true by a test here.

pub mod auth;
mod cache;
pub mod chat;
mod drop_in;
mod environment;
mod fault;
mod files;
mod launchdarkly;
mod lists;
mod policy;
mod section;
mod server;
mod shadow;
#[cfg(test)]
mod tests;
mod tree;
mod way_out;

pub use cache::Cache;
pub use chat::Chat;
pub use drop_in::DropIn;
pub use environment::Environment;
pub use fault::{Fault, Faults, Place, PolicyHint};
pub use launchdarkly::{ApiVersion, Backend, LaunchDarkly};
pub use policy::Policy;
pub use server::{BasePath, Server};
pub use shadow::Shadow;

use std::path::Path;

use section::{Reading, Section};
use tree::{Node, Value};

/// Everything that an operator decides.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where and how we answer.
    pub server: Server,
    /// How we reach the upstream.
    pub launchdarkly: LaunchDarkly,
    /// Whose tokens we take.
    pub auth: auth::Auth,
    /// Where the policy is.
    pub policy: Policy,
    /// How much we remember.
    pub cache: Cache,
    /// What callers of `LaunchDarkly`'s own operations are told.
    pub drop_in: DropIn,
    /// Who may talk to us in a chat; none if nobody may.
    pub chat: Option<Chat>,
}

/// The configuration that `text` is, with `environment` over it. `file` is where the text comes from: faults name
/// it, and relative paths start in its folder. Reads the files that secrets, keys and certificates stand in.
pub fn load(text: &str, file: &Path, environment: &Environment) -> Result<Config, Faults> {
    let mut reading =
        Reading { file, faults: Vec::new(), asked: std::collections::BTreeSet::new() };
    let mut hint = None;
    let config = read(&mut reading, text, environment, &mut hint);
    match (config, Faults::of(reading.faults)) {
        (Some(config), None) => Ok(config),
        (_, Some(faults)) => Err(faults.with_policy(hint)),
        (None, None) => Err(Faults::incomplete(file)),
    }
}

/// The configuration in the file at `path`, with this process's environment over it. Nothing else in the program
/// reads the environment.
pub fn load_file(path: &Path) -> Result<Config, Faults> {
    let (environment, mut faults) = environment::of_process(path);
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| {
        faults.push(Fault::new(path, Place::File, "", format!("must be readable: {error}")));
        String::new()
    });
    match Faults::of(faults) {
        Some(faults) => Err(faults),
        None => load(&text, path, &environment),
    }
}

fn read(
    reading: &mut Reading<'_>,
    text: &str,
    environment: &Environment,
    hint: &mut Option<PolicyHint>,
) -> Option<Config> {
    let mut table = match tree::parse(text, reading.file) {
        Ok(table) => table,
        Err(faults) => {
            reading.faults = faults;
            return None;
        }
    };
    environment::put_over(&mut table, environment, reading.file, &mut reading.faults);
    let root = Node { value: Value::Table(table), place: Place::File };
    let mut root = Section::new(reading, "", Some(root));
    let has_chat = root.has("chat");
    let server = Server::read(root.section("server"), has_chat);
    let launchdarkly = LaunchDarkly::read(root.section("launchdarkly"));
    let (auth, issuers) = auth::Auth::read(root.section("auth"));
    let policy = Policy::read(root.section("policy"));
    let cache = Cache::read(root.section("cache"));
    let drop_in = DropIn::read(root.section("drop_in"));
    let chat = root.optional("chat").map(Chat::read);
    root.finish();
    *hint = issuers.zip(policy.clone()).map(|(issuers, policy)| PolicyHint { policy, issuers });
    let chat = match chat {
        Some(chat) => Some(chat?),
        None => None,
    };
    let (launchdarkly, policy) = (launchdarkly?, policy?);
    Some(Config { server, launchdarkly, auth, policy, cache, drop_in, chat })
}
