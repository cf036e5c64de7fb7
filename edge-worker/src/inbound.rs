//! A request as the runtime hands it over.
//!
//! The adapter reads only what the core asks for. The body stays in the runtime until an endpoint of Lychgate wants it,
//! so the body of a forward is never copied.

use crate::forward::lines;
use crate::host;
use crate::number::{milliseconds, to_double};
use crate::waiting::Waiting;
use js_sys::Uint8Array;
use lychgate_core::http::header::HeaderName;
use lychgate_core::http::inbound::{BodyError, ByteCount, Inbound};
use lychgate_core::http::method::Method;
use lychgate_core::time::Milliseconds;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Request;

/// The timeout for the body of a request to an endpoint of Lychgate.
const TIME_LIMIT: Milliseconds = Milliseconds::new(10_000);

/// The request of a browser or another client.
pub(crate) struct Received {
    request: Request,
    method: Method,
    url: String,
    names: String,
    waiting: Waiting,
}

impl Received {
    /// A request that arrives now. `names` are the names of its headers in lower case, one per line.
    pub(crate) fn new(request: Request, method: Method, url: String, names: String) -> Self {
        Self {
            request,
            method,
            url,
            names,
            waiting: Waiting::of_request(),
        }
    }

    /// How long it may still wait.
    pub(crate) const fn waiting(&self) -> Waiting {
        self.waiting
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn names(&self) -> &str {
        &self.names
    }
}

impl Inbound for Received {
    fn method(&self) -> Method {
        self.method.clone()
    }

    fn target(&self) -> &str {
        split(&self.url).1
    }

    fn host(&self) -> &str {
        split(&self.url).0
    }

    fn header(&self, name: &HeaderName) -> Option<String> {
        // Most headers that the core asks for are absent, and each call to the runtime costs more than this search.
        if !lines(&self.names).any(|other| other == name.as_str()) {
            return None;
        }
        // The type makes sure that the name is a token, so the runtime does not throw.
        self.request.headers().get(name.as_str()).ok().flatten()
    }

    async fn body(&self, cap: ByteCount) -> Result<Vec<u8>, BodyError> {
        if self.request.body_used() {
            return Err(BodyError::Broken);
        }
        let cap = to_double(u64::try_from(cap.0).unwrap_or(u64::MAX));
        let allowed = self.waiting.allows(TIME_LIMIT).ok_or(BodyError::Broken)?;
        let reading = host::receive(self.request.body(), cap, milliseconds(allowed));
        let read = JsFuture::from(reading.map_err(|_| BodyError::Broken)?).await;
        let whole = read
            .map_err(|_| BodyError::Broken)?
            .dyn_into::<Uint8Array>();
        Ok(whole.map_err(|_| BodyError::TooLarge)?.to_vec())
    }
}

/// Authority and target of a URL. The runtime has parsed and normalised it (WHATWG URL), so it has a scheme, an
/// authority and a path. Userinfo would be part of the authority, which then is no host of Lychgate.
pub(crate) fn split(url: &str) -> (&str, &str) {
    let rest = url
        .split_once(':')
        .and_then(|(_, rest)| rest.strip_prefix("//"))
        .unwrap_or_default();
    // A fragment never reaches a server. If one did, it would not take part in the match of a route.
    let rest = rest.split('#').next().unwrap_or_default();
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    rest.split_at_checked(end).unwrap_or(("", ""))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn authority_and_target_are_cut_from_a_url() {
        for (url, parts) in [
            ("https://a.example/x?y=z", ("a.example", "/x?y=z")),
            ("http://localhost:8787/", ("localhost:8787", "/")),
            ("https://[2001:db8::1]:8443/x", ("[2001:db8::1]:8443", "/x")),
            (
                "https://a.example/http://b.example/",
                ("a.example", "/http://b.example/"),
            ),
            ("https://u:p@a.example/x", ("u:p@a.example", "/x")),
            ("https://a.example/x#y", ("a.example", "/x")),
            ("nonsense", ("", "")),
            ("", ("", "")),
        ] {
            assert_eq!(split(url), parts, "{url}");
        }
    }
}
