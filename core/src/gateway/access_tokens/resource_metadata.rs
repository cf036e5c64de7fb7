//! `GET /.well-known/oauth-protected-resource...`: the servers to ask for tokens (RFC 9728, section 3).
//!
//! Anyone may read it, from any site: that is what it is for.

use crate::{
    bearer::resource::{self, WELL_KNOWN},
    config::Config,
    http::{
        header::{HeaderName, HeaderValue},
        method::Method,
        path::RequestPath,
        response::{Response, Status},
    },
    page::json::json,
};
use serde_json::Value;

/// The metadata, where the path is that of a resource of ours. Other paths below the same name belong to routes.
pub(in crate::gateway) fn answer(
    config: &Config,
    path: &RequestPath,
    method: &Method,
) -> Option<Response> {
    let resource = path.as_str().strip_prefix(WELL_KNOWN)?;
    if !matches!(method, Method::Get | Method::Head) {
        return None;
    }
    let members = resource::metadata(config, resource)?;
    let body = serde_json::to_string(&Value::Object(members)).ok()?;
    let any = HeaderValue::from_static("*");
    let open = json(Status::OK, body).with_header(HeaderName::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    Some(open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::context::for_tests::deployment;
    use alloc::format;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn metadata_is_read_where_a_route_takes_tokens_and_nowhere_else() {
        let deployment = deployment();
        let ask = |method: &Method, resource: &str| {
            let path = RequestPath::parse(&format!("{WELL_KNOWN}{resource}")).unwrap();
            answer(&deployment.config, &path, method)
        };
        for method in [Method::Get, Method::Head] {
            let answer = ask(&method, "/calls").unwrap();
            let open = answer.header(&HeaderName::ACCESS_CONTROL_ALLOW_ORIGIN);
            assert_eq!((answer.status, open), (Status::OK, Some("*")));
            assert!(answer.body.contains("https://app.example.com/calls"));
        }
        assert!(ask(&Method::Post, "/calls").is_none());
        for resource in ["", "/members", "/calls/x", "x/calls"] {
            assert!(ask(&Method::Get, resource).is_none(), "{resource}");
        }
    }
}
