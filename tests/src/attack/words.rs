//! Attacks with what only a gateway may say to the services behind it, and with what servers say to each other's caches.

use super::{Row, everywhere};
use crate::{
    host::Host,
    http::{
        browser::{Browser, SESSION},
        request::Request,
    },
};
use lychgate_core::encoding::percent;

pub const ROWS: &[Row] = &[
    everywhere(
        117,
        "a session cookie in a second field reaches no upstream",
        second_cookie_field,
    ),
    everywhere(
        120,
        "nothing that a client says stands for the gateway's word",
        words_of_gateways,
    ),
    everywhere(
        121,
        "no cache in between is told to keep what is protected",
        other_caches,
    ),
];

fn second_cookie_field(host: &dyn Host) {
    let browser = Browser::signed_in(host, "member");
    let session = browser.session().unwrap();
    let ours = format!("{SESSION}={session}");
    for fields in [
        ["theme=dark".to_owned(), ours.clone()],
        [ours.clone(), "theme=dark".to_owned()],
        ["theme=dark; a=1,2".to_owned(), format!("b=3;{ours}")],
    ] {
        let request = fields
            .iter()
            .fold(Request::script("GET", "/open/x"), |request, field| {
                request.with("Cookie", field)
            });
        let seen = host.send(&request).expect(200).json();
        let cookies = seen["headers"]["cookie"].as_str().unwrap();
        assert!(!cookies.contains("lychgate"), "{cookies}");
        assert!(!cookies.contains(&session[..20]), "{cookies}");
        assert!(cookies.contains("theme=dark"), "{cookies}");
    }
    // Alone, it leaves nothing behind; without it, every byte stays.
    let alone = Request::script("GET", "/open/x").with("Cookie", &ours);
    let seen = host.send(&alone).expect(200).json();
    assert!(seen["headers"]["cookie"].is_null(), "{seen}");
    let others = Request::script("GET", "/open/x").with("Cookie", "a=1,2; b=\"3, 4\"");
    let seen = host.send(&others).expect(200).json();
    assert_eq!(seen["headers"]["cookie"], "a=1,2; b=\"3, 4\"");
}

/// The names of the list.
fn names() -> impl Iterator<Item = &'static str> {
    let lines = include_str!("words-of-gateways.txt").lines();
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Other fields of clients, some of which look alike.
const OF_CLIENTS: [&str; 14] = [
    "accept-language",
    "dnt",
    "idempotency-key",
    "prefer",
    "remote",
    "traceparent",
    "x-api-key",
    "x-auth-token",
    "x-client-info",
    "x-csrf-token",
    "x-request-id",
    "x-requested-with",
    "x-user-agent",
    "x-user-id",
];

fn words_of_gateways(host: &dyn Host) {
    assert!(names().count() > 100);
    let mut browser = Browser::signed_in(host, "member");
    // Servers that make variables of names tell none of these spellings apart.
    let spellings: [fn(&str) -> String; 3] = [
        str::to_owned,
        |name| name.replace('-', "_"),
        |name| name.to_ascii_uppercase().replace('-', "_"),
    ];
    let names: Vec<&str> = names().collect();
    for names in names.chunks(24) {
        for spelling in spellings {
            let forged = |target| {
                let request = Request::script("GET", target).with("Accept-Language", "kept");
                names.iter().fold(request, |request, name| {
                    request.with(&spelling(name), "FORGED")
                })
            };
            let session = browser.send(forged("/api/x")).expect(200).json();
            let public = host.send(&forged("/open/x")).expect(200).json();
            for seen in [session, public] {
                assert!(!seen.to_string().contains("FORGED"), "{seen}");
                assert_eq!(seen["headers"]["accept-language"], "kept");
                assert_eq!(seen["headers"]["x-forwarded-host"], host.authority());
            }
        }
    }
    let harmless = OF_CLIENTS
        .iter()
        .fold(Request::script("GET", "/api/x"), |request, name| {
            request.with(name, "kept")
        });
    let seen = browser.send(harmless).expect(200).json();
    for name in OF_CLIENTS {
        assert_eq!(seen["headers"][name], "kept", "{name}");
    }
}

/// Fields that caches of servers and content networks read before `Cache-Control`.
const CACHING: [&str; 8] = [
    "x-accel-expires",
    "edge-control",
    "cdn-cache-control",
    "cloudflare-cdn-cache-control",
    "netlify-cdn-cache-control",
    "x-litespeed-cache-control",
    "surrogate-control",
    "expires",
];

fn other_caches(host: &dyn Host) {
    let fields = CACHING.map(|name| {
        let field = format!("{name}:public, max-age=3600");
        format!("field={}", percent::encode_component(&field))
    });
    let query = fields.join("&");
    let mut browser = Browser::signed_in(host, "member");
    let answer = browser.fetch(&format!("/api/fields?{query}")).expect(200);
    for name in CACHING {
        assert_eq!(answer.header(name), None, "{name}");
    }
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    // An answer that everyone may see may be kept.
    let target = format!("/open/fields?{query}");
    let public = host.send(&Request::script("GET", &target)).expect(200);
    for name in CACHING {
        assert!(public.header(name).is_some(), "{name}");
    }
}
