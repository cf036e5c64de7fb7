//! The requests that upstreams see, and what becomes of their answers.

use super::Case;
use crate::{
    host::{Host, configuration::API_SECRET},
    http::{
        browser::{Browser, SESSION},
        request::Request,
        response::Response,
    },
};
use lychgate_core::{
    config::{Freshness, SessionRules},
    cookie::{
        ring::{KeyRing, RingSecret},
        set_cookie::SameSite,
    },
    encoding::percent,
    secret::Secret,
    session::cookie::SessionCookie,
    time::Seconds,
};
use serde_json::Value;

pub const CASES: &[Case] = &[
    ("the API learns who is asking", the_api_learns_who_is_asking),
    (
        "the API learns the claims that it names",
        the_api_learns_claims,
    ),
    (
        "an upstream without identity learns nothing",
        without_identity_nothing,
    ),
    (
        "public routes carry no identity",
        public_routes_carry_no_identity,
    ),
    ("our cookies stay with us", our_cookies_stay_with_us),
    ("answers are edited on the way back", answers_are_edited),
    (
        "what is protected is kept by no shared cache",
        protected_is_kept_by_no_cache,
    ),
    ("bodies pass through unchanged", bodies_pass_unchanged),
    (
        "a query reaches the API byte for byte",
        a_query_reaches_the_api,
    ),
    (
        "several cookies of an upstream stay apart",
        cookies_stay_apart,
    ),
    (
        "an upstream is asked under its own paths",
        asked_under_its_own_paths,
    ),
    (
        "what an upstream says of its paths is turned back",
        its_paths_are_turned_back,
    ),
    (
        "addresses in any field are turned back",
        addresses_are_turned_back,
    ),
    (
        "something is moved to where the upstream knows it",
        destinations,
    ),
    (
        "nobody is shown what an upstream is told",
        no_request_comes_back,
    ),
    (
        "no spelling of a path leads around its rules",
        no_spelling_leads_around,
    ),
];

/// The request as the API received it.
fn seen(browser: &mut Browser<'_>, request: Request) -> Value {
    browser.send(request).expect(200).json()
}

fn the_api_learns_who_is_asking(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "staff");
    let seen = seen(&mut browser, Request::script("GET", "/api/whoami"));
    let headers = &seen["headers"];
    assert_eq!(headers["lychgate-user"], "staff");
    assert_eq!(headers["lychgate-groups"], "members,staff");
    assert_eq!(headers["lychgate-email"], "staff@example.com");
    assert_eq!(headers["lychgate-issuer"], host.issuer());
    assert_eq!(headers["lychgate-secret"], API_SECRET);
    assert_eq!(headers["x-forwarded-host"], host.authority());
}

fn the_api_learns_claims(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "staff");
    let forged = Request::script("GET", "/api/whoami")
        .with("Lychgate-Login", "FORGED")
        .with("lychgate_nothing", "FORGED");
    let seen = seen(&mut browser, forged);
    let headers = &seen["headers"];
    assert_eq!(headers["lychgate-login"], "staff");
    assert_eq!(headers["lychgate-roles"], "reader,editor");
    assert_eq!(headers["lychgate-nothing"], Value::Null);
    assert!(!headers.to_string().contains("FORGED"), "{headers}");
    // The session keeps what an upstream is told.
    let info = browser.fetch("/auth/session").expect(200).json();
    assert_eq!(info["claims"]["preferred_username"], "staff");
}

fn without_identity_nothing(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "staff");
    let seen = seen(&mut browser, Request::script("GET", "/plain/x"));
    let headers = seen["headers"].as_object().unwrap();
    assert!(
        !headers.keys().any(|name| name.starts_with("lychgate")),
        "{seen}"
    );
}

fn public_routes_carry_no_identity(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "staff");
    let seen = seen(&mut browser, Request::script("GET", "/open/x"));
    let headers = seen["headers"].as_object().unwrap();
    let ours: Vec<&String> = headers
        .keys()
        .filter(|name| name.starts_with("lychgate"))
        .collect();
    assert_eq!(ours, ["lychgate-secret"]);
}

