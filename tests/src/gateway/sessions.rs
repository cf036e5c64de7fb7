//! The worth of a session, how long it lasts, and who learns of it.

use super::Case;
use crate::{
    host::{
        Host,
        configuration::key,
        in_process::{InProcess, Setup},
    },
    http::{
        browser::{Browser, SESSION, TOMBSTONE},
        request::Request,
    },
    scripted::Place,
};
use lychgate_core::time::Seconds;
use serde_json::json;

pub const CASES: &[Case] = &[
    ("who am I, and never a token", who_am_i_and_never_a_token),
    ("the gateway says that it is open", the_gateway_is_open),
    ("a forged cookie is nobody's", a_forged_cookie_is_nobodys),
];

fn who_am_i_and_never_a_token(host: &dyn Host) {
    let refused = host
        .send(&Request::script("GET", "/auth/session"))
        .expect(401);
    assert_eq!(refused.json()["error"], "login_required");
    // For a page of everyone nobody is no error, and a cookie that counts for nothing goes all the same.
    let optional = Request::script("GET", "/auth/session?optional");
    let nobody = host.send(&optional).expect(200);
    assert_eq!(nobody.text(), r#"{"signed_in":false}"#);
    assert_eq!(nobody.header("cache-control"), Some("private, no-store"));
    assert_eq!(nobody.header("set-cookie"), None);
    let stale = optional.clone().with("Cookie", &format!("{SESSION}=stale"));
    let nobody = host.send(&stale).expect(200);
    assert!(nobody.header("set-cookie").unwrap().contains("Max-Age=0"));
    for other in ["/auth/session?optional=1", "/auth/session?x"] {
        host.send(&Request::script("GET", other)).expect(401);
    }
    let mut browser = Browser::signed_in(host, "staff");
    let somebody = browser.fetch("/auth/session?optional").expect(200).json();
    assert_eq!(somebody["subject"], "staff");
    let response = browser.fetch("/auth/session").expect(200);
    assert_eq!(response.header("cache-control"), Some("private, no-store"));
    let info = response.json();
    assert_eq!(info["signed_in"], true);
    assert_eq!(info["subject"], "staff");
    assert_eq!(info["groups"], json!(["members", "staff"]));
    let text = response.text();
    for token in ["token", "eyJ"] {
        assert!(!text.contains(token), "{text}");
    }
}

fn the_gateway_is_open(host: &dyn Host) {
    let response = host.send(&Request::new("GET", "/auth/health")).expect(200);
    assert_eq!(response.json()["status"], "open");
}

fn a_forged_cookie_is_nobodys(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let good = browser.session().unwrap();
    let last = if good.ends_with('A') { "B" } else { "A" };
    let forged = format!("{}{last}", &good[..good.len() - 1]);
    for bad in [forged.as_str(), "", "x", &good[..good.len() / 2]] {
        browser.jar.put(SESSION, bad);
        let refused = browser
            .send(Request::script("GET", "/members/"))
            .expect(401);
        let cleared = refused
            .all("set-cookie")
            .any(|field| field.starts_with(&format!("{SESSION}=;")) && field.contains("Max-Age=0"));
        assert!(cleared, "{}", refused.summary());
    }
    browser.jar.put(SESSION, &good);
    assert!(browser.is_signed_in());
}

#[test]
fn a_session_is_renewed_after_a_quarter_of_its_idle_time() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    let first = browser.session();
    host.world.pass(Seconds::minutes(9));
    browser.go("/members/").expect(200);
    assert_eq!(browser.session(), first, "renewed too early");
    host.world.pass(Seconds::minutes(1));
    browser.go("/members/").expect(200);
    assert_ne!(browser.session(), first, "not renewed");
}

#[test]
fn an_unused_session_ends_and_a_used_one_does_not() {
    let host = InProcess::new();
    let mut used = Browser::signed_in(&host, "member");
    let mut unused = Browser::signed_in(&host, "member");
    let stolen = unused.session().unwrap();
    for _ in 0..4 {
        host.world.pass(Seconds::minutes(11));
        assert!(used.is_signed_in());
    }
    // A browser that ignores Max-Age gets no further.
    unused.jar.put(SESSION, &stolen);
    assert!(!unused.is_signed_in());
}

#[test]
fn no_session_outlives_the_absolute_time_out() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    let steps = 10 * 6 - 1;
    for _ in 0..steps {
        host.world.pass(Seconds::minutes(10));
        assert!(browser.is_signed_in());
    }
    let kept = browser.session().unwrap();
    host.world.pass(Seconds::minutes(10).plus(Seconds::new(1)));
    browser.jar.put(SESSION, &kept);
    assert!(!browser.is_signed_in());
}

