//! A request as the host hands it over.
//!
//! The body stays in the host until an endpoint of ours wants it, so that a forwarded one is never copied.

use crate::body::{Body, End, accepted};
use crate::fields::{self, FieldList};
use crate::limit::Waiting;
use crate::platform::Spin;
use lychgate_core::fault::BrowserFault;
use lychgate_core::gateway::{WarmRequest, is_telling};
use lychgate_core::http::header::HeaderName;
use lychgate_core::http::inbound::{BodyError, ByteCount, Inbound};
use lychgate_core::http::method::Method;
use lychgate_core::time::Seconds;
use spin_sdk::wasip3::http::types;
use spin_sdk::wasip3::wit_bindgen::StreamReader;
use std::cell::RefCell;

/// How long the body of a request to an endpoint of ours may take, and how long another may take to begin.
const TIME_LIMIT: Seconds = Seconds::new(10);

/// The request of a browser or another client.
pub(crate) struct Received {
    method: Method,
    target: String,
    host: String,
    cookie: Option<String>,
    authorization: Option<String>,
    fields: FieldList,
    request: RefCell<Option<types::Request>>,
    waiting: Waiting,
}

impl Received {
    /// A request that comes now.
    pub(crate) fn new(request: types::Request) -> Self {
        let fields = request.get_headers().copy_all();
        Self {
            method: method(request.get_method()),
            // A request without a path, such as `OPTIONS *`, is refused like any path that does not begin with `/`.
            target: request.get_path_with_query().unwrap_or_default(),
            host: request.get_authority().unwrap_or_default(),
            cookie: fields::joined(&fields, "cookie"),
            authorization: fields::joined(&fields, "authorization"),
            fields,
            request: RefCell::new(Some(request)),
            waiting: Waiting::of_request(),
        }
    }

    /// The host, as far as the time of this request goes.
    pub(crate) const fn platform(&self) -> Spin {
        Spin::new(self.waiting)
    }

    /// The parts that memory alone can decide by.
    pub(crate) fn warm(&self) -> WarmRequest<'_> {
        WarmRequest {
            method: self.method.clone(),
            target: &self.target,
            host: &self.host,
            cookie: self.cookie.as_deref(),
            authorization: self.authorization.as_deref(),
            is_telling: self.fields.iter().any(|(name, _)| is_telling(name)),
        }
    }

    /// The header fields.
    pub(crate) const fn fields(&self) -> &FieldList {
        &self.fields
    }

    /// The body to send on; none where it was taken before.
    ///
    /// Where the request announces no length and its method promises no body (RFC 9110, section 9.3), the host tells
    /// nothing of whether there is one. So it is looked at, since an empty stream would be sent on as a body of unknown
    /// length.
    ///
    /// # Errors
    /// [`BrowserFault::BodyLate`] where it does not begin in time, and [`BrowserFault::LengthRequired`] where the host's
    /// client would leave it out.
    pub(crate) async fn body_to_send(&self) -> Result<Body, BrowserFault> {
        let Some((contents, end)) = self.take_body() else {
            return Ok(Body::none());
        };
        let is_promised = matches!(self.method, Method::Post | Method::Put | Method::Patch);
        if is_promised || fields::has(&self.fields, "content-length") {
            let contents = Some(contents);
            return Ok(Body { contents, end });
        }
        let looking = Body::if_any(contents, end);
        let body = self.waiting.within(TIME_LIMIT, looking).await;
        let body = body.ok_or(BrowserFault::BodyLate)?;
        let is_left_out = matches!(self.method, Method::Get | Method::Head);
        if is_left_out && body.contents.is_some() {
            return Err(BrowserFault::LengthRequired);
        }
        Ok(body)
    }

    fn take_body(&self) -> Option<(StreamReader<u8>, End)> {
        let request = self.request.borrow_mut().take()?;
        Some(types::Request::consume_body(request, accepted()))
    }
}

impl Inbound for Received {
    fn method(&self) -> Method {
        self.method.clone()
    }

    fn target(&self) -> &str {
        &self.target
    }

    fn host(&self) -> &str {
        &self.host
    }

    fn header(&self, name: &HeaderName) -> Option<String> {
        fields::joined(&self.fields, name.as_str())
    }

    async fn body(&self, cap: ByteCount) -> Result<Vec<u8>, BodyError> {
        let (contents, end) = self.take_body().ok_or(BodyError::Broken)?;
        let contents = Some(contents);
        let body = Body { contents, end };
        let collected = self.waiting.within(TIME_LIMIT, body.collect(cap)).await;
        collected.unwrap_or(Err(BodyError::Broken))
    }
}

fn method(method: types::Method) -> Method {
    match method {
        types::Method::Get => Method::Get,
        types::Method::Head => Method::Head,
        types::Method::Post => Method::Post,
        types::Method::Put => Method::Put,
        types::Method::Patch => Method::Patch,
        types::Method::Delete => Method::Delete,
        types::Method::Options => Method::Options,
        types::Method::Connect => Method::Other("CONNECT".to_owned()),
        types::Method::Trace => Method::Other("TRACE".to_owned()),
        types::Method::Other(other) => Method::parse(&other),
    }
}

/// The method as the host takes it.
pub(crate) fn host_method(method: &Method) -> types::Method {
    match method {
        Method::Get => types::Method::Get,
        Method::Head => types::Method::Head,
        Method::Post => types::Method::Post,
        Method::Put => types::Method::Put,
        Method::Patch => types::Method::Patch,
        Method::Delete => types::Method::Delete,
        Method::Options => types::Method::Options,
        Method::Other(other) => match other.as_str() {
            "CONNECT" => types::Method::Connect,
            "TRACE" => types::Method::Trace,
            other => types::Method::Other(other.to_owned()),
        },
    }
}
