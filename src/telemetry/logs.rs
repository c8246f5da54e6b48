//! Structured logs to standard error, as text for people or JSON for machines.
//!
//! The HTTP libraries below us may write paths, and with them users' keys, at `debug` and `trace`. They stay at
//! `warn` whatever level is asked for, unless the filter names them: `debug,hyper=trace`.

use std::io::IsTerminal as _;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{EnvFilter, FilterFn, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{fmt, registry};

const EXPECTED: &str = "must be a level (error, warn, info, debug, trace, off), or a list of levels and directives like \
                        `info,flagward::upstream=debug`";

/// Crates that stay at `warn` unless they are named; a name stands for all crates that start with it.
const QUIET: [&str; 7] = ["actix", "h2", "hyper", "mio", "reqwest", "rustls", "tokio"];

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging for the whole process. `filter` is a level or a list like `info,flagward::upstream=debug`.
/// Says why if the filter is no filter or logging was started already.
pub fn start_logging(filter: &str, format: LogFormat) -> Result<(), String> {
    let chosen = chosen(filter)?;
    let lines =
        fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let all = registry().with(chosen).with(quiet(filter)).with(lines);
    all.try_init().map_err(|fault| format!("logging: {fault}"))
}

/// The filter, unless it has a word that is neither level nor directive: it would be taken for a target that nobody has,
/// and nothing would be logged.
fn chosen(filter: &str) -> Result<EnvFilter, String> {
    let is_level = |part: &str| !part.is_empty() && part.parse::<LevelFilter>().is_ok();
    let is_one = |part: &str| part.contains(['=', '[']) || is_level(part.trim());
    if !filter.split(',').all(is_one) {
        return Err(format!("--log: {EXPECTED}"));
    }
    EnvFilter::try_new(filter).map_err(|fault| format!("--log: {EXPECTED}: {fault}"))
}

/// Keeps the libraries of [`QUIET`] at `warn`, but for those that `filter` names.
fn quiet(filter: &str) -> FilterFn<impl Fn(&tracing::Metadata<'_>) -> bool + use<>> {
    let named: Vec<_> = filter.split(',').map(target).collect();
    let is_named = |name: &&str| named.iter().any(|target| target.starts_with(name));
    let quiet: Vec<_> = QUIET.into_iter().filter(|name| !is_named(name)).collect();
    filter_fn(move |metadata| {
        let is_quiet = || quiet.iter().any(|name| metadata.target().starts_with(name));
        *metadata.level() <= LevelFilter::WARN || !is_quiet()
    })
}

/// The target of one directive: what is before `=` or `[`.
fn target(directive: &str) -> &str {
    let end = directive.find(['=', '[']).unwrap_or(directive.len());
    directive.get(..end).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::subscriber::with_default;

    use super::*;

    /// What is logged at `filter` when everything speaks.
    fn logged(filter: &str) -> String {
        let written = Arc::new(Mutex::new(Vec::new()));
        let target = Arc::clone(&written);
        let lines = fmt::layer().with_ansi(false).without_time();
        let lines = lines.with_writer(move || Shared(Arc::clone(&target)));
        let all = registry().with(EnvFilter::new(filter));
        with_default(all.with(quiet(filter)).with(lines), || {
            tracing::debug!(target: "hyper_util::client", "path of a user");
            tracing::warn!(target: "h2::codec", "odd frame");
            tracing::debug!(target: "flagward::upstream", "asked");
            tracing::info!(target: "flagward::http", "answered");
        });
        String::from_utf8(written.lock().unwrap().clone()).unwrap()
    }

    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_word_that_is_no_level_is_refused_instead_of_logging_nothing() {
        for good in
            ["info", "OFF", "info,flagward::upstream=debug", "warn,[span]=debug", "info,h2=warn"]
        {
            assert!(chosen(good).is_ok(), "{good}");
        }
        for bad in ["inof", "", " ", "info,", "flagward", "info,flagward", "info=loud"] {
            let refused = chosen(bad).unwrap_err();
            assert!(refused.starts_with("--log: must be a level"), "{bad} {refused}");
        }
    }

    #[test]
    fn libraries_stay_quiet_at_any_level_unless_they_are_named() {
        let all = logged("trace");
        assert!(all.contains("asked") && all.contains("answered"), "{all}");
        assert!(all.contains("odd frame") && !all.contains("path of a user"), "{all}");
        let named = logged("info,hyper_util=debug");
        assert!(named.contains("path of a user") && !named.contains("asked"), "{named}");
    }

    #[test]
    fn a_filter_is_never_widened_for_the_sake_of_libraries() {
        assert_eq!(logged("off"), "");
        assert_eq!(logged("error"), "");
        assert!(!logged("flagward=info").contains("odd frame"));
    }
}
