//! WebSockets through the Worker to an API that speaks them.

use crate::{
    host::{
        Host,
        configuration::API_SECRET,
        web_socket::{self, Frame, WebSocket},
        workerd::{Setup, Workerd},
    },
    http::{browser::Browser, request::Request, response::Response},
};
use serde_json::Value;

fn start() -> Workerd {
    let mut setup = Setup::standard();
    setup.is_direct = true;
    Workerd::start(&setup)
}

fn open(host: &Workerd, request: &Request) -> Result<WebSocket, Response> {
    WebSocket::open(host.port(), host.authority(), request)
}

/// The request as the API received it.
fn greeting(socket: &mut WebSocket) -> Value {
    match socket.receive() {
        Frame::Text(seen) => serde_json::from_str(&seen).unwrap(),
        other @ Frame::Close(_) => panic!("{other:?}"),
    }
}

#[test]
fn frames_pass_both_ways_and_the_api_knows_who_is_there() {
    let host = start();
    let browser = Browser::signed_in(&host, "staff");
    let request = web_socket::request("/api/live?a=b", host.origin())
        .with("Sec-WebSocket-Protocol", "chat, other")
        .with("Lychgate-User", "FORGED");
    let mut socket = open(&host, &browser.prepare(request)).unwrap();
    let opened = &socket.opened;
    assert_eq!(opened.header("sec-websocket-protocol"), Some("chat"));
    let seen = greeting(&mut socket);
    assert_eq!(seen["url"], "/api/live?a=b");
    let headers = &seen["headers"];
    assert_eq!(headers["lychgate-user"], "staff", "{headers}");
    assert_eq!(headers["lychgate-secret"], API_SECRET);
    assert_eq!(headers["cookie"], Value::Null);
    for text in ["hello", "", &"long ".repeat(2_000)] {
        socket.send(text);
        assert_eq!(socket.receive(), Frame::Text(text.to_owned()));
    }
    socket.send("close");
    assert_eq!(socket.receive(), Frame::Close(4001));

    let again = web_socket::request("/api/live", host.origin());
    let mut socket = open(&host, &browser.prepare(again)).unwrap();
    greeting(&mut socket);
    socket.close(1000);
    assert_eq!(socket.receive(), Frame::Close(1000));
}

#[test]
fn a_web_socket_needs_what_its_route_needs_and_a_page_of_ours() {
    let host = start();
    let browser = Browser::signed_in(&host, "member");
    let status = |request: &Request| match open(&host, request) {
        Ok(_) => 101,
        Err(refused) => refused.status,
    };
    let ours = || web_socket::request("/api/live", host.origin());
    let before = host.api_requests();
    assert_eq!(status(&ours()), 401);
    for request in [
        ours().replacing("Sec-Fetch-Site", Some("cross-site")),
        ours().replacing("Sec-Fetch-Site", Some("same-site")),
        ours().replacing("Origin", Some("https://evil.example")),
        web_socket::request("/corp/live", host.origin()),
    ] {
        assert_eq!(status(&browser.prepare(request)), 403);
    }
    assert_eq!(host.api_requests(), before);
    assert_eq!(status(&browser.prepare(ours())), 101);
    // A public route asks nobody, and says nothing of who is there.
    let public = web_socket::request("/open/live", host.origin());
    let mut socket = open(&host, &browser.prepare(public)).unwrap();
    let seen = greeting(&mut socket);
    assert_eq!(seen["headers"]["lychgate-user"], Value::Null, "{seen}");
}

#[test]
fn what_is_no_web_socket_becomes_none() {
    let host = start();
    let browser = Browser::signed_in(&host, "member");
    let refused = web_socket::request("/api/no-socket", host.origin());
    let refused = open(&host, &browser.prepare(refused)).err().unwrap();
    assert_eq!(refused.status, 403, "{}", refused.summary());
    let other = Request::script("GET", "/api/whoami")
        .with("Connection", "Upgrade, HTTP2-Settings, close")
        .with("Upgrade", "h2c")
        .with("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA");
    let seen = host.send(&browser.prepare(other)).expect(200).json();
    assert_eq!(seen["headers"]["upgrade"], Value::Null, "{seen}");
    assert_eq!(seen["headers"]["http2-settings"], Value::Null, "{seen}");
    // Files are no WebSockets either.
    let file = web_socket::request("/style.css", host.origin());
    assert_eq!(open(&host, &file).err().unwrap().status, 200);
}

#[test]
fn an_open_web_socket_outlives_its_session() {
    let host = start();
    let mut browser = Browser::signed_in(&host, "member");
    let request = browser.prepare(web_socket::request("/api/live", host.origin()));
    let mut socket = open(&host, &request).unwrap();
    greeting(&mut socket);
    browser.sign_out().expect(303);
    socket.send("still there");
    assert_eq!(socket.receive(), Frame::Text("still there".to_owned()));
    assert_eq!(open(&host, &request).err().unwrap().status, 401);
}
