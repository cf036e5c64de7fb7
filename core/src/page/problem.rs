//! The same failures as JSON, for requests that do not come from a person's address bar.

use super::layout::with_common_headers;
use crate::http::{
    header::{HeaderName, HeaderValue},
    response::{Response, Status},
};
use serde::Serialize;

#[derive(Serialize)]
struct Body<'a> {
    error: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<&'a str>,
}

/// `{"error": code, "incident": incident}`, with the headers of our pages.
///
/// `code` is a literal of ours, so that no text of a request or a provider can stand in its place.
pub fn problem(status: Status, code: &'static str, incident: Option<&str>) -> Response {
    let body = Body {
        error: code,
        incident,
    };
    let response = Response::new(status).with_header(
        HeaderName::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    // Two strings always serialise; were it otherwise, the status alone would still be right.
    with_common_headers(response).with_body(serde_json::to_string(&body).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_problem_is_json_that_nobody_keeps() {
        let response = problem(Status::UNAUTHORIZED, "unauthenticated", Some("a\"<b"));
        assert_eq!(
            response.body,
            "{\"error\":\"unauthenticated\",\"incident\":\"a\\\"<b\"}"
        );
        assert_eq!(
            response.header(&HeaderName::CONTENT_TYPE),
            Some("application/json")
        );
        assert_eq!(
            response.header(&HeaderName::CACHE_CONTROL),
            Some("private, no-store")
        );
        assert_eq!(response.header(&HeaderName::RETRY_AFTER), None);
    }

    #[test]
    fn without_an_incident_there_is_no_member_for_it() {
        let response = problem(Status::SERVICE_UNAVAILABLE, "unavailable", None);
        assert_eq!(response.body, "{\"error\":\"unavailable\"}");
        assert_eq!(response.header(&HeaderName::RETRY_AFTER), Some("5"));
    }
}
