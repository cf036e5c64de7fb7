//! The parts that a deployment lacks, and failures under it.

use crate::{
    access_token::{AccessToken, bearer},
    gateway::{late, named_cases},
    host::{
        Host,
        workerd::{Setup, Workerd},
    },
    http::{
        browser::{Browser, SESSION},
        request::Request,
    },
};
use serde_json::{Value, json};

#[test]
fn a_deployment_that_lacks_something_is_closed_and_says_what() {
    let lacking = |name: &'static str| {
        let mut setup = Setup::standard();
        setup.without = vec![name];
        setup.secrets.retain(|(key, _)| key != name);
        setup
    };
    let mut broken = Setup::standard();
    broken.configuration.as_mut().unwrap()["surprise"] = json!(true);
    for (setup, reason) in [
        (lacking("LYCHGATE_STORE"), "LYCHGATE_STORE"),
        (lacking("LYCHGATE_LEDGER"), "LYCHGATE_LEDGER"),
        (lacking("LYCHGATE_KEY_1"), "LYCHGATE_KEY_1"),
        (broken, "surprise"),
    ] {
        let host = Workerd::start(&setup);
        for target in ["/", "/members/", "/style.css", "/auth/health"] {
            let page = host.send(&Request::navigation(target)).expect(503);
            assert!(!page.text().contains(reason), "{}", page.summary());
        }
        let log = host.wait_for_log(reason);
        assert!(log.contains(reason), "{reason} is not in the log: {log}");
    }
}

/// A session, and then an isolate that remembers nothing.
fn cold(host: &Workerd) -> Browser<'_> {
    let browser = Browser::signed_in(host, "member");
    host.forget();
    browser
}

#[test]
fn a_store_or_ledger_that_fails_is_a_503_and_never_open() {
    let host = Workerd::start(&Setup::scripted());
    for faults in [
        json!({"ledger": "fail"}),
        json!({"ledger": "hang"}),
        json!({"store": "fail"}),
    ] {
        let mut browser = cold(&host);
        host.fail(&faults);
        let refused = browser.fetch("/members/").expect(503);
        assert!(refused.header("retry-after").is_some(), "{faults}");
        assert!(browser.session().is_some(), "the cookie is lost");
        host.fail(&json!({}));
        assert!(browser.is_signed_in(), "{faults}");
    }
    // A record that the store does not show is answered from the ledger's copy.
    let mut browser = cold(&host);
    host.fail(&json!({"store": "missing"}));
    let info = browser.fetch("/auth/session").expect(200).json();
    assert_eq!(info["subject"], "member");
    host.fail(&json!({"ledger": "fail"}));
    browser.sign_out().expect(503);
    assert!(browser.session().is_some());
    host.fail(&json!({}));
    browser.sign_out().expect(303);
    assert!(!browser.is_signed_in());
}

#[test]
fn a_console_that_throws_changes_no_answer() {
    let host = Workerd::start(&Setup::scripted());
    let asked = || {
        let mut browser = Browser::signed_in(&host, "member");
        let refused = host.send(&Request::navigation("/nowhere%2f")).status;
        [
            refused,
            browser.fetch("/members/").status,
            browser.sign_out().status,
        ]
    };
    let with_log = asked();
    assert_eq!(with_log, [400, 200, 303]);
    host.fail(&json!({"log": "fail"}));
    assert_eq!(asked(), with_log);
}

#[test]
fn a_provider_that_fails_is_a_502_with_a_way_back() {
    let host = Workerd::start(&Setup::standard());
    let discovery = "/.well-known/openid-configuration";
    for fault in ["broken", "html", "huge"] {
        host.fail_fetches(discovery, &json!(fault));
        let page = Browser::new(&host).visit("/members/?a=b").expect(502);
        let retry = "/auth/login?return_to=%2Fmembers%2F%3Fa%3Db";
        assert!(page.text().contains(retry), "{fault}: {}", page.summary());
        assert!(!page.text().contains("SECRET-"), "{fault}");
    }
    host.fail_fetches(discovery, &Value::Null);
    for path in ["/jwks", "/token"] {
        for fault in ["broken", "html", "huge"] {
            let mut browser = Browser::new(&host);
            let callback = browser.callback("/members/", "member");
            // An instance remembers for a while that a fetch failed.
            host.forget();
            host.fail_fetches(path, &json!(fault));
            browser.go(&callback).expect(502);
            assert_eq!(browser.session(), None, "{path} {fault}");
            host.fail_fetches(path, &Value::Null);
        }
    }
    host.forget();
    let mut browser = Browser::signed_in(&host, "member");
    assert!(browser.is_signed_in());
}

