//! What is wrong with a request, and where.

/// Where in a request a fault is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// In the body, as a JSON pointer.
    Pointer(String),
    /// In the path, the query or a header, by its name.
    Parameter(String),
}

/// A fault of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub spot: Spot,
    /// What is expected there.
    pub detail: String,
}

impl Fault {
    /// A fault of a part of the path, of the query, or of a header.
    #[must_use]
    pub fn parameter(name: &str, detail: impl std::fmt::Display) -> Self {
        Self { spot: Spot::Parameter(name.to_owned()), detail: detail.to_string() }
    }

    /// A fault in the body.
    #[must_use]
    pub fn pointer(pointer: &str, detail: impl std::fmt::Display) -> Self {
        Self { spot: Spot::Pointer(pointer.to_owned()), detail: detail.to_string() }
    }
}
