//! Header names and values that cannot break out of their line (RFC 9110, section 5).

use alloc::{borrow::Cow, string::String};
use core::fmt;

/// A header name: a lower-case token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeaderName(Cow<'static, str>);

/// A header value: visible ASCII, spaces and tabs, without CR, LF or NUL. It may be a credential, so
/// `Debug` shows its length alone.
#[derive(Clone, PartialEq, Eq)]
pub struct HeaderValue(String);

macro_rules! names {
    ($($constant:ident = $name:literal),* $(,)?) => {
        impl HeaderName {
            $(#[doc = concat!("`", $name, "`")] pub const $constant: Self = Self(Cow::Borrowed($name));)*
        }
    };
}

names! {
    ACCESS_CONTROL_ALLOW_CREDENTIALS = "access-control-allow-credentials",
    ACCESS_CONTROL_ALLOW_HEADERS = "access-control-allow-headers",
    ACCESS_CONTROL_ALLOW_METHODS = "access-control-allow-methods",
    ACCESS_CONTROL_ALLOW_ORIGIN = "access-control-allow-origin",
    ACCESS_CONTROL_EXPOSE_HEADERS = "access-control-expose-headers",
    ACCESS_CONTROL_MAX_AGE = "access-control-max-age",
    ACCESS_CONTROL_REQUEST_METHOD = "access-control-request-method",
    ACCEPT = "accept",
    ACCEPT_LANGUAGE = "accept-language",
    ACCEPT_RANGES = "accept-ranges",
    ALLOW = "allow",
    AUTHORIZATION = "authorization",
    CACHE_CONTROL = "cache-control",
    CLEAR_SITE_DATA = "clear-site-data",
    CONNECTION = "connection",
    CONTENT_LENGTH = "content-length",
    CONTENT_RANGE = "content-range",
    CONTENT_SECURITY_POLICY = "content-security-policy",
    CONTENT_TYPE = "content-type",
    COOKIE = "cookie",
    CROSS_ORIGIN_OPENER_POLICY = "cross-origin-opener-policy",
    DESTINATION = "destination",
    DPOP = "dpop",
    ETAG = "etag",
    FORWARDED = "forwarded",
    HOST = "host",
    IF = "if",
    IF_MATCH = "if-match",
    IF_MODIFIED_SINCE = "if-modified-since",
    IF_NONE_MATCH = "if-none-match",
    IF_RANGE = "if-range",
    IF_UNMODIFIED_SINCE = "if-unmodified-since",
    LAST_MODIFIED = "last-modified",
    LOCATION = "location",
    LYCHGATE_EMAIL = "lychgate-email",
    LYCHGATE_GROUPS = "lychgate-groups",
    LYCHGATE_ISSUER = "lychgate-issuer",
    LYCHGATE_SECRET = "lychgate-secret",
    LYCHGATE_USER = "lychgate-user",
    ORIGIN = "origin",
    PURPOSE = "purpose",
    RANGE = "range",
    REFERRER_POLICY = "referrer-policy",
    RETRY_AFTER = "retry-after",
    SEC_FETCH_DEST = "sec-fetch-dest",
    SEC_FETCH_MODE = "sec-fetch-mode",
    SEC_FETCH_SITE = "sec-fetch-site",
    SEC_PURPOSE = "sec-purpose",
    SEC_WEBSOCKET_KEY = "sec-websocket-key",
    SET_COOKIE = "set-cookie",
    STRICT_TRANSPORT_SECURITY = "strict-transport-security",
    TRANSFER_ENCODING = "transfer-encoding",
    UPGRADE = "upgrade",
    USER_AGENT = "user-agent",
    VARY = "vary",
    WWW_AUTHENTICATE = "www-authenticate",
    X_CONTENT_TYPE_OPTIONS = "x-content-type-options",
    X_FORWARDED_HOST = "x-forwarded-host",
    X_FORWARDED_PROTO = "x-forwarded-proto",
    X_FRAME_OPTIONS = "x-frame-options",
    X_ROBOTS_TAG = "x-robots-tag",
}

impl fmt::Debug for HeaderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HeaderValue({} bytes)", self.0.len())
    }
}

impl HeaderName {
    /// The name that `text` spells in any case, or `None` where it is no token.
    pub fn parse(text: &str) -> Option<Self> {
        let token = !text.is_empty() && text.len() <= 128 && text.bytes().all(is_token);
        token.then(|| Self(Cow::Owned(text.to_ascii_lowercase())))
    }

    /// The name in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl HeaderValue {
    /// The value `text`, or `None` where it holds anything but visible ASCII, spaces and tabs.
    pub fn parse(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let printable = |byte: u8| byte == b'\t' || (b' '..=b'~').contains(&byte);
        text.bytes().all(printable).then_some(Self(text))
    }

    /// A value of our own, checked by the tests that use it; anything unprintable is dropped.
    pub fn from_static(text: &'static str) -> Self {
        Self(text.chars().filter(|c| matches!(c, ' '..='~')).collect())
    }

    /// The value's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a byte may stand in a token (RFC 9110, section 5.6.2).
pub(super) const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn names_are_lower_case_tokens() {
        assert_eq!(HeaderName::parse("X-Proof").unwrap().as_str(), "x-proof");
        for bad in ["", "a b", "a:b", "a\r\nb", "é"] {
            assert!(HeaderName::parse(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn debug_shows_no_credential() {
        let value = HeaderValue::parse("Bearer SECRET-IN-TEST").unwrap();
        assert_eq!(alloc::format!("{value:?}"), "HeaderValue(21 bytes)");
    }

    #[test]
    fn a_value_cannot_start_a_new_line() {
        assert_eq!(HeaderValue::parse("a b").unwrap().as_str(), "a b");
        for bad in ["a\r\nb", "a\nb", "a\0b", "é"] {
            assert!(HeaderValue::parse(bad).is_none(), "{bad:?}");
        }
    }
}