#[test]
fn what_cannot_be_reached_is_a_502() {
    // Nothing listens on the first port.
    let nobody = "http://localhost:1";
    let mut setup = Setup::standard();
    setup.issuer = Some(nobody.to_owned());
    let configuration = setup.configuration.as_mut().unwrap();
    for upstream in [1, 2] {
        configuration["upstream"][upstream]["url"] = json!(nobody);
    }
    let host = Workerd::start(&setup);
    Browser::new(&host).visit("/members/").expect(502);
    let refused = host.send(&Request::script("GET", "/open/x")).expect(502);
    assert_eq!(refused.header("set-cookie"), None);
    host.send(&Request::navigation("/")).expect(200);
}

#[test]
fn a_late_upstream_is_a_504() {
    let mut setup = Setup::standard();
    setup.is_direct = true;
    late::impatient(setup.configuration.as_mut().unwrap());
    let host = Workerd::start(&setup);
    late::run(&host, host.port());
    let log = host.wait_for_log("TimedOut");
    assert!(log.contains("TimedOut"), "{log}");
}

#[test]
fn a_slow_provider_is_given_up() {
    let host = Workerd::start(&Setup::standard());
    host.fail_fetches("/.well-known/openid-configuration", &json!("slow"));
    Browser::new(&host).visit("/members/").expect(502);
    host.fail_fetches("/.well-known/openid-configuration", &Value::Null);
    Browser::new(&host).begin("/members/");
}

#[test]
fn a_warm_request_asks_for_nothing_and_a_forged_cookie_neither() {
    let mut setup = Setup::scripted();
    // The longest there is, so that the session stays warm however long the requests take here.
    setup.configuration.as_mut().unwrap()["session"]["fresh_for"] = json!("60s");
    // Its fetches are counted on their way.
    setup.is_direct = false;
    let host = Workerd::start(&setup);
    let mut browser = Browser::signed_in(&host, "member");
    let good = browser.session().unwrap();
    host.calls();
    host.fetches();
    for _ in 0..5 {
        browser.go("/members/").expect(200);
        browser.fetch("/api/whoami").expect(200);
    }
    assert_eq!(host.calls(), [""; 0]);
    assert_eq!(host.fetches(), ["GET api /api/whoami"; 5]);
    let mut forged = good.clone().into_bytes();
    forged[40] = if forged[40] == b'A' { b'B' } else { b'A' };
    browser
        .jar
        .put(SESSION, &String::from_utf8(forged).unwrap());
    browser
        .send(Request::script("GET", "/members/"))
        .expect(401);
    assert_eq!(host.calls(), [""; 0]);
    assert_eq!(host.fetches(), [""; 0]);
    // Cold, the same cookie costs one question to each.
    host.forget();
    browser.jar.put(SESSION, &good);
    assert!(browser.is_signed_in());
    let mut calls = host.calls();
    calls.sort();
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert_eq!(calls[0], "ledger");
    assert!(calls[1].starts_with("store get"), "{calls:?}");
}

#[test]
fn a_public_client_that_asks_userinfo_keeps_the_contract() {
    let mut setup = Setup::standard();
    setup.claims_in_id_token = false;
    let configuration = setup.configuration.as_mut().unwrap();
    let provider = &mut configuration["provider"][0];
    provider["client_id"] = json!("lychgate-public");
    provider.as_object_mut().unwrap().remove("client_secret");
    let session = configuration["session"].as_object_mut().unwrap();
    session.insert("freshness".to_owned(), json!("strict"));
    session.remove("fresh_for");
    let host = Workerd::start(&setup);
    crate::gateway::run_named(&named_cases(), |case| case(&host));
}

#[test]
fn a_trap_while_the_caches_decide_is_a_503_and_the_next_request_is_served() {
    let host = Workerd::start(&Setup::exposed());
    let browser = Browser::signed_in(&host, "member");
    let token = AccessToken::inline(&host).text();
    let by_session = browser.prepare(Request::script("GET", "/api/a"));
    let by_token = bearer(&token, "GET", "/calls/a");
    let by_anyone = Request::script("GET", "/open/a");
    for request in [by_session, by_token, by_anyone] {
        for _ in 0..2 {
            host.send(&request).expect(200);
        }
        let before = host.api_requests();
        let trapping = request.clone().with("lychgate-fate", "warm-traps");
        let lost = host.send(&trapping).expect(503);
        assert!(lost.header("retry-after").is_some());
        assert!(!lost.text().contains("member") && !lost.text().contains("robot"));
        assert_eq!(host.api_requests(), before);
        host.send(&request).expect(200);
    }
    // Protected routes stay protected.
    host.send(&Request::script("GET", "/api/a")).expect(401);
    host.send(&Request::script("GET", "/calls/a")).expect(401);
    crate::gateway::hidden::panics(&host);
}
