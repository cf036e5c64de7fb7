//! URLs and origins that are read, and those that are refused.

use super::url::*;
use alloc::{format, string::ToString};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn the_normal_form_is_kept() {
    assert_eq!(
        url("HTTPS://OP.Example.com:443").to_string(),
        "https://op.example.com/"
    );
    assert_eq!(
        url("http://localhost:8787/a?b=c").to_string(),
        "http://localhost:8787/a?b=c"
    );
    assert_eq!(
        url("https://9.9.9.9:8443/").to_string(),
        "https://9.9.9.9:8443/"
    );
}

#[test]
fn what_parsers_read_differently_is_refused() {
    for (text, fault) in [
        ("https://ok@evil.example", UrlFault::Character),
        ("https://op.example\\@evil", UrlFault::Character),
        ("https://op.example/#x", UrlFault::Character),
        ("https://0xd8.072.54990", UrlFault::Host),
        ("https://2130706433", UrlFault::Host),
        ("https://127.0.0.01", UrlFault::Host),
        ("https://127.0.0.256", UrlFault::Host),
        ("https://1.2.3", UrlFault::Host),
        ("https://[2001:db8::1]", UrlFault::Host),
        ("https://[::ffff:10.0.0.1]", UrlFault::Host),
        ("https://[fd00::1]", UrlFault::Host),
        ("https://[::1", UrlFault::Host),
        ("https://op.example.", UrlFault::Host),
        ("https://", UrlFault::Host),
        ("https://op.example:0443", UrlFault::Port),
        ("https://op.example:65536", UrlFault::Port),
        ("javascript://op.example", UrlFault::Scheme),
        ("//op.example", UrlFault::Scheme),
    ] {
        assert_eq!(Url::parse(text), Err(fault), "{text}");
    }
    assert_eq!(
        Url::parse(&format!("https://a/{}", "b".repeat(2048))),
        Err(UrlFault::TooLong)
    );
}

#[test]
fn a_public_deployment_reaches_public_https_only() {
    assert!(url("https://op.example.com/x").is_within(Reach::Public));
    for text in [
        "https://9.9.9.9/x",
        "https://172.32.0.1/x",
        "https://100.128.0.1/x",
    ] {
        assert!(url(text).is_within(Reach::Public), "{text}");
    }
    for text in [
        "http://op.example.com/x",
        "https://localhost/x",
        "https://127.0.0.1/x",
        "https://10.1.2.3/x",
        "https://172.31.0.1/x",
        "https://192.168.0.1/x",
        "https://0.0.0.0/x",
        "https://224.0.0.1/x",
        "https://169.254.169.254/x",
        "https://100.64.0.1/x",
        "https://[::1]/x",
    ] {
        assert!(!url(text).is_within(Reach::Public), "{text}");
        assert!(url(text).is_within(Reach::Loopback), "{text}");
    }
}

#[test]
fn a_component_is_one_label_below_spin_internal() {
    let component = |text: &str| url(text).origin().is_spin_component();
    assert!(component("http://api.spin.internal"));
    for text in [
        "https://api.spin.internal",
        "http://api.spin.internal:81",
        "http://spin.internal",
        "http://a.b.spin.internal",
        "http://api.spin.internal.example.com",
        "http://api-spin.internal",
    ] {
        assert!(!component(text), "{text}");
    }
}

#[test]
fn a_host_header_matches_in_any_case_and_with_its_port_only() {
    let origin = url("https://app.example.com").origin().clone();
    for host in ["app.example.com", "APP.example.com.", "app.example.com:443"] {
        assert!(origin.is_host(host), "{host}");
    }
    for host in [
        "",
        "example.com",
        "evil-app.example.com",
        "app.example.com.evil",
        "app.example.com:80",
        "app.example.com:",
        "app.example.com..",
        "a@app.example.com",
    ] {
        assert!(!origin.is_host(host), "{host}");
    }
    assert!(
        url("http://localhost:8787")
            .origin()
            .is_host("localhost:8787")
    );
    assert!(!url("http://localhost:8787").origin().is_host("localhost"));
}

#[test]
fn a_query_is_appended_to_what_is_there() {
    assert_eq!(
        url("https://a.example/x").with_query("b=c").target(),
        "/x?b=c"
    );
    assert_eq!(
        url("https://a.example/x?a=b").with_query("b=c").target(),
        "/x?a=b&b=c"
    );
}
