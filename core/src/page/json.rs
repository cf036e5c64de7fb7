//! JSON answers of our own endpoints, and others that are no pages.

use super::layout::with_common_headers;
use crate::http::{
    header::{HeaderName, HeaderValue},
    response::{Response, Status},
};
use alloc::string::String;

/// A JSON answer with the headers of our pages.
pub fn json(status: Status, body: String) -> Response {
    plain(status, HeaderValue::from_static("application/json"), body)
}

/// An answer of another type with the same headers.
pub fn plain(status: Status, content_type: HeaderValue, body: String) -> Response {
    let response = Response::new(status).with_header(HeaderName::CONTENT_TYPE, content_type);
    with_common_headers(response).with_body(body)
}
