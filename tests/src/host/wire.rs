//! HTTP/1.1 over a socket, by hand: what is sent is what a test wrote, and what comes back is
//! shown as it came. No client library sends a raw target or two `Host`-like headers.

use super::server::TIMEOUT;
use crate::http::{request::Request, response::Response};
use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::mpsc,
    time::Duration,
};

/// Sends a request to a port of this machine and reads the response.
pub fn exchange(port: u16, authority: &str, request: &Request) -> Response {
    Connection::send(port, authority, request).response(&request.method)
}

/// Sends a request, waits for a moment, and resets the connection, as a client does that is gone.
pub fn cut(port: u16, authority: &str, request: &Request, wait: Duration) {
    let connection = Connection::send(port, authority, request);
    let (_kept, nobody) = mpsc::channel::<()>();
    let _ = nobody.recv_timeout(wait);
    // With nothing left to linger for, closing sends a reset (RFC 9293, section 3.10.5).
    let linger = Some(Duration::ZERO);
    rustix::net::sockopt::set_socket_linger(&connection.stream, linger).unwrap();
}

/// How the end of a body is known (RFC 9112, section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// By its length.
    Length(u64),
    /// By its last chunk.
    Chunked,
    /// By the end of the connection; of a request, that there is none.
    Unannounced,
}

impl Framing {
    /// That of a message with these header fields.
    pub fn of(header: impl Fn(&str) -> Option<String>) -> Self {
        if header("transfer-encoding").is_some_and(|value| value == "chunked") {
            return Self::Chunked;
        }
        match header("content-length") {
            Some(length) => Self::Length(length.parse().unwrap()),
            None => Self::Unannounced,
        }
    }
}

/// A connection on which a request was sent.
pub struct Connection {
    pub stream: TcpStream,
    /// The bytes that came and were not read yet.
    bytes: Vec<u8>,
}

impl Connection {
    /// Sends a request to a port of this machine.
    pub fn send(port: u16, authority: &str, request: &Request) -> Self {
        let mut connection = Self::begin(port, authority, request);
        // A server may answer, and close, before it read the whole body.
        let _ = connection.stream.write_all(&request.body);
        connection
    }

    /// Sends the head of a request; its body has the length that a `Content-Length` of the request says,
    /// else that of the body that is there.
    pub fn begin(port: u16, authority: &str, request: &Request) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        let host = request.host.as_deref().unwrap_or(authority);
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: {host}\r\n",
            request.method, request.target
        );
        for (name, value) in &request.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if request.joined("connection").is_none() {
            head.push_str("Connection: close\r\n");
        }
        let has_body = !request.body.is_empty() || request.method == "POST";
        if has_body && request.joined("content-length").is_none() {
            head.push_str(&format!("Content-Length: {}\r\n", request.body.len()));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        Self {
            stream,
            bytes: Vec::new(),
        }
    }

    /// A connection that somebody else made.
    pub fn accepted(stream: TcpStream) -> Self {
        Self {
            stream,
            bytes: Vec::new(),
        }
    }

    /// Reads the head of a request.
    pub fn request(&mut self) -> Request {
        let head = self.until(b"\r\n\r\n");
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut parsed = httparse::Request::new(&mut fields);
        parsed.parse(&head).unwrap();
        let request = Request::new(parsed.method.unwrap(), parsed.path.unwrap());
        parsed.headers.iter().fold(request, |request, field| {
            request.with(field.name, &String::from_utf8_lossy(field.value))
        })
    }

    /// Reads a response, after an interim one where the request had an expectation.
    pub fn response(&mut self, method: &str) -> Response {
        let mut response = self.head();
        if response.status == 100 {
            response = self.head();
        }
        if method != "HEAD" && !matches!(response.status, 101 | 204 | 304) {
            let framing = Framing::of(|name| response.header(name).map(ToOwned::to_owned));
            let mut body = Vec::new();
            self.body(framing, &mut |bytes| body.extend_from_slice(bytes));
            response.body = body;
        }
        response
    }

    /// Reads a body, and hands on what came of it as it comes.
    pub fn body(&mut self, framing: Framing, take: &mut dyn FnMut(&[u8])) {
        match framing {
            Framing::Length(length) => self.pass(length, take),
            Framing::Chunked => loop {
                let line = self.until(b"\r\n");
                let size = std::str::from_utf8(&line).unwrap().trim();
                let size = u64::from_str_radix(size.split(';').next().unwrap(), 16).unwrap();
                self.pass(size, take);
                self.until(b"\r\n");
                if size == 0 {
                    return;
                }
            },
            Framing::Unannounced => {
                while self.more() {}
                take(&std::mem::take(&mut self.bytes));
            }
        }
    }

    fn pass(&mut self, mut length: u64, take: &mut dyn FnMut(&[u8])) {
        while length > 0 {
            assert!(
                !self.bytes.is_empty() || self.more(),
                "the body ended early"
            );
            let wanted = usize::try_from(length).unwrap_or(usize::MAX);
            let now = self.bytes.len().min(wanted);
            take(&self.bytes[..now]);
            self.bytes.drain(..now);
            length -= u64::try_from(now).unwrap();
        }
    }

    /// Reads the head of a response.
    pub fn head(&mut self) -> Response {
        let head = self.until(b"\r\n\r\n");
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut parsed = httparse::Response::new(&mut fields);
        parsed.parse(&head).unwrap();
        Response {
            status: parsed.code.unwrap(),
            headers: parsed
                .headers
                .iter()
                .map(|field| {
                    let value = String::from_utf8_lossy(field.value).into_owned();
                    (field.name.to_ascii_lowercase(), value)
                })
                .collect(),
            body: Vec::new(),
        }
    }

    /// Reads that many bytes.
    pub fn take(&mut self, length: usize) -> Vec<u8> {
        while self.bytes.len() < length {
            assert!(self.more(), "the body ended early");
        }
        self.bytes.drain(..length).collect()
    }

    /// Reads until `wanted` came by; what came, chunked or not.
    pub fn text_until(&mut self, wanted: &str) -> String {
        self.find(wanted.as_bytes());
        String::from_utf8_lossy(&std::mem::take(&mut self.bytes)).into_owned()
    }

    /// Reads until `wanted` came by, and no further.
    fn until(&mut self, wanted: &[u8]) -> Vec<u8> {
        let end = self.find(wanted) + wanted.len();
        self.bytes.drain(..end).collect()
    }

    fn find(&mut self, wanted: &[u8]) -> usize {
        loop {
            let found = self.bytes.windows(wanted.len()).position(|at| at == wanted);
            if let Some(at) = found {
                return at;
            }
            assert!(
                self.more(),
                "no response but {:?}",
                String::from_utf8_lossy(&self.bytes)
            );
        }
    }

    fn more(&mut self) -> bool {
        let mut buffer = [0; 16 * 1024];
        let read = self.stream.read(&mut buffer).unwrap();
        self.bytes.extend_from_slice(&buffer[..read]);
        read > 0
    }
}
