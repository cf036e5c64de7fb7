//! From a protected page to the provider and back.

use super::Case;
use crate::{
    executor::block_on,
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::{
        browser::{ATTEMPT, Browser, SESSION, TOMBSTONE},
        request::Request,
    },
    scripted::{
        provider::settings::{Authentication, Endpoint, Signer},
        schedule::{Behaviour, Call},
    },
};
use lychgate_core::time::Seconds;

pub const CASES: &[Case] = &[
    ("a deep link survives byte for byte", a_deep_link_survives),
    ("ten tabs sign in at once", ten_tabs_sign_in_at_once),
    ("attempts stay bounded", attempts_stay_bounded),
    (
        "the cookie is the browser's alone",
        the_cookie_is_the_browsers_alone,
    ),
    (
        "signing in again makes a new session",
        signing_in_again_makes_a_new_session,
    ),
];

fn a_deep_link_survives(host: &dyn Host) {
    for target in [
        "/members/report.html?year=2026&tag=a%20b+c&x=%2F%5C//e?&empty=&&=",
        "/members/",
        "/members/?",
    ] {
        let landed = Browser::new(host).sign_in(target, "member");
        assert_eq!(landed, target);
    }
    let mut browser = Browser::new(host);
    let login = "/auth/login?return_to=%2Fmembers%2F%3Fa%3Db%2526c";
    assert_eq!(browser.sign_in(login, "member"), "/members/?a=b%26c");
    assert!(browser.is_signed_in());
}

/// Ten sign-ins of one browser, side by side.
pub fn ten_tabs_sign_in_at_once(host: &dyn Host) {
    let mut browser = Browser::new(host);
    let targets: Vec<String> = (0..10).map(|tab| format!("/members/?tab={tab}")).collect();
    let visits: Vec<Request> = targets
        .iter()
        .map(|target| Request::navigation(target))
        .collect();
    let starts: Vec<Request> = host
        .send_all(&visits)
        .into_iter()
        .map(|sent| Request::navigation(sent.expect(303).location()))
        .collect();
    let mut callbacks = Vec::new();
    for start in host.send_all(&starts) {
        browser.keep(&start);
        callbacks.push(host.at_provider(&start.leads_to(), "member"));
    }
    assert_eq!(browser.jar.starting_with(ATTEMPT).len(), 10);
    let requests: Vec<Request> = callbacks
        .iter()
        .map(|callback| browser.prepare(Request::navigation(callback)))
        .collect();
    let landed = host.send_all(&requests);
    for (response, target) in landed.into_iter().zip(&targets) {
        let response = response.expect(200);
        assert_eq!(&response.leads_to(), target);
        browser.keep(&response);
        assert!(browser.is_signed_in());
    }
    assert_eq!(browser.jar.starting_with(ATTEMPT).len(), 0);
}

fn attempts_stay_bounded(host: &dyn Host) {
    let mut browser = Browser::new(host);
    for _ in 0..15 {
        browser.begin("/members/");
        assert!(browser.jar.starting_with(ATTEMPT).len() <= 12);
    }
    // The newest still works.
    assert_eq!(
        browser.sign_in("/members/?last", "member"),
        "/members/?last"
    );
}

fn the_cookie_is_the_browsers_alone(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let cookie = browser.jar.cookie(SESSION).unwrap();
    assert!(cookie.is_http_only);
    assert_eq!(cookie.same_site, "Lax");
    assert!(
        cookie.value.len() < 250,
        "{} characters",
        cookie.value.len()
    );
    let page = browser.go("/members/").expect(200);
    assert!(!page.summary().contains(&browser.session().unwrap()));
}

fn signing_in_again_makes_a_new_session(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let first = browser.session().unwrap();
    browser.sign_in("/auth/login?return_to=/", "member");
    let second = browser.session().unwrap();
    assert_ne!(first, second);
    assert!(browser.is_signed_in());
}