#[test]
fn a_store_that_has_not_heard_yet_is_answered_from_the_ledger() {
    let setup = Setup::standard();
    let host = InProcess::with(&setup);
    host.world.store.borrow_mut().lag = Some(Seconds::new(60));
    let browser = Browser::signed_in(&host, "member");
    let far = host.elsewhere();
    let mut there = Browser::new(&far);
    there.jar = browser.jar.clone();
    assert!(there.is_signed_in());
    let info = there.fetch("/auth/session").expect(200).json();
    assert_eq!(info["subject"], "member");
}

#[test]
fn a_change_of_keys_logs_nobody_out() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    let mut setup = Setup::standard();
    setup.configuration["key"] = json!([
        {"id": 2, "secret": "LYCHGATE_KEY_2"},
        {"id": 1, "secret": "LYCHGATE_KEY_1", "not_after": "2027-01-02T00:00:00Z"},
    ]);
    setup.secrets.push(("LYCHGATE_KEY_2".to_owned(), key(2)));
    let changed = InProcess::in_world(&setup, &host.world, Place(0));
    let before = browser.session();
    browser.host = &changed;
    browser.go("/members/").expect(200);
    assert_ne!(browser.session(), before, "not sealed anew");
    // Without the old key, what it sealed opens nothing.
    setup.configuration["key"] = json!([{"id": 2, "secret": "LYCHGATE_KEY_2"}]);
    let without = InProcess::in_world(&setup, &host.world, Place(0));
    let mut old = Browser::new(&without);
    old.jar.put(SESSION, &before.unwrap());
    assert!(!old.is_signed_in());
}

/// A key is accepted until its `not_after`, and not a second longer.
#[test]
fn a_retired_key_opens_nothing() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    let old = browser.session().unwrap();
    let mut setup = Setup::standard();
    // Half an hour after the beginning of every test.
    setup.configuration["key"] = json!([
        {"id": 2, "secret": "LYCHGATE_KEY_2"},
        {"id": 1, "secret": "LYCHGATE_KEY_1", "not_after": "2027-01-01T00:30:00Z"},
    ]);
    setup.secrets.push(("LYCHGATE_KEY_2".to_owned(), key(2)));
    let changed: &'static InProcess =
        Box::leak(Box::new(InProcess::in_world(&setup, &host.world, Place(0))));
    browser.host = changed;
    host.world.pass(Seconds::minutes(30));
    assert!(browser.is_signed_in());
    let anew = browser.session().unwrap();
    assert_ne!(anew, old);
    host.world.pass(Seconds::new(1));
    browser.jar.put(SESSION, &old);
    assert!(!browser.is_signed_in());
    browser.jar.put(SESSION, &anew);
    assert!(browser.is_signed_in());
}

#[test]
fn signing_in_again_buries_the_session_that_is_replaced() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    let old = browser.session().unwrap();
    let far = host.elsewhere();
    let mut there = Browser::new(&far);
    there.jar = browser.jar.clone();
    assert!(there.is_signed_in());
    browser.sign_in("/auth/login?return_to=/", "staff");
    assert!(browser.is_signed_in());
    // A late answer to an earlier request sets the old cookie once more, where memory vouches for it still.
    there.jar = browser.jar.clone();
    there.jar.put(SESSION, &old);
    assert!(!there.is_signed_in());
    there.jar.remove(TOMBSTONE);
    there.jar.put(SESSION, &old);
    assert!(there.is_signed_in());
    host.world.pass(Seconds::new(10));
    assert!(!there.is_signed_in());
}

#[test]
fn sessions_of_a_provider_that_is_no_longer_configured_count_for_nothing() {
    let host = InProcess::new();
    let cookie = Browser::signed_in(&host, "member").session().unwrap();
    let accepts = |setup: &Setup| {
        let changed = InProcess::in_world(setup, &host.world, Place(0));
        let mut browser = Browser::new(&changed);
        browser.jar.put(SESSION, &cookie);
        browser.is_signed_in()
    };
    let mut setup = Setup::standard();
    assert!(accepts(&setup));
    setup.configuration["provider"][0]["issuer"] = json!("https://other.example.com");
    assert!(!accepts(&setup));
    let mut setup = Setup::standard();
    setup.configuration["provider"][0]["id"] = json!("other");
    assert!(!accepts(&setup));
}

#[test]
fn an_address_is_verified_by_the_document_that_states_it() {
    let corp = |verified_in_id_token: bool| {
        let host = InProcess::new();
        {
            let mut provider = host.world.provider();
            provider.settings.edit_claims = Box::new(move |claims| {
                claims["email"] = json!("a@corp.com");
                claims.as_object_mut().unwrap().remove("email_verified");
                if verified_in_id_token {
                    claims["email_verified"] = json!(true);
                }
            });
            provider.settings.edit_userinfo = Box::new(|claims| {
                claims["email"] = json!("a@mail.example.net");
                claims["email_verified"] = json!(true);
            });
        }
        let mut browser = Browser::signed_in(&host, "member");
        browser.fetch("/corp/x").status
    };
    assert_eq!(corp(true), 200);
    assert_eq!(corp(false), 403);
}
