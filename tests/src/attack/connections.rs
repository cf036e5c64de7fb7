//! Connections that end early, and a store that does not answer, as far as every host shows them; `crate::connections`
//! has the rest.

use super::{
    Row,
    access_tokens::cold,
    everywhere, exposed,
    support::{good_provider, provider},
};
use crate::{
    access_token::{AccessToken, bearer},
    host::{
        Host,
        exposed::{Exposed, Fate},
    },
    http::{browser::Browser, request::Request},
    scripted::provider::settings::{Endpoint, Signer},
};
use std::time::{Duration, Instant};

pub const ROWS: &[Row] = &[
    exposed(
        108,
        "clients that reset while they wait leave nothing behind",
        resets,
    ),
    exposed(
        123,
        "a store that hangs delays no request that does not need it",
        hanging_store,
    ),
    everywhere(
        125,
        "an idle connection that was closed fails no safe request",
        idle_connections,
    ),
];

/// How many clients leave.
const CLIENTS: usize = 12;

fn resets(host: &dyn Exposed) {
    let mut member = Browser::signed_in(host, "member");
    let good = AccessToken::inline(host).text();
    host.send(&bearer(&good, "GET", "/calls/x")).expect(200);
    for _ in 0..CLIENTS {
        let unknown = AccessToken::of(host, host.issuer(), Signer::Ed25519(9)).text();
        host.cut(&bearer(&unknown, "GET", "/calls/x"));
        let mut browser = Browser::new(host);
        let callback = browser.callback("/members/", "member");
        host.cut(&browser.prepare(Request::navigation(&callback)));
        // Nobody knows how far it came; it comes no second time.
        let status = browser.go(&callback).status;
        assert!(matches!(status, 200 | 400), "{status}");
    }
    assert!(host.comes_to_rest());
    let provider = host.scripted_provider().unwrap();
    assert!(provider.lock().unwrap().most_uses_of_a_code() <= 1);
    assert!(member.is_signed_in());
    host.send(&bearer(&good, "GET", "/calls/x")).expect(200);
    assert!(Browser::signed_in(host, "member").is_signed_in());
    assert!(host.comes_to_rest());
}

/// Less than the time for which the store is waited for.
const SOON: Duration = Duration::from_millis(4_900);

fn hanging_store(host: &dyn Exposed) {
    let browser = Browser::signed_in(host, "member");
    let page = browser.prepare(Request::script("GET", "/members/"));
    for (request, status) in [
        (Request::navigation("/"), 200),
        (Request::navigation("/auth/health"), 200),
        (Request::script("GET", "/members/"), 401),
        (Request::script("GET", "/nowhere/../open/x"), 200),
    ] {
        let begun = Instant::now();
        let answer = host.send_to(Fate::StoreHangs, &request).unwrap();
        answer.expect(status);
        let took = begun.elapsed();
        assert!(took < SOON, "{} took {took:?}", request.target);
    }
    // A page with a session needs it, and waits for it once.
    let begun = Instant::now();
    let refused = host.send_to(Fate::StoreHangs, &page).unwrap().expect(503);
    assert!(refused.header("retry-after").is_some());
    assert!(begun.elapsed() < SOON * 3);
    host.send_to(Fate::Cold, &page).unwrap().expect(200);
}

fn idle_connections(host: &dyn Host) {
    let drop_next = |endpoint, times| {
        provider(host, |settings| {
            settings.unanswered.insert(endpoint, times);
        });
    };
    let shared = host.scripted_provider().unwrap();
    let count = |endpoint| shared.lock().unwrap().count(endpoint);
    provider(host, |settings| settings.claims_in_id_token = false);
    // A request that only reads is sent once more.
    for endpoint in [Endpoint::Discovery, Endpoint::Keys, Endpoint::Userinfo] {
        // Where the store has a copy of the keys, nobody is asked for them.
        cold(host);
        let mut browser = Browser::new(host);
        drop_next(endpoint, 1);
        eprintln!("{endpoint:?}");
        browser.sign_in("/members/", "member");
        assert!(browser.is_signed_in(), "{endpoint:?}");
    }
    // Nobody is asked a third time. Userinfo is not needed to sign in.
    for (endpoint, status) in [(Endpoint::Keys, 502), (Endpoint::Userinfo, 200)] {
        cold(host);
        let mut browser = Browser::new(host);
        let callback = browser.callback("/members/", "member");
        host.forget();
        let before = count(endpoint);
        drop_next(endpoint, 2);
        browser.go(&callback).expect(status);
        assert_eq!(count(endpoint) - before, 2, "{endpoint:?}");
        assert_eq!(browser.session().is_some(), status == 200);
    }
    // A code is sent once.
    let mut browser = Browser::new(host);
    let callback = browser.callback("/members/", "member");
    let before = host.token_requests();
    drop_next(Endpoint::Token, 1);
    browser.go(&callback).expect(502);
    assert_eq!(host.token_requests() - before, 1);
    assert_eq!(browser.session(), None);
    good_provider(host);
    assert!(Browser::signed_in(host, "member").is_signed_in());
}
