//! A request as far as its head decides about it, read once for both halves of its way.

use crate::{
    access::fetch_metadata::{FetchMetadata, MalformedHeader, Upgrade},
    cookie::request::RequestCookies,
    fault::BrowserFault,
    gateway::context::{body_length::BodyLength, named::Named},
    http::{header::HeaderName, inbound::Inbound, method::Method, path::RequestPath},
};
use alloc::string::String;

/// Headers beside `Cookie` and `Authorization` whose presence changes what becomes of a `GET` or `HEAD`.
const TELLING: [HeaderName; 5] = [
    HeaderName::CONTENT_LENGTH,
    HeaderName::ORIGIN,
    HeaderName::SEC_WEBSOCKET_KEY,
    HeaderName::TRANSFER_ENCODING,
    HeaderName::UPGRADE,
];

/// Whether the presence of a header keeps a request from the warm path.
///
/// A false "no" has the request decided as if the header were not there.
pub fn is_telling(name: &str) -> bool {
    let is = |telling: &HeaderName| name.eq_ignore_ascii_case(telling.as_str());
    TELLING.iter().any(is)
}

/// The parts of a request that decide about it.
#[derive(Clone, Copy)]
pub(in crate::gateway) struct Arrival<'a> {
    pub(in crate::gateway) method: &'a Method,
    /// Path and query.
    pub(in crate::gateway) target: &'a str,
    /// The host and port that it was sent to.
    pub(in crate::gateway) host: &'a str,
    pub(in crate::gateway) cookies: RequestCookies<'a>,
    pub(in crate::gateway) authorization: Option<&'a str>,
    /// `None` for a plain request: a `GET` or `HEAD` without any telling header.
    pub(in crate::gateway) more: Option<&'a More>,
}

/// The further headers that decide about a request which is not plain.
pub(in crate::gateway) struct More {
    pub(in crate::gateway) metadata: FetchMetadata,
    pub(in crate::gateway) origin: Option<String>,
    /// `Access-Control-Request-Method`.
    pub(in crate::gateway) asked_method: Option<String>,
    pub(in crate::gateway) body: BodyLength,
    pub(in crate::gateway) named: Option<Named>,
}

/// The parts of a request that an [`Arrival`] borrows.
pub(in crate::gateway) struct Head {
    method: Method,
    cookie: Option<String>,
    authorization: Option<String>,
    more: Option<More>,
}

impl Head {
    /// Reads the head of a request.
    ///
    /// # Errors
    /// [`MalformedHeader`] where a request that is not plain has a header twice that may stand once.
    pub(in crate::gateway) fn read(request: &impl Inbound) -> Result<Self, MalformedHeader> {
        let method = request.method();
        let has = |name: &HeaderName| request.header(name).is_some();
        let is_plain = is_read_only(&method) && !TELLING.iter().any(has);
        let more = if is_plain {
            None
        } else {
            Some(More {
                metadata: FetchMetadata::read(request)?,
                origin: request.header(&HeaderName::ORIGIN),
                asked_method: request.header(&HeaderName::ACCESS_CONTROL_REQUEST_METHOD),
                body: BodyLength::of(request),
                named: Named::of(request, &method),
            })
        };
        Ok(Self {
            method,
            cookie: request.header(&HeaderName::COOKIE),
            authorization: request.header(&HeaderName::AUTHORIZATION),
            more,
        })
    }

    /// The parts of `request`, whose head this is, that decide about it.
    pub(in crate::gateway) fn arrival<'a>(&'a self, request: &'a impl Inbound) -> Arrival<'a> {
        Arrival {
            method: &self.method,
            target: request.target(),
            host: request.host(),
            cookies: RequestCookies::new(self.cookie.as_deref()),
            authorization: self.authorization.as_deref(),
            more: self.more.as_ref(),
        }
    }

    /// Where the request says that it comes from.
    ///
    /// # Errors
    /// [`MalformedHeader`] where a plain request has a header twice that may stand once.
    pub(in crate::gateway) fn metadata(
        &self,
        request: &impl Inbound,
    ) -> Result<FetchMetadata, MalformedHeader> {
        match &self.more {
            Some(more) => Ok(more.metadata.clone()),
            None => FetchMetadata::read(request),
        }
    }
}

