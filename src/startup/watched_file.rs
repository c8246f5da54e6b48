//! Reading a file that is looked at again and again. Only a regular file of a bounded length is read: a pipe would hold up
//! every look after it, and a device has no end.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// What stands in the file at `path`, if it has at most `most` bytes.
pub(super) fn read_at_most(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        return Err(io::Error::other(format!("it has more than {most} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_regular_file_within_the_bound_is_read() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("policy.toml");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_at_most(&path, 5).unwrap(), b"12345");
        assert!(read_at_most(&path, 4).unwrap_err().to_string().contains("more than 4 bytes"));
        for other in [folder.path(), Path::new("/dev/zero")] {
            let fault = read_at_most(other, 5).unwrap_err();
            assert_eq!(fault.to_string(), "it is no regular file", "{}", other.display());
        }
    }
}
