//! The real binary: started, told, watched, and never left behind.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::time::sleep;

use crate::house::POLICY;
use crate::wire::{Answer, exchange};

/// How long a process may take for anything that a test waits for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(20);
/// The secret of the issuer of every site.
pub(crate) const SECRET: &str = "a-secret-of-the-tests-and-nothing-else";

/// The binary with these arguments, in this folder, with none of our variables in its environment.
pub(crate) fn flagward(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagward"));
    command.args(arguments).current_dir(folder).env_clear();
    command
}

/// A process under way. Killed when dropped.
pub(crate) struct Running {
    child: Child,
    output: TempDir,
}

/// A process that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs it to its end, with nothing on its standard input.
pub(crate) async fn run(command: Command) -> Ended {
    run_with_input(command, "").await
}

/// Runs it to its end with this on its standard input.
pub(crate) async fn run_with_input(command: Command, input: &str) -> Ended {
    Running::start_with_input(command, input).ended().await
}

impl Running {
    pub(crate) fn start(command: Command) -> Self {
        Self::start_with_input(command, "")
    }

    fn start_with_input(mut command: Command, input: &str) -> Self {
        let output = TempDir::new().unwrap();
        let path = |name| output.path().join(name);
        fs::write(path("in"), input).unwrap();
        let child = command
            .stdin(Stdio::from(File::open(path("in")).unwrap()))
            .stdout(Stdio::from(File::create(path("out")).unwrap()))
            .stderr(Stdio::from(File::create(path("err")).unwrap()))
            .spawn();
        let child = child.unwrap();
        Self { child, output }
    }

    pub(crate) fn out(&self) -> String {
        fs::read_to_string(self.output.path().join("out")).unwrap()
    }

    pub(crate) fn err(&self) -> String {
        fs::read_to_string(self.output.path().join("err")).unwrap()
    }

    /// Waits until standard output has `text`.
    pub(crate) async fn says(&mut self, text: &str) -> String {
        self.wait_for(text, Self::out).await
    }

    /// Waits until the log has `text`.
    pub(crate) async fn logs(&mut self, text: &str) -> String {
        self.wait_for(text, Self::err).await
    }

    async fn wait_for(&mut self, text: &str, read: impl Fn(&Self) -> String) -> String {
        let began = Instant::now();
        loop {
            let written = read(self);
            if written.contains(text) {
                return written;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "ended without {text:?}: {}{}", self.out(), self.err());
            assert!(began.elapsed() < PATIENCE, "no {text:?}: {}{}", self.out(), self.err());
            sleep(LOOK).await;
        }
    }

    /// Sends the signal of this name.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    pub(crate) async fn ended(mut self) -> Ended {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                let (out, err) = (self.out(), self.err());
                return Ended { code: status.code(), out, err };
            }
            assert!(began.elapsed() < PATIENCE, "still runs: {}{}", self.out(), self.err());
            sleep(LOOK).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Whoever has ended already can't be killed, and that is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder with a configuration and the policy of the usual house.
pub(crate) struct Site(pub(crate) TempDir);

impl Site {
    /// For an upstream at this address, which takes this token.
    pub(crate) fn new(upstream: SocketAddr, token: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let config = format!(
            r#"[server]
listen = "127.0.0.1:0"
management_listen = "127.0.0.1:0"
workers = 1
shutdown_grace = "8s"
[launchdarkly]
base_url = "http://{upstream}"
token = "{token}"
[[auth.issuers]]
name = "idp"
issuer = "https://idp.example.com"
audiences = ["flagward"]
algorithms = ["HS256"]
secret = "{SECRET}"
[policy]
file = "policy.toml"
"#
        );
        fs::write(folder.path().join("flagward.toml"), config).unwrap();
        fs::write(folder.path().join("policy.toml"), POLICY).unwrap();
        Self(folder)
    }

    /// One whose upstream is nowhere.
    pub(crate) fn alone() -> Self {
        Self::new("127.0.0.1:1".parse().unwrap(), "api-of-the-tests")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Replaces a part of the configuration.
    pub(crate) fn edit(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.path("flagward.toml")).unwrap();
        assert!(text.contains(from), "{text}");
        self.write("flagward.toml", &text.replace(from, to));
    }

    /// This command of the binary, in the folder.
    pub(crate) fn command(&self, command: &str, arguments: &[&str]) -> Command {
        let all = [&[command, "--config", "flagward.toml"], arguments].concat();
        flagward(self.0.path(), &all)
    }

    /// Runs this command to its end.
    pub(crate) async fn run(&self, command: &str, arguments: &[&str]) -> Ended {
        run(self.command(command, arguments)).await
    }

    /// A token of the binary's own making for a member of `team`.
    pub(crate) async fn token(&self, team: &str) -> String {
        let minted = self.run("token", &["--subject", "alice", "--team", team]).await;
        assert_eq!((minted.code, minted.err.as_str()), (Some(0), ""));
        minted.out.trim().to_owned()
    }

    /// A gateway under way.
    pub(crate) async fn serve(&self, arguments: &[&str]) -> Serving {
        Serving::start(self.command("serve", arguments)).await
    }
}

/// A gateway under way, and where it is.
pub(crate) struct Serving {
    pub(crate) process: Running,
    pub(crate) address: SocketAddr,
    pub(crate) management: SocketAddr,
}

impl Serving {
    pub(crate) async fn start(command: Command) -> Self {
        let mut process = Running::start(command);
        // Either form of the log has the addresses in the line that says so.
        process.logs("ready").await;
        let log = process.logs("management_address").await.replace("\":\"", "=");
        let find = |key: &str| {
            let (_, rest) = log.split_once(key).unwrap();
            rest.split([' ', '"', '\n']).next().unwrap().parse().unwrap()
        };
        let address =
            if log.contains(" address=") { find(" address=") } else { find("\"address=") };
        let management = find("management_address=");
        Self { process, address, management }
    }

    /// Asks with this token.
    pub(crate) fn ask(&self, token: &str, method: &str, path: &str, body: &str) -> Answer {
        ask(self.address, token, method, path, body)
    }

    /// Asks the management listener.
    pub(crate) fn ask_management(&self, path: &str) -> Answer {
        exchange(self.management, "GET", path, &[], "").unwrap()
    }

    /// Ends it, and makes sure that it ended well and that the log holds none of these.
    pub(crate) async fn close(self, secrets: &[&str]) -> Ended {
        self.process.signal("TERM");
        let ended = self.process.ended().await;
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        for secret in secrets.iter().chain(&[SECRET]) {
            assert!(!ended.err.contains(secret), "{}", ended.err);
        }
        ended
    }
}

/// Asks whoever listens at `address` with this token and a JSON body.
pub(crate) fn ask(
    address: SocketAddr,
    token: &str,
    method: &str,
    path: &str,
    body: &str,
) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    exchange(address, method, path, &headers, body).unwrap()
}