fn our_cookies_stay_with_us(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let request = Request::script("GET", "/api/whoami");
    let alone = seen(&mut browser, request.clone());
    assert_eq!(alone["headers"]["cookie"], Value::Null);
    browser.jar.put("theme", "dark");
    let with_others = seen(&mut browser, request);
    assert_eq!(with_others["headers"]["cookie"], "theme=dark");
}

fn answers_are_edited(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let elsewhere = browser.fetch("/api/redirect?to=https%3A%2F%2Felsewhere.example%2Fx");
    assert_eq!(
        elsewhere.expect(302).location(),
        "https://elsewhere.example/x"
    );
    let theirs = browser
        .fetch("/api/set-cookie?cookie=theme%3Ddark")
        .expect(200);
    assert_eq!(theirs.header("set-cookie"), Some("theme=dark"));
    let ours = browser
        .fetch("/api/set-cookie?cookie=__Host-Http-lychgate%3Dx")
        .expect(200);
    assert_eq!(ours.header("set-cookie"), None);
}

fn protected_is_kept_by_no_cache(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let page = browser.go("/members/").expect(200);
    assert_eq!(page.header("cache-control"), Some("private, no-store"));
    let api = browser.fetch("/api/whoami").expect(200);
    assert_eq!(api.header("cache-control"), Some("private, no-store"));
    let file = browser.fetch("/members/handbook.pdf").expect(200);
    assert_eq!(file.header("cache-control"), Some("private, no-cache"));
    assert!(file.header("etag").is_some());
    let public = browser.fetch("/style.css").expect(200);
    assert!(
        !public
            .header("cache-control")
            .unwrap_or_default()
            .contains("private")
    );
}

fn bodies_pass_unchanged(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    for size in [0, 1, 300_000] {
        let body: Vec<u8> = (0..size)
            .map(|at: u32| (at % 251).to_le_bytes()[0])
            .collect();
        let request = Request::script("POST", "/api/echo").with_body(&body);
        let answer = browser.send(request).expect(200);
        assert!(
            answer.body == body,
            "{size} bytes came back as {}",
            answer.body.len()
        );
    }
}

fn a_query_reaches_the_api(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let target = "/api/whoami?a=%20+&b=%2F&&c=%C3%A9";
    let seen = seen(&mut browser, Request::script("GET", target));
    assert_eq!(seen["url"], target);
    assert_eq!(seen["method"], "GET");
}

/// `/api/set-cookie` with each of the fields.
fn setting(path: &str, fields: &[&str]) -> String {
    let fields = fields
        .iter()
        .map(|field| format!("cookie={}", percent::encode_component(field)));
    format!("{path}/set-cookie?{}", fields.collect::<Vec<_>>().join("&"))
}

/// Fields with commas in them, and one of them twice.
const FIELDS: [&str; 4] = [
    "a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT; Path=/",
    "b=\"2, 3\"; Secure; HttpOnly",
    "a=1; Path=/x",
    "c=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
];

fn cookies_stay_apart(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let session = browser.session().unwrap();
    let all = |response: &Response| -> Vec<String> {
        response.all("set-cookie").map(str::to_owned).collect()
    };
    let target = setting("/api", &FIELDS);
    assert_eq!(all(&browser.fetch(&target).expect(200)), FIELDS);
    let public = setting("/open", &FIELDS);
    assert_eq!(all(&browser.fetch(&public).expect(200)), FIELDS);
    // One of ours among them is taken out, and the others stay as they are.
    let mut fields = FIELDS.to_vec();
    fields.insert(2, "__Host-Http-lychgate=x; Path=/");
    let target_with_ours = setting("/api", &fields);
    assert_eq!(all(&browser.fetch(&target_with_ours).expect(200)), FIELDS);
    // Our own, written anew, comes after them.
    let aged = aged(host, &session);
    let request = Request::script("GET", &target).with("Cookie", &format!("{SESSION}={aged}"));
    let mut renewed = all(&host.send(&request).expect(200));
    let ours = renewed.pop().unwrap();
    assert!(ours.starts_with("__Host-Http-lychgate="), "{ours}");
    assert_eq!(renewed, FIELDS);
}

