//! JSON answers of our own endpoints.

use super::layout::with_common_headers;
use crate::http::{
    header::{HeaderName, HeaderValue},
    response::{Response, Status},
};
use alloc::string::String;

/// A JSON answer with the headers of our pages.
pub fn json(status: Status, body: String) -> Response {
    let response = Response::new(status).with_header(
        HeaderName::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    with_common_headers(response).with_body(body)
}
