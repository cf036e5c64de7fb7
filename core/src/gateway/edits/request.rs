//! Changes to a request on its way to an upstream.

use super::{begins_like, is_like, is_ours};
use crate::{
    access::fetch_metadata::Upgrade,
    http::header::{HeaderName, HeaderValue},
};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// Changes to a request.
#[derive(Debug, PartialEq, Eq)]
pub struct RequestEdit {
    pub(in crate::gateway) target: String,
    pub(in crate::gateway) cookie: CookieEdit,
    pub(in crate::gateway) set: Vec<(HeaderName, HeaderValue)>,
    pub(in crate::gateway) strip: Vec<HeaderName>,
    pub(in crate::gateway) upgrade: Upgrade,
}

/// What becomes of the `Cookie` header. It shows no cookie in `Debug`: they are other people's.
#[derive(Clone, PartialEq, Eq)]
pub enum CookieEdit {
    /// It holds none of ours.
    Keep,
    /// It is replaced by this one, without ours.
    Replace(String),
    /// Nothing is left of it.
    Remove,
}

impl fmt::Debug for CookieEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "Keep",
            Self::Replace(_) => "Replace(..)",
            Self::Remove => "Remove",
        })
    }
}

/// Request headers that say where a request came from or what it really is. Only we may say so.
const FORWARDING: [&str; 12] = [
    "connection",
    "forwarded",
    "http2-settings",
    "x-host",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-host",
    "x-original-method",
    "x-original-uri",
    "x-original-url",
    "x-rewrite-url",
];

impl RequestEdit {
    /// Path and query to ask the upstream for.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Whether a header that the client sent is dropped.
    ///
    /// A false "no" lets a client say who it is, or have a request read as another one.
    pub fn strips(&self, name: &str) -> bool {
        is_ours(name)
            || begins_like(name, "x-forwarded-")
            || FORWARDING.iter().any(|other| is_like(name, other))
            || self.strip.iter().any(|other| is_like(name, other.as_str()))
            || (self.upgrade != Upgrade::WebSocket && is_like(name, "upgrade"))
    }

    /// What becomes of the `Cookie` header.
    pub const fn cookie(&self) -> &CookieEdit {
        &self.cookie
    }

    /// Headers to set after the others were dropped.
    pub fn set(&self) -> &[(HeaderName, HeaderValue)] {
        &self.set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn request() -> RequestEdit {
        RequestEdit {
            target: "/".into(),
            cookie: CookieEdit::Keep,
            set: vec![],
            strip: vec![HeaderName::parse("x-team").unwrap()],
            upgrade: Upgrade::None,
        }
    }

    #[test]
    fn nobody_but_us_says_who_is_asking() {
        for name in [
            "lychgate-user",
            "Lychgate-User",
            "lychgate_user",
            "LYCHGATE_",
            "X-Forwarded-Host",
            "x-forwarded_for",
            "Forwarded",
            "X-Original-URL",
            "X-HTTP-Method-Override",
            "Connection",
            "X-Team",
            "x_team",
            "Lychgate.User",
            "lychgate!groups",
            "X_Original_URL",
            "x.forwarded.host",
        ] {
            assert!(request().strips(name), "{name}");
        }
        for name in [
            "accept",
            "lychgate",
            "x-forwarded",
            "x-teams",
            "content-type",
            "authorization",
        ] {
            assert!(!request().strips(name), "{name}");
        }
    }

    #[test]
    fn a_connection_becomes_a_web_socket_or_nothing() {
        for (upgrade, passes) in [
            (Upgrade::None, false),
            (Upgrade::Other, false),
            (Upgrade::WebSocket, true),
        ] {
            let edit = RequestEdit {
                upgrade,
                ..request()
            };
            assert_eq!(!edit.strips("Upgrade"), passes, "{upgrade:?}");
            assert!(edit.strips("HTTP2-Settings"));
            assert!(!edit.strips("sec-websocket-protocol"));
        }
    }
}
