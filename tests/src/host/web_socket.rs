//! A WebSocket client, by hand (RFC 6455, section 5.2): frames as they go over the wire.

use super::wire::Connection;
use crate::http::{request::Request, response::Response};
use std::io::Write;

const TEXT: u8 = 1;
const CLOSE: u8 = 8;

/// An open WebSocket.
pub struct WebSocket {
    connection: Connection,
    /// The response that opened it.
    pub opened: Response,
}

/// A frame that the other end sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame {
    Text(String),
    Close(u16),
}

/// The request of a script of our own page to open a WebSocket.
pub fn request(target: &str, origin: &str) -> Request {
    Request::new("GET", target)
        .with("Connection", "Upgrade")
        .with("Upgrade", "websocket")
        .with("Sec-WebSocket-Version", "13")
        .with("Sec-WebSocket-Key", "MDEyMzQ1Njc4OWFiY2RlZg==")
        .with("Origin", origin)
        .with("Sec-Fetch-Site", "same-origin")
        .with("Sec-Fetch-Mode", "websocket")
        .with("Sec-Fetch-Dest", "websocket")
}

impl WebSocket {
    /// Opens one.
    ///
    /// # Errors
    /// Any response but 101.
    pub fn open(port: u16, authority: &str, request: &Request) -> Result<Self, Response> {
        let mut connection = Connection::send(port, authority, request);
        let opened = connection.head();
        if opened.status != 101 {
            return Err(opened);
        }
        Ok(Self { connection, opened })
    }

    /// Sends a text.
    pub fn send(&mut self, text: &str) {
        self.frame(TEXT, text.as_bytes());
    }

    /// Says that nothing more is coming.
    pub fn close(&mut self, code: u16) {
        self.frame(CLOSE, &code.to_be_bytes());
    }

    /// Waits for the next frame.
    pub fn receive(&mut self) -> Frame {
        let head = self.connection.take(2);
        assert_eq!(
            head[0] & 0xf0,
            0x80,
            "a part of a message, or a compressed one"
        );
        assert_eq!(head[1] & 0x80, 0, "servers mask nothing");
        let length = match head[1] {
            126 => {
                let more = self.connection.take(2);
                usize::from(u16::from_be_bytes([more[0], more[1]]))
            }
            127 => panic!("a frame of more than 65535 bytes"),
            length => usize::from(length),
        };
        let payload = self.connection.take(length);
        match head[0] & 0x0f {
            TEXT => Frame::Text(String::from_utf8(payload).unwrap()),
            CLOSE => Frame::Close(u16::from_be_bytes([payload[0], payload[1]])),
            other => panic!("a frame of kind {other}"),
        }
    }

    fn frame(&mut self, kind: u8, payload: &[u8]) {
        const MASK: [u8; 4] = [1, 2, 3, 4];
        let mut frame = vec![0x80 | kind];
        match u8::try_from(payload.len()) {
            Ok(length) if length < 126 => frame.push(0x80 | length),
            _ => {
                frame.push(0x80 | 126);
                frame.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
            }
        }
        frame.extend(MASK);
        let masked = payload.iter().zip(MASK.iter().cycle());
        frame.extend(masked.map(|(byte, mask)| byte ^ mask));
        self.connection.stream.write_all(&frame).unwrap();
    }
}
