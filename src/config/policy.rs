//! `[policy]`: where the policy is.

use std::path::PathBuf;

use super::section::Section;

/// Where the policy is. What is in it is for the room `policy` to read, again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The policy file. No default. A relative path starts where the configuration file is.
    pub file: PathBuf,
    /// Where that was said, for whoever has to say that there is no such file: file and line, or variable, and key.
    pub named_by: String,
}

impl Policy {
    pub(super) fn read(mut section: Section<'_, '_>) -> Option<Self> {
        let expected = "must be the path of the policy file, like \"policy.toml\"";
        if !section.has("file") {
            section.missing("file", expected);
        }
        let found = section.path("file", expected);
        let found = found.map(|(file, place)| (file, section.named(place, "file")));
        section.finish();
        found.map(|(file, named_by)| Self { file, named_by })
    }
}
