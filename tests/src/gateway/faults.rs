//! Broken configuration, broken platforms and broken providers: always closed, always explained.

use crate::{
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::{
        browser::{Browser, SESSION},
        request::Request,
    },
    scripted::{
        Place, World,
        provider::settings::{Answer, Endpoint},
        schedule::{Behaviour, Call},
    },
};
use lychgate_core::{
    fault::ConfigurationFault, gateway::Gateway, http::outbound::SendError, time::Seconds,
};
use serde_json::json;
use std::{cell::RefCell, rc::Rc};

/// Every path of a closed gateway answers 503, the public ones too, and the log says why.
fn is_closed(host: &InProcess, reason: &str) {
    for target in [
        "/",
        "/members/",
        "/api/whoami",
        "/auth/health",
        "/auth/login",
        "/nowhere",
    ] {
        host.send(&Request::navigation(target)).expect(503);
        let script = host.send(&Request::script("GET", target)).expect(503);
        assert_eq!(script.json()["error"], "misconfigured");
        assert!(!script.text().contains("LYCHGATE"), "{}", script.summary());
    }
    let events = host.world.events();
    assert!(
        events.iter().all(|line| line.contains(reason)),
        "{events:?}"
    );
}

#[test]
fn a_broken_configuration_closes_the_gateway() {
    let mut setup = Setup::standard();
    setup.configuration["route"][0]["path"] = json!("no slash");
    is_closed(&InProcess::with(&setup), "errors in the configuration");
    let mut setup = Setup::standard();
    setup.configuration["surprise"] = json!(true);
    is_closed(&InProcess::with(&setup), "surprise");
    let mut setup = Setup::standard();
    setup.configuration = json!("no object");
    is_closed(&InProcess::with(&setup), "errors in the configuration");
}

#[test]
fn a_missing_or_bad_secret_closes_the_gateway_and_is_named() {
    for name in ["LYCHGATE_KEY_1", "DEMO_CLIENT_SECRET", "API_SECRET"] {
        let mut setup = Setup::standard();
        setup.secrets.retain(|(key, _)| key != name);
        is_closed(&InProcess::with(&setup), name);
    }
    let mut setup = Setup::standard();
    setup.secrets[0].1 = "short".to_owned();
    is_closed(&InProcess::with(&setup), "LYCHGATE_KEY_1");
    let open = InProcess::new();
    open.send(&Request::navigation("/")).expect(200);
}

#[test]
fn white_space_around_a_secret_is_not_part_of_it() {
    let mut setup = Setup::standard();
    for (_, value) in &mut setup.secrets {
        *value = format!("\t {value}\r\n");
    }
    let host = InProcess::with(&setup);
    let mut browser = Browser::signed_in(&host, "member");
    let seen = browser.fetch("/api/whoami").expect(200).json();
    let proof = Setup::standard().secrets;
    let proof = proof.iter().find(|(name, _)| name == "API_SECRET").unwrap();
    assert_eq!(seen["headers"]["lychgate-secret"], json!(proof.1));
    for blank in ["\n", " \t"] {
        let mut setup = Setup::standard();
        setup.secrets[1].1 = blank.to_owned();
        is_closed(&InProcess::with(&setup), &setup.secrets[1].0);
    }
}

#[test]
fn a_missing_binding_closes_the_gateway_and_is_named() {
    let mut host = InProcess::new();
    let fault = ConfigurationFault::MissingBinding {
        name: "LYCHGATE_STORE",
    };
    host.gateway = RefCell::new(Rc::new(Gateway::closed(fault)));
    is_closed(&host, "LYCHGATE_STORE");
}

/// Ways for an endpoint to be no good.
fn bad_answers() -> Vec<(&'static str, Answer)> {
    vec![
        ("down", Answer::Error(SendError::Unreachable)),
        ("slow", Answer::Error(SendError::TimedOut)),
        (
            "huge",
            Answer::fixed(200, "application/json", "x".repeat(300_000)),
        ),
        ("HTML", Answer::html(200)),
        ("HTML error", Answer::html(500)),
        ("redirect", Answer::fixed(302, "application/json", "{}")),
        (
            "garbage",
            Answer::fixed(200, "application/json", "\u{0}{{{"),
        ),
        ("array", Answer::fixed(200, "application/json", "[]")),
        ("empty", Answer::fixed(200, "application/json", "")),
        ("JSON as text", Answer::fixed(200, "text/plain", "{}")),
    ]
}

