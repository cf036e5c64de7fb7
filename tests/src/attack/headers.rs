//! Attacks with headers, on the way in and on the way back.

use super::{Row, everywhere};
use crate::{
    host::Host,
    http::{browser::Browser, request::Request},
};
use serde_json::Value;

pub const ROWS: &[Row] = &[
    everywhere(57, "a header cannot change the method", method_override),
    everywhere(
        58,
        "nobody else says where a request comes from",
        forwarding,
    ),
    everywhere(60, "nobody else says who is asking", identity),
    everywhere(
        61,
        "a connection header takes none of ours away",
        connection,
    ),
    everywhere(63, "public routes strip identity, too", public_identity),
    everywhere(
        67,
        "what a signed-in person sees is kept by nobody",
        cached_pages,
    ),
    everywhere(
        72,
        "a redirect elsewhere takes no credential along",
        redirects,
    ),
    everywhere(98, "two people, one file, no shared copy", shared_file),
    everywhere(99, "an upstream sets no cookie of ours", upstream_cookies),
    everywhere(101, "a bad bearer is not made good by a cookie", bad_bearer),
    everywhere(102, "two values where one is meant are refused", two_values),
];

fn echo(browser: &mut Browser<'_>, request: Request) -> Value {
    browser.send(request).expect(200).json()
}

fn method_override(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    for name in [
        "X-HTTP-Method-Override",
        "X-HTTP-Method",
        "X-Method-Override",
    ] {
        let seen = echo(
            &mut browser,
            Request::script("POST", "/api/x").with(name, "DELETE"),
        );
        assert_eq!(seen["method"], "POST");
        assert_eq!(seen["headers"][name.to_lowercase()], Value::Null);
        let delete = Request::script("DELETE", "/api/x").with(name, "GET");
        browser.send(delete).expect(405);
        let cross = Request::script("POST", "/api/x")
            .with(name, "GET")
            .replacing("Sec-Fetch-Site", Some("cross-site"));
        browser.send(cross).expect(403);
    }
}

fn forwarding(host: &dyn Host) {
    let spoofed = [
        ("X-Forwarded-Uri", "/open/x"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "gopher"),
        ("X-Forwarded-Prefix", "/open"),
        ("X-Forwarded-For", "192.0.2.7"),
        ("X-Original-URL", "/open/x"),
        ("X-Original-URI", "/open/x"),
        ("X-Rewrite-URL", "/open/x"),
        ("Forwarded", "host=evil.example"),
        ("X-Host", "evil.example"),
    ];
    let spoof = |request: Request| {
        spoofed
            .iter()
            .fold(request, |request, (name, value)| request.with(name, value))
    };
    host.send(&spoof(Request::script("GET", "/members/")))
        .expect(401);
    let login = host
        .send(&spoof(Request::navigation("/members/")))
        .expect(303);
    let page = host
        .send(&spoof(Request::navigation(login.location())))
        .expect(200);
    for answer in [login, page] {
        let shown = answer.summary();
        assert!(!shown.contains("evil.example"), "{shown}");
    }
    let mut browser = Browser::signed_in(host, "member");
    let seen = echo(&mut browser, spoof(Request::script("GET", "/api/x")));
    for (_, value) in spoofed {
        assert!(
            !seen["headers"].to_string().contains(value),
            "{value} in {seen}"
        );
    }
    assert_eq!(seen["headers"]["x-forwarded-host"], host.authority());
}

const FORGED: [&str; 6] = [
    "Lychgate-User",
    "LYCHGATE-USER",
    "lychgate_user",
    "Lychgate_Groups",
    "lychgate-secret",
    "lychgate-anything",
];

fn forge(request: Request) -> Request {
    FORGED
        .iter()
        .fold(request, |request, name| request.with(name, "FORGED"))
}

fn identity(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    for target in ["/api/x", "/plain/x"] {
        let seen = echo(&mut browser, forge(Request::script("GET", target)));
        assert!(!seen.to_string().contains("FORGED"), "{seen}");
    }
    let seen = echo(
        &mut browser,
        forge(Request::script("GET", "/api/x")).with("X-Team", "FORGED"),
    );
    assert!(!seen.to_string().contains("FORGED"), "{seen}");
    assert_eq!(seen["headers"]["lychgate-user"], "member");
    let harmless = Request::script("GET", "/plain/x").with("X-Lychgate-User", "kept");
    assert_eq!(
        echo(&mut browser, harmless)["headers"]["x-lychgate-user"],
        "kept"
    );
}

