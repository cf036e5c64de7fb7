//! Pages that sign people in with a provider's own script and hand the token over for a session.

use super::Case;
use crate::{
    attack::support::{good_provider, provider},
    host::{
        Deployment, Host,
        in_process::{InProcess, Setup},
    },
    http::{
        browser::{Browser, CHALLENGE},
        request::Request,
        response::Response,
    },
    scripted::provider::{
        CLIENT_ID, Person,
        oauth::{facebook, github},
        settings::{Endpoint, with},
    },
};
use lychgate_core::time::Seconds;
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

/// Cases for any host whose provider is the scripted one.
pub const CASES: &[Case] = &[
    ("a page's ID token begins a session", id_token),
    (
        "a page's access token begins a session, of nobody who just authenticated",
        access_tokens,
    ),
    (
        "a session that a page begins takes the place of the one before",
        replaced,
    ),
    ("nothing is handed over unless a provider says so", off),
];

/// The deployment with a provider for each way to hand a token over, and one without.
pub fn with_hand_over(standard: &Deployment, issuer: &str) -> Deployment {
    let mut deployment = standard.clone();
    let providers = deployment.configuration["provider"].as_array_mut().unwrap();
    let first = providers[0].clone();
    let like_first = |id: &str, more: Value| {
        let mut provider = first.clone();
        provider["id"] = json!(id);
        for (name, value) in more.as_object().unwrap() {
            provider[name] = value.clone();
        }
        provider
    };
    let apart = |id: &str, provider: Value| {
        let mut provider = provider;
        provider["id"] = json!(id);
        provider["hand_over"] = json!(["access_token"]);
        for key in ["client_id", "client_secret", "claims"] {
            provider[key] = first[key].clone();
        }
        provider
    };
    let introspection = json!({
        "hand_over": ["id_token", "access_token"], "hand_over_azp": ["app"],
        "token_check": "introspection", "token_check_endpoint": format!("{issuer}/introspect"),
    });
    let token_info = json!({
        "hand_over": ["id_token", "access_token"], "id_token_check": "tokeninfo",
        "token_check": "tokeninfo", "tokeninfo_endpoint": format!("{issuer}/tokeninfo"),
    });
    let added = [
        like_first("page", introspection),
        like_first("asked", token_info),
        like_first("id-only", json!({"hand_over": ["id_token"]})),
        apart("github", github(issuer)),
        apart("facebook", facebook(issuer)),
    ];
    providers.extend(added);
    deployment
}

/// Runs `check` with [`with_hand_over`], and the deployment as it was afterwards.
pub fn with_pages(host: &dyn Host, check: impl FnOnce(&dyn Host)) {
    let standard = host.deployment();
    good_provider(host);
    host.deploy(&with_hand_over(&standard, host.issuer()));
    check(host);
    good_provider(host);
    host.deploy(&standard);
}

/// The request for a challenge.
pub fn challenge() -> Request {
    Request::script("POST", "/auth/session/challenge")
}

/// The request that hands a message over.
pub fn hand_over(message: &str) -> Request {
    Request::script("POST", "/auth/session")
        .with("Content-Type", "application/json")
        .with_body(message.as_bytes())
}

/// A challenge to the browser.
pub fn nonce(browser: &mut Browser<'_>) -> String {
    let answer = browser.send(challenge()).expect(200).json();
    answer["nonce"].as_str().unwrap().to_owned()
}

/// An ID token that the provider's script gave to the page.
pub fn id_token_for(host: &dyn Host, nonce: &str) -> String {
    let provider = host.scripted_provider().unwrap();
    let provider = provider.lock().unwrap();
    provider.id_token("member", nonce, host.now())
}

/// A text that no host has seen before, also not in an earlier run: each access token is taken once.
fn unique(start: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    format!("{start}{}-{count}", since.unwrap().as_nanos())
}

/// An access token that the provider's script gave to the page. Each is another one.
pub fn access_token(host: &dyn Host, name: &str) -> String {
    let text = unique(&format!("SECRET-GIVEN-{name}-"));
    let provider = host.scripted_provider().unwrap();
    let mut provider = provider.lock().unwrap();
    provider.given.insert(text.clone(), Person::member());
    provider.opaque.insert(
        (Endpoint::Introspection, text.clone()),
        json!({"active": true, "client_id": CLIENT_ID, "sub": "member", "token_type": "Bearer"}),
    );
    drop(provider);
    text
}

/// Hands an ID token over that was made for this browser.
pub fn with_id_token(browser: &mut Browser<'_>, provider: &str) -> Response {
    let nonce = nonce(browser);
    let token = id_token_for(browser.host, &nonce);
    let message = json!({"provider": provider, "id_token": token});
    browser.send(hand_over(&message.to_string()))
}

/// Hands an access token over.
pub fn with_access_token(browser: &mut Browser<'_>, provider: &str, token: &str) -> Response {
    nonce(browser);
    let message = json!({"provider": provider, "access_token": token});
    browser.send(hand_over(&message.to_string()))
}

fn id_token(host: &dyn Host) {
    with_pages(host, |host| {
        for provider in ["page", "asked"] {
            let mut browser = Browser::new(host);
            let begun = with_id_token(&mut browser, provider).expect(200).json();
            assert_eq!(begun["signed_in"], true);
            assert_eq!(begun["provider"], provider);
            assert_eq!(begun["issuer"], host.issuer());
            assert_eq!(begun["subject"], "member");
            assert_eq!(begun["claims"]["email"], "member@example.com");
            assert_eq!(begun["claims"]["email_verified"], true);
            assert_eq!(begun["groups"], json!(["members"]));
            assert!(begun["auth_time"].is_u64());
            assert_eq!(browser.fetch("/auth/session").expect(200).json(), begun);
            assert!(browser.is_signed_in());
            // It authenticated the person just now, and says so.
            browser.fetch("/fresh/x").expect(200);
            assert!(browser.jar.cookie(CHALLENGE).is_none());
            browser.sign_out();
            assert!(!browser.is_signed_in());
        }
    });
}

