//! Changes to a response on its way back from an upstream.

use super::{
    addresses::{ADDRESSES, Addresses, Origins},
    names::is_ours,
};
use crate::{
    access::decision::Audience,
    cookie::{name, path},
    encoding::ascii::contains_ignoring_case,
    http::{
        header::{HeaderName, HeaderValue},
        rewrite::Rewrite,
    },
};
use alloc::{borrow::Cow, rc::Rc, string::String, vec::Vec};

/// Changes to a response.
#[derive(Debug, PartialEq, Eq)]
pub struct ResponseRewrite {
    pub(in crate::gateway) audience: Audience,
    pub(in crate::gateway) set_cookies: Vec<HeaderValue>,
    pub(in crate::gateway) origins: Option<Rc<Origins>>,
    /// How its paths differ from the public ones.
    pub(in crate::gateway) rewrite: Option<Rc<Rewrite>>,
    pub(in crate::gateway) kind: UpstreamKind,
    /// The fields about other sites that replace the upstream's, where a site was granted anything.
    pub(in crate::gateway) cors: Option<Vec<(HeaderName, HeaderValue)>>,
}

/// The rewrite of a response none of whose headers is one of [`TELLING`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainResponse {
    /// It depends on its content type.
    Ask,
    /// Nothing.
    Keep,
    /// This is its `Cache-Control`.
    CacheControl(&'static str),
}

/// The kind of upstream that answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamKind {
    /// Static files with validators of their own.
    Assets,
    /// Anything else.
    Service,
}

/// Response headers by which caches keep what `Cache-Control` forbids, or which they read before it.
const CACHING: [&str; 5] = [
    "edge-control",
    "expires",
    "pragma",
    "surrogate-control",
    "x-accel-expires",
];

/// How the names of `Cache-Control` fields for certain caches end (RFC 9213, section 2.1).
const TARGETED: &str = "-cache-control";

/// Fields that an upstream addresses to the other end of its connection alone (RFC 9110, section 7.6.1).
const TO_THE_NEXT_HOP: [&str; 3] = [
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-connection",
];

