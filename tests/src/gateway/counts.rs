//! The cost of a request in calls: a warm one nothing, a forged one nothing, a sign-in little.

use crate::{
    host::{Host, in_process::InProcess},
    http::{
        browser::{Browser, SESSION},
        request::{Received, Request},
    },
    scripted::schedule::Call,
};
use lychgate_core::{
    gateway::{Outcome, WarmRequest},
    http::inbound::Inbound,
    time::Seconds,
};

#[test]
fn a_warm_request_makes_no_call() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    host.world.forget_calls();
    for _ in 0..5 {
        browser.go("/members/").expect(200);
        browser.fetch("/api/whoami").expect(200);
        host.world.pass(Seconds::new(1));
    }
    assert_eq!(host.world.calls(), []);
    assert_eq!(host.api_requests(), 5);
}

#[test]
fn a_warm_request_is_decided_without_a_platform() {
    let host = InProcess::new();
    let browser = Browser::signed_in(&host, "member");
    let request = browser.prepare(Request::navigation("/members/"));
    let received = Received::new(&request, host.authority());
    let cookie = request.joined("cookie");
    let warm = WarmRequest {
        method: received.method(),
        target: received.target(),
        host: received.host(),
        cookie: cookie.as_deref(),
        authorization: None,
        is_telling: false,
    };
    let decided = host.gateway().warm(&warm, host.now());
    assert!(matches!(decided, Some(Outcome::Forward(_))));
    let with_authorization = WarmRequest {
        authorization: Some("Bearer x"),
        ..warm
    };
    assert!(
        host.gateway()
            .warm(&with_authorization, host.now())
            .is_none()
    );
}

#[test]
fn a_forged_cookie_makes_no_call() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    let good = browser.session().unwrap();
    let mut forged = good.clone().into_bytes();
    forged[40] = if forged[40] == b'A' { b'B' } else { b'A' };
    browser
        .jar
        .put(SESSION, &String::from_utf8(forged).unwrap());
    host.world.forget_calls();
    browser
        .send(Request::script("GET", "/members/"))
        .expect(401);
    browser.jar.put(SESSION, "A".repeat(240).as_str());
    browser
        .send(Request::script("GET", "/auth/session"))
        .expect(401);
    assert_eq!(host.world.calls(), []);
    // The real one does, where memory is cold.
    let cold = host.elsewhere();
    let mut there = Browser::new(&cold);
    there.jar.put(SESSION, &good);
    assert!(there.is_signed_in());
    assert_eq!(host.world.calls(), [Call::LedgerRead, Call::StoreLoad]);
}

#[test]
fn a_sign_in_writes_once_to_the_store_and_reads_nothing() {
    let host = InProcess::new();
    Browser::signed_in(&host, "member");
    host.world.forget_calls();
    Browser::signed_in(&host, "member");
    // The mark of the attempt and the head; metadata and keys are remembered.
    let expected = [
        Call::LedgerWrite,
        Call::Send,
        Call::StoreSave,
        Call::LedgerWrite,
    ];
    assert_eq!(host.world.calls(), expected);
}

#[test]
fn public_pages_make_no_call() {
    let host = InProcess::new();
    host.send(&Request::navigation("/")).expect(200);
    host.send(&Request::navigation("/auth/health")).expect(200);
    host.send(&Request::script("GET", "/members/")).expect(401);
    assert_eq!(host.world.calls(), []);
}
