//! `same_site = "strict"`: a browser that comes from another site keeps the session cookie to itself, and is led
//! on by a page of ours.

use super::Case;
use crate::{
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::{
        browser::{Browser, PREDECESSOR, SESSION, TOMBSTONE},
        request::Request,
    },
};
use serde_json::{Value, json};

/// The cases that hold at a gateway with a [`strict`] cookie.
pub const CASES: &[Case] = &[
    (
        "the session cookie is strict and reaches the page after a sign-in",
        the_cookie_is_strict,
    ),
    (
        "who comes from another site is led on by a page of ours",
        led_on,
    ),
    ("only what may help is tried", only_what_may_help),
    ("the way on leads nowhere else", leads_nowhere_else),
    ("the way on is for navigations alone", navigations_alone),
    (
        "a sign-in ends a session whose strict cookie stayed behind",
        replaced_under_strict,
    ),
];

/// Makes the session cookie strict.
pub fn strict(configuration: &mut Value) {
    configuration["session"]["same_site"] = json!("strict");
}

fn from_elsewhere(target: &str) -> Request {
    Request::navigation(target).replacing("Sec-Fetch-Site", Some("cross-site"))
}

/// The address that the page on the way leads to: that very target.
fn resumed(host: &dyn Host, target: &str) -> String {
    let first = host.send(&from_elsewhere(target)).expect(303);
    let location = first.location();
    assert!(location.starts_with("/auth/resume?"), "{location}");
    assert_eq!(first.all("set-cookie").count(), 0);
    let page = host.send(&from_elsewhere(location)).expect(200);
    assert_eq!(page.all("set-cookie").count(), 0);
    page.leads_to()
}

fn the_cookie_is_strict(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    assert_eq!(browser.jar.cookie(SESSION).unwrap().same_site, "Strict");
    browser.go("/members/").expect(200);
    browser.sign_out().expect(303);
    assert_eq!(browser.jar.cookie(TOMBSTONE).unwrap().same_site, "Strict");
    assert!(!browser.is_signed_in());
}

fn led_on(host: &dyn Host) {
    let target = "/members/?a=%2F&b";
    let mut browser = Browser::signed_in(host, "member");
    assert_eq!(resumed(host, target), target);
    let from_our_page =
        || Request::navigation(target).replacing("Sec-Fetch-Site", Some("same-origin"));
    browser.send(from_our_page()).expect(200);
    // A browser without a session signs in then, and is not led on again.
    let location = host
        .send(&from_our_page())
        .expect(303)
        .location()
        .to_owned();
    assert!(location.starts_with("/auth/login?"), "{location}");
}

fn only_what_may_help(host: &dyn Host) {
    type Change = fn(Request) -> Request;
    let cases: [(Change, &str); 4] = [
        (|request| request, "/auth/resume?"),
        (
            |request| request.replacing("Sec-Fetch-Site", Some("same-site")),
            "/auth/resume?",
        ),
        (
            |request| request.replacing("Sec-Fetch-Site", Some("none")),
            "/auth/login?",
        ),
        // A cookie that was sent counts for what it is.
        (
            |request| request.with("Cookie", "__Host-Http-lychgate=x"),
            "/auth/login?",
        ),
    ];
    for (change, start) in cases {
        let request = change(from_elsewhere("/members/"));
        let location = host.send(&request).expect(303).location().to_owned();
        assert!(location.starts_with(start), "{location}");
    }
    let script = Request::script("GET", "/members/");
    host.send(&script.replacing("Sec-Fetch-Site", Some("cross-site")))
        .expect(401);
}

fn leads_nowhere_else(host: &dyn Host) {
    for to in ["https://evil.example", "//evil.example", "/%5Cevil.example"] {
        let link = format!("/auth/resume?return_to={}", to.replace('/', "%2F"));
        let page = host.send(&from_elsewhere(&link)).expect(200);
        assert_eq!(page.leads_to(), "/");
    }
    let twice = "/auth/resume?return_to=%2F&return_to=%2F";
    host.send(&from_elsewhere(twice)).expect(400);
    let posted = Request::form("/auth/resume?return_to=%2F");
    assert_eq!(
        host.send(&posted).expect(405).header("allow"),
        Some("GET, HEAD")
    );
}

fn navigations_alone(host: &dyn Host) {
    type Change = fn(Request) -> Request;
    let link = "/auth/resume?return_to=%2Fmembers%2F";
    let cases: [(Change, u16); 6] = [
        (|request| request, 200),
        (
            |request| request.replacing("Sec-Fetch-Mode", Some("cors")),
            401,
        ),
        (
            |request| request.replacing("Sec-Fetch-Dest", Some("iframe")),
            401,
        ),
        (
            |request| request.replacing("Sec-Fetch-Dest", Some("image")),
            401,
        ),
        (|request| request.with("Sec-Purpose", "prefetch"), 401),
        (
            |mut request| {
                request.method = "HEAD".to_owned();
                request
            },
            401,
        ),
    ];
    for (change, status) in cases {
        host.send(&change(from_elsewhere(link))).expect(status);
    }
    for own in ["/auth/logout", "/%61uth/login", "/auth"] {
        let link = format!("/auth/resume?return_to={}", own.replace('/', "%2F"));
        let page = host.send(&from_elsewhere(&link)).expect(200);
        assert_eq!(page.leads_to(), "/", "{own}");
    }
}

fn replaced_under_strict(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let stolen = browser.session().unwrap();
    let named = browser.jar.cookie(PREDECESSOR).unwrap();
    assert_eq!(named.same_site, "Lax", "it must reach the callback");
    let callback = browser.callback("/auth/login?return_to=/", "member");
    browser.jar.remove(SESSION);
    browser.arrive(&callback);
    assert!(browser.is_signed_in());
    if !host.is_one_instance() {
        host.forget();
    }
    browser.jar.remove(TOMBSTONE);
    browser.jar.put(SESSION, &stolen);
    assert!(!browser.is_signed_in());
}

#[test]
fn a_strict_gateway_leads_on_people_from_elsewhere() {
    let mut setup = Setup::standard();
    strict(&mut setup.configuration);
    for (name, case) in CASES {
        eprintln!("{name}");
        case(&InProcess::with(&setup));
    }
}

#[test]
fn without_strict_the_cookie_comes_along_and_nobody_is_led_on() {
    let host = InProcess::new();
    let refused = host.send(&from_elsewhere("/members/")).expect(303);
    assert!(refused.location().starts_with("/auth/login?"));
}
