//! Nothing secret is ever shown: not in a response, not in the log, not by `Debug`, not where a
//! reader of the store could find it.

use crate::{
    host::{
        configuration::key,
        in_process::{InProcess, Setup},
    },
    http::{
        browser::Browser,
        request::{Received, Request},
    },
    scripted::{
        provider::settings::{Answer, Endpoint},
        schedule::{Behaviour, Call},
    },
};
use lychgate_core::gateway::Outcome;

/// A life with everything in it that goes well and badly.
fn live(host: &InProcess) -> Vec<String> {
    let mut shown = Vec::new();
    let mut see = |response: crate::http::response::Response| shown.push(response.summary());
    let mut browser = Browser::new(host);
    see(browser.go("/members/"));
    let callback = browser.callback("/members/?deep", "staff");
    see(browser.go(&callback));
    see(browser.go(&callback));
    see(browser.fetch("/auth/session"));
    see(browser.go("/members/"));
    see(browser.go("/corp/"));
    see(browser.go("/auth/logout"));
    see(browser.fetch("/auth/health"));
    host.world
        .schedule
        .borrow_mut()
        .always(Call::LedgerWrite, Behaviour::Failed);
    see(browser.sign_out());
    host.world.schedule.borrow_mut().clear();
    for endpoint in [Endpoint::Token, Endpoint::Userinfo, Endpoint::Keys] {
        for answer in [
            Answer::html(500),
            Answer::fixed(400, "application/json", "{\"error\":\"SECRET-ERROR\"}"),
        ] {
            host.world.provider().settings.set_answer(endpoint, answer);
            let mut other = Browser::new(host);
            let callback = other.callback("/members/", "member");
            see(other.go(&callback));
            host.world
                .provider()
                .settings
                .set_answer(endpoint, Answer::Document);
        }
    }
    let mut last = browser.sign_out();
    // The provider needs its own token to sign out; it goes there and nowhere else.
    last.headers.retain(|(name, value)| {
        assert!(
            name != "location"
                || value.starts_with(&format!("{}/end?", host.world.provider().issuer))
        );
        name != "location"
    });
    see(last);
    shown
}

#[test]
fn no_secret_is_shown_logged_or_stored_in_the_clear() {
    let host = InProcess::new();
    let mut shown = live(&host);
    let events = host.world.events();
    assert!(events.len() >= 8, "{events:?}");
    shown.extend(events);
    shown.push(format!("{:?}", host.gateway()));
    for (name, value) in host.world.store.borrow().dump() {
        shown.push(name);
        shown.push(String::from_utf8_lossy(&value).into_owned());
    }
    for (_, _, value) in host.world.ledger.borrow_mut().values_mut() {
        shown.push(String::from_utf8_lossy(value).into_owned());
    }
    let raw_key = String::from_utf8(vec![1; 32]).unwrap();
    for text in &shown {
        for secret in ["SECRET-", "eyJ", key(1).as_str(), raw_key.as_str()] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[test]
fn debug_of_a_forward_shows_no_proof_and_no_cookie() {
    let host = InProcess::new();
    let browser = Browser::signed_in(&host, "member");
    let request = browser.prepare(Request::script("GET", "/api/x"));
    let received = Received::new(&request, "app.example.com");
    let decided = crate::executor::block_on(host.gateway().handle(&host.edge, &received));
    assert!(matches!(decided.0, Outcome::Forward(_)));
    let shown = format!("{decided:?}");
    assert!(!shown.contains("SECRET-"), "{shown}");
    assert!(!shown.contains(&browser.session().unwrap()));
}

#[test]
fn a_secret_that_is_wrong_is_not_shown_either() {
    let mut setup = Setup::standard();
    setup.secrets[0].1 = "SECRET-BAD-KEY".to_owned();
    let host = InProcess::with(&setup);
    let mut browser = Browser::new(&host);
    let shown = browser.go("/").expect(503).summary();
    let logged = host.world.events().join("\n");
    assert!(logged.contains("LYCHGATE_KEY_1"), "{logged}");
    for text in [shown, logged, format!("{:?}", host.gateway())] {
        assert!(!text.contains("SECRET-BAD-KEY"), "{text}");
    }
}
