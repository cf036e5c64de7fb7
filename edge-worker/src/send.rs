//! Requests of our own to providers.
//!
//! Redirects come back as they are, nothing is cached, and no more than the limit's bytes are read.

use crate::host;
use crate::number::{milliseconds, to_double};
use crate::waiting::Waiting;
use alloc::string::{String, ToString};
use js_sys::{Array, Uint8Array};
use lychgate_core::http::header::{HeaderName, HeaderValue};
use lychgate_core::http::outbound::{Outbound, Reply, SendError, SendLimits};
use lychgate_core::time::Milliseconds;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// Sends a request and reads its reply.
///
/// # Errors
/// Any [`SendError`].
pub(crate) async fn send(
    request: Outbound,
    limits: SendLimits,
    waiting: Waiting,
) -> Result<Reply, SendError> {
    let cap = u64::try_from(limits.body.0).unwrap_or(u64::MAX);
    let limit = Milliseconds::new(limits.timeout.as_seconds().saturating_mul(1000));
    let allowed = waiting.allows(limit).ok_or(SendError::OutOfTime)?;
    let sending = host::send(
        request.method.as_str(),
        &request.url.to_string(),
        &header_lines(&request.headers),
        request.body.as_deref(),
        milliseconds(allowed),
        to_double(cap),
    );
    let sending = sending.map_err(|_| SendError::Unreachable)?;
    let answer = JsFuture::from(sending).await;
    let answer = answer.map_err(|_| SendError::Unreachable)?;
    let parts = answer
        .dyn_into::<Array>()
        .map_err(|_| SendError::late(allowed, limit))?;
    let status = parts.get(0).as_f64().and_then(crate::number::from_double);
    let body = parts.get(2).dyn_into::<Uint8Array>();
    Ok(Reply {
        status: status
            .and_then(|status| u16::try_from(status).ok())
            .ok_or(SendError::Unreachable)?,
        content_type: parts.get(1).as_string(),
        body: body.map_err(|_| SendError::TooLarge)?.to_vec(),
    })
}

/// Header fields as `name:value` lines. Neither part can hold a line break, by type.
pub(crate) fn header_lines(fields: &[(HeaderName, HeaderValue)]) -> String {
    let mut lines = String::new();
    for (name, value) in fields {
        for part in [name.as_str(), ":", value.as_str(), "\n"] {
            lines.push_str(part);
        }
    }
    lines
}
