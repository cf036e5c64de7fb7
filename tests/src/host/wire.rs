//! HTTP/1.1 over a socket, by hand: what is sent is what a test wrote, and what comes back is
//! shown as it came. No client library sends a raw target or two `Host`-like headers.

use crate::http::{request::Request, response::Response};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// Sends a request to a port of this machine and reads the response.
pub fn exchange(port: u16, authority: &str, request: &Request) -> Response {
    Connection::send(port, authority, request).response(&request.method)
}

/// A connection on which a request was sent.
pub struct Connection {
    pub stream: TcpStream,
    /// What came and was not read yet.
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
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
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

    /// Reads a response.
    pub fn response(&mut self, method: &str) -> Response {
        let mut response = self.head();
        let is_chunked = response.header("transfer-encoding") == Some("chunked");
        let length = response
            .header("content-length")
            .map(|text| text.parse().unwrap());
        if method != "HEAD" && !matches!(response.status, 101 | 204 | 304) {
            response.body = match (is_chunked, length) {
                (true, _) => self.chunks(),
                (false, Some(length)) => self.take(length),
                (false, None) => self.rest(),
            };
        }
        response
    }

    /// Reads the head of a response.
    pub fn head(&mut self) -> Response {
        let end = self.find(b"\r\n\r\n") + 4;
        let head: Vec<u8> = self.bytes.drain(..end).collect();
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

    fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let end = self.find(b"\r\n");
            let line: Vec<u8> = self.bytes.drain(..end + 2).collect();
            let size = std::str::from_utf8(&line).unwrap().trim();
            let size = usize::from_str_radix(size.split(';').next().unwrap(), 16).unwrap();
            let chunk = self.take(size + 2);
            if size == 0 {
                return body;
            }
            body.extend_from_slice(&chunk[..size]);
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

    fn rest(&mut self) -> Vec<u8> {
        while self.more() {}
        std::mem::take(&mut self.bytes)
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
