//! Several tabs of one browser that sign in side by side: one session serves them all where it says of the person what
//! each of them was told, and no other session is left.

use super::{Case, same_site::strict};
use crate::{
    attack::support::{good_provider, provider},
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::browser::{Browser, PREDECESSOR, SESSION, TOMBSTONE},
    scripted::{
        provider::settings::{Edit, with},
        schedule::{Behaviour, Call},
    },
};
use lychgate_core::time::Seconds;
use serde_json::{Value, json};

pub const CASES: &[Case] = &[
    (
        "a tab keeps the session that another one began meanwhile",
        kept,
    ),
    (
        "a tab that was told anything else replaces the session of another one",
        told_otherwise,
    ),
    ("a tab that began with a session replaces it", began_with_it),
    ("a session that ended is kept by no tab", ended_meanwhile),
];

/// The claims that the provider gives in the sessions of these cases, whenever it is asked.
fn same_for_all(claims: &mut Value) {
    claims["auth_time"] = json!(1_000);
    claims["acr"] = json!("silver");
}

fn saying(host: &dyn Host, edit: Edit) {
    provider(host, |settings| {
        settings.edit_claims = Box::new(move |claims| {
            same_for_all(claims);
            edit(claims);
        });
    });
}

/// Two tabs that began to sign in before either came back.
fn two_tabs<'h>(host: &'h dyn Host, logins: [&str; 2]) -> (Browser<'h>, [String; 2]) {
    saying(host, Box::new(|_| {}));
    let mut browser = Browser::new(host);
    let callbacks = logins.map(|login| browser.callback("/members/", login));
    (browser, callbacks)
}

/// Whether that session cookie alone opens the members' page, at an edge that asks the ledger.
fn lives(host: &dyn Host, cookie: &str) -> bool {
    if !host.is_one_instance() {
        host.forget();
    }
    let mut copy = Browser::new(host);
    copy.jar.put(SESSION, cookie);
    copy.is_signed_in()
}

fn kept(host: &dyn Host) {
    let (mut browser, [first, second]) = two_tabs(host, ["member", "member"]);
    browser.arrive(&first);
    let session = browser.session().unwrap();
    let page = browser.go(&second).expect(200);
    assert_eq!(page.leads_to(), "/members/");
    assert_eq!(browser.session().unwrap(), session);
    // It gets neither a cookie nor a tombstone, and the attempt is over.
    for name in [SESSION, PREDECESSOR, TOMBSTONE] {
        let start = format!("{name}=");
        let given = page
            .all("set-cookie")
            .any(|field| field.starts_with(&start));
        assert!(!given, "{name}");
    }
    assert!(lives(host, &session));
    browser.go(&second).expect(400);
    // Signing out leaves nothing behind.
    browser.sign_out().expect(303);
    assert!(!lives(host, &session));
    good_provider(host);
}

fn told_otherwise(host: &dyn Host) {
    for (name, value) in [
        ("auth_time", json!(1_001)),
        ("sid", json!("another")),
        ("acr", json!("gold")),
        ("amr", json!(["pwd"])),
        ("groups", json!(["other"])),
    ] {
        let (mut browser, [first, second]) = two_tabs(host, ["member", "member"]);
        browser.arrive(&first);
        let session = browser.session().unwrap();
        saying(host, with(name, value));
        browser.arrive(&second);
        assert_ne!(browser.session().unwrap(), session, "{name}");
        assert!(browser.is_signed_in(), "{name}");
        assert!(!lives(host, &session), "{name}");
    }
    // Another person.
    let (mut browser, [first, second]) = two_tabs(host, ["member", "staff"]);
    browser.arrive(&first);
    let session = browser.session().unwrap();
    browser.arrive(&second);
    let info = browser.fetch("/auth/session").expect(200).json();
    assert_eq!(info["subject"], "staff");
    assert!(!lives(host, &session));
    good_provider(host);
}

fn began_with_it(host: &dyn Host) {
    let (mut browser, [first, _]) = two_tabs(host, ["member", "member"]);
    browser.arrive(&first);
    let session = browser.session().unwrap();
    let second = browser.callback("/auth/login?return_to=/", "member");
    browser.arrive(&second);
    assert_ne!(browser.session().unwrap(), session);
    assert!(!lives(host, &session));
    // A cookie that names it is enough.
    let session = browser.session().unwrap();
    let cookie = browser.jar.cookie(SESSION).unwrap().value.clone();
    browser.jar.remove(SESSION);
    let third = browser.callback("/members/", "member");
    browser.jar.put(SESSION, &cookie);
    browser.arrive(&third);
    assert_ne!(browser.session().unwrap(), session);
    assert!(!lives(host, &session));
    good_provider(host);
}

fn ended_meanwhile(host: &dyn Host) {
    let (mut browser, [first, second]) = two_tabs(host, ["member", "member"]);
    browser.arrive(&first);
    let session = browser.session().unwrap();
    let named = browser.jar.cookie(PREDECESSOR).unwrap().value.clone();
    browser.sign_out().expect(303);
    browser.jar.put(SESSION, &session);
    browser.jar.put(PREDECESSOR, &named);
    browser.arrive(&second);
    assert_ne!(browser.session().unwrap(), session);
    assert!(browser.is_signed_in());
    assert!(!lives(host, &session));
    good_provider(host);
}

