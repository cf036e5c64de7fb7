//! Opaque access tokens: whose they are, what their issuer says of them, and for how long that counts.

use super::Case;
use crate::{
    access_token::{AccessToken, INLINE, bearer},
    connections::is_long,
    host::{
        Host,
        exposed::Exposed,
        in_process::{InProcess, Setup},
    },
    http::request::Request,
    opaque_token::{
        OPAQUE, active, active_but, answers, call, deploy, know, left_open, questions, refused,
        with_opaque,
    },
    scripted::provider::{
        CLIENT_ID, basic,
        settings::{Answer, Endpoint, Signer},
    },
};
use lychgate_core::{http::outbound::SendError, time::Seconds};
use serde_json::{Value, json};

/// Cases for any host whose provider is the scripted one.
pub const CASES: &[Case] = &[
    (
        "an active opaque token reaches the API",
        an_active_token_passes,
    ),
    (
        "an opaque token that is not active is refused",
        inactive_tokens,
    ),
    ("requests with one new token ask once", one_question),
];

fn an_active_token_passes(host: &dyn Host) {
    deploy(host);
    know(host, "op-1", active(host));
    let before = questions(host);
    for _ in 0..2 {
        let seen = call(host, "op-1", "/opaque/a?b=c").expect(200).json();
        assert_eq!(seen["headers"]["lychgate-user"], "robot");
        assert_eq!(seen["headers"]["lychgate-issuer"], OPAQUE);
        assert_eq!(seen["headers"]["lychgate-groups"], "robots");
    }
    let asked = questions(host) - before;
    assert!(asked == 1 || !host.is_one_instance(), "{asked}");
    let provider = host.scripted_provider().unwrap();
    let requests = provider.lock().unwrap().requests.clone();
    let asked = requests
        .iter()
        .find(|seen| seen.endpoint == Endpoint::Introspection);
    assert_eq!(asked.unwrap().authorization, Some(basic()));
    // A token of a client alone is about nobody.
    know(host, "op-2", active_but(host, "sub", &Value::Null));
    let seen = call(host, "op-2", "/opaque/a").expect(200).json();
    assert_eq!(seen["headers"]["lychgate-user"], "billing");
}

fn inactive_tokens(host: &dyn Host) {
    deploy(host);
    for _ in 0..2 {
        refused(host, "op-unknown", "/opaque/a");
    }
    let certificate = json!({"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"});
    for (place, (name, value)) in [
        ("token_type", json!("refresh_token")),
        ("typ", json!("ID")),
        ("typ", json!("Refresh")),
        ("token_use", json!("id")),
        ("at_hash", json!("x")),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("cnf", certificate),
    ]
    .iter()
    .enumerate()
    {
        let token = format!("op-wrong-{place}");
        know(host, &token, active_but(host, name, value));
        let refused = call(host, &token, "/opaque/a");
        assert_eq!(refused.status, 401, "{name} {value}");
    }
}

fn one_question(host: &dyn Host) {
    deploy(host);
    know(host, "op-1", active(host));
    let before = questions(host);
    let requests: Vec<Request> = (0..50)
        .map(|_| bearer("op-1", "GET", "/opaque/a"))
        .collect();
    for answer in host.send_all(&requests) {
        answer.expect(200);
    }
    let asked = questions(host) - before;
    assert!(asked == 1 || !host.is_one_instance(), "{asked}");
}

fn in_process() -> InProcess {
    let mut setup = Setup::standard();
    let issuer = crate::scripted::provider::ISSUER;
    setup.configuration = with_opaque(&setup.configuration, issuer);
    InProcess::with(&setup)
}

#[test]
fn an_answer_counts_for_cache_for_and_no_longer_than_the_token() {
    let host = in_process();
    know(&host, "op-1", active(&host));
    call(&host, "op-1", "/opaque/a").expect(200);
    know(&host, "op-1", json!({"active": false}));
    host.world.pass(Seconds::new(29));
    call(&host, "op-1", "/opaque/a").expect(200);
    host.world.pass(Seconds::new(1));
    call(&host, "op-1", "/opaque/a").expect(401);
    let mut short = active(&host);
    short["exp"] = json!(host.now().as_seconds() + 5);
    know(&host, "op-2", short);
    call(&host, "op-2", "/opaque/a").expect(200);
    know(&host, "op-2", json!({"active": false}));
    host.world.pass(Seconds::new(5));
    call(&host, "op-2", "/opaque/a").expect(401);
}

