//! Opaque access tokens: a deployment that asks the scripted provider about them, and what that says.

use crate::{
    access_token::{AUDIENCE, INLINE, bearer},
    host::Host,
    http::response::Response,
    scripted::provider::{
        CLIENT_ID,
        settings::{Answer, Endpoint},
    },
};
use lychgate_core::http::outbound::SendError;
use serde_json::{Value, json};
use std::time::Duration;

/// An issuer of opaque tokens, to which the routes below `/opaque` lead.
pub const OPAQUE: &str = "https://opaque.example";

/// An issuer with an endpoint of its own, whose tokens begin with [`PREFIX`].
pub const PREFIXED: &str = "https://prefixed.example";
pub const PREFIX: &str = "px_";

/// An issuer without a prefix, with the same endpoint.
const SECOND: &str = "https://second.example";

/// Another audience of [`OPAQUE`], which counts below `/opaque/second`.
pub const OTHER_AUDIENCE: &str = "urn:second";

/// Longer than the gateway waits for an answer.
const TOO_LONG: Duration = Duration::from_secs(13);

/// An issuer that is asked at that path of the provider.
fn asked(name: &str, at: &str) -> Value {
    json!({
        "issuer": name, "check": "introspection", "audiences": [AUDIENCE, OTHER_AUDIENCE],
        "clients": ["billing", "robots"], "clock_skew": "1s",
        "introspection_endpoint": at,
        "client_id": CLIENT_ID, "client_secret": {"secret": "DEMO_CLIENT_SECRET"},
    })
}

fn route(path: &str, issuer: &str) -> Value {
    json!({
        "path": path, "access": ["bearer"], "upstream": "api", "audiences": [AUDIENCE],
        "require": {"issuers": [issuer]},
    })
}

/// The issuers that are asked at the provider with that identifier, by route and by prefix.
pub fn issuers(issuer: &str) -> [Value; 2] {
    let mut prefixed = asked(PREFIXED, &format!("{issuer}/introspect/other"));
    prefixed["token_prefix"] = json!(PREFIX);
    [asked(OPAQUE, &format!("{issuer}/introspect")), prefixed]
}

/// The deployment with issuers that are asked, and a route for each way to find one.
pub fn with_opaque(configuration: &Value, issuer: &str) -> Value {
    let mut configuration = configuration.clone();
    let known = configuration["issuer"].as_array_mut().unwrap();
    if known.iter().any(|it| it["issuer"] == OPAQUE) {
        return configuration;
    }
    known.extend(issuers(issuer));
    let with_scopes = |path, scopes: &[&str]| {
        let mut route = route(path, OPAQUE);
        route["require"]["scopes"] = json!(scopes);
        route
    };
    let mut second = route("/opaque/second/**", OPAQUE);
    second["audiences"] = json!([OTHER_AUDIENCE]);
    let mut once = route("/opaque/once/**", OPAQUE);
    once["dpop"] = json!("required");
    once["dpop_replay"] = json!("ledger");
    let routes = configuration["route"].as_array_mut().unwrap();
    routes.extend([
        route("/opaque/**", OPAQUE),
        with_scopes("/opaque/read/**", &["read"]),
        with_scopes("/opaque/write/**", &["write"]),
        second,
        once,
        route("/prefixed/**", PREFIXED),
        route("/signed/**", INLINE),
    ]);
    configuration
}

/// The same with two issuers that no prefix tells apart, and no route for tokens but one for each of them.
fn with_two(configuration: &Value, issuer: &str) -> Value {
    let mut configuration = with_opaque(configuration, issuer);
    let issuers = configuration["issuer"].as_array_mut().unwrap();
    issuers.push(asked(SECOND, &format!("{issuer}/introspect/other")));
    let routes = configuration["route"].as_array_mut().unwrap();
    routes.retain(|route| {
        !route["access"]
            .as_array()
            .unwrap()
            .contains(&json!("bearer"))
    });
    routes.extend([route("/opaque/**", OPAQUE), route("/second/**", SECOND)]);
    configuration
}

/// Runs the deployment with nothing in memory, and a provider that knows no token.
pub fn deploy(host: &dyn Host) {
    deploy_as(host, with_opaque);
}

/// The same where the routes below `/opaque` and `/second` lead to two issuers.
pub fn deploy_two(host: &dyn Host) {
    deploy_as(host, with_two);
}

fn deploy_as(host: &dyn Host, with: fn(&Value, &str) -> Value) {
    answers(host, Answer::Document);
    let provider = host.scripted_provider().unwrap();
    provider.lock().unwrap().opaque.clear();
    let mut deployment = host.deployment();
    deployment.configuration = with(&deployment.configuration, host.issuer());
    host.deploy(&deployment);
}

/// What the provider says of a token from now on.
pub fn know(host: &dyn Host, token: &str, answer: Value) {
    know_at(host, Endpoint::Introspection, token, answer);
}

/// The same at another endpoint.
pub fn know_at(host: &dyn Host, endpoint: Endpoint, token: &str, answer: Value) {
    let provider = host.scripted_provider().unwrap();
    let mut provider = provider.lock().unwrap();
    provider.opaque.insert((endpoint, token.to_owned()), answer);
}

/// How often the provider was asked.
pub fn questions(host: &dyn Host) -> usize {
    questions_at(host, Endpoint::Introspection)
}

/// The same at another endpoint.
pub fn questions_at(host: &dyn Host, endpoint: Endpoint) -> usize {
    let provider = host.scripted_provider().unwrap();
    let provider = provider.lock().unwrap();
    provider.count(endpoint)
}

/// How the provider answers every question from now on.
pub fn answers(host: &dyn Host, answer: Answer) {
    let provider = host.scripted_provider().unwrap();
    let mut provider = provider.lock().unwrap();
    provider.settings.takes = match answer {
        // In this process nothing takes time.
        Answer::Error(SendError::TimedOut) => TOO_LONG,
        Answer::Document | Answer::Fixed(_) | Answer::Error(_) => Duration::ZERO,
    };
    provider
        .settings
        .set_answer(Endpoint::Introspection, answer);
}

/// A good answer.
pub fn active(host: &dyn Host) -> Value {
    json!({
        "active": true, "sub": "robot", "client_id": "billing", "aud": AUDIENCE,
        "scope": "read profile", "token_type": "Bearer", "exp": host.now().as_seconds() + 600,
        "groups": ["robots"],
    })
}

/// The same with another member; `null` takes it away.
pub fn active_but(host: &dyn Host, name: &str, value: &Value) -> Value {
    let mut answer = active(host);
    let members = answer.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value.clone());
    }
    answer
}

/// A call with that token.
pub fn call(host: &dyn Host, token: &str, target: &str) -> Response {
    host.send(&bearer(token, "GET", target))
}

/// The token is refused as RFC 6750 says.
pub fn refused(host: &dyn Host, token: &str, target: &str) {
    let refused = call(host, token, target).expect(401);
    let challenge = refused.header("www-authenticate").unwrap();
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
}

/// Nobody knows whether the token is good, and the client is told to come again.
pub fn left_open(host: &dyn Host, token: &str, target: &str) {
    is_left_open(&call(host, token, target));
}

/// An answer that says so.
pub fn is_left_open(answer: &Response) {
    assert_eq!(answer.status, 503, "{}", answer.summary());
    assert!(answer.header("retry-after").is_some());
    assert_eq!(answer.header("www-authenticate"), None);
}