#[test]
fn a_session_whose_life_is_unknown_is_kept_by_no_tab() {
    let host = InProcess::new();
    let (mut browser, [first, second]) = two_tabs(&host, ["member", "member"]);
    browser.arrive(&first);
    let session = browser.session().unwrap();
    let failed = Behaviour::Failed;
    host.world
        .schedule
        .borrow_mut()
        .nth(Call::LedgerRead, 0, failed);
    browser.go(&second).expect(503);
    assert_eq!(browser.session().unwrap(), session);
    assert!(browser.is_signed_in());
}

#[test]
fn a_tab_whose_session_cookie_stays_behind_keeps_the_session_that_is_named() {
    let mut setup = Setup::standard();
    strict(&mut setup.configuration);
    let host = InProcess::with(&setup);
    let (mut browser, [first, second]) = two_tabs(&host, ["member", "member"]);
    browser.arrive(&first);
    let session = browser.session().unwrap();
    let strict = browser.jar.cookie(SESSION).unwrap().value.clone();
    browser.jar.remove(SESSION);
    browser.arrive(&second);
    assert_eq!(browser.session(), None);
    browser.jar.put(SESSION, &strict);
    assert!(browser.is_signed_in() && lives(&host, &session));
    // A browser that has lost the cookie goes round once more and gets one.
    browser.jar.remove(SESSION);
    browser.sign_in("/members/", "member");
    assert!(browser.is_signed_in());
    assert!(!lives(&host, &session));
}

#[test]
fn a_session_cookie_that_is_gone_is_given_anew() {
    let host = InProcess::new();
    let (mut browser, [first, second]) = two_tabs(&host, ["member", "member"]);
    browser.arrive(&first);
    let session = browser.session().unwrap();
    // The predecessor cookie alone comes along, where the session cookie would have come, too.
    browser.jar.remove(SESSION);
    browser.arrive(&second);
    assert_ne!(browser.session().unwrap(), session);
    assert!(browser.is_signed_in());
    assert!(!lives(&host, &session));
}

#[test]
fn an_old_cookie_beside_the_name_of_a_newer_session_leads_to_a_new_one() {
    let mut setup = Setup::standard();
    strict(&mut setup.configuration);
    let host = InProcess::with(&setup);
    let (mut browser, [first, _]) = two_tabs(&host, ["member", "member"]);
    browser.arrive(&first);
    let old = browser.session().unwrap();
    browser.sign_in("/auth/login?return_to=/", "member");
    let newer = browser.session().unwrap();
    // A late answer brings the old cookie back, and nothing buries it.
    browser.jar.put(SESSION, &old);
    browser.jar.remove(TOMBSTONE);
    let callback = browser.callback("/members/", "member");
    browser.jar.remove(SESSION);
    browser.arrive(&callback);
    assert!(browser.is_signed_in());
    assert!(!lives(&host, &old) && !lives(&host, &newer));
}

#[test]
fn a_kept_session_is_the_one_that_is_named_afterwards() {
    let host = InProcess::new();
    let (mut browser, [first, second]) = two_tabs(&host, ["member", "member"]);
    let mut other = Browser::new(&host);
    other.sign_in("/members/", "member");
    let other_session = other.session().unwrap();
    browser.arrive(&first);
    let session = browser.session().unwrap();
    let named = other.jar.cookie(PREDECESSOR).unwrap().value.clone();
    browser.jar.put(PREDECESSOR, &named);
    browser.arrive(&second);
    assert_eq!(browser.session().unwrap(), session);
    assert!(lives(&host, &session) && !lives(&host, &other_session));
    // Without the session cookie, signing out ends what is named.
    browser.jar.remove(SESSION);
    browser.sign_out().expect(303);
    assert!(!lives(&host, &session));
}

#[test]
fn a_session_from_long_before_the_sign_in_is_replaced() {
    for (seconds, is_kept) in [(60, true), (61, false)] {
        let host = InProcess::new();
        saying(&host, Box::new(|_| {}));
        let mut browser = Browser::signed_in(&host, "member");
        let session = browser.session().unwrap();
        host.world.pass(Seconds::new(seconds));
        // It was not sent when the sign-in began.
        let mut elsewhere = Browser::new(&host);
        let callback = elsewhere.callback("/members/", "member");
        for name in [SESSION, PREDECESSOR] {
            elsewhere
                .jar
                .put(name, &browser.jar.cookie(name).unwrap().value);
        }
        elsewhere.arrive(&callback);
        let kept = elsewhere.session().unwrap() == session;
        assert_eq!(kept, is_kept, "{seconds}");
        assert_eq!(browser.is_signed_in(), is_kept, "{seconds}");
    }
}

#[test]
fn the_log_says_that_a_session_was_kept() {
    let host = InProcess::new();
    let (mut browser, [first, second]) = two_tabs(&host, ["member", "member"]);
    host.world.pass(Seconds::minutes(1));
    browser.arrive(&first);
    browser.arrive(&second);
    let log = host.world.log();
    let of = |event: &str| log.iter().find(|line| line["event"] == event).cloned();
    let (began, kept) = (of("signed_in").unwrap(), of("signed_in_already").unwrap());
    assert_eq!(kept["session"], began["session"]);
    assert_eq!(kept["provider"], began["provider"]);
    assert_eq!(kept["level"], "info");
    assert!(of("session_replaced").is_none());
}
