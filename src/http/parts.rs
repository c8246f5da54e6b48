//! A path, cut at its slashes.

/// As many parts as the longest route has. Those after them are counted and not kept.
const MOST: usize = 10;

/// The parts of a path below the configured base, as they are spelled.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    kept: [&'a str; MOST],
    count: usize,
}

impl<'a> Parts<'a> {
    /// The parts of `path`, which begins with `base_path` in some spelling.
    #[must_use]
    pub(super) fn of(path: &'a str, base_path: &str) -> Self {
        // Counted and not compared: the router takes `/%67w` for `/gw`.
        let before = base_path.bytes().filter(|b| *b == b'/').count();
        let mut slashes = path.bytes().enumerate().filter(|(_, b)| *b == b'/');
        let start = slashes.nth(before).map(|(at, _)| at + 1);
        Self::cut(start.and_then(|start| path.get(start..)))
    }

    /// By hand, since `str::split` sets up a search for each part, which takes longer than looking at these few bytes.
    fn cut(path: Option<&'a str>) -> Self {
        let (mut parts, mut rest) = (Self { kept: [""; MOST], count: 0 }, path);
        while let Some(path) = rest {
            let end = path.bytes().position(|b| b == b'/');
            if let Some(place) = parts.kept.get_mut(parts.count) {
                *place = path.get(..end.unwrap_or(path.len())).unwrap_or_default();
            }
            parts.count += 1;
            rest = end.and_then(|end| path.get(end + 1..));
        }
        parts
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The first of them, up to as many as the longest route has.
    pub(super) fn kept(&self) -> &[&'a str] {
        self.kept.get(..self.count).unwrap_or(&self.kept)
    }
}
