//! Requests of Lychgate to providers.
//!
//! Lychgate returns a redirect instead of following it, caches nothing, and reads no more than the limit's bytes.

use crate::host::Limit;
use crate::number::{milliseconds, to_double};
use crate::waiting::Waiting;
use js_sys::Uint8Array;
use lychgate_core::http::header::{HeaderName, HeaderValue};
use lychgate_core::http::outbound::{Outbound, Reply, SendError, SendLimits};
use lychgate_core::time::Milliseconds;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use worker::{
    AbortSignal, CacheMode, Fetch, Headers, Method, Request, RequestInit, RequestRedirect,
    ResponseBody,
};

/// Sends a request and reads its reply.
///
/// # Errors
/// Any [`SendError`].
pub(crate) async fn send(
    request: Outbound,
    limits: SendLimits,
    waiting: Waiting,
) -> Result<Reply, SendError> {
    let own = Milliseconds::new(limits.timeout.as_seconds().saturating_mul(1000));
    let allowed = waiting.allows(own).ok_or(SendError::OutOfTime)?;
    let limit = Limit::new(milliseconds(allowed)).map_err(|_| SendError::Unreachable)?;
    let cap = to_double(u64::try_from(limits.body.0).unwrap_or(u64::MAX));
    let reply = exchange(request, cap, &limit).await;
    limit.end();
    match reply {
        Err(SendError::Unreachable) if limit.signal().aborted() => {
            Err(SendError::late(allowed, own))
        }
        reply => reply,
    }
}

async fn exchange(request: Outbound, cap: f64, limit: &Limit) -> Result<Reply, SendError> {
    let request = Fetch::Request(prepared(request).map_err(|_| SendError::Unreachable)?);
    let signal = AbortSignal::from(limit.signal());
    let response = request.send_with_signal(&signal).await;
    let response = response.map_err(|_| SendError::Unreachable)?;
    let content_type = response.headers().get("content-type").ok().flatten();
    Ok(Reply {
        status: response.status_code(),
        content_type,
        body: body(response.body(), cap, limit).await?,
    })
}

fn prepared(request: Outbound) -> worker::Result<Request> {
    let headers = Headers::new();
    for (name, value) in &request.headers {
        headers.append(name.as_str(), value.as_str())?;
    }
    let mut init = RequestInit::new();
    init.with_method(Method::from(request.method.as_str().to_owned()))
        .with_headers(headers)
        .with_body(request.body.map(Into::into))
        .with_redirect(RequestRedirect::Manual)
        .with_cache(CacheMode::NoStore);
    Request::new_with_init(&request.url.to_string(), &init)
}

async fn body(body: &ResponseBody, cap: f64, limit: &Limit) -> Result<Vec<u8>, SendError> {
    let stream = match body {
        ResponseBody::Empty => return Ok(Vec::new()),
        ResponseBody::Body(bytes) => return Ok(bytes.clone()),
        ResponseBody::Stream(stream) => stream,
    };
    let reading = limit.collect(stream, cap);
    let read = JsFuture::from(reading.map_err(|_| SendError::Unreachable)?).await;
    let whole = read
        .map_err(|_| SendError::Unreachable)?
        .dyn_into::<Uint8Array>();
    Ok(whole.map_err(|_| SendError::TooLarge)?.to_vec())
}

/// Header fields as lines of `name:value`. By their types, neither part can hold a line break.
pub(crate) fn header_lines(fields: &[(HeaderName, HeaderValue)]) -> String {
    let mut lines = String::new();
    for (name, value) in fields {
        for part in [name.as_str(), ":", value.as_str(), "\n"] {
            lines.push_str(part);
        }
    }
    lines
}
