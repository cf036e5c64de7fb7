//! Redirects of our own flows.

use super::layout::with_common_headers;
use crate::http::{
    header::{HeaderName, HeaderValue},
    response::{Response, Status},
};

/// `303 See Other` to `location`, kept by no cache; `None` where it cannot stand in a header.
pub fn see_other(location: &str) -> Option<Response> {
    let location = HeaderValue::parse(location)?;
    Some(
        with_common_headers(Response::new(Status::SEE_OTHER))
            .with_header(HeaderName::LOCATION, location),
    )
}
