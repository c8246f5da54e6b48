//! Entity tags.

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;

/// How many bytes of the digest a tag shows: enough that two bodies never share one by chance.
const SHOWN: usize = 12;

/// The weak entity tag of a body, the same on every replica: compression may change the bytes that travel,
/// never what they say.
#[must_use]
pub fn entity_tag(body: &[u8]) -> Bytes {
    let hash = digest(&SHA256, body);
    let shown = hash.as_ref().iter().take(SHOWN);
    let mut tag = String::with_capacity(SHOWN * 2 + 4);
    tag.push_str("W/\"");
    for byte in shown {
        for nibble in [byte >> 4, byte & 15] {
            tag.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    tag.push('"');
    tag.into()
}
