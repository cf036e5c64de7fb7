//! Changes to a request on its way to an upstream.

use super::names::{FOR_A_GATEWAY_TO_SAY, TO_THE_NEXT_HOP, is_like, is_ours};
use crate::{
    access::fetch_metadata::Upgrade,
    http::header::{HeaderName, HeaderValue},
};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// Changes to a request.
#[derive(Debug, PartialEq, Eq)]
pub struct RequestRewrite {
    pub(in crate::gateway) target: String,
    pub(in crate::gateway) cookie: CookieRewrite,
    pub(in crate::gateway) set: Vec<(HeaderName, HeaderValue)>,
    pub(in crate::gateway) strip: Vec<HeaderName>,
    pub(in crate::gateway) pass: Vec<HeaderName>,
    pub(in crate::gateway) upgrade: Upgrade,
}

/// The rewrite of the `Cookie` header. It shows no cookie in `Debug`: they are other people's.
#[derive(Clone, PartialEq, Eq)]
pub enum CookieRewrite {
    /// It holds none of ours.
    Keep,
    /// It is replaced by this one, without ours.
    Replace(String),
    /// Nothing is left of it.
    Remove,
}

impl fmt::Debug for CookieRewrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "Keep",
            Self::Replace(_) => "Replace(..)",
            Self::Remove => "Remove",
        })
    }
}

/// The platform that hands a request to the gateway, and sets header fields that the gateway takes from no client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// Cloudflare.
    Cloudflare,
    /// Anything else: every field may be a client's.
    Unknown,
}

/// The headers that Cloudflare itself writes into each request to a Worker.
const OF_CLOUDFLARE: [&str; 6] = [
    "cf-connecting-ip",
    "cf-ew-via",
    "cf-ipcountry",
    "cf-ray",
    "cf-visitor",
    "cf-worker",
];

impl RequestRewrite {
    /// Path and query to ask the upstream for.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Whether a header that the client sent is dropped.
    ///
    /// A false "no" lets a client say who it is, or have a request read as another one.
    pub fn strips(&self, name: &str, front: Front) -> bool {
        let is_of_front = || {
            let is_named = |other: &HeaderName| name.eq_ignore_ascii_case(other.as_str());
            (front == Front::Cloudflare && OF_CLOUDFLARE.contains(&name))
                || self.pass.iter().any(is_named)
        };
        is_ours(name)
            || TO_THE_NEXT_HOP.has(name)
            || (FOR_A_GATEWAY_TO_SAY.has(name) && !is_of_front())
            || self.strip.iter().any(|other| is_like(name, other.as_str()))
            || (self.upgrade != Upgrade::WebSocket && is_like(name, "upgrade"))
    }

    /// The rewrite of the `Cookie` header.
    pub const fn cookie(&self) -> &CookieRewrite {
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

    fn request() -> RequestRewrite {
        RequestRewrite {
            target: "/".into(),
            cookie: CookieRewrite::Keep,
            set: vec![],
            strip: vec![HeaderName::parse("x-team").unwrap()],
            pass: vec![],
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
            assert!(request().strips(name, Front::Unknown), "{name}");
        }
        for name in [
            "accept",
            "lychgate",
            "x-teams",
            "proxies",
            "tea",
            "content-type",
            "authorization",
        ] {
            assert!(!request().strips(name, Front::Unknown), "{name}");
        }
    }

    #[test]
    fn what_cloudflare_says_is_believed_where_it_is_in_front() {
        for name in [
            "cf-connecting-ip",
            "cf-ew-via",
            "cf-ipcountry",
            "cf-ray",
            "cf-visitor",
            "cf-worker",
        ] {
            assert!(!request().strips(name, Front::Cloudflare), "{name}");
            assert!(request().strips(name, Front::Unknown), "{name}");
        }
        for name in [
            "cf-access-jwt-assertion",
            "cf-ipcity",
            "cf_connecting_ip",
            "x-real-ip",
        ] {
            assert!(request().strips(name, Front::Cloudflare), "{name}");
        }
        let strip = vec![HeaderName::parse("cf-ray").unwrap()];
        let rewrite = RequestRewrite { strip, ..request() };
        assert!(rewrite.strips("cf-ray", Front::Cloudflare));
    }

    #[test]
    fn the_word_of_a_gateway_in_front_passes_where_it_is_named() {
        let parse = |name| HeaderName::parse(name).unwrap();
        let pass = ["x-real-ip", "connection", "lychgate-user", "x-team"].map(parse);
        let rewrite = RequestRewrite {
            pass: pass.to_vec(),
            ..request()
        };
        assert!(!rewrite.strips("X-Real-IP", Front::Unknown));
        for name in [
            "x_real_ip",
            "x-real-ips",
            "connection",
            "lychgate-user",
            "x-team",
        ] {
            assert!(rewrite.strips(name, Front::Unknown), "{name}");
        }
        assert!(request().strips("x-real-ip", Front::Unknown));
    }

    #[test]
    fn a_connection_becomes_a_web_socket_or_nothing() {
        for (upgrade, passes) in [
            (Upgrade::None, false),
            (Upgrade::Other, false),
            (Upgrade::WebSocket, true),
        ] {
            let rewrite = RequestRewrite {
                upgrade,
                ..request()
            };
            assert_eq!(
                !rewrite.strips("Upgrade", Front::Unknown),
                passes,
                "{upgrade:?}"
            );
            assert!(rewrite.strips("HTTP2-Settings", Front::Unknown));
            assert!(!rewrite.strips("sec-websocket-protocol", Front::Unknown));
        }
    }
}
