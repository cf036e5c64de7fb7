//! The token cache and the memory of issuers' keys: how long each remembers, and what it saves.

use crate::{
    access_token::{AccessToken, bearer},
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::request::Request,
    scripted::{
        provider::settings::{Answer, Endpoint, Signer},
        schedule::Call,
    },
};
use lychgate_core::{http::outbound::SendError, time::Seconds};
use serde_json::json;

const TARGET: &str = "/calls/a";

fn key_requests(host: &InProcess) -> usize {
    host.world.provider().count(Endpoint::Keys)
}

fn take_down(host: &InProcess) {
    for endpoint in [Endpoint::Discovery, Endpoint::Keys] {
        let down = Answer::Error(SendError::TimedOut);
        host.world.provider().settings.set_answer(endpoint, down);
    }
}

/// A token that lives for days.
fn lasting(host: &InProcess) -> AccessToken {
    let exp = host.now().as_seconds() + 7 * 86_400;
    AccessToken::published(host).claim("exp", json!(exp))
}

#[test]
fn a_token_that_is_known_costs_no_signature_and_no_call() {
    let host = InProcess::new();
    let token = AccessToken::published(&host);
    token.call(&host, TARGET).expect(200);
    assert_eq!(host.world.verified(), 1);
    host.world.forget_calls();
    for _ in 0..5 {
        token.call(&host, TARGET).expect(200);
        host.send(&bearer(&token.text(), "POST", "/calls/b"))
            .expect(200);
    }
    assert_eq!(host.world.calls(), []);
    assert_eq!(host.world.verified(), 1);
    // Another token of the same client is another one.
    token
        .claim("jti", json!("2"))
        .call(&host, TARGET)
        .expect(200);
    assert_eq!(host.world.verified(), 2);
}

#[test]
fn requests_with_one_token_at_the_same_time_share_one_signature_and_one_fetch() {
    let host = InProcess::new();
    let request = bearer(&AccessToken::published(&host).text(), "GET", TARGET);
    let requests: Vec<Request> = (0..8).map(|_| request.clone()).collect();
    for answer in host.send_all(&requests) {
        answer.expect(200);
    }
    assert_eq!(host.world.verified(), 1);
    assert_eq!(key_requests(&host), 1);
}

#[test]
fn a_key_that_changed_is_seen_by_all_who_ask_at_the_same_time() {
    let host = InProcess::new();
    AccessToken::published(&host)
        .call(&host, TARGET)
        .expect(200);
    host.world.provider().settings.signer = Signer::Ed25519(2);
    let requests: Vec<Request> = (0..8)
        .map(|number| {
            let token = AccessToken::of(&host, host.issuer(), Signer::Ed25519(2));
            let token = token.claim("jti", json!(number.to_string()));
            bearer(&token.text(), "GET", TARGET)
        })
        .collect();
    for answer in host.send_all(&requests) {
        answer.expect(200);
    }
    assert_eq!(key_requests(&host), 2);
}

#[test]
fn what_is_remembered_of_a_token_goes_with_its_key() {
    let host = InProcess::new();
    let old = lasting(&host);
    old.call(&host, TARGET).expect(200);
    host.world.provider().settings.signer = Signer::Ed25519(2);
    // Until the keys are fetched anew nobody knows.
    old.call(&host, TARGET).expect(200);
    host.world.pass(Seconds::minutes(130));
    old.call(&host, TARGET).expect(401);
    let new = AccessToken::of(&host, host.issuer(), Signer::Ed25519(2));
    new.call(&host, TARGET).expect(200);
}

#[test]
fn keys_are_fetched_after_the_answer_while_they_are_young_enough() {
    let host = InProcess::new();
    let token = lasting(&host);
    token.call(&host, TARGET).expect(200);
    host.world.pass(Seconds::minutes(59));
    token.call(&host, TARGET).expect(200);
    assert_eq!(key_requests(&host), 1);
    host.world.pass(Seconds::minutes(2));
    token.call(&host, TARGET).expect(200);
    assert_eq!(key_requests(&host), 2);
    token.call(&host, TARGET).expect(200);
    assert_eq!(key_requests(&host), 2);
    // The same set again makes no token unknown.
    assert_eq!(host.world.verified(), 1);
}

