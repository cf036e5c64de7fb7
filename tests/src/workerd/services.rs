//! Upstreams that are other Workers, reached by service bindings.

use crate::{
    gateway::late,
    host::{
        Host,
        configuration::API_SECRET,
        web_socket::{self, Frame, WebSocket},
        wire::Connection,
        workerd::{Setup, Workerd},
    },
    http::{browser::Browser, request::Request},
};
use serde_json::{Value, json};
use std::{io::Write, net::TcpStream};

/// The API and the upstream without identity are a bound Worker.
fn bound() -> Setup {
    let mut setup = Setup::standard();
    let upstreams = &mut setup.configuration.as_mut().unwrap()["upstream"];
    for upstream in [1, 2] {
        let upstream = upstreams[upstream].as_object_mut().unwrap();
        upstream.remove("url");
        upstream.insert("service".to_owned(), json!("ECHO"));
    }
    setup.services = vec!["ECHO"];
    setup
}

#[test]
fn a_bound_worker_gets_what_a_url_gets() {
    let host = Workerd::start(&bound());
    host.send(&Request::script("GET", "/api/x")).expect(401);
    let mut browser = Browser::signed_in(&host, "staff");
    browser.jar.put("theme", "dark");
    let forged = Request::script("GET", "/api/x?a=%20b")
        .with("Lychgate-User", "FORGED")
        .with("X-Forwarded-Host", "forged.example")
        .with("X-Team", "FORGED");
    let seen = browser.send(forged).expect(200);
    assert_eq!(seen.header("cache-control"), Some("private, no-store"));
    let seen = seen.json();
    // It is asked under the address that browsers know.
    assert_eq!(seen["url"], format!("{}/api/x?a=%20b", host.origin()));
    let headers = &seen["headers"];
    assert_eq!(headers["lychgate-user"], "staff");
    assert_eq!(headers["lychgate-groups"], "members,staff");
    assert_eq!(headers["lychgate-secret"], API_SECRET);
    assert_eq!(headers["x-forwarded-host"], host.authority());
    assert_eq!(headers["cookie"], "theme=dark");
    assert_eq!(headers["x-team"], Value::Null);
    let plain = browser.fetch("/plain/x").expect(200).json();
    assert_eq!(plain["headers"]["lychgate-user"], Value::Null, "{plain}");
    let body = Request::script("POST", "/api/echo").with_body(b"a body");
    assert_eq!(browser.send(body).expect(200).body, b"a body");
}

#[test]
fn what_a_bound_worker_answers_is_edited() {
    let host = Workerd::start(&bound());
    let mut browser = Browser::signed_in(&host, "member");
    let elsewhere = browser.fetch("/api/redirect?to=https%3A%2F%2Felsewhere.example%2Fx");
    assert_eq!(
        elsewhere.expect(302).location(),
        "https://elsewhere.example/x"
    );
    let target = "/api/set-cookie?cookie=a%3D1&cookie=__Host-Http-lychgate%3Dx&cookie=b%3D2";
    let cookies = browser.fetch(target).expect(200);
    let kept: Vec<&str> = cookies.all("set-cookie").collect();
    assert_eq!(kept, ["a=1", "b=2"]);
    assert!(browser.is_signed_in());
}

#[test]
fn without_its_binding_everything_is_closed() {
    let mut setup = bound();
    setup.without = vec!["ECHO"];
    let host = Workerd::start(&setup);
    for target in ["/", "/open/x", "/members/", "/auth/health"] {
        let page = host.send(&Request::navigation(target)).expect(503);
        assert!(!page.text().contains("ECHO"), "{}", page.summary());
    }
    let log = host.wait_for_log("ECHO");
    assert!(log.contains("the service binding ECHO"), "{log}");
}

#[test]
fn a_secret_is_no_binding() {
    let mut setup = bound();
    setup.services = Vec::new();
    setup
        .secrets
        .push(("ECHO".to_owned(), "SECRET-x".to_owned()));
    let host = Workerd::start(&setup);
    host.send(&Request::navigation("/")).expect(503);
}

#[test]
fn a_late_bound_worker_is_a_504() {
    let mut setup = bound();
    late::impatient(setup.configuration.as_mut().unwrap());
    let host = Workerd::start(&setup);
    let mut browser = Browser::signed_in(&host, "member");
    let refused = browser.fetch("/api/hang").expect(504);
    assert_eq!(refused.json()["error"], "upstream_timeout");
    browser.fetch("/api/whoami").expect(200);
}

#[test]
fn a_web_socket_reaches_a_bound_worker() {
    let host = Workerd::start(&bound());
    let browser = Browser::signed_in(&host, "member");
    let request = browser.prepare(web_socket::request("/api/x", host.origin()));
    let mut socket = WebSocket::open(host.port(), host.authority(), &request).unwrap();
    let Frame::Text(seen) = socket.receive() else {
        panic!("no greeting")
    };
    let seen: Value = serde_json::from_str(&seen).unwrap();
    assert_eq!(seen["headers"]["lychgate-user"], "member");
    assert_eq!(seen["headers"]["lychgate-secret"], API_SECRET);
    socket.send("hello");
    assert_eq!(socket.receive(), Frame::Text("hello".to_owned()));
    socket.send("close");
    assert_eq!(socket.receive(), Frame::Close(4001));
}

#[test]
fn a_bound_worker_gets_a_body_of_unknown_length() {
    let host = Workerd::start(&bound());
    for method in ["GET", "POST"] {
        let sent = format!(
            "{method} /open/echo HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n\
             4\r\n{{\"a\"\r\n3\r\n:1}}\r\n0\r\n\r\n",
            host.authority()
        );
        let mut stream = TcpStream::connect(("127.0.0.1", host.port())).unwrap();
        stream.write_all(sent.as_bytes()).unwrap();
        let answer = Connection::accepted(stream).response(method);
        assert_eq!(
            (answer.status, answer.text()),
            (200, "{\"a\":1}".to_owned())
        );
    }
}
