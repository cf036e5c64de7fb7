//! Attacks that a change of the deployment, or something that it lacks, would let through.

use super::{Row, everywhere, exposed};
use crate::{
    host::{
        Host,
        configuration::key,
        exposed::{Exposed, Fate},
    },
    http::{
        browser::{Browser, SESSION},
        request::Request,
    },
};
use lychgate_core::time::{Seconds, UnixTime, utc::Utc};
use serde_json::json;

pub const ROWS: &[Row] = &[
    everywhere(11, "a response cannot move between providers", mix_up),
    everywhere(
        28,
        "a retired key opens nothing, one before its end does",
        retired_key,
    ),
    everywhere(66, "a gateway that lacks something serves nothing", lacking),
    exposed(66, "what is over its quota lets nobody in", over_quota),
    exposed(66, "a trap lets nobody in", trap),
];

fn mix_up(host: &dyn Host) {
    let standard = host.deployment();
    let mut both = standard.clone();
    let providers = both.configuration["provider"].as_array_mut().unwrap();
    let mut other = providers[0].clone();
    other["id"] = json!("other");
    providers.push(other);
    host.deploy(&both);
    for (chosen, moved) in [("other", "demo"), ("demo", "other")] {
        let mut browser = Browser::new(host);
        let begin = format!("/auth/login?return_to=/members/&provider={chosen}");
        let callback = browser.callback(&begin, "member");
        let place = format!("/auth/callback/{chosen}?");
        assert!(callback.starts_with(&place), "{callback}");
        let before = host.token_requests();
        let elsewhere = callback.replace(&place, &format!("/auth/callback/{moved}?"));
        let mut moved = Browser::new(host);
        moved.jar = browser.jar.clone();
        moved.go(&elsewhere).expect(400);
        assert_eq!(moved.session(), None);
        assert_eq!(host.token_requests(), before);
        browser.arrive(&callback);
        assert!(browser.is_signed_in());
    }
    host.deploy(&standard);
}

/// A day has as many seconds.
const DAY: Seconds = Seconds::minutes(24 * 60);

fn retired_key(host: &dyn Host) {
    let standard = host.deployment();
    let mut browser = Browser::signed_in(host, "member");
    let old = browser.session().unwrap();
    let changed = |not_after: UnixTime| {
        let mut changed = standard.clone();
        changed.configuration["key"] = json!([
            {"id": 2, "secret": "LYCHGATE_KEY_2"},
            {"id": 1, "secret": "LYCHGATE_KEY_1", "not_after": Utc::of(not_after).unwrap().to_string()},
        ]);
        let second = ("LYCHGATE_KEY_2".to_owned(), key(2));
        changed.secrets.push(second);
        changed
    };
    // Before its end it opens, and what it sealed is sealed anew.
    host.deploy(&changed(host.now().plus(DAY)));
    assert!(browser.is_signed_in());
    assert_ne!(browser.session().unwrap(), old);
    let mut newcomer = Browser::signed_in(host, "staff");
    // After its end it opens nothing, neither the cookie nor the head of the session.
    host.deploy(&changed(host.now().minus(Seconds::new(1))));
    let mut late = Browser::new(host);
    late.jar.put(SESSION, &old);
    assert!(!late.is_signed_in());
    assert!(!browser.is_signed_in());
    assert!(newcomer.is_signed_in());
    host.deploy(&standard);
}

/// The public and the protected, files and API, and an endpoint of our own.
const TARGETS: [&str; 6] = [
    "/",
    "/style.css",
    "/members/",
    "/api/x",
    "/open/x",
    "/auth/session",
];

fn lacking(host: &dyn Host) {
    let standard = host.deployment();
    let mut browser = Browser::signed_in(host, "member");
    let before = host.api_requests();
    let mut deployments = Vec::new();
    let mut without = standard.clone();
    without.secrets.retain(|(name, _)| name != "LYCHGATE_KEY_1");
    deployments.push(("a key", without));
    for name in host.bindings() {
        let mut without = standard.clone();
        without.without.push(name);
        deployments.push((*name, without));
    }
    for (name, deployment) in deployments {
        host.deploy(&deployment);
        for target in TARGETS {
            // With the cookie of a living session and without.
            for request in [Request::script("GET", target), Request::navigation(target)] {
                let refused = host.send(&request);
                assert_eq!(refused.status, 503, "{target} without {name}");
                let refused = host.send(&browser.prepare(request));
                assert_eq!(refused.status, 503, "{target} without {name}");
                assert_eq!(refused.header("set-cookie"), None);
            }
        }
    }
    assert_eq!(host.api_requests(), before);
    host.deploy(&standard);
    assert!(browser.is_signed_in());
    for target in TARGETS {
        browser.fetch(target).expect(200);
    }
}

/// Targets that need the ledger and the store, unless the session is remembered.
const PROTECTED: [&str; 3] = ["/members/", "/api/x", "/auth/session"];

fn over_quota(host: &dyn Exposed) {
    for fate in [Fate::LedgerRefuses, Fate::StoreRefuses] {
        let mut browser = Browser::signed_in(host, "member");
        let kept = browser.session();
        let before = host.api_requests();
        for target in PROTECTED {
            let request = browser.prepare(Request::script("GET", target));
            let refused = host.send_to(fate, &request).unwrap().expect(503);
            assert!(
                refused.header("retry-after").is_some(),
                "{}",
                refused.summary()
            );
            browser.keep(&refused);
        }
        assert_eq!(browser.session(), kept, "the cookie is lost");
        assert_eq!(host.api_requests(), before);
        for target in PROTECTED {
            browser.fetch(target).expect(200);
        }
        // Nor does anybody get a session that nothing keeps.
        let mut newcomer = Browser::new(host);
        let callback = newcomer.callback("/members/", "member");
        let request = newcomer.prepare(Request::navigation(&callback));
        let refused = host.send_to(fate, &request).unwrap().expect(503);
        newcomer.keep(&refused);
        assert_eq!(newcomer.session(), None);
        newcomer.sign_in("/members/", "member");
        assert!(newcomer.is_signed_in());
    }
}

fn trap(host: &dyn Exposed) {
    let mut browser = Browser::signed_in(host, "member");
    let kept = browser.session();
    for target in PROTECTED {
        let before = host.api_requests();
        let request = browser.prepare(Request::script("GET", target));
        if let Some(lost) = host.send_to(Fate::LedgerTraps, &request) {
            assert!(matches!(lost.status, 500 | 503), "{}", lost.summary());
            assert!(!lost.text().contains("member"), "{}", lost.summary());
            assert_eq!(lost.header("set-cookie"), None);
        }
        assert_eq!(host.api_requests(), before);
        // The next one meets a gateway that protects what it did.
        host.send(&Request::script("GET", target)).expect(401);
        browser.fetch(target).expect(200);
    }
    assert_eq!(browser.session(), kept, "the cookie is lost");
    let mut newcomer = Browser::new(host);
    let callback = newcomer.callback("/members/", "member");
    let request = newcomer.prepare(Request::navigation(&callback));
    if let Some(lost) = host.send_to(Fate::LedgerTraps, &request) {
        assert!(matches!(lost.status, 500 | 503), "{}", lost.summary());
        newcomer.keep(&lost);
    }
    assert_eq!(newcomer.session(), None);
    newcomer.sign_in("/members/", "member");
    assert!(newcomer.is_signed_in());
}
