//! The addresses that a request names beside its own, as WebDAV does (RFC 4918).

use crate::http::{header::HeaderName, inbound::Inbound, method::Method};
use alloc::string::String;

/// The addresses that a request names.
pub(in crate::gateway) struct Named {
    pub(in crate::gateway) destination: Option<String>,
    pub(in crate::gateway) condition: Option<String>,
}

impl Named {
    /// The addresses of a request, where it has any; one that only reads copies and moves nothing.
    pub(in crate::gateway) fn of(request: &impl Inbound, method: &Method) -> Option<Self> {
        if method.is_safe() {
            return None;
        }
        let destination = request.header(&HeaderName::DESTINATION);
        let condition = request.header(&HeaderName::IF);
        (destination.is_some() || condition.is_some()).then_some(Self {
            destination,
            condition,
        })
    }
}
