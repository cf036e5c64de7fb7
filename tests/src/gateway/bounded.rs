//! Sessions that end no later than the token that began them.

use super::hand_over::{access_token, with_access_token, with_hand_over, with_id_token};
use crate::{
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::browser::{Browser, SESSION},
    scripted::provider::{
        ISSUER,
        oauth::{facebook, github},
        settings::{Endpoint, with},
    },
};
use lychgate_core::time::Seconds;
use serde_json::{Value, json};

/// A host with that provider in place of the OpenID provider, where sessions are bounded.
fn bounded(provider: Option<Value>) -> InProcess {
    let mut setup = Setup::standard();
    setup.configuration["session"]["bounded_by_token"] = json!(true);
    if let Some(provider) = provider {
        super::oauth::in_place(&mut setup.configuration, provider);
    }
    InProcess::with(&setup)
}

/// How long the session of a browser that just signed in lives, used all the time; `None` beyond three hours.
fn life(host: &InProcess, browser: &mut Browser<'_>) -> Option<u64> {
    let began = host.now();
    for _ in 0..360 {
        if !browser.is_signed_in() {
            return Some(host.now().since(began).as_seconds());
        }
        host.world.pass(Seconds::new(30));
    }
    None
}

#[test]
fn a_session_ends_with_its_id_token() {
    let host = bounded(None);
    let mut browser = Browser::signed_in(&host, "member");
    let info = browser.fetch("/auth/session").expect(200).json();
    let ends = host.now().as_seconds() + 600;
    assert_eq!(info["expires"], ends);
    // The browser keeps its cookie no longer.
    let cookie = browser.jar.cookie(SESSION).unwrap().clone();
    assert!(cookie.expires.unwrap().as_seconds() <= ends);
    assert_eq!(life(&host, &mut browser), Some(600));
    // The twin.
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    assert_eq!(life(&host, &mut browser), None);
}

#[test]
fn a_session_whose_token_is_over_does_not_begin() {
    let host = bounded(None);
    host.deploy(&with_hand_over(&host.deployment(), host.issuer()));
    let exp = host.now().as_seconds() - 30;
    let mut browser = Browser::new(&host);
    with_id_token(&mut browser, "page").expect(200);
    let before = browser.session();
    // Clocks may differ by a minute, so the token itself still counts.
    host.world.provider().settings.edit_claims = with("exp", json!(exp));
    let refused = with_id_token(&mut browser, "page").expect(400);
    assert_eq!(refused.json()["error"], "token_stale");
    assert_eq!(browser.session(), before);
    assert!(browser.is_signed_in());
    let host = bounded(None);
    host.world.provider().settings.edit_claims = with("exp", json!(exp));
    let mut browser = Browser::new(&host);
    let callback = browser.callback("/members/", "member");
    browser.go(&callback).expect(502);
    let host = InProcess::new();
    host.world.provider().settings.edit_claims = with("exp", json!(exp));
    assert!(Browser::signed_in(&host, "member").is_signed_in());
}

#[test]
fn a_token_that_outlives_the_session_bounds_nothing() {
    let host = bounded(None);
    let far = host.now().as_seconds() + 1_000_000;
    host.world.provider().settings.edit_claims = with("exp", json!(far));
    let mut browser = Browser::signed_in(&host, "member");
    let info = browser.fetch("/auth/session").expect(200).json();
    assert_eq!(info["expires"], host.now().as_seconds() + 36_000);
}

#[test]
fn without_an_id_token_a_session_ends_with_the_access_token_where_that_has_an_end() {
    // GitHub states none.
    let host = bounded(Some(github(ISSUER)));
    let mut browser = Browser::signed_in(&host, "member");
    assert_eq!(life(&host, &mut browser), None);
    let host = bounded(Some(facebook(ISSUER)));
    let mut browser = Browser::signed_in(&host, "member");
    let info = browser.fetch("/auth/session").expect(200).json();
    // Sixty days, and `absolute_timeout` is ten hours.
    assert_eq!(info["expires"], host.now().as_seconds() + 36_000);
}

#[test]
fn a_session_of_a_page_ends_with_the_token_that_it_handed_over() {
    let host = bounded(None);
    host.deploy(&with_hand_over(&host.deployment(), host.issuer()));
    let mut browser = Browser::new(&host);
    with_id_token(&mut browser, "page").expect(200);
    assert_eq!(life(&host, &mut browser), Some(600));
    let token = access_token(&host, "bounded");
    let exp = host.now().as_seconds() + 300;
    let key = (Endpoint::Introspection, token.clone());
    host.world.provider().opaque.get_mut(&key).unwrap()["exp"] = json!(exp);
    let mut browser = Browser::new(&host);
    with_access_token(&mut browser, "page", &token).expect(200);
    assert_eq!(life(&host, &mut browser), Some(300));
}
