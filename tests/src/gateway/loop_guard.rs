//! A sign-in that goes in circles ends with a page that says so.

use super::Case;
use crate::{
    host::{Host, in_process::InProcess},
    http::browser::{Browser, LOOP_GUARD, SESSION},
    scripted::provider::settings::with,
};
use lychgate_core::time::Seconds;
use serde_json::{Value, json};

pub const CASES: &[Case] = &[
    (
        "a browser without its session cookie goes round three times",
        three_rounds,
    ),
    ("rounds are those of one page", rounds_of_one_page),
    ("signing out ends the count", signing_out_ends_the_count),
];

/// Signs in for a page and loses the session cookie.
fn round(browser: &mut Browser<'_>, target: &str) {
    assert_eq!(browser.sign_in(target, "member"), target);
    browser.jar.remove(SESSION);
}

fn three_rounds(host: &dyn Host) {
    let mut browser = Browser::new(host);
    for _ in 0..3 {
        round(&mut browser, "/members/");
    }
    let page = browser.visit("/members/").expect(400);
    let text = page.text();
    assert!(text.contains("three times in a row"), "{text}");
    assert!(
        text.contains("/auth/login?return_to=%2Fmembers%2F"),
        "{text}"
    );
    // A browser that asks once more after the page begins anew.
    assert!(browser.jar.cookie(LOOP_GUARD).is_none());
    round(&mut browser, "/members/");
}

fn rounds_of_one_page(host: &dyn Host) {
    let mut browser = Browser::new(host);
    for page in ["/members/", "/members/?a", "/members/", "/members/?a"] {
        round(&mut browser, page);
        round(&mut browser, page);
    }
    round(&mut browser, "/members/?a");
    browser.visit("/members/?a").expect(400);
}

fn signing_out_ends_the_count(host: &dyn Host) {
    let mut browser = Browser::new(host);
    for _ in 0..5 {
        browser.sign_in("/members/", "member");
        browser.sign_out().expect(303);
    }
    assert!(browser.jar.cookie(LOOP_GUARD).is_none());
}

#[test]
fn rounds_far_apart_are_no_circle() {
    let host = InProcess::new();
    let mut browser = Browser::new(&host);
    for _ in 0..5 {
        round(&mut browser, "/members/");
        host.world.pass(Seconds::minutes(5));
    }
    for _ in 0..3 {
        host.world.pass(Seconds::new(299));
        round(&mut browser, "/members/");
    }
    host.world.pass(Seconds::new(299));
    browser.visit("/members/").expect(400);
}

/// The reason and the setting in the log line of the loop, and how loud they are.
fn told(host: &InProcess) -> [Value; 3] {
    let line = host.world.log().pop().unwrap();
    assert_eq!(line["code"], "login_loop");
    ["level", "reason", "setting"].map(|name| line[name].clone())
}

#[test]
fn a_provider_that_never_authenticates_as_asked_ends_in_words() {
    let host = InProcess::new();
    host.world.provider().settings.edit_claims = with("acr", json!("silver"));
    let mut browser = Browser::new(&host);
    for _ in 0..3 {
        assert_eq!(browser.sign_in("/gold/x", "member"), "/gold/x");
    }
    browser.visit("/gold/x").expect(400);
    let setting = json!("acr");
    assert_eq!(
        told(&host),
        [json!("warning"), json!("browser: StepUpLoop"), setting]
    );
    // The session of the last sign-in is none the worse for it.
    browser.fetch("/members/").expect(200);
    browser.jar.remove(SESSION);
    for _ in 0..3 {
        round(&mut browser, "/members/");
    }
    browser.visit("/members/").expect(400);
    assert_eq!(
        told(&host),
        [json!("warning"), json!("browser: SignInLoop"), Value::Null]
    );
}
