//! Any bytes as a command in a chat: nothing panics, what is understood is spelled so that it is understood as the same
//! again, and every command that is suggested is one.
#![no_main]

use flagward::chat::command::{Verb, help, parse};
use flagward::chat::slack::text::plain;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    hear(text);
    hear(&plain(text));
    let about = bytes.first().and_then(|byte| Verb::ALL.get(usize::from(*byte)).copied());
    assert!(!help(about).is_empty());
});

fn hear(text: &str) {
    match parse(text) {
        Ok(command) => {
            let spelled = command.text();
            let again = parse(&spelled).expect("the canonical spelling is a command");
            // What the commands hold is compared to the byte: values in another spelling are other values.
            assert_eq!(format!("{command:?}"), format!("{again:?}"), "{spelled}");
            assert_eq!(again.text(), spelled, "there is one canonical spelling");
        }
        Err(misread) => {
            assert!(!misread.detail.is_empty());
            assert!((1..=3).contains(&misread.nearest.len()), "{misread:?}");
            for near in misread.nearest {
                assert!(parse(&near).is_ok(), "{near} was suggested");
            }
        }
    }
}