#[test]
fn a_session_that_cannot_be_ended_is_replaced_by_none() {
    // The attempt's mark, the new head, and the end of the old one.
    for (call, skip) in [(Call::LedgerRead, 0), (Call::LedgerWrite, 2)] {
        let host = InProcess::new();
        let mut browser = Browser::signed_in(&host, "member");
        let first = browser.session().unwrap();
        let callback = browser.callback("/auth/login?return_to=/", "member");
        let failed = Behaviour::Failed;
        host.world.schedule.borrow_mut().nth(call, skip, failed);
        let page = browser.go(&callback).expect(503);
        assert!(page.text().contains("/auth/login?"), "{}", page.summary());
        assert_eq!(browser.session().unwrap(), first);
        assert!(browser.is_signed_in(), "the old session is lost, too");
        host.world.schedule.borrow_mut().clear();
        browser.sign_in("/auth/login?return_to=/", "member");
        assert!(browser.is_signed_in());
        browser.jar.remove(TOMBSTONE);
        browser.jar.put(SESSION, &first);
        assert!(!browser.is_signed_in());
    }
    // An end whose answer was lost is one.
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    let callback = browser.callback("/auth/login?return_to=/", "member");
    let lost = Behaviour::AppliedButTimedOut;
    host.world
        .schedule
        .borrow_mut()
        .nth(Call::LedgerWrite, 2, lost);
    browser.arrive(&callback);
    assert!(browser.is_signed_in());
    let log = host.world.events().join("\n");
    assert!(log.contains(r#""event":"session_replaced""#), "{log}");
}

#[test]
fn a_session_that_was_unused_for_too_long_is_ended_by_the_next() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    let mut thief = Browser::new(&host);
    thief.jar.put(SESSION, &browser.session().unwrap());
    // The thief keeps it in use, the person does not.
    for _ in 0..4 {
        host.world.pass(Seconds::minutes(10));
        assert!(thief.is_signed_in());
    }
    assert!(!browser.is_signed_in());
    browser.sign_in("/members/", "member");
    assert!(browser.is_signed_in());
    assert!(!thief.is_signed_in());
}

#[test]
fn a_request_on_its_way_does_not_clear_the_new_cookie() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    let polling = browser.prepare(Request::script("GET", "/members/"));
    let callback = browser.callback("/auth/login?return_to=/", "member");
    browser.arrive(&callback);
    let late = host.send(&polling).expect(401);
    browser.keep(&late);
    assert!(browser.is_signed_in());
}

#[test]
fn a_missing_claim_is_fetched_from_userinfo() {
    let host = InProcess::new();
    host.world.provider().settings.claims_in_id_token = false;
    let mut browser = Browser::signed_in(&host, "staff");
    browser.go("/staff/").expect(200);
    assert_eq!(host.world.provider().count(Endpoint::Userinfo), 1);
    let info = browser.fetch("/auth/session").expect(200).json();
    assert_eq!(info["claims"]["email"], "staff@example.com");
    // With the claims in the ID token nobody is asked.
    host.world.provider().settings.claims_in_id_token = true;
    Browser::signed_in(&host, "staff");
    assert_eq!(host.world.provider().count(Endpoint::Userinfo), 1);
}

#[test]
fn a_public_client_sends_no_secret() {
    let mut setup = Setup::standard();
    let provider = &mut setup.configuration["provider"][0];
    provider.as_object_mut().unwrap().remove("client_secret");
    let host = InProcess::with(&setup);
    host.world.provider().settings.authentication = Authentication::None;
    assert!(Browser::signed_in(&host, "member").is_signed_in());
    // The same provider refuses the client that does send one.
    let other = InProcess::new();
    other.world.provider().settings.authentication = Authentication::None;
    let mut browser = Browser::new(&other);
    let callback = browser.callback("/members/", "member");
    browser.go(&callback).expect(502);
}

#[test]
fn an_attempt_ends_after_ten_minutes() {
    let host = InProcess::new();
    let mut late = Browser::new(&host);
    let callback = late.callback("/members/", "member");
    let request = late.prepare(Request::navigation(&callback));
    host.world.pass(Seconds::new(601));
    block_on(host.serve(&request)).0.expect(400);
    assert_eq!(host.token_requests(), 0);
    let mut in_time = Browser::new(&host);
    let callback = in_time.callback("/members/", "member");
    host.world.pass(Seconds::new(599));
    in_time.arrive(&callback);
}

#[test]
fn each_kind_of_key_signs_in() {
    for signer in [Signer::Ed25519(9), Signer::P256(9)] {
        let host = InProcess::new();
        host.world.provider().settings.signer = signer;
        assert!(Browser::signed_in(&host, "member").is_signed_in());
    }
}
