//! Routes that ask how and when someone authenticated: who is sent to do it again, who is told, and
//! what a provider that does not play along comes to.

use super::Case;
use crate::{
    host::{Host, in_process::InProcess},
    http::{browser::Browser, request::Request, response::Response},
    scripted::provider::settings::{with, without},
};
use lychgate_core::time::Seconds;
use serde_json::json;

pub const CASES: &[Case] = &[
    (
        "a script is told which authentication is asked for",
        a_script_is_told,
    ),
    (
        "a person authenticates anew and comes back",
        a_person_comes_back,
    ),
    ("a sign-in asks for it at once", signing_in_asks_at_once),
    (
        "a user is refused where another authentication would not help",
        no_help_no_step_up,
    ),
    ("a page can ask for it by a link", a_link_asks),
    ("a link asks for nothing of its own", a_link_is_checked),
];

fn challenge(response: &Response) -> &str {
    response.header("www-authenticate").unwrap()
}

fn a_script_is_told(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    for method in ["GET", "POST"] {
        let refused = browser.send(Request::script(method, "/gold/x")).expect(401);
        assert_eq!(refused.json()["error"], "insufficient_user_authentication");
        assert_eq!(
            challenge(&refused),
            "Lychgate error=\"insufficient_user_authentication\", acr_values=\"gold platinum\", \
             login=\"/auth/login?provider=demo&acr_values=gold%20platinum\""
        );
    }
    let form = browser.send(Request::form("/gold/x")).expect(401);
    assert!(
        form.text()
            .contains("/auth/login?provider=demo&amp;acr_values=gold")
    );
    // Without a session it is a matter of signing in.
    let refused = host.send(&Request::script("GET", "/gold/x")).expect(401);
    assert_eq!(refused.json()["error"], "login_required");
}

fn a_person_comes_back(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let before = browser.session();
    let location = browser.begin("/gold/x?y=1");
    assert!(location.starts_with(host.issuer()), "{location}");
    assert!(
        location.contains("&acr_values=gold%20platinum"),
        "{location}"
    );
    assert!(!location.contains("max_age"), "{location}");
    assert_eq!(browser.sign_in("/gold/x?y=1", "member"), "/gold/x?y=1");
    browser.go("/gold/x?y=1").expect(200);
    browser.fetch("/gold/x").expect(200);
    assert_ne!(browser.session(), before);
    browser.fetch("/members/").expect(200);
}

fn signing_in_asks_at_once(host: &dyn Host) {
    let mut browser = Browser::new(host);
    let location = browser.begin("/fresh/x");
    assert!(location.contains("&max_age=900"), "{location}");
    assert!(!location.contains("acr_values"), "{location}");
    assert_eq!(browser.sign_in("/fresh/x", "member"), "/fresh/x");
    browser.fetch("/fresh/x").expect(200);
    let plain = Browser::new(host).begin("/members/");
    assert!(!plain.contains("max_age"), "{plain}");
}

fn no_help_no_step_up(host: &dyn Host) {
    let mut member = Browser::signed_in(host, "member");
    assert_eq!(
        member.fetch("/vault/x").expect(403).json()["error"],
        "access_denied"
    );
    member.go("/vault/x").expect(403);
    let mut staff = Browser::signed_in(host, "staff");
    let refused = staff.fetch("/vault/x").expect(401);
    let said = challenge(&refused);
    assert!(
        said.contains("acr_values=\"gold\", max_age=\"300\""),
        "{said}"
    );
    staff.sign_in("/vault/x", "staff");
    staff.fetch("/vault/x").expect(200);
}

fn a_link_asks(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "staff");
    let link = "/auth/login?provider=demo&acr_values=gold&max_age=300&return_to=%2Fmembers%2F";
    let location = browser.begin(link);
    assert!(
        location.contains("&acr_values=gold&max_age=300"),
        "{location}"
    );
    assert_eq!(browser.sign_in(link, "staff"), "/members/");
    browser.fetch("/vault/x").expect(200);
}

fn a_link_is_checked(host: &dyn Host) {
    for bad in [
        "acr_values=silver",
        "acr_values=gold%20silver",
        "acr_values=",
        "acr_values=gold&acr_values=gold",
        "max_age=",
        "max_age=-1",
        "max_age=5m",
        "max_age=31536001",
        "max_age=1&max_age=1",
    ] {
        let link = format!("/auth/login?{bad}");
        host.send(&Request::navigation(&link)).expect(400);
    }
    Browser::new(host).begin("/auth/login?acr_values=gold%20platinum&max_age=0");
    Browser::new(host).begin("/auth/login?max_age=31536000");
}

#[test]
fn an_authentication_grows_old_and_is_asked_for_again() {
    let host = InProcess::new();
    let mut browser = Browser::new(&host);
    browser.sign_in("/fresh/x", "member");
    host.world.pass(Seconds::minutes(15));
    browser.fetch("/fresh/x").expect(200);
    host.world.pass(Seconds::new(1));
    let refused = browser.fetch("/fresh/x").expect(401);
    assert!(challenge(&refused).contains("max_age=\"900\""));
    browser.fetch("/members/").expect(200);
    assert_eq!(browser.sign_in("/fresh/x", "member"), "/fresh/x");
    browser.fetch("/fresh/x").expect(200);
}

#[test]
fn a_provider_that_does_not_say_when_is_refused_where_it_was_asked() {
    let host = InProcess::new();
    host.world.provider().settings.edit_claims = without("auth_time");
    let mut browser = Browser::signed_in(&host, "member");
    let before = browser.session();
    let info = browser.fetch("/auth/session").expect(200).json();
    assert!(info.get("auth_time").is_none(), "{info}");
    // The time of the sign-in says nothing.
    browser.fetch("/fresh/x").expect(401);
    let callback = browser.callback("/fresh/x", "member");
    let failed = browser.fetch(&callback).expect(502);
    assert_eq!(failed.json()["error"], "provider_error");
    assert_eq!(browser.session(), before);
    browser.fetch("/members/").expect(200);
    browser.fetch("/fresh/x").expect(401);
}

#[test]
fn a_provider_that_does_not_authenticate_anew_is_refused() {
    let host = InProcess::new();
    let now = host.now().as_seconds();
    let at = |seconds: u64| with("auth_time", json!(now - seconds));
    host.world.provider().settings.edit_claims = at(3600);
    let mut browser = Browser::signed_in(&host, "member");
    browser.fetch("/fresh/x").expect(401);
    let callback = browser.callback("/fresh/x", "member");
    browser.go(&callback).expect(502);
    browser.fetch("/fresh/x").expect(401);
    host.world.provider().settings.edit_claims = at(600);
    browser.sign_in("/fresh/x", "member");
    browser.fetch("/fresh/x").expect(200);
}

#[test]
fn a_provider_that_authenticates_in_another_way_lets_nobody_in() {
    let host = InProcess::new();
    for acr in [json!("silver"), json!(["gold"]), json!(null)] {
        host.world.provider().settings.edit_claims = with("acr", acr);
        let mut browser = Browser::signed_in(&host, "member");
        assert_eq!(browser.sign_in("/gold/x", "member"), "/gold/x");
        browser.fetch("/gold/x").expect(401);
        browser.fetch("/members/").expect(200);
    }
}
