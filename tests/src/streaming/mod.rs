//! Bodies pass through while they are still being written, in both directions, on every host.

#[cfg(target_os = "linux")]
mod large;

use crate::{
    host::{
        Host,
        server::TIMEOUT,
        workerd::{Setup, Workerd},
    },
    http::{browser::Browser, request::Request},
};
use std::{
    io::{Read, Write},
    net::TcpStream,
};

/// How often a part goes up and comes back; what is kept anywhere until it is worth sending would show.
const PARTS: usize = 32;

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

/// A connection on which a signed-in member has begun to send a body that is to come back.
fn begun(host: &Workerd) -> TcpStream {
    let browser = Browser::signed_in(host, "member");
    let request = browser.prepare(Request::script("POST", "/api/echo"));
    let mut stream = TcpStream::connect(("127.0.0.1", host.port())).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    let mut head = format!("POST /api/echo HTTP/1.1\r\nHost: {}\r\n", host.authority());
    for (name, value) in &request.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

fn each_part_comes_back_before_the_next_is_sent(setup: &Setup) {
    let host = Workerd::start(setup);
    let mut stream = begun(&host);
    for number in 0..PARTS {
        let part = format!("part-{number:02}");
        let chunk = format!("{:x}\r\n{part}\r\n", part.len());
        stream.write_all(chunk.as_bytes()).unwrap();
        let answer = read_until(&mut stream, &part);
        assert_eq!(answer.starts_with("HTTP/1.1 200"), number == 0, "{answer}");
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    read_until(&mut stream, "0\r\n\r\n");
}

#[test]
fn nothing_is_kept_back_on_workers() {
    each_part_comes_back_before_the_next_is_sent(&Setup::standard());
}

#[test]
fn nothing_is_kept_back_on_spin() {
    each_part_comes_back_before_the_next_is_sent(&Setup::standard().on_spin(128));
}
