//! What a request asks of the file beside its name.

use crate::http::header::HeaderName;
use alloc::string::String;

/// The request headers that have a say.
#[derive(Debug)]
pub(super) struct Conditions {
    /// Whether there is an `Authorization`: what was asked for with one is not for shared caches.
    pub(super) is_authorized: bool,
}

impl Conditions {
    /// Reads the headers.
    pub(super) fn read(header: impl Fn(&HeaderName) -> Option<String>) -> Self {
        Self {
            is_authorized: header(&HeaderName::AUTHORIZATION).is_some(),
        }
    }
}
