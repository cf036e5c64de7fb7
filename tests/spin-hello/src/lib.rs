//! The smallest component: what the gateway is measured against, and what stands behind it in tests.
//!
//! `/` answers `hello`. Any other path answers what arrived, as JSON: `method`, `target`, and `headers`,
//! each value under its name, several joined by `, `.

use serde_json::{Map, Value, json};
use spin_sdk::http::{HeaderMap, IntoResponse, Request};
use spin_sdk::http_service;

#[http_service]
async fn answer(request: Request) -> impl IntoResponse {
    let uri = request.uri();
    if uri.path() == "/" {
        return "hello".to_owned();
    }
    let target = uri.path_and_query().map(|target| target.as_str());
    let seen = json!({
        "method": request.method().as_str(),
        "target": target,
        "headers": joined(request.headers()),
    });
    seen.to_string()
}

fn joined(headers: &HeaderMap) -> Map<String, Value> {
    headers
        .keys()
        .map(|name| {
            let values: Vec<_> = headers
                .get_all(name)
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()))
                .collect();
            (name.to_string(), Value::String(values.join(", ")))
        })
        .collect()
}
