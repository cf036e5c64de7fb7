//! The upstreams of the in-process host: an API that says what it received, and the demo's files.

use super::root::root;
use crate::http::{request::Request, response::Response};
use lychgate_core::encoding::{
    parameters::Parameters,
    percent::{self, Plus},
};
use serde_json::{Map, Value, json};
use std::fs;

/// The API's answer; the same as that of `site/api`.
pub fn api(request: &Request) -> Response {
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let parameters = Parameters::parse(query).unwrap_or_default();
    let given = |name| parameters.once(name).ok().flatten().unwrap_or_default();
    let mut response = Response {
        status: 200,
        headers: Vec::new(),
        body: Vec::new(),
    };
    let mut set = |name: &str, value: &str| {
        response.headers.push((name.to_owned(), value.to_owned()));
    };
    let below = ["/api", "/open"]
        .iter()
        .find_map(|it| path.strip_prefix(it));
    match below.unwrap_or(path) {
        "/echo" if request.method == "POST" => {
            let kind = request.joined("content-type");
            set(
                "content-type",
                kind.as_deref().unwrap_or("application/octet-stream"),
            );
            response.body.clone_from(&request.body);
            return response;
        }
        "/redirect" => {
            set("location", given("to"));
            response.status = 302;
            return response;
        }
        "/set-cookie" => every(query, "cookie").for_each(|field| set("set-cookie", &field)),
        "/fields" => every(query, "field").for_each(|field| {
            let (name, value) = field.split_once(':').unwrap();
            set(name, value);
        }),
        "/status" => response.status = given("code").parse().unwrap(),
        _ => {}
    }
    response
        .headers
        .push(("content-type".to_owned(), "application/json".to_owned()));
    if request.method != "HEAD" {
        let seen = json!({
            "method": request.method,
            "url": request.target,
            "headers": headers(request),
        });
        response.body = seen.to_string().into_bytes();
    }
    response
}

/// The values of a parameter that may stand several times.
fn every<'a>(query: &'a str, name: &'a str) -> impl Iterator<Item = String> + 'a {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .filter(move |(key, _)| *key == name)
        .map(|(_, value)| percent::decode(value, Plus::IsSpace).unwrap())
}

fn headers(request: &Request) -> Value {
    let names = request
        .headers
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase());
    let joined: Map<String, Value> = names
        .map(|name| {
            let value = request.joined(&name).unwrap();
            (name, Value::String(value))
        })
        .collect();
    Value::Object(joined)
}

/// The answers of the demo's files, under each of the addresses that a file has.
pub fn assets(request: &Request) -> Response {
    let path = request.target.split('?').next().unwrap();
    let root = root().join("site/public");
    let trimmed = path.trim_start_matches('/').trim_end_matches('/');
    let candidates = [
        trimmed.to_owned(),
        format!("{trimmed}.html"),
        format!("{trimmed}/index.html")
            .trim_start_matches('/')
            .to_owned(),
    ];
    let found = candidates
        .iter()
        .map(|name| (name, root.join(name)))
        .find(|(_, path)| path.is_file());
    let Some((name, path)) = found else {
        return Response {
            status: 404,
            headers: Vec::new(),
            body: Vec::new(),
        };
    };
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("pdf") => "application/pdf",
        _ => "application/octet-stream",
    };
    let headers = [
        ("content-type", kind),
        ("cache-control", "public, max-age=0, must-revalidate"),
        ("etag", "\"1\""),
    ];
    Response {
        status: 200,
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        body: if request.method == "HEAD" {
            Vec::new()
        } else {
            fs::read(path).unwrap()
        },
    }
}
