//! Attacks from other sites, with the cookies of a person who is signed in.

use super::{Row, everywhere};
use crate::{
    host::Host,
    http::{browser::Browser, request::Request},
};

pub const ROWS: &[Row] = &[
    everywhere(
        68,
        "a cross-site post without a body is refused",
        empty_posts,
    ),
    everywhere(
        69,
        "no other origin reads with credentials",
        foreign_origins,
    ),
    everywhere(70, "an image signs nobody out", image_logout),
    everywhere(71, "the session endpoint shows no token", no_token),
    everywhere(100, "another site opens no socket", sockets),
    everywhere(
        119,
        "no page makes a request of this site out of another's without need",
        resume,
    ),
];

/// With `same_site = "lax"` the session cookie comes along as it is; `gateway/same_site.rs` has the other half.
fn resume(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    for destination in ["document", "iframe", "image"] {
        let request = Request::navigation("/auth/resume?return_to=%2Fmembers%2F")
            .replacing("Sec-Fetch-Site", Some("cross-site"))
            .replacing("Sec-Fetch-Dest", Some(destination));
        let page = browser.send(request).expect(404);
        assert!(!page.text().contains("data-to"), "{}", page.summary());
    }
    let directly = Request::navigation("/members/");
    browser
        .send(directly.replacing("Sec-Fetch-Site", Some("cross-site")))
        .expect(200);
}

fn empty_posts(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let before = host.api_requests();
    for site in ["cross-site", "same-site", "none", "nonsense"] {
        let post = Request::script("POST", "/api/x").replacing("Sec-Fetch-Site", Some(site));
        browser.send(post).expect(403);
    }
    let bare = Request::new("POST", "/api/x");
    browser.send(bare.clone()).expect(403);
    browser
        .send(bare.clone().with("Origin", "https://evil.example"))
        .expect(403);
    let torn = Request::script("POST", "/api/x").with("Origin", "https://evil.example");
    browser.send(torn).expect(403);
    assert_eq!(host.api_requests(), before);
    browser.send(bare.with("Origin", host.origin())).expect(200);
    browser.send(Request::script("POST", "/api/x")).expect(200);
}

fn foreign_origins(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let sibling = host.origin().replace("://", "://sibling.");
    for origin in ["null", sibling.as_str(), "https://evil.example"] {
        for target in ["/auth/session", "/members/", "/api/x"] {
            let read = Request::script("GET", target)
                .replacing("Sec-Fetch-Site", Some("cross-site"))
                .with("Origin", origin);
            let response = browser.send(read);
            let grants = |name: &str| name.starts_with("access-control-");
            assert!(
                !response.headers.iter().any(|(name, _)| grants(name)),
                "{}",
                response.summary()
            );
        }
        let post = Request::new("POST", "/api/x").with("Origin", origin);
        browser.send(post).expect(403);
    }
    let preflight = Request::new("OPTIONS", "/api/x")
        .with("Origin", "https://evil.example")
        .with("Access-Control-Request-Method", "POST");
    assert_eq!(
        host.send(&preflight)
            .expect(405)
            .header("access-control-allow-origin"),
        None
    );
}

fn image_logout(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let image = Request::new("GET", "/auth/logout")
        .with("Accept", "image/*")
        .with("Sec-Fetch-Site", "cross-site")
        .with("Sec-Fetch-Mode", "no-cors")
        .with("Sec-Fetch-Dest", "image");
    let response = browser.send(image);
    assert_eq!(
        response.header("set-cookie"),
        None,
        "{}",
        response.summary()
    );
    let form = Request::form("/auth/logout").replacing("Sec-Fetch-Site", Some("same-site"));
    browser.send(form).expect(403);
    assert!(browser.is_signed_in());
    browser.sign_out().expect(303);
    assert!(!browser.is_signed_in());
}

fn no_token(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let info = browser.fetch("/auth/session").expect(200);
    for secret in ["SECRET", "eyJ", "_token"] {
        assert!(!info.text().contains(secret), "{}", info.text());
    }
    assert_eq!(info.json()["subject"], "member");
}

fn sockets(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let open = |site: &str| {
        Request::new("GET", "/api/x")
            .with("Connection", "Upgrade")
            .with("Upgrade", "websocket")
            .with("Sec-WebSocket-Version", "13")
            .with("Sec-WebSocket-Key", "MDEyMzQ1Njc4OWFiY2RlZg==")
            .with("Sec-Fetch-Site", site)
            .with("Sec-Fetch-Mode", "websocket")
    };
    let before = host.api_requests();
    browser
        .send(open("cross-site").with("Origin", "https://evil.example"))
        .expect(403);
    browser.send(open("same-site")).expect(403);
    browser.send(open("none")).expect(403);
    assert_eq!(host.api_requests(), before);
    let ours = browser.send(open("same-origin").with("Origin", host.origin()));
    if host.opens_web_sockets() {
        // Between this host and the API nobody speaks WebSocket; that the request came so far is what counts.
        assert_eq!(host.api_requests(), before + 1);
    } else {
        assert_eq!(ours.expect(501).json()["error"], "websocket_unsupported");
    }
}
