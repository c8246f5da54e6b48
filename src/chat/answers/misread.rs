//! What is said to a text that is no command.

use super::words::{line, says};
use crate::chat::answer::Line;
use crate::chat::command::Misread;
use crate::chat::speaker::Speaker;

pub(super) fn misread(speaker: &Speaker, misread: &Misread) -> Vec<Line> {
    let mut lines = vec![line().said(&misread.detail)];
    if let Some(usage) = &misread.usage {
        lines.push(line().text("It goes so: ").command(speaker, usage));
    }
    if !misread.nearest.is_empty() {
        lines.push(says("Did you mean:"));
        lines.extend(misread.nearest.iter().map(|near| line().text("• ").command(speaker, near)));
    }
    lines.push(line().text("All there is: ").command(speaker, "help"));
    lines
}
