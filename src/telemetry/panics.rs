//! Panics in the log. A panic ends the request or the task that it happened in, and nothing else; someone should
//! act on it nevertheless.

use std::panic::{PanicHookInfo, set_hook};

/// As much of a panic's message as is logged, in characters: it names what was wrong in the first words, and may
/// quote data after them.
const LONGEST_MESSAGE: usize = 200;

/// From here on a panic is an event of the log, instead of text on standard error.
pub fn log_panics() {
    set_hook(Box::new(report));
}

fn report(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("no message");
    let message: String = message.chars().take(LONGEST_MESSAGE).collect();
    let location = panic.location().map(tracing::field::display);
    let thread = std::thread::current();
    tracing::error!(
        panic.message = message.escape_debug().to_string(),
        panic.location = location,
        thread = thread.name(),
        "a panic: this is a bug; what it happened in is given up, the rest goes on"
    );
}

#[cfg(test)]
mod tests {
    use std::panic::take_hook;
    use std::sync::{Arc, Mutex};
    use std::thread;

    use tracing::field::{Field, Visit};
    use tracing::subscriber::with_default;
    use tracing::{Event, Subscriber};
    use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
    use tracing_subscriber::registry;

    use super::*;

    /// The thread whose panic the test looks at. Those of other tests go where they would go anyway.
    const PANICS: &str = "panics-for-the-test";

    #[derive(Clone, Default)]
    struct Fields(Arc<Mutex<String>>);

    impl Visit for Fields {
        fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
            let line = format!("{}={value:?}\n", field.name());
            self.0.lock().unwrap().push_str(&line);
        }
    }

    impl<S: Subscriber> Layer<S> for Fields {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            self.0.lock().unwrap().push_str(event.metadata().level().as_str());
            event.record(&mut self.clone());
        }
    }

    #[test]
    fn a_panic_is_an_error_in_the_log_with_its_place_and_a_bounded_message() {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if thread::current().name() == Some(PANICS) {
                report(panic);
            } else {
                usual(panic);
            }
        }));
        let fields = Fields::default();
        let layer = fields.clone();
        let long = "x".repeat(LONGEST_MESSAGE);
        let panics = move || {
            with_default(registry().with(layer), || panic!("line\nbreak {long}"));
        };
        let thread = thread::Builder::new().name(PANICS.to_owned());
        assert!(thread.spawn(panics).unwrap().join().is_err());
        let logged = fields.0.lock().unwrap();
        assert!(logged.starts_with("ERROR"), "{logged}");
        assert!(logged.contains(r#"panic.message="line\\nbreak x"#), "{logged}");
        assert!(logged.contains("panic.location=src/telemetry/panics.rs:"), "{logged}");
        assert!(!logged.contains(&"x".repeat(LONGEST_MESSAGE)), "{logged}");
    }
}