#[test]
fn a_provider_that_cannot_begin_is_a_502_with_a_way_back() {
    for (name, answer) in bad_answers() {
        let host = InProcess::new();
        host.world
            .provider()
            .settings
            .set_answer(Endpoint::Discovery, answer);
        let mut browser = Browser::new(&host);
        let page = browser.visit("/members/?a=b").expect(502);
        let retry = "/auth/login?return_to=%2Fmembers%2F%3Fa%3Db";
        assert!(page.text().contains(retry), "{name}: {}", page.summary());
        assert!(!page.text().contains("SECRET"), "{name}");
        assert_eq!(browser.jar.header(host.now()), None, "{name}");
        // Once the provider is back, so is the sign-in.
        host.world
            .provider()
            .settings
            .set_answer(Endpoint::Discovery, Answer::Document);
        browser.sign_in(retry, "member");
        assert!(browser.is_signed_in(), "{name}");
    }
}

#[test]
fn a_provider_that_cannot_finish_makes_no_session() {
    for endpoint in [Endpoint::Token, Endpoint::Keys] {
        for (name, answer) in bad_answers() {
            let host = InProcess::new();
            {
                let mut provider = host.world.provider();
                provider.settings.set_answer(endpoint, answer);
            }
            let mut browser = Browser::new(&host);
            let callback = browser.callback("/members/", "member");
            let page = browser.go(&callback).expect(502);
            assert!(
                page.text().contains("return_to="),
                "{name}: {}",
                page.summary()
            );
            assert!(!page.text().contains("SECRET"), "{name}");
            assert_eq!(browser.session(), None, "{endpoint:?} {name}");
            let stored = host.world.store.borrow().dump();
            let has_session = stored.iter().any(|(key, _)| key.starts_with("s1/"));
            assert!(!has_session, "{endpoint:?} {name}");
            // Keys that could not be had are asked for again after a while.
            host.world.pass(Seconds::new(10));
            host.world
                .provider()
                .settings
                .set_answer(endpoint, Answer::Document);
            browser.sign_in("/members/", "member");
            assert!(browser.is_signed_in());
        }
    }
}

#[test]
fn userinfo_of_nobody_signs_nobody_in_and_none_signs_in_without_it() {
    for (name, answer) in bad_answers() {
        let host = InProcess::new();
        {
            let mut provider = host.world.provider();
            provider.settings.claims_in_id_token = false;
            provider.settings.set_answer(Endpoint::Userinfo, answer);
        }
        let mut browser = Browser::new(&host);
        let callback = browser.callback("/members/", "member");
        // An empty object is an answer, about nobody.
        let status = if name == "JSON as text" { 502 } else { 200 };
        let page = browser.go(&callback).expect(status);
        assert!(!page.text().contains("SECRET"), "{name}");
        assert_eq!(browser.session().is_some(), status == 200, "{name}");
    }
}

#[test]
fn the_last_good_metadata_and_keys_bridge_an_outage() {
    let host = InProcess::new();
    Browser::signed_in(&host, "member");
    let down = |endpoint| {
        let answer = Answer::Error(SendError::Unreachable);
        host.world.provider().settings.set_answer(endpoint, answer);
    };
    down(Endpoint::Discovery);
    down(Endpoint::Keys);
    host.world.pass(Seconds::minutes(120));
    Browser::signed_in(&host, "member");
    host.world.pass(Seconds::minutes(24 * 60));
    Browser::new(&host).visit("/members/").expect(502);
}

#[test]
fn a_rotated_key_is_fetched_once() {
    let host = InProcess::new();
    Browser::signed_in(&host, "member");
    let keys = |host: &InProcess| host.world.provider().count(Endpoint::Keys);
    assert_eq!(keys(&host), 1);
    let rotate = |seed| {
        let signer = crate::scripted::provider::settings::Signer::Ed25519(seed);
        host.world.provider().settings.signer = signer;
    };
    rotate(2);
    Browser::signed_in(&host, "member");
    assert_eq!(keys(&host), 2);
    // A second change within the cool-down waits for its end.
    rotate(3);
    let mut browser = Browser::new(&host);
    let callback = browser.callback("/members/", "member");
    browser.go(&callback).expect(502);
    assert_eq!(keys(&host), 2);
    host.world.pass(Seconds::new(30));
    Browser::signed_in(&host, "member");
    assert_eq!(keys(&host), 3);
}

