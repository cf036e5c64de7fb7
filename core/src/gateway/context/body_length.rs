//! How long the body of a request is.

use crate::{
    encoding::digits,
    http::{header::HeaderName, inbound::Inbound, method::Method},
};

/// How long a body is, as far as the request says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gateway) enum BodyLength {
    Bytes(u64),
    Unknown,
}

impl BodyLength {
    /// No body.
    pub(in crate::gateway) const NONE: Self = Self::Bytes(0);

    /// The length that a request announces. Without a length, only methods whose requests are about their body
    /// (RFC 9110, section 9.3) count as having one.
    pub(in crate::gateway) fn of(request: &impl Inbound) -> Self {
        match request.header(&HeaderName::CONTENT_LENGTH) {
            Some(length) => digits::number(&length).map_or(Self::Unknown, Self::Bytes),
            None => match request.method() {
                Method::Post | Method::Put | Method::Patch => Self::Unknown,
                Method::Get
                | Method::Head
                | Method::Delete
                | Method::Options
                | Method::Other(_) => Self::NONE,
            },
        }
    }
}
