//! Panics in the log. A panic ends the request or the task that it happened in, and nothing else; someone should
//! act on it nevertheless.

use std::panic::{PanicHookInfo, set_hook};

/// As much of a panic's message as is logged, in characters.
const LONGEST_MESSAGE: usize = 200;
/// The longest word of a message that is logged, in bytes. Words are shorter; tokens and keys are not.
const LONGEST_WORD: usize = 32;
/// What the standard library puts into quotes of its own.
const OWN_QUOTES: [&str; 5] =
    ["`Result::unwrap()`", "`Result::unwrap_err()`", "`Option::unwrap()`", "`Err`", "`Ok`"];
const LEFT_OUT: &str = "…";

/// From here on a panic is an event of the log, instead of text on standard error.
pub fn log_panics() {
    set_hook(Box::new(report));
}

fn report(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("no message");
    let message = without_data(message);
    let location = panic.location().map(tracing::field::display);
    let thread = std::thread::current();
    tracing::error!(
        panic.message = message,
        panic.location = location,
        thread = thread.name(),
        "a panic: this is a bug; what it happened in is given up, the rest goes on"
    );
}

/// What a message says before it quotes anything: a text that could not be cut is quoted whole, an error by its
/// `Debug`, and either may hold a token or a user's key. The place of the panic tells the rest.
fn without_data(message: &str) -> String {
    let mut words = Vec::new();
    for word in message.split_whitespace() {
        if OWN_QUOTES.contains(&word) {
            words.push(word);
        } else if word.contains(['`', '"']) || word.starts_with('\'') {
            words.push(LEFT_OUT);
            break;
        } else {
            words.push(if word.len() > LONGEST_WORD { LEFT_OUT } else { word });
        }
    }
    words.join(" ").escape_debug().take(LONGEST_MESSAGE).collect()
}

#[cfg(test)]
mod tests {
    use std::panic::take_hook;
    use std::sync::{Arc, Mutex, Once};
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

    /// Takes the panics of this test's threads, and lets those of other tests go where they would go anyway.
    fn hook() {
        static HOOKED: Once = Once::new();
        HOOKED.call_once(|| {
            let usual = take_hook();
            set_hook(Box::new(move |panic| {
                if thread::current().name() == Some(PANICS) {
                    report(panic);
                } else {
                    usual(panic);
                }
            }));
        });
    }

    /// What is logged of the panic that this ends in.
    fn logged(panics: impl FnOnce() + Send + 'static) -> String {
        hook();
        let fields = Fields::default();
        let layer = fields.clone();
        let thread = thread::Builder::new().name(PANICS.to_owned());
        let panicking = move || with_default(registry().with(layer), panics);
        assert!(thread.spawn(panicking).unwrap().join().is_err());
        let logged = fields.0.lock().unwrap();
        logged.clone()
    }

    #[test]
    fn a_panic_is_an_error_in_the_log_with_its_place_and_a_bounded_message() {
        let many = "word ".repeat(LONGEST_MESSAGE);
        let logged = logged(move || panic!("line\nbreak {many}"));
        assert!(logged.starts_with("ERROR"), "{logged}");
        assert!(logged.contains(r#"panic.message="line break word word"#), "{logged}");
        assert!(logged.contains("panic.location=src/telemetry/panics.rs:"), "{logged}");
        assert!(logged.matches("word").count() <= LONGEST_MESSAGE / 5, "{logged}");
    }

    #[test]
    #[expect(clippy::string_slice, clippy::unnecessary_literal_unwrap, reason = "they shall panic")]
    fn what_a_panic_was_about_is_not_logged() {
        const PLANTED: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwbGFudGVkIn0.planted";
        let text = format!("é {PLANTED} ` \" ' {PLANTED}");
        let (cut, error) = (text.clone(), text.clone());
        for (logged, says) in [
            (logged(move || drop(cut[1..].to_owned())), "is not a char boundary"),
            (
                logged(move || Err::<(), _>(error).unwrap()),
                "called `Result::unwrap()` on an `Err` value: …",
            ),
            (logged(|| panic!("this token {PLANTED} is bad")), "token … is bad"),
            (logged(|| panic!("the secret is '{PLANTED}'")), "the secret is …"),
            (logged(|| std::panic::panic_any(PLANTED.to_owned())), "…"),
            (logged(|| std::panic::panic_any(17)), "no message"),
            (logged(|| assert_eq!(PLANTED, "")), "assertion …"),
        ] {
            assert!(logged.contains(says), "{says}: {logged}");
            assert!(!logged.contains("planted") && !logged.contains("eyJ"), "{logged}");
        }
    }
}
