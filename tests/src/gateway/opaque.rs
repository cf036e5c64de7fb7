//! Opaque access tokens: whose they are, what their issuer says of them, and for how long that counts.

use super::Case;
use crate::{
    access_token::{AUDIENCE, AccessToken, INLINE, bearer},
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::{request::Request, response::Response},
    scripted::provider::{
        CLIENT_ID, basic,
        settings::{Answer, Endpoint, Signer},
    },
};
use lychgate_core::{encoding::base64url, http::outbound::SendError, time::Seconds};
use serde_json::{Value, json};

/// An issuer of opaque tokens, and one of tokens with a prefix.
const OPAQUE: &str = "https://opaque.example";
const PREFIXED: &str = "https://prefixed.example";

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
    ("nothing but true is active", nothing_but_true),
    (
        "an issuer that cannot say leaves it open",
        an_issuer_that_cannot_say,
    ),
    (
        "a token is shown to the issuer that it is of and to no other",
        shown_to_one,
    ),
    ("requests with one new token ask once", one_question),
    (
        "what an answer says is judged at every use",
        judged_at_every_use,
    ),
];

/// The deployment with issuers that are asked, and a route for each way to find one.
fn with_opaque(configuration: &Value, issuer: &str) -> Value {
    let mut configuration = configuration.clone();
    let issuers = configuration["issuer"].as_array().unwrap();
    if issuers.iter().any(|it| it["issuer"] == OPAQUE) {
        return configuration;
    }
    let asked = |name: &str| {
        json!({
            "issuer": name, "check": "introspection", "audiences": [AUDIENCE],
            "introspection_endpoint": format!("{issuer}/introspect"),
            "client_id": CLIENT_ID, "client_secret": {"secret": "DEMO_CLIENT_SECRET"},
        })
    };
    let mut prefixed = asked(PREFIXED);
    prefixed["token_prefix"] = json!("px_");
    let issuers = configuration["issuer"].as_array_mut().unwrap();
    issuers.extend([asked(OPAQUE), prefixed]);
    let routes = configuration["route"].as_array_mut().unwrap();
    let route = |path: &str, require: Value| json!({"path": path, "access": ["bearer"], "upstream": "api", "require": require});
    routes.extend([
        route("/opaque/**", json!({"issuers": [OPAQUE]})),
        route(
            "/opaque/read/**",
            json!({"issuers": [OPAQUE], "scopes": ["read"]}),
        ),
        route(
            "/opaque/write/**",
            json!({"issuers": [OPAQUE], "scopes": ["write"]}),
        ),
        route("/prefixed/**", json!({"issuers": [PREFIXED]})),
        route("/signed/**", json!({"issuers": [INLINE]})),
    ]);
    configuration
}

/// Runs it, with nothing in memory, and a provider that knows no token.
fn deploy(host: &dyn Host) {
    answers(host, Answer::Document);
    let provider = host.scripted_provider().unwrap();
    provider.lock().unwrap().opaque.clear();
    let mut deployment = host.deployment();
    deployment.configuration = with_opaque(&deployment.configuration, host.issuer());
    host.deploy(&deployment);
}

fn know(host: &dyn Host, token: &str, answer: Value) {
    let provider = host.scripted_provider().unwrap();
    provider
        .lock()
        .unwrap()
        .opaque
        .insert(token.to_owned(), answer);
}

fn questions(host: &dyn Host) -> usize {
    let provider = host.scripted_provider().unwrap();
    let provider = provider.lock().unwrap();
    provider.count(Endpoint::Introspection)
}

fn answers(host: &dyn Host, answer: Answer) {
    let provider = host.scripted_provider().unwrap();
    let mut provider = provider.lock().unwrap();
    provider
        .settings
        .set_answer(Endpoint::Introspection, answer);
}

/// A good answer.
fn active(host: &dyn Host) -> Value {
    json!({
        "active": true, "sub": "robot", "client_id": "billing", "aud": AUDIENCE,
        "scope": "read profile", "token_type": "Bearer", "exp": host.now().as_seconds() + 600,
        "groups": ["robots"],
    })
}

fn call(host: &dyn Host, token: &str, target: &str) -> Response {
    host.send(&bearer(token, "GET", target))
}

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
    let mut of_client = active(host);
    of_client.as_object_mut().unwrap().remove("sub");
    know(host, "op-2", of_client);
    let seen = call(host, "op-2", "/opaque/a").expect(200).json();
    assert_eq!(seen["headers"]["lychgate-user"], "billing");
}