/// A session cookie as it is eleven minutes after it was last written.
fn aged(host: &dyn Host, session: &str) -> String {
    let secret = RingSecret {
        id: 1,
        secret: Secret::new([1; 32]),
        not_after: None,
    };
    let ring = KeyRing::new(&secret, &[]);
    let rules = SessionRules {
        bounded_by_token: false,
        idle_timeout: Seconds::minutes(40),
        absolute_timeout: Seconds::minutes(600),
        freshness: Freshness::Strict,
        same_site: SameSite::Lax,
    };
    let now = host.now();
    let opened = SessionCookie::open(session, &ring, host.origin(), &rules, now).unwrap();
    let cookie = SessionCookie {
        renewed: now.minus(Seconds::minutes(11)),
        ..opened.cookie
    };
    cookie.seal(&ring, host.origin(), [7; 24]).unwrap()
}

fn asked_under_its_own_paths(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    for (target, expected) in [
        ("/moved/here/whoami?a=%20b", "/api/whoami?a=%20b"),
        ("/moved/here", "/api"),
        ("/moved/here/", "/api/"),
        ("/moved/here?x", "/api?x"),
        ("/moved/here/a%21b/./c%7e", "/api/a%21b/c~"),
        ("/bare/x/y", "/x/y"),
        ("/bare", "/"),
        ("/bare/bare", "/bare"),
    ] {
        let seen = seen(&mut browser, Request::script("GET", target));
        assert_eq!(seen["url"], expected, "{target}");
    }
    let body = Request::script("POST", "/moved/here/echo").with_body(b"a body");
    assert_eq!(browser.send(body).expect(200).body, b"a body");
    let whoami = seen(&mut browser, Request::script("GET", "/moved/here/x"));
    assert_eq!(whoami["headers"]["lychgate-user"], "member");
}

fn its_paths_are_turned_back(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    for (to, expected) in [
        ("/api/x?y#z", "/moved/here/x?y#z"),
        ("/api", "/moved/here"),
        ("/other", "/other"),
        ("x", "x"),
        (
            "https://elsewhere.example/api/x",
            "https://elsewhere.example/api/x",
        ),
        ("//elsewhere.example/api/x", "//elsewhere.example/api/x"),
    ] {
        let to = percent::encode_component(to);
        let answer = browser.fetch(&format!("/moved/here/redirect?to={to}"));
        assert_eq!(answer.expect(302).location(), expected);
    }
    let fields = [
        "a=1; Path=/api/x; Expires=Wed, 21 Oct 2037 07:28:00 GMT",
        "b=2; Path=/",
        "__Host-Http-lychgate=x; Path=/api",
        "c=3",
    ];
    let answer = browser.fetch(&setting("/moved/here", &fields)).expect(200);
    let kept: Vec<&str> = answer.all("set-cookie").collect();
    let moved = "a=1; Path=/moved/here/x; Expires=Wed, 21 Oct 2037 07:28:00 GMT";
    assert_eq!(kept, [moved, "b=2; Path=/", "c=3"]);
}

fn addresses_are_turned_back(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    for (name, value, expected) in [
        ("content-location", "/api/x?y", "/moved/here/x?y"),
        ("sourcemap", "/api/x.map", "/moved/here/x.map"),
        ("refresh", "5; url=/api/x", "5; url=/moved/here/x"),
        (
            "link",
            "</api/2>; rel=\"next\", <https://elsewhere.example/api/3>; rel=last",
            "</moved/here/2>; rel=\"next\", <https://elsewhere.example/api/3>; rel=last",
        ),
        ("content-location", "/other", "/other"),
        (
            "content-location",
            "https://elsewhere.example/api/x",
            "https://elsewhere.example/api/x",
        ),
        ("x-other", "/api/x", "/api/x"),
    ] {
        let field = percent::encode_component(&format!("{name}:{value}"));
        let answer = browser.fetch(&format!("/moved/here/fields?field={field}"));
        assert_eq!(answer.expect(200).header(name), Some(expected), "{name}");
        // A route that moves nothing turns nothing back.
        let answer = browser.fetch(&format!("/api/fields?field={field}"));
        assert_eq!(answer.expect(200).header(name), Some(value), "{name}");
    }
}

