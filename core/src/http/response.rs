//! A response of our own.

use super::header::{HeaderName, HeaderValue};
use alloc::{string::String, vec::Vec};

/// A status code (RFC 9110, section 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(u16);

macro_rules! statuses {
    ($($constant:ident = $code:literal),* $(,)?) => {
        impl Status {
            $(#[doc = stringify!($code)] pub const $constant: Self = Self($code);)*
        }
    };
}

statuses! {
    OK = 200,
    NO_CONTENT = 204,
    PARTIAL_CONTENT = 206,
    SEE_OTHER = 303,
    NOT_MODIFIED = 304,
    TEMPORARY_REDIRECT = 307,
    BAD_REQUEST = 400,
    UNAUTHORIZED = 401,
    FORBIDDEN = 403,
    NOT_FOUND = 404,
    METHOD_NOT_ALLOWED = 405,
    REQUEST_TIMEOUT = 408,
    LENGTH_REQUIRED = 411,
    PRECONDITION_FAILED = 412,
    CONTENT_TOO_LARGE = 413,
    UNSUPPORTED_MEDIA_TYPE = 415,
    RANGE_NOT_SATISFIABLE = 416,
    MISDIRECTED_REQUEST = 421,
    NOT_IMPLEMENTED = 501,
    BAD_GATEWAY = 502,
    SERVICE_UNAVAILABLE = 503,
    GATEWAY_TIMEOUT = 504,
}

impl Status {
    /// The number.
    pub const fn code(self) -> u16 {
        self.0
    }
}

/// A complete response: status, headers in order, body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: Status,
    /// Header fields in order; `Set-Cookie` may stand several times.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body, in UTF-8.
    pub body: String,
}

impl Response {
    /// A response without headers or body.
    pub const fn new(status: Status) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: String::new(),
        }
    }

    /// Adds a header field after those already there.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Replaces the body.
    #[must_use]
    pub fn with_body(mut self, body: String) -> Self {
        self.body = body;
        self
    }

    /// The first value of `name`.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}
