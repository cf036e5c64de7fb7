//! Which paths are endpoints of our own.

use crate::http::path::{Below, RequestPath};
use alloc::{borrow::ToOwned, string::String};

/// Whether a path is one of our endpoints.
pub(in crate::gateway) enum Endpoint {
    /// It is below `base_path`; what follows it, without the slash.
    Ours(String),
    /// It belongs to a route.
    NotOurs,
}

/// Whether `path` is below `base_path`, decoded as routes are, so that no spelling of an endpoint
/// reaches an upstream.
pub(in crate::gateway) fn find(base_path: &str, path: &RequestPath) -> Endpoint {
    match path.below(base_path) {
        Below::Yes(name) => Endpoint::Ours(name.to_owned()),
        Below::No => Endpoint::NotOurs,
    }
}
