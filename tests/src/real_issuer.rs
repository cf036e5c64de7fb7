//! Access tokens of a real issuer, whose keys change and which goes down, on Workers and on Spin.

use crate::{
    access_token::{AUDIENCE, AccessToken, bearer},
    host::{
        Host,
        configuration::key,
        python_issuer::PythonIssuer,
        server::TIMEOUT,
        token_issuer::TokenIssuer,
        workerd::{Setup, Workerd},
    },
    http::response::Response,
    scripted::provider::{settings::Signer, tokens},
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Seconds between two fetches for keys that nobody knows, and between two that fail.
const COOL_DOWN: u64 = 30;
const RETRY: u64 = 10;

fn start(on: fn(Setup) -> Setup) -> (TokenIssuer, Workerd) {
    let issuer = TokenIssuer::start();
    let mut setup = Setup::standard();
    setup.issuer = Some(issuer.issuer());
    let configuration = setup.configuration.as_mut().unwrap();
    configuration["issuer"][0] =
        json!({"issuer": "$ISSUER", "audiences": [AUDIENCE], "algorithms": ["ES256"]});
    let host = Workerd::start(&on(setup));
    (issuer, host)
}

fn call(host: &Workerd, token: &str) -> Response {
    host.send(&bearer(token, "GET", "/items/1"))
}

fn rotation(on: fn(Setup) -> Setup) {
    let (issuer, host) = start(on);
    let old = issuer.token();
    let seen = call(&host, &old).expect(200).json();
    assert_eq!(seen["headers"]["lychgate-user"], "robot");
    assert_eq!(seen["headers"]["lychgate-issuer"], issuer.issuer());
    call(&host, &old).expect(200);
    assert_eq!(issuer.key_requests(), 1);

    issuer.rotate();
    let new = issuer.token();
    call(&host, &new).expect(200);
    assert_eq!(issuer.key_requests(), 2);
    // Its key is no longer published, and what was remembered of it went with the set.
    call(&host, &old).expect(401);
    call(&host, &new).expect(200);

    let now = host.now().as_seconds();
    let begun = Instant::now();
    for number in 0..500 {
        let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": format!("made-up-{number}")});
        let claims = json!({
            "iss": issuer.issuer(), "aud": AUDIENCE, "sub": "robot", "scope": "read",
            "exp": now + 600, "iat": now,
        });
        call(&host, &tokens::sign(Signer::P256(9), &header, &claims)).expect(401);
    }
    // One fetch in each span, however long they all take here.
    let fetched = issuer.key_requests() - 2;
    let spans = begun.elapsed().as_secs() / COOL_DOWN + 1;
    assert!(fetched <= spans, "{fetched} in {spans} spans");
    call(&host, &new).expect(200);
}

fn outage(on: fn(Setup) -> Setup) {
    let (issuer, host) = start(on);
    let (first, second) = (issuer.token(), issuer.token());
    call(&host, &first).expect(200);
    issuer.take_down();
    call(&host, &first).expect(200);
    // A token that was never seen, with a key that is known.
    call(&host, &second).expect(200);
    host.forget();
    call(&host, &first).expect(200);

    // Nothing that is stored opens under another sealing key.
    let mut deployment = host.deployment();
    let sealing = deployment
        .secrets
        .iter_mut()
        .find(|(name, _)| name == "LYCHGATE_KEY_1");
    sealing.unwrap().1 = key(77);
    host.deploy(&deployment);
    let begun = Instant::now();
    for _ in 0..3 {
        let response = call(&host, &first).expect(503);
        assert!(response.header("retry-after").is_some());
    }
    let asked = issuer.key_requests();
    for _ in 0..20 {
        call(&host, &second).expect(503);
    }
    let retries = begun.elapsed().as_secs() / RETRY;
    assert!(issuer.key_requests() - asked <= retries);

    issuer.bring_up();
    let begun = Instant::now();
    while call(&host, &first).status != 200 {
        assert!(begun.elapsed() < TIMEOUT, "it does not recover");
    }
    call(&host, &second).expect(200);
}

/// How long an answer about an opaque token counts here.
const COUNTS: Duration = Duration::from_secs(3);

/// How the issuer is asked: where the configuration says, or its metadata, and then for signed answers.
fn asked(signed: bool) -> Value {
    if signed {
        return json!({"introspection_signed": true, "algorithms": ["ES256"]});
    }
    json!({"introspection_endpoint": "$ISSUER/token/introspection"})
}

/// A host that asks the issuer about opaque tokens.
fn start_asking(on: fn(Setup) -> Setup, signed: bool) -> (TokenIssuer, Workerd) {
    let issuer = TokenIssuer::start();
    let mut setup = Setup::standard();
    setup.issuer = Some(issuer.issuer());
    let configuration = setup.configuration.as_mut().unwrap();
    configuration["issuer"][0] = json!({
        "issuer": "$ISSUER", "check": "introspection", "clients": ["robot"],
        "client_id": "edge", "client_secret": {"secret": "OPAQUE_SECRET"},
        "cache_for": format!("{}s", COUNTS.as_secs()),
    });
    let how = asked(signed).as_object().unwrap().clone();
    let issuer_table = configuration["issuer"][0].as_object_mut();
    issuer_table.unwrap().extend(how);
    let secret = ("OPAQUE_SECRET".to_owned(), "edge-secret".to_owned());
    setup.secrets.push(secret);
    let host = Workerd::start(&on(setup));
    (issuer, host)
}

fn opaque(on: fn(Setup) -> Setup) {
    for signed in [false, true] {
        opaque_tokens(on, signed);
    }
}

fn opaque_tokens(on: fn(Setup) -> Setup, signed: bool) {
    let (issuer, host) = start_asking(on, signed);
    let call = |token: &str| host.send(&bearer(token, "GET", "/calls/1"));
    let token = issuer.opaque_token();
    assert!(!token.contains('.'), "{token}");
    let seen = call(&token).expect(200).json();
    assert_eq!(seen["headers"]["lychgate-user"], "robot");
    assert_eq!(seen["headers"]["lychgate-issuer"], issuer.issuer());
    assert_eq!(issuer.questions(), 1);
    call(&format!("{token}x")).expect(401);

    issuer.revoke(&token);
    let begun = Instant::now();
    while call(&token).status == 200 {
        assert!(begun.elapsed() < COUNTS + Duration::from_secs(2));
    }
    call(&token).expect(401);

    let token = issuer.opaque_token();
    let before = issuer.questions();
    let requests: Vec<_> = (0..200)
        .map(|_| bearer(&token, "GET", "/calls/1"))
        .collect();
    for answer in host.send_all(&requests) {
        answer.expect(200);
    }
    let asked = issuer.questions() - before;
    assert!(asked == 1 || !host.is_one_instance(), "{asked}");

    issuer.take_down();
    let unknown = issuer_is_down(&host, &call);
    assert!(unknown.header("retry-after").is_some());
    issuer.bring_up();
    call(&token).expect(200);
}

/// The answer for a token that is in no cache, while nobody can be asked about it.
fn issuer_is_down(host: &Workerd, call: &impl Fn(&str) -> Response) -> Response {
    let unknown = call("a-token-that-nobody-knows").expect(503);
    // Others go on.
    let inline = AccessToken::inline(host).text();
    call(&inline).expect(200);
    unknown
}

/// A host that asks the Python issuer about tokens of three of its clients.
fn start_asking_python(on: fn(Setup) -> Setup) -> (PythonIssuer, Workerd) {
    let issuer = PythonIssuer::start();
    let mut setup = Setup::standard();
    setup.issuer = Some(issuer.issuer());
    let configuration = setup.configuration.as_mut().unwrap();
    configuration["issuer"][0] = json!({
        "issuer": "$ISSUER", "check": "introspection", "clients": ["robot-0", "robot-1", "robot-2"],
        "introspection_endpoint": "$ISSUER/introspection",
        "client_id": "edge", "client_secret": {"secret": "OPAQUE_SECRET"},
        "cache_for": format!("{}s", COUNTS.as_secs()),
    });
    let secret = ("OPAQUE_SECRET".to_owned(), "edge-secret".to_owned());
    setup.secrets.push(secret);
    let host = Workerd::start(&on(setup));
    (issuer, host)
}

fn opaque_of_python(on: fn(Setup) -> Setup) {
    let (issuer, host) = start_asking_python(on);
    let call = |token: &str, path: &str| host.send(&bearer(token, "GET", path));
    let issued = issuer.token("robot-0");
    let seen = call(&issued.token, "/items/1").expect(200).json();
    assert_eq!(seen["headers"]["lychgate-user"], "robot-0");
    assert_eq!(seen["headers"]["lychgate-issuer"], issuer.issuer());
    let asked = issuer.questions();
    call(&issued.token, "/calls/1").expect(200);
    assert!(issuer.questions() == asked || !host.is_one_instance());

    // One that was never issued, one that was changed, and one of a client that may not call.
    call("made-up", "/calls/1").expect(401);
    let (start, end) = issued.token.split_at(issued.token.len() / 2);
    let other = if end.starts_with('A') { "B" } else { "A" };
    call(&format!("{start}{other}{}", &end[1..]), "/calls/1").expect(401);
    let stranger = issuer.token("robot-7");
    call(&stranger.token, "/calls/1").expect(401);
    call(&issuer.token("robot-1").token, "/calls/1").expect(200);
    // The package itself may fail at this one, which opens nothing and is no word about the token.
    let longer = call(&format!("{}x", issued.token), "/calls/1");
    assert!(matches!(longer.status, 401 | 503), "{}", longer.summary());

    let token = issuer.token("robot-2").token;
    let before = issuer.questions();
    let requests: Vec<_> = (0..200)
        .map(|_| bearer(&token, "GET", "/calls/1"))
        .collect();
    for answer in host.send_all(&requests) {
        answer.expect(200);
    }
    let asked = issuer.questions() - before;
    assert!(asked == 1 || !host.is_one_instance(), "{asked}");

    // It is in memory now, and was not revoked before it was asked for.
    call(&issued.token, "/calls/1").expect(200);
    issuer.revoke(&issued);
    let begun = Instant::now();
    while call(&issued.token, "/calls/1").status == 200 {
        assert!(begun.elapsed() < COUNTS + Duration::from_secs(2));
    }
    call(&issued.token, "/calls/1").expect(401);
    call(&token, "/calls/1").expect(200);
}

#[test]
fn a_worker_asks_a_python_issuer_about_opaque_tokens() {
    opaque_of_python(|setup| setup);
}

#[test]
fn spin_asks_a_python_issuer_about_opaque_tokens() {
    for reuse in [
        |setup: Setup| setup.on_spin(128),
        |setup: Setup| setup.on_spin(1),
    ] {
        opaque_of_python(reuse);
    }
}

#[test]
fn a_worker_asks_an_issuer_about_opaque_tokens() {
    opaque(|setup| setup);
}

#[test]
fn spin_asks_an_issuer_about_opaque_tokens() {
    for reuse in [
        |setup: Setup| setup.on_spin(128),
        |setup: Setup| setup.on_spin(1),
    ] {
        opaque(reuse);
    }
}

#[test]
fn a_worker_follows_an_issuer_that_changes_its_keys() {
    rotation(|setup| setup);
}

#[test]
fn spin_follows_an_issuer_that_changes_its_keys() {
    for reuse in [
        |setup: Setup| setup.on_spin(128),
        |setup: Setup| setup.on_spin(1),
    ] {
        rotation(reuse);
    }
}

#[test]
fn a_worker_lives_through_an_outage_of_an_issuer() {
    outage(|setup| setup);
}

#[test]
fn spin_lives_through_an_outage_of_an_issuer() {
    for reuse in [
        |setup: Setup| setup.on_spin(128),
        |setup: Setup| setup.on_spin(1),
    ] {
        outage(reuse);
    }
}
