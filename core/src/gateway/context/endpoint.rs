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

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn no_spelling_of_an_endpoint_belongs_to_a_route() {
        let name = |path: &str| match find("/auth", &RequestPath::parse(path).unwrap()) {
            Endpoint::Ours(name) => Some(name),
            Endpoint::NotOurs => None,
        };
        for path in ["/auth/login", "/%61uth/log%69n", "/a/../auth/./login"] {
            assert_eq!(name(path).as_deref(), Some("login"), "{path}");
        }
        assert_eq!(name("/auth").as_deref(), Some(""));
        for path in ["/authors", "/AUTH/login", "/a/auth/login", "/"] {
            assert_eq!(name(path), None, "{path}");
        }
    }
}
