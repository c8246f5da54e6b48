//! Secrets, keys and certificates that stand in files of their own.

use std::io::Read as _;
use std::path::Path;

use secrecy::SecretString;

use super::fault::Place;
use super::section::{Section, Text};
use super::tree::Node;

/// The most bytes that we read of such a file. A bundle of every public CA has a quarter of it; what is longer
/// is a mistake, such as a device.
const MOST: u64 = 1 << 20;
/// A secret's file that can't be read. What stands there is not repeated: it may be the secret itself, by mistake.
const NOT_NAMED: &str = "the file that it names";

/// A secret and where it was written.
pub(super) struct Secret {
    pub(super) text: SecretString,
    pub(super) place: Place,
    /// Which of the two keys it came from.
    pub(super) key: &'static str,
}

impl Section<'_, '_> {
    /// A secret from `key`, or from the file that `file_key` names, whose last line break doesn't count. The
    /// environment's wins over the file's; else both is a fault, none is not.
    pub(super) fn secret(&mut self, key: &'static str, file_key: &'static str) -> Option<Secret> {
        self.let_environment_win(key, file_key);
        if self.has(key) && self.has(file_key) {
            let expected = format!("must not stand beside `{file_key}`: give one of the two");
            let (given, _) = (self.node(key), self.node(file_key));
            self.fault(given.map_or(Place::File, |node| node.place), key, expected);
            return None;
        }
        let direct = self.text(key, "must be text in quotes");
        let named = self.path(file_key, "must be the path of a file");
        let (text, place, key) = match (direct, named) {
            (Some(Text { text, place }), _) => (text, place, key),
            (None, Some((path, place))) => {
                let bytes = self.read_called(NOT_NAMED, &path, place.clone(), file_key)?;
                let Ok(text) = String::from_utf8(bytes) else {
                    self.fault(place, file_key, format!("{} must be UTF-8", shown(&path)));
                    return None;
                };
                let text = without_line_break(text);
                if let Some(expected) = unseen(&text) {
                    self.fault(place, file_key, format!("{} {expected}", shown(&path)));
                    return None;
                }
                (text, place, file_key)
            }
            (None, None) => return None,
        };
        if text.is_empty() {
            self.fault(place, key, "must not be empty");
            return None;
        }
        Some(Secret { text: SecretString::from(text), place, key })
    }

    /// Of two keys that stand for each other, forgets the one in the file if the other is from the environment.
    fn let_environment_win(&mut self, key: &'static str, other: &'static str) {
        let is_variable = |key: &str| Some(matches!(self.place(key)?, Place::Variable(_)));
        let loser = match (is_variable(key), is_variable(other)) {
            (Some(true), Some(false)) => other,
            (Some(false), Some(true)) => key,
            _ => return,
        };
        let _: Option<Node> = self.node(loser);
    }

    /// What is in the file at `path`.
    pub(super) fn read(&mut self, path: &Path, place: Place, key: &str) -> Option<Vec<u8>> {
        self.read_called(&shown(path), path, place, key)
    }

    /// The same, with the file called so in a fault.
    fn read_called(
        &mut self,
        called: &str,
        path: &Path,
        place: Place,
        key: &str,
    ) -> Option<Vec<u8>> {
        let read = std::fs::File::open(path).and_then(|file| {
            let mut bytes = Vec::new();
            file.take(MOST + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        });
        match read {
            Ok(bytes) if u64::try_from(bytes.len()).is_ok_and(|count| count <= MOST) => {
                return Some(bytes);
            }
            Ok(_) => self.fault(place, key, format!("{called} must be at most 1 MiB")),
            Err(error) => self.fault(place, key, format!("{called} must be readable: {error}")),
        }
        None
    }
}

/// A path for a fault's single line.
pub(super) fn shown(path: &Path) -> String {
    format!("the file `{}`", path.display().to_string().escape_debug())
}

/// What nobody sees around a secret, and what its owner would not count as a part of it.
fn unseen(text: &str) -> Option<&'static str> {
    if text.starts_with('\u{feff}') {
        return Some("must not start with a byte order mark (BOM): save it as plain UTF-8");
    }
    let is_bare = text.trim() == text;
    (!is_bare)
        .then_some("must not have white space around the secret, but for one line break at its end")
}

fn without_line_break(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}
