//! A folder for the demo's policy, so that it can be edited while the demo runs.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crate::cli::output::{Failure, failed};

/// For us alone: whoever writes the policy decides what the demo allows.
const OURS_ALONE: u32 = 0o700;

/// As much of a random text as no two demos share.
const NAME_LENGTH: usize = 12;

/// A new folder that nobody else can read. Removed at the end.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes it, under a name that nobody can have taken before.
    pub(super) fn new(random: &str) -> Result<Self, Failure> {
        let name: String = random.chars().take(NAME_LENGTH).collect();
        let path = std::env::temp_dir().join(format!("flagward-demo-{name}"));
        let made = DirBuilder::new().mode(OURS_ALONE).create(&path);
        made.map_err(|cause| failed(format_args!("{}: {cause}", path.display())))?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It holds a copy of the demo's policy and nothing else; if it stays behind, nobody is harmed.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
