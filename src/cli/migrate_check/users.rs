//! The list of users: a key a line.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use crate::cli::output::{Failure, failed, usage};
use crate::domain::UserKey;

/// The largest list, in bytes: hundreds of thousands of users.
const LARGEST: u64 = 64 << 20;

/// Reads the list in a file or, with `-`, on standard input. An empty line is nothing, and a key counts once.
pub(super) fn read(from: &Path) -> Result<Vec<UserKey>, Failure> {
    let name = if from == Path::new("-") {
        "standard input".to_owned()
    } else {
        from.display().to_string()
    };
    let mut text = String::new();
    let read = if from == Path::new("-") {
        std::io::stdin().take(LARGEST).read_to_string(&mut text)
    } else {
        std::fs::File::open(from).and_then(|file| file.take(LARGEST).read_to_string(&mut text))
    };
    read.map_err(|cause| failed(format_args!("{name}: {cause}")))?;
    parse(&name, &text).map_err(usage)
}

/// The users or, one a line, all that is wrong with the list.
fn parse(name: &str, text: &str) -> Result<Vec<UserKey>, String> {
    let mut known = BTreeSet::new();
    let (mut users, mut faults) = (Vec::new(), Vec::new());
    for (index, line) in text.lines().enumerate() {
        if line.is_empty() || !known.insert(line) {
            continue;
        }
        match line.parse::<UserKey>() {
            Ok(user) => users.push(user),
            Err(fault) => faults.push(format!("{name}:{}: {fault}", index + 1)),
        }
    }
    if users.is_empty() && faults.is_empty() {
        faults.push(format!("{name}: has no user: give a user's key a line"));
    }
    if faults.is_empty() { Ok(users) } else { Err(faults.join("\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_user_counts_once_and_every_fault_is_told() {
        let users = parse("u", "anna\n\nben x\r\nanna\n").unwrap();
        let users: Vec<_> = users.iter().map(UserKey::as_str).collect();
        assert_eq!(users, ["anna", "ben x"]);
        let faults = parse("u", "anna\n..\na/../b\n").unwrap_err();
        let starts: Vec<_> = faults.lines().map(|line| line.split_at(4).0).collect();
        assert_eq!(starts, ["u:2:", "u:3:"]);
        assert_eq!(parse("u", "\n").unwrap_err(), "u: has no user: give a user's key a line");
    }
}
