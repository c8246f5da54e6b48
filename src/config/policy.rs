//! `[policy]`: where the policy is.

use std::path::PathBuf;

use super::section::Section;

/// Where the policy is. What is in it is for the room `policy` to read, again and again.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The policy file. No default. A relative path starts where the configuration file is.
    pub file: PathBuf,
}

impl Policy {
    pub(super) fn read(mut section: Section<'_, '_>) -> Option<Self> {
        let expected = "must be the path of the policy file, like \"policy.toml\"";
        if !section.has("file") {
            section.missing("file", expected);
        }
        let file = section.path("file", expected);
        section.finish();
        file.map(|(file, _)| Self { file })
    }
}
