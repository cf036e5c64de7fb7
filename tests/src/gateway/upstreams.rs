//! What upstreams see, and what becomes of their answers.

use super::Case;
use crate::{
    host::{Host, configuration::PROOF},
    http::{browser::Browser, request::Request},
};
use serde_json::Value;

pub const CASES: &[Case] = &[
    ("the API learns who is asking", the_api_learns_who_is_asking),
    (
        "an upstream without identity learns nothing",
        without_identity_nothing,
    ),
    (
        "public routes carry no identity",
        public_routes_carry_no_identity,
    ),
    ("our cookies stay with us", our_cookies_stay_with_us),
    ("answers are edited on the way back", answers_are_edited),
    (
        "what is protected is kept by no shared cache",
        protected_is_kept_by_no_cache,
    ),
    ("bodies pass through unchanged", bodies_pass_unchanged),
    (
        "a query reaches the API byte for byte",
        a_query_reaches_the_api,
    ),
];

/// What the API received.
fn seen(browser: &mut Browser<'_>, request: Request) -> Value {
    browser.send(request).expect(200).json()
}

fn the_api_learns_who_is_asking(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "staff");
    let seen = seen(&mut browser, Request::script("GET", "/api/whoami"));
    let headers = &seen["headers"];
    assert_eq!(headers["lychgate-user"], "staff");
    assert_eq!(headers["lychgate-groups"], "members,staff");
    assert_eq!(headers["lychgate-email"], "staff@example.com");
    assert_eq!(headers["lychgate-issuer"], host.issuer());
    assert_eq!(headers["lychgate-proof"], PROOF);
    assert_eq!(headers["x-forwarded-host"], host.authority());
}

fn without_identity_nothing(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "staff");
    let seen = seen(&mut browser, Request::script("GET", "/plain/x"));
    let headers = seen["headers"].as_object().unwrap();
    assert!(
        !headers.keys().any(|name| name.starts_with("lychgate")),
        "{seen}"
    );
}

fn public_routes_carry_no_identity(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "staff");
    let seen = seen(&mut browser, Request::script("GET", "/open/x"));
    let headers = seen["headers"].as_object().unwrap();
    let ours: Vec<&String> = headers
        .keys()
        .filter(|name| name.starts_with("lychgate"))
        .collect();
    assert_eq!(ours, ["lychgate-proof"]);
}

fn our_cookies_stay_with_us(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let request = Request::script("GET", "/api/whoami");
    let alone = seen(&mut browser, request.clone());
    assert_eq!(alone["headers"]["cookie"], Value::Null);
    browser.jar.put("theme", "dark");
    let with_others = seen(&mut browser, request);
    assert_eq!(with_others["headers"]["cookie"], "theme=dark");
}

fn answers_are_edited(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let elsewhere = browser.fetch("/api/redirect?to=https%3A%2F%2Felsewhere.example%2Fx");
    assert_eq!(
        elsewhere.expect(302).location(),
        "https://elsewhere.example/x"
    );
    let theirs = browser
        .fetch("/api/set-cookie?cookie=theme%3Ddark")
        .expect(200);
    assert_eq!(theirs.header("set-cookie"), Some("theme=dark"));
    let ours = browser
        .fetch("/api/set-cookie?cookie=__Host-Http-lychgate%3Dx")
        .expect(200);
    assert_eq!(ours.header("set-cookie"), None);
}

fn protected_is_kept_by_no_cache(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let page = browser.go("/members/").expect(200);
    assert_eq!(page.header("cache-control"), Some("private, no-store"));
    let api = browser.fetch("/api/whoami").expect(200);
    assert_eq!(api.header("cache-control"), Some("private, no-store"));
    let file = browser.fetch("/members/handbook.pdf").expect(200);
    assert_eq!(file.header("cache-control"), Some("private, no-cache"));
    assert!(file.header("etag").is_some());
    let public = browser.fetch("/style.css").expect(200);
    assert!(
        !public
            .header("cache-control")
            .unwrap_or_default()
            .contains("private")
    );
}

fn bodies_pass_unchanged(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    for size in [0, 1, 300_000] {
        let body: Vec<u8> = (0..size)
            .map(|at: u32| (at % 251).to_le_bytes()[0])
            .collect();
        let request = Request::script("POST", "/api/echo").with_body(&body);
        let answer = browser.send(request).expect(200);
        assert!(
            answer.body == body,
            "{size} bytes came back as {}",
            answer.body.len()
        );
    }
}

fn a_query_reaches_the_api(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let target = "/api/whoami?a=%20+&b=%2F&&c=%C3%A9";
    let seen = seen(&mut browser, Request::script("GET", target));
    assert_eq!(seen["url"], target);
    assert_eq!(seen["method"], "GET");
}
