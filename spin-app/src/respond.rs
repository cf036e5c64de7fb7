//! Responses as the host takes them.

use crate::body::Body;
use crate::fields::{self, FieldList};
use lychgate_core::http::response;
use spin_sdk::wasip3::http::types::{ErrorCode, Response};

/// A response of our own.
///
/// # Errors
/// A response that the host does not accept.
pub(crate) fn own(response: response::Response) -> Result<Response, ErrorCode> {
    let status = response.status.code();
    let mut fields = fields::of_ours(response.headers);
    if !response.body.is_empty() {
        let length = response.body.len().to_string();
        fields.push(("content-length".to_owned(), length.into_bytes()));
    }
    with(status, fields, Body::of(response.body.into_bytes()))
}

/// A response of these parts.
///
/// # Errors
/// A response that the host does not accept.
pub(crate) fn with(status: u16, fields: FieldList, body: Body) -> Result<Response, ErrorCode> {
    let (response, _) = Response::new(fields::into_host(fields)?, body.contents, body.end);
    let taken = response.set_status_code(status);
    taken.map_err(|()| ErrorCode::InternalError(None))?;
    Ok(response)
}
