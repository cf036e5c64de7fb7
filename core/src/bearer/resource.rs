//! Protected resource metadata (RFC 9728): where clients that were refused learn which servers to ask for a token.
//!
//! Every pattern of a route that takes tokens is a resource of its own: its path up to the first star.

use crate::{
    access::routes::Route,
    config::{Config, Issuer, KeySource},
    jose::Algorithm,
};
use alloc::{string::String, vec::Vec};
use serde_json::{Map, Value};

/// Where the metadata of a resource is found: this, then the path of the resource (RFC 9728, section 3.1).
pub const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// The path of the resource that a route belongs to; empty for the whole site.
pub fn path_of(route: &Route) -> String {
    let mut path = route.pattern.literal_start();
    while path.ends_with('/') {
        path.pop();
    }
    path
}

/// The metadata of the resource at `path`, if there is one.
pub fn metadata(config: &Config, path: &str) -> Option<Map<String, Value>> {
    let mut scopes: Vec<&str> = Vec::new();
    let mut resources: Vec<&Route> = Vec::new();
    for route in config.routes.routes().filter(|route| route.takes_tokens()) {
        if path_of(route) == path {
            resources.push(route);
            route.add_scopes(&mut scopes);
        }
    }
    if resources.is_empty() {
        return None;
    }
    let is_audience = |issuer: &Issuer| {
        let mut resources = resources.iter();
        resources.any(|route| route.is_audience(Some(&issuer.audiences)))
    };
    let texts = |texts: Vec<&str>| Value::Array(texts.into_iter().map(Value::from).collect());
    let mut servers: Vec<&str> = Vec::new();
    // An issuer whose tokens cannot count here is left out.
    for issuer in config.issuers.iter().filter(|issuer| is_audience(issuer)) {
        match &issuer.keys {
            KeySource::Discovery(_)
            | KeySource::Url(_)
            | KeySource::Inline(_)
            | KeySource::None => {
                servers.push(&issuer.issuer);
            }
            // An issuer that shares a secret with us is no server that a client could ask.
            KeySource::SharedSecret(_) => {}
        }
    }
    let mut members = Map::new();
    let mut add = |name: &str, value: Value| members.insert(String::from(name), value);
    add("resource", Value::String(identifier(config, path)));
    if !servers.is_empty() {
        add("authorization_servers", texts(servers));
    }
    if !scopes.is_empty() {
        add("scopes_supported", texts(scopes));
    }
    add("bearer_methods_supported", texts(Vec::from(["header"])));
    let algorithms = Algorithm::ALL.iter().map(|algorithm| algorithm.name());
    add(
        "dpop_signing_alg_values_supported",
        texts(algorithms.collect()),
    );
    Some(members)
}

fn identifier(config: &Config, path: &str) -> String {
    let mut identifier = alloc::string::ToString::to_string(&config.public_url);
    identifier.push_str(path);
    identifier
}

/// The address of the metadata of the resource at `path`.
pub fn metadata_url(config: &Config, path: &str) -> String {
    let mut url = identifier(config, WELL_KNOWN);
    url.push_str(path);
    url
}