/// A request with a cookie that another isolate issued, so that store and ledger are asked.
fn cold(setup: &Setup) -> (InProcess, Browser<'static>) {
    let world = World::new();
    let first = InProcess::in_world(setup, &world, Place(0));
    let cookie = Browser::signed_in(&first, "member").session().unwrap();
    let second = InProcess::in_world(setup, &world, Place(0));
    let far: &'static InProcess = Box::leak(Box::new(second));
    let mut browser = Browser::new(far);
    browser.jar.put(SESSION, &cookie);
    (first, browser)
}

#[test]
fn a_ledger_or_store_that_fails_is_a_503_and_never_open() {
    for call in [Call::LedgerRead, Call::StoreLoad] {
        for behaviour in [Behaviour::Failed, Behaviour::LostOnTheWay] {
            let (host, mut browser) = cold(&Setup::standard());
            host.world.schedule.borrow_mut().always(call, behaviour);
            let refused = browser.fetch("/members/").expect(503);
            assert!(
                refused.header("retry-after").is_some(),
                "{}",
                refused.summary()
            );
            assert_eq!(refused.json()["error"], "temporarily_unavailable");
            browser.go("/members/").expect(503);
            assert!(browser.session().is_some(), "the cookie is lost");
            host.world.schedule.borrow_mut().clear();
            assert!(browser.is_signed_in());
        }
    }
}

#[test]
fn a_missing_record_is_answered_from_the_ledgers_copy() {
    let (host, mut browser) = cold(&Setup::standard());
    host.world
        .schedule
        .borrow_mut()
        .always(Call::StoreLoad, Behaviour::Missing);
    assert!(browser.is_signed_in());
    let info = browser.fetch("/auth/session").expect(200).json();
    assert_eq!(info["subject"], "member");
}

#[test]
fn a_sign_in_that_cannot_be_written_makes_no_session() {
    for (call, skip) in [
        (Call::LedgerWrite, 0),
        // The first one saves the keys, and stops nothing.
        (Call::StoreSave, 1),
        (Call::LedgerWrite, 1),
    ] {
        for behaviour in [
            Behaviour::Failed,
            Behaviour::LostOnTheWay,
            Behaviour::AppliedButTimedOut,
        ] {
            let host = InProcess::new();
            let mut browser = Browser::new(&host);
            let callback = browser.callback("/members/", "member");
            host.world.schedule.borrow_mut().nth(call, skip, behaviour);
            let page = browser.go(&callback).expect(503);
            assert!(page.header("retry-after").is_some(), "{}", page.summary());
            assert_eq!(browser.session(), None);
            assert!(host.token_requests() <= 1);
            browser.sign_in("/members/", "member");
            assert!(browser.is_signed_in());
        }
    }
}

#[test]
fn without_random_bytes_nothing_is_sealed() {
    let host = InProcess::new();
    host.world.has_random.set(false);
    let mut browser = Browser::new(&host);
    let refused = browser.visit("/members/").expect(503);
    assert!(refused.header("set-cookie").is_none());
    host.world.has_random.set(true);
    browser.begin("/members/");
}

#[test]
fn an_outage_is_not_waited_for_while_there_is_a_last_good_answer() {
    let host = InProcess::new();
    let mut browser = Browser::new(&host);
    browser.begin("/members/");
    host.world.pass(Seconds::minutes(61));
    let gone = Answer::Error(SendError::TimedOut);
    host.world
        .provider()
        .settings
        .set_answer(Endpoint::Discovery, gone);
    let mut sent_by_a_visit = || {
        host.world.forget_calls();
        browser.begin("/members/");
        let calls = host.world.calls();
        calls.iter().filter(|call| **call == Call::Send).count()
    };
    assert_eq!(sent_by_a_visit(), 1);
    assert_eq!(sent_by_a_visit(), 0);
    host.world.pass(Seconds::minutes(1));
    assert_eq!(sent_by_a_visit(), 1);
}
