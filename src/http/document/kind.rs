//! What kind of operation it is. From its kind follows how it can fail, and which headers come and go.

use utoipa::openapi::path::{Operation, PathItem};

use crate::problem::Slug;

/// What decides over an operation's failures and headers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// The API that it belongs to.
    pub(super) api: Api,
    /// What it does.
    pub(super) act: Act,
    has_body: bool,
}

/// The API that an operation belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Api {
    /// No one's: anybody may ask, and it can't fail.
    Open,
    /// Ours.
    V1,
    /// `LaunchDarkly`'s.
    DropIn,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Answers without asking `LaunchDarkly`.
    Tell,
    /// Reads a user's settings.
    Read,
    /// Changes one of them: sets a value.
    Set,
    /// Changes one of them: makes an override end.
    Schedule,
    /// Changes them in a way that needs no value.
    Change,
}

impl Kind {
    pub(super) fn of(path: &str, method: &str, operation: &Operation) -> Self {
        let api = match path {
            _ if path.starts_with("/v1/") => Api::V1,
            _ if path.starts_with("/api/v2/") => Api::DropIn,
            _ => Api::Open,
        };
        let act = match method {
            _ if !path.contains("{project}") => Act::Tell,
            "get" => Act::Read,
            "put" if path.ends_with("/expiration") => Act::Schedule,
            "put" => Act::Set,
            _ => Act::Change,
        };
        Self { api, act, has_body: operation.request_body.is_some() }
    }

    pub(super) fn is_read(self) -> bool {
        self.act == Act::Read
    }

    pub(super) fn is_write(self) -> bool {
        matches!(self.act, Act::Set | Act::Schedule | Act::Change)
    }

    /// Every way in which such an operation can fail.
    pub(super) fn slugs(self) -> Vec<Slug> {
        let mut slugs = Vec::new();
        if self.api != Api::Open {
            slugs.extend([
                Slug::InvalidRequest,
                Slug::Unauthenticated,
                Slug::NotAcceptable,
                Slug::InternalError,
            ]);
        }
        if self.has_body {
            slugs.extend([Slug::RequestTimeout, Slug::ContentTooLarge, Slug::UnsupportedMediaType]);
        }
        if self.act != Act::Tell {
            slugs.extend([Slug::NotPermitted, Slug::NotFound, Slug::RateLimited]);
            slugs.extend([Slug::UpstreamFailed, Slug::UpstreamUnavailable, Slug::UpstreamTimeout]);
        }
        if self.is_write() {
            slugs.extend([Slug::ApprovalRequired, Slug::Conflict]);
            slugs.extend([Slug::GuardNotMet, Slug::WritesFrozen]);
        }
        match self.act {
            Act::Set => slugs.push(Slug::NoSuchVariation),
            Act::Schedule => slugs.extend([Slug::NoSuchVariation, Slug::NotOverridden]),
            Act::Tell | Act::Read | Act::Change => {}
        }
        slugs
    }
}

/// The operations of a path, by method.
pub(super) fn operations(
    item: &mut PathItem,
) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("get", &mut item.get),
        ("put", &mut item.put),
        ("post", &mut item.post),
        ("delete", &mut item.delete),
        ("patch", &mut item.patch),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}