/// The same about the connection itself. They stand in many answers, and workerd, which shows them, sends none of them
/// on: so they tell of nothing.
const OF_THE_CONNECTION: [&str; 6] = [
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The beginning of the headers that say who may read an answer.
const CORS: &str = "access-control-";

/// Response headers that a rewrite may depend on, change or drop, in lower case, but for those about the connection. Hosts
/// to which asking is dear look for these first.
pub const TELLING: Telling = Telling {
    names: [&ADDRESSES, &CACHING, &TO_THE_NEXT_HOP, &["set-cookie"]],
    beginnings: [CORS, "lychgate"],
    ending: TARGETED,
};

/// Names of response headers.
#[derive(Clone, Copy, Debug)]
pub struct Telling {
    /// These.
    pub names: [&'static [&'static str]; 4],
    /// Those that begin so.
    pub beginnings: [&'static str; 2],
    /// Those that end so, with something before it.
    pub ending: &'static str,
}

const NO_STORE: &str = "private, no-store";
const REVALIDATE: &str = "private, no-cache";

impl ResponseRewrite {
    /// Whether a header that the upstream sent is dropped.
    pub fn strips(&self, name: &str) -> bool {
        let is_one_of = |names: &[&str]| names.iter().any(|other| name.eq_ignore_ascii_case(other));
        let keeps_caches_out = match self.audience {
            Audience::Everyone => false,
            Audience::Principal => is_one_of(&CACHING) || is_targeted(name),
        };
        let is_said_by_us = self.cors.is_some()
            && name
                .get(..CORS.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(CORS));
        let ends_here = is_one_of(&TO_THE_NEXT_HOP) || is_one_of(&OF_THE_CONNECTION);
        keeps_caches_out || is_said_by_us || is_ours(name) || ends_here
    }

    /// Headers to append.
    pub fn append(&self) -> impl Iterator<Item = &(HeaderName, HeaderValue)> {
        self.cors.iter().flatten()
    }

    /// The rewrite of a `Set-Cookie` field of the upstream: it is dropped where it has a name of ours, and
    /// else kept, with the path that it has outside.
    pub fn set_cookie<'a>(&self, value: &'a str) -> Option<Cow<'a, str>> {
        // Old browsers send a cookie without a name back as if its value were name and value.
        let named = value.trim_start_matches([' ', '\t', '=']);
        let key = named.split(['=', ';']).next().unwrap_or_default();
        if name::is_ours(key.trim()) {
            return None;
        }
        let rewrite = self.rewrite.as_ref();
        let moved = rewrite.and_then(|it| path::with_path(value, |path| it.cookie_path(path)));
        Some(moved.map_or(Cow::Borrowed(value), Cow::Owned))
    }

    /// The value to answer with for a field of [`ADDRESSES`], where it named a path or the origin of the upstream's own.
    pub fn address(&self, name: &str, value: &str) -> Option<String> {
        let addresses = Addresses {
            origins: self.origins.as_ref()?,
            rewrite: self.rewrite.as_deref(),
        };
        addresses.field(name, value)
    }

    /// The `Cache-Control` to answer with; `None` keeps the upstream's own.
    ///
    /// A shared cache never keeps an answer that is not public. No cache keeps pages, so that nobody
    /// can go back to them after signing out; browsers ask for files of the site again.
    pub fn cache_control(
        &self,
        content_type: Option<&str>,
        own: Option<&str>,
    ) -> Option<&'static str> {
        match self.audience {
            Audience::Everyone => return None,
            Audience::Principal => {}
        }
        let is_forbidden = own.is_some_and(|own| contains_ignoring_case(own, "no-store"));
        let is_page = content_type.is_none_or(is_document);
        Some(match self.kind {
            UpstreamKind::Assets if !is_page && !is_forbidden => REVALIDATE,
            UpstreamKind::Assets | UpstreamKind::Service => NO_STORE,
        })
    }

    /// The rewrite of a response with none of the headers of [`TELLING`].
    pub const fn of_plain(&self) -> PlainResponse {
        match (self.audience, self.kind) {
            (Audience::Everyone, _) => PlainResponse::Keep,
            (Audience::Principal, UpstreamKind::Assets) => PlainResponse::Ask,
            (Audience::Principal, UpstreamKind::Service) => PlainResponse::CacheControl(NO_STORE),
        }
    }

    /// `Set-Cookie` fields to append.
    pub fn set_cookies(&self) -> &[HeaderValue] {
        &self.set_cookies
    }

    /// Whether the request to the upstream must pass by every shared cache.
    pub const fn bypasses_caches(&self) -> bool {
        match self.audience {
            Audience::Everyone => false,
            Audience::Principal => true,
        }
    }
}

fn is_targeted(name: &str) -> bool {
    let before = name.len().checked_sub(TARGETED.len());
    before
        .filter(|before| *before > 0)
        .and_then(|before| name.get(before..))
        .is_some_and(|end| end.eq_ignore_ascii_case(TARGETED))
}

