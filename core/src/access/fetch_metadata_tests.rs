//! Requests as browsers and tools send them: navigations, proofs of the same origin, upgrades.

use super::*;
use crate::http::{
    inbound::{BodyError, ByteCount},
    url::Url,
};
use alloc::{borrow::ToOwned, vec::Vec};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// A request of headers alone.
struct Headers<'a>(&'a [(&'a str, &'a str)]);

impl Inbound for Headers<'_> {
    fn method(&self) -> Method {
        Method::Get
    }
    fn target(&self) -> &str {
        "/"
    }
    fn host(&self) -> &str {
        "app.example.com"
    }
    fn header(&self, name: &HeaderName) -> Option<String> {
        let mut values = self.0.iter().filter(|(key, _)| *key == name.as_str());
        values.next().map(|(_, value)| (*value).to_owned())
    }
    async fn body(&self, _: ByteCount) -> Result<Vec<u8>, BodyError> {
        Err(BodyError::Broken)
    }
}

fn read(headers: &[(&str, &str)]) -> FetchMetadata {
    FetchMetadata::read(&Headers(headers)).unwrap()
}

const SITE: &str = "sec-fetch-site";
const MODE: &str = "sec-fetch-mode";
const DEST: &str = "sec-fetch-dest";
const DOCUMENT: [(&str, &str); 3] = [(SITE, "cross-site"), (MODE, "navigate"), (DEST, "document")];

#[test]
fn two_values_in_a_header_that_stands_once_are_malformed() {
    for (name, twice, once) in [
        ("authorization", "Bearer a, Bearer b", "Bearer a"),
        (
            "origin",
            "https://x.example, https://y.example",
            "https://x.example",
        ),
        (SITE, "same-origin, cross-site", "same-origin"),
        (MODE, "navigate, cors", "navigate"),
        (DEST, "document, empty", "document"),
    ] {
        let fault = FetchMetadata::read(&Headers(&[(name, twice)])).unwrap_err();
        assert_eq!(fault.name.as_str(), name);
        assert!(
            FetchMetadata::read(&Headers(&[(name, once)])).is_ok(),
            "{name}"
        );
    }
}

#[test]
fn a_navigation_is_a_get_for_a_document() {
    assert!(read(&DOCUMENT).is_navigation(&Method::Get));
    for method in [Method::Head, Method::Post, Method::Options] {
        assert!(!read(&DOCUMENT).is_navigation(&method));
    }
    for (mode, destination) in [
        ("no-cors", "image"),
        ("cors", "empty"),
        ("navigate", "iframe"),
        ("navigate", "empty"),
        ("no-cors", "document"),
        ("same-origin", "document"),
    ] {
        let headers = [(MODE, mode), (DEST, destination), ("accept", "text/html")];
        assert!(
            !read(&headers).is_navigation(&Method::Get),
            "{mode} {destination}"
        );
    }
    // A part of the headers does not stand for all of them, nor does Accept then.
    for part in DOCUMENT {
        let headers = [part, ("accept", "text/html")];
        assert!(!read(&headers).is_navigation(&Method::Get), "{part:?}");
    }
}

#[test]
fn a_prefetch_is_no_navigation() {
    for prefetch in [
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "prefetch"),
    ] {
        let headers = [&DOCUMENT[..], &[prefetch]].concat();
        assert!(!read(&headers).is_navigation(&Method::Get), "{prefetch:?}");
        let old = [("accept", "text/html"), prefetch];
        assert!(!read(&old).is_navigation(&Method::Get), "{prefetch:?}");
    }
}

#[test]
fn without_fetch_metadata_accepting_html_is_a_navigation() {
    for accept in [
        "text/html",
        "application/xhtml+xml, TEXT/HTML;q=0.9, */*;q=0.8",
    ] {
        assert!(
            read(&[("accept", accept)]).is_navigation(&Method::Get),
            "{accept}"
        );
    }
    for accept in ["*/*", "application/json", "text/htmlx", "text/html;q=0", ""] {
        assert!(
            !read(&[("accept", accept)]).is_navigation(&Method::Get),
            "{accept}"
        );
    }
    assert!(!read(&[]).is_navigation(&Method::Get));
    let probe = [("user-agent", "GoogleHC/1.0"), ("accept", "*/*")];
    assert!(!read(&probe).is_navigation(&Method::Get));
}

#[test]
fn only_our_own_pages_prove_the_same_origin() {
    let ours = Url::parse("https://app.example.com").unwrap();
    let ours = ours.origin();
    let own = ("origin", "https://app.example.com");
    let proofs: [&[(&str, &str)]; 5] = [
        &[(SITE, "same-origin")],
        // A form on a page with `Referrer-Policy: no-referrer`, as Chromium sends it.
        &[(SITE, "same-origin"), ("origin", "null")],
        &[(SITE, "same-origin"), own],
        &[own],
        &[(SITE, "none"), own],
    ];
    for proof in proofs {
        assert!(read(proof).proves_same_origin(ours), "{proof:?}");
    }
    let no_proofs: [&[(&str, &str)]; 15] = [
        &[],
        &[(SITE, "none")],
        &[(SITE, "same-site")],
        &[(SITE, "cross-site")],
        &[(SITE, "SAME-ORIGIN")],
        &[(SITE, "")],
        &[(SITE, "cross-site"), own],
        &[(SITE, "same-site"), own],
        &[(SITE, "same-origin"), ("origin", "https://evil.example")],
        // A sandboxed frame or a `data:` document.
        &[(SITE, "cross-site"), ("origin", "null")],
        &[(SITE, "none"), ("origin", "null")],
        &[("origin", "null")],
        &[("origin", "https://blog.app.example.com")],
        &[("origin", "http://app.example.com")],
        &[("origin", "https://app.example.com:8443")],
    ];
    for headers in no_proofs {
        assert!(!read(headers).proves_same_origin(ours), "{headers:?}");
    }
}

#[test]
fn an_upgrade_is_seen_in_any_form_and_is_no_navigation() {
    for headers in [
        &[("upgrade", "websocket")][..],
        &[("upgrade", "WebSocket")],
        &[("upgrade", "h2c, websocket")],
        &[(MODE, "websocket")],
    ] {
        assert!(read(headers).is_upgrade(), "{headers:?}");
        let html = [headers, &[("accept", "text/html")]].concat();
        assert!(!read(&html).is_navigation(&Method::Get));
    }
    assert!(!read(&DOCUMENT).is_upgrade());
    assert!(!read(&[("upgrade-insecure-requests", "1")]).is_upgrade());
}

#[test]
fn a_web_socket_is_told_from_other_upgrades() {
    let upgrade = |headers: &[(&str, &str)], method| read(headers).upgrade(method);
    for (headers, expected) in [
        (&[("upgrade", "websocket")][..], Upgrade::WebSocket),
        (&[("upgrade", "WebSocket")], Upgrade::WebSocket),
        (&[("sec-websocket-key", "x")], Upgrade::WebSocket),
        (&[("upgrade", "h2c, websocket")], Upgrade::Other),
        (
            &[("upgrade", "h2c"), ("sec-websocket-key", "x")],
            Upgrade::Other,
        ),
        (&DOCUMENT, Upgrade::None),
    ] {
        assert_eq!(upgrade(headers, &Method::Get), expected, "{headers:?}");
    }
    let websocket = [("upgrade", "websocket")];
    assert_eq!(upgrade(&websocket, &Method::Post), Upgrade::Other);
}
