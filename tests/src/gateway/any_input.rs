//! Whatever is sent, something sensible comes back.

use crate::{
    executor::block_on,
    host::in_process::InProcess,
    http::{
        browser::{ATTEMPT, Browser, SESSION, TOMBSTONE},
        request::Request,
    },
};
use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_oneof, proptest};

/// Every status that the gateway and the upstreams of the tests answer with.
const STATUSES: [u16; 14] = [
    200, 204, 302, 303, 307, 400, 401, 403, 404, 405, 413, 421, 502, 503,
];

const HEADERS: [&str; 14] = [
    "Accept",
    "Authorization",
    "Connection",
    "Content-Type",
    "Cookie",
    "Origin",
    "Purpose",
    "Sec-Fetch-Dest",
    "Sec-Fetch-Mode",
    "Sec-Fetch-Site",
    "Sec-Purpose",
    "Upgrade",
    "X-Forwarded-Host",
    "lychgate-user",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~]{0,40}",
        "[a-zA-Z0-9_-]{0,300}",
        prop::sample::select(vec![
            "navigate",
            "document",
            "same-origin",
            "cross-site",
            "websocket",
            "text/html",
            "*/*",
            "null",
            "https://app.example.com",
            "Bearer x",
            "close",
        ])
        .prop_map(str::to_owned),
    ]
}

fn target() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "/",
        "\\",
        "..",
        ".",
        "%2e",
        "%2f",
        "%5c",
        "%00",
        "%",
        "%zz",
        ";",
        "?",
        "#",
        "&",
        "=",
        "members",
        "staff",
        "api",
        "auth",
        "login",
        "logout",
        "callback/demo",
        "session",
        "state",
        "code",
        "return_to=",
        "iss",
        "error",
        "\u{0}",
        "\r\n",
        "é",
        "a",
        "+",
        "%C3%A9",
        "%FF",
    ]);
    prop_oneof![
        any::<String>(),
        prop::collection::vec(piece, 0..12).prop_map(|pieces| format!("/{}", pieces.concat())),
        "/auth/callback/demo\\?code=[a-z]{0,3}&state=[A-Za-z0-9_-]{43}",
        "/[a-z/.%?&=]{0,60}",
    ]
}

fn cookies(good: String) -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![SESSION, TOMBSTONE, ATTEMPT, "a", ""]);
    let value = prop_oneof![
        text(),
        (0..good.len(), any::<u8>()).prop_map(move |(at, byte)| {
            let mut bytes = good.clone().into_bytes();
            bytes[at] = b'A' + byte % 26;
            String::from_utf8(bytes).unwrap()
        }),
    ];
    let pair = (name, value).prop_map(|(name, value)| format!("{name}={value}"));
    prop::collection::vec(pair, 0..4).prop_map(|pairs| pairs.join("; "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_request_makes_the_gateway_panic(
        method in prop_oneof!["GET|HEAD|POST|PUT|OPTIONS", "[A-Z]{0,8}", any::<String>()],
        target in target(),
        host in prop_oneof!["app.example.com", "[a-zA-Z0-9.:@\\[\\]-]{0,30}", any::<String>()],
        headers in prop::collection::vec((prop::sample::select(HEADERS.to_vec()), text()), 0..8),
        cookie in cookies(good_cookie()),
        body in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        let gate = InProcess::new();
        let mut request = Request::new(&method, &target).at_host(&host).with("Cookie", &cookie).with_body(&body);
        for (name, value) in headers {
            request = request.with(name, &value);
        }
        let response = block_on(gate.serve_whole(&request));
        assert!(STATUSES.contains(&response.status), "{}", response.summary());
        let split = |(_, value): &(String, String)| value.contains(['\r', '\n', '\0']);
        assert!(!response.headers.iter().any(split), "{}", response.summary());
    }
}

/// A cookie that every isolate of the standard deployment opens.
fn good_cookie() -> String {
    thread_local! {
        static COOKIE: String = Browser::signed_in(&InProcess::new(), "member").session().unwrap();
    }
    COOKIE.with(Clone::clone)
}
