//! A request exactly as a test wants it: nothing is normalised, nothing is added.

use lychgate_core::http::{
    header::HeaderName,
    inbound::{BodyError, ByteCount, Inbound},
    method::Method,
};

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// Path and query, raw.
    pub target: String,
    /// `Host`, where it is not the host's own.
    pub host: Option<String>,
    /// Header fields in order; a name may stand several times.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers.
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            host: None,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The request of a browser whose user goes to a page.
    pub fn navigation(target: &str) -> Self {
        Self::new("GET", target)
            .with("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
            .with("Sec-Fetch-Site", "none")
            .with("Sec-Fetch-Mode", "navigate")
            .with("Sec-Fetch-Dest", "document")
    }

    /// The request of a script of our own page.
    pub fn script(method: &str, target: &str) -> Self {
        Self::new(method, target)
            .with("Accept", "*/*")
            .with("Sec-Fetch-Site", "same-origin")
            .with("Sec-Fetch-Mode", "cors")
            .with("Sec-Fetch-Dest", "empty")
    }

    /// The request of a form of our own page.
    pub fn form(target: &str) -> Self {
        Self::new("POST", target)
            .with("Accept", "text/html,*/*;q=0.8")
            .with("Content-Type", "application/x-www-form-urlencoded")
            .with("Sec-Fetch-Site", "same-origin")
            .with("Sec-Fetch-Mode", "navigate")
            .with("Sec-Fetch-Dest", "document")
    }

    /// Adds a header field.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Replaces a header, or with `None` removes it.
    pub fn replacing(mut self, name: &str, value: Option<&str>) -> Self {
        self.headers
            .retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Sends to another host.
    pub fn at_host(mut self, host: &str) -> Self {
        self.host = Some(host.to_owned());
        self
    }

    /// Adds a body.
    pub fn with_body(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }

    /// The fields of a name, joined as every host joins them.
    pub fn joined(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        let joint = if name.eq_ignore_ascii_case("cookie") {
            "; "
        } else {
            ", "
        };
        (!values.is_empty()).then(|| values.join(joint))
    }
}

/// A request as it reached an edge.
pub struct Received<'a> {
    request: &'a Request,
    host: &'a str,
}

impl<'a> Received<'a> {
    /// The request, sent to `host` where it does not say another.
    pub fn new(request: &'a Request, host: &'a str) -> Self {
        let host = request.host.as_deref().unwrap_or(host);
        Self { request, host }
    }
}

impl Inbound for Received<'_> {
    fn method(&self) -> Method {
        Method::parse(&self.request.method)
    }

    fn target(&self) -> &str {
        &self.request.target
    }

    fn host(&self) -> &str {
        self.host
    }

    fn header(&self, name: &HeaderName) -> Option<String> {
        self.request.joined(name.as_str())
    }

    async fn body(&self, cap: ByteCount) -> Result<Vec<u8>, BodyError> {
        if self.request.body.len() > cap.0 {
            return Err(BodyError::TooLarge);
        }
        Ok(self.request.body.clone())
    }
}
