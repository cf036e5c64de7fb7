//! A request of our own to a provider, and what came back.

use super::{
    header::{HeaderName, HeaderValue},
    inbound::ByteCount,
    method::Method,
    url::Url,
};
use crate::time::{Milliseconds, Seconds};
use alloc::{string::String, vec::Vec};

/// A request that the platform sends for us. Redirects are never followed.
#[derive(Clone)]
pub struct Outbound {
    /// `GET` or `POST`.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Header fields; they may hold credentials, so this type has no `Debug`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body of a `POST`; it may hold a code or a credential.
    pub body: Option<String>,
}

impl Outbound {
    /// Whether it may be sent again where its connection failed: it changes nothing at the other side (RFC 9110, section
    /// 9.2.2). A code may not, which a provider must take once alone (RFC 6749, section 4.1.2).
    pub const fn is_repeatable(&self) -> bool {
        matches!(self.method, Method::Get) && self.body.is_none()
    }
}

/// The limits of a reply.
#[derive(Clone, Copy, Debug)]
pub struct SendLimits {
    /// From sending to the last byte.
    pub timeout: Seconds,
    /// The most bytes of body that are read.
    pub body: ByteCount,
}

/// The answer of the other side.
#[derive(Clone)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// `Content-Type`, as sent.
    pub content_type: Option<String>,
    /// The body, at most the limit's bytes.
    pub body: Vec<u8>,
}

impl Reply {
    /// Whether the other side did what it was asked for (RFC 9110, section 15.3).
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }
}

/// Why there is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// No connection, or it broke.
    Unreachable,
    /// The limit's time ran out.
    TimedOut,
    /// The request that it was sent for may not wait any more, which says nothing of the other side.
    OutOfTime,
    /// The body was larger than the limit.
    TooLarge,
    /// The host's own rules forbid requests to that origin: Spin's `allowed_outbound_hosts`.
    NotAllowed,
}

impl SendError {
    /// Why there is no reply after as much of the limit as the request had left.
    pub fn late(allowed: Milliseconds, limit: Milliseconds) -> Self {
        match allowed < limit {
            true => Self::OutOfTime,
            false => Self::TimedOut,
        }
    }
}
