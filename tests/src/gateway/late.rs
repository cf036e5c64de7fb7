//! An upstream that takes longer than it may, for hosts that forward for real.

use crate::{
    host::{Host, wire::Connection},
    http::{browser::Browser, request::Request},
};
use serde_json::{Value, json};
use std::io::Write;

/// The configuration, with three seconds for the API: longer than any machine needs for an answer that comes at once.
pub fn impatient(configuration: &mut Value) {
    for upstream in [1, 2] {
        configuration["upstream"][upstream]["timeout"] = json!("3s");
    }
}

/// A late answer is a 504, and one that has begun in time is not cut off.
pub fn run(host: &dyn Host, port: u16) {
    let mut browser = Browser::signed_in(host, "member");
    let refused = browser.fetch("/api/hang").expect(504);
    assert_eq!(refused.json()["error"], "upstream_timeout");
    assert_eq!(refused.header("cache-control"), Some("private, no-store"));
    let page = browser.go("/api/hang").expect(504);
    assert!(page.text().contains("takes too long"), "{}", page.summary());
    // A public route, and a body that has to be sent first.
    host.send(&Request::script("GET", "/open/hang")).expect(504);
    let post = Request::script("POST", "/api/hang").with_body(b"a body");
    browser.send(post).expect(504);
    let twin = browser.fetch("/api/whoami").expect(200);
    assert_eq!(twin.json()["headers"]["lychgate-user"], "member");
    assert!(browser.is_signed_in());

    let request = Request::script("POST", "/api/echo").with("Content-Length", "20");
    let mut slow = Connection::begin(port, host.authority(), &browser.prepare(request));
    slow.stream.write_all(b"first half").unwrap();
    assert_eq!(slow.head().status, 200);
    // By then the second is over.
    browser.fetch("/api/hang").expect(504);
    slow.stream.write_all(b"second one").unwrap();
    let rest = slow.text_until("second one");
    assert!(rest.contains("first half"), "{rest}");
}