impl<'a> Arrival<'a> {
    /// `Origin`.
    pub(in crate::gateway) fn origin(&self) -> Option<&'a str> {
        self.more?.origin.as_deref()
    }

    /// The protocol that the connection is to become.
    pub(in crate::gateway) fn upgrade(&self) -> Upgrade {
        let upgrade = |more: &More| more.metadata.upgrade(self.method);
        self.more.map_or(Upgrade::None, upgrade)
    }

    /// How long its body is.
    pub(in crate::gateway) fn body(&self) -> BodyLength {
        self.more.map_or(BodyLength::NONE, |more| more.body)
    }
}

/// Whether requests with this method can be plain.
pub(in crate::gateway) const fn is_read_only(method: &Method) -> bool {
    matches!(method, Method::Get | Method::Head)
}

/// A request target, split at the first `?`.
pub(in crate::gateway) struct Target<'a> {
    pub(in crate::gateway) path: RequestPath,
    pub(in crate::gateway) query: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// Parses path and query.
    ///
    /// # Errors
    /// [`BrowserFault::Malformed`] for a path that can be read in more ways than one.
    pub(in crate::gateway) fn parse(target: &'a str) -> Result<Self, BrowserFault> {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let path = RequestPath::parse(path).map_err(|_| BrowserFault::Malformed)?;
        Ok(Self { path, query })
    }

    /// The normal form: what is matched, forwarded and returned to.
    pub(in crate::gateway) fn normal(&self) -> String {
        self.at(&self.path)
    }

    /// The same query at another path.
    pub(in crate::gateway) fn at(&self, path: &RequestPath) -> String {
        let mut out = String::from(path.as_str());
        if let Some(query) = self.query {
            out.push('?');
            out.push_str(query);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::context::for_tests::Sent;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_telling_header_is_known_in_any_case() {
        for name in ["Origin", "UPGRADE", "content-length", "Transfer-Encoding"] {
            assert!(is_telling(name), "{name}");
        }
        for name in ["Cookie", "Authorization", "origins", "sec-fetch-site", ""] {
            assert!(!is_telling(name), "{name}");
        }
    }

    #[test]
    fn a_request_is_plain_where_it_reads_and_tells_nothing() {
        let is_plain = |request: &Sent| {
            let head = Head::read(request).unwrap();
            head.arrival(request).more.is_none()
        };
        for method in ["GET", "HEAD"] {
            assert!(is_plain(&Sent::new(method, "/")), "{method}");
            for name in TELLING {
                let told = Sent::new(method, "/").with(name.clone(), "1");
                assert!(!is_plain(&told), "{method} {name:?}");
            }
        }
        for method in ["POST", "OPTIONS", "get"] {
            assert!(!is_plain(&Sent::new(method, "/")), "{method}");
        }
    }

    #[test]
    fn a_header_that_came_twice_is_refused_as_soon_as_it_has_a_say() {
        let twice = |method| {
            let request = Sent::new(method, "/");
            request.with(HeaderName::SEC_FETCH_SITE, "same-origin, cross-site")
        };
        assert!(Head::read(&twice("POST")).is_err());
        let plain = twice("GET");
        let head = Head::read(&plain).unwrap();
        assert!(head.metadata(&plain).is_err());
        let once = Sent::new("GET", "/").with(HeaderName::SEC_FETCH_SITE, "same-origin");
        assert!(Head::read(&once).unwrap().metadata(&once).is_ok());
    }

    #[test]
    fn a_target_is_split_at_its_first_question_mark() {
        for (target, path, query, normal) in [
            ("/a/../b?c?d", "/b", Some("c?d"), "/b?c?d"),
            ("/b?", "/b", Some(""), "/b?"),
            ("/%62", "/b", None, "/b"),
        ] {
            let parsed = Target::parse(target).unwrap_or_else(|_| panic!("{target}"));
            assert_eq!(parsed.path.as_str(), path);
            assert_eq!(parsed.query, query);
            assert_eq!(parsed.normal(), normal);
        }
        for target in ["/a//b", "/a%2fb?c", "a", "?a"] {
            let fault = Target::parse(target).err();
            assert_eq!(fault, Some(BrowserFault::Malformed), "{target}");
        }
    }
}
