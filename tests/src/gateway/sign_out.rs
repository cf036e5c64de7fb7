//! The end of a session.

use super::Case;
use crate::{
    host::{Host, in_process::InProcess},
    http::{
        browser::{Browser, SESSION, TOMBSTONE},
        request::Request,
    },
    scripted::schedule::{Behaviour, Call},
};
use lychgate_core::time::Seconds;

pub const CASES: &[Case] = &[
    ("signing out ends the session", signing_out_ends_the_session),
    (
        "a visit to the page signs nobody out",
        a_visit_signs_nobody_out,
    ),
    (
        "another site signs nobody out",
        another_site_signs_nobody_out,
    ),
    (
        "signing out without a session is harmless",
        signing_out_without_a_session,
    ),
    (
        "another session of the same person lives on",
        another_session_lives_on,
    ),
];

fn signing_out_ends_the_session(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let stolen = browser.session().unwrap();
    let response = browser.sign_out().expect(303);
    let location = response.location();
    assert!(location.starts_with(host.issuer()), "{location}");
    assert!(location.contains("id_token_hint="), "{location}");
    assert!(location.contains("post_logout_redirect_uri="), "{location}");
    assert_eq!(response.header("clear-site-data"), Some("\"cache\""));
    assert_eq!(browser.session(), None, "the browser keeps the cookie");
    assert!(browser.jar.cookie(TOMBSTONE).is_some());
    assert!(!browser.is_signed_in());
    let mut thief = Browser::new(host);
    thief.jar.put(SESSION, &stolen);
    assert!(!thief.is_signed_in());
    browser.go("/auth/signed-out").expect(200);
    // A person who signed out can sign in again.
    browser.sign_in("/members/", "member");
    assert!(browser.is_signed_in());
}

fn a_visit_signs_nobody_out(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let page = browser.go("/auth/logout").expect(200);
    assert!(page.text().contains("<form"), "{}", page.summary());
    assert!(browser.is_signed_in());
}

fn another_site_signs_nobody_out(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let form = Request::form("/auth/logout").replacing("Sec-Fetch-Site", Some("cross-site"));
    browser.send(form).expect(403);
    assert!(browser.is_signed_in());
    browser.sign_out().expect(303);
    assert!(!browser.is_signed_in());
}

fn signing_out_without_a_session(host: &dyn Host) {
    let response = Browser::new(host).sign_out().expect(303);
    assert_eq!(response.location(), "/auth/signed-out");
}

fn another_session_lives_on(host: &dyn Host) {
    let mut one = Browser::signed_in(host, "member");
    let mut other = Browser::signed_in(host, "member");
    one.sign_out().expect(303);
    assert!(!one.is_signed_in());
    assert!(other.is_signed_in());
}

#[test]
fn the_tombstone_refuses_a_cookie_that_comes_back() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    let late = browser.session().unwrap();
    let far = host.elsewhere();
    let mut there = Browser::new(&far);
    there.jar = browser.jar.clone();
    assert!(there.is_signed_in());
    browser.sign_out().expect(303);
    // Another place still remembers the session, and a late response brought the cookie back.
    there.jar = browser.jar.clone();
    there.jar.put(SESSION, &late);
    assert!(!there.is_signed_in());
    there.jar.remove(TOMBSTONE);
    there.jar.put(SESSION, &late);
    assert!(there.is_signed_in(), "memory vouches for some seconds more");
    host.world.pass(Seconds::new(10));
    assert!(!there.is_signed_in());
}

#[test]
fn a_sign_out_that_fails_can_be_tried_again() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    let failing = [
        (Call::LedgerRead, Behaviour::Failed),
        (Call::LedgerWrite, Behaviour::Failed),
    ];
    for (call, behaviour) in failing {
        host.world.schedule.borrow_mut().always(call, behaviour);
        let response = browser.sign_out().expect(503);
        assert!(response.header("retry-after").is_some());
        assert!(browser.session().is_some(), "the cookie is lost");
        host.world.schedule.borrow_mut().clear();
    }
    browser.sign_out().expect(303);
    assert!(!browser.is_signed_in());
}

#[test]
fn an_end_whose_answer_was_lost_is_an_end() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    let stolen = browser.session().unwrap();
    let lost = Behaviour::AppliedButTimedOut;
    host.world
        .schedule
        .borrow_mut()
        .nth(Call::LedgerWrite, 0, lost);
    browser.sign_out().expect(303);
    browser.jar.put(SESSION, &stolen);
    browser.jar.remove(TOMBSTONE);
    assert!(!browser.is_signed_in());
}

#[test]
fn a_provider_that_is_down_keeps_nobody_signed_in() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    host.world.pass(Seconds::minutes(25));
    assert!(browser.is_signed_in());
    host.world
        .schedule
        .borrow_mut()
        .always(Call::Send, Behaviour::Failed);
    browser.sign_out().expect(303);
    assert!(!browser.is_signed_in());
}