fn destinations(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let origin = host.origin();
    let to = |destination: &str| {
        Request::script("MOVE", "/moved/here/x").with("Destination", destination)
    };
    for (destination, expected) in [
        ("/moved/here/y?z", "/api/y?z"),
        ("/moved/here/a/../y", "/api/y"),
        // Where a route moves nothing, the path is the upstream's own.
        ("/both/y", "/both/y"),
    ] {
        let seen = seen(&mut browser, to(destination));
        assert_eq!(seen["headers"]["destination"], expected);
    }
    let absolute = to(&format!("{origin}/moved/here/y"))
        .with("If", &format!("<{origin}/moved/here/y> (<urn:uuid:1>)"));
    let seen = seen(&mut browser, absolute);
    let there = seen["headers"]["destination"].as_str().unwrap();
    assert!(
        there.ends_with("/api/y") && !there.starts_with(origin),
        "{there}"
    );
    assert_eq!(seen["headers"]["if"], format!("<{there}> (<urn:uuid:1>)"));
    // Nobody moves anything to where they may not go, nor to another upstream.
    let before = host.api_requests();
    for (destination, status) in [
        ("/press/y", 403),
        ("/calls/y", 403),
        ("/members/y", 403),
        ("/auth/logout", 403),
        ("/moved/here/%2fy", 400),
        ("//elsewhere.example/y", 400),
    ] {
        browser.send(to(destination)).expect(status);
        let absolute = to(&format!("{origin}{destination}"));
        browser.send(absolute).expect(status);
    }
    browser.send(to("y")).expect(400);
    // Servers that read the path alone would take another origin's address for their own.
    for elsewhere in ["https://elsewhere.example", "http://elsewhere.example:8080"] {
        let destination = format!("{elsewhere}/moved/here/y");
        browser.send(to(&destination)).expect(403);
    }
    assert_eq!(host.api_requests(), before);
}

fn no_request_comes_back(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let before = host.api_requests();
    for target in ["/both/x", "/open/x", "/api/x"] {
        let refused = browser.send(Request::script("TRACE", target)).expect(405);
        let allow = refused.header("allow").unwrap();
        assert!(allow.contains("GET") && !allow.contains("TRACE"), "{allow}");
        assert!(!refused.text().contains(API_SECRET));
    }
    assert_eq!(host.api_requests(), before);
    browser
        .send(Request::script("OPTIONS", "/both/x"))
        .expect(200);
}

fn no_spelling_leads_around(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let before = host.api_requests();
    for target in [
        "/moved/here//x",
        "/moved/here/%2fx",
        "/moved/here/..;/x",
        "/bare//evil.example",
        "/bare/%5cx",
    ] {
        browser.fetch(target).expect(400);
    }
    // Dot segments are resolved before a route is looked for, and never afterwards.
    browser.fetch("/bare/../press/x").expect(403);
    browser.fetch("/bare/%2e%2e/press/x").expect(403);
    assert_eq!(host.api_requests(), before);
    host.send(&Request::script("GET", "/moved/here/x"))
        .expect(401);
    // Where an upstream could decode once more and leave the prefix by it, the path is unknown.
    browser.fetch("/bare/%252e%252e/x").expect(404);
    let other = seen(
        &mut browser,
        Request::script("GET", "/bare/%252e%252ex/a%252fb"),
    );
    assert_eq!(other["url"], "/%252e%252ex/a%252fb");
    let exact = seen(&mut browser, Request::script("GET", "/exact/%252e%252e/x"));
    assert_eq!(exact["url"], "/exact/%252e%252e/x");
}
