//! Access to paths, and the look of a refusal.

use super::Case;
use crate::{
    host::Host,
    http::{browser::Browser, request::Request},
};

pub const CASES: &[Case] = &[
    ("public pages are open", public_pages_are_open),
    (
        "a person is sent to the provider",
        a_person_is_sent_to_the_provider,
    ),
    ("a script is told 401", a_script_is_told_401),
    (
        "a group opens what asks for it",
        a_group_opens_what_asks_for_it,
    ),
    (
        "a verified domain opens what asks for it",
        a_domain_opens_what_asks_for_it,
    ),
    ("another method is 405", another_method_is_405),
    ("another host is 421", another_host_is_421),
    ("a post needs a page of ours", a_post_needs_a_page_of_ours),
];

fn public_pages_are_open(host: &dyn Host) {
    let response = host.send(&Request::navigation("/")).expect(200);
    assert!(response.text().contains("<html"), "{}", response.summary());
    assert_eq!(response.header("set-cookie"), None);
    host.send(&Request::navigation("/style.css")).expect(200);
    host.send(&Request::new("HEAD", "/")).expect(200);
}

fn a_person_is_sent_to_the_provider(host: &dyn Host) {
    let sent = host.send(&Request::navigation("/members/?a=b")).expect(303);
    assert_eq!(
        sent.location(),
        "/auth/login?return_to=%2Fmembers%2F%3Fa%3Db"
    );
    assert_eq!(sent.header("set-cookie"), None);
    let page = host.send(&Request::navigation(sent.location())).expect(200);
    for response in [&sent, &page] {
        assert_eq!(response.header("cache-control"), Some("private, no-store"));
    }
    let location = page.leads_to();
    assert!(location.starts_with(host.issuer()), "{location}");
    for needed in [
        "response_type=code",
        "code_challenge_method=S256",
        "&state=",
        "&nonce=",
        "&code_challenge=",
    ] {
        assert!(location.contains(needed), "{location}");
    }
}

fn a_script_is_told_401(host: &dyn Host) {
    let response = host.send(&Request::script("GET", "/members/")).expect(401);
    assert_eq!(response.json()["error"], "login_required");
    assert!(response.header("www-authenticate").is_some());
    assert_eq!(response.header("location"), None);
    assert_eq!(response.header("set-cookie"), None);
    host.send(&Request::script("POST", "/api/whoami"))
        .expect(401);
    host.send(&Request::new("GET", "/members/")).expect(401);
    let prefetch = Request::navigation("/members/").with("Sec-Purpose", "prefetch");
    host.send(&prefetch).expect(401);
}

fn a_group_opens_what_asks_for_it(host: &dyn Host) {
    let mut member = Browser::signed_in(host, "member");
    let refused = member.go("/staff/").expect(403);
    assert!(refused.text().contains("<html"));
    assert_eq!(refused.header("cache-control"), Some("private, no-store"));
    let refused = member.fetch("/staff/").expect(403);
    assert_eq!(refused.json()["error"], "access_denied");
    assert!(!refused.text().contains("staff"), "the rules leak");
    member.go("/members/").expect(200);
    let mut staff = Browser::signed_in(host, "staff");
    staff.go("/staff/").expect(200);
}

fn a_domain_opens_what_asks_for_it(host: &dyn Host) {
    let mut member = Browser::signed_in(host, "member");
    member.fetch("/corp/x").expect(403);
    member.fetch("/example/x").expect(200);
}

fn another_method_is_405(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let refused = browser
        .send(Request::script("DELETE", "/api/whoami"))
        .expect(405);
    assert_eq!(refused.header("allow"), Some("GET, HEAD, POST"));
    browser
        .send(Request::script("GET", "/api/whoami"))
        .expect(200);
    let refused = host
        .send(&Request::script("DELETE", "/auth/session"))
        .expect(405);
    assert_eq!(refused.header("allow"), Some("GET, HEAD"));
}

fn another_host_is_421(host: &dyn Host) {
    host.send(&Request::navigation("/").at_host("evil.example"))
        .expect(421);
    host.send(&Request::navigation("/").at_host(host.authority()))
        .expect(200);
}

fn a_post_needs_a_page_of_ours(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let post = Request::script("POST", "/api/whoami");
    let refused = browser.send(post.clone().replacing("Sec-Fetch-Site", Some("cross-site")));
    assert_eq!(refused.expect(403).json()["error"], "cross_site_request");
    browser
        .send(post.clone().replacing("Sec-Fetch-Site", None))
        .expect(403);
    browser.send(post).expect(200);
}
