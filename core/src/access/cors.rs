//! Which other sites' scripts may call a route, and read its answers (Fetch, section 3.3).
//!
//! Origins are listed one by one and compared byte for byte; there is no wildcard, so that nothing can be opened to
//! everyone together with credentials. The preflight is answered here: upstreams never see one.

use crate::{
    http::{
        header::{HeaderName, HeaderValue},
        method::Method,
    },
    time::Seconds,
};
use alloc::{string::String, string::ToString, vec::Vec};

/// The rules of a route for other sites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cors {
    /// Their origins as browsers write them, such as `https://app.example.com`.
    pub origins: Vec<String>,
    /// Whether they may send cookies along.
    pub credentials: CorsCredentials,
    /// The request headers that they may send beside those that always may.
    pub request_headers: Vec<HeaderName>,
    /// The response headers that they may read beside those that always may.
    pub exposed_headers: Vec<HeaderName>,
    /// How long a browser may remember the answer to a preflight.
    pub max_age: Seconds,
}

/// Whether scripts of other sites may send cookies along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorsCredentials {
    /// They send what they hold themselves, such as a token.
    Omit,
    /// The browser adds the cookies that it has for us.
    Include,
}

/// The right of one other site to read an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorsGrant {
    origin: HeaderValue,
    credentials: CorsCredentials,
    exposed: Option<HeaderValue>,
}

/// Why calls are refused must be readable: the challenge says how to get a token.
const ALWAYS_EXPOSED: &str = "www-authenticate";

impl Cors {
    /// The grant for scripts of `origin`, where it is listed.
    ///
    /// A false grant lets another site read what a user may; a missing one breaks a front end.
    pub fn grant(&self, origin: &str) -> Option<CorsGrant> {
        let listed = self.origins.iter().find(|listed| *listed == origin)?;
        let mut exposed = String::from(ALWAYS_EXPOSED);
        for name in &self.exposed_headers {
            exposed.push_str(", ");
            exposed.push_str(name.as_str());
        }
        Some(CorsGrant {
            origin: HeaderValue::parse(listed.as_str())?,
            credentials: self.credentials,
            exposed: HeaderValue::parse(exposed),
        })
    }

    /// The fields of the answer to a preflight of a site that has the grant, for this method.
    pub fn preflight(&self, grant: &CorsGrant, method: &Method) -> Vec<(HeaderName, HeaderValue)> {
        let mut fields = grant.origin_fields();
        let mut headers = String::from("authorization, content-type, dpop");
        for name in &self.request_headers {
            headers.push_str(", ");
            headers.push_str(name.as_str());
        }
        for (name, value) in [
            (
                HeaderName::ACCESS_CONTROL_ALLOW_METHODS,
                method.as_str().to_string(),
            ),
            (HeaderName::ACCESS_CONTROL_ALLOW_HEADERS, headers),
            (
                HeaderName::ACCESS_CONTROL_MAX_AGE,
                self.max_age.as_seconds().to_string(),
            ),
        ] {
            fields.extend(HeaderValue::parse(value).map(|value| (name, value)));
        }
        fields
    }
}

impl CorsGrant {
    /// The fields of an answer that the site may read.
    pub fn fields(&self) -> Vec<(HeaderName, HeaderValue)> {
        let mut fields = self.origin_fields();
        let exposed = self.exposed.clone();
        fields.extend(exposed.map(|it| (HeaderName::ACCESS_CONTROL_EXPOSE_HEADERS, it)));
        fields
    }

    /// Whether the site's scripts may act with the cookies of the browser that visits it.
    pub const fn includes_credentials(&self) -> bool {
        match self.credentials {
            CorsCredentials::Omit => false,
            CorsCredentials::Include => true,
        }
    }

    fn origin_fields(&self) -> Vec<(HeaderName, HeaderValue)> {
        let mut fields =
            Vec::from([(HeaderName::ACCESS_CONTROL_ALLOW_ORIGIN, self.origin.clone())]);
        if self.includes_credentials() {
            let value = HeaderValue::from_static("true");
            fields.push((HeaderName::ACCESS_CONTROL_ALLOW_CREDENTIALS, value));
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{borrow::ToOwned, vec};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn cors(credentials: CorsCredentials) -> Cors {
        Cors {
            origins: vec!["https://app.example.com".to_owned()],
            credentials,
            request_headers: vec![HeaderName::parse("x-team").unwrap()],
            exposed_headers: vec![HeaderName::ETAG],
            max_age: Seconds::minutes(10),
        }
    }

    fn text(fields: &[(HeaderName, HeaderValue)]) -> Vec<String> {
        fields
            .iter()
            .map(|(name, value)| alloc::format!("{}: {}", name.as_str(), value.as_str()))
            .collect()
    }

    #[test]
    fn only_a_listed_origin_is_granted_anything() {
        let cors = cors(CorsCredentials::Include);
        assert!(cors.grant("https://app.example.com").is_some());
        for other in [
            "https://app.example.com.evil.example",
            "https://app.example.com:444",
            "https://app.example.com/",
            "http://app.example.com",
            "https://APP.example.com",
            "https://sub.app.example.com",
            "null",
            "*",
            "",
        ] {
            assert_eq!(cors.grant(other), None, "{other}");
        }
    }

    #[test]
    fn credentials_go_with_one_origin_and_never_with_a_star() {
        let with = cors(CorsCredentials::Include);
        let grant = with.grant("https://app.example.com").unwrap();
        assert_eq!(
            text(&grant.fields()),
            [
                "access-control-allow-origin: https://app.example.com",
                "access-control-allow-credentials: true",
                "access-control-expose-headers: www-authenticate, etag",
            ]
        );
        let without = cors(CorsCredentials::Omit);
        let grant = without.grant("https://app.example.com").unwrap();
        assert_eq!(
            text(&without.preflight(&grant, &Method::Patch)),
            [
                "access-control-allow-origin: https://app.example.com",
                "access-control-allow-methods: PATCH",
                "access-control-allow-headers: authorization, content-type, dpop, x-team",
                "access-control-max-age: 600",
            ]
        );
    }
}