#[test]
fn a_token_that_is_activated_later_counts_within_ten_seconds() {
    let host = in_process();
    call(&host, "op-1", "/opaque/a").expect(401);
    know(&host, "op-1", active(&host));
    host.world.pass(Seconds::new(9));
    call(&host, "op-1", "/opaque/a").expect(401);
    assert_eq!(questions(&host), 1);
    host.world.pass(Seconds::new(1));
    call(&host, "op-1", "/opaque/a").expect(200);
}

#[test]
fn an_issuer_that_is_down_is_asked_twice_at_most_for_all_that_wait() {
    let host = in_process();
    answers(&host, Answer::Error(SendError::Unreachable));
    let requests: Vec<Request> = (0..50)
        .map(|_| bearer("op-1", "GET", "/opaque/a"))
        .collect();
    for answer in host.send_all(&requests) {
        answer.expect(503);
    }
    assert_eq!(questions(&host), 2);
}

#[test]
fn made_up_tokens_leave_good_ones_alone() {
    let host = in_process();
    know(&host, "op-good", active(&host));
    call(&host, "op-good", "/opaque/a").expect(200);
    let before = questions(&host);
    let made_up = if is_long() { 100_000 } else { 2_000 };
    for number in 0..made_up {
        call(&host, &format!("op-made-up-{number}"), "/opaque/a").expect(401);
        if number % 500 == 0 {
            call(&host, "op-good", "/opaque/a").expect(200);
        }
    }
    assert_eq!(questions(&host) - before, made_up);
}

#[test]
fn a_signed_token_that_was_revoked_counts_no_longer_than_fresh_for() {
    let mut setup = Setup::standard();
    let issuers = setup.configuration["issuer"].as_array_mut().unwrap();
    let inline = issuers
        .iter_mut()
        .find(|it| it["issuer"] == INLINE)
        .unwrap();
    inline["revocation"] = json!("introspection");
    inline["fresh_for"] = json!("20s");
    inline["introspection_endpoint"] = json!("https://op.example.com/introspect");
    inline["client_id"] = json!(CLIENT_ID);
    inline["client_secret"] = json!({"secret": "DEMO_CLIENT_SECRET"});
    let host = InProcess::with(&setup);
    let token = AccessToken::inline(&host).text();
    call(&host, &token, "/calls/a").expect(401);
    host.world.pass(Seconds::new(10));
    know(&host, &token, json!({"active": true}));
    call(&host, &token, "/calls/a").expect(200);
    know(&host, &token, json!({"active": false}));
    host.world.pass(Seconds::new(19));
    call(&host, &token, "/calls/a").expect(200);
    host.world.pass(Seconds::new(1));
    call(&host, &token, "/calls/a").expect(401);
    // An answer about somebody else is about another token.
    let other = AccessToken::inline(&host).claim("jti", json!("2")).text();
    know(
        &host,
        &other,
        json!({"active": true, "sub": "somebody-else"}),
    );
    call(&host, &other, "/calls/a").expect(401);
    // Nobody is asked about a token with a wrong signature, or for somebody else.
    let before = questions(&host);
    let forged = AccessToken::inline(&host).signed_by(Signer::Ed25519(9));
    call(&host, &forged.text(), "/calls/a").expect(401);
    let foreign = AccessToken::inline(&host).claim("aud", json!("https://other.example"));
    call(&host, &foreign.text(), "/calls/a").expect(401);
    assert_eq!(questions(&host), before);
}

#[test]
fn no_token_is_stored_or_logged() {
    let host = in_process();
    let tokens = ["op-secret-token", "op-unknown-token"];
    know(&host, tokens[0], active(&host));
    call(&host, tokens[0], "/opaque/a").expect(200);
    refused(&host, tokens[1], "/opaque/a");
    answers(&host, Answer::html(500));
    left_open(&host, "op-open-token", "/opaque/a");
    let log = host.world.events().join("\n");
    assert!(log.contains("Token(Inactive)"), "{log}");
    let stored = host.dump();
    let stored = String::from_utf8_lossy(&stored);
    for text in [&*log, &*stored] {
        for part in ["op-secret", "op-unknown", "op-open"] {
            assert!(!text.contains(part), "{text}");
        }
    }
}