fn is_document(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    ["text/html", "application/xhtml+xml"]
        .iter()
        .any(|document| media_type.eq_ignore_ascii_case(document))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::rewrite::Prefix;
    use alloc::vec;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn response(audience: Audience, kind: UpstreamKind) -> ResponseRewrite {
        ResponseRewrite {
            audience,
            set_cookies: vec![],
            origins: Some(Rc::new(Origins {
                upstream: "https://api.internal.example.com".into(),
                public: "https://app.example.com".into(),
            })),
            rewrite: None,
            kind,
            cors: None,
        }
    }

    #[test]
    fn an_upstream_cannot_set_our_cookies() {
        let rewrite = response(Audience::Everyone, UpstreamKind::Service);
        for value in ["theme=dark; Path=/", "lychgate=x"] {
            assert_eq!(rewrite.set_cookie(value), Some(Cow::Borrowed(value)));
        }
        for value in [
            "__Host-Http-lychgate=x; Path=/",
            " __host-http-lychgate-a-1 =x",
            "__Host-Http-lychgate",
            "=__Host-Http-lychgate=x; Path=/",
        ] {
            assert_eq!(rewrite.set_cookie(value), None, "{value}");
        }
    }

    #[test]
    fn a_location_on_the_upstreams_origin_becomes_ours() {
        let rewrite = response(Audience::Principal, UpstreamKind::Service);
        assert_eq!(
            rewrite
                .address("location", "https://api.internal.example.com/a?b#c")
                .as_deref(),
            Some("https://app.example.com/a?b#c")
        );
        for value in [
            "/a",
            "https://api.internal.example.com.evil/a",
            "http://api.internal.example.com/a",
            "a b",
        ] {
            assert_eq!(rewrite.address("location", value), None, "{value}");
        }
    }

    #[test]
    fn what_an_upstream_says_of_its_paths_is_said_of_the_public_ones() {
        let prefix = |text| Prefix::parse(text).unwrap();
        let rewrite = ResponseRewrite {
            rewrite: Some(Rc::new(Rewrite {
                strip: prefix("/api"),
                add: prefix("/v1"),
            })),
            ..response(Audience::Principal, UpstreamKind::Service)
        };
        for (value, expected) in [
            ("/v1/a?b#c", Some("/api/a?b#c")),
            ("/v2/a", None),
            ("a", None),
            ("//evil.example/v1/a", None),
            (
                "https://api.internal.example.com/v1/a?b#c",
                Some("https://app.example.com/api/a?b#c"),
            ),
            (
                "https://api.internal.example.com/v2",
                Some("https://app.example.com/v2"),
            ),
            ("https://elsewhere.example/v1/a", None),
        ] {
            assert_eq!(
                rewrite.address("location", value).as_deref(),
                expected,
                "{value}"
            );
        }
        for (value, expected) in [
            ("a=1; Path=/v1/x", "a=1; Path=/api/x"),
            ("a=1; Path=/", "a=1; Path=/"),
            ("__Host-a=1; Path=/", "__Host-a=1; Path=/"),
        ] {
            assert_eq!(rewrite.set_cookie(value).as_deref(), Some(expected));
        }
        assert_eq!(rewrite.set_cookie("__Host-Http-lychgate=1; Path=/v1"), None);
    }

    #[test]
    fn only_public_answers_may_be_shared() {
        let public = response(Audience::Everyone, UpstreamKind::Assets);
        assert_eq!(
            public.cache_control(Some("text/html"), Some("public, max-age=60")),
            None
        );
        assert!(!public.strips("expires"));
        let files = response(Audience::Principal, UpstreamKind::Assets);
        assert_eq!(
            files.cache_control(Some("text/html; charset=utf-8"), None),
            Some(NO_STORE)
        );
        assert_eq!(files.cache_control(None, None), Some(NO_STORE));
        assert_eq!(
            files.cache_control(Some("image/png"), Some("public")),
            Some(REVALIDATE)
        );
        assert_eq!(
            files.cache_control(Some("image/png"), Some("No-Store")),
            Some(NO_STORE)
        );
        assert!(files.strips("Expires") && files.bypasses_caches());
        let service = response(Audience::Principal, UpstreamKind::Service);
        assert_eq!(
            service.cache_control(Some("application/json"), Some("public")),
            Some(NO_STORE)
        );
    }

    #[test]
    fn no_other_cache_is_told_to_keep_what_is_protected() {
        let public = response(Audience::Everyone, UpstreamKind::Service);
        let protected = response(Audience::Principal, UpstreamKind::Service);
        for name in [
            "CDN-Cache-Control",
            "cloudflare-cdn-cache-control",
            "Netlify-CDN-Cache-Control",
            "X-LiteSpeed-Cache-Control",
            "Edge-Control",
            "X-Accel-Expires",
            "Surrogate-Control",
            "Expires",
            "Pragma",
        ] {
            assert!(protected.strips(name), "{name}");
            assert!(!public.strips(name), "{name}");
        }
        for name in [
            "cache-control",
            "-cache-control",
            "cache-tag",
            "x-accel-buffering",
        ] {
            assert!(!protected.strips(name), "{name}");
        }
    }

    #[test]
    fn what_is_for_the_next_hop_ends_here() {
        let public = response(Audience::Everyone, UpstreamKind::Service);
        for name in TO_THE_NEXT_HOP.into_iter().chain(OF_THE_CONNECTION) {
            assert!(public.strips(name) && public.strips(&name.to_ascii_uppercase()));
        }
        for name in ["trailers", "date", "www-authenticate", "content-length"] {
            assert!(!public.strips(name), "{name}");
        }
    }
}