fn inactive_tokens(host: &dyn Host) {
    deploy(host);
    for _ in 0..2 {
        let refused = call(host, "op-unknown", "/opaque/a").expect(401);
        let challenge = refused.header("www-authenticate").unwrap();
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    }
    let now = host.now().as_seconds();
    for (place, (name, value)) in [
        ("aud", json!("https://other.example")),
        ("aud", Value::Null),
        ("iss", json!("https://other.example")),
        ("exp", json!(now - 600)),
        ("nbf", json!(now + 600)),
        ("token_type", json!("refresh_token")),
        ("typ", json!("ID")),
        ("typ", json!("Refresh")),
        ("token_use", json!("id")),
        ("at_hash", json!("x")),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("exp", json!("soon")),
        (
            "cnf",
            json!({"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let mut answer = active(host);
        let token = format!("op-wrong-{place}");
        if value.is_null() {
            answer.as_object_mut().unwrap().remove(name);
        } else {
            answer[name] = value.clone();
        }
        know(host, &token, answer);
        let refused = call(host, &token, "/opaque/a");
        assert_eq!(refused.status, 401, "{name} {value}");
    }
}

fn nothing_but_true(host: &dyn Host) {
    deploy(host);
    for (place, value) in [json!("true"), json!(1), json!([true]), Value::Null]
        .into_iter()
        .enumerate()
    {
        let mut answer = active(host);
        answer["active"] = value.clone();
        let token = format!("op-odd-{place}");
        know(host, &token, answer);
        let unknown = call(host, &token, "/opaque/a");
        assert_eq!(unknown.status, 503, "{value}");
        assert!(unknown.header("retry-after").is_some());
    }
    know(host, "op-none", json!({"sub": "robot", "aud": AUDIENCE}));
    call(host, "op-none", "/opaque/a").expect(503);
}

fn an_issuer_that_cannot_say(host: &dyn Host) {
    deploy(host);
    know(host, "op-1", active(host));
    let json = |status, body: &str| Answer::fixed(status, "application/json", body);
    for (place, answer) in [
        Answer::html(200),
        Answer::html(500),
        json(503, "{}"),
        json(401, "{\"error\":\"invalid_client\"}"),
        json(403, "{}"),
        json(302, "{}"),
        json(200, "[{\"active\":true}]"),
        json(200, "{\"active\":false,\"active\":true}"),
        json(200, ""),
        Answer::fixed(200, "text/plain", "{\"active\":true,\"sub\":\"a\"}"),
    ]
    .into_iter()
    .enumerate()
    {
        answers(host, answer);
        let unknown = call(host, "op-1", "/opaque/a");
        assert_eq!(unknown.status, 503, "{place}");
        assert!(unknown.header("retry-after").is_some());
        assert_eq!(unknown.header("www-authenticate"), None);
        // The tokens of other issuers go on.
        AccessToken::inline(host)
            .call(host, "/signed/a")
            .expect(200);
    }
    // Nothing is remembered of it.
    answers(host, Answer::Document);
    call(host, "op-1", "/opaque/a").expect(200);
}

fn shown_to_one(host: &dyn Host) {
    deploy(host);
    for token in ["op-1", "px_1"] {
        know(host, token, active(host));
    }
    call(host, "op-1", "/opaque/a").expect(200);
    call(host, "px_1", "/prefixed/a").expect(200);
    let before = questions(host);
    // No issuer of opaque tokens is asked on a route of another one.
    call(host, "op-1", "/signed/a").expect(401);
    call(host, "op-1", "/prefixed/a").expect(401);
    // A token in the form of one that is signed is shown to the issuer that it names.
    let signed = AccessToken::inline(host).signed_by(Signer::Ed25519(9));
    let foreign = AccessToken::inline(host).claim("iss", json!("https://other.example"));
    for token in [&signed, &foreign] {
        know(host, &token.text(), active(host));
        call(host, &token.text(), "/opaque/a").expect(401);
    }
    let odd = AccessToken::inline(host).claim("iss", json!(7));
    call(host, &odd.text(), "/opaque/a").expect(401);
    assert_eq!(questions(host), before);
    // One that names nobody is opaque, whatever it looks like.
    let nameless = AccessToken::inline(host).claim("iss", Value::Null).text();
    know(host, &nameless, active(host));
    call(host, &nameless, "/opaque/a").expect(200);
    let named = AccessToken::inline(host).claim("iss", json!(OPAQUE)).text();
    know(host, &named, active(host));
    call(host, &named, "/opaque/a").expect(200);
    // The same text at two issuers is two tokens.
    let header = base64url::encode(b"{\"alg\":\"none\"}");
    know(host, &format!("px_{header}"), active(host));
    call(host, &format!("px_{header}"), "/prefixed/a").expect(200);
    call(host, &format!("px_{header}"), "/opaque/a").expect(403);
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

fn judged_at_every_use(host: &dyn Host) {
    deploy(host);
    know(host, "op-1", active(host));
    call(host, "op-1", "/opaque/read/a").expect(200);
    call(host, "op-1", "/opaque/write/a").expect(403);
    let again = call(host, "op-1", "/opaque/read/a");
    again.expect(200);
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
    for number in 0..2_000 {
        call(&host, &format!("op-made-up-{number}"), "/opaque/a").expect(401);
    }
    assert_eq!(questions(&host) - before, 2_000);
    call(&host, "op-good", "/opaque/a").expect(200);
    assert_eq!(questions(&host) - before, 2_000);
    // One that is longer than any token is asked about by nobody.
    let long = "x".repeat(9_000);
    call(&host, &long, "/opaque/a").expect(400);
    assert_eq!(questions(&host) - before, 2_000);
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
fn no_token_is_stored() {
    let host = in_process();
    know(&host, "op-secret-token", active(&host));
    call(&host, "op-secret-token", "/opaque/a").expect(200);
    call(&host, "op-unknown-token", "/opaque/a").expect(401);
    for (name, value) in host.world.store.borrow().dump() {
        let value = String::from_utf8_lossy(&value);
        assert!(
            !name.contains("token") && !value.contains("token"),
            "{name}"
        );
    }
    for line in host.world.log() {
        assert!(!line.to_string().contains("op-secret"), "{line}");
        assert!(!line.to_string().contains("op-unknown"), "{line}");
    }
}
