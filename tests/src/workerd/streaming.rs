//! Bodies pass through while they are still being written, in both directions.

use crate::{
    host::{
        Host,
        workerd::{Setup, Workerd},
    },
    http::{browser::Browser, request::Request},
};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// Reads until `wanted` came by.
fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut text = String::new();
    while !text.contains(wanted) {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "{wanted} did not come: {text}");
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    text
}

#[test]
fn the_first_half_comes_back_before_the_second_is_sent() {
    let host = Workerd::start(&Setup::standard());
    let browser = Browser::signed_in(&host, "member");
    let request = browser.prepare(Request::script("POST", "/api/echo"));
    let mut stream = TcpStream::connect(("127.0.0.1", host.port())).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let mut head = format!("POST /api/echo HTTP/1.1\r\nHost: {}\r\n", host.authority());
    for (name, value) in &request.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(b"a\r\nfirst-half\r\n").unwrap();
    let answer = read_until(&mut stream, "first-half");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(!answer.contains("second-half"));
    stream.write_all(b"b\r\nsecond-half\r\n0\r\n\r\n").unwrap();
    read_until(&mut stream, "second-half");
}