fn connection(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let request = Request::script("GET", "/api/x")
        .with("Connection", "close, Lychgate-User, Lychgate-Secret");
    let seen = echo(&mut browser, request);
    assert_eq!(seen["headers"]["lychgate-user"], "member");
    assert!(seen["headers"]["lychgate-secret"].is_string());
}

fn public_identity(host: &dyn Host) {
    for method in ["GET", "POST", "OPTIONS"] {
        let seen = host
            .send(&forge(Request::new(method, "/open/x")))
            .expect(200)
            .json();
        assert_eq!(seen["method"], method);
        assert!(!seen.to_string().contains("FORGED"), "{seen}");
        let headers = seen["headers"].as_object().unwrap();
        assert!(!headers.contains_key("lychgate-user"), "{seen}");
    }
}

fn cached_pages(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    for target in [
        "/auth/session/x.css",
        "/auth/session",
        "/auth/logout",
        "/auth/nothing",
        "/members/",
        "/api/x.css",
        "/staff/",
    ] {
        let response = browser.go(target);
        let cache = response.header("cache-control");
        assert_eq!(
            cache,
            Some("private, no-store"),
            "{target}: {}",
            response.summary()
        );
    }
    let public = browser.go("/").expect(200);
    assert!(
        !public
            .header("cache-control")
            .unwrap_or_default()
            .contains("no-store")
    );
}

fn redirects(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let elsewhere = "/api/redirect?to=https%3A%2F%2Fevil.example%2Fx";
    let before = host.api_requests();
    // The redirect is handed to the browser as it is; nothing follows it with our headers.
    let response = browser.fetch(elsewhere).expect(302);
    assert_eq!(response.location(), "https://evil.example/x");
    let local = browser.fetch("/api/redirect?to=%2Fapi%2Fy").expect(302);
    assert_eq!(local.location(), "/api/y");
    assert_eq!(host.api_requests(), before + 2);
}

fn shared_file(host: &dyn Host) {
    let mut member = Browser::signed_in(host, "member");
    let mut staff = Browser::signed_in(host, "staff");
    for browser in [&mut member, &mut staff] {
        let file = browser.fetch("/members/handbook.pdf").expect(200);
        assert_eq!(file.header("cache-control"), Some("private, no-cache"));
        assert!(file.header("etag").is_some());
        assert_eq!(file.header("expires"), None);
    }
    host.send(&Request::script("GET", "/members/handbook.pdf"))
        .expect(401);
}

fn upstream_cookies(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    for name in [
        "__Host-Http-lychgate",
        "__host-http-LYCHGATE",
        "__Host-Http-lychgate-a-x",
        "__Host-Http-lychgate-x",
    ] {
        let target = format!("/api/set-cookie?cookie={name}%3Dx%3B%20Path%3D%2F");
        let response = browser.fetch(&target).expect(200);
        assert_eq!(response.header("set-cookie"), None, "{name}");
    }
    let response = browser
        .fetch("/api/set-cookie?cookie=other%3Dx")
        .expect(200);
    assert_eq!(response.header("set-cookie"), Some("other=x"));
    assert!(browser.is_signed_in());
}

fn bad_bearer(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    for authorization in ["Bearer x", "Bearer ", "Basic eDp5", "x"] {
        let request = Request::script("GET", "/api/x").with("Authorization", authorization);
        let refused = browser.send(request).expect(401);
        assert_eq!(refused.json()["error"], "invalid_token");
        assert!(
            refused
                .header("www-authenticate")
                .unwrap()
                .contains("invalid_token")
        );
    }
    assert!(browser.is_signed_in());
}

fn two_values(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let post = || Request::script("POST", "/api/x");
    let twice = [
        post().with("Authorization", "Bearer a, Bearer b"),
        post()
            .with("Authorization", "Bearer a")
            .with("Authorization", "Bearer b"),
        Request::script("GET", "/api/x").with("Authorization", "Bearer a, Bearer b"),
        post().with(
            "Origin",
            &format!("{}, https://evil.example", host.origin()),
        ),
        post().with("Sec-Fetch-Site", "cross-site"),
        Request::script("GET", "/api/x").with("Origin", "https://a.example, https://b.example"),
    ];
    for request in twice {
        browser.send(request).expect(400);
    }
    browser
        .send(post().with("Origin", host.origin()))
        .expect(200);
}
