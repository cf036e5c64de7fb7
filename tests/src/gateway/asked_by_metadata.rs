//! Issuers that are asked about tokens where their own metadata says.

use crate::{
    access_token::{AUDIENCE, bearer},
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::response::Response,
    scripted::provider::{
        CLIENT_ID, ISSUER,
        settings::{Answer, Endpoint, with},
    },
};
use lychgate_core::time::Seconds;
use serde_json::{Value, json};

/// The scripted provider as an issuer of opaque tokens alone.
fn with_asked(configuration: &Value, issuer: &str) -> Value {
    let mut configuration = configuration.clone();
    let issuers = configuration["issuer"].as_array_mut().unwrap();
    issuers.retain(|it| it["issuer"] != issuer);
    issuers.push(json!({
        "issuer": issuer, "check": "introspection", "audiences": [AUDIENCE],
        "client_id": CLIENT_ID, "client_secret": {"secret": "DEMO_CLIENT_SECRET"},
        "cache_for": "1s",
    }));
    let routes = configuration["route"].as_array_mut().unwrap();
    routes.push(json!({
        "path": "/asked/**", "access": ["bearer"], "upstream": "api",
        "require": {"issuers": [issuer]},
    }));
    configuration
}

fn know(host: &InProcess, token: &str) {
    let answer = json!({
        "active": true, "sub": "robot", "client_id": "billing", "aud": AUDIENCE,
        "exp": host.now().as_seconds() + 7 * 24 * 3_600,
    });
    let mut provider = host.world.provider();
    let key = (Endpoint::Introspection, token.to_owned());
    provider.opaque.insert(key, answer);
}

fn call(host: &InProcess, token: &str) -> Response {
    host.send(&bearer(token, "GET", "/asked/a"))
}

/// Has the metadata name that endpoint.
fn names(host: &InProcess, endpoint: Value) {
    let mut provider = host.world.provider();
    provider.settings.edit_metadata = with("introspection_endpoint", endpoint);
}

fn in_process() -> InProcess {
    let mut setup = Setup::standard();
    setup.configuration = with_asked(&setup.configuration, ISSUER);
    let host = InProcess::with(&setup);
    names(&host, json!("https://op.example.com/introspect"));
    know(&host, "op-1");
    host
}

fn count(host: &InProcess, endpoint: Endpoint) -> usize {
    host.world.provider().count(endpoint)
}

#[test]
fn an_issuer_is_asked_where_its_metadata_says() {
    let host = in_process();
    let seen = call(&host, "op-1").expect(200).json();
    assert_eq!(seen["headers"]["lychgate-issuer"], ISSUER);
    call(&host, "op-2").expect(401);
    assert_eq!(count(&host, Endpoint::Introspection), 2);
    assert_eq!(count(&host, Endpoint::Discovery), 1);
}

#[test]
fn metadata_that_is_of_another_or_names_nothing_leaves_it_open() {
    for edit in [
        with("introspection_endpoint", Value::Null),
        with(
            "introspection_endpoint",
            json!("http://op.example.com/introspect"),
        ),
        with(
            "introspection_endpoint",
            json!("https://10.0.0.1/introspect"),
        ),
        with("issuer", json!("https://other.example")),
    ] {
        let host = in_process();
        host.world.provider().settings.edit_metadata = edit;
        let unknown = call(&host, "op-1").expect(503);
        assert!(unknown.header("retry-after").is_some());
        assert_eq!(count(&host, Endpoint::Introspection), 0);
        // Nobody asks again for ten seconds, whoever calls.
        for number in 0..20 {
            call(&host, &format!("op-made-up-{number}")).expect(503);
        }
        assert_eq!(count(&host, Endpoint::Discovery), 1);
        names(&host, json!("https://op.example.com/introspect"));
        host.world.pass(Seconds::new(10));
        call(&host, "op-1").expect(200);
    }
}

#[test]
fn metadata_is_fetched_once_an_hour_and_the_last_good_one_serves_for_a_day() {
    let host = in_process();
    let requests: Vec<_> = (0..50)
        .map(|number| bearer(&format!("op-{number}"), "GET", "/asked/a"))
        .collect();
    host.send_all(&requests);
    assert_eq!(count(&host, Endpoint::Discovery), 1);
    host.world.pass(Seconds::new(3_599));
    call(&host, "op-1").expect(200);
    assert_eq!(count(&host, Endpoint::Discovery), 1);
    let down = Answer::html(500);
    host.world
        .provider()
        .settings
        .set_answer(Endpoint::Discovery, down);
    host.world.pass(Seconds::new(2));
    call(&host, "op-1").expect(200);
    call(&host, "op-2").expect(401);
    assert_eq!(count(&host, Endpoint::Discovery), 2);
    let log: Vec<String> = host.world.log().iter().map(ToString::to_string).collect();
    assert!(
        log.iter().any(|line| line.contains("provider_failed")),
        "{log:?}"
    );
    host.world.pass(Seconds::new(24 * 3_600));
    call(&host, "op-1").expect(503);
}