fn access_tokens(host: &dyn Host) {
    with_pages(host, |host| {
        for (provider, token, subject) in [
            ("page", access_token(host, "a"), "member"),
            ("asked", access_token(host, "b"), "member"),
            ("github", unique("SECRET-ACCESS-TOKEN-member~"), "583231"),
            ("facebook", unique("SECRET-ACCESS-TOKEN-member~"), "583231"),
        ] {
            let mut browser = Browser::new(host);
            let begun = with_access_token(&mut browser, provider, &token);
            let begun = begun.expect(200).json();
            assert_eq!(begun["subject"], subject, "{provider}");
            assert_eq!(begun["claims"]["email"], "member@example.com");
            assert!(begun["auth_time"].is_null());
            assert!(browser.is_signed_in());
            let stale = browser.fetch("/fresh/x").expect(401).json();
            assert_eq!(stale["error"], "insufficient_user_authentication");
        }
    });
}

fn replaced(host: &dyn Host) {
    let jar = Browser::signed_in(host, "staff").jar;
    with_pages(host, |host| {
        let (mut browser, mut old) = (Browser::new(host), Browser::new(host));
        browser.jar = jar.clone();
        old.jar = jar;
        assert!(old.is_signed_in());
        with_id_token(&mut browser, "page").expect(200);
        let info = browser.fetch("/auth/session").expect(200).json();
        assert_eq!(info["subject"], "member");
        if !host.is_one_instance() {
            host.forget();
        }
        assert!(!old.is_signed_in());
        assert!(browser.is_signed_in());
    });
}

fn off(host: &dyn Host) {
    let mut browser = Browser::new(host);
    browser.send(challenge()).expect(404);
    let message = json!({"provider": "demo", "id_token": id_token_for(host, "n")});
    let refused = browser.send(hand_over(&message.to_string())).expect(405);
    assert_eq!(refused.header("allow"), Some("GET, HEAD"));
}

fn in_process() -> InProcess {
    let host = InProcess::with(&Setup::standard());
    let deployment = with_hand_over(&host.deployment(), host.issuer());
    host.deploy(&deployment);
    host
}

#[test]
fn a_challenge_is_given_again_for_three_minutes() {
    let host = in_process();
    let mut browser = Browser::new(&host);
    let answer = browser.send(challenge()).expect(200).json();
    assert_eq!(answer["expires_in"], 300);
    let first = nonce(&mut browser);
    assert_eq!(answer["nonce"], first);
    host.world.pass(Seconds::new(179));
    let again = browser.send(challenge()).expect(200);
    assert_eq!(again.json()["nonce"], first);
    assert_eq!(again.json()["expires_in"], 121);
    assert_eq!(again.header("set-cookie"), None);
    host.world.pass(Seconds::new(1));
    let renewed = browser.send(challenge()).expect(200);
    assert_ne!(renewed.json()["nonce"], first);
    // No script reads it, and no other site's request brings it along.
    let field = renewed.header("set-cookie").unwrap();
    assert!(field.starts_with(CHALLENGE), "{field}");
    assert!(field.contains("; HttpOnly; SameSite=Strict"), "{field}");
    assert_eq!(renewed.header("cache-control"), Some("private, no-store"));
}

#[test]
fn a_challenge_counts_for_five_minutes() {
    for (seconds, code) in [(299, None), (300, Some("challenge_required"))] {
        let host = in_process();
        let mut browser = Browser::new(&host);
        let nonce = nonce(&mut browser);
        let cookie = browser.prepare(challenge()).joined("cookie").unwrap();
        host.world.pass(Seconds::new(seconds));
        let token = id_token_for(&host, &nonce);
        let message = json!({"provider": "page", "id_token": token}).to_string();
        let request = hand_over(&message).with("Cookie", &cookie);
        let answer = host.send(&request);
        let error = answer.json()["error"].as_str().map(str::to_owned);
        assert_eq!(error.as_deref(), code, "{seconds}");
    }
}

#[test]
fn claims_that_only_userinfo_has_are_not_kept_of_an_id_token() {
    let host = in_process();
    provider(&host, |settings| settings.claims_in_id_token = false);
    let mut browser = Browser::new(&host);
    let begun = with_id_token(&mut browser, "page").expect(200).json();
    assert_eq!(begun["claims"], json!({}));
    assert_eq!(begun["groups"], json!([]));
    let sent = host.world.provider().requests.clone();
    assert!(sent.iter().all(|seen| seen.authorization.is_none()));
}

#[test]
fn groups_that_are_elsewhere_sign_nobody_in() {
    let host = in_process();
    let mut edit = with("_claim_names", json!({"groups": "src1"}));
    provider(&host, |settings| {
        let names = std::mem::replace(&mut edit, Box::new(|_| {}));
        settings.edit_claims = Box::new(move |claims| {
            names(claims);
            claims.as_object_mut().unwrap().remove("groups");
        });
    });
    let mut browser = Browser::new(&host);
    with_id_token(&mut browser, "page").expect(502);
    assert!(!browser.is_signed_in());
}
