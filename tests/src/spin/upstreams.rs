//! Upstreams that are late, and the WebSockets that nobody can open on this host.

use crate::{
    gateway::late,
    host::{
        Host, web_socket,
        workerd::{Setup, Workerd},
    },
    http::{browser::Browser, request::Request},
};
use serde_json::json;

#[test]
fn a_late_upstream_is_a_504() {
    let mut setup = Setup::standard();
    late::impatient(setup.configuration.as_mut().unwrap());
    let host = Workerd::start(&setup.on_spin(128));
    late::run(&host, host.port());
    let log = host.wait_for_log("TimedOut");
    assert!(log.contains("TimedOut"), "{log}");
}

#[test]
fn a_web_socket_that_may_pass_is_a_501_and_any_other_is_refused_as_ever() {
    let host = Workerd::start(&Setup::standard().on_spin(128));
    let browser = Browser::signed_in(&host, "member");
    let open = || web_socket::request("/api/x", host.origin());
    let before = host.api_requests();
    host.send(&open()).expect(401);
    let cross = browser.prepare(open().replacing("Sec-Fetch-Site", Some("cross-site")));
    host.send(&cross).expect(403);
    let refused = host.send(&browser.prepare(open())).expect(501);
    assert_eq!(refused.json()["error"], json!("websocket_unsupported"));
    let public = web_socket::request("/open/x", host.origin());
    host.send(&public).expect(501);
    assert_eq!(host.api_requests(), before);
    let twin = Request::script("GET", "/api/x");
    host.send(&browser.prepare(twin)).expect(200);
}

#[test]
fn a_service_binding_closes_the_gateway() {
    let mut setup = Setup::standard();
    let configuration = setup.configuration.as_mut().unwrap();
    configuration["upstream"][2] = json!({"id": "plain", "service": "ECHO"});
    let host = Workerd::start(&setup.on_spin(128));
    host.send(&Request::navigation("/")).expect(503);
    let log = host.wait_for_log("service bindings");
    assert!(log.contains("which Spin does not have"), "{log}");
}