#[test]
fn the_last_good_keys_serve_through_an_outage_for_a_day() {
    let host = InProcess::new();
    let token = lasting(&host);
    token.call(&host, TARGET).expect(200);
    take_down(&host);
    for _ in 0..11 {
        host.world.pass(Seconds::minutes(2 * 60));
        token.call(&host, TARGET).expect(200);
        let other = lasting(&host).claim("jti", json!(host.now().as_seconds().to_string()));
        other.call(&host, TARGET).expect(200);
    }
    host.world.pass(Seconds::minutes(2 * 60));
    let response = token.call(&host, TARGET).expect(503);
    assert_eq!(response.header("retry-after"), Some("5"));
}

#[test]
fn while_the_issuer_is_down_it_is_asked_now_and_then() {
    let host = InProcess::new();
    let token = AccessToken::published(&host);
    take_down(&host);
    let asked = || host.world.count(Call::Send);
    for _ in 0..20 {
        token.call(&host, TARGET).expect(503);
    }
    assert_eq!(asked(), 1);
    host.world.pass(Seconds::new(10));
    token.call(&host, TARGET).expect(503);
    assert_eq!(asked(), 2);
    let issuer = host.issuer().to_owned();
    *host.world.provider() = crate::scripted::provider::Provider::new(&issuer);
    token.call(&host, TARGET).expect(503);
    host.world.pass(Seconds::new(10));
    token.call(&host, TARGET).expect(200);
}

#[test]
fn an_isolate_without_keys_takes_them_from_the_store() {
    let host = InProcess::new();
    let token = AccessToken::published(&host);
    token.call(&host, TARGET).expect(200);
    take_down(&host);
    let elsewhere = host.elsewhere();
    host.world.pass(Seconds::new(61));
    token.call(&elsewhere, TARGET).expect(200);
    assert_eq!(key_requests(&host), 1);
    // Under another sealing key nothing of it opens.
    let mut setup = Setup::standard();
    for (name, value) in &mut setup.secrets {
        if name == "LYCHGATE_KEY_1" {
            *value = crate::host::configuration::key(9);
        }
    }
    let other = InProcess::in_world(&setup, &host.world, host.edge.place);
    token.call(&other, TARGET).expect(503);
}

#[test]
fn made_up_tokens_take_bounded_memory_and_good_ones_stay() {
    let host = InProcess::new();
    let good = AccessToken::inline(&host);
    good.call(&host, TARGET).expect(200);
    for number in 0..12_000_u32 {
        // Really signed, so that each of them is remembered.
        let token = AccessToken::inline(&host).claim("jti", json!(number.to_string()));
        token.call(&host, TARGET).expect(200);
        if number % 500 == 0 {
            let before = host.world.verified();
            good.call(&host, TARGET).expect(200);
            assert_eq!(host.world.verified(), before, "{number}");
        }
    }
}

#[test]
fn an_audience_and_the_time_are_judged_at_every_use() {
    let host = InProcess::new();
    let short = AccessToken::inline(&host).claim("exp", json!(host.now().as_seconds() + 100));
    short.call(&host, TARGET).expect(200);
    host.world.pass(Seconds::new(159));
    short.call(&host, TARGET).expect(200);
    host.world.pass(Seconds::new(1));
    short.call(&host, TARGET).expect(401);
    assert_eq!(host.world.verified(), 1);
}

#[test]
fn a_secret_that_is_too_short_closes_the_gateway() {
    let mut setup = Setup::standard();
    setup.secrets.retain(|(name, _)| name != "SHARED_SECRET");
    for (secret, status) in [
        (None, 503),
        (Some("x".repeat(31)), 503),
        (Some("x".repeat(32)), 200),
    ] {
        let mut setup = setup.clone();
        let named = secret.map(|secret| ("SHARED_SECRET".to_owned(), secret));
        setup.secrets.extend(named);
        let host = InProcess::with(&setup);
        host.send(&Request::script("GET", "/open/a")).expect(status);
    }
}
