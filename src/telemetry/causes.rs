//! An error with everything behind it.

use std::error::Error;
use std::fmt;

/// An error and everything behind it, in one line. What an error repeats of its cause is said once.
#[derive(Debug)]
pub struct Causes<'a>(pub &'a (dyn Error + 'static));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.0.to_string();
        f.write_str(&said)?;
        let mut behind = self.0.source();
        while let Some(cause) = behind {
            let text = cause.to_string();
            if !said.ends_with(&text) {
                write!(f, ": {text}")?;
            }
            said = text;
            behind = cause.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Link {
        text: &'static str,
        source: Option<Box<Link>>,
    }

    fn chain(texts: &[&'static str]) -> Link {
        let (text, rest) = texts.split_first().unwrap();
        let source = (!rest.is_empty()).then(|| Box::new(chain(rest)));
        Link { text, source }
    }

    #[test]
    fn every_cause_is_said_and_none_twice() {
        for (texts, line) in [
            (&["a"][..], "a"),
            (&["a", "b", "c"], "a: b: c"),
            (&["too long", "too long", "c"], "too long: c"),
            (&["a: b", "b", "c"], "a: b: c"),
        ] {
            assert_eq!(Causes(&chain(texts)).to_string(), line);
        }
    }
}
